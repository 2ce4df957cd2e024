/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * object.h - a device model from a shared object.
 */
#ifndef ZPCI_CONFIG_OBJECT_H
#define ZPCI_CONFIG_OBJECT_H

#include <zpci/device.h>

/* Bytes for the reason of a failure. */
#define CONFIG_WHY 512

/* Loads the shared object @path, an absolute name, and gives the model that it exports. It stays
 * loaded until the process ends; the same object again gives the same model. Returns 0, or -EINVAL
 * and in @why what is wrong with it and what to do. Nothing of it stays then. */
int config_object_load(const char *path, const struct zpci_model **model, char why[CONFIG_WHY]);

#endif
