// SPDX-License-Identifier: GPL-2.0-or-later
/* hostdev.c - see hostdev.h */
#include <stdio.h>

#include "zpci/tool/host/host.h"
#include "hostdev.h"

void hostdev_print(char xml[HOSTDEV_SIZE], const struct pci_address *source,
		   const struct guest_ids *ids)
{
	snprintf(xml, HOSTDEV_SIZE,
		 "<hostdev mode='subsystem' type='pci' managed='yes'>\n"
		 "  <source>\n"
		 "    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n"
		 "  </source>\n"
		 "  <address type='pci'>\n"
		 "    <zpci uid='0x%04x' fid='0x%08x'/>\n"
		 "  </address>\n"
		 "</hostdev>\n",
		 source->domain, source->bus, source->devfn >> 3, source->devfn & 7u, ids->uid,
		 ids->fid);
}

int hostdev_check_address(const struct function *function, struct problem *problem)
{
	char name[HOST_NAME_SIZE];

	host_name(function, name);
	if (function->has_device)
		return 0;
	return problem_set(problem,
			   "%s is in standby, so that libvirt cannot name it; configure it first: "
			   "echo 1 >/sys/bus/pci/slots/%08x/power",
			   name, (uint32_t)function->items[ITEM_FID].value);
}
