// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each profile must look like from within a guest.
 *
 * Two facts make a profile: whether the Command register has a Memory bit (vfio, plain), and
 * whether the VF number is published (lpar, vfio, raw). From a published VF number the guest's
 * kernel concludes that there is no Memory bit, and sets no_command_memory. vfio-pci in the guest
 * keeps a copy of Command. The rest follows from what it does with this copy and with the register
 * below (Linux drivers/vfio/pci/vfio_pci_config.c, 5.10 and later):
 *
 * - With no_command_memory, the copy has the Memory bit, which is set at open, and vfio never
 *   refuses BAR access.
 *
 * - Without it, the user reads the register below. vfio allows BAR access if the bit is set in the
 *   copy, which is the register at open and later what the user wrote. So if the bit is absent and
 *   the kernel does not know that, vfio refuses access until the user writes the bit. Then access
 *   works, although the bit still reads 0.
 *
 * - When the user sets a bit that is set in the copy and not in the register below, vfio concludes
 *   that somebody else reset the device, restores the BARs and logs it. With no_command_memory it
 *   does not conclude this from the Memory bit. From the I/O bit it always does, and no function of
 *   this platform has one: the second write of 1 restores the BARs with any profile. That is
 *   harmless, because the same BARs are written again, and the review of the change of 2020 left
 *   it so. (vfio exempts VFs with a PF, but this matrix has none.)
 *
 * sysfs shows the register below and not the copy. While vfio has the function open, the kernel has
 * enabled it, which sets the Memory bit if there is one.
 *
 * Whether vfio maps BARs on s390 depends on the kernel: 6.12 does not, 7.2 does.
 */
#include <stdio.h>
#include <string.h>

#include "matrix.h"

/* Expected values are in the order lpar, vfio, silent, plain, raw. */
const struct matrix_row matrix_rows[MATRIX_OBSERVATIONS] = {
	[MATRIX_SLOT] = { "slot",
			  "slot",
			  "the kernel knows the function",
			  MATRIX_FROM_SYSFS,
			  "has_slot",
			  { "yes", "yes", "yes", "yes", "yes" } },
	[MATRIX_BUS] = { "bus",
			 "bus",
			 "the kernel looked for a device",
			 MATRIX_FROM_SYSFS,
			 "has_bus",
			 { "yes", "yes", "yes", "yes", "yes" } },
	[MATRIX_DEVICE] = { "device",
			    "device",
			    "it found one: the IDs were not ones",
			    MATRIX_FROM_SYSFS,
			    "has_device",
			    { "yes", "yes", "yes", "yes", "no" } },
	[MATRIX_VFN] = { "vfn",
			 "vfn that the kernel was told",
			 "the VF number that the layer below publishes, 0 for none",
			 MATRIX_FROM_SYSFS,
			 "vfn",
			 { MATRIX_OWN, MATRIX_OWN, "0", "0", MATRIX_OWN } },
	[MATRIX_BIT] = { "no_command_memory",
			 "kernel's no_command_memory",
			 "what the kernel concludes from the VF number: no Memory bit",
			 MATRIX_FROM_KERNEL,
			 "no_command_memory",
			 { "1", "1", "0", "0", MATRIX_NONE } },
	[MATRIX_VFIO_VFN] = { "vfio_vfn",
			      "vfn that vfio passes on",
			      "from here a hypervisor in this guest has the vfn for its guests",
			      MATRIX_FROM_OPEN,
			      "vfn",
			      { MATRIX_OWN, MATRIX_OWN, "0", "0", MATRIX_NONE } },
	[MATRIX_COMMAND_AT_OPEN] = { "command_at_open",
				     "Command at open",
				     "vfio's copy: Memory bit 1 if the kernel knows it is absent",
				     MATRIX_FROM_VALUE,
				     "command_at_open",
				     { "0x0002", "0x0002", "0x0000", "0x0002", MATRIX_NONE } },
	[MATRIX_SYSFS_AT_OPEN] = { "sysfs_command_at_open",
				   "  Command in sysfs",
				   "the register below: 0 where it has no Memory bit",
				   MATRIX_FROM_VALUE,
				   "sysfs_command_at_open",
				   { "0x0000", "0x0002", "0x0000", "0x0002", MATRIX_NONE } },
	[MATRIX_BAR_AT_OPEN] = { "bar_at_open",
				 "  BAR access",
				 "before any write of Command: EIO is what broke in 2020",
				 MATRIX_FROM_ACCESS,
				 "bar_at_open",
				 { "ok", "ok", "EIO", "ok", MATRIX_NONE } },
	[MATRIX_COMMAND_AFTER_0] = { "command_after_0",
				     "Command 0 written: reads back",
				     "the bit can be cleared, in vfio's copy",
				     MATRIX_FROM_VALUE,
				     "command_after_0",
				     { "0x0000", "0x0000", "0x0000", "0x0000", MATRIX_NONE } },
	[MATRIX_BAR_AFTER_0] = { "bar_after_0",
				 "  BAR access",
				 "allowed only where the kernel knows of no Memory bit",
				 MATRIX_FROM_ACCESS,
				 "bar_after_0",
				 { "ok", "ok", "EIO", "EIO", MATRIX_NONE } },
	[MATRIX_COMMAND_AFTER_2] = { "command_after_2",
				     "Command 2 written: reads back",
				     "0 where the bit is absent and the kernel does not know",
				     MATRIX_FROM_VALUE,
				     "command_after_2",
				     { "0x0002", "0x0002", "0x0000", "0x0002", MATRIX_NONE } },
	[MATRIX_BAR_AFTER_2] = { "bar_after_2",
				 "  BAR access",
				 "vfio goes by what was written, not by what reads back",
				 MATRIX_FROM_ACCESS,
				 "bar_after_2",
				 { "ok", "ok", "ok", "ok", MATRIX_NONE } },
	[MATRIX_SYSFS_AFTER_2] = { "sysfs_command_after_2",
				   "  Command in sysfs",
				   "the register below: differs between lpar and vfio",
				   MATRIX_FROM_VALUE,
				   "sysfs_command_after_2",
				   { "0x0000", "0x0002", "0x0000", "0x0002", MATRIX_NONE } },
	[MATRIX_RESTORES_2_AGAIN] = { "restores_2_again",
				      "Command 2 again: BARs restored",
				      "vfio takes a missing bit for a reset if no_command_memory=0",
				      MATRIX_FROM_RESTORES,
				      "write_2_again",
				      { "no", "no", "yes", "no", MATRIX_NONE } },
	[MATRIX_RESTORES_1] = { "restores_1",
				"Command 1: BARs restored",
				"the I/O bit, set in vfio's copy for the first time",
				MATRIX_FROM_RESTORES,
				"write_1",
				{ "no", "no", "no", "no", MATRIX_NONE } },
	[MATRIX_RESTORES_1_AGAIN] = { "restores_1_again",
				      "Command 1 again: BARs restored",
				      "no function has an I/O bit, and vfio knows of none",
				      MATRIX_FROM_RESTORES,
				      "write_1_again",
				      { "yes", "yes", "yes", "yes", MATRIX_NONE } },
	[MATRIX_RESTORES_6] = { "restores_6",
				"Command 6: BARs restored",
				"what a driver does: Memory and Bus Master",
				MATRIX_FROM_RESTORES,
				"write_6",
				{ "no", "no", "no", "no", MATRIX_NONE } },
	[MATRIX_MMAP] = { "mmap",
			  "mmap of the BAR",
			  "depends on the kernel alone",
			  MATRIX_FROM_ACCESS,
			  "mmap",
			  { MATRIX_ANY, MATRIX_ANY, MATRIX_ANY, MATRIX_ANY, MATRIX_NONE } },
};

void matrix_expect(struct matrix_cell *cell, enum matrix_profile profile,
		   enum matrix_observation observation, unsigned int vf)
{
	const char *expected = matrix_rows[observation].expected[profile];

	if (expected && !strcmp(expected, MATRIX_OWN))
		snprintf(cell->expected, sizeof(cell->expected), "%u", vf);
	else
		snprintf(cell->expected, sizeof(cell->expected), "%s", expected ? expected : "");
}

static void compare(const struct matrix_boot *boot, enum matrix_observation observation,
		    struct matrix_cell *cell)
{
	const struct matrix_need *need = matrix_needs_find(boot, observation);

	if (!*cell->expected || !strcmp(cell->expected, MATRIX_NONE)) {
		cell->result = MATRIX_EMPTY;
	} else if (!strcmp(cell->observed, "?") && need) {
		cell->result = MATRIX_UNOBSERVED;
		snprintf(cell->why, sizeof(cell->why), "the kernel lacks %s", need->option);
	} else if (cell->result != MATRIX_UNOBSERVED) {
		cell->result =
			strcmp(cell->expected, cell->observed) ? MATRIX_DIFFERENT : MATRIX_EQUAL;
	}
}

void matrix_compare(struct matrix_boot *boot)
{
	int profile, i;

	for (profile = 0; profile < MATRIX_PROFILES; profile++)
		for (i = 0; i < MATRIX_OBSERVATIONS; i++)
			compare(boot, i, &boot->cells[profile][i]);
}
