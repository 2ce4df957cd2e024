// SPDX-License-Identifier: GPL-2.0-or-later
/* libvirt.c - see libvirt.h */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <libvirt/virterror.h>
#include <libxml/xmlerror.h>

#include "libvirt.h"

/* libvirt would print each error as well. */
static void be_silent(void *opaque, virError *error)
{
	(void)opaque;
	(void)error;
}

/* So would libxml2 in libvirt. */
static void be_silent_xml(void *opaque, const char *format, ...)
{
	(void)opaque;
	(void)format;
}

/* A message about XML has more lines, with the place. */
const char *host_libvirt_message(void)
{
	const virError *error = virGetLastError();
	const char *message = error && error->message ? error->message : "no reason given";
	static char text[512];

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(message, "\n"), message);
	return text;
}

int host_libvirt_code(void)
{
	return virGetLastErrorCode();
}

virConnectPtr host_libvirt_open(const char *uri, bool change, struct problem *problem)
{
	virConnectPtr connection = NULL;

	virSetErrorFunc(NULL, be_silent);
	xmlSetGenericErrorFunc(NULL, be_silent_xml);
	if (!virInitialize())
		connection = change ? virConnectOpen(uri) : virConnectOpenReadOnly(uri);
	if (!connection)
		problem_set(
			problem,
			"cannot connect to libvirt%s%s: %s; start its daemon, or use it as a user "
			"who may, such as root",
			uri ? " at " : "", uri ? uri : "", host_libvirt_message());
	return connection;
}
