// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kvm.h"
#include "zpci/machine/kvm/layout.h"
#include "zpci/tool/message.h"

#define DEVICE "/dev/kvm"
#define MACHINE "s390x"
#define SYSINFO "/proc/sysinfo"

static int check_machine(void)
{
	struct utsname host;

	if (!uname(&host) && !strcmp(host.machine, MACHINE))
		return 0;
	tool_error("--accel kvm needs an " MACHINE
		   " host, and this is %s; leave it out, and QEMU emulates",
		   host.machine);
	return -1;
}

static int refuse_device(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		tool_error("this user may not open " DEVICE " (%s): become a member of the group "
			   "kvm; in a container, give it the device",
			   strerror(error));
		break;
	case ENOENT:
	case ENODEV:
	case ENXIO:
		tool_error("this host has no KVM (" DEVICE ": %s): load the module kvm; if there "
			   "is no such device, the hypervisor of this Linux must allow KVM in its "
			   "guests (under KVM: parameter nested=1 of its module kvm)",
			   strerror(error));
		break;
	default:
		tool_error(DEVICE ": %s", strerror(error));
	}
	return -1;
}

static int refuse_vm(int error)
{
	/* s390_enable_sie() in Linux's arch/s390/mm/gmap.c. */
	if (error == EINVAL)
		tool_error("KVM refuses a VM (KVM_CREATE_VM: %s): this process has page tables of "
			   "2 KiB, and KVM needs 4 KiB; set `sysctl vm.allocate_pgste=1'",
			   strerror(error));
	else
		tool_error("KVM refuses a VM (KVM_CREATE_VM: %s); the host's kernel log may say "
			   "why",
			   strerror(error));
	return -1;
}

static int check_vm(int device)
{
	int version = ioctl(device, LAYOUT_GET_API_VERSION, 0);
	int vm;

	if (version < 0) {
		tool_error(DEVICE " is not KVM for " MACHINE " (KVM_GET_API_VERSION: %s): is this "
				  "program run by an emulator?",
			   strerror(errno));
		return -1;
	}
	if (version != LAYOUT_API_VERSION) {
		tool_error(DEVICE ": version %d of KVM's interface, but %d is needed", version,
			   LAYOUT_API_VERSION);
		return -1;
	}
	vm = ioctl(device, LAYOUT_CREATE_VM, 0);
	if (vm < 0)
		return refuse_vm(errno);
	close(vm);
	return 0;
}

int tool_kvm_check(void)
{
	int device, rc;

	if (check_machine())
		return -1;
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		return refuse_device(errno);
	rc = check_vm(device);
	close(device);
	return rc;
}

bool tool_kvm_needs_allocation(void)
{
	char line[128], manufacturer[16];
	bool found = false;
	FILE *from = fopen(SYSINFO, "re");

	while (from && !found && fgets(line, sizeof(line), from))
		if (sscanf(line, "Manufacturer: %15s", manufacturer) == 1)
			found = !strcmp(manufacturer, "HRC");
	if (from)
		fclose(from);
	return found;
}
