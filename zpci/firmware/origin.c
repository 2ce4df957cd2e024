// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * For programs that describe functions: what the device shows in config space, and where the bits
 * come from that the guest reads. No instruction comes here.
 */
#include "zpci/firmware/internal.h"

#include <errno.h>

#include "zpci/function/view.h"

/* The function @fid, locked; NULL, and @rc says why. */
static struct zpci_function *lock_fid(struct zpci_firmware *firmware, uint32_t fid, size_t offset,
				      size_t length, int *rc)
{
	struct zpci_function *function = zpci_list_lock_fid(firmware, fid);

	*rc = -ENOENT;
	if (!function)
		return NULL;
	*rc = -EINVAL;
	if (offset <= ZPCI_CONFIG_SIZE && length <= ZPCI_CONFIG_SIZE - offset)
		return function;
	zpci_function_unlock(function);
	return NULL;
}

int zpci_firmware_config_origin(struct zpci_firmware *firmware, uint32_t fid, size_t offset,
				struct zpci_config_origin *origin, size_t length)
{
	int rc;
	struct zpci_function *function = lock_fid(firmware, fid, offset, length, &rc);

	if (!function)
		return rc;
	for (size_t i = 0; i < length; i++)
		origin[i] = zpci_view_origin(function, (unsigned)(offset + i));
	zpci_function_unlock(function);
	return 0;
}

int zpci_firmware_device_config(struct zpci_firmware *firmware, uint32_t fid, size_t offset,
				void *data, size_t length)
{
	int rc;
	struct zpci_function *function = lock_fid(firmware, fid, offset, length, &rc);
	uint8_t *byte = data;

	if (!function)
		return rc;
	for (size_t i = 0; i < length; i++)
		function->model->config_read(function->device, (unsigned)(offset + i), byte + i, 1);
	zpci_function_unlock(function);
	return 0;
}
