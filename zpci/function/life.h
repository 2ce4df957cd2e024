/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * life.h - a function comes, is disabled and goes.
 */
#ifndef ZPCI_FUNCTION_LIFE_H
#define ZPCI_FUNCTION_LIFE_H

#include "zpci/function/function.h"

/* Prepares memory for a slot: once, at @index. */
void zpci_function_init(struct zpci_function *function, const struct zpci_function_parent *parent,
			unsigned index);
void zpci_function_fini(struct zpci_function *function);

/* Brings an empty slot to life with an adapter's function. @quiesced: the machine stands still.
 * After an error the caller calls zpci_function_end(). With lock held. */
int zpci_function_plug(struct zpci_function *function, const struct zpci_function_options *options,
		       bool quiesced);
/* Takes it from the guest: afterwards nothing of it touches the guest. With lock held. */
void zpci_function_unplug(struct zpci_function *function);
/* Closes its device after that, which may take as long as the host takes; then the slot is empty.
 * Without lock. */
void zpci_function_release(struct zpci_function *function);
/* Both, if there is a device. Without lock. */
void zpci_function_end(struct zpci_function *function);
/* Also from error states: drops all registrations, resets the device and the view. With lock
 * held. */
void zpci_function_disable(struct zpci_function *function);

#endif
