// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * capture.c - see capture.h
 *
 * The configuration has [platform] first, then a group for each PFGID, an adapter for each PCHID,
 * and the functions in the order of CLP's list: where UIDs are not unique, Linux numbers PCI
 * domains in that order.
 *
 * An adapter of a configuration has one PF and each VF once. A machine can tell one PCHID of
 * several PFs, as QEMU does with 0, so such an adapter is written several times: the others tell
 * the PCHID by publish-pchid.
 *
 * What is not known is a comment. So is what has no key, because a replica does not have it; and
 * the state of the moment, in one line that starts with "; now:".
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#include "capture.h"
#include "capture_group.h"
#include "capture_space.h"
#include "captured.h"
#include "zpci/util/ebcdic.h"

#define FIRST_ANONYMOUS_PCHID 0x100

/* As in <zpci/device.h>; a configuration takes no higher number. */
#define VF_MAX 255

/* A section [adapter]. */
struct adapter {
	uint16_t pchid; /* what the guest is told */
	bool rid;
	unsigned copy; /* how many before it have the same PCHID */
	bool has[VF_MAX + 1];
};

struct member {
	struct captured captured;
	size_t adapter; /* index */
	unsigned vf;
};

struct capture {
	FILE *out;
	const struct inventory *inventory;
	const struct capture_options *options;
	struct member *members;
	size_t count;
	struct adapter *adapters;
	size_t adapter_count;
	uint16_t pchids[65536 / 16]; /* anonymous: those that were seen, in order */
	size_t pchid_count;
	int fd; /* of /dev/clp; negative: it cannot be opened */
};

/* --- what is captured, and in which order ----------------------------------------------------- */

static bool is_chosen(const struct capture *capture, const struct function *f)
{
	const struct capture_options *options = capture->options;

	for (size_t i = 0; i < options->count; i++)
		if (options->functions[i] == f)
			return true;
	return !options->count;
}

static bool is_taken(const struct capture *capture, const struct function *f)
{
	for (size_t i = 0; i < capture->count; i++)
		if (capture->members[i].captured.function == f)
			return true;
	return false;
}

static void take(struct capture *capture, const struct function *f)
{
	if (f && is_chosen(capture, f) && !is_taken(capture, f))
		captured_read(&capture->members[capture->count++].captured, f, capture->fd);
}

/* Without CLP the order of addresses remains, which is that of domain numbers. */
static void take_all(struct capture *capture)
{
	const struct inventory *inventory = capture->inventory;
	struct clp_list list = { 0 };
	struct problem problem;

	if (capture->fd >= 0 && clp_list(capture->fd, &list, &problem) == 0)
		for (size_t i = 0; i < list.count; i++)
			take(capture, inventory_find_fid(inventory, list.entries[i].fid));
	clp_list_free(&list);
	for (size_t i = 0; i < inventory->count; i++)
		take(capture, &inventory->functions[i]);
}

/* --- adapters --------------------------------------------------------------------------------- */

/* An anonymous capture has numbers in the order in which they were met. 0 says nothing. */
static uint16_t channel(struct capture *capture, uint16_t pchid)
{
	size_t i = 0;

	if (!capture->options->anonymous || !pchid)
		return pchid;
	while (i < capture->pchid_count && capture->pchids[i] != pchid)
		i++;
	if (i == capture->pchid_count && i < sizeof(capture->pchids) / sizeof(capture->pchids[0]))
		capture->pchids[capture->pchid_count++] = pchid;
	return (uint16_t)(FIRST_ANONYMOUS_PCHID + i);
}

/* Without CLP: routing IDs are told where several functions are on one bus. */
static bool shares_bus(const struct capture *capture, const struct function *f)
{
	for (size_t i = 0; i < capture->inventory->count; i++) {
		const struct function *other = &capture->inventory->functions[i];

		if (other != f && other->has_address && f->has_address &&
		    other->pci.domain == f->pci.domain && other->pci.bus == f->pci.bus)
			return true;
	}
	return false;
}

static bool has_rid(const struct capture *capture, const struct captured *captured)
{
	if (captured->answered)
		return captured->answer.flags & ZPCI_CLP_QF_RID;
	return shares_bus(capture, captured->function);
}

static bool find_place(struct capture *capture, struct member *member, uint16_t pchid, bool rid)
{
	for (size_t i = 0; i < capture->adapter_count; i++) {
		struct adapter *adapter = &capture->adapters[i];

		if (adapter->pchid != pchid || adapter->rid != rid || adapter->has[member->vf])
			continue;
		adapter->has[member->vf] = true;
		member->adapter = i;
		return true;
	}
	return false;
}

static void place(struct capture *capture, struct member *member)
{
	struct adapter *new = &capture->adapters[capture->adapter_count];
	uint16_t pchid = 0, vfn = 0;
	bool rid = has_rid(capture, &member->captured);

	captured_vfn(&member->captured, &vfn);
	member->vf = vfn <= VF_MAX ? vfn : VF_MAX;
	captured_pchid(&member->captured, &pchid);
	pchid = channel(capture, pchid);
	if (find_place(capture, member, pchid, rid))
		return;
	*new = (struct adapter){ .pchid = pchid, .rid = rid };
	for (size_t i = 0; i < capture->adapter_count; i++)
		new->copy += capture->adapters[i].pchid == pchid;
	new->has[member->vf] = true;
	member->adapter = capture->adapter_count++;
}

/* --- the sections ----------------------------------------------------------------------------- */

static void write_adapter_name(const struct capture *capture, const struct adapter *adapter)
{
	fprintf(capture->out, "pchid-0x%04x", adapter->pchid);
	if (adapter->copy)
		fprintf(capture->out, "-%u", adapter->copy + 1);
}

static void write_adapter(const struct capture *capture, const struct adapter *adapter)
{
	fputs("\n[adapter ", capture->out);
	write_adapter_name(capture, adapter);
	fputs("]\nmodel = replica\n", capture->out);
	fprintf(capture->out, "%s = 0x%04x\n",
		adapter->pchid && !adapter->copy ? "pchid" : "publish-pchid", adapter->pchid);
	fprintf(capture->out, "rid = %s\n", adapter->rid ? "yes" : "no");
}

/* Whether sysfs tells of any function if UIDs are unique. They are not if it says no of one. */
static bool unique_in_sysfs(const struct inventory *inventory, bool *unique)
{
	uint64_t value;
	bool known = false;

	*unique = true;
	for (size_t i = 0; i < inventory->count; i++) {
		if (!function_number(&inventory->functions[i], ITEM_UID_IS_UNIQUE, &value))
			continue;
		known = true;
		*unique = *unique && value;
	}
	return known;
}

static void write_platform(const struct capture *capture)
{
	const struct inventory *inventory = capture->inventory;
	bool unique;

	fputs("\n[platform]\nhypervisor-functions = no\n", capture->out);
	if (inventory->clp_read)
		unique = inventory->uid_checking;
	else if (!unique_in_sysfs(inventory, &unique))
		fputs("; not known, so assumed:\n", capture->out);
	fprintf(capture->out, "uid-checking = %s\n", unique ? "yes" : "no");
}

/* --- a function ------------------------------------------------------------------------------- */

/* What the layer below emulates, as far as the state of the moment shows it. The Memory bit is
 * there if it is on. If it is off although a driver uses the function, there is none. */
static const char *profile_of(const struct member *member)
{
	const struct captured *captured = &member->captured;
	uint64_t command = zpci_get_le(captured->config + PCI_COMMAND, 2);

	if (member->vf)
		return command & PCI_COMMAND_MEMORY ? "vfio" : "lpar";
	if (captured->function->driver[0] && captured->bars[0].size &&
	    (command & (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)) == PCI_COMMAND_MASTER)
		return "silent";
	return "plain";
}

/* Linux made a bus for it and found no IDs there. */
static bool is_hidden(const struct captured *captured)
{
	const struct function *f = captured->function;

	return !captured->standby && !f->has_device && f->has_bus;
}

static void write_profile(FILE *out, const struct member *member)
{
	if (member->captured.standby)
		fputs("; in standby its class, config space and profile cannot be seen\n", out);
	fprintf(out, "profile = %s\n", profile_of(member));
	if (is_hidden(&member->captured))
		fputs("; no device: its IDs read as ones\nids = no\n", out);
}

/* Blanks at the end are those that fill the string up. */
static bool is_text(const uint8_t string[64], char text[65])
{
	size_t length = 64;

	while (length && string[length - 1] == ZPCI_EBCDIC_BLANK)
		length--;
	for (size_t i = 0; i < length; i++) {
		text[i] = zpci_from_ebcdic(string[i]);
		if (!zpci_ebcdic(text[i]))
			return false; /* a separator, or nothing that can be written */
	}
	text[length] = '\0';
	/* The ends of a value are cut, and a value can look like a comment. */
	return length && text[0] != ' ';
}

static void write_utility_string(const struct capture *capture, const struct captured *captured)
{
	char text[65];

	if (!captured->has_utility_string || capture->options->anonymous)
		return;
	if (is_text(captured->utility_string, text)) {
		fprintf(capture->out, "utility-string = %s\n", text);
		return;
	}
	fputs("utility-ebcdic = ", capture->out);
	for (size_t i = 0; i < sizeof(captured->utility_string); i++)
		fprintf(capture->out, "%02x", captured->utility_string[i]);
	fputc('\n', capture->out);
}

/* A topology ID can be the PCHID of an adapter, and is renumbered with these. */
static void write_topology(struct capture *capture, const struct captured *captured)
{
	const struct zpci_clp_query_function_response *answer = &captured->answer;

	if (!captured->answered || !(answer->flags & ZPCI_CLP_QF_TID))
		return;
	fprintf(capture->out, "tid = 0x%04x\n", channel(capture, zpci_be16_get(answer->tid)));
}

static void write_path(const struct capture *capture, const struct captured *captured)
{
	uint32_t pfip = (uint32_t)zpci_get_be(captured->pfip, sizeof(captured->pfip));

	if (captured->has_pfip && pfip && !capture->options->anonymous)
		fprintf(capture->out, "pfip = 0x%08" PRIx32 "\n", pfip);
}

static void write_facts(struct capture *capture, const struct captured *captured)
{
	const struct zpci_clp_query_function_response *answer = &captured->answer;
	uint8_t pft = 0, port = 0;

	if (captured_pft(captured, &pft) && pft)
		fprintf(capture->out, "pft = 0x%02x\n", pft);
	if (captured_port(captured, &port) && port)
		fprintf(capture->out, "port = %u\n", port & 0xfu);
	write_path(capture, captured);
	write_topology(capture, captured);
	write_utility_string(capture, captured);
	if (!captured->answered) {
		fprintf(capture->out, "; fmb, fidparm, tid: not known, %s\n",
			captured->clp_problem.text);
		return;
	}
	if (answer->fidparm)
		fprintf(capture->out, "fidparm = 0x%02x\n", answer->fidparm);
	if (!answer->fmb_length)
		fputs("fmb = no\n", capture->out);
	else if (answer->fmb_length != 16)
		fprintf(capture->out, "; a measurement block of %u bytes; a replica has 64\n",
			4u * answer->fmb_length);
	capture_group_write_dma(capture->out, captured);
}

/* The state of the moment. */
static void write_now(const struct capture *capture, const struct captured *captured)
{
	const struct function *f = captured->function;

	if (f->has_device && captured->config_length)
		fprintf(capture->out, "; now: Command 0x%04x, Status 0x%04x, %s%s%s\n",
			(unsigned)zpci_get_le(captured->config + PCI_COMMAND, 2),
			(unsigned)zpci_get_le(captured->config + PCI_STATUS, 2),
			f->driver[0] ? "driver " : "no driver", f->driver,
			captured->has_mio ? ", mapped I/O, which a replica does not have" : "");
}

static void write_ids(const struct capture *capture, const struct member *member)
{
	const struct captured *captured = &member->captured;
	const struct item *fid = &captured->function->items[ITEM_FID];
	uint32_t uid;

	fputs("adapter = ", capture->out);
	write_adapter_name(capture, &capture->adapters[member->adapter]);
	fputc('\n', capture->out);
	if (member->vf)
		fprintf(capture->out, "vf = %u\n", member->vf);
	if (fid->state == ITEM_KNOWN)
		fprintf(capture->out, "fid = 0x%08" PRIx64 "\n", fid->value);
	else
		fprintf(capture->out, "; fid: not known, %s\n", fid->why.text);
	if (captured_uid(captured, &uid))
		fprintf(capture->out, "uid = 0x%04" PRIx32 "\n", uid);
	else
		fputs("; uid: not known\n", capture->out);
	if (capture->adapters[member->adapter].rid)
		fprintf(capture->out, "devfn = 0x%02x\n",
			captured->answered ? zpci_be16_get(captured->answer.rid) & 0xff
					   : captured->function->pci.devfn);
	if (captured->standby)
		fputs("standby = yes\n", capture->out);
}

static int write_function(struct capture *capture, const struct member *member)
{
	const struct captured *captured = &member->captured;
	const struct function *f = captured->function;
	uint8_t pfgid;

	fprintf(capture->out, "\n; %s\n", f->has_device ? f->address : "no device");
	write_now(capture, captured);
	fputs("[function]\n", capture->out);
	write_ids(capture, member);
	write_profile(capture->out, member);
	if (captured_pfgid(captured, &pfgid))
		fprintf(capture->out, "group = pfgid-0x%02x\n", pfgid);
	write_facts(capture, captured);
	return capture_space_write(capture->out, captured, capture->options->anonymous);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void write_head(const struct capture *capture)
{
	struct utsname name;

	fputs("; PCI functions of an s390 Linux, captured; see zpci-replica(7).\n", capture->out);
	if (sysfs_is_own() && uname(&name) == 0)
		fprintf(capture->out, "; Linux %s\n", name.release);
	if (!capture->inventory->clp_read)
		fprintf(capture->out, "; without CLP: %s\n", capture->inventory->clp_problem.text);
	if (capture->options->anonymous)
		fputs("; anonymous: other PCHIDs; no utility strings, paths, serial numbers\n",
		      capture->out);
}

/* Each group once, as the first of its functions has it. */
static void write_groups(const struct capture *capture)
{
	bool written[256] = { false };
	uint8_t pfgid;

	for (size_t i = 0; i < capture->count; i++) {
		const struct captured *captured = &capture->members[i].captured;

		if (!captured_pfgid(captured, &pfgid) || written[pfgid])
			continue;
		written[pfgid] = true;
		capture_group_write(capture->out, capture->fd, pfgid, captured);
	}
}

static int write_all(struct capture *capture)
{
	int rc = 0;

	take_all(capture);
	for (size_t i = 0; i < capture->count; i++)
		place(capture, &capture->members[i]);
	write_head(capture);
	write_platform(capture);
	write_groups(capture);
	for (size_t i = 0; i < capture->adapter_count; i++)
		write_adapter(capture, &capture->adapters[i]);
	for (size_t i = 0; i < capture->count && !rc; i++)
		rc = write_function(capture, &capture->members[i]);
	return rc;
}

int capture_write(FILE *out, const struct inventory *inventory,
		  const struct capture_options *options, struct problem *problem)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	int rc = -1;

	if (capture) {
		*capture = (struct capture){
			.out = out,
			.inventory = inventory,
			.options = options,
			.members = calloc(inventory->count + 1, sizeof(struct member)),
			.adapters = calloc(inventory->count + 1, sizeof(struct adapter)),
			.fd = inventory->clp_read ? clp_open(problem) : -1,
		};
		if (capture->members && capture->adapters)
			rc = write_all(capture);
		if (capture->fd >= 0)
			close(capture->fd);
		free(capture->members);
		free(capture->adapters);
	}
	free(capture);
	return rc ? problem_set(problem, "out of memory") : 0;
}
