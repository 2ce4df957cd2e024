// SPDX-License-Identifier: GPL-2.0-or-later
/* kvm.c - the check of KVM, and of its help for functions. */
#include <string.h>

#include "checks.h"

#define ID "kvm"

static const char *interpretation(enum kernel_option zdev)
{
	switch (zdev) {
	case OPTION_YES:
		return "the kernel has CONFIG_VFIO_PCI_ZDEV_KVM: the processor can execute the "
		       "guest's PCI instructions, where the machine can";
	case OPTION_NO:
		return "the kernel has no CONFIG_VFIO_PCI_ZDEV_KVM: QEMU executes each of the "
		       "guest's PCI instructions";
	default:
		return "whether the kernel has CONFIG_VFIO_PCI_ZDEV_KVM, so that the processor can "
		       "execute the guest's PCI instructions, cannot be read";
	}
}

void check_kvm(struct check_report *report, const struct check_facts *facts)
{
	const struct host_facts *host = facts->host;

	if (!host->live) {
		check_add(report, ID, CHECK_UNKNOWN, "/dev/kvm of that Linux is not here");
		return;
	}
	if (!host->kvm_node) {
		check_add(report, ID, CHECK_NOTE, "/dev/kvm is there; %s",
			  interpretation(host->zdev));
		return;
	}
	check_add(report, ID, CHECK_WARNING,
		  "/dev/kvm: %s; without KVM only an emulated guest, type='qemu', can have it",
		  strerror(host->kvm_node));
	check_fix(report, "modprobe kvm");
}
