// SPDX-License-Identifier: GPL-2.0-or-later
/* machine.c - the operations of QEMU as a machine, in one table. */
#include "binding.h"

const struct zpci_machine_ops zpci_qemu_machine_ops = {
	.size = sizeof(struct zpci_machine_ops),
	.name = "qemu",
	.help = "An unmodified QEMU (TCG, s390x) that has zpci-qemu.so as a plugin.",

	.get_register = zpci_qemu_get_register,
	.set_register = zpci_qemu_set_register,
	.get_prefix = zpci_qemu_get_prefix,
	.get_psw_mask = zpci_qemu_get_psw_mask,
	.set_condition_code = zpci_qemu_set_condition_code,
	.program_interruption = zpci_qemu_program_interruption,

	.read_logical = zpci_qemu_read_logical,
	.write_logical = zpci_qemu_write_logical,
	.check_logical = zpci_qemu_check_logical,
	.read_real = zpci_qemu_read_real,
	.write_real = zpci_qemu_write_real,
	.read_absolute = zpci_qemu_read_absolute,
	.write_absolute = zpci_qemu_write_absolute,
	.or_absolute = zpci_qemu_or_absolute,
	.regions = zpci_qemu_regions,

	.adapter_interruption = zpci_qemu_adapter_interruption,
	.channel_report = zpci_qemu_channel_report,
	.sclp_completion = zpci_qemu_sclp_completion,

	.clock = zpci_qemu_clock,
	.timer_create = zpci_qemu_timer_create,
	.timer_set = zpci_timers_set,
	.timer_cancel = zpci_timers_cancel,
	.timer_destroy = zpci_timers_destroy,
};
