// SPDX-License-Identifier: GPL-2.0-or-later
/* problem.c - see problem.h */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np() */
#endif
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "problem.h"

int problem_set(struct problem *p, const char *format, ...)
{
	va_list args;

	if (!p)
		return -1;
	va_start(args, format);
	vsnprintf(p->text, sizeof(p->text), format, args);
	va_end(args);
	for (char *at = p->text; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?'; /* what is in files goes to a terminal */
	}
	return -1;
}

const char *problem_errno(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "unknown errno";
}
