// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arguments.c - the plugin's arguments, zpci-qemu(7):
 *
 *	-plugin zpci-qemu.so,config=FILE,function=MODEL[:KEY=VALUE]...,record=FILE,
 *	        control=SOCKET,verbose=on|off,direct=on|off
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "binding.h"
#include "zpci/config/config.h"

static int take_config(struct zpci_qemu_binding *binding, const char *path)
{
	char *error;

	return zpci_config_load(binding->config, path, &error) ? zpci_qemu_log_error(binding, error)
							       : 0;
}

static int take_function(struct zpci_qemu_binding *binding, const char *text)
{
	char *error;

	return zpci_config_function(binding->config, text, ':', &error)
		       ? zpci_qemu_log_error(binding, error)
		       : 0;
}

static int take_record(struct zpci_qemu_binding *binding, const char *path)
{
	if (binding->trace) {
		zpci_qemu_log(binding, ZPCI_LOG_ERROR,
			      "record=%s: one trace is recorded already; use one", path);
		return -1;
	}
	binding->trace = fopen(path, "w");
	if (binding->trace)
		return 0;
	zpci_qemu_log(binding, ZPCI_LOG_ERROR, "record=%s: %s; name a file that can be written",
		      path, strerror(errno));
	return -1;
}

static int take_control(struct zpci_qemu_binding *binding, const char *path)
{
	if (!binding->control_path) {
		/* QEMU frees the arguments when we are loaded. */
		binding->control_path = strdup(path);
		return binding->control_path ? 0 : -1;
	}
	zpci_qemu_log(binding, ZPCI_LOG_ERROR, "control=%s: there is one already, %s; use one",
		      path, binding->control_path);
	return -1;
}

static int take_switch(struct zpci_qemu_binding *binding, const char *name, const char *value,
		       bool *on)
{
	if (qemu_plugin_bool_parse(name, value, on))
		return 0;
	zpci_qemu_log(binding, ZPCI_LOG_ERROR, "%s=%s is not known: use on or off", name, value);
	return -1;
}

static int take_verbose(struct zpci_qemu_binding *binding, const char *value)
{
	return take_switch(binding, "verbose", value, &binding->verbose);
}

static int take_direct(struct zpci_qemu_binding *binding, const char *value)
{
	return take_switch(binding, "direct", value, &binding->direct);
}

static const struct {
	const char *name;
	int (*take)(struct zpci_qemu_binding *binding, const char *value);
} arguments[] = {
	{ "config", take_config },   { "function", take_function }, { "record", take_record },
	{ "control", take_control }, { "verbose", take_verbose },   { "direct", take_direct },
};

/* One NAME=VALUE. */
static int take_argument(struct zpci_qemu_binding *binding, const char *argument)
{
	size_t length = strcspn(argument, "=");

	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++)
		if (argument[length] && strlen(arguments[i].name) == length &&
		    !strncmp(argument, arguments[i].name, length))
			return arguments[i].take(binding, argument + length + 1);
	zpci_qemu_log(binding, ZPCI_LOG_ERROR,
		      "argument '%s' is not known: use config=FILE, function=MODEL[:KEY=VALUE]..., "
		      "record=FILE, control=SOCKET, verbose=on|off or direct=on|off",
		      argument);
	return -1;
}

int zpci_qemu_take_arguments(struct zpci_qemu_binding *binding, int argc, char **argv)
{
	char *error;

	for (int i = 0; i < argc; i++)
		if (take_argument(binding, argv[i]))
			return -1;
	if (binding->trace && binding->control_path) {
		zpci_qemu_log(
			binding, ZPCI_LOG_ERROR,
			"record= and control= do not go together, as a trace does not have the "
			"commands of the control channel; use one of them");
		return -1;
	}
	return zpci_config_finish(binding->config, &error) ? zpci_qemu_log_error(binding, error)
							   : 0;
}
