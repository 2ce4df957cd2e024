// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * event.c - see event.h
 *
 * The kernel log has the event's PEC and the function (Linux arch/s390/pci/pci_event.c):
 *
 *	zpci: 0100:00:00.0: Event 0x4 reports an error for PCI function 0x1021
 *
 * The whole event is in the log `pci_error` of the s390 debug feature, after a heading. An entry
 * has 16 bytes and is shown as a line, with the bytes between the other columns:
 *
 *	00 01795613738:832487 0 - 0000 000003fffe99762e  65 72 72 6f 72 20 43 43 ... | ...
 *	00 01795613738:832515 0 - 0000 000003fffe997662  00 00 00 00 81 10 00 00 ... | ...
 *	00 01795613738:832517 0 - 0000 000003fffe997662  00 00 00 00 00 00 00 00 ... | ...
 *
 * The log is a ring, and debugfs shows it from some page on: only the time says which event is the
 * latest.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>
#include <zpci/event.h>

#include "event.h"
#include "log.h"
#include "zpci/inventory/file.h"

#define DEBUG_LOG "/sys/kernel/debug/s390dbf/pci_error/hex_ascii"
#define DEBUG_LOG_MAX (4u << 20)
#define ENTRY 16
#define HEADING "error CCDF:\n"

int event_in_log(const char *text, uint32_t fid)
{
	const char *at = strstr(text, "Event 0x");
	unsigned pec, function;

	if (!at ||
	    sscanf(at, "Event 0x%x reports an error for PCI function 0x%x", &pec, &function) != 2 ||
	    function != fid || pec > UINT16_MAX)
		return -1;
	return (int)pec;
}

unsigned int event_count_new(int log, uint32_t fid, uint16_t *pec)
{
	unsigned int count = 0;
	char record[8192];

	while (klog_next(log, record, sizeof(record))) {
		int found = event_in_log(record, fid);

		if (found < 0)
			continue;
		count++;
		*pec = (uint16_t)found;
	}
	return count;
}

/* One line: its bytes, and its time in microseconds. */
static bool parse_line(const char *line, uint8_t bytes[ENTRY], uint64_t *time)
{
	unsigned long long seconds, microseconds;
	int used = 0;

	if (sscanf(line, "%*x %llu:%llu %*x %*s %*x %*x %n", &seconds, &microseconds, &used) != 2 ||
	    !used)
		return false;
	line += used;
	for (int i = 0; i < ENTRY; i++) {
		unsigned byte;

		if (sscanf(line, "%2x %n", &byte, &used) != 1)
			return false;
		bytes[i] = (uint8_t)byte;
		line += used;
	}
	*time = seconds * 1000000 + microseconds;
	return *line == '|'; /* if not, the line was cut */
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

bool event_in_debug_log(const char *text, uint32_t fid, struct error_event *event)
{
	uint64_t latest = 0, time;
	bool found = false;

	for (const char *line = text; *line; line = next_line(line)) {
		const char *second = next_line(line), *third = next_line(second);
		uint8_t heading[ENTRY], ccdf[2 * ENTRY];
		struct zpci_ccdf c;

		if (!parse_line(line, heading, &time) ||
		    memcmp(heading, HEADING, sizeof(HEADING) - 1) != 0 ||
		    !parse_line(second, ccdf, &time) || !parse_line(third, ccdf + ENTRY, &time))
			continue;
		memcpy(&c, ccdf, sizeof(c));
		if (zpci_be32_get(c.fid) != fid || time < latest)
			continue;
		latest = time;
		found = true;
		*event = (struct error_event){
			.pec = zpci_be16_get(c.pec),
			.handle = zpci_be32_get(c.handle),
			.address = zpci_be64_get(c.address),
		};
	}
	return found;
}

bool event_read(uint32_t fid, struct error_event *event, struct problem *problem)
{
	size_t size;
	char *text = file_read(DEBUG_LOG, DEBUG_LOG_MAX, &size);
	bool found;

	if (!text) {
		problem_set(problem, DEBUG_LOG ": %s%s", strerror(errno),
			    errno == ENOENT ? " (debugfs is not mounted?)" : "");
		return false;
	}
	found = event_in_debug_log(text, fid, event);
	if (!found)
		problem_set(problem, DEBUG_LOG ": no error event about FID 0x%08x", fid);
	free(text);
	return found;
}
