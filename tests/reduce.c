// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reduce.c - makes a recorded trace small.
 *
 *	tests/reduce-trace <RECORDED >REDUCED
 *
 * The result has each shape that the recording has, and replays by itself. A shape is:
 *
 *  - what began the step: an instruction by its opcode (of CLP with its logical processor), a
 *    timer, a reset, or a device's thread; and whether the firmware executed it;
 *  - the operations that follow, each by its name and result; condition code, interruption code and
 *    subclass by their value; the length of data exactly up to 8 bytes, but not of a device's data;
 *  - the bytes of logical operands up to 512 bytes, above the first four: length and code of a CLP
 *    block, and of the others a whole request, response or FIB;
 *  - of MPCIFC, STPCIFC and SERVC their command;
 *  - of loads and stores the function, the address space, the length, the offset (in configuration
 *    space and in the first 256 bytes of BAR 0 exactly, elsewhere by its highest bit, and in the
 *    MSI-X table its field), and the value: in configuration space exactly, in a BAR whether it is
 *    zero or all ones; and the number of the probe's doorbell or DMA command.
 *
 * Theory of operation. A step goes together with the steps of devices' threads that follow it,
 * which it may have caused: they are a group. Of a range of groups those are taken out whose shapes
 * others have. If the rest still replays they stay out: nothing that follows has needed the state
 * that they made. Long DMA is tried first. Then the ranges begin with half of the trace; short ones
 * are tried in each length and at each place, since some groups can only go together.
 */
#include "replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>
#include <zpci/probe.h>

#include "zpci/util/instruction.h"

/* A device is given this long, in milliseconds, before a candidate counts as one that fails. */
#define PATIENCE 100

/* Ranges up to this length are tried in each length and at each place. */
#define SHORT 8

/* Characters of the trace that a DMA has which is tried before all others. */
#define LONG_DMA 20000

/* Entries of translation tables that are inserted for one range. */
#define ENTRIES_MAX 64

/* Accesses of devices that are looked at for the cache. */
#define ACCESSES_MAX 4096

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
		fprintf(shape, " behind %u", bits(offset));
	if (space == ZPCI_PROBE_MSIX_BAR)
		fprintf(shape, " field %" PRIx64, offset & 15);
	if (!space &&
	    (offset == ZPCI_PROBE_REG_DMA_COMMAND || offset == ZPCI_PROBE_REG_DOORBELL_NOW ||
	     offset == ZPCI_PROBE_REG_DOORBELL_LATER))
		fprintf(shape, " number %u", (unsigned)(value >> 24 & 0xff));
	else if (!value || bits(value + 1) > 8 * length)
		fputs(value ? " ones" : " zero", shape);
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
	if (opcode == OP_SERVC)
		fprintf(shape, " command %" PRIx64, register_value(step, "gr", 16));
	if (opcode == OP_PCISTG || opcode == OP_PCILG)
		print_load_store(shape, step, opcode == OP_PCILG);
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
	bool cache;  /* the recording uses the cache, so the rest must */
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

/* --- walks that are needed now ---------------------------------------------------------------
 * A device walks translation tables only if a page is not in its function's cache, which the access
 * of a step that was taken out may have filled. The recording has each entry somewhere. */

static const struct trace_step *find_entry(const struct reduction *reduction, uint64_t address)
{
	for (size_t i = 0; i < reduction->trace.count; i++) {
		const struct trace_step *step = &reduction->trace.steps[i];

		if (step->kind == TRACE_ASYNC && !strcmp(step->operations->name, "ra") &&
		    step->operations->length == 8 && step->operations->a == address)
			return step;
	}
	return NULL;
}

static void insert(struct reduction *reduction, size_t index, struct trace_step step, size_t shape)
{
	struct trace *trace = &reduction->trace;
	size_t behind = trace->count - index;

	trace->steps = reallocarray(trace->steps, trace->count + 1, sizeof(*trace->steps));
	reduction->shape = reallocarray(reduction->shape, trace->count + 1, sizeof(size_t));
	reduction->kept = reallocarray(reduction->kept, trace->count + 1, sizeof(bool));
	if (!trace->steps || !reduction->shape || !reduction->kept)
		abort();
	memmove(&trace->steps[index + 1], &trace->steps[index], behind * sizeof(*trace->steps));
	memmove(&reduction->shape[index + 1], &reduction->shape[index], behind * sizeof(size_t));
	memmove(&reduction->kept[index + 1], &reduction->kept[index], behind * sizeof(bool));
	trace->steps[index] = step;
	reduction->shape[index] = shape;
	reduction->kept[index] = true;
	reduction->number[shape]++;
	trace->count++;
	reduction->left++;
}

static void take_back(struct reduction *reduction, size_t index)
{
	struct trace *trace = &reduction->trace;
	size_t behind = --trace->count - index;

	reduction->left--;
	reduction->number[reduction->shape[index]]--;
	memmove(&trace->steps[index], &trace->steps[index + 1], behind * sizeof(*trace->steps));
	memmove(&reduction->shape[index], &reduction->shape[index + 1], behind * sizeof(size_t));
	memmove(&reduction->kept[index], &reduction->kept[index + 1], behind * sizeof(bool));
}

/* If the replay failed at the kept step number @failed because of a table's entry: inserts it
 * behind the step that caused the access. Returns where; 0: it was something else. */
static size_t insert_entry(struct reduction *reduction, size_t failed, const char *complaint)
{
	const struct trace_step *entry = NULL;
	size_t index = 0, cause = 0;
	uint64_t address;

	if (sscanf(complaint, "a device did 'ra %" SCNx64 " 0 8 '", &address) == 1)
		entry = find_entry(reduction, address);
	if (!entry)
		return 0;
	for (size_t seen = 0; index < reduction->left && seen <= failed; index++) {
		if (!reduction->kept[index])
			continue;
		seen++;
		if (reduction->trace.steps[index].kind != TRACE_ASYNC)
			cause = index;
	}
	insert(reduction, cause + 1, *entry, reduction->shape[entry - reduction->trace.steps]);
	return cause + 1;
}

static bool is_access(const struct trace_step *step, bool entry)
{
	return step->kind == TRACE_ASYNC && step->operations->name[1] == 'a' &&
	       (step->operations->length == 8) == entry;
}

/* Whether a device still accesses a page that is in the cache, and one whose entry it has read
 * before and must read again, because the guest has refreshed it. */
static bool uses_cache(const struct reduction *reduction)
{
	const struct trace_step *steps = reduction->trace.steps, *last = NULL;
	uint64_t entries[ACCESSES_MAX];
	unsigned count = 0, hits = 0, again = 0;

	for (size_t i = 0; i < reduction->left; i++) {
		if (!reduction->kept[i])
			continue;
		if (is_access(&steps[i], false) && (!last || !is_access(last, true)))
			hits++;
		else if (is_access(&steps[i], false) && count < ACCESSES_MAX) {
			entries[count] = last->operations->a;
			for (unsigned k = 0; k < count; k++)
				again += entries[k] == entries[count];
			count++;
		}
		last = &steps[i];
	}
	return hits && again;
}

/* Whether what is kept replays, with the entries that it needs. Entries are inserted behind the
 * first of the groups that are @out, at which no index changes, or between them, which is
 * corrected. */
static bool replays_completed(struct reduction *reduction, size_t *out, size_t number)
{
	size_t inserted[ENTRIES_MAX], count = 0, steps, index;
	char *complaint = NULL;

	while (replay_steps(&reduction->trace, reduction->kept, PATIENCE, &steps, &complaint) ||
	       (reduction->cache && !uses_cache(reduction))) {
		index = complaint && count < ENTRIES_MAX ? insert_entry(reduction, steps, complaint)
							 : 0;

		free(complaint);
		for (size_t i = 0; index && i < number; i++)
			out[i] += out[i] >= index;
		if (index) {
			inserted[count++] = index;
			continue;
		}
		while (count--) {
			take_back(reduction, inserted[count]);
			for (size_t i = 0; i < number; i++)
				out[i] -= out[i] > inserted[count];
		}
		return false;
	}
	return true;
}

/* Takes out what can be of @count groups, at @starts. Returns how many went. */
static size_t take_out(struct reduction *reduction, const size_t *starts, size_t count)
{
	size_t *out = calloc(count, sizeof(*out)), number = 0, gone;

	if (!out)
		abort();
	/* The later ones first, so that the first step of a shape stays. */
	while (count--)
		if (take_group_out(reduction, starts[count]))
			out[number++] = starts[count];
	gone = number && replays_completed(reduction, out, number) ? number : 0;
	for (size_t i = gone; i < number; i++)
		put_group_back(reduction, out[i]);
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

/* Tries ranges of @length groups from the end of the trace to its beginning. Returns how many
 * groups went. */
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

/* Whether the step is a store that begins the probe's next DMA. */
static bool begins_dma(const struct trace_step *step)
{
	return step->kind == TRACE_EXECUTE && zpci_get_be(step->instruction, 2) == OP_PCISTG &&
	       !(register_value(step, "gr", step->instruction[3] & 15) >> 16 & 0xff) &&
	       register_value(step, "gr", (step->instruction[3] & 15) + 1) ==
		       ZPCI_PROBE_REG_DMA_SOURCE;
}

/* The longest DMA, in characters of the trace, that is shorter than @limit: its groups go to
 * @starts. Returns its length; *@count is the number of groups. */
static size_t longest_dma(const struct reduction *reduction, size_t limit, size_t *starts,
			  size_t *count)
{
	size_t longest = 0, length = 0, first = SIZE_MAX, best = 0;

	for (size_t i = 0; i <= reduction->left; i++) {
		if (i == reduction->left || begins_dma(&reduction->trace.steps[i])) {
			if (first != SIZE_MAX && length > longest && length < limit) {
				longest = length;
				best = first;
			}
			first = i;
			length = 0;
		}
		if (i < reduction->left)
			length += strlen(reduction->trace.steps[i].text);
	}
	*count = 0;
	for (size_t i = best; longest && i < reduction->left; i = group_end(reduction, i)) {
		if (*count && begins_dma(&reduction->trace.steps[i]))
			break;
		starts[(*count)++] = i;
	}
	return longest;
}

/* Long DMA goes first, as short DMA has the same shapes. */
static void try_dma(struct reduction *reduction)
{
	size_t *starts = calloc(reduction->left, sizeof(*starts)), count;
	size_t limit = SIZE_MAX;

	if (!starts)
		abort();
	while ((limit = longest_dma(reduction, limit, starts, &count)) > LONG_DMA) {
		take_out(reduction, starts, count);
		close_up(reduction);
	}
	free(starts);
	fprintf(stderr, "long DMA: %zu steps are left\n", reduction->left);
}

static void reduce(struct reduction *reduction)
{
	size_t gone;

	try_dma(reduction);
	for (size_t length = reduction->left / 2; length > SHORT; length /= 2)
		try_ranges(reduction, length);
	do {
		gone = 0;
		for (size_t length = SHORT; length; length--)
			gone += try_ranges(reduction, length);
	} while (gone);
}

/* --- the result ----------------------------------------------------------------------------- */

/* With another sequence number, since entries were inserted. */
static void write_step(const struct trace_step *step, size_t sequence)
{
	for (const char *line = step->text; *line; line = strchr(line, '\n') + 1) {
		const char *rest = line;

		if (*line != ' ') {
			const char *word = strchr(line, ' ') + 1;

			rest = word + strcspn(word, " \n");
			printf("%.*s%zx", (int)(word - line), line, sequence);
		}
		printf("%.*s\n", (int)strcspn(rest, "\n"), rest);
	}
}

static void write_result(const struct reduction *reduction, size_t recorded)
{
	const char *head = reduction->trace.head, *second = strchr(head, '\n') + 1;

	printf("%.*s", (int)(second - head), head);
	printf("# %zu of the %zu steps of a recording: one or more of each of its %zu shapes,\n"
	       "# and the steps that made the state for these. A shape is what began a step, the\n"
	       "# kinds of its operands, and the answer: tests/reduce.c.\n%s",
	       reduction->left, recorded, reduction->shapes, second);
	for (size_t i = 0; i < reduction->left; i++)
		write_step(&reduction->trace.steps[i], i);
}

static bool replays(const struct reduction *reduction)
{
	char *complaint;
	size_t steps;

	if (!replay_steps(&reduction->trace, reduction->kept, REPLAY_PATIENCE, &steps, &complaint))
		return true;
	fprintf(stderr, "reduce-trace: it does not replay: %s\n", complaint);
	free(complaint);
	return false;
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
	if (!replays(&reduction))
		return 1;
	reduction.cache = uses_cache(&reduction);
	reduce(&reduction);
	if (!replays(&reduction))
		return 1;
	write_result(&reduction, recorded);
	return 0;
}
