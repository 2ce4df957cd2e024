// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest_path.h"
#include "zpci/tool/message.h"

const char *tool_guest_path_take(char *text)
{
	char *colon = NULL, *next = text;

	if (!access(text, F_OK))
		return NULL;
	while ((next = strstr(next, ":/")))
		colon = next++;
	if (!colon)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

char *tool_guest_path_tidy(const char *path)
{
	char *result = malloc(strlen(path) + 2);
	char *to = result;

	if (!result)
		return NULL;
	for (; *path; path++)
		if (*path != '/' || to == result || to[-1] != '/')
			*to++ = *path;
	if (to == result || to[-1] != '/')
		*to++ = '/';
	*to = '\0';
	return result;
}

/* The guest gets one line for each share. */
static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

int tool_guest_path_check(const char *option, const char *spec, const char *path)
{
	if (*path != '/') {
		tool_error("--%s %s: the path in the guest must begin with a slash", option, spec);
	} else if (strstr(path, "/../") || strstr(path, "/./")) {
		tool_error("--%s %s: the path in the guest must not have . or .. in it", option,
			   spec);
	} else if (has_control(path)) {
		tool_error("--%s: a path in the guest cannot have a line end or another control "
			   "character in it: name another, as HOST:GUEST",
			   option);
	} else {
		return 0;
	}
	return -1;
}
