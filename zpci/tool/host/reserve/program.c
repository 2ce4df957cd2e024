// SPDX-License-Identifier: GPL-2.0-or-later
/* program.c - see program.h */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "zpci/tool/boot/process.h"

#define ARGUMENTS_MAX 8
#define PATH_SIZE 64

/* Not those of PATH: a user's often lacks the folders of root's programs. */
static const char *const folders[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };

static int find(const char *name, char path[PATH_SIZE])
{
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, PATH_SIZE, "%s/%s", folders[i], name);
		if (access(path, X_OK) == 0)
			return 0;
	}
	return -1;
}

int host_program_run(const char *const argv[], struct problem *problem)
{
	char path[PATH_SIZE], output[256], end[64];
	char *copy[ARGUMENTS_MAX + 1] = { path };
	size_t i;
	int status;

	if (find(argv[0], path))
		return problem_set(problem, "there is no %s in /usr/sbin or /usr/bin", argv[0]);
	for (i = 1; argv[i] && i < ARGUMENTS_MAX; i++)
		copy[i] = (char *)argv[i];
	status = tool_process_read(copy, output, sizeof(output));
	if (status == 0)
		return 0;
	return problem_set(problem, "%s %s", path,
			   status < 0 ? "could not be run"
				      : tool_process_end(status, end, sizeof(end)));
}
