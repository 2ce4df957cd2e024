/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_OPTIONS_H
#define ZPCI_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "zpci/tool/boot/setup.h"

/* Which subcommands know an option. */
#define TOOL_RUN 1u
#define TOOL_INSPECT 2u
#define TOOL_DESCRIBE 4u
#define TOOL_MATRIX 8u
#define TOOL_DOMAIN 16u
#define TOOL_HOST_LIST 32u
#define TOOL_HOST_SHOW 64u
#define TOOL_HOST_CHECK 128u
#define TOOL_HOST_XML 256u
#define TOOL_HOST_ATTACH 512u
#define TOOL_HOST_DETACH 1024u
#define TOOL_HOST_GUESTS 2048u
#define TOOL_HOST_EXPLAIN 4096u
#define TOOL_HOST_WATCH 8192u
#define TOOL_HOST_RESERVE 16384u
#define TOOL_HOST_UNRESERVE 32768u
#define TOOL_HOST_HOOK 65536u
#define TOOL_HOST_CAPTURE 131072u
#define TOOL_KERNEL (1u << 18)
#define TOOL_CTL (1u << 19)
#define TOOL_LAB (1u << 20)

/* What commands of `zpci host' have beside --json and --timeout. NULL: not given. */
struct host_options {
	const char *sysfs;
	const char *connect; /* libvirt's URI */
	const char *guest;
	const char *guest_uid; /* "auto", "same", or what zpci_id_read() reads, in range */
	const char *guest_fid;
	const char *hooks; /* libvirt's folder */
	bool no_libvirt;
	bool dry_run;
	bool live;
	bool config;
	bool anonymous;
	const char *rules; /* the folder of udev's rules */
	bool no_apply;	   /* the rule alone */
};

/*
 * The options of one command line. Strings belong to argv; NULL: not given. The lists are
 * allocated, and tool_options_free() frees them.
 */
struct tool_options {
	struct boot_setup setup; /* all but @qemu_options */
	struct host_options host;
	const char **arguments; /* what is no option, in order */
	size_t argument_count;
	const char *name; /* of a domain, or of a guest for `zpci ctl` */
	const char *exec;
	unsigned int timeout; /* seconds; 0 is none */
	bool json;
	bool second_level;
	bool merge;
	bool lspci;
	bool help;
	bool tap;
	bool expected;
	const char *smp_list;  /* numbers and commas */
	const char *json_file; /* "-": standard output */
	const char *html_file;
	const char *junit_file;
	const char **functions; /* the list that setup.functions shows */
	const char **shares;	/* the list that setup.shares shows */
	const char **copies;	/* the list that setup.copies shows */
	const char **kernels;	/* where --kernel is repeatable */
	size_t kernel_count;
	const char **guests;
	size_t guest_count;
	char **rest; /* what came after `--` */
	int rest_count;
};

/* Returns 0, or -1 after a message; the options must be freed in both cases. argv[0] is the
 * subcommand's name, of which at most @max_arguments can follow that are no options. */
int tool_options_parse(struct tool_options *options, unsigned int subcommand, size_t max_arguments,
		       int argc, char **argv);
void tool_options_free(struct tool_options *options);
void tool_options_print(FILE *to, unsigned int subcommand);

#endif
