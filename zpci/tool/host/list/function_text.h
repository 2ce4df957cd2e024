/* SPDX-License-Identifier: GPL-2.0-or-later */
/* function_text.h - what commands of `zpci host' print of a function for a person. */
#ifndef ZPCI_TOOL_HOST_FUNCTION_TEXT_H
#define ZPCI_TOOL_HOST_FUNCTION_TEXT_H

#include "zpci/inventory/inventory.h"
#include "zpci/inventory/use.h"

/* These texts are allocated; NULL: out of memory. "-" is nothing, "?" could not be read. */

/* "PF (2/8 VFs)", "VF linked (0120:00:00.0)". */
char *host_kind_text(const struct function *f);
char *host_override_text(const struct function *f);
/* Network devices, disks and InfiniBand devices: "eno200,mlx5_0". */
char *host_devices_text(const struct function *f);
/* The names, separated by @separator. */
char *host_names_text(const struct names *names, const char *separator);
/* "eno200 is up, eno200 has the address 10.1.2.3/24". */
char *host_use_text(const struct function_use *use);

#endif
