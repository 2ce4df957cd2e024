/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_ARCHIVE_H
#define ZPCI_TOOL_ARCHIVE_H

/*
 * Makes an initial RAM disk in memory: the file @base, and behind it an archive with @command as
 * /zpci/exec and @nonce as /zpci/nonce. Returns a file descriptor that a child inherits, or -1
 * after a message.
 */
int tool_archive_make(const char *base, const char *command, const char *nonce);

#endif
