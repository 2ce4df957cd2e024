/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusal.h - why a function is not given to a guest, for commands that then do nothing. */
#ifndef ZPCI_TOOL_HOST_CHECK_REFUSAL_H
#define ZPCI_TOOL_HOST_CHECK_REFUSAL_H

#include "result.h"
#include "zpci/inventory/function.h"

/* Prints a message for each failure in @report on @f, with the command that mends it. Returns how
 * many there are. */
size_t check_refuse(const struct check_report *report, const struct function *f);

#endif
