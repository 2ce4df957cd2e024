// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kcore.c - see kcore.h
 *
 * /proc/kcore is an ELF core file. Its loadable segments are the kernel's address ranges (Linux
 * fs/proc/kcore.c), so that its program headers translate a kernel address to a file offset.
 * /proc/kallsyms has the addresses of symbols. It shows zeros to users who may not know them.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kcore.h"
#include "order.h"

/* Offsets of the ELF-64 file header and program header (System V gABI, chapter 4 and 5). */
#define ELF_HEADER_SIZE 64
#define ELF_CLASS 4
#define ELF_DATA 5
#define ELF_PHOFF 32
#define ELF_PHENTSIZE 54
#define ELF_PHNUM 56
#define PH_SIZE 56
#define PH_TYPE 0
#define PH_OFFSET 8
#define PH_VADDR 16
#define PH_FILESZ 32
#define PT_LOAD 1

/* The kernel puts all headers in front of the memory, at most 56 bytes for each segment. */
#define HEADERS_MAX (ELF_HEADER_SIZE + PH_SIZE * (KCORE_MAX_SEGMENTS + 1))

static int parse_header(const uint8_t *data, size_t size, struct kcore *kcore, uint64_t *table,
			size_t *entries, struct problem *problem)
{
	if (size < ELF_HEADER_SIZE || memcmp(data, "\177ELF", 4) != 0)
		return problem_set(problem, "kcore: no ELF header");
	if (data[ELF_CLASS] != 2 || data[ELF_DATA] < 1 || data[ELF_DATA] > 2)
		return problem_set(problem, "kcore: ELF class %u, data %u: not a 64-bit kernel's",
				   data[ELF_CLASS], data[ELF_DATA]);
	kcore->big_endian = data[ELF_DATA] == 2;
	*table = order_get(data + ELF_PHOFF, 8, kcore->big_endian);
	*entries = order_get(data + ELF_PHNUM, 2, kcore->big_endian);
	if (order_get(data + ELF_PHENTSIZE, 2, kcore->big_endian) != PH_SIZE ||
	    *entries > KCORE_MAX_SEGMENTS || *table > size || *entries * PH_SIZE > size - *table)
		return problem_set(problem, "kcore: bad program header table");
	return 0;
}

int kcore_parse(const void *data, size_t size, struct kcore *kcore, struct problem *problem)
{
	const uint8_t *ph;
	uint64_t table = 0;
	size_t entries = 0;

	memset(kcore, 0, sizeof(*kcore));
	kcore->fd = -1;
	if (parse_header(data, size, kcore, &table, &entries, problem))
		return -1;
	kcore->segments = calloc(entries ? entries : 1, sizeof(*kcore->segments));
	if (!kcore->segments)
		return problem_set(problem, "kcore: out of memory");
	ph = (const uint8_t *)data + table;
	for (size_t i = 0; i < entries; i++, ph += PH_SIZE) {
		struct kcore_segment *s = &kcore->segments[kcore->count];

		if (order_get(ph + PH_TYPE, 4, kcore->big_endian) != PT_LOAD)
			continue;
		s->address = order_get(ph + PH_VADDR, 8, kcore->big_endian);
		s->size = order_get(ph + PH_FILESZ, 8, kcore->big_endian);
		s->file_offset = order_get(ph + PH_OFFSET, 8, kcore->big_endian);
		kcore->count++;
	}
	return 0;
}

/* Read up to @size bytes. At an error what was read before it counts. */
static size_t read_up_to(int fd, uint8_t *buffer, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = pread(fd, buffer + done, size - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

int kcore_open(const char *path, struct kcore *kcore, struct problem *problem)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
	uint8_t *headers;

	memset(kcore, 0, sizeof(*kcore));
	kcore->fd = -1;
	if (fd < 0) {
		int error = errno;

		return problem_set(problem, "%s: %s%s", path, strerror(error),
				   error == EACCES   ? " (root may read it)"
				   : error == EPERM  ? " (kernel lockdown forbids it)"
				   : error == ENOENT ? " (kernel without CONFIG_PROC_KCORE?)"
						     : "");
	}
	headers = malloc(HEADERS_MAX);
	if (!headers) {
		close(fd);
		return problem_set(problem, "%s: out of memory", path);
	}
	rc = kcore_parse(headers, read_up_to(fd, headers, HEADERS_MAX), kcore, problem);
	free(headers);
	kcore->fd = fd;
	if (rc)
		kcore_close(kcore);
	return rc;
}

void kcore_close(struct kcore *kcore)
{
	if (kcore->fd >= 0)
		close(kcore->fd);
	free(kcore->segments);
	memset(kcore, 0, sizeof(*kcore));
	kcore->fd = -1;
}

static int kcore_read(void *opaque, uint64_t address, void *buffer, size_t length)
{
	const struct kcore *kcore = opaque;

	for (size_t i = 0; i < kcore->count; i++) {
		const struct kcore_segment *s = &kcore->segments[i];
		uint64_t in = address - s->address;
		ssize_t n;

		if (address < s->address || in >= s->size || length > s->size - in ||
		    s->file_offset > INT64_MAX || in > INT64_MAX - s->file_offset)
			continue;
		do {
			n = pread(kcore->fd, buffer, length, (off_t)(s->file_offset + in));
		} while (n < 0 && errno == EINTR);
		if (n == (ssize_t)length)
			return 0;
	}
	return -1;
}

struct kernel_memory kcore_memory(struct kcore *kcore)
{
	return (struct kernel_memory){ kcore_read, kcore, kcore->big_endian };
}

/* Returns whether @file has the symbol. */
static bool find_symbol(FILE *file, const char *name, uint64_t *value)
{
	char line[512], type, symbol[256];

	while (fgets(line, sizeof(line), file)) {
		/* sscanf() of each of 150,000 lines takes most of the program's time. */
		if (strstr(line, name) &&
		    sscanf(line, "%" SCNx64 " %c %255s", value, &type, symbol) == 3 &&
		    strcmp(symbol, name) == 0)
			return true;
	}
	return false;
}

int kallsyms_find(const char *path, const char *name, uint64_t *address, struct problem *problem)
{
	FILE *file = fopen(path, "re");
	uint64_t value;
	bool found;

	if (!file)
		return problem_set(problem, "%s: %s", path, strerror(errno));
	found = find_symbol(file, name, &value);
	fclose(file);
	if (!found)
		return problem_set(problem,
				   "%s: no symbol %s (kernel without PCI or without "
				   "CONFIG_KALLSYMS_ALL)",
				   path, name);
	if (!value)
		return problem_set(problem,
				   "%s: the address of %s is hidden (root may read it; see "
				   "kernel.kptr_restrict)",
				   path, name);
	*address = value;
	return 0;
}

bool kallsyms_has(const char *path, const char *name)
{
	FILE *file = fopen(path, "re");
	uint64_t value;
	bool found;

	if (!file)
		return false;
	found = find_symbol(file, name, &value);
	fclose(file);
	return found;
}
