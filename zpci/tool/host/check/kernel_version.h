/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_version.h - which kernels know that a VF has no Memory bit. */
#ifndef ZPCI_TOOL_HOST_CHECK_KERNEL_VERSION_H
#define ZPCI_TOOL_HOST_CHECK_KERNEL_VERSION_H

#include <stdbool.h>

enum memory_bit_rule {
	RULE_UNKNOWN, /* no version */
	RULE_NONE,    /* before 5.8: vfio does not look at the bit. A kernel of a stable series or a
			 distribution can have the change of 5.8 alone, and is wrong then */
	RULE_WRONG,   /* vfio refuses BARs of a detached VF */
	RULE_RIGHT,   /* no_command_memory is set by vfn */
};

/* @release: as uname(2) has it, such as "6.12.95+deb12-s390x"; NULL is RULE_UNKNOWN. */
enum memory_bit_rule memory_bit_rule(const char *release);

/* Whether the kernel's vfio-pci can pass on what CLP says of a function, such as the vfn (5.10). */
bool vfio_passes_clp(const char *release);

#endif
