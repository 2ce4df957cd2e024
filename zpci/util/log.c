/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "zpci/util/log.h"

#include <stdarg.h>
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
