// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * next.c - the functions behind ours: libc's, or those of what is preloaded after us. The linker
 * gives __wrap_ioctl() and __wrap_close() to all callers inside of this object.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>

#include "interposer.h"

typedef int ioctl_function(int fd, unsigned long request, ...);
typedef int close_function(int fd);

static _Atomic(ioctl_function *) next_ioctl;
static _Atomic(close_function *) next_close;

/* While there is one thread: close() is called in a signal handler, or between fork() and exec() by
 * a child of many threads, where the dynamic linker's lock may be held for ever. */
__attribute__((constructor)) static void find(void)
{
	atomic_store(&next_ioctl, (ioctl_function *)dlsym(RTLD_NEXT, "ioctl"));
	atomic_store(&next_close, (close_function *)dlsym(RTLD_NEXT, "close"));
}

/* Another library's constructor may call before ours has run. */
int zpci_next_ioctl(int fd, unsigned long request, void *argument)
{
	if (!atomic_load_explicit(&next_ioctl, memory_order_relaxed))
		find();
	return atomic_load_explicit(&next_ioctl, memory_order_relaxed)(fd, request, argument);
}

int zpci_next_close(int fd)
{
	if (!atomic_load_explicit(&next_close, memory_order_relaxed))
		find();
	return atomic_load_explicit(&next_close, memory_order_relaxed)(fd);
}

int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_close(int fd);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	return zpci_next_ioctl(fd, request, argument);
}

int __wrap_close(int fd)
{
	return zpci_next_close(fd);
}
