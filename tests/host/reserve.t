#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `zpci host reserve' and `unreserve' on the fake sysfs of an s390 host: rules, drivers, refusals.
# tests/guest/host.t has the real kernel and the real udev.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

# Only root can have tests/host/kernel.c do what Linux does when drivers are bound.
kernel=
if [ "$(id -u)" -eq 0 ] && [ -c /dev/fuse ] && [ "${CROSS_COMPILING:-no}" = no ]; then
	if [ -n "${ZPCI_RESERVE_PRIVATE:-}" ]; then
		kernel=$(pwd)/tests/host/kernel
	elif unshare --mount --propagation private true 2>/dev/null; then
		rm -rf "$tap_folder"
		ZPCI_RESERVE_PRIVATE=1 exec unshare --mount --propagation private --pid --fork \
			--kill-child --mount-proc bash "$0"
	fi
fi

rules=$tap_folder/rules
mkdir "$rules"
sysfs_host "$tap_folder/sys"
sysfs_net 0200:00:00.0 eno200 up

# host COMMAND ARGUMENT...
host() {
	local command=$1
	shift
	tool host "$command" --sysfs "$sysfs" --rules "$rules" "$@"
}

# refused STATUS MESSAGE NAME: nothing was made, and one sentence says why.
refused() {
	is "$status" "$1" "$3"
	is "$(wc -l <"$tap_folder/err")" 1 "$3: one sentence"
	like "$err" "$2" "$3: which says why"
	is "$(ls -A "$rules")" "${4:-}" "$3: no rule was made"
}

rule_of() {
	echo "$rules/60-zpci-reserve-$1.rules"
}

# --- refusals --------------------------------------------------------------------------------

host reserve 0x77
refused 3 "0x77" "no such function"
host reserve 0x501
refused 1 "FID 0x00000501 is in use: eno200 is up.*ip link set eno200 down" "a network device is up"
host reserve 0x401
refused 1 "FID 0x00000401 is a PF with 2 VFs" "a PF with VFs"
# A name of a mount point is a word of the command, whatever its characters.
sysfs_block 0300:00:00.0 nvme0n1
mkdir -p "$tap_folder/proc/self"
echo 'Filename Type Size Used Priority' >"$tap_folder/proc/swaps"
# mounted PLACE: as mountinfo has it.
mounted() {
	echo "36 35 259:0 / $1 rw - ext4 /dev/nvme0n1 rw" >"$tap_folder/proc/self/mountinfo"
}
mounted /srv
host reserve 0x601
refused 1 "0x00000601 is in use: nvme0n1 is mounted at /srv; end that first: \`umount /srv'$" \
	"a disk is mounted"
mounted '/media/a\040;id'
host reserve 0x601
refused 1 "end that first: \`umount '/media/a ;id''$" "a mount point with a command in it"
mounted '/media/a\012zpci:\040\033[2J'
host reserve 0x601
refused 1 "mounted at /media/a.zpci: .\[2J; " "a mount point with control characters"
unlike "$err" $'\e' "which do not come to the terminal"
rm -r "$tap_folder/proc"
# What is on a function cannot be seen.
mv "$sysfs/class/block" "$sysfs/class/away"
: >"$sysfs/class/block"
host reserve 0x601
refused 4 "FID 0x00000601: it cannot be told whether it is in use: .*/class/block: Not a directory" \
	"disks cannot be read"
rm "$sysfs/class/block"
mv "$sysfs/class/away" "$sysfs/class/block"
tool host reserve --sysfs "$sysfs" 0x502
refused 125 "rules" "rules of /sys are not for another sysfs"
tool host reserve --sysfs "$sysfs" --rules "$tap_folder/none" 0x502
refused 4 "FID 0x00000502: cannot write into $tap_folder/none: No such file" "no folder of rules"
host reserve --json 0x502
refused 125 "json is for the list" "JSON of a function"
echo "# not ours" >"$(rule_of 00000502)"
host reserve 0x502
refused 1 "60-zpci-reserve-00000502.rules was not made by zpci" "a file of somebody else" \
	"60-zpci-reserve-00000502.rules"
host unreserve 0x502
is "$status $(cat "$(rule_of 00000502)")" "1 # not ours" "it is not removed either"
rm "$(rule_of 00000502)"
mkdir "$(rule_of 00000502)"
host reserve 0x502
is "$status" 1 "nor a folder of that name"
rmdir "$(rule_of 00000502)"
ln -s /dev/full "$(rule_of 00000502)"
host reserve 0x502
is "$status $(readlink "$(rule_of 00000502)")" "1 /dev/full" "nor a link"
rm "$(rule_of 00000502)"

# --- the rule --------------------------------------------------------------------------------

host reserve
is "$status $out" "0 no function is reserved" "nothing is reserved"
host reserve --dry-run 0x502
is "$status $(ls -A "$rules")" "0 " "--dry-run writes nothing"
like "$out" "^would write $(rule_of 00000502)" "--dry-run says what it would write"
like "$out" "^would give 0201:00:00.0 to vfio-pci" "and what it would do"
sed '1d; /^would/d' <<<"$out" >"$tap_folder/dry"
host reserve --no-apply 0x502
is "$status" 0 "--no-apply" || sed 's/^/# /' "$tap_folder/err"
is "$(cat "$(rule_of 00000502)")" "$(cat "$tap_folder/dry")" "the rule is what --dry-run said"
is "$(stat -c %a "$(rule_of 00000502)")" 644 "everybody can read it"
is "$(ls -A "$rules")" "60-zpci-reserve-00000502.rules" "no other file is left"
is "$(cat "$sysfs/bus/pci/devices/0201:00:00.0/driver_override")" "(null)" "the driver is as before"
like "$(cat "$(rule_of 00000502)")" '^ATTR{function_id}!="0x00000502", GOTO=' "the rule is by FID"
unlike "$(cat "$(rule_of 00000502)")" '0201:00' "and not by address"
if command -v udevadm >/dev/null && udevadm verify --help >/dev/null 2>&1; then
	udevadm verify --no-summary "$(rule_of 00000502)" >"$tap_folder/verify" 2>&1
	ok $? "udev understands the rule" || sed 's/^/# /' "$tap_folder/verify"
else
	skip "udev understands the rule" "no udevadm verify"
fi
before=$(stat -c %s "$(rule_of 00000502)")
host reserve --no-apply 0x502
is "$status $(stat -c %s "$(rule_of 00000502)")" "0 $before" "twice is the same"
like "$out" "was already reserved" "and is said"
host reserve 0x503
is "$status $out" "0 FID 0x00000503 is reserved for guests: it gets vfio-pci when it is configured" \
	"a function in standby"

cp "$(rule_of 00000503)" "$(rule_of 00009999)"
echo >"$rules/60-zpci-reserve-0000000g.rules"
sed 's/00000503/00007777/g' "$(rule_of 00000503)" >"$(rule_of 00007777)"
host reserve
is "$out" "FID         ADDRESS       STATE       DRIVER
0x00000502  0201:00:00.0  configured  -
0x00000503  -             standby     -
0x00007777  -             absent      -" "the list has our rules, also one without a function"
host reserve --json
expected='{"schema":"zpci-host/1","reserved":['
row() {
	expected+="{\"fid\":\"0x0000$1\",\"fid_number\":$((0x$1)),"
	expected+="\"rule\":\"RULES/60-zpci-reserve-0000$1.rules\",\"state\":\"$2\","
	expected+="\"address\":$3,\"driver\":null}$4"
}
row 0502 configured '"0201:00:00.0"' ,
row 0503 standby null ,
row 7777 absent null ']}'
is "$(tr -d ' \n' <<<"$out" | sed "s|$rules|RULES|g")" "$expected" "the list as JSON"
tool host reserve --rules /proc/self/status --sysfs "$sysfs"
is "$status" 4 "a folder of rules that is none"

# --- undoing ---------------------------------------------------------------------------------

host unreserve 7777
is "$status $out" "0 FID 0x00007777 is not reserved any more" "a rule whose function is not here"
host unreserve --dry-run 0x503
is "$status $out" "0 would remove $(rule_of 00000503)" "--dry-run removes nothing"
host unreserve fid:503
is "$status $out" "0 FID 0x00000503 is not reserved any more" "a function in standby is given back"
host unreserve 0x503
is "$status $out" "0 FID 0x00000503 is not reserved" "giving back twice"
host unreserve 0x502
is "$status" 0 "a function without vfio-pci is given back"
is "$(ls -A "$rules")" "60-zpci-reserve-0000000g.rules
60-zpci-reserve-00009999.rules" "files of others are left"
host unreserve 0x77
is "$status" 3 "no such function, and no such rule"
rm "$rules"/*

# --- the driver ------------------------------------------------------------------------------

host reserve 0x502
is "$status" 4 "a kernel that does not bind"
like "$err" "the kernel did not bind 0201:00:00.0 to vfio-pci" "it is said"
is "$(ls -A "$rules") $(head -n 1 "$sysfs/bus/pci/devices/0201:00:00.0/driver_override")" " " \
	"and all is taken back"
if [ -z "$kernel" ]; then
	skip "drivers" "only root can have a fake kernel"
	done_testing
	exit
fi

rm -rf "$sysfs"
sysfs_host "$tap_folder/sys"
mkdir -p "$tap_folder/mount" "$tap_folder/dev/vfio"
"$kernel" "$sysfs" "$tap_folder/mount" "$tap_folder/dev" "$tap_folder/log"
ok $? "a fake kernel"
driver_of() {
	basename "$(readlink "$sysfs/bus/pci/devices/$1/driver" || echo none)"
}
host reserve eno200
is "$status $(driver_of 0200:00:00.0)" "0 vfio-pci" "reserve binds vfio-pci" || cat "$tap_folder/err"
is "$out" "FID 0x00000501 is reserved for guests: 0200:00:00.0 has vfio-pci" "and says so"
: >"$tap_folder/log"
host reserve 0x501
is "$status $(cat "$tap_folder/log")" "0 " "twice writes nothing to the kernel"
host unreserve --no-apply 0x501
is "$status $(driver_of 0200:00:00.0) $(ls -A "$rules")" "0 vfio-pci " "--no-apply removes the rule alone"
host reserve 0x501
host unreserve 0x501
is "$status $(driver_of 0200:00:00.0) $(ls -A "$rules")" "0 mlx5_core " "unreserve gives it back"
is "$out" "FID 0x00000501 is not reserved any more: 0200:00:00.0 has mlx5_core" "and says to whom"
is "$(cat "$sysfs/bus/pci/devices/0200:00:00.0/driver_override")" "(null)" "nothing is left of it"

awk -v below="$tap_folder/" 'index($2, below) == 1 { print $2 }' /proc/mounts >"$tap_folder/mounts"
xargs umount -l <"$tap_folder/mounts"
done_testing
