/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * model.h - whether a model is complete.
 *
 * Internal to zpci/device.
 */
#ifndef ZPCI_DEVICE_MODEL_H
#define ZPCI_DEVICE_MODEL_H

#include <zpci/device.h>

/* Copies @asked, which may be NULL, to @model; what an older one lacks becomes NULL. Returns NULL,
 * or what it lacks, for the end of a sentence. */
const char *zpci_model_take(struct zpci_model *model, const struct zpci_model *asked);

#endif
