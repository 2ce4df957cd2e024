// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci host domain`: prints a libvirt domain whose QEMU has our firmware; zpci-host-domain(1).
 *
 * libvirt knows neither the plugin nor the interposer. So they are in its element for what it does
 * not know, <qemu:commandline>: an argument of QEMU for the plugin, variables for the interposer.
 * QEMU's folder is not the user's, so all paths are absolute.
 */
#define _GNU_SOURCE 1

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "zpci/tool/boot/interposer.h"
#include "zpci/tool/boot/kvm.h"
#include "zpci/tool/boot/paths.h"
#include "zpci/tool/boot/qemu.h"
#include "zpci/tool/markup.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

#define DEFAULT_NAME "zpci"
#define DEFAULT_MEMORY "512M"
#define DEFAULT_GUEST "default"

struct domain {
	const char *name;
	struct boot_setup setup; /* with absolute paths */
	struct tool_paths paths; /* absolute */
	char *config;
	char *control;
	const char **specs;	    /* of the functions */
	struct tool_list arguments; /* of QEMU, beside libvirt's */
	struct tool_list variables; /* of QEMU, as NAME=VALUE */
};

/* --- paths ----------------------------------------------------------------------------------- */

/* Takes @path, and returns it absolute; NULL after a message. The file need not exist. */
static char *absolute(char *path)
{
	char *folder, *result;

	if (!path || *path == '/')
		return path;
	folder = get_current_dir_name();
	if (!folder || asprintf(&result, "%s/%s", folder, path) < 0) {
		tool_error("%s: cannot make the path absolute: %s", path, strerror(errno));
		result = NULL;
	}
	free(folder);
	free(path);
	return result;
}

/* The same for a string of the command line; NULL stays NULL. */
static int set_absolute(char **to, const char *path)
{
	char *copy;

	if (!path)
		return 0;
	copy = strdup(path);
	if (!copy)
		tool_error("out of memory");
	*to = absolute(copy);
	return *to ? 0 : -1;
}

/* @spec, in which the name of a device model's file is absolute; NULL after a message. */
static char *absolute_spec(const char *spec)
{
	char *result = strdup(spec);

	if (!result) {
		tool_error("out of memory");
		return NULL;
	}
	if (!memchr(result, '/', strcspn(result, ",")))
		return result;
	result = absolute(result);
	if (!result || strcspn(result, ",:") >= strlen(result) - strlen(spec))
		return result;
	tool_error("--function %s: the name of the current folder has a comma or a colon; start in "
		   "another one",
		   spec);
	free(result);
	return NULL;
}

static int set_specs(struct domain *domain, const struct tool_functions *functions)
{
	domain->specs = calloc(functions->count + 1, sizeof(*domain->specs));
	if (!domain->specs) {
		tool_error("out of memory");
		return -1;
	}
	for (size_t i = 0; i < functions->count; i++) {
		domain->specs[i] = absolute_spec(functions->specs[i]);
		if (!domain->specs[i])
			return -1;
	}
	return 0;
}

static int find_paths(struct domain *domain, const struct boot_setup *setup)
{
	struct tool_paths *paths = &domain->paths;
	struct boot_setup found = *setup;

	/* A kernel tree's modules would be missing in the domain, so it is taken only if named. */
	if (!found.kernel && !found.guest)
		found.guest = DEFAULT_GUEST;
	if (tool_paths_find(paths, &found))
		return -1;
	paths->qemu = absolute(paths->qemu);
	paths->kernel = absolute(paths->kernel);
	paths->initrd = absolute(paths->initrd);
	paths->firmware = absolute(paths->firmware);
	if (!paths->qemu || !paths->kernel || !paths->initrd || !paths->firmware)
		return -1;
	if (set_absolute(&domain->config, setup->functions.config) ||
	    set_absolute(&domain->control, setup->control) || set_specs(domain, &setup->functions))
		return -1;
	domain->setup = *setup;
	domain->setup.functions.config = domain->config;
	domain->setup.functions.specs = domain->specs;
	domain->setup.control = domain->control;
	return 0;
}

/* --- what goes into QEMU --------------------------------------------------------------------- */

static int add_firmware(struct domain *domain)
{
	const struct boot_setup *setup = &domain->setup;

	if (setup->accel == BOOT_KVM) {
		if (tool_interposer_check(&setup->functions))
			return -1;
		tool_interposer_settings(&domain->variables, setup, domain->paths.firmware, NULL);
	} else {
		tool_qemu_add_plugin(&domain->arguments, setup, domain->paths.firmware);
	}
	if (!domain->arguments.failed && !domain->variables.failed)
		return 0;
	tool_error("out of memory");
	return -1;
}

/* --- XML ------------------------------------------------------------------------------------- */

/* XML 1.0 cannot have most control characters, and changes the others in attributes. */
static int check_text(const char *what, const char *text)
{
	for (; text && *text; text++) {
		if ((unsigned char)*text >= ' ')
			continue;
		tool_error("%s has the control character 0x%02x, which a domain cannot have; use "
			   "another name",
			   what, (unsigned char)*text);
		return -1;
	}
	return 0;
}

static int check_list(const char *what, const struct tool_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (check_text(what, list->items[i]))
			return -1;
	return 0;
}

static int check_texts(const struct domain *domain)
{
	const struct tool_paths *paths = &domain->paths;

	return check_text("--name", domain->name) || check_text("--append", domain->setup.append) ||
	       check_text("the path of QEMU", paths->qemu) ||
	       check_text("the path of the kernel", paths->kernel) ||
	       check_text("the path of the RAM disk", paths->initrd) ||
	       check_list("what QEMU's command line has", &domain->arguments) ||
	       check_list("what QEMU's environment has", &domain->variables);
}

static void put_element(const char *before, const char *name, const char *text)
{
	printf("%s<%s>", before, name);
	tool_put_markup(stdout, text);
	printf("</%s>\n", name);
}

/* As in QEMU's -m, a number alone is MiB. */
static void put_memory(const char *size)
{
	const char *unit = size + strspn(size, "0123456789");

	printf("  <memory unit='%ciB'>%.*s</memory>\n", *unit ? *unit : 'M', (int)(unit - size),
	       size);
}

static void put_system(const struct domain *domain)
{
	printf("  <os>\n"
	       "    <type arch='s390x' machine='s390-ccw-virtio'>hvm</type>\n");
	put_element("    ", "kernel", domain->paths.kernel);
	put_element("    ", "initrd", domain->paths.initrd);
	if (domain->setup.append)
		put_element("    ", "cmdline", domain->setup.append);
	printf("  </os>\n");
}

static void put_devices(const struct domain *domain)
{
	printf("  <devices>\n");
	put_element("    ", "emulator", domain->paths.qemu);
	printf("    <console type='pty'>\n"
	       "      <target type='sclp'/>\n"
	       "    </console>\n"
	       "    <controller type='usb' model='none'/>\n"
	       "    <memballoon model='none'/>\n"
	       "  </devices>\n");
}

static void put_firmware(const struct domain *domain)
{
	char *variable, *value;
	size_t i;

	printf("  <qemu:commandline>\n");
	for (i = 0; i < domain->arguments.count; i++) {
		printf("    <qemu:arg value=\"");
		tool_put_markup(stdout, domain->arguments.items[i]);
		printf("\"/>\n");
	}
	for (i = 0; i < domain->variables.count; i++) {
		variable = domain->variables.items[i];
		value = strchr(variable, '=') + 1;
		printf("    <qemu:env name='%.*s' value=\"", (int)(value - 1 - variable), variable);
		tool_put_markup(stdout, value);
		printf("\"/>\n");
	}
	printf("  </qemu:commandline>\n");
}

static void put_domain(const struct domain *domain)
{
	const struct boot_setup *setup = &domain->setup;
	bool kvm = setup->accel == BOOT_KVM;

	printf("<domain type='%s' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n",
	       kvm ? "kvm" : "qemu");
	put_element("  ", "name", domain->name);
	put_memory(setup->memory ? setup->memory : DEFAULT_MEMORY);
	if (kvm && tool_kvm_needs_allocation())
		printf("  <memoryBacking>\n"
		       "    <allocation mode='immediate'/>\n"
		       "  </memoryBacking>\n");
	printf("  <vcpu>%u</vcpu>\n", setup->smp);
	put_system(domain);
	printf("  <cpu mode='%s'/>\n", kvm ? "host-passthrough" : "maximum");
	put_devices(domain);
	put_firmware(domain);
	printf("</domain>\n");
}

/* --- the subcommand -------------------------------------------------------------------------- */

static int make_domain(struct domain *domain, const struct tool_options *options)
{
	const struct boot_setup *setup = &options->setup;

	if (!setup->functions.count && !setup->functions.config && !setup->control) {
		tool_error("a domain without functions needs no firmware of ours; add --function, "
			   "--config or --control");
		return -1;
	}
	if (tool_functions_check(&setup->functions) || find_paths(domain, setup))
		return -1;
	return add_firmware(domain) || check_texts(domain) ? -1 : 0;
}

int tool_host_domain(const struct tool_options *options)
{
	struct domain domain = { .name = options->name ? options->name : DEFAULT_NAME };
	int rc = make_domain(&domain, options);

	if (!rc) {
		put_domain(&domain);
		if (fflush(stdout) || ferror(stdout)) {
			tool_error("cannot write the domain: %s", strerror(errno));
			rc = -1;
		}
	}
	tool_list_free(&domain.arguments);
	tool_list_free(&domain.variables);
	tool_paths_free(&domain.paths);
	free(domain.config);
	free(domain.control);
	for (size_t i = 0; domain.specs && domain.specs[i]; i++)
		free((char *)domain.specs[i]);
	free(domain.specs);
	return rc ? TOOL_EXIT_FAILURE : 0;
}
