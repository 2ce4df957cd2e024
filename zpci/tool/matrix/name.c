// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The name of a boot in JUnit and TAP. Programs compare such results with older ones by the names
 * of tests, so a name must not contain where a kernel's file lies or which commit it was built
 * from. It is the kernel's release without what CONFIG_LOCALVERSION_AUTO adds, and the number of
 * CPUs. Of several kernels with the same release, the second one on the command line has "(2)".
 *
 * A guest that does not report does not say its release. Then it is the one in the kernel's file.
 */
#include <string.h>

#include "matrix.h"

/* Is this "-gHASH", as scripts/setlocalversion of Linux appends it? */
static bool is_commit(const char *at, const char *end)
{
	return end - at >= 9 && at[0] == '-' && at[1] == 'g' &&
	       strspn(at + 2, "0123456789abcdef") >= (size_t)(end - at - 2);
}

/* Cuts "-dirty", "+", "-gHASH" and the number of commits before it off the end. */
static void cut_commit(char *release)
{
	char *end = release + strlen(release);
	char *dash;

	if (end - release > 6 && !strcmp(end - 6, "-dirty"))
		*(end -= 6) = '\0';
	if (end > release && end[-1] == '+')
		*--end = '\0';
	dash = strrchr(release, '-');
	if (!dash || dash == release || !is_commit(dash, end))
		return;
	*dash = '\0';
	end = strrchr(release, '-');
	if (end && strlen(end) == 6 && strspn(end + 1, "0123456789") == 5)
		*end = '\0';
}

static void get_release(const struct matrix_boot *boot, char release[MATRIX_RELEASE])
{
	const char *text = *boot->release ? boot->release : boot->image_release;

	snprintf(release, MATRIX_RELEASE, "%s", *text ? text : "unknown");
	cut_commit(release);
}

const char *matrix_boot_id(const struct matrix *matrix, const struct matrix_boot *boot,
			   char *buffer, size_t size)
{
	char release[MATRIX_RELEASE], other[MATRIX_RELEASE], number[16] = "";
	const struct matrix_boot *before;
	unsigned int same = 1;

	get_release(boot, release);
	for (before = matrix->boots; before < boot; before++) {
		get_release(before, other);
		same += before->smp == boot->smp && !strcmp(release, other);
	}
	if (same > 1)
		snprintf(number, sizeof(number), " (%u)", same);
	snprintf(buffer, size, "Linux %s%s, %u CPU%s", release, number, boot->smp,
		 boot->smp > 1 ? "s" : "");
	return buffer;
}
