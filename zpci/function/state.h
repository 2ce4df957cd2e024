/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * state.h - state and handle of a function, and its errors.
 */
#ifndef ZPCI_FUNCTION_STATE_H
#define ZPCI_FUNCTION_STATE_H

#include "zpci/function/function.h"

/* Bits of a handle (reference 4.1). The hypervisor bits keep ours apart from QEMU's, whose are 0, 1
 * and 2, and make a host that interprets loads and stores intercept them. */
#define ZPCI_HANDLE_ENABLED 0x80000000u
#define ZPCI_HANDLE_INSTANCE 0x7f000000u
#define ZPCI_HANDLE_INSTANCE_STEP 0x01000000u
#define ZPCI_HANDLE_INSTANCES 128u
#define ZPCI_HANDLE_HYPERVISOR 0x00ff0000u
#define ZPCI_HANDLE_OURS 0x00100000u
#define ZPCI_HANDLE_INDEX 0x0000ffffu

/* All with lock held, except zpci_function_fail(). */

/* A life of the slot begins, with a handle that no life before had; and ends. */
void zpci_function_begin(struct zpci_function *function, bool standby);
void zpci_function_become_reserved(struct zpci_function *function);
/* Of a disabled function whose gate is open. False: it had a permanent error meanwhile. */
bool zpci_function_enable(struct zpci_function *function);
/* The state that zpci_function_disable() leaves. */
void zpci_function_become_disabled(struct zpci_function *function);
/* SCLP: from standby to configured, and, when disabled, back. */
void zpci_function_configure(struct zpci_function *function, bool configured);
/* RESET_ERROR, or RESET_BLOCK if @block_only. False: not in a state for it. */
bool zpci_function_recover(struct zpci_function *function, bool block_only);
/* Whether the function's present life had @handle, enabled or not. */
bool zpci_function_had_handle(const struct zpci_function *function, uint32_t handle);

/* An error of the function, from any thread: one event, and what zpci_pec_effect() says. A function
 * that is blocked already can have further errors. False: not in a state for it. A device's thread
 * calls it while it holds dma.lock or interruption.lock, which a disable waits for, so that the
 * event has the handle of the life in which the error happened. */
bool zpci_function_fail(struct zpci_function *function, uint16_t pec, uint64_t address);

#endif
