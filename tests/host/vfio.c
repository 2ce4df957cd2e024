// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * To be preloaded into QEMU: a VFIO that refuses a function, on a machine that has none. $VFIO says
 * how. What QEMU then says is its own.
 *
 *	busy		another process has the group open
 *	not-viable	a function of the group has a driver of the host
 *	no-device	the group has no such function
 *
 * Sources: drivers/vfio/group.c (vfio_group_fops_open, vfio_group_ioctl_get_status,
 * vfio_group_ioctl_get_device_fd), include/uapi/linux/vfio.h.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is(const char *how)
{
	const char *value = getenv("VFIO");

	return value && !strcmp(value, how);
}

static int open_path(const char *path, int flags, unsigned int mode)
{
	static const char groups[] = "/dev/vfio/";

	if (is("busy") && !strncmp(path, groups, strlen(groups)) && path[strlen(groups)] <= '9') {
		errno = EBUSY;
		return -1;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* The names that the C library has for it. */
#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		unsigned int mode = 0;                                                             \
		va_list arguments;                                                                 \
                                                                                                   \
		va_start(arguments, flags);                                                        \
		if (flags & (O_CREAT | O_TMPFILE))                                                 \
			mode = va_arg(arguments, unsigned int);                                    \
		va_end(arguments);                                                                 \
		return open_path(path, flags, mode);                                               \
	}

OPEN(open)
OPEN(open64)

static int get_info(struct vfio_iommu_type1_info *info)
{
	info->argsz = sizeof(*info);
	info->flags = VFIO_IOMMU_INFO_PGSIZES;
	info->iova_pgsizes = 4096;
	info->cap_offset = 0;
	return 0;
}

static int get_status(struct vfio_group_status *status)
{
	status->flags = is("not-viable") ? 0 : VFIO_GROUP_FLAGS_VIABLE;
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	switch (getenv("VFIO") ? request : 0) {
	case VFIO_GROUP_GET_STATUS:
		return get_status(argument);
	case VFIO_IOMMU_GET_INFO:
		return get_info(argument);
	case VFIO_CHECK_EXTENSION:
		return 1;
	case VFIO_GET_API_VERSION:
	case VFIO_GROUP_SET_CONTAINER:
	case VFIO_GROUP_UNSET_CONTAINER:
	case VFIO_SET_IOMMU:
		return 0;
	case VFIO_GROUP_GET_DEVICE_FD:
		errno = ENODEV;
		return -1;
	default:
		return (int)syscall(SYS_ioctl, fd, request, argument);
	}
}
