// SPDX-License-Identifier: GPL-2.0-or-later
/* host_facts.c - see host_facts.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_facts.h"
#include "zpci/tool/host/word.h"
#include "zpci/inventory/file.h"
#include "zpci/inventory/sysfs.h"

#define PATH_SIZE 512
/* Those of distributions have some 300 KiB each. */
#define FILE_MAX (16 << 20)

#define DRIVER "vfio-pci"

/* --- modules --------------------------------------------------------------------------------- */

static bool is_module(const char *file, size_t length, const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++) {
		if (i >= length || (file[i] == '_' ? '-' : file[i]) != name[i])
			return false;
	}
	return length - i >= 3 && !strncmp(file + i, ".ko", 3) &&
	       (length - i == 3 || file[i + 3] == '.');
}

bool kernel_has_module(const char *text, const char *name)
{
	while (*text) {
		size_t length = strcspn(text, ":\n"), start = length;

		while (start && text[start - 1] != '/')
			start--;
		if (is_module(text + start, length - start, name))
			return true;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return false;
}

/* Whether the list lib/modules/RELEASE/@list has the driver; -1 with errno if it cannot be read. */
static int list_has_driver(const char *root, const char *release, const char *list)
{
	char path[PATH_SIZE], *text;
	size_t size;
	int rc;

	snprintf(path, sizeof(path), "%s/lib/modules/%s/%s", root, release, list);
	text = file_read(path, FILE_MAX, &size);
	if (!text)
		return -1;
	rc = kernel_has_module(text, DRIVER);
	free(text);
	return rc;
}

static void look_for_module(struct host_facts *facts, const char *root)
{
	int builtin = list_has_driver(root, facts->release, "modules.builtin");
	int module = list_has_driver(root, facts->release, "modules.dep");

	if (builtin > 0)
		facts->vfio = VFIO_LOADED;
	else if (module > 0)
		facts->vfio = VFIO_MODULE;
	else if (!module)
		facts->vfio = VFIO_MISSING;
	else
		problem_set(&facts->vfio_why, "/lib/modules/%s/modules.dep: %s", facts->release,
			    strerror(errno));
}

static void look_for_driver(struct host_facts *facts, const char *root)
{
	char path[SYSFS_PATH_SIZE];

	sysfs_path(path, "bus/pci/drivers/" DRIVER);
	if (!access(path, F_OK))
		facts->vfio = VFIO_LOADED;
	else if (facts->live && facts->release)
		look_for_module(facts, root);
	else
		problem_set(&facts->vfio_why, "the modules of that Linux are not here");
}

/* --- nodes ----------------------------------------------------------------------------------- */

/* 0, or an errno value. */
static int try_node(const char *root, const char *node)
{
	char path[PATH_SIZE];
	int fd;

	snprintf(path, sizeof(path), "%s%s", root, node);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* --- the kernel's configuration -------------------------------------------------------------- */

enum kernel_option kernel_option_find(const char *text, const char *name)
{
	bool any = false;

	while (*text) {
		size_t length = strcspn(text, "=\n");

		if (!strncmp(text, "CONFIG_", 7) && text[length] == '=') {
			any = true;
			if (length == strlen(name) && !strncmp(text, name, length))
				return OPTION_YES;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return any ? OPTION_NO : OPTION_UNKNOWN;
}

/* What `gzip -dc` makes of the file, which the caller frees; NULL if there is none, or no gzip. */
static char *unpacked(const char *path)
{
	char word[HOST_WORD_SIZE], command[HOST_WORD_SIZE + 32], *text;
	FILE *pipe;
	size_t size;

	if (access(path, R_OK))
		return NULL;
	snprintf(command, sizeof(command), "gzip -dc %s 2>/dev/null", host_word(word, path));
	pipe = popen(command, "re");
	if (!pipe)
		return NULL;
	text = malloc(FILE_MAX + 1);
	if (text) {
		size = fread(text, 1, FILE_MAX, pipe);
		text[size] = '\0';
	}
	pclose(pipe);
	return text;
}

static char *read_configuration(const char *root, const char *release)
{
	char path[PATH_SIZE], *text;
	size_t size;

	snprintf(path, sizeof(path), "%s/boot/config-%s", root, release);
	text = file_read(path, FILE_MAX, &size);
	if (text)
		return text;
	snprintf(path, sizeof(path), "%s/lib/modules/%s/config", root, release);
	text = file_read(path, FILE_MAX, &size);
	if (text)
		return text;
	snprintf(path, sizeof(path), "%s/proc/config.gz", root);
	return unpacked(path);
}

void host_facts_read_configuration(struct host_facts *facts, const char *root)
{
	char *text;

	if (!facts->live || !facts->release)
		return;
	text = read_configuration(root, facts->release);
	if (!text)
		return;
	facts->zdev = kernel_option_find(text, "CONFIG_VFIO_PCI_ZDEV_KVM");
	if (facts->zdev == OPTION_NO)
		facts->zdev = kernel_option_find(text, "CONFIG_VFIO_PCI_ZDEV");
	free(text);
}

void host_facts_read(struct host_facts *facts, bool live, const char *root, const char *release)
{
	*facts = (struct host_facts){ .live = live };
	/* A path is made of it. */
	if (live && release && !strchr(release, '/'))
		facts->release = release;
	look_for_driver(facts, root);
	if (!live)
		return;
	facts->vfio_node = try_node(root, "/dev/vfio/vfio");
	facts->kvm_node = try_node(root, "/dev/kvm");
}
