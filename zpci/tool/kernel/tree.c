// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"
#include "tree.h"
#include "zpci/tool/message.h"

/* The second one is an ELF file of the same kernel. */
static const char *const images[] = { "arch/s390/boot/bzImage", "arch/s390/boot/vmlinux" };

#define IMAGES (sizeof(images) / sizeof(images[0]))

/* FOLDER/NAME, allocated, if it can be read; else NULL. */
static char *in_folder(const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return NULL;
	if (!access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

static bool has(const char *folder, const char *name)
{
	char *path = in_folder(folder, name);

	free(path);
	return path;
}

/* Other projects have the same build system, but not this architecture. */
static bool is_source(const char *folder)
{
	return has(folder, "Kbuild") && has(folder, "arch/s390/Kconfig");
}

static int read_config(struct kconfig *config, const char *folder)
{
	char *path;
	int rc;

	if (asprintf(&path, "%s/.config", folder) < 0)
		return -ENOMEM;
	rc = kconfig_read(config, path);
	free(path);
	return rc;
}

bool kernel_tree_is(const char *folder)
{
	char architecture[KCONFIG_ARCHITECTURE];
	struct kconfig config;
	bool is = is_source(folder);

	if (is || read_config(&config, folder))
		return is;
	is = !kconfig_architecture(&config, architecture);
	kconfig_free(&config);
	return is;
}

static int no_config(const char *folder, int error)
{
	if (error != -ENOENT)
		tool_error("%s/.config: %s", folder, strerror(-error));
	else if (is_source(folder))
		tool_error("kernel tree %s has no .config: was it built with O=FOLDER? then name "
			   "that one with --kernel; else `zpci kernel config --merge %s' makes one",
			   folder, folder);
	else
		tool_error("%s is no kernel tree: it has no .config; name a kernel, or a folder in "
			   "which one was built",
			   folder);
	return -1;
}

static int check_architecture(const struct kconfig *config, const char *folder)
{
	char name[KCONFIG_ARCHITECTURE];

	if (kconfig_architecture(config, name)) {
		tool_error("%s is no kernel tree: its .config is not Linux's", folder);
		return -1;
	}
	if (!strcmp(name, "s390") && kconfig_get(config, "CONFIG_S390") == 'y')
		return 0;
	tool_error("kernel tree %s is configured for %s, and not for s390: build one for s390 in "
		   "another folder, `zpci kernel build FOLDER', and name that with --kernel",
		   folder, name);
	return -1;
}

/* The release is a file of one line. */
static char *read_release(const char *folder)
{
	char *path = in_folder(folder, "include/config/kernel.release");
	FILE *from = path ? fopen(path, "re") : NULL;
	char line[KERNEL_RELEASE + 1];
	char *release = NULL;

	if (from && fgets(line, sizeof(line), from)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && !strchr(line, '/'))
			release = strdup(line);
	}
	if (from)
		fclose(from);
	free(path);
	return release;
}

static void look_around(struct kernel_tree *tree, const char *folder)
{
	size_t i;

	tree->folder = strdup(folder);
	for (i = 0; i < IMAGES && !tree->image; i++)
		tree->image = in_folder(folder, images[i]);
	tree->release = read_release(folder);
}

int kernel_tree_open(struct kernel_tree *tree, const char *folder)
{
	int rc;

	*tree = (struct kernel_tree){ 0 };
	rc = read_config(&tree->config, folder);
	if (rc)
		return no_config(folder, rc);
	look_around(tree, folder);
	if (tree->folder && !check_architecture(&tree->config, folder))
		return 0;
	kernel_tree_free(tree);
	return -1;
}

int kernel_tree_open_built(struct kernel_tree *tree, const char *folder)
{
	if (kernel_tree_open(tree, folder))
		return -1;
	if (tree->image)
		return 0;
	tool_error("kernel tree %s is not built: it has no %s; `zpci kernel build %s' builds it",
		   folder, images[0], folder);
	kernel_tree_free(tree);
	return -1;
}

/* The folder in which @image is what a build made, allocated; NULL: none. */
static char *folder_of(const char *image)
{
	char *path = realpath(image, NULL);
	size_t i, length, end;

	for (i = 0; path && i < IMAGES; i++) {
		length = strlen(path);
		end = strlen(images[i]);
		if (length > end + 1 && path[length - end - 1] == '/' &&
		    !strcmp(path + length - end, images[i])) {
			path[length - end - 1] = '\0';
			return path;
		}
	}
	free(path);
	return NULL;
}

int kernel_tree_of_image(struct kernel_tree *tree, const char *image)
{
	char *folder = folder_of(image);

	*tree = (struct kernel_tree){ 0 };
	if (folder && !read_config(&tree->config, folder))
		look_around(tree, folder);
	free(folder);
	free(tree->image);
	tree->image = strdup(image);
	if (tree->folder && tree->image && kconfig_get(&tree->config, "CONFIG_S390") == 'y')
		return 0;
	kernel_tree_free(tree);
	return 1;
}

void kernel_tree_free(struct kernel_tree *tree)
{
	free(tree->folder);
	free(tree->image);
	free(tree->release);
	kconfig_free(&tree->config);
	*tree = (struct kernel_tree){ 0 };
}
