// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rule.c - see rule.h
 *
 * How a function comes to vfio-pci, and stays there:
 *
 * - The kernel has no memory of a driver: a function that its slot switched off and on is a new
 *   device without driver_override. So the rule knows it by its FID, which no boot and no other
 *   function changes. Its address is a consecutive number if UIDs are not unique.
 * - The kernel announces a device and binds its driver, both before udev looks. So the rule sets
 *   driver_override and then, if another driver has it, unbinds that one and lets the kernel look
 *   for a driver again. Unbinding waits for a driver that is still setting the function up.
 * - A driver that is bound between the two, or later, is announced by an event of its own, `bind`.
 *   The rule does the same then. So a libvirt that gives a function back to its driver gives it
 *   back to vfio-pci.
 * - If the module vfio-pci is not loaded yet, then loading it binds the function. udev loads it
 *   after it has read all rules, and drivers_probe has done nothing before.
 *
 * Writing is what udev does with ATTR{...}="..." (udev(7)): no shell, and zpci is not needed then.
 */
#define _GNU_SOURCE 1

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rule.h"
#include "zpci/inventory/slot.h"
#include "zpci/inventory/sysfs.h"

#define PREFIX "60-zpci-reserve-"
#define SUFFIX ".rules"
#define FID_DIGITS 8

/* An attacker's folder is not the concern; a directory without end is. */
#define RULES_MAX 65536

/* --- its text -------------------------------------------------------------------------------- */

#define FIRST_LINE "# Made by `zpci host reserve 0x%08" PRIx32 "'."

void host_rule_print(FILE *to, uint32_t fid)
{
	char end[32], digits[FID_DIGITS + 1];

	snprintf(digits, sizeof(digits), "%08" PRIx32, fid);
	snprintf(end, sizeof(end), "zpci_end_%s", digits);
	fprintf(to, FIRST_LINE "\n", fid);
	fprintf(to,
		"# Keeps this function for guests: zpci-host-reserve(1). `zpci host unreserve 0x%s' removes "
		"it.\n",
		digits);
	fprintf(to, "SUBSYSTEM!=\"pci\", GOTO=\"%s\"\n", end);
	fprintf(to, "ACTION!=\"add|change|bind\", GOTO=\"%s\"\n", end);
	fprintf(to, "ATTR{function_id}!=\"0x%s\", GOTO=\"%s\"\n", digits, end);
	fputs("ATTR{driver_override}=\"vfio-pci\"\n", to);
	fputs("RUN{builtin}+=\"kmod load vfio-pci\"\n", to);
	fprintf(to, "DRIVER==\"vfio-pci\", GOTO=\"%s\"\n", end);
	fputs("DRIVER==\"?*\", ATTR{driver/unbind}=\"$kernel\"\n", to);
	fputs("ATTR{[subsystem/pci]drivers_probe}=\"$kernel\"\n", to);
	fprintf(to, "LABEL=\"%s\"\n", end);
}

/* --- one file -------------------------------------------------------------------------------- */

bool host_rule_path(char path[PATH_MAX], const char *folder, uint32_t fid)
{
	int length = snprintf(path, PATH_MAX, "%s/" PREFIX "%08" PRIx32 SUFFIX, folder, fid);

	return length > 0 && length < PATH_MAX;
}

static int too_long(const char *folder, struct problem *problem)
{
	return problem_set(problem, "the path of the folder of rules is too long: %.64s...",
			   folder);
}

int host_rule_look(const char *folder, uint32_t fid, enum host_rule *rule, struct problem *problem)
{
	char path[PATH_MAX], line[256], expected[64];
	struct problem why;
	struct stat info;

	if (!host_rule_path(path, folder, fid))
		return too_long(folder, problem);
	if (lstat(path, &info)) {
		*rule = HOST_RULE_ABSENT;
		if (errno == ENOENT)
			return 0;
		return problem_set(problem, "%s: %s", path, strerror(errno));
	}
	*rule = HOST_RULE_FOREIGN;
	if (!S_ISREG(info.st_mode))
		return 0;
	if (sysfs_read_text(path, line, sizeof(line), &why))
		return problem_set(problem, "%s", why.text);
	snprintf(expected, sizeof(expected), FIRST_LINE, fid);
	if (!strcmp(line, expected))
		*rule = HOST_RULE_OURS;
	return 0;
}

/* So that a rule that was written, or removed, is so after a crash of the system. */
static int sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		close(fd);
	return rc;
}

/* Takes @fd. Returns 0, or -1 with errno. */
static int fill(int fd, uint32_t fid)
{
	FILE *to = fdopen(fd, "w");
	int rc, error;

	if (!to) {
		close(fd);
		return -1;
	}
	host_rule_print(to, fid);
	rc = fflush(to) || ferror(to) || fchmod(fd, 0644) || fsync(fd) ? -1 : 0;
	error = errno;
	if (fclose(to) && !rc) {
		rc = -1;
		error = errno;
	}
	errno = error;
	return rc;
}

/* udev does not read a file whose name has another end. */
int host_rule_write(const char *folder, uint32_t fid, struct problem *problem)
{
	char path[PATH_MAX], temporary[PATH_MAX];
	int fd, error;

	if (!host_rule_path(path, folder, fid) ||
	    snprintf(temporary, sizeof(temporary), "%s/.zpci-XXXXXX", folder) >= PATH_MAX)
		return too_long(folder, problem);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return problem_set(problem, "cannot write into %s: %s%s", folder, strerror(errno),
				   errno == EACCES   ? "; run this as root"
				   : errno == ENOENT ? "; is udev installed here?"
						     : "");
	if (fill(fd, fid) == 0 && rename(temporary, path) == 0 && sync_folder(folder) == 0)
		return 0;
	error = errno;
	unlink(temporary);
	return problem_set(problem, "cannot write %s: %s", path, strerror(error));
}

int host_rule_remove(const char *folder, uint32_t fid, struct problem *problem)
{
	char path[PATH_MAX];

	if (!host_rule_path(path, folder, fid))
		return too_long(folder, problem);
	if (unlink(path) && errno != ENOENT)
		return problem_set(problem, "cannot remove %s: %s%s", path, strerror(errno),
				   errno == EACCES ? "; run this as root" : "");
	sync_folder(folder);
	return 0;
}

/* --- all of them ----------------------------------------------------------------------------- */

/* The FID in the name of a rule's file. */
static bool parse_name(const char *name, uint32_t *fid)
{
	char digits[FID_DIGITS + 1] = "";

	if (strlen(name) != strlen(PREFIX) + FID_DIGITS + strlen(SUFFIX) ||
	    strncmp(name, PREFIX, strlen(PREFIX)) ||
	    strcmp(name + strlen(PREFIX) + FID_DIGITS, SUFFIX))
		return false;
	memcpy(digits, name + strlen(PREFIX), FID_DIGITS);
	return slot_name_parse(digits, fid);
}

static int by_number(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

	return a < b ? -1 : a > b;
}

static int add(uint32_t **fids, size_t *count, uint32_t fid)
{
	uint32_t *longer = realloc(*fids, (*count + 1) * sizeof(**fids));

	if (!longer)
		return -1;
	*fids = longer;
	(*fids)[(*count)++] = fid;
	return 0;
}

/* Adds the rule that has this name, if it is ours. */
static int add_name(const char *folder, const char *name, uint32_t **fids, size_t *count,
		    struct problem *problem)
{
	enum host_rule rule;
	uint32_t fid;

	if (!parse_name(name, &fid))
		return 0;
	if (host_rule_look(folder, fid, &rule, problem))
		return -1;
	if (rule == HOST_RULE_OURS && add(fids, count, fid))
		return problem_set(problem, "out of memory");
	return 0;
}

int host_rule_list(const char *folder, uint32_t **fids, size_t *count, struct problem *problem)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	*fids = NULL;
	*count = 0;
	if (!directory && errno == ENOENT)
		return 0;
	if (!directory)
		return problem_set(problem, "%s: %s", folder, strerror(errno));
	while (!rc && *count < RULES_MAX && (entry = readdir(directory)))
		rc = add_name(folder, entry->d_name, fids, count, problem);
	closedir(directory);
	if (*count)
		qsort(*fids, *count, sizeof(**fids), by_number);
	return rc;
}
