/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * archive.h - an initial RAM disk in memory: a file, and members behind it.
 *
 *	tool_archive_begin(&archive, base);
 *	tool_archive_folder(&archive, "zpci");
 *	tool_archive_text(&archive, "zpci/exec", 0644, command);
 *	fd = tool_archive_end(&archive);
 *
 * A member comes after the folders that it is in. A folder may exist already; its name must not be
 * that of a symbolic link in @base, which the kernel would replace. A file that exists already gets
 * the new contents. After the first failure, which prints a message, nothing more is added, and
 * tool_archive_end() returns -1. So a caller looks once, at the end.
 */
#ifndef ZPCI_TOOL_ARCHIVE_H
#define ZPCI_TOOL_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

struct tool_archive {
	const char *base; /* for messages */
	int fd;
	unsigned int inode; /* of the next member */
	bool failed;
};

/* Starts with the bytes of the file @base, which must exist as long as @archive is in use. */
void tool_archive_begin(struct tool_archive *archive, const char *base);
void tool_archive_folder(struct tool_archive *archive, const char *name);
void tool_archive_data(struct tool_archive *archive, const char *name, unsigned int permissions,
		       const void *data, size_t length);
/* The same for a string, without its zero byte. */
void tool_archive_text(struct tool_archive *archive, const char *name, unsigned int permissions,
		       const char *text);
/* A symbolic link to @target of @length bytes. */
void tool_archive_link(struct tool_archive *archive, const char *name, const char *target,
		       size_t length);
/* All of a regular file or memfd, which stays open. */
void tool_archive_file(struct tool_archive *archive, const char *name, unsigned int permissions,
		       int from);
/* Returns a file descriptor that a child inherits, or -1 if anything failed. */
int tool_archive_end(struct tool_archive *archive);

#endif
