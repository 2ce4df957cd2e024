// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an instruction costs a hypervisor on KVM, from the exit of KVM_RUN to its next entry, beside
 * a system call that does nothing: `make bench`.
 *
 *	kvm [ROUNDS]
 *
 * KVM is the fake of tests/kvm, whose KVM_RUN makes no system call here. So "ours" is what
 * zpci_kvm_exit() costs alone, and the loop adds what the fake costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/device.h>
#include <zpci/probe.h>

#include "measure.h"
#include "tests/kvm/layout.h"
#include "tests/kvm/vmm.h"
#include "zpci/util/instruction.h"

#define STORAGE 0x1000000u
#define FID 0x1021u
#define R_DATA 5
#define R_REQUEST 8
#define DIAGNOSE 0x83000308u /* code 308, which is the hypervisor's */

struct world {
	struct vmm vmm;
	struct zpci_adapter *adapter;
	uint32_t handle;
	int event; /* of the empty system call */
};

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "benchmark: %s failed\n", what);
	exit(1);
}

/* --- the guest ------------------------------------------------------------------------------ */

/* The exits of @count instructions. */
static void script(struct world *world, unsigned opcode, unsigned space, unsigned length,
		   uint64_t offset, uint64_t count)
{
	const struct fake_cpu cpu = {
		.psw_mask = PSW_64,
		.psw_address = 0x10004,
		.gr = { [R_REQUEST] = (uint64_t)world->handle << 32 | space << 16 | length,
			[R_REQUEST + 1] = offset },
	};
	struct fake_exit exit = { .reason = FAKE_SIEIC,
				  .icptcode = FAKE_INSTRUCTION,
				  .cpu = &cpu,
				  .times = (unsigned)count };

	if (opcode)
		encode_rre(exit.instruction, opcode, R_DATA, R_REQUEST);
	else
		zpci_put_be(exit.instruction, 4, DIAGNOSE);
	fake_exit(world->vmm.vcpu, &exit);
}

static void enter(struct world *world)
{
	check(!ioctl(world->vmm.vcpu, RUN, 0), "KVM_RUN");
}

static int exit_once(struct world *world)
{
	return zpci_kvm_exit(world->vmm.kvm, world->vmm.firmware, world->vmm.vcpu,
			     (struct kvm_run *)world->vmm.run);
}

/* --- cases ---------------------------------------------------------------------------------- */

static void empty(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	(void)thread;
	for (uint64_t i = 0; i < count; i++)
		ioctl(world->event, RUN, 0);
}

static void entry(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	(void)thread;
	script(world, OP_PCILG, ZPCI_SPACE_CONFIG, 4, 0, count);
	for (uint64_t i = 0; i < count; i++)
		enter(world);
}

static void loop(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	(void)thread;
	script(world, OP_PCILG, ZPCI_SPACE_CONFIG, 4, 0, count);
	for (uint64_t i = 0; i < count; i++) {
		enter(world);
		check(exit_once(world) == 1, "PCILG");
	}
}

static void exits(struct world *world, uint64_t count, int rc)
{
	enter(world);
	for (uint64_t i = 0; i < count; i++)
		check(exit_once(world) == rc, "an exit");
}

static void config(void *opaque, unsigned thread, uint64_t count)
{
	(void)thread;
	script(opaque, OP_PCILG, ZPCI_SPACE_CONFIG, 4, 0, 1);
	exits(opaque, count, 1);
}

static void load(void *opaque, unsigned thread, uint64_t count)
{
	(void)thread;
	script(opaque, OP_PCILG, ZPCI_PROBE_BAR, 8, ZPCI_PROBE_MEMORY, 1);
	exits(opaque, count, 1);
}

static void store(void *opaque, unsigned thread, uint64_t count)
{
	(void)thread;
	script(opaque, OP_PCISTG, ZPCI_PROBE_BAR, 8, ZPCI_PROBE_MEMORY, 1);
	exits(opaque, count, 1);
}

static void others(void *opaque, unsigned thread, uint64_t count)
{
	(void)thread;
	script(opaque, 0, 0, 0, 0, 1);
	exits(opaque, count, 0);
}

static const struct case_ empty_ioctl = { .name = "an empty ioctl", .run = empty };

static const struct case_ cases[] = {
	{ .name = "an empty ioctl", .run = empty },
	{ .name = "KVM_RUN of the fake", .run = entry, .beside = &empty_ioctl },
	{ .name = "PCILG, config: exit to entry", .run = loop, .beside = &empty_ioctl },
	{ .name = "PCILG, config: ours", .run = config, .beside = &empty_ioctl },
	{ .name = "PCILG, BAR: ours", .run = load, .beside = &empty_ioctl },
	{ .name = "PCISTG, BAR: ours", .run = store, .beside = &empty_ioctl },
	{ .name = "DIAGNOSE: not ours", .run = others, .beside = &empty_ioctl },
};

/* --- the function --------------------------------------------------------------------------- */

static void add_function(struct world *world)
{
	struct zpci_adapter_options adapter = { .size = sizeof(adapter), .vfs = 1 };
	struct zpci_function_options function = {
		.size = sizeof(function), .vf = 1, .fid = FID, .uid = 0x111
	};

	check(!zpci_adapter_create(zpci_model_find("probe"), 0x1c0, &adapter, &world->adapter),
	      "an adapter");
	function.adapter = world->adapter;
	function.profile = zpci_profile_find("lpar")->profile;
	check(!zpci_firmware_add(world->vmm.firmware, &function), "a function");
}

static void enable(struct world *world)
{
	struct {
		struct zpci_clp_set_function_request request;
		struct zpci_clp_set_function_response response;
	} block = { .request.operation = ZPCI_CLP_SET_ENABLE, .request.dma_spaces = 1 };
	struct zpci_function_info info = { .size = sizeof(info) };

	check(!zpci_firmware_info(world->vmm.firmware, FID, &info), "a look at the function");
	zpci_be16_put(&block.request.header.code, ZPCI_CLP_SET_FUNCTION);
	zpci_be32_put(&block.request.handle, info.handle);
	zpci_clp(world->vmm.firmware, ZPCI_CLP_LPS_PCI, &block, sizeof(block.request),
		 sizeof(block.response));
	check(zpci_be16_get(block.response.header.code) == ZPCI_CLP_OK, "enable");
	world->handle = zpci_be32_get(block.response.handle);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 21;
	struct zpci_firmware_options options = { .size = sizeof(options) };
	static struct world world;

	check(rounds > 0, "reading the number of rounds");
	vmm_create(&world.vmm, STORAGE);
	check(!zpci_firmware_create(zpci_kvm_ops(), world.vmm.kvm, &options, &world.vmm.firmware),
	      "a firmware");
	add_function(&world);
	enable(&world);
	world.event = eventfd(0, EFD_CLOEXEC);
	printf("\na guest of KVM, median (and quartiles) of %u rounds\n", rounds);
	measure_heading();
	measure(&world, cases, sizeof(cases) / sizeof(cases[0]), rounds);
	zpci_firmware_quiesce(world.vmm.firmware);
	zpci_firmware_destroy(world.vmm.firmware);
	zpci_adapter_unref(world.adapter);
	vmm_destroy(&world.vmm);
	return 0;
}
