#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The hook in the real libvirtd, on the fake sysfs of a host: a guest whose function cannot be given
# to it is refused with our sentence, others start. And zpci host check of the Linux that it runs
# on, without --sysfs.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"
. "$(dirname "$0")/libvirtd.sh"

libvirtd_requires_host
tool host guests --connect test:///default
! grep -q "built without libvirt" <<<"$err" || skip_all "a zpci without libvirt has no hook"
# A zpci that root alone can change, whoever built this one.
mkdir "$tap_folder/bin"
install -m 755 "$(readlink -f "$(command -v "$zpci")")" "$tap_folder/bin/zpci"
zpci=$tap_folder/bin/zpci

sysfs_host "$tap_folder/sys"
libvirtd_start "$sysfs" || skip_all "no libvirtd on a fake sysfs"

# In the daemon's root folder there may be no inih, and it has a /etc of its own.
if [ -n "$libvirtd_root" ]; then
	inih=$(ldd "$zpci" | sed -n 's/.*libinih.* => \([^ ]*\) .*/\1/p')
	[ -z "$inih" ] || cp -n "$inih" "$libvirtd_root/usr/lib/$(basename "$(dirname "$inih")")/"
fi
hooks=$libvirtd_root/etc/libvirt/hooks/qemu.d

# define NAME HOSTDEV-ARGUMENT...
define() {
	local name=$1
	shift
	libvirtd_domain "$name" "$(libvirtd_hostdev "$@")" >"$tap_folder/$name.xml"
	on define --validate "$tap_folder/$name.xml"
}
define good 0201:00:00.0
define busy 0200:00:00.0 uid=0x200 fid=0x501
define gone 0999:00:00.0 uid=0x99 fid=0x601
libvirtd_domain none >"$tap_folder/none.xml"
on define "$tap_folder/none.xml"
sysfs_net 0200:00:00.0 eno200 up

# --- the first hook --------------------------------------------------------------------------

tool host hook install ${libvirtd_root:+--hooks "$hooks"}
is "$status" 0 "install" || { sed 's/^/# /' "$tap_folder/err" && done_testing; }
on start busy
is "$status" 0 "libvirtd does not know of its first hook yet"
on destroy busy
kill -HUP "$(cat "$tap_folder/libvirtd.pid")"
# It looks for hooks in a thread of its own, some time after the signal.
until on start busy && on destroy busy; [ "$status" -ne 0 ]; do
	[ $SECONDS -lt 60 ] || break
done
is "$status" 1 "after SIGHUP it does"

# --- guests ----------------------------------------------------------------------------------

is "$(grep -o 'zpci: .*' <<<"$out")" \
	"zpci: FID 0x00000501 (0200:00:00.0): eno200 is up; ip link set eno200 down" \
	"a function in use: our sentence is in libvirt's error" || sed 's/^/# /' <<<"$out"
is "$(driver 0200:00:00.0)" mlx5_core "and libvirt has not taken it"
on domstate busy
is "$out" "shut off" "the guest does not run"
sysfs_net 0200:00:00.0 eno200
on start busy
is "$status $(driver 0200:00:00.0)" "0 vfio-pci" "with the device down it starts"
on start good
is "$status" 0 "another one starts" || sed 's/^/# /' <<<"$out"
on start none
is "$status" 0 "one without functions starts"
on start gone
is "$status" 1 "a function that has gone"
like "$out" "zpci: guest gone: this host has no function 0999:00:00.0; its FID in the guest, 0x00000601" \
	"our sentence is there before libvirt's own"

# --- zpci host check, of this Linux ----------------------------------------------------------

tool host check 0x502 --connect "$libvirtd_uri"
is "$status" 1 "a function of a guest that runs"
like "$out" "^ FAIL +guest-ref +the guest good runs with it" "says which"
like "$out" "^ note +driver +vfio-pci has it, without a driver_override|^ ok +driver +vfio-pci has it" \
	"and its driver"
tool host check 0x502 --connect "$libvirtd_uri" --guest good
like "$out" "^ ok +guest-ref +no other guest has it" "its own guest is no other"
like "$out" "^ ok +vfio +vfio-pci is loaded, and /dev/vfio/vfio is there" "vfio of this Linux"
like "$out" "^ (note|warning) +command-memory .*VFN 4" "what the guest is told"
like "$out" "^ note +memlock +.* QEMU may lock 1280 MiB" "memory of the guest and 1 GiB"
mv /dev/vfio /dev/vfio.away
tool host check 0x403 --connect "$libvirtd_uri"
is "$status" 1 "without /dev/vfio/vfio"
like "$out" "^ FAIL +vfio +vfio-pci is loaded, but /dev/vfio/vfio: No such file .* -> modprobe vfio-pci" \
	"says so"
mv /dev/vfio.away /dev/vfio
on destroy good
on destroy none

# --- the end ---------------------------------------------------------------------------------

on destroy busy
sysfs_net 0200:00:00.0 eno200 up
on start busy
is "$status" 1 "refused once more"
tool host hook remove ${libvirtd_root:+--hooks "$hooks"}
is "$status" 0 "remove"
on start busy
is "$status" 0 "no hook, no refusal"
on destroy busy
done_testing
