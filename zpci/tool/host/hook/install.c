// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * install.c - puts the script into libvirt's folder of hooks, and takes it away: hook.h
 *
 * libvirt runs every executable file of the folder. So the script is made complete in the folder
 * above, and then renamed.
 */
#define _GNU_SOURCE 1

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hook.h"
#include "script.h"
#include "zpci/tool/host/guests/guests.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/message.h"

/* Returns 0, or an exit status after a message. */
static int hook_path(char path[PATH_MAX], const char *folder, const char *name)
{
	if (snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX)
		return 0;
	tool_error("--hooks: the path is too long; use a shorter one");
	return TOOL_EXIT_FAILURE;
}

static int foreign(const char *path)
{
	tool_error("%s: `zpci host hook install' did not make this file, so it stays as it is; "
		   "move it away",
		   path);
	return HOST_EXIT_REFUSED;
}

static int system_failed(const char *path, const char *what)
{
	tool_error("%s: cannot %s: %s", path, what, strerror(errno));
	return HOST_EXIT_SYSTEM;
}

/* What has the hook's name in @folder? Returns 0 if that is nothing or a script of ours; or an exit
 * status after a message. */
static int look(const char *folder, char path[PATH_MAX], char script[HOOK_SCRIPT_SIZE],
		enum hook_state *state)
{
	int rc = hook_path(path, folder, HOOK_NAME);

	if (rc)
		return rc;
	*state = hook_look(path, script);
	if (*state == HOOK_UNREAD)
		return system_failed(path, "read it");
	return *state == HOOK_FOREIGN ? foreign(path) : 0;
}

/* --- the program that the hook runs ---------------------------------------------------------- */

/* Can nobody but root change @path? In a folder such as /tmp nobody renames what is root's. */
static bool is_safe(const struct stat *status)
{
	if (status->st_uid)
		return false;
	return !(status->st_mode & 022) || (S_ISDIR(status->st_mode) && status->st_mode & S_ISVTX);
}

static int check_owner(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return system_failed(path, "look at it");
	if (is_safe(&status))
		return 0;
	tool_error("%s: other users than root can change it, and libvirtd would run it as root; "
		   "install zpci first",
		   path);
	return HOST_EXIT_REFUSED;
}

/* libvirtd runs it as root, so that nobody else may be able to change it, or to put another one
 * into its place by renaming a folder above it. */
static int check_owners(const char *program)
{
	char path[PATH_MAX];
	char *slash;
	int rc;

	if (geteuid())
		return 0;
	snprintf(path, sizeof(path), "%s", program);
	rc = check_owner(path);
	while (!rc && (slash = strrchr(path, '/')) && slash[1]) {
		slash[slash == path] = '\0';
		rc = check_owner(path);
	}
	return rc;
}

static int find_program(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (length < 0)
		return system_failed("/proc/self/exe", "read it");
	path[length] = '\0';
	return check_owners(path);
}

/* Can this program read a guest's XML? */
static int check_build(void)
{
	static const char xml[] = "<domain type='kvm'><name>a</name></domain>";
	struct guests guests = { 0 };
	struct problem problem;
	int rc = guests_parse(&guests, xml, sizeof(xml) - 1, GUEST_LIVE, &problem);

	guests_free(&guests);
	if (!rc)
		return 0;
	tool_error("a hook cannot be installed: %s", problem.text);
	return HOST_EXIT_SYSTEM;
}

static int make_script(char script[HOOK_SCRIPT_SIZE])
{
	char program[PATH_MAX];
	int rc = check_build();

	if (!rc)
		rc = find_program(program);
	if (rc || !hook_script(script, program))
		return rc;
	tool_error("%s: the path is too long for a hook; install zpci elsewhere", program);
	return HOST_EXIT_SYSTEM;
}

/* --- install --------------------------------------------------------------------------------- */

/* Does libvirtd know already that there are hooks of its QEMU driver? It looks when it starts, and
 * then before each guest only if there was one. */
static bool other_hooks(const char *folder)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir = opendir(folder);

	while (dir && !found && (entry = readdir(dir))) {
		if (snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >= PATH_MAX)
			continue;
		found = entry->d_name[0] != '.' && !access(path, X_OK);
	}
	if (dir)
		closedir(dir);
	if (!found && snprintf(path, sizeof(path), "%s/../qemu", folder) < PATH_MAX)
		found = !access(path, X_OK);
	return found;
}

/* Makes the folder and the one above. */
static int make_folder(const char *folder)
{
	char above[PATH_MAX], *slash;

	snprintf(above, sizeof(above), "%s", folder);
	slash = strrchr(above, '/');
	if (slash && slash != above) {
		*slash = '\0';
		if (mkdir(above, 0755) && errno != EEXIST)
			return system_failed(above, "make the folder");
	}
	if (mkdir(folder, 0755) && errno != EEXIST)
		return system_failed(folder, "make the folder");
	return 0;
}

static int write_file(int fd, const char *path, const char *script)
{
	size_t size = strlen(script);
	ssize_t n = write(fd, script, size);

	if (n < 0 || fchmod(fd, 0755) || fsync(fd))
		return system_failed(path, "write it");
	if ((size_t)n == size)
		return 0;
	errno = ENOSPC;
	return system_failed(path, "write it");
}

static int write_script(const char *folder, const char *path, const char *script)
{
	char temporary[PATH_MAX];
	int fd, rc;

	rc = hook_path(temporary, folder, "../." HOOK_NAME ".XXXXXX");
	if (rc)
		return rc;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return system_failed(temporary, "make it");
	rc = write_file(fd, temporary, script);
	if (close(fd) && !rc)
		rc = system_failed(temporary, "write it");
	if (!rc && rename(temporary, path))
		rc = system_failed(path, "make it");
	if (rc)
		unlink(temporary);
	return rc;
}

static int put_script(const char *folder, const char *path, const char *script)
{
	bool known = other_hooks(folder);
	int rc = make_folder(folder);

	if (!rc)
		rc = write_script(folder, path, script);
	if (rc)
		return rc;
	printf("installed %s\n", path);
	if (!known)
		printf("It is the first hook: libvirtd looks for hooks when it starts or is told to. "
		       "Run `systemctl reload libvirtd', or virtqemud where that is its name.\n");
	return 0;
}

int hook_install(const char *folder, bool dry_run)
{
	char path[PATH_MAX], script[HOOK_SCRIPT_SIZE], old[HOOK_SCRIPT_SIZE];
	enum hook_state state;
	int rc = look(folder, path, old, &state);

	if (!rc)
		rc = make_script(script);
	if (rc)
		return rc;
	if (state == HOOK_OURS && !strcmp(old, script) && !access(path, X_OK)) {
		printf("%s is installed already\n", path);
		return 0;
	}
	if (!dry_run)
		return put_script(folder, path, script);
	printf("would write %s:\n%s", path, script);
	return 0;
}

/* --- remove and show ------------------------------------------------------------------------- */

int hook_remove(const char *folder, bool dry_run)
{
	char path[PATH_MAX], script[HOOK_SCRIPT_SIZE];
	enum hook_state state;
	int rc = look(folder, path, script, &state);

	if (rc)
		return rc;
	if (state == HOOK_NONE) {
		printf("%s is not installed\n", path);
		return 0;
	}
	if (dry_run) {
		printf("would remove %s\n", path);
		return 0;
	}
	if (unlink(path))
		return system_failed(path, "remove it");
	printf("removed %s\n", path);
	return 0;
}

static int show_ours(const char *path, const char *installed)
{
	char script[HOOK_SCRIPT_SIZE];
	int rc = make_script(script);

	if (rc)
		return rc;
	if (access(path, X_OK)) {
		tool_error("%s cannot be executed, so libvirt does not run it; `zpci host hook "
			   "install' makes it anew",
			   path);
		return HOST_EXIT_REFUSED;
	}
	if (strcmp(installed, script)) {
		tool_error("%s runs another zpci than this one, or is of another version; `zpci "
			   "host hook install' makes it anew",
			   path);
		return HOST_EXIT_REFUSED;
	}
	printf("%s is installed\n", path);
	return 0;
}

int hook_show(const char *folder)
{
	char path[PATH_MAX], script[HOOK_SCRIPT_SIZE];
	enum hook_state state;
	int rc = look(folder, path, script, &state);

	if (rc)
		return rc;
	if (state == HOOK_OURS)
		return show_ours(path, script);
	tool_error("%s is not installed; `zpci host hook install' does it", path);
	return HOST_EXIT_REFUSED;
}
