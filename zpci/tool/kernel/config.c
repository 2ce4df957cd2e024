// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci kernel config': what a kernel needs for a guest; zpci-kernel(1).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "configure.h"
#include "fragment.h"
#include "make.h"
#include "missing.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

#define MISSING 1

/* Returns the exit status. */
static int report(const char *folder, const char *remedy)
{
	struct kernel_tree tree;
	size_t missing;

	if (kernel_tree_open(&tree, folder))
		return TOOL_EXIT_FAILURE;
	missing = kernel_missing_print(&tree);
	kernel_tree_free(&tree);
	if (missing)
		tool_note("%s/.config lacks %zu of these options; %s", folder, missing, remedy);
	else
		tool_note("%s/.config has all of these options", folder);
	return missing ? MISSING : 0;
}

static int merge(const char *folder)
{
	struct kernel_make make;
	int rc = kernel_make_find(&make, folder) || kernel_configure(&make, true);

	kernel_make_free(&make);
	if (rc)
		return TOOL_EXIT_FAILURE;
	return report(folder, "what these depend on is off: `make menuconfig', / finds an option");
}

int tool_kernel_config(const struct tool_options *options)
{
	const char *folder = options->argument_count ? options->arguments[0] : ".";

	if (options->merge)
		return merge(folder);
	if (fputs(fragment_text, stdout) < 0 || fflush(stdout)) {
		tool_error("cannot write the fragment: %s", strerror(errno));
		return TOOL_EXIT_FAILURE;
	}
	/* Outside of a tree the fragment is all that there is. */
	if (!options->argument_count && !kernel_tree_is("."))
		return 0;
	return report(folder, "`zpci kernel config --merge' adds them");
}
