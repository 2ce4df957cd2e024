// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * function.c - see function.h
 *
 * The order is that of Linux Documentation/driver-api/vfio.rst: open a container, put the
 * function's IOMMU group into it, choose the type 1 IOMMU, open the device from the group. Each
 * function gets a container of its own, so that functions do not share DMA addresses.
 *
 * An answer with a list of capabilities says how long it is: we ask once for the length, and again
 * with enough room.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <linux/vfio_zdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zpci/bytes.h>

#include "function.h"

#define INFO_MAX 65536u
#define PAGE 4096u
#define MAX_EVENTS 64

/* The capability @id in the answer @info of @size bytes, whose list starts at @offset; NULL if
 * there is none of at least @needed bytes. */
static const void *find_capability(const void *info, size_t size, uint32_t offset, uint16_t id,
				   size_t needed)
{
	for (int i = 0; i < 64 && offset; i++) {
		struct vfio_info_cap_header header;

		if (offset > size || size - offset < sizeof(header))
			return NULL;
		memcpy(&header, (const char *)info + offset, sizeof(header));
		if (header.id == id)
			return size - offset >= needed ? (const char *)info + offset : NULL;
		offset = header.next;
	}
	return NULL;
}

/* Do an ioctl whose argument starts with argsz, and repeat it with as much room as it asks for. The
 * caller frees the answer; NULL with errno. */
static void *ask(int fd, unsigned long request, size_t size)
{
	uint32_t argsz = (uint32_t)size;

	for (;;) {
		uint32_t *info = calloc(1, argsz);
		uint32_t have = argsz;

		if (!info)
			return NULL;
		info[0] = argsz;
		if (ioctl(fd, request, info) < 0) {
			free(info);
			return NULL;
		}
		if (info[0] <= have)
			return info;
		argsz = info[0];
		free(info);
		if (argsz > INFO_MAX) {
			errno = E2BIG;
			return NULL;
		}
	}
}

static int open_group(struct vfio_function *f, struct problem *problem)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[SYSFS_PATH_SIZE], group[32];

	if (!sysfs_read_link(f->address, "iommu_group", group, sizeof(group)))
		return problem_set(problem, "%s has no IOMMU group", f->address);
	snprintf(path, sizeof(path), "/dev/vfio/%s", group);
	f->group_fd = open(path, O_RDWR | O_CLOEXEC);
	if (f->group_fd < 0)
		return problem_set(problem, "%s: %s%s", path, strerror(errno),
				   errno == EBUSY ? " (another program has it open)" : "");
	if (ioctl(f->group_fd, VFIO_GROUP_GET_STATUS, &status) < 0)
		return problem_set(problem, "%s: status: %s", path, strerror(errno));
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return problem_set(problem,
				   "%s: not viable: another function of the IOMMU group "
				   "has a driver that is not vfio-pci",
				   path);
	return 0;
}

static int open_container(struct vfio_function *f, struct problem *problem)
{
	f->container_fd = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (f->container_fd < 0)
		return problem_set(problem, "/dev/vfio/vfio: %s%s", strerror(errno),
				   errno == ENOENT ? " (module vfio is not loaded)" : "");
	if (ioctl(f->container_fd, VFIO_GET_API_VERSION) != VFIO_API_VERSION)
		return problem_set(problem, "/dev/vfio/vfio: unknown version of the interface");
	if (ioctl(f->group_fd, VFIO_GROUP_SET_CONTAINER, &f->container_fd) < 0)
		return problem_set(problem, "%s: VFIO container: %s", f->address, strerror(errno));
	if (ioctl(f->container_fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
		return problem_set(problem, "%s: VFIO type 1 IOMMU: %s (module vfio_iommu_type1?)",
				   f->address, strerror(errno));
	return 0;
}

/* What vfio says of the region @index. */
static int read_area(const struct vfio_function *f, uint32_t index, struct vfio_area *area,
		     struct problem *problem)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	if (ioctl(f->device_fd, VFIO_DEVICE_GET_REGION_INFO, &info) < 0)
		return problem_set(problem, "%s: VFIO region %u: %s", f->address, index,
				   strerror(errno));
	*area = (struct vfio_area){ info.size, info.offset, info.flags };
	return 0;
}

static void read_zpci_base(struct vfio_function *f)
{
	struct vfio_device_info *info = ask(f->device_fd, VFIO_DEVICE_GET_INFO, sizeof(*info));
	const struct vfio_device_info_cap_zpci_base *cap;

	if (!info)
		return;
	cap = !(info->flags & VFIO_DEVICE_FLAGS_CAPS)
		      ? NULL
		      : find_capability(info, info->argsz, info->cap_offset,
					VFIO_DEVICE_INFO_CAP_ZPCI_BASE,
					offsetof(struct vfio_device_info_cap_zpci_base, fh));
	if (cap) {
		f->zpci = (struct vfio_zpci_base){
			.present = true,
			.start_dma = cap->start_dma,
			.end_dma = cap->end_dma,
			.pchid = cap->pchid,
			.vfn = cap->vfn,
			.fmb_length = cap->fmb_length,
			.pft = cap->pft,
			.gid = cap->gid,
		};
		if (cap->header.version >= 2) {
			f->zpci.handle_present = true;
			f->zpci.handle = cap->fh;
		}
	}
	free(info);
}

static int read_areas(struct vfio_function *f, struct problem *problem)
{
	struct vfio_irq_info irq = { .argsz = sizeof(irq), .index = VFIO_PCI_MSIX_IRQ_INDEX };

	if (read_area(f, VFIO_PCI_CONFIG_REGION_INDEX, &f->config, problem))
		return -1;
	for (uint32_t i = 0; i < VFIO_BARS; i++) {
		if (read_area(f, VFIO_PCI_BAR0_REGION_INDEX + i, &f->bars[i], problem))
			return -1;
	}
	if (ioctl(f->device_fd, VFIO_DEVICE_GET_IRQ_INFO, &irq) == 0)
		f->msix_vectors = irq.count;
	return 0;
}

int vfio_open(struct vfio_function *f, const char *address, struct problem *problem)
{
	memset(f, 0, sizeof(*f));
	f->container_fd = f->group_fd = f->device_fd = -1;
	snprintf(f->address, sizeof(f->address), "%s", address);
	if (open_group(f, problem) || open_container(f, problem))
		return -1;
	f->device_fd = ioctl(f->group_fd, VFIO_GROUP_GET_DEVICE_FD, address);
	if (f->device_fd < 0)
		return problem_set(problem, "%s: open through VFIO: %s", address, strerror(errno));
	read_zpci_base(f);
	return read_areas(f, problem);
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void vfio_close(struct vfio_function *f)
{
	close_one(&f->device_fd);
	close_one(&f->group_fd);
	close_one(&f->container_fd);
}

/* The errno value of a read or write of @size bytes that returned @n. */
static int access_error(ssize_t n, size_t size)
{
	if (n == (ssize_t)size)
		return 0;
	return n < 0 ? errno : ENODATA;
}

int vfio_read_bytes(const struct vfio_function *f, const struct vfio_area *area, uint64_t offset,
		    void *bytes, size_t size)
{
	return access_error(pread(f->device_fd, bytes, size, (off_t)(area->offset + offset)), size);
}

int vfio_read(const struct vfio_function *f, const struct vfio_area *area, uint64_t offset,
	      size_t size, uint64_t *value)
{
	uint8_t bytes[8];
	int error = vfio_read_bytes(f, area, offset, bytes, size);

	if (!error)
		*value = zpci_get_le(bytes, size);
	return error;
}

int vfio_write(const struct vfio_function *f, const struct vfio_area *area, uint64_t offset,
	       size_t size, uint64_t value)
{
	uint8_t bytes[8];

	zpci_put_le(bytes, size, value);
	return access_error(pwrite(f->device_fd, bytes, size, (off_t)(area->offset + offset)),
			    size);
}

int vfio_try_mmap(const struct vfio_function *f, const struct vfio_area *area)
{
	void *p = mmap(NULL, area->size, PROT_READ | PROT_WRITE, MAP_SHARED, f->device_fd,
		       (off_t)area->offset);

	if (p == MAP_FAILED)
		return errno;
	munmap(p, area->size);
	return 0;
}

/* Connect the interrupts 0 to @count - 1 of the kind @index with @events; @count 0 disconnects all.
 * Returns 0, a negative errno value, or as a positive number how many the kernel has. */
static int set_irqs(const struct vfio_function *f, uint32_t index, const int *events,
		    uint32_t count)
{
	union {
		struct vfio_irq_set set;
		uint8_t bytes[sizeof(struct vfio_irq_set) + MAX_EVENTS * sizeof(int)];
	} u;
	size_t size = sizeof(u.set) + count * sizeof(int);
	int rc;

	if (count > MAX_EVENTS)
		return -EINVAL;
	memset(&u, 0, sizeof(u));
	u.set.argsz = (uint32_t)size;
	u.set.flags = VFIO_IRQ_SET_ACTION_TRIGGER |
		      (count ? VFIO_IRQ_SET_DATA_EVENTFD : VFIO_IRQ_SET_DATA_NONE);
	u.set.index = index;
	u.set.count = count;
	if (count)
		memcpy(u.bytes + sizeof(u.set), events, count * sizeof(int));
	rc = ioctl(f->device_fd, VFIO_DEVICE_SET_IRQS, &u.set);
	return rc < 0 ? -errno : rc;
}

int vfio_set_msix(const struct vfio_function *f, const int *events, uint32_t *count)
{
	int rc = set_irqs(f, VFIO_PCI_MSIX_IRQ_INDEX, events, *count);

	if (rc > 0) {
		*count = (uint32_t)rc;
		return ENOSPC;
	}
	return -rc;
}

/* -1 as descriptor disconnects it; an empty set would trigger it. */
int vfio_set_error(const struct vfio_function *f, int event)
{
	return -set_irqs(f, VFIO_PCI_ERR_IRQ_INDEX, &event, 1);
}

int vfio_reset(const struct vfio_function *f)
{
	return ioctl(f->device_fd, VFIO_DEVICE_RESET) < 0 ? errno : 0;
}

/* The first range of at least @size bytes in the kernel's list; false if there is none. */
static bool range_in_list(const struct vfio_iommu_type1_info *info, uint64_t size, uint64_t *iova)
{
	const struct vfio_iommu_type1_info_cap_iova_range *list;
	const char *end = (const char *)info + info->argsz;

	if (!(info->flags & VFIO_IOMMU_INFO_CAPS))
		return false;
	list = find_capability(info, info->argsz, info->cap_offset,
			       VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE, sizeof(*list));
	if (!list || list->nr_iovas > (size_t)(end - (const char *)list->iova_ranges) /
					      sizeof(list->iova_ranges[0]))
		return false;
	for (uint32_t i = 0; i < list->nr_iovas; i++) {
		uint64_t start = (list->iova_ranges[i].start + PAGE - 1) & ~(uint64_t)(PAGE - 1);

		/* `end` is the last address, and a range can have all of 64 bits. */
		if (list->iova_ranges[i].end > start &&
		    list->iova_ranges[i].end - start >= size - 1) {
			*iova = start;
			return true;
		}
	}
	return false;
}

int vfio_find_iova(const struct vfio_function *f, uint64_t size, uint64_t *iova)
{
	struct vfio_iommu_type1_info *info =
		ask(f->container_fd, VFIO_IOMMU_GET_INFO, sizeof(*info));
	bool found;

	if (!info)
		return errno;
	found = range_in_list(info, size, iova);
	free(info);
	if (!found && f->zpci.present && f->zpci.end_dma > f->zpci.start_dma &&
	    f->zpci.end_dma - f->zpci.start_dma >= size - 1) {
		*iova = f->zpci.start_dma;
		found = true;
	}
	return found ? 0 : ENOSPC;
}

static int map(const struct vfio_function *f, void *memory, uint64_t iova, uint64_t size,
	       uint32_t flags)
{
	struct vfio_iommu_type1_dma_map request = {
		.argsz = sizeof(request),
		.flags = flags,
		.vaddr = (uintptr_t)memory,
		.iova = iova,
		.size = size,
	};

	return ioctl(f->container_fd, VFIO_IOMMU_MAP_DMA, &request) < 0 ? errno : 0;
}

int vfio_map(const struct vfio_function *f, void *memory, uint64_t iova, uint64_t size)
{
	return map(f, memory, iova, size, VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
}

int vfio_map_read_only(const struct vfio_function *f, void *memory, uint64_t iova, uint64_t size)
{
	return map(f, memory, iova, size, VFIO_DMA_MAP_FLAG_READ);
}

int vfio_unmap(const struct vfio_function *f, uint64_t iova, uint64_t size)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = iova,
		.size = size,
	};

	return ioctl(f->container_fd, VFIO_IOMMU_UNMAP_DMA, &unmap) < 0 ? errno : 0;
}
