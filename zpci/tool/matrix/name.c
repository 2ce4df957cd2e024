// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The name of a boot in JUnit and TAP. Programs compare such results with older ones by the names
 * of tests, so a name must not contain where a kernel's file lies or which commit it was built
 * from. It is the kernel's release without what CONFIG_LOCALVERSION_AUTO adds, and the number of
 * CPUs. Of several kernels with the same release, the second one on the command line has "(2)".
 *
 * A guest that does not report does not say its release. So it is also read from the kernel's file:
 * arch/s390/boot/head.S puts the offset of the version string at a fixed place, struct parmarea in
 * Linux arch/s390/include/asm/setup.h.
 */
#include <string.h>

#include <zpci/bytes.h>

#include "matrix.h"

#define PARMAREA_KERNEL_VERSION 0x10428

void matrix_image_release(const char *path, char *release, size_t size)
{
	unsigned char offset[8];
	size_t length = 0, i;
	FILE *file = fopen(path, "re");

	if (file && !fseek(file, PARMAREA_KERNEL_VERSION, SEEK_SET) &&
	    fread(offset, sizeof(offset), 1, file) == 1 &&
	    !fseek(file, (long)(zpci_get_be(offset, sizeof(offset)) & INT32_MAX), SEEK_SET))
		length = fread(release, 1, size - 1, file);
	if (file)
		fclose(file);
	release[length] = '\0';
	length = strcspn(release, " ");
	/* Of another file it is anything. */
	for (i = 0; i < length; i++)
		if (release[i] <= ' ' || release[i] > '~')
			length = 0;
	release[length && release[length] == ' ' ? length : 0] = '\0';
}

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
