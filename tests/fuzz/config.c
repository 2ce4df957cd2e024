// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * config.c - target: configurations, as a file and as options.
 *
 * The first byte chooses the form. An accepted configuration makes a firmware whose functions have
 * different IDs. It is written again as options with every key, and makes the same functions.
 */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zpci/device.h>
#include <zpci/option.h>
#include <zpci/profile.h>

#include "zpci/config/config.h"
#include "zpci/config/object.h"

const char fuzz_name[] = "config";

/* --- instead of zpci/config/object.c ---------------------------------------------------------- */

#define OWN "/own"

static bool parse_short(const char *text, uint64_t *number)
{
	*number = strlen(text);
	return *number < 8;
}

static const char *const no_yes[] = { "no", "yes", NULL };
#define OPTION(text) .size = sizeof(struct zpci_option), .name = (text), .help = (text)
static const struct zpci_option kinds[] = {
	{ OPTION("number"), .kind = ZPCI_OPTION_NUMBER, .low = 2, .high = 200 },
	{ OPTION("size"), .kind = ZPCI_OPTION_SIZE, .function = true, .high = UINT64_MAX },
	{ OPTION("word"), .kind = ZPCI_OPTION_WORD, .words = no_yes },
	{ OPTION("text"), .kind = ZPCI_OPTION_TEXT, .function = true, .parse = parse_short,
	  .allowed = "a short text" },
	{ OPTION("file"), .kind = ZPCI_OPTION_FILE, .function = true },
};
static const struct zpci_option *const own_options[] = { &kinds[0], &kinds[1], &kinds[2],
							 &kinds[3], &kinds[4], NULL };

/* With this function here, object.c is not linked: whatever an input names, no file is loaded. The
 * only object is /own, a probe that has an option of each kind. */
int config_object_load(const char *path, const struct zpci_model **model, char why[CONFIG_WHY])
{
	static struct zpci_model own;

	if (strcmp(path, OWN) != 0) {
		snprintf(why, CONFIG_WHY, "it is not " OWN);
		return -EINVAL;
	}
	own = *zpci_model_find("probe");
	own.name = "own";
	own.options = own_options;
	*model = &own;
	return 0;
}

/* --- messages --------------------------------------------------------------------------------- */

/* A message has one line, is not empty and not too long. */
static void check_error(int rc, char *error)
{
	fuzz_must((rc == 0) == (error == NULL));
	if (!rc)
		return;
	fuzz_must(rc < 0 && *error && strlen(error) < 2048);
	for (const char *byte = error; *byte; byte++)
		fuzz_must((unsigned char)*byte >= ' ' && *byte != 0x7f);
	free(error);
}

/* --- the two forms ---------------------------------------------------------------------------- */

static int load_file(struct zpci_config *config, const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC), rc;
	char path[64], *error;

	fuzz_must(fd >= 0);
	fuzz_must(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = zpci_config_load(config, path, &error);
	check_error(rc, error);
	close(fd);
	return rc;
}

/* Each line is a function; after a bracket it is a group. */
static int load_options(struct zpci_config *config, const uint8_t *data, size_t size,
			char separator)
{
	char *text = malloc(size + 1), *line, *state, *error;
	int rc = 0;

	fuzz_must(text);
	memcpy(text, data, size);
	text[size] = '\0';
	for (line = strtok_r(text, "\n", &state); line && !rc;
	     line = strtok_r(NULL, "\n", &state)) {
		rc = *line == '[' ? zpci_config_group(config, line + 1, separator, &error)
				  : zpci_config_function(config, line, separator, &error);
		check_error(rc, error);
	}
	free(text);
	return rc;
}

/* --- into a firmware
 * --------------------------------------------------------------------------- */

struct machine {
	struct zpci_ram *ram;
	struct zpci_firmware *firmware;
	bool checks_uids;
	bool is_shared;
};

/* With the options that @config asks for. */
static void machine_init(struct machine *machine, const struct zpci_config *config)
{
	struct zpci_firmware_options options = { .size = sizeof(options), .shared = true };

	zpci_config_options(config, &options);
	machine->checks_uids = !options.no_uid_checking;
	machine->is_shared = options.shared;
	fuzz_must(machine->checks_uids || !machine->is_shared);
	machine->ram = zpci_ram_create(4096);
	fuzz_must(machine->ram);
	fuzz_must(
		!zpci_firmware_create(zpci_ram_ops(), machine->ram, &options, &machine->firmware));
}

static void machine_fini(struct machine *machine)
{
	zpci_firmware_destroy(machine->firmware);
	zpci_ram_destroy(machine->ram);
}

static bool info_at(const struct machine *machine, unsigned index, struct zpci_function_info *info)
{
	uint32_t fid;

	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	if (zpci_firmware_fid(machine->firmware, index, &fid))
		return false;
	fuzz_must(!zpci_firmware_info(machine->firmware, fid, info));
	return true;
}

static void check_function(const struct machine *machine, unsigned index,
			   const struct zpci_function_info *info)
{
	struct zpci_function_info other;

	fuzz_must((info->uid & 0xffff || !machine->checks_uids) && info->pchid);
	fuzz_must(info->state == ZPCI_STATE_DISABLED || info->state == ZPCI_STATE_STANDBY);
	fuzz_must(info->vf || !info->profile.publish_vfn);
	fuzz_must(info->vfn == (info->profile.publish_vfn ? info->vf : 0));
	for (unsigned i = 0; i < index; i++) {
		fuzz_must(info_at(machine, i, &other));
		fuzz_must(other.fid != info->fid && other.handle != info->handle &&
			  (!machine->checks_uids || (other.uid & 0xffff) != (info->uid & 0xffff)));
		fuzz_must(other.pchid != info->pchid ||
			  (other.vf != info->vf && other.rid != info->rid &&
			   other.rid_published == info->rid_published));
	}
}

/* --- written as options
 * -------------------------------------------------------------------------- */

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

static struct zpci_platform platform_of(const struct machine *machine, uint32_t fid)
{
	struct zpci_platform platform = { .size = sizeof(platform) };

	fuzz_must(!zpci_firmware_platform(machine->firmware, fid, &platform, NULL));
	return platform;
}

/* With the DMA addresses of its first function, which belong there. */
static int add_group(struct zpci_config *config, const struct zpci_platform *platform)
{
	const struct zpci_group *group = &platform->group;
	char text[512], *error;
	int rc;

	snprintf(text, sizeof(text),
		 "g%02x:id=%u:version=%u:vectors=%u:store-block=%u:relaxed-store-block=%s:"
		 "refresh=%s:dma-spaces=0x%" PRIx64 ":fmb-interval=%u:designations=%s:"
		 "msi-address=0x%" PRIx64 ":dma-start=0x%" PRIx64 ":dma-end=0x%" PRIx64,
		 group->id, group->id, group->version, group->vectors, group->store_block,
		 yes_no(group->relaxed_store_block), yes_no(group->refresh), group->dma_spaces,
		 group->fmb_interval,
		 group->designations & 0x10   ? "rf"
		 : group->designations & 0x20 ? "rs"
					      : "rt",
		 group->msi_address, platform->dma_start, platform->dma_end);
	rc = zpci_config_group(config, text, ':', &error);
	free(error);
	return rc;
}

static void write_platform(char *text, size_t size, const struct zpci_platform *platform)
{
	char group[32], tid[16] = "", string[192] = "";

	if (platform->group.id > 2)
		snprintf(group, sizeof(group), "group=g%02x", platform->group.id);
	else
		snprintf(group, sizeof(group), "relaxed-store-block=%s",
			 yes_no(platform->group.relaxed_store_block));
	if (platform->has_tid)
		snprintf(tid, sizeof(tid), ":tid=%u", platform->tid);
	if (platform->utility_string[0])
		snprintf(string, sizeof(string), ":utility-string=%s", platform->utility_string);
	if (platform->has_utility_ebcdic) {
		int used = snprintf(string, sizeof(string), ":utility-ebcdic=");

		for (unsigned i = 0; i < sizeof(platform->utility_ebcdic); i++, used += 2)
			snprintf(string + used, 3, "%02x", platform->utility_ebcdic[i]);
	}
	snprintf(text, size,
		 "%s:pft=%u:port=%u:pfip=0x%x:fmb=%s:report-error=%s:publish-pchid=%x:fidparm=%u:"
		 "dma-start=0x%" PRIx64 ":dma-end=0x%" PRIx64 "%s%s",
		 group, platform->pft, platform->port, (unsigned)zpci_get_be(platform->pfip, 4),
		 yes_no(platform->fmb_length), yes_no(platform->report_error), platform->pchid,
		 platform->fidparm, platform->dma_start, platform->dma_end, tid, string);
}

static int add_again(struct zpci_config *config, const struct zpci_function_info *info,
		     const struct zpci_platform *platform)
{
	char text[1024], vf[16] = "", facts[512], *error;
	int rc;

	if (info->vf)
		snprintf(vf, sizeof(vf), ":vf=%u", info->vf);
	write_platform(facts, sizeof(facts), platform);
	/* A utility string may have a comma, but no colon. */
	snprintf(text, sizeof(text),
		 "%s%s:pchid=0x%x:fid=0x%x:uid=0x%x:rid=%s:ids=%s:bars=%s:publish-vfn=%s:"
		 "command-memory=%s:standby=%s:%s",
		 strcmp(info->model, "own") ? info->model : OWN, vf, info->pchid, info->fid,
		 info->uid, yes_no(info->rid_published), yes_no(info->profile.ids),
		 yes_no(info->profile.bars), yes_no(info->profile.publish_vfn),
		 zpci_command_memory_name(info->profile.command_memory),
		 yes_no(info->state == ZPCI_STATE_STANDBY), facts);
	rc = zpci_config_function(config, text, ':', &error);
	free(error);
	return rc;
}

/* All facts are given now; the others must be equal. */
static void check_same_platform(const struct zpci_platform *a, const struct zpci_platform *b)
{
	const struct zpci_group *c = &a->group, *d = &b->group;

	fuzz_must(a->pft == b->pft && a->port == b->port && !memcmp(a->pfip, b->pfip, 4) &&
		  a->has_tid == b->has_tid && a->tid == b->tid && a->fmb_length == b->fmb_length &&
		  a->report_error == b->report_error && a->dma_start == b->dma_start &&
		  a->dma_end == b->dma_end && !strcmp(a->utility_string, b->utility_string) &&
		  a->has_utility_ebcdic == b->has_utility_ebcdic &&
		  !memcmp(a->utility_ebcdic, b->utility_ebcdic, sizeof(a->utility_ebcdic)) &&
		  a->pchid == b->pchid && a->fidparm == b->fidparm);
	fuzz_must(c->id == d->id && c->version == d->version &&
		  c->designations == d->designations &&
		  c->relaxed_store_block == d->relaxed_store_block && c->vectors == d->vectors &&
		  c->store_block == d->store_block && c->fmb_interval == d->fmb_interval &&
		  c->msi_address == d->msi_address && c->refresh == d->refresh &&
		  c->dma_spaces == d->dma_spaces);
}

static void check_same(const struct machine *one, const struct machine *two)
{
	struct zpci_platform platform, again;
	struct zpci_function_info a, b;

	for (unsigned i = 0; info_at(one, i, &a); i++) {
		fuzz_must(info_at(two, i, &b));
		/* memcmp() would also compare padding. */
		fuzz_must(a.fid == b.fid && a.uid == b.uid && a.handle == b.handle &&
			  a.pchid == b.pchid && a.vfn == b.vfn && a.vf == b.vf && a.rid == b.rid);
		fuzz_must(a.rid_published == b.rid_published && a.group == b.group &&
			  a.vendor_id == b.vendor_id && a.device_id == b.device_id &&
			  a.state == b.state && a.model == b.model &&
			  a.command_memory == b.command_memory &&
			  a.no_command_memory == b.no_command_memory);
		platform = platform_of(one, a.fid);
		again = platform_of(two, a.fid);
		check_same_platform(&platform, &again);
	}
}

static void write_again(const struct machine *machine)
{
	struct zpci_config *config = zpci_config_new();
	bool known[256] = { [0x01] = true, [0x02] = true };
	struct zpci_platform platform;
	struct zpci_function_info info;
	struct machine other;
	char *error;

	fuzz_must(config);
	machine_init(&other, config);
	for (unsigned i = 0; info_at(machine, i, &info); i++) {
		platform = platform_of(machine, info.fid);
		fuzz_must(known[info.group] || !add_group(config, &platform));
		known[info.group] = true;
		fuzz_must(!add_again(config, &info, &platform));
	}
	fuzz_must(!zpci_config_finish(config, &error));
	fuzz_must(!zpci_config_apply(config, other.firmware, NULL, &error));
	check_same(machine, &other);
	machine_fini(&other);
	zpci_config_free(config);
}

/* A replica's config space is not to be had as text. It is that of one function, whatever the text
 * was. */
static void check_replica(const struct machine *machine, const struct zpci_function_info *info)
{
	uint8_t space[ZPCI_CONFIG_SIZE];

	fuzz_must(!zpci_firmware_device_config(machine->firmware, info->fid, 0, space,
					       sizeof(space)));
	fuzz_must(zpci_get_le(space, 2) && zpci_get_le(space, 2) != 0xffff);
	fuzz_must(!(space[0x0e] & 0x7f) && !space[0x04]);
}

static void apply(const struct zpci_config *config, bool may_refuse)
{
	struct zpci_function_info info;
	bool replica = false;
	struct machine machine;
	unsigned count = 0;
	char *error;
	int rc;

	machine_init(&machine, config);
	rc = zpci_config_apply(config, machine.firmware, NULL, &error);
	check_error(rc, error);
	for (; info_at(&machine, count, &info); count++) {
		check_function(&machine, count, &info);
		if (strcmp(info.model, "replica") != 0)
			continue;
		check_replica(&machine, &info);
		replica = true;
	}
	/* The model replica may refuse what finish() accepts, and the firmware in a machine that is
	 * not shared, where groups can have any ID. */
	fuzz_must(rc ? may_refuse : count == zpci_config_functions(config));
	if (!rc && machine.is_shared && !replica)
		write_again(&machine);
	machine_fini(&machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zpci_config *config;
	char *error;
	int rc;

	if (!size)
		return 0;
	config = zpci_config_new();
	fuzz_must(config);
	if (data[0] == ',' || data[0] == ':')
		rc = load_options(config, data + 1, size - 1, (char)data[0]);
	else
		rc = load_file(config, data, size);
	if (!rc) {
		rc = zpci_config_finish(config, &error);
		check_error(rc, error);
		if (!rc)
			apply(config, memmem(data, size, "replica", 7) ||
					      memmem(data, size, "hypervisor-functions", 20));
	}
	zpci_config_free(config);
	return 0;
}
