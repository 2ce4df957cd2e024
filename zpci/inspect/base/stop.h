/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stop.h - lets a signal end the program without leaving a function with the wrong driver.
 *
 * SIGINT, SIGTERM, SIGHUP and SIGQUIT are blocked and reported by a file descriptor. The program
 * asks for them between its steps, so that each step is finished and can be undone.
 */
#ifndef INSPECT_STOP_H
#define INSPECT_STOP_H

#include <stdbool.h>

/* Block the signals. Returns 0, or -1 with errno. */
int stop_init(void);

/* Whether a signal has come; from then on it stays true. */
bool stop_requested(void);

/* Wait until @fd is readable (returns 1), @timeout milliseconds are over (0), or a signal has come
 * (-1). @timeout -1: without end. @fd -1: for a signal alone. */
int stop_wait(int fd, int timeout);

/* Unblock the signals again, for a child process. */
void stop_undo(void);

#endif
