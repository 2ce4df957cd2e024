/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/bytes.h - byte order, said once.
 *
 * Everything that a guest sees is laid out with the types below: arrays of bytes with a byte order
 * in their name. They have alignment 1, so structures of them need no packing, and code that reads
 * a field must name its order. They are the same bytes on every host.
 */
#ifndef ZPCI_BYTES_H
#define ZPCI_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Big-endian: all of zPCI (reference 0.2). */
typedef struct zpci_be16 {
	uint8_t byte[2]; /* most significant first, as in the next two */
} zpci_be16;
typedef struct zpci_be32 {
	uint8_t byte[4];
} zpci_be32;
typedef struct zpci_be64 {
	uint8_t byte[8];
} zpci_be64;
/* Little-endian: what PCI itself lays out. */
typedef struct zpci_le32 {
	uint8_t byte[4]; /* least significant first */
} zpci_le32;

/* From the host's byte order to big-endian, and back. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ZPCI_SWAP_BE(bits, value) (value)
#else
#define ZPCI_SWAP_BE(bits, value) __builtin_bswap##bits(value)
#endif

/* @length (1 to 8) bytes at @data as a number, first byte most significant. The lengths that loads
 * and fields have take one access each. */
static inline uint64_t zpci_get_be(const void *data, size_t length)
{
	const uint8_t *byte = (const uint8_t *)data;
	uint64_t value = 0;
	uint32_t four;
	uint16_t two;

	switch (length) {
	case 2:
		memcpy(&two, data, 2);
		return ZPCI_SWAP_BE(16, two);
	case 4:
		memcpy(&four, data, 4);
		return ZPCI_SWAP_BE(32, four);
	case 8:
		memcpy(&value, data, 8);
		return ZPCI_SWAP_BE(64, value);
	default:
		for (size_t i = 0; i < length; i++)
			value = value << 8 | byte[i];
		return value;
	}
}

/* The low @length (1 to 8) bytes of @value, most significant first. */
static inline void zpci_put_be(void *data, size_t length, uint64_t value)
{
	uint8_t *byte = (uint8_t *)data;
	uint32_t four = ZPCI_SWAP_BE(32, (uint32_t)value);
	uint16_t two = ZPCI_SWAP_BE(16, (uint16_t)value);

	switch (length) {
	case 2:
		memcpy(data, &two, 2);
		break;
	case 4:
		memcpy(data, &four, 4);
		break;
	case 8:
		value = ZPCI_SWAP_BE(64, value);
		memcpy(data, &value, 8);
		break;
	default:
		for (size_t i = length; i-- > 0; value >>= 8)
			byte[i] = (uint8_t)value;
	}
}

/* @length (1 to 8) bytes at @data as a number, first byte least significant. */
static inline uint64_t zpci_get_le(const void *data, size_t length)
{
	const uint8_t *byte = (const uint8_t *)data;
	uint64_t value = 0;

	for (size_t i = length; i-- > 0;)
		value = value << 8 | byte[i];
	return value;
}

/* The low @length (1 to 8) bytes of @value, least significant first. */
static inline void zpci_put_le(void *data, size_t length, uint64_t value)
{
	uint8_t *byte = (uint8_t *)data;

	for (size_t i = 0; i < length; i++, value >>= 8)
		byte[i] = (uint8_t)value;
}

/* The value of a field, in host byte order. These and the next cannot fail; any thread. */
static inline uint16_t zpci_be16_get(zpci_be16 field)
{
	return (uint16_t)zpci_get_be(field.byte, 2);
}

static inline uint32_t zpci_be32_get(zpci_be32 field)
{
	return (uint32_t)zpci_get_be(field.byte, 4);
}

static inline uint64_t zpci_be64_get(zpci_be64 field)
{
	return zpci_get_be(field.byte, 8);
}

static inline uint32_t zpci_le32_get(zpci_le32 field)
{
	return (uint32_t)zpci_get_le(field.byte, 4);
}

/* Sets a field to @value, which is in host byte order. */
static inline void zpci_be16_put(zpci_be16 *field, uint16_t value)
{
	zpci_put_be(field->byte, 2, value);
}

static inline void zpci_be32_put(zpci_be32 *field, uint32_t value)
{
	zpci_put_be(field->byte, 4, value);
}

static inline void zpci_be64_put(zpci_be64 *field, uint64_t value)
{
	zpci_put_be(field->byte, 8, value);
}

static inline void zpci_le32_put(zpci_le32 *field, uint32_t value)
{
	zpci_put_le(field->byte, 4, value);
}

#ifdef __cplusplus
}
#endif

#endif
