/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kcore.h - reads kernel memory by kernel address, through /proc/kcore. */
#ifndef INSPECT_KCORE_H
#define INSPECT_KCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zpci/inventory/problem.h"

/* A way to read kernel memory: read() fills @buffer with @length bytes from @address on. It returns
 * 0, or -1 if it cannot read all of them. */
struct kernel_memory {
	int (*read)(void *opaque, uint64_t address, void *buffer, size_t length);
	void *opaque;
	bool big_endian;
};

#define KCORE_MAX_SEGMENTS 4096

struct kcore_segment {
	uint64_t address;
	uint64_t size;
	uint64_t file_offset;
};

struct kcore {
	int fd;
	bool big_endian;
	struct kcore_segment *segments;
	size_t count;
};

/* Find the loadable segments of a 64-bit ELF core file; @data has its first @size bytes. Sets
 * kcore->fd to -1. Returns 0, or -1 and the problem. kcore_close() frees. */
int kcore_parse(const void *data, size_t size, struct kcore *kcore, struct problem *problem);

int kcore_open(const char *path, struct kcore *kcore, struct problem *problem);
void kcore_close(struct kcore *kcore);

/* Kernel memory by way of @kcore, which must stay open. */
struct kernel_memory kcore_memory(struct kcore *kcore);

/* The address of the symbol @name in the file @path (/proc/kallsyms). */
int kallsyms_find(const char *path, const char *name, uint64_t *address, struct problem *problem);
/* Is it there? Its address may be hidden. */
bool kallsyms_has(const char *path, const char *name);

#endif
