// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * record.c - the recorder; see record.h for what it writes.
 *
 * Theory of operation. Each operation is passed on to the machine, then written down: into the
 * block of the thread that executes an instruction, or as a line of its own when the thread has
 * none, because it is a device's. The block is a growing buffer of the thread and reaches the
 * trace in one piece when the instruction ended. Presenting operations are written before they are
 * passed on, since they may wait for a lock of the machine, and the thread that holds it may
 * record.
 */
#include "zpci/machine/record.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

struct zpci_record {
	struct zpci_machine_ops ops; /* what the firmware sees */
	struct zpci_machine_ops inner;
	void *machine;
	FILE *trace;
	pthread_mutex_t lock; /* guards @trace */
	atomic_ullong sequence;
	atomic_uint timers;
	atomic_bool incomplete;
};

/* The block that this thread is in. A thread executes one instruction at a time. */
struct block {
	FILE *file;
	char *text;
	size_t size;
};

static _Thread_local struct block *current;

struct zpci_timer {
	struct zpci_record *record;
	struct zpci_timer *inner;
	unsigned number;
	void (*expired)(void *opaque);
	void *opaque;
};

/* --- writing -------------------------------------------------------------------------- */

/* Equal bytes from this number on are written as one. */
#define SHORTEST_RUN 8

static void write_bytes(FILE *file, const void *data, size_t length)
{
	const uint8_t *bytes = data;

	if (!length)
		fputc('-', file);
	for (size_t i = 0, run; i < length; i += run) {
		run = 1;
		while (i + run < length && bytes[i + run] == bytes[i])
			run++;
		if (run >= SHORTEST_RUN) {
			fprintf(file, "%02x*%zx.", bytes[i], run);
			continue;
		}
		run = 1;
		fprintf(file, "%02x", bytes[i]);
	}
}

struct operation {
	const char *name;
	uint64_t a, b;
	size_t length;
	const void *in;
	size_t in_length;
	int rc;
	const void *out;
	size_t out_length;
};

static void write_operation(FILE *file, const struct operation *operation)
{
	fprintf(file, " %s %" PRIx64 " %" PRIx64 " %zx ", operation->name, operation->a,
		operation->b, operation->length);
	write_bytes(file, operation->in, operation->in_length);
	fprintf(file, " = %d ", operation->rc);
	write_bytes(file, operation->out, operation->out_length);
	fputc('\n', file);
}

static void record_operation(struct zpci_record *record, const struct operation *operation)
{
	if (current) {
		write_operation(current->file, operation);
		return;
	}
	pthread_mutex_lock(&record->lock);
	fprintf(record->trace, "async %llx", atomic_fetch_add(&record->sequence, 1));
	write_operation(record->trace, operation);
	pthread_mutex_unlock(&record->lock);
}

/* Begins a block of this thread. False: no memory; the trace will lack the block. */
static bool begin(struct zpci_record *record, struct block *block)
{
	*block = (struct block){ 0 };
	block->file = open_memstream(&block->text, &block->size);
	if (!block->file) {
		record->incomplete = true;
		return false;
	}
	current = block;
	return true;
}

static void end(struct zpci_record *record, struct block *block)
{
	current = NULL;
	if (fclose(block->file))
		record->incomplete = true;
	pthread_mutex_lock(&record->lock);
	if (block->text)
		fwrite(block->text, 1, block->size, record->trace);
	pthread_mutex_unlock(&record->lock);
	free(block->text);
}

/* --- registers ------------------------------------------------------------------------ */

static uint64_t did_answer(struct zpci_record *record, const char *name, uint64_t a, uint64_t value)
{
	zpci_be64 bytes;

	zpci_be64_put(&bytes, value);
	record_operation(
		record, &(struct operation){
				.name = name, .a = a, .out = &bytes, .out_length = sizeof(bytes) });
	return value;
}

static uint64_t get_register(void *opaque, void *cpu, unsigned number)
{
	struct zpci_record *record = opaque;

	return did_answer(record, "gr", number,
			  record->inner.get_register(record->machine, cpu, number));
}

static void set_register(void *opaque, void *cpu, unsigned number, uint64_t value)
{
	struct zpci_record *record = opaque;
	zpci_be64 bytes;

	zpci_be64_put(&bytes, value);
	record->inner.set_register(record->machine, cpu, number, value);
	record_operation(record, &(struct operation){ .name = "sr",
						      .a = number,
						      .in = &bytes,
						      .in_length = sizeof(bytes) });
}

static uint64_t get_prefix(void *opaque, void *cpu)
{
	struct zpci_record *record = opaque;

	return did_answer(record, "px", 0, record->inner.get_prefix(record->machine, cpu));
}

static uint64_t get_psw_mask(void *opaque, void *cpu)
{
	struct zpci_record *record = opaque;

	return did_answer(record, "psw", 0, record->inner.get_psw_mask(record->machine, cpu));
}

static void set_condition_code(void *opaque, void *cpu, unsigned cc)
{
	struct zpci_record *record = opaque;

	record->inner.set_condition_code(record->machine, cpu, cc);
	record_operation(record, &(struct operation){ .name = "cc", .a = cc });
}

static void program_interruption(void *opaque, void *cpu, uint16_t code)
{
	struct zpci_record *record = opaque;

	record_operation(record, &(struct operation){ .name = "pgm", .a = code });
	record->inner.program_interruption(record->machine, cpu, code);
}

/* --- storage -------------------------------------------------------------------------- */

static int did_read(struct zpci_record *record, const char *name, uint64_t address, unsigned ar,
		    const void *buffer, size_t length, int rc)
{
	record_operation(record, &(struct operation){ .name = name,
						      .a = address,
						      .b = ar,
						      .length = length,
						      .rc = rc,
						      .out = buffer,
						      .out_length = rc ? 0 : length });
	return rc;
}

static int did_write(struct zpci_record *record, const char *name, uint64_t address, unsigned ar,
		     const void *buffer, size_t length, int rc)
{
	record_operation(record, &(struct operation){ .name = name,
						      .a = address,
						      .b = ar,
						      .length = length,
						      .in = buffer,
						      .in_length = length,
						      .rc = rc });
	return rc;
}

static int read_logical(void *opaque, void *cpu, uint64_t address, unsigned ar, void *buffer,
			size_t length)
{
	struct zpci_record *record = opaque;

	return did_read(
		record, "rl", address, ar, buffer, length,
		record->inner.read_logical(record->machine, cpu, address, ar, buffer, length));
}

static int write_logical(void *opaque, void *cpu, uint64_t address, unsigned ar, const void *buffer,
			 size_t length)
{
	struct zpci_record *record = opaque;

	return did_write(
		record, "wl", address, ar, buffer, length,
		record->inner.write_logical(record->machine, cpu, address, ar, buffer, length));
}

static int check_logical(void *opaque, void *cpu, uint64_t address, unsigned ar, size_t length,
			 bool write)
{
	struct zpci_record *record = opaque;
	int rc = record->inner.check_logical(record->machine, cpu, address, ar, length, write);

	record_operation(record, &(struct operation){ .name = write ? "tw" : "tr",
						      .a = address,
						      .b = ar,
						      .length = length,
						      .rc = rc });
	return rc;
}

static int read_real(void *opaque, void *cpu, uint64_t address, void *buffer, size_t length)
{
	struct zpci_record *record = opaque;

	return did_read(record, "rr", address, 0, buffer, length,
			record->inner.read_real(record->machine, cpu, address, buffer, length));
}

static int write_real(void *opaque, void *cpu, uint64_t address, const void *buffer, size_t length)
{
	struct zpci_record *record = opaque;

	return did_write(record, "wr", address, 0, buffer, length,
			 record->inner.write_real(record->machine, cpu, address, buffer, length));
}

static int read_absolute(void *opaque, uint64_t address, void *buffer, size_t length)
{
	struct zpci_record *record = opaque;

	return did_read(record, "ra", address, 0, buffer, length,
			record->inner.read_absolute(record->machine, address, buffer, length));
}

static int write_absolute(void *opaque, uint64_t address, const void *buffer, size_t length)
{
	struct zpci_record *record = opaque;

	return did_write(record, "wa", address, 0, buffer, length,
			 record->inner.write_absolute(record->machine, address, buffer, length));
}

static int or_absolute(void *opaque, uint64_t address, uint8_t bits, uint8_t *old)
{
	struct zpci_record *record = opaque;
	int rc = record->inner.or_absolute(record->machine, address, bits, old);

	record_operation(record, &(struct operation){ .name = "or",
						      .a = address,
						      .b = bits,
						      .rc = rc,
						      .out = old,
						      .out_length = rc ? 0 : 1 });
	return rc;
}

/* Passed on only: what a device does there is not recorded. */
static void regions(void *opaque,
		    void (*visit)(void *opaque, const struct zpci_storage_region *region),
		    void *argument)
{
	struct zpci_record *record = opaque;

	record->inner.regions(record->machine, visit, argument);
}

/* --- presenting ----------------------------------------------------------------------- */

static void adapter_interruption(void *opaque, unsigned isc)
{
	struct zpci_record *record = opaque;

	record_operation(record, &(struct operation){ .name = "ai", .a = isc });
	record->inner.adapter_interruption(record->machine, isc);
}

static void channel_report(void *opaque)
{
	struct zpci_record *record = opaque;

	record_operation(record, &(struct operation){ .name = "cr" });
	record->inner.channel_report(record->machine);
}

static void sclp_completion(void *opaque, uint32_t sccb)
{
	struct zpci_record *record = opaque;

	record_operation(record, &(struct operation){ .name = "sc", .a = sccb });
	record->inner.sclp_completion(record->machine, sccb);
}

/* --- time ----------------------------------------------------------------------------- */

static uint64_t tod_clock(void *opaque)
{
	struct zpci_record *record = opaque;

	return did_answer(record, "clock", 0, record->inner.clock(record->machine));
}

static void expired(void *opaque)
{
	struct zpci_timer *timer = opaque;
	struct zpci_record *record = timer->record;
	unsigned long long sequence = atomic_fetch_add(&record->sequence, 1);
	struct block block;
	bool recorded = begin(record, &block);

	if (recorded)
		fprintf(block.file, "timer %llx %x\n", sequence, timer->number);
	timer->expired(timer->opaque);
	if (!recorded)
		return;
	fprintf(block.file, "end %llx executed\n", sequence);
	end(record, &block);
}

static struct zpci_timer *timer_create_recorded(void *opaque, void (*callback)(void *opaque),
						void *argument)
{
	struct zpci_record *record = opaque;
	struct zpci_timer *timer = calloc(1, sizeof(*timer));

	if (!timer)
		return NULL;
	*timer = (struct zpci_timer){ .record = record, .expired = callback, .opaque = argument };
	timer->number = atomic_fetch_add(&record->timers, 1);
	timer->inner = record->inner.timer_create(record->machine, expired, timer);
	if (timer->inner)
		return timer;
	free(timer);
	return NULL;
}

static void timer_set(struct zpci_timer *timer, uint64_t nanoseconds)
{
	timer->record->inner.timer_set(timer->inner, nanoseconds);
}

static void timer_cancel(struct zpci_timer *timer)
{
	timer->record->inner.timer_cancel(timer->inner);
}

static void timer_destroy(struct zpci_timer *timer)
{
	timer->record->inner.timer_destroy(timer->inner);
	free(timer);
}

/* --- life ----------------------------------------------------------------------------- */

static const struct zpci_machine_ops record_ops = {
	.size = sizeof(struct zpci_machine_ops),
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
	.timer_create = timer_create_recorded,
	.timer_set = timer_set,
	.timer_cancel = timer_cancel,
	.timer_destroy = timer_destroy,
};

struct zpci_record *zpci_record_create(const struct zpci_machine_ops *ops, void *machine,
				       FILE *trace)
{
	struct zpci_record *record = calloc(1, sizeof(*record));

	if (!record)
		return NULL;
	if (pthread_mutex_init(&record->lock, NULL)) {
		free(record);
		return NULL;
	}
	record->inner = *ops;
	record->ops = record_ops;
	record->ops.name = ops->name;
	record->ops.help = ops->help;
	record->ops.regions = ops->regions ? regions : NULL;
	record->machine = machine;
	record->trace = trace;
	return record;
}

const struct zpci_machine_ops *zpci_record_ops(const struct zpci_record *record)
{
	return &record->ops;
}

int zpci_record_destroy(struct zpci_record *record)
{
	int rc = 0;

	if (!record)
		return 0;
	if (fflush(record->trace) || ferror(record->trace) || record->incomplete)
		rc = -EIO;
	pthread_mutex_destroy(&record->lock);
	free(record);
	return rc;
}

void zpci_record_head(struct zpci_record *record, struct zpci_firmware *firmware, bool shared)
{
	pthread_mutex_lock(&record->lock);
	zpci_record_write_head(record->trace, firmware, shared);
	pthread_mutex_unlock(&record->lock);
}

enum zpci_disposition zpci_record_execute(struct zpci_record *record,
					  struct zpci_firmware *firmware, void *cpu,
					  unsigned number, const uint8_t instruction[6])
{
	enum zpci_disposition disposition;
	unsigned long long sequence;
	struct block block;

	if (!zpci_instruction_known(instruction))
		return ZPCI_NOT_OURS;
	sequence = atomic_fetch_add(&record->sequence, 1);
	if (!begin(record, &block))
		return zpci_firmware_execute(firmware, cpu, instruction);
	fprintf(block.file, "execute %llx %x ", sequence, number);
	write_bytes(block.file, instruction, 6);
	fputc('\n', block.file);
	disposition = zpci_firmware_execute(firmware, cpu, instruction);
	fprintf(block.file, "end %llx %s\n", sequence,
		disposition == ZPCI_EXECUTED ? "executed" : "not-ours");
	end(record, &block);
	return disposition;
}

void zpci_record_reset(struct zpci_record *record, struct zpci_firmware *firmware,
		       enum zpci_reset reset)
{
	unsigned long long sequence = atomic_fetch_add(&record->sequence, 1);
	struct block block;

	if (!begin(record, &block)) {
		zpci_firmware_reset(firmware, reset);
		return;
	}
	fprintf(block.file, "reset %llx %x\n", sequence, (unsigned)reset);
	zpci_firmware_reset(firmware, reset);
	fprintf(block.file, "end %llx executed\n", sequence);
	end(record, &block);
}
