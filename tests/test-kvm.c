// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine on KVM: what it asks of the kernel, for each operation and each exit. The kernel is a
 * script (kvm-script.h), and no guest runs: a test fills in the vCPU's shared page as an exit does.
 *
 * test-kvm-memory has the slots and what waits for what.
 */
#include "fixture.h"
#include "kvm-rig.h"
#include "strike.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- at start ------------------------------------------------------------------------------- */

static char message[512];
static unsigned messages[ZPCI_LOG_DEBUG + 1];

static void keep(void *opaque, enum zpci_log_level level, const char *text)
{
	(void)opaque;
	messages[level]++;
	snprintf(message, sizeof(message), "%s", text);
}

static int forget(void **state)
{
	(void)state;
	memset(&script, 0, sizeof(script));
	memset(messages, 0, sizeof(messages));
	message[0] = '\0';
	return 0;
}

static struct zpci_kvm_options options_for(int vm, int flic)
{
	return (struct zpci_kvm_options){
		.size = sizeof(struct zpci_kvm_options),
		.logger = { keep, NULL },
		.vm = vm,
		.flic = flic,
	};
}

static void test_nothing_is_missing(void **state)
{
	struct zpci_kvm_options options = options_for(SCRIPT_VM, SCRIPT_FLIC);
	struct zpci_kvm *kvm;

	(void)state;
	assert_int_equal(zpci_kvm_create(&options, &kvm), 0);
	assert_string_equal(message, "");
	zpci_kvm_destroy(kvm);
	zpci_kvm_destroy(NULL);
}

static void test_eight_adapters_one_for_each_subclass(void **state)
{
	struct zpci_kvm_options options = options_for(SCRIPT_VM, SCRIPT_FLIC);
	struct zpci_kvm *kvm;

	(void)state;
	for (unsigned given = 0; given < 2; given++) {
		unsigned first = given ? 0 + 3 : 56;

		options.adapters = given ? first : 0;
		script.adapters = 0;
		assert_int_equal(zpci_kvm_create(&options, &kvm), 0);
		assert_int_equal(script.adapters, 8);
		for (unsigned isc = 0; isc < 8; isc++) {
			assert_int_equal(script.adapter[isc].id, first + isc);
			assert_int_equal(script.adapter[isc].isc, isc);
			assert_int_equal(script.adapter[isc].maskable, 0);
			assert_int_equal(script.adapter[isc].swap, 1);
			assert_int_equal(script.adapter[isc].flags, LAYOUT_ADAPTER_SUPPRESSIBLE);
		}
		zpci_kvm_destroy(kvm);
	}
}

/* Each of these is missing once. */
static void test_what_is_missing_is_said(void **state)
{
	static const struct {
		unsigned capability;
		int rc;
		enum zpci_log_level level;
		const char *says;
	} rows[] = {
		{ LAYOUT_CAP_SYNC_REGS, -ENOTSUP, ZPCI_LOG_ERROR, "KVM_CAP_SYNC_REGS" },
		{ LAYOUT_CAP_MEM_OP, -ENOTSUP, ZPCI_LOG_ERROR, "KVM_CAP_S390_MEM_OP" },
		{ LAYOUT_CAP_INJECT_IRQ, -ENOTSUP, ZPCI_LOG_ERROR, "KVM_CAP_S390_INJECT_IRQ" },
		{ LAYOUT_CAP_VM_ATTRIBUTES, -ENOTSUP, ZPCI_LOG_ERROR, "KVM_CAP_VM_ATTRIBUTES" },
		{ LAYOUT_CAP_MEM_OP_EXTENSION, 0, ZPCI_LOG_WARNING, "storage keys" },
		{ LAYOUT_CAP_AIS, 0, ZPCI_LOG_WARNING, "never suppressed" },
	};
	struct zpci_kvm_options options = options_for(SCRIPT_VM, SCRIPT_FLIC);
	struct zpci_kvm *kvm;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		forget(state);
		script.missing = rows[i].capability;
		assert_int_equal(zpci_kvm_create(&options, &kvm), rows[i].rc);
		assert_int_equal(messages[rows[i].level], 1);
		assert_non_null(strstr(message, rows[i].says));
		if (rows[i].rc)
			assert_int_equal(script.adapters, 0); /* KVM would keep them */
		else
			zpci_kvm_destroy(kvm);
	}
	forget(state);
	options.flic = -1;
	assert_int_equal(zpci_kvm_create(&options, &kvm), 0);
	assert_non_null(strstr(message, "no FLIC"));
	zpci_kvm_destroy(kvm);
	forget(state);
	script.interprets = true;
	options.flic = SCRIPT_FLIC;
	assert_int_equal(zpci_kvm_create(&options, &kvm), 0);
	assert_int_equal(messages[ZPCI_LOG_INFO], 1);
	zpci_kvm_destroy(kvm);
}

static int taken(int descriptor, unsigned long request, const void *argument)
{
	const struct layout_attr *attr = argument;

	return descriptor == SCRIPT_FLIC && request == LAYOUT_SET_DEVICE_ATTR &&
			       attr->group == LAYOUT_FLIC_ADAPTER_REGISTER
		       ? EINVAL
		       : 0;
}

static int no_clock(int descriptor, unsigned long request, const void *argument)
{
	(void)descriptor;
	(void)argument;
	return request == LAYOUT_GET_DEVICE_ATTR ? ENXIO : 0;
}

static int no_vm(int descriptor, unsigned long request, const void *argument)
{
	(void)argument;
	return descriptor == SCRIPT_VM && request == LAYOUT_CHECK_EXTENSION ? ENOTTY : 0;
}

static void test_refusals(void **state)
{
	static const struct {
		int (*refuse)(int descriptor, unsigned long request, const void *argument);
		int rc;
		const char *says;
	} rows[] = {
		{ taken, -EINVAL, "adapter ID 0x38" },
		{ no_clock, -ENXIO, "TOD clock" },
		{ no_vm, -ENOTTY, "KVM_CREATE_VM" },
	};
	struct zpci_kvm_options options = options_for(SCRIPT_VM, SCRIPT_FLIC);
	struct zpci_kvm *kvm;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		forget(state);
		script.refuse = rows[i].refuse;
		assert_int_equal(zpci_kvm_create(&options, &kvm), rows[i].rc);
		assert_int_equal(messages[ZPCI_LOG_ERROR], 1);
		assert_non_null(strstr(message, rows[i].says));
	}
	forget(state);
	options.adapters = 57;
	assert_int_equal(zpci_kvm_create(&options, &kvm), -EINVAL);
	assert_non_null(strstr(message, "0x38"));
	options = options_for(-1, -1);
	assert_int_equal(zpci_kvm_create(&options, &kvm), -EBADF);
	options.size = 8;
	assert_int_equal(zpci_kvm_create(&options, &kvm), -EINVAL);
}

static void test_clock(void **state)
{
	struct zpci_kvm_options options = options_for(SCRIPT_VM, -1);
	struct zpci_kvm *kvm;

	(void)state;
	for (unsigned old = 0; old < 2; old++) {
		script.no_tod_ext = old;
		assert_int_equal(zpci_kvm_create(&options, &kvm), 0);
		script.tod = 0xd123456789abcdefull + old;
		assert_int_equal(zpci_kvm_ops()->clock(kvm), 0xd123456789abcdefull + old);
		zpci_kvm_destroy(kvm);
	}
}

/* --- exits ---------------------------------------------------------------------------------- */

static void test_other_exits_are_not_ours(void **state)
{
	static const struct {
		uint32_t reason;
		uint8_t code;
	} exits[] = {
		{ LAYOUT_EXIT_INTR, LAYOUT_ICPT_INSTRUCTION },
		{ LAYOUT_EXIT_RESET, LAYOUT_ICPT_INSTRUCTION },
		{ LAYOUT_EXIT_TSCH, LAYOUT_ICPT_INSTRUCTION },
		{ LAYOUT_EXIT_SIEIC, LAYOUT_ICPT_PROGRAM },
		{ LAYOUT_EXIT_SIEIC, LAYOUT_ICPT_WAIT },
		{ LAYOUT_EXIT_SIEIC, LAYOUT_ICPT_STOP },
	};
	struct rig *rig = *state;
	const uint8_t load[6] = RRE(OP_PCILG, 2, 4);

	rig_enabled(rig);
	for (unsigned i = 0; i < sizeof(exits) / sizeof(exits[0]); i++) {
		struct layout_run before;

		rig_exit(rig, load);
		rig->run->exit_reason = exits[i].reason;
		rig->run->sieic.icptcode = exits[i].code;
		before = *rig->run;
		assert_int_equal(rig_handle(rig), 0);
		assert_memory_equal(rig->run, &before, sizeof(before));
	}
}

/* Instructions that the firmware, and this machine, leave to the hypervisor. */
static void test_other_instructions_are_not_ours(void **state)
{
	static const uint8_t instructions[][6] = {
		RRE(0xb22c, 1, 2),	    /* TB */
		RRE(OP_STCRW, 1, 0),	    /* no report is pending */
		DISPLACED(OP_SIC, 1, 2, 0), /* it was not asked for */
		RRE(OP_SERVC, 1, 2),	    /* another command */
		{ 0x83, 0x24, 0x03, 0x08 }, /* DIAGNOSE 308 */
		{ 0xae, 0x24, 0x00, 0x05 }, /* SIGP */
	};
	struct rig *rig = *state;

	for (unsigned i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
		struct layout_run before;

		rig_exit(rig, instructions[i]);
		before = *rig->run;
		assert_int_equal(rig_handle(rig), 0);
		assert_memory_equal(rig->run, &before, sizeof(before));
		assert_int_equal(script.irqs, 0);
	}
}

static void test_load(void **state)
{
	struct rig *rig = *state;
	const uint8_t load[6] = RRE(OP_PCILG, 2, 4);
	uint32_t handle = rig_enabled(rig);

	rig_exit(rig, load);
	rig->run->psw_mask |= UINT64_C(2) << 44;
	rig->run->psw_addr = 0x123456;
	rig->run->regs.gprs[4] = (uint64_t)handle << 32 | 15 << 16 | 2;
	rig->run->regs.gprs[5] = 0;
	assert_int_equal(rig_handle(rig), 1);
	assert_int_equal(rig->run->regs.gprs[2], 0xf51a); /* little endian in config space */
	assert_int_equal(rig_cc(rig), 0);
	assert_int_equal(rig->run->psw_addr, 0x123456);
	assert_true(rig->run->dirty_regs & LAYOUT_SYNC_GPRS);
	assert_int_equal(script.irqs, 0);

	/* Three conditions and every other bit of the PSW as it was. */
	rig_exit(rig, load);
	rig->run->regs.gprs[4] = 0;
	rig->run->psw_mask = 0xfffeffffffffffffull;
	assert_int_equal(rig_handle(rig), 1);
	assert_int_equal(rig_cc(rig), 3);
	assert_int_equal(rig->run->psw_mask, 0xfffeffffffffffffull);
}

static void test_program_interruption(void **state)
{
	struct rig *rig = *state;
	const uint8_t load[6] = RRE(OP_PCILG, 2, 5); /* odd */
	struct layout_irq expected = { .type = LAYOUT_PROGRAM_INT };

	rig_exit(rig, load);
	assert_int_equal(rig_handle(rig), 1);
	expected.pgm.code = ZPCI_PGM_SPECIFICATION;
	assert_int_equal(script.irqs, 1);
	assert_int_equal(script.irq_descriptor, SCRIPT_VCPU);
	assert_memory_equal(&script.irq, &expected, sizeof(expected));

	/* The problem state is checked here: KVM does not. */
	rig_exit(rig, load);
	rig->run->psw_mask |= ZPCI_PSW_PROBLEM_STATE;
	assert_int_equal(rig_handle(rig), 1);
	assert_int_equal(script.irqs, 2);
	assert_int_equal(script.irq.pgm.code, ZPCI_PGM_PRIVILEGED);
}

static int no_irq(int descriptor, unsigned long request, const void *argument)
{
	(void)descriptor;
	(void)argument;
	return request == LAYOUT_IRQ ? EBUSY : 0;
}

static int no_operand(int descriptor, unsigned long request, const void *argument)
{
	(void)descriptor;
	(void)argument;
	return request == LAYOUT_MEM_OP ? EINVAL : 0;
}

/* A fault of KVM's is the hypervisor's business, whatever the guest gets for it. */
static void test_what_is_never_refused(void **state)
{
	struct rig *rig = *state;
	const uint8_t odd[6] = RRE(OP_PCILG, 2, 5);
	const uint8_t store[6] = DISPLACED(OP_STPCIFC, 2, 0, 4);

	rig_enabled(rig);
	script.refuse = no_irq;
	rig_exit(rig, odd);
	assert_int_equal(rig_handle(rig), -EBUSY);
	assert_int_equal(rig->messages[ZPCI_LOG_ERROR], 1);
	script.refuse = no_operand;
	rig_exit(rig, store);
	rig->run->regs.gprs[2] = (uint64_t)rig->handle << 32;
	rig->run->regs.gprs[4] = 0x8000;
	assert_int_equal(rig_handle(rig), -EINVAL);
	assert_int_equal(rig->messages[ZPCI_LOG_ERROR], 2);
}

/* --- operands ------------------------------------------------------------------------------- */

/* Store controls, with the operand at @address and base register @base. */
static int store_controls(struct rig *rig, unsigned base, uint64_t address)
{
	uint8_t bytes[6];

	encode_displaced(bytes, OP_STPCIFC, 2, 0, base, 0);
	rig_exit(rig, bytes);
	rig->run->regs.gprs[2] = (uint64_t)rig->handle << 32;
	rig->run->regs.gprs[base] = address;
	return rig_handle(rig);
}

static void test_operand_with_key_and_access_register(void **state)
{
	struct rig *rig = *state;

	rig_enabled(rig);
	rig->psw = UINT64_C(0x9) << 52;
	assert_int_equal(store_controls(rig, 7, 0x8000), 1);
	assert_int_equal(rig_cc(rig), 0);
	assert_int_equal(script.mem_op_descriptor, SCRIPT_VCPU);
	assert_int_equal(script.mem_op.gaddr, 0x8000);
	assert_int_equal(script.mem_op.size, sizeof(struct zpci_fib));
	assert_int_equal(script.mem_op.op, LAYOUT_MEMOP_LOGICAL_WRITE);
	assert_int_equal(script.mem_op.ar, 7);
	assert_int_equal(script.mem_op.key, 9);
	assert_int_equal(script.mem_op.flags,
			 LAYOUT_MEMOP_INJECT_EXCEPTION | LAYOUT_MEMOP_SKEY_PROTECTION);
	assert_int_equal(script.mem_op.old_addr, 0);
	assert_int_equal(script.mem_op.reserved[0] | script.mem_op.reserved[1], 0);
}

static void test_operand_without_keys(void **state)
{
	struct rig *rig = *state;

	rig_end(rig);
	script.missing = LAYOUT_CAP_MEM_OP_EXTENSION;
	rig_begin(rig, NULL);
	rig_enabled(rig);
	rig->psw = UINT64_C(0x9) << 52;
	assert_int_equal(store_controls(rig, 7, 0x8000), 1);
	assert_int_equal(script.mem_op.key, 0);
	assert_int_equal(script.mem_op.flags, LAYOUT_MEMOP_INJECT_EXCEPTION);
}

/* KVM looks at the key of a page right before it stores there. So all are asked for first. */
static void test_operand_across_pages_is_checked_first(void **state)
{
	struct rig *rig = *state;

	rig_enabled(rig);
	assert_int_equal(store_controls(rig, 7, 0x8000 - 80), 1);
	assert_int_equal(script.mem_ops, 1);
	assert_int_equal(store_controls(rig, 7, 0x8000 - 72), 1);
	assert_int_equal(script.mem_ops, 3);
	assert_int_equal(script.mem_op.flags,
			 LAYOUT_MEMOP_INJECT_EXCEPTION | LAYOUT_MEMOP_SKEY_PROTECTION);
}

/* KVM has queued it: nothing else may happen to the CPU. */
static void test_access_exception(void **state)
{
	struct rig *rig = *state;
	uint64_t mask;

	rig_enabled(rig);
	script.exception = 0x10;
	assert_int_equal(store_controls(rig, 7, 0x8000), 1);
	mask = rig->run->psw_mask;
	assert_int_equal(mask, rig->psw | ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING);
	assert_int_equal(script.irqs, 0);
}

/* Where KVM says EFAULT, there is no storage. */
static void test_operand_that_is_in_no_slot(void **state)
{
	struct rig *rig = *state;

	rig_enabled(rig);
	assert_int_equal(store_controls(rig, 7, RIG_STORAGE), 1);
	assert_int_equal(script.irqs, 1);
	assert_int_equal(script.irq.pgm.code, ZPCI_PGM_ADDRESSING);
}

static void test_operand_is_checked_without_moving_it(void **state)
{
	struct rig *rig = *state;
	struct zpci_kvm_cpu cpu = { .vcpu = SCRIPT_VCPU + 1, .run = rig->run };

	for (unsigned write = 0; write < 2; write++) {
		assert_int_equal(
			zpci_kvm_ops()->check_logical(rig->kvm, &cpu, 0x9000, 15, 0x2000, write),
			0);
		assert_int_equal(script.mem_op.op, write);
		assert_int_equal(script.mem_op.buf, 0);
		assert_int_equal(script.mem_op.size, 0x2000);
		assert_int_equal(script.mem_op.ar, 15);
		assert_int_equal(script.mem_op_descriptor, SCRIPT_VCPU + 1);
		assert_true(script.mem_op.flags & LAYOUT_MEMOP_CHECK_ONLY);
	}
	/* KVM refuses a length of 0, which is nothing. */
	script.refuse = no_operand;
	assert_int_equal(zpci_kvm_ops()->check_logical(rig->kvm, &cpu, 0x9000, 15, 0, true), 0);
}

/* --- channel reports ------------------------------------------------------------------------ */

static int store_report(struct rig *rig, uint64_t address)
{
	const uint8_t stcrw[6] = { 0xb2, 0x39, 0x30, 0x04 }; /* 4(%r3) */

	rig_exit(rig, stcrw);
	rig->run->psw_mask |= UINT64_C(3) << 44;
	rig->run->regs.gprs[3] = address - 4;
	return rig_handle(rig);
}

static struct zpci_kvm *reporting;
static unsigned pending; /* at the last machine check */

static int look_at_reports(int descriptor, unsigned long request, const void *argument)
{
	(void)descriptor;
	(void)argument;
	if (request == LAYOUT_INTERRUPT)
		pending = reporting->reports;
	return 0;
}

static void test_channel_report(void **state)
{
	struct rig *rig = *state;
	static const uint8_t crw[8] = { 0x0b, 0, 0, 0, 0xee, 0xee, 0xee, 0xee };

	reporting = rig->kvm;
	script.refuse = look_at_reports;
	zpci_kvm_ops()->channel_report(rig->kvm);
	assert_int_equal(pending, 1); /* the guest may ask for it at once */
	zpci_kvm_ops()->channel_report(rig->kvm);
	assert_int_equal(script.interrupts, 2);
	assert_int_equal(script.interrupt.type, LAYOUT_MCHK);
	assert_int_equal(script.interrupt.parm, 0x10000000);
	assert_int_equal(script.interrupt.parm64, 0x00400f5d48330000ull);

	memset(rig->storage + 0x9000, 0xee, 8);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(store_report(rig, 0x9000), 1);
		assert_int_equal(rig_cc(rig), 0);
		assert_int_equal(script.mem_op.ar, 3);
	}
	assert_memory_equal(rig->storage + 0x9000, crw, sizeof(crw));
	/* From now on the hypervisor's. */
	assert_int_equal(store_report(rig, 0x9000), 0);
	assert_int_equal(script.irqs, 0);
}

#define REPORTS 2000000u
static volatile unsigned struck;

static void take_one(int signal)
{
	(void)signal;
	struck += zpci_kvm_take_report(reporting);
}

/* Two vCPUs that take reports at the same time never take the same one. */
static void test_a_report_is_taken_once(void **state)
{
	struct rig *rig = *state;
	unsigned taken = 0;

	strike_or_skip();
	reporting = rig->kvm;
	rig->kvm->reports = REPORTS;
	struck = 0;
	strike_begin(take_one);
	while (zpci_kvm_take_report(rig->kvm))
		taken++;
	strike_end();
	assert_true(struck > 0);
	assert_int_equal(taken + struck, REPORTS);
}

/* Whatever keeps the report from the guest, it is still there afterwards. */
static void test_channel_report_that_cannot_be_stored(void **state)
{
	struct rig *rig = *state;

	zpci_kvm_ops()->channel_report(rig->kvm);
	assert_int_equal(store_report(rig, 0x9002), 1);
	assert_int_equal(script.irq.pgm.code, ZPCI_PGM_SPECIFICATION);
	assert_int_equal(store_report(rig, RIG_STORAGE), 1);
	assert_int_equal(script.irq.pgm.code, ZPCI_PGM_ADDRESSING);
	assert_int_equal(script.irqs, 2);
	script.exception = 0x11;
	assert_int_equal(store_report(rig, 0x9000), 1);
	assert_int_equal(script.irqs, 2);
	script.exception = 0;
	script.refuse = no_operand;
	assert_int_equal(store_report(rig, 0x9000), -EINVAL);
	script.refuse = NULL;
	assert_int_equal(store_report(rig, 0x9000), 1);
	assert_int_equal(rig_cc(rig), 0);
	assert_int_equal(store_report(rig, 0x9000), 0);
}

static void test_reset_forgets_reports_and_disables(void **state)
{
	static const enum zpci_reset resets[] = { ZPCI_RESET_SYSTEM, ZPCI_RESET_SUBSYSTEM };
	struct rig *rig = *state;
	struct zpci_function_info info = { .size = sizeof(info) };

	rig_enabled(rig);
	for (unsigned i = 0; i < 2; i++) {
		zpci_kvm_ops()->channel_report(rig->kvm);
		zpci_kvm_reset(rig->kvm, rig->firmware, resets[i]);
		assert_int_equal(store_report(rig, 0x9000), 0);
		assert_int_equal(zpci_firmware_info(rig->firmware, FID + 1, &info), 0);
		assert_int_equal(info.state, ZPCI_STATE_DISABLED);
	}
}

/* --- interruptions -------------------------------------------------------------------------- */

static void test_adapter_interruption_by_flic(void **state)
{
	struct rig *rig = *state;

	for (unsigned isc = 0; isc < 8; isc++)
		zpci_kvm_ops()->adapter_interruption(rig->kvm, isc);
	for (unsigned id = 0; id < LAYOUT_ADAPTERS; id++)
		assert_int_equal(script.injected[id], id >= 56);
	assert_int_equal(script.interrupts, 0);
}

static void test_adapter_interruption_without_flic(void **state)
{
	struct rig *rig = *state;

	rig_end(rig);
	rig_begin(rig, &(struct zpci_kvm_options){ .vm = SCRIPT_VM, .flic = -1, .sic = true });
	for (unsigned isc = 0; isc < 8; isc++) {
		zpci_kvm_ops()->adapter_interruption(rig->kvm, isc);
		assert_int_equal(script.interrupt.type, 0x04000000);
		assert_int_equal(script.interrupt.parm, 0);
		assert_int_equal(script.interrupt.parm64, 0x80000000u | isc << 27);
	}
	assert_int_equal(script.interrupts, 8);
}

static int no_room(int descriptor, unsigned long request, const void *argument)
{
	(void)descriptor;
	(void)argument;
	return request == LAYOUT_SET_DEVICE_ATTR || request == LAYOUT_INTERRUPT ? EBUSY : 0;
}

static void test_interruption_that_kvm_does_not_take(void **state)
{
	struct rig *rig = *state;

	script.refuse = no_room;
	for (unsigned i = 0; i < 3; i++) {
		zpci_kvm_ops()->adapter_interruption(rig->kvm, 2);
		zpci_kvm_ops()->sclp_completion(rig->kvm, 0x8000);
	}
	assert_int_equal(rig->messages[ZPCI_LOG_ERROR], 1);
}

static void test_sclp_completion(void **state)
{
	struct rig *rig = *state;

	zpci_kvm_ops()->sclp_completion(rig->kvm, 0x12345678);
	assert_int_equal(script.interrupt.type, LAYOUT_INT_SERVICE);
	assert_int_equal(script.interrupt.parm, 0x12345678);
	assert_int_equal(script.interrupt.parm64, 0);
}

static void test_sic(void **state)
{
	static const struct {
		uint64_t operation, isc;
		bool problem, no_suppression;
		uint16_t interruption; /* 0: the mode is set */
	} rows[] = {
		{ 0, 5, false, false, 0 },
		{ 1, 2, false, false, 0 },
		{ 0xffffffffffff0001, 7, false, false, 0 },
		{ 2, 2, false, false, ZPCI_PGM_OPERAND },
		{ 16, 2, false, false, ZPCI_PGM_OPERAND },
		{ 0, 2, true, false, ZPCI_PGM_PRIVILEGED },
		{ 2, 2, true, false, ZPCI_PGM_PRIVILEGED },
		{ 1, 2, false, true, ZPCI_PGM_OPERATION },
		{ 2, 2, false, true, ZPCI_PGM_OPERAND },
	};
	struct rig *rig = *state;
	const uint8_t sic[6] = DISPLACED(OP_SIC, 6, 9, 0);

	rig_end(rig);
	rig_begin(rig,
		  &(struct zpci_kvm_options){ .vm = SCRIPT_VM, .flic = SCRIPT_FLIC, .sic = true });
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t mask;

		script.no_suppression = rows[i].no_suppression;
		script.irqs = script.modes = 0;
		rig_exit(rig, sic);
		rig->run->regs.gprs[6] = rows[i].operation;
		rig->run->regs.gprs[9] = rows[i].isc << 27;
		rig->run->psw_mask |=
			(rows[i].problem ? ZPCI_PSW_PROBLEM_STATE : 0) | UINT64_C(2) << 44;
		mask = rig->run->psw_mask;
		assert_int_equal(rig_handle(rig), 1);
		assert_int_equal(rig->run->psw_mask, mask); /* no condition code */
		assert_int_equal(script.irqs, rows[i].interruption != 0);
		assert_int_equal(script.modes, !rows[i].interruption);
		if (rows[i].interruption) {
			assert_int_equal(script.irq.pgm.code, rows[i].interruption);
			continue;
		}
		assert_int_equal(script.mode.isc, rows[i].isc);
		assert_int_equal(script.mode.mode, rows[i].operation & 0xffff);
	}
}

static void test_sic_without_flic(void **state)
{
	struct rig *rig = *state;
	const uint8_t sic[6] = DISPLACED(OP_SIC, 6, 9, 0);

	rig_end(rig);
	rig_begin(rig, &(struct zpci_kvm_options){ .vm = SCRIPT_VM, .flic = -1, .sic = true });
	rig_exit(rig, sic);
	assert_int_equal(rig_handle(rig), 1);
	assert_int_equal(script.irq.pgm.code, ZPCI_PGM_OPERATION);
}

/* --- hosts that interpret ------------------------------------------------------------------- */

/* SIE executes a load or store itself if the bits 00FF0000 of its handle are 0. Handles of ours
 * have one of these, whatever happens to a function. */
static void test_no_handle_of_ours_is_interpreted(void **state)
{
	struct rig *rig = *state;
	uint32_t handles[3];

	for (unsigned round = 0; round < 70; round++) {
		for (unsigned vf = 1; vf <= 8; vf++) {
			handles[0] = rig_add(rig, vf);
			handles[1] = rig_set_enabled(rig, handles[0], true);
			handles[2] = rig_set_enabled(rig, handles[1], false);
			for (unsigned i = 0; i < 3; i++)
				assert_int_not_equal(handles[i] & 0x00ff0000, 0);
		}
		for (unsigned vf = 1; vf <= 8; vf++)
			assert_int_equal(zpci_firmware_remove(rig->firmware, FID + vf), 0);
	}
	rig_add(rig, 1);
}

#define RIG_TEST(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing_is_missing, forget),
		cmocka_unit_test_setup(test_eight_adapters_one_for_each_subclass, forget),
		cmocka_unit_test_setup(test_what_is_missing_is_said, forget),
		cmocka_unit_test_setup(test_refusals, forget),
		cmocka_unit_test_setup(test_clock, forget),
		RIG_TEST(test_other_exits_are_not_ours),
		RIG_TEST(test_other_instructions_are_not_ours),
		RIG_TEST(test_load),
		RIG_TEST(test_program_interruption),
		RIG_TEST(test_what_is_never_refused),
		RIG_TEST(test_operand_with_key_and_access_register),
		RIG_TEST(test_operand_without_keys),
		RIG_TEST(test_operand_across_pages_is_checked_first),
		RIG_TEST(test_access_exception),
		RIG_TEST(test_operand_that_is_in_no_slot),
		RIG_TEST(test_operand_is_checked_without_moving_it),
		RIG_TEST(test_channel_report),
		RIG_TEST(test_a_report_is_taken_once),
		RIG_TEST(test_channel_report_that_cannot_be_stored),
		RIG_TEST(test_reset_forgets_reports_and_disables),
		RIG_TEST(test_adapter_interruption_by_flic),
		RIG_TEST(test_adapter_interruption_without_flic),
		RIG_TEST(test_interruption_that_kvm_does_not_take),
		RIG_TEST(test_sclp_completion),
		RIG_TEST(test_sic),
		RIG_TEST(test_sic_without_flic),
		RIG_TEST(test_no_handle_of_ours_is_interpreted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
