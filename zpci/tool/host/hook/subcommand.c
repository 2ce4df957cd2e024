// SPDX-License-Identifier: GPL-2.0-or-later
/* `zpci host hook': zpci-host-check(1). */
#include <string.h>

#include "hook.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

/* The folder is fixed in libvirt, from 6.5.0 on. */
#define FOLDER "/etc/libvirt/hooks/qemu.d"

/* libvirt gives four arguments: NAME OPERATION SUBOPERATION EXTRA. */
#define RUN_ARGUMENTS 5

static int run(const struct tool_options *options)
{
	if (options->argument_count == RUN_ARGUMENTS)
		return hook_run(options->arguments[2], options->arguments[3], options->host.sysfs);
	tool_error("`zpci host hook run' is what libvirt's hook executes, as NAME OPERATION "
		   "SUBOPERATION EXTRA with the domain on standard input");
	return TOOL_EXIT_FAILURE;
}

static int manage(const char *what, const char *folder, bool dry_run)
{
	if (!strcmp(what, "install"))
		return hook_install(folder, dry_run);
	if (!strcmp(what, "remove"))
		return hook_remove(folder, dry_run);
	if (!strcmp(what, "show"))
		return hook_show(folder);
	tool_error("zpci host hook: `%s' is not allowed; allowed is install, remove, show or run",
		   what);
	return TOOL_EXIT_FAILURE;
}

int tool_host_hook(const struct tool_options *options)
{
	const char *what = options->arguments[0];
	const char *folder = options->host.hooks ? options->host.hooks : FOLDER;
	int rc;

	if (!strcmp(what, "run"))
		return run(options);
	if (options->argument_count > 1) {
		tool_error("unexpected argument `%s'; zpci host hook %s takes none",
			   options->arguments[1], what);
		return TOOL_EXIT_FAILURE;
	}
	rc = manage(what, folder, options->host.dry_run);
	return rc ? rc : host_flush("the result");
}
