// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-trace.c - what real guests did, once more as exits of KVM.
 *
 * tests/test-replay compares what the firmware asks of its machine with a trace. Here the machine
 * is the binding for KVM, on the fake /dev/kvm, and the guest's registers and storage are compared
 * with the same trace: nothing new is expected.
 *
 * A step is an instruction, with the operations of devices' threads that follow it. Before it, what
 * the trace read is put into storage, and what it wrote is made otherwise. Then the instruction
 * exits; and what the trace set, stored and presented must be there. Logical addresses above
 * storage get pages of their own.
 *
 * Timers are not looked at: those of the binding run by the host's clock.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <zpci/bytes.h>

#include "layout.h"
#include "tests/trace.h"
#include "vmm.h"
#include "zpci/config/config.h"

#define STORAGE 0x20000000ull /* no guest of a trace had more */
#define SPARE 0x800000ull     /* behind it, for logical addresses above */
#define CODE 0x10000u
#define PRIMARY_SPACE 0x40003u
#define HOME_SPACE 0x48003u
#define SECONDARY_SPACE 0x44003u
#define POLLS 20000 /* of 100 microseconds */

struct play {
	const char *path;
	struct vmm vmm;
	const struct trace *trace;
	uint64_t spare; /* the next page of it */
	struct {
		uint64_t logical, real;
	} pages[SPARE / PAGE];
	size_t page_count;
	_Atomic unsigned accesses; /* to absolute storage, that ended */
	unsigned wanted_accesses;
	size_t steps;
};

static struct play play;

static void pause_a_moment(void)
{
	struct timespec moment = { .tv_nsec = 100000 };

	nanosleep(&moment, NULL);
}

static bool is(const struct trace_operation *operation, const char *name)
{
	return strcmp(operation->name, name) == 0;
}

/* --- devices ---------------------------------------------------------------------------------- */

/* The binding's operations, except that accesses to absolute storage are counted when they end:
 * this is what the test waits for, as a device's thread does them at its own speed. */
static int read_absolute(void *machine, uint64_t address, void *buffer, size_t length)
{
	int rc = zpci_kvm_ops()->read_absolute(machine, address, buffer, length);

	play.accesses++;
	return rc;
}

static int write_absolute(void *machine, uint64_t address, const void *buffer, size_t length)
{
	int rc = zpci_kvm_ops()->write_absolute(machine, address, buffer, length);

	play.accesses++;
	return rc;
}

static int or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	int rc = zpci_kvm_ops()->or_absolute(machine, address, bits, old);

	play.accesses++;
	return rc;
}

/* --- storage ---------------------------------------------------------------------------------- */

/* The page that a logical address above storage has. */
static uint64_t spare_page(uint64_t logical)
{
	uint64_t page = logical & ~(PAGE - 1);

	for (size_t i = 0; i < play.page_count; i++)
		if (play.pages[i].logical == page)
			return play.pages[i].real;
	assert_true(play.page_count < SPARE / PAGE);
	play.pages[play.page_count].logical = page;
	play.pages[play.page_count].real = play.spare;
	fake_translate(play.vmm.vm, HOME_SPACE, page, PAGE, play.spare, 0);
	fake_translate(play.vmm.vm, PRIMARY_SPACE, page, PAGE, play.spare, 0);
	play.page_count++;
	play.spare += PAGE;
	return play.spare - PAGE;
}

/* Where the host has the byte at @address of @operation. */
static uint8_t *place(const struct trace_operation *operation, uint64_t address)
{
	bool logical =
		strchr("lwr", operation->name[1]) && !is(operation, "rr") && !is(operation, "wr");

	if (logical && address >= STORAGE)
		return play.vmm.storage + spare_page(address) + (address & (PAGE - 1));
	assert_true(address < STORAGE);
	return play.vmm.storage + address;
}

static void put(const struct trace_operation *operation, const uint8_t *bytes, size_t length,
		uint8_t turn)
{
	for (size_t i = 0; i < length; i++)
		*place(operation, operation->a + i) = bytes[i] ^ turn;
}

static bool has(const struct trace_operation *operation, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (*place(operation, operation->a + i) != bytes[i])
			return false;
	return true;
}

static bool is_read(const struct trace_operation *operation)
{
	return (is(operation, "rl") || is(operation, "rr") || is(operation, "ra") ||
		is(operation, "or")) &&
	       !operation->rc;
}

static bool is_write(const struct trace_operation *operation)
{
	return (is(operation, "wl") || is(operation, "wr") || is(operation, "wa")) &&
	       !operation->rc;
}

/* --- one step --------------------------------------------------------------------------------- */

/* The steps of the trace from an instruction to the next, as one list of operations. */
struct part {
	const struct trace_step *first;
	const struct trace_operation *operations[2048];
	size_t own, count; /* those of the instruction come first */
};

static void add(struct part *part, const struct trace_step *step)
{
	for (size_t i = 0; i < step->count; i++) {
		assert_true(part->count < 2048);
		part->operations[part->count++] = &step->operations[i];
	}
}

/* The earliest read of a place counts. */
static void prepare(const struct part *part)
{
	for (size_t i = 0; i < part->count; i++) {
		const struct trace_operation *operation = part->operations[i];

		if (is_write(operation))
			put(operation, operation->in, operation->in_length, 0xff);
		if (is(operation, "tw") || is(operation, "tr"))
			place(operation, operation->a);
	}
	for (size_t i = part->count; i--;) {
		const struct trace_operation *operation = part->operations[i];

		if (is_read(operation))
			put(operation, operation->out, operation->out_length, 0);
	}
}

/* What nobody reads has values of nobody. */
static struct fake_cpu state_before(const struct part *part)
{
	struct fake_cpu state = {
		.psw_mask = PSW_64,
		.psw_address = CODE + (part->first->instruction[0] < 0xc0 ? 4 : 6),
		.cr = { CR0_INITIAL, [1] = PRIMARY_SPACE, [7] = SECONDARY_SPACE,
			[13] = HOME_SPACE },
	};

	for (unsigned i = 0; i < 16; i++)
		state.gr[i] = 0xdead00000000c0de + i;
	for (size_t i = 0; i < part->own; i++) {
		const struct trace_operation *operation = part->operations[i];

		if (is(operation, "gr"))
			state.gr[operation->a] = zpci_get_be(operation->out, 8);
		if (is(operation, "psw"))
			state.psw_mask = zpci_get_be(operation->out, 8);
		if (is(operation, "px"))
			state.prefix = (uint32_t)zpci_get_be(operation->out, 8);
	}
	return state;
}

static struct fake_cpu state_behind(const struct part *part, const struct fake_cpu *before)
{
	struct fake_cpu state = *before;

	for (size_t i = 0; i < part->own; i++) {
		const struct trace_operation *operation = part->operations[i];

		if (is(operation, "sr"))
			state.gr[operation->a] = zpci_get_be(operation->in, 8);
		if (is(operation, "cc"))
			state.psw_mask = (state.psw_mask & ~(3ull << 44)) | operation->a << 44;
	}
	return state;
}

static unsigned count(const struct part *part, const char *name)
{
	unsigned number = 0;

	for (size_t i = 0; i < part->count; i++)
		number += is(part->operations[i], name);
	return number;
}

/* Executes it. False: the registers are not as in the trace. */
static bool execute(const struct part *part)
{
	const struct fake_cpu before = state_before(part), wanted = state_behind(part, &before);
	struct fake_exit exit = { .reason = FAKE_SIEIC,
				  .icptcode = FAKE_INSTRUCTION,
				  .cpu = &before };
	struct fake_program program;
	struct fake_cpu now;
	bool interrupted;

	memcpy(exit.instruction, part->first->instruction, sizeof(exit.instruction));
	assert_int_equal(vmm_exit(&play.vmm, &exit), part->first->executed);
	vmm_enter(&play.vmm);
	fake_guest(play.vmm.vcpu, &now);
	interrupted = fake_program(play.vmm.vcpu, &program);
	assert_int_equal(interrupted, count(part, "pgm"));
	for (size_t i = 0; interrupted && i < part->own; i++)
		if (is(part->operations[i], "pgm"))
			assert_int_equal(program.code, part->operations[i]->a);
	return memcmp(&now, &wanted, sizeof(now)) == 0;
}

/* The guest polls a device that has work. */
static void execute_until_it_agrees(const struct part *part)
{
	bool load = part->first->instruction[0] == 0xb9 && part->first->instruction[1] == 0xd2;
	unsigned polls = 0;

	while (!execute(part)) {
		if (!load || polls++ == POLLS)
			fail_msg("%s: step %llx: registers differ", play.path,
				 (unsigned long long)part->first->sequence);
		pause_a_moment();
	}
}

/* --- what came of it -------------------------------------------------------------------------- */

/* The last write of a place counts, and bits that are set stay. */
static bool is_stored(const struct part *part, size_t index)
{
	const struct trace_operation *operation = part->operations[index];
	uint64_t end = operation->a + operation->in_length;

	for (size_t i = index + 1; i < part->count; i++) {
		const struct trace_operation *later = part->operations[i];

		if (is_write(later) && later->a < end && operation->a < later->a + later->in_length)
			return true;
	}
	if (is(operation, "or") && !operation->rc)
		return (*place(operation, operation->a) & operation->b) == operation->b;
	return !is_write(operation) || has(operation, operation->in, operation->in_length);
}

static bool all_accessed(const struct part *part)
{
	(void)part;
	return play.accesses >= play.wanted_accesses;
}

static void check_storage(const struct part *part)
{
	for (size_t i = 0; i < part->count; i++)
		if (!is_stored(part, i))
			fail_msg("%s: step %llx: storage differs after '%s'", play.path,
				 (unsigned long long)part->first->sequence,
				 part->operations[i]->text + 1);
}

static void wait_for(bool (*came)(const struct part *part), const struct part *part,
		     const char *what)
{
	for (unsigned i = 0; !came(part); i++) {
		if (i == POLLS)
			fail_msg("%s: step %llx: %s", play.path,
				 (unsigned long long)part->first->sequence, what);
		pause_a_moment();
	}
}

static unsigned presented[8];

static bool all_presented(const struct part *part)
{
	unsigned wanted[8] = { 0 };

	for (size_t i = 0; i < part->count; i++)
		if (is(part->operations[i], "ai"))
			wanted[part->operations[i]->a & 7]++;
	for (unsigned isc = 0; isc < 8; isc++)
		presented[isc] += fake_adapter_interruptions(play.vmm.vm, isc);
	return memcmp(presented, wanted, sizeof(wanted)) == 0;
}

static unsigned reports;

static bool all_reported(const struct part *part)
{
	uint64_t cr14, mcic;

	reports += fake_machine_check(play.vmm.vm, &cr14, &mcic);
	return reports == count(part, "cr");
}

static void check_signal(const struct part *part)
{
	uint32_t parameter = 0;
	bool signalled = fake_service_signal(play.vmm.vm, &parameter);

	assert_int_equal(signalled, count(part, "sc"));
	for (size_t i = 0; i < part->own; i++)
		if (is(part->operations[i], "sc"))
			assert_int_equal(parameter, part->operations[i]->a);
}

static void play_part(struct part *part)
{
	memset(presented, 0, sizeof(presented));
	reports = 0;
	prepare(part);
	play.wanted_accesses =
		play.accesses + count(part, "ra") + count(part, "wa") + count(part, "or");
	execute_until_it_agrees(part);
	wait_for(all_accessed, part, "a device did not do all");
	check_storage(part);
	wait_for(all_presented, part, "adapter interruptions differ");
	wait_for(all_reported, part, "channel reports differ");
	check_signal(part);
	play.steps++;
}

/* --- a trace ---------------------------------------------------------------------------------- */

static void make_firmware(void)
{
	struct zpci_firmware_options options = { .size = sizeof(options),
						 .shared = play.trace->shared };
	struct zpci_machine_ops ops = *zpci_kvm_ops();
	char *error = NULL;

	ops.read_absolute = read_absolute;
	ops.write_absolute = write_absolute;
	ops.or_absolute = or_absolute;
	assert_int_equal(zpci_firmware_create(&ops, play.vmm.kvm, &options, &play.vmm.firmware), 0);
	assert_int_equal(zpci_config_apply(play.trace->config, play.vmm.firmware, NULL, &error), 0);
	fake_translate(play.vmm.vm, PRIMARY_SPACE, 0, STORAGE, 0, 0);
	fake_translate(play.vmm.vm, HOME_SPACE, 0, STORAGE, 0, 0);
}

static void play_steps(void)
{
	static struct part part;

	for (size_t i = 0; i < play.trace->count; i++) {
		const struct trace_step *step = &play.trace->steps[i];

		if (step->kind == TRACE_RESET)
			zpci_kvm_reset(play.vmm.kvm, play.vmm.firmware,
				       (enum zpci_reset)step->number);
		if (step->kind != TRACE_EXECUTE)
			continue;
		part.first = step;
		part.count = 0;
		add(&part, step);
		part.own = part.count;
		for (; i + 1 < play.trace->count && step[1].kind == TRACE_ASYNC; i++)
			add(&part, ++step);
		play_part(&part);
	}
}

static void play_trace(const struct trace *trace)
{
	memset(&play.vmm, 0, sizeof(play.vmm));
	play.trace = trace;
	play.spare = STORAGE;
	play.page_count = 0;
	play.accesses = 0;
	play.steps = 0;
	vmm_create(&play.vmm, STORAGE + SPARE);
	make_firmware();
	play_steps();
	zpci_firmware_quiesce(play.vmm.firmware);
	zpci_firmware_destroy(play.vmm.firmware);
	vmm_destroy(&play.vmm);
}

static void traces_as_exits(void **state)
{
	const char *source = getenv("srcdir");
	char pattern[4096], *complaint = NULL;
	glob_t files;

	(void)state;
	snprintf(pattern, sizeof(pattern), "%s/tests/fixtures/*.trace", source ? source : ".");
	/* Traces that got lost would pass, too. */
	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= 2);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *file = fopen(files.gl_pathv[i], "r");
		struct trace trace;

		assert_non_null(file);
		play.path = files.gl_pathv[i];
		assert_int_equal(trace_read(&trace, file, &complaint), 0);
		play_trace(&trace);
		print_message("%s: %zu exits\n", play.path, play.steps);
		assert_true(play.steps > 100);
		trace_free(&trace);
		fclose(file);
	}
	globfree(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(traces_as_exits) };

	return cmocka_run_group_tests_name("traces as exits of KVM", tests, NULL, NULL);
}
