// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixture.h"
#include "kvm-rig.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define RUN_SIZE 4096

static void count(void *opaque, enum zpci_log_level level, const char *text)
{
	struct rig *rig = opaque;

	(void)text;
	rig->messages[level]++;
}

void rig_begin(struct rig *rig, const struct zpci_kvm_options *given)
{
	struct zpci_kvm_options options = { .vm = SCRIPT_VM, .flic = SCRIPT_FLIC };
	struct zpci_firmware_options firmware = { .size = sizeof(firmware),
						  .logger = { count, rig } };
	struct zpci_adapter_options adapter = { .size = sizeof(adapter), .vfs = 8 };
	const struct zpci_kvm_slot slot = {
		.size = sizeof(slot), .length = RIG_STORAGE, .host = rig->storage, .file = -1
	};

	if (given)
		options = *given;
	options.size = sizeof(options);
	options.logger = firmware.logger;
	script.storage = rig->storage;
	script.size = RIG_STORAGE;
	assert_int_equal(zpci_kvm_create(&options, &rig->kvm), 0);
	assert_int_equal(zpci_kvm_memory(rig->kvm, NULL, &slot), 0);
	assert_int_equal(zpci_firmware_create(zpci_kvm_ops(), rig->kvm, &firmware, &rig->firmware),
			 0);
	assert_int_equal(zpci_adapter_create(&bench_model, PCHID, &adapter, &rig->adapter), 0);
}

void rig_end(struct rig *rig)
{
	zpci_firmware_destroy(rig->firmware);
	zpci_adapter_unref(rig->adapter);
	zpci_kvm_destroy(rig->kvm);
}

int rig_setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	memset(&script, 0, sizeof(script));
	rig->storage = mmap(NULL, RIG_STORAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(rig->storage, MAP_FAILED);
	rig->run = calloc(1, RUN_SIZE);
	assert_non_null(rig->run);
	rig_begin(rig, NULL);
	*state = rig;
	return 0;
}

int rig_teardown(void **state)
{
	struct rig *rig = *state;

	rig_end(rig);
	free(rig->run);
	munmap(rig->storage, RIG_STORAGE);
	free(rig);
	return 0;
}

/* --- functions ------------------------------------------------------------------------ */

uint32_t rig_add(struct rig *rig, unsigned vf)
{
	const struct zpci_function_options options = {
		.size = sizeof(options),
		.adapter = rig->adapter,
		.vf = vf,
		.fid = FID + vf,
		.uid = UID + vf,
		.profile = zpci_profile_find("lpar")->profile,
	};
	struct zpci_function_info info = { .size = sizeof(info) };

	assert_int_equal(zpci_firmware_add(rig->firmware, &options), 0);
	assert_int_equal(zpci_firmware_info(rig->firmware, FID + vf, &info), 0);
	return info.handle;
}

uint32_t rig_set_enabled(struct rig *rig, uint32_t handle, bool enabled)
{
	uint8_t block[192] = { 0 };

	zpci_put_be(block + 0, 2, 32);
	zpci_put_be(block + 2, 2, ZPCI_CLP_SET_FUNCTION);
	zpci_put_be(block + 16, 4, handle);
	zpci_put_be(block + 22, 1, enabled ? ZPCI_CLP_SET_ENABLE : ZPCI_CLP_SET_DISABLE);
	zpci_put_be(block + 23, 1, 1);
	zpci_put_be(block + 32, 2, 160);
	assert_int_equal(zpci_clp(rig->firmware, ZPCI_CLP_LPS_PCI, block, 32, 160).cc, 0);
	assert_int_equal(zpci_get_be(block + 34, 2), ZPCI_CLP_OK);
	return (uint32_t)zpci_get_be(block + 48, 4);
}

uint32_t rig_enabled(struct rig *rig)
{
	rig->handle = rig_set_enabled(rig, rig_add(rig, 1), true);
	return rig->handle;
}

/* --- exits ---------------------------------------------------------------------------- */

void rig_exit(struct rig *rig, const uint8_t bytes[6])
{
	struct layout_run *run = rig->run;

	memset(run->padding, 0xa5, sizeof(run->padding));
	run->exit_reason = LAYOUT_EXIT_SIEIC;
	run->sieic.icptcode = LAYOUT_ICPT_INSTRUCTION;
	run->sieic.ipa = (uint16_t)zpci_get_be(bytes, 2);
	run->sieic.ipb = (uint32_t)zpci_get_be(bytes + 2, 4);
	if (bytes[0] < 0xc0)
		run->sieic.ipb |= 0xa5a5;
	run->psw_mask = ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING | rig->psw;
	run->dirty_regs = 0;
}

int rig_handle(struct rig *rig)
{
	return zpci_kvm_exit(rig->kvm, rig->firmware, SCRIPT_VCPU, (struct kvm_run *)rig->run);
}

unsigned rig_cc(const struct rig *rig)
{
	return rig->run->psw_mask >> 44 & 3;
}
