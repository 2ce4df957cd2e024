// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * kvm.c - the machine on KVM: its life cycle, what this KVM must have, the table of operations.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "zpci/util/log.h"
#include "zpci/util/options.h"

#define ADAPTERS_DEFAULT 56u
#define ADAPTERS_LAST (LAYOUT_ADAPTERS - 8u)

/* --- what KVM has ---------------------------------------------------------------------------- */

/* Value of a capability; 0: it is absent. */
static int extension(const struct zpci_kvm *kvm, int capability)
{
	return ioctl(kvm->vm, LAYOUT_CHECK_EXTENSION, capability);
}

/* Without these nothing works. All kernels from 4.2 on have them, on s390. */
static int check_needed(const struct zpci_kvm *kvm)
{
	static const struct {
		int capability;
		const char *name;
	} needed[] = {
		{ LAYOUT_CAP_SYNC_REGS, "KVM_CAP_SYNC_REGS" },
		{ LAYOUT_CAP_MEM_OP, "KVM_CAP_S390_MEM_OP" },
		{ LAYOUT_CAP_INJECT_IRQ, "KVM_CAP_S390_INJECT_IRQ" },
		{ LAYOUT_CAP_VM_ATTRIBUTES, "KVM_CAP_VM_ATTRIBUTES" },
	};

	for (unsigned i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		int rc = extension(kvm, needed[i].capability);

		if (rc > 0)
			continue;
		if (rc < 0) {
			rc = -errno;
			zpci_log(&kvm->logger, ZPCI_LOG_ERROR,
				 "KVM: descriptor 0x%x is not that of a VM: %s; give the one that "
				 "KVM_CREATE_VM returned",
				 (unsigned)kvm->vm, strerror(-rc));
			return rc;
		}
		zpci_log(&kvm->logger, ZPCI_LOG_ERROR,
			 "KVM: %s (0x%x) is missing, without which no PCI instruction can be "
			 "executed; use an s390x host with Linux 6.1 or later",
			 needed[i].name, (unsigned)needed[i].capability);
		return -ENOTSUP;
	}
	return 0;
}

/* What is worse without it, one sentence each. */
static void check_wanted(struct zpci_kvm *kvm)
{
	kvm->keys = extension(kvm, LAYOUT_CAP_MEM_OP_EXTENSION) > 0;
	if (!kvm->keys)
		zpci_log(&kvm->logger, ZPCI_LOG_WARNING,
			 "KVM: KVM_CAP_S390_MEM_OP_EXTENSION (0x%x) is missing, so operands of "
			 "instructions are not checked against storage keys; use Linux 6.1 or "
			 "later",
			 LAYOUT_CAP_MEM_OP_EXTENSION);
	if (kvm->flic < 0)
		zpci_log(&kvm->logger, ZPCI_LOG_WARNING,
			 "KVM: there is no FLIC, so adapter interruptions are never suppressed; "
			 "leave facility 72 out of the guest's CPU model");
	else if (extension(kvm, LAYOUT_CAP_AIS) <= 0)
		zpci_log(&kvm->logger, ZPCI_LOG_WARNING,
			 "KVM: KVM_CAP_S390_AIS (0x%x) is missing, so adapter interruptions are "
			 "never suppressed; leave facility 72 out of the guest's CPU model",
			 LAYOUT_CAP_AIS);
	if (extension(kvm, LAYOUT_CAP_ZPCI_OP) > 0)
		zpci_log(&kvm->logger, ZPCI_LOG_INFO,
			 "KVM: this host interprets SIC (KVM_CAP_S390_ZPCI_OP, 0x%x), so adapter "
			 "interruptions are never suppressed; loads and stores of functions of "
			 "ours are not interpreted",
			 LAYOUT_CAP_ZPCI_OP);
}

/* --- life cycle ------------------------------------------------------------------------------ */

static int init(struct zpci_kvm *kvm)
{
	int rc = zpci_kvm_storage_init(&kvm->storage);

	if (rc)
		return rc;
	kvm->timers = zpci_timers_new();
	if (kvm->timers)
		return 0;
	zpci_kvm_storage_fini(&kvm->storage);
	return -ENOMEM;
}

static void fini(struct zpci_kvm *kvm)
{
	zpci_timers_free(kvm->timers);
	zpci_kvm_storage_fini(&kvm->storage);
}

/* The adapters come last: KVM does not forget them. */
static int connect(struct zpci_kvm *kvm)
{
	int rc = check_needed(kvm);

	if (rc)
		return rc;
	rc = zpci_kvm_clock_find(kvm);
	if (rc) {
		zpci_log(&kvm->logger, ZPCI_LOG_ERROR,
			 "KVM: the guest's TOD clock (KVM_S390_VM_TOD, 0x%x) cannot be read: %s; "
			 "use an s390x host with Linux 6.1 or later",
			 LAYOUT_VM_TOD, strerror(-rc));
		return rc;
	}
	check_wanted(kvm);
	return kvm->flic < 0 ? 0 : zpci_kvm_register_adapters(kvm);
}

static int take_options(const struct zpci_kvm_options *given, struct zpci_kvm_options *options)
{
	int rc = zpci_options_take(options, sizeof(*options), given,
				   zpci_size_upto(struct zpci_kvm_options, sic), &given->logger,
				   "KVM");

	if (rc)
		return rc;
	if (options->vm < 0) {
		zpci_log(&options->logger, ZPCI_LOG_ERROR,
			 "KVM: there is no descriptor of the VM; give the one that KVM_CREATE_VM "
			 "returned");
		return -EBADF;
	}
	if (!options->adapters)
		options->adapters = ADAPTERS_DEFAULT;
	if (options->flic >= 0 && options->adapters > ADAPTERS_LAST) {
		zpci_log(&options->logger, ZPCI_LOG_ERROR,
			 "KVM: there are not eight adapter IDs from 0x%x on; give at most 0x%x",
			 options->adapters, ADAPTERS_LAST);
		return -EINVAL;
	}
	return 0;
}

int zpci_kvm_create(const struct zpci_kvm_options *given, struct zpci_kvm **result)
{
	struct zpci_kvm_options options;
	struct zpci_kvm *kvm;
	int rc = take_options(given, &options);

	if (rc)
		return rc;
	kvm = calloc(1, sizeof(*kvm));
	if (!kvm)
		return -ENOMEM;
	kvm->logger = options.logger;
	kvm->vm = options.vm;
	kvm->flic = options.flic;
	kvm->adapters = options.adapters;
	kvm->sic = options.sic;
	rc = init(kvm);
	if (rc)
		goto free_kvm;
	rc = connect(kvm);
	if (rc)
		goto end;
	*result = kvm;
	return 0;

end:
	fini(kvm);
free_kvm:
	free(kvm);
	return rc;
}

void zpci_kvm_destroy(struct zpci_kvm *kvm)
{
	if (!kvm)
		return;
	fini(kvm);
	free(kvm);
}

void zpci_kvm_reset(struct zpci_kvm *kvm, struct zpci_firmware *firmware, enum zpci_reset reset)
{
	zpci_firmware_reset(firmware, reset);
	zpci_kvm_forget_reports(kvm);
}

/* --- the table ------------------------------------------------------------------------------- */

static struct zpci_timer *create_timer(void *machine, void (*expired)(void *opaque), void *opaque)
{
	return zpci_timers_create(((struct zpci_kvm *)machine)->timers, expired, opaque);
}

static const struct zpci_machine_ops kvm_ops = {
	.size = sizeof(struct zpci_machine_ops),
	.name = "kvm",
	.help = "a virtual machine of KVM on an s390x host",

	.get_register = zpci_kvm_get_register,
	.set_register = zpci_kvm_set_register,
	.get_prefix = zpci_kvm_get_prefix,
	.get_psw_mask = zpci_kvm_get_psw_mask,
	.set_condition_code = zpci_kvm_set_condition_code,
	.program_interruption = zpci_kvm_program_interruption,

	.read_logical = zpci_kvm_read_logical,
	.write_logical = zpci_kvm_write_logical,
	.check_logical = zpci_kvm_check_logical,
	.read_real = zpci_kvm_read_real,
	.write_real = zpci_kvm_write_real,
	.read_absolute = zpci_kvm_read_absolute,
	.write_absolute = zpci_kvm_write_absolute,
	.or_absolute = zpci_kvm_or_absolute,
	.regions = zpci_kvm_regions,

	.adapter_interruption = zpci_kvm_adapter_interruption,
	.channel_report = zpci_kvm_channel_report,
	.sclp_completion = zpci_kvm_sclp_completion,

	.clock = zpci_kvm_clock,
	.timer_create = create_timer,
	.timer_set = zpci_timers_set,
	.timer_cancel = zpci_timers_cancel,
	.timer_destroy = zpci_timers_destroy,
};

const struct zpci_machine_ops *zpci_kvm_ops(void)
{
	return &kvm_ops;
}
