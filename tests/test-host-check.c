// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each check of zpci host check, both ways. The facts are those of a detached VF that can be given
 * to a guest; a test changes one of them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "zpci/inventory/sysfs.h"
#include "zpci/tool/host/check/check.h"
#include "zpci/tool/host/word.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct rig {
	struct inventory inventory;
	struct function functions[2]; /* the VF, and another one */
	struct function_use use;
	struct use uses[2];
	struct host_facts host;
	struct guests guests;
	struct guest list[2]; /* web1, web2 */
	struct guest_function web1[2], web2[1];
	struct check_facts facts;
	struct check_report report;
};

static void set_function(struct function *f, uint32_t domain, uint32_t fid)
{
	f->has_device = true;
	f->has_bus = true;
	f->has_slot = true;
	f->has_address = true;
	f->state = STATE_CONFIGURED;
	f->kind = KIND_VF_DETACHED;
	f->pci.domain = domain;
	pci_address_print(&f->pci, f->address);
	strcpy(f->driver, "mlx5_core");
	item_set(&f->items[ITEM_FID], fid);
	item_set(&f->items[ITEM_UID], domain);
	item_set(&f->items[ITEM_UID_IS_UNIQUE], 1);
	item_set(&f->items[ITEM_VFN], 3);
	item_set(&f->items[ITEM_PFT], 0xa);
	item_set(&f->items[ITEM_COMMAND], 0x0404);
	item_set(&f->items[ITEM_IOMMU_GROUP], 3);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	*state = rig;
	set_function(&rig->functions[0], 0x200, 0x501);
	set_function(&rig->functions[1], 0x201, 0x502);
	rig->inventory = (struct inventory){ .functions = rig->functions, .count = 2 };
	rig->use.uses = rig->uses;
	rig->host = (struct host_facts){
		.live = true,
		.release = "6.12.95",
		.vfio = VFIO_LOADED,
		.zdev = OPTION_YES,
	};
	rig->list[0] = (struct guest){ .name = "web1", .persistent = true, .functions = rig->web1 };
	rig->list[1] = (struct guest){ .name = "web2", .persistent = true, .functions = rig->web2 };
	rig->list[0].memory = UINT64_C(4) << 30;
	rig->guests = (struct guests){ .guests = rig->list, .count = 2 };
	rig->facts = (struct check_facts){
		.inventory = &rig->inventory,
		.function = &rig->functions[0],
		.use = &rig->use,
		.enabled = true,
		.host = &rig->host,
		.guests = &rig->guests,
		.guest = &rig->list[0],
		.where = GUEST_CONFIG,
	};
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	check_report_free(&rig->report);
	names_free(&rig->functions[0].surroundings.peers);
	names_free(&rig->functions[0].surroundings.infiniband);
	free(rig);
	return 0;
}

static void give(struct guest *guest, struct guest_function *function, unsigned int where)
{
	function->where = where;
	function->element = "hostdev";
	function->alias = "hostdev0";
	function->has_source = true;
	function->managed = true;
	function->source.domain = 0x200;
	pci_address_print(&function->source, function->address);
	guest->count = 1;
}

/* The first result of the check @id that has @status. */
static const struct check_result *look(struct rig *rig, const char *id, enum check_status status)
{
	size_t i;

	check_report_free(&rig->report);
	assert_int_equal(host_check(&rig->report, &rig->facts), 0);
	for (i = 0; i < rig->report.count; i++) {
		const struct check_result *result = &rig->report.results[i];

		if (!strcmp(result->id, id) && result->status == status)
			return result;
	}
	return NULL;
}

/* The first result with @status; NULL: there is none. */
static const struct check_result *check_first(const struct check_report *report,
					      enum check_status status)
{
	size_t i;

	for (i = 0; i < report->count; i++) {
		if (report->results[i].status == status)
			return &report->results[i];
	}
	return NULL;
}

/* The check @id says @status, a message that has @text, and the command @fix (NULL: none). */
static void expect(struct rig *rig, const char *id, enum check_status status, const char *text,
		   const char *fix)
{
	const struct check_result *result = look(rig, id, status);

	if (!result)
		fail_msg("%s: no result is %s", id, check_status_names[status]);
	if (!strstr(result->message, text))
		fail_msg("%s: `%s' is not in: %s", id, text, result->message);
	assert_string_equal(result->fix, fix ? fix : "");
}

/* The check @id has a single result, with @status. */
static void alone(struct rig *rig, const char *id, enum check_status status)
{
	size_t i, count = 0;

	assert_non_null(look(rig, id, status));
	for (i = 0; i < rig->report.count; i++)
		count += !strcmp(rig->report.results[i].id, id);
	assert_int_equal(count, 1);
}

/* --- all ------------------------------------------------------------------------------------- */

static void nothing_is_in_the_way(void **state)
{
	static const char *const ids[] = { "address",	     "slot",	  "uid-checking", "type",
					   "group",	     "driver",	  "vfio",	  "in-use",
					   "guest-ref",	     "guest-ids", "id-map",	  "memlock",
					   "command-memory", "kvm" };
	struct rig *rig = *state;
	size_t i;

	assert_int_equal(host_check(&rig->report, &rig->facts), 0);
	assert_int_equal(rig->report.count, COUNT(ids));
	for (i = 0; i < COUNT(ids); i++)
		assert_string_equal(rig->report.results[i].id, ids[i]);
	assert_int_equal(check_count(&rig->report, CHECK_FAIL), 0);
	assert_int_equal(check_count(&rig->report, CHECK_WARNING), 0);
	assert_int_equal(check_count(&rig->report, CHECK_UNKNOWN), 0);
}

static void one_failure_hides_no_other(void **state)
{
	struct rig *rig = *state;

	rig->functions[0].state = STATE_STANDBY;
	rig->functions[0].items[ITEM_IOMMU_GROUP].state = ITEM_ABSENT;
	rig->host.vfio = VFIO_MISSING;
	rig->use.count = 1;
	give(&rig->list[1], rig->web2, GUEST_LIVE);
	assert_int_equal(host_check(&rig->report, &rig->facts), 0);
	assert_int_equal(check_count(&rig->report, CHECK_FAIL), 5);
	assert_string_equal(check_first(&rig->report, CHECK_FAIL)->id, "slot");
}

static void a_start_asks_no_libvirt(void **state)
{
	struct rig *rig = *state;
	size_t i;

	rig->facts.guests = NULL;
	rig->facts.guest = NULL;
	assert_int_equal(host_check_start(&rig->report, &rig->facts), 0);
	assert_int_equal(rig->report.count, 6);
	for (i = 0; i < rig->report.count; i++)
		assert_null(strstr(rig->report.results[i].id, "guest"));
}

/* Nothing at all is known: no crash, and nothing is ok. */
static void what_is_not_known_is_not_ok(void **state)
{
	struct rig *rig = *state;
	struct problem why = { "no such file" };
	size_t i;

	memset(&rig->functions[0], 0, sizeof(rig->functions[0]));
	for (i = 0; i < ITEMS; i++)
		item_set_unread(&rig->functions[0].items[i], &why);
	rig->functions[0].surroundings.problem = why;
	rig->host = (struct host_facts){ .vfio_why = why };
	rig->use.problem = why;
	rig->facts.guests = NULL;
	rig->facts.guests_why = "no libvirt";
	rig->facts.guest = NULL;
	assert_int_equal(host_check(&rig->report, &rig->facts), 0);
	assert_int_equal(check_count(&rig->report, CHECK_OK), 0);
	assert_int_equal(check_count(&rig->report, CHECK_NOTE), 0);
	assert_int_equal(check_count(&rig->report, CHECK_FAIL), 0);
	assert_true(check_count(&rig->report, CHECK_UNKNOWN) >= 11);
}

/* --- the function itself --------------------------------------------------------------------- */

static void address(void **state)
{
	struct rig *rig = *state;
	struct function *f = &rig->functions[0];

	expect(rig, "address", CHECK_OK, "FID 0x00000501 is 0200:00:00.0", NULL);
	f->has_device = false;
	expect(rig, "address", CHECK_FAIL, "FID 0x00000501 is configured, but Linux has no device",
	       "echo 0 > /sys/bus/pci/slots/00000501/power && "
	       "echo 1 > /sys/bus/pci/slots/00000501/power");
	f->state = STATE_STANDBY;
	expect(rig, "address", CHECK_UNKNOWN, "only when it is configured", NULL);
	f->has_device = true;
	item_set_unread(&f->items[ITEM_FID], &(struct problem){ "EIO" });
	expect(rig, "address", CHECK_UNKNOWN, "EIO", NULL);
}

static void slot(void **state)
{
	struct rig *rig = *state;
	struct function *f = &rig->functions[0];

	expect(rig, "slot", CHECK_OK, "configured", NULL);
	f->state = STATE_STANDBY;
	expect(rig, "slot", CHECK_FAIL, "standby", "echo 1 > /sys/bus/pci/slots/00000501/power");
	f->state = STATE_UNKNOWN;
	expect(rig, "slot", CHECK_UNKNOWN, "no slot", NULL);
	strcpy(f->slot_problem.text, "power: \"x\" is no number");
	expect(rig, "slot", CHECK_UNKNOWN, "is no number", NULL);
}

static void uid_checking(void **state)
{
	struct rig *rig = *state;
	struct item *unique = &rig->functions[0].items[ITEM_UID_IS_UNIQUE];

	alone(rig, "uid-checking", CHECK_OK);
	unique->value = 0;
	expect(rig, "uid-checking", CHECK_WARNING, "0200:00:00.0 can be another function",
	       "zpci host reserve 0x00000501");
	item_set_unread(unique, &(struct problem){ "uid_is_unique: No such file" });
	expect(rig, "uid-checking", CHECK_UNKNOWN, "No such file", NULL);
}

static void type(void **state)
{
	struct rig *rig = *state;
	struct function *f = &rig->functions[0];

	expect(rig, "type", CHECK_NOTE, "detached VF, VFN 3: MAC address and VLAN come from the",
	       NULL);
	f->kind = KIND_VF_LINKED;
	strcpy(f->physfn, "0120:00:00.0");
	expect(rig, "type", CHECK_NOTE, "PF 0120:00:00.0", NULL);
	f->kind = KIND_PF;
	item_set(&f->items[ITEM_NUM_VFS], 0);
	expect(rig, "type", CHECK_WARNING, "the whole adapter", NULL);
	item_set(&f->items[ITEM_NUM_VFS], 2);
	expect(rig, "type", CHECK_FAIL, "with 2 VFs, which go when its driver goes",
	       "echo 0 > /sys/bus/pci/devices/0200:00:00.0/sriov_numvfs");
	/* A VF that the firmware configured beside its PF: sriov_numvfs does not count it. */
	item_set(&f->items[ITEM_NUM_VFS], 0);
	strcpy(rig->functions[1].physfn, f->address);
	expect(rig, "type", CHECK_FAIL, "with 1 VFs, which go when its driver goes", NULL);
	rig->functions[1].physfn[0] = '\0';
	item_set_unread(&f->items[ITEM_NUM_VFS], &(struct problem){ "EACCES" });
	expect(rig, "type", CHECK_UNKNOWN, "EACCES", NULL);
	f->kind = KIND_PLAIN;
	alone(rig, "type", CHECK_OK);
	f->kind = KIND_UNKNOWN;
	alone(rig, "type", CHECK_UNKNOWN);
}

/* --- drivers --------------------------------------------------------------------------------- */

static void group(void **state)
{
	struct rig *rig = *state;
	struct function *f = &rig->functions[0];

	expect(rig, "group", CHECK_OK, "IOMMU group 3, alone", NULL);
	names_add(&f->surroundings.peers, "0201:00:00.0");
	expect(rig, "group", CHECK_FAIL, "also has 0201:00:00.0",
	       "virsh nodedev-detach pci_0201_00_00_0");
	strcpy(rig->functions[1].driver, "vfio-pci");
	expect(rig, "group", CHECK_WARNING, "no other guest", NULL);
	f->items[ITEM_IOMMU_GROUP].state = ITEM_ABSENT;
	expect(rig, "group", CHECK_FAIL, "no IOMMU group", NULL);
	item_set_unread(&f->items[ITEM_IOMMU_GROUP], &(struct problem){ "garbage" });
	expect(rig, "group", CHECK_UNKNOWN, "garbage", NULL);
	f->has_device = false;
	alone(rig, "group", CHECK_UNKNOWN);
}

static void driver(void **state)
{
	struct rig *rig = *state;
	struct function *f = &rig->functions[0];

	expect(rig, "driver", CHECK_OK, "mlx5_core has it; with managed='yes'", NULL);
	*f->driver = '\0';
	expect(rig, "driver", CHECK_OK, "no driver", NULL);
	strcpy(f->driver, "vfio-pci");
	expect(rig, "driver", CHECK_NOTE, "after a power cycle", NULL);
	strcpy(f->driver_override, "vfio-pci");
	expect(rig, "driver", CHECK_OK, "driver_override keeps it there", NULL);
	strcpy(f->driver, "mlx5_vfio_pci");
	strcpy(f->driver_override, "mlx5_vfio_pci");
	expect(rig, "driver", CHECK_OK, "driver_override keeps it there", NULL);
	strcpy(f->driver, "mlx5_core");
	strcpy(f->driver_override, "none");
	expect(rig, "driver", CHECK_NOTE, "driver_override is none", NULL);
	strcpy(f->override_problem.text, "EIO");
	expect(rig, "driver", CHECK_UNKNOWN, "EIO", NULL);
	f->has_device = false;
	alone(rig, "driver", CHECK_UNKNOWN);
}

static void vfio(void **state)
{
	struct rig *rig = *state;

	expect(rig, "vfio", CHECK_OK, "vfio-pci is loaded", NULL);
	rig->host.vfio = VFIO_MODULE;
	expect(rig, "vfio", CHECK_OK, "a module, which libvirt loads", NULL);
	rig->host.vfio_node = ENOENT;
	expect(rig, "vfio", CHECK_FAIL, "not loaded", "modprobe vfio-pci");
	rig->host.vfio = VFIO_LOADED;
	expect(rig, "vfio", CHECK_FAIL, "/dev/vfio/vfio: No such file", "modprobe vfio-pci");
	rig->host.vfio = VFIO_MISSING;
	expect(rig, "vfio", CHECK_FAIL, "the kernel 6.12.95 has no driver vfio-pci", NULL);
	rig->host.vfio = VFIO_UNKNOWN;
	strcpy(rig->host.vfio_why.text, "EACCES");
	expect(rig, "vfio", CHECK_UNKNOWN, "EACCES", NULL);
	rig->host.vfio = VFIO_LOADED;
	rig->host.live = false;
	alone(rig, "vfio", CHECK_UNKNOWN);
}

/* --- use ------------------------------------------------------------------------------------- */

static void in_use(void **state)
{
	static const struct {
		struct use use;
		const char *fix;
	} rows[] = {
		{ { USE_NET_UP, "eno200", "" }, "ip link set eno200 down" },
		{ { USE_NET_ADDRESS, "eno200", "10.1.2.3/24" },
		  "ip address del 10.1.2.3/24 dev eno200" },
		{ { USE_NET_MASTER, "eno200", "bond0" }, "ip link set eno200 nomaster" },
		{ { USE_NET_UPPER, "eno200", "vlan7" }, "ip link del vlan7" },
		{ { USE_BLOCK_MOUNT, "nvme0n1p1", "/srv" }, "umount /srv" },
		{ { USE_BLOCK_MOUNT, "nvme0n1p1", "/a b; reboot" }, "umount '/a b; reboot'" },
		{ { USE_BLOCK_SWAP, "nvme0n1", "" }, "swapoff /dev/nvme0n1" },
		{ { USE_BLOCK_HOLD, "nvme0n1", "dm-0" }, NULL },
		{ { USE_NET_UP, "$(reboot)", "" }, "ip link set '$(reboot)' down" },
	};
	struct rig *rig = *state;
	size_t i;

	alone(rig, "in-use", CHECK_OK);
	rig->use.count = 1;
	for (i = 0; i < COUNT(rows); i++) {
		rig->uses[0] = rows[i].use;
		expect(rig, "in-use", CHECK_FAIL, rows[i].use.device, rows[i].fix);
		alone(rig, "in-use", CHECK_FAIL);
	}
	rig->use.count = 2;
	rig->uses[1] = (struct use){ USE_BLOCK_SWAP, "nvme1n1", "" };
	assert_non_null(look(rig, "in-use", CHECK_FAIL));
	assert_int_equal(check_count(&rig->report, CHECK_FAIL), 2);
	rig->use.more = true;
	assert_non_null(look(rig, "in-use", CHECK_FAIL));
	assert_int_equal(check_count(&rig->report, CHECK_FAIL), 3);
}

static void use_that_cannot_be_seen(void **state)
{
	struct rig *rig = *state;
	struct function *f = &rig->functions[0];

	names_add(&f->surroundings.infiniband, "mlx5_0");
	expect(rig, "in-use", CHECK_UNKNOWN, "mlx5_0: sysfs does not show", NULL);
	assert_null(look(rig, "in-use", CHECK_OK));
	names_free(&f->surroundings.infiniband);
	item_set(&f->items[ITEM_PFT], 5);
	expect(rig, "in-use", CHECK_UNKNOWN, "SMC-D", NULL);
	*f->driver = '\0';
	alone(rig, "in-use", CHECK_OK);
	strcpy(rig->use.problem.text, "/proc/mounts: EACCES");
	expect(rig, "in-use", CHECK_UNKNOWN, "/proc/mounts: EACCES", NULL);
	alone(rig, "in-use", CHECK_UNKNOWN);
}

/* --- guests ---------------------------------------------------------------------------------- */

static void guest_ref(void **state)
{
	struct rig *rig = *state;

	expect(rig, "guest-ref", CHECK_OK, "no other guest", NULL);
	/* Its own is no other. */
	give(&rig->list[0], rig->web1, GUEST_CONFIG);
	alone(rig, "guest-ref", CHECK_OK);
	give(&rig->list[1], rig->web2, GUEST_CONFIG);
	expect(rig, "guest-ref", CHECK_WARNING, "the definition of the guest web2",
	       "zpci host detach 0200:00:00.0 web2 --config");
	rig->web2->where |= GUEST_LIVE;
	expect(rig, "guest-ref", CHECK_FAIL, "the guest web2 runs with it",
	       "zpci host detach 0200:00:00.0 web2");
	rig->list[1].name = "a guest";
	expect(rig, "guest-ref", CHECK_FAIL, "a guest", "zpci host detach 0200:00:00.0 'a guest'");
	/* Without a guest of its own, all are others. */
	rig->facts.guest = NULL;
	assert_non_null(look(rig, "guest-ref", CHECK_FAIL));
	assert_non_null(look(rig, "guest-ref", CHECK_WARNING));
	rig->functions[0].has_address = false;
	alone(rig, "guest-ref", CHECK_UNKNOWN);
	rig->facts.guests = NULL;
	rig->facts.guests_why = "no libvirtd";
	expect(rig, "guest-ref", CHECK_UNKNOWN, "no libvirtd", NULL);
}

static void another(struct rig *rig, uint16_t uid, uint32_t fid)
{
	rig->web1[0] = (struct guest_function){
		.where = GUEST_CONFIG,
		.element = "rng",
		.has_uid = true,
		.has_fid = true,
		.uid = uid,
		.fid = fid,
	};
	rig->list[0].count = 1;
}

static void guest_ids(void **state)
{
	struct rig *rig = *state;

	expect(rig, "guest-ids", CHECK_OK, "UID 0x0200 and FID 0x00000501 are free in web1", NULL);
	expect(rig, "id-map", CHECK_OK, "the UID and the FID of this host", NULL);
	/* Those of the host are taken, and others are chosen. */
	another(rig, 0x200, 0x501);
	alone(rig, "guest-ids", CHECK_OK);
	expect(rig, "id-map", CHECK_NOTE, "are not this host's", NULL);
	rig->facts.guest_uid = "same";
	expect(rig, "guest-ids", CHECK_FAIL, "0x0200", NULL);
	expect(rig, "id-map", CHECK_UNKNOWN, "not known yet", NULL);
	rig->facts.guest_uid = NULL;
	rig->facts.guest_fid = "0x501";
	expect(rig, "guest-ids", CHECK_FAIL, "0x00000501", NULL);
	rig->facts.guest_uid = "0x99";
	rig->facts.guest_fid = "0x199";
	expect(rig, "guest-ids", CHECK_OK, "UID 0x0099 and FID 0x00000199", NULL);
	expect(rig, "id-map", CHECK_NOTE, "UID 0x0099 and FID 0x00000199", NULL);
	/* One of them alone is the host's. */
	rig->facts.guest_fid = NULL;
	alone(rig, "id-map", CHECK_NOTE);
	rig->facts.guest = NULL;
	assert_null(look(rig, "guest-ids", CHECK_OK));
	assert_null(look(rig, "id-map", CHECK_NOTE));
}

static void managed(void **state)
{
	struct rig *rig = *state;

	assert_null(look(rig, "managed", CHECK_OK));
	give(&rig->list[0], rig->web1, GUEST_CONFIG);
	alone(rig, "managed", CHECK_OK);
	rig->web1->managed = false;
	expect(rig, "managed", CHECK_WARNING, "without managed='yes'",
	       "virsh nodedev-detach pci_0200_00_00_0");
	/* It is in the definition already, so that no IDs are chosen. */
	assert_null(look(rig, "guest-ids", CHECK_OK));
	expect(rig, "id-map", CHECK_UNKNOWN, "not known yet", NULL);
	/* libvirt has yet to choose the FID. */
	rig->web1->has_uid = true;
	rig->web1->uid = 0x77;
	expect(rig, "id-map", CHECK_UNKNOWN, "not known yet", NULL);
	rig->web1->has_fid = true;
	rig->web1->fid = 0x177;
	expect(rig, "id-map", CHECK_NOTE, "UID 0x0077 and FID 0x00000177", NULL);
}

static void memlock(void **state)
{
	struct rig *rig = *state;

	expect(rig, "memlock", CHECK_NOTE, "QEMU may lock 5120 MiB", NULL);
	rig->list[0].memory = 0;
	expect(rig, "memlock", CHECK_UNKNOWN, "not known", NULL);
}

/* --- no-command-memory ----------------------------------------------------------------------- */

static void command_memory_of_a_vf(void **state)
{
	struct rig *rig = *state;
	struct function *f = &rig->functions[0];

	expect(rig, "command-memory", CHECK_NOTE, "told VFN 3", NULL);
	expect(rig, "command-memory", CHECK_NOTE,
	       "no_command_memory=1; the Memory bit reads 0 here", NULL);
	f->items[ITEM_COMMAND].value = 0x0406;
	expect(rig, "command-memory", CHECK_NOTE, "reads 1 here, so a layer below emulates it",
	       NULL);
	rig->host.zdev = OPTION_UNKNOWN;
	alone(rig, "command-memory", CHECK_NOTE);
	rig->host.zdev = OPTION_NO;
	expect(rig, "command-memory", CHECK_WARNING,
	       "has no CONFIG_VFIO_PCI_ZDEV_KVM: the guest is told VFN 0", NULL);
	rig->host.release = "5.9.16";
	expect(rig, "command-memory", CHECK_WARNING, "is older than 5.10: the guest is told VFN 0",
	       NULL);
	alone(rig, "command-memory", CHECK_WARNING);
	rig->host.zdev = OPTION_YES;
	rig->host.release = "5.10.0";
	alone(rig, "command-memory", CHECK_NOTE);
	rig->host.release = NULL;
	alone(rig, "command-memory", CHECK_UNKNOWN);
}

static void command_memory_of_a_wrong_kernel(void **state)
{
	static const char *const wrong[] = { "5.8.0", "5.8.16-300.fc33", "5.9.0-rc1", "5.9.1" };
	static const char *const right[] = { "5.8.17", "5.9.2", "5.10.0" };
	struct rig *rig = *state;
	size_t i;

	for (i = 0; i < COUNT(wrong); i++) {
		rig->host.release = wrong[i];
		expect(rig, "command-memory", CHECK_WARNING, "refuses access to BARs", NULL);
		/* vfio knows these VFs as such. */
		rig->functions[0].kind = KIND_VF_LINKED;
		alone(rig, "command-memory", CHECK_WARNING);
		rig->functions[0].kind = KIND_VF_DETACHED;
	}
	for (i = 0; i < COUNT(right); i++) {
		rig->host.release = right[i];
		if (look(rig, "command-memory", CHECK_WARNING))
			assert_null(strstr(look(rig, "command-memory", CHECK_WARNING)->message,
					   "refuses"));
	}
	rig->host.release = "5.4.73";
	expect(rig, "command-memory", CHECK_WARNING, "with the change abafbc551fdd", NULL);
}

static void command_memory_of_others(void **state)
{
	struct rig *rig = *state;
	struct function *f = &rig->functions[0];

	item_set(&f->items[ITEM_VFN], 0);
	expect(rig, "command-memory", CHECK_WARNING, "although mlx5_core has enabled", NULL);
	/* A driver that has not enabled it, such as vfio-pci before a guest. */
	rig->facts.enabled = false;
	expect(rig, "command-memory", CHECK_OK, "no_command_memory=0; the Memory bit reads 0",
	       NULL);
	rig->facts.enabled = true;
	f->items[ITEM_COMMAND].value = 0x0406;
	expect(rig, "command-memory", CHECK_OK, "the Memory bit reads 1", NULL);
	item_set_unread(&f->items[ITEM_COMMAND], &(struct problem){ "config: EIO" });
	expect(rig, "command-memory", CHECK_UNKNOWN, "config: EIO", NULL);
	f->has_device = false;
	alone(rig, "command-memory", CHECK_UNKNOWN);
	item_set_unread(&f->items[ITEM_VFN], &(struct problem){ "vfn: EIO" });
	expect(rig, "command-memory", CHECK_UNKNOWN, "vfn: EIO", NULL);
}

static void kvm(void **state)
{
	struct rig *rig = *state;

	expect(rig, "kvm", CHECK_NOTE, "the kernel has CONFIG_VFIO_PCI_ZDEV_KVM", NULL);
	rig->host.zdev = OPTION_NO;
	expect(rig, "kvm", CHECK_NOTE, "has no CONFIG_VFIO_PCI_ZDEV_KVM", NULL);
	rig->host.zdev = OPTION_UNKNOWN;
	expect(rig, "kvm", CHECK_NOTE, "cannot be read", NULL);
	rig->host.kvm_node = ENOENT;
	expect(rig, "kvm", CHECK_WARNING, "No such file", "modprobe kvm");
	rig->host.live = false;
	alone(rig, "kvm", CHECK_UNKNOWN);
}

/* --- results --------------------------------------------------------------------------------- */

static void words_of_a_shell(void **state)
{
	static const char *const rows[][2] = {
		{ "eno200", "eno200" },	  { "", "''" },	      { "a b", "'a b'" }, { "-r", "'-r'" },
		{ "it's", "'it'\\''s'" }, { "a;b", "'a;b'" },
	};
	char word[HOST_WORD_SIZE], quotes[1024];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_string_equal(host_word(word, rows[i][0]), rows[i][1]);
	memset(quotes, '\'', sizeof(quotes) - 1);
	quotes[sizeof(quotes) - 1] = '\0';
	assert_true(strlen(host_word(word, quotes)) < HOST_WORD_SIZE);
}

static void no_control_characters(void **state)
{
	struct rig *rig = *state;

	check_add(&rig->report, "id", CHECK_FAIL, "a\n\033[31m%s", "\177");
	check_fix(&rig->report, "b\r%s", "\001");
	assert_string_equal(rig->report.results[0].message, "a??[31m?");
	assert_string_equal(rig->report.results[0].fix, "b??");
}

/* --- the kernel's files ---------------------------------------------------------------------- */

static void options_of_the_kernel(void **state)
{
	const char *text = "# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_BC=m\n";

	(void)state;
	assert_int_equal(kernel_option_find(text, "CONFIG_B"), OPTION_YES);
	assert_int_equal(kernel_option_find(text, "CONFIG_BC"), OPTION_YES);
	assert_int_equal(kernel_option_find(text, "CONFIG_A"), OPTION_NO);
	assert_int_equal(kernel_option_find(text, "CONFIG_"), OPTION_NO);
	assert_int_equal(kernel_option_find("", "CONFIG_B"), OPTION_UNKNOWN);
	assert_int_equal(kernel_option_find("\nCONFIG_B", "CONFIG_B"), OPTION_UNKNOWN);
}

static void modules_of_the_kernel(void **state)
{
	static const char *const there[] = {
		"kernel/drivers/vfio/pci/vfio-pci.ko",
		"kernel/drivers/vfio/pci/vfio-pci.ko.xz: kernel/drivers/vfio/vfio.ko.xz\n",
		"a.ko:\nextra/vfio_pci.ko:\n",
		"vfio-pci.ko.zst:",
	};
	static const char *const not_there[] = {
		"",
		"kernel/drivers/vfio/pci/vfio-pci-core.ko:\n",
		"kernel/drivers/vfio/pci/mlx5/mlx5-vfio-pci.ko: kernel/drivers/vfio/pci/vfio-pci.ko\n",
		"vfio-pci/a.ko:\n",
		"vfio-pci",
		"vfio-pci.k",
		"vfio-p",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(there); i++)
		assert_true(kernel_has_module(there[i], "vfio-pci"));
	for (i = 0; i < COUNT(not_there); i++)
		assert_false(kernel_has_module(not_there[i], "vfio-pci"));
}

/* --- the files themselves -------------------------------------------------------------------- */

/* Makes the file @name below @root, and its folders, with what `printf @content` prints through
 * @filter. */
static void make_file(const char *root, const char *name, const char *content, const char *filter)
{
	char command[1024];

	snprintf(command, sizeof(command), "mkdir -p \"$(dirname %s/%s)\" && printf '%s' %s >%s/%s",
		 root, name, content, filter, root, name);
	assert_int_equal(system(command), 0);
}

static void remove_file(const char *root, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(unlink(path), 0);
}

static void facts_of_this_linux(void **state)
{
	char root[] = "/tmp/zpci-host-check.XXXXXX", sysfs[64], command[64];
	struct host_facts facts;

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(sysfs, sizeof(sysfs), "%s/sys", root);
	sysfs_set_root(sysfs);
	host_facts_read(&facts, true, root, "6.1");
	assert_int_equal(facts.vfio, VFIO_UNKNOWN);
	assert_non_null(strstr(facts.vfio_why.text, "/lib/modules/6.1/modules.dep: No such file"));
	assert_int_equal(facts.vfio_node, ENOENT);
	assert_int_equal(facts.kvm_node, ENOENT);

	make_file(root, "lib/modules/6.1/modules.dep", "kernel/a.ko:\\n", "");
	make_file(root, "dev/kvm", "", "");
	host_facts_read(&facts, true, root, "6.1");
	assert_int_equal(facts.vfio, VFIO_MISSING);
	assert_int_equal(facts.kvm_node, 0);
	make_file(root, "lib/modules/6.1/modules.dep", "kernel/vfio-pci.ko:\\n", "");
	host_facts_read(&facts, true, root, "6.1");
	assert_int_equal(facts.vfio, VFIO_MODULE);
	make_file(root, "lib/modules/6.1/modules.builtin", "kernel/vfio-pci.ko\\n", "");
	host_facts_read(&facts, true, root, "6.1");
	assert_int_equal(facts.vfio, VFIO_LOADED);
	remove_file(root, "lib/modules/6.1/modules.builtin");
	make_file(root, "sys/bus/pci/drivers/vfio-pci/bind", "", "");
	make_file(root, "dev/vfio/vfio", "", "");
	host_facts_read(&facts, true, root, "6.1");
	assert_int_equal(facts.vfio, VFIO_LOADED);
	assert_int_equal(facts.vfio_node, 0);

	/* uname(2) failed, or says what is no name of a folder. */
	host_facts_read(&facts, true, root, NULL);
	host_facts_read_configuration(&facts, root);
	assert_int_equal(facts.zdev, OPTION_UNKNOWN);
	host_facts_read(&facts, true, root, "../6.1");
	assert_null(facts.release);
	/* Another Linux: all but the driver in its sysfs is not known. */
	host_facts_read(&facts, false, root, "6.1");
	assert_null(facts.release);
	assert_int_equal(facts.vfio, VFIO_LOADED);
	make_file(root, "boot/config-6.1", "CONFIG_VFIO_PCI_ZDEV_KVM=y\\n", "");
	host_facts_read_configuration(&facts, root);
	assert_int_equal(facts.zdev, OPTION_UNKNOWN);

	host_facts_read(&facts, true, root, "6.1");
	host_facts_read_configuration(&facts, root);
	assert_int_equal(facts.zdev, OPTION_YES);
	remove_file(root, "boot/config-6.1");
	make_file(root, "lib/modules/6.1/config", "CONFIG_VFIO_PCI_ZDEV=y\\n", "");
	host_facts_read(&facts, true, root, "6.1");
	host_facts_read_configuration(&facts, root);
	assert_int_equal(facts.zdev, OPTION_YES);
	remove_file(root, "lib/modules/6.1/config");
	make_file(root, "proc/config.gz", "CONFIG_KVM=y\\n", "| gzip");
	host_facts_read(&facts, true, root, "6.1");
	host_facts_read_configuration(&facts, root);
	assert_int_equal(facts.zdev, OPTION_NO);
	make_file(root, "proc/config.gz", "no archive", "");
	host_facts_read(&facts, true, root, "6.1");
	host_facts_read_configuration(&facts, root);
	assert_int_equal(facts.zdev, OPTION_UNKNOWN);

	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
	sysfs_set_root("/sys");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_in_the_way),
		TEST(one_failure_hides_no_other),
		TEST(a_start_asks_no_libvirt),
		TEST(what_is_not_known_is_not_ok),
		TEST(address),
		TEST(slot),
		TEST(uid_checking),
		TEST(type),
		TEST(group),
		TEST(driver),
		TEST(vfio),
		TEST(in_use),
		TEST(use_that_cannot_be_seen),
		TEST(guest_ref),
		TEST(guest_ids),
		TEST(managed),
		TEST(memlock),
		TEST(command_memory_of_a_vf),
		TEST(command_memory_of_a_wrong_kernel),
		TEST(command_memory_of_others),
		TEST(kvm),
		TEST(words_of_a_shell),
		TEST(no_control_characters),
		TEST(options_of_the_kernel),
		TEST(modules_of_the_kernel),
		TEST(facts_of_this_linux),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
