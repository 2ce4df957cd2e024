// SPDX-License-Identifier: GPL-2.0-or-later
/* guest.c - checks of libvirt's guests: who has the function, and what will this guest see? */
#include <inttypes.h>

#include "checks.h"
#include "zpci/tool/host/guests/guest_ids.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/host/word.h"

#define MIB (UINT64_C(1) << 20)
/* What libvirt adds to a guest's memory for vfio: qemuDomainGetMemLockLimitBytes(). */
#define MEMLOCK_MORE (UINT64_C(1) << 30)

/* --- other guests ---------------------------------------------------------------------------- */

static void add_user(struct check_report *report, const struct function *f,
		     const struct guest *guest)
{
	const struct guest_function *use =
		guest_find_source(guest, GUEST_LIVE | GUEST_CONFIG, &f->pci);
	char name[HOST_WORD_SIZE];

	host_word(name, guest->name);
	if (guest_find_source(guest, GUEST_LIVE, &f->pci)) {
		check_add(report, "guest-ref", CHECK_FAIL, "the guest %s runs with it",
			  guest->name);
		check_fix(report, "zpci host detach %s %s", f->address, name);
		return;
	}
	check_add(report, "guest-ref", CHECK_WARNING,
		  "the definition of the guest %s has it as well, and only one of them can run",
		  guest->name);
	check_fix(report, "zpci host detach %s %s --config", use->address, name);
}

void check_guest_ref(struct check_report *report, const struct check_facts *facts)
{
	const struct guest *guest;
	size_t at = 0, before = report->count;

	if (!facts->guests) {
		check_add(report, "guest-ref", CHECK_UNKNOWN, "whether a guest has it, as %s",
			  facts->guests_why);
		return;
	}
	if (!facts->function->has_address) {
		check_add(report, "guest-ref", CHECK_UNKNOWN,
			  "guests name a function by its address, and this one has none");
		return;
	}
	while ((guest = guests_find_user(facts->guests, &facts->function->pci, facts->guest, at,
					 &at))) {
		add_user(report, facts->function, guest);
		at++;
	}
	if (report->count == before)
		check_add(report, "guest-ref", CHECK_OK, "no other guest has it");
}

/* --- this guest ------------------------------------------------------------------------------ */

/* The function as the guest has it already; NULL: it has not, or there is no guest. */
static const struct guest_function *present(const struct check_facts *facts, unsigned int where)
{
	if (!facts->guest || !facts->function->has_address)
		return NULL;
	return guest_find_source(facts->guest, where, &facts->function->pci);
}

static const struct guest_function *present_anywhere(const struct check_facts *facts)
{
	return present(facts, GUEST_LIVE | GUEST_CONFIG);
}

void check_guest_ids(struct check_report *report, const struct check_facts *facts)
{
	struct problem problem;
	struct guest_ids ids;

	if (!facts->guest || present_anywhere(facts))
		return;
	if (guest_ids_choose(&ids, facts->guest, facts->where, facts->function, facts->guest_uid,
			     facts->guest_fid, &problem)) {
		check_add(report, "guest-ids", CHECK_FAIL, "%s", problem.text);
		return;
	}
	check_add(report, "guest-ids", CHECK_OK,
		  "UID 0x%04x and FID 0x%08" PRIx32 " are free in %s", ids.uid, ids.fid,
		  facts->guest->name);
}

/* The IDs that the guest sees, or will see. */
static bool find_ids(const struct check_facts *facts, struct guest_ids *ids)
{
	const struct guest_function *has = present_anywhere(facts);
	struct problem problem;

	if (!has)
		return !guest_ids_choose(ids, facts->guest, facts->where, facts->function,
					 facts->guest_uid, facts->guest_fid, &problem);
	*ids = (struct guest_ids){ .uid = has->uid, .fid = has->fid };
	return has->has_uid && has->has_fid;
}

void check_id_map(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;
	struct guest_ids ids;

	if (!facts->guest)
		return;
	if (!find_ids(facts, &ids)) {
		check_add(report, "id-map", CHECK_UNKNOWN, "the IDs that %s sees are not known yet",
			  facts->guest->name);
		return;
	}
	if (function_has(f, ITEM_UID) && function_has(f, ITEM_FID) &&
	    f->items[ITEM_UID].value == ids.uid && f->items[ITEM_FID].value == ids.fid) {
		check_add(report, "id-map", CHECK_OK, "%s sees the UID and the FID of this host",
			  facts->guest->name);
		return;
	}
	check_add(report, "id-map", CHECK_NOTE,
		  "%s sees it as UID 0x%04x and FID 0x%08" PRIx32 ", which are not this host's",
		  facts->guest->name, ids.uid, ids.fid);
}

void check_managed(struct check_report *report, const struct check_facts *facts)
{
	const struct guest_function *has = present(facts, GUEST_CONFIG);
	char node[HOST_NODE_SIZE];

	if (!has)
		return;
	if (has->managed) {
		check_add(report, "managed", CHECK_OK,
			  "the definition of %s has it with managed='yes'", facts->guest->name);
		return;
	}
	check_add(report, "managed", CHECK_WARNING,
		  "the definition of %s has it without managed='yes': bind it to vfio-pci before "
		  "each start",
		  facts->guest->name);
	host_node_name(&facts->function->pci, node);
	check_fix(report, "virsh nodedev-detach %s", node);
}

void check_memlock(struct check_report *report, const struct check_facts *facts)
{
	const struct guest *guest = facts->guest;

	if (!guest)
		return;
	if (!guest->memory) {
		check_add(report, "memlock", CHECK_UNKNOWN, "the memory of %s is not known",
			  guest->name);
		return;
	}
	check_add(report, "memlock", CHECK_NOTE,
		  "vfio keeps the whole memory of %s in RAM: QEMU may lock %" PRIu64
		  " MiB (the guest's memory and 1 GiB), for which libvirtd needs CAP_SYS_RESOURCE",
		  guest->name, (guest->memory + MEMLOCK_MORE) / MIB);
}
