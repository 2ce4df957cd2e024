// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel_version.c - see kernel_version.h
 *
 * Linux 5.8 has the change that broke detached VFs ("vfio-pci: Invalidate mmaps and block MMIO
 * access on disabled memory", abafbc551fdd). Three changes of 5.10 mended it: "PCI/IOV: Mark VFs as
 * not implementing PCI_COMMAND_MEMORY" (12856e7acde4), "s390/pci: Mark all VFs as not implementing
 * PCI_COMMAND_MEMORY" (08b6e22b850c), "vfio/pci: Decouple PCI_COMMAND_MEMORY bit checks from
 * is_virtfn" (515ecd5368f1). All three are in 5.9.2 and 5.8.17. Of the older stable series, those
 * that got the first change have at most the other two of the three, as 5.4.73 has; 4.9.236 has
 * none.
 */
#include <stddef.h>
#include <stdio.h>

#include "kernel_version.h"

#define VERSION(major, minor, patch) ((major)*1000000u + (minor)*1000u + (patch))

/* 0: not a version. */
static unsigned int parse(const char *release)
{
	unsigned int major, minor, patch = 0;

	if (!release || sscanf(release, "%3u.%3u.%3u", &major, &minor, &patch) < 2)
		return 0;
	return VERSION(major, minor, patch);
}

enum memory_bit_rule memory_bit_rule(const char *release)
{
	unsigned int version = parse(release);

	if (!version)
		return RULE_UNKNOWN;
	if (version < VERSION(5, 8, 0))
		return RULE_NONE;
	if (version < VERSION(5, 8, 17))
		return RULE_WRONG;
	if (version >= VERSION(5, 9, 0) && version < VERSION(5, 9, 2))
		return RULE_WRONG;
	return RULE_RIGHT;
}

bool vfio_passes_clp(const char *release)
{
	return parse(release) >= VERSION(5, 10, 0);
}
