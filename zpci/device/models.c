// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * models.c - finding a device model by its name.
 *
 * A new model adds its line to models.h and to the list below.
 */
#include <string.h>

#include "zpci/device/models.h"

static const struct zpci_model *const models[] = {
	&zpci_null_model,
	&zpci_probe_model,
	&zpci_replica_model,
	NULL,
};

const struct zpci_model *zpci_model_get(unsigned index)
{
	return index < sizeof(models) / sizeof(models[0]) ? models[index] : NULL;
}

const struct zpci_model *zpci_model_find(const char *name)
{
	for (unsigned i = 0; models[i]; i++) {
		if (strcmp(models[i]->name, name) == 0)
			return models[i];
	}
	return NULL;
}
