/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The list of functions: plugging, finding, removing.
 */
#include "zpci/firmware/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/event.h>

#include "zpci/util/log.h"

struct zpci_function *zpci_list_slot(struct zpci_firmware *firmware, unsigned index)
{
	if (index >= atomic_load_explicit(&firmware->slots_used, memory_order_acquire))
		return NULL;
	return atomic_load_explicit(&firmware->slots[index], memory_order_acquire);
}

struct zpci_function *zpci_list_find_handle(struct zpci_firmware *firmware, uint32_t handle)
{
	if ((handle & ZPCI_HANDLE_HYPERVISOR) != ZPCI_HANDLE_OURS)
		return NULL;
	return zpci_list_slot(firmware, handle & ZPCI_HANDLE_INDEX);
}

struct zpci_function *zpci_list_lock_handle(struct zpci_firmware *firmware, uint32_t handle)
{
	struct zpci_function *function = zpci_list_find_handle(firmware, handle);

	if (!function || atomic_load(&function->handle) != handle)
		return NULL;
	zpci_function_lock(function);
	if (atomic_load(&function->handle) == handle &&
	    zpci_function_state(function) != ZPCI_STATE_RESERVED)
		return function;
	zpci_function_unlock(function);
	return NULL;
}

struct zpci_function *zpci_list_find_fid(struct zpci_firmware *firmware, uint32_t fid)
{
	struct zpci_function *function;

	for (unsigned i = 0; (function = zpci_list_slot(firmware, i)); i++)
		if (zpci_function_state(function) != ZPCI_STATE_RESERVED && function->fid == fid)
			return function;
	return NULL;
}

bool zpci_firmware_owns(const struct zpci_firmware *firmware, uint32_t handle)
{
	(void)firmware;
	return (handle & ZPCI_HANDLE_HYPERVISOR) == ZPCI_HANDLE_OURS;
}

static int refuse(struct zpci_firmware *firmware, int rc, uint32_t fid, const char *why)
{
	zpci_log(&firmware->logger, ZPCI_LOG_ERROR, "function %08x: %s", fid, why);
	return rc;
}

static int check_against(struct zpci_firmware *firmware,
			 const struct zpci_function_options *options,
			 const struct zpci_function *other)
{
	if (other->fid == options->fid)
		return refuse(firmware, -EEXIST, options->fid,
			      "this FID is taken; give each function its own");
	if ((other->uid & 0xffff) == (options->uid & 0xffff))
		return refuse(firmware, -EEXIST, options->fid,
			      "the low 16 bits of its UID are taken; they name the PCI domain");
	if (other->pchid != zpci_adapter_pchid(options->adapter))
		return 0;
	if (other->adapter != options->adapter)
		return refuse(firmware, -EEXIST, options->fid,
			      "the PCHID of its adapter is taken by another adapter");
	if (other->publish_rid != options->publish_rid)
		return refuse(firmware, -EINVAL, options->fid,
			      "publish the routing ID for all functions of an adapter or for none");
	return 0;
}

static int check_options(struct zpci_firmware *firmware,
			 const struct zpci_function_options *options)
{
	struct zpci_function *other;
	int rc;

	if (options->size != sizeof(*options) || !options->adapter)
		return refuse(firmware, -EINVAL, options->fid,
			      "options of another size or without an adapter");
	if (!(options->uid & 0xffff))
		return refuse(firmware, -EINVAL, options->fid,
			      "the low 16 bits of its UID are 0; the guest needs a PCI domain");
	if (options->vf == 0 && options->profile.publish_vfn)
		return refuse(firmware, -EINVAL, options->fid,
			      "a PF has no VF number to publish; use profile plain");
	if (firmware->functions == ZPCI_FUNCTIONS_MAX)
		return refuse(firmware, -ENOSPC, options->fid,
			      "there are 4096 functions already; remove one");
	if (atomic_load(&firmware->slots_used) == ZPCI_SLOTS)
		return refuse(firmware, -ENOSPC, options->fid,
			      "65536 functions have come and gone; restart the virtual machine");
	for (unsigned i = 0; (other = zpci_list_slot(firmware, i)); i++) {
		if (zpci_function_state(other) == ZPCI_STATE_RESERVED)
			continue;
		rc = check_against(firmware, options, other);
		if (rc)
			return rc;
	}
	return 0;
}

static void warn_unannounced(struct zpci_firmware *firmware, const struct zpci_function *function)
{
	const struct zpci_profile *profile = &function->view.profile;

	if (profile->command_memory != ZPCI_COMMAND_MEMORY_ABSENT || zpci_function_vfn(function))
		return;
	zpci_log(&firmware->logger, ZPCI_LOG_WARNING,
		 "function %08x: its Command register has no Memory bit and vfn 0 hides that from "
		 "the guest; publish vfn or emulate the bit",
		 function->fid);
}

static int plug(struct zpci_firmware *firmware, const struct zpci_function_options *options)
{
	unsigned index = atomic_load(&firmware->slots_used);
	struct zpci_function *function = malloc(sizeof(*function));
	int rc;

	if (!function)
		return -ENOMEM;
	rc = zpci_function_init(function, &firmware->parent, &zpci_group_software, index);
	if (rc) {
		free(function);
		return rc;
	}
	zpci_function_lock(function);
	rc = zpci_function_plug(function, options);
	zpci_function_unlock(function);
	if (rc) {
		zpci_function_fini(function);
		free(function);
		return rc;
	}
	warn_unannounced(firmware, function);
	atomic_store_explicit(&firmware->slots[index], function, memory_order_release);
	atomic_store_explicit(&firmware->slots_used, index + 1, memory_order_release);
	firmware->functions++;
	return 0;
}

int zpci_firmware_add(struct zpci_firmware *firmware, const struct zpci_function_options *options)
{
	int rc;

	pthread_mutex_lock(&firmware->list_lock);
	rc = check_options(firmware, options);
	if (!rc) {
		rc = plug(firmware, options);
		if (rc)
			zpci_log(&firmware->logger, ZPCI_LOG_ERROR,
				 "function %08x: VF %u of the adapter with PCHID %04x: %s",
				 options->fid, options->vf, zpci_adapter_pchid(options->adapter),
				 strerror(-rc));
	}
	pthread_mutex_unlock(&firmware->list_lock);
	return rc;
}

int zpci_firmware_announce(struct zpci_firmware *firmware, uint32_t fid)
{
	struct zpci_function *function = zpci_list_find_fid(firmware, fid);

	if (!function)
		return refuse(firmware, -ENOENT, fid, "there is no such function to announce");
	zpci_events_post(firmware, function,
			 zpci_function_state(function) == ZPCI_STATE_STANDBY ? ZPCI_PEC_STANDBY
									     : ZPCI_PEC_CONFIGURED,
			 0);
	return 0;
}

int zpci_firmware_remove(struct zpci_firmware *firmware, uint32_t fid)
{
	struct zpci_function *function;

	pthread_mutex_lock(&firmware->list_lock);
	function = zpci_list_find_fid(firmware, fid);
	if (function) {
		zpci_function_lock(function);
		zpci_function_unplug(function);
		zpci_function_unlock(function);
		firmware->functions--;
		zpci_events_post(firmware, function, ZPCI_PEC_DECONFIGURED, 0);
	}
	pthread_mutex_unlock(&firmware->list_lock);
	return function ? 0 : refuse(firmware, -ENOENT, fid, "there is no such function to remove");
}

int zpci_firmware_inject_error(struct zpci_firmware *firmware, uint32_t fid, uint16_t pec)
{
	struct zpci_function *function = zpci_list_find_fid(firmware, fid);

	if (!function)
		return refuse(firmware, -ENOENT, fid,
			      "there is no such function to put into error");
	if (zpci_function_state(function) != ZPCI_STATE_ENABLED)
		return refuse(firmware, -EINVAL, fid, "it is not enabled, so no error can happen");
	zpci_function_fail(function, pec, 0);
	return 0;
}

static void describe(struct zpci_function *function, struct zpci_function_info *info)
{
	const struct zpci_profile *profile = &function->view.profile;

	info->fid = function->fid;
	info->uid = function->uid;
	info->handle = atomic_load(&function->handle);
	info->pchid = function->pchid;
	info->vfn = zpci_function_vfn(function);
	info->vf = (uint16_t)function->vf;
	info->rid = function->identity.devfn;
	info->rid_published = function->publish_rid;
	info->group = function->group->id;
	info->vendor = zpci_function_vendor(function);
	info->device = zpci_function_device(function);
	info->state = zpci_function_state(function);
	info->model = function->model->name;
	info->profile = *profile;
	info->command_memory = profile->command_memory != ZPCI_COMMAND_MEMORY_ABSENT;
	info->no_command_memory = zpci_function_vfn(function) != 0;
	memcpy(info->bars, function->identity.bars, sizeof(info->bars));
}

int zpci_firmware_info(struct zpci_firmware *firmware, uint32_t fid,
		       struct zpci_function_info *info)
{
	struct zpci_function_info full = { .size = info->size };
	struct zpci_function *function = zpci_list_find_fid(firmware, fid);

	if (!function)
		return -ENOENT;
	describe(function, &full);
	memcpy(info, &full, info->size < sizeof(full) ? info->size : sizeof(full));
	return 0;
}

int zpci_firmware_fid(struct zpci_firmware *firmware, unsigned index, uint32_t *fid)
{
	struct zpci_function *function;

	for (unsigned i = 0; (function = zpci_list_slot(firmware, i)); i++) {
		if (zpci_function_state(function) == ZPCI_STATE_RESERVED || index--)
			continue;
		*fid = function->fid;
		return 0;
	}
	return -ENOENT;
}
