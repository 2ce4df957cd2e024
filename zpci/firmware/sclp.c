// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Configure and deconfigure I/O adapter: what writing a hot-plug slot's `power` does
 * (reference 2.9 and 4.3).
 */
#include "zpci/firmware/internal.h"

#include <zpci/event.h>

#include "zpci/function/life.h"

/* Configure does not change the handle: the guest goes on with the one it knows. */
static uint16_t configure(struct zpci_function *function)
{
	if (zpci_function_state(function) != ZPCI_STATE_STANDBY)
		return ZPCI_SCLP_NO_ACTION;
	zpci_function_configure(function, true);
	return ZPCI_SCLP_OK;
}

static uint16_t deconfigure(struct zpci_function *function)
{
	if (zpci_function_state(function) == ZPCI_STATE_STANDBY)
		return ZPCI_SCLP_NO_ACTION;
	zpci_function_disable(function);
	zpci_function_configure(function, false);
	return ZPCI_SCLP_OK;
}

uint16_t zpci_sclp_configure(struct zpci_firmware *firmware, uint32_t fid, bool wanted)
{
	struct zpci_function *function = zpci_list_lock_fid(firmware, fid);
	uint16_t response;

	if (!function)
		return zpci_list_had_fid(firmware, fid) ? ZPCI_SCLP_RESERVED_STATE
							: ZPCI_SCLP_UNKNOWN_ADAPTER;
	response = wanted ? configure(function) : deconfigure(function);
	zpci_function_unlock(function);
	return response;
}
