// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * finding.c - mistakes that Linux lets pass.
 */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static struct {
	pthread_mutex_t lock;
	bool keep;
	unsigned count;
	char text[256];
} findings = { .lock = PTHREAD_MUTEX_INITIALIZER };

void finding(const char *format, ...)
{
	va_list arguments;

	pthread_mutex_lock(&findings.lock);
	va_start(arguments, format);
	vsnprintf(findings.text, sizeof(findings.text), format, arguments);
	va_end(arguments);
	findings.count++;
	if (!findings.keep) {
		dprintf(STDERR_FILENO, "fake /dev/kvm: %s\n", findings.text);
		_exit(99);
	}
	pthread_mutex_unlock(&findings.lock);
}

void reserved(const uint8_t *bytes, size_t length, const char *what)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i]) {
			finding("%s: reserved byte %zu is 0x%02x", what, i, bytes[i]);
			return;
		}
}

void fake_keep_findings(bool keep)
{
	pthread_mutex_lock(&findings.lock);
	findings.keep = keep;
	pthread_mutex_unlock(&findings.lock);
}

unsigned fake_findings(void)
{
	unsigned count;

	pthread_mutex_lock(&findings.lock);
	count = findings.count;
	findings.count = 0;
	pthread_mutex_unlock(&findings.lock);
	return count;
}

const char *fake_finding(void)
{
	static _Thread_local char text[sizeof(findings.text)];

	pthread_mutex_lock(&findings.lock);
	memcpy(text, findings.text, sizeof(text));
	pthread_mutex_unlock(&findings.lock);
	return text;
}
