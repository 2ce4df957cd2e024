// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * iommufd.c - see iommufd.h
 *
 * The order is that of Linux Documentation/driver-api/vfio.rst: open the function's character
 * device, bind it to an iommufd, and attach it to an I/O address space, which then holds the
 * mappings. The kernel needs CONFIG_IOMMUFD and CONFIG_VFIO_DEVICE_CDEV, Linux 6.6 or later.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "iommufd.h"
#include "zpci/inspect/base/clock.h"
#include "zpci/inventory/sysfs.h"
#include "zpci/inspect/kernel/event.h"
#include "zpci/inspect/kernel/log.h"

#define PAGE 4096u

/* Linux include/uapi/linux/iommufd.h and vfio.h, which the headers of Debian 12 do not have. All
 * have one type, and their numbers are from 100 on (VFIO) and from 0x80 on (iommufd). */
#define VFIO_BIND _IO(';', 100 + 18)
#define VFIO_ATTACH _IO(';', 100 + 19)
#define IOAS_ALLOC _IO(';', 0x81)
#define IOAS_MAP _IO(';', 0x85)
#define IOAS_UNMAP _IO(';', 0x86)

#define MAP_FIXED_IOVA 1u
#define MAP_WRITEABLE 2u
#define MAP_READABLE 4u

struct vfio_bind {
	uint32_t size;
	uint32_t flags;
	int32_t iommufd;
	uint32_t device_id;
};

struct vfio_attach {
	uint32_t size;
	uint32_t flags;
	uint32_t ioas_id;
};

struct ioas_alloc {
	uint32_t size;
	uint32_t flags;
	uint32_t ioas_id;
};

struct ioas_map {
	uint32_t size;
	uint32_t flags;
	uint32_t ioas_id;
	uint32_t reserved;
	uint64_t memory;
	uint64_t length;
	uint64_t iova;
};

struct ioas_unmap {
	uint32_t size;
	uint32_t ioas_id;
	uint64_t iova;
	uint64_t length;
};

struct iommufd {
	int fd;
	int device_fd;
	uint32_t ioas_id;
};

/* The character device of the function, from the name of its directory in sysfs. */
static int find_device(const char *address, char path[SYSFS_PATH_SIZE], struct problem *problem)
{
	struct dirent *entry;
	DIR *folder;
	int rc = -1;

	sysfs_device_path(path, address, "vfio-dev");
	folder = opendir(path);
	if (!folder)
		return problem_set(problem, "%s: %s", path, strerror(errno));
	while (rc && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, "vfio", 4) != 0)
			continue;
		snprintf(path, SYSFS_PATH_SIZE, "/dev/vfio/devices/%.32s", entry->d_name);
		rc = 0;
	}
	closedir(folder);
	return rc ? problem_set(problem, "%s: vfio has no device there", path) : 0;
}

static int open_path(const char *path, int *fd, struct problem *problem)
{
	*fd = open(path, O_RDWR | O_CLOEXEC);
	if (*fd >= 0)
		return 0;
	return problem_set(problem, "%s: %s%s", path, strerror(errno),
			   errno != ENOENT
				   ? ""
				   : " (kernel without CONFIG_IOMMUFD or CONFIG_VFIO_DEVICE_CDEV)");
}

static int attach(struct iommufd *i, struct problem *problem)
{
	struct vfio_bind bind = { .size = sizeof(bind), .iommufd = i->fd };
	struct ioas_alloc alloc = { .size = sizeof(alloc) };
	struct vfio_attach to = { .size = sizeof(to) };

	if (ioctl(i->device_fd, VFIO_BIND, &bind) < 0)
		return problem_set(problem, "VFIO_DEVICE_BIND_IOMMUFD: %s", strerror(errno));
	if (ioctl(i->fd, IOAS_ALLOC, &alloc) < 0)
		return problem_set(problem, "IOMMU_IOAS_ALLOC: %s", strerror(errno));
	to.ioas_id = i->ioas_id = alloc.ioas_id;
	if (ioctl(i->device_fd, VFIO_ATTACH, &to) < 0)
		return problem_set(problem, "VFIO_DEVICE_ATTACH_IOMMUFD_PT: %s", strerror(errno));
	return 0;
}

static int open_function(struct iommufd *i, const char *address, struct problem *problem)
{
	char path[SYSFS_PATH_SIZE];

	if (open_path("/dev/iommu", &i->fd, problem) || find_device(address, path, problem) ||
	    open_path(path, &i->device_fd, problem))
		return -1;
	return attach(i, problem);
}

/* Do an ioctl, or close @fd if @argument is NULL, and take the time. */
static void do_step(struct iommufd_step *step, int fd, unsigned long request, void *argument)
{
	uint64_t start = clock_microseconds();

	step->made = true;
	step->error = (argument ? ioctl(fd, request, argument) : close(fd)) < 0 ? errno : 0;
	step->microseconds = clock_microseconds() - start;
}

static void map_and_unmap(const struct iommufd *i, struct iommufd_trial *trial)
{
	void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct ioas_map map = {
		.size = sizeof(map),
		.flags = MAP_FIXED_IOVA | MAP_READABLE | MAP_WRITEABLE,
		.ioas_id = i->ioas_id,
		.memory = (uintptr_t)memory,
		.length = PAGE,
		.iova = trial->iova,
	};
	struct ioas_unmap unmap = {
		.size = sizeof(unmap),
		.ioas_id = i->ioas_id,
		.iova = trial->iova,
		.length = PAGE,
	};

	if (memory == MAP_FAILED) {
		problem_set(&trial->problem, "no memory for DMA: %s", strerror(errno));
		return;
	}
	do_step(&trial->map, i->fd, IOAS_MAP, &map);
	if (!trial->map.error)
		do_step(&trial->unmap, i->fd, IOAS_UNMAP, &unmap);
	munmap(memory, PAGE);
}

void iommufd_try(const char *address, uint32_t fid, struct iommufd_trial *trial)
{
	struct iommufd i = { .fd = -1, .device_fd = -1 };
	int log = klog_open(NULL);
	uint16_t pec;

	trial->log_read = log >= 0;
	if (open_function(&i, address, &trial->problem) == 0)
		map_and_unmap(&i, trial);
	if (i.device_fd >= 0)
		do_step(&trial->close, i.device_fd, 0, NULL);
	if (i.fd >= 0)
		close(i.fd);
	if (log >= 0) {
		trial->events = event_count_new(log, fid, &pec);
		close(log);
	}
}
