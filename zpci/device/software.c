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
#include "zpci/util/options.h"

struct software_adapter {
	struct zpci_pci_description description;
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
	zpci_config_space_init_pf(space, &adapter->description, adapter->vfs);
	pf.config = space;
	rc = zpci_sriov_read(&pf, 0, &adapter->sriov);
	free(space);
	if (!rc)
		rc = zpci_sriov_identity(&adapter->sriov, adapter->vfs, &last);
	return rc ? refuse_vfs(adapter, logger, rc) : 0;
}

/* --- the description -------------------------------------------------------------------------- */

static bool bars_are_right(const struct zpci_bar *bars)
{
	for (unsigned i = 0; i < ZPCI_BARS; i++) {
		uint64_t size = bars[i].size;
		bool wide = bars[i].flags & ZPCI_BAR_64BIT;

		if (!size)
			continue;
		if (size < 4096 || size & (size - 1) ||
		    bars[i].flags & ~(uint32_t)(ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE) ||
		    (!wide && size > UINT32_MAX))
			return false;
		if (wide && (++i == ZPCI_BARS || bars[i].size))
			return false;
	}
	return true;
}

/* Whether @length bytes at @offset are in BAR @bar. */
static bool is_within(const struct zpci_bar *bars, unsigned bar, uint32_t offset, uint32_t length)
{
	return bar < ZPCI_BARS && offset % 8 == 0 && bars[bar].size >= length &&
	       offset <= bars[bar].size - length;
}

static bool msix_is_right(const struct zpci_msix_layout *msix, const struct zpci_bar *bars)
{
	uint64_t table_length, pba_length; /* behind 4 GiB their ends do not fit 32 bits */

	if (!msix->vectors)
		return true;
	if (msix->vectors > 2048)
		return false;
	table_length = 16ull * msix->vectors;
	pba_length = 8ull * ((msix->vectors + 63) / 64);
	return is_within(bars, msix->table_bar, msix->table, table_length) &&
	       is_within(bars, msix->pba_bar, msix->pba, pba_length) &&
	       (msix->table_bar != msix->pba_bar || msix->table + table_length <= msix->pba ||
		msix->pba + pba_length <= msix->table);
}

/* What is wrong with it; NULL: nothing. */
static const char *description_lacks(const struct zpci_pci_description *description, bool has_vfs)
{
	if (!bars_are_right(description->bars))
		return "a BAR";
	if (!msix_is_right(&description->msix, description->bars))
		return "the MSI-X table";
	if (has_vfs && !bars_are_right(description->vf_bars))
		return "a BAR of a VF";
	if (has_vfs && !msix_is_right(&description->msix, description->vf_bars))
		return "the MSI-X table of a VF";
	return NULL;
}

static int take_description(struct software_adapter *new,
			    const struct zpci_pci_description *description,
			    const struct zpci_adapter_options *options)
{
	const char *lack;

	if (zpci_options_take(&new->description, sizeof(new->description), description,
			      zpci_size_upto(struct zpci_pci_description, msix), &options->logger,
			      "its description"))
		return -EINVAL;
	lack = description_lacks(&new->description, options->vfs > 0);
	if (lack)
		zpci_log(&options->logger, ZPCI_LOG_ERROR,
			 "its model describes %s that cannot be; BARs have a power of two of at "
			 "least 0x1000 bytes, the table and the pending bits lie within one, at a "
			 "multiple of 8, and do not overlap",
			 lack);
	return lack ? -EINVAL : 0;
}

int zpci_software_create(const struct zpci_pci_description *description,
			 const struct zpci_adapter_options *options, void **adapter)
{
	struct software_adapter *new = calloc(1, sizeof(*new));
	int rc;

	if (!new)
		return -ENOMEM;
	new->vfs = options->vfs;
	rc = take_description(new, description, options);
	if (!rc)
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
	const struct zpci_pci_description *description = &adapter->description;

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
		zpci_config_space_init_vf(config, &adapter->description);
		zpci_sriov_identity(&adapter->sriov, vf, identity);
	} else {
		zpci_config_space_init_pf(config, &adapter->description, adapter->vfs);
		pf_identity(adapter, identity);
	}
}
