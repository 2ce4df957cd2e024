// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "kvm.h"
#include "process.h"
#include "qemu.h"
#include "zpci/tool/message.h"

/* What an accelerator needs of QEMU. */
struct accel {
	const char *name; /* for QEMU */
	const char *cpu;
	unsigned int major, minor; /* of the first QEMU that will do */
	const char *lacking;	   /* what it means that QEMU was built without it */
	const char *remedy;
};

static const struct accel accels[] = {
	/* 11.1 is the first QEMU with plugin API 7. */
	[BOOT_TCG] = { "tcg", "max", 11, 1, "the TCG accelerator, in which our plugin runs",
		       "`zpci lab qemu' gets a suitable QEMU, or name another with --qemu" },
	/* 7.2 is the oldest with which zpci-kvm.so was tried. */
	[BOOT_KVM] = { "kvm", "host", 7, 2, "the KVM accelerator",
		       "install this host's QEMU for s390x, or name another with --qemu" },
};

#define MACHINE "s390-ccw-virtio"
#define DEFAULT_MEMORY "512M"

/* Enough for the list of machines of any target. */
#define OUTPUT_SIZE 65536

static int ask(const char *program, const struct accel *accel, const char *option,
	       const char *value, char *output)
{
	char *argv[] = { (char *)program, (char *)option, (char *)value, NULL };
	char end[64];
	int status = tool_process_read(argv, output, OUTPUT_SIZE);

	if (status < 0)
		return -1;
	if (!status)
		return 0;
	tool_error("%s %s%s%s %s; is it a QEMU? %s", program, option, value ? " " : "",
		   value ? value : "", tool_process_end(status, end, sizeof(end)), accel->remedy);
	return -1;
}

/* Is there a line in the text that starts with this word? */
static int has_line(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, word, length) && (!text[length] || strchr(" \n", text[length])))
			return 1;
	}
	return 0;
}

static int check_version(const char *program, const struct accel *accel, char *output)
{
	static const char before[] = "QEMU emulator version ";
	unsigned int major, minor;

	if (ask(program, accel, "--version", NULL, output))
		return -1;
	if (strncmp(output, before, strlen(before)) ||
	    sscanf(output + strlen(before), "%u.%u", &major, &minor) != 2) {
		tool_error("%s --version does not answer as QEMU does; %s", program, accel->remedy);
		return -1;
	}
	if (major > accel->major || (major == accel->major && minor >= accel->minor))
		return 0;
	tool_error("%s is QEMU %u.%u, but %u.%u or newer is needed; %s", program, major, minor,
		   accel->major, accel->minor, accel->remedy);
	return -1;
}

static int check_features(const char *program, const struct accel *accel, char *output)
{
	if (ask(program, accel, "-machine", "help", output))
		return -1;
	if (!has_line(output, MACHINE)) {
		tool_error("%s does not emulate s390x (it has no machine " MACHINE "); %s", program,
			   accel->remedy);
		return -1;
	}
	if (ask(program, accel, "-accel", "help", output))
		return -1;
	if (!has_line(output, accel->name)) {
		tool_error("%s was built without %s; %s", program, accel->lacking, accel->remedy);
		return -1;
	}
	return 0;
}

int tool_qemu_check(const char *program, enum boot_accel name)
{
	const struct accel *accel = &accels[name];
	char *output = malloc(OUTPUT_SIZE);
	int rc;

	if (!output) {
		tool_error("out of memory");
		return -1;
	}
	rc = check_version(program, accel, output) || check_features(program, accel, output) ? -1
											     : 0;
	free(output);
	return rc;
}

char *tool_qemu_escape(const char *value)
{
	char *result = malloc(2 * strlen(value) + 1);
	char *to = result;

	if (!result)
		return NULL;
	for (; *value; value++) {
		if (*value == ',')
			*to++ = ',';
		*to++ = *value;
	}
	*to = '\0';
	return result;
}

/* QEMU splits @text at commas, so the commas of a function become colons for the plugin. */
static void append_function(char **text, const char *function, int *failed)
{
	char *items = strdup(function);
	char *longer = NULL;
	char *comma;

	for (comma = items; comma && (comma = strchr(comma, ',')); comma++)
		*comma = ':';
	if (!items || asprintf(&longer, "%s,function=%s", *text, items) < 0) {
		*failed = 1;
		longer = NULL;
	}
	free(items);
	if (longer) {
		free(*text);
		*text = longer;
	}
}

void tool_qemu_add_plugin(struct tool_list *list, const struct boot_setup *setup,
			  const char *plugin)
{
	char *path = tool_qemu_escape(plugin);
	char *config = tool_qemu_escape(setup->functions.config ? setup->functions.config : "");
	char *control = tool_qemu_escape(setup->control ? setup->control : "");
	char *text = NULL;
	size_t i;

	if (!path || !config || !control ||
	    asprintf(&text, "%s%s%s%s%s%s", path, *config ? ",config=" : "", config,
		     *control ? ",control=" : "", control, setup->debug ? ",debug=on" : "") < 0) {
		list->failed = 1;
		text = NULL;
	}
	for (i = 0; text && i < setup->functions.count; i++)
		append_function(&text, setup->functions.specs[i], &list->failed);
	if (text) {
		tool_list_add(list, "-plugin");
		tool_list_add(list, "%s", text);
	}
	free(text);
	free(control);
	free(config);
	free(path);
}

static void add(struct tool_list *list, const char *option, const char *value)
{
	tool_list_add(list, "%s", option);
	tool_list_add(list, "%s", value);
}

void tool_qemu_arguments(struct tool_list *list, const struct boot_setup *setup,
			 const struct tool_paths *paths, const char *initrd)
{
	const struct accel *accel = &accels[setup->accel];

	tool_list_add(list, "%s", paths->qemu);
	add(list, "-machine", MACHINE);
	add(list, "-accel", accel->name);
	add(list, "-cpu", accel->cpu);
	tool_list_add(list, "-smp");
	tool_list_add(list, "%u", setup->smp);
	add(list, "-m", setup->memory ? setup->memory : DEFAULT_MEMORY);
	if (setup->accel == BOOT_KVM && tool_kvm_needs_allocation())
		tool_list_add(list, "-mem-prealloc");
	tool_list_add(list, "-nodefaults");
	add(list, "-display", "none");
	/* A reboot ends QEMU, and a panic ends it with status 1. */
	tool_list_add(list, "-no-reboot");
	add(list, "-action", "panic=exit-failure");
	add(list, "-kernel", paths->kernel);
	add(list, "-initrd", initrd);
	if (setup->append || setup->quiet) {
		tool_list_add(list, "-append");
		tool_list_add(list, "%s%s%s", setup->append ? setup->append : "",
			      setup->append && setup->quiet ? " " : "",
			      setup->quiet ? "quiet" : "");
	}
	if (setup->network) {
		add(list, "-netdev", "user,id=zpci-network");
		add(list, "-device", "virtio-net-ccw,netdev=zpci-network");
	}
	if (paths->firmware && setup->accel == BOOT_TCG)
		tool_qemu_add_plugin(list, setup, paths->firmware);
}

void tool_qemu_add_console(struct tool_list *list, const char *backend)
{
	const char *copy = getenv("ZPCI_CONSOLE");
	char *path = tool_qemu_escape(copy ? copy : "");

	if (!path) {
		list->failed = 1;
		return;
	}
	tool_list_add(list, "-chardev");
	tool_list_add(list, "%s,id=zpci-console%s%s", backend,
		      *path ? ",logappend=on,logfile=" : "", path);
	add(list, "-device", "sclpconsole,chardev=zpci-console");
	free(path);
}

void tool_qemu_add_rest(struct tool_list *list, const struct boot_setup *setup)
{
	int i;

	for (i = 0; i < setup->qemu_option_count; i++)
		tool_list_add(list, "%s", setup->qemu_options[i]);
}
