// SPDX-License-Identifier: GPL-2.0-or-later
/* hypervisor_reset.c - the machine resets. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hypervisor.h"

static void resets(void)
{
	uint32_t handle;
	int second;

	hv_make();
	second = hv_add_vcpu(1);
	must(!ioctl(hv.vcpu, LAYOUT_CLEAR_RESET, 0));

	/* QEMU's way. What is presented before the reset is over is cleared too. Functions are
	 * reset also if KVM refuses. */
	handle = hv_enable();
	fake_clears(hv.vm);
	must(!hv_clear_flic());
	must(fake_clears(hv.vm) == 2);
	GONE(handle);
	handle = hv_enable();
	fake_refuse(LAYOUT_SET_DEVICE_ATTR, EINVAL, 1);
	must(hv_clear_flic() == -1 && errno == EINVAL);
	GONE(handle);

	/* Single CPUs, by SIGNAL PROCESSOR, or one that is plugged. */
	handle = hv_enable();
	must(!ioctl(hv.vcpu, LAYOUT_INITIAL_RESET, 0));
	must(!ioctl(hv.vcpu, LAYOUT_NORMAL_RESET, 0));
	must(!ioctl(second, LAYOUT_CLEAR_RESET, 0));
	ALIVE(handle);
	must(!ioctl(hv.vcpu, LAYOUT_CLEAR_RESET, 0));
	GONE(handle);

	/* The guest asks. */
	handle = hv_enable();
	fake_exit(hv.vcpu, &(struct fake_exit){ .reason = FAKE_RESET });
	must(!hv_run(hv.vcpu) && hv.run->exit_reason == FAKE_RESET);
	GONE(handle);
}

/* A hypervisor without a FLIC clears all vCPUs, one after the other, and it is one reset. */
static void resets_once(void)
{
	uint32_t handle;
	int first;

	hv_make();
	hv_enable();
	first = hv.vcpu;
	must(!ioctl(first, LAYOUT_CLEAR_RESET, 0));
	hv.vcpu = hv_add_vcpu(1);
	hv.run = hv_map_vcpu(hv.vcpu);
	handle = hv_enable();
	must(!ioctl(first, LAYOUT_CLEAR_RESET, 0));
	ALIVE(handle);
}

/* A reset when the functions have ended is KVM's alone. */
static void resets_late(void)
{
	hv_make();
	hv_list();
	close(hv.vm);
	must(!hv_clear_flic());
	must(!ioctl(hv.vcpu, LAYOUT_CLEAR_RESET, 0));
}

static void asks(uint64_t subcode, uint64_t code)
{
	static const uint8_t diagnose[6] = { 0x83, 0x13, 0x70, 0x08 }; /* R3 3, 8(7) */

	hv_cpu.gr[3] = subcode;
	hv_cpu.gr[7] = code - 8;
	hv_exit_of(hv.vcpu, diagnose);
	must(!hv_run(hv.vcpu) && hv.run->sieic.ipa == 0x8313);
}

static void diagnose(void)
{
	uint32_t handle;

	hv_make();
	handle = hv_enable();
	asks(5, 0x308);
	asks(1, 0x500);
	asks(0x10000, 0x308);
	ALIVE(handle);
	asks(1, 0x308);
	GONE(handle);
	handle = hv_enable();
	asks(0, 0x308);
	GONE(handle);
}

/* The kind of reset that the guest has asked for is that of the next one; afterwards it is the
 * hypervisor's own again. */
static void kinds(void)
{
	hv_make();
	asks(1, 0x308);
	must(!hv_clear_flic());
	must(!hv_clear_flic());
	fake_exit(hv.vcpu, &(struct fake_exit){ .reason = FAKE_RESET });
	must(!hv_run(hv.vcpu));
	must(!hv_clear_flic());
}

/* What was on its way when the machine was reset does not come. */
static void nothing_comes(void)
{
	hv_make();
	hv_ring(hv_enable());
	must(!hv_clear_flic());
	memset(hv.storage, 0x5a, STORAGE);
	usleep(600000);
	for (size_t i = 0; i < STORAGE; i++)
		must(hv.storage[i] == 0x5a);
	must(!fake_adapter_interruptions(hv.vm, ISC));
}

const struct hv_case hv_resets[] = {
	{ "resets", resets },
	{ "resets-once", resets_once },
	{ "resets-late", resets_late },
	{ "diagnose", diagnose },
	{ "kinds", kinds },
	{ "nothing-comes", nothing_comes },
	{ NULL, NULL },
};
