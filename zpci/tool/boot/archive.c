// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a command, modules and files get into the guest.
 *
 * An initial RAM disk can be several archives in a row, compressed or not, each at a multiple of
 * four bytes. Linux ignores zero bytes between them (the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst). So they come in an archive
 * in the `newc` format behind the guest's own, and need no device, no file system and no quoting.
 *
 * The result is a memfd, which QEMU opens as /proc/self/fd/N. So no file is left behind,
 * however the tool ends.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "zpci/tool/message.h"

#define MODE_FOLDER 040755u
#define MODE_FILE 0100000u
#define MODE_LINK 0120777u

static int write_all(int fd, const void *data, size_t length)
{
	const char *from = data;
	ssize_t done;

	while (length) {
		done = write(fd, from, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		from += done;
		length -= done;
	}
	return 0;
}

/* Zero bytes up to the next multiple of four of the position in the file. */
static int align(int fd)
{
	off_t position = lseek(fd, 0, SEEK_CUR);

	if (position < 0)
		return -1;
	return write_all(fd, "\0\0\0", -position & 3);
}

static void fail(struct tool_archive *archive)
{
	if (!archive->failed)
		tool_error("cannot prepare the initial RAM disk %s: %s", archive->base,
			   strerror(errno));
	archive->failed = true;
}

/*
 * The beginning of a member: a header of a magic number and 13 numbers of eight hexadecimal digits,
 * then the name with its zero byte. Name and data are padded to four bytes.
 */
static int write_header(int fd, unsigned int inode, unsigned int mode, const char *name,
			size_t length)
{
	size_t name_size = strlen(name) + 1;
	char header[6 + 13 * 8 + 1];

	snprintf(header, sizeof(header),
		 "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", inode, mode, 0u, 0u,
		 1u, 0u, (unsigned int)length, 0u, 0u, 0u, 0u, (unsigned int)name_size, 0u);
	return write_all(fd, header, sizeof(header) - 1) || write_all(fd, name, name_size) ||
			       align(fd)
		       ? -1
		       : 0;
}

static void begin_member(struct tool_archive *archive, unsigned int mode, const char *name,
			 size_t length)
{
	if (length > UINT32_MAX)
		errno = EFBIG;
	else if (!write_header(archive->fd, archive->inode++, mode, name, length))
		return;
	fail(archive);
}

static int copy_file(int to, int from)
{
	char buffer[65536];
	ssize_t length;

	for (;;) {
		length = read(from, buffer, sizeof(buffer));
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			return length ? -1 : 0;
		if (write_all(to, buffer, length))
			return -1;
	}
}

void tool_archive_begin(struct tool_archive *archive, const char *base)
{
	int from = open(base, O_RDONLY | O_CLOEXEC);

	*archive = (struct tool_archive){ .base = base, .fd = -1, .inode = 1 };
	if (from < 0) {
		tool_error("initial RAM disk %s: %s", base, strerror(errno));
		archive->failed = true;
		return;
	}
	archive->fd = memfd_create("zpci-initrd", 0);
	if (archive->fd < 0 || copy_file(archive->fd, from) || align(archive->fd))
		fail(archive);
	close(from);
}

void tool_archive_folder(struct tool_archive *archive, const char *name)
{
	if (!archive->failed)
		begin_member(archive, MODE_FOLDER, name, 0);
}

static void add(struct tool_archive *archive, unsigned int mode, const char *name, const void *data,
		size_t length)
{
	if (!archive->failed)
		begin_member(archive, mode, name, length);
	if (!archive->failed && (write_all(archive->fd, data, length) || align(archive->fd)))
		fail(archive);
}

void tool_archive_data(struct tool_archive *archive, const char *name, unsigned int permissions,
		       const void *data, size_t length)
{
	add(archive, MODE_FILE | permissions, name, data, length);
}

void tool_archive_link(struct tool_archive *archive, const char *name, const char *target,
		       size_t length)
{
	add(archive, MODE_LINK, name, target, length);
}

void tool_archive_text(struct tool_archive *archive, const char *name, unsigned int permissions,
		       const char *text)
{
	tool_archive_data(archive, name, permissions, text, strlen(text));
}

/*
 * The header says the length before the data come. A file that changes in the meantime must not
 * make the members behind it unreadable.
 */
void tool_archive_file(struct tool_archive *archive, const char *name, unsigned int permissions,
		       int from)
{
	struct stat status;
	off_t begin;

	if (archive->failed)
		return;
	if (fstat(from, &status) || lseek(from, 0, SEEK_SET)) {
		fail(archive);
		return;
	}
	begin_member(archive, MODE_FILE | permissions, name, status.st_size);
	if (archive->failed)
		return;
	begin = lseek(archive->fd, 0, SEEK_CUR);
	if (copy_file(archive->fd, from)) {
		fail(archive);
	} else if (!status.st_size && lseek(archive->fd, 0, SEEK_CUR) != begin) {
		tool_error("%s has no size before it is read, as what is in /proc: copy it to a "
			   "file here, and name that one",
			   name);
		archive->failed = true;
	} else if (lseek(archive->fd, 0, SEEK_CUR) - begin != status.st_size) {
		tool_error("%s changed while it was copied into the initial RAM disk; try again",
			   name);
		archive->failed = true;
	} else if (align(archive->fd)) {
		fail(archive);
	}
}

int tool_archive_end(struct tool_archive *archive)
{
	if (!archive->failed && write_header(archive->fd, 0, 0, "TRAILER!!!", 0))
		fail(archive);
	if (!archive->failed)
		return archive->fd;
	if (archive->fd >= 0)
		close(archive->fd);
	archive->fd = -1;
	return -1;
}
