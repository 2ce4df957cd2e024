// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE 1

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interposer.h"
#include "zpci/tool/message.h"

/* --- the file -------------------------------------------------------------------------------- */

/* ELF's fields in the file's byte order, which for s390x is big endian. */
static bool is_for_s390x(const unsigned char *head)
{
	size_t machine = offsetof(Elf64_Ehdr, e_machine);

	return !memcmp(head, ELFMAG, SELFMAG) && head[EI_CLASS] == ELFCLASS64 &&
	       head[machine] == EM_S390 >> 8 && head[machine + 1] == (EM_S390 & 0xff);
}

static int check_file(const char *path)
{
	unsigned char head[sizeof(Elf64_Ehdr)];
	FILE *from = fopen(path, "re");
	size_t length = 0;

	if (from) {
		length = fread(head, 1, sizeof(head), from);
		fclose(from);
	}
	if (length == sizeof(head) && is_for_s390x(head))
		return 0;
	tool_error("interposer %s: not a shared object for s390x; name the zpci-kvm.so of this "
		   "host's build with --interposer",
		   path);
	return -1;
}

char *tool_interposer_find(const char *path)
{
	char *absolute = realpath(path, NULL);

	if (!absolute) {
		tool_error("interposer %s: %s", path, strerror(errno));
		return NULL;
	}
	/* ld.so(8): these separate the objects of LD_PRELOAD, and nothing escapes them. */
	if (strpbrk(absolute, ": ")) {
		tool_error("interposer %s: LD_PRELOAD cannot name a path with a blank or a colon; "
			   "name a copy elsewhere with --interposer",
			   absolute);
	} else if (!check_file(absolute)) {
		return absolute;
	}
	free(absolute);
	return NULL;
}

/* --- the environment ------------------------------------------------------------------------- */

int tool_interposer_check(const struct tool_functions *functions)
{
	size_t i;

	for (i = 0; i < functions->count; i++) {
		/* As in the interposer, zpci-kvm(7). */
		if (!strpbrk(functions->specs[i], " \t\n"))
			continue;
		tool_error("--function %s: with --accel kvm a value with a blank is not possible "
			   "here; describe the function in a file and use --config",
			   functions->specs[i]);
		return -1;
	}
	return 0;
}

static const char *const names[] = { "LD_PRELOAD", "ZPCI_CONFIG", "ZPCI_FUNCTION", "ZPCI_CONTROL" };

/* As in the plugin's argument, the commas of a function are colons. */
static void add_functions(struct tool_list *list, const struct tool_functions *functions)
{
	char *text = NULL, *comma;
	size_t size, i;
	FILE *to = open_memstream(&text, &size);

	for (i = 0; to && i < functions->count; i++)
		fprintf(to, "%s%s", i ? " " : "", functions->specs[i]);
	if (!to || fclose(to)) {
		list->failed = 1;
	} else {
		for (comma = text; (comma = strchr(comma, ',')); comma++)
			*comma = ':';
		tool_list_add(list, "ZPCI_FUNCTION=%s", text);
	}
	free(text);
}

void tool_interposer_settings(struct tool_list *list, const struct boot_setup *setup,
			      const char *interposer, const char *others)
{
	tool_list_add(list, "LD_PRELOAD=%s%s%s", interposer, others && *others ? ":" : "",
		      others ? others : "");
	if (setup->functions.config)
		tool_list_add(list, "ZPCI_CONFIG=%s", setup->functions.config);
	if (setup->functions.count)
		add_functions(list, &setup->functions);
	if (setup->control)
		tool_list_add(list, "ZPCI_CONTROL=%s", setup->control);
	if (setup->debug)
		tool_list_add(list, "ZPCI_DEBUG=on");
}

/* Is @variable, as NAME=VALUE, one that only tool_interposer_settings() adds? */
static bool is_setting(const char *variable)
{
	size_t i, length;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		length = strlen(names[i]);
		if (!strncmp(variable, names[i], length) && variable[length] == '=')
			return true;
	}
	return false;
}

void tool_interposer_inherit(struct tool_list *list)
{
	char **variable;

	for (variable = environ; *variable; variable++)
		if (!is_setting(*variable))
			tool_list_add(list, "%s", *variable);
}
