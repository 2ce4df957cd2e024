// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fixture.c - a VM for the fake's own tests.
 */
#include "fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arguments.h"
#include "fake.h"
#include "layout.h"

struct host host;

static void create_vm(void)
{
	fake_keep_findings(true);
	fake_findings();
	host.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	assert_true(host.kvm >= 0);
	host.vm = call_number(host.kvm, CREATE_VM, 0);
	assert_true(host.vm >= 0);
	host.storage = aligned_alloc(MEBIBYTE, STORAGE);
	assert_non_null(host.storage);
	memset(host.storage, 0, STORAGE);
	host.vcpu = host.flic = -1;
}

void create_vcpu(void)
{
	host.vcpu = call_number(host.vm, CREATE_VCPU, 0);
	assert_true(host.vcpu >= 0);
	host.run = mmap(NULL, RUN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, host.vcpu, 0);
	assert_true(host.run != MAP_FAILED);
}

int fixture_setup_vm(void **state)
{
	(void)state;
	create_vm();
	return 0;
}

int fixture_setup(void **state)
{
	(void)state;
	create_vm();
	assert_int_equal(set_region(host.vm, 0, 0, 0, STORAGE, host.storage), 0);
	assert_int_equal(enable_capability(host.vm, CAP_S390_AIS, 0), 0);
	host.flic = create_device(host.vm, DEVICE_TYPE_FLIC, 0);
	assert_true(host.flic >= 0);
	create_vcpu();
	return 0;
}

int fixture_teardown(void **state)
{
	(void)state;
	if (host.vcpu >= 0) {
		munmap(host.run, RUN_SIZE);
		close(host.vcpu);
	}
	if (host.flic >= 0)
		close(host.flic);
	close(host.vm);
	close(host.kvm);
	free(host.storage);
	assert_int_equal(fake_findings(), 0);
	fake_keep_findings(false);
	return 0;
}

void assert_finding(const char *word)
{
	assert_non_null(strstr(fake_finding(), word));
	assert_int_equal(fake_findings(), 1);
}
