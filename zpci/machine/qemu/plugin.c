// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plugin.c - zpci-qemu.so: loading, arguments, and messages.
 *
 *	-plugin zpci-qemu.so,config=FILE,function=MODEL[:KEY=VALUE]...,record=FILE,
 *	        control=SOCKET,verbose=on|off,direct=on|off
 *
 * Theory of operation. QEMU loads us once its machine is known and before it exists. Everything
 * that can be wrong is looked at here, in this order: the QEMU (architecture, functions we need),
 * the arguments, the configuration. Only then is anything registered with QEMU, so that a
 * refusal leaves nothing behind. A refusal is one sentence on standard error, and QEMU ends.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binding.h"
#include "zpci/config/config.h"

int qemu_plugin_version = ZPCI_QEMU_PLUGIN_VERSION;

/* --- messages ------------------------------------------------------------------------------- */

static void print(void *opaque, enum zpci_log_level level, const char *message)
{
	static const char *const prefix[] = {
		[ZPCI_LOG_ERROR] = "error: ",
		[ZPCI_LOG_WARNING] = "warning: ",
		[ZPCI_LOG_INFO] = "",
		[ZPCI_LOG_DEBUG] = "debug: ",
	};
	const struct zpci_qemu_binding *binding = opaque;

	if (level > ZPCI_LOG_WARNING && !binding->verbose)
		return;
	fprintf(stderr, "zpci-qemu: %s%s\n", prefix[level], message);
}

void zpci_qemu_log(struct zpci_qemu_binding *binding, enum zpci_log_level level, const char *format,
		   ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	print(binding, level, message);
}

/* --- arguments ------------------------------------------------------------------------------ */

/* Prints and frees what the configuration has to say. */
static int configuration_failed(struct zpci_qemu_binding *binding, char *error)
{
	zpci_qemu_log(binding, ZPCI_LOG_ERROR, "%s", error ? error : "out of memory");
	free(error);
	return -1;
}

static int open_trace(struct zpci_qemu_binding *binding, const char *path)
{
	if (binding->trace) {
		zpci_qemu_log(binding, ZPCI_LOG_ERROR, "record=%s: one trace is recorded already",
			      path);
		return -1;
	}
	binding->trace = fopen(path, "w");
	if (binding->trace)
		return 0;
	zpci_qemu_log(binding, ZPCI_LOG_ERROR, "record=%s: %s; name a file that can be written",
		      path, strerror(errno));
	return -1;
}

/* NAME=on or off. */
static int take_switch(struct zpci_qemu_binding *binding, const char *name, const char *value,
		       bool *on)
{
	if (qemu_plugin_bool_parse(name, value, on))
		return 0;
	zpci_qemu_log(binding, ZPCI_LOG_ERROR, "%s=%s is not known: use on or off", name, value);
	return -1;
}

static int set_control(struct zpci_qemu_binding *binding, const char *path)
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

/* One NAME=VALUE. */
static int take_argument(struct zpci_qemu_binding *binding, const char *argument)
{
	struct zpci_config *config = binding->config;
	const char *equals = strchr(argument, '=');
	size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
	char *error = NULL;

	if (equals && length == 6 && !strncmp(argument, "config", length)) {
		if (zpci_config_load(config, equals + 1, &error))
			return configuration_failed(binding, error);
	} else if (equals && length == 8 && !strncmp(argument, "function", length)) {
		if (zpci_config_function(config, equals + 1, ':', &error))
			return configuration_failed(binding, error);
	} else if (equals && length == 6 && !strncmp(argument, "record", length)) {
		return open_trace(binding, equals + 1);
	} else if (equals && length == 7 && !strncmp(argument, "control", length)) {
		return set_control(binding, equals + 1);
	} else if (equals && length == 7 && !strncmp(argument, "verbose", length)) {
		return take_switch(binding, "verbose", equals + 1, &binding->verbose);
	} else if (equals && length == 6 && !strncmp(argument, "direct", length)) {
		return take_switch(binding, "direct", equals + 1, &binding->direct);
	} else {
		zpci_qemu_log(binding, ZPCI_LOG_ERROR,
			      "argument '%s' is not known: use config=FILE, "
			      "function=MODEL[:KEY=VALUE]..., record=FILE, control=SOCKET, "
			      "verbose=on|off or direct=on|off",
			      argument);
		return -1;
	}
	return 0;
}

static int take_arguments(struct zpci_qemu_binding *binding, int argc, char **argv)
{
	char *error = NULL;

	for (int i = 0; i < argc; i++)
		if (take_argument(binding, argv[i]))
			return -1;
	if (binding->trace && binding->control_path) {
		zpci_qemu_log(
			binding, ZPCI_LOG_ERROR,
			"record= and control= do not go together, as what comes by the latter "
			"is not in a trace; use one of them");
		return -1;
	}
	return zpci_config_finish(binding->config, &error) ? configuration_failed(binding, error)
							   : 0;
}

static int add_functions(struct zpci_qemu_binding *binding)
{
	struct zpci_config *config = binding->config;
	char *error = NULL;

	if (zpci_config_connect(config, binding->firmware, &binding->logger, &error))
		return configuration_failed(binding, error);
	if (binding->record)
		zpci_record_head(binding->record, binding->firmware, true);
	zpci_qemu_log(binding, ZPCI_LOG_INFO, "%zu function%s", zpci_config_functions(config),
		      zpci_config_functions(config) == 1 ? "" : "s");
	return 0;
}

/* --- life time ------------------------------------------------------------------------------ */

static int check_qemu(struct zpci_qemu_binding *binding, const qemu_info_t *info)
{
	const char *missing;
	char version[32];

	if (!info->system_emulation || strcmp(info->target_name, "s390x")) {
		zpci_qemu_log(binding, ZPCI_LOG_ERROR, "this QEMU runs %s%s: use qemu-system-s390x",
			      info->target_name,
			      info->system_emulation ? " machines" : " programs");
		return -1;
	}
	if (!zpci_qemu_symbols_find(&binding->qemu, &missing)) {
		if (!binding->qemu.only_migratable || !*binding->qemu.only_migratable)
			return 0;
		zpci_qemu_log(binding, ZPCI_LOG_ERROR,
			      "-only-migratable: the state of the PCI functions cannot be saved; "
			      "leave out that option or the plugin");
		return -1;
	}
	zpci_qemu_version(version, sizeof(version));
	zpci_qemu_log(binding, ZPCI_LOG_ERROR,
		      "QEMU %s has no '%s', which this plugin needs: use QEMU 11.1, built with "
		      "its symbols exported to modules, as distributions do",
		      version, missing);
	return -1;
}

void zpci_qemu_record_end(struct zpci_qemu_binding *binding)
{
	if (binding->record && zpci_record_destroy(binding->record))
		zpci_qemu_log(binding, ZPCI_LOG_ERROR,
			      "the trace is not complete: no memory, or no space on its disk");
	binding->record = NULL;
	if (binding->trace)
		fclose(binding->trace);
	binding->trace = NULL;
}

static struct zpci_qemu_binding *binding_new(void)
{
	struct zpci_qemu_binding *binding = calloc(1, sizeof(*binding));

	if (binding)
		binding->direct = true;
	return binding;
}

/* Of a binding that QEMU does not know yet. */
static void binding_free(struct zpci_qemu_binding *binding)
{
	zpci_firmware_destroy(binding->firmware);
	zpci_qemu_record_end(binding);
	zpci_qemu_timers_free(binding->timers);
	zpci_config_free(binding->config);
	free((char *)binding->control_path);
	free(binding->vcpu);
	free(binding);
}

static int make_vcpus(struct zpci_qemu_binding *binding, int count)
{
	binding->vcpus = count > 0 ? (unsigned)count : 1;
	binding->vcpu = calloc(binding->vcpus, sizeof(*binding->vcpu));
	if (!binding->vcpu)
		return -1;
	for (unsigned i = 0; i < binding->vcpus; i++)
		binding->vcpu[i].binding = binding;
	return 0;
}

static int make_firmware(struct zpci_qemu_binding *binding)
{
	/* QEMU can have zPCI devices of its own. */
	struct zpci_firmware_options options = {
		.size = sizeof(options),
		.logger = binding->logger,
		.shared = true,
	};

	binding->timers = zpci_qemu_timers_new();
	if (!binding->timers) {
		zpci_qemu_log(binding, ZPCI_LOG_ERROR, "no memory or thread for timers");
		return -1;
	}
	if (!binding->trace)
		return zpci_firmware_create(&zpci_qemu_machine_ops, binding, &options,
					    &binding->firmware);
	binding->record = zpci_record_create(&zpci_qemu_machine_ops, binding, binding->trace);
	if (!binding->record)
		return -1;
	return zpci_firmware_create(zpci_record_ops(binding->record), binding->record, &options,
				    &binding->firmware);
}

static int start_control(struct zpci_qemu_binding *binding)
{
	if (!binding->control_path)
		return 0;
	return zpci_qemu_control_start(binding, binding->config, binding->control_path);
}

static int set_up(struct zpci_qemu_binding *binding, const qemu_info_t *info, int argc, char **argv)
{
	if (check_qemu(binding, info) || make_vcpus(binding, info->system.max_vcpus))
		return -1;
	binding->logger = (struct zpci_logger){ print, binding };
	binding->config = zpci_config_new();
	if (!binding->config)
		return -1;
	return take_arguments(binding, argc, argv) || make_firmware(binding) ||
			       add_functions(binding) || start_control(binding)
		       ? -1
		       : 0;
}

/* QEMU calls us once for each -plugin, and a thread's CPU is one binding's (threads.c). */
static bool second_time(struct zpci_qemu_binding *binding)
{
	static atomic_flag loaded = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&loaded))
		return false;
	zpci_qemu_log(binding, ZPCI_LOG_ERROR,
		      "loaded twice: use one -plugin option with all functions");
	return true;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	struct zpci_qemu_binding *binding = binding_new();

	if (!binding)
		return -1;
	zpci_qemu_thread_is_qemus();
	if (second_time(binding) || set_up(binding, info, argc, argv)) {
		binding_free(binding);
		return -1;
	}
	zpci_qemu_lifecycle_register(binding);
	qemu_plugin_register_vcpu_init_cb(id, zpci_qemu_vcpu_init, binding);
	qemu_plugin_register_vcpu_tb_trans_cb(id, zpci_qemu_translate, binding);
	qemu_plugin_register_atexit_cb(id, zpci_qemu_at_exit, binding);
	return 0;
}
