// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * To be preloaded into libvirtd where root may not raise RLIMIT_MEMLOCK (no CAP_SYS_RESOURCE, in
 * most containers): libvirt raises it for each guest that has a function passed through, and starts
 * no such guest if it cannot. Setting this limit succeeds, and nothing changes.
 *
 * It is for the daemon and the children that it forks, and not for what they execute: a program
 * built with sanitizers refuses to start behind another library.
 */
#define _GNU_SOURCE 1

#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void __attribute__((constructor)) keep_from_children(void)
{
	unsetenv("LD_PRELOAD");
}

static int limit(pid_t pid, unsigned int resource, const void *new, void *old)
{
	if (resource == RLIMIT_MEMLOCK)
		new = NULL;
	return (int)syscall(SYS_prlimit64, pid, resource, new, old);
}

/* The C library's headers name the resource by an enumeration. rlimit and rlimit64 are the same on
 * 64-bit systems. */
int prlimit(__pid_t pid, enum __rlimit_resource resource, const struct rlimit *new,
	    struct rlimit *old)
{
	return limit(pid, resource, new, old);
}

int prlimit64(__pid_t pid, enum __rlimit_resource resource, const struct rlimit64 *new,
	      struct rlimit64 *old)
{
	return limit(pid, resource, new, old);
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *new)
{
	return limit(0, resource, new, NULL);
}

int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *new)
{
	return limit(0, resource, new, NULL);
}
