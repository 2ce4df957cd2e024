/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qemu-plugin-abi.h - the part of QEMU's plugin interface that the binding uses, as of version 7
 * (QEMU 11.1), declared here because distributions ship no header for it. Source: QEMU's
 * manual, chapter "TCG Plugins". QEMU itself refuses a plugin whose version it does not speak.
 */
#ifndef ZPCI_QEMU_PLUGIN_ABI_H
#define ZPCI_QEMU_PLUGIN_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#define ZPCI_QEMU_EXPORT __attribute__((visibility("default")))
#define ZPCI_QEMU_PLUGIN_VERSION 7

/* --- what QEMU looks up in us --------------------------------------------------------------- */

typedef uint64_t qemu_plugin_id_t;

/* What QEMU says about itself; valid during qemu_plugin_install() only. */
typedef struct qemu_info_t {
	const char *target_name; /* of the guest's architecture: "s390x" */
	struct {
		int min, cur; /* plugin interface versions that this QEMU speaks */
	} version;
	bool system_emulation; /* else one user program */
	struct {
		int smp_vcpus, max_vcpus; /* only with system_emulation */
	} system;
} qemu_info_t;

extern ZPCI_QEMU_EXPORT int qemu_plugin_version;

/* Not 0: the plugin cannot work, and QEMU ends. */
ZPCI_QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
					 char **argv);

/* --- events --------------------------------------------------------------------------------- */

struct qemu_plugin_tb;
struct qemu_plugin_insn;

typedef void (*qemu_plugin_udata_cb_t)(void *userdata);
/* QEMU 11.1 with thread=single gives the callback of an instruction the index of the CPU that
 * translated it, not of the one that runs it. */
typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned int vcpu_index, void *userdata);
typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(struct qemu_plugin_tb *tb, void *userdata);

void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_udata_cb_t callback,
				       void *userdata);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   qemu_plugin_vcpu_tb_trans_cb_t callback, void *userdata);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_udata_cb_t callback,
				    void *userdata);

/* --- instructions, during translation ------------------------------------------------------- */

/* What a callback may do to the CPU's registers. */
enum qemu_plugin_cb_flags {
	QEMU_PLUGIN_CB_NO_REGS,
	QEMU_PLUGIN_CB_R_REGS,
	QEMU_PLUGIN_CB_RW_REGS,
	QEMU_PLUGIN_CB_RW_REGS_PC, /* also qemu_plugin_set_pc() */
};

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
/* Copies at most @length bytes of the instruction; returns how many. */
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *buffer, size_t length);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
/* NULL when the bytes were not fetched from @insn's own address: the target of EXECUTE. */
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);

void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_vcpu_udata_cb_t callback,
					    enum qemu_plugin_cb_flags flags, void *userdata);

/* --- registers and storage, during a callback on a CPU's thread ------------------------------ */

struct qemu_plugin_register;

typedef struct {
	struct qemu_plugin_register *handle;
	const char *name;
	const char *feature;
	bool is_readonly;
} qemu_plugin_reg_descriptor;

/* Array of qemu_plugin_reg_descriptor, to be freed by the caller. */
GArray *qemu_plugin_get_registers(void);
/* Appends the register's bytes, in the guest's order, to @buffer. */
bool qemu_plugin_read_register(struct qemu_plugin_register *handle, GByteArray *buffer);
bool qemu_plugin_write_register(struct qemu_plugin_register *handle, GByteArray *buffer);
/* Does not return: leaves the callback by longjmp. */
__attribute__((__noreturn__)) void qemu_plugin_set_pc(uint64_t address);
/* A debugger's access: current translation, no protection, no exceptions. */
bool qemu_plugin_read_memory_vaddr(uint64_t address, GByteArray *buffer, size_t length);

#endif
