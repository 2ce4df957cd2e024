// SPDX-License-Identifier: GPL-2.0-or-later
/* hypervisor_end.c - the start of a VM, its end, and what else a process does. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hypervisor.h"

/* As QEMU looks what KVM can do, for libvirt. */
static void probes(void)
{
	hv_create_vm();
	ioctl(hv.vm, LAYOUT_CHECK_EXTENSION, LAYOUT_CAP_MEM_OP);
	close(hv.vm);
	close(hv.kvm);
}

static void twice(void)
{
	hv_make();
	hv_list();
	hv_create_vm();
	hv_add_storage();
	hv_add_vcpu(0);
	hv_add_flic();
}

/* A hypervisor that goes on after a refusal is refused again, even when the reason has gone. */
static void insists(void)
{
	struct layout_create_device device = { .type = LAYOUT_DEV_FLIC };
	int first;

	hv_make();
	first = hv.vm;
	hv_create_vm();
	hv_add_storage();
	hv.vcpu = hv_add_vcpu(0);
	must(ioctl(hv.vm, LAYOUT_CREATE_DEVICE, &device) == -1 && errno == ECANCELED);
	close(first);
	hv_exit_wait(hv.vcpu);
	must(hv_run(hv.vcpu) == -1 && errno == ECANCELED);
}

/* How often this process has mapped the page of a vCPU. */
static unsigned mapped(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned count = 0;
	char line[512];

	must(maps);
	while (fgets(line, sizeof(line), maps))
		count += !!strstr(line, "memfd:kvm-vcpu");
	fclose(maps);
	return count;
}

/* A mapping that is left would keep the first VM alive in KVM. */
static void again(void)
{
	hv_make();
	hv_list();
	close(hv.vm);
	close(hv.flic);
	close(hv.vcpu);
	must(mapped() == 1); /* by this program */
	hv_make();
	hv_list();
}

/* A descriptor's number is another file's soon. */
static void reuses(void)
{
	hv_make();
	hv_list();
	close(hv.flic);
	hv.vm = hv_need("CREATE_VM", ioctl(hv.kvm, LAYOUT_CREATE_VM, 0));
	must(hv.vm == hv.flic);
	hv_add_storage();
	hv.vcpu = hv_add_vcpu(0);
	hv.run = hv_map_vcpu(hv.vcpu);
	hv_add_flic();
	hv_list();
}

/* A hypervisor that ends closes its descriptors in any order. */
static void closes(void)
{
	hv_make();
	hv_ring(hv_enable());
	close(hv.flic);
	must(open("/dev/null", O_RDWR) == hv.flic);
	usleep(600000);
	must(!hv_presented());
	hv_exit_of(hv.vcpu, hv_clp);
	must(!hv_run(hv.vcpu));
	must(!hv_set_memory(1, 0, STORAGE, STORAGE, hv.storage));
	close(hv.vm);
}

static void *close_vm(void *unused)
{
	(void)unused;
	while (!fake_running(hv.vcpu))
		usleep(1000);
	close(hv.vm);
	hv_cpu.gr[2] = BLOCK;
	hv_exit_of(hv.vcpu, hv_clp);
	return NULL;
}

/* KVM_RUN does not need the VM's descriptor. What was ours is the hypervisor's then. */
static void ends(void)
{
	pthread_t thread;

	hv_make();
	hv_list();
	must(!pthread_create(&thread, NULL, close_vm, NULL));
	must(!hv_run(hv.vcpu));
	pthread_join(thread, NULL);
	must(hv.run->sieic.icptcode == FAKE_INSTRUCTION && hv.run->sieic.ipa == 0xb9a0);
}

static _Atomic bool parked, released;

static void park(int number)
{
	(void)number;
	parked = true;
	while (!released)
		usleep(1000);
	must(!mprotect(hv.storage + BLOCK, 0x1000, PROT_READ | PROT_WRITE));
}

static void *close_meanwhile(void *descriptor)
{
	while (!parked)
		usleep(1000);
	close(*(int *)descriptor);
	/* What was presented before does not count. */
	memset(hv.storage + AIBV, 0, 8);
	released = true;
	return NULL;
}

/* The next access to the CLP block waits until another thread has closed @descriptor. */
static pthread_t close_at_access(int *descriptor)
{
	pthread_t thread;

	must(signal(SIGSEGV, park) != SIG_ERR);
	must(!mprotect(hv.storage + BLOCK, 0x1000, PROT_NONE));
	must(!pthread_create(&thread, NULL, close_meanwhile, descriptor));
	return thread;
}

/* It ends while an instruction of ours waits for storage. */
static void ends_inside(void)
{
	pthread_t thread;

	hv_make();
	hv_list();
	hv_put(sizeof(struct zpci_clp_list_request) + 2, 2, 0);
	thread = close_at_access(&hv.vm);
	hv_cpu.gr[2] = BLOCK;
	hv_ours(hv.vcpu, hv.run, hv_clp);
	pthread_join(thread, NULL);
	must(hv_get(sizeof(struct zpci_clp_list_request) + 2, 2) == ZPCI_CLP_OK);
}

/* It ends while a list of the hypervisor's is looked at. */
static void duplicate_ends_inside(void)
{
	pthread_t thread;

	hv_make();
	hv_list_duplicate();
	thread = close_at_access(&hv.vm);
	must(!hv_run(hv.vcpu));
	pthread_join(thread, NULL);
}

/* An emulator of programs knows no ioctl of KVM's, and does not look at the descriptor. */
static bool closed(int error)
{
	return error == EBADF || error == ENOSYS;
}

/* The vCPU's descriptor is closed while an instruction of ours waits for storage. */
static void closes_cpu(void)
{
	pthread_t thread;

	hv_make();
	hv_list();
	thread = close_at_access(&hv.vcpu);
	hv_cpu.gr[2] = BLOCK;
	hv_exit_of(hv.vcpu, hv_clp);
	must(hv_run(hv.vcpu) == -1 && closed(errno));
	pthread_join(thread, NULL);
}

/* Devices stop at the end, though the firmware is still in use, and a vCPU that goes on does not
 * start them again. */
static void stops_inside(void)
{
	pthread_t thread;

	hv_make();
	hv_ring(hv_enable());
	hv_list();
	thread = close_at_access(&hv.flic);
	hv_cpu.gr[2] = BLOCK;
	hv_ours(hv.vcpu, hv.run, hv_clp);
	pthread_join(thread, NULL);
	fake_adapter_interruptions(hv.vm, ISC);
	hv_exit_wait(hv.vcpu);
	must(!hv_run(hv.vcpu));
	usleep(600000);
	must(!hv_presented());
}

static pthread_barrier_t together;

static void *first_run(void *vcpu)
{
	pthread_barrier_wait(&together);
	return (void *)(intptr_t)hv_run((int)(intptr_t)vcpu);
}

/* Without a FLIC, the first KVM_RUN starts the functions, and there can be two first ones. */
static void starts_once(void)
{
	pthread_t threads[2];
	void *rc;

	hv_create_vm();
	hv_add_storage();
	must(!pthread_barrier_init(&together, NULL, 2));
	for (unsigned i = 0; i < 2; i++) {
		int vcpu = hv_add_vcpu(i);

		hv_exit_wait(vcpu);
		must(!pthread_create(&threads[i], NULL, first_run, (void *)(intptr_t)vcpu));
	}
	for (unsigned i = 0; i < 2; i++) {
		must(!pthread_join(threads[i], &rc));
		must(!rc);
	}
}

static _Atomic bool handled;

static void handle(int number)
{
	(void)number;
	handled = true;
}

/* A signal to this process does not end up in a thread of the interposer's. */
static void no_signals(void)
{
	sigset_t set;

	must(signal(SIGUSR1, handle) != SIG_ERR);
	hv_make();
	sigfillset(&set);
	must(!sigprocmask(SIG_SETMASK, &set, NULL));
	must(!kill(getpid(), SIGUSR1));
	usleep(100000);
	must(!handled);
}

/* --- children --------------------------------------------------------------------------------- */

static void await(pid_t child)
{
	int status;

	must(waitpid(child, &status, 0) == child);
	must(WIFEXITED(status) && !WEXITSTATUS(status));
}

/* A child closes what it has inherited, and ends as any program. */
static void forks(void)
{
	const char *path = getenv("ZPCI_CONTROL");
	uint32_t handle;
	pid_t child;

	hv_make();
	handle = hv_enable();
	child = fork();
	if (!child) {
		hv_clear_flic();
		close(hv.vm);
		exit(0);
	}
	await(child);
	ALIVE(handle);
	must(!access(path, F_OK));

	child = vfork();
	if (!child) {
		close(hv.vm);
		execlp("true", "true", (char *)NULL);
		_exit(1);
	}
	await(child);
	ALIVE(handle);
	must(!access(path, F_OK));
}

/* The process that makes the VM is a child of the first one, which has nothing to say. */
static void daemonizes(void)
{
	pid_t child = fork();

	if (!child) {
		hv_make();
		hv_list();
		exit(0);
	}
	await(child);
}

const struct hv_case hv_ends[] = {
	{ "make", hv_make },
	{ "probes", probes },
	{ "twice", twice },
	{ "insists", insists },
	{ "again", again },
	{ "reuses", reuses },
	{ "closes", closes },
	{ "ends", ends },
	{ "ends-inside", ends_inside },
	{ "stops-inside", stops_inside },
	{ "duplicate-ends-inside", duplicate_ends_inside },
	{ "closes-cpu", closes_cpu },
	{ "starts-once", starts_once },
	{ "no-signals", no_signals },
	{ "forks", forks },
	{ "daemonizes", daemonizes },
	{ NULL, NULL },
};
