// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci lab': runs zpci-lab(1), which is a set of scripts: those that are installed with this
 * program, or those of the source tree whose ./run sets ZPCI_LAB.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "subcommand.h"

#define SCRIPT ZPCI_LAB_DIR "/zpci-lab"
#define SELF "/proc/self/exe"

/* The scripts run this very program, as another one in PATH may be older. */
static int name_self(void)
{
	static char path[4096];
	ssize_t length = readlink(SELF, path, sizeof(path) - 1);

	if (length < 0) {
		tool_error(SELF ": %s; is /proc mounted?", strerror(errno));
		return -1;
	}
	path[length] = 0;
	if (setenv("ZPCI_TOOL", path, 1)) {
		tool_error("out of memory");
		return -1;
	}
	return 0;
}

int tool_lab(const struct tool_options *options)
{
	const char *script = getenv("ZPCI_LAB");
	char **argv = calloc((size_t)options->rest_count + 2, sizeof(*argv));

	if (!script || !*script)
		script = SCRIPT;
	if (!argv) {
		tool_error("out of memory");
		return TOOL_EXIT_FAILURE;
	}
	argv[0] = (char *)script;
	/* There is no rest if there are no arguments. */
	for (int i = 0; i < options->rest_count; i++)
		argv[1 + i] = options->rest[i];
	if (!name_self()) {
		execv(script, argv);
		tool_error("%s: %s; it is installed with zpci, and $ZPCI_LAB can name another",
			   script, strerror(errno));
	}
	free(argv);
	return TOOL_EXIT_FAILURE;
}
