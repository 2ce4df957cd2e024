// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * overrides.c - see overrides.h
 *
 * A file that is watched already gives the same watch again. So all functions are watched anew, and
 * watches that none of them gave are of functions that are gone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "overrides.h"

int overrides_open(struct overrides *overrides, struct problem *problem)
{
	*overrides = (struct overrides){ .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC) };
	if (overrides->fd >= 0)
		return 0;
	return problem_set(problem, "inotify: %s", strerror(errno));
}

static bool have(const int *watches, size_t count, int watch)
{
	for (size_t i = 0; i < count; i++) {
		if (watches[i] == watch)
			return true;
	}
	return false;
}

bool overrides_watch(struct overrides *overrides, const struct inventory *inventory)
{
	int *watches = calloc(inventory->count + 1, sizeof(*watches));
	size_t count = 0;
	bool added = false;

	if (!watches)
		return false;
	for (size_t i = 0; i < inventory->count; i++) {
		const struct function *f = &inventory->functions[i];
		char path[SYSFS_PATH_SIZE];

		sysfs_device_path(path, f->address, "driver_override");
		if (f->has_device)
			watches[count] = inotify_add_watch(overrides->fd, path, IN_MODIFY);
		if (!f->has_device || watches[count] < 0)
			continue; /* gone again, or an older kernel without it */
		added |= !have(overrides->watches, overrides->count, watches[count]);
		count++;
	}
	for (size_t i = 0; i < overrides->count; i++) {
		if (!have(watches, count, overrides->watches[i]))
			inotify_rm_watch(overrides->fd, overrides->watches[i]);
	}
	free(overrides->watches);
	overrides->watches = watches;
	overrides->count = count;
	return added;
}

bool overrides_take(struct overrides *overrides)
{
	char events[4096] __attribute__((aligned(8)));
	bool written = false;
	ssize_t n;

	while ((n = read(overrides->fd, events, sizeof(events))) > 0) {
		for (char *at = events; at < events + n;) {
			const struct inotify_event *event = (const void *)at;

			/* An overflow means that some are lost. */
			written |= event->mask & (IN_MODIFY | IN_Q_OVERFLOW);
			at += sizeof(*event) + event->len;
		}
	}
	return written;
}

void overrides_close(struct overrides *overrides)
{
	if (overrides->fd >= 0)
		close(overrides->fd);
	free(overrides->watches);
	*overrides = (struct overrides){ .fd = -1 };
}
