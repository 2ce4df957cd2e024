/* SPDX-License-Identifier: GPL-2.0-or-later */
/* problem.h - one sentence that says what could not be done, and why. */
#ifndef ZPCI_INVENTORY_PROBLEM_H
#define ZPCI_INVENTORY_PROBLEM_H

#define PROBLEM_SIZE 224

struct problem {
	char text[PROBLEM_SIZE];
};

/* Write the sentence into @p, which may be NULL; it is cut at the end of the buffer, and has
 * question marks for control characters. Always returns -1, so that a function can end with
 * `return problem_set(...)`. */
int problem_set(struct problem *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The name of the errno value @error, such as "EIO"; never NULL. */
const char *problem_errno(int error);

#endif
