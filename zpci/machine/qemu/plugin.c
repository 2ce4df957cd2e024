// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plugin.c - zpci-qemu.so is loaded: the parts are put together.
 *
 * Theory of operation. QEMU loads us when it knows its machine and has not made it yet. Everything
 * that can be wrong is checked first, in this order: the QEMU (architecture, functions that we
 * need), the arguments, the configuration. Then we register with QEMU, so that a refusal leaves
 * nothing behind. A refusal is one sentence on standard error, and QEMU ends.
 */
#include <string.h>

#include "binding.h"

int qemu_plugin_version = ZPCI_QEMU_PLUGIN_VERSION;

static int check_qemu(struct zpci_qemu_binding *binding, const qemu_info_t *info)
{
	const char *missing;
	char version[32];

	if (!info->system_emulation || strcmp(info->target_name, "s390x")) {
		zpci_loaded_log(&binding->loaded, ZPCI_LOG_ERROR,
				"this QEMU runs %s%s: use qemu-system-s390x", info->target_name,
				info->system_emulation ? " machines" : " programs");
		return -1;
	}
	if (!zpci_qemu_symbols_find(&binding->qemu, &missing)) {
		if (!binding->qemu.only_migratable || !*binding->qemu.only_migratable)
			return 0;
		zpci_loaded_log(&binding->loaded, ZPCI_LOG_ERROR,
				"-only-migratable: the state of the PCI functions cannot be saved; "
				"leave out that option or the plugin");
		return -1;
	}
	zpci_qemu_version(version, sizeof(version));
	zpci_loaded_log(
		&binding->loaded, ZPCI_LOG_ERROR,
		"QEMU %s has no '%s', which this plugin needs: use QEMU 11.1 or later, built "
		"with its symbols exported to modules, as distributions do",
		version, missing);
	return -1;
}

static int set_up(struct zpci_qemu_binding *binding, const qemu_info_t *info, int argc, char **argv)
{
	return check_qemu(binding, info) || zpci_qemu_take_arguments(binding, argc, argv) ||
			       zpci_qemu_binding_start(binding) ||
			       zpci_control_start(&binding->loaded)
		       ? -1
		       : 0;
}

/* QEMU calls us once for each -plugin, and a thread's CPU is one binding's (threads.c). */
static bool second_time(struct zpci_qemu_binding *binding)
{
	static atomic_flag loaded = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&loaded))
		return false;
	zpci_loaded_log(&binding->loaded, ZPCI_LOG_ERROR,
			"loaded twice: use one -plugin option with all functions");
	return true;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	struct zpci_qemu_binding *binding = zpci_qemu_binding_new(info->system.max_vcpus);

	if (!binding)
		return -1;
	zpci_qemu_thread_is_qemus();
	if (second_time(binding) || set_up(binding, info, argc, argv)) {
		zpci_qemu_binding_free(binding);
		return -1;
	}
	zpci_qemu_lifecycle_register(binding);
	qemu_plugin_register_vcpu_init_cb(id, zpci_qemu_vcpu_init, binding);
	qemu_plugin_register_vcpu_tb_trans_cb(id, zpci_qemu_translate, binding);
	qemu_plugin_register_atexit_cb(id, zpci_qemu_at_exit, binding);
	return 0;
}
