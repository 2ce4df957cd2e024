/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * types.h - the types of a tree's kernel that was built without BTF.
 *
 * zpci-inspect(8) needs them to read the kernel's own bit. s390's defconfig has debug information,
 * of which pahole(1) makes BTF. That takes seconds, so the result is kept beside vmlinux, as
 * .zpci.btf, until vmlinux changes.
 */
#ifndef ZPCI_TOOL_TYPES_H
#define ZPCI_TOOL_TYPES_H

#include "tree.h"

/*
 * Returns a descriptor of the BTF; or -1 if the kernel has its own, or if none can be made. What is
 * missing for it is then said in a message.
 */
int kernel_types_open(const struct kernel_tree *tree);

#endif
