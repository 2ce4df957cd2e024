// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hypervisor_locks.c - calls of two threads that meet.
 *
 * A thread is made slow: each time before it takes a lock, another thread does something that may
 * have to wait for it. So that happens at each point that is outside of a lock, or in the wrong
 * one.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "hypervisor.h"

#define CHANCES 5000

static _Thread_local bool slow;
static _Atomic unsigned turns, answered;
static _Atomic bool over;

/* Of this program, and so of all that is loaded into it. */
__attribute__((visibility("default"))) int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	static _Atomic(int (*)(pthread_mutex_t *)) behind;
	int (*lock)(pthread_mutex_t *) = behind;

	if (!lock)
		behind = lock = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
	if (slow) {
		unsigned turn = ++turns;

		for (unsigned i = 0; i < CHANCES && answered < turn; i++)
			sched_yield();
	}
	return lock(mutex);
}

static void *slowly(void *call)
{
	slow = true;
	((void (*)(void))call)();
	slow = false;
	over = true;
	return NULL;
}

static void meanwhile(void (*call)(void), void (*other)(void))
{
	pthread_t thread;

	must(!pthread_create(&thread, NULL, slowly, (void *)call));
	while (!over) {
		unsigned turn = turns;

		if (turn > answered) {
			other();
			answered = turn;
		}
		sched_yield();
	}
	pthread_join(thread, NULL);
}

/* Where the next slot is. */
static uint64_t end = STORAGE;

static void add_slot(void)
{
	if (end < 64ull * STORAGE)
		must(!hv_set_memory((unsigned)(end / STORAGE), 0, end, STORAGE, hv.storage));
	end += STORAGE;
}

/* A slot that comes while the functions start. */
static void slot_at_start(void)
{
	uint32_t handle;

	hv_create_vm();
	hv_add_storage();
	hv.vcpu = hv_add_vcpu(0);
	hv.run = hv_map_vcpu(hv.vcpu);
	meanwhile(hv_add_flic, add_slot);
	must(end > STORAGE);
	handle = hv_enable();
	hv_prepare_vector(handle);
	for (uint64_t slot = STORAGE; slot < end && slot < 64ull * STORAGE; slot += STORAGE) {
		hv_modify(handle, ZPCI_MPCIFC_DEREG_INT);
		hv_register_vector(handle, slot + AIBV);
		memset(hv.storage + AIBV, 0, 8);
		hv_store(handle, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_NOW, 4, 0);
		must(hv_presented());
	}
}

static void reset(void)
{
	must(!hv_clear_flic());
}

static void close_vm(void)
{
	static bool closed;

	if (!closed)
		close(hv.vm);
	closed = true;
}

/* The functions end while they are reset. */
static void reset_at_end(void)
{
	hv_make();
	hv_enable();
	meanwhile(reset, close_vm);
}

static int second;

static void run_first(void)
{
	must(!hv_run(hv.vcpu));
}

static void run_second(void)
{
	hv_exit_wait(second);
	must(!hv_run(second));
}

/* Without a FLIC, the first KVM_RUN starts the functions. Another vCPU is the first meanwhile. */
static void starts_meanwhile(void)
{
	hv_create_vm();
	hv_add_storage();
	hv.vcpu = hv_add_vcpu(0);
	second = hv_add_vcpu(1);
	hv_exit_wait(hv.vcpu);
	meanwhile(run_first, run_second);
}

static uint32_t stopped;

static void stop(void)
{
	must(!hv_read_clock());
}

static void go_on(void)
{
	ALIVE(stopped);
}

/* The machine goes on while it is being stopped: when both have returned, it goes on. */
static void stop_and_go(void)
{
	hv_make();
	stopped = hv_enable();
	hv_prepare_vector(stopped);
	meanwhile(stop, go_on);
	go_on();
	hv_store(stopped, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_NOW, 4, 0);
	must(hv_presented());
}

const struct hv_case hv_locks[] = {
	{ "slot-at-start", slot_at_start },
	{ "reset-at-end", reset_at_end },
	{ "starts-meanwhile", starts_meanwhile },
	{ "stop-and-go", stop_and_go },
	{ NULL, NULL },
};
