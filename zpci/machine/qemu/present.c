// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * present.c - interruptions, channel reports and service signals, by QEMU's own functions.
 *
 * QEMU keeps the suppression state that the guest sets by SIC, the mark "event information is
 * pending" and the pending interruptions; all of them are guarded by its big lock, which is
 * taken here and which callers hold or do not hold.
 */
#include "binding.h"

void zpci_qemu_adapter_interruption(void *machine, unsigned isc)
{
	struct zpci_qemu_binding *binding = machine;
	bool held = zpci_qemu_lock(binding);

	binding->qemu.css_adapter_interrupt(ZPCI_QEMU_ADAPTER_PCI, isc & 7);
	zpci_qemu_unlock(binding, held);
}

/* QEMU queues none while one is outstanding. */
void zpci_qemu_channel_report(void *machine)
{
	struct zpci_qemu_binding *binding = machine;
	bool held = zpci_qemu_lock(binding);

	binding->qemu.css_generate_css_crws(0);
	zpci_qemu_unlock(binding, held);
}

/* The mark is QEMU's and guarded by the big lock, under which channel_report() looks at it: an
 * event queued after the question finds the mark either still set, and then the question said
 * "not empty", or cleared. */
void zpci_qemu_events_fetched(void *machine, bool (*still_empty)(void *opaque), void *opaque)
{
	struct zpci_qemu_binding *binding = machine;
	bool held = zpci_qemu_lock(binding);

	if (still_empty(opaque))
		binding->qemu.css_clear_sei_pending();
	zpci_qemu_unlock(binding, held);
}

void zpci_qemu_sclp_completion(void *machine, uint32_t sccb)
{
	struct zpci_qemu_binding *binding = machine;
	bool held = zpci_qemu_lock(binding);

	binding->qemu.sclp_service_interrupt(sccb);
	zpci_qemu_unlock(binding, held);
}
