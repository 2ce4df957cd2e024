/* SPDX-License-Identifier: GPL-2.0-or-later */
/* problem.h - one sentence that says what could not be done, and why. */
#ifndef INSPECT_PROBLEM_H
#define INSPECT_PROBLEM_H

#define PROBLEM_SIZE 224

struct problem {
	char text[PROBLEM_SIZE];
};

/* Put the sentence; cut at the end of the buffer. P may be NULL. Always returns -1, so that
 * a function can end with `return problem_set(...)`. */
int problem_set(struct problem *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The name of an errno value, such as "EIO"; never NULL. */
const char *problem_errno(int error);

#endif
