// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * set.c - Set PCI function: enable and disable (reference 3.9 and 4.3).
 */
#include "answers.h"

#include <string.h>

#include <zpci/probe.h>

#define RESPONSE_AT (BLOCK + 32)
#define OK RESPONSE(ZPCI_CLP_OK)
#define INVALID RESPONSE(ZPCI_CLP_INVALID_HANDLE)
#define NOT_NOW RESPONSE(ZPCI_CLP_INVALID_FOR_HANDLE)
#define PERMANENT_ERROR RESPONSE(ZPCI_CLP_PERMANENT_ERROR)

/* .with.control is the operation, .with.value the number of DMA spaces. */
static int set(struct trial *trial)
{
	return guest_set_function(trial, trial->handle, trial->with->control,
				  (unsigned)trial->with->value);
}

#define ENABLE(spaces) .with = { .control = ZPCI_CLP_SET_ENABLE, .value = (spaces) }
#define DISABLE .with = { .control = ZPCI_CLP_SET_DISABLE }

/* The handle of the response is the current one, with the enable bit as @enabled says. */
static void expect_handle(struct trial *trial, bool enabled)
{
	uint32_t handle = (uint32_t)trial_get(trial, RESPONSE_AT + 16, 4);

	trial_want(trial, "enable bit", handle >> 31, enabled);
	trial_want(trial, "List's handle", guest_handle(trial), handle);
	trial_want(trial, "the old handle", guest_query_function(trial, trial->handle) == INVALID,
		   1);
}

static void expect_enabled(struct trial *trial)
{
	expect_handle(trial, true);
}

static void expect_disabled(struct trial *trial)
{
	expect_handle(trial, false);
}

static void expect_unchanged(struct trial *trial)
{
	trial_want(trial, "List's handle", guest_handle(trial), trial->handle);
}

static void expect_mio_zero(struct trial *trial)
{
	for (unsigned i = 20; i < 160; i++)
		trial_want(trial, "byte of the response", trial_get(trial, RESPONSE_AT + i, 1), 0);
}

static void enable_again(struct trial *trial)
{
	trial_want(trial, "Set enable",
		   (uint64_t)guest_set_function(trial, guest_handle(trial), ZPCI_CLP_SET_ENABLE, 1),
		   OK);
}

static void expect_no_registrations(struct trial *trial)
{
	enable_again(trial);
	trial_want(trial, "function controls", guest_controls(trial), ZPCI_FIB_FC_ENABLED);
	trial_want(trial, "REG_IOAT", (uint64_t)guest_register_ioat(trial, guest_handle(trial)),
		   CC(0));
	trial_want(trial, "REG_INT", (uint64_t)guest_register_int(trial, guest_handle(trial)),
		   CC(0));
}

static void make_dirty(struct trial *trial)
{
	guest_msix(trial);
	guest_bus_master(trial);
	probe_put(trial, ZPCI_PROBE_REG_SCRATCH64, 8, 0x1234567812345678ull);
	probe_put(trial, ZPCI_PROBE_MEMORY, 8, 0x1234567812345678ull);
}

static void expect_reset(struct trial *trial)
{
	uint64_t value = 0;

	enable_again(trial);
	trial_want(trial, "Command", guest_config_get(trial, 4, 2) & 4, 0);
	trial_want(trial, "MSI-X control",
		   guest_config_get(trial, trial->target->msix + 2, 2) & 0xc000, 0);
	trial_want(trial, "scratch register", probe_get(trial, ZPCI_PROBE_REG_SCRATCH64, 8), 0);
	trial_want(trial, "device memory", probe_get(trial, ZPCI_PROBE_MEMORY, 8), 0);
	guest_load(trial, guest_handle(trial), ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_TABLE + 8, 8,
		   &value);
	trial_want(trial, "MSI-X entry: masked", value, 0x0000000001000000);
}

/* --- function level reset, through config space ----------------------------------------------- */

#define CAPABILITIES 0x34
#define CAPABILITY_EXPRESS 0x10
#define DEVICE_CONTROL 8
#define START_FLR 0x8000

static unsigned device_control(struct trial *trial)
{
	unsigned offset = guest_config_get(trial, CAPABILITIES, 1);

	while (offset && guest_config_get(trial, offset, 1) != CAPABILITY_EXPRESS)
		offset = guest_config_get(trial, offset + 1, 1);
	trial_want(trial, "an express capability", offset == 0, 0);
	return offset + DEVICE_CONTROL;
}

static int level_reset(struct trial *trial)
{
	unsigned control = device_control(trial);
	uint8_t bytes[2];

	zpci_put_le(bytes, 2, START_FLR);
	return guest_store(trial, trial->handle, CONFIG, control, 2, zpci_get_be(bytes, 2));
}

/* The device is as new; handle and registrations are not the device's. */
static void expect_level_reset(struct trial *trial)
{
	trial_want(trial, "handle", guest_handle(trial), trial->handle);
	trial_want(trial, "function controls", guest_controls(trial),
		   ZPCI_FIB_FC_ENABLED | ZPCI_FIB_FC_DMA);
	trial_want(trial, "Command", guest_config_get(trial, 4, 2) & 4, 0);
	trial_want(trial, "MSI-X control",
		   guest_config_get(trial, trial->target->msix + 2, 2) & 0xc000, 0);
	trial_want(trial, "scratch register", probe_get(trial, ZPCI_PROBE_REG_SCRATCH64, 8), 0);
	trial_want(trial, "device memory", probe_get(trial, ZPCI_PROBE_MEMORY, 8), 0);
}

static const struct row resets[] = {
	{ .condition = "function level reset, everything in use",
	  .act = level_reset,
	  .has = IOAT | INT,
	  .needs = NEEDS_PROBE,
	  .prepare = make_dirty,
	  .answer = CC(0),
	  .check = expect_level_reset,
	  .effect = "device, MSI-X and Command as after power on; handle and registrations stay",
	  .source = "ref 8.9: FLR" },
};

/* The error event that brought the function here is about a life that is over. */
static void fail_unheard(struct trial *trial)
{
	trial->note[0] = guest_handle(trial);
	guest_fail(trial, 0);
}

/* It tells of the life that failed. */
static void expect_event_of_before(struct trial *trial)
{
	struct zpci_ccdf event;

	trial_want(trial, "event", guest_event(trial, &event), ZPCI_PEC_DMA_NOT_REGISTERED);
	trial_want(trial, "handle", zpci_be32_get(event.handle), (uint32_t)trial->note[0]);
	trial_want(trial, "next event", guest_event(trial, &event), 0);
}

/* --- after a reset, the handle from before ---------------------------------------------------- */

static void reset_system(struct trial *trial)
{
	trial->player->reset(trial->player, true);
}

static void reset_subsystem(struct trial *trial)
{
	trial->player->reset(trial->player, false);
}

static void expect_listed_disabled(struct trial *trial)
{
	trial_want(trial, "enable bit of List's handle", guest_handle(trial) >> 31, 0);
}

static int sized(struct trial *trial)
{
	unsigned length = (unsigned)trial->with->length;
	int answer;

	guest_clp_begin(trial, ZPCI_CLP_SET_FUNCTION, 32, length);
	trial_put(trial, BLOCK + 16, 4, trial->handle);
	trial_put(trial, BLOCK + 23, 1, 1);
	answer = guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
	if (answer == OK)
		trial_want(trial, "response length", trial_get(trial, RESPONSE_AT, 2),
			   length < 160 ? length : 160);
	return answer;
}

static int format_1(struct trial *trial)
{
	guest_clp_begin(trial, ZPCI_CLP_SET_FUNCTION, 32, 160);
	trial_put(trial, BLOCK + 4, 4, 0x10000000);
	trial_put(trial, BLOCK + 16, 4, trial->handle);
	trial_put(trial, BLOCK + 23, 1, 1);
	return guest_clp(trial, ZPCI_CLP_LPS_PCI, trial_address(trial, BLOCK));
}

#define STORES_LESS                                                                                \
	.qemu = OK | OTHERWISE, .reason = "QEMU stores 32 bytes and leaves the length as it was"

static const struct row enables[] = {
	{ .condition = "1 DMA space",
	  ENABLE(1),
	  .source = "ref 3.9, 4.4",
	  .in = { [RESERVED] = INVALID,
		  [STANDBY] = NOT_NOW,
		  [DISABLED] = OK,
		  [ENABLED] = NOT_NOW,
		  [BLOCKED] = NOT_NOW,
		  [UNBLOCKED] = NOT_NOW,
		  [PERMANENT] = PERMANENT_ERROR },
	  .qemu_in = { [STANDBY] = OK },
	  .reason = "QEMU does not look whether it is configured" },
	{ .condition = "1 DMA space",
	  ENABLE(1),
	  .state = DISABLED,
	  .answer = OK,
	  .check = expect_enabled,
	  .effect = "a new handle with the enable bit; the old one is void",
	  .source = "ref 3.9" },
	{ .condition = "enabled already",
	  ENABLE(1),
	  .answer = NOT_NOW,
	  .check = expect_unchanged,
	  .effect = "nothing",
	  .source = "ref 3.9" },
	{ .condition = "mapped I/O block of the response",
	  ENABLE(1),
	  .state = DISABLED,
	  .answer = OK,
	  .check = expect_mio_zero,
	  .effect = "zeros",
	  .source = "ref 3.8" },
	{ .condition = "0 DMA spaces",
	  ENABLE(0),
	  .state = DISABLED,
	  .answer = RESPONSE(ZPCI_CLP_DMA_SPACES),
	  .check = expect_unchanged,
	  .source = "ref 3.9" },
	{ .condition = "2 DMA spaces",
	  ENABLE(2),
	  .state = DISABLED,
	  .answer = RESPONSE(ZPCI_CLP_RESOURCES),
	  .check = expect_unchanged,
	  .source = "ref 3.9" },
	{ .condition = "255 DMA spaces",
	  ENABLE(255),
	  .state = DISABLED,
	  .answer = RESPONSE(ZPCI_CLP_RESOURCES),
	  .source = "ref 3.9" },
	{ .condition = "0 DMA spaces, enabled: the number counts",
	  ENABLE(0),
	  .answer = RESPONSE(ZPCI_CLP_DMA_SPACES),
	  .source = "ref 3.9" },
	{ .condition = "0 DMA spaces, handle of nobody: the handle counts",
	  ENABLE(0),
	  .handle = NO_INDEX,
	  .answer = INVALID,
	  .source = "ref 3.9" },
	{ .condition = "handle with an index that nobody has",
	  ENABLE(1),
	  .handle = NO_INDEX,
	  .answer = INVALID,
	  .source = "ref 3.2" },
	{ .condition = "handle 0",
	  ENABLE(1),
	  .handle = ZERO,
	  .answer = INVALID,
	  .source = "ref 4.1" },
	{ .condition = "enabled handle from before a disable",
	  ENABLE(1),
	  .handle = EARLIER,
	  .state = DISABLED,
	  .answer = INVALID,
	  .source = "ref 3.2" },
	{ .condition = "response length 16",
	  .act = sized,
	  .state = DISABLED,
	  .with = { .length = 16 },
	  .answer = OK,
	  .effect = "the front part; the handle is List's to tell",
	  .source = "ref 13 trap 7" },
	{ .condition = "response length 32",
	  .act = sized,
	  .state = DISABLED,
	  .with = { .length = 32 },
	  .answer = OK,
	  .effect = "the front part",
	  .source = "ref 13 trap 7" },
	{ .condition = "response length 4064",
	  .act = sized,
	  .state = DISABLED,
	  .with = { .length = 4064 },
	  .answer = OK,
	  .effect = "length 160",
	  .source = "ref 3.1",
	  STORES_LESS },
	{ .condition = "format 1",
	  .act = format_1,
	  .state = DISABLED,
	  .answer = RESPONSE(ZPCI_CLP_FORMAT),
	  .check = expect_unchanged,
	  .source = "ref 3.2",
	  .qemu = OK | OTHERWISE,
	  .reason = "QEMU looks at List's format alone" },
};

static const struct row disables[] = {
	{ .condition = "current handle",
	  DISABLE,
	  .source = "ref 3.9, 4.4",
	  .in = { [RESERVED] = INVALID,
		  [STANDBY] = NOT_NOW,
		  [DISABLED] = NOT_NOW,
		  [ENABLED] = OK,
		  [BLOCKED] = OK,
		  [UNBLOCKED] = OK,
		  [PERMANENT] = OK } },
	{ .condition = "current handle",
	  DISABLE,
	  .check = expect_disabled,
	  .answer = OK,
	  .effect = "the handle loses the enable bit; the old one is void",
	  .source = "ref 3.9" },
	{ .condition = "error blocked",
	  DISABLE,
	  .state = BLOCKED,
	  .check = expect_disabled,
	  .answer = OK,
	  .effect = "disabled",
	  .source = "ref 4.3" },
	{ .condition = "everything registered",
	  DISABLE,
	  .has = IOAT | INT | MEASURE,
	  .check = expect_no_registrations,
	  .answer = OK,
	  .effect = "no registration is left after the next enable",
	  .source = "ref 3.9" },
	{ .condition = "everything registered, error blocked",
	  DISABLE,
	  .state = BLOCKED,
	  .has = IOAT | INT | MEASURE,
	  .check = expect_no_registrations,
	  .answer = OK,
	  .effect = "no registration is left after the next enable",
	  .source = "ref 3.9" },
	{ .condition = "device in use",
	  DISABLE,
	  .needs = NEEDS_PROBE,
	  .prepare = make_dirty,
	  .check = expect_reset,
	  .answer = OK,
	  .effect = "device, MSI-X and Command are as after power on",
	  .source = "ref 3.9" },
	{ .condition = "an error event that was not fetched",
	  DISABLE,
	  .prepare = fail_unheard,
	  .check = expect_event_of_before,
	  .answer = OK,
	  .effect = "the event stays, with the handle that the function had",
	  .source = "ref 8.5; QEMU hw/s390x/s390-pci-bus.c" },
	{ .condition = "DMA spaces given: not looked at",
	  .with = { .control = ZPCI_CLP_SET_DISABLE, .value = 7 },
	  .answer = OK,
	  .source = "ref 3.9" },
	{ .condition = "enabled handle from before a disable",
	  DISABLE,
	  .handle = EARLIER,
	  .state = DISABLED,
	  .answer = INVALID,
	  .source = "ref 3.2" },
	{ .condition = "enabled handle from before a disable and an enable",
	  DISABLE,
	  .handle = EARLIER,
	  .answer = INVALID,
	  .source = "ref 4.1",
	  .qemu = OK,
	  .reason = "QEMU does not count instances: a handle becomes current again" },
	{ .condition = "the handle's enable bit turned",
	  DISABLE,
	  .handle = OTHER_ENABLE,
	  .answer = INVALID,
	  .source = "ref 3.2" },
	{ .condition = "enabled handle from before a system reset",
	  DISABLE,
	  .needs = NEEDS_HOST,
	  .prepare = reset_system,
	  .answer = RESPONSE(ZPCI_CLP_ALREADY),
	  .check = expect_listed_disabled,
	  .source = "ref 3.9: Linux's recovery takes 0x0105" },
	{ .condition = "enabled handle from before a subsystem reset",
	  DISABLE,
	  .needs = NEEDS_RESET,
	  .prepare = reset_subsystem,
	  .answer = RESPONSE(ZPCI_CLP_ALREADY),
	  .check = expect_listed_disabled,
	  .source = "ref 3.9: Linux's recovery takes 0x0105",
	  .qemu = INVALID,
	  .reason = "QEMU never answers 0x0105" },
};

#define OPERATION_OF(number) .with = { .control = (number), .value = 1 }

static const struct row others[] = {
	{ .condition = "2, enable mapped I/O",
	  OPERATION_OF(2),
	  .source = "ref 3.9",
	  .in = { [DISABLED] = NOT_NOW, [ENABLED] = NOT_NOW, [BLOCKED] = NOT_NOW } },
	{ .condition = "3, disable mapped I/O",
	  OPERATION_OF(3),
	  .source = "ref 3.9",
	  .in = { [DISABLED] = NOT_NOW, [ENABLED] = NOT_NOW } },
	{ .condition = "4", OPERATION_OF(4), .answer = NOT_NOW, .source = "ref 3.2" },
	{ .condition = "255", OPERATION_OF(255), .answer = NOT_NOW, .source = "ref 3.2" },
	{ .condition = "255, handle of nobody: the handle counts",
	  OPERATION_OF(255),
	  .handle = NO_INDEX,
	  .answer = INVALID,
	  .source = "ref 3.9" },
};

const struct family answers_set[] = {
	FAMILY("CLP Set PCI function 0 enable", set, enables),
	FAMILY("CLP Set PCI function 1 disable", set, disables),
	FAMILY("CLP Set PCI function", set, others),
	FAMILY("PCISTG to Device Control", level_reset, resets),
	{ NULL },
};
