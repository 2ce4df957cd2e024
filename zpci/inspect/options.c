// SPDX-License-Identifier: GPL-2.0-or-later
/* options.c - see options.h; the parser and --help use one table. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define MAX_INTERRUPTS 100000000u
#define MAX_ROUNDS 100000u
#define MAX_DMA_BYTES (1ull << 30)

enum {
	OPT_ANONYMOUS = 256,
	OPT_BTF,
	OPT_CAPTURE,
	OPT_COMPARE,
	OPT_DMA_BYTES,
	OPT_DMA_ERRORS,
	OPT_FID,
	OPT_HELP,
	OPT_HOLD,
	OPT_HOLD_COMMAND,
	OPT_INTERRUPTS,
	OPT_IOMMUFD,
	OPT_JSON,
	OPT_LEVEL,
	OPT_SEED,
	OPT_VERSION,
	OPT_VFIO,
};

static const struct {
	const char *name;
	const char *argument; /* NULL: none */
	int value;
	const char *help;
} table[] = {
	{ "json", NULL, OPT_JSON, "write JSON instead of text" },
	{ "vfio", "ADDRESS", OPT_VFIO,
	  "bind this function to vfio-pci and observe it; repeatable" },
	{ "fid", "HEX", OPT_FID, "the same, named by its function ID" },
	{ "interrupts", "N", OPT_INTERRUPTS, "probe: interrupts of each kind, 0 for none (1000)" },
	{ "dma-bytes", "SIZE", OPT_DMA_BYTES,
	  "probe: bytes to copy, with K, M or G, 0 for none (4M)" },
	{ "dma-errors", NULL, OPT_DMA_ERRORS,
	  "probe: DMA that must be refused, and recovery from it" },
	{ "seed", "N", OPT_SEED, "probe: seed of the random numbers" },
	{ "iommufd", "IOVA", OPT_IOMMUFD,
	  "map this DMA address by iommufd, unmap and close; repeatable" },
	{ "compare", "ROUNDS", OPT_COMPARE, "measure what loads from two functions cost" },
	{ "hold", NULL, OPT_HOLD, "keep all functions open until end of input or SIGTERM" },
	{ "hold-command", "COMMAND", OPT_HOLD_COMMAND,
	  "keep all functions open while a shell runs COMMAND" },
	{ "capture", NULL, OPT_CAPTURE, "write the functions as a configuration of replicas" },
	{ "anonymous", NULL, OPT_ANONYMOUS, "capture: without what names the machine" },
	{ "btf", "FILE", OPT_BTF, "take the kernel's BTF from FILE" },
	{ "level", "FILE", OPT_LEVEL, "only join JSON reports in files; repeatable" },
	{ "help", NULL, OPT_HELP, "print this help" },
	{ "version", NULL, OPT_VERSION, "print the version" },
};

#define TABLE_SIZE (sizeof(table) / sizeof(table[0]))

static void print_help(void)
{
	printf("Usage: zpci-inspect [OPTION]...\n"
	       "Says what this Linux knows of its zPCI functions, and with --vfio what a\n"
	       "program can do with them.\n\n");
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		char left[40];

		snprintf(left, sizeof(left), "--%s%s%s", table[i].name,
			 table[i].argument ? " " : "", table[i].argument ? table[i].argument : "");
		printf("  %-23s %s\n", left, table[i].help);
	}
	printf("\nExit status: 0 all was read and is well; 1 interrupts, DMA, code or errors of a\n"
	       "probe failed; 2 wrong options; 3 something could not be read, observed or put back;\n"
	       "4 ended by a signal.\n");
}

static int complain(const char *option, const char *value, const char *allowed)
{
	fprintf(stderr, "zpci-inspect: --%s \"%s\": %s\n", option, value, allowed);
	return -1;
}

/* A whole number of at most @max. @suffix: K, M or G may follow. */
static int parse_number(const char *text, int base, bool suffix, uint64_t max, uint64_t *value)
{
	uint64_t unit = 1;
	char *end;

	if (!isxdigit((unsigned char)*text))
		return -1;
	errno = 0;
	*value = strtoull(text, &end, base);
	if (suffix && *end) {
		const char *units = "KMG", *u = strchr(units, toupper((unsigned char)*end));

		if (!u)
			return -1;
		unit <<= 10 * (u - units + 1);
		end++;
	}
	if (errno || end == text || *end || *value > max / unit)
		return -1;
	*value *= unit;
	return 0;
}

static int add_target(struct options *o, const char *text, bool by_fid)
{
	struct target *t = &o->targets[o->target_count];
	struct pci_address pci;
	uint64_t fid = 0;

	if (o->target_count == MAX_TARGETS)
		return complain(by_fid ? "fid" : "vfio", text, "at most 64 functions");
	if (by_fid && parse_number(text, 16, false, UINT32_MAX, &fid))
		return complain("fid", text, "a function ID is hexadecimal, such as 0x1021");
	if (!by_fid && !pci_address_parse(text, &pci))
		return complain("vfio", text, "an address is DDDD:BB:DD.F, such as 0111:00:00.0");
	t->by_fid = by_fid;
	t->fid = (uint32_t)fid;
	if (!by_fid)
		pci_address_print(&pci, t->address);
	o->target_count++;
	return 0;
}

static int add_iova(struct options *o, const char *text)
{
	uint64_t iova;

	if (o->iova_count == IOMMUFD_MAX_TRIALS)
		return complain("iommufd", text, "at most 8 addresses");
	if (parse_number(text, 0, false, UINT64_MAX, &iova) || iova % 4096)
		return complain("iommufd", text, "the address of a page, such as 0x100000000");
	o->iovas[o->iova_count++] = iova;
	return 0;
}

static int add_level(struct options *o, const char *path)
{
	if (o->level_count == MAX_LEVELS)
		return complain("level", path, "at most 8 files");
	o->levels[o->level_count++] = path;
	return 0;
}

static int take_number(int option, const char *text, struct options *o)
{
	uint64_t value;

	switch (option) {
	case OPT_INTERRUPTS:
		if (parse_number(text, 10, false, MAX_INTERRUPTS, &value))
			return complain("interrupts", text, "a number up to 100000000");
		o->interrupts = (uint32_t)value;
		return 0;
	case OPT_COMPARE:
		if (parse_number(text, 10, false, MAX_ROUNDS, &value) || !value)
			return complain("compare", text, "a number from 1 to 100000");
		o->compare = (uint32_t)value;
		return 0;
	case OPT_DMA_BYTES:
		if (parse_number(text, 10, true, MAX_DMA_BYTES, &o->dma_bytes))
			return complain("dma-bytes", text, "a size up to 1G, such as 64M");
		return 0;
	default:
		if (parse_number(text, 0, false, UINT64_MAX, &o->seed))
			return complain("seed", text, "a number of 64 bits");
		o->seed_given = true;
		return 0;
	}
}

static int take_option(int option, const char *text, struct options *o)
{
	switch (option) {
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_CAPTURE:
		o->capture = true;
		return 0;
	case OPT_ANONYMOUS:
		o->anonymous = true;
		return 0;
	case OPT_BTF:
		o->btf = text;
		return 0;
	case OPT_DMA_ERRORS:
		o->dma_errors = true;
		return 0;
	case OPT_HOLD:
		o->hold = true;
		return 0;
	case OPT_HOLD_COMMAND:
		o->hold_command = text;
		return 0;
	case OPT_VFIO:
	case OPT_FID:
		return add_target(o, text, option == OPT_FID);
	case OPT_IOMMUFD:
		return add_iova(o, text);
	case OPT_LEVEL:
		return add_level(o, text);
	case OPT_COMPARE:
	case OPT_INTERRUPTS:
	case OPT_DMA_BYTES:
	case OPT_SEED:
		return take_number(option, text, o);
	default:
		fprintf(stderr, "zpci-inspect: see zpci-inspect --help\n");
		return -1;
	}
}

static int check(int argc, char **argv, const struct options *o)
{
	if (optind < argc) {
		fprintf(stderr,
			"zpci-inspect: unexpected argument \"%s\"; a function to look at "
			"goes behind --vfio or --fid\n",
			argv[optind]);
		return -1;
	}
	if ((o->hold || o->hold_command) && !o->target_count) {
		fprintf(stderr, "zpci-inspect: --hold and --hold-command need --vfio or --fid\n");
		return -1;
	}
	if (o->iova_count && !o->target_count) {
		fprintf(stderr, "zpci-inspect: --iommufd needs --vfio or --fid\n");
		return -1;
	}
	if (o->capture && (o->target_count || o->json)) {
		fprintf(stderr, "zpci-inspect: --capture goes without --vfio, --fid and --json\n");
		return -1;
	}
	if (o->anonymous && !o->capture) {
		fprintf(stderr, "zpci-inspect: --anonymous needs --capture\n");
		return -1;
	}
	if (o->compare && (o->target_count != 2 || o->json)) {
		fprintf(stderr, "zpci-inspect: --compare needs two functions by --vfio or --fid, "
				"and no --json\n");
		return -1;
	}
	return 0;
}

enum options_result options_parse(int argc, char **argv, struct options *options)
{
	struct option longs[TABLE_SIZE + 1] = { 0 };
	int option;

	*options = (struct options){ .interrupts = 1000, .dma_bytes = 4u << 20 };
	for (size_t i = 0; i < TABLE_SIZE; i++)
		longs[i] = (struct option){ table[i].name,
					    table[i].argument ? required_argument : no_argument,
					    NULL, table[i].value };
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (option == OPT_HELP) {
			print_help();
			return OPTIONS_DONE;
		}
		if (option == OPT_VERSION) {
			printf("zpci-inspect %s\n", PACKAGE_VERSION);
			return OPTIONS_DONE;
		}
		if (take_option(option, optarg, options))
			return OPTIONS_BAD;
	}
	return check(argc, argv, options) ? OPTIONS_BAD : OPTIONS_RUN;
}
