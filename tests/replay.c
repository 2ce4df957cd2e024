// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.c - a machine that is a trace.
 *
 * Theory of operation. The trace becomes an array of steps, in order of their beginning. The main
 * thread goes through it: it executes the instruction of a step, lets the timer of a step run out,
 * resets. Meanwhile the firmware calls the machine's operations. On the main thread each has to
 * be the step's next one, with the same operands and the same bytes; then the trace answers it.
 *
 * A step of its own is each operation that came from a device's thread. At replay such a thread
 * runs at its own speed, so both sides wait: the thread until the steps that had begun before are
 * begun again, the main thread until the thread came. Which of them are the same is found by what
 * they do. The main thread does not wait for ever: a device that does not come is a difference
 * too. A device's thread waits a moment only, since it may hold a lock that the main thread needs
 * to go on; what it does is the same when it comes early.
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

/* Seconds. */
#define PATIENCE_MAIN 20
#define PATIENCE_DEVICE 1

struct operation {
	char name[8];
	uint64_t a, b;
	size_t length;
	uint8_t *in, *out;
	size_t in_length, out_length;
	int result;
	char *text; /* the line, for complaints */
};

enum kind {
	EXECUTE,
	TIMER,
	RESET,
	ASYNC
};

struct step {
	enum kind kind;
	uint64_t sequence;
	unsigned number; /* of the CPU, timer or reset */
	uint8_t instruction[6];
	bool executed;
	bool used; /* ASYNC: came */
	struct operation *operations;
	size_t count;
};

struct zpci_timer {
	void (*expired)(void *opaque);
	void *opaque;
};

#define TIMERS 64

struct replay {
	struct step *steps;
	size_t count;
	bool shared;
	struct zpci_config *config;
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

/* The first one counts; what follows from it is not interesting. With the lock held. */
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

/* --- reading a trace ------------------------------------------------------------------ */

static bool parse_bytes(const char *text, uint8_t **bytes, size_t *length)
{
	size_t digits = strcmp(text, "-") == 0 ? 0 : strlen(text);

	*length = digits / 2;
	*bytes = calloc(1, *length + 1);
	if (!*bytes || digits % 2)
		return false;
	for (size_t i = 0; i < *length; i++)
		if (sscanf(text + 2 * i, "%2hhx", &(*bytes)[i]) != 1)
			return false;
	return true;
}

static bool parse_operation(struct step *step, const char *line)
{
	struct operation *operation;
	size_t room = strlen(line) + 1;
	char *in = malloc(room), *out = malloc(room);
	bool good = false;

	step->operations = realloc(step->operations, (step->count + 1) * sizeof(*step->operations));
	if (!in || !out || !step->operations)
		abort();
	operation = &step->operations[step->count];
	memset(operation, 0, sizeof(*operation));
	/* Neither can exceed the line they are read from. */
	if (sscanf(line, " %7s %" SCNx64 " %" SCNx64 " %zx %s = %d %s", operation->name,
		   &operation->a, &operation->b, &operation->length, in, &operation->result,
		   out) == 7) {
		step->count++;
		operation->text = strdup(line);
		good = parse_bytes(in, &operation->in, &operation->in_length) &&
		       parse_bytes(out, &operation->out, &operation->out_length);
	}
	free(in);
	free(out);
	return good;
}

static struct step *add_step(struct replay *replay, enum kind kind, uint64_t sequence,
			     unsigned number)
{
	replay->steps = realloc(replay->steps, (replay->count + 1) * sizeof(*replay->steps));
	if (!replay->steps)
		abort();
	replay->steps[replay->count] =
		(struct step){ .kind = kind, .sequence = sequence, .number = number };
	return &replay->steps[replay->count++];
}

static bool parse_step(struct replay *replay, const char *line)
{
	struct step *last = replay->count ? &replay->steps[replay->count - 1] : NULL;
	char word[16], bytes[13];
	uint64_t sequence;
	unsigned number;
	int used = 0;

	if (line[0] == ' ')
		return last && parse_operation(last, line);
	if (sscanf(line, "async %" SCNx64 "%n", &sequence, &used) == 1)
		return parse_operation(add_step(replay, ASYNC, sequence, 0), line + used);
	if (sscanf(line, "end %" SCNx64 " %15s", &sequence, word) == 2) {
		if (!last || last->sequence != sequence)
			return false;
		last->executed = strcmp(word, "executed") == 0;
		return true;
	}
	if (sscanf(line, "timer %" SCNx64 " %x", &sequence, &number) == 2)
		return add_step(replay, TIMER, sequence, number);
	if (sscanf(line, "reset %" SCNx64 " %x", &sequence, &number) == 2)
		return add_step(replay, RESET, sequence, number);
	if (sscanf(line, "execute %" SCNx64 " %x %12s", &sequence, &number, bytes) != 3)
		return false;
	last = add_step(replay, EXECUTE, sequence, number);
	for (unsigned i = 0; i < 6; i++)
		if (sscanf(bytes + 2 * i, "%2hhx", &last->instruction[i]) != 1)
			return false;
	return true;
}

static bool parse_line(struct replay *replay, unsigned number, char *line)
{
	char *error = NULL;
	unsigned shared = 0;
	bool good;

	line[strcspn(line, "\n")] = '\0';
	if (number == 1)
		good = strcmp(line, "zpci-trace 1") == 0;
	else if (sscanf(line, "shared %u", &shared) == 1)
		good = shared <= 1;
	else if (strncmp(line, "group ", 6) == 0)
		good = zpci_config_group(replay->config, line + 6, ',', &error) == 0;
	else if (strncmp(line, "function ", 9) == 0)
		good = zpci_config_function(replay->config, line + 9, ',', &error) == 0;
	else
		good = line[0] == '#' || !line[0] || parse_step(replay, line);
	if (number == 2 && good)
		replay->shared = shared;
	if (!good)
		complain(replay, "line %u of the trace: %s", number, error ? error : line);
	free(error);
	return good;
}

static int by_sequence(const void *one, const void *other)
{
	uint64_t first = ((const struct step *)one)->sequence;
	uint64_t second = ((const struct step *)other)->sequence;

	return first < second ? -1 : first > second;
}

static void read_trace(struct replay *replay, FILE *trace)
{
	char *line = NULL;
	size_t size = 0;

	for (unsigned number = 1; getline(&line, &size, trace) >= 0; number++)
		if (!parse_line(replay, number, line))
			break;
	free(line);
	if (!replay->count)
		complain(replay, "the trace has no steps");
	else
		qsort(replay->steps, replay->count, sizeof(*replay->steps), by_sequence);
}

static void free_steps(struct replay *replay)
{
	for (size_t i = 0; i < replay->count; i++) {
		for (size_t j = 0; j < replay->steps[i].count; j++) {
			free(replay->steps[i].operations[j].in);
			free(replay->steps[i].operations[j].out);
			free(replay->steps[i].operations[j].text);
		}
		free(replay->steps[i].operations);
	}
	free(replay->steps);
}

/* --- matching ------------------------------------------------------------------------- */

static bool same(const struct operation *operation, const char *name, uint64_t a, uint64_t b,
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

static struct timespec deadline(unsigned seconds)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	time.tv_sec += seconds;
	return time;
}

/* True when all that began before step @index was begun again. */
static bool is_due(const struct replay *replay, size_t index)
{
	while (index > 0 && replay->steps[index - 1].kind == ASYNC)
		index--;
	return index == 0 || replay->position >= index - 1;
}

static const struct operation *expect_async(struct replay *replay, const char *name, uint64_t a,
					    uint64_t b, size_t length, const void *in,
					    size_t in_length)
{
	struct timespec until = deadline(PATIENCE_DEVICE);
	struct step *step = NULL;
	size_t i;

	for (i = 0; i < replay->count; i++) {
		step = &replay->steps[i];
		if (step->kind == ASYNC && !step->used &&
		    same(step->operations, name, a, b, length, in, in_length))
			break;
	}
	if (i == replay->count) {
		char *text = describe(name, a, b, length, in, in_length);

		complain(replay, "a device did '%s', which no device does in the trace", text);
		free(text);
		return NULL;
	}
	/* Claimed now, so that the same operation of another thread takes the next one. */
	step->used = true;
	while (!is_due(replay, i) && wait_for_move(replay, &until))
		;
	step->executed = true;
	pthread_cond_broadcast(&replay->moved);
	return step->operations;
}

static const struct operation *expect_main(struct replay *replay, const char *name, uint64_t a,
					   uint64_t b, size_t length, const void *in,
					   size_t in_length)
{
	struct step *step = &replay->steps[replay->position];
	const struct operation *operation =
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

/* The operation of the trace that this one is; NULL: there is none (and a complaint). */
static const struct operation *expect(struct replay *replay, const char *name, uint64_t a,
				      uint64_t b, size_t length, const void *in, size_t in_length)
{
	const struct operation *operation = NULL;

	pthread_mutex_lock(&replay->lock);
	if (!replay->complaint && !replay->over)
		operation = (pthread_equal(pthread_self(), replay->main)
				     ? expect_main
				     : expect_async)(replay, name, a, b, length, in, in_length);
	pthread_mutex_unlock(&replay->lock);
	return operation;
}

/* --- the machine ---------------------------------------------------------------------- */

static uint64_t output_number(const struct operation *operation)
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
	const struct operation *operation = expect(replay, name, address, ar, length, NULL, 0);

	if (!operation)
		return -EFAULT;
	if (!operation->result && operation->out_length == length)
		memcpy(buffer, operation->out, length);
	return operation->result;
}

static int write_to(struct replay *replay, const char *name, uint64_t address, unsigned ar,
		    const void *buffer, size_t length)
{
	const struct operation *operation =
		expect(replay, name, address, ar, length, buffer, length);

	return operation ? operation->result : -EFAULT;
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
	const struct operation *operation =
		expect(machine, write ? "tw" : "tr", address, ar, length, NULL, 0);

	(void)cpu;
	return operation ? operation->result : -EFAULT;
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
	const struct operation *operation = expect(machine, "or", address, bits, 0, NULL, 0);

	if (!operation)
		return -EFAULT;
	*old = operation->out_length ? operation->out[0] : 0;
	return operation->result;
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

/* When a timer runs out the trace says. */
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
						 .shared = replay->shared };
	char *error = NULL;

	if (zpci_firmware_create(&replay_ops, replay, &options, &replay->firmware) == 0 &&
	    zpci_config_finish(replay->config, &error) == 0 &&
	    zpci_config_apply(replay->config, replay->firmware, NULL, &error) == 0)
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

static void wait_for_device(struct replay *replay, const struct step *step)
{
	struct timespec until = deadline(PATIENCE_MAIN);

	pthread_mutex_lock(&replay->lock);
	while (!step->executed && wait_for_move(replay, &until))
		;
	if (!step->executed)
		complain(replay, "step %" PRIx64 ": no device did '%s'", step->sequence,
			 step->operations->text + 1);
	pthread_mutex_unlock(&replay->lock);
}

static void run_step(struct replay *replay, struct step *step)
{
	bool executed = true;

	if (step->kind == EXECUTE) {
		executed = zpci_firmware_execute(replay->firmware, replay, step->instruction) ==
			   ZPCI_EXECUTED;
	} else if (step->kind == RESET) {
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
		struct step *step = &replay->steps[i];

		/* A device's step begins when it comes; the position stays at the main thread's. */
		if (step->kind == ASYNC) {
			wait_for_device(replay, step);
			continue;
		}
		begin(replay, i);
		run_step(replay, step);
	}
	return failed(replay) ? i - 1 : i;
}

int replay_trace(FILE *trace, size_t *steps, char **complaint)
{
	struct replay replay = { .config = zpci_config_new(), .main = pthread_self() };

	if (!replay.config)
		abort();
	pthread_mutex_init(&replay.lock, NULL);
	pthread_cond_init(&replay.moved, NULL);
	*steps = 0;
	read_trace(&replay, trace);
	if (!replay.complaint && make_firmware(&replay))
		*steps = run(&replay);
	pthread_mutex_lock(&replay.lock);
	replay.over = true;
	pthread_cond_broadcast(&replay.moved);
	pthread_mutex_unlock(&replay.lock);
	if (replay.firmware) {
		zpci_firmware_quiesce(replay.firmware);
		zpci_firmware_destroy(replay.firmware);
	}
	zpci_config_free(replay.config);
	free_steps(&replay);
	pthread_cond_destroy(&replay.moved);
	pthread_mutex_destroy(&replay.lock);
	*complaint = replay.complaint;
	return replay.complaint ? -1 : 0;
}
