// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What each error event does to its function, in one table.
 *
 * Names are those of QEMU's ERR_EVENT_* (hw/s390x/s390-pci-bus.h); 0040 is Linux's. The effect of a
 * code follows from what Linux does with it (arch/s390/pci/pci_event.c, __zpci_event_error(), since
 * "s390/pci: Handle PCI error codes other than 0x3a", 3cd03ea57e8e). Linux only logs errors of the
 * measurement block: they do not block the function, because it would stay blocked for ever. Linux
 * gives the function up after two others, 003B and 0040, and recovers it after all the rest.
 */
#include "zpci/function/pec.h"

#include <stddef.h>

#include <zpci/event.h>
#include <zpci/firmware.h>

static const struct {
	uint16_t pec;
	uint16_t effect;
	const char *name;
} errors[] = {
	{ ZPCI_PEC_DMA_NOT_REGISTERED, ZPCI_EFFECT_ERROR, "no address space registered" },
	{ ZPCI_PEC_DMA_RANGE, ZPCI_EFFECT_ERROR, "address out of range" },
	{ ZPCI_PEC_DMA_FORMAT, ZPCI_EFFECT_ERROR, "translation format" },
	{ ZPCI_PEC_DMA_TRANSLATION, ZPCI_EFFECT_ERROR, "translation" },
	{ ZPCI_PEC_DMA_PROTECTION, ZPCI_EFFECT_ERROR, "access protection" },
	{ ZPCI_PEC_DMA_KEY, ZPCI_EFFECT_ERROR, "storage key" },
	{ ZPCI_PEC_DMA_TABLE_ENTRY, ZPCI_EFFECT_ERROR, "table entry" },
	{ ZPCI_PEC_DMA_TABLE_LENGTH, ZPCI_EFFECT_ERROR, "table length" },
	{ ZPCI_PEC_DMA_TABLE_TYPE, ZPCI_EFFECT_ERROR, "table type" },
	{ ZPCI_PEC_DMA_STORAGE, ZPCI_EFFECT_ERROR, "not in storage" },
	{ ZPCI_PEC_SYSTEM_ERROR, ZPCI_EFFECT_ERROR, "system error" },
	{ ZPCI_PEC_MESSAGE_UNEXPECTED, ZPCI_EFFECT_ERROR, "message not expected" },
	{ ZPCI_PEC_INTERRUPTION_OFFSET, ZPCI_EFFECT_ERROR, "bit-vector offset" },
	{ ZPCI_PEC_INTERRUPTION_VECTOR, ZPCI_EFFECT_ERROR, "bit vector not stored" },
	{ ZPCI_PEC_INTERRUPTION_STORAGE, ZPCI_EFFECT_ERROR, "interruption not stored" },
	{ ZPCI_PEC_FMB_STORAGE, ZPCI_EFFECT_NONE, "measurement block not stored" },
	{ ZPCI_PEC_FMB_UPDATE, ZPCI_EFFECT_NONE, "measurement block update" },
	{ ZPCI_PEC_FMB_KEY, ZPCI_EFFECT_NONE, "measurement block protected" },
	{ ZPCI_PEC_CONFIGURATION, ZPCI_EFFECT_ERROR, "configuration" },
	{ ZPCI_PEC_SERVICE_ACTION, ZPCI_EFFECT_ERROR, "service action" },
	{ ZPCI_PEC_PERMANENT_ERROR, ZPCI_EFFECT_PERMANENT, "permanent error" },
	{ ZPCI_PEC_RECOVERY_FAILED, ZPCI_EFFECT_PERMANENT, "recovery failed" },
};

#define ERRORS (sizeof(errors) / sizeof(errors[0]))

static unsigned find(uint16_t pec)
{
	unsigned i = 0;

	while (i < ERRORS && errors[i].pec != pec)
		i++;
	return i;
}

enum zpci_effect zpci_pec_effect(uint16_t pec)
{
	unsigned i = find(pec);

	return i < ERRORS ? (enum zpci_effect)errors[i].effect : ZPCI_EFFECT_UNKNOWN;
}

const char *zpci_pec_name(uint16_t pec)
{
	unsigned i = find(pec);

	return i < ERRORS ? errors[i].name : NULL;
}
