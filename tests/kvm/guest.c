// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest.c - what the guest of the fixture does.
 */
#include "guest.h"

#include <errno.h>
#include <string.h>

#include "arguments.h"
#include "fixture.h"
#include "layout.h"

const uint8_t pcilg[6] = { 0xb9, 0xd2, 0x00, 0x42 };
const uint8_t pcistb[6] = { 0xeb, 0x58, 0xb0, 0x00, 0x00, 0xd4 };
const struct fake_cpu somewhere = {
	.psw_mask = PSW_64,
	.psw_address = 0x10004,
	.gr = { 0, 1, 2 },
	.ar = { 7, 8, 9 },
	.cr = { 0xe0, 0x1003 },
	.prefix = 0x8000,
};

void script(const uint8_t *instruction, const struct fake_cpu *cpu)
{
	struct fake_exit exit = { .reason = FAKE_SIEIC, .icptcode = FAKE_INSTRUCTION, .cpu = cpu };

	memcpy(exit.instruction, instruction, sizeof(exit.instruction));
	fake_exit(host.vcpu, &exit);
}

void script_signal(void)
{
	fake_exit(host.vcpu, &(struct fake_exit){ .error = EINTR });
}

int enter(void)
{
	return call_number(host.vcpu, RUN, 0);
}
