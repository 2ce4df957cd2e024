// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mounts.c - see mounts.h
 *
 * A line of mountinfo (proc_pid_mountinfo(5)) is
 *
 *	36 35 259:1 / /srv rw,noatime master:1 - ext4 /dev/nvme0n1p1 rw
 *
 * where blanks in names are octal, \040. Filesystems such as btrfs have a device number of their
 * own, so the source behind the hyphen is looked at as well.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "mounts.h"
#include "sysfs.h"

#define FILE_MAX (16 << 20)

static char *read_file(const char *file, struct problem *problem)
{
	char path[SYSFS_PATH_SIZE], *data;
	size_t size;

	sysfs_proc_path(path, file);
	data = file_read(path, FILE_MAX, &size);
	if (!data)
		problem_set(problem, "%s: %s", path, strerror(errno));
	return data;
}

void mounts_read(struct mounts *mounts, struct problem *problem)
{
	problem->text[0] = '\0';
	mounts->swaps = read_file("swaps", problem);
	if (!mounts->swaps && errno == ENOENT && sysfs_is_own())
		problem->text[0] = '\0'; /* a kernel without CONFIG_SWAP */
	mounts->mountinfo = read_file("self/mountinfo", problem);
}

void mounts_free(struct mounts *mounts)
{
	free(mounts->mountinfo);
	free(mounts->swaps);
	*mounts = (struct mounts){ 0 };
}

/* \040 is a blank. */
static void decode(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
			*to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
				       (text[3] - '0'));
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

static bool is_device(const char *path, const char *name)
{
	const char *last = strrchr(path, '/');

	return strncmp(path, "/dev/", 5) == 0 && strcmp(last + 1, name) == 0;
}

/* Fields of @line: the number, the place, and the source or NULL. False: it is garbage. */
static bool split(char *line, char **number, char **place, char **source)
{
	char *rest = NULL, *field = strtok_r(line, " ", &rest);
	int hyphen = -1;

	*number = *place = *source = NULL;
	for (int i = 0; field; i++, field = strtok_r(NULL, " ", &rest)) {
		if (i == 2)
			*number = field;
		else if (i == 4)
			*place = field;
		else if (i > 5 && hyphen < 0 && !strcmp(field, "-"))
			hyphen = i;
		else if (hyphen > 0 && i == hyphen + 2)
			*source = field;
	}
	return *place != NULL;
}

void mounts_find(const struct mounts *mounts, const char *name, const char *number,
		 void (*found)(void *opaque, const char *place), void *opaque)
{
	char *copy = mounts->mountinfo ? strdup(mounts->mountinfo) : NULL, *rest = NULL, *line;
	char *at, *place, *source;

	for (line = copy ? strtok_r(copy, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (!split(line, &at, &place, &source))
			continue;
		if (source)
			decode(source);
		if ((*number && !strcmp(at, number)) || (source && is_device(source, name))) {
			decode(place);
			found(opaque, place);
		}
	}
	free(copy);
}

/* A line of swaps starts with the path of the device or file; the first line has the titles. */
bool mounts_swap(const struct mounts *mounts, const char *name)
{
	char path[SYSFS_PATH_SIZE];
	const char *line = mounts->swaps;

	while (line && *line) {
		size_t length = strcspn(line, " \t\n");

		if (length < sizeof(path)) {
			memcpy(path, line, length);
			path[length] = '\0';
			decode(path);
			if (is_device(path, name))
				return true;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return false;
}
