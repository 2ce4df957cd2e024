// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * console.c - SCLP, and by it the console: event type 0x1a, ASCII text of a VT220.
 *
 * Sources: Linux drivers/s390/char/sclp.h, sclp_vt220.c; QEMU hw/char/sclpconsole.c.
 */
#include "internal.h"

#define SCLP_WRITE_EVENT_DATA 0x00760005
#define EVENT_VT220 0x1a
#define SCCB_HEADER 8
#define EVENT_HEADER 6
#define LINE_MAX 1024
#define SCLP_TIMEOUT 1000000 /* microseconds */

static uint8_t sccb[4096] __attribute__((aligned(4096)));
static char line[LINE_MAX];
static unsigned line_length;
static unsigned tests, failures;

unsigned bare_sclp(uint32_t command, void *block)
{
	if (bare_servc(command, block))
		return 0xffff;
	do
		if (!bare_wait(BARE_SERVICE, SCLP_TIMEOUT))
			return 0xffff;
	while ((bare_interruptions.service_word & ~7u) != (uint32_t)(uintptr_t)block);
	return (unsigned)zpci_get_be((uint8_t *)block + 6, 2);
}

void bare_flush(void)
{
	unsigned event = EVENT_HEADER + line_length;

	if (!line_length)
		return;
	memset(sccb, 0, SCCB_HEADER + EVENT_HEADER);
	zpci_put_be(&sccb[0], 2, SCCB_HEADER + event);
	zpci_put_be(&sccb[SCCB_HEADER], 2, event);
	sccb[SCCB_HEADER + 2] = EVENT_VT220;
	memcpy(&sccb[SCCB_HEADER + EVENT_HEADER], line, line_length);
	line_length = 0;
	bare_sclp(SCLP_WRITE_EVENT_DATA, sccb);
}

static void put(char c)
{
	if (line_length == LINE_MAX)
		bare_flush();
	line[line_length++] = c;
	if (c == '\n')
		bare_flush();
}

void bare_vprintf(const char *format, va_list arguments)
{
	bare_format(put, format, arguments);
}

void bare_printf(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	bare_vprintf(format, arguments);
	va_end(arguments);
}

bool bare_ok(bool passed, const char *format, ...)
{
	va_list arguments;

	failures += !passed;
	bare_printf("%sok %u - ", passed ? "" : "not ", ++tests);
	va_start(arguments, format);
	bare_vprintf(format, arguments);
	va_end(arguments);
	bare_printf("\n");
	return passed;
}

int bare_done(void)
{
	bare_printf("1..%u\n", tests);
	return (int)failures;
}
