/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_xml.h - a part of a domain's XML. */
#ifndef ZPCI_TOOL_HOST_GUEST_XML_H
#define ZPCI_TOOL_HOST_GUEST_XML_H

#include "zpci/inventory/problem.h"
#include "zpci/inventory/sysfs.h"

/* The element of the domain in @text that has the host's function @source, as XML, for free().
 * *@xml is NULL if there is none. Returns 0, or -1 and the problem. */
int guest_xml_find_source(const char *text, const struct pci_address *source, char **xml,
			  struct problem *problem);

#endif
