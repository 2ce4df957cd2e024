// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel.c - see kernel.h
 *
 * There is no sysfs attribute for no_command_memory of struct pci_dev, so we read the structures
 * from the kernel's memory. Three files show them: /proc/kallsyms has the address of the list,
 * /proc/kcore the memory, and BTF the layout.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "btf.h"
#include "kcore.h"
#include "kernel.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"
#define BTF_MAX (64u << 20) /* Debian's 6.12 has 4 MB */

/* The whole file at @path, in memory that the caller frees. */
static uint8_t *read_file(const char *path, size_t *size, struct problem *problem)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t room = 0, done = 0;
	uint8_t *data = NULL;
	ssize_t n = -1;

	if (fd < 0) {
		problem_set(problem, "%s: %s%s", path, strerror(errno),
			    errno == ENOENT ? " (kernel without CONFIG_DEBUG_INFO_BTF?)" : "");
		return NULL;
	}
	while (room < BTF_MAX) {
		uint8_t *bigger;

		room = room ? 2 * room : 1u << 20;
		bigger = realloc(data, room);
		if (!bigger)
			break;
		data = bigger;
		while (done < room && (n = read(fd, data + done, room - done)) > 0)
			done += (size_t)n;
		if (n <= 0)
			break;
	}
	close(fd);
	if (n == 0) {
		*size = done;
		return data;
	}
	problem_set(problem, "%s: %s", path, n < 0 ? strerror(errno) : "too large");
	free(data);
	return NULL;
}

static int open_walk(struct kernel *kernel, const struct btf *btf, uint64_t roots)
{
	struct kernel_memory memory;
	struct kcore kcore;
	int rc;

	if (kcore_open("/proc/kcore", &kcore, &kernel->problem))
		return -1;
	memory = kcore_memory(&kcore);
	rc = walk_devices(btf, &memory, roots, &kernel->walk, &kernel->problem);
	kcore_close(&kcore);
	return rc;
}

void kernel_open(struct kernel *kernel, const char *btf_path)
{
	struct btf *btf = NULL;
	uint8_t *data;
	uint64_t roots;
	size_t size;

	memset(kernel, 0, sizeof(*kernel));
	if (kallsyms_find("/proc/kallsyms", "pci_root_buses", &roots, &kernel->problem))
		return;
	data = read_file(btf_path ? btf_path : BTF_PATH, &size, &kernel->problem);
	if (!data)
		return;
	if (btf_open(data, size, &btf, &kernel->problem) == 0)
		kernel->read = open_walk(kernel, btf, roots) == 0;
	btf_close(btf);
	free(data);
}

void kernel_close(struct kernel *kernel)
{
	walk_free(&kernel->walk);
}

const struct walk_device *kernel_find(const struct kernel *kernel, uint32_t domain, uint8_t bus,
				      uint8_t devfn)
{
	for (size_t i = 0; i < kernel->walk.count; i++) {
		const struct walk_device *d = &kernel->walk.devices[i];

		if (d->domain == domain && d->bus == bus && d->devfn == devfn)
			return d;
	}
	return NULL;
}
