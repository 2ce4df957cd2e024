#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci-lab host without a command: a shell of the host on this terminal. And with a configuration
# that is wrong: QEMU does not start.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest
command -v script >/dev/null || skip_all "no script(1), which makes a terminal"
cache=${ZPCI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zpci}
[ -e "$cache/host/disk" ] || skip_all "no host; \`./zpci-lab host true' makes one"
lab=$(realpath "$(dirname "$0")/../../zpci-lab")

coproc terminal {
	exec script -qec "'$lab' host" /dev/null 2>&1
}
pid=$terminal_PID in=${terminal[1]} from=${terminal[0]}
printed=
while IFS= read -r -t 300 line <&"$from"; do
	printed+=$line$'\n'
	case $line in
	*"shell in the host"*)
		# shellcheck disable=SC2016 # for the shell in the host
		printf '%s\r' 'echo "in $(hostname) by ${BASH##*/} on $(tty)"' \
			'zpci-control remove 0x403' 'virsh -q nodedev-list vdpa; echo "virsh: $?"' \
			exit >&"$in"
		;;
	esac
done
wait "$pid"
is $? 0 "exit: status"
like "$printed" '^in zpci by bash on /dev/ttysclp0' "bash, on the terminal"
like "$printed" '^ok' "the port to the firmware is there as well"
like "$printed" '^virsh: 0' "virsh works"
unlike "$printed" 'polkit' "and does not complain"

# Whatever it left behind would have its standard error open.
echo "[nothing]" >"$tap_folder/wrong.conf"
status=0
IFS= read -r -d '' -t 300 printed \
	< <("$lab" host --config "$tap_folder/wrong.conf" true 2>&1) || status=$?
is "$status" 1 "a configuration that is wrong: nothing stays behind"
like "$printed" 'wrong.conf' "a configuration that is wrong: what is wrong"
done_testing
