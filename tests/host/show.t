#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `zpci host show`: all that is known of one function, and what uses it.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

root=$tap_folder/host/sys
proc=$tap_folder/host/proc
sysfs_host "$root"
mkdir -p "$proc/self"
printf 'Filename\tType\tSize\tUsed\tPriority\n' >"$proc/swaps"
echo '21 1 8:1 / / rw - ext4 /dev/sda1 rw' >"$proc/self/mountinfo"

show() {
	tool host show "$@" --sysfs "$root"
}

# field LABEL VALUE NAME: the line of the text, and those behind it without a label
field() {
	is "$(awk -v label="$1" '
		substr($0, 1, 16) !~ /^ / { on = index($0, label " ") == 1 }
		on { print substr($0, 18) }' <<<"$out")" "$2" "$3"
}

show 0x501
is "$status, $err" "0, " "a detached VF: status, no message"
is "$out" "FID              0x00000501
UID              0x0200, unique
address          0200:00:00.0
state            configured
kind             VF detached
PCHID            0x01c8
PFGID            0x0b
PFT              0x0a, RoCE Express 2
port             1
VFN              3
path             0x00010203
parameter        0x00
utility string   -
MIO              yes
handle           0x80000001
vendor           0x15b3
device           0x1016
class            0x020000
Command          0x0404
driver           mlx5_core
override         -
IOMMU group      3, alone
network devices  eno200
disks            -
InfiniBand       -
guest            ?
use              -" "a detached VF"
show 0x503
is "$status" 0 "in standby: status"
field state standby "in standby"
field VFN - "in standby: what is not known without the firmware"
show 0x501 --json
is "$(perl -MJSON::PP -0777 -ne '$f = JSON::PP->new->decode($_)->{functions};
	print scalar @$f, " $f->[0]{fid}"' <<<"$out")" "1 0x00000501" "JSON has one function"

# --- texts -------------------------------------------------------------------------------------

device=$root/devices/pci0200:00/0200:00:00.0

# In EBCDIC, with a character that is not the same everywhere (0x4a), and blanks to the end.
{
	printf '\xc8\x96\xa2\xa3\x40\xf1\x6b\x4a\x5e'
	head -c 55 /dev/zero | tr '\0' '\100'
} >"$device/util_string"
show 0x501
field "utility string" "Host 1,?;" "a utility string"
head -c 64 /dev/zero | tr '\0' '\301' >"$device/util_string"
show 0x501
field "utility string" "$(head -c 64 /dev/zero | tr '\0' A)" "a utility string of 64 characters"
rm "$device/util_string"
show 0x501
like "$out" "^utility string   - \(.*util_string: No such file" "no utility string in this kernel"
printf 'vfio-pci\n' >"$device/driver_override"
echo 0 >"$device/uid_is_unique"
ln -sfn /x/"$(printf '%0200d' 7)" "$device/driver"
show 0x501
field override vfio-pci "an override"
field UID "0x0200, not unique: addresses change over a reboot" "a UID that is not unique"
field driver "$(printf '%0200d' 7)" "a driver with a long name"
rm "$device/uid_is_unique"
show 0x501
field UID "0x0200, not known whether it is unique" "an older kernel"
echo 0x1f >"$device/pft"
show 0x501
field PFT 0x1f "a type without a name"
echo 0x04 >"$device/pfip/segment2"
rm "$device/pfip/segment3"
show 0x501
like "$out" "^path             \? \(.*segment3: No such" "a segment that is missing"
mkdir -p "$root/kernel/iommu_groups/3/devices/0201:00:00.0" \
	"$root/kernel/iommu_groups/3/devices/other"
show 0x501
field "IOMMU group" "3, with 0201:00:00.0, other" "an IOMMU group with others"
rm "$device/iommu_group"
show 0x501
field "IOMMU group" - "no IOMMU group"

# --- use: network devices ----------------------------------------------------------------------

net=$device/net/eno200
show 0x501
field use - "a device that is down"
echo 0x1003 >"$net/flags"
show 0x501
field use "eno200 is up" "a device that is up"
ln -s ../../../../virtual/net/bond0 "$net/master"
ln -s ../../../../virtual/net/bond0 "$net/upper_bond0"
ln -s ../../../../virtual/net/eno200.5 "$net/upper_eno200.5"
sysfs_net 0200:00:00.0 eno201 up
show 0x501
field use "eno200 is up
eno200 is a part of bond0
eno200 is below eno200.5
eno201 is up" "a bond, a VLAN and a second device"
show 0x501 --json
is "$(perl -MJSON::PP -0777 -ne '$f = JSON::PP->new->decode($_)->{functions}[0];
	print "$f->{in_use}\n";
	print join(" ", map { $_ // "null" } @$_{qw(kind device by)}), "\n" for @{$f->{uses}}' \
	<<<"$out")" "1
net-up eno200 null
net-master eno200 bond0
net-upper eno200 eno200.5
net-up eno201 null" "the same as JSON"
rm -r "$root/class/net/eno201" "$net/master" "$net"/upper_*
echo garbage >"$net/flags"
show 0x501
like "$out" '^use              \? \(.*flags: "garbage" is no number' "flags that are none"
rm "$net/flags"
show 0x501 --json
like "$out" '"in_use": null' "no flags: not known"
echo 0x1002 >"$net/flags"

# --- use: disks --------------------------------------------------------------------------------

disk=$root/devices/pci0300:00/0300:00:00.0/nvme/nvme0/nvme0n1
mkdir -p "$disk/nvme0n1p1/holders" "$disk/nvme0n1p2/holders" "$disk/queue"
for i in 1 2; do
	echo "$i" >"$disk/nvme0n1p$i/partition"
	echo "259:$i" >"$disk/nvme0n1p$i/dev"
	ln -s "../../devices/pci0300:00/0300:00:00.0/nvme/nvme0/nvme0n1/nvme0n1p$i" "$root/class/block"
done
show nvme0n1
field disks nvme0n1 "partitions are no disks"
field use - "a disk that nobody uses"
echo '36 21 259:1 / /srv/my\040data rw - ext4 /dev/root rw' >>"$proc/self/mountinfo"
show nvme0n1
field use "nvme0n1p1 is mounted at /srv/my data" "a mount of a partition, by its number"
sed -i '$d' "$proc/self/mountinfo"
echo '36 21 0:40 / /srv rw shared:1 master:2 - btrfs /dev/nvme0n1 rw' >>"$proc/self/mountinfo"
show nvme0n1
field use "nvme0n1 is mounted at /srv" "a mount of a filesystem with its own number"
sed -i '$d' "$proc/self/mountinfo"
echo '36 21 0:40 / /srv rw - fuse nvme0n1 rw' >>"$proc/self/mountinfo"
echo '36 21 0:41 / /dev/nvme0n1 rw - tmpfs t rw' >>"$proc/self/mountinfo"
echo '36 21 1259:1 / /x rw - ext4 /dev/xnvme0n1 rw' >>"$proc/self/mountinfo"
printf '36 21\n36 21 259:1\n\n-\n' >>"$proc/self/mountinfo"
show nvme0n1
field use - "mounts of others, and lines that are none"
printf '/dev/nvme0n1p2  partition\t1024\t0\t-2\n' >>"$proc/swaps"
show nvme0n1
field use "nvme0n1p2 has swap space" "swap space"
printf 'Filename\tType\tSize\tUsed\tPriority\n/dev/sda2 partition 1 0 -2\n' >"$proc/swaps"
mkdir "$disk/holders/md0" "$disk/nvme0n1p1/holders/dm-0"
show nvme0n1
field use "nvme0n1 is held by md0
nvme0n1p1 is held by dm-0" "RAID and LVM"
rmdir "$disk/holders/md0" "$disk/nvme0n1p1/holders/dm-0"
rm "$proc/self/mountinfo"
show nvme0n1
like "$out" "^use              \? \(.*proc/self/mountinfo: No such file" "mounts that cannot be read"
echo '21 1 8:1 / / rw - ext4 /dev/sda1 rw' >"$proc/self/mountinfo"

# A namespace that belongs to a subsystem with two controllers, of which one is elsewhere.
subsystem=$root/devices/virtual/nvme-subsystem/nvme-subsys0
mkdir -p "$root/class/nvme" "$root/class/nvme-subsystem" "$subsystem/nvme5n1/holders" \
	"$root/devices/pci0300:00/0300:00:00.0/nvme/nvme0/nvme5c0n1"
ln -s ../../devices/virtual/nvme-subsystem/nvme-subsys0 "$root/class/nvme-subsystem/nvme-subsys0"
ln -s ../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme5n1 "$root/class/block/nvme5n1"
ln -s ../../devices/pci0300:00/0300:00:00.0/nvme/nvme0 "$root/class/nvme/nvme0"
ln -s ../../../pci0300:00/0300:00:00.0/nvme/nvme0 "$subsystem/nvme0"
ln -s ../../../nowhere/nvme9 "$subsystem/nvme9"
ln -s ../../devices/pci0300:00/0300:00:00.0/nvme/nvme0/nvme5c0n1 "$root/class/block/nvme5c0n1"
echo 1 >"$root/devices/pci0300:00/0300:00:00.0/nvme/nvme0/nvme5c0n1/hidden"
echo 259:9 >"$subsystem/nvme5n1/dev"
show 0x601
field disks "nvme0n1, nvme5n1" "a namespace of a subsystem"
echo '36 21 259:9 / /srv rw - xfs /dev/nvme5n1 rw' >>"$proc/self/mountinfo"
show nvme5n1
field use "nvme5n1 is mounted at /srv" "a namespace of a subsystem: its mount"
done_testing
