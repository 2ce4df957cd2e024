// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads and stores of a function's BARs. The bytes of the MSI-X table and of the pending bits are
 * the function's own (msix.c), all others are the device's.
 */
#include "zpci/function/bar.h"

#include <errno.h>
#include <string.h>

#include "zpci/function/gate.h"
#include "zpci/function/msix.h"
#include "zpci/function/view.h"

static inline int device_access(struct zpci_function *function, unsigned bar, uint64_t offset,
				uint8_t *data, size_t length, bool write)
{
	const struct zpci_model *model = function->model;

	return write ? model->bar_write(function->device, bar, offset, data, length)
		     : model->bar_read(function->device, bar, offset, data, length);
}

/* A BAR access that may touch both the function's own MSI-X structures and the device, run by
 * run. @write tells the direction of @data. */
static int mixed_access(struct zpci_function *function, unsigned bar, uint64_t offset,
			uint8_t *data, size_t length, bool write)
{
	while (length) {
		bool own;
		size_t run = zpci_msix_run(function, bar, offset, length, &own);

		if (!own && device_access(function, bar, offset, data, run, write))
			return -EIO;
		if (own && write)
			zpci_msix_write(function, bar, offset, data, run);
		else if (own)
			zpci_msix_read(function, bar, offset, data, run);
		offset += run;
		data += run;
		length -= run;
	}
	return 0;
}

static inline int bar_access(struct zpci_function *function, unsigned bar, uint64_t offset,
			     uint8_t *data, size_t length, bool write)
{
	uint64_t size = zpci_view_has_bar(function, bar) ? function->identity.bars[bar].size : 0;
	int rc;

	if (offset >= size || length > size - offset)
		return -EIO;
	if (!zpci_gate_answers(function)) {
		if (!write)
			memset(data, 0xff, length);
		return 0;
	}
	rc = zpci_msix_has_bar(function, bar)
		     ? mixed_access(function, bar, offset, data, length, write)
		     : device_access(function, bar, offset, data, length, write);
	return rc ? -EIO : 0;
}

int zpci_bar_read(struct zpci_function *function, unsigned bar, uint64_t offset, void *data,
		  size_t length)
{
	return bar_access(function, bar, offset, data, length, false);
}

int zpci_bar_write(struct zpci_function *function, unsigned bar, uint64_t offset, const void *data,
		   size_t length)
{
	return bar_access(function, bar, offset, (uint8_t *)data, length, true);
}
