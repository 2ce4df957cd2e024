#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci refuses a QEMU whose answers show that our plugin will not work in it. The programs here
# answer like QEMUs that no Debian release has; tests/guest/tool-qemu.t has real ones.

. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/qemu.sh"

s390x_kernel "$tap_folder/kernel"

# answers VERSION MACHINE ACCELERATOR
answers() {
	fake_qemu "$@" <<<'echo started >"$folder/started"'
	rm -f "$tap_folder/started"
	tool run --qemu "$tap_folder/qemu" --kernel "$tap_folder/kernel" --initrd /dev/null --exec true
}

refused() {
	is "$status" 125 "$2: status"
	like "$err" "$1" "$2: message"
	like "$err" "zpci lab qemu" "$2: says how to get one"
	[ ! -e "$tap_folder/started" ]
	ok $? "$2: not started"
}

answers 11.0.9 s390-ccw-virtio tcg
refused "is QEMU 11.0, but 11.1 or newer is needed" "11.0"
answers 9.2.0 s390-ccw-virtio tcg
refused "is QEMU 9.2, but 11.1" "9.2"
answers 11.1.3 pc tcg
refused "does not emulate s390x" "another target"
answers 11.1.3 s390-ccw-virtio kvm
refused "without the TCG accelerator" "no TCG"
answers nonsense s390-ccw-virtio tcg
refused "does not answer as QEMU does" "no version"

for version in 11.1.0 11.10.0 12.0.0; do
	answers "$version" s390-ccw-virtio tcg
	[ -e "$tap_folder/started" ]
	ok $? "$version: started"
done

tool run --qemu "$tap_folder/qemu" --kernel "$tap_folder/kernel" --initrd /dev/null --exec true \
	--dry-run --copy /proc/version
is "$status $err" "125 zpci: root/version has no size before it is read, as what is in /proc: copy it \
to a file here, and name that one" "--copy of a file without a size"

# A command line that nobody reads leaves no RAM disk behind.
mkdir "$tap_folder/disks"
TMPDIR=$tap_folder/disks "$zpci" run --qemu "$tap_folder/qemu" --kernel "$tap_folder/kernel" \
	--initrd /dev/null --exec true --dry-run </dev/null >/dev/full 2>"$tap_folder/err"
is "$? $(cat "$tap_folder/err")" "125 zpci: cannot write the command line: No space left on device" \
	"--dry-run to a full device"
is "$(ls "$tap_folder/disks")" "" "--dry-run to a full device: no file"
done_testing
