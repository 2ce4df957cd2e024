/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - where the control sockets of this user's running guests are.
 *
 *	$XDG_RUNTIME_DIR/zpci/[NAME-]PID.sock	PID is that of `zpci run`
 *	$ZPCI_CACHE/run/[NAME-]PID.sock		without such a folder
 *
 * `zpci run` chooses the name. QEMU makes the socket and removes it. If QEMU is killed, the socket
 * stays, and the next `zpci run` removes it. Nobody else may read or write the folder. One that
 * another user made, or could write into, is not used.
 */
#ifndef ZPCI_TOOL_CTL_PLACE_H
#define ZPCI_TOOL_CTL_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#define CTL_NAME_SIZE 32
#define CTL_NAME_RULE "1 to 31 letters, digits, '-', '_' or '.', the first one a letter"

/* A guest whose control channel answers. */
struct ctl_guest {
	int pid;
	char name[CTL_NAME_SIZE]; /* "": none */
	char *socket;
};

/* In the order of their process IDs. */
struct ctl_guests {
	struct ctl_guest *items;
	size_t count;
};

bool ctl_name_valid(const char *name);

/* The path of a socket for this process's guest, allocated; @name may be NULL. NULL: there is no
 * place for it, which is no failure. */
char *ctl_place_new(const char *name);

/* Returns 0, or -1 after a message. The guests must be freed in both cases. */
int ctl_guests_find(struct ctl_guests *guests);
void ctl_guests_free(struct ctl_guests *guests);

#endif
