// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "module_file.h"
#include "zpci/tool/boot/process.h"
#include "zpci/tool/message.h"

/* That of a distribution has 200 KB. */
#define ORDER_LIMIT (16 << 20)
#define DEPTH_LIMIT 32

/* What modules_install makes of .ko, if the kernel is configured so. */
static const struct format {
	const char *suffix;
	const char *program; /* NULL: not compressed */
	const char *options;
} formats[] = {
	{ ".ko", NULL, NULL },
	{ ".ko.zst", "zstd", "-dcq" },
	{ ".ko.xz", "xz", "-dc" },
	{ ".ko.gz", "gzip", "-dc" },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

char *module_file_order(const char *folder)
{
	char *path, *text = NULL;
	ssize_t length;
	size_t size = 0;
	FILE *from;

	if (asprintf(&path, "%s/modules.order", folder) < 0)
		return NULL;
	from = fopen(path, "re");
	free(path);
	length = from ? getdelim(&text, &size, '\0', from) : -1;
	/* Of an empty file there is a buffer with nothing in it, not even a zero byte. */
	if (length < 0 || length > ORDER_LIMIT) {
		free(text);
		text = NULL;
	}
	if (from)
		fclose(from);
	return text;
}

/* Names of files have - or _ where names of modules have _. */
static bool same_name(const char *file, const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (file[i] != name[i] && !(strchr("-_", file[i]) && strchr("-_", name[i])))
			return false;
	return true;
}

static char *with_suffix(const char *folder, const char *path, int length)
{
	char *result;
	size_t i;

	for (i = 0; i < FORMATS; i++) {
		if (asprintf(&result, "%s/%.*s%s", folder, length, path, formats[i].suffix) < 0)
			return NULL;
		if (!access(result, R_OK))
			return result;
		free(result);
	}
	return NULL;
}

/* One module a line: "drivers/vfio/vfio.o", up to Linux 6.2 with .ko, up to 5.19 after "kernel/". */
static char *find_in_order(const char *folder, const char *order, const char *name)
{
	size_t name_length = strlen(name), length;
	const char *line, *base, *end;

	for (line = order; *line; line = end + strspn(end, "\n")) {
		end = line + strcspn(line, "\n");
		base = memrchr(line, '/', end - line);
		base = base ? base + 1 : line;
		if ((size_t)(end - base) <= name_length || base[name_length] != '.' ||
		    !same_name(base, name, name_length))
			continue;
		length = base + name_length - line;
		if (!strncmp(line, "kernel/", 7) && length > 7) {
			char *path = with_suffix(folder, line + 7, length - 7);

			if (path)
				return path;
		}
		return with_suffix(folder, line, length);
	}
	return NULL;
}

static bool is_module(const FTSENT *entry, const char *name)
{
	size_t length = strlen(name), i;

	if (entry->fts_info != FTS_F || entry->fts_namelen <= length ||
	    !same_name(entry->fts_name, name, length))
		return false;
	for (i = 0; i < FORMATS; i++)
		if (!strcmp(entry->fts_name + length, formats[i].suffix))
			return true;
	return false;
}

/* Where only some of the modules were built, no list has them. Symbolic links are not followed. */
static char *find_by_search(const char *folder, const char *name)
{
	char *const paths[] = { (char *)folder, NULL };
	FTS *search = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	char *path = NULL;
	FTSENT *entry;

	while (search && !path && (entry = fts_read(search))) {
		if (entry->fts_info == FTS_D && entry->fts_level > 0 &&
		    (*entry->fts_name == '.' || entry->fts_level > DEPTH_LIMIT))
			fts_set(search, entry, FTS_SKIP);
		else if (is_module(entry, name))
			path = strdup(entry->fts_path);
	}
	if (search)
		fts_close(search);
	return path;
}

char *module_file_find(const char *folder, const char *order, const char *name)
{
	char *path = order ? find_in_order(folder, order, name) : NULL;

	return path ? path : find_by_search(folder, name);
}

static const struct format *format_of(const char *path)
{
	size_t length = strlen(path), i, end;

	for (i = FORMATS; i-- > 1;) {
		end = strlen(formats[i].suffix);
		if (length > end && !strcmp(path + length - end, formats[i].suffix))
			return &formats[i];
	}
	return &formats[0];
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static int decompress(const struct format *format, const char *path)
{
	char *argv[] = { "/usr/bin/env", (char *)format->program, (char *)format->options,
			 (char *)path, NULL };
	struct tool_stdio stdio = { .in = -1, .err = STDERR_FILENO };
	pid_t child;

	stdio.out = memfd_create("zpci-module", MFD_CLOEXEC);
	if (stdio.out < 0) {
		tool_error("module %s: %s", path, strerror(errno));
		return -1;
	}
	child = tool_process_start(argv, NULL, &stdio);
	if (child >= 0 && !wait_for(child))
		return stdio.out;
	tool_error("module %s could not be decompressed: is %s installed?", path, format->program);
	close(stdio.out);
	return -1;
}

int module_file_open(const char *path)
{
	const struct format *format = format_of(path);
	int fd;

	if (format->program)
		return decompress(format, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		tool_error("module %s: %s", path, strerror(errno));
	return fd;
}
