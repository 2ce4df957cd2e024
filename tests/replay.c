// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.c - a machine that is a trace.
 *
 * Theory of operation. The main thread goes through the steps of the trace: it executes the
 * instruction of a step, lets the timer of a step run out, resets. Meanwhile the firmware calls the
 * machine's operations. On the main thread each has to be the step's next one, with the same
 * operands and the same bytes; then the trace answers it.
 *
 * Each operation of a device's thread is a step of its own. At replay such a thread runs at its own
 * speed, so both sides wait for each other: the thread until the steps before its own have begun,
 * the main thread until the thread has done its operation. Equal operations are the same step. The
 * main thread does not wait for ever: an operation that does not come is a difference as well. A
 * device's thread waits a moment only, since it may hold a lock that the main thread needs; an
 * operation that comes early is as good.
 */
#define _GNU_SOURCE /* vasprintf */

#include "replay.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <zpci/bytes.h>
#include <zpci/firmware.h>

#include "zpci/config/config.h"

/* Milliseconds. */
#define PATIENCE_DEVICE 1000

struct zpci_timer {
	void (*expired)(void *opaque);
	void *opaque;
};

#define TIMERS 64

/* A step of the trace, and what became of it. */
struct replayed {
	const struct trace_step *step;
	bool claimed; /* TRACE_ASYNC: by an operation of a device */
	bool came;    /* TRACE_ASYNC: its operation goes on */
};

struct replay {
	const struct trace *trace;
	struct replayed *steps;
	size_t count;
	unsigned patience; /* milliseconds that the main thread waits for a device */
	struct zpci_firmware *firmware;

	pthread_mutex_t lock;
	pthread_cond_t moved;
	pthread_t main;
	size_t position; /* the step that the main thread is in */
	size_t next;	 /* its operation that comes next */
	bool over;
	char *complaint;

	struct zpci_timer *timers[TIMERS];
	unsigned timer_count;
};

/* --- complaints ----------------------------------------------------------------------- */

/* Only the first complaint is kept, since others follow from it. The caller holds the lock. */
__attribute__((format(printf, 2, 3))) static void complain(struct replay *replay,
							   const char *format, ...)
{
	va_list arguments;

	if (replay->complaint || replay->over)
		return;
	va_start(arguments, format);
	if (vasprintf(&replay->complaint, format, arguments) < 0)
		abort();
	va_end(arguments);
	pthread_cond_broadcast(&replay->moved);
}

static char *describe(const char *name, uint64_t a, uint64_t b, size_t length, const void *in,
		      size_t in_length)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		abort();
	fprintf(file, "%s %" PRIx64 " %" PRIx64 " %zx ", name, a, b, length);
	for (size_t i = 0; i < in_length; i++)
		fprintf(file, "%02x", ((const uint8_t *)in)[i]);
	fclose(file);
	return text;
}

/* --- matching ------------------------------------------------------------------------- */

static bool same(const struct trace_operation *operation, const char *name, uint64_t a, uint64_t b,
		 size_t length, const void *in, size_t in_length)
{
	return strcmp(operation->name, name) == 0 && operation->a == a && operation->b == b &&
	       operation->length == length && operation->in_length == in_length &&
	       (!in_length || memcmp(operation->in, in, in_length) == 0);
}

static bool wait_for_move(struct replay *replay, const struct timespec *deadline)
{
	return !replay->complaint && !replay->over &&
	       pthread_cond_timedwait(&replay->moved, &replay->lock, deadline) == 0;
}

static struct timespec deadline(unsigned milliseconds)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	time.tv_sec += milliseconds / 1000;
	time.tv_nsec += milliseconds % 1000 * 1000000;
	time.tv_sec += time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

/* True when each step before the one at @index has begun. */
static bool is_due(const struct replay *replay, size_t index)
{
	while (index > 0 && replay->steps[index - 1].step->kind == TRACE_ASYNC)
		index--;
	return index == 0 || replay->position >= index - 1;
}

static const struct trace_operation *expect_async(struct replay *replay, const char *name,
						  uint64_t a, uint64_t b, size_t length,
						  const void *in, size_t in_length)
{
	struct timespec until = deadline(PATIENCE_DEVICE);
	struct replayed *replayed = NULL;
	size_t i;

	for (i = 0; i < replay->count; i++) {
		replayed = &replay->steps[i];
		if (replayed->step->kind == TRACE_ASYNC && !replayed->claimed &&
		    same(replayed->step->operations, name, a, b, length, in, in_length))
			break;
	}
	if (i == replay->count) {
		char *text = describe(name, a, b, length, in, in_length);

		complain(replay, "a device did '%s', which no device does in the trace", text);
		free(text);
		return NULL;
	}
	/* Claimed now, so that the same operation of another thread takes the next one. */
	replayed->claimed = true;
	while (!is_due(replay, i) && wait_for_move(replay, &until))
		;
	replayed->came = true;
	pthread_cond_broadcast(&replay->moved);
	return replayed->step->operations;
}

static const struct trace_operation *expect_main(struct replay *replay, const char *name,
						 uint64_t a, uint64_t b, size_t length,
						 const void *in, size_t in_length)
{
	const struct trace_step *step = replay->steps[replay->position].step;
	const struct trace_operation *operation =
		replay->next < step->count ? &step->operations[replay->next] : NULL;
	char *text;

	if (operation && same(operation, name, a, b, length, in, in_length)) {
		replay->next++;
		return operation;
	}
	text = describe(name, a, b, length, in, in_length);
	complain(replay, "step %" PRIx64 ", operation %zu: '%s' instead of '%s'", step->sequence,
		 replay->next, text, operation ? operation->text + 1 : "the end");
	free(text);
	return NULL;
}

/* Finds the operation in the trace; NULL after a complaint. */
static const struct trace_operation *expect(struct replay *replay, const char *name, uint64_t a,
					    uint64_t b, size_t length, const void *in,
					    size_t in_length)
{
	const struct trace_operation *operation = NULL;

	pthread_mutex_lock(&replay->lock);
	if (!replay->complaint && !replay->over)
		operation = (pthread_equal(pthread_self(), replay->main)
				     ? expect_main
				     : expect_async)(replay, name, a, b, length, in, in_length);
	pthread_mutex_unlock(&replay->lock);
	return operation;
}

/* --- the machine ---------------------------------------------------------------------- */

static uint64_t output_number(const struct trace_operation *operation)
{
	return operation && operation->out_length == 8 ? zpci_get_be(operation->out, 8) : 0;
}

static uint64_t get_register(void *machine, void *cpu, unsigned number)
{
	(void)cpu;
	return output_number(expect(machine, "gr", number, 0, 0, NULL, 0));
}

static void set_register(void *machine, void *cpu, unsigned number, uint64_t value)
{
	zpci_be64 bytes;

	(void)cpu;
	zpci_be64_put(&bytes, value);
	expect(machine, "sr", number, 0, 0, &bytes, sizeof(bytes));
}

static uint64_t get_prefix(void *machine, void *cpu)
{
	(void)cpu;
	return output_number(expect(machine, "px", 0, 0, 0, NULL, 0));
}

static uint64_t get_psw_mask(void *machine, void *cpu)
{
	(void)cpu;
	return output_number(expect(machine, "psw", 0, 0, 0, NULL, 0));
}

static void set_condition_code(void *machine, void *cpu, unsigned cc)
{
	(void)cpu;
	expect(machine, "cc", cc, 0, 0, NULL, 0);
}

static void program_interruption(void *machine, void *cpu, uint16_t code)
{
	(void)cpu;
	expect(machine, "pgm", code, 0, 0, NULL, 0);
}

static int read_from(struct replay *replay, const char *name, uint64_t address, unsigned ar,
		     void *buffer, size_t length)
{
	const struct trace_operation *operation =
		expect(replay, name, address, ar, length, NULL, 0);

	if (!operation)
		return -EFAULT;
	if (!operation->rc && operation->out_length == length)
		memcpy(buffer, operation->out, length);
	return operation->rc;
}

static int write_to(struct replay *replay, const char *name, uint64_t address, unsigned ar,
		    const void *buffer, size_t length)
{
	const struct trace_operation *operation =
		expect(replay, name, address, ar, length, buffer, length);

	return operation ? operation->rc : -EFAULT;
}

static int read_logical(void *machine, void *cpu, uint64_t address, unsigned ar, void *buffer,
			size_t length)
{
	(void)cpu;
	return read_from(machine, "rl", address, ar, buffer, length);
}

static int write_logical(void *machine, void *cpu, uint64_t address, unsigned ar,
			 const void *buffer, size_t length)
{
	(void)cpu;
	return write_to(machine, "wl", address, ar, buffer, length);
}

static int check_logical(void *machine, void *cpu, uint64_t address, unsigned ar, size_t length,
			 bool write)
{
	const struct trace_operation *operation =
		expect(machine, write ? "tw" : "tr", address, ar, length, NULL, 0);

	(void)cpu;
	return operation ? operation->rc : -EFAULT;
}

static int read_real(void *machine, void *cpu, uint64_t address, void *buffer, size_t length)
{
	(void)cpu;
	return read_from(machine, "rr", address, 0, buffer, length);
}

static int write_real(void *machine, void *cpu, uint64_t address, const void *buffer, size_t length)
{
	(void)cpu;
	return write_to(machine, "wr", address, 0, buffer, length);
}

static int read_absolute(void *machine, uint64_t address, void *buffer, size_t length)
{
	return read_from(machine, "ra", address, 0, buffer, length);
}

static int write_absolute(void *machine, uint64_t address, const void *buffer, size_t length)
{
	return write_to(machine, "wa", address, 0, buffer, length);
}

static int or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	const struct trace_operation *operation = expect(machine, "or", address, bits, 0, NULL, 0);

	if (!operation)
		return -EFAULT;
	*old = operation->out_length ? operation->out[0] : 0;
	return operation->rc;
}

static void adapter_interruption(void *machine, unsigned isc)
{
	expect(machine, "ai", isc, 0, 0, NULL, 0);
}

static void channel_report(void *machine)
{
	expect(machine, "cr", 0, 0, 0, NULL, 0);
}

static void sclp_completion(void *machine, uint32_t sccb)
{
	expect(machine, "sc", sccb, 0, 0, NULL, 0);
}

static uint64_t tod_clock(void *machine)
{
	return output_number(expect(machine, "clock", 0, 0, 0, NULL, 0));
}

static struct zpci_timer *timer_create_numbered(void *machine, void (*expired)(void *opaque),
						void *opaque)
{
	struct replay *replay = machine;
	struct zpci_timer *timer;

	if (replay->timer_count == TIMERS)
		return NULL;
	timer = calloc(1, sizeof(*timer));
	if (!timer)
		return NULL;
	timer->expired = expired;
	timer->opaque = opaque;
	replay->timers[replay->timer_count++] = timer;
	return timer;
}

/* The trace says when a timer runs out. */
static void timer_set(struct zpci_timer *timer, uint64_t nanoseconds)
{
	(void)timer;
	(void)nanoseconds;
}

static void timer_cancel(struct zpci_timer *timer)
{
	(void)timer;
}

static void timer_destroy(struct zpci_timer *timer)
{
	free(timer);
}

static const struct zpci_machine_ops replay_ops = {
	.size = sizeof(struct zpci_machine_ops),
	.name = "replay",
	.help = "a machine that is a trace",
	.get_register = get_register,
	.set_register = set_register,
	.get_prefix = get_prefix,
	.get_psw_mask = get_psw_mask,
	.set_condition_code = set_condition_code,
	.program_interruption = program_interruption,
	.read_logical = read_logical,
	.write_logical = write_logical,
	.check_logical = check_logical,
	.read_real = read_real,
	.write_real = write_real,
	.read_absolute = read_absolute,
	.write_absolute = write_absolute,
	.or_absolute = or_absolute,
	.adapter_interruption = adapter_interruption,
	.channel_report = channel_report,
	.sclp_completion = sclp_completion,
	.clock = tod_clock,
	.timer_create = timer_create_numbered,
	.timer_set = timer_set,
	.timer_cancel = timer_cancel,
	.timer_destroy = timer_destroy,
};

/* --- running -------------------------------------------------------------------------- */

static bool make_firmware(struct replay *replay)
{
	struct zpci_firmware_options options = { .size = sizeof(options),
						 .shared = replay->trace->shared };
	char *error = NULL;

	if (zpci_firmware_create(&replay_ops, replay, &options, &replay->firmware) == 0 &&
	    zpci_config_apply(replay->trace->config, replay->firmware, NULL, &error) == 0)
		return true;
	complain(replay, "the functions of the trace cannot be made: %s", error ? error : "?");
	free(error);
	return false;
}

/* Moves to step @index. */
static void begin(struct replay *replay, size_t index)
{
	pthread_mutex_lock(&replay->lock);
	replay->position = index;
	replay->next = 0;
	pthread_cond_broadcast(&replay->moved);
	pthread_mutex_unlock(&replay->lock);
}

static void wait_for_device(struct replay *replay, const struct replayed *replayed)
{
	struct timespec until = deadline(replay->patience);

	pthread_mutex_lock(&replay->lock);
	while (!replayed->came && wait_for_move(replay, &until))
		;
	if (!replayed->came)
		complain(replay, "step %" PRIx64 ": no device did '%s'", replayed->step->sequence,
			 replayed->step->operations->text + 1);
	pthread_mutex_unlock(&replay->lock);
}

static void run_step(struct replay *replay, const struct trace_step *step)
{
	bool executed = true;

	if (step->kind == TRACE_EXECUTE) {
		executed = zpci_firmware_execute(replay->firmware, replay, step->instruction) ==
			   ZPCI_EXECUTED;
	} else if (step->kind == TRACE_RESET) {
		zpci_firmware_reset(replay->firmware, (enum zpci_reset)step->number);
	} else if (step->number < replay->timer_count) {
		replay->timers[step->number]->expired(replay->timers[step->number]->opaque);
	}
	pthread_mutex_lock(&replay->lock);
	if (replay->next < step->count)
		complain(replay, "step %" PRIx64 ", operation %zu: '%s' was not done",
			 step->sequence, replay->next, step->operations[replay->next].text + 1);
	if (executed != step->executed)
		complain(replay, "step %" PRIx64 ": %sexecuted, unlike in the trace",
			 step->sequence, executed ? "" : "not ");
	pthread_mutex_unlock(&replay->lock);
}

static bool failed(struct replay *replay)
{
	bool complained;

	pthread_mutex_lock(&replay->lock);
	complained = replay->complaint;
	pthread_mutex_unlock(&replay->lock);
	return complained;
}

static size_t run(struct replay *replay)
{
	size_t i;

	for (i = 0; i < replay->count && !failed(replay); i++) {
		const struct trace_step *step = replay->steps[i].step;

		/* A device's step begins when it comes; the position stays at the main thread's. */
		if (step->kind == TRACE_ASYNC) {
			wait_for_device(replay, &replay->steps[i]);
			continue;
		}
		begin(replay, i);
		run_step(replay, step);
	}
	return failed(replay) ? i - 1 : i;
}

/* Makes the steps of the trace that are @kept, NULL: all, the ones to be replayed. */
static void choose(struct replay *replay, const bool *kept)
{
	replay->steps = calloc(replay->trace->count, sizeof(*replay->steps));
	if (!replay->steps)
		abort();
	for (size_t i = 0; i < replay->trace->count; i++)
		if (!kept || kept[i])
			replay->steps[replay->count++].step = &replay->trace->steps[i];
}

int replay_steps(const struct trace *trace, const bool *kept, unsigned patience, size_t *steps,
		 char **complaint)
{
	struct replay replay = { .trace = trace, .patience = patience, .main = pthread_self() };

	choose(&replay, kept);
	pthread_mutex_init(&replay.lock, NULL);
	pthread_cond_init(&replay.moved, NULL);
	*steps = make_firmware(&replay) ? run(&replay) : 0;
	pthread_mutex_lock(&replay.lock);
	replay.over = true;
	pthread_cond_broadcast(&replay.moved);
	pthread_mutex_unlock(&replay.lock);
	if (replay.firmware) {
		zpci_firmware_quiesce(replay.firmware);
		zpci_firmware_destroy(replay.firmware);
	}
	free(replay.steps);
	pthread_cond_destroy(&replay.moved);
	pthread_mutex_destroy(&replay.lock);
	*complaint = replay.complaint;
	return replay.complaint ? -1 : 0;
}

int replay_trace(FILE *file, size_t *steps, char **complaint)
{
	struct trace trace;
	int rc = trace_read(&trace, file, complaint);

	*steps = 0;
	if (!rc)
		rc = replay_steps(&trace, NULL, REPLAY_PATIENCE, steps, complaint);
	trace_free(&trace);
	return rc;
}
