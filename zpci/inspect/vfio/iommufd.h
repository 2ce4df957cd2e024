/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iommufd.h - maps a DMA address through iommufd.
 *
 * The type 1 IOMMU of VFIO, which all else here uses, refuses addresses outside of the aperture.
 * iommufd lets some of them pass, so that the firmware gets to see them.
 */
#ifndef INSPECT_VFIO_IOMMUFD_H
#define INSPECT_VFIO_IOMMUFD_H

#include <stdbool.h>
#include <stdint.h>

#include "zpci/inventory/problem.h"

#define IOMMUFD_MAX_TRIALS 8

/* One call into the kernel. */
struct iommufd_step {
	bool made;
	int error; /* errno value; 0: it worked */
	uint64_t microseconds;
};

/* Map one page, unmap it, and close the function. */
struct iommufd_trial {
	uint64_t iova;
	struct problem problem; /* why it could not be tried; "" if it was */
	struct iommufd_step map;
	struct iommufd_step unmap;
	struct iommufd_step close; /* which resets the function */
	bool log_read;
	uint32_t events; /* error events of the function in the kernel log, valid if log_read */
};

/* Try trial->iova with the function @fid at @address, which is bound to vfio-pci and not open. */
void iommufd_try(const char *address, uint32_t fid, struct iommufd_trial *trial);

#endif
