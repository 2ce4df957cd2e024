// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first pattern that is found in a line counts. tests/host/explain-messages.t provokes each
 * message that is not marked from the program itself: from libvirt 9.0 and 11.3, and from QEMU 7.2
 * and 11.1.
 */
#include "messages.h"

#define ADDRESS "([0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7])"

/* For rows that tell the same in other words. */
#define OTHER_ID(what)                                                                             \
	"Choose another one: `zpci host attach FUNCTION GUEST --guest-" what " auto' finds a "     \
	"free one, and `zpci host xml FUNCTION --guest GUEST --guest-" what " auto' prints it as " \
	"XML. libvirt loses a PCI slot of the guest at each hot attach that it refuses so; `zpci " \
	"host attach' looks before it asks libvirt."
#define LOAD_VFIO                                                                                  \
	"Load the driver: `modprobe vfio-pci'; a line vfio-pci in /etc/modules-load.d/vfio.conf "  \
	"does so at each boot. `zpci host check FUNCTION' says what is still missing."
#define BY_DRIVER                                                                                  \
	"See in `zpci host show {address}' which driver has it now, and in the kernel's log what " \
	"the driver said."

const struct message messages[] = {
	/* --- libvirt: IDs in the guest --- */
	{
		.name = "uid-reserved",
		.pattern = "zPCI uid ([0-7]{1,11})",
		.values = { "uid:8" },
		.happened = "Another PCI device of this guest has the UID {uid} already. libvirt "
			    "prints the number in octal: {1} is {uid}.",
		.remedy = OTHER_ID("uid"),
		.source = "libvirt from 4.10, src/conf/domain_addr.c",
	},
	{
		.name = "fid-reserved",
		.pattern = "zPCI fid ([0-7]{1,11})",
		.values = { "fid:8" },
		.happened = "Another PCI device of this guest has the FID {fid} already. libvirt "
			    "prints the number in octal: {1} is {fid}.",
		.remedy = OTHER_ID("fid"),
		.source = "libvirt from 4.10, src/conf/domain_addr.c",
	},
	{
		.name = "uid-range",
		.pattern = "PCI[^']{0,40} uid='0x([0-9a-fA-F]{1,8})'",
		.values = { "uid:16" },
		.happened = "A <zpci> of the domain has the UID {uid}. UIDs are 0x0001 to 0xffff; "
			    "0 means that a function has none.",
		.remedy = "Write a UID that is allowed, or leave uid out: libvirt then takes the "
			  "lowest one that is free. `zpci host xml FUNCTION --guest GUEST' prints "
			  "XML that is right.",
		.source = "libvirt, src/qemu/qemu_validate.c",
	},
	{
		.name = "id-not-a-number",
		.pattern = "'(uid|fid)'[^']*'zpci'[^']*'([^']*)'",
		.values = { "attribute", "text" },
		.happened =
			"libvirt cannot read {text} as the {attribute} of a <zpci>. What begins "
			"with 0 is octal there, so that 8 and 9 are no digits of it, and 010 is "
			"8; a UID has at most 16 bits and a FID 32.",
		.remedy = "Write the {attribute} in hexadecimal digits with 0x before them, as in "
			  "uid='0x0089' or fid='0x00000089'. `zpci host xml FUNCTION' writes both "
			  "so.",
		.source = "libvirt, src/util/virxml.c",
	},
	{
		.name = "no-id-left",
		.pattern = "No zPCI (uid|fid) to reserve",
		.values = { "what" },
		.happened = "All numbers that can be a {what} are taken in this guest.",
		.remedy = "Give it fewer PCI devices.",
		.source = "libvirt from 4.10, src/conf/domain_addr.c",
		.untested = "a guest has 31 slots, and there are 65535 UIDs",
	},
	{
		.name = "no-slots",
		.pattern = "No more available PCI slots",
		.happened =
			"All PCI slots of this guest are taken in libvirt's books: it has 31. "
			"libvirt forgets to free one whenever it refuses a hot attach for a UID "
			"or a FID that is taken, so the guest may have fewer devices.",
		.remedy =
			"Restart libvirtd (`systemctl restart libvirtd', or virtqemud): guests go "
			"on, and libvirt counts their devices again. A shutdown and start of the "
			"guest does so too, a reboot inside of it does not. `zpci host attach' "
			"looks at IDs first, and loses no slots.",
		.source = "libvirt, src/conf/domain_addr.c",
	},
	{
		.name = "binary-without-zpci",
		.pattern = "QEMU binary doesn't support zPCI",
		.happened =
			"The <emulator> of this domain has no device zpci: it is not for s390x, "
			"or too old.",
		.remedy = "Name a QEMU for s390x in <emulator>, or take <zpci> out of the domain.",
		.source = "libvirt from 4.10, src/qemu/qemu_validate.c",
	},
	/* --- libvirt: the function --- */
	{
		.name = "in-use",
		.pattern = "PCI device " ADDRESS " is in use by driver ([^,]+), domain ([^']+)",
		.values = { "address", "driver", "guest" },
		.happened = "The guest {3} has the function {address} now, and only one can "
			    "have it. libvirt lets several guests be defined with it, and looks at "
			    "the start.",
		.remedy = "Take it away from there, `zpci host detach {address} {guest}', or use "
			  "another function. If it was taken away already, the guest's kernel "
			  "has not given it back yet. `zpci host guests' lists who has which.",
		.source = "libvirt, src/hypervisor/virhostdev.c",
	},
	{
		.name = "active",
		.pattern = "Not resetting active device " ADDRESS,
		.values = { "address" },
		.happened = "A guest has the function {address} now, so libvirt does not reset it.",
		.remedy = "See in `zpci host guests' which guest that is, and take the function "
			  "away from it first: `zpci host detach {address} GUEST'.",
		.source = "libvirt, src/util/virpci.c",
	},
	{
		.name = "hostdev-twice",
		.pattern = "Hostdev already exists in the domain configuration|"
			   "device is already in the domain configuration",
		.happened = "The guest's definition has this function already.",
		.remedy =
			"`zpci host guests' shows it. To give it other IDs, detach it first: `zpci "
			"host detach FUNCTION GUEST --config'.",
		.source = "libvirt, src/conf/domain_validate.c and src/qemu/qemu_driver.c",
	},
	{
		.name = "not-in-guest",
		.pattern = "host pci device " ADDRESS " not found",
		.values = { "address" },
		.happened = "The running guest does not have the function {address}.",
		.remedy = "`zpci host guests' shows who has it, and whether only the definition "
			  "has it; `zpci host detach {address} GUEST --config' changes that.",
		.source = "libvirt, src/qemu/qemu_hotplug.c",
	},
	{
		.name = "not-in-definition",
		.pattern = "not present in domain configuration",
		.happened = "libvirt looked for this device in the guest by its source or its PCI "
			    "address. A <zpci> with UID and FID says neither.",
		.remedy = "`zpci host detach FUNCTION GUEST' finds it by the function; otherwise "
			  "`virsh detach-device-alias GUEST ALIAS'. `zpci host guests' shows the "
			  "functions of guests.",
		.source = "libvirt, src/qemu/qemu_driver.c and qemu_hotplug.c",
	},
	{
		.name = "no-node-device",
		.pattern = "[Nn]o node device with matching name '(pci_[0-9a-f_]+)'|"
			   "matching device '(pci_[0-9a-f_]+)'",
		.values = { "node", "node" },
		.happened =
			"This host has no function {address}: it may be in standby, or its address "
			"is another one since the last boot, as addresses of functions without "
			"unique UIDs change.",
		.remedy = "`zpci host list' shows the functions that there are, also those in "
			  "standby. Name the function by its FID: it does not change.",
		.source =
			"libvirt, src/node_device/node_device_driver.c; virsh, tools/virsh-nodedev.c",
	},
	{
		.name = "unmanaged",
		.pattern = "PCI device " ADDRESS " must be manually detached",
		.values = { "address" },
		.happened =
			"The guest's <hostdev> does not say managed='yes', so libvirt leaves the "
			"function {address} with its driver on the host, and does not start the "
			"guest.",
		.remedy = "Write managed='yes' into the <hostdev>, as `zpci host xml {address}' "
			  "does, or keep the function for guests: `zpci host reserve {address}'.",
		.source = "libvirt, src/hypervisor/virhostdev.c",
	},
	{
		.name = "vf-only",
		.pattern = "hostdev is currently supported on SR-IOV Virtual Functions only",
		.happened =
			"An <interface type='hostdev'> names a function whose PF is not in this "
			"Linux: a detached VF, or no VF. libvirt wants to set MAC and VLAN "
			"through the PF.",
		.remedy = "Use <hostdev> in its place: `zpci host xml FUNCTION' prints it. MAC and "
			  "VLAN are set where the PF is. `zpci host list' shows which VFs are "
			  "detached.",
		.source = "libvirt, src/hypervisor/virhostdev.c",
	},
	{
		.name = "pf-without-network",
		.pattern = "PF device for VF [^ ]*/" ADDRESS " has no network device",
		.values = { "address" },
		.happened =
			"An <interface type='hostdev'> names the VF {address}, and its PF has no "
			"network device here, so libvirt cannot set the VF's MAC and VLAN.",
		.remedy =
			"Give the PF its driver back, or use <hostdev> in place of the interface: "
			"`zpci host xml {address}' prints it.",
		.source = "libvirt, src/util/virpci.c",
	},
	{
		.name = "no-reset",
		.pattern = "Unable to reset PCI device " ADDRESS,
		.values = { "address" },
		.happened = "libvirt knows no way to reset the function {address} by itself. "
			    "Functions of vfio-pci are reset by the kernel when a guest gets them.",
		.remedy = "Let the guest have it by vfio-pci, which needs no reset by libvirt. "
			  "Otherwise Linux's own way: `zpcictl --reset {address}'.",
		.source = "libvirt, src/util/virpci.c",
	},
	/* --- libvirt: this host --- */
	{
		.name = "no-passthrough",
		.pattern = "host doesn't support passthrough of host PCI devices",
		.happened = "libvirt finds no VFIO on this host: /dev/vfio/vfio is not there, or "
			    "/sys/kernel/iommu_groups is empty.",
		.remedy = LOAD_VFIO,
		.source = "libvirt, src/qemu/qemu_hostdev.c, later qemu_domain.c",
	},
	{
		.name = "no-vfio",
		.pattern = "VFIO device assignment is currently not supported",
		.happened = "libvirt finds no VFIO on this host: /dev/vfio/vfio is not there, or "
			    "/sys/kernel/iommu_groups is empty.",
		.remedy = LOAD_VFIO,
		.source = "libvirt, src/qemu/qemu_driver.c",
	},
	{
		.name = "no-vfio-driver",
		.pattern = "PCI (stub|driver) module vfio[-_]pci",
		.values = { "" },
		.happened = "This host has no driver vfio-pci, and libvirt could not load it.",
		.remedy = "`modprobe vfio-pci' says why not. It is in the kernel's package of "
			  "modules; if a kernel was installed since the last boot, boot it first. "
			  "`zpci host check FUNCTION' looks again.",
		.source = "libvirt, src/util/virpci.c",
	},
	{
		.name = "no-modules-alias",
		.pattern = "/lib/modules/([^/' ]+)/modules\\.alias",
		.values = { "release" },
		.happened = "libvirt looks in this file for a driver that is better than vfio-pci "
			    "for the function, and does nothing without it. The modules of the "
			    "running kernel {release} are not there; an update may have removed "
			    "them.",
		.remedy = "Boot the kernel that is installed, or install the modules of {release}. "
			  "Until then, <driver model='vfio-pci'/> in the <hostdev>, or `virsh "
			  "nodedev-detach --driver vfio-pci', leaves libvirt nothing to look for.",
		.source = "libvirt from 10.0, src/util/virpci.c",
	},
	{
		.name = "unbind-failed",
		.pattern = "unbind PCI device '?" ADDRESS "'? from ([^:]+)",
		.values = { "address", "driver" },
		.happened = "The kernel did not take the function {address} away from its driver "
			    "{driver}.",
		.remedy =
			BY_DRIVER " Then stop what uses the function: `zpci host check {address}'.",
		.source = "libvirt, src/util/virpci.c",
	},
	{
		.name = "probe-failed",
		.pattern = "probe for PCI device '?" ADDRESS,
		.values = { "address" },
		.happened = "The kernel was asked to find a driver for the function {address}, and "
			    "answered with an error.",
		.remedy = BY_DRIVER,
		.source = "libvirt, src/util/virpci.c",
	},
	{
		.name = "override-failed",
		.pattern = "driver '([^']+)' to driver_override +interface of PCI device '" ADDRESS,
		.values = { "driver", "address" },
		.happened =
			"The kernel did not take {driver} as the driver_override of the function "
			"{address}.",
		.remedy = BY_DRIVER,
		.source = "libvirt, src/util/virpci.c",
	},
	{
		.name = "state-lock",
		.pattern = "cannot acquire state change lock",
		.happened =
			"Another command for this guest has not ended for 30 seconds. The start "
			"of a guest with a managed function, or its end, waits for the driver "
			"that is to let the function go.",
		.remedy =
			"See in the kernel's log what the driver waits for, and stop what uses the "
			"function: `zpci host check FUNCTION'. The command goes on when the driver "
			"has let go.",
		.source = "libvirt, src/conf/virdomainjob.c",
		.untested = "libvirt waits 30 seconds before it says so, and no test does",
	},
	{
		.name = "memory-limit",
		.pattern = "cannot limit locked memory of process",
		.happened = "A guest that has a function passed through cannot be swapped out, so "
			    "libvirt raises QEMU's limit of locked memory (RLIMIT_MEMLOCK) to the "
			    "guest's memory and 1 GiB, and was not allowed to: it runs without "
			    "CAP_SYS_RESOURCE, as an ordinary user or in a container.",
		.remedy =
			"Use qemu:///system of a libvirtd that runs as root on the host itself; in "
			"a container, give it CAP_SYS_RESOURCE. `zpci host check FUNCTION --guest "
			"GUEST' says how much the guest needs.",
		.source = "libvirt, src/util/virprocess.c",
	},
	{
		.name = "passthrough-default",
		.pattern = "invalid PCI passthrough type 'default'",
		.happened =
			"This libvirt chooses the way of passing a function through only when a "
			"guest starts, and `virsh domxml-to-native' starts none.",
		.remedy = "Write <driver name='vfio'/> into each <hostdev> for this command. It is "
			  "not needed otherwise.",
		.source = "libvirt 9.0, no longer 11.3; src/qemu/qemu_command.c",
	},
	/* --- QEMU --- */
	{
		.name = "qemu-uid-in-use",
		.pattern = "uid ([0-9]{1,10}) already in use",
		.values = { "uid:10" },
		.happened =
			"Two zpci devices of this QEMU have the UID {uid}. If QEMU was started "
			"by libvirt, one of them is in <qemu:commandline>, and libvirt does not "
			"know it.",
		.remedy = "Give the one of <qemu:commandline> a UID from 0x8000 upwards: libvirt "
			  "gives the lowest ones. `zpci host guests' shows the IDs of both kinds.",
		.source = "QEMU, hw/s390x/s390-pci-bus.c",
	},
	{
		.name = "qemu-fid-in-use",
		.pattern = "fid ([0-9]{1,10}) already in use",
		.values = { "fid:10" },
		.happened =
			"Two zpci devices of this QEMU have the FID {fid}. If QEMU was started "
			"by libvirt, one of them is in <qemu:commandline>, and libvirt does not "
			"know it.",
		.remedy = "Give the one of <qemu:commandline> a FID from 0x8000 upwards: libvirt "
			  "gives the lowest ones. `zpci host guests' shows the IDs of both kinds.",
		.source = "QEMU, hw/s390x/s390-pci-bus.c",
	},
	{
		.name = "qemu-target-twice",
		.pattern = "target ([^ ]+) already has an associated zpci device",
		.values = { "target" },
		.happened = "Two zpci devices of this QEMU are for the PCI device {target}.",
		.remedy =
			"Take one of them out. libvirt adds one for each PCI device by itself, so "
			"<qemu:commandline> must not have another one.",
		.source = "QEMU, hw/s390x/s390-pci-bus.c",
	},
	{
		.name = "qemu-no-zpci",
		.pattern = "'zpci' is not a valid device model name",
		.happened = "This QEMU has no device zpci: it is not for s390x.",
		.remedy = "Start qemu-system-s390x.",
		.source = "QEMU, softmmu/qdev-monitor.c, later in system/",
	},
	{
		.name = "qemu-no-vfio-user",
		.pattern = "'vfio-user-pci' is not a valid device model name",
		.happened = "This QEMU has no device vfio-user-pci.",
		.remedy = "Use a later QEMU: 7.2 does not have it, 11.1 does.",
		.source = "QEMU, softmmu/qdev-monitor.c, later in system/",
	},
	{
		.name = "qemu-cpu-without-zpci",
		.pattern = "PCI device without the 'zpci' CPU feature",
		.happened = "The guest's CPU model has no zPCI, so its kernel sees no PCI at all.",
		.remedy = "Take a CPU model that has the feature zpci: <cpu mode='host-model'/> or "
			  "'maximum', and no <feature policy='disable' name='zpci'/>.",
		.source = "QEMU, hw/s390x/s390-pci-bus.c",
	},
	{
		.name = "qemu-no-function",
		.pattern = "vfio [^ ]*" ADDRESS ": no such host device",
		.values = { "address" },
		.happened = "This host has no function {address}: it may be in standby, or its "
			    "address is another one since the last boot, as addresses of functions "
			    "without unique UIDs change.",
		.remedy =
			"`zpci host list' shows the functions that there are, `zpci host guests' "
			"the guests whose functions are gone. Give the guest the right one: `zpci "
			"host attach FUNCTION GUEST --config'.",
		.source = "QEMU, hw/vfio/pci.c",
	},
	{
		.name = "qemu-no-group",
		.pattern = "vfio " ADDRESS ": no iommu_group found",
		.values = { "address" },
		.happened = "The function {address} has no IOMMU group, so it cannot be passed "
			    "through. On s390 each function has one of its own.",
		.remedy = "Look for what the kernel said of its IOMMU at boot; `zpci host check "
			  "{address}' looks at all that is needed.",
		.source = "QEMU, hw/vfio/pci.c, later container-legacy.c",
	},
	{
		.name = "qemu-group-missing",
		.pattern = "vfio " ADDRESS
			   ": ([Cc]ould not open|failed to open) '?/dev/vfio/[0-9]+'?: (No such "
			   "file|No such device)",
		.values = { "address", "" },
		.happened = "The function {address} is not bound to vfio-pci: its group has no "
			    "device in /dev/vfio.",
		.remedy = "With managed='yes' in the <hostdev> libvirt binds it, as `zpci host xml "
			  "{address}' has it. `zpci host reserve {address}' binds it for good; a "
			  "power cycle of its slot gives it back to its default driver otherwise.",
		.source =
			"QEMU, hw/vfio/common.c in 7.2; container-legacy.c in 11.1, in other words",
	},
	{
		.name = "qemu-group-denied",
		.pattern =
			"vfio " ADDRESS
			": ([Cc]ould not open|failed to open) '?(/dev/vfio/[0-9]+)'?: (Permission "
			"denied|Operation not permitted)",
		.values = { "address", "", "path" },
		.happened = "QEMU may not open {path}, the group of the function {address}.",
		.remedy = "libvirt gives QEMU this file when it passes the function through by "
			  "<hostdev>; a function in <qemu:commandline> gets none. Without libvirt, "
			  "give the file to QEMU's user: `chown USER {path}'. SELinux and AppArmor "
			  "can refuse it as well: `ausearch -m avc' and the kernel's log say so.",
		.source =
			"QEMU, hw/vfio/common.c in 7.2; container-legacy.c in 11.1, in other words",
	},
	{
		.name = "qemu-group-busy",
		.pattern = "vfio " ADDRESS
			   ": ([Cc]ould not open|failed to open) '?(/dev/vfio/[0-9]+)'?: Device or "
			   "resource busy",
		.values = { "address", "", "path" },
		.happened =
			"Another process has {path} open, the group of the function {address}: "
			"a guest that libvirt did not start, or a program such as zpci-inspect.",
		.remedy =
			"`fuser -v {path}' names it. Guests of libvirt are in `zpci host guests'.",
		.source =
			"QEMU, hw/vfio/common.c in 7.2; container-legacy.c in 11.1, in other words",
	},
	{
		.name = "qemu-group-not-viable",
		.pattern = "group ([0-9]+) is not viable",
		.values = { "group" },
		.happened = "A function of the IOMMU group {group} still has a driver of the host, "
			    "and a group can only be passed through as a whole.",
		.remedy = "`zpci host list' shows the groups: all functions of group {group} must "
			  "be bound to vfio-pci or to no driver. On s390 each function has a group "
			  "of its own.",
		.source = "QEMU, hw/vfio/common.c, later container-legacy.c",
	},
	{
		.name = "qemu-no-device-in-group",
		.pattern = "vfio " ADDRESS ": error getting device from group ([0-9]+)",
		.values = { "address", "group" },
		.happened = "The IOMMU group {group} is there, but vfio-pci does not have the "
			    "function {address}: it has another driver or none, or is in an error "
			    "state.",
		.remedy = "`zpci host check {address}' says which. `zpcictl --reset {address}' "
			  "brings a function in an error state back.",
		.source = "QEMU, hw/vfio/common.c, later container-legacy.c",
	},
	{
		.name = "qemu-memory-limit",
		.pattern = "VFIO_MAP_DMA failed: Cannot allocate memory",
		.happened = "QEMU may not lock as much memory as the guest's DMA needs "
			    "(RLIMIT_MEMLOCK).",
		.remedy =
			"libvirt raises the limit for guests that have a <hostdev>. For a function "
			"in <qemu:commandline>, write <memtune><hard_limit unit='MiB'>SIZE</"
			"hard_limit></memtune> with more than the guest's memory. Without "
			"libvirt: `ulimit -l'.",
		.source = "QEMU, hw/vfio/common.c, later container-legacy.c",
		.untested = "QEMU maps memory only when a guest uses a function of real hardware",
	},
};

const size_t message_count = sizeof(messages) / sizeof(messages[0]);
