// SPDX-License-Identifier: GPL-2.0-or-later
/* log.c - messages, on standard error. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "zpci/machine/qemu/binding.h"

void zpci_qemu_print(void *opaque, enum zpci_log_level level, const char *message)
{
	static const char *const prefix[] = {
		[ZPCI_LOG_ERROR] = "error: ",
		[ZPCI_LOG_WARNING] = "warning: ",
		[ZPCI_LOG_INFO] = "",
		[ZPCI_LOG_DEBUG] = "debug: ",
	};
	const struct zpci_qemu_binding *binding = opaque;

	if (level > ZPCI_LOG_WARNING && !binding->verbose)
		return;
	fprintf(stderr, "zpci-qemu: %s%s\n", prefix[level], message);
}

void zpci_qemu_log(struct zpci_qemu_binding *binding, enum zpci_log_level level, const char *format,
		   ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	zpci_qemu_print(binding, level, message);
}

int zpci_qemu_log_error(struct zpci_qemu_binding *binding, char *error)
{
	zpci_qemu_print(binding, ZPCI_LOG_ERROR, error ? error : "out of memory");
	free(error);
	return -1;
}
