// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small questions about a matrix, which all parts have.
 */
#include <string.h>

#include "matrix.h"

const char *const matrix_profile_names[MATRIX_PROFILES] = {
	[MATRIX_LPAR] = "lpar",	  [MATRIX_VFIO] = "vfio", [MATRIX_SILENT] = "silent",
	[MATRIX_PLAIN] = "plain", [MATRIX_RAW] = "raw",
};

const char *const matrix_result_names[MATRIX_RESULTS] = {
	[MATRIX_EMPTY] = "none",
	[MATRIX_EQUAL] = "equal",
	[MATRIX_DIFFERENT] = "different",
	[MATRIX_UNOBSERVED] = "not observed",
};

int matrix_profile_find(const char *name, size_t length)
{
	int i;

	for (i = 0; i < MATRIX_PROFILES; i++)
		if (strlen(matrix_profile_names[i]) == length &&
		    !memcmp(matrix_profile_names[i], name, length))
			return i;
	return -1;
}

const char *matrix_boot_name(const struct matrix_boot *boot, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s %s, %u CPU%s", boot->guest ? "guest" : "kernel",
		 boot->guest ? boot->guest : boot->kernel, boot->smp, boot->smp > 1 ? "s" : "");
	return buffer;
}

const char *matrix_short(const char *value)
{
	return strncmp(value, "0x", 2) ? value : value + 2;
}
