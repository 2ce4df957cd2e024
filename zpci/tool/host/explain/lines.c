// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "lines.h"

/* --- reading --------------------------------------------------------------------------------- */

/* Blanks are between arguments, so that a message need not be quoted. */
static int next_of_arguments(struct lines *lines)
{
	if (!lines->count)
		return EOF;
	if (!lines->at)
		lines->at = *lines->arguments;
	if (*lines->at)
		return (unsigned char)*lines->at++;
	lines->at = NULL;
	lines->arguments++;
	lines->count--;
	return lines->count ? ' ' : '\n';
}

static int next(struct lines *lines)
{
	return lines->from ? getc(lines->from) : next_of_arguments(lines);
}

bool lines_next(struct lines *lines, char line[LINE_SIZE])
{
	size_t length = 0;
	int byte = next(lines);

	if (byte == EOF)
		return false;
	for (; byte != EOF && byte != '\n'; byte = next(lines))
		if (length < LINE_SIZE - 1)
			line[length++] = byte ? (char)byte : ' ';
	if (length && line[length - 1] == '\r')
		length--;
	line[length] = '\0';
	lines->number++;
	return true;
}

/* --- printing -------------------------------------------------------------------------------- */

/* The character at @at, and its length; the length is 0 if it is not UTF-8. */
static size_t decode(const char *at, uint32_t *character)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)*at;
	size_t length = first < 0x80   ? 1
			: first < 0xc0 ? 0
			: first < 0xe0 ? 2
			: first < 0xf0 ? 3
				       : 4;
	size_t i;

	*character = length < 2 ? first : first & (0x7fu >> length);
	for (i = 1; i < length; i++) {
		if (((unsigned char)at[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | ((unsigned char)at[i] & 0x3f);
	}
	return length && *character >= lowest[length] && *character <= 0x10ffff ? length : 0;
}

/* Control characters, also those that change the direction of writing. */
static bool is_printable(uint32_t character)
{
	return character >= 0x20 && !(character >= 0x7f && character < 0xa0) &&
	       !(character >= 0x200b && character <= 0x200f) &&
	       !(character >= 0x2028 && character <= 0x202e) &&
	       !(character >= 0x2060 && character <= 0x206f) &&
	       !(character >= 0xd800 && character <= 0xdfff) && character != 0xfeff;
}

void lines_print(FILE *to, const char *text)
{
	uint32_t character;
	size_t length;

	while (*text) {
		length = decode(text, &character);
		if (length && is_printable(character)) {
			fwrite(text, 1, length, to);
		} else if (*text == '\t') {
			fputc(' ', to);
			length = 1;
		} else {
			fprintf(to, "\\x%02x", (unsigned char)*text);
			length = 1;
		}
		text += length;
	}
}
