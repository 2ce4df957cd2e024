// SPDX-License-Identifier: GPL-2.0-or-later
/* platform.c - checks of the function itself: is it there, what is it, and will it stay there? */
#include <inttypes.h>

#include "checks.h"

#define SLOT "/sys/bus/pci/slots/%08" PRIx32 "/power"

static uint32_t fid_of(const struct function *f)
{
	return (uint32_t)f->items[ITEM_FID].value;
}

void check_address(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;

	if (!function_has(f, ITEM_FID)) {
		check_add(report, "address", CHECK_UNKNOWN, "the FID of %s cannot be read: %s",
			  f->address, f->items[ITEM_FID].why.text);
		return;
	}
	if (f->has_device) {
		check_add(report, "address", CHECK_OK, "FID 0x%08" PRIx32 " is %s", fid_of(f),
			  f->address);
		return;
	}
	if (f->state == STATE_CONFIGURED) {
		check_add(report, "address", CHECK_FAIL,
			  "FID 0x%08" PRIx32 " is configured, but Linux has no device for it",
			  fid_of(f));
		check_fix(report, "echo 0 > " SLOT " && echo 1 > " SLOT, fid_of(f), fid_of(f));
		return;
	}
	check_add(report, "address", CHECK_UNKNOWN,
		  "FID 0x%08" PRIx32 " has an address only when it is configured", fid_of(f));
}

void check_slot(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;

	switch (f->state) {
	case STATE_CONFIGURED:
		check_add(report, "slot", CHECK_OK, "configured");
		return;
	case STATE_STANDBY:
		check_add(report, "slot", CHECK_FAIL, "in standby: Linux may not use it");
		if (function_has(f, ITEM_FID))
			check_fix(report, "echo 1 > " SLOT, fid_of(f));
		return;
	default:
		check_add(report, "slot", CHECK_UNKNOWN, "%s",
			  *f->slot_problem.text ? f->slot_problem.text : "it has no slot");
	}
}

void check_uid_checking(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;
	const struct item *unique = &f->items[ITEM_UID_IS_UNIQUE];

	if (unique->state != ITEM_KNOWN) {
		check_add(report, "uid-checking", CHECK_UNKNOWN,
			  "whether UIDs are unique cannot be read: %s",
			  unique->state == ITEM_ABSENT ? "the function is not configured"
						       : unique->why.text);
		return;
	}
	if (unique->value) {
		check_add(report, "uid-checking", CHECK_OK,
			  "UIDs are unique: the address stays over a reboot");
		return;
	}
	check_add(report, "uid-checking", CHECK_WARNING,
		  "UIDs are not unique: after a reboot the address %s can be another function, so "
		  "reserve it by its FID and look at guests' <source> again",
		  f->address);
	if (function_has(f, ITEM_FID))
		check_fix(report, "zpci host reserve 0x%08" PRIx32, fid_of(f));
}

static void check_pf(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;
	const struct item *made = &f->items[ITEM_NUM_VFS]; /* by Linux */
	uint64_t vfs = inventory_count_vfs(facts->inventory, f);

	if (vfs) {
		check_add(report, "type", CHECK_FAIL,
			  "a physical function with %" PRIu64 " VFs, which go when its driver "
			  "goes: give a VF to the guest, or take the VFs away first",
			  vfs);
		if (function_has(f, ITEM_NUM_VFS) && made->value)
			check_fix(report, "echo 0 > /sys/bus/pci/devices/%s/sriov_numvfs",
				  f->address);
	} else if (made->state == ITEM_KNOWN) {
		check_add(report, "type", CHECK_WARNING,
			  "a physical function without VFs: the guest can change settings of the "
			  "whole adapter");
	} else {
		check_add(report, "type", CHECK_UNKNOWN,
			  "a physical function, and the number of its VFs cannot be read: %s",
			  made->why.text);
	}
}

void check_type(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;

	switch (f->kind) {
	case KIND_VF_DETACHED:
		check_add(report, "type", CHECK_NOTE,
			  "a detached VF, VFN %" PRIu64 ": MAC address and VLAN come from the "
			  "owner of the PF, and <interface type='hostdev'> cannot be used, "
			  "<hostdev> can",
			  f->items[ITEM_VFN].value);
		return;
	case KIND_VF_LINKED:
		check_add(report, "type", CHECK_NOTE,
			  "a VF of the PF %s, which is in this Linux: its driver can still set "
			  "MAC address, VLAN, trust and link state of the VF",
			  f->physfn);
		return;
	case KIND_PF:
		check_pf(report, facts);
		return;
	case KIND_PLAIN:
		check_add(report, "type", CHECK_OK, "neither a PF nor a VF");
		return;
	default:
		check_add(report, "type", CHECK_UNKNOWN, "cannot tell a VF from another: %s",
			  item_failed(&f->items[ITEM_VFN]) ? f->items[ITEM_VFN].why.text
							   : "the function is not configured");
	}
}
