/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checks.h - the checks. Each adds its results to the report, under its own id. */
#ifndef ZPCI_TOOL_HOST_CHECK_CHECKS_H
#define ZPCI_TOOL_HOST_CHECK_CHECKS_H

#include "check.h"

/* platform.c: the function itself */
void check_address(struct check_report *report, const struct check_facts *facts);
void check_slot(struct check_report *report, const struct check_facts *facts);
void check_uid_checking(struct check_report *report, const struct check_facts *facts);
void check_type(struct check_report *report, const struct check_facts *facts);

/* driver.c: what has it now, and what will take it */
void check_group(struct check_report *report, const struct check_facts *facts);
void check_driver(struct check_report *report, const struct check_facts *facts);
void check_vfio(struct check_report *report, const struct check_facts *facts);

/* in_use.c */
void check_in_use(struct check_report *report, const struct check_facts *facts);

/* guest.c: libvirt's guests */
void check_guest_ref(struct check_report *report, const struct check_facts *facts);
void check_guest_ids(struct check_report *report, const struct check_facts *facts);
void check_id_map(struct check_report *report, const struct check_facts *facts);
void check_managed(struct check_report *report, const struct check_facts *facts);
void check_memlock(struct check_report *report, const struct check_facts *facts);

/* memory_bit.c: no-command-memory */
void check_command_memory(struct check_report *report, const struct check_facts *facts);

/* kvm.c */
void check_kvm(struct check_report *report, const struct check_facts *facts);

#endif
