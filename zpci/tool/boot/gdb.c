// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gdb.h"
#include "zpci/tool/message.h"

/* The file with the symbols of a tree's kernel, allocated; NULL: it is not known. */
static char *find_symbols(const struct tool_paths *paths)
{
	char *path;

	if (!paths->tree.folder || asprintf(&path, "%s/vmlinux", paths->tree.folder) < 0)
		return NULL;
	if (!access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

static void print_line(const struct tool_paths *paths, unsigned int port)
{
	char *symbols = find_symbols(paths);

	fprintf(stderr,
		"zpci: the guest waits for gdb: gdb-multiarch -ex 'target remote 127.0.0.1:%u' %s\n",
		port, symbols ? symbols : "VMLINUX");
	fputs("zpci: its command continue starts the guest\n", stderr);
	free(symbols);
}

int tool_gdb_listen(const struct tool_paths *paths)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, size) && !listen(fd, 1) &&
	    !getsockname(fd, (struct sockaddr *)&address, &size)) {
		print_line(paths, ntohs(address.sin_port));
		return fd;
	}
	tool_error("--gdb: no port for gdb: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

void tool_gdb_arguments(struct tool_list *list, int fd)
{
	tool_list_add(list, "-chardev");
	tool_list_add(list, "socket,id=zpci-gdb,fd=%d,server=on,wait=off", fd);
	tool_list_add(list, "-gdb");
	tool_list_add(list, "chardev:zpci-gdb");
	tool_list_add(list, "-S");
}
