/* SPDX-License-Identifier: GPL-2.0-or-later */
/* observe.h - what a program can do with a function through vfio, step by step. */
#ifndef INSPECT_OBSERVE_H
#define INSPECT_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "function.h"
#include "zpci/inventory/problem.h"

/* In the order in which they are made. */
enum observation_name {
	OBSERVE_COMMAND_AT_OPEN,
	OBSERVE_SYSFS_AT_OPEN,
	OBSERVE_BAR_AT_OPEN,
	OBSERVE_WRITE_0,
	OBSERVE_COMMAND_AFTER_0,
	OBSERVE_BAR_AFTER_0,
	OBSERVE_WRITE_2,
	OBSERVE_COMMAND_AFTER_2,
	OBSERVE_BAR_AFTER_2,
	OBSERVE_SYSFS_AFTER_2,
	OBSERVE_WRITE_2_AGAIN,
	OBSERVE_BAR_AFTER_2_AGAIN,
	OBSERVE_WRITE_1,
	OBSERVE_WRITE_1_AGAIN,
	OBSERVE_WRITE_6,
	OBSERVE_MMAP,
	OBSERVATIONS
};

enum observation_action {
	ACTION_READ_COMMAND, /* through vfio */
	ACTION_READ_SYSFS,   /* the Command register through sysfs */
	ACTION_READ_BAR,
	ACTION_WRITE_COMMAND, /* through vfio */
	ACTION_MMAP_BAR,
};

struct observation_info {
	const char *name; /* in JSON */
	const char *text;
	enum observation_action action;
	uint16_t value; /* to write */
};

extern const struct observation_info observation_infos[OBSERVATIONS];

struct observation {
	bool made;
	int error;	       /* 0: it worked */
	uint64_t value;	       /* that was read */
	unsigned int restores; /* of a write: how often the kernel logged "restoring BARs" */
	struct problem why;    /* valid if it was not made */
};

struct observations {
	int bar; /* the BAR whose start is read; -1: there is none */
	bool log_read;
	struct problem log_problem;
	struct observation all[OBSERVATIONS];
};

/* Make all observations. Returns 0, or -1 if some could not be made; each of these says why. */
int observe(const struct vfio_function *f, struct observations *o);

/* Whether the layer below has a Memory bit in the Command register: sysfs then shows it as 1 while
 * it is set in vfio's copy. Returns false if that was not observed. */
bool observed_command_memory(const struct observations *o, bool *emulated);

#endif
