/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handover.h - a function of the host goes to a guest, or comes back.
 *
 *	attach.c  detach.c	what is checked, and the steps in their order
 *	  handover_undo.c	back to what was before, from any step
 *	    handover.c		one step: asks libvirt, waits, looks what is there now
 *	      waiting.c		events, deadline, SIGINT
 *
 * struct handover keeps what function and guest were before. What they are now is asked anew each
 * time. So undoing compares, and needs no list of what was done. It only has to know in which place
 * we did something: what is different in another, somebody else did, and it stays.
 */
#ifndef ZPCI_TOOL_HOST_HANDOVER_H
#define ZPCI_TOOL_HOST_HANDOVER_H

#include <libvirt/libvirt.h>

#include "zpci/tool/host/function_name.h"
#include "zpci/tool/host/guests/guests.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/host/word.h"
#include "waiting.h"
#include "zpci/tool/boot/list.h"

/* Numbers of GUEST_LIVE and GUEST_CONFIG. */
enum handover_place {
	HANDOVER_LIVE,
	HANDOVER_CONFIG,
	HANDOVER_PLACES
};

#define HANDOVER_WHERE(place) (1u << (place))

struct handover {
	const struct tool_options *options;
	unsigned int seconds; /* to wait for a guest */
	struct inventory inventory;
	const struct function *function; /* NULL: the host has no such function any more */
	struct pci_address source;
	char address[PCI_ADDRESS_SIZE]; /* @source as text */
	char name[HOST_NAME_SIZE];	/* for messages */
	char label[HOST_LABEL_SIZE];	/* with the address, for the result */
	struct guests guests;
	const struct guest *guest;
	char guest_word[HOST_WORD_SIZE]; /* its name, for commands to copy */
	char driver[FUNCTION_NAME_SIZE]; /* "": none */
	char *before[HANDOVER_PLACES]; /* the function as XML, where the guest has it; else NULL */
	bool changed[HANDOVER_PLACES]; /* by us: libvirt has not refused our step there */
	struct waiting waiting;
	virConnectPtr connection; /* NULL: libvirt is gone */
	virDomainPtr domain;
	struct tool_list added; /* aliases, by events of libvirt */
	struct tool_list removed;
	struct tool_list kept; /* the guest refused to remove it */
};

/*
 * Reads the host's functions, connects to libvirt and reads its guests. To be called first; the
 * others below need @function or @source, and @guest. Returns 0, or an exit status after a message;
 * handover_close() must be called in both cases.
 */
int handover_open(struct handover *handover, const struct tool_options *options);
void handover_close(struct handover *handover);

/* Sets @function and @source by the argument FUNCTION. An address of nothing on this host is
 * accepted if @may_be_gone. Returns 0, or an exit status after a message. */
int handover_set_function(struct handover *handover, const char *name, bool may_be_gone);
/* Sets @guest, and reads what it is before. The same. */
int handover_set_guest(struct handover *handover, const char *name);

/* Connects again if libvirt was restarted. Returns 0, or -1 after a message. */
int handover_connect(struct handover *handover);

/* The function as XML, as it is now in @place of the guest; for free(). *@xml is NULL if it is not
 * there. Returns 0, or -1 and the problem. */
int handover_look(struct handover *handover, enum handover_place place, char **xml,
		  struct problem *problem);

/* One step. Both return 0, or -1 and the problem. What is detached from a running guest is only
 * asked for then. */
int handover_attach(struct handover *handover, enum handover_place place, const char *xml,
		    struct problem *problem);
int handover_detach(struct handover *handover, enum handover_place place, const char *xml,
		    struct problem *problem);

/* Wait until libvirt says that the running guest has the function, or no more. Both return 0, or -1
 * and the problem. */
int handover_wait_added(struct handover *handover, struct problem *problem);
int handover_wait_removed(struct handover *handover, struct problem *problem);

/* The host's driver now, "" if none. */
void handover_read_driver(const struct handover *handover, char driver[FUNCTION_NAME_SIZE]);

/* What the place is called in messages. */
const char *handover_place_name(enum handover_place place);

#endif
