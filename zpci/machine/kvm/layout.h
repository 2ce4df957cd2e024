/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layout.h - the kernel's interface of KVM on s390, as structures and numbers.
 *
 * The kernel's own headers have all this on an s390 host only: <linux/kvm.h> lays struct kvm_run
 * out as the host's <asm/kvm.h> says. This header is for every host, so that the code that uses it
 * is built, tested and sanitized on each of them. Numbers are those of Linux 7.3; layout.c compares
 * them with the kernel's headers that are installed, as far as these go (6.1 or newer).
 *
 * Fields are in host byte order: on a real host big endian. Each name says what the kernel calls
 * it.
 */
#ifndef ZPCI_MACHINE_KVM_LAYOUT_H
#define ZPCI_MACHINE_KVM_LAYOUT_H

#include <stdint.h>
#include <sys/ioctl.h>

/* --- the vCPU's shared page ------------------------------------------------------------------ */

/* exit_reason: KVM_EXIT_*. */
#define LAYOUT_EXIT_INTR 10
#define LAYOUT_EXIT_SIEIC 13
#define LAYOUT_EXIT_RESET 14
#define LAYOUT_EXIT_TSCH 22

/* icptcode of KVM_EXIT_S390_SIEIC (arch/s390/kvm/kvm-s390.h: ICPT_*). */
#define LAYOUT_ICPT_INSTRUCTION 0x04
#define LAYOUT_ICPT_PROGRAM 0x08
#define LAYOUT_ICPT_EXTERNAL 0x14
#define LAYOUT_ICPT_WAIT 0x1c
#define LAYOUT_ICPT_STOP 0x28
#define LAYOUT_ICPT_OPERATION 0x2c

/* kvm_valid_regs and kvm_dirty_regs: KVM_SYNC_*. */
#define LAYOUT_SYNC_PREFIX 0x001ull
#define LAYOUT_SYNC_GPRS 0x002ull
#define LAYOUT_SYNC_ACRS 0x004ull
#define LAYOUT_SYNC_CRS 0x008ull
#define LAYOUT_SYNC_ARCH0 0x010ull

/* struct kvm_sync_regs, up to where this project looks. */
struct layout_sync_regs {
	uint64_t prefix;
	uint64_t gprs[16];
	uint32_t acrs[16];
	uint64_t crs[16];
	uint64_t todpr, cputm, ckc, pp, gbea;
};

/* struct kvm_run, likewise. */
struct layout_run {
	uint8_t request_interrupt_window;
	uint8_t immediate_exit;
	uint8_t padding1[6];
	uint32_t exit_reason;
	uint8_t ready_for_interrupt_injection;
	uint8_t if_flag;
	uint16_t flags;
	uint64_t cr8;
	uint64_t apic_base;
	uint64_t psw_mask;
	uint64_t psw_addr;
	union {
		struct {
			uint8_t icptcode;
			uint16_t ipa; /* the instruction's first two bytes, as a number */
			uint32_t ipb; /* the other four; of a shorter one undefined */
		} sieic;
		uint64_t reset_flags;
		struct {
			uint16_t subchannel_id;
			uint16_t subchannel_nr;
			uint32_t io_int_parm;
			uint32_t io_int_word;
			uint32_t ipb;
			uint8_t dequeued;
		} tsch;
		uint8_t padding[256];
	};
	uint64_t valid_regs;
	uint64_t dirty_regs;
	struct layout_sync_regs regs;
};

/* --- capabilities: KVM_CAP_* ----------------------------------------------------------------- */

#define LAYOUT_CAP_SYNC_REGS 74
#define LAYOUT_CAP_CSS_SUPPORT 85
#define LAYOUT_CAP_DEVICE_CTRL 89
#define LAYOUT_CAP_USER_SIGP 106
#define LAYOUT_CAP_MEM_OP 108
#define LAYOUT_CAP_INJECT_IRQ 113
#define LAYOUT_CAP_IMMEDIATE_EXIT 136
#define LAYOUT_CAP_AIS 141
#define LAYOUT_CAP_VCPU_RESETS 179
#define LAYOUT_CAP_VM_ATTRIBUTES 101
#define LAYOUT_CAP_MEM_OP_EXTENSION 211 /* bit 0: storage keys */
#define LAYOUT_CAP_ZPCI_OP 221

/* struct kvm_enable_cap */
struct layout_enable_cap {
	uint32_t cap;
	uint32_t flags;
	uint64_t args[4];
	uint8_t pad[64];
};

/* --- memory ---------------------------------------------------------------------------------- */

/* struct kvm_userspace_memory_region; flags: KVM_MEM_* */
struct layout_memory_region {
	uint32_t slot; /* address space in the high half: 0 on s390 */
	uint32_t flags;
	uint64_t guest_phys_addr;
	uint64_t memory_size;
	uint64_t userspace_addr;
};

/* struct kvm_userspace_memory_region2 */
struct layout_memory_region2 {
	struct layout_memory_region region;
	uint64_t guest_memfd_offset;
	uint32_t guest_memfd;
	uint32_t pad1;
	uint64_t pad2[14];
};

#define LAYOUT_MEM_LOG_DIRTY_PAGES 0x1u
#define LAYOUT_MEM_READONLY 0x2u

/* struct kvm_s390_mem_op */
struct layout_mem_op {
	uint64_t gaddr;
	uint64_t flags;
	uint32_t size;
	uint32_t op;
	uint64_t buf;
	uint8_t ar;
	uint8_t key;
	uint8_t pad[6];
	uint64_t old_addr;
	uint64_t reserved[2];
};

#define LAYOUT_MEMOP_LOGICAL_READ 0
#define LAYOUT_MEMOP_LOGICAL_WRITE 1
#define LAYOUT_MEMOP_CHECK_ONLY 0x1ull
#define LAYOUT_MEMOP_INJECT_EXCEPTION 0x2ull
#define LAYOUT_MEMOP_SKEY_PROTECTION 0x4ull

/* struct kvm_s390_skeys */
struct layout_skeys {
	uint64_t start_gfn;
	uint64_t count;
	uint64_t skeydata_addr;
	uint32_t flags;
	uint32_t reserved[9];
};

/* --- protected guests ------------------------------------------------------------------------ */

/* struct kvm_pv_cmd */
struct layout_pv_command {
	uint32_t cmd;
	uint16_t rc, rrc;
	uint64_t data;
	uint32_t flags;
	uint32_t reserved[3];
};

#define LAYOUT_PV_ENABLE 0

/* --- interruptions --------------------------------------------------------------------------- */

/* struct kvm_s390_interrupt: a floating one, of the VM */
struct layout_interrupt {
	uint32_t type;
	uint32_t parm;
	uint64_t parm64;
};

/* struct kvm_s390_irq: one of a vCPU */
struct layout_irq {
	uint64_t type;
	union {
		struct {
			uint64_t trans_exc_code;
			uint64_t mon_code;
			uint64_t per_address;
			uint32_t data_exc_code;
			uint16_t code;
			uint16_t mon_class_nr;
			uint8_t per_code;
			uint8_t per_atmid;
			uint8_t exc_access_id;
			uint8_t per_access_id;
			uint8_t op_access_id;
			uint8_t flags; /* 0: KVM finds the instruction's length */
			uint8_t pad[2];
		} pgm;
		uint8_t reserved[64];
	};
};

#define LAYOUT_PROGRAM_INT 0xfffe0001u
#define LAYOUT_MCHK 0xfffe1000u
#define LAYOUT_INT_SERVICE 0xffff2401u
#define LAYOUT_INT_ADAPTER 0x04000000u /* KVM_S390_INT_IO(1, 0, 0, 0) */

/* --- devices and attributes ------------------------------------------------------------------ */

/* struct kvm_device_attr */
struct layout_attr {
	uint32_t flags;
	uint32_t group;
	uint64_t attr;
	uint64_t addr;
};

/* struct kvm_create_device */
struct layout_create_device {
	uint32_t type;
	uint32_t fd;
	uint32_t flags;
};

#define LAYOUT_DEV_FLIC 6

/* The FLIC's groups: KVM_DEV_FLIC_*. */
#define LAYOUT_FLIC_CLEAR_IRQS 3
#define LAYOUT_FLIC_ADAPTER_REGISTER 6
#define LAYOUT_FLIC_AISM 9
#define LAYOUT_FLIC_AIRQ_INJECT 10
#define LAYOUT_FLIC_AISM_ALL 11

/* struct kvm_s390_io_adapter */
struct layout_io_adapter {
	uint32_t id;
	uint8_t isc;
	uint8_t maskable;
	uint8_t swap;
	uint8_t flags;
};

#define LAYOUT_ADAPTER_SUPPRESSIBLE 0x01
#define LAYOUT_ADAPTERS 64 /* IDs are below: MAX_S390_IO_ADAPTERS */

/* struct kvm_s390_ais_req */
struct layout_ais_req {
	uint8_t isc;
	uint16_t mode; /* 0: all, 1: single */
};

/* struct kvm_s390_ais_all */
struct layout_ais_all {
	uint8_t simm;
	uint8_t nimm;
};

/* The VM's groups: KVM_S390_VM_*. */
#define LAYOUT_VM_TOD 1
#define LAYOUT_VM_TOD_LOW 0
#define LAYOUT_VM_TOD_EXT 2
#define LAYOUT_VM_CPU_MODEL 3
#define LAYOUT_VM_CPU_PROCESSOR 0
#define LAYOUT_VM_MIGRATION 4
#define LAYOUT_VM_MIGRATION_START 1

/* struct kvm_s390_vm_tod_clock */
struct layout_tod_clock {
	uint8_t epoch_idx;
	uint64_t tod;
};

/* struct kvm_s390_vm_cpu_processor */
struct layout_cpu_processor {
	uint64_t cpuid;
	uint16_t ibc;
	uint8_t pad[6];
	uint64_t fac_list[256];
};

/* --- ioctls ---------------------------------------------------------------------------------- */

#define LAYOUT_KVMIO 0xAE
/* of /dev/kvm */
#define LAYOUT_GET_API_VERSION _IO(LAYOUT_KVMIO, 0x00)
#define LAYOUT_API_VERSION 12 /* its only answer */
#define LAYOUT_CREATE_VM _IO(LAYOUT_KVMIO, 0x01)
#define LAYOUT_CHECK_EXTENSION _IO(LAYOUT_KVMIO, 0x03) /* of the VM as well */
#define LAYOUT_GET_VCPU_MMAP_SIZE _IO(LAYOUT_KVMIO, 0x04)
/* of the VM */
#define LAYOUT_CREATE_VCPU _IO(LAYOUT_KVMIO, 0x41)
#define LAYOUT_SET_USER_MEMORY_REGION _IOW(LAYOUT_KVMIO, 0x46, struct layout_memory_region)
#define LAYOUT_SET_USER_MEMORY_REGION2 _IOW(LAYOUT_KVMIO, 0x49, struct layout_memory_region2)
#define LAYOUT_ENABLE_CAP _IOW(LAYOUT_KVMIO, 0xa3, struct layout_enable_cap) /* of a vCPU as well */
#define LAYOUT_CREATE_DEVICE _IOWR(LAYOUT_KVMIO, 0xe0, struct layout_create_device)
#define LAYOUT_INTERRUPT _IOW(LAYOUT_KVMIO, 0x94, struct layout_interrupt) /* KVM_S390_INTERRUPT */
#define LAYOUT_GET_SKEYS _IOW(LAYOUT_KVMIO, 0xb2, struct layout_skeys)
#define LAYOUT_PV_COMMAND _IOWR(LAYOUT_KVMIO, 0xc5, struct layout_pv_command)
/* of the VM and of devices */
#define LAYOUT_SET_DEVICE_ATTR _IOW(LAYOUT_KVMIO, 0xe1, struct layout_attr)
#define LAYOUT_GET_DEVICE_ATTR _IOW(LAYOUT_KVMIO, 0xe2, struct layout_attr)
#define LAYOUT_HAS_DEVICE_ATTR _IOW(LAYOUT_KVMIO, 0xe3, struct layout_attr)
/* of a vCPU */
#define LAYOUT_RUN _IO(LAYOUT_KVMIO, 0x80)
#define LAYOUT_IRQ _IOW(LAYOUT_KVMIO, 0xb4, struct layout_irq) /* KVM_S390_IRQ */
#define LAYOUT_MEM_OP _IOW(LAYOUT_KVMIO, 0xb1, struct layout_mem_op)
#define LAYOUT_INITIAL_RESET _IO(LAYOUT_KVMIO, 0x97)
#define LAYOUT_NORMAL_RESET _IO(LAYOUT_KVMIO, 0xc3)
#define LAYOUT_CLEAR_RESET _IO(LAYOUT_KVMIO, 0xc4)
#define LAYOUT_SET_MP_STATE _IOW(LAYOUT_KVMIO, 0x99, uint32_t)

#endif
