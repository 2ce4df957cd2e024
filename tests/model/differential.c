// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs records, and finds the few that show a difference.
 */
#include "differential.h"

#include <stdlib.h>
#include <string.h>

struct sequence {
	uint8_t options;
	uint8_t *records;
	size_t count;
};

/* Number of records until library and model differed, or 0. */
static size_t run(const struct sequence *sequence, FILE *trace)
{
	struct pair pair;
	size_t done = 0;

	if (!pair_init(&pair, sequence->options)) {
		fputs("no memory for library and model\n", stderr);
		exit(EXIT_FAILURE);
	}
	pair.trace = trace;
	while (done < sequence->count && !pair.differs && !pair.model->open) {
		const uint8_t *record = sequence->records + RECORD * done++;

		pair_say(&pair, "%3zu %s\n", done, step_name(record));
		step_run(&pair, record);
		if (done == sequence->count)
			pair.steps |= 15; /* compares the devices' bytes as well */
		if (!pair.model->open)
			pair_compare(&pair);
	}
	pair_say(&pair, "=> %s\n", pair.differs ? pair.difference : "no difference");
	done = pair.differs && !pair.model->open ? done : 0;
	pair_fini(&pair);
	return done;
}

/* Removes @length records at @start if the rest still differs. */
static bool drop(struct sequence *sequence, size_t start, size_t length)
{
	size_t behind = sequence->count - start - length;
	struct sequence shorter = { sequence->options, malloc(sequence->count * RECORD),
				    start + behind };
	size_t needed;

	if (!shorter.records)
		return false;
	memcpy(shorter.records, sequence->records, start * RECORD);
	memcpy(shorter.records + start * RECORD, sequence->records + (start + length) * RECORD,
	       behind * RECORD);
	needed = run(&shorter, NULL);
	if (needed) {
		memcpy(sequence->records, shorter.records, needed * RECORD);
		sequence->count = needed;
	}
	free(shorter.records);
	return needed;
}

static void minimise(struct sequence *sequence)
{
	for (size_t length = sequence->count / 2; length; length /= 2)
		for (size_t start = 0; start + length <= sequence->count;)
			if (!drop(sequence, start, length))
				start += length;
	for (size_t i = sequence->count; i-- > 0;)
		if (i < sequence->count)
			drop(sequence, i, 1);
}

bool differential_run(uint8_t options, const uint8_t *records, size_t count)
{
	struct sequence all = { options, (uint8_t *)records, count };
	size_t needed = run(&all, NULL);
	struct sequence sequence = { options, NULL, needed };

	if (!needed)
		return true;
	sequence.records = malloc(needed * RECORD);
	if (sequence.records) {
		memcpy(sequence.records, records, needed * RECORD);
		minimise(&sequence);
		fprintf(stderr, "library and model differ after %zu steps; %zu of them do it:\n",
			needed, sequence.count);
		run(&sequence, stderr);
	}
	free(sequence.records);
	return false;
}
