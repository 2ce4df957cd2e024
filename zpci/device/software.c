// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * software.c - what the adapters of all software models have in common.
 *
 * The identity of a VF is not copied from the model's description. As with real hardware, it is
 * read from the SR-IOV capability of the PF, once, before a function can be borrowed. So if the
 * capability is wrong for a guest, it is wrong for us as well, and we notice.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "zpci/device/software.h"
#include "zpci/device/sriov.h"
#include "zpci/util/log.h"

struct software_adapter {
	const struct zpci_pci_description *description;
	unsigned vfs;
	struct zpci_sriov sriov; /* if there are VFs; constant after create */
};

static void config_read(void *config, unsigned offset, void *data, unsigned length)
{
	zpci_config_space_read(config, offset, data, length);
}

static void config_write(void *config, unsigned offset, const void *data, unsigned length)
{
	zpci_config_space_write(config, offset, data, length);
}

/* Says why there cannot be the VFs that the PF describes. */
static int refuse_vfs(const struct software_adapter *adapter, const struct zpci_logger *logger,
		      int why)
{
	if (why == -ERANGE)
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "VF %u would have RID 0x%04x, at most 0x00ff is possible; give the "
			 "adapter fewer VFs",
			 adapter->vfs, zpci_sriov_rid(&adapter->sriov, adapter->vfs));
	else
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "the SR-IOV capability of its PF is unusable; the model must describe VF "
			 "BARs of at least 0x1000 bytes, a power of two");
	return -EINVAL;
}

/* Reads what the PF says about VFs. If the last VF is possible, so are all: its devfn is the
 * highest. */
static int learn_vfs(struct software_adapter *adapter, const struct zpci_logger *logger)
{
	struct zpci_config_space *space;
	struct zpci_config_access pf = { .read = config_read, .write = config_write };
	struct zpci_identity last;
	int rc;

	if (!adapter->vfs)
		return 0;
	space = malloc(sizeof(*space));
	if (!space)
		return -ENOMEM;
	zpci_config_space_init_pf(space, adapter->description, adapter->vfs);
	pf.config = space;
	rc = zpci_sriov_read(&pf, 0, &adapter->sriov);
	free(space);
	if (!rc)
		rc = zpci_sriov_identity(&adapter->sriov, adapter->vfs, &last);
	return rc ? refuse_vfs(adapter, logger, rc) : 0;
}

int zpci_software_create(const struct zpci_pci_description *description,
			 const struct zpci_adapter_options *options, void **adapter)
{
	struct software_adapter *new = calloc(1, sizeof(*new));
	int rc;

	if (!new)
		return -ENOMEM;
	new->description = description;
	new->vfs = options->vfs;
	rc = learn_vfs(new, &options->logger);
	if (rc) {
		free(new);
		return rc;
	}
	*adapter = new;
	return 0;
}

void zpci_software_destroy(void *adapter)
{
	free(adapter);
}

static void pf_identity(const struct software_adapter *adapter, struct zpci_identity *identity)
{
	const struct zpci_pci_description *description = adapter->description;

	identity->kind = ZPCI_DEVICE_VIRTUALISED;
	identity->vendor_id = description->vendor_id;
	identity->device_id = description->device_id;
	identity->class_code = description->class_code;
	identity->revision = description->revision;
	memcpy(identity->bars, description->bars, sizeof(identity->bars));
	identity->vfn = 0;
	identity->devfn = 0;
	identity->sriov = adapter->vfs > 0;
}

void zpci_software_open(void *opaque, unsigned vf, struct zpci_config_space *config,
			struct zpci_identity *identity)
{
	const struct software_adapter *adapter = opaque;

	if (vf) {
		zpci_config_space_init_vf(config, adapter->description);
		zpci_sriov_identity(&adapter->sriov, vf, identity);
	} else {
		zpci_config_space_init_pf(config, adapter->description, adapter->vfs);
		pf_identity(adapter, identity);
	}
}
