/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * models.h - the models that are built in, one line each.
 *
 * Internal to zpci/device; models.c lists them.
 */
#ifndef ZPCI_DEVICE_MODELS_H
#define ZPCI_DEVICE_MODELS_H

#include <zpci/device.h>

extern const struct zpci_model zpci_null_model;
extern const struct zpci_model zpci_probe_model;
extern const struct zpci_model zpci_replica_model;

#endif
