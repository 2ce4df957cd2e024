// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * clock.c - the guest's TOD clock, as KVM tells it: that of the host, plus what the guest or its
 * hypervisor has set. KVM_S390_VM_TOD_EXT has the epoch index beside it, of the multiple-epoch
 * facility (139); a KVM that does not know it has KVM_S390_VM_TOD_LOW. The index is not looked at:
 * stamps of the firmware have 64 bits, and count from 0 again in 2042.
 */
#include <errno.h>

#include "internal.h"

static int get(const struct zpci_kvm *kvm, unsigned long long which, uint64_t *tod)
{
	struct layout_tod_clock clock = { 0 };
	struct layout_attr attr = { .group = LAYOUT_VM_TOD, .attr = which };

	attr.addr = which == LAYOUT_VM_TOD_EXT ? (uintptr_t)&clock : (uintptr_t)&clock.tod;
	if (ioctl(kvm->vm, LAYOUT_GET_DEVICE_ATTR, &attr))
		return -errno;
	*tod = clock.tod;
	return 0;
}

/* KVM_HAS_DEVICE_ATTR does not know the extended form, which KVM_GET_DEVICE_ATTR has (up to Linux
 * 7.3, kvm_s390_vm_has_attr()). So this asks for the clock. */
int zpci_kvm_clock_find(struct zpci_kvm *kvm)
{
	uint64_t tod;

	kvm->tod = LAYOUT_VM_TOD_EXT;
	if (!get(kvm, kvm->tod, &tod))
		return 0;
	kvm->tod = LAYOUT_VM_TOD_LOW;
	return get(kvm, kvm->tod, &tod);
}

uint64_t zpci_kvm_clock(void *machine)
{
	struct zpci_kvm *kvm = machine;
	uint64_t tod = 0;

	/* It worked before, and nothing can take it away. */
	get(kvm, kvm->tod, &tod);
	return tod;
}
