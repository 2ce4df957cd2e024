#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The argument FUNCTION of `zpci host`: all ways to name a function, and names that are none or
# mean several.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

root=$tap_folder/sys
sysfs_host "$root"

# finds NAME FID
finds() {
	tool host show "$1" --sysfs "$root"
	is "$status $(sed -n 's/^FID  *//p' <<<"$out")" "0 $2" "$1 is $2"
}

# refused NAME STATUS MESSAGE
refused() {
	tool host show "$1" --sysfs "$root"
	is "$status" "$2" "\`$1': status"
	is "$err" "zpci: $3" "\`$1': message"
}

# --- names -------------------------------------------------------------------------------------

for name in 0x501 fid:501 fid:0x501 501 0501 00000501 0x00000501 0x0000000000501 uid:200 uid:0x200 \
	uid:0200 0200:00:00.0 200:00:00.0 00000200:00:00.0 pci_0200_00_00_0 eno200; do
	finds "$name" 0x00000501
done
finds 0120:00:00.1 0x00000402
finds pci_0120_00_00_1 0x00000402
finds nvme0n1 0x00000601
finds 503 0x00000503
mkdir -p "$root/devices/pci0201:00/0201:00:00.0/infiniband/mlx5_0"
mkdir "$root/class/infiniband"
ln -s ../../devices/pci0201:00/0201:00:00.0/infiniband/mlx5_0 "$root/class/infiniband/mlx5_0"
finds mlx5_0 0x00000502

# --- names that are none -----------------------------------------------------------------------

there="there are FID 0x00000503 (0000:00:00.0), FID 0x00000401 (0120:00:00.0), FID 0x00000402 \
(0120:00:00.1), FID 0x00000403 (0120:00:00.2), FID 0x00000501 (0200:00:00.0), FID 0x00000502 \
(0201:00:00.0), FID 0x00000601 (0300:00:00.0) and FID 0x00001000 (1000:00:00.0); \`zpci host list' \
shows their names"
for name in 0x777 fid:777 777 fid: fid:x 0x 0x100000501 1234567890 uid:777 uid: 0200:00:01.0 \
	0200:00:00 0200:00:00.8 pci_0200_00_00 pci_0200_00_00_0_ pci_ eno201 'eno200 ' '' ' ' .. -501; do
	refused "$name" 3 "\`$name' is no function; $there"
done
refused 200 3 "\`200' is no FID, but the UID of FID 0x00000501 (0200:00:00.0); write uid: before a UID"
refused 00000200 3 "\`00000200' is no function; $there"
tool host show --sysfs "$root"
is "$status" 125 "no name: status"
like "$err" "too few arguments; usage: zpci host show FUNCTION" "no name: message"
tool host show 0x501 0x502 --sysfs "$root"
is "$status" 125 "two names"
mkdir -p "$tap_folder/none/bus/pci/devices"
tool host show 0x501 --sysfs "$tap_folder/none"
is "$status, $err" "3, zpci: no function \`0x501'; this Linux has no PCI functions" "no functions"

# --- names of several --------------------------------------------------------------------------

which="name one by fid: and its FID, or by its address"
sysfs_net 0201:00:00.0 501
refused 501 125 "\`501' can mean FID 0x00000501 (0200:00:00.0) and FID 0x00000502 (0201:00:00.0); $which"
finds fid:501 0x00000501
finds 0501 0x00000501
sysfs_net 0201:00:00.0 0x501
refused 0x501 125 "\`0x501' can mean FID 0x00000501 (0200:00:00.0) and FID 0x00000502 (0201:00:00.0); \
$which"
sysfs_net 0200:00:00.0 501
rm "$root/class/net/501" "$root/class/net/0x501"
sysfs_net 0200:00:00.0 501
finds 501 0x00000501
rm "$root/class/net/501"

# The FID of one is the UID of another.
sysfs_function 0501:00:00.0 0x00000700
refused 501 125 "\`501' can mean FID 0x00000501 (0200:00:00.0) and FID 0x00000700 (0501:00:00.0); $which"
finds 0x501 0x00000501
finds 00000501 0x00000501
finds uid:501 0x00000700

# Without UID checking many have the same.
for fid in 801 802 803 804 805 806 807 808 809 80a; do
	sysfs_function "0$fid:00:00.0" 0x00000$fid uid=0x0 uid_is_unique=0
done
refused uid:0 125 "\`uid:0' can mean FID 0x00000801 (0801:00:00.0), FID 0x00000802 (0802:00:00.0), FID \
0x00000803 (0803:00:00.0), FID 0x00000804 (0804:00:00.0), FID 0x00000805 (0805:00:00.0), FID \
0x00000806 (0806:00:00.0), FID 0x00000807 (0807:00:00.0), FID 0x00000808 (0808:00:00.0) and 2 more; \
$which"

# What should not be: a FID twice, and a function without one.
echo 0x00000501 >"$root/devices/pci0809:00/0809:00:00.0/function_id"
refused fid:501 125 "\`fid:501' can mean FID 0x00000501 (0200:00:00.0) and FID 0x00000501 \
(0809:00:00.0); $which"
rm "$root/devices/pci0809:00/0809:00:00.0/function_id"
finds 0809:00:00.0 0x00000809
rm -r "$root/bus/pci/slots/00000809"
tool host show 0809:00:00.0 --sysfs "$root"
like "$out" "^FID  *\? \(.*function_id: No such file or directory\)\$" "a function without a FID"
is "$status" 0 "a function without a FID: status"
done_testing
