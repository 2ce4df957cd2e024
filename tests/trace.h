/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace.h - a recorded trace (zpci/machine/record.h) in memory: its functions as a configuration,
 * and its steps in the order in which they began.
 *
 *	trace.c --> replay.c  a machine that is a trace
 *	        --> reduce.c  makes a trace small (tests/reduce-trace)
 */
#ifndef TESTS_TRACE_H
#define TESTS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct trace_operation {
	char name[8];
	uint64_t a, b;
	size_t length;
	uint8_t *in, *out;
	size_t in_length, out_length;
	int rc;
	const char *text; /* its line, for complaints */
};

enum trace_kind {
	TRACE_EXECUTE,
	TRACE_TIMER,
	TRACE_RESET,
	TRACE_ASYNC
};

struct trace_step {
	enum trace_kind kind;
	uint64_t sequence;
	unsigned number; /* of the CPU, timer or reset */
	uint8_t instruction[6];
	bool executed;
	struct trace_operation *operations;
	size_t count;
	char *text; /* its lines */
};

struct trace {
	bool shared;
	struct zpci_config *config; /* finished */
	struct trace_step *steps;
	size_t count;
	char *head; /* the lines before the first step, without comments */
};

/*
 * trace_read - read a trace from @file.
 * @complaint: what is wrong with it, to be freed
 * Returns 0, or -1 with a complaint. In both cases trace_free() is to be called.
 */
int trace_read(struct trace *trace, FILE *file, char **complaint);
void trace_free(struct trace *trace);

#endif
