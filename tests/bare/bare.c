// SPDX-License-Identifier: GPL-2.0-or-later
/* bare.c - start, end, and the command line. */
#include "internal.h"

#define OPTION_MAX 256

void bare_init(void)
{
	bare_set_new_psws(false);
}

/* For QEMU a disabled wait of the last CPU is a shutdown at 0xfff, else a crash (QEMU target/s390x,
 * s390_handle_wait). */
void bare_exit(int status)
{
	bare_printf("# exit %d\n", status);
	bare_flush();
	bare_stop_others();
	bare_load_psw(PSW_WAIT | PSW_64BIT, status ? 0xbad : 0xfff);
}

void bare_die(const char *format, ...)
{
	va_list arguments;

	bare_printf("Bail out! ");
	va_start(arguments, format);
	bare_vprintf(format, arguments);
	va_end(arguments);
	bare_printf("\n");
	bare_exit(1);
}

/* The value of @name if the word at @word is @name, else NULL. */
static const char *value_of(const char *word, const char *name)
{
	while (*name && *word == *name) {
		word++;
		name++;
	}
	if (*name || (*word && *word != ' ' && *word != '='))
		return NULL;
	return *word == '=' ? word + 1 : word;
}

const char *bare_option(const char *name)
{
	static char value[OPTION_MAX];
	const char *at = bare_command_line, *found = NULL;
	size_t length = 0;

	while (*at && !found) {
		while (*at == ' ')
			at++;
		found = *at ? value_of(at, name) : NULL;
		while (*at && *at != ' ')
			at++;
	}
	if (!found)
		return NULL;
	for (; found[length] && found[length] != ' ' && length < sizeof(value) - 1; length++)
		value[length] = found[length];
	value[length] = 0;
	return value;
}

/* -1: no digit below 16. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint64_t bare_option_number(const char *name, uint64_t otherwise)
{
	const char *text = bare_option(name), *at = text;
	unsigned base = 10;
	uint64_t value = 0;

	if (!text)
		return otherwise;
	if (at[0] == '0' && at[1] == 'x') {
		base = 16;
		at += 2;
	}
	if (!*at)
		bare_die("option %s=%s is not a number", name, text);
	for (; *at; at++) {
		if (digit(*at) < 0 || digit(*at) >= (int)base)
			bare_die("option %s=%s is not a number", name, text);
		value = value * base + (unsigned)digit(*at);
	}
	return value;
}
