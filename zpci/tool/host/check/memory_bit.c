// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory_bit.c - the check of no-command-memory; zpci-no-command-memory(7).
 *
 * The vfn that a guest is told goes this way: CLP tells Linux; its vfio-pci tells QEMU (capability
 * ZPCI_BASE of VFIO_DEVICE_GET_INFO: Linux 5.10, drivers/vfio/pci/vfio_pci_zdev.c; without
 * CONFIG_VFIO_PCI_ZDEV_KVM there is none); QEMU tells its guest (QEMU 5.2,
 * hw/s390x/s390-pci-vfio.c; without the capability it says 0). From a vfn that is not 0 the guest's
 * kernel concludes no_command_memory.
 *
 * vfio itself must know that a VF has no Memory bit, on the host as well. If it does, it emulates
 * the bit for QEMU, so that the guest finds it whatever its kernel knows.
 */
#include <inttypes.h>

#include "checks.h"
#include "kernel_version.h"

#define ID "command-memory"

#define MEMORY 2u /* of the Command register */

/* Can the guest be told the vfn? */
static bool passes_vfn(const struct host_facts *host)
{
	return vfio_passes_clp(host->release) && host->zdev != OPTION_NO;
}

/* Does vfio on this host work with a VF? */
static void check_host_kernel(struct check_report *report, const struct check_facts *facts)
{
	const char *release = facts->host->release;

	/* vfio always knew of VFs that Linux has found behind their PF. */
	if (facts->function->kind != KIND_VF_DETACHED)
		return;
	switch (memory_bit_rule(release)) {
	case RULE_WRONG:
		check_add(
			report, ID, CHECK_WARNING,
			"this kernel, %s, has by its version the change abafbc551fdd of Linux 5.8 "
			"without 08b6e22b850c and 515ecd5368f1, and then vfio refuses access to "
			"BARs of a detached VF: boot 5.8.17, 5.9.2, 5.10 or later, unless the "
			"distribution took them",
			release);
		return;
	case RULE_NONE:
		check_add(report, ID, CHECK_WARNING,
			  "this kernel, %s, knows no no_command_memory: it is right as it is, but "
			  "with the change abafbc551fdd of Linux 5.8 alone, which stable and "
			  "distribution kernels took in 2020, vfio refuses access to BARs of a "
			  "detached VF",
			  release);
		return;
	default:
		return;
	}
}

static void check_vf(struct check_report *report, const struct check_facts *facts, uint64_t vfn)
{
	const struct host_facts *host = facts->host;
	const struct item *command = &facts->function->items[ITEM_COMMAND];
	const char *bit = "cannot be read";

	if (command->state == ITEM_KNOWN)
		bit = command->value & MEMORY ? "reads 1 here, so a layer below emulates it"
					      : "reads 0 here, as VFs have none";
	check_host_kernel(report, facts);
	if (!host->release) {
		check_add(report, ID, CHECK_UNKNOWN,
			  "whether the guest is told VFN %" PRIu64 ", as the kernel of that Linux "
			  "is not known (5.10 or later tells it); the Memory bit %s",
			  vfn, bit);
		return;
	}
	if (!passes_vfn(host)) {
		check_add(report, ID, CHECK_WARNING,
			  "VFN %" PRIu64 ", but this kernel, %s, %s: the guest is told VFN 0, and "
			  "its kernel concludes no_command_memory=0 and relies on the Memory bit "
			  "that vfio emulates; the bit %s",
			  vfn, host->release,
			  vfio_passes_clp(host->release) ? "has no CONFIG_VFIO_PCI_ZDEV_KVM"
							 : "is older than 5.10",
			  bit);
		return;
	}
	check_add(report, ID, CHECK_NOTE,
		  "the guest is told VFN %" PRIu64 " (by QEMU 5.2 or later), and its kernel (5.10, "
		  "5.9.2, 5.8.17 or later) concludes no_command_memory=1; the Memory bit %s, and "
		  "vfio emulates it for the guest",
		  vfn, bit);
}

/* Linux sets the bit when a driver enables the function; vfio-pci does when a program opens it. */
static void check_other(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;
	const struct item *command = &f->items[ITEM_COMMAND];

	if (command->state != ITEM_KNOWN) {
		check_add(report, ID, CHECK_UNKNOWN, "VFN 0, and the Memory bit cannot be read: %s",
			  command->why.text);
		return;
	}
	if (*f->driver && facts->enabled && !(command->value & MEMORY)) {
		check_add(report, ID, CHECK_WARNING,
			  "VFN 0, but the Memory bit reads 0 although %s has enabled the function: "
			  "if it is a VF, the layer below hides that, and vfio refuses access to "
			  "BARs",
			  f->driver);
		return;
	}
	check_add(
		report, ID, CHECK_OK,
		"VFN 0: the guest's kernel concludes no_command_memory=0; the Memory bit reads %u",
		command->value & MEMORY ? 1 : 0);
}

void check_command_memory(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;
	const struct item *vfn = &f->items[ITEM_VFN];

	if (vfn->state != ITEM_KNOWN)
		check_add(report, ID, CHECK_UNKNOWN, "the VFN cannot be read: %s",
			  item_failed(vfn) ? vfn->why.text : "the function is not configured");
	else if (vfn->value)
		check_vf(report, facts, vfn->value);
	else if (f->has_device)
		check_other(report, facts);
	else
		check_add(report, ID, CHECK_UNKNOWN,
			  "the Memory bit cannot be read: the function has no device");
}
