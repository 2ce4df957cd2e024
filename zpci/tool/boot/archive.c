// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a command gets into the guest.
 *
 * An initial RAM disk can be several archives in a row, compressed or not, each at a multiple of
 * four bytes. Linux ignores zero bytes between them (the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst). So the command comes in a small
 * archive in the `newc` format behind the guest's own, and needs no device, no file system and no
 * quoting.
 *
 * The result is a memfd, which QEMU opens as /proc/self/fd/N. So no file is left behind,
 * however the tool ends.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "zpci/tool/message.h"

#define MODE_FOLDER 040755u
#define MODE_FILE 0100644u

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

/*
 * One member: a header of a magic number and 13 numbers of eight hexadecimal digits, the
 * name with its zero byte, the data; name and data are padded to four bytes.
 */
static int add_member(int fd, unsigned int inode, unsigned int mode, const char *name,
		      const char *data, size_t length)
{
	size_t name_size = strlen(name) + 1;
	char header[6 + 13 * 8 + 1];

	snprintf(header, sizeof(header),
		 "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", inode, mode, 0u, 0u,
		 1u, 0u, (unsigned int)length, 0u, 0u, 0u, 0u, (unsigned int)name_size, 0u);
	if (write_all(fd, header, sizeof(header) - 1) || write_all(fd, name, name_size) ||
	    align(fd))
		return -1;
	return write_all(fd, data, length) || align(fd) ? -1 : 0;
}

static int add_members(int fd, const char *command, const char *nonce)
{
	if (align(fd) || add_member(fd, 1, MODE_FOLDER, "zpci", "", 0) ||
	    add_member(fd, 2, MODE_FILE, "zpci/exec", command, strlen(command)) ||
	    add_member(fd, 3, MODE_FILE, "zpci/nonce", nonce, strlen(nonce)))
		return -1;
	return add_member(fd, 0, 0, "TRAILER!!!", "", 0);
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

int tool_archive_make(const char *base, const char *command, const char *nonce)
{
	int from, to;

	from = open(base, O_RDONLY | O_CLOEXEC);
	if (from < 0) {
		tool_error("initial RAM disk %s: %s", base, strerror(errno));
		return -1;
	}
	to = memfd_create("zpci-initrd", 0);
	if (to < 0 || copy_file(to, from) || add_members(to, command, nonce)) {
		tool_error("cannot prepare the initial RAM disk %s: %s", base, strerror(errno));
		if (to >= 0)
			close(to);
		to = -1;
	}
	close(from);
	return to;
}
