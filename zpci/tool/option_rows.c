// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "option_rows.h"
#include "zpci/tool/ctl/place.h"
#include "zpci/util/id.h"

/* The number of CPUs that QEMU's s390-ccw-virtio machine takes. */
#define SMP_MAX 248
#define TIMEOUT_MAX 86400
/* UIDs have 16 bits and are not 0; FIDs have 32 bits. */
#define UID_MAX 0xffff
#define FID_MAX 0xffffffff

static int parse_number(const char *text, unsigned int min, unsigned int max, unsigned int *value)
{
	unsigned long number;
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end || number < min || number > max)
		return -1;
	*value = number;
	return 0;
}

/* Strict, because a comma in the value would begin another option of QEMU's. */
static int set_memory(struct tool_options *options, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (!digits || digits > 9)
		return -1;
	if (value[digits] && (!strchr("KMGT", value[digits]) || value[digits + 1]))
		return -1;
	options->setup.memory = value;
	return 0;
}

static int set_smp(struct tool_options *options, const char *value)
{
	return parse_number(value, 1, SMP_MAX, &options->setup.smp);
}

static int set_timeout(struct tool_options *options, const char *value)
{
	return parse_number(value, 0, TIMEOUT_MAX, &options->timeout);
}

/* For a guest that must act; at once is no time. */
static int set_wait(struct tool_options *options, const char *value)
{
	return parse_number(value, 1, TIMEOUT_MAX, &options->timeout);
}

static int append(const char ***list, size_t *count, const char *value)
{
	const char **longer = realloc(*list, (*count + 1) * sizeof(**list));

	if (!longer)
		return -1;
	longer[(*count)++] = value;
	*list = longer;
	return 0;
}

static int set_function(struct tool_options *options, const char *value)
{
	struct tool_functions *all = &options->setup.functions;

	if (append(&options->functions, &all->count, value))
		return -1;
	all->specs = options->functions;
	return 0;
}

static int set_share(struct tool_options *options, const char *value)
{
	if (!*value || append(&options->shares, &options->setup.share_count, value))
		return -1;
	options->setup.shares = options->shares;
	return 0;
}

static int set_copy(struct tool_options *options, const char *value)
{
	if (!*value || append(&options->copies, &options->setup.copy_count, value))
		return -1;
	options->setup.copies = options->copies;
	return 0;
}

static int add_kernel(struct tool_options *options, const char *value)
{
	return *value ? append(&options->kernels, &options->kernel_count, value) : -1;
}

/* A limit, so that a typing error does not start boots for a day. */
#define SMP_LIST_MAX 16

static int set_smp_list(struct tool_options *options, const char *value)
{
	unsigned int number, count;
	const char *at = value;
	char item[8];
	size_t length;

	options->smp_list = value;
	for (count = 0; count < SMP_LIST_MAX; count++) {
		length = strcspn(at, ",");
		if (length >= sizeof(item))
			return -1;
		memcpy(item, at, length);
		item[length] = '\0';
		if (parse_number(item, 1, SMP_MAX, &number))
			return -1;
		at += length;
		if (!*at++)
			return 0;
	}
	return -1;
}

#define SET_STRING(name, field)                                                                    \
	static int set_##name(struct tool_options *options, const char *value)                     \
	{                                                                                          \
		options->field = value;                                                            \
		return *value ? 0 : -1;                                                            \
	}

#define SET_FLAG(name, field)                                                                      \
	static int set_##name(struct tool_options *options, const char *value)                     \
	{                                                                                          \
		(void)value;                                                                       \
		options->field = true;                                                             \
		return 0;                                                                          \
	}

/* The name becomes a part of a path. */
static int check_guest(const char *value)
{
	return *value && *value != '.' && !strchr(value, '/') ? 0 : -1;
}

static int set_guest(struct tool_options *options, const char *value)
{
	options->setup.guest = value;
	return check_guest(value);
}

static int add_guest(struct tool_options *options, const char *value)
{
	return check_guest(value) ? -1 : append(&options->guests, &options->guest_count, value);
}

static int set_name(struct tool_options *options, const char *value)
{
	options->name = value;
	return *value && !strchr(value, '/') ? 0 : -1;
}

/* It becomes a part of a socket's name. */
static int set_channel_name(struct tool_options *options, const char *value)
{
	options->name = value;
	return ctl_name_valid(value) ? 0 : -1;
}

static int set_running(struct tool_options *options, const char *value)
{
	options->name = value;
	return *value ? 0 : -1;
}

/* The ID of a function in a guest: a number, or "auto", or @word. */
static int check_id(const char *value, uint32_t min, uint32_t max, const char *word)
{
	uint32_t id;

	if (!strcmp(value, "auto") || !strcmp(value, word))
		return 0;
	return zpci_id_read(value, max, &id) && id >= min ? 0 : -1;
}

static int set_guest_uid(struct tool_options *options, const char *value)
{
	options->host.guest_uid = value;
	return check_id(value, 1, UID_MAX, "same");
}

static int set_guest_fid(struct tool_options *options, const char *value)
{
	options->host.guest_fid = value;
	return check_id(value, 0, FID_MAX, "same");
}

SET_STRING(sysfs, host.sysfs)
SET_STRING(connect, host.connect)
SET_STRING(host_guest, host.guest)
SET_STRING(hooks, host.hooks)
SET_FLAG(no_libvirt, host.no_libvirt)
SET_FLAG(dry_run, host.dry_run)
SET_FLAG(run_dry, setup.dry_run)
SET_FLAG(quiet, setup.quiet)
SET_FLAG(network, setup.network)
SET_FLAG(gdb, setup.gdb)
SET_FLAG(live, host.live)
SET_FLAG(in_config, host.config)
SET_FLAG(anonymous, host.anonymous)
SET_STRING(kernel, setup.kernel)
SET_STRING(initrd, setup.initrd)
SET_STRING(config, setup.functions.config)
SET_STRING(qemu, setup.qemu)
SET_STRING(plugin, setup.plugin)
SET_STRING(interposer, setup.interposer)
SET_STRING(control, setup.control)
SET_STRING(exec, exec)
SET_STRING(json_file, json_file)
SET_STRING(html_file, html_file)
SET_STRING(junit_file, junit_file)
SET_FLAG(tap, tap)
SET_FLAG(expected, expected)
SET_FLAG(verbose, setup.verbose)
SET_FLAG(debug, setup.debug)
SET_FLAG(json, json)
SET_FLAG(lspci, lspci)
SET_FLAG(second_level, second_level)
SET_FLAG(merge, merge)
SET_FLAG(help, help)
SET_STRING(rules, host.rules)
SET_FLAG(no_apply, host.no_apply)

static int set_accel(struct tool_options *options, const char *value)
{
	if (!strcmp(value, "tcg"))
		options->setup.accel = BOOT_TCG;
	else if (!strcmp(value, "kvm"))
		options->setup.accel = BOOT_KVM;
	else
		return -1;
	return 0;
}

/* A kernel command line may be empty. */
static int set_append(struct tool_options *options, const char *value)
{
	options->setup.append = value;
	return 0;
}

#define BOTH (TOOL_RUN | TOOL_INSPECT)
#define GUESTS (BOTH | TOOL_MATRIX)
#define FIRMWARE (GUESTS | TOOL_DESCRIBE | TOOL_DOMAIN)
/* Commands of `zpci host' that look at the functions of this Linux. */
#define SYSFS                                                                                      \
	(TOOL_HOST_LIST | TOOL_HOST_SHOW | TOOL_HOST_CHECK | TOOL_HOST_XML | TOOL_HOST_ATTACH |    \
	 TOOL_HOST_DETACH | TOOL_HOST_GUESTS | TOOL_HOST_WATCH | TOOL_HOST_RESERVE |               \
	 TOOL_HOST_UNRESERVE | TOOL_HOST_HOOK | TOOL_HOST_CAPTURE)
/* Those that ask libvirt, and those that can do without. */
#define LIBVIRT (MAY_ASK | TOOL_HOST_ATTACH | TOOL_HOST_DETACH | TOOL_HOST_GUESTS)
#define MAY_ASK (TOOL_HOST_LIST | TOOL_HOST_SHOW | TOOL_HOST_CHECK | TOOL_HOST_XML)
#define CHANGES                                                                                    \
	(TOOL_HOST_ATTACH | TOOL_HOST_DETACH | TOOL_HOST_RESERVE | TOOL_HOST_UNRESERVE |           \
	 TOOL_HOST_HOOK)
#define HOST (SYSFS | TOOL_HOST_EXPLAIN)
#define ALL (FIRMWARE | HOST | TOOL_KERNEL | TOOL_CTL | TOOL_LAB)
#define GUEST_NAME "a name such as those that `zpci lab kernel list' prints"
#define NOT_EMPTY "a value that is not empty"

const struct option_row option_rows[] = {
	{ "name", "STRING", "name of the domain (default: zpci)", TOOL_DOMAIN, set_name,
	  "a name without a slash" },
	{ "name", "STRING", "name of this guest for `zpci ctl --guest'", TOOL_RUN, set_channel_name,
	  CTL_NAME_RULE },
	{ "function", "SPEC", "add a function: probe,vf=3,fid=0x1021,... or help (repeatable)",
	  BOTH | TOOL_DESCRIBE | TOOL_DOMAIN, set_function, "a description of a function" },
	{ "function", "SPEC", "use this function for its profile: probe,profile=lpar,...",
	  TOOL_MATRIX, set_function, "a description of a function" },
	{ "config", "FILE", "take adapters and functions from this file",
	  BOTH | TOOL_DESCRIBE | TOOL_DOMAIN, set_config, NOT_EMPTY },
	{ "guest", "NAME", "boot this guest of zpci-lab's (if not given: default)",
	  BOTH | TOOL_DOMAIN, set_guest, GUEST_NAME },
	{ "guest", "NAME", "boot this guest of zpci-lab's (repeatable)", TOOL_MATRIX, add_guest,
	  GUEST_NAME },
	{ "kernel", "FILE", "kernel, or kernel tree (default: the tree we are in, else the lab's)",
	  BOTH, set_kernel, NOT_EMPTY },
	{ "kernel", "FILE", "kernel of the guest (default: the lab's)", TOOL_DOMAIN, set_kernel,
	  NOT_EMPTY },
	{ "kernel", "FILE", "boot this kernel, or that of this tree (repeatable)", TOOL_MATRIX,
	  add_kernel, NOT_EMPTY },
	{ "merge", NULL, "add the options that are missing to the .config", TOOL_KERNEL, set_merge,
	  NULL },
	{ "initrd", "FILE", "initial RAM disk of the guest (default: the lab's)",
	  GUESTS | TOOL_DOMAIN, set_initrd, NOT_EMPTY },
	{ "append", "STRING", "kernel command line", GUESTS | TOOL_DOMAIN, set_append, NULL },
	{ "smp", "NUMBER", "CPUs of the guest (default: 1)", BOTH | TOOL_DOMAIN, set_smp,
	  "1 to 248" },
	{ "smp", "NUMBERS", "CPUs of the guests: one boot for each of 1,4 (default: 1)",
	  TOOL_MATRIX, set_smp_list, "numbers from 1 to 248 and commas, 16 at most" },
	{ "memory", "SIZE", "storage of the guest, with K, M, G or T (default: 512M)",
	  GUESTS | TOOL_DOMAIN, set_memory,
	  "a number with K, M, G, T or nothing after it, such as 512M" },
	{ "qemu", "PROGRAM", "QEMU to use (default: the lab's, else from PATH)",
	  GUESTS | TOOL_DOMAIN, set_qemu, NOT_EMPTY },
	{ "accel", "ACCEL", "tcg: emulate; kvm: the processor of an s390x host (default: tcg)",
	  GUESTS | TOOL_DOMAIN, set_accel, "tcg or kvm" },
	{ "plugin", "FILE", "zpci-qemu.so to use (default: the installed one)",
	  GUESTS | TOOL_DOMAIN, set_plugin, NOT_EMPTY },
	{ "interposer", "FILE", "with kvm: zpci-kvm.so to use (default: the installed one)",
	  GUESTS | TOOL_DOMAIN, set_interposer, NOT_EMPTY },
	{ "control", "SOCKET", "add, remove and break functions by commands at this socket",
	  BOTH | TOOL_DOMAIN, set_control, NOT_EMPTY },
	{ "control", "SOCKET", "the guest's control socket, made by `zpci run --control SOCKET'",
	  TOOL_CTL, set_control, NOT_EMPTY },
	{ "guest", "GUEST", "name or process ID of the guest, if several run", TOOL_CTL,
	  set_running, NOT_EMPTY },
	{ "exec", "COMMAND", "run a command in the guest instead of a shell", TOOL_RUN, set_exec,
	  NOT_EMPTY },
	{ "share", "FOLDER", "share a folder: HOST[:GUEST][,rw] (repeatable)", TOOL_RUN, set_share,
	  "HOST[:GUEST][,rw]" },
	{ "copy", "FILE", "copy a file or folder: HOST[:GUEST], else to /root (repeatable)",
	  TOOL_RUN, set_copy, "HOST[:GUEST]" },
	{ "network", NULL, "give the guest a network, by QEMU's user mode", TOOL_RUN, set_network,
	  NULL },
	{ "gdb", NULL, "wait for gdb, and print how to attach it", TOOL_RUN, set_gdb, NULL },
	{ "dry-run", NULL, "print QEMU's command line, and start nothing", TOOL_RUN, set_run_dry,
	  NULL },
	{ "quiet", NULL, "print nothing but what the command prints, and failures", TOOL_RUN,
	  set_quiet, NULL },
	{ "second-level", NULL, "pass the functions on to a guest in the guest; prints JSON",
	  TOOL_RUN, set_second_level, NULL },
	{ "sysfs", "DIR", "read the functions in this folder (default: /sys)", SYSFS, set_sysfs,
	  NOT_EMPTY },
	{ "connect", "URI", "libvirt to ask (default: libvirt's own)", LIBVIRT, set_connect,
	  NOT_EMPTY },
	{ "no-libvirt", NULL, "do not ask libvirt", MAY_ASK, set_no_libvirt, NULL },
	{ "guest", "DOMAIN", "libvirt's guest that gets the function",
	  TOOL_HOST_CHECK | TOOL_HOST_XML, set_host_guest, NOT_EMPTY },
	{ "guest-uid", "UID", "the guest's UID: a number, same or auto (default: same if free)",
	  TOOL_HOST_CHECK | TOOL_HOST_XML | TOOL_HOST_ATTACH, set_guest_uid,
	  "0x1 to 0xffff, " ZPCI_ID_NOTATION "; same or auto" },
	{ "guest-fid", "FID", "the guest's FID: a number, same or auto (default: same if free)",
	  TOOL_HOST_CHECK | TOOL_HOST_XML | TOOL_HOST_ATTACH, set_guest_fid,
	  "0x0 to 0xffffffff, " ZPCI_ID_NOTATION "; same or auto" },
	{ "live", NULL, "change the running guest", TOOL_HOST_ATTACH | TOOL_HOST_DETACH, set_live,
	  NULL },
	{ "config", NULL, "change the guest's definition", TOOL_HOST_ATTACH | TOOL_HOST_DETACH,
	  set_in_config, NULL },
	{ "hooks", "DIR", "libvirt's folder (default: /etc/libvirt/hooks/qemu.d)", TOOL_HOST_HOOK,
	  set_hooks, NOT_EMPTY },
	{ "anonymous", NULL, "leave out what names this machine", TOOL_HOST_CAPTURE, set_anonymous,
	  NULL },
	{ "dry-run", NULL, "print what would be done, and change nothing", CHANGES, set_dry_run,
	  NULL },
	{ "rules", "DIR", "folder of udev's rules (default: /etc/udev/rules.d)",
	  TOOL_HOST_RESERVE | TOOL_HOST_UNRESERVE, set_rules, NOT_EMPTY },
	{ "no-apply", NULL, "change the rule alone, and not the driver of now",
	  TOOL_HOST_RESERVE | TOOL_HOST_UNRESERVE, set_no_apply, NULL },
	{ "json", NULL, "print JSON",
	  TOOL_INSPECT | TOOL_DESCRIBE | TOOL_CTL | TOOL_HOST_LIST | TOOL_HOST_SHOW |
		  TOOL_HOST_CHECK | TOOL_HOST_GUESTS | TOOL_HOST_EXPLAIN | TOOL_HOST_WATCH |
		  TOOL_HOST_RESERVE,
	  set_json, NULL },
	{ "lspci", NULL, "print config space as `lspci -F FILE' reads it", TOOL_DESCRIBE, set_lspci,
	  NULL },
	{ "json", "FILE", "write the results as JSON; - is standard output", TOOL_MATRIX,
	  set_json_file, NOT_EMPTY },
	{ "html", "FILE", "write the results as an HTML page", TOOL_MATRIX, set_html_file,
	  NOT_EMPTY },
	{ "junit", "FILE", "write the results as JUnit XML", TOOL_MATRIX, set_junit_file,
	  NOT_EMPTY },
	{ "tap", NULL, "print the results as TAP", TOOL_MATRIX, set_tap, NULL },
	{ "expected", NULL, "print the expected values, and boot nothing", TOOL_MATRIX,
	  set_expected, NULL },
	{ "timeout", "SECONDS", "give up on a boot after this time (default: 600)", TOOL_MATRIX,
	  set_timeout, "0 to 86400 seconds" },
	{ "timeout", "SECONDS", "give up on a command after this time (default: 0, never)", BOTH,
	  set_timeout, "0 to 86400 seconds" },
	{ "timeout", "SECONDS", "wait so long for the guest (default: 30)",
	  TOOL_HOST_ATTACH | TOOL_HOST_DETACH, set_wait, "1 to 86400 seconds" },
	{ "verbose", NULL, "print QEMU's command line and the guest's console on standard error",
	  GUESTS, set_verbose, NULL },
	{ "debug", NULL, "say on standard error why the firmware refuses an instruction", BOTH,
	  set_debug, NULL },
	{ "help", NULL, "print this text", ALL, set_help, NULL },
};

const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);
