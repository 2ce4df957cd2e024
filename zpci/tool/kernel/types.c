// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "types.h"
#include "zpci/tool/boot/process.h"
#include "zpci/tool/message.h"

struct files {
	char vmlinux[PATH_MAX];
	char types[PATH_MAX];
	char new[PATH_MAX]; /* two tools can be at it */
};

/* Returns 0, or -1 if a path is too long for any file. */
static int name_files(struct files *files, const char *folder)
{
	return snprintf(files->vmlinux, PATH_MAX, "%s/vmlinux", folder) >= PATH_MAX ||
			       snprintf(files->types, PATH_MAX, "%s/.zpci.btf", folder) >=
				       PATH_MAX ||
			       snprintf(files->new, PATH_MAX, "%s/.zpci.btf.%d", folder,
					(int)getpid()) >= PATH_MAX
		       ? -1
		       : 0;
}

static bool is_newer(const struct stat *one, const struct stat *other)
{
	if (one->st_mtim.tv_sec != other->st_mtim.tv_sec)
		return one->st_mtim.tv_sec > other->st_mtim.tv_sec;
	return one->st_mtim.tv_nsec > other->st_mtim.tv_nsec;
}

static int make(const struct files *files)
{
	char *output, *argv[] = { "/usr/bin/env", "pahole", NULL, (char *)files->vmlinux, NULL };
	char text[4096], end[64];
	int status;

	if (asprintf(&output, "--btf_encode_detached=%s", files->new) < 0)
		return -1;
	argv[2] = output;
	tool_note("pahole reads the kernel's types from %s, once for each build", files->vmlinux);
	status = tool_process_read(argv, text, sizeof(text));
	free(output);
	if (!status && !rename(files->new, files->types))
		return 0;
	unlink(files->new);
	tool_note("the kernel has no BTF and pahole %s, so its bit no_command_memory cannot be "
		  "read; install pahole, or set CONFIG_DEBUG_INFO_BTF=y",
		  status ? tool_process_end(status, end, sizeof(end)) : "could not write it");
	return -1;
}

int kernel_types_open(const struct kernel_tree *tree)
{
	struct stat vmlinux, types;
	struct files files;

	if (kconfig_get(&tree->config, "CONFIG_DEBUG_INFO_BTF") == 'y' ||
	    name_files(&files, tree->folder))
		return -1;
	if (kconfig_get(&tree->config, "CONFIG_DEBUG_INFO") != 'y' ||
	    stat(files.vmlinux, &vmlinux)) {
		tool_note("the kernel has no BTF and no vmlinux with debug information, so its bit "
			  "no_command_memory cannot be read; set CONFIG_DEBUG_INFO_BTF=y");
		return -1;
	}
	if ((stat(files.types, &types) || !is_newer(&types, &vmlinux)) && make(&files))
		return -1;
	return open(files.types, O_RDONLY | O_CLOEXEC);
}
