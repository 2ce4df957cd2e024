// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * present.c - interruptions, channel reports and SCLP completions, by KVM.
 *
 * Adapter interruptions. The FLIC (floating interruption controller) keeps the suppression state
 * that the guest sets by SIC, for adapters that were registered as suppressible, and applies it if
 * the guest's CPU model has facility 72. So there is an adapter for each subclass. Without a FLIC
 * each interruption is injected. KVM may make one interruption of several on the same subclass.
 *
 * Channel reports. KVM has no queue of channel-report words: STCRW leaves KVM_RUN. So here is how
 * many reports the guest has not taken yet, and each comes with a floating machine check, of which
 * KVM makes one if several are pending.
 *
 * Machine checks and completions go to the VM, and not to the FLIC: KVM_S390_INTERRUPT queues in
 * the same place, and also works without one (kvm_s390_inject_vm() in arch/s390/kvm/interrupt.c).
 * Injecting calls nobody back, so it may be done on any thread.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "zpci/util/log.h"

#define ISCS 8u

/* Interruption word of an adapter interruption (reference 6.4). */
#define WORD_ADAPTER 0x80000000u
#define WORD_ISC_SHIFT 27

/* Machine check "channel report pending", with all validity bits (Principles of Operation,
 * chapter 11), and its subclass in control register 14. Those of the vector registers (bit 25) and
 * of guarded storage (bit 36) must be there if the guest has these, as else Linux stops; KVM clears
 * them if it has not (__write_machine_check() in arch/s390/kvm/interrupt.c). */
#define MCIC_CHANNEL_REPORT 0x00400f5d48330000ull
#define CR14_CHANNEL_REPORT 0x10000000u

/* KVM has no memory, or the guest has not taken the last 266250 (KVM_S390_MAX_FLOAT_IRQS). */
static void lost(struct zpci_kvm *kvm, const char *what)
{
	int error = errno;

	if (!atomic_exchange(&kvm->failed, true))
		zpci_log(&kvm->logger, ZPCI_LOG_ERROR,
			 "KVM does not take %s: %s; the guest misses it, and others may follow",
			 what, strerror(error));
}

static void inject(struct zpci_kvm *kvm, uint32_t type, uint32_t parm, uint64_t parm64,
		   const char *what)
{
	struct layout_interrupt interrupt = { .type = type, .parm = parm, .parm64 = parm64 };

	if (ioctl(kvm->vm, LAYOUT_INTERRUPT, &interrupt))
		lost(kvm, what);
}

/* --- adapter interruptions ------------------------------------------------------------------- */

int zpci_kvm_register_adapters(struct zpci_kvm *kvm)
{
	for (unsigned isc = 0; isc < ISCS; isc++) {
		struct layout_io_adapter adapter = {
			.id = kvm->adapters + isc,
			.isc = (uint8_t)isc,
			.swap = 1, /* indicators are in the guest's byte order; only for irqfd */
			.flags = LAYOUT_ADAPTER_SUPPRESSIBLE,
		};
		struct layout_attr attr = {
			.group = LAYOUT_FLIC_ADAPTER_REGISTER,
			.addr = (uintptr_t)&adapter,
		};
		int rc;

		if (!ioctl(kvm->flic, LAYOUT_SET_DEVICE_ATTR, &attr))
			continue;
		rc = -errno;
		zpci_log(&kvm->logger, ZPCI_LOG_ERROR,
			 "FLIC: adapter ID 0x%x cannot be registered: %s; give the first of eight "
			 "IDs that this VM has not used, below 0x%x",
			 adapter.id, strerror(-rc), LAYOUT_ADAPTERS);
		return rc;
	}
	return 0;
}

void zpci_kvm_adapter_interruption(void *machine, unsigned isc)
{
	struct zpci_kvm *kvm = machine;
	struct layout_attr attr = { .group = LAYOUT_FLIC_AIRQ_INJECT };
	const char *what = "an adapter interruption";

	isc %= ISCS;
	attr.attr = kvm->adapters + isc;
	if (kvm->flic < 0)
		inject(kvm, LAYOUT_INT_ADAPTER, 0, WORD_ADAPTER | isc << WORD_ISC_SHIFT, what);
	else if (ioctl(kvm->flic, LAYOUT_SET_DEVICE_ATTR, &attr))
		lost(kvm, what);
}

int zpci_kvm_set_mode(struct zpci_kvm *kvm, unsigned isc, unsigned mode)
{
	struct layout_ais_req request = { .isc = (uint8_t)isc, .mode = (uint16_t)mode };
	struct layout_attr attr = { .group = LAYOUT_FLIC_AISM, .addr = (uintptr_t)&request };

	if (kvm->flic < 0)
		return -EOPNOTSUPP;
	return ioctl(kvm->flic, LAYOUT_SET_DEVICE_ATTR, &attr) ? -errno : 0;
}

/* --- channel reports ------------------------------------------------------------------------- */

/* The report is pending before the guest is told of it. */
void zpci_kvm_channel_report(void *machine)
{
	struct zpci_kvm *kvm = machine;

	atomic_fetch_add(&kvm->reports, 1);
	inject(kvm, LAYOUT_MCHK, CR14_CHANNEL_REPORT, MCIC_CHANNEL_REPORT, "a machine check");
}

bool zpci_kvm_take_report(struct zpci_kvm *kvm)
{
	unsigned pending = atomic_load(&kvm->reports);

	while (pending)
		if (atomic_compare_exchange_weak(&kvm->reports, &pending, pending - 1))
			return true;
	return false;
}

void zpci_kvm_return_report(struct zpci_kvm *kvm)
{
	atomic_fetch_add(&kvm->reports, 1);
}

void zpci_kvm_forget_reports(struct zpci_kvm *kvm)
{
	atomic_store(&kvm->reports, 0);
}

/* --- SCLP ------------------------------------------------------------------------------------ */

void zpci_kvm_sclp_completion(void *machine, uint32_t sccb)
{
	inject(machine, LAYOUT_INT_SERVICE, sccb, 0, "a service signal");
}
