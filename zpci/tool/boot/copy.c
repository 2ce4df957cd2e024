// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy.h"
#include "guest_path.h"
#include "zpci/tool/message.h"

#define FOLDER "/root/"
#define PERMISSIONS 0777u

struct copy {
	char *host;  /* absolute, without symbolic links */
	char *guest; /* without a slash in front and at the end */
};

static void free_copy(struct copy *copy)
{
	free(copy->host);
	free(copy->guest);
}

/* The guest's init mounts file systems over these, or reads what is there. */
static bool is_hidden(const char *guest)
{
	static const char *const folders[] = { "dev", "proc", "sys", "tmp", "zpci" };
	size_t i, length;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		length = strlen(folders[i]);
		if (!strncmp(guest, folders[i], length) && (!guest[length] || guest[length] == '/'))
			return true;
	}
	return false;
}

/* A file of this name would replace a folder, or the link to one, that the guest's init needs. */
static bool is_folder_of_guest(const char *guest)
{
	static const char *const folders[] = {
		"bin", "etc", "lib", "root", "run", "usr", "usr/bin", "usr/lib",
	};
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (!strcmp(guest, folders[i]))
			return true;
	return false;
}

/* @path ends in a slash; @text is what the user wrote, or NULL. Allocated; NULL: no memory. */
static char *guest_name(const char *host, const char *text)
{
	const char *name = strrchr(host, '/') + 1;
	bool into = !text || !*text || text[strlen(text) - 1] == '/';
	char *whole = NULL, *path = NULL;

	if (asprintf(&whole, "%s%s%s", text ? text : FOLDER, into ? "/" : "", into ? name : "") < 0)
		return NULL;
	path = tool_guest_path_tidy(whole);
	free(whole);
	return path;
}

/* Cuts the slashes at both ends, which are for messages. */
static void cut_slashes(char *path)
{
	size_t length = strlen(path);

	memmove(path, path + 1, length);
	if (length > 1)
		path[length - 2] = '\0';
}

static int find(struct copy *copy, const char *spec, const char *host, const char *guest)
{
	struct stat status;

	copy->host = realpath(host, NULL);
	if (!copy->host || stat(copy->host, &status) || access(copy->host, R_OK)) {
		tool_error("--copy %s: %s: %s; name a file or folder, as HOST or HOST:/GUEST", spec,
			   host, strerror(errno));
		return -1;
	}
	if (!copy->host[1]) {
		tool_error("--copy %s: the whole file system does not fit; --share shows it", spec);
		return -1;
	}
	if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
		tool_error("--copy %s: %s is neither a file nor a folder", spec, host);
		return -1;
	}
	copy->guest = guest_name(copy->host, guest);
	if (!copy->guest) {
		tool_error("out of memory");
		return -1;
	}
	if (tool_guest_path_check("copy", spec, copy->guest))
		return -1;
	cut_slashes(copy->guest);
	if (!*copy->guest || is_hidden(copy->guest)) {
		tool_error("--copy %s: /%s cannot be seen in the guest, which mounts file systems "
			   "there: name another place, such as HOST:/root/",
			   spec, copy->guest);
		return -1;
	}
	if (S_ISREG(status.st_mode) && is_folder_of_guest(copy->guest)) {
		tool_error(
			"--copy %s: /%s is a folder of the guest: write HOST:/%s/ to copy a file "
			"into it",
			spec, copy->guest, copy->guest);
		return -1;
	}
	return 0;
}

static int parse(struct copy *copy, const char *spec)
{
	char *text = strdup(spec);
	const char *guest;
	int rc;

	*copy = (struct copy){ 0 };
	if (!text) {
		tool_error("out of memory");
		return -1;
	}
	guest = tool_guest_path_take(text);
	rc = find(copy, spec, text, guest);
	free(text);
	return rc;
}

int tool_copies_check(const struct boot_setup *setup)
{
	struct copy copy;
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < setup->copy_count; i++) {
		rc = parse(&copy, setup->copies[i]);
		free_copy(&copy);
	}
	return rc;
}

/* The lab's guests have symbolic links of these names, which stay. */
static bool is_link(const char *name)
{
	return !strcmp(name, "bin") || !strcmp(name, "lib");
}

static void add_parents(struct tool_archive *archive, char *name)
{
	char *slash;

	for (slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (!is_link(name))
			tool_archive_folder(archive, name);
		*slash = '/';
	}
}

static int add_file(struct tool_archive *archive, const char *name, const FTSENT *entry)
{
	int fd = open(entry->fts_accpath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0) {
		tool_error("--copy: %s: %s", entry->fts_path, strerror(errno));
		return -1;
	}
	tool_archive_file(archive, name, entry->fts_statp->st_mode & PERMISSIONS, fd);
	close(fd);
	return 0;
}

static int add_symlink(struct tool_archive *archive, const char *name, const FTSENT *entry)
{
	char target[PATH_MAX];
	ssize_t length = readlink(entry->fts_accpath, target, sizeof(target));

	if (length < 0 || length == sizeof(target)) {
		tool_error("--copy: %s: %s", entry->fts_path,
			   strerror(length < 0 ? errno : EINVAL));
		return -1;
	}
	tool_archive_link(archive, name, target, length);
	return 0;
}

static int add_entry(struct tool_archive *archive, const struct copy *copy, const FTSENT *entry)
{
	const char *below = entry->fts_path + strlen(copy->host);
	char name[PATH_MAX];

	if (snprintf(name, sizeof(name), "%s%s", copy->guest, below) >= (int)sizeof(name)) {
		tool_error("--copy: %s: %s", entry->fts_path, strerror(ENAMETOOLONG));
		return -1;
	}
	switch (entry->fts_info) {
	case FTS_D:
		if (!is_link(name))
			tool_archive_folder(archive, name);
		return 0;
	case FTS_DP:
		return 0;
	case FTS_F:
		return add_file(archive, name, entry);
	case FTS_SL:
	case FTS_SLNONE:
		return add_symlink(archive, name, entry);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		tool_error("--copy: %s: %s", entry->fts_path, strerror(entry->fts_errno));
		return -1;
	default:
		tool_error("--copy: %s is neither a file, a folder nor a symbolic link",
			   entry->fts_path);
		return -1;
	}
}

static int by_name(const FTSENT **one, const FTSENT **other)
{
	return strcmp((*one)->fts_name, (*other)->fts_name);
}

static int add_all(struct tool_archive *archive, const struct copy *copy)
{
	char *const roots[] = { copy->host, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *entry;
	int rc = 0;

	if (!tree) {
		tool_error("--copy: %s: %s", copy->host, strerror(errno));
		return -1;
	}
	add_parents(archive, copy->guest);
	while (!rc && !archive->failed && (entry = fts_read(tree)))
		rc = add_entry(archive, copy, entry);
	fts_close(tree);
	return rc;
}

int tool_copies_add(const struct boot_setup *setup, struct tool_archive *archive)
{
	struct copy copy;
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < setup->copy_count; i++) {
		rc = parse(&copy, setup->copies[i]);
		if (!rc)
			rc = add_all(archive, &copy);
		free_copy(&copy);
	}
	return rc;
}
