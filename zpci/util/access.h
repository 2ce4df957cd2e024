/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * access.h - reads and writes guest storage that is mapped in this process.
 *
 * CPUs, devices and tests access the same bytes without a lock, as on a real machine. That promises
 * little: an aligned access of 1, 2, 4 or 8 bytes happens in one piece, later ones of the same CPU
 * come after it, and nothing comes in between an interlocked update. So an access of that form is
 * an atomic one here; a read acquires and a write releases. All others are copied by memcpy, which
 * promises nothing: a guest that looks too early may see a part.
 *
 * A thread sanitizer reports such a copy as a race. No attribute of a function prevents that, since
 * the sanitizer checks memcpy itself. So a build with that sanitizer copies by relaxed atomic
 * accesses. They order nothing either: a race that is a mistake is still found.
 */
#ifndef ZPCI_UTIL_ACCESS_H
#define ZPCI_UTIL_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Storage has no type; guest accesses of any size may alias. */
typedef uint16_t __attribute__((may_alias)) zpci_half;
typedef uint32_t __attribute__((may_alias)) zpci_word;
typedef uint64_t __attribute__((may_alias)) zpci_doubleword;

#if defined(__SANITIZE_THREAD__)
#define UNDER_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_THREAD_SANITIZER
#endif
#endif

/* Whether an access is one that happens in one piece. */
static inline bool zpci_access_is_single(uint64_t address, size_t length)
{
	return length <= 8 && length && !(length & (length - 1)) && !(address & (length - 1));
}

static inline void zpci_access_load(const uint8_t *from, void *to, size_t length, int order)
{
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (length) {
	case 1:
		*(uint8_t *)to = __atomic_load_n(from, order);
		break;
	case 2:
		two = __atomic_load_n((const zpci_half *)from, order);
		memcpy(to, &two, sizeof(two));
		break;
	case 4:
		four = __atomic_load_n((const zpci_word *)from, order);
		memcpy(to, &four, sizeof(four));
		break;
	default:
		eight = __atomic_load_n((const zpci_doubleword *)from, order);
		memcpy(to, &eight, sizeof(eight));
	}
}

static inline void zpci_access_store(uint8_t *to, const void *from, size_t length, int order)
{
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (length) {
	case 1:
		__atomic_store_n(to, *(const uint8_t *)from, order);
		break;
	case 2:
		memcpy(&two, from, sizeof(two));
		__atomic_store_n((zpci_half *)to, two, order);
		break;
	case 4:
		memcpy(&four, from, sizeof(four));
		__atomic_store_n((zpci_word *)to, four, order);
		break;
	default:
		memcpy(&eight, from, sizeof(eight));
		__atomic_store_n((zpci_doubleword *)to, eight, order);
	}
}

#ifdef UNDER_THREAD_SANITIZER

/* Size of the next access when @length bytes are left at @address. */
static inline size_t zpci_access_unit(const uint8_t *address, size_t length)
{
	size_t size = 8;

	while (size > 1 && ((uintptr_t)address % size || length < size))
		size /= 2;
	return size;
}

static inline void zpci_access_copy_from(const uint8_t *from, uint8_t *buffer, size_t length)
{
	for (size_t size; length; from += size, buffer += size, length -= size) {
		size = zpci_access_unit(from, length);
		zpci_access_load(from, buffer, size, __ATOMIC_RELAXED);
	}
}

static inline void zpci_access_copy_to(uint8_t *to, const uint8_t *buffer, size_t length)
{
	for (size_t size; length; to += size, buffer += size, length -= size) {
		size = zpci_access_unit(to, length);
		zpci_access_store(to, buffer, size, __ATOMIC_RELAXED);
	}
}

#else

static inline void zpci_access_copy_from(const uint8_t *from, uint8_t *buffer, size_t length)
{
	memcpy(buffer, from, length);
}

static inline void zpci_access_copy_to(uint8_t *to, const uint8_t *buffer, size_t length)
{
	memcpy(to, buffer, length);
}

#endif

/* The mapping is aligned to pages, so that an address in it is aligned as the guest's is. */
static inline void zpci_access_read(const uint8_t *from, void *buffer, size_t length)
{
	if (zpci_access_is_single((uintptr_t)from, length))
		zpci_access_load(from, buffer, length, __ATOMIC_ACQUIRE);
	else
		zpci_access_copy_from(from, buffer, length);
}

static inline void zpci_access_write(uint8_t *to, const void *buffer, size_t length)
{
	if (zpci_access_is_single((uintptr_t)to, length))
		zpci_access_store(to, buffer, length, __ATOMIC_RELEASE);
	else
		zpci_access_copy_to(to, buffer, length);
}

/* ORs @bits into *@byte and returns its old value. The __sync builtins are full barriers, which
 * sequentially consistent ones need not be for the plain accesses around them. */
static inline uint8_t zpci_access_or(uint8_t *byte, uint8_t bits)
{
	return __sync_fetch_and_or(byte, bits);
}

#endif
