/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_GUEST_PATH_H
#define ZPCI_TOOL_GUEST_PATH_H

/*
 * The path in HOST:GUEST of an option. @option is its name, and @spec its value, for messages.
 */

/*
 * Where GUEST begins in @text, which is cut there; NULL: it has none. A file can have a colon in
 * its name: if there is one of the whole name, that is meant.
 */
const char *tool_guest_path_take(char *text);

/* One slash between names, and one at the end. Allocated; NULL: no memory. */
char *tool_guest_path_tidy(const char *path);

/* Is it absolute, without . and .., and in one line? Returns 0, or -1 after a message. */
int tool_guest_path_check(const char *option, const char *spec, const char *path);

#endif
