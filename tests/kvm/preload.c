// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * preload.c - the calls of libc that reach /dev/kvm, with all their names. Other files are libc's.
 */
#define _GNU_SOURCE

#include "internal.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#undef open
#undef open64
#undef openat
#undef openat64
#undef mmap
#undef mmap64

/* The thread sanitizer calls mmap() and open() itself before it can look at a thread, so what such
 * a call executes must not be instrumented. */
#define EARLY __attribute__((no_sanitize("thread")))
#define PUBLIC EARLY __attribute__((visibility("default")))

/* The function of this name behind ours: of a sanitizer, or of libc. */
#define BEHIND(name, type)                                                                         \
	EARLY static type *name##_behind(void)                                                     \
	{                                                                                          \
		static _Atomic(type *) found;                                                      \
		type *function = atomic_load(&found);                                              \
                                                                                                   \
		if (!function) {                                                                   \
			function = (type *)dlsym(RTLD_NEXT, #name);                                \
			atomic_store(&found, function);                                            \
		}                                                                                  \
		return function;                                                                   \
	}

typedef int open_type(const char *path, int flags, ...);
typedef int openat_type(int folder, const char *path, int flags, ...);
typedef int close_type(int fd);
typedef int ioctl_type(int fd, unsigned long request, ...);
typedef void *mmap_type(void *address, size_t length, int protection, int flags, int fd,
			off_t offset);

BEHIND(open, open_type)
BEHIND(openat, openat_type)
BEHIND(close, close_type)
BEHIND(ioctl, ioctl_type)
BEHIND(mmap, mmap_type)

int real_close(int fd)
{
	return close_behind()(fd);
}

void *object_map(int fd, size_t size)
{
	void *map = mmap_behind()(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

EARLY static int answer(int rc)
{
	if (rc >= 0)
		return rc;
	errno = -rc;
	return -1;
}

/* --- open ------------------------------------------------------------------------------------- */

EARLY static bool is_kvm(const char *path)
{
	return strcmp(path, "/dev/kvm") == 0;
}

/* Linux does not look at the flags. */
EARLY static int open_kvm(void)
{
	int error = system_refused(0);

	if (error)
		return answer(-error);
	return answer(object_create(SYSTEM, NULL, NULL, 0));
}

#define MODE(flags, last, mode)                                                                    \
	do {                                                                                       \
		va_list arguments;                                                                 \
                                                                                                   \
		va_start(arguments, last);                                                         \
		if ((flags) & (O_CREAT | __O_TMPFILE))                                             \
			(mode) = va_arg(arguments, mode_t);                                        \
		va_end(arguments);                                                                 \
	} while (0)

PUBLIC int open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(flags, flags, mode);
	return is_kvm(path) ? open_kvm() : open_behind()(path, flags, mode);
}

PUBLIC int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(flags, flags, mode);
	return is_kvm(path) ? open_kvm() : open_behind()(path, flags | O_LARGEFILE, mode);
}

PUBLIC int openat(int folder, const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(flags, flags, mode);
	return is_kvm(path) ? open_kvm() : openat_behind()(folder, path, flags, mode);
}

PUBLIC int openat64(int folder, const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(flags, flags, mode);
	return is_kvm(path) ? open_kvm() : openat_behind()(folder, path, flags | O_LARGEFILE, mode);
}

/* Those of a program that was compiled with _FORTIFY_SOURCE. */
PUBLIC int __open_2(const char *path, int flags);
PUBLIC int __open64_2(const char *path, int flags);
PUBLIC int __openat_2(int folder, const char *path, int flags);
PUBLIC int __openat64_2(int folder, const char *path, int flags);

EARLY int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

EARLY int __open64_2(const char *path, int flags)
{
	return open64(path, flags);
}

EARLY int __openat_2(int folder, const char *path, int flags)
{
	return openat(folder, path, flags);
}

EARLY int __openat64_2(int folder, const char *path, int flags)
{
	return openat64(folder, path, flags);
}

/* --- the others ------------------------------------------------------------------------------- */

PUBLIC int close(int fd)
{
	object_close(fd);
	return real_close(fd);
}

static int dispatch(const struct object *object, unsigned request, uint64_t argument)
{
	int error = system_refused(request);

	if (error)
		return -error;
	switch (object->kind) {
	case SYSTEM:
		return system_ioctl(request, argument);
	case VM:
		return vm_ioctl(object->vm, request, argument);
	case VCPU:
		return vcpu_ioctl(object->vcpu, request, argument);
	default:
		return flic_ioctl(object->vm, request, argument);
	}
}

/* Linux looks at 32 bits of the request alone. */
PUBLIC int ioctl(int fd, unsigned long request, ...)
{
	const struct object *object = object_find(fd);
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (!object)
		return ioctl_behind()(fd, request, argument);
	return answer(dispatch(object, (unsigned)request, (uintptr_t)argument));
}

/* Linux has no mmap() of its other descriptors: ENODEV. */
static int check_map(const struct object *object, size_t length, int protection, int flags,
		     off_t offset)
{
	if (object->kind != VCPU)
		return -ENODEV;
	if (length > RUN_SIZE || offset)
		finding("mmap() of a vCPU: %zu bytes at offset %lld, and not %u at 0", length,
			(long long)offset, RUN_SIZE);
	if (!(flags & MAP_SHARED) || protection != (PROT_READ | PROT_WRITE))
		finding("mmap() of a vCPU is not shared, or not for reading and writing");
	return 0;
}

PUBLIC void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	const struct object *object = flags & MAP_ANONYMOUS ? NULL : object_find(fd);
	int rc = object ? check_map(object, length, protection, flags, offset) : 0;

	if (rc) {
		errno = -rc;
		return MAP_FAILED;
	}
	return mmap_behind()(address, length, protection, flags, fd, offset);
}

PUBLIC void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset);

EARLY void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	return mmap(address, length, protection, flags, fd, offset);
}
