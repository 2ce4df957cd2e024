/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The firmware of one virtual machine: making it, stopping it, resetting it.
 */
#include <zpci/firmware.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "zpci/firmware/internal.h"
#include "zpci/util/log.h"

/*
 * refresh is not published: software devices translate on each access, so that the guest need
 * not tell us of new translations. The aperture is what one region-third table spans, and the
 * only designation type published is that one; Linux takes larger apertures for a wish for
 * larger tables (reference 3.6, trap 29). The MSI address lies outside of the aperture.
 */
const struct zpci_group zpci_group_software = {
	.id = ZPCI_GROUP_SOFTWARE,
	.vectors = 2048,
	.store_block = ZPCI_STORE_BLOCK_MAX,
	.fmb_interval = 4000,
	.msi_address = 0xfe00000000000000ull,
	.dma_start = 0x0000000100000000ull,
	.dma_end = 0x000003ffffffffffull,
};

static bool ops_complete(const struct zpci_machine_ops *ops)
{
	return ops->get_register && ops->set_register && ops->get_psw_mask &&
	       ops->set_condition_code && ops->program_interruption && ops->read_logical &&
	       ops->write_logical && ops->read_real && ops->write_real && ops->read_absolute &&
	       ops->write_absolute && ops->or_absolute && ops->adapter_interruption &&
	       ops->channel_report && ops->events_fetched && ops->sclp_completion && ops->clock &&
	       ops->timer_create && ops->timer_set && ops->timer_cancel && ops->timer_destroy;
}

/* Bytes of options that we do not know must be 0: the caller asks for what we cannot do. */
static bool tail_is_zero(const struct zpci_firmware_options *options)
{
	const uint8_t *byte = (const uint8_t *)options;

	for (size_t i = sizeof(*options); i < options->size; i++)
		if (byte[i])
			return false;
	return options->size >= sizeof(*options);
}

static void function_error(void *opaque, struct zpci_function *function, uint16_t pec,
			   uint64_t address)
{
	zpci_events_post(opaque, function, pec, address);
}

static void connect(struct zpci_firmware *firmware, const struct zpci_machine_ops *ops,
		    void *machine, const struct zpci_firmware_options *options)
{
	memcpy(&firmware->ops, ops, ops->size < sizeof(*ops) ? ops->size : sizeof(*ops));
	firmware->machine = machine;
	if (options) {
		firmware->logger = options->logger;
		firmware->shared = options->shared;
	}
	firmware->parent = (struct zpci_function_parent){
		.machine_ops = firmware->ops,
		.machine = machine,
		.logger = firmware->logger,
		.error = function_error,
		.opaque = firmware,
	};
}

int zpci_firmware_create(const struct zpci_machine_ops *ops, void *machine,
			 const struct zpci_firmware_options *options,
			 struct zpci_firmware **firmware)
{
	struct zpci_firmware *created;
	int rc;

	if (options && !tail_is_zero(options))
		return -EINVAL;
	created = calloc(1, sizeof(*created));
	if (!created)
		return -ENOMEM;
	connect(created, ops, machine, options);
	if (!ops_complete(&created->ops)) {
		zpci_log(&created->logger, ZPCI_LOG_ERROR,
			 "machine %s lacks an operation; only host_address may be absent",
			 ops->name);
		free(created);
		return -EINVAL;
	}
	rc = zpci_events_init(created);
	if (rc) {
		free(created);
		return rc;
	}
	pthread_mutex_init(&created->list_lock, NULL);
	*firmware = created;
	return 0;
}

typedef void function_visitor(struct zpci_function *function);

/* Visits all functions that exist, locked, one at a time. */
static void for_each(struct zpci_firmware *firmware, function_visitor *visit)
{
	struct zpci_function *function;

	for (unsigned i = 0; (function = zpci_list_slot(firmware, i)); i++) {
		zpci_function_lock(function);
		if (zpci_function_state(function) != ZPCI_STATE_RESERVED)
			visit(function);
		zpci_function_unlock(function);
	}
}

static void quiesce(struct zpci_function *function)
{
	function->model->quiesce(function->device);
}

static void resume(struct zpci_function *function)
{
	function->model->resume(function->device);
}

/* Even a disabled function is reset: the guest may have used its config space before. */
static void reset(struct zpci_function *function)
{
	enum zpci_state state = zpci_function_state(function);
	uint32_t handle = atomic_load(&function->handle);

	if (state == ZPCI_STATE_STANDBY)
		return;
	zpci_function_disable(function);
	function->last_enabled = handle & ZPCI_HANDLE_ENABLED ? handle : 0;
}

void zpci_firmware_quiesce(struct zpci_firmware *firmware)
{
	for_each(firmware, quiesce);
}

void zpci_firmware_resume(struct zpci_firmware *firmware)
{
	for_each(firmware, resume);
}

void zpci_firmware_reset(struct zpci_firmware *firmware, enum zpci_reset kind)
{
	for_each(firmware, reset);
	zpci_events_drop(firmware, kind == ZPCI_RESET_SUBSYSTEM);
}

void zpci_firmware_destroy(struct zpci_firmware *firmware)
{
	unsigned used;

	if (!firmware)
		return;
	used = atomic_load(&firmware->slots_used);
	for (unsigned i = 0; i < used; i++) {
		struct zpci_function *function = atomic_load(&firmware->slots[i]);

		zpci_function_fini(function);
		free(function);
	}
	zpci_events_fini(firmware);
	pthread_mutex_destroy(&firmware->list_lock);
	free(firmware);
}
