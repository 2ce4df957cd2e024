/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf.h - where a kernel keeps a member of one of its structures.
 */
#ifndef INSPECT_BTF_H
#define INSPECT_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zpci/inventory/problem.h"

struct btf;

/* A member: `first` counts bits from the start of the structure, in the bit order of the machine
 * that the BTF was made for (see btf.c); `bits` is 0 for a member that is no integer. */
struct btf_field {
	uint64_t first;
	uint32_t bits;
	bool big_endian;
};

/* Open the BTF in @data, of @size bytes, which the caller keeps until btf_close(). Returns 0, or -1
 * and the problem if anything in it is malformed. */
int btf_open(const void *data, size_t size, struct btf **btf, struct problem *problem);
void btf_close(struct btf *btf);

/* Find the member @member of @structure; it may be in an anonymous structure or union there.
 * Returns 0 and the field, or -1 and the problem. */
int btf_find_field(const struct btf *btf, const char *structure, const char *member,
		   struct btf_field *field, struct problem *problem);

/* The first byte of a field, and the number of bytes that it touches (0 if it is no
 * integer). */
uint64_t btf_field_offset(const struct btf_field *field);
size_t btf_field_size(const struct btf_field *field);

/* The field's value (unsigned), out of the btf_field_size() bytes at its first byte. */
uint64_t btf_field_value(const struct btf_field *field, const void *bytes);

#endif
