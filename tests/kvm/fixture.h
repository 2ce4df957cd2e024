/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fixture.h - common ground of the fake's own tests, test-fake-*.c: a VM on the fake /dev/kvm.
 *
 * Each test breaks rules of the fake. What Linux refuses is seen as its errno, and what it lets
 * pass as a finding. If a rule is taken out of the fake, a test fails.
 */
#ifndef TESTS_KVM_FIXTURE_H
#define TESTS_KVM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define STORAGE 0x400000u
#define MEBIBYTE 0x100000u

extern struct host {
	int kvm, vm, vcpu, flic; /* descriptors; -1: there is none */
	uint8_t *run;		 /* the vCPU's shared page */
	uint8_t *storage;	 /* STORAGE bytes, at a multiple of 1 MiB */
} host;

/* A VM with storage in slot 0, suppression, a FLIC and a vCPU. */
int fixture_setup(void **state);
/* A VM that has nothing. */
int fixture_setup_vm(void **state);
/* Fails if there are findings. */
int fixture_teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
#define EARLY(name) cmocka_unit_test_setup_teardown(name, fixture_setup_vm, fixture_teardown)

void create_vcpu(void);

/* Exactly one finding, with @word in its text. */
void assert_finding(const char *word);

#endif
