// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * adapter.c - adapters, and lending their functions.
 *
 * Theory of operation. An adapter is an object of a device model, with a channel ID and a count of
 * references. The caller that made it has one reference, and each function that is lent has one, so
 * an adapter lives until the last of its functions is given back. A function is lent to one
 * borrower at a time: it has a flag that is taken by an atomic exchange. There is no lock, so
 * firmwares of different virtual machines may borrow from one adapter at the same time.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/device.h>

#include "zpci/util/log.h"
#include "zpci/util/options.h"

struct zpci_adapter {
	atomic_uint references;
	struct zpci_model model; /* what an older one lacks is NULL */
	uint16_t pchid;
	unsigned vfs;
	struct zpci_named_logger logger;
	void *opaque; /* the model's */
	atomic_bool lent[1 + ZPCI_VFS_MAX];
};

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

/* The model may be the caller's own. If it lacked an operation, the first guest that touches the
 * device would crash the process. */
static bool take_model(struct zpci_model *model, const struct zpci_model *asked)
{
	return asked &&
	       !zpci_options_take(model, sizeof(*model), asked,
				  zpci_size_upto(struct zpci_model, resume), NULL, "") &&
	       valid_name(model->name) && model->help && model->create && model->destroy &&
	       model->open && model->close && model->config_read && model->config_write &&
	       model->bar_read && model->bar_write && model->reset && model->quiesce &&
	       model->resume && !model->dma_map == !model->dma_unmap;
}

/* Fills @new and @options with what was asked for; -EINVAL after a message. */
static int configure(struct zpci_adapter *new, const struct zpci_model *model, uint16_t pchid,
		     const struct zpci_adapter_options *asked, struct zpci_adapter_options *options)
{
	struct zpci_logger logger;

	if (asked->size >= zpci_size_upto(struct zpci_adapter_options, logger))
		new->logger.logger = asked->logger;
	snprintf(new->logger.name, sizeof(new->logger.name), "adapter 0x%04x", pchid);
	logger = zpci_named_logger(&new->logger);
	if (zpci_options_take(options, sizeof(*options), asked,
			      zpci_size_upto(struct zpci_adapter_options, logger),
			      &new->logger.logger, new->logger.name))
		return -EINVAL;
	if (!pchid) {
		zpci_log(&logger, ZPCI_LOG_ERROR, "0x0000 is no PCHID; choose 0x0001 to 0xffff");
		return -EINVAL;
	}
	if (!take_model(&new->model, model)) {
		zpci_log(&logger, ZPCI_LOG_ERROR,
			 "its model is unknown or incomplete; a model needs size, name, help and "
			 "all operations up to resume");
		return -EINVAL;
	}
	if (options->vfs > ZPCI_VFS_MAX) {
		zpci_log(&logger, ZPCI_LOG_ERROR, "it cannot have %u VFs; choose 0 to %u",
			 options->vfs, ZPCI_VFS_MAX);
		return -EINVAL;
	}
	new->pchid = pchid;
	new->vfs = options->vfs;
	options->logger = logger;
	return 0;
}

int zpci_adapter_create(const struct zpci_model *model, uint16_t pchid,
			const struct zpci_adapter_options *options, struct zpci_adapter **adapter)
{
	struct zpci_adapter_options none = { .size = sizeof(none) }, taken;
	struct zpci_adapter *new = calloc(1, sizeof(*new));
	int rc;

	if (!new)
		return -ENOMEM;
	atomic_init(&new->references, 1);
	rc = configure(new, model, pchid, options ? options : &none, &taken);
	if (!rc) {
		rc = new->model.create(&taken, &new->opaque);
		if (rc == -ENOMEM)
			zpci_log(&taken.logger, ZPCI_LOG_ERROR,
				 "no memory to make it; free some of the host's");
	}
	if (rc) {
		free(new);
		return rc;
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
	/* Release what this holder did; acquire what all others did, before destroy(). */
	if (atomic_fetch_sub_explicit(&adapter->references, 1, memory_order_acq_rel) != 1)
		return;
	adapter->model.destroy(adapter->opaque);
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
	return &adapter->model;
}

/* Messages go to the borrower's logger: the adapter may belong to another part of the program. */
int zpci_adapter_borrow(struct zpci_adapter *adapter, unsigned vf,
			const struct zpci_services *services, struct zpci_identity *identity,
			void **device)
{
	struct zpci_identity full = { .size = sizeof(full) };
	size_t size = identity->size < sizeof(full) ? identity->size : sizeof(full);
	int rc;

	if (vf > adapter->vfs) {
		zpci_log(&services->logger, ZPCI_LOG_ERROR,
			 "adapter 0x%04x has no VF %u; it has %u, counted from 1", adapter->pchid,
			 vf, adapter->vfs);
		return -EINVAL;
	}
	if (atomic_exchange(&adapter->lent[vf], true)) {
		zpci_log(&services->logger, ZPCI_LOG_ERROR,
			 "VF %u (0 is the PF) of adapter 0x%04x is lent already; take another one "
			 "or remove the function that has it",
			 vf, adapter->pchid);
		return -EBUSY;
	}
	rc = adapter->model.open(adapter->opaque, vf, services, &full, device);
	if (rc) {
		atomic_store(&adapter->lent[vf], false);
		return rc;
	}
	full.size = size;
	memcpy(identity, &full, size);
	zpci_adapter_ref(adapter);
	return 0;
}

void zpci_adapter_give_back(struct zpci_adapter *adapter, unsigned vf, void *device)
{
	adapter->model.close(device);
	atomic_store(&adapter->lent[vf], false);
	zpci_adapter_unref(adapter);
}
