// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Config space after the profile, as `lspci -xxxx` prints it and `lspci -F FILE` reads it: a line
 * that starts with the address, then lines of 16 bytes, then an empty line.
 */
#include "describe.h"

static void print_function(FILE *to, const struct description *item)
{
	char kind[16];

	describe_kind(item, kind);
	fprintf(to, "%s function %08x: %s of %s %04x, profile %s\n", item->address, item->info.fid,
		kind, item->info.model, item->info.pchid, zpci_profile_name(&item->info.profile));
	for (unsigned int i = 0; i < ZPCI_CONFIG_SIZE; i++) {
		if (i % 16 == 0)
			fprintf(to, "%02x:", i);
		fprintf(to, " %02x%s", item->guest_config[i], i % 16 == 15 ? "\n" : "");
	}
	fputc('\n', to);
}

void describe_lspci(FILE *to, const struct descriptions *descriptions)
{
	for (size_t i = 0; i < descriptions->count; i++)
		print_function(to, &descriptions->items[i]);
}
