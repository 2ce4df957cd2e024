/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fragment.h - the options that a kernel needs for a guest: zpci/lab/kernel/guest.config.
 */
#ifndef ZPCI_TOOL_FRAGMENT_H
#define ZPCI_TOOL_FRAGMENT_H

#include <stdbool.h>

/* Its text is a part of the program. */
extern const char fragment_text[];

struct fragment_option {
	char name[64];
	char loss[128]; /* what is lost without it */
	const char *next;
};

/* The next option of the text. The first time, all of @option is 0. Returns false at the end. */
bool fragment_next(struct fragment_option *option);

#endif
