/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel.h - what the running kernel thinks of its PCI devices. */
#ifndef INSPECT_KERNEL_H
#define INSPECT_KERNEL_H

#include "walk.h"
#include "zpci/inventory/problem.h"

struct kernel {
	bool read; /* `walk` is valid; if not, `problem` says why */
	struct problem problem;
	struct walk walk;
};

/* The file that has the BTF: @given, else that of the kernel itself, else the one for a kernel that
 * has none. */
const char *kernel_btf_path(const char *given);

/* Read it. @btf_path NULL: no file was given. */
void kernel_open(struct kernel *kernel, const char *btf_path);
void kernel_close(struct kernel *kernel);

const struct walk_device *kernel_find(const struct kernel *kernel, uint32_t domain, uint8_t bus,
				      uint8_t devfn);

#endif
