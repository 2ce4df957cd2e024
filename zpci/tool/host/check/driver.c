// SPDX-License-Identifier: GPL-2.0-or-later
/* driver.c - checks of what has the function now, and of what will take it: vfio. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checks.h"
#include "zpci/tool/host/host.h"

/* Drivers for guests are vfio-pci, and its variants such as mlx5_vfio_pci. */
static bool is_vfio(const char *driver)
{
	size_t length = strlen(driver);

	if (length < 8)
		return false;
	driver += length - 8;
	return !strcmp(driver, "vfio-pci") || !strcmp(driver, "vfio_pci");
}

/* @names in one line, cut after some of them. */
static void join(const struct names *names, char *text, size_t size)
{
	size_t i, length = 0;

	*text = '\0';
	for (i = 0; i < names->count && length < size - 1; i++)
		length += (size_t)snprintf(text + length, size - length, "%s%s", i ? ", " : "",
					   names->items[i]);
}

/* The first of the group's other functions that has a driver, but vfio. */
static const struct function *first_busy(const struct inventory *inventory,
					 const struct names *peers)
{
	size_t i;

	for (i = 0; i < peers->count; i++) {
		const struct function *f = inventory_find(inventory, peers->items[i]);

		if (f && *f->driver && !is_vfio(f->driver))
			return f;
	}
	return NULL;
}

void check_group(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;
	const struct item *group = &f->items[ITEM_IOMMU_GROUP];
	const struct names *peers = &f->surroundings.peers;
	const struct function *busy;
	char text[256], node[HOST_NODE_SIZE];

	if (!f->has_device) {
		check_add(report, "group", CHECK_UNKNOWN,
			  "a function without a device has no IOMMU group");
		return;
	}
	if (group->state == ITEM_ABSENT) {
		check_add(report, "group", CHECK_FAIL,
			  "%s has no IOMMU group, so vfio cannot take it: boot a kernel with "
			  "CONFIG_S390_IOMMU",
			  f->address);
		return;
	}
	if (group->state != ITEM_KNOWN || peers->more) {
		check_add(report, "group", CHECK_UNKNOWN, "the IOMMU group cannot be read: %s",
			  peers->more ? "it is too large" : group->why.text);
		return;
	}
	if (!peers->count) {
		check_add(report, "group", CHECK_OK, "IOMMU group %" PRIu64 ", alone",
			  group->value);
		return;
	}
	join(peers, text, sizeof(text));
	busy = first_busy(facts->inventory, peers);
	if (!busy) {
		check_add(report, "group", CHECK_WARNING,
			  "IOMMU group %" PRIu64 " also has %s, which no other guest can have at "
			  "the same time",
			  group->value, text);
		return;
	}
	check_add(report, "group", CHECK_FAIL,
		  "IOMMU group %" PRIu64 " also has %s, and vfio takes none of them while %s has a "
		  "driver for this Linux",
		  group->value, text, busy->address);
	host_node_name(&busy->pci, node);
	check_fix(report, "virsh nodedev-detach %s", node);
}

/* Says what the override does, if it is in the way. */
static void check_override(struct check_report *report, const struct function *f)
{
	if (*f->override_problem.text)
		check_add(report, "driver", CHECK_UNKNOWN, "driver_override: %s",
			  f->override_problem.text);
	else if (*f->driver_override && !is_vfio(f->driver_override))
		check_add(report, "driver", CHECK_NOTE,
			  "driver_override is %s: libvirt writes vfio-pci there, and nothing when "
			  "it gives the function back",
			  f->driver_override);
}

void check_driver(struct check_report *report, const struct check_facts *facts)
{
	const struct function *f = facts->function;

	if (!f->has_device) {
		check_add(report, "driver", CHECK_UNKNOWN,
			  "a function without a device has no driver");
		return;
	}
	if (!*f->driver)
		check_add(report, "driver", CHECK_OK, "no driver has it");
	else if (!is_vfio(f->driver))
		check_add(report, "driver", CHECK_OK,
			  "%s has it; with managed='yes' libvirt takes it from there, and gives it "
			  "back at the end",
			  f->driver);
	else if (is_vfio(f->driver_override))
		check_add(report, "driver", CHECK_OK,
			  "%s has it, and driver_override keeps it there", f->driver);
	else
		check_add(report, "driver", CHECK_NOTE,
			  "%s has it, without a driver_override: after a power cycle of its slot "
			  "another driver takes it",
			  f->driver);
	check_override(report, f);
}

static void check_node(struct check_report *report, const struct host_facts *host)
{
	if (!host->vfio_node)
		check_add(report, "vfio", CHECK_OK, "%s, and /dev/vfio/vfio is there",
			  host->vfio == VFIO_LOADED ? "vfio-pci is loaded"
						    : "vfio-pci is a module, which libvirt loads");
	else if (host->vfio == VFIO_LOADED)
		check_add(report, "vfio", CHECK_FAIL, "vfio-pci is loaded, but /dev/vfio/vfio: %s",
			  strerror(host->vfio_node));
	else
		check_add(report, "vfio", CHECK_FAIL,
			  "vfio-pci is not loaded, and libvirt does not look for it without "
			  "/dev/vfio/vfio: %s",
			  strerror(host->vfio_node));
	if (host->vfio_node)
		check_fix(report, "modprobe vfio-pci");
}

void check_vfio(struct check_report *report, const struct check_facts *facts)
{
	const struct host_facts *host = facts->host;

	if (host->vfio == VFIO_MISSING) {
		check_add(report, "vfio", CHECK_FAIL,
			  "the kernel %s has no driver vfio-pci: install its modules, or boot one "
			  "with CONFIG_VFIO_PCI",
			  host->release);
		return;
	}
	if (host->vfio == VFIO_UNKNOWN) {
		check_add(report, "vfio", CHECK_UNKNOWN,
			  "vfio-pci is not loaded, and whether it is a module cannot be read: %s",
			  host->vfio_why.text);
		return;
	}
	if (host->live) {
		check_node(report, host);
		return;
	}
	check_add(report, "vfio", CHECK_UNKNOWN,
		  "vfio-pci is loaded, and /dev/vfio/vfio of that Linux is not here");
}
