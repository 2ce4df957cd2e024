/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device.h - what sysfs says of a function that has a device there. */
#ifndef ZPCI_INVENTORY_DEVICE_H
#define ZPCI_INVENTORY_DEVICE_H

#include "function.h"

/* Fill @f, of which `pci` is valid, and nothing else. */
void device_read(struct function *f);

#endif
