// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-config.c - reading, checking and completing a configuration: the good files and texts give
 * the functions that they describe; each bad one violates one rule, and its message must name
 * place, key, value, and what is allowed.
 *
 * The fixtures are tests/config/NAME.conf. What cannot be a small file is made in TMPDIR.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zpci/ram.h>

#include "zpci/config/internal.h"

#define WORDS 5

/* A fixture or @text that is refused; NULL ends the words that its message must have. */
struct bad {
	const char *name;
	const char *text;
	const char *words[WORDS];
};

static char *source_path(const char *folder, const char *name, const char *suffix)
{
	static char path[PATH_MAX];
	const char *source = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/%s/%s%s", source ? source : ".", folder, name, suffix);
	return path;
}

static int read_file(struct zpci_config *config, const char *path, char **error)
{
	int rc = zpci_config_load(config, path, error);

	return rc ? rc : zpci_config_finish(config, error);
}

static void assert_words(const char *error, const char *const words[WORDS])
{
	assert_non_null(error);
	for (unsigned i = 0; i < WORDS && words[i]; i++)
		if (!strstr(error, words[i]))
			fail_msg("no '%s' in: %s", words[i], error);
	/* One line that a terminal can be given. */
	for (const char *c = error; *c; c++)
		assert_false((unsigned char)*c < ' ');
}

/* --- bad files ---------------------------------------------------------------------------- */

static const struct bad bad_files[] = {
	{ "unknown-key", NULL, { ":4: ", "speed = 10", "unknown key", "model, pchid, vfs, rid" } },
	{ "vf-fid-base", NULL, { ":4: ", "vf-fid-base = 0x2000", "unknown key" } },
	{ "vf-uid-base", NULL, { ":4: ", "vf-uid-base = 0x200", "unknown key" } },
	{ "key-of-other-section",
	  NULL,
	  { ":6: ", "pchid = 0x1c0", "belongs in [adapter NAME]",
	    "adapter, vf, fid, uid, profile, ids, bars, publish-vfn, command-memory, standby, "
	    "relaxed-store-block, utility-string" } },
	{ "unknown-section",
	  NULL,
	  { ":4: ", "[functions]", "[adapter NAME], [group NAME], [function] or [platform]" } },
	{ "function-with-name",
	  NULL,
	  { ":4: ", "[function disk]", "[adapter NAME], [group NAME], [function] or [platform]" } },
	{ "adapter-without-name", NULL, { ":2: ", "[adapter ]", "1 to 63 letters, digits" } },
	{ "adapter-name", NULL, { ":2: ", "[adapter a/b]", "1 to 63 letters, digits" } },
	{ "section-open", NULL, { ":4: ", "[function", "']' is missing" } },
	{ "section-trailer", NULL, { ":4: ", "'adapter = disk' behind" } },
	{ "key-before-section",
	  NULL,
	  { ":2: ", "model = probe", "before the first section", "[adapter NAME]" } },
	{ "not-a-pair", NULL, { ":4: ", "'vfs 4' is neither KEY = VALUE" } },
	{ "not-a-pair-at-end", NULL, { ":4: ", "'vfs 4' is neither KEY = VALUE" } },
	{ "empty-value", NULL, { ":4: ", "vfs = :", "0 to 255" } },
	{ "duplicate-key", NULL, { ":5: ", "vfs = 4", "duplicate key", ".conf:4 " } },
	{ "duplicate-adapter",
	  NULL,
	  { ":4: ", "[adapter disk]", "duplicate adapter", ".conf:2 " } },
	{ "duplicate-fid", NULL, { ":11: ", "fid = 1021", "duplicate FID 0x1021", ".conf:7;" } },
	{ "duplicate-uid", NULL, { ":11: ", "uid = 0x20111", "duplicate UID 0x111", ".conf:7;" } },
	{ "duplicate-pchid",
	  NULL,
	  { ":7: ", "pchid = 0x1c0", "duplicate PCHID 0x1c0", "adapter 'disk'", ".conf:4;" } },
	{ "uid-0", NULL, { ":7: ", "uid = 0:", "0x0 to 0xffffffff", "must not be 0" } },
	{ "uid-low-0", NULL, { ":7: ", "uid = 0x10000:", "low 16 bits", "must not be 0" } },
	{ "vf-0", NULL, { ":6: ", "vf = 0:", "1 to 255", "leave it out for the PF" } },
	{ "vf-256", NULL, { ":6: ", "vf = 256:", "1 to 255" } },
	{ "vf-beyond-vfs", NULL, { ":7: ", "vf = 5:", "1 to 4", "adapter 'disk'", ".conf:4;" } },
	{ "vf-of-none", NULL, { ":7: ", "vf = 1:", "no VFs", "vfs = 0", ".conf:4;" } },
	{ "vf-twice", NULL, { ":9: ", "vf = 3:", "VF 3 of adapter 'disk'", "twice", ".conf:6;" } },
	{ "pf-twice",
	  NULL,
	  { ":6: ", "PF of adapter 'disk'", "twice", ".conf:4;", "vf = NUMBER" } },
	{ "vfs-256", NULL, { ":4: ", "vfs = 256:", "0 to 255" } },
	{ "pchid-0", NULL, { ":4: ", "pchid = 0:", "0x1 to 0xffff" } },
	{ "pchid-wide", NULL, { ":4: ", "pchid = 0x10000:", "0x1 to 0xffff" } },
	{ "fid-wide", NULL, { ":7: ", "fid = 0x100000000:", "0x0 to 0xffffffff" } },
	{ "number-huge", NULL, { ":7: ", "fid = 18446744073709551617:", "0x0 to 0xffffffff" } },
	{ "number-word", NULL, { ":4: ", "vfs = four:", "0 to 255" } },
	{ "number-trailer", NULL, { ":4: ", "vfs = 4x:", "0 to 255" } },
	{ "number-negative", NULL, { ":4: ", "vfs = -1:", "0 to 255" } },
	{ "number-octal", NULL, { ":7: ", "tid = 0111:", "decimal or hexadecimal with 0x" } },
	{ "number-0x", NULL, { ":7: ", "fid = 0x:", "0x0 to 0xffffffff, hexadecimal, with or" } },
	{ "model", NULL, { ":3: ", "model = floppy:", "null, probe" } },
	{ "model-missing", NULL, { ":2: ", "[adapter disk] lacks model", "null, probe" } },
	{ "profile", NULL, { ":7: ", "profile = Lpar:", "lpar, vfio, silent, plain, raw" } },
	{ "profile-of-pf", NULL, { ":6: ", "profile = lpar:", "is a PF", "profile = plain" } },
	{ "publish-of-pf", NULL, { ":6: ", "publish-vfn = yes:", "is a PF", "publish-vfn = no" } },
	{ "yes-no", NULL, { ":7: ", "ids = true:", "no, yes" } },
	{ "command-memory", NULL, { ":7: ", "command-memory = 0:", "absent, off, on" } },
	{ "utility-string",
	  NULL,
	  { ":7: ", "utility-string = net:0:", "1 to 64 letters, digits, blanks" } },
	{ "group-without-name", NULL, { ":2: ", "[group ]", "1 to 63" } },
	{ "group-name", NULL, { ":2: ", "[group a/b]", "1 to 63" } },
	{ "group-twice", NULL, { ":4: ", "[group a]", "duplicate group", ".conf:2 " } },
	{ "group-of-unknown", NULL, { ":8: ", "group = b:", "no such group", "[group NAME]" } },
	{ "group-below", NULL, { ":7: ", "group = a:", "defined only later", ".conf:8;" } },
	{ "group-id-default",
	  NULL,
	  { ":3: ", "id = 0x02:", "0x3 to 0xef, or any with hypervisor-functions = no" } },
	{ "group-id-qemu",
	  NULL,
	  { ":3: ", "id = 0xf0:", "0x3 to 0xef, or any with hypervisor-functions = no" } },
	{ "platform-uid", NULL, { ":3: ", "uid-checking = no:", "hypervisor-functions = no" } },
	{ "platform-twice", NULL, { ":5: ", "uid-checking = yes:", "duplicate key", ".conf:3 " } },
	{ "platform-name", NULL, { ":2: ", "[platform one]", "[function] or [platform]" } },
	{ "platform-key", NULL, { ":3: ", "checking = no", "in [platform] is uid-checking, hyp" } },
	{ "ebcdic-odd", NULL, { ":6: ", "utility-ebcdic = c1c:", "two hexadecimal digits" } },
	{ "ebcdic-twice", NULL, { ":7: ", "utility-ebcdic = c1:", "has utility-string", ":6;" } },
	{ "function-dma",
	  NULL,
	  { ":7: ", "dma-end = 0xfff:", "begin at 0x2000 and end at 0xfff" } },
	{ "function-msi", NULL, { ":6: ", "0xfe00000000000000 of the default group is among" } },
	{ "replica-key", NULL, { ":6: ", "bar0 = 0x1000:", "only for model replica", "probe" } },
	{ "replica-line", NULL, { ":6: ", "only for model replica", "model probe" } },
	{ "replica-vendor", NULL, { ":4: ", "lacks vendor = NUMBER" } },
	{ "replica-device", NULL, { ":4: ", "lacks device = NUMBER" } },
	{ "replica-differs", NULL, { ":6: ", "device = 0x1016:", "byte 0x002", "say 0x1017" } },
	{ "replica-half", NULL, { ":7: ", "device = 0x1016:", "byte 0x002", "say 0x1116" } },
	{ "replica-byte-twice", NULL, { ":7: ", "config-0x002 = 16:", "byte 0x002", "there" } },
	{ "replica-byte-wide", NULL, { ":6: ", "config-0xffe = 00 00 00", "up to 0xfff" } },
	{ "replica-byte-digits", NULL, { ":6: ", "config-0x040 = 0 1:", "two hexadecimal" } },
	{ "replica-bytes-many", NULL, { ":6: ", "config-0x040 = 00 00", "1 to 32 bytes" } },
	{ "replica-offset", NULL, { ":6: ", "config-0x1000 = 00", "unknown key" } },
	{ "replica-bar-size", NULL, { ":6: ", "bar0 = 0x3000:", "a power of two from 0x1000" } },
	{ "replica-bar-small", NULL, { ":6: ", "bar0 = 0x800:", "a power of two from 0x1000" } },
	{ "replica-bar-word", NULL, { ":6: ", "bar0 = 0x1000 io:", "64bit, prefetchable" } },
	{ "replica-bar-twice", NULL, { ":6: ", "bar0 = 0x1000 64bit 64bit:", "64bit" } },
	{ "group-id-twice",
	  NULL,
	  { ":5: ", "id = 0x5:", "duplicate group ID", "group 'a'", ".conf:3;" } },
	{ "group-dma-start",
	  NULL,
	  { ":3: ", "dma-start = 0x100000800:", "0x0 to 0xffffffffffffffff",
	    "first byte of a page" } },
	{ "group-dma-end", NULL, { ":3: ", "dma-end = 0x200000000:", "last byte of a page" } },
	{ "group-dma-huge",
	  NULL,
	  { ":3: ", "dma-end = 0x10000000000000fff:", "0xffffffffffffffff" } },
	{ "group-dma-order",
	  NULL,
	  { ":3: ", "dma-end = 0xffffffff:", "begin at 0x100000000 and end at 0xffffffff",
	    "lower dma-start" } },
	{ "group-msi-among-dma",
	  NULL,
	  { ":5: ", "0x200000000", "group 'a'", "0x100000000 to 0x3ffffffffff", "msi-address" } },
	{ "group-msi-ism", NULL, { ":6: ", "0x200000ffc", "0x1ffffffff and a page for pft 5" } },
	{ "group-msi-odd", NULL, { ":3: ", "msi-address = 0x2:", "multiple of 4" } },
	{ "group-vectors-0", NULL, { ":3: ", "vectors = 0:", "0x1 to 0x800" } },
	{ "group-vectors-2049", NULL, { ":3: ", "vectors = 2049:", "0x1 to 0x800" } },
	{ "group-store-block", NULL, { ":3: ", "store-block = 4104:", "0x8 to 0x1000" } },
	{ "group-store-block-odd", NULL, { ":3: ", "store-block = 100:", "multiple of 8" } },
	{ "group-designations", NULL, { ":3: ", "designations = st:", "rt, rs, rf" } },
	{ "group-fmb-interval", NULL, { ":3: ", "fmb-interval = 0:", "0x1 to 0xffff" } },
	{ "group-version", NULL, { ":3: ", "version = 256:", "0 to 255" } },
	{ "group-key-of-function",
	  NULL,
	  { ":3: ", "pft = 5:", "belongs in [function]", "dma-start, dma-end" } },
	{ "group-and-relaxed",
	  NULL,
	  { ":9: ", "relaxed-store-block = yes:", "group = a", ".conf:8;", "[group a]" } },
	{ "pft", NULL, { ":7: ", "pft = 256:", "0 to 255" } },
	{ "port", NULL, { ":7: ", "port = 16:", "0 to 15" } },
	{ "pfip", NULL, { ":7: ", "pfip = 01.02.03.04:", "0x0 to 0xffffffff" } },
	{ "tid", NULL, { ":7: ", "tid = 0x10000:", "0x0 to 0xffff" } },
	{ "fmb", NULL, { ":7: ", "fmb = 64:", "no, yes" } },
	{ "report-error", NULL, { ":7: ", "report-error = 1:", "no, yes" } },
	{ "rid", NULL, { ":4: ", "rid = 3:", "no, yes" } },
	{ "function-without-adapter", NULL, { ":4: ", "[function] lacks adapter = NAME" } },
	{ "function-of-unknown", NULL, { ":5: ", "adapter = disc:", "no such adapter" } },
	{ "function-before-adapter",
	  NULL,
	  { ":3: ", "adapter = disk:", "only later", ".conf:5;" } },
	{ "long-line", NULL, { ":4: ", "longer than the 198 characters" } },
	{ "nul", NULL, { ":4: ", "byte 0x00" } },
	{ "binary", NULL, { ":1: ", "byte 0x7f" } },
	{ "escape", NULL, { ":4: ", "byte 0x1b" } },
};

static void test_bad_file(void **state)
{
	const struct bad *bad = *state;
	struct zpci_config *config = zpci_config_new();
	char fixture[64], *path, *error;

	snprintf(fixture, sizeof(fixture), "bad-%s", bad->name);
	path = source_path("tests/config", fixture, ".conf");
	assert_int_equal(read_file(config, path, &error), -EINVAL);
	assert_words(error, (const char *[WORDS]){ path });
	assert_words(error, bad->words);
	free(error);
	zpci_config_free(config);
}

static void refuse_path(const char *path, int expected)
{
	struct zpci_config *config = zpci_config_new();
	char *error;

	assert_int_equal(zpci_config_load(config, path, &error), expected);
	assert_words(error, (const char *[WORDS]){ path, "cannot be read", strerror(-expected) });
	free(error);
	zpci_config_free(config);
}

static void test_missing_file(void **state)
{
	(void)state;
	refuse_path(source_path("tests/config", "there-is-none", ".conf"), -ENOENT);
}

static void test_directory(void **state)
{
	(void)state;
	refuse_path(source_path("tests", "config", ""), -EISDIR);
}

/* A new file in TMPDIR; the caller closes it. */
static FILE *open_temporary(char path[PATH_MAX])
{
	const char *folder = getenv("TMPDIR");
	int fd;

	snprintf(path, PATH_MAX, "%s/zpci-test-config.XXXXXX", folder ? folder : "/tmp");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	return fdopen(fd, "w");
}

static void test_unreadable_file(void **state)
{
	char path[PATH_MAX];

	(void)state;
	fclose(open_temporary(path));
	assert_int_equal(chmod(path, 0), 0);
	if (access(path, R_OK) == 0) {
		unlink(path);
		skip(); /* root reads everything */
	}
	refuse_path(path, -EACCES);
	unlink(path);
}

/* A configuration of @functions functions, each but the last with everything by default. */
static int load_many(unsigned functions, struct zpci_config *config, char **error)
{
	char path[PATH_MAX];
	FILE *file = open_temporary(path);
	int rc;

	for (unsigned i = 0; i < functions; i++) {
		if (i % 255 == 0)
			fprintf(file, "[adapter a%u]\nmodel = probe\n", i / 255);
		fprintf(file, "[function]\nadapter = a%u\nvf = %u\n", i / 255, i % 255 + 1);
	}
	fprintf(file, "fid = 0x1000\n");
	fclose(file);
	rc = read_file(config, path, error);
	unlink(path);
	return rc;
}

static void test_4096_functions(void **state)
{
	struct zpci_config *config = zpci_config_new();
	char *error;

	(void)state;
	assert_int_equal(load_many(4096, config, &error), 0);
	assert_int_equal(zpci_config_functions(config), 4096);
	assert_int_equal(config->functions[0].fid.value, 0x1001);
	assert_int_equal(config->functions[4094].fid.value, 0x1fff);
	assert_int_equal(config->functions[4095].fid.value, 0x1000);
	assert_int_equal(config->functions[4095].uid.value, 0x10ff);
	zpci_config_free(config);
}

static void test_4097_functions(void **state)
{
	struct zpci_config *config = zpci_config_new();
	char *error;

	(void)state;
	assert_int_equal(load_many(4097, config, &error), -EINVAL);
	assert_words(error, (const char *[WORDS]){ ":12323: ", "one too many", "4096" });
	free(error);
	zpci_config_free(config);
}

/* --- good files --------------------------------------------------------------------------- */

static struct zpci_config *load_good(const char *name)
{
	struct zpci_config *config = zpci_config_new();
	char *error;
	int rc = read_file(config, source_path("tests/config", name, ".conf"), &error);

	if (rc)
		fail_msg("%d: %s", rc, error);
	assert_null(error);
	return config;
}

static void test_full(void **state)
{
	struct zpci_config *config = load_good("good-full");
	const struct adapter *adapter = config->adapters;
	const struct function *function = config->functions;

	(void)state;
	assert_int_equal(config->adapter_count, 2);
	assert_string_equal(zpci_model_get(adapter[0].model.value)->name, "probe");
	assert_int_equal(adapter[0].pchid.value, 0x1c0);
	assert_int_equal(adapter[0].vfs.value, 4);
	assert_int_equal(adapter[0].rid.value, 1);
	assert_string_equal(zpci_model_get(adapter[1].model.value)->name, "null");
	assert_int_equal(zpci_config_functions(config), 2);
	assert_int_equal(function[0].owner, 0);
	assert_int_equal(function[0].vf.value, 3);
	assert_int_equal(function[0].fid.value, 0x1021);
	assert_int_equal(function[0].uid.value, 0x111);
	/* Each switch is the opposite of what `silent` says. */
	assert_false(function[0].effective.ids);
	assert_false(function[0].effective.bars);
	assert_true(function[0].effective.publish_vfn);
	assert_int_equal(function[0].effective.command_memory, ZPCI_COMMAND_MEMORY_ON);
	assert_true(function[0].standby.value);
	assert_int_equal(function[0].platform.given,
			 ZPCI_PLATFORM_GROUP | ZPCI_PLATFORM_UTILITY_STRING);
	assert_int_equal(function[0].platform.group.id, 0x02);
	assert_string_equal(function[0].platform.utility_string, "Card 1 (test)");
	assert_int_equal(function[1].owner, 1);
	assert_int_equal(function[1].vf.value, 0);
	zpci_config_free(config);
}

static void test_platform(void **state)
{
	struct zpci_config *config = load_good("good-platform");
	const struct zpci_platform *wide = &config->functions[0].platform;
	const struct zpci_platform *relaxed = &config->functions[1].platform;

	(void)state;
	assert_int_equal(wide->given, ZPCI_PLATFORM_ALL & ~ZPCI_PLATFORM_UTILITY_STRING);
	assert_int_equal(wide->pft, 0x0b);
	assert_int_equal(wide->port, 2);
	assert_memory_equal(wide->pfip, ((const uint8_t[]){ 1, 2, 3, 4 }), 4);
	assert_true(wide->has_tid);
	assert_int_equal(wide->tid, 0xabcd);
	assert_int_equal(wide->fmb_length, 0);
	assert_true(wide->report_error);
	assert_int_equal(wide->dma_start, 0x200000000);
	assert_int_equal(wide->dma_end, 0x1fffffffffffffff);
	assert_int_equal(wide->group.id, 0x03);
	assert_int_equal(wide->group.version, 2);
	assert_int_equal(wide->group.vectors, 16);
	assert_int_equal(wide->group.store_block, 64);
	assert_false(wide->group.relaxed_store_block);
	assert_int_equal(wide->group.fmb_interval, 1000);
	assert_int_equal(wide->group.designations, 0x7c);
	assert_int_equal(wide->group.msi_address, 0xff00000000000000);
	assert_true(wide->group.refresh);
	assert_int_equal(wide->group.dma_spaces, 0x8000000000000001);
	assert_int_equal(wide->pchid, 0);
	assert_int_equal(wide->fidparm, 0x5a);
	/* The first ID that is free, and a store block that fits. */
	assert_int_equal(relaxed->given,
			 ZPCI_PLATFORM_GROUP | ZPCI_PLATFORM_DMA | ZPCI_PLATFORM_UTILITY_STRING);
	assert_int_equal(relaxed->dma_start, 0x1000);
	assert_int_equal(relaxed->dma_end, 0x1fff);
	assert_true(relaxed->has_utility_ebcdic);
	assert_memory_equal(relaxed->utility_ebcdic, "\x00\xff\xc1\x40\x40", 5);
	assert_int_equal(relaxed->group.id, 0x04);
	assert_true(relaxed->group.relaxed_store_block);
	assert_int_equal(relaxed->group.store_block, 4096);
	assert_int_equal(relaxed->group.vectors, 2048);
	assert_int_equal(relaxed->group.designations, 0x40);
	/* Nothing is written, so nothing is given: a device can decide everything. */
	assert_int_equal(config->functions[2].platform.given, 0);
	zpci_config_free(config);
}

/* The facts of a configuration, in the firmware that it was applied to. */
static void test_platform_applied(void **state)
{
	struct zpci_config *config = load_good("good-platform");
	struct zpci_ram *ram = zpci_ram_create(1 << 20);
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_firmware *firmware;
	uint32_t delivered = 1;
	char *error;

	(void)state;
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), ram, NULL, &firmware), 0);
	assert_int_equal(zpci_config_apply(config, firmware, NULL, &error), 0);
	assert_int_equal(zpci_firmware_platform(firmware, 0x1021, &platform, &delivered), 0);
	assert_memory_equal(&platform, &config->functions[0].platform, sizeof(platform));
	assert_int_equal(delivered, 0);
	zpci_firmware_destroy(firmware);
	zpci_ram_destroy(ram);
	zpci_config_free(config);
}

/* A replica as a person writes it, until a guest's device has it. */
static void test_replica(void **state)
{
	struct zpci_config *config = load_good("good-replica");
	struct zpci_ram *ram = zpci_ram_create(1 << 20);
	struct zpci_firmware_options options = { .size = sizeof(options), .shared = true };
	struct zpci_function_info info = { .size = sizeof(info) };
	struct zpci_firmware *firmware;
	uint8_t space[ZPCI_CONFIG_SIZE];
	char *error;

	(void)state;
	zpci_config_options(config, &options);
	assert_true(options.no_uid_checking);
	assert_false(options.shared);
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), ram, &options, &firmware), 0);
	assert_int_equal(zpci_config_apply(config, firmware, NULL, &error), 0);
	assert_int_equal(zpci_firmware_info(firmware, 0x2001, &info), 0);
	assert_int_equal(info.uid, 0);
	assert_int_equal(info.vfn, 1);
	assert_int_equal(info.rid, 0x12);
	assert_int_equal(info.vendor_id, 0x15b3);
	assert_int_equal(info.device_id, 0x1016);
	assert_int_equal(info.group, 0xff);
	assert_int_equal(info.bars[0].size, 0x100000);
	assert_int_equal(info.bars[0].flags, ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE);
	assert_int_equal(info.bars[2].size, 0x1000);
	assert_int_equal(zpci_firmware_device_config(firmware, 0x2001, 0, space, sizeof(space)), 0);
	assert_memory_equal(space, "\xb3\x15\x16\x10\x00\x00\x10\x00\x80\x00\x00\x02", 12);
	assert_memory_equal(space + 0x2c, "\x14\x10\xb0\x00", 4);
	assert_memory_equal(space + 0x40, "\x09\x00\x08\xde\xad\xbe\xef\x00", 8);
	assert_int_equal(space[0xfff], 0x5a);
	assert_int_equal(zpci_firmware_info(firmware, 0x2002, &info), 0);
	assert_int_equal(info.rid, 0);
	zpci_firmware_destroy(firmware);
	zpci_ram_destroy(ram);
	zpci_config_free(config);
}

static void test_defaults(void **state)
{
	struct zpci_config *config = load_good("good-defaults");
	const struct adapter *adapter = config->adapters;
	const struct function *function = config->functions;

	(void)state;
	assert_int_equal(adapter[0].pchid.value, 0x101);
	assert_int_equal(adapter[1].pchid.value, 0x102);
	assert_int_equal(adapter[2].pchid.value, 0x100);
	assert_int_equal(adapter[0].vfs.value, 7);
	assert_int_equal(adapter[1].vfs.value, 1);
	assert_int_equal(adapter[2].vfs.value, 9);
	assert_int_equal(adapter[0].rid.value, 0);
	assert_int_equal(adapter[1].rid.value, 1);
	assert_int_equal(function[0].fid.value, 0x1000);
	assert_int_equal(function[1].fid.value, 0x1002);
	assert_int_equal(function[2].fid.value, 0x1003);
	assert_int_equal(function[3].fid.value, 0x1001);
	assert_int_equal(function[0].uid.value, 0x101);
	assert_int_equal(function[1].uid.value, 0x102);
	assert_int_equal(function[2].uid.value, 0x103);
	assert_int_equal(function[3].uid.value, 0x50100);
	for (unsigned i = 0; i < 4; i++) {
		assert_string_equal(zpci_profile_name(&function[i].effective),
				    i == 2 ? "plain" : "lpar");
		assert_false(function[i].standby.value);
	}
	zpci_config_free(config);
}

static void test_empty(void **state)
{
	struct zpci_config *config = load_good("good-empty");

	(void)state;
	assert_int_equal(zpci_config_functions(config), 0);
	zpci_config_free(config);
}

static void assert_one_vf(struct zpci_config *config)
{
	assert_int_equal(zpci_config_functions(config), 1);
	assert_string_equal(config->adapters[0].name, "disk");
	assert_int_equal(config->functions[0].vf.value, 2);
	zpci_config_free(config);
}

static void test_no_newline_at_end(void **state)
{
	(void)state;
	assert_one_vf(load_good("good-no-newline"));
}

static void test_windows_line_ends(void **state)
{
	(void)state;
	assert_one_vf(load_good("good-windows"));
}

static void test_ends_of_ranges(void **state)
{
	struct zpci_config *config = load_good("good-qemu-ranges");
	const struct function *function = config->functions;

	(void)state;
	assert_int_equal(config->adapters[0].pchid.value, 0xffff);
	assert_int_equal(function[0].vf.value, 255);
	assert_int_equal(function[0].fid.value, 0);
	assert_int_equal(function[0].uid.value, 1);
	assert_int_equal(function[1].fid.value, UINT32_MAX);
	assert_int_equal(function[1].uid.value, UINT32_MAX);
	zpci_config_free(config);
}

/* --- functions as text -------------------------------------------------------------------- */

/* Reads up to two texts, the second one may be NULL; the first error. */
static int read_texts(struct zpci_config *config, const char *first, const char *second,
		      char separator, char **error)
{
	int rc = zpci_config_function(config, first, separator, error);

	if (!rc && second)
		rc = zpci_config_function(config, second, separator, error);
	return rc ? rc : zpci_config_finish(config, error);
}

static const struct bad bad_texts[] = {
	{ "text-empty", "", { "function ''", "starts with ''", "null, probe" } },
	{ "text-model-empty", ",vf=1", { "starts with ''", "null, probe" } },
	{ "text-model-missing",
	  "vf=1",
	  { "function 'vf=1'", "starts with 'vf=1'", "null, probe" } },
	{ "text-model", "floppy,vf=1", { "model = floppy", "null, probe" } },
	{ "text-item-empty", "probe,", { "'' is not KEY=VALUE" } },
	{ "text-not-a-pair", "probe,vf", { "'vf' is not KEY=VALUE" } },
	{ "text-value-empty", "probe,vf=", { "vf = :", "1 to 255" } },
	{ "text-key-empty",
	  "probe,=1",
	  { " = 1: unknown key", "fid, uid", "config-0x000, pchid, vfs, rid" } },
	{ "text-model-as-key",
	  "probe,model=null",
	  { "model = null: unknown key", "config-0x000, pchid, vfs, rid" } },
	{ "text-separator", "probe,vf=1:fid=2", { "vf = 1:fid=2:", "1 to 255" } },
	{ "text-duplicate-key", "probe,vf=1,vf=1", { "vf = 1: duplicate key", "keep one" } },
	{ "text-vf-beyond-vfs",
	  "probe,vf=2,vfs=1",
	  { "vf = 2:", "1 to 1", "common adapter of model probe" } },
	{ "text-vf-none-free",
	  "probe,vf=free,vfs=0",
	  { "vf = free:", "each of the 0 VFs of the common adapter of model probe", "raise vfs" } },
	{ "text-vf-word", "probe,vf=frei", { "vf = frei:", "1 to 255, or free;" } },
	{ "text-adapter-name", "probe,vf=2,adapter=a b", { "adapter = a b:", "1 to 63" } },
	{ "text-escape", "probe,vf=1,fid=\033[31m", { "fid = ?[31m:" } },
};

static void test_bad_text(void **state)
{
	const struct bad *bad = *state;
	struct zpci_config *config = zpci_config_new();
	char *error;

	assert_int_equal(read_texts(config, bad->text, NULL, ',', &error), -EINVAL);
	assert_words(error, bad->words);
	free(error);
	zpci_config_free(config);
}

static void test_text(void **state)
{
	struct zpci_config *config = zpci_config_new();
	const struct function *function;
	char *error;

	(void)state;
	assert_int_equal(read_texts(config, "probe:vf=3:fid=0x1021:uid=0x111:profile=vfio",
				    "probe:vf=7:rid=yes", ':', &error),
			 0);
	function = config->functions;
	assert_int_equal(zpci_config_functions(config), 2);
	assert_int_equal(function[0].vf.value, 3);
	assert_int_equal(function[0].fid.value, 0x1021);
	assert_int_equal(function[0].uid.value, 0x111);
	assert_string_equal(zpci_profile_name(&function[0].effective), "vfio");
	/* One adapter for both, with as many VFs as the highest one needs. */
	assert_int_equal(config->adapter_count, 1);
	assert_int_equal(config->adapters[0].vfs.value, 7);
	assert_int_equal(config->adapters[0].rid.value, 1);
	zpci_config_free(config);
}

/* IDs are hexadecimal, with or without 0x, as Linux prints them; counts are not. */
static void test_ids_are_hexadecimal(void **state)
{
	struct zpci_config *config = zpci_config_new();
	const struct function *function;
	char *error;

	(void)state;
	assert_int_equal(read_texts(config, "probe,vf=10,fid=1021,uid=111,pchid=1c0",
				    "probe,vf=0x10,fid=00001022,uid=0112,pchid=0X01C0", ',',
				    &error),
			 0);
	function = config->functions;
	assert_int_equal(function[0].vf.value, 10);
	assert_int_equal(function[0].fid.value, 0x1021);
	assert_int_equal(function[0].uid.value, 0x111);
	assert_int_equal(function[1].vf.value, 0x10);
	assert_int_equal(function[1].fid.value, 0x1022);
	assert_int_equal(function[1].uid.value, 0x112);
	assert_int_equal(config->adapter_count, 1);
	assert_int_equal(config->adapters[0].pchid.value, 0x1c0);
	zpci_config_free(config);
}

static void test_free_vfs(void **state)
{
	struct zpci_config *config = zpci_config_new();
	char *error;

	(void)state;
	assert_int_equal(zpci_config_function(config, "probe,vf=free", ',', &error), 0);
	assert_int_equal(zpci_config_function(config, "null,vf=free", ',', &error), 0);
	assert_int_equal(zpci_config_function(config, "probe,vf=free", ',', &error), 0);
	/* What a person wrote is taken, also by a later function. */
	assert_int_equal(zpci_config_function(config, "probe,vf=1", ',', &error), 0);
	assert_int_equal(zpci_config_finish(config, &error), 0);
	assert_int_equal(config->functions[0].vf.value, 2);
	assert_int_equal(config->functions[1].vf.value, 1);
	assert_int_equal(config->functions[2].vf.value, 3);
	assert_int_equal(config->adapters[0].vfs.value, 3);
	zpci_config_free(config);
}

static void test_text_adapters(void **state)
{
	struct zpci_config *config = zpci_config_new();
	char *error;

	(void)state;
	assert_int_equal(zpci_config_function(config, "probe,vf=1,adapter=a", ',', &error), 0);
	assert_int_equal(zpci_config_function(config, "probe,vf=1,pchid=0x2", ',', &error), 0);
	assert_int_equal(zpci_config_function(config, "probe,vf=1", ',', &error), 0);
	assert_int_equal(zpci_config_function(config, "null", ',', &error), 0);
	assert_int_equal(zpci_config_function(config, "probe,vf=2,pchid=2", ',', &error), 0);
	assert_int_equal(zpci_config_function(config, "probe,adapter=a,pchid=0x3", ',', &error), 0);
	assert_int_equal(zpci_config_finish(config, &error), 0);
	assert_int_equal(config->adapter_count, 4);
	assert_int_equal(config->functions[3].owner, 3);
	assert_int_equal(config->functions[4].owner, 1);
	assert_int_equal(config->functions[5].owner, 0);
	assert_int_equal(config->adapters[0].pchid.value, 3);
	zpci_config_free(config);
}

static void test_text_after_file(void **state)
{
	struct zpci_config *config = zpci_config_new();
	char *error;

	(void)state;
	assert_int_equal(
		zpci_config_load(config, source_path("tests/config", "good-full", ".conf"), &error),
		0);
	assert_int_equal(read_texts(config, "probe,vf=4,adapter=disk", "probe,vf=1,pchid=0x1c0",
				    ',', &error),
			 0);
	assert_int_equal(config->adapter_count, 2);
	assert_int_equal(config->functions[3].owner, 0);
	zpci_config_free(config);
}

static void test_text_contradicts(void **state)
{
	static const char *const seconds[][2] = {
		{ "null,adapter=a", "model = null" },
		{ "probe,adapter=a,vfs=8", "vfs = 8" },
		{ "probe,adapter=a,rid=no", "rid = no" },
		{ "probe,adapter=a,pchid=0x1c1", "pchid = 0x1c1" },
	};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct zpci_config *config = zpci_config_new();
		char *error;

		assert_int_equal(read_texts(config,
					    "probe,adapter=a,vf=1,vfs=4,rid=yes,pchid=0x1c0",
					    seconds[i][0], ',', &error),
				 -EINVAL);
		assert_words(error, (const char *[WORDS]){ seconds[i][0], seconds[i][1],
							   "adapter 'a'", "must be the same",
							   "by function 'probe,adapter=a" });
		free(error);
		zpci_config_free(config);
	}
}

static void test_group_text(void **state)
{
	static const struct bad texts[] = {
		{ "", "", { "group ''", "[group ]", "1 to 63" } },
		{ "", "a,", { "group 'a,'", "'' is not KEY=VALUE" } },
		{ "", "a,pft=5", { "pft = 5: unknown key", "id, dma-start" } },
		{ "", "a,id=0x10,id=0x11", { "id = 0x11: duplicate key" } },
		{ "", "a,vectors=0", { "vectors = 0: not allowed", "0x1 to 0x800" } },
	};
	struct zpci_config *config = zpci_config_new();
	char *error;

	(void)state;
	assert_int_equal(zpci_config_group(config, "a:id=0x10:vectors=7", ':', &error), 0);
	assert_int_equal(read_texts(config, "probe:vf=1:group=a", NULL, ':', &error), 0);
	assert_int_equal(config->functions[0].platform.group.id, 0x10);
	assert_int_equal(config->functions[0].platform.group.vectors, 7);
	zpci_config_free(config);
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		config = zpci_config_new();
		assert_int_equal(zpci_config_group(config, texts[i].text, ',', &error), -EINVAL);
		assert_words(error, texts[i].words);
		free(error);
		zpci_config_free(config);
	}
}

static void test_long_text(void **state)
{
	struct zpci_config *config = zpci_config_new();
	char text[5000], *error;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "probe,", 6);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(read_texts(config, text, NULL, ',', &error), -EINVAL);
	assert_words(error, (const char *[WORDS]){ "xxx...'", "is not KEY=VALUE" });
	assert_in_range(strlen(error), 1, 300);
	free(error);
	zpci_config_free(config);
}

/* --- into a firmware ---------------------------------------------------------------------- */

static void test_apply(void **state)
{
	struct zpci_config *config = load_good("good-full");
	struct zpci_ram *ram = zpci_ram_create(1 << 20);
	struct zpci_function_info info = { .size = sizeof(info) };
	struct zpci_firmware *firmware;
	char *error;

	(void)state;
	assert_int_equal(zpci_firmware_create(zpci_ram_ops(), ram, NULL, &firmware), 0);
	assert_int_equal(zpci_config_apply(config, firmware, NULL, &error), 0);
	assert_null(error);
	assert_int_equal(zpci_firmware_info(firmware, 0x1021, &info), 0);
	assert_int_equal(info.uid, 0x111);
	assert_int_equal(info.pchid, 0x1c0);
	assert_int_equal(info.vf, 3);
	assert_int_equal(info.vfn, 3);
	assert_true(info.rid_published);
	assert_int_equal(info.state, ZPCI_STATE_STANDBY);
	assert_string_equal(info.model, "probe");
	assert_true(info.command_memory);
	assert_int_equal(zpci_firmware_info(firmware, 0x1000, &info), 0);
	assert_string_equal(info.model, "null");
	assert_int_equal(info.vf, 0);
	/* Now the firmware has them already. */
	assert_int_equal(zpci_config_apply(config, firmware, NULL, &error), -EEXIST);
	assert_words(error, (const char *[WORDS]){ ".conf:12: ", "FID 0x1021", "UID 0x111",
						   "VF 3 of adapter 'disk'", "choose another" });
	free(error);
	zpci_config_free(config);
	zpci_firmware_destroy(firmware);
	zpci_ram_destroy(ram);
}

static void test_apply_unfinished(void **state)
{
	struct zpci_config *config = zpci_config_new();
	char *error;

	(void)state;
	assert_int_equal(zpci_config_apply(config, NULL, NULL, &error), -EINVAL);
	assert_words(error, (const char *[WORDS]){ "not finished" });
	free(error);
	zpci_config_free(config);
}

/* --- the manual page ---------------------------------------------------------------------- */

/* Each key has its `.BI "KEY = " VALUE` there, and each of these is a key. */
static void test_manual_page(void **state)
{
	FILE *file = fopen(source_path("man", "zpci.conf", ".5"), "r");
	unsigned documented = 0, keys = 0;
	char line[512], name[64];

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		char *to = line;

		for (const char *from = line; *from; from++)
			if (*from != '\\')
				*to++ = *from;
		*to = '\0';
		if (sscanf(line, ".BI \"%63[^ ] = \"", name) != 1)
			continue;
		documented++;
		if (!config_key_find(SECTION_ADAPTER, name) &&
		    !config_key_find(SECTION_FUNCTION, name) &&
		    !config_key_find(SECTION_GROUP, name) &&
		    !config_key_find(SECTION_PLATFORM, name) && !config_is_space(name))
			fail_msg("zpci.conf.5 documents '%s', which is no key", name);
	}
	fclose(file);
	while (config_key(keys))
		keys++;
	assert_int_equal(documented, keys + 1); /* and config-0xNNN */
}

/* ------------------------------------------------------------------------------------------ */

static const struct CMUnitTest good[] = {
	cmocka_unit_test(test_missing_file),
	cmocka_unit_test(test_directory),
	cmocka_unit_test(test_unreadable_file),
	cmocka_unit_test(test_4096_functions),
	cmocka_unit_test(test_4097_functions),
	cmocka_unit_test(test_full),
	cmocka_unit_test(test_platform),
	cmocka_unit_test(test_platform_applied),
	cmocka_unit_test(test_replica),
	cmocka_unit_test(test_group_text),
	cmocka_unit_test(test_defaults),
	cmocka_unit_test(test_empty),
	cmocka_unit_test(test_no_newline_at_end),
	cmocka_unit_test(test_windows_line_ends),
	cmocka_unit_test(test_ends_of_ranges),
	cmocka_unit_test(test_text),
	cmocka_unit_test(test_ids_are_hexadecimal),
	cmocka_unit_test(test_free_vfs),
	cmocka_unit_test(test_text_adapters),
	cmocka_unit_test(test_text_after_file),
	cmocka_unit_test(test_text_contradicts),
	cmocka_unit_test(test_long_text),
	cmocka_unit_test(test_apply),
	cmocka_unit_test(test_apply_unfinished),
	cmocka_unit_test(test_manual_page),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct CMUnitTest tests[COUNT(good) + COUNT(bad_files) + COUNT(bad_texts)];

/* One test for each violation, called by its name. */
static size_t add_bad(size_t count, const struct bad *bad, size_t cases, CMUnitTestFunction test)
{
	for (size_t i = 0; i < cases; i++)
		tests[count++] = (struct CMUnitTest){
			.name = bad[i].name,
			.test_func = test,
			.initial_state = (void *)&bad[i],
		};
	return count;
}

int main(void)
{
	size_t count = COUNT(good);

	memcpy(tests, good, sizeof(good));
	count = add_bad(count, bad_files, COUNT(bad_files), test_bad_file);
	add_bad(count, bad_texts, COUNT(bad_texts), test_bad_text);
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
