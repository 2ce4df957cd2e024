// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Platforms of functions (3.5, 3.6), and the known groups.
 *
 *	0  the default                1  the default for store blocks of any alignment
 *	2  all kinds of tables,       3  few DMA addresses, type ISM, no measurement block
 *	   short store blocks
 */
#include "model.h"

const struct model_platform model_platforms[MODEL_PLATFORMS] = {
	{ .group = 0x01,
	  .noi = 2048,
	  .version = 1,
	  .maxstbl = 128,
	  .mui = 4000,
	  .dtsm = 0x40,
	  .msia = 0xfe00000000000000,
	  .sdma = 0x100000000,
	  .edma = 0x3ffffffffff,
	  .measured = true },
	{ .group = 0x02,
	  .noi = 2048,
	  .version = 1,
	  .flags = 0x08,
	  .maxstbl = 4096,
	  .mui = 4000,
	  .dtsm = 0x40,
	  .msia = 0xfe00000000000000,
	  .sdma = 0x100000000,
	  .edma = 0x3ffffffffff,
	  .measured = true },
	{ .group = 0x10,
	  .tells_pchid = true, /* and tells 0, as QEMU does */
	  .fidparm = 0x5a,
	  .noi = 16,
	  .version = 2,
	  .maxstbl = 64,
	  .mui = 1000,
	  .dtsm = 0x7c,
	  .dasm = 0x8000000000000001,
	  .msia = 0xff00000000000000,
	  .sdma = 0x100000000,
	  .edma = 0x3fffffffffffffff,
	  .pft = 0x0b,
	  .port = 15,
	  .pfip = 0x01020304,
	  .has_tid = true,
	  .tid = 0xabcd,
	  .measured = true },
	{ .group = 0x11,
	  .noi = 1,
	  .flags = 0x01,
	  .maxstbl = 4096,
	  .mui = 65535,
	  .dtsm = 0x60,
	  .msia = 0,
	  .sdma = 0x100000000,
	  .edma = 0x1001fffff,
	  .pft = 0x05 },
};

/* The default for devices that map guest storage. The model has no such device, but knows the
 * group. */
static const struct model_platform mapping = { .group = 0x03,
					       .noi = 2048,
					       .version = 1,
					       .flags = 0x01,
					       .maxstbl = 128,
					       .mui = 4000,
					       .dtsm = 0x40,
					       .msia = 0xfe00000000000000 };

/* Default groups are always known, others after their first function. */
const struct model_platform *model_group(const struct model *model, unsigned group)
{
	if (group == mapping.group)
		return &mapping;
	for (unsigned i = 0; i < MODEL_PLATFORMS; i++)
		if (model_platforms[i].group == group && (i < 2 || model->begun[i]))
			return &model_platforms[i];
	return NULL;
}
