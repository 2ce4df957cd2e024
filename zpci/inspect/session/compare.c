// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compare.c - see compare.h
 *
 * A program has two ways to a function: configuration space by sysfs, and a BAR by vfio. Only
 * loads are measured, since these do no harm to an unknown device. The system call is most of
 * what a small read costs. So the 256 bytes that every program may read are also read at once,
 * which the kernel loads by four.
 *
 * A round has some passes. Each of them times the functions in the order one, other, other, one, so
 * that a drift cancels out. The shortest pass of each function counts, because other work of the
 * host can only make it longer. The samples still differ from round to round, and are for
 * statistics.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "compare.h"
#include "zpci/inspect/base/clock.h"
#include "zpci/inspect/base/stop.h"

#define MEASUREMENT_NS 1000000u /* about so long is one measurement */
#define PASSES 8
#define CALIBRATION 50u
#define HEADER 256u /* bytes of configuration space that every user may read */

/* A place in a file, of sysfs or of vfio, that can be read. */
struct source {
	const char *address;
	int fd;
	off_t offset;
	size_t size;	/* of one read */
	uint64_t reads; /* in one measurement */
};

/* Add the nanoseconds of @count reads to *@taken. */
static int time_reads(const struct source *s, uint64_t count, uint64_t *taken,
		      struct problem *problem)
{
	uint64_t start = clock_nanoseconds();
	uint8_t bytes[HEADER];

	for (uint64_t i = 0; i < count; i++) {
		ssize_t n = pread(s->fd, bytes, s->size, s->offset);

		if (n != (ssize_t)s->size)
			return problem_set(problem, "%s: %s", s->address,
					   n < 0 ? strerror(errno) : "a read was cut");
	}
	*taken += clock_nanoseconds() - start;
	return 0;
}

static int calibrate(struct source *s, struct problem *problem)
{
	uint64_t warm = 0, taken = 0;

	if (time_reads(s, CALIBRATION, &warm, problem) ||
	    time_reads(s, CALIBRATION, &taken, problem))
		return -1;
	s->reads = (uint64_t)MEASUREMENT_NS * CALIBRATION / (taken ? taken : 1) + 1;
	return 0;
}

/* Do one pass; @least becomes its times where they are shorter. */
static int pass(const struct source s[2], uint64_t least[2], struct problem *problem)
{
	static const int order[] = { 0, 1, 1, 0 };
	uint64_t taken[2] = { 0 };

	for (int i = 0; i < 4; i++)
		if (time_reads(&s[order[i]], s[order[i]].reads, &taken[order[i]], problem))
			return -1;
	for (int i = 0; i < 2; i++)
		if (taken[i] < least[i])
			least[i] = taken[i];
	return 0;
}

static int measure(FILE *out, const char *name, unsigned int round, const struct source s[2],
		   struct problem *problem)
{
	uint64_t least[2] = { UINT64_MAX, UINT64_MAX };

	for (int i = 0; i < PASSES; i++)
		if (pass(s, least, problem))
			return -1;
	fprintf(out, "sample %s %u %.3f %.3f\n", name, round,
		(double)least[0] / (double)(s[0].reads * 2),
		(double)least[1] / (double)(s[1].reads * 2));
	return 0;
}

static int open_config(const struct session *session, struct source *s, struct problem *problem)
{
	char path[SYSFS_PATH_SIZE];

	sysfs_device_path(path, session->name, "config");
	*s = (struct source){ .address = session->name, .size = 4 };
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	return s->fd < 0 ? problem_set(problem, "%s: %s", path, strerror(errno)) : 0;
}

static int open_bar(const struct session *session, struct source *s, struct problem *problem)
{
	int bar = session->observations.bar;

	if (bar < 0)
		return problem_set(problem, "%s has no BAR that vfio gives access to",
				   session->name);
	*s = (struct source){
		.address = session->name,
		.fd = session->vfio.device_fd,
		.offset = (off_t)session->vfio.bars[bar].offset,
		.size = 4,
	};
	return 0;
}

enum operation {
	SYSFS_CONFIG,
	SYSFS_HEADER,
	VFIO_BAR,
	OPERATIONS
};

static const char *const names[OPERATIONS] = {
	[SYSFS_CONFIG] = "sysfs-config",
	[SYSFS_HEADER] = "sysfs-header",
	[VFIO_BAR] = "vfio-bar",
};

static int open_all(const struct session *session, int which, struct source s[OPERATIONS][2],
		    struct problem *problem)
{
	if (open_config(session, &s[SYSFS_CONFIG][which], problem))
		return -1;
	s[SYSFS_HEADER][which] = s[SYSFS_CONFIG][which];
	s[SYSFS_HEADER][which].size = HEADER;
	return open_bar(session, &s[VFIO_BAR][which], problem);
}

/* The operations alternate within a round, so that none has a part of the time for itself. */
static int rounds_of(FILE *out, struct source s[OPERATIONS][2], unsigned int rounds,
		     struct problem *problem)
{
	for (int i = 0; i < OPERATIONS; i++)
		if (calibrate(&s[i][0], problem) || calibrate(&s[i][1], problem))
			return -1;
	for (unsigned int round = 1; round <= rounds && !stop_requested(); round++)
		for (int i = 0; i < OPERATIONS; i++)
			if (measure(out, names[i], round, s[i], problem))
				return -1;
	return 0;
}

int compare(FILE *out, const struct session *one, const struct session *other, unsigned int rounds,
	    struct problem *problem)
{
	struct source s[OPERATIONS][2] = { [SYSFS_CONFIG] = { { .fd = -1 }, { .fd = -1 } } };
	int rc = -1;

	if (!open_all(one, 0, s, problem) && !open_all(other, 1, s, problem))
		rc = rounds_of(out, s, rounds, problem);
	for (int i = 0; i < 2; i++)
		if (s[SYSFS_CONFIG][i].fd >= 0)
			close(s[SYSFS_CONFIG][i].fd);
	fflush(out);
	return rc;
}
