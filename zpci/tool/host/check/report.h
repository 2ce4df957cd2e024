/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - prints what checks have found, for a reader or for a program; zpci-host-check(1). */
#ifndef ZPCI_TOOL_HOST_CHECK_REPORT_H
#define ZPCI_TOOL_HOST_CHECK_REPORT_H

#include <stdio.h>

#include "check.h"

void check_report_text(FILE *to, const struct check_report *report,
		       const struct check_facts *facts);
void check_report_json(FILE *to, const struct check_report *report,
		       const struct check_facts *facts);

#endif
