// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dry_run.h"
#include "zpci/tool/message.h"

#define PLAIN                                                                                      \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"                           \
	"%+,-./:=@_"

static void print_word(const char *word, FILE *to)
{
	if (*word && !word[strspn(word, PLAIN)]) {
		fputs(word, to);
		return;
	}
	putc('\'', to);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", to);
		else
			putc(*word, to);
	}
	putc('\'', to);
}

void tool_dry_run_print(const struct tool_list *list, FILE *to)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		print_word(list->items[i], to);
		putc(' ', to);
	}
}

static int copy(int to, int from)
{
	struct stat status;
	off_t at = 0;

	if (fstat(from, &status))
		return -1;
	while (at < status.st_size)
		if (sendfile(to, from, &at, status.st_size - at) <= 0)
			return -1;
	return 0;
}

char *tool_dry_run_save(int initrd)
{
	const char *folder = getenv("TMPDIR");
	char *path;
	int fd, rc;

	if (asprintf(&path, "%s/zpci-initrd-XXXXXX", folder && *folder ? folder : "/tmp") < 0) {
		tool_error("out of memory");
		return NULL;
	}
	fd = mkstemp(path);
	rc = fd < 0 ? -1 : copy(fd, initrd);
	if (rc)
		tool_error("cannot write the RAM disk %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (!rc)
		return path;
	if (fd >= 0)
		unlink(path);
	free(path);
	return NULL;
}
