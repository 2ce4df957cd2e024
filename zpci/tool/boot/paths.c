// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interposer.h"
#include "paths.h"
#include "zpci/tool/message.h"

#define QEMU_NAME "qemu-system-s390x"
#define DEFAULT_GUEST "default"

/* @path in the cache folder of zpci-lab(1), allocated; NULL if there is no home. */
static char *in_cache(const char *path)
{
	const char *folder = getenv("ZPCI_CACHE");
	char *result = NULL;
	int length;

	if (folder && *folder) {
		length = asprintf(&result, "%s/%s", folder, path);
		return length < 0 ? NULL : result;
	}
	folder = getenv("XDG_CACHE_HOME");
	if (folder && *folder) {
		length = asprintf(&result, "%s/zpci/%s", folder, path);
		return length < 0 ? NULL : result;
	}
	folder = getenv("HOME");
	if (!folder || !*folder)
		return NULL;
	length = asprintf(&result, "%s/.cache/zpci/%s", folder, path);
	return length < 0 ? NULL : result;
}

char *tool_paths_cache(const char *path)
{
	return in_cache(path);
}

static char *in_search_path(const char *name)
{
	const char *folder = getenv("PATH");
	size_t length;
	char *path;

	while (folder && *folder) {
		length = strcspn(folder, ":");
		if (asprintf(&path, "%.*s/%s", (int)length, folder, name) < 0)
			return NULL;
		if (length && !access(path, X_OK))
			return path;
		free(path);
		folder += length + (folder[length] == ':');
	}
	return NULL;
}

char *tool_paths_qemu(const struct boot_setup *setup)
{
	const char *option = setup->qemu;
	char *path;

	if (option && strchr(option, '/')) {
		if (!access(option, X_OK))
			return strdup(option);
		tool_error("--qemu %s: %s", option, strerror(errno));
		return NULL;
	}
	/*
	 * The lab's QEMU runs through the dynamic loader of another release. Such a process has the
	 * loader's page tables, of 2 KiB, and KVM refuses it.
	 */
	path = option || setup->accel == BOOT_KVM ? NULL : in_cache("qemu/" QEMU_NAME);
	if (path && !access(path, X_OK))
		return path;
	free(path);
	path = in_search_path(option ? option : QEMU_NAME);
	if (!path)
		tool_error("no %s in PATH: %s, or name another with --qemu",
			   option ? option : QEMU_NAME,
			   setup->accel == BOOT_KVM ? "install this host's QEMU for s390x"
						    : "`zpci lab qemu' gets one");
	return path;
}

/* A file of a guest that the lab made; @guest is NULL for its default. */
static char *in_guest(const char *guest, const char *name)
{
	char *inside, *path;

	if (asprintf(&inside, "guest/%s/%s", guest ? guest : DEFAULT_GUEST, name) < 0)
		return NULL;
	path = in_cache(inside);
	free(inside);
	return path;
}

static char *find_file(const char *option, const char *name, const char *guest)
{
	char *path = option ? strdup(option) : in_guest(guest, name);

	if (!path) {
		tool_error("no %s: neither ZPCI_CACHE nor HOME is set; name one with --%s", name,
			   name);
		return NULL;
	}
	if (!access(path, R_OK))
		return path;
	if (option)
		tool_error("--%s %s: %s; name a file that can be read", name, path,
			   strerror(errno));
	else if (guest)
		tool_error("guest %s: no %s: `zpci lab kernel' and `zpci lab second' make guests",
			   guest, path);
	else
		tool_error("no %s at %s: `zpci lab guest' makes one, or name another with --%s",
			   name, path, name);
	free(path);
	return NULL;
}

/* A file, a tree, the tree that we are in, or the lab's. */
static int find_kernel(struct tool_paths *paths, const struct boot_setup *setup, const char *guest)
{
	const char *folder = setup->kernel;
	struct stat status;

	if (!folder && !setup->guest && kernel_tree_is("."))
		folder = ".";
	if (folder && !stat(folder, &status) && S_ISDIR(status.st_mode)) {
		if (kernel_tree_open_built(&paths->tree, folder))
			return -1;
		paths->kernel = strdup(paths->tree.image);
		return paths->kernel ? 0 : -1;
	}
	paths->kernel = find_file(setup->kernel, "kernel", guest);
	if (!paths->kernel)
		return -1;
	kernel_tree_of_image(&paths->tree, paths->kernel);
	return 0;
}

/* ./run sets ZPCI_PLUGIN and ZPCI_INTERPOSER to those of its build folder. */
static const char *firmware_path(const struct boot_setup *setup)
{
	bool kvm = setup->accel == BOOT_KVM;
	const char *path = kvm ? setup->interposer : setup->plugin;

	if (!path)
		path = getenv(kvm ? "ZPCI_INTERPOSER" : "ZPCI_PLUGIN");
	if (!path || !*path)
		path = kvm ? ZPCI_PLUGIN_DIR "/zpci-kvm.so" : ZPCI_PLUGIN_DIR "/zpci-qemu.so";
	return path;
}

bool tool_paths_has_plugin(const struct boot_setup *setup)
{
	return setup->accel == BOOT_TCG && !access(firmware_path(setup), R_OK);
}

static char *find_firmware(const struct boot_setup *setup)
{
	bool kvm = setup->accel == BOOT_KVM;
	const char *path = firmware_path(setup);
	const char *name = kvm ? "interposer" : "plugin";

	if (access(path, R_OK)) {
		tool_error("%s %s: %s; name another with --%s", name, path, strerror(errno), name);
		return NULL;
	}
	return kvm ? tool_interposer_find(path) : strdup(path);
}

static int find_all(struct tool_paths *paths, const struct boot_setup *setup)
{
	const char *guest = setup->guest;

	if (guest && !strcmp(guest, DEFAULT_GUEST))
		guest = NULL;
	*paths = (struct tool_paths){ 0 };
	paths->qemu = tool_paths_qemu(setup);
	if (!paths->qemu)
		return -1;
	if (find_kernel(paths, setup, guest))
		return -1;
	paths->initrd = find_file(setup->initrd, "initrd", guest);
	if (!paths->initrd)
		return -1;
	if (!setup->functions.count && !setup->functions.config && !setup->plugin &&
	    !setup->interposer && !setup->control && !setup->debug)
		return 0;
	paths->firmware = find_firmware(setup);
	return paths->firmware ? 0 : -1;
}

/* Whether all is there comes first: that is said in fewer words. */
int tool_paths_find(struct tool_paths *paths, const struct boot_setup *setup)
{
	return find_all(paths, setup) || kernel_image_check(&paths->image, paths->kernel) ? -1 : 0;
}

const char *tool_paths_release(const struct tool_paths *paths)
{
	if (*paths->image.release)
		return paths->image.release;
	return paths->tree.release ? paths->tree.release : "";
}

void tool_paths_announce(const struct tool_paths *paths)
{
	const char *release = tool_paths_release(paths);

	if (paths->tree.folder)
		tool_note("booting Linux%s%s, %s, with its modules", *release ? " " : "", release,
			  paths->kernel);
}

void tool_paths_free(struct tool_paths *paths)
{
	kernel_tree_free(&paths->tree);
	free(paths->qemu);
	free(paths->kernel);
	free(paths->initrd);
	free(paths->firmware);
	*paths = (struct tool_paths){ 0 };
}
