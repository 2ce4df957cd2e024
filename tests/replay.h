/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.h - runs a recorded trace (zpci/machine/record.h) through the firmware of today.
 *
 * The trace plays the machine: what the firmware reads is answered from it, what it does is
 * compared with it. So the bytes of a real guest are tested on any host.
 */
#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include <stddef.h>
#include <stdio.h>

/*
 * replay_trace - replay @trace.
 * @steps:     number of instructions and other steps that agreed
 * @complaint: what did not, to be freed; NULL: all agreed
 * Returns 0, or -1 with a complaint.
 */
int replay_trace(FILE *trace, size_t *steps, char **complaint);

#endif
