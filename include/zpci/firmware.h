/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/firmware.h - the zPCI firmware of one virtual machine.
 *
 * create -> add functions -> { execute | operations | add | remove | reset }* -> quiesce -> destroy
 *
 * Unless stated otherwise, every function here may be called from any thread, also while guest CPUs
 * are inside zpci_firmware_execute(). Errors are negative errnos. If a call that changes something
 * fails, it sends one message to the logger, if there is memory and a logger within the size of the
 * options; queries send none. Numbers are in host byte order, except in layouts that say otherwise.
 */
#ifndef ZPCI_FIRMWARE_H
#define ZPCI_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zpci/device.h>
#include <zpci/fib.h>
#include <zpci/log.h>
#include <zpci/machine.h>
#include <zpci/platform.h>
#include <zpci/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* One firmware; its inside is the library's. */
struct zpci_firmware;

/* Functions of one firmware: Linux can have 4096 (CONFIG_PCI_NR_FUNCTIONS). */
#define ZPCI_FUNCTIONS_MAX 4096

/* Options of a firmware; @size follows the rule of struct zpci_adapter_options. */
struct zpci_firmware_options {
	size_t size;		   /* sizeof(struct zpci_firmware_options) */
	struct zpci_logger logger; /* must work as long as the firmware lives */
	/* The machine has zPCI functions of its own. Instructions about handles, groups, FIDs,
	 * resume tokens and events that are not this firmware's are left to it (ZPCI_NOT_OURS),
	 * instead of being answered as unknown. List PCI continues with the machine's own list. */
	bool shared;
	/* List PCI functions does not say that UIDs are unique. Linux then numbers PCI domains by
	 * itself, and UIDs may be 0 or the same. Not for a shared machine, whose own list says that
	 * UIDs are unique: the guest takes the flag of each answer for all functions. */
	bool no_uid_checking;
	/* The logger is told, at level debug, why an instruction was refused: function, operands,
	 * answer and rule. The same message is sent 16 times, and then when it has come 32, 64, ...
	 * times; a guest can cause any number of different ones. The CPU's registers are read for
	 * them. */
	bool explain;
};

/*
 * zpci_firmware_create - make the firmware of a virtual machine.
 * @ops:      the machine; copied
 * @machine:  first argument of its operations
 * @options:  NULL: not shared, silent
 * @firmware: the result
 * Returns 0; -EINVAL when an operation is missing or an option unknown or not for a shared machine;
 * -ENOMEM.
 */
int zpci_firmware_create(const struct zpci_machine_ops *ops, void *machine,
			 const struct zpci_firmware_options *options,
			 struct zpci_firmware **firmware);

/* Stops every device: afterwards the library does not touch guest storage or present anything until
 * zpci_firmware_resume(). Waits until the devices have drained, as long as their host takes. The
 * caller has stopped the guest's CPUs before. Functions can be added and removed meanwhile; one
 * that is added is stopped as well. A second call has no effect. */
void zpci_firmware_quiesce(struct zpci_firmware *firmware);
/* Lets the devices go on, also with work that waited meanwhile. The caller lets the guest's CPUs
 * run afterwards. Has no effect if the devices are not stopped. */
void zpci_firmware_resume(struct zpci_firmware *firmware);

/* The machine calls this when its regions() names other regions than before. When it returns,
 * devices that access storage by themselves do so only in these regions, and have mapped there what
 * the guest's tables say. A function whose tables name storage that is in no region, or whose
 * device has no room, is in error. */
void zpci_firmware_storage_changed(struct zpci_firmware *firmware);

/* Gives all functions back and frees everything. No other thread may be inside a call. NULL is
 * allowed. */
void zpci_firmware_destroy(struct zpci_firmware *firmware);

/* Resets that the guest can cause. Each disables every function, except those in standby, ends all
 * that is in flight, and drops pending events: the guest's next List tells what there is. */
enum zpci_reset {
	ZPCI_RESET_SYSTEM,    /* IPL, reboot, system reset */
	ZPCI_RESET_SUBSYSTEM, /* I/O subsystem reset, as kexec causes by DIAGNOSE 308 */
};

/* The machine calls this when it resets. When it returns, the library does not touch guest storage
 * any more. It does not wait for the host: until a device has drained, its function cannot be
 * enabled, and the guest is told "busy". Meanwhile no guest CPU may begin an instruction of ours: a
 * function that it enables could stay enabled. */
void zpci_firmware_reset(struct zpci_firmware *firmware, enum zpci_reset reset);

/* --- functions --------------------------------------------------------------------------- */

/* Function states (reference 4.2). */
enum zpci_state {
	ZPCI_STATE_RESERVED,  /* not there, or removed */
	ZPCI_STATE_STANDBY,   /* listed, not configured */
	ZPCI_STATE_DISABLED,  /* configured */
	ZPCI_STATE_ENABLED,   /* configured, in use */
	ZPCI_STATE_ERROR,     /* load/store and DMA blocked */
	ZPCI_STATE_UNBLOCKED, /* error, load/store allowed again, DMA not */
	ZPCI_STATE_PERMANENT, /* permanent error */
};

/* "reserved", "standby", ..., for people; "unknown" for any other number. Never NULL; static. */
const char *zpci_state_name(enum zpci_state state);

/* What to plug; @size follows the rule of struct zpci_adapter_options. */
struct zpci_function_options {
	size_t size;		      /* sizeof(struct zpci_function_options) */
	struct zpci_adapter *adapter; /* whose function; a reference is taken */
	unsigned vf;		      /* VF counted from 1; 0: the PF */
	uint32_t fid;		      /* unique in this firmware */
	uint32_t uid;		      /* low 16 bits not 0 and unique, if UIDs are checked */
	struct zpci_profile profile;  /* one that publishes vfn needs a VF */
	bool standby;		      /* starts in standby instead of configured */
	bool publish_rid;	      /* Query PCI function tells the routing ID; the same for all
					 functions of an adapter */
	/* Facts that replace what the device says; copied. NULL: nothing is given. */
	const struct zpci_platform *platform;
	/* What is given to the options that the adapter's model has for each function; the device
	 * reads it while the function is added. NULL: nothing. */
	const struct zpci_option_value *values;
};

/*
 * zpci_firmware_add - plug a function.
 * Before the guest runs this is a cold plug; later the caller announces it by
 * zpci_firmware_announce().
 * @options: copied
 * Returns 0; -EINVAL (UID 0; VF, profile, publish_rid or platform that do not fit; a device whose
 * MSI-X table is outside of its BARs); -EEXIST (FID, UID or PCHID taken, or a group that differs
 * from that of an earlier function with the same ID); -EBUSY (VF lent already); -ENOSPC (too many
 * functions); -ENOMEM; or what the device model said.
 */
int zpci_firmware_add(struct zpci_firmware *firmware, const struct zpci_function_options *options);

/* Queues the availability event for the present state of function @fid (0301 configured, 0302
 * standby), of which a channel report tells the guest. -ENOENT: no such function. */
int zpci_firmware_announce(struct zpci_firmware *firmware, uint32_t fid);

/* Surprise removal: takes the function away at once, queues event 0304, or 0308 if it was in
 * standby, and closes its device. -ENOENT: no such function. */
int zpci_firmware_remove(struct zpci_firmware *firmware, uint32_t fid);

/* Lets function @fid fail as its hardware would, with error event @pec, one of enum zpci_pec below
 * 0300 (reference 8.5). 002A to 002C are only reported, also after a permanent error. 003B and 0040
 * put a configured function into permanent error, which ends when the guest disables it or by a
 * reset. All others put an enabled function into the error state, also if it was in error already.
 * -ENOENT; -EINVAL: there is no such error, or it cannot happen in the function's state. */
int zpci_firmware_inject_error(struct zpci_firmware *firmware, uint32_t fid, uint16_t pec);

/* The error event @pec in words for people, such as "no address space registered". NULL: there is
 * no such error. Static. */
const char *zpci_pec_name(uint16_t pec);

/* What is published about a function. Host byte order. */
struct zpci_function_info {
	size_t size;	    /* in: sizeof(struct zpci_function_info); no more than that is filled */
	uint32_t fid;	    /* function ID */
	uint32_t uid;	    /* user-defined ID */
	uint32_t handle;    /* the current one */
	uint16_t pchid;	    /* of its adapter */
	uint16_t vfn;	    /* as told to the guest */
	uint16_t vf;	    /* as it is; 0: the PF */
	uint16_t rid;	    /* as it is, whether told or not */
	bool rid_published; /* it is told */
	uint8_t group;	    /* PFGID */
	uint16_t vendor_id; /* vendor ID as listed to the guest */
	uint16_t device_id; /* device ID, likewise */
	enum zpci_state state;		 /* as of now */
	const char *model;		 /* name of its device model; the model's own string */
	struct zpci_profile profile;	 /* what is emulated */
	bool command_memory;		 /* the Memory bit is emulated; else absent */
	bool no_command_memory;		 /* announced: the guest's kernel treats it as absent */
	struct zpci_bar bars[ZPCI_BARS]; /* the device's, whether the guest sees them or not */
	uint16_t vfs_enabled; /* of a PF: VFs that its guest has enabled, as its device says */
};

/* Fills @info about the function @fid: 0 or -ENOENT. While the guest acts on the function, its
 * fields may be of different moments. */
int zpci_firmware_info(struct zpci_firmware *firmware, uint32_t fid,
		       struct zpci_function_info *info);
/* Fills @platform, as far as its size goes, with all facts about the function @fid. Facts in its
 * @given come from the options of zpci_firmware_add(), facts in *@delivered (may be NULL) from the
 * device, and all others are defaults. 0 or -ENOENT. */
int zpci_firmware_platform(struct zpci_firmware *firmware, uint32_t fid,
			   struct zpci_platform *platform, uint32_t *delivered);
/* To list all functions: FID of the function at @index, counted from 0 in the order of List PCI
 * functions. -ENOENT behind the last. After a removal, the functions behind it have lower numbers.
 * An added function takes the place that has been empty for the longest time, or a new one at the
 * end. */
int zpci_firmware_fid(struct zpci_firmware *firmware, unsigned index, uint32_t *fid);

/*
 * Where the bits of one byte of config space come from, as the guest reads it. No bit is in two
 * masks. A bit that is in none of them is passed: the guest reads what the device shows. Writes
 * reach the device, whatever the origin of a bit.
 */
struct zpci_config_origin {
	uint8_t emulated;   /* kept in front of the device: what the profile adds, and MSI-X's */
	uint8_t hard_wired; /* 0, whatever the device shows */
	uint8_t hidden;	    /* the device shows it, and the profile does not: an ID reads as ones, a
			       BAR as 0 */
};

/* The origins of @length bytes of config space at @offset of function @fid. They do not change
 * while the function is plugged. -ENOENT: no such function; -EINVAL: beyond ZPCI_CONFIG_SIZE. */
int zpci_firmware_config_origin(struct zpci_firmware *firmware, uint32_t fid, size_t offset,
				struct zpci_config_origin *origin, size_t length);

/* @length bytes of config space at @offset of function @fid as its device shows them, without the
 * profile; zpci_load() gives what the guest reads. Also for a function in standby. Errors as
 * before. */
int zpci_firmware_device_config(struct zpci_firmware *firmware, uint32_t fid, size_t offset,
				void *data, size_t length);

/* --- instructions ------------------------------------------------------------------------- */

/* Who executes an instruction. */
enum zpci_disposition {
	ZPCI_EXECUTED, /* done, or ended in an exception: go on with the CPU as it is now */
	ZPCI_NOT_OURS, /* nothing was done: the machine executes it itself */
};

/* Whether @instruction (6 readable bytes) has an opcode that zpci_firmware_execute() may execute.
 * It looks at nothing else, so a machine that translates code can call it. */
bool zpci_instruction_known(const uint8_t instruction[6]);

/*
 * zpci_firmware_execute - execute one instruction of a guest CPU.
 * @cpu:         the machine's name for the CPU
 * @instruction: its bytes as in guest storage; 6 readable bytes whatever its length
 * Executes CLP, PCILG, PCISTG, PCISTB, RPCIT, MPCIFC, STPCIFC, SERVC (configure and deconfigure
 * of our functions) and CHSC (store event information while we have events); the instructions of
 * mapped I/O, which is not offered, end in an operation exception. The machine advances the
 * instruction address, also under EXECUTE.
 * Called on the CPU's thread, with no lock held.
 */
enum zpci_disposition zpci_firmware_execute(struct zpci_firmware *firmware, void *cpu,
					    const uint8_t instruction[6]);

/* --- operations: what the instructions do, with plain arguments ---------------------------- */

/* How an operation ended: with @program_interruption if that is not 0, else with @cc, and with
 * @status if @cc is 1. What an operation gives back by a pointer is set with cc 0 alone, unless it
 * says otherwise. */
struct zpci_outcome {
	uint16_t program_interruption; /* ZPCI_PGM_*, or 0 */
	uint8_t cc;		       /* condition code, 0 to 3 */
	uint8_t status;		       /* enum zpci_status, or 0 */
};

/* Status codes of cc 1 (reference 2.0.4; pci_insn.h ZPCI_PCI_ST_*). */
enum zpci_status {
	ZPCI_STATUS_NOT_AVAILABLE = 4, /* controls: AIBV or AISB is not in storage */
	/* store controls: permanent error; refresh: mapping for a device put the function in
	 * error */
	ZPCI_STATUS_IN_ERROR = 8,
	ZPCI_STATUS_BLOCKED = 12,   /* load, store: the function is in error */
	ZPCI_STATUS_RESOURCES = 16, /* refresh, REG_IOAT: no room, or no table that is offered */
	ZPCI_STATUS_ADDRESS_SPACE = 20, /* load, store: neither a BAR nor config space */
	ZPCI_STATUS_SEQUENCE = 24,	/* controls: not in this state, or registered already */
	/* controls: no such DMA address space; refresh: nothing is registered for it */
	ZPCI_STATUS_DMA_SPACE = 28,
	ZPCI_STATUS_RANGE = 36,	   /* refresh: all is outside of the registered range */
	ZPCI_STATUS_RECOVERY = 40, /* controls, refresh: the function is in error */
};

/* @handle in what follows is a function's. If it is not current, the operation ends in cc 3. */
#define ZPCI_SPACE_CONFIG 15 /* @space of the config space; 0 to 5 are the BARs */

/* True when @handle is of the form that this firmware gives out (current or not). */
bool zpci_firmware_owns(const struct zpci_firmware *firmware, uint32_t handle);

/* PCI load: @length bytes at @offset of @space, in address order right-aligned in *@value (the
 * register image: first byte most significant). 1 to 8 bytes of a BAR at any alignment, 1, 2 or 4
 * of config space within an aligned word; ZPCI_PGM_OPERAND for others and for bytes outside of the
 * BAR. Config space behind ZPCI_CONFIG_SIZE reads as ones and ignores stores. */
struct zpci_outcome zpci_load(struct zpci_firmware *firmware, uint32_t handle, unsigned space,
			      uint64_t offset, unsigned length, uint64_t *value);
/* PCI store: the rightmost @length bytes of @value, left to right. Rules as for load. */
struct zpci_outcome zpci_store(struct zpci_firmware *firmware, uint32_t handle, unsigned space,
			       uint64_t offset, unsigned length, uint64_t value);
/* PCI store block to a BAR, by the rules of the function's group (struct zpci_group), @offset
 * 8-aligned unless these are relaxed. Else ZPCI_PGM_SPECIFICATION. The caller has fetched @data
 * from guest storage, and checked the alignment of its address there. */
struct zpci_outcome zpci_store_block(struct zpci_firmware *firmware, uint32_t handle,
				     unsigned space, uint64_t offset, const void *data,
				     size_t length);
/* Refresh PCI translations: DMA addresses from @start on, @length bytes. When it returns, no access
 * by an old translation is under way. A device that maps guest storage has then mapped what is
 * valid now, or the instruction ends in cc 1. A range outside of what is registered is refused, but
 * the function does not fail, because it made no DMA. */
struct zpci_outcome zpci_refresh(struct zpci_firmware *firmware, uint32_t handle, uint64_t start,
				 uint64_t length);
/* Modify PCI function controls: operation control @control (enum zpci_mpcifc). */
struct zpci_outcome zpci_modify_controls(struct zpci_firmware *firmware, uint32_t handle,
					 unsigned dma_space, unsigned control,
					 const struct zpci_fib *fib);
/* Store PCI function controls into *@fib. Fields with nothing to tell are 0, and with another
 * condition code than 0 all are. *@handle_bit: the function is enabled, but the handle lacks the
 * enable bit. */
struct zpci_outcome zpci_store_controls(struct zpci_firmware *firmware, uint32_t handle,
					unsigned dma_space, struct zpci_fib *fib, bool *handle_bit);
/* CLP with a request block, <zpci/clp.h>: @block is @request_length bytes of request, then
 * @response_length bytes to be filled; lengths as the headers say and checked by the caller. @lps
 * selects the logical processor: one that is not installed ends in cc 3, with nothing changed; else
 * cc is 0 and the response has a code of enum zpci_clp_response. */
struct zpci_outcome zpci_clp(struct zpci_firmware *firmware, unsigned lps, void *block,
			     size_t request_length, size_t response_length);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
