/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_SUBCOMMAND_H
#define ZPCI_TOOL_SUBCOMMAND_H

#include "options.h"

/* The subcommands; main.c has the table of them. Each returns the exit status of the tool. */

/* run.c */
int tool_run(const struct tool_options *options);

/* inspect.c */
int tool_inspect(const struct tool_options *options);

/* describe/subcommand.c */
int tool_describe(const struct tool_options *options);

/* matrix/subcommand.c */
int tool_matrix(const struct tool_options *options);

/* ctl/subcommand.c */
#define TOOL_CTL_COMMANDS "list|show|add|remove|error|guests"
int tool_ctl(const struct tool_options *options);
/* lab.c */
int tool_lab(const struct tool_options *options);
/* kernel/config.c */
int tool_kernel_config(const struct tool_options *options);

/* kernel/build.c */
int tool_kernel_build(const struct tool_options *options);

/* host/domain.c */
int tool_host_domain(const struct tool_options *options);

/* host/list/list.c */
int tool_host_list(const struct tool_options *options);

/* host/list/show.c */
int tool_host_show(const struct tool_options *options);

/* host/watch/watch.c */
int tool_host_watch(const struct tool_options *options);

/* host/handover/attach.c */
int tool_host_attach(const struct tool_options *options);

/* host/handover/detach.c */
int tool_host_detach(const struct tool_options *options);

/* host/guests/guest_table.c */
int tool_host_guests(const struct tool_options *options);

/* host/handover/xml.c */
int tool_host_xml(const struct tool_options *options);

/* host/explain/explain.c */
int tool_host_explain(const struct tool_options *options);

/* host/check/subcommand.c */
int tool_host_check(const struct tool_options *options);

/* host/reserve/reserve.c */
int tool_host_reserve(const struct tool_options *options);
int tool_host_unreserve(const struct tool_options *options);

/* host/capture.c */
int tool_host_capture(const struct tool_options *options);

/* host/hook/subcommand.c */
int tool_host_hook(const struct tool_options *options);

#endif
