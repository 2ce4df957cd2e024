/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.h - what players in a process of ours have in common: the table's functions, on whatever
 * machine, and what a player with CAN_HOST does to them.
 *
 *	player_ram.c  player_kvm.c      a machine
 *	        \      /
 *	         host.c                 a firmware with functions (functions.c)
 */
#ifndef TESTS_ANSWERS_HOST_H
#define TESTS_ANSWERS_HOST_H

#include <zpci/firmware.h>

#include "functions.h"
#include "player.h"

struct host {
	struct player player; /* first: the operations below get it */
	struct zpci_firmware *firmware;
	struct functions functions;
};

/* Makes the firmware with its functions; ends it again. */
void host_make(struct host *host, const struct zpci_machine_ops *ops, void *machine,
	       bool uid_checking);
void host_unmake(struct host *host);
__attribute__((noreturn)) void host_die(const char *what);

/* The operations of a player that concern the firmware alone, and print(). */
void host_operations(struct player *player);

/* The program's arguments: --list, or a row's NUMBER. Returns its exit status. */
int host_main(struct player *player, int argc, char **argv);

#endif
