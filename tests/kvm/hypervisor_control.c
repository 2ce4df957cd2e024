// SPDX-License-Identifier: GPL-2.0-or-later
/* hypervisor_control.c - the control channel, and what comes of its commands. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "hypervisor.h"

static void say(int fd, const char *line, const char *expected)
{
	char answer[64] = "";

	must(write(fd, line, strlen(line)) == (ssize_t)strlen(line));
	must(read(fd, answer, sizeof(answer) - 1) > 0);
	must(!strcmp(answer, expected));
}

static int connect_control(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(address.sun_path, getenv("ZPCI_CONTROL"), sizeof(address.sun_path) - 1);
	must(!connect(fd, (const struct sockaddr *)&address, sizeof(address)));
	return fd;
}

static void control(void)
{
	struct stat status;

	hv_make();
	must(!stat(getenv("ZPCI_CONTROL"), &status) && (status.st_mode & 0777) == 0600);
	say(connect_control(), "list\n", "ok 0x00001021\n");
}

/* A hypervisor goes elsewhere, as QEMU does with -daemonize. */
static void moves(void)
{
	hv_make();
	must(!access(getenv("ZPCI_CONTROL"), F_OK));
	must(!chdir("/"));
}

static _Atomic unsigned refused;
static _Atomic bool refusing;

/* Of this program, and so of all that is loaded into it. */
__attribute__((visibility("default"))) int accept4(int fd, __SOCKADDR_ARG address,
						   socklen_t *length, int flags)
{
	typedef int function(int fd, __SOCKADDR_ARG address, socklen_t *length, int flags);

	if (!refusing)
		return ((function *)dlsym(RTLD_NEXT, "accept4"))(fd, address, length, flags);
	refused++;
	errno = EMFILE;
	return -1;
}

/* While there is no descriptor for a client, it waits, and nobody is busy with it. The others are
 * served. */
static void no_descriptor(void)
{
	int first, second;

	hv_make();
	first = connect_control();
	say(first, "list\n", "ok 0x00001021\n");
	refusing = true;
	second = connect_control();
	while (!refused)
		sched_yield();
	usleep(300000);
	must(refused < 10);
	say(first, "list\n", "ok 0x00001021\n");
	refusing = false;
	say(second, "list\n", "ok 0x00001021\n");
}

/* The guest takes a channel report of ours; the next one is the hypervisor's. A reset forgets
 * reports. */
static void reports(void)
{
	static const uint8_t stcrw[6] = { 0xb2, 0x39, 0x20, 0x00 };
	uint64_t cr14, mcic;
	int fd;

	hv_make();
	fd = connect_control();
	hv_enable();
	say(fd, "error 0x1021 0x3a\n", "ok\n");
	/* A timer's thread presents it. */
	while (!fake_machine_check(hv.vm, &cr14, &mcic))
		sched_yield();
	hv_cpu.gr[2] = BLOCK;
	hv_execute(stcrw);
	must(hv_get(0, 4) == 0x0b000000);
	hv_exit_of(hv.vcpu, stcrw);
	must(!hv_run(hv.vcpu) && hv.run->sieic.ipa == 0xb239);

	must(!hv_clear_flic());
	hv_enable();
	say(fd, "error 0x1021 0x3a\n", "ok\n");
	must(!hv_clear_flic());
	hv_exit_of(hv.vcpu, stcrw);
	must(!hv_run(hv.vcpu) && hv.run->sieic.ipa == 0xb239);
	must(!fake_machine_check(hv.vm, &cr14, &mcic));
}

const struct hv_case hv_controls[] = {
	{ "control", control }, { "moves", moves }, { "no-descriptor", no_descriptor },
	{ "reports", reports }, { NULL, NULL },
};
