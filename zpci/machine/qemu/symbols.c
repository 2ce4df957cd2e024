// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * symbols.c - finding functions of QEMU that its plugin interface does not have.
 *
 * Theory of operation. QEMU's executable exports its functions to the modules it loads, so
 * dlsym() finds them. They are no stable interface: they are declared in symbols.h as they are
 * in QEMU 11.1, are as few as possible, and each one is looked up before anything is registered
 * with QEMU, so that another version is refused in one sentence instead of crashing later. What
 * cannot be noticed that way is a changed prototype behind an unchanged name; the version of the
 * plugin interface, which QEMU checks, stands for that.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "symbols.h"

#define SYMBOL(name)                                                                               \
	{                                                                                          \
#name, offsetof(struct zpci_qemu_symbols, name), false                             \
	}
#define OPTIONAL_SYMBOL(name)                                                                      \
	{                                                                                          \
#name, offsetof(struct zpci_qemu_symbols, name), true                              \
	}

static const struct {
	const char *name;
	size_t offset;
	bool optional;
} table[] = {
	SYMBOL(bql_locked),
	SYMBOL(bql_lock_impl),
	SYMBOL(bql_unlock),
	SYMBOL(rcu_register_thread),
	SYMBOL(rcu_unregister_thread),
	SYMBOL(address_space_memory),
	SYMBOL(address_space_rw),
	SYMBOL(address_space_map),
	SYMBOL(address_space_unmap),
	SYMBOL(css_adapter_interrupt),
	SYMBOL(css_queue_crw),
	SYMBOL(sclp_service_interrupt),
	SYMBOL(qemu_register_reset),
	SYMBOL(qemu_add_vm_change_state_handler),
	SYMBOL(migrate_add_blocker),
	SYMBOL(error_setg_internal),
	OPTIONAL_SYMBOL(only_migratable),
	OPTIONAL_SYMBOL(qemu_get_cpu),
	OPTIONAL_SYMBOL(s390_get_feat_block),
	OPTIONAL_SYMBOL(curr_cflags),
	OPTIONAL_SYMBOL(async_run_on_cpu),
	OPTIONAL_SYMBOL(cpu_handle_guest_debug),
};

#define SYMBOLS (sizeof(table) / sizeof(table[0]))

_Static_assert(SYMBOLS * sizeof(void *) == sizeof(struct zpci_qemu_symbols),
	       "each member of struct zpci_qemu_symbols has its line in the table");

int zpci_qemu_symbols_find(struct zpci_qemu_symbols *symbols, const char **missing)
{
	for (size_t i = 0; i < SYMBOLS; i++) {
		void *address = dlsym(RTLD_DEFAULT, table[i].name);

		if (!address && !table[i].optional) {
			*missing = table[i].name;
			return -ENOSYS;
		}
		memcpy((char *)symbols + table[i].offset, &address, sizeof(address));
	}
	return 0;
}

/* Of a thread-local variable dlsym() gives the calling thread's. */
const void *const *zpci_qemu_current_cpu(void)
{
	return dlsym(RTLD_DEFAULT, "current_cpu");
}

/* VersionInfo as generated from QEMU's qapi/control.json. */
struct version_info {
	const struct {
		int64_t major, minor, micro;
	} * qemu;
	const char *package;
};

void zpci_qemu_version(char *buffer, unsigned size)
{
	struct version_info *(*query)(void *error);
	void (*release)(struct version_info * info);
	void *query_address = dlsym(RTLD_DEFAULT, "qmp_query_version");
	void *release_address = dlsym(RTLD_DEFAULT, "qapi_free_VersionInfo");
	struct version_info *info;

	snprintf(buffer, size, "of unknown version");
	if (!query_address || !release_address)
		return;
	memcpy(&query, &query_address, sizeof(query));
	memcpy(&release, &release_address, sizeof(release));
	info = query(NULL);
	if (!info)
		return;
	snprintf(buffer, size, "%d.%d.%d", (int)info->qemu->major, (int)info->qemu->minor,
		 (int)info->qemu->micro);
	release(info);
}
