// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * replica_description.c - takes the description of a replica's functions, and checks it.
 *
 * A description is as hostile as a configuration file from a bug report. After this file, a device
 * can use its bytes without a check: the lists of capabilities end and stay inside, BARs have sizes
 * that PCI knows, the MSI-X table and the pending bits lie in BARs, and each function has a routing
 * ID of its own. A message names the function by its VF number.
 */
#include "zpci/device/replica_description.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#include "zpci/util/log.h"
#include "zpci/util/options.h"

#define BAR_SIZE_MIN 4096

static_assert(ZPCI_REGISTERS_SIZE == ZPCI_CONFIG_SIZE, "size of a config space");

struct checker {
	const struct zpci_logger *logger;
	const struct zpci_replica_function *asked;
	struct zpci_replica_own *own;
};

__attribute__((format(printf, 2, 3))) static int refuse(const struct checker *checker,
							const char *format, ...)
{
	char why[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	zpci_log(checker->logger, ZPCI_LOG_ERROR, "replica of VF %u (0 is the PF): %s",
		 checker->asked->vf, why);
	return -EINVAL;
}

static uint32_t get(const struct checker *checker, unsigned offset, unsigned length)
{
	return (uint32_t)zpci_get_le(checker->own->initial + offset, length);
}

/* --- config space ----------------------------------------------------------------------------- */

/* The registers of BARs at @offset: type bits, and address bits above the size. Those of the
 * description decide, whatever the bytes said. */
static void put_bars(struct zpci_replica_own *own, unsigned offset, const struct zpci_bar *bars)
{
	for (unsigned i = 0; i < ZPCI_BARS; i++) {
		uint8_t *initial = own->initial + offset + 4 * i;
		uint8_t *writable = own->registers.writable + offset + 4 * i;
		uint64_t address = ~(bars[i].size - 1);

		if (!bars[i].size) {
			memset(initial, 0, 4);
			memset(writable, 0, 4);
			continue;
		}
		zpci_put_le(initial, 4, bars[i].flags);
		zpci_put_le(writable, 4, (uint32_t)address);
		if (!(bars[i].flags & ZPCI_BAR_64BIT))
			continue;
		i++;
		memset(initial + 4, 0, 4);
		zpci_put_le(writable + 4, 4, address >> 32);
	}
}

static int take_config(struct checker *checker)
{
	const struct zpci_replica_function *asked = checker->asked;
	struct zpci_replica_own *own = checker->own;
	char problem[ZPCI_REGISTERS_PROBLEM];
	uint32_t vendor_id;

	if (!asked->config || asked->config_length < PCI_STD_HEADER_SIZEOF ||
	    asked->config_length > ZPCI_CONFIG_SIZE)
		return refuse(checker, "its config space has %zu bytes; give %u to %u",
			      asked->config ? asked->config_length : 0, PCI_STD_HEADER_SIZEOF,
			      ZPCI_CONFIG_SIZE);
	memcpy(own->initial, asked->config, asked->config_length);
	vendor_id = get(checker, PCI_VENDOR_ID, 2);
	if (vendor_id == 0 || vendor_id == 0xffff)
		return refuse(checker,
			      "its vendor ID is 0x%04x, which means that there is no function; "
			      "give a vendor ID",
			      vendor_id);
	if (own->initial[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MASK)
		return refuse(checker,
			      "its header type is 0x%02x, a bridge; a function of this platform "
			      "has type 0x00",
			      own->initial[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MASK);
	if (!zpci_registers_learn(own->initial, asked->vf, &own->registers, problem))
		return refuse(checker, "%s; correct its config space", problem);
	for (unsigned i = 0; i < ZPCI_CONFIG_SIZE; i++)
		own->initial[i] &= (uint8_t)~own->registers.passing[i];
	put_bars(own, PCI_BASE_ADDRESS_0, asked->bars);
	if (own->registers.sriov)
		put_bars(own, own->registers.sriov + PCI_SRIOV_BAR, asked->vf_bars);
	return 0;
}

/* --- BARs ------------------------------------------------------------------------------------- */

static int check_bar(const struct checker *checker, const char *what, const struct zpci_bar *bars,
		     unsigned i)
{
	uint64_t size = bars[i].size;
	bool wide = bars[i].flags & ZPCI_BAR_64BIT;

	if (size < BAR_SIZE_MIN || size > ZPCI_REPLICA_BAR_MAX || size & (size - 1))
		return refuse(checker,
			      "%s %u has 0x%" PRIx64 " bytes; give a power of two from 0x%x to "
			      "0x%llx, or 0 for none",
			      what, i, size, BAR_SIZE_MIN, ZPCI_REPLICA_BAR_MAX);
	if (bars[i].flags & ~(ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE))
		return refuse(checker, "%s %u has flags 0x%" PRIx32 "; allowed are 0x%x and 0x%x",
			      what, i, bars[i].flags, ZPCI_BAR_64BIT, ZPCI_BAR_PREFETCHABLE);
	if (!wide && size > UINT32_MAX)
		return refuse(checker,
			      "%s %u has 0x%" PRIx64 " bytes and not 64 bits; make it 64bit", what,
			      i, size);
	if (wide && (i + 1 == ZPCI_BARS || bars[i + 1].size))
		return refuse(checker,
			      "%s %u has 64 bits and needs the register behind it; leave %s "
			      "%u empty",
			      what, i, what, i + 1);
	return 0;
}

static int check_bars(const struct checker *checker, const char *what, const struct zpci_bar *bars)
{
	int rc = 0;

	for (unsigned i = 0; i < ZPCI_BARS && !rc; i++)
		if (bars[i].size)
			rc = check_bar(checker, what, bars, i);
	return rc;
}

static int check_vf_bars(const struct checker *checker)
{
	const struct zpci_bar *bars = checker->asked->vf_bars;

	for (unsigned i = 0; i < ZPCI_BARS; i++)
		if (bars[i].size && !checker->own->registers.sriov)
			return refuse(checker,
				      "VF BAR %u has a size, but its config space has no SR-IOV "
				      "capability; leave VF BARs out",
				      i);
	return check_bars(checker, "VF BAR", bars);
}

static int check_inside(const struct checker *checker, const char *what, uint32_t place,
			uint64_t size)
{
	unsigned bar = place & PCI_MSIX_TABLE_BIR;
	uint32_t offset = place & PCI_MSIX_TABLE_OFFSET;
	uint64_t has = bar < ZPCI_BARS ? checker->asked->bars[bar].size : 0;

	if (offset <= has && size <= has - offset)
		return 0;
	return refuse(checker,
		      "the MSI-X %s lies at 0x%" PRIx32 " to 0x%" PRIx64 " of BAR %u, which has "
		      "0x%" PRIx64 " bytes; correct the BAR or the capability",
		      what, offset, offset + size - 1, bar, has);
}

static int check_msix(const struct checker *checker)
{
	unsigned at = checker->own->registers.msix, vectors;
	int rc;

	if (!at)
		return 0;
	vectors = (get(checker, at + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_QSIZE) + 1;
	rc = check_inside(checker, "table", get(checker, at + PCI_MSIX_TABLE, 4),
			  (uint64_t)vectors * PCI_MSIX_ENTRY_SIZE);
	return rc ? rc
		  : check_inside(checker, "pending bits", get(checker, at + PCI_MSIX_PBA, 4),
				 (vectors + 63) / 64 * 8);
}

/* --- functions -------------------------------------------------------------------------------- */

static int take_function(struct checker *checker)
{
	const struct zpci_replica_function *asked = checker->asked;
	struct zpci_replica_own *own = checker->own;
	int rc = check_bars(checker, "BAR", asked->bars);

	if (!rc)
		rc = take_config(checker);
	if (!rc)
		rc = check_vf_bars(checker);
	if (!rc)
		rc = check_msix(checker);
	own->vf = asked->vf;
	own->physical = asked->physical || own->registers.sriov;
	memcpy(own->bars, asked->bars, sizeof(own->bars));
	return rc;
}

/* Where a VF is by the SR-IOV capability of its PF (PCIe 5.0, 9.3.3.9), if that is known. */
static uint32_t place_of_vf(const struct zpci_replica_adapter *adapter, unsigned vf)
{
	const struct zpci_replica_own *pf = zpci_replica_find(adapter, 0);
	const uint8_t *capability;

	if (!pf || !pf->registers.sriov)
		return vf;
	capability = pf->initial + pf->registers.sriov;
	return pf->devfn + (uint32_t)zpci_get_le(capability + PCI_SRIOV_VF_OFFSET, 2) +
	       (uint32_t)zpci_get_le(capability + PCI_SRIOV_VF_STRIDE, 2) * (vf - 1);
}

static int place(struct checker *checker, const struct zpci_replica_adapter *adapter)
{
	const struct zpci_replica_function *asked = checker->asked;
	uint32_t devfn = asked->devfn;

	if (!asked->has_devfn)
		devfn = asked->vf ? place_of_vf(adapter, asked->vf) : 0;
	if (devfn > UINT8_MAX)
		return refuse(checker,
			      "its RID would be 0x%04" PRIx32
			      " by the SR-IOV capability of the PF, "
			      "at most 0x00ff is possible; give its devfn",
			      devfn);
	checker->own->devfn = (uint8_t)devfn;
	for (const struct zpci_replica_own *other = adapter->functions; other != checker->own;
	     other++)
		if (other->devfn == devfn)
			return refuse(checker,
				      "its devfn 0x%02" PRIx32 " is also that of VF %u; give each "
				      "its own",
				      devfn, other->vf);
	return 0;
}

/* Places come last: those of VFs depend on the PF. */
static int place_all(const struct zpci_logger *logger, const struct zpci_replica_function *asked,
		     struct zpci_replica_adapter *adapter)
{
	int rc = 0;

	/* The PF first, wherever it stands. */
	for (size_t i = 0; i < adapter->count; i++)
		if (!asked[i].vf)
			adapter->functions[i].devfn = asked[i].has_devfn ? asked[i].devfn : 0;
	for (size_t i = 0; i < adapter->count && !rc; i++)
		rc = place(&(struct checker){ logger, &asked[i], &adapter->functions[i] }, adapter);
	return rc;
}

static int take_options(const struct zpci_adapter_options *options,
			const struct zpci_replica_function *asked,
			struct zpci_replica_function *taken,
			const struct zpci_replica_adapter *before)
{
	struct checker checker = { .logger = &options->logger, .asked = taken };

	if (zpci_options_take(taken, sizeof(*taken), asked,
			      zpci_size_upto(struct zpci_replica_function, config_length),
			      &options->logger, "the description of a function"))
		return -EINVAL;
	if (taken->vf > options->vfs)
		return refuse(&checker, "the adapter has %u VFs; raise their number", options->vfs);
	if (zpci_replica_find(before, taken->vf))
		return refuse(&checker, "it is described twice; leave one out");
	return 0;
}

static int take_all(const struct zpci_adapter_options *options, const struct zpci_replica *replica,
		    struct zpci_replica_function *taken, struct zpci_replica_adapter *adapter)
{
	for (size_t i = 0; i < replica->count; i++) {
		struct checker checker = { &options->logger, &taken[i], &adapter->functions[i] };
		int rc = take_options(options, replica->functions[i], &taken[i], adapter);

		if (!rc)
			rc = take_function(&checker);
		if (rc)
			return rc;
		adapter->count++;
	}
	return place_all(&options->logger, taken, adapter);
}

int zpci_replica_take(const struct zpci_adapter_options *options,
		      struct zpci_replica_adapter **adapter)
{
	struct zpci_replica replica;
	struct zpci_replica_adapter *new;
	struct zpci_replica_function *taken;
	int rc = -ENOMEM;

	if (!options->description ||
	    ((const struct zpci_replica *)options->description)->size == 0) {
		zpci_log(&options->logger, ZPCI_LOG_ERROR,
			 "its model replica must be told what to be; give a description, struct "
			 "zpci_replica");
		return -EINVAL;
	}
	if (zpci_options_take(&replica, sizeof(replica), options->description,
			      zpci_size_upto(struct zpci_replica, count), &options->logger,
			      "the description of the replica"))
		return -EINVAL;
	if (replica.count > 1 + ZPCI_VFS_MAX) {
		zpci_log(&options->logger, ZPCI_LOG_ERROR,
			 "its description has %zu functions; at most %u are possible",
			 replica.count, 1 + ZPCI_VFS_MAX);
		return -EINVAL;
	}
	new = calloc(1, sizeof(*new) + replica.count * sizeof(new->functions[0]));
	taken = calloc(replica.count + 1, sizeof(*taken));
	if (taken && new)
		rc = take_all(options, &replica, taken, new);
	free(taken);
	if (rc)
		free(new);
	else
		*adapter = new;
	return rc;
}

const struct zpci_replica_own *zpci_replica_find(const struct zpci_replica_adapter *adapter,
						 unsigned vf)
{
	for (size_t i = 0; i < adapter->count; i++)
		if (adapter->functions[i].vf == vf)
			return &adapter->functions[i];
	return NULL;
}
