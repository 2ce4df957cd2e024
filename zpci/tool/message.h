/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_MESSAGE_H
#define ZPCI_TOOL_MESSAGE_H

/*
 * What the tool itself could not do: a wrong option, no QEMU, a guest that died. As with
 * env(1) and timeout(1), so that the status of a command in the guest stays recognisable.
 */
#define TOOL_EXIT_FAILURE 125
/* The command took longer than --timeout allows; the value is that of timeout(1). */
#define TOOL_EXIT_TIMEOUT 124

/* One sentence to standard error, prefixed with the tool's name. */
void tool_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
