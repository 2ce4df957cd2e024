/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - the table as cases: a row that has an answer for each state is one case for each.
 */
#ifndef TESTS_ANSWERS_RUN_H
#define TESTS_ANSWERS_RUN_H

#include "answers.h"

struct answers_case {
	const struct family *family;
	const struct row *row;
	enum state state;
	int answer;
	int qemu; /* 0: the same */
};

/* Number of cases whose rows lack something. */
unsigned answers_incomplete(void);
void answers_for_each(void (*visit)(void *opaque, const struct answers_case *one), void *opaque);

typedef void answers_print_fn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void answers_print(answers_print_fn *print, int answer);
void answers_print_state(answers_print_fn *print, enum state state);

#endif
