// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "module_file.h"
#include "module_info.h"
#include "modules.h"
#include "zpci/tool/message.h"

/* The folder that zpci/guest/init looks into. In a guest, /lib is a link to this /usr/lib. */
#define FOLDER "usr/lib/modules"
#define NAME_LIMIT 64
#define PATH_SIZE (sizeof(FOLDER) + NAME_LIMIT * 3)

/* lspci -v looks for a module of each device, and complains if there are no indexes of modules.
 * These are empty ones: magic number, version 2.1, no root node (kmod, libkmod-index.c). */
static const char *const indexes[] = { "dep", "alias", "symbols", "builtin", "builtin.alias" };
static const char no_index[12] = "\xb0\x07\xf4\x57\x00\x02\x00\x01\x00\x00\x00";

static void add(struct kernel_modules *modules, const char *name, const char *why);

/* What comes before a file in the archive. */
static void in_archive(const struct kernel_modules *modules, char path[PATH_SIZE],
		       const char *before, const char *name, const char *after)
{
	snprintf(path, PATH_SIZE, FOLDER "/%.*s/%s%.*s%s", NAME_LIMIT, modules->release, before,
		 NAME_LIMIT, name, after);
}

void kernel_modules_begin(struct kernel_modules *modules, const struct kernel_tree *tree,
			  const char *release, struct tool_archive *archive)
{
	char path[PATH_SIZE];
	size_t i;

	*modules = (struct kernel_modules){ .tree = tree, .release = release, .archive = archive };
	modules->order = module_file_order(tree->folder);
	tool_archive_folder(archive, "usr");
	tool_archive_folder(archive, "usr/lib");
	tool_archive_folder(archive, FOLDER);
	snprintf(path, sizeof(path), FOLDER "/%.*s", NAME_LIMIT, release);
	tool_archive_folder(archive, path);
	for (i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++) {
		in_archive(modules, path, "modules.", indexes[i], ".bin");
		tool_archive_data(archive, path, 0644, no_index, sizeof(no_index));
	}
}

/* Was it looked at? If not, it is noted. */
static bool is_known(struct kernel_modules *modules, const char *name)
{
	size_t i;

	for (i = 0; i < modules->names.count; i++)
		if (!strcmp(modules->names.items[i], name))
			return true;
	tool_list_add(&modules->names, "%s", name);
	return false;
}

static void add_depends(struct kernel_modules *modules, const char *depends, const char *why)
{
	char name[NAME_LIMIT];
	size_t length;

	while (*depends && !modules->failed) {
		length = strcspn(depends, ",");
		if (length && length < sizeof(name)) {
			memcpy(name, depends, length);
			name[length] = '\0';
			add(modules, name, why);
		}
		depends += length + (depends[length] == ',');
	}
}

/* A module of another build would not be loaded, and the guest's console is not seen by all. */
static int check_release(const struct kernel_modules *modules, const struct module_info *info,
			 const char *path)
{
	if (!strcmp(info->release, modules->release))
		return 0;
	tool_error("module %s was built for Linux %s, and the kernel is %s: `zpci kernel build %s' "
		   "builds all of it",
		   path, info->release, modules->release, modules->tree->folder);
	return -1;
}

static int add_file(struct kernel_modules *modules, const char *path, const char *name, int file)
{
	char opened[32], member[PATH_SIZE];
	struct module_info info;
	int rc = -1;

	snprintf(opened, sizeof(opened), "/proc/self/fd/%d", file);
	if (module_info_read(&info, opened, path))
		return -1;
	if (!check_release(modules, &info, path)) {
		add_depends(modules, info.depends, name);
		in_archive(modules, member, "", name, ".ko");
		tool_archive_file(modules->archive, member, 0644, file);
		rc = modules->failed ? -1 : 0;
	}
	module_info_free(&info);
	return rc;
}

/* @why: which option or module wants it. */
static void add(struct kernel_modules *modules, const char *name, const char *why)
{
	char *path;
	int file;

	if (modules->failed || is_known(modules, name))
		return;
	path = module_file_find(modules->tree->folder, modules->order, name);
	if (!path) {
		tool_error("kernel tree %s has no module %s.ko, which %s needs: `zpci kernel build "
			   "%s' builds it",
			   modules->tree->folder, name, why, modules->tree->folder);
		modules->failed = true;
		return;
	}
	file = module_file_open(path);
	if (file < 0 || add_file(modules, path, name, file))
		modules->failed = true;
	if (file >= 0)
		close(file);
	free(path);
	/* The order of loading is that in which we come here. */
	tool_list_add(&modules->loaded, "%s.ko", name);
}

void kernel_modules_add(struct kernel_modules *modules, const struct kernel_wanted *wanted,
			size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (kconfig_get(&modules->tree->config, wanted[i].option) == 'm')
			add(modules, wanted[i].module, wanted[i].option);
}

static void add_list(struct kernel_modules *modules)
{
	char *text = NULL, path[PATH_SIZE];
	size_t size, i;
	FILE *to = open_memstream(&text, &size);

	for (i = 0; to && i < modules->loaded.count; i++)
		fprintf(to, "%s\n", modules->loaded.items[i]);
	if (!to || fclose(to)) {
		tool_error("out of memory");
		modules->failed = true;
	} else {
		in_archive(modules, path, "", "zpci-modules", "");
		tool_archive_text(modules->archive, path, 0644, text);
	}
	free(text);
}

int kernel_modules_end(struct kernel_modules *modules)
{
	if (modules->names.failed || modules->loaded.failed) {
		tool_error("out of memory");
		modules->failed = true;
	}
	if (!modules->failed)
		add_list(modules);
	tool_list_free(&modules->names);
	tool_list_free(&modules->loaded);
	free(modules->order);
	modules->order = NULL;
	return modules->failed ? -1 : 0;
}
