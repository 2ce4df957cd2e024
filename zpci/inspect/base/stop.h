/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stop.h - ends early without leaving a function bound to the wrong driver.
 *
 * SIGINT, SIGTERM, SIGHUP and SIGQUIT are blocked and read from a file descriptor, so that they are
 * only ever seen at the places that ask; everything else runs to its end and is undone.
 */
#ifndef INSPECT_STOP_H
#define INSPECT_STOP_H

#include <stdbool.h>

/* Start. Returns 0, or -1 with errno. */
int stop_init(void);

/* Whether a signal has come. Stays true. */
bool stop_requested(void);

/* Wait until FD is readable (1), TIMEOUT milliseconds are over (0; -1: never), or a signal
 * has come (-1). FD -1 waits for the signal alone. */
int stop_wait(int fd, int timeout);

/* Undo in a child process what stop_init() did. */
void stop_undo(void);

#endif
