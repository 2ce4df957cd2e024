// SPDX-License-Identifier: GPL-2.0-or-later
/* Byte order helpers, and the places of fields in the blocks that a guest sees. All are compared as
 * bytes, so that little-endian and big-endian hosts agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/event.h>
#include <zpci/fib.h>

static const uint8_t bytes[] = { 0x81, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

static void test_get_of_every_length(void **state)
{
	static const uint64_t big[] = {
		0x81,	      0x8123,	      0x812345,		0x81234567,
		0x8123456789, 0x8123456789ab, 0x8123456789abcd, 0x8123456789abcdef
	};
	static const uint64_t little[] = {
		0x81,	      0x2381,	      0x452381,		0x67452381,
		0x8967452381, 0xab8967452381, 0xcdab8967452381, 0xefcdab8967452381
	};

	(void)state;
	for (size_t length = 1; length <= 8; length++) {
		assert_int_equal(zpci_get_be(bytes, length), big[length - 1]);
		assert_int_equal(zpci_get_le(bytes, length), little[length - 1]);
	}
}

static void test_put_of_every_length_writes_no_more(void **state)
{
	uint8_t big[10], little[10];

	(void)state;
	for (size_t length = 1; length <= 8; length++) {
		memset(big, 0x5a, sizeof(big));
		memset(little, 0x5a, sizeof(little));
		zpci_put_be(big + 1, length, zpci_get_be(bytes, length));
		zpci_put_le(little + 1, length, zpci_get_le(bytes, length));
		assert_memory_equal(big + 1, bytes, length);
		assert_memory_equal(little + 1, bytes, length);
		assert_int_equal(big[0], 0x5a);
		assert_int_equal(big[length + 1], 0x5a);
		assert_int_equal(little[0], 0x5a);
		assert_int_equal(little[length + 1], 0x5a);
	}
}

static void test_put_takes_the_low_bytes(void **state)
{
	uint8_t two[2];

	(void)state;
	zpci_put_be(two, 2, 0x1122334455667788);
	assert_int_equal(two[0], 0x77);
	assert_int_equal(two[1], 0x88);
	zpci_put_le(two, 2, 0x1122334455667788);
	assert_int_equal(two[0], 0x88);
	assert_int_equal(two[1], 0x77);
}

static void test_fields_have_their_byte_order(void **state)
{
	zpci_be16 be16;
	zpci_be32 be32;
	zpci_be64 be64;
	zpci_le32 le32;

	(void)state;
	zpci_be16_put(&be16, 0x8123);
	zpci_be32_put(&be32, 0x81234567);
	zpci_be64_put(&be64, 0x8123456789abcdef);
	zpci_le32_put(&le32, 0x67452381);
	assert_memory_equal(&be16, bytes, 2);
	assert_memory_equal(&be32, bytes, 4);
	assert_memory_equal(&be64, bytes, 8);
	assert_memory_equal(&le32, bytes, 4);
	assert_int_equal(zpci_be16_get(be16), 0x8123);
	assert_int_equal(zpci_be32_get(be32), 0x81234567);
	assert_int_equal(zpci_be64_get(be64), 0x8123456789abcdef);
	assert_int_equal(zpci_le32_get(le32), 0x67452381);
}

/* The masks split the interruption word of a FIB as Linux 6.12 writes it for ISC 2, 8 vectors,
 * summary bit 5 (ref 5.1). */
static void test_masks_split_the_interruption_word(void **state)
{
	static const uint8_t word[] = { 0x20, 0x08, 0x00, 0x85 };
	uint32_t value = (uint32_t)zpci_get_be(word, 4);

	(void)state;
	assert_int_equal((value & ZPCI_FIB_INT_ISC_MASK) >> ZPCI_FIB_INT_ISC_SHIFT, 2);
	assert_int_equal((value & ZPCI_FIB_INT_NOI_MASK) >> ZPCI_FIB_INT_NOI_SHIFT, 8);
	assert_int_equal((value & ZPCI_FIB_INT_AIBVO_MASK) >> ZPCI_FIB_INT_AIBVO_SHIFT, 0);
	assert_true(value & ZPCI_FIB_INT_SUM);
	assert_int_equal(value & ZPCI_FIB_INT_AISBO_MASK, 5);
}

/* Offsets as the reference gives them (ref 3.5, 3.6, 5.1, 8.2, 8.3). */
static void test_offsets_are_those_of_the_reference(void **state)
{
	(void)state;
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, vfn), 16);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, flags), 18);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, pfgid), 19);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, bar_size), 24);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, pchid), 30);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, bar), 32);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, fmb_length), 62);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, pft), 63);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, edma), 72);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, rid), 80);
	assert_int_equal(offsetof(struct zpci_clp_query_function_response, utility_string), 128);
	assert_int_equal(offsetof(struct zpci_clp_query_group_response, flags), 19);
	assert_int_equal(offsetof(struct zpci_clp_query_group_response, maxstbl), 20);
	assert_int_equal(offsetof(struct zpci_clp_query_group_response, dtsm), 24);
	assert_int_equal(offsetof(struct zpci_clp_query_group_response, dasm), 32);
	assert_int_equal(offsetof(struct zpci_clp_set_function_request, operation), 22);
	assert_int_equal(offsetof(struct zpci_clp_set_function_request, dma_spaces), 23);
	assert_int_equal(offsetof(struct zpci_clp_list_response, entry_size), 31);
	assert_int_equal(offsetof(struct zpci_fib, controls), 8);
	assert_int_equal(offsetof(struct zpci_fib, pba), 16);
	assert_int_equal(offsetof(struct zpci_fib, iota), 32);
	assert_int_equal(offsetof(struct zpci_fib, aibv), 48);
	assert_int_equal(offsetof(struct zpci_fib, fmb), 64);
	/* The response of SEI starts at byte 16 of its block. */
	assert_int_equal(offsetof(struct zpci_chsc_sei_response, type) + 16, 23);
	assert_int_equal(offsetof(struct zpci_chsc_sei_response, flags) + 16, 24);
	assert_int_equal(offsetof(struct zpci_chsc_sei_response, content) + 16, 27);
	assert_int_equal(offsetof(struct zpci_chsc_sei_response, ccdf) + 16, 80);
	assert_int_equal(offsetof(struct zpci_ccdf, handle), 4);
	assert_int_equal(offsetof(struct zpci_ccdf, address), 16);
	assert_int_equal(offsetof(struct zpci_ccdf, pec), 30);
	assert_int_equal(offsetof(struct zpci_sclp_configure, response), 6);
	assert_int_equal(offsetof(struct zpci_sclp_configure, adapter_type), 8);
	assert_int_equal(offsetof(struct zpci_sclp_configure, fid), 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get_of_every_length),
		cmocka_unit_test(test_put_of_every_length_writes_no_more),
		cmocka_unit_test(test_put_takes_the_low_bytes),
		cmocka_unit_test(test_fields_have_their_byte_order),
		cmocka_unit_test(test_masks_split_the_interruption_word),
		cmocka_unit_test(test_offsets_are_those_of_the_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
