// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * use.c - see use.h
 *
 * Of network devices: the flags, and links to what is above them (Linux net/core/net-sysfs.c,
 * net/core/dev.c: master, upper_NAME). Addresses are known only of the kernel that we run on.
 * Of disks: the devices that hold them (holders/), mounts and swap space, and the same for each
 * partition.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mounts.h"
#include "use.h"

#define ENTRIES_MAX 65536

static void add(struct function_use *use, enum use_kind kind, const char *device, const char *by)
{
	struct use *uses;

	if (use->count == USES_MAX) {
		use->more = true;
		return;
	}
	uses = realloc(use->uses, (use->count + 1) * sizeof(*uses));
	if (!uses) {
		use->more = true;
		return;
	}
	use->uses = uses;
	uses += use->count++;
	uses->kind = kind;
	snprintf(uses->device, sizeof(uses->device), "%s", device);
	snprintf(uses->by, sizeof(uses->by), "%s", by);
}

/* --- network devices ------------------------------------------------------------------------- */

static unsigned int prefix_length(const uint8_t *mask, size_t size)
{
	unsigned int bits = 0;

	while (bits < size * 8 && (mask[bits / 8] << bits % 8 & 0x80))
		bits++;
	return bits;
}

static bool address_text(const struct ifaddrs *entry, char *text, size_t size)
{
	const struct sockaddr_in *in = (const void *)entry->ifa_addr;
	const struct sockaddr_in6 *in6 = (const void *)entry->ifa_addr;
	const struct sockaddr_in *mask = (const void *)entry->ifa_netmask;
	const struct sockaddr_in6 *mask6 = (const void *)entry->ifa_netmask;
	char host[INET6_ADDRSTRLEN];
	unsigned int bits = 0;

	if (in->sin_family == AF_INET && inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host)))
		bits = mask ? prefix_length((const void *)&mask->sin_addr, 4) : 32;
	else if (in->sin_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) &&
		 inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host)))
		bits = mask6 ? prefix_length(mask6->sin6_addr.s6_addr, 16) : 128;
	else
		return false; /* a link-local address comes by itself */
	snprintf(text, size, "%s/%u", host, bits);
	return true;
}

static void read_addresses(struct function_use *use, const char *name)
{
	struct ifaddrs *list, *entry;
	char text[USE_NAME_SIZE];

	if (!sysfs_is_own())
		return;
	if (getifaddrs(&list)) {
		problem_set(&use->problem, "addresses of network devices: %s", strerror(errno));
		return;
	}
	for (entry = list; entry; entry = entry->ifa_next) {
		if (entry->ifa_addr && !strcmp(entry->ifa_name, name) &&
		    address_text(entry, text, sizeof(text)))
			add(use, USE_NET_ADDRESS, name, text);
	}
	freeifaddrs(list);
}

/* What is above the device. A master is an upper device as well. */
static void read_uppers(struct function_use *use, const char *name)
{
	char path[SYSFS_PATH_SIZE], target[SYSFS_PATH_SIZE];
	const char *master = "";
	struct dirent *entry;
	ssize_t n;
	DIR *dir;

	sysfs_path(path, "class/net/%s/master", name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n > 0) {
		target[n] = '\0';
		master = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
		add(use, USE_NET_MASTER, name, master);
	}
	sysfs_path(path, "class/net/%s", name);
	dir = opendir(path);
	if (!dir) {
		problem_set(&use->problem, "%s: %s", path, strerror(errno));
		return;
	}
	for (int i = 0; i < ENTRIES_MAX && (entry = readdir(dir)); i++) {
		if (!strncmp(entry->d_name, "upper_", 6) && strcmp(entry->d_name + 6, master))
			add(use, USE_NET_UPPER, name, entry->d_name + 6);
	}
	closedir(dir);
}

static void read_net(struct function_use *use, const char *name)
{
	char path[SYSFS_PATH_SIZE];
	uint64_t flags;

	sysfs_path(path, "class/net/%s/flags", name);
	if (sysfs_read_number(path, UINT32_MAX, &flags, &use->problem) == 0 && flags & IFF_UP)
		add(use, USE_NET_UP, name, "");
	read_addresses(use, name);
	read_uppers(use, name);
}

/* --- block devices --------------------------------------------------------------------------- */

struct mounted {
	struct function_use *use;
	const char *name;
};

static void add_mount(void *opaque, const char *place)
{
	const struct mounted *mounted = opaque;

	add(mounted->use, USE_BLOCK_MOUNT, mounted->name, place);
}

/* @folder is that of the disk or partition @name. */
static void read_block_device(struct function_use *use, const struct mounts *mounts,
			      const char *folder, const char *name)
{
	struct mounted mounted = { use, name };
	char path[SYSFS_PATH_SIZE], number[32];
	struct dirent *entry;
	DIR *dir;

	sysfs_path(path, "%s/dev", folder);
	if (sysfs_read_text(path, number, sizeof(number), &use->problem))
		number[0] = '\0';
	mounts_find(mounts, name, number, add_mount, &mounted);
	if (mounts_swap(mounts, name))
		add(use, USE_BLOCK_SWAP, name, "");
	sysfs_path(path, "%s/holders", folder);
	dir = opendir(path);
	if (!dir) {
		problem_set(&use->problem, "%s: %s", path, strerror(errno));
		return;
	}
	for (int i = 0; i < ENTRIES_MAX && (entry = readdir(dir)); i++) {
		if (entry->d_name[0] != '.')
			add(use, USE_BLOCK_HOLD, name, entry->d_name);
	}
	closedir(dir);
}

/* The disk, and its partitions, which are folders in it that have a file `partition`. */
static void read_disk(struct function_use *use, const struct mounts *mounts, const char *name)
{
	char path[SYSFS_PATH_SIZE], folder[SYSFS_PATH_SIZE];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "class/block/%s", name);
	read_block_device(use, mounts, folder, name);
	sysfs_path(path, "%s", folder);
	dir = opendir(path);
	if (!dir)
		return;
	for (int i = 0; i < ENTRIES_MAX && (entry = readdir(dir)); i++) {
		if (entry->d_name[0] == '.')
			continue;
		sysfs_path(path, "class/block/%s/%s/partition", name, entry->d_name);
		if (access(path, F_OK))
			continue;
		snprintf(folder, sizeof(folder), "class/block/%s/%s", name, entry->d_name);
		read_block_device(use, mounts, folder, entry->d_name);
	}
	closedir(dir);
}

static void read_disks(struct function_use *use, const struct names *disks)
{
	struct mounts mounts;

	mounts_read(&mounts, &use->problem);
	for (size_t i = 0; i < disks->count; i++)
		read_disk(use, &mounts, disks->items[i]);
	mounts_free(&mounts);
}

/* --- a function ------------------------------------------------------------------------------ */

void function_use_read(const struct function *f, struct function_use *use)
{
	const struct surroundings *s = &f->surroundings;

	*use = (struct function_use){ 0 };
	if (s->block.count)
		read_disks(use, &s->block);
	for (size_t i = 0; i < s->net.count; i++)
		read_net(use, s->net.items[i]);
}

void function_use_free(struct function_use *use)
{
	free(use->uses);
	*use = (struct function_use){ 0 };
}

void use_text(const struct use *use, char text[USE_TEXT_SIZE])
{
	static const char *const words[USE_KINDS] = {
		[USE_NET_UP] = "is up",
		[USE_NET_ADDRESS] = "has the address ",
		[USE_NET_MASTER] = "is a part of ",
		[USE_NET_UPPER] = "is below ",
		[USE_BLOCK_MOUNT] = "is mounted at ",
		[USE_BLOCK_SWAP] = "has swap space",
		[USE_BLOCK_HOLD] = "is held by ",
	};

	snprintf(text, USE_TEXT_SIZE, "%s %s%s", use->device, words[use->kind], use->by);
}
