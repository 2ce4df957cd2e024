// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest_path.h"
#include "qemu.h"
#include "share.h"
#include "zpci/tool/message.h"

/* --- a guest path ---------------------------------------------------------------------------- */

/* The guest's init and its programs live there. */
static const char *const own[] = {
	"/",	 "/bin/",  "/etc/", "/init/",	 "/lib/",     "/lib64/",
	"/run/", "/sbin/", "/usr/", "/usr/bin/", "/usr/lib/", "/usr/sbin/",
};

/* Nothing can be mounted inside of these either. */
static const char *const not_inside[] = { "/dev/", "/proc/", "/sys/", "/zpci/" };

static bool is_own(const char *path)
{
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (!strcmp(path, own[i]))
			return true;
	for (i = 0; i < sizeof(not_inside) / sizeof(not_inside[0]); i++)
		if (!strncmp(path, not_inside[i], strlen(not_inside[i])))
			return true;
	return false;
}

static int check_guest(const char *spec, const char *path)
{
	if (tool_guest_path_check("share", spec, path))
		return -1;
	if (!is_own(path))
		return 0;
	tool_error("--share %s: %.*s in the guest is its own: name another folder, such as "
		   "--share HOST:/mnt/host",
		   spec, strlen(path) > 1 ? (int)strlen(path) - 1 : 1, path);
	return -1;
}

/* --- one share ------------------------------------------------------------------------------- */

static bool is_folder(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISDIR(status.st_mode);
}

/* Takes ",rw" or ",ro" from the end of @text. */
static bool take_mode(char *text)
{
	size_t length = strlen(text);
	char *end = text + (length > 3 ? length - 3 : 0);
	bool writable = !strcmp(end, ",rw");

	if (writable || !strcmp(end, ",ro"))
		*end = '\0';
	return writable;
}

static int find_host(struct tool_share *share, const char *spec, const char *host)
{
	share->host = realpath(host, NULL);
	if (!share->host)
		tool_error("--share %s: %s: %s; name a folder, as HOST or HOST:/GUEST", spec, host,
			   strerror(errno));
	else if (!is_folder(share->host))
		tool_error("--share %s: %s is no folder; --copy takes a file", spec, host);
	else if (access(share->host, R_OK | X_OK))
		tool_error("--share %s: %s: %s", spec, host, strerror(errno));
	else
		return 0;
	return -1;
}

static int parse(struct tool_share *share, const char *spec)
{
	char *text = strdup(spec);
	const char *guest;
	int rc = -1;

	if (!text)
		goto no_memory;
	share->writable = take_mode(text);
	guest = tool_guest_path_take(text);
	if (find_host(share, spec, text))
		goto out;
	share->guest = tool_guest_path_tidy(guest ? guest : share->host);
	if (!share->guest)
		goto no_memory;
	rc = check_guest(spec, share->guest);
	goto out;
no_memory:
	tool_error("out of memory");
out:
	free(text);
	return rc;
}

/* --- all shares ------------------------------------------------------------------------------ */

static int by_guest(const void *one, const void *other)
{
	return strcmp(((const struct tool_share *)one)->guest,
		      ((const struct tool_share *)other)->guest);
}

static int check_twice(const struct tool_shares *shares)
{
	size_t i;

	for (i = 1; i < shares->count; i++) {
		if (strcmp(shares->items[i - 1].guest, shares->items[i].guest))
			continue;
		tool_error("--share: %s and %s cannot both be %s in the guest",
			   shares->items[i - 1].host, shares->items[i].host,
			   shares->items[i].guest);
		return -1;
	}
	return 0;
}

/* What is behind the share's folder in @path, or NULL. */
static const char *inside(const struct tool_share *share, const char *path)
{
	size_t length = strlen(share->host);

	if (length == 1)
		return path + 1;
	if (strncmp(path, share->host, length) || (path[length] && path[length] != '/'))
		return NULL;
	return path + length + (path[length] == '/');
}

/* The share that is nearest to the current folder. */
static int find_folder(struct tool_shares *shares)
{
	char *current = realpath(".", NULL);
	const struct tool_share *best = NULL;
	size_t i;
	int rc = 0;

	for (i = 0; current && i < shares->count; i++)
		if (inside(&shares->items[i], current) &&
		    (!best || strlen(best->host) < strlen(shares->items[i].host)))
			best = &shares->items[i];
	if (best && asprintf(&shares->folder, "%s%s/", best->guest, inside(best, current)) < 0) {
		tool_error("out of memory");
		shares->folder = NULL;
		rc = -1;
	}
	if (shares->folder && tool_guest_path_check("share", ".", shares->folder))
		rc = -1;
	free(current);
	return rc;
}

int tool_shares_parse(struct tool_shares *shares, const struct boot_setup *setup)
{
	*shares = (struct tool_shares){ 0 };
	if (!setup->share_count)
		return 0;
	shares->items = calloc(setup->share_count, sizeof(*shares->items));
	if (!shares->items) {
		tool_error("out of memory");
		return -1;
	}
	for (; shares->count < setup->share_count; shares->count++) {
		if (parse(&shares->items[shares->count], setup->shares[shares->count])) {
			shares->count++; /* to be freed */
			return -1;
		}
	}
	qsort(shares->items, shares->count, sizeof(*shares->items), by_guest);
	if (check_twice(shares))
		return -1;
	return find_folder(shares);
}

/*
 * Owners and modes of new files are those of QEMU's process: "none" does not complain if it cannot
 * set others. Folders can have others on other disks below them, hence "remap".
 */
void tool_shares_arguments(const struct tool_shares *shares, struct tool_list *list)
{
	char *path;
	size_t i;

	for (i = 0; i < shares->count; i++) {
		path = tool_qemu_escape(shares->items[i].host);
		if (!path)
			list->failed = 1;
		tool_list_add(list, "-fsdev");
		tool_list_add(list,
			      "local,id=zpci-share%zu,security_model=none,multidevs=remap,"
			      "readonly=%s,path=%s",
			      i, shares->items[i].writable ? "off" : "on", path ? path : "");
		tool_list_add(list, "-device");
		tool_list_add(list, "virtio-9p-ccw,fsdev=zpci-share%zu,mount_tag=zpci-share%zu", i,
			      i);
		free(path);
	}
}

void tool_shares_settings(const struct tool_shares *shares, FILE *to)
{
	size_t i;

	for (i = 0; i < shares->count; i++)
		fprintf(to, "share zpci-share%zu %s %s\n", i,
			shares->items[i].writable ? "rw" : "ro", shares->items[i].guest);
	if (shares->folder)
		fprintf(to, "folder %s\n", shares->folder);
}

void tool_shares_free(struct tool_shares *shares)
{
	size_t i;

	for (i = 0; i < shares->count; i++) {
		free(shares->items[i].host);
		free(shares->items[i].guest);
	}
	free(shares->items);
	free(shares->folder);
	*shares = (struct tool_shares){ 0 };
}
