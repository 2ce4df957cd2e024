/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest.h - what the guest of the fixture does when a test enters it.
 */
#ifndef TESTS_KVM_GUEST_H
#define TESTS_KVM_GUEST_H

#include <stdint.h>

#include "fake.h"

extern const uint8_t pcilg[6], pcistb[6];
/* Of a CPU in 64-bit mode, without translation. */
extern const struct fake_cpu somewhere;

/* The next exits: for @instruction with the state @cpu, or because of a signal. */
void script(const uint8_t *instruction, const struct fake_cpu *cpu);
void script_signal(void);
/* KVM_RUN: 0, or a negative errno. */
int enter(void);

#endif
