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

#include "zpci/device/described.h"
#include "zpci/device/model.h"
#include "zpci/device/software.h"
#include "zpci/util/log.h"
#include "zpci/util/options.h"

struct zpci_adapter {
	atomic_uint references;
	struct zpci_model own;	 /* the model; what an older one lacks is NULL */
	struct zpci_model model; /* what functions call: the same, or described.c before it */
	uint16_t pchid;
	unsigned vfs;
	struct zpci_named_logger logger;
	void *opaque;	/* the model's */
	void *software; /* if the model has describe: zpci_software_create() */
	atomic_bool lent[1 + ZPCI_VFS_MAX];
};

/* Fills @new and @options with what was asked for; -EINVAL after a message. */
static int configure(struct zpci_adapter *new, const struct zpci_model *model, uint16_t pchid,
		     const struct zpci_adapter_options *asked, struct zpci_adapter_options *options)
{
	struct zpci_logger logger;
	const char *lack;

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
	lack = zpci_model_take(&new->own, model);
	if (lack) {
		zpci_log(&logger, ZPCI_LOG_ERROR,
			 "its model is unknown or incomplete: %s; zpci_device.h(3) says what a "
			 "model needs",
			 lack);
		return -EINVAL;
	}
	new->model = new->own;
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

/* What a described adapter needs besides. */
static int learn_description(struct zpci_adapter *new, const struct zpci_adapter_options *options)
{
	const struct zpci_pci_description *description = new->own.describe(new->opaque);
	int rc;

	if (!description) {
		zpci_log(&options->logger, ZPCI_LOG_ERROR,
			 "its model %s describes nothing; describe() must return a description",
			 new->own.name);
		return -EINVAL;
	}
	rc = zpci_software_create(description, options, &new->software);
	if (!rc)
		zpci_described_wrap(&new->model);
	return rc;
}

static int make(struct zpci_adapter *new, const struct zpci_adapter_options *options)
{
	int rc = new->own.create(options, &new->opaque);

	if (rc || !new->own.describe)
		return rc;
	rc = learn_description(new, options);
	if (rc)
		new->own.destroy(new->opaque);
	return rc;
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
		rc = make(new, &taken);
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
	adapter->own.destroy(adapter->opaque);
	zpci_software_destroy(adapter->software);
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
	rc = adapter->software ? zpci_described_open(&adapter->own, adapter->opaque,
						     adapter->software, vf, services, &full, device)
			       : adapter->own.open(adapter->opaque, vf, services, &full, device);
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
