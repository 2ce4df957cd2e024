/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * function.h - a function opened through vfio-pci: configuration space, BARs, interrupts, DMA.
 *
 * An access that is refused is a result and no problem: it returns a positive errno value, or 0.
 */
#ifndef INSPECT_VFIO_FUNCTION_H
#define INSPECT_VFIO_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zpci/inventory/problem.h"
#include "zpci/inventory/sysfs.h"

#define VFIO_BARS 6

struct vfio_area {
	uint64_t size; /* 0: does not exist */
	uint64_t offset;
	uint32_t flags;
};

/* What the kernel says of the zPCI function (VFIO_DEVICE_INFO_CAP_ZPCI_BASE). */
struct vfio_zpci_base {
	bool present;
	uint64_t start_dma;
	uint64_t end_dma;
	uint16_t pchid;
	uint16_t vfn;
	uint16_t fmb_length;
	uint8_t pft;
	uint8_t gid;
	bool handle_present; /* from version 2 of the capability on */
	uint32_t handle;
};

struct vfio_function {
	char address[PCI_ADDRESS_SIZE];
	int container_fd;
	int group_fd;
	int device_fd;
	struct vfio_area config;
	struct vfio_area bars[VFIO_BARS];
	uint32_t msix_vectors;
	struct vfio_zpci_base zpci;
};

/* Open a function that is bound to vfio-pci. Call vfio_close() even if this failed. */
int vfio_open(struct vfio_function *f, const char *address, struct problem *problem);
void vfio_close(struct vfio_function *f);

/* The little-endian value of @size bytes (1, 2, 4 or 8) at @offset of an area. */
int vfio_read(const struct vfio_function *f, const struct vfio_area *area, uint64_t offset,
	      size_t size, uint64_t *value);
int vfio_write(const struct vfio_function *f, const struct vfio_area *area, uint64_t offset,
	       size_t size, uint64_t value);
int vfio_read_bytes(const struct vfio_function *f, const struct vfio_area *area, uint64_t offset,
		    void *bytes, size_t size);

/* Try to map a BAR into this process, and unmap it. */
int vfio_try_mmap(const struct vfio_function *f, const struct vfio_area *area);

/* Connect MSI-X vectors 0 to *@count - 1 with event descriptors; *@count 0 disconnects all. ENOSPC:
 * the kernel has only so many as *@count says then. */
int vfio_set_msix(const struct vfio_function *f, const int *events, uint32_t *count);

/* Connect @event with vfio's error interrupt, which comes when the kernel gets an error event of
 * the function; -1 disconnects. */
int vfio_set_error(const struct vfio_function *f, int event);
int vfio_reset(const struct vfio_function *f);

/* Find a DMA address at which @size bytes can be mapped. */
int vfio_find_iova(const struct vfio_function *f, uint64_t size, uint64_t *iova);
int vfio_map(const struct vfio_function *f, void *memory, uint64_t iova, uint64_t size);
/* The device may read this memory and not write it. */
int vfio_map_read_only(const struct vfio_function *f, void *memory, uint64_t iova, uint64_t size);
int vfio_unmap(const struct vfio_function *f, uint64_t iova, uint64_t size);

#endif
