// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest_arguments.c - see guest_arguments.h
 *
 * libvirt does not look into these arguments, so it gives their IDs to other devices as well.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "guest_arguments.h"
#include "guest_list.h"
#include "zpci/config/config.h"

#define PLUGIN "zpci-qemu.so"
#define BLANKS " \t\n"

static int add(struct guest *guest, struct guest_function *function, const char *element,
	       struct problem *problem)
{
	function->element = strdup(element);
	if (function->element && !guest_add_function(guest, function, problem))
		return 0;
	if (!function->element)
		problem_set(problem, "out of memory");
	guest_function_clear(function);
	return -1;
}

/* --- zpci devices ---------------------------------------------------------------------------- */

static void set_id(struct guest_function *function, const char *name, uint64_t value)
{
	if (!strcmp(name, "uid") && value && value <= UINT16_MAX) {
		function->has_uid = true;
		function->uid = (uint16_t)value;
	} else if (!strcmp(name, "fid") && value <= UINT32_MAX) {
		function->has_fid = true;
		function->fid = (uint32_t)value;
	}
}

/* @text: zpci,uid=0x5,... Returns false if it is another device. */
static bool read_options(struct guest_function *function, const char *text)
{
	char *copy = strdup(text), *rest = NULL, *item, *value, *end;
	unsigned long long number;
	bool is_zpci;

	item = copy ? strtok_r(copy, ",", &rest) : NULL;
	is_zpci = item && (!strcmp(item, "zpci") || !strcmp(item, "driver=zpci"));
	while (is_zpci && (item = strtok_r(NULL, ",", &rest))) {
		value = strchr(item, '=');
		if (!value)
			continue;
		*value++ = '\0';
		errno = 0;
		number = strtoull(value, &end, 0);
		if (!errno && *value && !*end)
			set_id(function, item, number);
	}
	free(copy);
	return is_zpci;
}

static bool read_json(struct guest_function *function, const char *text)
{
	static const char *const names[] = { "uid", "fid" };
	struct json_object *object = json_tokener_parse(text), *value;
	bool is_zpci = json_object_is_type(object, json_type_object) &&
		       json_object_object_get_ex(object, "driver", &value) &&
		       json_object_is_type(value, json_type_string) &&
		       !strcmp(json_object_get_string(value), "zpci");

	for (size_t i = 0; is_zpci && i < sizeof(names) / sizeof(names[0]); i++)
		if (json_object_object_get_ex(object, names[i], &value) &&
		    json_object_is_type(value, json_type_int) && json_object_get_int64(value) >= 0)
			set_id(function, names[i], (uint64_t)json_object_get_int64(value));
	json_object_put(object);
	return is_zpci;
}

static int add_device(struct guest *guest, unsigned int where, const char *text,
		      struct problem *problem)
{
	struct guest_function function = { .where = where };
	bool is_zpci = *text == '{' ? read_json(&function, text) : read_options(&function, text);

	return is_zpci ? add(guest, &function, "qemu:arg", problem) : 0;
}

/* --- functions of our firmware --------------------------------------------------------------- */

/* @config: has all functions of the firmware. It is freed. */
static int add_firmware(struct guest *guest, unsigned int where, struct zpci_config *config,
			const char *element, struct problem *problem)
{
	size_t count = config ? zpci_config_functions(config) : 0;
	char *error = NULL;
	uint32_t fid, uid;
	int rc = 0;

	if (count && zpci_config_finish(config, &error))
		count = 0;
	for (size_t i = 0; i < count && !rc; i++) {
		struct guest_function function = { .where = where };

		zpci_config_ids(config, i, &fid, &uid);
		set_id(&function, "fid", fid);
		set_id(&function, "uid", uid);
		rc = add(guest, &function, element, problem);
	}
	free(error);
	zpci_config_free(config);
	return rc;
}

/* Adds the function in @text to *@config; makes it NULL if the function is wrong. */
static void take_function(struct zpci_config **config, const char *text)
{
	char *error = NULL;

	if (!*config || !zpci_config_function(*config, text, ':', &error))
		return;
	free(error);
	zpci_config_free(*config);
	*config = NULL;
}

/* Does the path that @text begins with end in @name? */
static bool is_file(const char *text, const char *name)
{
	size_t length = strcspn(text, ",: "), tail = strlen(name);

	return length >= tail && !memcmp(text + length - tail, name, tail);
}

static int add_plugin(struct guest *guest, unsigned int where, const char *text,
		      struct problem *problem)
{
	struct zpci_config *config;
	char *copy, *rest = NULL, *item;

	if (!is_file(text, PLUGIN))
		return 0;
	config = zpci_config_new();
	copy = strdup(text);
	for (item = copy ? strtok_r(copy, ",", &rest) : NULL; item;
	     item = strtok_r(NULL, ",", &rest))
		if (!strncmp(item, "function=", 9))
			take_function(&config, item + 9);
	free(copy);
	return add_firmware(guest, where, config, "qemu:arg", problem);
}

static const char *find_variable(const struct tool_list *variables, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < variables->count; i++)
		if (!strncmp(variables->items[i], name, length) &&
		    variables->items[i][length] == '=')
			return variables->items[i] + length + 1;
	return NULL;
}

/* The interposer may be preloaded by an emulator that is a script, so only its settings count. */
static int add_interposer(struct guest *guest, unsigned int where,
			  const struct tool_list *variables, struct problem *problem)
{
	const char *text = find_variable(variables, "ZPCI_FUNCTION");
	struct zpci_config *config;
	char *copy, *rest = NULL, *item;

	if (!text)
		return 0;
	config = zpci_config_new();
	copy = strdup(text);
	for (item = copy ? strtok_r(copy, BLANKS, &rest) : NULL; item;
	     item = strtok_r(NULL, BLANKS, &rest))
		take_function(&config, item);
	free(copy);
	return add_firmware(guest, where, config, "qemu:env", problem);
}

int guest_add_arguments(struct guest *guest, unsigned int where, const struct tool_list *arguments,
			const struct tool_list *variables, struct problem *problem)
{
	for (size_t i = 1; i < arguments->count; i++) {
		const char *option = arguments->items[i - 1], *value = arguments->items[i];

		if (!strcmp(option, "-device") || !strcmp(option, "--device")) {
			if (add_device(guest, where, value, problem))
				return -1;
		} else if (!strcmp(option, "-plugin") || !strcmp(option, "--plugin")) {
			if (add_plugin(guest, where, value, problem))
				return -1;
		}
	}
	return add_interposer(guest, where, variables, problem);
}
