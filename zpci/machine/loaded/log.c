// SPDX-License-Identifier: GPL-2.0-or-later
/* log.c - messages, on standard error. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "loaded.h"

void zpci_loaded_print(void *opaque, enum zpci_log_level level, const char *message)
{
	static const char *const prefix[] = {
		[ZPCI_LOG_ERROR] = "error: ",
		[ZPCI_LOG_WARNING] = "warning: ",
		[ZPCI_LOG_INFO] = "",
		[ZPCI_LOG_DEBUG] = "debug: ",
	};
	const struct zpci_loaded *loaded = opaque;

	if (level > ZPCI_LOG_WARNING && !loaded->verbose &&
	    !(loaded->debug && level == ZPCI_LOG_DEBUG))
		return;
	fprintf(stderr, "%s: %s%s\n", loaded->name, prefix[level], message);
}

void zpci_loaded_log(struct zpci_loaded *loaded, enum zpci_log_level level, const char *format, ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	zpci_loaded_print(loaded, level, message);
}

int zpci_loaded_log_error(struct zpci_loaded *loaded, char *error)
{
	zpci_loaded_print(loaded, ZPCI_LOG_ERROR, error ? error : "out of memory");
	free(error);
	return -1;
}
