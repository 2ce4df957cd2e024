// SPDX-License-Identifier: GPL-2.0-or-later
/* The BTF parser of zpci-inspect: offsets, bit-fields of both byte orders, hostile input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inspect-blob.h"
#include "zpci/inspect/kernel/btf.h"

/*
 * struct sample {
 *	u32 first;             bit 0
 *	union { u64 wide; };   bit 64
 *	u32 flag : 1;          bit 131
 *	u32 across : 4;        bit 134
 *	alias renamed;         bit 160
 *	void *pointer;         bit 192
 * };
 */
static void build_sample(struct blob *b, bool big_endian)
{
	uint32_t u32, u64, alias, inner, pointer;

	blob_init(b, big_endian);
	u32 = blob_int(b, "u32", 4);
	u64 = blob_int(b, "u64", 8);
	alias = blob_type(b, "alias", BLOB_TYPEDEF, 0, 0, u32);
	pointer = blob_type(b, "", BLOB_PTR, 0, 0, 0);
	inner = blob_type(b, "", BLOB_UNION, 0, 1, 8);
	blob_member(b, "wide", u64, 0);
	blob_type(b, "sample", BLOB_STRUCT, BLOB_KIND_FLAG, 6, 32);
	blob_member(b, "first", u32, 0);
	blob_member(b, "", inner, 64);
	blob_member(b, "flag", u32, 1u << 24 | 131);
	blob_member(b, "across", u32, 4u << 24 | 134);
	blob_member(b, "renamed", alias, 160);
	blob_member(b, "pointer", pointer, 192);
}

struct fixture {
	uint8_t *data;
	size_t size;
	struct btf *btf;
	struct problem problem;
};

static void open_blob(struct fixture *f, const struct blob *b)
{
	f->btf = NULL;
	f->data = blob_finish(b, &f->size);
	if (btf_open(f->data, f->size, &f->btf, &f->problem))
		fail_msg("%s", f->problem.text);
}

static void close_blob(struct fixture *f)
{
	btf_close(f->btf);
	free(f->data);
}

static void check_field(const struct fixture *f, const char *member, uint64_t first, uint32_t bits)
{
	struct btf_field field;
	struct problem problem;

	if (btf_find_field(f->btf, "sample", member, &field, &problem))
		fail_msg("%s", problem.text);
	assert_int_equal(field.first, first);
	assert_int_equal(field.bits, bits);
}

static void members_have_their_offsets(void **state)
{
	(void)state;
	for (int big = 0; big <= 1; big++) {
		struct fixture f;
		struct blob b;

		build_sample(&b, big);
		open_blob(&f, &b);
		check_field(&f, "first", 0, 32);
		check_field(&f, "wide", 64, 64);
		check_field(&f, "flag", 131, 1);
		check_field(&f, "across", 134, 4);
		check_field(&f, "renamed", 160, 32);
		check_field(&f, "pointer", 192, 64);
		close_blob(&f);
	}
}

static uint64_t value_of(bool big, const char *member, const uint8_t *bytes)
{
	struct btf_field field;
	struct fixture f;
	struct blob b;

	build_sample(&b, big);
	open_blob(&f, &b);
	assert_int_equal(btf_find_field(f.btf, "sample", member, &field, NULL), 0);
	close_blob(&f);
	return btf_field_value(&field, bytes);
}

/* Bit 131 is bit 3 of byte 16: from the most significant on big-endian machines. */
static void single_bit_counts_from_the_machines_first(void **state)
{
	const uint8_t third_from_top[] = { 0x10 }, third_from_bottom[] = { 0x08 };

	(void)state;
	assert_int_equal(value_of(true, "flag", third_from_top), 1);
	assert_int_equal(value_of(true, "flag", third_from_bottom), 0);
	assert_int_equal(value_of(false, "flag", third_from_bottom), 1);
	assert_int_equal(value_of(false, "flag", third_from_top), 0);
}

static void bit_field_goes_on_in_the_next_byte(void **state)
{
	const uint8_t big[] = { 0x02, 0x80 }, little[] = { 0x80, 0x01 };

	(void)state;
	assert_int_equal(value_of(true, "across", big), 0xa);
	assert_int_equal(value_of(false, "across", little), 0x6);
}

static void integers_have_the_machines_order(void **state)
{
	const uint8_t bytes[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

	(void)state;
	assert_int_equal(value_of(true, "wide", bytes), 0x0123456789abcdefull);
	assert_int_equal(value_of(false, "wide", bytes), 0xefcdab8967452301ull);
}

static void field_knows_the_bytes_it_touches(void **state)
{
	struct btf_field field = { .first = 134, .bits = 4 };

	(void)state;
	assert_int_equal(btf_field_offset(&field), 16);
	assert_int_equal(btf_field_size(&field), 2);
	field.bits = 2;
	assert_int_equal(btf_field_size(&field), 1);
	field.bits = 0;
	assert_int_equal(btf_field_size(&field), 0);
}

static void what_is_missing_is_named(void **state)
{
	struct btf_field field;
	struct fixture f;
	struct blob b;

	(void)state;
	build_sample(&b, true);
	open_blob(&f, &b);
	assert_int_equal(btf_find_field(f.btf, "sample", "absent", &field, &f.problem), -1);
	assert_non_null(strstr(f.problem.text, "absent"));
	assert_int_equal(btf_find_field(f.btf, "nothing", "first", &field, &f.problem), -1);
	assert_non_null(strstr(f.problem.text, "nothing"));
	close_blob(&f);
}

/* Open, search, and read what is found. The test is that nothing is read out of bounds. */
static int try_all(const uint8_t *data, size_t size)
{
	static const uint8_t bytes[16];
	struct problem problem;
	struct btf_field field;
	struct btf *btf = NULL;

	if (btf_open(data, size, &btf, &problem))
		return -1;
	if (btf_find_field(btf, "sample", "pointer", &field, &problem) == 0 &&
	    btf_field_size(&field) <= sizeof(bytes))
		btf_field_value(&field, bytes);
	btf_find_field(btf, "sample", "absent", &field, &problem);
	btf_close(btf);
	return 0;
}

static void truncated_data_is_refused(void **state)
{
	struct blob b;
	uint8_t *data;
	size_t size;

	(void)state;
	build_sample(&b, true);
	data = blob_finish(&b, &size);
	for (size_t cut = 0; cut < size; cut++) {
		uint8_t *part = malloc(cut + !cut);

		assert_non_null(part);
		memcpy(part, data, cut);
		assert_int_equal(try_all(part, cut), -1);
		free(part);
	}
	assert_int_equal(try_all(data, size), 0);
	free(data);
}

/* The header has the shorter length too, so that the data ends within a type. */
static void type_cut_off_by_its_section_is_refused(void **state)
{
	struct blob b;

	(void)state;
	build_sample(&b, true);
	for (size_t cut = 4; cut < 12; cut += 4) {
		struct blob shorter = b;
		uint8_t *data;
		size_t size;

		shorter.types_size -= cut;
		data = blob_finish(&shorter, &size);
		assert_int_equal(try_all(data, size), -1);
		free(data);
	}
}

static void any_wrong_byte_stays_in_bounds(void **state)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct blob b;
	uint8_t *data;
	size_t size;

	(void)state;
	build_sample(&b, true);
	data = blob_finish(&b, &size);
	for (size_t i = 0; i < size; i++) {
		uint8_t good = data[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			data[i] = values[v];
			try_all(data, size);
		}
		data[i] = good;
	}
	free(data);
}

static void wrong_magic_version_and_kind_are_refused(void **state)
{
	struct blob b;
	uint8_t *data;
	size_t size;

	(void)state;
	build_sample(&b, true);
	data = blob_finish(&b, &size);
	data[0] ^= 1;
	assert_int_equal(try_all(data, size), -1);
	data[0] ^= 1;
	data[2] = 2;
	assert_int_equal(try_all(data, size), -1);
	data[2] = 1;
	data[BLOB_HEADER + 4] = 0x1f; /* kind of the first type */
	assert_int_equal(try_all(data, size), -1);
	free(data);
}

static void types_in_circles_end(void **state)
{
	struct btf_field field;
	struct fixture f;
	struct blob b;

	(void)state;
	blob_init(&b, true);
	/* 1: holds itself twice without a name; 2: a typedef of itself. */
	blob_type(&b, "sample", BLOB_STRUCT, 0, 3, 8);
	blob_member(&b, "", 1, 0);
	blob_member(&b, "", 1, 0);
	blob_member(&b, "loop", 2, 0);
	blob_type(&b, "loop_t", BLOB_TYPEDEF, 0, 0, 2);
	open_blob(&f, &b);
	assert_int_equal(btf_find_field(f.btf, "sample", "absent", &field, &f.problem), -1);
	assert_int_equal(btf_find_field(f.btf, "sample", "loop", &field, &f.problem), 0);
	assert_int_equal(field.bits, 0);
	close_blob(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_have_their_offsets),
		cmocka_unit_test(single_bit_counts_from_the_machines_first),
		cmocka_unit_test(bit_field_goes_on_in_the_next_byte),
		cmocka_unit_test(integers_have_the_machines_order),
		cmocka_unit_test(field_knows_the_bytes_it_touches),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(truncated_data_is_refused),
		cmocka_unit_test(type_cut_off_by_its_section_is_refused),
		cmocka_unit_test(any_wrong_byte_stays_in_bounds),
		cmocka_unit_test(wrong_magic_version_and_kind_are_refused),
		cmocka_unit_test(types_in_circles_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
