// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * observe.c - why these observations
 *
 * vfio-pci keeps a copy of the Command register and refuses BAR access while its Memory bit is
 * off, unless the kernel knows that the function has no such bit (Linux
 * drivers/vfio/pci/vfio_pci_config.c __vfio_pci_memory_enabled()). So what a program sees depends
 * on two facts: whether the bit exists below, and what the kernel believes. Most combinations
 * differ in BAR access before any write, with Command 0 and with Command 2, and in what Command
 * reads back. The register in sysfs, which is not vfio's copy, tells the others apart.
 *
 * If the bit does not exist and the kernel does not know that, each write of the bit looks to
 * vfio like a device that has lost its state: it restores the BARs and says so in the kernel log.
 * No function of this platform has the I/O bit: with that one it happens whatever the kernel
 * believes, from the second write of 1 on.
 *
 * The last write leaves memory and bus mastering enabled, as a driver would.
 *
 * A refusal is a result. Only what could not be tried at all is a failure.
 */
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <string.h>
#include <unistd.h>

#include "observe.h"
#include "zpci/inspect/kernel/log.h"

#define RESTORE_TEXT "restoring BARs"

const struct observation_info observation_infos[OBSERVATIONS] = {
	[OBSERVE_COMMAND_AT_OPEN] = { "command_at_open", "Command through vfio right after open",
				      ACTION_READ_COMMAND, 0 },
	[OBSERVE_SYSFS_AT_OPEN] = { "sysfs_command_at_open", "Command through sysfs while open",
				    ACTION_READ_SYSFS, 0 },
	[OBSERVE_BAR_AT_OPEN] = { "bar_at_open", "BAR access before any Command write",
				  ACTION_READ_BAR, 0 },
	[OBSERVE_WRITE_0] = { "write_0", "writing Command = 0", ACTION_WRITE_COMMAND, 0 },
	[OBSERVE_COMMAND_AFTER_0] = { "command_after_0", "  reads back", ACTION_READ_COMMAND, 0 },
	[OBSERVE_BAR_AFTER_0] = { "bar_after_0", "  BAR access", ACTION_READ_BAR, 0 },
	[OBSERVE_WRITE_2] = { "write_2", "writing Command = 2", ACTION_WRITE_COMMAND,
			      PCI_COMMAND_MEMORY },
	[OBSERVE_COMMAND_AFTER_2] = { "command_after_2", "  reads back", ACTION_READ_COMMAND, 0 },
	[OBSERVE_BAR_AFTER_2] = { "bar_after_2", "  BAR access", ACTION_READ_BAR, 0 },
	[OBSERVE_SYSFS_AFTER_2] = { "sysfs_command_after_2", "  Command through sysfs while open",
				    ACTION_READ_SYSFS, 0 },
	[OBSERVE_WRITE_2_AGAIN] = { "write_2_again", "writing Command = 2 again",
				    ACTION_WRITE_COMMAND, PCI_COMMAND_MEMORY },
	[OBSERVE_BAR_AFTER_2_AGAIN] = { "bar_after_2_again", "  BAR access", ACTION_READ_BAR, 0 },
	[OBSERVE_WRITE_1] = { "write_1", "writing Command = 1", ACTION_WRITE_COMMAND,
			      PCI_COMMAND_IO },
	[OBSERVE_WRITE_1_AGAIN] = { "write_1_again", "writing Command = 1 again",
				    ACTION_WRITE_COMMAND, PCI_COMMAND_IO },
	[OBSERVE_WRITE_6] = { "write_6", "writing Command = 6", ACTION_WRITE_COMMAND,
			      PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER },
	[OBSERVE_MMAP] = { "mmap", "mmap of the BAR", ACTION_MMAP_BAR, 0 },
};

/* How many new messages of the kernel log say that vfio restored the BARs of this function. */
static unsigned int count_restores(int log, const char *address)
{
	unsigned int count = 0;
	char record[8192];

	while (klog_next(log, record, sizeof(record)))
		count += strstr(record, address) && strstr(record, RESTORE_TEXT);
	return count;
}

/* Where the capability @id is in configuration space; 0: there is none (PCI Local Bus 3.0, 6.7). */
static uint64_t find_capability(const struct vfio_function *f, uint8_t id)
{
	uint64_t at, here, next;

	if (vfio_read(f, &f->config, PCI_CAPABILITY_LIST, 1, &at))
		return 0;
	for (int i = 0; i < 48 && at >= PCI_STD_HEADER_SIZEOF; i++, at = next) {
		if (vfio_read(f, &f->config, at + PCI_CAP_LIST_ID, 1, &here) ||
		    vfio_read(f, &f->config, at + PCI_CAP_LIST_NEXT, 1, &next))
			return 0;
		if (here == id)
			return at;
		next &= ~3ull;
	}
	return 0;
}

/* Offset and BAR of the MSI-X table as in its capability; all ones if there is none. */
static uint64_t msix_table(const struct vfio_function *f)
{
	uint64_t at = find_capability(f, PCI_CAP_ID_MSIX), table;

	if (!at || vfio_read(f, &f->config, at + PCI_MSIX_TABLE, 4, &table))
		return UINT64_MAX;
	return table;
}

/*
 * The first BAR whose start can be read. A BAR that starts with the MSI-X table does not do: vfio
 * answers reads of the table with ones, without an access and whatever Command is (Linux
 * drivers/vfio/pci/vfio_pci_rdwr.c).
 */
static int first_bar(const struct vfio_function *f)
{
	uint64_t table = msix_table(f);

	for (int i = 0; i < VFIO_BARS; i++) {
		if (f->bars[i].size >= 4 && f->bars[i].flags & VFIO_REGION_INFO_FLAG_READ &&
		    table != (uint64_t)i)
			return i;
	}
	return -1;
}

static void read_sysfs(const struct vfio_function *f, struct observation *one)
{
	one->made = sysfs_read_config(f->address, PCI_COMMAND, 2, &one->value, &one->why) == 0;
}

/* Access to the Command register is never refused. So an error there is a failure to observe. */
static void require(struct observation *one, const char *what)
{
	one->made = one->error == 0;
	if (!one->made)
		problem_set(&one->why, "%s of Command through vfio: %s", what,
			    strerror(one->error));
}

static void make(const struct vfio_function *f, const struct observations *o, int log,
		 const struct observation_info *info, struct observation *one)
{
	const struct vfio_area *bar = o->bar < 0 ? NULL : &f->bars[o->bar];

	switch (info->action) {
	case ACTION_READ_SYSFS:
		read_sysfs(f, one);
		return;
	case ACTION_READ_COMMAND:
		one->error = vfio_read(f, &f->config, PCI_COMMAND, 2, &one->value);
		require(one, "read");
		return;
	case ACTION_WRITE_COMMAND:
		one->error = vfio_write(f, &f->config, PCI_COMMAND, 2, info->value);
		require(one, "write");
		if (log >= 0)
			one->restores = count_restores(log, f->address);
		return;
	case ACTION_READ_BAR:
	case ACTION_MMAP_BAR:
		break;
	}
	if (!bar) {
		problem_set(&one->why, "%s has no BAR that vfio gives access to", f->address);
		return;
	}
	one->made = true;
	one->error = info->action == ACTION_MMAP_BAR ? vfio_try_mmap(f, bar)
						     : vfio_read(f, bar, 0, 4, &one->value);
}

int observe(const struct vfio_function *f, struct observations *o)
{
	int log, rc = 0;

	memset(o, 0, sizeof(*o));
	o->bar = first_bar(f);
	log = klog_open(&o->log_problem);
	o->log_read = log >= 0;
	for (int i = 0; i < OBSERVATIONS; i++) {
		make(f, o, log, &observation_infos[i], &o->all[i]);
		if (!o->all[i].made)
			rc = -1;
	}
	if (log >= 0)
		close(log);
	return o->log_read ? rc : -1;
}

bool observed_command_memory(const struct observations *o, bool *emulated)
{
	if (!o->all[OBSERVE_SYSFS_AFTER_2].made)
		return false;
	*emulated = o->all[OBSERVE_SYSFS_AFTER_2].value & PCI_COMMAND_MEMORY;
	return true;
}
