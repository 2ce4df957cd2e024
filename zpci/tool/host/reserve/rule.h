/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule.h - udev rules that keep functions for guests, one file for each function.
 *
 * A file is ours if its name and its first line say so; all others are left alone.
 */
#ifndef ZPCI_TOOL_HOST_RULE_H
#define ZPCI_TOOL_HOST_RULE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "zpci/inventory/problem.h"

#define HOST_RULE_FOLDER "/etc/udev/rules.d"

enum host_rule {
	HOST_RULE_ABSENT,
	HOST_RULE_OURS,
	HOST_RULE_FOREIGN, /* a file of this name, which we did not write */
};

/* The path of the rule of a function; false if it is too long. */
bool host_rule_path(char path[PATH_MAX], const char *folder, uint32_t fid);
void host_rule_print(FILE *to, uint32_t fid);

/* Returns -1 with @problem if that cannot be told. */
int host_rule_look(const char *folder, uint32_t fid, enum host_rule *rule, struct problem *problem);
/* The file is complete or not there, whatever happens meanwhile. It replaces one of the name. */
int host_rule_write(const char *folder, uint32_t fid, struct problem *problem);
int host_rule_remove(const char *folder, uint32_t fid, struct problem *problem);

/* The FIDs of all rules that are ours, in their order; the caller frees @fids. */
int host_rule_list(const char *folder, uint32_t **fids, size_t *count, struct problem *problem);

#endif
