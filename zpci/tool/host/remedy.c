// SPDX-License-Identifier: GPL-2.0-or-later
/* remedy.c - see remedy.h */
#include <stdio.h>

#include "remedy.h"

bool host_remedy(const struct use *use, char command[HOST_REMEDY_SIZE])
{
	char device[HOST_WORD_SIZE], by[HOST_WORD_SIZE];

	host_word(device, use->device);
	host_word(by, use->by);
	switch (use->kind) {
	case USE_NET_UP:
		snprintf(command, HOST_REMEDY_SIZE, "ip link set %s down", device);
		return true;
	case USE_NET_ADDRESS:
		snprintf(command, HOST_REMEDY_SIZE, "ip address del %s dev %s", by, device);
		return true;
	case USE_NET_MASTER:
		snprintf(command, HOST_REMEDY_SIZE, "ip link set %s nomaster", device);
		return true;
	case USE_NET_UPPER:
		snprintf(command, HOST_REMEDY_SIZE, "ip link del %s", by);
		return true;
	case USE_BLOCK_MOUNT:
		snprintf(command, HOST_REMEDY_SIZE, "umount %s", by);
		return true;
	case USE_BLOCK_SWAP:
		snprintf(command, HOST_REMEDY_SIZE, "swapoff /dev/%s", device);
		return true;
	default:
		*command = '\0';
		return false;
	}
}
