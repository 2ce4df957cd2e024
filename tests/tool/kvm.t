#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --accel kvm on a host that cannot do it: one sentence says what it lacks, and no QEMU is started.
# tests/guest/kvm-host.t has the hosts that can, and what they can lack.

. "$(dirname "$0")/tap.sh"

s390x_kernel "$tap_folder/kernel"

# Like a QEMU that would do.
cat >"$tap_folder/qemu" <<-SCRIPT
	#!/bin/sh
	echo "\$@" >>"$tap_folder/started"
	echo "QEMU emulator version 11.1.3"
SCRIPT
chmod +x "$tap_folder/qemu"

# refused PATTERN COMMAND [ARGUMENT...]
refused() {
	local pattern=$1
	shift
	tool "$@" --accel kvm --qemu "$tap_folder/qemu" --kernel "$tap_folder/kernel" --initrd /dev/null
	is "$status" 125 "zpci $*: status"
	like "$err" "$pattern" "zpci $*: message"
	is "$(wc -l <<<"$err")" 1 "zpci $*: one sentence"
	[ ! -e "$tap_folder/started" ]
	ok $? "zpci $*: no QEMU was started"
}

machine=$(uname -m)
if [ -n "${EMULATOR:-}" ]; then
	# qemu-user says that it is an s390x, and passes on what this host's KVM answers.
	machine=s390x
fi
if [ "$machine" != s390x ]; then
	for command in "run --exec true" inspect matrix; do
		# shellcheck disable=SC2086 # words
		refused "^zpci: --accel kvm needs an s390x host, and this is $machine; leave it out" \
			$command --function probe,vf=1,profile=lpar
	done
elif [ ! -e /dev/kvm ]; then
	refused "^zpci: this host has no KVM \(/dev/kvm: No such file.*load the module kvm" run --exec true
elif [ ! -w /dev/kvm ]; then
	refused "^zpci: this user may not open /dev/kvm .*group kvm" run --exec true
elif [ -n "${EMULATOR:-}" ]; then
	refused "^zpci: /dev/kvm is not KVM for s390x .*emulator" run --exec true
else
	skip_all "this host has KVM"
fi
done_testing
