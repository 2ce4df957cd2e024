/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiting.h - waits for an event of libvirt, with a deadline, progress, and an end at SIGINT.
 *
 * After waiting_guard() SIGINT, SIGTERM and SIGHUP do not end the process any more: who waits
 * learns of them, and can undo what was begun.
 */
#ifndef ZPCI_TOOL_HOST_WAITING_H
#define ZPCI_TOOL_HOST_WAITING_H

#include <stdbool.h>
#include <time.h>

struct waiting {
	int signals;	       /* a signalfd; -1: none */
	int watch;	       /* libvirt's, of @signals */
	int timer;	       /* libvirt's: each second */
	struct timespec begin; /* of what is waited for */
	bool interrupted;
	bool lost; /* set it when libvirt is gone: then nothing more comes */
};

enum waiting_end {
	WAITING_DONE,
	WAITING_LATE, /* the deadline has passed */
	WAITING_INTERRUPTED,
	WAITING_LOST,
};

/* Call it before the connection to libvirt is opened. Returns 0, or -1 after a message. */
int waiting_begin(struct waiting *waiting);
/* Call it before the first change. */
void waiting_guard(void);
void waiting_end(struct waiting *waiting);

/* From now on the time counts: what libvirt itself takes for a call is in it. */
void waiting_start(struct waiting *waiting);
/* Runs libvirt's events until done(@opaque), or until @seconds have passed since then. @what: for
 * what it waits, for messages on standard error. */
enum waiting_end waiting_until(struct waiting *waiting, bool (*done)(void *opaque), void *opaque,
			       unsigned int seconds, const char *what);

/* Was there a signal? It is taken, so that what follows can be waited for. */
bool waiting_was_interrupted(struct waiting *waiting);

#endif
