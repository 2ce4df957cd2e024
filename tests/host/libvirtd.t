#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The harness of tests/host/libvirtd.sh: the real libvirtd on the fake sysfs of an s390 host sees
# the host's topology, binds drivers and starts guests as on a real one.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"
. "$(dirname "$0")/libvirtd.sh"

libvirtd_requires_host
sysfs_host "$tap_folder/sys"
libvirtd_start "$sysfs" || skip_all "no libvirtd on a fake sysfs"

echo "# libvirtd $libvirtd_version"
if [ -n "${LIBVIRTD_ROOT:-}" ]; then
	unlike "$libvirtd_version" "$(libvirtd --version 2>/dev/null | sed 's/.* //')" \
		"the other Debian's libvirtd is another one"
fi

# --- devices ---------------------------------------------------------------------------------

on nodedev-list --cap pci
is "$out" "$(printf 'pci_%s\n' 0120_00_00_{0,1,2} 0200_00_00_0 0201_00_00_0 0300_00_00_0 \
	1000_00_00_0)" "libvirt finds the host's functions" || sed 's/^/# /' "$libvirtd_log"
on nodedev-dumpxml pci_0120_00_00_1
like "$out" "<capability type='phys_function'>" "a linked VF has a PF"
on nodedev-dumpxml pci_0200_00_00_0
unlike "$out" "phys_function" "a detached VF has none"
like "$out" "<name>mlx5_core</name>" "and the host's driver"

# --- drivers ---------------------------------------------------------------------------------

at=/sys/bus/pci/devices/0200:00:00.0
on nodedev-detach pci_0200_00_00_0
is "$status" 0 "nodedev-detach" || sed 's/^/# /' <<<"$out"
is "$(libvirtd_written)" "devices/pci0200:00/0200:00:00.0/driver_override 'vfio-pci' ok
bus/pci/drivers/mlx5_core/unbind '0200:00:00.0' ok
bus/pci/drivers_probe '0200:00:00.0' ok" "libvirt writes what it is known for"
is "$(driver 0200:00:00.0) $(cat $at/driver_override)" "vfio-pci vfio-pci" "vfio-pci has it"
[ ! -e /sys/class/net/eno200 ] && [ ! -e $at/net ] && [ -e /dev/vfio/3 ]
ok $? "its network device has gone, its group's device is there"
on nodedev-reattach pci_0200_00_00_0
is "$status $(driver 0200:00:00.0) $(cat $at/driver_override)" "0 mlx5_core (null)" \
	"nodedev-reattach gives it back to its driver"
[ -e /sys/class/net/eno200/operstate ] && [ -e $at/net/eno200 ] && [ ! -e /dev/vfio/3 ]
ok $? "with its network device"

refused() {
	printf '%s' "$2" 2>/dev/null >"/sys/bus/pci/$1" && echo accepted
	tail -n 1 "$tap_folder/libvirtd/written"
}
is "$(refused drivers/mlx5_core/unbind 0201:00:00.0)" \
	"bus/pci/drivers/mlx5_core/unbind '0201:00:00.0' ENODEV" "unbind of what is not bound"
is "$(refused drivers/vfio-pci/bind 0201:00:00.0)" \
	"bus/pci/drivers/vfio-pci/bind '0201:00:00.0' ENODEV" "bind to a driver that does not match"
is "$(refused drivers/mlx5_core/bind 0200:00:00.0)" \
	"bus/pci/drivers/mlx5_core/bind '0200:00:00.0' EBUSY" "bind of what is bound"
is "$(refused drivers_probe 0999:00:00.0)" "bus/pci/drivers_probe '0999:00:00.0' ENODEV" \
	"probe of a function that is not there"
libvirtd_written >"$tap_folder/refused"

# --- guests ----------------------------------------------------------------------------------

libvirtd_domain one "$(libvirtd_hostdev 0200:00:00.0 uid=0x99 fid=0x199)" >"$tap_folder/one.xml"
libvirtd_domain two "$(libvirtd_hostdev 0200:00:00.0)" >"$tap_folder/two.xml"
on define --validate "$tap_folder/one.xml"
is "$status" 0 "a guest is defined" || sed 's/^/# /' <<<"$out"
on define --validate "$tap_folder/two.xml"
on start one
is "$status" 0 "a guest with a managed function starts" ||
	sed 's/^/# /' <<<"$out" "$libvirtd_logs/one.log"
is "$(driver 0200:00:00.0)" vfio-pci "its function is bound to vfio-pci"
on qemu-monitor-command one --hmp info qtree
like "$out" "uid = 153 \(0x99\)" "QEMU has the guest's UID"
like "$out" "dev: virtio-rng-pci, id \"hostdev0\"" "and a device in place of the function"
on start two
like "$out" "PCI device 0200:00:00.0 is in use by driver QEMU, domain one" "no second guest gets it"
on nodedev-reattach pci_0200_00_00_0
like "$out" "PCI device 0200:00:00.0 is in use by driver QEMU, domain one" "nor does the host"

libvirtd_hostdev 0201:00:00.0 uid=0x77 fid=0x177 >"$tap_folder/hostdev.xml"
on attach-device one "$tap_folder/hostdev.xml" --live
is "$status" 0 "another function is attached while it runs" || sed 's/^/# /' <<<"$out"
on qemu-monitor-command one --hmp info qtree
like "$out" "uid = 119 \(0x77\)" "QEMU has it"

libvirtd_stop && libvirtd_start
on domstate one
is "$out" running "the guest lives on while libvirtd is started again"
on qemu-monitor-command one --hmp info version
is "$status" 0 "and libvirt finds its monitor" || sed 's/^/# /' <<<"$out"
on destroy one
is "$status $(driver 0200:00:00.0)" "0 mlx5_core" "the host gets the function back at the end"
done_testing
