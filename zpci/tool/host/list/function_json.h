/* SPDX-License-Identifier: GPL-2.0-or-later */
/* function_json.h - functions as JSON, schema zpci-host/1, which zpci-host-list(1) describes. */
#ifndef ZPCI_TOOL_HOST_FUNCTION_JSON_H
#define ZPCI_TOOL_HOST_FUNCTION_JSON_H

#include "users.h"
#include "zpci/inventory/inventory.h"
#include "zpci/inventory/use.h"
#include "zpci/util/json.h"

/* The ID @item as a string, and as a number in KEY_number; both null if it is not known. */
void host_id_json(struct json *j, const struct function *f, enum item_name name);
void host_names_json(struct json *j, const char *key, const struct names *names);
/* The whole text: @functions, of @inventory, with their @uses and @users. */
void host_functions_json(FILE *out, const struct inventory *inventory,
			 const struct function *functions, const struct function_use *uses,
			 size_t count, const struct users *users);
/* "vf-detached"; NULL: unknown. */
const char *host_kind_word(const struct function *f);

#endif
