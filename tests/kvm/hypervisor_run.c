// SPDX-License-Identifier: GPL-2.0-or-later
/* hypervisor_run.c - KVM_RUN: what of it the hypervisor sees. */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hypervisor.h"

static const uint8_t stsch[6] = { 0xb2, 0x34, 0x50, 0x00 };

static void executes(void)
{
	uint32_t handle;

	hv_make();
	handle = hv_enable();
	ALIVE(handle);
	must(hv.run->regs.gprs[6]);
	/* The guest gets what is in the shared page. */
	hv_exit_wait(hv.vcpu);
	must(!hv_run(hv.vcpu));
	fake_guest(hv.vcpu, &hv_cpu);
	must(hv_cpu.gr[6] == hv.run->regs.gprs[6]);
}

/* Whatever is in the shared page is the hypervisor's. */
static void passes(void)
{
	static uint8_t before[sizeof(struct layout_run)];
	uint32_t handle;

	hv_make();
	handle = hv_enable();
	hv_exit_of(hv.vcpu, stsch);
	must(!hv_run(hv.vcpu));
	must(hv.run->sieic.icptcode == FAKE_INSTRUCTION && hv.run->sieic.ipa == 0xb234);
	must(hv.run->psw_mask == hv_cpu.psw_mask && hv.run->psw_addr == hv_cpu.psw_address);

	/* A handle of the hypervisor's. */
	hv_cpu.gr[4] = (uint64_t)0x80000005 << 32 | 15 << 16 | 4;
	hv_cpu.gr[6] = 0x1122334455667788;
	hv_exit_of(hv.vcpu, hv_pcilg);
	must(!hv_run(hv.vcpu));
	must(hv.run->sieic.ipa == 0xb9d2 && hv.run->regs.gprs[6] == hv_cpu.gr[6]);
	memcpy(before, hv.run, sizeof(before));
	must(!memcmp(&before[offsetof(struct layout_run, regs.gprs)], hv_cpu.gr,
		     sizeof(hv_cpu.gr)));

	/* Errors. */
	fake_exit(hv.vcpu, &(struct fake_exit){ .error = EFAULT });
	must(hv_run(hv.vcpu) == -1 && errno == EFAULT);
	must(ioctl(hv.vcpu, LAYOUT_MEM_OP, NULL) == -1);
	ALIVE(handle);
}

/* An argument that is not there is EFAULT, and nothing else happens. */
static void nowhere(void)
{
	static const unsigned long of_vm[] = {
		LAYOUT_CREATE_DEVICE,	LAYOUT_SET_USER_MEMORY_REGION,
		LAYOUT_SET_DEVICE_ATTR, LAYOUT_GET_DEVICE_ATTR,
		LAYOUT_HAS_DEVICE_ATTR, LAYOUT_SET_USER_MEMORY_REGION2,
	};
	static const int unread[] = { EBADF, EIO, ENOTTY, EPERM };
	uint32_t handle;

	hv_create_vm();
	for (unsigned i = 0; i < sizeof(of_vm) / sizeof(of_vm[0]); i++)
		must(ioctl(hv.vm, of_vm[i], hv_nowhere()) == -1 && errno == EFAULT);
	close(hv.vm);
	hv_make();
	handle = hv_enable();
	for (unsigned i = 0; i < sizeof(of_vm) / sizeof(of_vm[0]); i++)
		must(ioctl(hv.vm, of_vm[i], hv_nowhere()) == -1 && errno == EFAULT);
	must(hv_attribute(hv.vm, LAYOUT_GET_DEVICE_ATTR, LAYOUT_VM_TOD, LAYOUT_VM_TOD_LOW,
			  hv_nowhere()) == -1 &&
	     errno == EFAULT);
	must(ioctl(hv.flic, LAYOUT_SET_DEVICE_ATTR, hv_nowhere()) == -1 && errno == EFAULT);
	must(ioctl(hv.flic, LAYOUT_GET_DEVICE_ATTR, hv_nowhere()) == -1 && errno == EFAULT);
	must(ioctl(hv.vcpu, LAYOUT_MEM_OP, hv_nowhere()) == -1 && errno == EFAULT);
	/* Refused before the argument is read. */
	for (unsigned i = 0; i < sizeof(unread) / sizeof(unread[0]); i++) {
		fake_refuse(LAYOUT_SET_DEVICE_ATTR, unread[i], 1);
		must(ioctl(hv.flic, LAYOUT_SET_DEVICE_ATTR, hv_nowhere()) == -1 &&
		     errno == unread[i]);
		fake_refuse(LAYOUT_GET_DEVICE_ATTR, unread[i], 1);
		must(ioctl(hv.vm, LAYOUT_GET_DEVICE_ATTR, hv_nowhere()) == -1 &&
		     errno == unread[i]);
	}
	/* The fake has no such requests, and does not look at their arguments. */
	must(ioctl(hv.vm, LAYOUT_GET_SKEYS, hv_nowhere()) == -1 && errno == ENOTTY);
	must(ioctl(hv.vm, LAYOUT_PV_COMMAND, hv_nowhere()) == -1 && errno == ENOTTY);
	ALIVE(handle);
}

static void duplicate(void)
{
	hv_make();
	for (unsigned i = 0; i < 2; i++) {
		hv_list_duplicate();
		must(!hv_run(hv.vcpu));
	}
	hv_list();
}

static void other_uid(void)
{
	hv_make();
	hv_query_answered(0x112, ZPCI_CLP_OK);
	hv_query_answered(UID, ZPCI_CLP_INVALID_HANDLE);
	hv_list();
}

static void duplicate_uid(void)
{
	other_uid();
	hv_query_answered(0x77770000 | UID, ZPCI_CLP_OK);
	hv_query_answered(UID, ZPCI_CLP_OK);
}

/* The functions end before the guest gets that answer. */
static void duplicate_at_end(void)
{
	hv_make();
	hv_list_duplicate();
	close(hv.flic);
	must(!hv_run(hv.vcpu));
}

/* The hypervisor wants its vCPU back while an instruction of ours is executed. */
static void *interrupt(void *unused)
{
	(void)unused;
	while (!fake_running(hv.vcpu))
		usleep(1000);
	__atomic_store_n(&hv.run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	hv_cpu.gr[2] = BLOCK;
	hv_exit_of(hv.vcpu, hv_clp);
	return NULL;
}

static void interrupted(void)
{
	size_t request = sizeof(struct zpci_clp_list_request);
	pthread_t thread;

	hv_make();
	fake_exit(hv.vcpu, &(struct fake_exit){ .error = EINTR });
	must(hv_run(hv.vcpu) == -1 && errno == EINTR);

	hv_list();
	hv_put_list();
	must(!pthread_create(&thread, NULL, interrupt, NULL));
	must(hv_run(hv.vcpu) == -1 && errno == EINTR);
	pthread_join(thread, NULL);
	must(hv_get(request + 2, 2) == ZPCI_CLP_OK);
	hv.run->immediate_exit = 0;
	hv_list();
}

static void plugs(void)
{
	struct layout_run *page;
	int second;

	hv_make();
	hv_list();
	second = hv_add_vcpu(1);
	page = hv_map_vcpu(second);
	must(!ioctl(second, LAYOUT_CLEAR_RESET, 0));
	hv_cpu.gr[2] = BLOCK;
	hv_put_list();
	hv_ours(second, page, hv_clp);
	must(hv_get(sizeof(struct zpci_clp_list_request) + 2, 2) == ZPCI_CLP_OK);
}

static void no_flic(void)
{
	hv_create_vm();
	hv_add_storage();
	hv.vcpu = hv_add_vcpu(0);
	hv.run = hv_map_vcpu(hv.vcpu);
	hv_exit_wait(hv.vcpu);
	hv_need("RUN", hv_run(hv.vcpu));
	hv_list();
}

const struct hv_case hv_runs[] = {
	{ "executes", executes },
	{ "passes", passes },
	{ "interrupted", interrupted },
	{ "plugs", plugs },
	{ "no-flic", no_flic },
	{ "nowhere", nowhere },
	{ "duplicate", duplicate },
	{ "other-uid", other_uid },
	{ "duplicate-uid", duplicate_uid },
	{ "duplicate-at-end", duplicate_at_end },
	{ NULL, NULL },
};
