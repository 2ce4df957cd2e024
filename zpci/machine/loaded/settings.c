// SPDX-License-Identifier: GPL-2.0-or-later
/* settings.c - what a person sets, one at a time, as text. */
#include <string.h>

#include "loaded.h"
#include "zpci/config/config.h"

static int set_config(struct zpci_loaded *loaded, const char *path)
{
	char *error;

	return zpci_config_load(loaded->config, path, &error) ? zpci_loaded_log_error(loaded, error)
							      : 0;
}

static int set_function(struct zpci_loaded *loaded, const char *text)
{
	char *error;

	return zpci_config_function(loaded->config, text, ':', &error)
		       ? zpci_loaded_log_error(loaded, error)
		       : 0;
}

static int set_record(struct zpci_loaded *loaded, const char *path)
{
	const char *name = loaded->setting[ZPCI_SETTING_RECORD];

	if (!loaded->trace_path) {
		loaded->trace_path = strdup(path);
		return loaded->trace_path ? 0 : -1;
	}
	zpci_loaded_log(loaded, ZPCI_LOG_ERROR, "%s=%s: one trace is recorded already; use one",
			name, path);
	return -1;
}

static int set_control(struct zpci_loaded *loaded, const char *path)
{
	if (!loaded->control_path) {
		/* Who loaded us may free the text. */
		loaded->control_path = strdup(path);
		return loaded->control_path ? 0 : -1;
	}
	zpci_loaded_log(loaded, ZPCI_LOG_ERROR, "%s=%s: there is one already, %s; use one",
			loaded->setting[ZPCI_SETTING_CONTROL], path, loaded->control_path);
	return -1;
}

static int set_verbose(struct zpci_loaded *loaded, const char *value)
{
	return zpci_loaded_switch(loaded, loaded->setting[ZPCI_SETTING_VERBOSE], value,
				  &loaded->verbose);
}

static int set_debug(struct zpci_loaded *loaded, const char *value)
{
	return zpci_loaded_switch(loaded, loaded->setting[ZPCI_SETTING_DEBUG], value,
				  &loaded->debug);
}

int zpci_loaded_switch(struct zpci_loaded *loaded, const char *name, const char *value, bool *on)
{
	if (strcmp(value, "on") && strcmp(value, "off")) {
		zpci_loaded_log(loaded, ZPCI_LOG_ERROR, "%s=%s is not known: use on or off", name,
				value);
		return -1;
	}
	*on = !strcmp(value, "on");
	return 0;
}

int zpci_loaded_set(struct zpci_loaded *loaded, enum zpci_setting setting, const char *value)
{
	static int (*const set[ZPCI_SETTINGS])(struct zpci_loaded * loaded, const char *value) = {
		[ZPCI_SETTING_CONFIG] = set_config,   [ZPCI_SETTING_FUNCTION] = set_function,
		[ZPCI_SETTING_RECORD] = set_record,   [ZPCI_SETTING_CONTROL] = set_control,
		[ZPCI_SETTING_VERBOSE] = set_verbose, [ZPCI_SETTING_DEBUG] = set_debug,
	};

	return set[setting](loaded, value);
}

int zpci_loaded_check(struct zpci_loaded *loaded)
{
	char *error;

	if (loaded->trace_path && loaded->control_path) {
		zpci_loaded_log(loaded, ZPCI_LOG_ERROR,
				"%s= and %s= do not go together, as a trace does not have the "
				"commands of the control channel; use one of them",
				loaded->setting[ZPCI_SETTING_RECORD],
				loaded->setting[ZPCI_SETTING_CONTROL]);
		return -1;
	}
	if (loaded->trace_path && loaded->debug) {
		zpci_loaded_log(loaded, ZPCI_LOG_ERROR,
				"%s= and %s=on do not go together, as an explanation reads more "
				"registers than a replay of the trace; use one of them",
				loaded->setting[ZPCI_SETTING_RECORD],
				loaded->setting[ZPCI_SETTING_DEBUG]);
		return -1;
	}
	return zpci_config_finish(loaded->config, &error) ? zpci_loaded_log_error(loaded, error)
							  : 0;
}
