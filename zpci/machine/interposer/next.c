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

/* Another library's constructor may call before ours has run. */
int zpci_next_ioctl(int fd, unsigned long request, void *argument)
{
	static _Atomic(ioctl_function *) found;
	ioctl_function *function = atomic_load_explicit(&found, memory_order_relaxed);

	if (!function) {
		function = (ioctl_function *)dlsym(RTLD_NEXT, "ioctl");
		atomic_store(&found, function);
	}
	return function(fd, request, argument);
}

int zpci_next_close(int fd)
{
	static _Atomic(close_function *) found;
	close_function *function = atomic_load_explicit(&found, memory_order_relaxed);

	if (!function) {
		function = (close_function *)dlsym(RTLD_NEXT, "close");
		atomic_store(&found, function);
	}
	return function(fd);
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
