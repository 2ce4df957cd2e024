// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run.c - what libvirt's hook does: hook.h
 *
 * libvirt has assigned all IDs by then, and has not taken the functions from their drivers yet (its
 * src/qemu/qemu_process.c: the hook runs before qemuHostdevPrepareDomainDevices()). It looks itself
 * whether another guest has a function.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "hook.h"
#include "zpci/tool/host/check/collect.h"
#include "zpci/tool/host/check/refusal.h"
#include "zpci/tool/host/guests/guest_problems.h"
#include "zpci/tool/host/guests/guests.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/message.h"

/* Seconds. All that is read is local and quick; libvirtd waits with the guest locked. */
#define DEADLINE 10
/* A domain with hundreds of devices has some 100 KiB. */
#define XML_MAX (16 << 20)

/* The guest starts, as this is no problem of its functions. libvirt drops what a hook prints that
 * succeeds, so that the system's log has it too. */
static int give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int give_up(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	tool_error("the guest starts without a check: %s", text);
	openlog("zpci-hook", LOG_PID, LOG_DAEMON);
	syslog(LOG_WARNING, "a guest starts without a check: %s", text);
	closelog();
	return 0;
}

/* --- one function ---------------------------------------------------------------------------- */

/* Returns the number of failures. */
static size_t check_one(const struct inventory *inventory, const struct function *f)
{
	struct check_facts_storage storage;
	struct check_report report;
	struct check_facts facts;
	size_t failures = 0;

	check_facts_collect(&facts, &storage, inventory, f);
	if (host_check_start(&report, &facts))
		give_up("out of memory");
	else
		failures = check_refuse(&report, f);
	check_report_free(&report);
	check_facts_free(&storage);
	return failures;
}

/* --- one guest ------------------------------------------------------------------------------- */

static void print_problem(void *opaque, enum guest_problem_kind kind, const struct guest *guest,
			  const struct guest_function *function, const char *text)
{
	(void)opaque;
	(void)kind;
	(void)guest;
	(void)function;
	tool_error("%s", text);
}

/* What is not there, or has an ID twice, guests_check() finds. */
static size_t check_functions(const struct guests *guests, const struct inventory *inventory)
{
	size_t failures = guests_check(guests, inventory, print_problem, NULL), i;
	const struct guest *guest = &guests->guests[0];

	for (i = 0; i < guest->count; i++) {
		const struct guest_function *wanted = &guest->functions[i];
		const struct function *f = NULL;

		if (wanted->has_source)
			f = inventory_find(inventory, wanted->address);
		if (f)
			failures += check_one(inventory, f);
	}
	return failures;
}

static bool has_source(const struct guest *guest)
{
	size_t i;

	for (i = 0; i < guest->count; i++) {
		if (guest->functions[i].has_source)
			return true;
	}
	return false;
}

static int check_guest(const struct guests *guests, const char *sysfs)
{
	struct inventory inventory = { 0 };
	int rc;

	if (sysfs)
		sysfs_set_root(sysfs);
	if (has_source(&guests->guests[0]) && inventory_read(&inventory))
		rc = give_up("%s", inventory.problem.text);
	else
		rc = check_functions(guests, &inventory) ? HOST_EXIT_REFUSED : 0;
	inventory_free(&inventory);
	return rc;
}

static int check_xml(const char *text, size_t size, const char *sysfs)
{
	struct guests guests = { 0 };
	struct problem problem;
	int rc;

	if (guests_parse(&guests, text, size, GUEST_LIVE, &problem))
		rc = give_up("%s", problem.text);
	else
		rc = guests.count ? check_guest(&guests, sysfs) : 0;
	guests_free(&guests);
	return rc;
}

/* The default of SIGALRM is to end the process, and the script takes that for a failure of ours. */
static void set_deadline(void)
{
	sigset_t signals;

	signal(SIGALRM, SIG_DFL);
	sigemptyset(&signals);
	sigaddset(&signals, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	alarm(DEADLINE);
}

/* All of standard input, which the caller frees; NULL after a message. */
static char *read_input(size_t *size)
{
	char *text = malloc(XML_MAX + 1);

	if (!text) {
		give_up("out of memory");
		return NULL;
	}
	*size = fread(text, 1, XML_MAX + 1, stdin);
	if (!ferror(stdin) && *size <= XML_MAX) {
		text[*size] = '\0';
		return text;
	}
	give_up("cannot read its XML: %s", ferror(stdin) ? strerror(errno) : "it is too long");
	free(text);
	return NULL;
}

int hook_run(const char *operation, const char *suboperation, const char *sysfs)
{
	size_t size;
	char *text;
	int rc;

	if (strcmp(operation, "prepare") || strcmp(suboperation, "begin"))
		return 0;
	set_deadline();
	text = read_input(&size);
	if (!text)
		return 0;
	rc = check_xml(text, size, sysfs);
	free(text);
	return rc;
}
