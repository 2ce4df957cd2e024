// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compares the library with the model of tests/model, by random steps from fixed seeds. Prints one
 * line, and for a difference the steps that show it.
 *
 *	test-differential [SEQUENCES [SEED]]
 */
#include <stdlib.h>

#include "model/differential.h"

#define SEQUENCES 120
#define STEPS 400

/* xorshift64* (Vigna 2016). */
static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717ull;
}

static bool run(uint64_t seed)
{
	static uint8_t records[STEPS * RECORD];
	uint64_t state = seed * 0x9e3779b97f4a7c15ull + 1;

	for (size_t i = 0; i < sizeof(records); i++)
		records[i] = (uint8_t)(next(&state) >> 56);
	return differential_run((uint8_t)(next(&state) >> 56), records, STEPS);
}

int main(int argc, char **argv)
{
	unsigned long sequences = argc > 1 ? strtoul(argv[1], NULL, 0) : SEQUENCES;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;

	for (unsigned long i = 0; i < sequences; i++)
		if (!run(seed + i)) {
			printf("differs: sequence of seed %llu\n", (unsigned long long)(seed + i));
			return EXIT_FAILURE;
		}
	printf("%lu sequences of %u steps: no difference\n", sequences, STEPS);
	return EXIT_SUCCESS;
}
