// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * host.c - the table's functions in a firmware, and what happens to them behind the guest.
 */
#include "host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answers.h"

static struct host *of(struct player *player)
{
	return (struct host *)player;
}

void host_die(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

void host_make(struct host *host, const struct zpci_machine_ops *ops, void *machine,
	       bool uid_checking)
{
	struct zpci_firmware_options options = { .size = sizeof(options),
						 .no_uid_checking = !uid_checking };

	if (zpci_firmware_create(ops, machine, &options, &host->firmware))
		host_die("no firmware");
	if (functions_make(&host->functions) || functions_add_all(&host->functions, host->firmware))
		host_die("no function");
}

void host_unmake(struct host *host)
{
	zpci_firmware_quiesce(host->firmware);
	zpci_firmware_destroy(host->firmware);
	functions_unmake(&host->functions);
}

/* --- operations ------------------------------------------------------------------------------- */

static void pause_a_moment(struct player *player)
{
	struct timespec moment = { .tv_nsec = 20000 };

	(void)player;
	nanosleep(&moment, NULL);
}

static int fail(struct player *player, uint32_t fid, uint16_t pec)
{
	return zpci_firmware_inject_error(of(player)->firmware, fid, pec);
}

static int remove_function(struct player *player, uint32_t fid)
{
	return zpci_firmware_remove(of(player)->firmware, fid);
}

/* Another VF of probe. */
static int add_function(struct player *player, uint32_t fid, bool standby)
{
	struct host *host = of(player);
	int rc = functions_add(&host->functions, host->firmware, 0, fid, 5, standby);

	return rc ? rc : zpci_firmware_announce(host->firmware, fid);
}

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
}

void host_operations(struct player *player)
{
	player->pause = pause_a_moment;
	player->fail = fail;
	player->remove = remove_function;
	player->add = add_function;
	player->print = print;
}

int host_main(struct player *player, int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--list")) {
		answers_list(print);
		return 0;
	}
	return answers_run(player, argc > 1 ? (unsigned)atoi(argv[1]) : 0) != 0;
}
