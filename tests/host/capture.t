#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host capture, from the sysfs of an s390 host in a folder: what is written, that zpci describe
# takes it, and files of sysfs that are missing or garbage. tests/guest/capture.t is in a guest.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

# put OFFSET HEX...: bytes of $device's config space.
put() {
	local offset=$1
	shift
	_sysfs_bytes "$@" | dd of="$device/config" bs=1 seek=$((offset)) conv=notrunc 2>/dev/null
}

# lines LINE...: whether the function that was captured last has these lines.
lines() {
	local line
	for line in "$@"; do like "$out" "^$line\$" "$name: $line"; done
}

capture() {
	name=$1
	shift
	tool host capture --sysfs "$sysfs" "$@"
	is "$status $err" "0 " "$name: status"
	echo "$out" >"$tap_folder/$name.conf"
}

sysfs_host "$tap_folder/sys"
device=$(_sysfs_device 0200:00:00.0)

# --- all of a host, as it is ------------------------------------------------------------------

capture host
lines '\[platform\]' 'hypervisor-functions = no' 'uid-checking = yes' \
	'\[adapter pchid-0x01c4\]' '\[group pfgid-0x05\]' '; 0120:00:00.1' '; no device'
is "$(grep -c '^\[function\]' <<<"$out")" 8 "host: functions"
is "$(grep -c '^standby = yes$' <<<"$out")" 1 "host: one is in standby"
unlike "$out" '; Linux' "host: this kernel is not that of the folder"
capture again
is "$out" "$(cat "$tap_folder/host.conf")" "a second capture is the same"

# --- one function with everything -------------------------------------------------------------

{
	echo 0x4000000000000000 0x40000000000fffff 0x000000000014220c
	echo 0x0000000000000000 0x0000000000000000 0x0000000000000000
	echo 0x4001000000000000 0x4001000000001fff 0x0000000000040200
	echo 0x0000000000001000 0x000000000000101f 0x0000000000040101
} >"$device/resource"
printf '\xd9\xd6\xc3\xc5\x40\x81\x4b' >"$device/util_string"
printf '@%.0s' {1..57} >>"$device/util_string"
put 0x06 10 a0         # capabilities, and errors
put 0x0c 10 40         # cache line, latency
put 0x10 0c 00 00 40   # an address
put 0x34 60
put 0x60 11 00 0b 80   # MSI-X, enabled
put 0x64 00 20 00 00 00 30 00 00
put 0x100 03 00 01 00  # serial number
put 0x104 12 34 56 78 9a bc de f0
capture one 501
lines 'vf = 3' 'fid = 0x00000501' 'uid = 0x0200' 'pft = 0x0a' 'port = 1' 'pfip = 0x00010203' \
	'utility-string = ROCE a\.' 'vendor = 0x15b3' 'device = 0x1016' 'class = 0x020000' \
	'subsystem-vendor = 0x15b3' 'subsystem-device = 0x0065' \
	'bar0 = 0x100000 64bit prefetchable' 'bar2 = 0x2000' '; bar3 has 0x20 ports.*' \
	'; now: Command 0x0404, Status 0xa010, driver mlx5_core.*' 'profile = lpar' \
	'config-0x000 = b3 15 16 10 00 00 10 00 00 00 00 02 00 00 00 00' \
	'config-0x020 = 00 00 00 00 00 00 00 00 00 00 00 00 b3 15 65 00' \
	'config-0x060 = 11 00 0b 00 00 20 00 00 00 30 00 00 00 00 00 00' \
	'config-0x100 = 03 00 01 00 12 34 56 78 9a bc de f0 00 00 00 00'
unlike "$out" 'config-0x010' "one: no addresses"
is "$(grep -c '^\[function\]' <<<"$out")" 1 "one: one function"
capture by-address 0200:00:00.0
is "$out" "$(cat "$tap_folder/one.conf")" "the same by its address"
tool describe --config "$tap_folder/one.conf"
is "$status $err" "0 " "one: describe takes it"
like "$out" 'function 00000501: VF 3 of replica adapter 01c8, profile lpar' "one: and describes it"

# --- anonymous --------------------------------------------------------------------------------

capture anonymous --anonymous 0x501 0300:00:00.0
lines 'pchid = 0x0100' 'pchid = 0x0101' '; anonymous: .*' \
	'config-0x100 = 03 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00'
unlike "$out" 'ROCE|d9d6|pfip|0x01c8|0x01d0' "anonymous: nothing of the machine"

# --- what a capture must not choke on ---------------------------------------------------------

printf '\xff\x00' >"$device/util_string"
put 0x61 60            # a circle
capture circle 501
lines "; without its capabilities: its list of capabilities comes to 0x60 twice .*" \
	"utility-ebcdic = ff00.*" 'config-0x000 = b3 15 16 10 00 00 00 00 00 00 00 02 .*'
unlike "$out" 'config-0x060' "circle: no capabilities"
tool describe --config "$tap_folder/circle.conf"
is "$status $err" "0 " "circle: describe takes it"

head -c 64 "$device/config" >"$tap_folder/short"
cp "$tap_folder/short" "$device/config"
echo garbage >"$device/resource"
echo 0xzz >"$device/pft"
rm "$device/uid" "$device/uid_is_unique" "$device"/pfip/segment2 "$device/util_string"
capture poor 501
lines '; only 64 bytes of config space could be read; root can read all' '; uid: not known'
unlike "$out" '^(bar|pft|pfip|utility)' "poor: nothing that is not known"
tool describe --config "$tap_folder/poor.conf"
is "$status $err" "0 " "poor: describe takes it"

head -c 63 "$tap_folder/short" >"$device/config"
capture poorer 501
lines 'vendor = 0x15b3' 'device = 0x1016'
unlike "$out" 'config-0x' "poorer: no config space"

for attribute in pchid vfn pfgid function_id vendor device; do
	rm "$device/$attribute"
	tool host capture --sysfs "$sysfs"
	is "$status $err" "0 " "without $attribute: status"
	echo "$out" >"$tap_folder/without.conf"
	tool describe --config "$tap_folder/without.conf"
	is "$status $err" "0 " "without $attribute: describe takes it"
done

sysfs_function 0400:00:00.0 0x00000701 vfn=0xffff uid_is_unique=0 uid=0
capture unchecked 701
lines 'uid-checking = no' 'uid = 0x0000' 'vf = 255'
tool describe --config "$tap_folder/unchecked.conf"
is "$status $err" "0 " "unchecked: describe takes it"

# Lines of a hostile sysfs do not become lines of the configuration, and nothing waits.
cp "$tap_folder/short" "$device/config"
rm "$device/driver"
ln -s $'../mlx5\n[function]\nfid = 0x7777\e[2J' "$device/driver"
capture names 501
like "$out" '; now: .*, driver mlx5\?\[function\]\?fid = 0x7777\?\[2J, ' \
	"names: a driver is in its comment"
is "$(grep -c '^\[function\]' <<<"$out")" 1 "names: one function"
tool host list --json --no-libvirt --sysfs "$sysfs"
like "$out" 'mlx5\?\[function' "names: so it is in JSON"
rm "$device/resource"
mkfifo "$device/resource"
timeout 30 "$zpci" host capture --sysfs "$sysfs" 501 >"$tap_folder/out"
is "$?" 0 "a pipe in sysfs is not waited for"

# --- mistakes ---------------------------------------------------------------------------------

tool host capture --sysfs "$sysfs" 999
is "$status" 3 "no such function: status"
like "$err" "999' is no function;" "no such function: message"
tool host capture --sysfs "$sysfs" 0999:00:00.0
is "$status" 3 "no such address: status"
tool host capture --sysfs "$tap_folder/nothing"
is "$status" 4 "no such folder: status"
like "$err" "nothing/bus/pci/devices" "no such folder: message"
tool host capture --json
is "$status" 125 "an option of other commands: status"
done_testing
