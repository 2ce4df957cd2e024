// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci kernel build': cross-builds a kernel and its modules; zpci-kernel(1).
 */
#include <stdio.h>

#include "configure.h"
#include "image.h"
#include "make.h"
#include "missing.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

/* Says also what its guests will lack: the user need not have asked for it. */
static int report(const char *folder)
{
	struct kernel_image image;
	struct kernel_tree tree;
	int rc;

	if (kernel_tree_open_built(&tree, folder))
		return -1;
	rc = kernel_image_check(&image, tree.image);
	if (!rc)
		tool_note("built Linux %s, %s", image.release, tree.image);
	if (!rc && kernel_missing_print(&tree))
		tool_note(
			"a guest lacks the above; `zpci kernel build --merge' adds these options");
	kernel_tree_free(&tree);
	return rc;
}

static int build(const struct kernel_make *make)
{
	static const char *const with_modules[] = { "bzImage", "modules", NULL };
	static const char *const without[] = { "bzImage", NULL };
	struct kernel_tree tree;
	char modules;

	if (kernel_tree_open(&tree, make->folder))
		return -1;
	modules = kconfig_get(&tree.config, "CONFIG_MODULES");
	kernel_tree_free(&tree);
	return kernel_make_run(make, modules == 'y' ? with_modules : without);
}

int tool_kernel_build(const struct tool_options *options)
{
	const char *folder = options->argument_count ? options->arguments[0] : ".";
	struct kernel_make make;
	int rc = kernel_make_find(&make, folder) || kernel_configure(&make, options->merge) ||
		 build(&make) || report(folder);

	kernel_make_free(&make);
	return rc ? TOOL_EXIT_FAILURE : 0;
}
