# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests of zpci host attach and detach with the real libvirtd; sourced after
# tests/host/libvirtd.sh.

# define NAME DEVICE...
define() {
	libvirtd_domain "$@" >"$tap_folder/$1.xml"
	on define "$tap_folder/$1.xml" || sed 's/^/# /' <<<"$out"
}

# keep NAME: remembers the definition; kept NAME TEST: it is the same.
keep() {
	on dumpxml --inactive "$1" && cp "$tap_folder/virsh" "$tap_folder/$1.kept"
}
kept() {
	on dumpxml --inactive "$1"
	same "$tap_folder/virsh" "$tap_folder/$1.kept" "$2: the definition is as before"
}

# refused STATUS MESSAGE TEST: the last command of ours.
refused() {
	is "$status" "$1" "$3: exit status"
	is "$err" "zpci: $2" "$3: message"
}

# waits SECONDS COMMAND...: until the command succeeds.
waits() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		read -r -t 0.05 <> <(:)
	done
	return 0 # and not the status of `read'
}

# becomes TEXT COMMAND...: waits until the command prints it.
becomes() {
	waits 30 _prints "$@" || { echo "# \`${*:2}' did not print \`$1' within 30 s" && return 1; }
}
_prints() {
	[ "$("${@:2}" 2>/dev/null)" = "$1" ]
}

# begin ARGUMENT...: our command, in the background as $pid. finish: its end, as after tool.
begin() {
	# Before it starts, so that nobody takes what another command wrote for its words.
	: >"$tap_folder/out"
	: >"$tap_folder/err"
	"$zpci" "$@" >"$tap_folder/out" 2>"$tap_folder/err" </dev/null &
	pid=$!
}
finish() {
	wait "$pid"
	status=$?
	out=$(cat "$tap_folder/out")
	err=$(cat "$tap_folder/err")
}

# qemu SIGNAL: to the guest "one".
qemu() {
	kill "-$1" "$(cat "$libvirtd_pids/one.pid")"
}

kill_libvirtd() {
	kill -KILL "$(cat "$tap_folder/libvirtd.pid")"
	timeout 30 tail --pid="$(cat "$tap_folder/libvirtd.pid")" -s 0.05 -f /dev/null
}

# definitions ro|rw: whether libvirt can write them.
definitions() {
	local folder=$libvirtd_root/etc/libvirt/qemu
	if [ "$1" = ro ]; then
		mount --bind "$folder" "$folder" && mount -o remount,bind,ro "$folder"
	else
		umount "$folder"
	fi
}
