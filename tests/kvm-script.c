// SPDX-License-Identifier: GPL-2.0-or-later
#include "kvm-script.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct script script;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int fail(int error)
{
	errno = error;
	return -1;
}

static int check_extension(unsigned capability)
{
	if (capability == script.missing)
		return 0;
	switch (capability) {
	case LAYOUT_CAP_MEM_OP:
		return 65536;
	case LAYOUT_CAP_ZPCI_OP:
		return script.interprets;
	default:
		return 1;
	}
}

static int get_attribute(const struct layout_attr *attr)
{
	struct layout_tod_clock clock = { .tod = script.tod, .epoch_idx = 1 };

	if (attr->group != LAYOUT_VM_TOD)
		return fail(ENXIO);
	if (attr->attr == LAYOUT_VM_TOD_LOW)
		memcpy((void *)(uintptr_t)attr->addr, &clock.tod, sizeof(clock.tod));
	else if (attr->attr == LAYOUT_VM_TOD_EXT && !script.no_tod_ext)
		memcpy((void *)(uintptr_t)attr->addr, &clock, sizeof(clock));
	else
		return fail(ENXIO);
	return 0;
}

static int of_vm(unsigned long request, void *argument)
{
	switch (request) {
	case LAYOUT_CHECK_EXTENSION:
		return check_extension((unsigned)(uintptr_t)argument);
	case LAYOUT_GET_DEVICE_ATTR:
		return get_attribute(argument);
	case LAYOUT_INTERRUPT:
		script.interrupt = *(const struct layout_interrupt *)argument;
		script.interrupts++;
		return 0;
	default:
		return fail(ENOTTY);
	}
}

static int of_flic(unsigned long request, void *argument)
{
	const struct layout_attr *attr = argument;

	if (request != LAYOUT_SET_DEVICE_ATTR)
		return fail(ENOTTY);
	switch (attr->group) {
	case LAYOUT_FLIC_ADAPTER_REGISTER:
		memcpy(&script.adapter[script.adapters++ % 16], (void *)(uintptr_t)attr->addr,
		       sizeof(script.adapter[0]));
		return 0;
	case LAYOUT_FLIC_AISM:
		if (script.no_suppression)
			return fail(EOPNOTSUPP);
		memcpy(&script.mode, (void *)(uintptr_t)attr->addr, sizeof(script.mode));
		script.modes++;
		return 0;
	case LAYOUT_FLIC_AIRQ_INJECT:
		script.injected[attr->attr % LAYOUT_ADAPTERS]++;
		return 0;
	default:
		return fail(EINVAL);
	}
}

static int mem_op(int descriptor, const struct layout_mem_op *op)
{
	uint8_t *at = script.storage + op->gaddr;

	script.mem_op = *op;
	script.mem_op_descriptor = descriptor;
	script.mem_ops++;
	if (script.exception)
		return script.exception;
	if (op->gaddr >= script.size || op->size > script.size - op->gaddr)
		return fail(EFAULT);
	if (op->flags & LAYOUT_MEMOP_CHECK_ONLY)
		return 0;
	if (op->op == LAYOUT_MEMOP_LOGICAL_READ)
		memcpy((void *)(uintptr_t)op->buf, at, op->size);
	else
		memcpy(at, (const void *)(uintptr_t)op->buf, op->size);
	return 0;
}

static int of_vcpu(int descriptor, unsigned long request, void *argument)
{
	switch (request) {
	case LAYOUT_MEM_OP:
		return mem_op(descriptor, argument);
	case LAYOUT_IRQ:
		script.irq = *(const struct layout_irq *)argument;
		script.irq_descriptor = descriptor;
		script.irqs++;
		return 0;
	default:
		return fail(ENOTTY);
	}
}

static int answer(int descriptor, unsigned long request, void *argument)
{
	int error = script.refuse ? script.refuse(descriptor, request, argument) : 0;
	int rc;

	if (error)
		return fail(error);
	pthread_mutex_lock(&lock);
	if (descriptor == SCRIPT_VM)
		rc = of_vm(request, argument);
	else if (descriptor == SCRIPT_FLIC)
		rc = of_flic(request, argument);
	else
		rc = of_vcpu(descriptor, request, argument);
	pthread_mutex_unlock(&lock);
	return rc;
}

/* In place of the C library's. */
__attribute__((visibility("default"))) int ioctl(int descriptor, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (descriptor >= SCRIPT_VM && descriptor < SCRIPT_VCPU + SCRIPT_VCPUS)
		return answer(descriptor, request, argument);
	return (int)syscall(SYS_ioctl, descriptor, request, argument);
}
