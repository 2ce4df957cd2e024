/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_KVM_H
#define ZPCI_TOOL_KVM_H

#include <stdbool.h>

/*
 * Can a process of this user make a VM of KVM for s390x here? Returns 0, or -1 after a sentence
 * that says what the host lacks and how to get it.
 */
int tool_kvm_check(void);

/*
 * Must the guest's storage be allocated before the guest starts? On Hercules, the emulator of the
 * mainframe, it must: when a guest writes to a page that the host has mapped for reading only, as
 * it maps untouched storage, Hercules presents a protection exception to the guest. A real machine
 * lets the host's kernel handle it.
 */
bool tool_kvm_needs_allocation(void);

#endif
