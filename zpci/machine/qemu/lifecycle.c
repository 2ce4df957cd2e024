// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lifecycle.c - resets, stops and the end of the virtual machine.
 *
 * Theory of operation. QEMU resets an s390x machine in two ways. For a system reset and a re-IPL it
 * pauses all CPUs and calls everybody who has registered: that is our system reset. For DIAGNOSE
 * 308 with subcode 0 or 1, which kexec uses, it resets its own devices by name and calls nobody:
 * that is our subsystem reset. We see it by the instruction (execute.c), on its CPU's thread,
 * before QEMU executes it. The other CPUs go on until QEMU has paused them, and QEMU does not say
 * when that is. So the reset first waits for what they have begun. Then it keeps them from
 * beginning more: they are sent back to their instruction as long as @resetting names the CPU that
 * resets. After the reset that CPU runs alone, until it starts others by SIGNAL PROCESSOR. Its
 * first SIGNAL PROCESSOR or its first instruction of ours ends the waiting. (With thread=single one
 * thread runs all CPUs, and a variable of QEMU says which one. Without that variable we cannot tell
 * them apart, and a CPU can begin something before it is paused.)
 *
 * The devices of a stopped machine are quiesced until it goes on. Saving is refused: neither QEMU's
 * migration nor its snapshots know our functions.
 *
 * A reset and a quiesce wait for device threads, which may themselves wait for QEMU's big lock to
 * present an interruption. QEMU calls us with that lock held, so we release it during the call. The
 * CPUs are paused then, and QEMU's main thread, which resets and stops, is in this call.
 *
 * When something in QEMU calls exit(), CPUs can still be in our callbacks. @ended makes callbacks
 * return at once. While a CPU is inside, the firmware is not destroyed. The binding is never freed,
 * because CPUs look at it on their way out.
 */
#include <sched.h>

#include "binding.h"

static void reset(struct zpci_qemu_binding *binding, enum zpci_reset kind)
{
	bool held = zpci_qemu_release(binding);

	zpci_loaded_reset(&binding->loaded, kind);
	zpci_qemu_reacquire(binding, held);
}

/* Releases the big lock, since the others may wait for it. */
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

/* A CPU sets @inside first and then looks at @resetting. Here it is the other way round, so that at
 * least one of the two sees the other. */
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
	zpci_firmware_quiesce(binding->loaded.firmware);
	zpci_qemu_reacquire(binding, held);
}

static void resume(struct zpci_qemu_binding *binding)
{
	bool held = zpci_qemu_release(binding);

	zpci_firmware_resume(binding->loaded.firmware);
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
			zpci_loaded_log(&binding->loaded, ZPCI_LOG_WARNING,
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
	zpci_control_stop(&binding->loaded);
	zpci_qemu_reacquire(binding, held);
	if (a_cpu_is_inside(binding))
		return;
	held = zpci_qemu_release(binding);
	zpci_qemu_binding_end(binding);
	zpci_qemu_reacquire(binding, held);
}
