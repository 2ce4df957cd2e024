/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * adapter.c - adapters, and lending their functions.
 *
 * Theory of operation. An adapter is a device model's object with a channel ID and a count of
 * references. Whoever made it has one, and each function that is lent has one, so an adapter
 * lives until the last of its functions came back. A function is lent to one borrower at a
 * time: one flag per function, taken by an atomic exchange, and no lock, so that firmwares of
 * different virtual machines may borrow from one adapter at the same time.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <zpci/device.h>

#include "zpci/util/log.h"

struct zpci_adapter {
	atomic_uint references;
	const struct zpci_model *model;
	uint16_t pchid;
	unsigned vfs;
	struct zpci_logger logger;
	void *opaque; /* the model's */
	atomic_bool lent[1 + ZPCI_VFS_MAX];
};

/* Whether a structure that says it has @size bytes, of which this library knows @known, can be
 * taken: what is behind the known part must be zero, else its author meant something. */
static bool known_size(const void *structure, size_t size, size_t known)
{
	const unsigned char *byte = structure;

	if (size < known)
		return false;
	for (size_t i = known; i < size; i++) {
		if (byte[i])
			return false;
	}
	return true;
}

static bool valid_name(const char *name)
{
	if (!name || !*name)
		return false;
	for (; *name; name++) {
		if (!(*name >= 'a' && *name <= 'z') && !(*name >= '0' && *name <= '9'))
			return false;
	}
	return true;
}

/* A model may come from the caller; one without all operations would crash in the first guest
 * that touches it. */
static bool valid_model(const struct zpci_model *model)
{
	return model && known_size(model, model->size, sizeof(*model)) && valid_name(model->name) &&
	       model->help && model->create && model->destroy && model->open && model->close &&
	       model->config_read && model->config_write && model->bar_read && model->bar_write &&
	       model->reset && model->quiesce && model->resume;
}

static int check(const struct zpci_model *model, uint16_t pchid,
		 const struct zpci_adapter_options *options)
{
	const struct zpci_logger silent = { 0 };
	bool readable = known_size(options, options->size, sizeof(*options));
	const struct zpci_logger *logger = readable ? &options->logger : &silent;

	if (!readable)
		return -EINVAL;
	if (!pchid) {
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "An adapter cannot have PCHID 0; choose one from 0x1 to 0xffff.");
		return -EINVAL;
	}
	if (!valid_model(model)) {
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "The model of adapter 0x%04x is unknown or incomplete; one needs size, "
			 "name, help and all operations.",
			 pchid);
		return -EINVAL;
	}
	if (options->vfs > ZPCI_VFS_MAX) {
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "Adapter 0x%04x cannot have %u VFs; at most %u are allowed.", pchid,
			 options->vfs, ZPCI_VFS_MAX);
		return -EINVAL;
	}
	return 0;
}

int zpci_adapter_create(const struct zpci_model *model, uint16_t pchid,
			const struct zpci_adapter_options *options, struct zpci_adapter **adapter)
{
	const struct zpci_adapter_options none = { .size = sizeof(none) };
	struct zpci_adapter *new;
	int result;

	if (!options)
		options = &none;
	result = check(model, pchid, options);
	if (result)
		return result;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	atomic_init(&new->references, 1);
	new->model = model;
	new->pchid = pchid;
	new->vfs = options->vfs;
	new->logger = options->logger;
	result = model->create(options, &new->opaque);
	if (result) {
		free(new);
		return result;
	}
	*adapter = new;
	return 0;
}

struct zpci_adapter *zpci_adapter_ref(struct zpci_adapter *adapter)
{
	atomic_fetch_add_explicit(&adapter->references, 1, memory_order_relaxed);
	return adapter;
}

void zpci_adapter_unref(struct zpci_adapter *adapter)
{
	if (!adapter)
		return;
	/* Release: what this holder did; acquire: what all others did before destroy(). */
	if (atomic_fetch_sub_explicit(&adapter->references, 1, memory_order_acq_rel) != 1)
		return;
	adapter->model->destroy(adapter->opaque);
	free(adapter);
}

uint16_t zpci_adapter_pchid(const struct zpci_adapter *adapter)
{
	return adapter->pchid;
}

unsigned zpci_adapter_vfs(const struct zpci_adapter *adapter)
{
	return adapter->vfs;
}

const struct zpci_model *zpci_adapter_model(const struct zpci_adapter *adapter)
{
	return adapter->model;
}

int zpci_adapter_borrow(struct zpci_adapter *adapter, unsigned vf,
			const struct zpci_services *services, struct zpci_identity *identity,
			void **device)
{
	int result;

	if (vf > adapter->vfs) {
		zpci_log(&adapter->logger, ZPCI_LOG_ERROR,
			 "Adapter 0x%04x has no VF %u; it has %u VFs, counted from 1.",
			 adapter->pchid, vf, adapter->vfs);
		return -EINVAL;
	}
	if (atomic_exchange(&adapter->lent[vf], true)) {
		zpci_log(&adapter->logger, ZPCI_LOG_ERROR,
			 "VF %u (0 is the PF) of adapter 0x%04x is in use already; take another "
			 "one or remove the function that has it.",
			 vf, adapter->pchid);
		return -EBUSY;
	}
	result = adapter->model->open(adapter->opaque, vf, services, identity, device);
	if (result) {
		atomic_store(&adapter->lent[vf], false);
		return result;
	}
	zpci_adapter_ref(adapter);
	return 0;
}

void zpci_adapter_give_back(struct zpci_adapter *adapter, unsigned vf, void *device)
{
	adapter->model->close(device);
	atomic_store(&adapter->lent[vf], false);
	zpci_adapter_unref(adapter);
}
