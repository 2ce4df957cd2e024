/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The function groups (reference 3.6): what functions have in common and Query PCI function group
 * tells.
 *
 * refresh is not published for software devices, which translate on each access, so that the guest
 * need not tell us of new translations. It is for devices that map guest storage. The aperture is what one region-third table spans, and the
 * only designation type published is that one; Linux takes larger apertures for a wish for
 * larger tables (reference 3.6, trap 29). The MSI address lies outside of the aperture.
 *
 * The groups differ in that and in store block alone. An upper hypervisor passes maxstbl on to its own guest,
 * and stock QEMU has room for 128 bytes whatever it is told, so that the relaxed group is for who
 * asks for it.
 */
#include "zpci/firmware/internal.h"

#define COMMON                                                                                     \
	.vectors = 2048, .fmb_interval = 4000, .msi_address = 0xfe00000000000000ull,               \
	.dma_start = 0x0000000100000000ull, .dma_end = 0x000003ffffffffffull

static const struct zpci_group groups[] = {
	{ COMMON, .id = ZPCI_GROUP_SOFTWARE, .store_block = ZPCI_STORE_BLOCK_MAX },
	{ COMMON, .id = ZPCI_GROUP_RELAXED, .store_block = ZPCI_STORE_BLOCK_RELAXED_MAX,
	  .relaxed_store_block = true },
	{ COMMON, .id = ZPCI_GROUP_REFRESH, .store_block = ZPCI_STORE_BLOCK_MAX, .refresh = true },
};

const struct zpci_group *zpci_group_find(uint8_t id)
{
	for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i].id == id)
			return &groups[i];
	return NULL;
}
