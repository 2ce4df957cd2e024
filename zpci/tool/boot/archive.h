/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_ARCHIVE_H
#define ZPCI_TOOL_ARCHIVE_H

/*
 * An initial RAM disk that lives in memory alone: the file `base`, and behind it an archive
 * with /zpci/exec and /zpci/nonce.
 *
 * Returns a file descriptor that a child inherits, or -1 after a message.
 */
int tool_archive_make(const char *base, const char *command, const char *nonce);

#endif
