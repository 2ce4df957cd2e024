/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the command line of zpci-inspect. */
#ifndef INSPECT_OPTIONS_H
#define INSPECT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zpci/inventory/sysfs.h"
#include "zpci/inspect/vfio/iommufd.h"

/* The build defines it; a build by hand may not. */
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

#define MAX_TARGETS 64
#define MAX_LEVELS 8

/* A function that was named by --vfio or --fid. */
struct target {
	bool by_fid;
	uint32_t fid;
	char address[PCI_ADDRESS_SIZE]; /* valid unless by_fid */
};

struct options {
	bool json;
	bool capture;
	bool anonymous;
	const char *btf; /* NULL: the kernel's own */
	struct target targets[MAX_TARGETS];
	size_t target_count;
	uint32_t interrupts;
	uint64_t dma_bytes;
	bool dma_errors;
	uint64_t seed;
	bool seed_given;
	uint64_t iovas[IOMMUFD_MAX_TRIALS]; /* to map by iommufd */
	size_t iova_count;
	uint32_t compare; /* rounds; 0: none */
	bool hold;
	const char *hold_command;
	const char *levels[MAX_LEVELS]; /* files with reports to join */
	size_t level_count;
};

/* What to do after options_parse(). */
enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE, /* it has printed what --help or --version asks for */
	OPTIONS_BAD,  /* it has printed to standard error what is wrong */
};

enum options_result options_parse(int argc, char **argv, struct options *options);

#endif
