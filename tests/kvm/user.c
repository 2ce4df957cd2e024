// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * user.c - the caller's storage. A system call that copies says whether it is there: EFAULT and not
 * a signal. The copy itself is one that sanitizers see.
 */
#include "internal.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int scratch = -1;

static void open_scratch(void)
{
	scratch = (int)syscall(SYS_memfd_create, "fake-kvm-scratch", 1u /* MFD_CLOEXEC */);
}

/* Reads of it work, and writes too if @write. What is there does not change. */
static bool is_there(uint64_t address, size_t length, bool write)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	long moved;

	pthread_once(&once, open_scratch);
	pthread_mutex_lock(&lock);
	moved = syscall(SYS_pwrite64, scratch, address, length, 0L);
	if (write && moved == (long)length)
		moved = syscall(SYS_pread64, scratch, address, length, 0L);
	pthread_mutex_unlock(&lock);
	return moved == (long)length;
}

bool from_user(void *to, uint64_t address, size_t length)
{
	if (!is_there(address, length, false))
		return false;
	memcpy(to, (const void *)(uintptr_t)address, length);
	return true;
}

bool to_user(uint64_t address, const void *from, size_t length)
{
	if (!is_there(address, length, true))
		return false;
	memcpy((void *)(uintptr_t)address, from, length);
	return true;
}
