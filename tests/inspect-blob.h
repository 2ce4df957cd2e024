/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inspect-blob.h - builds BTF of either byte order, for the tests of zpci-inspect.
 *
 * Types are appended in the order of the calls; the first has ID 1. blob_finish() gives a
 * copy of exactly its size in allocated memory, so that sanitizers see any access outside.
 */
#ifndef INSPECT_BLOB_H
#define INSPECT_BLOB_H

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

#define BLOB_HEADER 24
#define BLOB_KIND_FLAG (1u << 31)
#define BLOB_INT 1u
#define BLOB_PTR 2u
#define BLOB_STRUCT 4u
#define BLOB_UNION 5u
#define BLOB_TYPEDEF 8u

struct blob {
	bool big_endian;
	uint8_t types[4096];
	size_t types_size;
	char names[1024];
	size_t names_size;
	uint32_t next_id;
};

static inline void blob_put(const struct blob *b, void *at, size_t size, uint64_t value)
{
	if (b->big_endian)
		zpci_put_be(at, size, value);
	else
		zpci_put_le(at, size, value);
}

static inline void blob_init(struct blob *b, bool big_endian)
{
	memset(b, 0, sizeof(*b));
	b->big_endian = big_endian;
	b->names_size = 1; /* offset 0 is the empty name */
	b->next_id = 1;
}

static inline void blob_word(struct blob *b, uint32_t value)
{
	assert(b->types_size + 4 <= sizeof(b->types));
	blob_put(b, b->types + b->types_size, 4, value);
	b->types_size += 4;
}

static inline uint32_t blob_name(struct blob *b, const char *name)
{
	size_t at = b->names_size, size = strlen(name) + 1;

	if (size == 1)
		return 0;
	assert(at + size <= sizeof(b->names));
	memcpy(b->names + at, name, size);
	b->names_size += size;
	return (uint32_t)at;
}

/* Head of a type; the caller appends its tail. Returns its ID. */
static inline uint32_t blob_type(struct blob *b, const char *name, uint32_t kind, uint32_t flag,
				 uint32_t elements, uint32_t size_or_type)
{
	blob_word(b, blob_name(b, name));
	blob_word(b, kind << 24 | flag | elements);
	blob_word(b, size_or_type);
	return b->next_id++;
}

static inline uint32_t blob_int(struct blob *b, const char *name, uint32_t bytes)
{
	uint32_t id = blob_type(b, name, BLOB_INT, 0, 0, bytes);

	blob_word(b, bytes * 8);
	return id;
}

static inline void blob_member(struct blob *b, const char *name, uint32_t type, uint32_t offset)
{
	blob_word(b, blob_name(b, name));
	blob_word(b, type);
	blob_word(b, offset);
}

static inline uint8_t *blob_finish(const struct blob *b, size_t *size)
{
	uint8_t *data;

	*size = BLOB_HEADER + b->types_size + b->names_size;
	data = calloc(1, *size);
	assert(data);
	blob_put(b, data, 2, 0xeb9f);
	data[2] = 1;
	blob_put(b, data + 4, 4, BLOB_HEADER);
	blob_put(b, data + 12, 4, b->types_size);
	blob_put(b, data + 16, 4, b->types_size);
	blob_put(b, data + 20, 4, b->names_size);
	memcpy(data + BLOB_HEADER, b->types, b->types_size);
	memcpy(data + BLOB_HEADER + b->types_size, b->names, b->names_size);
	return data;
}

#endif
