// SPDX-License-Identifier: GPL-2.0-or-later
/* zpci-inspect's CLP requests, and how it reads good and hostile responses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <zpci/bytes.h>

#include "zpci/inventory/clp.h"

/* Numbers here are from the reference, sections 3.1, 3.4 and 3.5, not from <zpci/clp.h>. */
#define RESPONSE 32

/* A response to List with @count entries, whose FIDs start at @first. */
static void answer_list(uint8_t *block, size_t count, uint32_t first, uint64_t token)
{
	uint8_t *r = block + RESPONSE;

	zpci_put_be(r, 2, 32 + 16 * count);
	zpci_put_be(r + 2, 2, 0x0010);
	zpci_put_be(r + 16, 8, token);
	r[30] = 0x01;
	r[31] = 16;
	for (size_t i = 0; i < count; i++) {
		uint8_t *e = r + 32 + 16 * i;

		zpci_put_be(e, 2, 0x7a71);
		zpci_put_be(e + 2, 2, 0x1234);
		zpci_put_be(e + 4, 4, i % 2 ? 0 : 0x80000000);
		zpci_put_be(e + 8, 4, first + i);
		zpci_put_be(e + 12, 4, 0x80010000 + i);
	}
}

static void requests_have_their_layout(void **state)
{
	static const uint8_t list[] = { 0x00, 0x20, 0x00, 0x02 };
	static const uint8_t query[] = { 0x00, 0x20, 0x00, 0x03 };
	uint8_t block[CLP_BLOCK_SIZE];

	(void)state;
	clp_build_list(block, 0x1122334455667788ull);
	assert_memory_equal(block, list, sizeof(list));
	assert_int_equal(zpci_get_be(block + 16, 8), 0x1122334455667788ull);
	assert_int_equal(zpci_get_be(block + RESPONSE, 2), 4064);
	clp_build_query(block, 0x80020000);
	assert_memory_equal(block, query, sizeof(query));
	assert_int_equal(zpci_get_be(block + 16, 4), 0x80020000);
	assert_int_equal(zpci_get_be(block + RESPONSE, 2), 384);
}

static void list_grows_over_two_responses(void **state)
{
	uint8_t block[CLP_BLOCK_SIZE] = { 0 };
	struct clp_list list = { 0 };
	struct problem problem;
	uint64_t token = 0;

	(void)state;
	answer_list(block, 2, 0x1000, 77);
	assert_int_equal(clp_parse_list(block, &list, &token, &problem), 0);
	assert_int_equal(token, 77);
	answer_list(block, 252, 0x2000, 0);
	assert_int_equal(clp_parse_list(block, &list, &token, &problem), 0);
	assert_int_equal(token, 0);
	assert_int_equal(list.count, 254);
	assert_true(list.uid_checking);
	assert_int_equal(list.entries[1].fid, 0x1001);
	assert_int_equal(list.entries[1].handle, 0x80010001);
	assert_int_equal(list.entries[1].vendor_id, 0x1234);
	assert_int_equal(list.entries[1].device_id, 0x7a71);
	assert_true(list.entries[0].configured);
	assert_false(list.entries[1].configured);
	assert_int_equal(list.entries[253].fid, 0x2000 + 251);
	clp_list_free(&list);
}

static void check_refused(uint8_t *block)
{
	struct clp_list list = { 0 };
	struct problem problem;
	uint64_t token;

	assert_int_equal(clp_parse_list(block, &list, &token, &problem), -1);
	clp_list_free(&list);
}

static void wrong_list_is_refused(void **state)
{
	uint8_t block[CLP_BLOCK_SIZE] = { 0 };

	(void)state;
	answer_list(block, 1, 0, 0);
	zpci_put_be(block + RESPONSE + 2, 2, 0x0040);
	check_refused(block);
	answer_list(block, 1, 0, 0);
	zpci_put_be(block + RESPONSE, 2, 31);
	check_refused(block);
	zpci_put_be(block + RESPONSE, 2, 4065);
	check_refused(block);
	zpci_put_be(block + RESPONSE, 2, 0xffff);
	check_refused(block);
	answer_list(block, 1, 0, 0);
	block[RESPONSE + 31] = 0;
	check_refused(block);
}

static void query_gives_the_fields(void **state)
{
	uint8_t block[CLP_BLOCK_SIZE] = { 0 }, *r = block + RESPONSE;
	struct clp_function f;
	struct problem problem;

	(void)state;
	zpci_put_be(r, 2, 192);
	zpci_put_be(r + 2, 2, 0x0010);
	zpci_put_be(r + 16, 2, 3);
	r[18] = 0x08;
	r[19] = 0x01;
	zpci_put_be(r + 20, 4, 0x1021);
	zpci_put_be(r + 30, 2, 0x01c0);
	r[61] = 0xf2;
	r[63] = 0x0b;
	zpci_put_be(r + 124, 4, 0x111);
	assert_int_equal(clp_parse_query(block, &f, &problem), 0);
	assert_int_equal(f.vfn, 3);
	assert_true(f.physical);
	assert_int_equal(f.pfgid, 1);
	assert_int_equal(f.fid, 0x1021);
	assert_int_equal(f.pchid, 0x1c0);
	assert_int_equal(f.port, 2);
	assert_int_equal(f.pft, 0x0b);
	assert_int_equal(f.uid, 0x111);
	zpci_put_be(r, 2, 127); /* too short for the UID */
	assert_int_equal(clp_parse_query(block, &f, &problem), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_have_their_layout),
		cmocka_unit_test(list_grows_over_two_responses),
		cmocka_unit_test(wrong_list_is_refused),
		cmocka_unit_test(query_gives_the_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
