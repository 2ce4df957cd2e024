// SPDX-License-Identifier: GPL-2.0-or-later
/* word.c - see word.h */
#include <stdio.h>
#include <string.h>

#include "word.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@%+/-"

const char *host_word(char word[HOST_WORD_SIZE], const char *text)
{
	char *to = word, *end = word + HOST_WORD_SIZE - 8;

	if (*text && *text != '-' && !text[strspn(text, PLAIN)]) {
		snprintf(word, HOST_WORD_SIZE, "%s", text);
		return word;
	}
	*to++ = '\'';
	for (; *text && to < end; text++) {
		if (*text != '\'') {
			*to++ = *text;
			continue;
		}
		memcpy(to, "'\\''", 4);
		to += 4;
	}
	strcpy(to, "'");
	return word;
}
