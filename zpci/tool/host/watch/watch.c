// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci host watch`: a line for each change of functions; zpci-host-list(1).
 *
 * The kernel's events say that something changed, and the inventory is read anew to see what. So a
 * lost event, or one that comes twice, does no harm. The order matters:
 *
 * - Events are asked for first, and then the functions are read. A change in between is read, or
 *   its event comes afterwards.
 * - Somebody may remove a function while it is read, and half of it is found. So all is read until
 *   two readings, one after the other, found the same.
 * - Writes to driver_override are watched function by function. If a function is watched only now,
 *   all is read once more.
 * - The kernel tells that a slot is removed before its folder is gone (kobject_del()). So when
 *   there was no event for half a second, all is read once more.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "changes.h"
#include "zpci/tool/host/host.h"
#include "overrides.h"
#include "uevents.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"
#include "zpci/util/json.h"

#define SETTLED_MS 500
/* Functions that come and go all the time do not keep us from printing. */
#define ROUNDS_MAX 8

struct watch {
	int uevents;
	int signals;
	struct overrides overrides;
	struct inventory inventory;
	bool json;
};

/* --- reading --------------------------------------------------------------------------------- */

/* *@added: a function is watched only now. */
static int read_once(struct watch *watch, struct inventory *inventory, bool *added)
{
	if (inventory_read(inventory)) {
		tool_error("%s", inventory->problem.text);
		inventory_free(inventory);
		return -1;
	}
	*added = overrides_watch(&watch->overrides, inventory);
	return 0;
}

static int read_inventory(struct watch *watch, struct inventory *inventory)
{
	bool added, settled = false;
	int rc = read_once(watch, inventory, &added);

	for (int round = 1; !rc && !settled && round < ROUNDS_MAX; round++) {
		struct inventory again;

		rc = read_once(watch, &again, &added);
		settled = !rc && !added && changes_none(inventory, &again);
		inventory_free(inventory);
		*inventory = again;
	}
	return rc;
}

static void print_ready(const struct watch *watch)
{
	struct json j = { .out = stdout, .compact = true };

	if (!watch->json) {
		printf("watching\n");
		return;
	}
	json_open_object(&j, NULL);
	json_string(&j, "schema", HOST_SCHEMA);
	json_string(&j, "event", "ready");
	json_close_object(&j);
}

/* Returns 0; 1 if the reader of standard output is gone; -1 after a message. */
static int flush(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	if (errno == EPIPE)
		return 1;
	tool_error("cannot write changes: %s", strerror(errno));
	return -1;
}

static int print_changes(struct watch *watch)
{
	struct inventory inventory;

	if (read_inventory(watch, &inventory))
		return -1;
	changes_print(&watch->inventory, &inventory, watch->json);
	inventory_free(&watch->inventory);
	watch->inventory = inventory;
	return flush();
}

/* --- waiting --------------------------------------------------------------------------------- */

/* Waits for @timeout milliseconds; -1: for ever. Returns 0 if there was nothing, 1 after a change,
 * 2 if the command has to end, -1 after a message. */
static int wait_for_change(struct watch *watch, int timeout)
{
	struct pollfd fds[] = {
		{ .fd = watch->uevents, .events = POLLIN },
		{ .fd = watch->overrides.fd, .events = POLLIN },
		{ .fd = watch->signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO }, /* POLLERR, POLLHUP: nobody reads it */
	};
	struct problem problem;
	int changed;

	if (poll(fds, sizeof(fds) / sizeof(fds[0]), timeout) < 0) {
		if (errno == EINTR)
			return 0;
		tool_error("poll: %s", strerror(errno));
		return -1;
	}
	if (fds[2].revents || fds[3].revents & (POLLERR | POLLHUP))
		return 2;
	changed = uevents_take(watch->uevents, &problem);
	if (changed < 0) {
		tool_error("%s", problem.text);
		return -1;
	}
	return overrides_take(&watch->overrides) || changed;
}

static int run(struct watch *watch)
{
	bool settled = false;
	int rc;

	if (read_inventory(watch, &watch->inventory))
		return -1;
	changes_print_present(&watch->inventory, watch->json);
	print_ready(watch);
	rc = flush();
	while (!rc) {
		rc = wait_for_change(watch, settled ? -1 : SETTLED_MS);
		if (rc < 0 || rc == 2 || (!rc && settled))
			continue;
		settled = !rc;
		rc = print_changes(watch);
	}
	return rc;
}

/* --- the command ----------------------------------------------------------------------------- */

static int open_all(struct watch *watch)
{
	struct problem problem;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	watch->signals = signalfd(-1, &signals, SFD_CLOEXEC);
	if (watch->signals < 0) {
		tool_error("signalfd: %s", strerror(errno));
		return -1;
	}
	watch->uevents = uevents_open(&problem);
	if (watch->uevents >= 0 && !overrides_open(&watch->overrides, &problem))
		return 0;
	tool_error("%s", problem.text);
	return -1;
}

static void close_all(struct watch *watch)
{
	inventory_free(&watch->inventory);
	overrides_close(&watch->overrides);
	if (watch->uevents >= 0)
		close(watch->uevents);
	if (watch->signals >= 0)
		close(watch->signals);
}

int tool_host_watch(const struct tool_options *options)
{
	struct watch watch = {
		.uevents = -1, .signals = -1, .overrides.fd = -1, .json = options->json
	};
	int rc;

	if (options->host.sysfs)
		sysfs_set_root(options->host.sysfs);
	if (!sysfs_is_own()) {
		tool_error("--sysfs: the kernel sends no events of %s; leave out --sysfs",
			   options->host.sysfs);
		return TOOL_EXIT_FAILURE;
	}
	rc = open_all(&watch);
	if (!rc)
		rc = run(&watch);
	close_all(&watch);
	return rc < 0 ? HOST_EXIT_SYSTEM : 0;
}
