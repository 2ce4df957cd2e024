// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * threads.c - what QEMU wants to know of the threads that call it.
 *
 * Only threads that QEMU's RCU knows may access guest storage. It knows QEMU's own from their
 * start, and these must not be registered again. The threads of device models and timers are
 * registered at their first access, and unregistered when they end. Each callback from QEMU marks
 * its thread as QEMU's. A thread without that mark is ours.
 */
#include <pthread.h>

#include "binding.h"

/* The only variable that is in no structure, as it belongs to a thread and not to a machine. */
static _Thread_local struct {
	bool qemus;	 /* QEMU's own */
	bool registered; /* ours, and known to QEMU's RCU */
	struct zpci_qemu_vcpu *vcpu;
} thread;

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

/* Destructor: a thread of ours ends. @symbols outlive all threads. */
static void forget(void *symbols)
{
	((struct zpci_qemu_symbols *)symbols)->rcu_unregister_thread();
}

static void make_key(void)
{
	pthread_key_create(&key, forget);
}

void zpci_qemu_thread_is_qemus(void)
{
	thread.qemus = true;
}

void zpci_qemu_thread_enter(struct zpci_qemu_binding *binding)
{
	if (thread.qemus || thread.registered)
		return;
	pthread_once(&key_once, make_key);
	binding->qemu.rcu_register_thread();
	pthread_setspecific(key, &binding->qemu);
	thread.registered = true;
}

struct zpci_qemu_vcpu *zpci_qemu_this_vcpu(void)
{
	return thread.vcpu;
}

void zpci_qemu_set_this_vcpu(struct zpci_qemu_vcpu *vcpu)
{
	thread.vcpu = vcpu;
}

bool zpci_qemu_lock(struct zpci_qemu_binding *binding)
{
	bool held = binding->qemu.bql_locked();

	if (!held)
		binding->qemu.bql_lock_impl(__FILE__, __LINE__);
	return held;
}

void zpci_qemu_unlock(struct zpci_qemu_binding *binding, bool held)
{
	if (!held)
		binding->qemu.bql_unlock();
}

bool zpci_qemu_release(struct zpci_qemu_binding *binding)
{
	bool held = binding->qemu.bql_locked();

	if (held)
		binding->qemu.bql_unlock();
	return held;
}

void zpci_qemu_reacquire(struct zpci_qemu_binding *binding, bool held)
{
	if (held)
		binding->qemu.bql_lock_impl(__FILE__, __LINE__);
}
