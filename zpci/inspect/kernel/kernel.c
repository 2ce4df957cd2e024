// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel.c - see kernel.h
 *
 * There is no sysfs attribute for no_command_memory of struct pci_dev, so we read the structures
 * from the kernel's memory. Three files show them: /proc/kallsyms has the address of the list,
 * /proc/kcore the memory, and BTF the layout.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "btf.h"
#include "kcore.h"
#include "kernel.h"
#include "zpci/inventory/file.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"
/* `zpci inspect' and `zpci matrix' put it there for a kernel that was built without. */
#define BTF_GIVEN_PATH "/zpci/btf"
#define BTF_MAX (64u << 20) /* Debian's 6.12 has 4 MB */

static char *read_btf(const char *path, size_t *size, struct problem *problem)
{
	char *data = file_read(path, BTF_MAX, size);

	if (!data)
		problem_set(problem, "%s: %s%s", path, strerror(errno),
			    errno == ENOENT ? " (kernel without CONFIG_DEBUG_INFO_BTF?)" : "");
	return data;
}

const char *kernel_btf_path(const char *given)
{
	if (given)
		return given;
	return access(BTF_PATH, F_OK) && !access(BTF_GIVEN_PATH, R_OK) ? BTF_GIVEN_PATH : BTF_PATH;
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
	char *data;
	uint64_t roots;
	size_t size;

	memset(kernel, 0, sizeof(*kernel));
	if (kallsyms_find("/proc/kallsyms", "pci_root_buses", &roots, &kernel->problem))
		return;
	data = read_btf(kernel_btf_path(btf_path), &size, &kernel->problem);
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
