/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kvm.h - between the hypervisor of kvm.c and whoever says which PCI functions it has. */
#ifndef KVM_EXAMPLE_H
#define KVM_EXAMPLE_H

#include <zpci/firmware.h>

/* Plugs all functions; 0, or an error of which @logger got a message. */
int plug_functions(struct zpci_firmware *firmware, const struct zpci_logger *logger);

#endif
