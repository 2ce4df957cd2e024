// SPDX-License-Identifier: GPL-2.0-or-later
/* place.c - see place.h */
#define _GNU_SOURCE 1

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "place.h"
#include "zpci/tool/boot/paths.h"
#include "zpci/tool/message.h"

#define SUFFIX ".sock"
#define FOLDERS 2

/* --- folders --------------------------------------------------------------------------------- */

/* Allocated; NULL: there is none. */
static char *folder_path(unsigned int index)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char *path;

	if (index)
		return tool_paths_cache("run");
	if (!runtime || *runtime != '/' || asprintf(&path, "%s/zpci", runtime) < 0)
		return NULL;
	return path;
}

/* Is it a folder of this user's, without the permissions of @forbidden? */
static bool is_ours(const struct stat *status, mode_t forbidden)
{
	return S_ISDIR(status->st_mode) && status->st_uid == geteuid() &&
	       !(status->st_mode & forbidden);
}

/* Whoever owns the folder above could put another one in its place. */
static bool is_safe(const char *path)
{
	struct stat above, status;
	char *parent = strdup(path);
	bool safe = false;

	if (parent && strrchr(parent, '/') > parent) {
		*strrchr(parent, '/') = '\0';
		safe = !stat(parent, &above) && is_ours(&above, S_IWOTH) && !lstat(path, &status) &&
		       is_ours(&status, S_IRWXG | S_IRWXO);
	}
	free(parent);
	return safe;
}

/* Calls @visit for each folder that can be trusted, until it returns true. */
static bool for_each_folder(bool (*visit)(const char *folder, void *opaque), bool make,
			    void *opaque)
{
	bool done = false;
	unsigned int i;
	char *path;

	for (i = 0; i < FOLDERS && !done; i++) {
		path = folder_path(i);
		if (path && make)
			mkdir(path, 0700);
		if (path && is_safe(path))
			done = visit(path, opaque);
		free(path);
	}
	return done;
}

/* --- names ----------------------------------------------------------------------------------- */

bool ctl_name_valid(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t length = strlen(name);

	return length && length < CTL_NAME_SIZE && strchr(letters, *name) &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
		       length;
}

/* [NAME-]PID.sock */
static bool parse_entry(const char *entry, struct ctl_guest *guest)
{
	size_t length = strlen(entry), digits;
	char copy[CTL_NAME_SIZE + 16], *dash;
	const char *pid = copy;

	*guest = (struct ctl_guest){ 0 };
	if (length >= sizeof(copy) || length <= strlen(SUFFIX) ||
	    strcmp(entry + length - strlen(SUFFIX), SUFFIX))
		return false;
	memcpy(copy, entry, length);
	copy[length - strlen(SUFFIX)] = '\0';
	dash = strrchr(copy, '-');
	if (dash) {
		*dash = '\0';
		if (!ctl_name_valid(copy))
			return false;
		strcpy(guest->name, copy);
		pid = dash + 1;
	}
	digits = strspn(pid, "0123456789");
	if (!digits || digits > 9 || pid[digits])
		return false;
	guest->pid = (int)strtol(pid, NULL, 10);
	return guest->pid > 0;
}

/* --- sockets --------------------------------------------------------------------------------- */

/* Returns 0, or -1 and errno. */
static int try_connect(const char *path)
{
	const struct timeval limit = { .tv_sec = 1 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, rc, error;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	rc = connect(fd, (const struct sockaddr *)&address, sizeof(address));
	error = errno;
	close(fd);
	errno = error;
	return rc;
}

/* Some clients wait already, so nobody can connect at present. But somebody listens. */
static bool listens(const char *path)
{
	return !try_connect(path) || errno == EAGAIN;
}

/* A socket that QEMU has made and not begun to listen at refuses connections, too. Its `zpci run`
 * lives. One that is in another PID namespace seems not to, but its socket listens. */
static bool is_stale(const char *path, int pid)
{
	return try_connect(path) && errno == ECONNREFUSED && kill(pid, 0) && errno == ESRCH;
}

static void for_each_socket(const char *folder,
			    void (*visit)(struct ctl_guest *guest, void *opaque), void *opaque)
{
	DIR *directory = opendir(folder);
	struct ctl_guest guest;
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		if (!parse_entry(entry->d_name, &guest) ||
		    asprintf(&guest.socket, "%s/%s", folder, entry->d_name) < 0)
			continue;
		visit(&guest, opaque);
		free(guest.socket);
	}
	if (directory)
		closedir(directory);
}

/* --- a new one ------------------------------------------------------------------------------- */

static void sweep(struct ctl_guest *guest, void *opaque)
{
	(void)opaque;
	if (is_stale(guest->socket, guest->pid))
		unlink(guest->socket);
}

struct wish {
	const char *name;
	char *path;
};

static bool take(const char *folder, void *opaque)
{
	struct wish *wish = opaque;

	if (access(folder, W_OK | X_OK))
		return false;
	for_each_socket(folder, sweep, NULL);
	if (asprintf(&wish->path, "%s/%s%s%d" SUFFIX, folder, wish->name ? wish->name : "",
		     wish->name ? "-" : "", (int)getpid()) < 0)
		wish->path = NULL;
	else if (strlen(wish->path) < sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return true;
	free(wish->path);
	wish->path = NULL;
	return false;
}

char *ctl_place_new(const char *name)
{
	struct wish wish = { .name = name };

	for_each_folder(take, true, &wish);
	return wish.path;
}

/* --- those that run -------------------------------------------------------------------------- */

struct search {
	struct ctl_guests *guests;
	bool failed;
};

static void found(struct ctl_guest *guest, void *opaque)
{
	struct search *search = opaque;
	struct ctl_guests *guests = search->guests;
	struct ctl_guest *longer;

	if (!listens(guest->socket))
		return;
	longer = realloc(guests->items, (guests->count + 1) * sizeof(*longer));
	if (!longer) {
		search->failed = true;
		return;
	}
	guests->items = longer;
	longer[guests->count++] = *guest;
	guest->socket = NULL;
}

static bool look(const char *folder, void *opaque)
{
	for_each_socket(folder, found, opaque);
	return false;
}

static int compare(const void *a, const void *b)
{
	return ((const struct ctl_guest *)a)->pid - ((const struct ctl_guest *)b)->pid;
}

int ctl_guests_find(struct ctl_guests *guests)
{
	struct search search = { .guests = guests };

	*guests = (struct ctl_guests){ 0 };
	for_each_folder(look, false, &search);
	if (search.failed) {
		tool_error("out of memory");
		return -1;
	}
	if (guests->count)
		qsort(guests->items, guests->count, sizeof(*guests->items), compare);
	return 0;
}

void ctl_guests_free(struct ctl_guests *guests)
{
	while (guests->count)
		free(guests->items[--guests->count].socket);
	free(guests->items);
	*guests = (struct ctl_guests){ 0 };
}
