/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - the inventory for people and as JSON. */
#ifndef INSPECT_REPORT_H
#define INSPECT_REPORT_H

#include "inventory.h"
#include "zpci/util/json.h"

void report_inventory(FILE *out, const struct inventory *inventory);

/* Writes the members "kernel", "clp" and "functions" into the open object. */
void report_inventory_json(struct json *j, const struct inventory *inventory,
			   const struct kernel *kernel);

#endif
