// SPDX-License-Identifier: LGPL-2.1-or-later
#include "zpci/util/ebcdic.h"

#include <stddef.h>
#include <string.h>

/* Runs of characters whose codes are consecutive (IBM character set 640 and the small letters, the
 * same in all EBCDIC code pages). */
static const struct {
	const char *characters;
	uint8_t first;
} runs[] = {
	{ "abcdefghi", 0x81 }, { "jklmnopqr", 0x91 }, { "stuvwxyz", 0xa2 },   { "ABCDEFGHI", 0xc1 },
	{ "JKLMNOPQR", 0xd1 }, { "STUVWXYZ", 0xe2 },  { "0123456789", 0xf0 }, { " ", 0x40 },
	{ ".<(+", 0x4b },      { "&", 0x50 },	      { "*)", 0x5c },	      { "-/", 0x60 },
	{ "%_>?", 0x6c },      { "'=", 0x7d },
};

uint8_t zpci_ebcdic(char character)
{
	for (size_t i = 0; character && i < sizeof(runs) / sizeof(runs[0]); i++) {
		const char *found = strchr(runs[i].characters, character);

		if (found)
			return (uint8_t)(runs[i].first + (found - runs[i].characters));
	}
	return 0;
}

char zpci_from_ebcdic(uint8_t code)
{
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		size_t at = (size_t)code - runs[i].first;

		if (code >= runs[i].first && at < strlen(runs[i].characters))
			return runs[i].characters[at];
	}
	switch (code) {
	case 0x5e:
		return ';';
	case 0x6b:
		return ',';
	case 0x7a:
		return ':';
	case 0x7f:
		return '"';
	default:
		return 0;
	}
}
