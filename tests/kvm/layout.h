/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.h - KVM's interface on s390 in numbers. No header of Linux is included: a program that was
 * compiled with a wrong one must be found. All values are in the host's byte order.
 *
 * Source: include/uapi/linux/kvm.h and arch/s390/include/uapi/asm/kvm.h of Linux 6.1 and 7.2.
 */
#ifndef TESTS_KVM_LAYOUT_H
#define TESTS_KVM_LAYOUT_H

/* --- ioctls ----------------------------------------------------------------------------------- */

#define GET_API_VERSION 0xae00u
#define CREATE_VM 0xae01u
#define CHECK_EXTENSION 0xae03u
#define GET_VCPU_MMAP_SIZE 0xae04u

#define CREATE_VCPU 0xae41u
#define SET_USER_MEMORY_REGION 0x4020ae46u
#define SET_USER_MEMORY_REGION2 0x40a0ae49u
#define CREATE_IRQCHIP 0xae60u
#define SET_GSI_ROUTING 0x4008ae6au
#define IRQFD 0x4020ae76u
#define ENABLE_CAP 0x4068aea3u
#define CREATE_DEVICE 0xc00caee0u
#define SET_DEVICE_ATTR 0x4018aee1u
#define GET_DEVICE_ATTR 0x4018aee2u
#define HAS_DEVICE_ATTR 0x4018aee3u

#define RUN 0xae80u
#define GET_REGS 0x8080ae81u
#define SET_REGS 0x4080ae82u
#define GET_SREGS 0x80c0ae83u
#define SET_SREGS 0x40c0ae84u
#define GET_FPU 0x8088ae8cu
#define SET_FPU 0x4088ae8du
#define S390_INTERRUPT 0x4010ae94u
#define S390_STORE_STATUS 0x4008ae95u
#define S390_INITIAL_RESET 0xae97u
#define GET_MP_STATE 0x8004ae98u
#define SET_MP_STATE 0x4004ae99u
#define S390_MEM_OP 0x4040aeb1u
#define S390_IRQ 0x4048aeb4u
#define S390_NORMAL_RESET 0xaec3u
#define S390_CLEAR_RESET 0xaec4u

#define REQUEST_TYPE(request) ((request) >> 8 & 0xff)
#define REQUEST_SIZE(request) ((request) >> 16 & 0x3fff)
#define TYPE_OF_KVM 0xae

/* --- struct kvm_run --------------------------------------------------------------------------- */

#define RUN_SIZE 4096u
#define RUN_IMMEDIATE_EXIT 1
#define RUN_EXIT_REASON 8
#define RUN_PSW_MASK 32
#define RUN_PSW_ADDRESS 40
#define RUN_UNION 48
#define RUN_UNION_SIZE 256
#define RUN_ICPTCODE 48
#define RUN_IPA 50
#define RUN_IPB 52
#define RUN_RESET_FLAGS 48
#define RUN_TSCH_ID 48
#define RUN_TSCH_NR 50
#define RUN_TSCH_PARM 52
#define RUN_TSCH_WORD 56
#define RUN_TSCH_IPB 60
#define RUN_TSCH_DEQUEUED 64
#define RUN_VALID_REGS 304
#define RUN_DIRTY_REGS 312
#define RUN_PREFIX 320
#define RUN_GPRS 328
#define RUN_ACRS 456
#define RUN_CRS 520
#define RUN_TODPR 648
#define RUN_CPUTM 656
#define RUN_CKC 664
#define RUN_PP 672
#define RUN_GBEA 680
#define RUN_VRS 712
#define RUN_FPC 1736

#define SYNC_PREFIX 0x0001u
#define SYNC_GPRS 0x0002u
#define SYNC_ACRS 0x0004u
#define SYNC_CRS 0x0008u
#define SYNC_ARCH0 0x0010u
#define SYNC_ALL 0x1fffu

#define EXIT_INTR 10
#define EXIT_SIEIC 13
#define EXIT_RESET 14
#define EXIT_TSCH 22

/* --- capabilities ----------------------------------------------------------------------------- */

#define CAP_USER_MEMORY 3
#define CAP_NR_VCPUS 9
#define CAP_NR_MEMSLOTS 10
#define CAP_MP_STATE 14
#define CAP_SYNC_MMU 16
#define CAP_DESTROY_MEMORY_REGION_WORKS 21
#define CAP_IRQ_ROUTING 25
#define CAP_JOIN_MEMORY_REGIONS_WORKS 30
#define CAP_IRQFD 32
#define CAP_IOEVENTFD 36
#define CAP_ENABLE_CAP 54
#define CAP_MAX_VCPUS 66
#define CAP_SYNC_REGS 74
#define CAP_S390_CSS_SUPPORT 85
#define CAP_DEVICE_CTRL 89
#define CAP_S390_IRQCHIP 99
#define CAP_VM_ATTRIBUTES 101
#define CAP_CHECK_EXTENSION_VM 105
#define CAP_S390_USER_SIGP 106
#define CAP_S390_VECTOR_REGISTERS 107
#define CAP_S390_MEM_OP 108
#define CAP_S390_USER_STSI 109
#define CAP_S390_INJECT_IRQ 113
#define CAP_S390_RI 124
#define CAP_MAX_VCPU_ID 128
#define CAP_S390_USER_INSTR0 130
#define CAP_IMMEDIATE_EXIT 136
#define CAP_S390_GS 140
#define CAP_S390_AIS 141
#define CAP_S390_AIS_MIGRATION 150
#define CAP_S390_VCPU_RESETS 179
#define CAP_S390_MEM_OP_EXTENSION 211
#define CAP_S390_CPU_TOPOLOGY 222
#define CAP_USER_MEMORY2 231

/* --- arguments -------------------------------------------------------------------------------- */

/* struct kvm_userspace_memory_region, and what region2 adds */
#define REGION_SLOT 0
#define REGION_FLAGS 4
#define REGION_GUEST 8
#define REGION_SIZE 16
#define REGION_HOST 24
#define REGION_BYTES 32
#define REGION2_BYTES 160
#define REGION_LOG_DIRTY 1u

/* struct kvm_enable_cap */
#define CAP_NUMBER 0
#define CAP_FLAGS 4
#define CAP_ARGS 8
#define CAP_BYTES 104

/* struct kvm_create_device */
#define DEVICE_TYPE 0
#define DEVICE_FD 4
#define DEVICE_FLAGS 8
#define DEVICE_BYTES 12
#define DEVICE_TYPE_FLIC 6
#define DEVICE_TEST 1u

/* struct kvm_device_attr */
#define ATTR_FLAGS 0
#define ATTR_GROUP 4
#define ATTR_ATTR 8
#define ATTR_ADDR 16
#define ATTR_BYTES 24

/* groups and attributes of a VM */
#define VM_MEM_CTRL 0
#define VM_MEM_LIMIT_SIZE 2
#define VM_TOD 1
#define VM_TOD_LOW 0
#define VM_TOD_HIGH 1
#define VM_TOD_EXT 2
#define TOD_EXT_EPOCH 0
#define TOD_EXT_TOD 8
#define TOD_EXT_BYTES 16
#define VM_CPU_MODEL 3
#define CPU_PROCESSOR 0
#define CPU_MACHINE 1
#define PROCESSOR_CPUID 0
#define PROCESSOR_IBC 8
#define PROCESSOR_LIST 16
#define PROCESSOR_BYTES 2064
#define MACHINE_MASK 16
#define MACHINE_LIST 2064
#define MACHINE_BYTES 4112
#define FACILITY_WORDS 32 /* of struct kvm_s390_vm_cpu_processor that KVM uses: 2048 bits */

/* struct kvm_s390_interrupt */
#define INTERRUPT_TYPE 0
#define INTERRUPT_PARM 4
#define INTERRUPT_PARM64 8
#define INTERRUPT_BYTES 16

/* struct kvm_s390_irq */
#define IRQ_TYPE 0
#define IRQ_UNION 8
#define IRQ_BYTES 72
#define IRQ_PGM_TEID 8
#define IRQ_PGM_CODE 36
#define IRQ_PGM_ACCESS_ID 42
#define IRQ_PGM_FLAGS 45
#define IRQ_EXT_PARAMS 8
#define IRQ_IO_ID 8
#define IRQ_IO_NR 10
#define IRQ_IO_PARM 12
#define IRQ_IO_WORD 16
#define IRQ_MCHK_CR14 8
#define IRQ_MCHK_MCIC 16
#define IRQ_STOP_FLAGS 8
#define IRQ_PREFIX_ADDRESS 8
#define IRQ_EMERGENCY_CODE 8

#define INT_IO_MIN 0x00000000u
#define INT_IO_MAX 0xfffdffffu
#define INT_IO_ADAPTER 0x04000000u
#define INT_SIGP_STOP 0xfffe0000u
#define INT_PROGRAM 0xfffe0001u
#define INT_SET_PREFIX 0xfffe0002u
#define INT_RESTART 0xfffe0003u
#define INT_PFAULT_INIT 0xfffe0004u
#define INT_PFAULT_DONE 0xfffe0005u
#define INT_MCHK 0xfffe1000u
#define INT_CLOCK_COMP 0xffff1004u
#define INT_CPU_TIMER 0xffff1005u
#define INT_EMERGENCY 0xffff1201u
#define INT_EXTERNAL_CALL 0xffff1202u
#define INT_SERVICE 0xffff2401u
#define INT_VIRTIO 0xffff2603u

#define PGM_FLAG_ILC_VALID 0x01
#define PGM_FLAG_ILC_MASK 0x06
#define PGM_FLAG_NO_REWIND 0x08
#define MCHK_CR14_CHANNEL_REPORT 0x10000000u
#define MCHK_CHANNEL_REPORT 0x0040000000000000ull /* bit 9 of the interruption code */

/* struct kvm_s390_mem_op */
#define MEMOP_GADDR 0
#define MEMOP_FLAGS 8
#define MEMOP_SIZE 16
#define MEMOP_OP 20
#define MEMOP_BUF 24
#define MEMOP_AR 32
#define MEMOP_KEY 33
#define MEMOP_BYTES 64
#define MEMOP_LOGICAL_READ 0
#define MEMOP_LOGICAL_WRITE 1
#define MEMOP_ABSOLUTE_READ 4
#define MEMOP_ABSOLUTE_WRITE 5
#define MEMOP_CHECK_ONLY 1u
#define MEMOP_INJECT 2u
#define MEMOP_SKEY 4u
#define MEMOP_MAX 65536u

/* groups of the FLIC */
#define FLIC_GET_ALL_IRQS 1
#define FLIC_ENQUEUE 2
#define FLIC_CLEAR_IRQS 3
#define FLIC_APF_ENABLE 4
#define FLIC_APF_DISABLE_WAIT 5
#define FLIC_ADAPTER_REGISTER 6
#define FLIC_ADAPTER_MODIFY 7
#define FLIC_CLEAR_IO_IRQ 8
#define FLIC_AISM 9
#define FLIC_AIRQ_INJECT 10
#define FLIC_AISM_ALL 11
#define FLIC_MAX_BUFFER 0x2000000

/* struct kvm_s390_io_adapter */
#define ADAPTER_ID 0
#define ADAPTER_ISC 4
#define ADAPTER_MASKABLE 5
#define ADAPTER_SWAP 6
#define ADAPTER_FLAGS 7
#define ADAPTER_BYTES 8
#define ADAPTERS 64
#define ADAPTER_SUPPRESSIBLE 1

/* struct kvm_s390_io_adapter_req */
#define MODIFY_ID 0
#define MODIFY_TYPE 4
#define MODIFY_MASK 5
#define MODIFY_ADDR 8
#define MODIFY_BYTES 16

/* struct kvm_s390_ais_req, kvm_s390_ais_all */
#define AIS_ISC 0
#define AIS_MODE 2
#define AIS_BYTES 4
#define AIS_ALL_BYTES 2

/* struct kvm_irq_routing, kvm_irq_routing_entry */
#define ROUTING_NR 0
#define ROUTING_FLAGS 4
#define ROUTING_BYTES 8
#define ROUTE_GSI 0
#define ROUTE_TYPE 4
#define ROUTE_FLAGS 8
#define ROUTE_IND_ADDR 16
#define ROUTE_SUMMARY_ADDR 24
#define ROUTE_IND_OFFSET 32
#define ROUTE_SUMMARY_OFFSET 40
#define ROUTE_ADAPTER 44
#define ROUTE_BYTES 48
#define ROUTES 4096
#define ROUTE_S390_ADAPTER 3

/* struct kvm_irqfd */
#define IRQFD_FD 0
#define IRQFD_GSI 4
#define IRQFD_FLAGS 8
#define IRQFD_BYTES 32
#define IRQFD_DEASSIGN 1u

#define MP_STOPPED 5
#define MP_OPERATING 7

/* --- the machine ------------------------------------------------------------------------------ */

#define PAGE 4096ull
#define PSW_DAT 0x0400000000000000ull
#define PSW_SPACE_SHIFT 46 /* of two bits: */
#define SPACE_PRIMARY 0
#define SPACE_ACCESS_REGISTER 1
#define SPACE_SECONDARY 2
#define SPACE_HOME 3
#define PSW_64 0x0000000180000000ull
#define PSW_31 0x0000000080000000ull
#define CR0_INITIAL 0xe0ull
#define CR14_INITIAL 0xc2000000ull
#define CR0_LOW_ADDRESS_PROTECTION 0x10000000ull

/* lowcore */
#define LC_PGM_ILC 140
#define LC_PGM_CODE 142
#define LC_EXC_ACCESS_ID 160
#define LC_TEID 168
#define LC_PGM_OLD_PSW 336
#define LC_PGM_NEW_PSW 464

#define PGM_PROTECTION 0x0004
#define PGM_ADDRESSING 0x0005
#define PGM_SEGMENT_TRANSLATION 0x0010
#define PGM_PAGE_TRANSLATION 0x0011
#define PGM_ALET_SPECIFICATION 0x0028
#define PGM_ALEN_TRANSLATION 0x0029
#define PGM_EXTENDED_AUTHORITY 0x002d
#define PGM_ASCE_TYPE 0x0038
#define PGM_REGION_THIRD 0x003b

#endif
