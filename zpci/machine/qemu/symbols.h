/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symbols.h - functions of QEMU that its plugin interface does not have. See symbols.c.
 */
#ifndef ZPCI_QEMU_SYMBOLS_H
#define ZPCI_QEMU_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opaque here. */
struct zpci_qemu_address_space;
struct zpci_qemu_error;

/* MemTxAttrs (QEMU exec/memattrs.h): bit-fields in one word, all of which are 0 here, and a byte
 * that says they are unset. It is passed by value as a structure, as QEMU does, and not as a
 * number: where that byte is in a register differs between byte orders. */
struct zpci_qemu_attrs {
	uint32_t bits;
	bool unspecified;
	uint8_t reserved1;
	uint16_t reserved2;
};
_Static_assert(sizeof(struct zpci_qemu_attrs) == 8, "MemTxAttrs has 8 bytes");
_Static_assert(offsetof(struct zpci_qemu_attrs, unspecified) == 4, "behind one word");
#define ZPCI_QEMU_ATTRS_UNSPECIFIED ((struct zpci_qemu_attrs){ .unspecified = true })

#define ZPCI_QEMU_ADAPTER_PCI 1 /* CssIoAdapterType */

/* run_on_cpu_data */
union zpci_qemu_data {
	uint64_t number;
	const void *pointer;
};

#define ZPCI_QEMU_SINGLE_STEP 0x800 /* CF_SINGLE_STEP: QEMU exec/translation-block.h */
/* Channel reports (QEMU include/hw/s390x/ioinst.h CRW_RSC_CSS, CRW_ERC_EVENT). */
#define ZPCI_QEMU_CRW_CSS 0x0b	 /* of the channel subsystem */
#define ZPCI_QEMU_CRW_EVENT 0x00 /* event information is pending */

struct zpci_qemu_symbols {
	/* the big lock */
	bool (*bql_locked)(void);
	void (*bql_lock_impl)(const char *file, int line);
	void (*bql_unlock)(void);
	/* each thread that touches guest storage */
	void (*rcu_register_thread)(void);
	void (*rcu_unregister_thread)(void);
	/* absolute storage; 0: done */
	struct zpci_qemu_address_space *address_space_memory;
	uint32_t (*address_space_rw)(struct zpci_qemu_address_space *space, uint64_t address,
				     struct zpci_qemu_attrs attrs, void *buffer, uint64_t length,
				     bool write);
	void *(*address_space_map)(struct zpci_qemu_address_space *space, uint64_t address,
				   uint64_t *length, bool write, struct zpci_qemu_attrs attrs);
	void (*address_space_unmap)(struct zpci_qemu_address_space *space, void *mapped,
				    uint64_t length, bool write, uint64_t accessed);
	/* presenting; all under the big lock */
	void (*css_adapter_interrupt)(int type, uint8_t isc);
	void (*css_queue_crw)(uint8_t source, uint8_t code, int solicited, int chained,
			      uint16_t id);
	void (*sclp_service_interrupt)(uint32_t sccb);
	/* life cycle; the callbacks come under the big lock */
	void (*qemu_register_reset)(void (*reset)(void *opaque), void *opaque);
	void *(*qemu_add_vm_change_state_handler)(void (*changed)(void *opaque, bool running,
								  int state),
						  void *opaque);
	int (*migrate_add_blocker)(struct zpci_qemu_error **reason, struct zpci_qemu_error **error);
	void (*error_setg_internal)(struct zpci_qemu_error **error, const char *file, int line,
				    const char *function, const char *format, ...);
	/* -only-migratable; NULL: there is no such variable */
	const int *only_migratable;
	/* the structure of a CPU, to be searched only; NULL: there is no such function */
	const void *(*qemu_get_cpu)(int index);
	/* the facility list, up to 2 KiB, as STFLE stores it with @type 0; NULL: there is no such
	 * function */
	void (*s390_get_feat_block)(int type, uint8_t *data);
	/* for a CPU that a debugger steps; each NULL if there is no such function: the flags with
	 * which QEMU translates for it; to have its thread do something before it executes more; to
	 * tell the debugger that it has stopped */
	uint32_t (*curr_cflags)(const void *cpu);
	void (*async_run_on_cpu)(const void *cpu,
				 void (*work)(const void *cpu, union zpci_qemu_data data),
				 union zpci_qemu_data data);
	void (*cpu_handle_guest_debug)(const void *cpu);
};

/* Of the calling thread: which CPU it runs, as QEMU calls it; NULL: there is no such variable. Each
 * thread has its own. */
const void *const *zpci_qemu_current_cpu(void);

/* Finds all of the above. Returns 0, or -ENOSYS with the missing one's name in *@missing. */
int zpci_qemu_symbols_find(struct zpci_qemu_symbols *symbols, const char **missing);

/* QEMU's version as "11.1.3", or "of unknown version". @buffer: 32 bytes or more. */
void zpci_qemu_version(char *buffer, unsigned size);

#endif
