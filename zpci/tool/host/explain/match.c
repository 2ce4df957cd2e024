// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "zpci/tool/message.h"

static regex_t *patterns;

int match_prepare(void)
{
	char reason[128];
	size_t i;
	int rc;

	patterns = calloc(message_count, sizeof(*patterns));
	if (!patterns) {
		tool_error("out of memory");
		return -1;
	}
	for (i = 0; i < message_count; i++) {
		rc = regcomp(&patterns[i], messages[i].pattern, REG_EXTENDED);
		if (!rc)
			continue;
		regerror(rc, &patterns[i], reason, sizeof(reason));
		tool_error("the pattern of %s: %s", messages[i].name, reason);
		while (i--)
			regfree(&patterns[i]);
		free(patterns);
		patterns = NULL;
		return -1;
	}
	return 0;
}

void match_release(void)
{
	size_t i;

	for (i = 0; patterns && i < message_count; i++)
		regfree(&patterns[i]);
	free(patterns);
	patterns = NULL;
}

/* --- quotation marks ------------------------------------------------------------------------- */

/* Languages have their own, and JSON writes a backslash before ". */
static const char *const marks[] = { "\\\"",	     "\"",	     "`",
				     "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9a",
				     "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e",
				     "\xe2\x80\xb9", "\xe2\x80\xba", "\xc2\xab",
				     "\xc2\xbb" };

static size_t mark_length(const char *at)
{
	size_t i, length;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		length = strlen(marks[i]);
		if (!strncmp(at, marks[i], length))
			return length;
	}
	return 0;
}

static void change_marks(char *line)
{
	char *to = line;
	size_t length;

	while (*line) {
		length = mark_length(line);
		*to++ = length ? '\'' : *line;
		line += length ? length : 1;
	}
	*to = '\0';
}

/* --- values ---------------------------------------------------------------------------------- */

static bool set_id(struct match_value *value, int base, const char *format)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(value->found, &end, base);
	if (errno || *end || number > UINT32_MAX)
		return false;
	value->is_number = true;
	value->number = (uint32_t)number;
	snprintf(value->text, sizeof(value->text), format, value->number);
	return true;
}

/* pci_0200_00_00_0 is 0200:00:00.0. Other names stay as they are. */
static void set_node(struct match_value *value)
{
	unsigned int domain, bus, slot, function;
	char end;

	value->name = "address";
	if (sscanf(value->found, "pci_%4x_%2x_%2x_%1x%c", &domain, &bus, &slot, &function, &end) ==
	    4)
		snprintf(value->text, sizeof(value->text), "%04x:%02x:%02x.%x", domain, bus, slot,
			 function);
}

/* It becomes a part of commands to copy. What a shell would not take as it is stays out. */
static void set_guest(struct match_value *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._+:@-";

	if (value->found[strspn(value->found, plain)] || *value->found == '-')
		strcpy(value->text, "GUEST");
}

/* Returns false if it is not what the message can have. */
static bool set_value(struct match_value *value, const char *name, const char *found, size_t length)
{
	const char *base = strchr(name, ':');

	if (length >= sizeof(value->found))
		return false;
	memcpy(value->found, found, length);
	value->found[length] = '\0';
	memcpy(value->text, value->found, length + 1);
	value->name = name;
	if (!strcmp(name, "node"))
		set_node(value);
	if (!strcmp(name, "guest"))
		set_guest(value);
	if (!base)
		return true;
	value->name = *name == 'u' ? "uid" : "fid";
	return set_id(value, atoi(base + 1), *name == 'u' ? "0x%04x" : "0x%08x");
}

static bool set_values(struct match *match, const char *line, const regmatch_t *found)
{
	const char *name;
	size_t i;

	for (i = 0; i < MESSAGE_VALUES_MAX; i++) {
		name = match->message->values[i];
		if (!name)
			break;
		if (!*name || found[i + 1].rm_so < 0)
			continue;
		if (!set_value(&match->values[i], name, line + found[i + 1].rm_so,
			       (size_t)(found[i + 1].rm_eo - found[i + 1].rm_so)))
			return false;
	}
	return true;
}

bool match_line(struct match *match, char *line)
{
	regmatch_t found[MESSAGE_VALUES_MAX + 1];
	size_t i;

	change_marks(line);
	for (i = 0; i < message_count; i++) {
		if (regexec(&patterns[i], line, MESSAGE_VALUES_MAX + 1, found, 0))
			continue;
		*match = (struct match){ .message = &messages[i] };
		if (set_values(match, line, found))
			return true;
	}
	return false;
}

/* --- sentences ------------------------------------------------------------------------------- */

static const char *find_value(const struct match *match, const char *name, size_t length)
{
	const struct match_value *value;
	size_t i;

	for (i = 0; i < MESSAGE_VALUES_MAX; i++) {
		value = &match->values[i];
		if (!value->name)
			continue;
		if (length == 1 && *name == (char)('1' + i))
			return value->found;
		if (strlen(value->name) == length && !memcmp(value->name, name, length))
			return value->text;
	}
	return "?";
}

char *match_fill(const struct match *match, const char *sentences)
{
	char *result = NULL;
	size_t size, length;
	FILE *to = open_memstream(&result, &size);

	if (!to)
		return NULL;
	while (*sentences) {
		length = strcspn(sentences, "{");
		fwrite(sentences, 1, length, to);
		sentences += length;
		if (!*sentences)
			break;
		length = strcspn(++sentences, "}");
		fputs(find_value(match, sentences, length), to);
		sentences += length + (sentences[length] == '}');
	}
	if (fclose(to)) {
		free(result);
		return NULL;
	}
	return result;
}
