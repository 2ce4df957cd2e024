/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * platform.h - the platform's facts about a function.
 */
#ifndef ZPCI_FUNCTION_PLATFORM_H
#define ZPCI_FUNCTION_PLATFORM_H

#include "zpci/function/function.h"

/* Settles the facts of a function whose device was opened: what @configured gives (NULL: nothing),
 * else what the device says, else defaults. 0, or -EINVAL after a message. */
int zpci_platform_init(struct zpci_function *function, const struct zpci_platform *configured);
/* The default group @id (PFGID), or NULL. */
const struct zpci_group *zpci_group_default(uint8_t id);

/* Last DMA address that may be registered: Linux registers a page more for ISM (reference 5.3). */
static inline uint64_t zpci_platform_dma_limit(const struct zpci_platform *platform)
{
	uint64_t more = platform->pft == ZPCI_FUNCTION_TYPE_ISM ? 4096 : 0;

	return platform->dma_end > UINT64_MAX - more ? UINT64_MAX : platform->dma_end + more;
}

#endif
