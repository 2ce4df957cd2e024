/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_MESSAGE_H
#define ZPCI_TOOL_MESSAGE_H

/*
 * The tool itself failed: a wrong option, no QEMU, a guest that died. env(1) and timeout(1) use the
 * same value, and commands in the guest hardly ever do.
 */
#define TOOL_EXIT_FAILURE 125
/* The command took longer than --timeout allows; the value is that of timeout(1). */
#define TOOL_EXIT_TIMEOUT 124

/* One sentence to standard error, prefixed with the tool's name. */
void tool_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for what is no failure, such as which kernel is booted. */
void tool_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
