// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * described.c - devices whose config space the library keeps.
 *
 * A model that has describe() says what its functions are, and the library does all that a config
 * space needs. In front of the model's device stands one of ours: it has the config space, and
 * hands everything else on. So the function in front of both calls one set of operations, whoever
 * keeps the config space.
 */
#include <errno.h>
#include <stdlib.h>

#include "zpci/device/described.h"
#include "zpci/device/software.h"

struct described {
	struct zpci_config_space config;
	const struct zpci_model *own; /* the model's own operations */
	void *device;		      /* their first argument */
};

static void described_close(void *opaque)
{
	struct described *described = opaque;

	described->own->close(described->device);
	free(described);
}

static void described_reset(void *opaque)
{
	struct described *described = opaque;

	zpci_config_space_reset(&described->config);
	described->own->reset(described->device);
}

static void described_config_read(void *opaque, unsigned offset, void *data, unsigned length)
{
	struct described *described = opaque;

	zpci_config_space_read(&described->config, offset, data, length);
}

static void described_config_write(void *opaque, unsigned offset, const void *data, unsigned length)
{
	struct described *described = opaque;

	if (zpci_config_space_write(&described->config, offset, data, length))
		described_reset(described);
}

static int described_bar_read(void *opaque, unsigned bar, uint64_t offset, void *data,
			      size_t length)
{
	struct described *described = opaque;

	return described->own->bar_read(described->device, bar, offset, data, length);
}

static int described_bar_write(void *opaque, unsigned bar, uint64_t offset, const void *data,
			       size_t length)
{
	struct described *described = opaque;

	return described->own->bar_write(described->device, bar, offset, data, length);
}

static void described_quiesce(void *opaque)
{
	struct described *described = opaque;

	described->own->quiesce(described->device);
}

static void described_resume(void *opaque)
{
	struct described *described = opaque;

	described->own->resume(described->device);
}

static int described_drain(void *opaque, bool wait)
{
	struct described *described = opaque;

	return described->own->drain(described->device, wait);
}

static int described_dma_map(void *opaque, const struct zpci_dma_mapping *mapping)
{
	struct described *described = opaque;

	return described->own->dma_map(described->device, mapping);
}

static void described_dma_unmap(void *opaque, uint64_t address, uint64_t length)
{
	struct described *described = opaque;

	described->own->dma_unmap(described->device, address, length);
}

void zpci_described_wrap(struct zpci_model *model)
{
	model->close = described_close;
	model->config_read = described_config_read;
	model->config_write = described_config_write;
	model->bar_read = described_bar_read;
	model->bar_write = described_bar_write;
	model->reset = described_reset;
	model->quiesce = described_quiesce;
	model->resume = described_resume;
	if (model->drain)
		model->drain = described_drain;
	if (model->dma_map) {
		model->dma_map = described_dma_map;
		model->dma_unmap = described_dma_unmap;
	}
}

int zpci_described_open(const struct zpci_model *own, void *adapter, void *software, unsigned vf,
			const struct zpci_services *services, struct zpci_identity *identity,
			void **device)
{
	struct described *new = malloc(sizeof(*new));
	int rc;

	if (!new)
		return -ENOMEM;
	new->own = own;
	zpci_software_open(software, vf, &new->config, identity);
	rc = own->open(adapter, vf, services, identity, &new->device);
	if (rc)
		free(new);
	else
		*device = new;
	return rc;
}
