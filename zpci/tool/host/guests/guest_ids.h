/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest_ids.h - the UID and the FID that a guest will see of a function.
 *
 * libvirt gives back no guest slot when it refuses IDs that are taken, and says the IDs in octal.
 * So they are chosen and checked before it is asked.
 */
#ifndef ZPCI_TOOL_HOST_GUEST_IDS_H
#define ZPCI_TOOL_HOST_GUEST_IDS_H

#include <stdint.h>

#include "guests.h"
#include "zpci/inventory/inventory.h"
#include "zpci/inventory/problem.h"

struct guest_ids {
	uint16_t uid;
	uint32_t fid;
};

/*
 * Chooses the IDs that @guest will see of @function. @guest may be NULL: then all IDs are free.
 * @uid and @fid are what --guest-uid and --guest-fid say, or NULL: the host's if it is free in the
 * guest, else the next free one. "same": only the host's. "auto": the lowest free one.
 * @where: where the function will be, GUEST_LIVE and GUEST_CONFIG; an ID must be free there.
 *
 * Returns 0, or -1 and the problem: what has the ID, and an ID that is free.
 */
int guest_ids_choose(struct guest_ids *ids, const struct guest *guest, unsigned int where,
		     const struct function *function, const char *uid, const char *fid,
		     struct problem *problem);

#endif
