// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reduce.c - makes a recorded trace small.
 *
 *	tests/reduce-trace <RECORDED >REDUCED
 *
 * The result has each shape that the recording has, and replays by itself. A shape is:
 *
 *  - what began the step: an instruction by its opcode (of CLP with its logical processor), a timer,
 *    a reset, or a device's thread; and whether the firmware executed it;
 *  - the operations that follow, each by its name and result; condition code, interruption code and
 *    subclass by their value; the length of data exactly up to 8 bytes, but not of a device's data;
 *  - the bytes of logical operands up to 512 bytes, above the first four: length and code of a CLP
 *    block, and of the others a whole request, response or FIB;
 *  - of MPCIFC, STPCIFC and SERVC their command;
 *  - of loads and stores the function, the address space, the length, the offset (in configuration
 *    space and in the first 256 bytes of BAR 0 exactly, elsewhere by its highest bit and its last
 *    digit), and the value: in configuration space exactly, in a BAR exactly below 16, else whether it
 *    is all ones.
 *
 * Theory of operation. A step goes together with the steps of devices' threads that follow it, which
 * it may have caused: they are a group. Of a range of groups those are taken out whose shapes others
 * have. If the rest still replays they stay out: nothing that follows has needed the state that they
 * made. The ranges begin with half of the trace; short ones are tried in each length, since some
 * groups can only go together.
 */
#include "replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

/* A device is given this long, in milliseconds, before a candidate counts as one that fails. */
#define PATIENCE 100

/* Ranges up to this length are tried in each length and at each place. */
#define SHORT 8

#define SPACE_CONFIG 15
#define WHOLE_DATA 512

/* --- the shape of a step -------------------------------------------------------------------- */

static unsigned bits(uint64_t number)
{
	unsigned count = 0;

	for (; number; number >>= 1)
		count++;
	return count;
}

/* The value of the first operation @name of register @number; of any if it is above 15. */
static uint64_t register_value(const struct trace_step *step, const char *name, unsigned number)
{
	for (size_t i = 0; i < step->count; i++) {
		const struct trace_operation *operation = &step->operations[i];

		if (strcmp(operation->name, name) || (number < 16 && operation->a != number))
			continue;
		return operation->out_length == 8  ? zpci_get_be(operation->out, 8)
		       : operation->in_length == 8 ? zpci_get_be(operation->in, 8)
						   : 0;
	}
	return 0;
}

static void print_load_store(FILE *shape, const struct trace_step *step, bool load)
{
	unsigned r1 = step->instruction[3] >> 4, r2 = step->instruction[3] & 15;
	uint64_t request = register_value(step, "gr", r2);
	uint64_t offset = register_value(step, "gr", r2 + 1);
	uint64_t value = register_value(step, load ? "sr" : "gr", r1);
	unsigned space = request >> 16 & 0xff, length = request & 15;

	fprintf(shape, " function %x space %u length %u", (unsigned)(request >> 32 & 0xffff), space,
		length);
	if (space == SPACE_CONFIG) {
		fprintf(shape, " at %" PRIx64 " value %" PRIx64, offset, value);
		return;
	}
	if (!space && offset < 256)
		fprintf(shape, " at %" PRIx64, offset);
	else
		fprintf(shape, " behind %u %" PRIx64, bits(offset), offset & 15);
	if (value < 16)
		fprintf(shape, " value %" PRIx64, value);
	else
		fputs(bits(value + 1) > 8 * length ? " ones" : " other", shape);
}

static void print_operation(FILE *shape, const struct trace_operation *operation)
{
	const uint8_t *data = operation->in_length ? operation->in : operation->out;
	size_t shown = operation->length > WHOLE_DATA ? 4 : operation->length;

	fprintf(shape, ", %s %d", operation->name, operation->rc);
	if (!strcmp(operation->name, "cc") || !strcmp(operation->name, "pgm") ||
	    !strcmp(operation->name, "ai"))
		fprintf(shape, " %" PRIx64, operation->a);
	if (operation->length > 8 || (operation->name[1] == 'a' && operation->length < 8))
		fputs(" bytes", shape);
	else if (operation->length)
		fprintf(shape, " length %zu", operation->length);
	if (strcmp(operation->name, "rl") && strcmp(operation->name, "wl"))
		return;
	fputc(' ', shape);
	for (size_t i = 0; i < shown && i < operation->in_length + operation->out_length; i++)
		fprintf(shape, "%02x", data[i]);
}

static void print_instruction(FILE *shape, const struct trace_step *step)
{
	const uint8_t *bytes = step->instruction;
	unsigned opcode = (unsigned)zpci_get_be(bytes, 2);

	fprintf(shape, "%s", step->executed ? "executed " : "not ours ");
	if (bytes[0] >= 0xc0)
		fprintf(shape, "%02x..%02x command %02x", bytes[0], bytes[5],
			(unsigned)register_value(step, "gr", bytes[1] >> 4) & 0xff);
	else
		fprintf(shape, "%04x %02x", opcode, bytes[2]);
	if (opcode == 0xb220)
		fprintf(shape, " command %" PRIx64, register_value(step, "gr", 16));
	if (opcode == 0xb9d0 || opcode == 0xb9d2)
		print_load_store(shape, step, opcode == 0xb9d2);
}

static char *shape_of(const struct trace_step *step)
{
	static const char *const kinds[] = { "", "timer", "reset", "async" };
	char *text = NULL;
	size_t size;
	FILE *shape = open_memstream(&text, &size);

	if (!shape)
		abort();
	if (step->kind == TRACE_EXECUTE)
		print_instruction(shape, step);
	else
		fprintf(shape, "%s %u", kinds[step->kind], step->number);
	for (size_t i = 0; i < step->count; i++)
		print_operation(shape, &step->operations[i]);
	fclose(shape);
	return text;
}

/* --- reducing ------------------------------------------------------------------------------- */

struct reduction {
	struct trace trace;
	size_t *shape;	/* of each step: the index of the first step that has it */
	size_t *number; /* of each shape: steps that are kept */
	size_t shapes;
	bool *kept;
	size_t left; /* steps that are not out for good; the others lie behind them */
};

static void find_shapes(struct reduction *reduction)
{
	size_t count = reduction->trace.count;
	char **shapes = calloc(count, sizeof(*shapes));

	reduction->shape = calloc(count, sizeof(*reduction->shape));
	reduction->number = calloc(count, sizeof(*reduction->number));
	reduction->kept = calloc(count, sizeof(*reduction->kept));
	if (!shapes || !reduction->shape || !reduction->number || !reduction->kept)
		abort();
	for (size_t i = 0; i < count; i++) {
		size_t first = 0;

		shapes[i] = shape_of(&reduction->trace.steps[i]);
		while (strcmp(shapes[first], shapes[i]))
			first++;
		reduction->shape[i] = first;
		reduction->number[first]++;
		reduction->kept[i] = true;
		reduction->shapes += first == i;
	}
	if (getenv("ZPCI_SHOW_SHAPES"))
		for (size_t i = 0; i < count; i++)
			fprintf(stderr, "%zu %s\n", reduction->shape[i], shapes[i]);
	for (size_t i = 0; i < count; i++)
		free(shapes[i]);
	free(shapes);
}

static bool replays(const struct reduction *reduction, unsigned patience, char **complaint)
{
	size_t steps;

	return !replay_steps(&reduction->trace, reduction->kept, patience, &steps, complaint);
}

static size_t group_end(const struct reduction *reduction, size_t start)
{
	do
		start++;
	while (start < reduction->left && reduction->trace.steps[start].kind == TRACE_ASYNC);
	return start;
}

/* Takes the group at @start out, unless one of its steps is the last of its shape. */
static bool take_group_out(struct reduction *reduction, size_t start)
{
	size_t end = group_end(reduction, start), i = start;
	bool needed = false;

	for (; i < end && !needed; i++) {
		needed = !--reduction->number[reduction->shape[i]];
		reduction->kept[i] = needed;
	}
	while (needed && i-- > start) {
		reduction->number[reduction->shape[i]]++;
		reduction->kept[i] = true;
	}
	return !needed;
}

static void put_group_back(struct reduction *reduction, size_t start)
{
	for (size_t i = start, end = group_end(reduction, start); i < end; i++) {
		reduction->number[reduction->shape[i]]++;
		reduction->kept[i] = true;
	}
}

/* Takes out what can be of @count groups, at @starts. Returns how many went. */
static size_t take_out(struct reduction *reduction, const size_t *starts, size_t count)
{
	size_t *out = calloc(count, sizeof(*out)), number = 0, gone;
	char *complaint = NULL;

	if (!out)
		abort();
	/* The later ones first, so that the first step of a shape stays. */
	while (count--)
		if (take_group_out(reduction, starts[count]))
			out[number++] = starts[count];
	gone = number && replays(reduction, PATIENCE, &complaint) ? number : 0;
	for (size_t i = gone; i < number; i++)
		put_group_back(reduction, out[i]);
	free(complaint);
	free(out);
	return gone;
}

/* Moves the steps that are out behind the others, which become neighbours. */
static void close_up(struct reduction *reduction)
{
	struct trace_step *steps = reduction->trace.steps;
	size_t count = 0;

	for (size_t i = 0; i < reduction->left; i++) {
		struct trace_step step = steps[count];

		if (!reduction->kept[i])
			continue;
		steps[count] = steps[i];
		steps[i] = step;
		reduction->shape[count] = reduction->shape[i];
		reduction->kept[i] = false;
		reduction->kept[count++] = true;
	}
	reduction->left = count;
}

/* Tries ranges of @length groups from the end of the trace to its beginning. Returns how many groups
 * went. */
static size_t try_ranges(struct reduction *reduction, size_t length)
{
	size_t *starts = calloc(reduction->left, sizeof(*starts)), count = 0, gone = 0;

	if (!starts)
		abort();
	for (size_t i = 0; i < reduction->left; i = group_end(reduction, i))
		starts[count++] = i;
	/* Short ones at each place, as what must go together can begin anywhere. */
	for (size_t end = count, first, went; end;
	     end -= went || length > SHORT ? end - first : 1) {
		first = end < length ? 0 : end - length;
		went = take_out(reduction, starts + first, end - first);
		gone += went;
	}
	free(starts);
	close_up(reduction);
	fprintf(stderr, "ranges of %zu: %zu steps are left\n", length, reduction->left);
	return gone;
}

static void reduce(struct reduction *reduction)
{
	size_t gone;

	for (size_t length = reduction->left / 2; length > SHORT; length /= 2)
		try_ranges(reduction, length);
	do {
		gone = 0;
		for (size_t length = SHORT; length; length--)
			gone += try_ranges(reduction, length);
	} while (gone);
}

/* --- the result ----------------------------------------------------------------------------- */

static void write_result(const struct reduction *reduction, size_t recorded)
{
	const char *head = reduction->trace.head, *second = strchr(head, '\n') + 1;

	printf("%.*s", (int)(second - head), head);
	printf("# %zu of the %zu steps of a recording: at least one of each of its %zu shapes, and those\n"
	       "# that made the state for it. tests/reduce.c says what a shape is.\n%s",
	       reduction->left, recorded, reduction->shapes, second);
	for (size_t i = 0; i < reduction->left; i++)
		fputs(reduction->trace.steps[i].text, stdout);
}

int main(void)
{
	struct reduction reduction = { .left = 0 };
	char *complaint;
	size_t recorded;

	if (trace_read(&reduction.trace, stdin, &complaint)) {
		fprintf(stderr, "reduce-trace: %s\n", complaint);
		return 1;
	}
	recorded = reduction.left = reduction.trace.count;
	find_shapes(&reduction);
	fprintf(stderr, "%zu steps of %zu shapes\n", recorded, reduction.shapes);
	if (!replays(&reduction, REPLAY_PATIENCE, &complaint)) {
		fprintf(stderr, "reduce-trace: it does not replay: %s\n", complaint);
		return 1;
	}
	reduce(&reduction);
	if (!replays(&reduction, REPLAY_PATIENCE, &complaint)) {
		fprintf(stderr, "reduce-trace: the result does not replay: %s\n", complaint);
		return 1;
	}
	write_result(&reduction, recorded);
	free(reduction.shape);
	free(reduction.number);
	free(reduction.kept);
	trace_free(&reduction.trace);
	return 0;
}
