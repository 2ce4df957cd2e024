// SPDX-License-Identifier: LGPL-2.1-or-later
#include "zpci/util/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

void zpci_log(const struct zpci_logger *logger, enum zpci_log_level level, const char *format, ...)
{
	char message[512];
	va_list arguments;

	if (!logger->log)
		return;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	logger->log(logger->opaque, level, message);
}

static void log_named(void *opaque, enum zpci_log_level level, const char *message)
{
	const struct zpci_named_logger *named = opaque;

	zpci_log(&named->logger, level, "%s: %s", named->name, message);
}

struct zpci_logger zpci_named_logger(struct zpci_named_logger *named)
{
	return (struct zpci_logger){ .log = named->logger.log ? log_named : NULL, .opaque = named };
}
