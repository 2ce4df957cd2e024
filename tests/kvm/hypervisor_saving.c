// SPDX-License-Identifier: GPL-2.0-or-later
/* hypervisor_saving.c - what begins a migration or a snapshot, and a protected guest. */
#include <errno.h>
#include <sys/ioctl.h>

#include "hypervisor.h"

static int skeys(uint64_t count, uint8_t *keys)
{
	uint64_t block[8] = { 0, count, (uintptr_t)keys };

	return ioctl(hv.vm, LAYOUT_GET_SKEYS, block);
}

static void saves(void)
{
	uint64_t command[4] = { 0 };
	uint8_t keys[4] = { 0xff };

	hv_make();
	must(hv_attribute(hv.vm, LAYOUT_SET_DEVICE_ATTR, 4, 1, NULL) == -1 && errno == EPERM);
	must(ioctl(hv.vm, LAYOUT_PV_COMMAND, command) == -1 && errno == EPERM);
	must(!hv_set_memory(0, 1, 0, STORAGE, hv.storage));
	/* Again, and another slot. */
	must(!hv_set_memory(0, 1, 0, STORAGE, hv.storage));
	must(!hv_set_memory(1, 0, STORAGE, STORAGE, hv.storage));
	must(!skeys(1, keys) && !keys[0]);
	must(skeys(2, keys) == -1 && errno == EPERM);
	must(skeys(1, hv_nowhere()) == -1 && errno == EFAULT);
	must(!hv_set_memory(0, 0, 0, STORAGE, hv.storage));
	/* Nobody saves any more. The fake has no such request. */
	must(skeys(1, keys) == -1 && errno == ENOTTY);
	must(skeys(2, keys) == -1 && errno == ENOTTY);
	hv_list();
}

const struct hv_case hv_saving[] = {
	{ "saves", saves },
	{ NULL, NULL },
};
