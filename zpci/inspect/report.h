/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - the inventory as text and as JSON. */
#ifndef INSPECT_REPORT_H
#define INSPECT_REPORT_H

#include "missing.h"
#include "zpci/inspect/kernel/kernel.h"
#include "zpci/inventory/inventory.h"
#include "zpci/util/json.h"

void report_inventory(FILE *out, const struct inventory *inventory);

/* Write the members "kernel", "clp" and "functions" into the object that is open. */
void report_inventory_json(struct json *j, const struct inventory *inventory,
			   const struct kernel *kernel, const struct missing *missing);

/* Whether any item of any function that is printed is not known. */
bool report_incomplete(const struct inventory *inventory);

#endif
