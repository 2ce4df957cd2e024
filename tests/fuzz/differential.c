// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * differential.c - target: the library against the model of tests/model. The first byte of an input
 * configures the firmware, then each RECORD bytes are one step. For a difference it prints the few
 * steps that show it, with both answers.
 */
#include "fuzz.h"

#include "tests/model/differential.h"

const char fuzz_name[] = "differential";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size)
		fuzz_must(differential_run(data[0], data + 1, (size - 1) / RECORD));
	return 0;
}
