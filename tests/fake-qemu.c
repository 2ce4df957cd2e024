// SPDX-License-Identifier: GPL-2.0-or-later
/* fake-qemu.c - see fake-qemu.h. */
#include "fake-qemu.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

#include "zpci/machine/qemu/qemu-plugin-abi.h"

/* For dlsym(), and for the plugin's own references. */
#pragma GCC visibility push(default)

uint8_t fake_storage[FAKE_STORAGE] __attribute__((aligned(4096)));
struct fake_cpu fake_cpus[FAKE_CPUS];
atomic_uint fake_waiting, fake_interruptions[8], fake_reports, fake_service_signals;
atomic_uint fake_rcu_in, fake_rcu_out;
uint8_t fake_facilities[32];
void (*fake_on_write)(uint64_t address, uint64_t length);

/* --- the big lock ----------------------------------------------------------------------------- */

static pthread_mutex_t big_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool held;

bool bql_locked(void);
void bql_lock_impl(const char *file, int line);
void bql_unlock(void);

bool bql_locked(void)
{
	return held;
}

void bql_lock_impl(const char *file, int line)
{
	(void)file;
	(void)line;
	assert(!held);
	if (pthread_mutex_trylock(&big_lock)) {
		atomic_fetch_add(&fake_waiting, 1);
		pthread_mutex_lock(&big_lock);
		atomic_fetch_sub(&fake_waiting, 1);
	}
	held = true;
}

void bql_unlock(void)
{
	assert(held);
	held = false;
	pthread_mutex_unlock(&big_lock);
}

void fake_lock(void)
{
	bql_lock_impl(__FILE__, __LINE__);
}

void fake_unlock(void)
{
	bql_unlock();
}

/* --- storage ---------------------------------------------------------------------------------- */

/* As QEMU declares it (exec/memattrs.h). */
struct attrs {
	unsigned secure : 1, space : 2, user : 1, memory : 1, debug : 1;
	unsigned requester_id : 16, pid : 8, address_type : 1;
	bool unspecified;
	uint8_t reserved1;
	uint16_t reserved2;
};

static const struct attrs nothing_known = { .unspecified = true };

char address_space_memory;
uint32_t address_space_rw(void *space, uint64_t address, struct attrs attrs, void *buffer,
			  uint64_t length, bool write);
void *address_space_map(void *space, uint64_t address, uint64_t *length, bool write,
			struct attrs attrs);
void address_space_unmap(void *space, void *mapped, uint64_t length, bool write, uint64_t accessed);
void rcu_register_thread(void);
void rcu_unregister_thread(void);

uint32_t address_space_rw(void *space, uint64_t address, struct attrs attrs, void *buffer,
			  uint64_t length, bool write)
{
	assert(space == &address_space_memory);
	assert(!memcmp(&attrs, &nothing_known, sizeof(attrs)));
	if (address >= FAKE_STORAGE || length > FAKE_STORAGE - address)
		return 2;
	if (write && fake_on_write)
		fake_on_write(address, length);
	if (write)
		memcpy(fake_storage + address, buffer, length);
	else
		memcpy(buffer, fake_storage + address, length);
	return 0;
}

void *address_space_map(void *space, uint64_t address, uint64_t *length, bool write,
			struct attrs attrs)
{
	(void)write;
	assert(space == &address_space_memory);
	assert(!memcmp(&attrs, &nothing_known, sizeof(attrs)));
	if (address >= FAKE_STORAGE)
		return NULL;
	if (*length > FAKE_STORAGE - address)
		*length = FAKE_STORAGE - address;
	return fake_storage + address;
}

void address_space_unmap(void *space, void *mapped, uint64_t length, bool write, uint64_t accessed)
{
	(void)length;
	(void)write;
	(void)accessed;
	assert(space == &address_space_memory && mapped);
}

void rcu_register_thread(void)
{
	atomic_fetch_add(&fake_rcu_in, 1);
}

void rcu_unregister_thread(void)
{
	atomic_fetch_add(&fake_rcu_out, 1);
}

/* --- presenting ------------------------------------------------------------------------------- */

void css_adapter_interrupt(int type, uint8_t isc);
void css_generate_css_crws(uint8_t cssid);
void css_queue_crw(uint8_t rsc, uint8_t erc, int solicited, int chain, uint16_t rsid);
void css_clear_sei_pending(void);
void sclp_service_interrupt(uint32_t sccb);

void css_adapter_interrupt(int type, uint8_t isc)
{
	assert(held && type == 1 && isc < 8);
	atomic_fetch_add(&fake_interruptions[isc], 1);
}

void css_generate_css_crws(uint8_t cssid)
{
	assert(held && !cssid);
	atomic_fetch_add(&fake_reports, 1);
}

void css_queue_crw(uint8_t rsc, uint8_t erc, int solicited, int chain, uint16_t rsid)
{
	(void)rsc;
	(void)erc;
	(void)solicited;
	(void)chain;
	(void)rsid;
	assert(held);
	atomic_fetch_add(&fake_reports, 1);
}

void css_clear_sei_pending(void)
{
	assert(held);
}

void sclp_service_interrupt(uint32_t sccb)
{
	(void)sccb;
	assert(held);
	atomic_fetch_add(&fake_service_signals, 1);
}

/* --- life cycle ------------------------------------------------------------------------------- */

static struct {
	void (*reset)(void *opaque);
	void *reset_opaque;
	void (*changed)(void *opaque, bool running, int state);
	void *changed_opaque;
	qemu_plugin_vcpu_udata_cb_t vcpu_init;
	void *vcpu_init_opaque;
	qemu_plugin_vcpu_tb_trans_cb_t translate;
	void *translate_opaque;
	qemu_plugin_udata_cb_t at_exit;
	void *at_exit_opaque;
} plugin;

void qemu_register_reset(void (*reset)(void *opaque), void *opaque);
void *qemu_add_vm_change_state_handler(void (*changed)(void *opaque, bool running, int state),
				       void *opaque);
int migrate_add_blocker(void **reason, void **error);
void error_setg_internal(void **error, const char *file, int line, const char *function,
			 const char *format, ...);
void s390_get_feat_block(int type, uint8_t *data);
int only_migratable;

void qemu_register_reset(void (*reset)(void *opaque), void *opaque)
{
	plugin.reset = reset;
	plugin.reset_opaque = opaque;
}

void *qemu_add_vm_change_state_handler(void (*changed)(void *opaque, bool running, int state),
				       void *opaque)
{
	plugin.changed = changed;
	plugin.changed_opaque = opaque;
	return &plugin;
}

int migrate_add_blocker(void **reason, void **error)
{
	(void)reason;
	(void)error;
	assert(held);
	return 0;
}

void error_setg_internal(void **error, const char *file, int line, const char *function,
			 const char *format, ...)
{
	(void)file;
	(void)line;
	(void)function;
	(void)format;
	*error = &plugin;
}

void s390_get_feat_block(int type, uint8_t *data)
{
	assert(type == 0);
	memcpy(data, fake_facilities, sizeof(fake_facilities));
}

void fake_reset(void)
{
	plugin.reset(plugin.reset_opaque);
}

void fake_change_state(bool running)
{
	plugin.changed(plugin.changed_opaque, running, 0);
}

void fake_end(void)
{
	plugin.at_exit(plugin.at_exit_opaque);
}

/* --- the plugin interface --------------------------------------------------------------------- */

_Thread_local const void *current_cpu;

static struct fake_cpu *this_cpu(void)
{
	assert(current_cpu);
	return (struct fake_cpu *)current_cpu;
}

int fake_install(char **arguments, int count)
{
	qemu_info_t info = { .target_name = "s390x", .system_emulation = true };

	for (unsigned i = 0; i < FAKE_CPUS; i++)
		fake_cpus[i].index = i;
	info.system.smp_vcpus = info.system.max_vcpus = FAKE_CPUS;
	return qemu_plugin_install(1, &info, count, arguments);
}

void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_udata_cb_t callback,
				       void *userdata)
{
	(void)id;
	plugin.vcpu_init = callback;
	plugin.vcpu_init_opaque = userdata;
}

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   qemu_plugin_vcpu_tb_trans_cb_t callback, void *userdata)
{
	(void)id;
	plugin.translate = callback;
	plugin.translate_opaque = userdata;
}

void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_udata_cb_t callback,
				    void *userdata)
{
	(void)id;
	plugin.at_exit = callback;
	plugin.at_exit_opaque = userdata;
}

/* A block of one instruction. */
#define CALLBACKS 4
struct qemu_plugin_insn {
	const uint8_t *bytes;
	uint64_t address;
	unsigned count;
	struct {
		qemu_plugin_vcpu_udata_cb_t function;
		void *opaque;
		bool sets_pc;
	} callback[CALLBACKS];
};
struct qemu_plugin_tb {
	struct qemu_plugin_insn insn;
};

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb)
{
	(void)tb;
	return 1;
}

struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index)
{
	assert(!index);
	return (struct qemu_plugin_insn *)&tb->insn;
}

size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *buffer, size_t length)
{
	unsigned size = insn->bytes[0] < 0x40 ? 2 : insn->bytes[0] < 0xc0 ? 4 : 6;

	memcpy(buffer, insn->bytes, size < length ? size : length);
	return size < length ? size : length;
}

uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn)
{
	return insn->address;
}

void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn)
{
	return (void *)insn->bytes;
}

void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_vcpu_udata_cb_t callback,
					    enum qemu_plugin_cb_flags flags, void *userdata)
{
	assert(insn->count < CALLBACKS);
	insn->callback[insn->count].function = callback;
	insn->callback[insn->count].opaque = userdata;
	insn->callback[insn->count++].sets_pc = flags == QEMU_PLUGIN_CB_RW_REGS_PC;
}

void qemu_plugin_set_pc(uint64_t address)
{
	struct fake_cpu *cpu = this_cpu();

	assert(cpu->direct);
	cpu->psw_address = address;
	longjmp(cpu->out, 1);
}

bool qemu_plugin_read_memory_vaddr(uint64_t address, GByteArray *buffer, size_t length)
{
	if (address >= FAKE_STORAGE || length > FAKE_STORAGE - address)
		return false;
	g_byte_array_set_size(buffer, 0);
	g_byte_array_append(buffer, fake_storage + address, (unsigned)length);
	return true;
}

/* --- registers: a handle is a number ---------------------------------------------------------- */

enum {
	GENERAL = 1,
	CONTROL = 17,
	MASK = 33,
	ADDRESS,
	PREFIX
};

static uint64_t *register_of(const struct qemu_plugin_register *handle)
{
	uintptr_t number = (uintptr_t)handle;
	struct fake_cpu *cpu = this_cpu();

	if (number < CONTROL)
		return &cpu->gr[number - GENERAL];
	if (number < MASK)
		return &cpu->cr[number - CONTROL];
	return number == MASK	   ? &cpu->psw_mask
	       : number == ADDRESS ? &cpu->psw_address
				   : &cpu->prefix;
}

GArray *qemu_plugin_get_registers(void)
{
	static const char *const names[] = {
		"r0",	"r1",	"r2",	"r3",	"r4",	"r5",	"r6",	"r7",	  "r8",
		"r9",	"r10",	"r11",	"r12",	"r13",	"r14",	"r15",	"cr0",	  "cr1",
		"cr2",	"cr3",	"cr4",	"cr5",	"cr6",	"cr7",	"cr8",	"cr9",	  "cr10",
		"cr11", "cr12", "cr13", "cr14", "cr15", "pswm", "pswa", "prefix",
	};
	GArray *array = g_array_new(FALSE, TRUE, sizeof(qemu_plugin_reg_descriptor));

	for (uintptr_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		qemu_plugin_reg_descriptor one = { .handle = (void *)(i + 1), .name = names[i] };

		g_array_append_val(array, one);
	}
	return array;
}

bool qemu_plugin_read_register(struct qemu_plugin_register *handle, GByteArray *buffer)
{
	uint8_t bytes[8];

	zpci_put_be(bytes, 8, *register_of(handle));
	g_byte_array_append(buffer, bytes, 8);
	return true;
}

bool qemu_plugin_write_register(struct qemu_plugin_register *handle, GByteArray *buffer)
{
	assert(buffer->len == 8);
	/* A CPU that waits is stopped, under the big lock. */
	if (register_of(handle) == &this_cpu()->psw_mask &&
	    zpci_get_be(buffer->data, 8) & 0x0002000000000000)
		assert(held);
	*register_of(handle) = zpci_get_be(buffer->data, 8);
	return true;
}

/* --- running ---------------------------------------------------------------------------------- */

static void enter(struct fake_cpu *cpu)
{
	current_cpu = cpu;
	if (cpu->there)
		return;
	cpu->there = true;
	plugin.vcpu_init(cpu->index, plugin.vcpu_init_opaque);
}

bool fake_execute(unsigned index, const uint8_t bytes[6], uint64_t address)
{
	struct fake_cpu *cpu = &fake_cpus[index];
	struct qemu_plugin_tb tb = { .insn = { .bytes = bytes, .address = address } };
	volatile bool executed = false;

	assert(!held);
	enter(cpu);
	plugin.translate(&tb, plugin.translate_opaque);
	cpu->psw_address = address;
	if (setjmp(cpu->out)) {
		executed = true;
	} else {
		for (unsigned i = 0; i < tb.insn.count; i++) {
			cpu->direct = tb.insn.callback[i].sets_pc;
			tb.insn.callback[i].function(index, tb.insn.callback[i].opaque);
		}
	}
	cpu->direct = false;
	/* As QEMU does when something jumps out of a block. */
	if (held)
		bql_unlock();
	return executed;
}

#pragma GCC visibility pop
