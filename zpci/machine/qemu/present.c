// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * present.c - interruptions, channel reports and service signals, by QEMU's own functions.
 *
 * QEMU keeps the suppression state that the guest sets by SIC, the channel reports and the pending
 * interruptions. Its big lock guards all of them. It is taken here unless the caller holds it.
 *
 * A channel report is queued beside QEMU's own by css_queue_crw(). QEMU's css_generate_css_crws()
 * is not used: it queues nothing while a mark is set, and QEMU clears the mark when the guest has
 * fetched the last event of QEMU's own functions. Our events do not change that mark.
 */
#include "binding.h"

void zpci_qemu_adapter_interruption(void *machine, unsigned isc)
{
	struct zpci_qemu_binding *binding = machine;
	bool held = zpci_qemu_lock(binding);

	binding->qemu.css_adapter_interrupt(ZPCI_QEMU_ADAPTER_PCI, isc & 7);
	zpci_qemu_unlock(binding, held);
}

void zpci_qemu_channel_report(void *machine)
{
	struct zpci_qemu_binding *binding = machine;
	bool held = zpci_qemu_lock(binding);

	binding->qemu.css_queue_crw(ZPCI_QEMU_CRW_CSS, ZPCI_QEMU_CRW_EVENT, 0, 0, 0);
	zpci_qemu_unlock(binding, held);
}

void zpci_qemu_sclp_completion(void *machine, uint32_t sccb)
{
	struct zpci_qemu_binding *binding = machine;
	bool held = zpci_qemu_lock(binding);

	binding->qemu.sclp_service_interrupt(sccb);
	zpci_qemu_unlock(binding, held);
}
