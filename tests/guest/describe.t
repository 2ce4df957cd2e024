#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci describe tells beforehand what a guest reads: all bytes of config space of each function,
# at the same addresses, and no function more or less.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest

# shellcheck disable=SC2054 # the commas belong to the values
functions=(
	--function probe,vf=1,uid=0x111,profile=lpar
	--function probe,vf=2,uid=0x112,profile=vfio
	--function probe,vf=3,uid=0x113,profile=silent
	--function probe,vf=4,uid=0x114,profile=plain
	--function probe,vf=5,uid=0x115,profile=raw
	--function probe,vf=6,uid=0x116,standby=yes
	--function null,vf=1,uid=0x121
	--function null,uid=0x120
	--function null,vf=2,uid=0x122,profile=plain
)

# Address and offset before each line of bytes, sorted.
lines() {
	awk '
		/^[0-9a-f]+:[0-9a-f]+:[0-9a-f]+\.[0-7] / { address = $1 }
		/^[0-9a-f]+: / { print address, $0 }' | sort
}

tool describe "${functions[@]}" --lspci
is "$status" 0 "describe: status"
described=$(lines <"$tap_folder/out")
tool describe "${functions[@]}" --json
absent=$(perl -MJSON::PP -e '
	local $/;
	print join "|", map { $_->{address} } grep { $_->{no_device} }
	    @{ decode_json(<STDIN>)->{functions} }' <"$tap_folder/out")
is "$absent" "0115:00:00.0|0120:00:00.2" "describe: functions that Linux will not find"

# shellcheck disable=SC2016 # variables of the guest's shell
tool run --timeout 600 "${functions[@]}" --exec '
	for slot in /sys/bus/pci/slots/*; do
		[ "$(cat "$slot/power")" = 1 ] || echo 1 >"$slot/power"
	done
	lspci -D -n -xxxx'
is "$status" 0 "guest: status"
seen=$(lines <"$tap_folder/out")
is "$(wc -l <<<"$seen")" $((7 * 256)) "guest: all bytes of seven functions"
is "$seen" "$(grep -vE "^($absent) " <<<"$described")" "the guest reads what was described"
done_testing
