/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.h - runs a recorded trace (zpci/machine/record.h) through the firmware of today.
 *
 * The trace plays the machine: what the firmware reads is answered from it, what it does is
 * compared with it. So the bytes of a real guest are tested on any host.
 */
#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include "trace.h"

/*
 * replay_trace - replay the trace in @file.
 * @steps:     number of instructions and other steps that agreed
 * @complaint: what did not, to be freed; NULL: all agreed
 * Returns 0, or -1 with a complaint.
 */
int replay_trace(FILE *file, size_t *steps, char **complaint);

/*
 * replay_steps - the same for a part of a trace.
 * @kept:     for each step whether it is replayed; NULL: all are
 * @patience: milliseconds to wait for what a device's thread does
 */
int replay_steps(const struct trace *trace, const bool *kept, unsigned patience, size_t *steps,
		 char **complaint);
#define REPLAY_PATIENCE 20000

#endif
