// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * layout.c - compares layout.h with the kernel's headers, when this is compiled. Nothing is left of
 * it at run time.
 *
 * Every host's <linux/kvm.h> has the structures and numbers that are the same on all of them. Only
 * that of an s390 host has struct kvm_run as it is there, and <asm/kvm.h>.
 */
#include "layout.h"

#include <stddef.h>

#define OFFSET(type, field, bytes)                                                                 \
	_Static_assert(offsetof(struct type, field) == (bytes), #type "." #field)
#define SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), #type)

/* As the reference for KVM's numbers has them: whatever headers there are. */
OFFSET(layout_run, immediate_exit, 1);
OFFSET(layout_run, exit_reason, 8);
OFFSET(layout_run, psw_mask, 32);
OFFSET(layout_run, psw_addr, 40);
OFFSET(layout_run, sieic.icptcode, 48);
OFFSET(layout_run, sieic.ipa, 50);
OFFSET(layout_run, sieic.ipb, 52);
OFFSET(layout_run, tsch.dequeued, 64);
OFFSET(layout_run, valid_regs, 304);
OFFSET(layout_run, dirty_regs, 312);
OFFSET(layout_run, regs.prefix, 320);
OFFSET(layout_run, regs.gprs, 328);
OFFSET(layout_run, regs.acrs, 456);
OFFSET(layout_run, regs.crs, 520);
OFFSET(layout_run, regs.todpr, 648);
OFFSET(layout_irq, pgm.code, 36);
SIZE(layout_memory_region, 32);
SIZE(layout_memory_region2, 160);
SIZE(layout_mem_op, 64);
SIZE(layout_interrupt, 16);
SIZE(layout_irq, 72);
SIZE(layout_attr, 24);
SIZE(layout_enable_cap, 104);
SIZE(layout_io_adapter, 8);
SIZE(layout_ais_req, 4);
SIZE(layout_tod_clock, 16);
SIZE(layout_cpu_processor, 2064);

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/kvm.h>)

#include <linux/kvm.h>

#define SAME_NUMBER(layout, kernel)                                                                \
	_Static_assert((unsigned long long)(layout) == (unsigned long long)(kernel), #kernel)
#define SAME_SIZE(layout, kernel) SIZE(layout, sizeof(struct kernel))
#define SAME_FIELD(layout, kernel, field)                                                          \
	_Static_assert(offsetof(struct layout, field) == offsetof(struct kernel, field) &&         \
			       sizeof(((struct layout *)0)->field) ==                              \
				       sizeof(((struct kernel *)0)->field),                        \
		       #kernel "." #field)

SAME_NUMBER(LAYOUT_EXIT_INTR, KVM_EXIT_INTR);
SAME_NUMBER(LAYOUT_EXIT_SIEIC, KVM_EXIT_S390_SIEIC);
SAME_NUMBER(LAYOUT_EXIT_RESET, KVM_EXIT_S390_RESET);
SAME_NUMBER(LAYOUT_EXIT_TSCH, KVM_EXIT_S390_TSCH);

SAME_NUMBER(LAYOUT_CAP_SYNC_REGS, KVM_CAP_SYNC_REGS);
SAME_NUMBER(LAYOUT_CAP_CSS_SUPPORT, KVM_CAP_S390_CSS_SUPPORT);
SAME_NUMBER(LAYOUT_CAP_DEVICE_CTRL, KVM_CAP_DEVICE_CTRL);
SAME_NUMBER(LAYOUT_CAP_USER_SIGP, KVM_CAP_S390_USER_SIGP);
SAME_NUMBER(LAYOUT_CAP_MEM_OP, KVM_CAP_S390_MEM_OP);
SAME_NUMBER(LAYOUT_CAP_INJECT_IRQ, KVM_CAP_S390_INJECT_IRQ);
SAME_NUMBER(LAYOUT_CAP_IMMEDIATE_EXIT, KVM_CAP_IMMEDIATE_EXIT);
SAME_NUMBER(LAYOUT_CAP_AIS, KVM_CAP_S390_AIS);
SAME_NUMBER(LAYOUT_CAP_VCPU_RESETS, KVM_CAP_S390_VCPU_RESETS);
SAME_NUMBER(LAYOUT_CAP_VM_ATTRIBUTES, KVM_CAP_VM_ATTRIBUTES);
SAME_NUMBER(LAYOUT_CAP_MEM_OP_EXTENSION, KVM_CAP_S390_MEM_OP_EXTENSION);
SAME_NUMBER(LAYOUT_CAP_ZPCI_OP, KVM_CAP_S390_ZPCI_OP);

SAME_SIZE(layout_memory_region, kvm_userspace_memory_region);
SAME_FIELD(layout_memory_region, kvm_userspace_memory_region, slot);
SAME_FIELD(layout_memory_region, kvm_userspace_memory_region, flags);
SAME_FIELD(layout_memory_region, kvm_userspace_memory_region, guest_phys_addr);
SAME_FIELD(layout_memory_region, kvm_userspace_memory_region, memory_size);
SAME_FIELD(layout_memory_region, kvm_userspace_memory_region, userspace_addr);
SAME_NUMBER(LAYOUT_MEM_READONLY, KVM_MEM_READONLY);
SAME_NUMBER(LAYOUT_MEM_LOG_DIRTY_PAGES, KVM_MEM_LOG_DIRTY_PAGES);

SAME_SIZE(layout_attr, kvm_device_attr);
SAME_FIELD(layout_attr, kvm_device_attr, flags);
SAME_FIELD(layout_attr, kvm_device_attr, group);
SAME_FIELD(layout_attr, kvm_device_attr, attr);
SAME_FIELD(layout_attr, kvm_device_attr, addr);
SAME_SIZE(layout_create_device, kvm_create_device);
SAME_FIELD(layout_create_device, kvm_create_device, type);
SAME_FIELD(layout_create_device, kvm_create_device, fd);
SAME_NUMBER(LAYOUT_DEV_FLIC, KVM_DEV_TYPE_FLIC);
SAME_SIZE(layout_enable_cap, kvm_enable_cap);
SAME_FIELD(layout_enable_cap, kvm_enable_cap, cap);

SAME_NUMBER(LAYOUT_GET_API_VERSION, KVM_GET_API_VERSION);
SAME_NUMBER(LAYOUT_API_VERSION, KVM_API_VERSION);
SAME_NUMBER(LAYOUT_CREATE_VM, KVM_CREATE_VM);
SAME_NUMBER(LAYOUT_CHECK_EXTENSION, KVM_CHECK_EXTENSION);
SAME_NUMBER(LAYOUT_GET_VCPU_MMAP_SIZE, KVM_GET_VCPU_MMAP_SIZE);
SAME_NUMBER(LAYOUT_CREATE_VCPU, KVM_CREATE_VCPU);
SAME_NUMBER(LAYOUT_SET_USER_MEMORY_REGION, KVM_SET_USER_MEMORY_REGION);
#ifdef KVM_SET_USER_MEMORY_REGION2 /* from Linux 6.8 on */
SAME_NUMBER(LAYOUT_SET_USER_MEMORY_REGION2, KVM_SET_USER_MEMORY_REGION2);
#endif
SAME_NUMBER(LAYOUT_ENABLE_CAP, KVM_ENABLE_CAP);
SAME_NUMBER(LAYOUT_CREATE_DEVICE, KVM_CREATE_DEVICE);
SAME_NUMBER(LAYOUT_SET_DEVICE_ATTR, KVM_SET_DEVICE_ATTR);
SAME_NUMBER(LAYOUT_GET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR);
SAME_NUMBER(LAYOUT_HAS_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR);
SAME_NUMBER(LAYOUT_RUN, KVM_RUN);
SAME_NUMBER(LAYOUT_INITIAL_RESET, KVM_S390_INITIAL_RESET);
SAME_NUMBER(LAYOUT_NORMAL_RESET, KVM_S390_NORMAL_RESET);
SAME_NUMBER(LAYOUT_CLEAR_RESET, KVM_S390_CLEAR_RESET);
SAME_NUMBER(LAYOUT_SET_MP_STATE, KVM_SET_MP_STATE);

/*
 * Linux 6.9 moved what only s390 has from <linux/kvm.h> into s390's own <asm/kvm.h>. The headers of
 * another host then have the names of these ioctls without their structures.
 */
#ifdef KVM_S390_MEMOP_LOGICAL_READ

SAME_SIZE(layout_skeys, kvm_s390_skeys);
SAME_FIELD(layout_skeys, kvm_s390_skeys, count);
SAME_FIELD(layout_skeys, kvm_s390_skeys, skeydata_addr);
SAME_SIZE(layout_pv_command, kvm_pv_cmd);
SAME_FIELD(layout_pv_command, kvm_pv_cmd, cmd);
SAME_NUMBER(LAYOUT_PV_ENABLE, KVM_PV_ENABLE);
SAME_SIZE(layout_mem_op, kvm_s390_mem_op);
SAME_FIELD(layout_mem_op, kvm_s390_mem_op, gaddr);
SAME_FIELD(layout_mem_op, kvm_s390_mem_op, flags);
SAME_FIELD(layout_mem_op, kvm_s390_mem_op, size);
SAME_FIELD(layout_mem_op, kvm_s390_mem_op, op);
SAME_FIELD(layout_mem_op, kvm_s390_mem_op, buf);
SAME_FIELD(layout_mem_op, kvm_s390_mem_op, ar);
SAME_FIELD(layout_mem_op, kvm_s390_mem_op, key);
SAME_NUMBER(LAYOUT_MEMOP_LOGICAL_READ, KVM_S390_MEMOP_LOGICAL_READ);
SAME_NUMBER(LAYOUT_MEMOP_LOGICAL_WRITE, KVM_S390_MEMOP_LOGICAL_WRITE);
SAME_NUMBER(LAYOUT_MEMOP_CHECK_ONLY, KVM_S390_MEMOP_F_CHECK_ONLY);
SAME_NUMBER(LAYOUT_MEMOP_INJECT_EXCEPTION, KVM_S390_MEMOP_F_INJECT_EXCEPTION);
SAME_NUMBER(LAYOUT_MEMOP_SKEY_PROTECTION, KVM_S390_MEMOP_F_SKEY_PROTECTION);
SAME_SIZE(layout_interrupt, kvm_s390_interrupt);
SAME_FIELD(layout_interrupt, kvm_s390_interrupt, type);
SAME_FIELD(layout_interrupt, kvm_s390_interrupt, parm);
SAME_FIELD(layout_interrupt, kvm_s390_interrupt, parm64);
SAME_SIZE(layout_irq, kvm_s390_irq);
SAME_FIELD(layout_irq, kvm_s390_irq, type);
_Static_assert(offsetof(struct layout_irq, pgm.code) == offsetof(struct kvm_s390_irq, u.pgm.code),
	       "kvm_s390_irq.u.pgm.code");
_Static_assert(offsetof(struct layout_irq, pgm.flags) == offsetof(struct kvm_s390_irq, u.pgm.flags),
	       "kvm_s390_irq.u.pgm.flags");
SAME_NUMBER(LAYOUT_PROGRAM_INT, KVM_S390_PROGRAM_INT);
SAME_NUMBER(LAYOUT_MCHK, KVM_S390_MCHK);
SAME_NUMBER(LAYOUT_INT_SERVICE, KVM_S390_INT_SERVICE);
SAME_NUMBER(LAYOUT_INT_ADAPTER, KVM_S390_INT_IO(1, 0, 0, 0));
SAME_NUMBER(LAYOUT_INTERRUPT, KVM_S390_INTERRUPT);
SAME_NUMBER(LAYOUT_GET_SKEYS, KVM_S390_GET_SKEYS);
SAME_NUMBER(LAYOUT_PV_COMMAND, KVM_S390_PV_COMMAND);
SAME_NUMBER(LAYOUT_IRQ, KVM_S390_IRQ);
SAME_NUMBER(LAYOUT_MEM_OP, KVM_S390_MEM_OP);

#endif

#ifdef __s390x__

#define SAME_RUN(layout, kernel)                                                                   \
	_Static_assert(offsetof(struct layout_run, layout) == offsetof(struct kvm_run, kernel) &&  \
			       sizeof(((struct layout_run *)0)->layout) ==                         \
				       sizeof(((struct kvm_run *)0)->kernel),                      \
		       "kvm_run." #kernel)

SAME_RUN(immediate_exit, immediate_exit);
SAME_RUN(exit_reason, exit_reason);
SAME_RUN(psw_mask, psw_mask);
SAME_RUN(psw_addr, psw_addr);
SAME_RUN(sieic.icptcode, s390_sieic.icptcode);
SAME_RUN(sieic.ipa, s390_sieic.ipa);
SAME_RUN(sieic.ipb, s390_sieic.ipb);
SAME_RUN(reset_flags, s390_reset_flags);
SAME_RUN(tsch.subchannel_id, s390_tsch.subchannel_id);
SAME_RUN(tsch.dequeued, s390_tsch.dequeued);
SAME_RUN(valid_regs, kvm_valid_regs);
SAME_RUN(dirty_regs, kvm_dirty_regs);
SAME_RUN(regs.prefix, s.regs.prefix);
SAME_RUN(regs.gprs, s.regs.gprs);
SAME_RUN(regs.acrs, s.regs.acrs);
SAME_RUN(regs.crs, s.regs.crs);
SAME_RUN(regs.todpr, s.regs.todpr);
SAME_RUN(regs.cputm, s.regs.cputm);
SAME_RUN(regs.ckc, s.regs.ckc);

SAME_NUMBER(LAYOUT_SYNC_PREFIX, KVM_SYNC_PREFIX);
SAME_NUMBER(LAYOUT_SYNC_GPRS, KVM_SYNC_GPRS);
SAME_NUMBER(LAYOUT_SYNC_ACRS, KVM_SYNC_ACRS);
SAME_NUMBER(LAYOUT_SYNC_CRS, KVM_SYNC_CRS);
SAME_NUMBER(LAYOUT_SYNC_ARCH0, KVM_SYNC_ARCH0);
SAME_NUMBER(LAYOUT_FLIC_CLEAR_IRQS, KVM_DEV_FLIC_CLEAR_IRQS);
SAME_NUMBER(LAYOUT_FLIC_ADAPTER_REGISTER, KVM_DEV_FLIC_ADAPTER_REGISTER);
SAME_NUMBER(LAYOUT_FLIC_AISM, KVM_DEV_FLIC_AISM);
SAME_NUMBER(LAYOUT_FLIC_AIRQ_INJECT, KVM_DEV_FLIC_AIRQ_INJECT);
SAME_NUMBER(LAYOUT_FLIC_AISM_ALL, KVM_DEV_FLIC_AISM_ALL);
SAME_SIZE(layout_io_adapter, kvm_s390_io_adapter);
SAME_FIELD(layout_io_adapter, kvm_s390_io_adapter, isc);
SAME_FIELD(layout_io_adapter, kvm_s390_io_adapter, maskable);
SAME_FIELD(layout_io_adapter, kvm_s390_io_adapter, swap);
SAME_FIELD(layout_io_adapter, kvm_s390_io_adapter, flags);
SAME_NUMBER(LAYOUT_ADAPTER_SUPPRESSIBLE, KVM_S390_ADAPTER_SUPPRESSIBLE);
SAME_SIZE(layout_ais_req, kvm_s390_ais_req);
SAME_FIELD(layout_ais_req, kvm_s390_ais_req, mode);
SAME_SIZE(layout_ais_all, kvm_s390_ais_all);
SAME_SIZE(layout_tod_clock, kvm_s390_vm_tod_clock);
SAME_FIELD(layout_tod_clock, kvm_s390_vm_tod_clock, tod);
SAME_SIZE(layout_cpu_processor, kvm_s390_vm_cpu_processor);
SAME_FIELD(layout_cpu_processor, kvm_s390_vm_cpu_processor, fac_list);
SAME_NUMBER(LAYOUT_VM_TOD, KVM_S390_VM_TOD);
SAME_NUMBER(LAYOUT_VM_TOD_LOW, KVM_S390_VM_TOD_LOW);
SAME_NUMBER(LAYOUT_VM_TOD_EXT, KVM_S390_VM_TOD_EXT);
SAME_NUMBER(LAYOUT_VM_CPU_MODEL, KVM_S390_VM_CPU_MODEL);
SAME_NUMBER(LAYOUT_VM_CPU_PROCESSOR, KVM_S390_VM_CPU_PROCESSOR);
SAME_NUMBER(LAYOUT_VM_MIGRATION, KVM_S390_VM_MIGRATION);
SAME_NUMBER(LAYOUT_VM_MIGRATION_START, KVM_S390_VM_MIGRATION_START);

#endif /* __s390x__ */
#endif
#endif
