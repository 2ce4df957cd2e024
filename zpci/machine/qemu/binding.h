/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binding.h - the parts of zpci-qemu.so and how they hang together.
 *
 *	QEMU loads us: plugin.c -- arguments.c, binding.c (one virtual machine's)
 *	                              `--> zpci/machine/loaded: settings, firmware, control channel
 *
 *	QEMU makes a CPU   translates code     executes it                resets, stops, ends
 *	      |                  |                  |                             |
 *	   vcpu.c          translate.c -- calls -> execute.c                 lifecycle.c
 *	      |                                     |  \                          |
 *	      |                                     |   `--- zpci_firmware_*() ---'
 *	      |                                     |               |
 *	      v                                     v               v  machine.c: the operations
 *	registers.c, cpu.c       operand.c, logical.c, dat.c, storage.c    present.c  time.c
 *	      |                                          |                     |
 *	plugin interface                              symbols.c (QEMU's own functions)
 *
 * interruption.c ends an instruction in a program interruption, and threads.c registers our threads
 * with QEMU.
 */
#ifndef ZPCI_QEMU_BINDING_H
#define ZPCI_QEMU_BINDING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <zpci/firmware.h>

#include "qemu-plugin-abi.h"
#include "symbols.h"
#include "zpci/machine/loaded/loaded.h"
#include "zpci/util/timers.h"

/* What a thread needs that runs a guest CPU. With thread=single one thread runs all CPUs with one
 * of these. So what is in it is good for one instruction only, except for the registers' handles,
 * which are the same for all CPUs, @direct, which is used with one CPU only, and @current. Other
 * threads read @inside only. */
struct zpci_qemu_vcpu {
	struct zpci_qemu_binding *binding;
	GByteArray *buffer; /* for the plugin interface's register accesses */
	struct qemu_plugin_register *general[16], *control[16];
	struct qemu_plugin_register *psw_mask, *prefix;
	/* Where QEMU has them (registers.c); @general is NULL if that is not known. */
	struct {
		uint64_t *general;
		const uint64_t *psw_mask; /* without its condition code */
		uint32_t *condition_code;
	} direct;
	const void *const *current; /* the CPU that it runs; NULL if that is not known */
	atomic_bool inside;	    /* between entry of a callback and its end */

	/* of the current instruction */
	uint64_t address;		   /* logical */
	bool stepped;			   /* by a debugger */
	uint64_t mask;			   /* PSW mask before it */
	int cc;				   /* to be set, or -1 */
	uint16_t program_interruption;	   /* to be taken, or 0 */
	uint64_t exception_identification; /* of an access exception */
	uint16_t fetch_event;		   /* PER code and ATMID of its fetch, or 0 */
};

/* One virtual machine. */
struct zpci_qemu_binding {
	struct zpci_qemu_symbols qemu;
	struct zpci_loaded loaded;
	struct zpci_timers *timers;
	bool direct; /* look for the registers where QEMU has them */
	bool saving_refused;
	/* The process ends: callbacks return at once. */
	atomic_bool ended;
	atomic_bool stopped; /* devices are quiesced */
	/* The CPU whose DIAGNOSE resets the machine, until it goes on afterwards: QEMU's pointer to
	 * it, or its thread's struct zpci_qemu_vcpu. Only for comparisons. */
	_Atomic(const void *) resetting;

	/* Guest storage from address 0 on as mapped by QEMU, for reading; ram_size is set last
	 * and 0 until then. */
	const uint8_t *ram;
	_Atomic uint64_t ram_size;

	/* Whether the CPU model has the enhanced-DAT facilities 1 and 2. */
	atomic_bool enhanced_dat, enhanced_dat_2;

	unsigned vcpus;
	struct zpci_qemu_vcpu *vcpu;
};

/* --- arguments.c ---------------------------------------------------------------------------- */

/* Reads all arguments. Returns 0, or -1 after a message. */
int zpci_qemu_take_arguments(struct zpci_qemu_binding *binding, int argc, char **argv);

/* --- binding.c ------------------------------------------------------------------------------ */

/* For a machine of at most @vcpus CPUs; NULL: no memory. */
struct zpci_qemu_binding *zpci_qemu_binding_new(int vcpus);
/* Makes the timers, the firmware and its functions. Returns 0, or -1 after a message. */
int zpci_qemu_binding_start(struct zpci_qemu_binding *binding);
/* Destroys these, and completes the trace. */
void zpci_qemu_binding_end(struct zpci_qemu_binding *binding);
/* Ends and frees a binding that QEMU does not know yet. */
void zpci_qemu_binding_free(struct zpci_qemu_binding *binding);

/* --- machine.c: the table ------------------------------------------------------------------- */

extern const struct zpci_machine_ops zpci_qemu_machine_ops;

/* --- translate.c ---------------------------------------------------------------------------- */

/* QEMU's callback for each translation; @opaque is the binding. */
void zpci_qemu_translate(struct qemu_plugin_tb *tb, void *opaque);

/* Length of an instruction by its first byte. */
static inline unsigned zpci_qemu_instruction_length(uint8_t opcode)
{
	return opcode < 0x40 ? 2 : opcode < 0xc0 ? 4 : 6;
}

#define ZPCI_QEMU_OPCODE_SIGP 0xae

/* --- execute.c: callbacks before an instruction ----------------------------------------------
 * One of the first two is called before any of the others, except zpci_qemu_before_short(), which
 * has the address itself; @address is the instruction's logical address. */
void zpci_qemu_note_address(unsigned vcpu_index, void *address);
void zpci_qemu_note_stepped_address(unsigned vcpu_index, void *address); /* a debugger steps */
/* One that may be ours; @packed: address and instruction, as zpci_qemu_pack_short() packs them. */
void zpci_qemu_before_short(unsigned vcpu_index, void *packed);
/* @bytes: the instruction's, as zpci_qemu_pack() packs them. */
void zpci_qemu_before_pci(unsigned vcpu_index, void *bytes);	  /* one that may be ours */
void zpci_qemu_before_ex(unsigned vcpu_index, void *bytes);	  /* EX, EXRL */
void zpci_qemu_before_diagnose(unsigned vcpu_index, void *bytes); /* DIAGNOSE 308 */
void zpci_qemu_before_signal(unsigned vcpu_index, void *bytes);	  /* SIGNAL PROCESSOR */

void *zpci_qemu_pack(const uint8_t bytes[6]);
/* False: they do not fit into a pointer. */
bool zpci_qemu_pack_short(uint64_t address, const uint8_t bytes[6], void **packed);

/* --- cpu.c ---------------------------------------------------------------------------------- */

uint64_t zpci_qemu_read_register(struct zpci_qemu_vcpu *vcpu, struct qemu_plugin_register *which);
void zpci_qemu_write_register(struct zpci_qemu_vcpu *vcpu, struct qemu_plugin_register *which,
			      uint64_t value);
/* @address cut to what the addressing mode of @mask leaves of it. */
uint64_t zpci_qemu_wrap(uint64_t mask, uint64_t address);

/* A general register. */
uint64_t zpci_qemu_read_general(struct zpci_qemu_vcpu *vcpu, unsigned number);
/* The PSW's mask. Its condition code can be an older one. */
uint64_t zpci_qemu_read_mask(struct zpci_qemu_vcpu *vcpu);
/* vcpu->cc becomes the CPU's. */
void zpci_qemu_write_condition_code(struct zpci_qemu_vcpu *vcpu);

uint64_t zpci_qemu_get_register(void *machine, void *cpu, unsigned number);
void zpci_qemu_set_register(void *machine, void *cpu, unsigned number, uint64_t value);
uint64_t zpci_qemu_get_prefix(void *machine, void *cpu);
uint64_t zpci_qemu_get_psw_mask(void *machine, void *cpu);
void zpci_qemu_set_condition_code(void *machine, void *cpu, unsigned cc);
void zpci_qemu_program_interruption(void *machine, void *cpu, uint16_t code);

/* --- registers.c ---------------------------------------------------------------------------- */

/* Fills in @vcpu's direct, if it can be found; on its thread, before the CPU @index runs. */
void zpci_qemu_registers_find(struct zpci_qemu_vcpu *vcpu, unsigned index);

/* --- dat.c ---------------------------------------------------------------------------------- */

/* Finds out which facilities the CPUs have; on a CPU's thread. */
void zpci_qemu_dat_find(struct zpci_qemu_binding *binding);
/* Absolute address of the logical @address. Returns 0, or ZPCI_EXCEPTION_DELIVERED with the
 * exception noted in @vcpu. */
int zpci_qemu_translate_address(struct zpci_qemu_vcpu *vcpu, uint64_t address, bool write,
				uint64_t *absolute);

/* --- operand.c ------------------------------------------------------------------------------ */

/* Whether QEMU can access the storage operand of an instruction that is left to it. If not, the
 * exception is noted in @vcpu. */
bool zpci_qemu_operand_is_there(struct zpci_qemu_vcpu *vcpu, const uint8_t bytes[6]);

/* --- interruption.c: swapping PSWs ----------------------------------------------------------- */

/* Whether the fetch of the instruction at vcpu->address is an event of program-event recording; if
 * so it is noted in @vcpu. *@nullified: the event comes instead of the instruction. */
bool zpci_qemu_fetch_event(struct zpci_qemu_vcpu *vcpu, bool *nullified);
/* Makes the CPU take the program interruption vcpu->program_interruption and the event
 * vcpu->fetch_event, one of which may be 0, of the instruction of @length bytes at
 * vcpu->address. */
__attribute__((noreturn)) void zpci_qemu_take_program_interruption(struct zpci_qemu_vcpu *vcpu,
								   unsigned length);

/* --- threads.c: what QEMU wants to know of threads ------------------------------------------- */

/* The calling thread's; NULL: it runs no guest CPU, or one whose registers were not found. */
struct zpci_qemu_vcpu *zpci_qemu_this_vcpu(void);
void zpci_qemu_set_this_vcpu(struct zpci_qemu_vcpu *vcpu);
/* The calling thread is QEMU's own. */
void zpci_qemu_thread_is_qemus(void);
/* Before it accesses guest storage: registers a thread of ours with QEMU, once. */
void zpci_qemu_thread_enter(struct zpci_qemu_binding *binding);
/* Takes the big lock unless the calling thread holds it already. Returns whether it did. */
bool zpci_qemu_lock(struct zpci_qemu_binding *binding);
void zpci_qemu_unlock(struct zpci_qemu_binding *binding, bool held);
/* Releases the big lock if the calling thread holds it. Returns whether it did. */
bool zpci_qemu_release(struct zpci_qemu_binding *binding);
void zpci_qemu_reacquire(struct zpci_qemu_binding *binding, bool held);

/* --- storage.c ------------------------------------------------------------------------------ */

/* Finds guest storage; after QEMU made the machine. */
void zpci_qemu_storage_find(struct zpci_qemu_binding *binding);
uint64_t zpci_qemu_real_to_absolute(struct zpci_qemu_vcpu *vcpu, uint64_t address);
/* Whether each byte of an absolute range is in storage. (QEMU writes the part of a range that is
 * there, and drops the rest.) */
bool zpci_qemu_all_there(struct zpci_qemu_binding *binding, uint64_t address, size_t length);

int zpci_qemu_read_real(void *machine, void *cpu, uint64_t address, void *buffer, size_t length);
int zpci_qemu_write_real(void *machine, void *cpu, uint64_t address, const void *buffer,
			 size_t length);
int zpci_qemu_read_absolute(void *machine, uint64_t address, void *buffer, size_t length);
int zpci_qemu_write_absolute(void *machine, uint64_t address, const void *buffer, size_t length);
int zpci_qemu_or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old);
void zpci_qemu_regions(void *machine,
		       void (*visit)(void *opaque, const struct zpci_storage_region *region),
		       void *opaque);

/* --- logical.c ------------------------------------------------------------------------------ */

int zpci_qemu_read_logical(void *machine, void *cpu, uint64_t address, unsigned ar, void *buffer,
			   size_t length);
int zpci_qemu_write_logical(void *machine, void *cpu, uint64_t address, unsigned ar,
			    const void *buffer, size_t length);
int zpci_qemu_check_logical(void *machine, void *cpu, uint64_t address, unsigned ar, size_t length,
			    bool write);

/* --- present.c ------------------------------------------------------------------------------ */

void zpci_qemu_adapter_interruption(void *machine, unsigned isc);
void zpci_qemu_channel_report(void *machine);
void zpci_qemu_sclp_completion(void *machine, uint32_t sccb);

/* --- time.c --------------------------------------------------------------------------------- */

uint64_t zpci_qemu_clock(void *machine);
struct zpci_timer *zpci_qemu_timer_create(void *machine, void (*expired)(void *opaque),
					  void *opaque);

/* --- vcpu.c --------------------------------------------------------------------------------- */

/* QEMU's callback for a CPU that is there from now on; @opaque is the binding. */
void zpci_qemu_vcpu_init(unsigned vcpu_index, void *opaque);

/* --- lifecycle.c ---------------------------------------------------------------------------- */

/* Registers with QEMU for resets and stops. */
void zpci_qemu_lifecycle_register(struct zpci_qemu_binding *binding);
/* Refuses migration and snapshots; on a CPU's thread, once is enough. */
void zpci_qemu_refuse_saving(struct zpci_qemu_binding *binding);
/* Does the reset that the DIAGNOSE 308 of this CPU is about to cause. False: another CPU does it,
 * and this one must execute its instruction again. The CPU is inside. */
bool zpci_qemu_subsystem_reset(struct zpci_qemu_vcpu *vcpu);
/* Whether this CPU must wait, because another one resets the machine. If it resets the machine
 * itself, the reset is over. The CPU is inside. */
bool zpci_qemu_must_wait(struct zpci_qemu_vcpu *vcpu);
/* QEMU's callback when the process ends. */
void zpci_qemu_at_exit(void *opaque);

#endif
