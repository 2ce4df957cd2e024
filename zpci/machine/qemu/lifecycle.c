// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lifecycle.c - resets, stops and the end of the virtual machine.
 *
 * Theory of operation. QEMU resets an s390x machine in two ways. For a system reset and a re-IPL
 * it pauses all CPUs and tells everybody who registered: that is the system reset. For
 * DIAGNOSE 308 with subcode 0 or 1, which is what kexec does, it resets its own devices by name
 * and tells nobody: that is the subsystem reset, and it is seen when the instruction comes by
 * (execute.c), on its CPU's thread, before QEMU acts on it. The other CPUs run on then, until
 * QEMU has paused them, and nobody tells when that is. So what they have begun is waited for before
 * the reset, and what they come to afterwards they do not begin: they are sent back to their
 * instruction as long as @resetting names the CPU that resets. After the reset that one runs alone,
 * until it starts others by SIGNAL PROCESSOR; with that or with an instruction of ours, whichever
 * comes first, it ends this. (With thread=single one thread runs all CPUs, and QEMU's variable
 * says which one; without it they are the same to us, and one can begin something before it is
 * paused.)
 *
 * A stopped machine's devices are quiesced until it goes on. Saving is refused: neither QEMU's
 * migration nor its snapshots know of our functions.
 *
 * Resetting and quiescing wait for device threads, which may at that moment wait for QEMU's big
 * lock to present an interruption. QEMU calls us with that lock held. So it is let go of for
 * the time of the call; the CPUs are paused then, and QEMU's main thread, which resets and
 * stops, is the one that is here.
 *
 * At the end of the process CPUs can still be in our callbacks, when something in QEMU called
 * exit(). Marked as ended, callbacks return at once. With a CPU inside, the firmware is not
 * destroyed; and the binding itself, which CPUs look at on their way out, never is: that is left
 * to the end of the process.
 */
#include <sched.h>

#include "binding.h"

static void reset(struct zpci_qemu_binding *binding, enum zpci_reset kind)
{
	bool held = zpci_qemu_release(binding);

	if (binding->record)
		zpci_record_reset(binding->record, binding->firmware, kind);
	else
		zpci_firmware_reset(binding->firmware, kind);
	zpci_qemu_reacquire(binding, held);
}

/* Those that are inside may wait for the big lock. */
static void wait_for_others(struct zpci_qemu_vcpu *vcpu)
{
	struct zpci_qemu_binding *binding = vcpu->binding;
	bool held = zpci_qemu_release(binding);

	for (unsigned i = 0; i < binding->vcpus; i++)
		while (&binding->vcpu[i] != vcpu && atomic_load(&binding->vcpu[i].inside))
			sched_yield();
	zpci_qemu_reacquire(binding, held);
}

/* The CPU that this thread runs. */
static const void *running(const struct zpci_qemu_vcpu *vcpu)
{
	return vcpu->current ? *vcpu->current : vcpu;
}

/* A CPU says that it is inside, and then looks at @resetting; here it is the other way round.
 * Whatever the order, one sees the other. */
bool zpci_qemu_subsystem_reset(struct zpci_qemu_vcpu *vcpu)
{
	const void *expected = NULL, *cpu = running(vcpu);

	if (!atomic_compare_exchange_strong(&vcpu->binding->resetting, &expected, cpu) &&
	    expected != cpu)
		return false;
	wait_for_others(vcpu);
	reset(vcpu->binding, ZPCI_RESET_SUBSYSTEM);
	return true;
}

bool zpci_qemu_must_wait(struct zpci_qemu_vcpu *vcpu)
{
	const void *resetting = atomic_load(&vcpu->binding->resetting);

	if (!resetting)
		return false;
	if (resetting != running(vcpu))
		return true;
	atomic_store(&vcpu->binding->resetting, NULL);
	return false;
}

static void system_reset(void *opaque)
{
	struct zpci_qemu_binding *binding = opaque;

	zpci_qemu_thread_is_qemus();
	atomic_store(&binding->resetting, NULL);
	if (!atomic_load(&binding->ended))
		reset(binding, ZPCI_RESET_SYSTEM);
}

static void quiesce(struct zpci_qemu_binding *binding)
{
	bool held;

	if (atomic_exchange(&binding->stopped, true))
		return;
	held = zpci_qemu_release(binding);
	zpci_firmware_quiesce(binding->firmware);
	zpci_qemu_reacquire(binding, held);
}

static void resume(struct zpci_qemu_binding *binding)
{
	bool held = zpci_qemu_release(binding);

	zpci_firmware_resume(binding->firmware);
	zpci_qemu_reacquire(binding, held);
}

static void state_changed(void *opaque, bool running, int state)
{
	struct zpci_qemu_binding *binding = opaque;

	(void)state;
	zpci_qemu_thread_is_qemus();
	if (atomic_load(&binding->ended))
		return;
	if (!running)
		quiesce(binding);
	else if (atomic_exchange(&binding->stopped, false))
		resume(binding);
}

void zpci_qemu_lifecycle_register(struct zpci_qemu_binding *binding)
{
	binding->qemu.qemu_register_reset(system_reset, binding);
	binding->qemu.qemu_add_vm_change_state_handler(state_changed, binding);
}

void zpci_qemu_refuse_saving(struct zpci_qemu_binding *binding)
{
	struct zpci_qemu_error *reason = NULL, *error = NULL;
	bool held = zpci_qemu_lock(binding);

	if (!binding->saving_refused) {
		binding->saving_refused = true;
		binding->qemu.error_setg_internal(&reason, __FILE__, __LINE__, __func__,
						  "zpci-qemu: the state of the PCI functions "
						  "cannot be saved; shut the guest down instead");
		if (binding->qemu.migrate_add_blocker(&reason, &error))
			zpci_qemu_log(binding, ZPCI_LOG_WARNING,
				      "migration cannot be blocked, and would lose the PCI "
				      "functions: do not migrate this guest");
	}
	zpci_qemu_unlock(binding, held);
}

static bool a_cpu_is_inside(const struct zpci_qemu_binding *binding)
{
	for (unsigned i = 0; i < binding->vcpus; i++)
		if (atomic_load(&binding->vcpu[i].inside))
			return true;
	return false;
}

void zpci_qemu_at_exit(void *opaque)
{
	struct zpci_qemu_binding *binding = opaque;
	bool held;

	zpci_qemu_thread_is_qemus();
	if (atomic_exchange(&binding->ended, true))
		return;
	quiesce(binding);
	held = zpci_qemu_release(binding);
	zpci_qemu_control_stop(binding);
	zpci_qemu_reacquire(binding, held);
	if (a_cpu_is_inside(binding))
		return;
	held = zpci_qemu_release(binding);
	zpci_qemu_binding_end(binding);
	zpci_qemu_reacquire(binding, held);
}
