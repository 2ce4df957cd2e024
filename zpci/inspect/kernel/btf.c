// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * btf.c - BTF, the kernel's description of its own types; see btf.h
 *
 * /sys/kernel/btf/vmlinux is a header, a section of types and a section of names, in the
 * byte order of the kernel that it describes (Linux Documentation/bpf/btf.rst). Types have
 * no length field and no index: to find type N, one walks over the N - 1 types before it. Each
 * is a head of 12 bytes and a tail, whose length follows from the kind. btf_open() walks once,
 * checks that every type lies inside of the section, and keeps the offset of each. From then on
 * any type ID below the count is good, and its head and tail are in bounds.
 *
 * Nothing in the data is trusted. Lengths and offsets are compared by subtraction, so that no
 * sum can wrap. Names must end inside of their section. Typedefs, qualifiers and anonymous
 * structures may refer to each other in circles, so they are followed to a fixed depth, and one
 * search looks at a bounded number of members.
 *
 * The tail of an unknown kind has an unknown length. There the walk ends with an error, as a
 * guess would give wrong offsets.
 *
 * Bit-fields. In a structure with kind_flag the member's offset word holds the width and the
 * first bit. Bits are numbered as the compiler lays them out: on a little-endian machine from
 * the least significant bit of the first byte, on a big-endian one from the most significant.
 * In these terms an integer of N bits at bit offset B is a bit-field too, and one rule reads
 * both: the value's bits come in the order of their numbers, most significant first on
 * big-endian machines, least significant first on others.
 */
#include <stdlib.h>
#include <string.h>

#include "btf.h"
#include "order.h"

#define BTF_MAGIC 0xeb9f
#define BTF_HEADER_SIZE 24
#define BTF_HEAD_SIZE 12 /* of a type: name, info, size or type */
#define BTF_MEMBER_SIZE 12
#define BTF_MAX_TYPES 0xfffffu /* BTF_MAX_TYPE of the kernel's uapi */
#define BTF_MAX_DEPTH 32

/* Kinds, as in the kernel's uapi linux/btf.h. */
enum btf_kind {
	BTF_VOID,
	BTF_INT,
	BTF_PTR,
	BTF_ARRAY,
	BTF_STRUCT,
	BTF_UNION,
	BTF_ENUM,
	BTF_FWD,
	BTF_TYPEDEF,
	BTF_VOLATILE,
	BTF_CONST,
	BTF_RESTRICT,
	BTF_FUNC,
	BTF_FUNC_PROTO,
	BTF_VAR,
	BTF_DATASEC,
	BTF_FLOAT,
	BTF_DECL_TAG,
	BTF_TYPE_TAG,
	BTF_ENUM64,
	BTF_KINDS
};

struct btf {
	const uint8_t *types;
	size_t types_size;
	const char *names;
	size_t names_size;
	uint32_t *offset; /* of type N (from 1) in `types` */
	uint32_t count;	  /* IDs are below this; 0 is void */
	bool big_endian;
};

/* The tail behind a type's head: a fixed part, and a part for each of its vlen elements. */
static const struct {
	uint8_t fixed;
	uint8_t element;
} tails[BTF_KINDS] = {
	[BTF_INT] = { 4, 0 },
	[BTF_ARRAY] = { 12, 0 },
	[BTF_STRUCT] = { 0, BTF_MEMBER_SIZE },
	[BTF_UNION] = { 0, BTF_MEMBER_SIZE },
	[BTF_ENUM] = { 0, 8 },
	[BTF_FUNC_PROTO] = { 0, 8 },
	[BTF_VAR] = { 4, 0 },
	[BTF_DATASEC] = { 0, 12 },
	[BTF_DECL_TAG] = { 4, 0 },
	[BTF_ENUM64] = { 0, 12 },
};

static uint32_t word(const struct btf *btf, const uint8_t *p)
{
	return (uint32_t)order_get(p, 4, btf->big_endian);
}

static unsigned int info_kind(uint32_t info)
{
	return info >> 24 & 0x1f;
}

static uint32_t info_elements(uint32_t info)
{
	return info & 0xffff;
}

static bool info_kind_flag(uint32_t info)
{
	return info >> 31;
}

/* The name at @offset, or NULL if it does not start and end inside of the section. */
static const char *name_at(const struct btf *btf, uint32_t offset)
{
	if (offset >= btf->names_size || !memchr(btf->names + offset, 0, btf->names_size - offset))
		return NULL;
	return btf->names + offset;
}

/* The head of type @id, which is at least 1 and below the count. */
static const uint8_t *type_at(const struct btf *btf, uint32_t id)
{
	return btf->types + btf->offset[id];
}

static int parse_header(struct btf *btf, const uint8_t *data, size_t size, struct problem *problem)
{
	uint32_t header, type_offset, type_size, name_offset, name_size;

	if (size < BTF_HEADER_SIZE)
		return problem_set(problem, "BTF: %zu bytes are too short for a header", size);
	if (order_get(data, 2, true) == BTF_MAGIC)
		btf->big_endian = true;
	else if (order_get(data, 2, false) != BTF_MAGIC)
		return problem_set(problem, "BTF: wrong magic number 0x%02x%02x", data[0], data[1]);
	if (data[2] != 1)
		return problem_set(problem, "BTF: version %u is unknown, 1 is known", data[2]);
	header = word(btf, data + 4);
	type_offset = word(btf, data + 8);
	type_size = word(btf, data + 12);
	name_offset = word(btf, data + 16);
	name_size = word(btf, data + 20);
	if (header < BTF_HEADER_SIZE || header > size)
		return problem_set(problem, "BTF: header length %u of %zu bytes", header, size);
	data += header;
	size -= header;
	if (type_offset > size || type_size > size - type_offset || name_offset > size ||
	    name_size > size - name_offset)
		return problem_set(problem, "BTF: a section lies outside of the data");
	btf->types = data + type_offset;
	btf->types_size = type_size;
	btf->names = (const char *)data + name_offset;
	btf->names_size = name_size;
	return 0;
}

/* The length of the type at @offset, which is in the section; 0 and the problem if the type's end
 * is not. */
static size_t type_length(const struct btf *btf, size_t offset, struct problem *problem)
{
	size_t rest = btf->types_size - offset, length;
	unsigned int kind;
	uint32_t info;

	if (rest < BTF_HEAD_SIZE) {
		problem_set(problem, "BTF: cut off within the type at offset 0x%zx", offset);
		return 0;
	}
	info = word(btf, btf->types + offset + 4);
	kind = info_kind(info);
	if (kind == BTF_VOID || kind >= BTF_KINDS) {
		problem_set(problem, "BTF: unknown kind %u at offset 0x%zx", kind, offset);
		return 0;
	}
	length = BTF_HEAD_SIZE + tails[kind].fixed +
		 (size_t)tails[kind].element * info_elements(info);
	if (length > rest) {
		problem_set(problem, "BTF: cut off within the type at offset 0x%zx", offset);
		return 0;
	}
	return length;
}

/* Count all types, and if btf->offset has been allocated, note where they are. */
static int walk_types(struct btf *btf, struct problem *problem)
{
	uint32_t id = 1;

	for (size_t offset = 0; offset < btf->types_size; id++) {
		size_t length = type_length(btf, offset, problem);

		if (!length)
			return -1;
		if (id >= BTF_MAX_TYPES)
			return problem_set(problem, "BTF: more than %u types", BTF_MAX_TYPES);
		if (btf->offset)
			btf->offset[id] = (uint32_t)offset;
		offset += length;
	}
	btf->count = id;
	return 0;
}

int btf_open(const void *data, size_t size, struct btf **out, struct problem *problem)
{
	struct btf *btf = calloc(1, sizeof(*btf));

	if (!btf)
		return problem_set(problem, "BTF: out of memory");
	if (parse_header(btf, data, size, problem) || walk_types(btf, problem))
		goto fail;
	btf->offset = calloc(btf->count, sizeof(*btf->offset));
	if (!btf->offset) {
		problem_set(problem, "BTF: out of memory for %u types", btf->count);
		goto fail;
	}
	if (walk_types(btf, problem))
		goto fail;
	*out = btf;
	return 0;
fail:
	btf_close(btf);
	return -1;
}

void btf_close(struct btf *btf)
{
	if (!btf)
		return;
	free(btf->offset);
	free(btf);
}

/* Follow typedefs and qualifiers to the head of the type that they stand for; NULL if they are too
 * many or malformed. */
static const uint8_t *resolve(const struct btf *btf, uint32_t id)
{
	for (int depth = 0; depth < BTF_MAX_DEPTH; depth++) {
		const uint8_t *type;

		if (!id || id >= btf->count)
			return NULL;
		type = type_at(btf, id);
		switch (info_kind(word(btf, type + 4))) {
		case BTF_TYPEDEF:
		case BTF_VOLATILE:
		case BTF_CONST:
		case BTF_RESTRICT:
		case BTF_TYPE_TAG:
			id = word(btf, type + 8);
			break;
		default:
			return type;
		}
	}
	return NULL;
}

/*
 * The width of a value whose type has its head at @type; 0 if it is no integer of at most 64 bits.
 * An old BTF_INT can itself be a bit-field, whose first bit becomes *@shift.
 */
static uint32_t integer_bits(const struct btf *btf, const uint8_t *type, uint32_t *shift)
{
	uint32_t size = word(btf, type + 8), encoding;

	*shift = 0;
	switch (info_kind(word(btf, type + 4))) {
	case BTF_INT:
		encoding = word(btf, type + BTF_HEAD_SIZE);
		*shift = encoding >> 16 & 0xff;
		return (encoding & 0xff) <= 64 ? encoding & 0xff : 0;
	case BTF_ENUM:
	case BTF_ENUM64:
		return size <= 8 ? size * 8 : 0;
	case BTF_PTR:
		return 64; /* a kernel with zPCI is a 64-bit one */
	default:
		return 0;
	}
}

/* The first bit of a member within its structure; @info is the structure's info word. */
static uint64_t member_bit(const struct btf *btf, uint32_t info, const uint8_t *member)
{
	uint32_t offset = word(btf, member + 8);

	return info_kind_flag(info) ? offset & 0xffffff : offset;
}

static void fill_field(const struct btf *btf, uint32_t info, const uint8_t *member, uint64_t base,
		       struct btf_field *field)
{
	const uint8_t *type = resolve(btf, word(btf, member + 4));
	uint32_t shift = 0, width;

	field->big_endian = btf->big_endian;
	field->bits = type ? integer_bits(btf, type, &shift) : 0;
	field->first = base + member_bit(btf, info, member) + shift;
	width = info_kind_flag(info) ? word(btf, member + 8) >> 24 : 0;
	if (width)
		field->bits = width <= 64 ? width : 0;
}

struct search {
	const struct btf *btf;
	const char *name;
	uint32_t budget; /* members to look at: anonymous ones can multiply at each level */
	struct btf_field *field;
};

/* Look for the member in the structure or union whose head is @type, and which starts at bit @base
 * of the outermost one. */
static bool find_member(struct search *s, const uint8_t *type, uint64_t base, int depth)
{
	const struct btf *btf = s->btf;
	uint32_t info = word(btf, type + 4), elements = info_elements(info);
	unsigned int kind = info_kind(info);

	if ((kind != BTF_STRUCT && kind != BTF_UNION) || depth >= BTF_MAX_DEPTH)
		return false;
	for (uint32_t i = 0; i < elements; i++) {
		const uint8_t *member = type + BTF_HEAD_SIZE + (size_t)i * BTF_MEMBER_SIZE;
		const char *name = name_at(btf, word(btf, member));
		const uint8_t *inner;

		if (!s->budget)
			return false;
		s->budget--;
		if (name && strcmp(name, s->name) == 0) {
			fill_field(btf, info, member, base, s->field);
			return true;
		}
		if (!name || *name)
			continue;
		inner = resolve(btf, word(btf, member + 4));
		if (inner && find_member(s, inner, base + member_bit(btf, info, member), depth + 1))
			return true;
	}
	return false;
}

int btf_find_field(const struct btf *btf, const char *structure, const char *member,
		   struct btf_field *field, struct problem *problem)
{
	struct search search = { btf, member, 1u << 20, field };

	for (uint32_t id = 1; id < btf->count; id++) {
		const uint8_t *type = type_at(btf, id);
		const char *name;

		if (info_kind(word(btf, type + 4)) != BTF_STRUCT)
			continue;
		name = name_at(btf, word(btf, type));
		if (!name || strcmp(name, structure) != 0)
			continue;
		if (find_member(&search, type, 0, 0))
			return 0;
		return problem_set(problem, "BTF: this kernel's struct %s has no member %s",
				   structure, member);
	}
	return problem_set(problem, "BTF: this kernel has no struct %s", structure);
}

uint64_t btf_field_offset(const struct btf_field *field)
{
	return field->first / 8;
}

size_t btf_field_size(const struct btf_field *field)
{
	return field->bits ? (size_t)((field->first % 8 + field->bits + 7) / 8) : 0;
}

uint64_t btf_field_value(const struct btf_field *field, const void *bytes)
{
	const uint8_t *b = bytes;
	uint64_t value = 0;

	for (uint32_t i = 0; i < field->bits; i++) {
		uint64_t bit = field->first % 8 + i;

		if (field->big_endian)
			value = value << 1 | (b[bit / 8] >> (7 - bit % 8) & 1);
		else
			value |= (uint64_t)(b[bit / 8] >> bit % 8 & 1) << i;
	}
	return value;
}
