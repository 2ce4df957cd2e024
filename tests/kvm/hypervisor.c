// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hypervisor.c - a small hypervisor, on the fake /dev/kvm and under the interposer. It knows
 * nothing of either: it makes a VM as QEMU makes one, and looks at what it gets back.
 *
 *	LD_PRELOAD="zpci-kvm.so fake.so" hypervisor CASE	tests/kvm/interposer.t
 *
 * Exits 0 if all was as it must be, 1 after a line that says what was not, 2 if KVM or a request
 * was refused. "refused REQUEST: ERRNO" is on standard output then.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hypervisor.h"

static const struct hv_case *const tables[] = {
	hv_runs, hv_resets, hv_stops, hv_ends, hv_controls, hv_locks, hv_saving,
};

int main(int argc, char **argv)
{
	const char *refusal = getenv("HYPERVISOR_REFUSE"), *absent = getenv("HYPERVISOR_ABSENT");

	if (absent)
		fake_capability((unsigned)atoi(absent), 0);
	if (refusal)
		fake_refuse(strtoul(refusal, NULL, 0), EINVAL, 1);
	for (size_t i = 0; argc == 2 && i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct hv_case *one = tables[i]; one->name; one++)
			if (!strcmp(argv[1], one->name)) {
				one->test();
				return 0;
			}
	return 3;
}
