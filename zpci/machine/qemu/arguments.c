// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arguments.c - the plugin's arguments, zpci-qemu(7):
 *
 *	-plugin zpci-qemu.so,config=FILE,function=MODEL[:KEY=VALUE]...,record=FILE,
 *	        control=SOCKET,verbose=on|off,debug=on|off,direct=on|off
 */
#include <string.h>

#include "binding.h"

static const char *const settings[ZPCI_SETTINGS] = {
	[ZPCI_SETTING_CONFIG] = "config",   [ZPCI_SETTING_FUNCTION] = "function",
	[ZPCI_SETTING_RECORD] = "record",   [ZPCI_SETTING_CONTROL] = "control",
	[ZPCI_SETTING_VERBOSE] = "verbose", [ZPCI_SETTING_DEBUG] = "debug",
};

/* The value of @argument if that is @name=VALUE, or NULL. */
static const char *value_of(const char *argument, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(argument, name, length) && argument[length] == '=' ? argument + length + 1
									   : NULL;
}

static int take_argument(struct zpci_qemu_binding *binding, const char *argument)
{
	struct zpci_loaded *loaded = &binding->loaded;
	const char *value;

	for (int i = 0; i < ZPCI_SETTINGS; i++) {
		value = value_of(argument, settings[i]);
		if (value)
			return zpci_loaded_set(loaded, i, value);
	}
	value = value_of(argument, "direct");
	if (value)
		return zpci_loaded_switch(loaded, "direct", value, &binding->direct);
	zpci_loaded_log(loaded, ZPCI_LOG_ERROR,
			"argument '%s' is not known: use config=FILE, "
			"function=MODEL[:KEY=VALUE]..., record=FILE, control=SOCKET, "
			"verbose=on|off, debug=on|off or direct=on|off",
			argument);
	return -1;
}

int zpci_qemu_take_arguments(struct zpci_qemu_binding *binding, int argc, char **argv)
{
	memcpy(binding->loaded.setting, settings, sizeof(settings));
	for (int i = 0; i < argc; i++)
		if (take_argument(binding, argv[i]))
			return -1;
	return zpci_loaded_check(&binding->loaded);
}
