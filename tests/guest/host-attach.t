#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host attach and detach with guests that run: Linux, which gives functions back, and a kernel
# that never answers. libvirt is the real one, on a fake sysfs; in QEMU a virtio device stands in
# for the function.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/../host/sysfs.sh"
. "$(dirname "$0")/../host/libvirtd.sh"
. "$(dirname "$0")/../host/handover.sh"
libvirtd_requires_host
requires_guest
tool host guests --connect test:///default
[ "$status" -ne 4 ] || skip_all "$err"
sysfs_host "$tap_folder/sys"
libvirtd_start "$sysfs" || skip_all "no libvirtd on a fake sysfs"

# --- a guest that does not answer ------------------------------------------------------------

define one
on start one
tool host attach 0x501 one
is "$status$err" 0 "attach: done, whatever the guest does"
keep one
tool host detach 0x501 --timeout 1
is "$status $err" "4 zpci: FID 0x00000501 is not taken from guest one: the guest did not give it\
 back within 1 s; the guest was asked and may still give it back, its definition is as before" \
	"detach: the guest does not answer"
kept one "detach: the guest does not answer"
is "$(driver 0200:00:00.0)" vfio-pci "detach: the guest still has it"

# While QEMU is slow.
qemu STOP
begin host attach 0x403 one --timeout 1
becomes vfio-pci driver 0120:00:00.2
kill -INT "$pid"
qemu CONT
finish
is "$status $err" "4 zpci: FID 0x00000403 is not given to guest one: interrupted while the guest was\
 to get it
zpci: FID 0x00000403 is still in the running guest (one): the guest did not give it back within 1\
 s; when that is mended, use zpci host detach 0120:00:00.2 one --live" \
	"attach, interrupted: what cannot be undone"
kept one "attach, interrupted"

begin host detach 0x501 one
becomes 1 grep -c '^waiting for guest one to give FID 0x00000501 back: [0-9]* of 30 s$' \
	"$tap_folder/err"
kill -INT "$pid"
finish
is "$status $(tail -n 1 <<<"$err")" "4 zpci: FID 0x00000501 is not taken from guest one:\
 interrupted while the guest was to give it back; the guest was asked and may still give it back,\
 its definition is as before" "detach, interrupted"
kept one "detach, interrupted"

begin host detach 0x501 one
becomes 1 grep -c '^waiting for guest one' "$tap_folder/err"
kill_libvirtd
finish
is "$status $(tail -n 1 <<<"$err")" "4 zpci: FID 0x00000501 is not taken from guest one: libvirt\
 went away while the guest was to give it back; the guest was asked and may still give it back,\
 its definition is as before" "detach: libvirtd ends"
libvirtd_start
kept one "detach: libvirtd ends"
on destroy one
on undefine one

# --- Linux -----------------------------------------------------------------------------------

# in_guest COMMAND: prints one line of its output.
in_guest() {
	local line
	echo "$1 | sed 's/^/got: /'" >&3
	while read -r -t 120 -u 3 line; do
		line=${line%$'\r'}
		echo "$line" >>"$tap_folder/consoles"
		case $line in
		"got: "*)
			echo "${line#got: }"
			return
			;;
		esac
	done
}

# in_guest_waits PATH: until it exists in the guest.
in_guest_waits() {
	in_guest "until [ -e $1 ]; do usleep 50000; done; echo there"
}

libvirtd_boot="<kernel>$tap_cache/guest/default/kernel</kernel>
	<initrd>$tap_cache/guest/default/initrd</initrd>"
define one
on start one
on ttyconsole one
exec 3<>"$out"
stty raw -echo <&3
while read -r -t 120 -u 3 line; do
	echo "$line" >>"$tap_folder/consoles"
	[[ $line != *"shell in the guest"* ]] || break
done
export ZPCI_CONSOLE=$tap_folder/consoles # for the last test

slot=/sys/bus/pci/slots/00000501
keep one
tool host attach 0x501 one
is "$status$err $out" "0 FID 0x00000501 (0200:00:00.0) is in guest one as UID 0x0200,\
 FID 0x00000501: live and definition" "attach"
is "$(in_guest_waits /sys/bus/pci/devices/0200:00:00.0/function_id)" there "attach: Linux has it"
is "$(in_guest "cat /sys/bus/pci/devices/0200:00:00.0/function_id $slot/power | xargs")" \
	"0x00000501 1" "attach: Linux has our IDs"
tool host detach 0x501
is "$status$err" 0 "detach: Linux gives it back" || sed 's/^/# /' "$libvirtd_log"
is "$out" "FID 0x00000501 (0200:00:00.0) is taken from guest one: live and definition
FID 0x00000501 is with its driver mlx5_core again" "detach: and the host has it again"
is "$(driver 0200:00:00.0) $(in_guest "ls -d $slot 2>&1 | grep -c 'No such'")" "mlx5_core 1" \
	"detach: nothing is left in the guest"
kept one "attach and detach"

# Bound to vfio-pci by hand, so that libvirt leaves it there.
on nodedev-detach pci_0120_00_00_1
tool host attach 0x402 one --live
is "$(in_guest_waits /sys/bus/pci/slots/00000402)" there "attach --live"
tool host detach 0x402
is "$status$err $(tail -n 1 <<<"$out")" "0 FID 0x00000402 stays with vfio-pci, as before the guest\
 had it; virsh nodedev-reattach pci_0120_00_00_1 gives it to its driver" \
	"detach of what was with vfio-pci before"
_libvirtd_overlay /etc /etc
mkdir -p /etc/udev/rules.d
tool host reserve 0x402 --no-apply
is "$status" 0 "reserve"
tool host attach 0x402 one --live
is "$(in_guest_waits /sys/bus/pci/slots/00000402)" there "attach --live of what is reserved"
tool host detach 0x402
is "$status$err $(tail -n 1 <<<"$out")" "0 FID 0x00000402 stays with vfio-pci, as it is reserved\
 for guests; zpci host unreserve 0x00000402 ends that" "detach of what is reserved"
umount /etc
on nodedev-reattach pci_0120_00_00_1

# Interrupted: Linux helps to undo.
qemu STOP
begin host attach 0x501 one
becomes vfio-pci driver 0200:00:00.0
kill -INT "$pid"
qemu CONT
finish
is "$status $err" "4 zpci: FID 0x00000501 is not given to guest one: interrupted while the guest was\
 to get it
zpci: guest one and FID 0x00000501 are as before" "attach, interrupted: all is undone"
is "$(driver 0200:00:00.0)" mlx5_core "attach, interrupted: the host has it again"
kept one "attach, interrupted"
tool host guests
unlike "$out" 0x00000501 "attach, interrupted: the guest does not have it"

# The definition cannot be written after the running guest gave the function back.
tool host attach 0x501 one --guest-uid 0x99
is "$(in_guest_waits /sys/bus/pci/devices/0099:00:00.0)" there "attach again, as another UID"
keep one
definitions ro
tool host detach 0x501
definitions rw
is "$status $(tail -n 1 <<<"$err")" "4 zpci: guest one and FID 0x00000501 are as before" \
	"detach: the definition cannot be written"
like "$err" "^zpci: FID 0x00000501 is not taken from the definition of guest one: .*[Rr]ead-only" \
	"detach: the definition cannot be written: why"
is "$(in_guest_waits /sys/bus/pci/devices/0099:00:00.0)" there "the guest has it again"
on dumpxml one
like "$out" "<zpci uid='0x0099' fid='0x00000501'/>" "with the same IDs"
is "$(driver 0200:00:00.0)" vfio-pci "and the host has not"
kept one "detach: the definition cannot be written"
on destroy one
exec 3>&-
done_testing
