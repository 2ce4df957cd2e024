// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * host.c - the table's functions, and what happens to them behind the guest.
 */
#include "host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <zpci/device.h>

#include "answers.h"

#define PROBE_PCHID 0x1c0
#define NULL_PCHID 0x1c1

static struct host *of(struct player *player)
{
	return (struct host *)player;
}

void host_die(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

/* --- functions -------------------------------------------------------------------------------- */

static void set_utility_string(struct zpci_platform *platform)
{
	zpci_platform_default(platform);
	strcpy(platform->utility_string, "ZPCI ANSWERS");
	platform->given |= ZPCI_PLATFORM_UTILITY_STRING;
}

static void set_everything(struct zpci_platform *platform)
{
	*platform = (struct zpci_platform){
		.size = sizeof(*platform),
		.given = ZPCI_PLATFORM_ALL,
		.pft = PLATFORM_TYPE,
		.port = 5,
		.pfip = { 1, 2, 3, 4 },
		.has_tid = true,
		.tid = 0xabcd,
		.dma_start = 0x200000000,
		.dma_end = 0x7fffffffffffffff,
		.group = {
			.id = PLATFORM_GROUP,
			.version = 2,
			.designations = 0x7c,
			.vectors = 16,
			.store_block = 64,
			.fmb_interval = 1000,
			.msi_address = 0xff00000000000000,
		},
	};
}

/* FID, adapter, VF, ...: see tests/guest/answers.t. */
static const struct {
	uint32_t fid;
	bool null;
	unsigned vf;
	const char *profile;
	void (*set)(struct zpci_platform *platform);
} functions[] = {
	{ 0x1021, false, 1, "lpar", set_utility_string },
	{ 0x1022, false, 2, "lpar", zpci_platform_relaxed },
	{ 0x1023, true, 1, "lpar", zpci_platform_default },
	{ 0x1020, false, 0, "plain", zpci_platform_default },
	{ 0x1024, false, 3, "lpar", set_everything },
};

static int add(struct host *host, unsigned index, uint32_t fid, unsigned vf, bool standby)
{
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options = {
		.size = sizeof(options),
		.adapter = functions[index].null ? host->null : host->probe,
		.vf = vf,
		.fid = fid,
		.uid = 0x100 | (fid & 0xff),
		.profile = zpci_profile_find(functions[index].profile)->profile,
		.standby = standby,
		.publish_rid = true,
		.platform = &platform,
	};

	functions[index].set(&platform);
	return zpci_firmware_add(host->firmware, &options);
}

static struct zpci_adapter *adapter(const char *model, uint16_t pchid)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = 8 };
	struct zpci_adapter *made;

	if (zpci_adapter_create(zpci_model_find(model), pchid, &options, &made))
		host_die("no adapter");
	return made;
}

void host_make(struct host *host, const struct zpci_machine_ops *ops, void *machine,
	       bool uid_checking)
{
	struct zpci_firmware_options options = { .size = sizeof(options),
						 .no_uid_checking = !uid_checking };

	if (zpci_firmware_create(ops, machine, &options, &host->firmware))
		host_die("no firmware");
	host->probe = adapter("probe", PROBE_PCHID);
	host->null = adapter("null", NULL_PCHID);
	for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (add(host, i, functions[i].fid, functions[i].vf, false))
			host_die("no function");
}

void host_unmake(struct host *host)
{
	zpci_firmware_quiesce(host->firmware);
	zpci_firmware_destroy(host->firmware);
	zpci_adapter_unref(host->probe);
	zpci_adapter_unref(host->null);
}

/* --- operations ------------------------------------------------------------------------------- */

static void pause_a_moment(struct player *player)
{
	struct timespec moment = { .tv_nsec = 20000 };

	(void)player;
	nanosleep(&moment, NULL);
}

static int fail(struct player *player, uint32_t fid, uint16_t pec)
{
	return zpci_firmware_inject_error(of(player)->firmware, fid, pec);
}

static int remove_function(struct player *player, uint32_t fid)
{
	return zpci_firmware_remove(of(player)->firmware, fid);
}

/* Another VF of probe. */
static int add_function(struct player *player, uint32_t fid, bool standby)
{
	struct host *host = of(player);
	int rc = add(host, 0, fid, 5, standby);

	return rc ? rc : zpci_firmware_announce(host->firmware, fid);
}

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
}

void host_operations(struct player *player)
{
	player->pause = pause_a_moment;
	player->fail = fail;
	player->remove = remove_function;
	player->add = add_function;
	player->print = print;
}

int host_main(struct player *player, int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--list")) {
		answers_list(print);
		return 0;
	}
	return answers_run(player, argc > 1 ? (unsigned)atoi(argv[1]) : 0) != 0;
}
