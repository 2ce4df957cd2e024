// SPDX-License-Identifier: GPL-2.0-or-later
/* script.c - see script.h */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "script.h"
#include "zpci/tool/host/word.h"

/* By these lines a script is known to be ours. */
#define HEAD                                                                                       \
	"#!/bin/sh\n"                                                                              \
	"# Made by `zpci host hook install', removed by `zpci host hook remove'; see "             \
	"zpci-host-check(1).\n"

/*
 * Status 1 says that the guest must not start. Each other failure is one of ours, such as a program
 * that is gone, and then the guest starts.
 */
#define BODY                                                                                       \
	"[ \"$2 $3\" = 'prepare begin' ] || exit 0\n"                                              \
	"%s host hook run -- \"$@\"\n"                                                             \
	"status=$?\n"                                                                              \
	"[ $status -ne 1 ] || exit 1\n"                                                            \
	"[ $status -eq 0 ] ||\n"                                                                   \
	"\tlogger -t zpci-hook -- \"the guest $1 was not checked: zpci ended with $status\"\n"     \
	"exit 0\n"

int hook_script(char script[HOOK_SCRIPT_SIZE], const char *zpci)
{
	char word[HOST_WORD_SIZE];

	/* Each character can need four. */
	if (strlen(zpci) > HOST_WORD_SIZE / 4 - 8)
		return -1;
	snprintf(script, HOOK_SCRIPT_SIZE, HEAD BODY, host_word(word, zpci));
	return 0;
}

enum hook_state hook_look(const char *path, char script[HOOK_SCRIPT_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	ssize_t size = 0;

	if (fd < 0 && errno == ENOENT)
		return HOOK_NONE;
	if (fd < 0)
		return errno == ELOOP ? HOOK_FOREIGN : HOOK_UNREAD;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode))
		size = read(fd, script, HOOK_SCRIPT_SIZE - 1);
	close(fd);
	if (size < 0)
		return HOOK_UNREAD;
	script[size] = '\0';
	return strncmp(script, HEAD, strlen(HEAD)) ? HOOK_FOREIGN : HOOK_OURS;
}
