#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `zpci host watch`: changes of a fake sysfs, which lies over /sys in a mount namespace of its own.
# The events are real ones: somebody who writes to a device's `uevent` makes the kernel send one,
# here for the loopback interface, and the command then looks at all functions.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

[ "$(id -u)" = 0 ] || skip_all "only root can mount a sysfs of its own"
unshare -m true 2>/dev/null || skip_all "no mount namespaces here"
[ -w /sys/class/net/lo/uevent ] || skip_all "no events here: /sys/class/net/lo/uevent"
if [ -z "${WATCH_INSIDE:-}" ]; then
	WATCH_INSIDE=yes unshare -m --propagation private bash "$0"
	exit
fi

root=$tap_folder/sys
real=$tap_folder/real
sysfs_host "$root"
mkdir "$real"
mount --rbind /sys "$real"
mount --bind "$root" /sys
trap 'umount -l /sys "$real"; rm -rf "$tap_folder"' EXIT

event() {
	echo change >"$real/class/net/lo/uevent"
}

# start ARGUMENT...: $watch_pid, and its lines come to $lines.
start() {
	coproc watch { exec "$zpci" host watch "$@" 2>"$tap_folder/err"; }
	exec {lines}<&"${watch[0]}"
	pid=$watch_PID
}

# finish SIGNAL: $status
finish() {
	kill -"$1" "$pid"
	wait "$pid"
	status=$?
	exec {lines}<&-
}

# hold, release: what is changed in between is changed at once for the command.
hold() {
	kill -STOP "$pid"
	until grep -q '^State:[[:blank:]]*T' "/proc/$pid/status"; do :; done
}

release() {
	event
	kill -CONT "$pid"
}

# line TEXT NAME: the next line is TEXT.
line() {
	local got='(nothing for 30 seconds)'
	IFS= read -r -t 30 -u "$lines" got
	is "$got" "$1" "$2"
}

# quiet NAME: nothing is printed, for longer than the command takes to read all once more.
quiet() {
	local got=
	IFS= read -r -t 0.8 -u "$lines" got
	is "$got" "" "$1"
}

# until_ready: the lines up to the one that says that all functions are printed, in $got.
until_ready() {
	local text
	got=
	while IFS= read -r -t 30 -u "$lines" text; do
		[ "$text" != watching ] || return 0
		got+=$text$'\n'
	done
	return 1
}

device=$root/devices/pci0200:00/0200:00:00.0
set_driver() {
	sysfs_driver "$1"
	ln -sfn "../../../bus/pci/drivers/$1" "$device/driver"
}

# --- what is there -------------------------------------------------------------------------------

start
until_ready
ok $? "it says when it is ready"
is "$(wc -l <<<"${got%$'\n'}")" 8 "all functions are printed at the start"
like "$got" "^FID 0x00000501: present, state configured, address 0200:00:00.0, kind VF detached, \
driver mlx5_core, override -, network eno200, disks -\$" "a function at the start"
like "$got" "^FID 0x00000503: present, state standby, .*driver -," "one in standby"

# --- changes -------------------------------------------------------------------------------------

set_driver vfio-pci
event
line "FID 0x00000501: driver mlx5_core -> vfio-pci" "another driver"
quiet "nothing changes, nothing is printed"
echo vfio-pci >"$device/driver_override"
line "FID 0x00000501: override - -> vfio-pci" "an override, of which there is no event"
mv "$device/driver_override" "$tap_folder/override"
event
quiet "an override that cannot be read, while a device goes, is no change"
mv "$tap_folder/override" "$device/driver_override"
event
quiet "and it is none when it can be read again"
echo >"$device/driver_override"
line "FID 0x00000501: override vfio-pci -> -" "no override"
hold
rm "$root/class/net/eno200" "$device/driver"
release
line "FID 0x00000501: driver vfio-pci -> -" "no driver"
line "FID 0x00000501: network eno200 -> -" "and no network device"
hold
mv "$root/bus/pci/devices/0200:00:00.0" "$tap_folder/link"
echo 0 >"$root/bus/pci/slots/00000501/power"
release
line "FID 0x00000501: state configured -> standby" "a function in standby"
line "FID 0x00000501: kind VF detached -> -" "of which the kernel says nothing"
hold
mv "$tap_folder/link" "$root/bus/pci/devices/0200:00:00.0"
echo 1 >"$root/bus/pci/slots/00000501/power"
set_driver mlx5_core
sysfs_net 0200:00:00.0 eno200
release
line "FID 0x00000501: state standby -> configured" "a function that is configured again"
line "FID 0x00000501: kind - -> VF detached" "a function that is configured again: kind"
line "FID 0x00000501: driver - -> mlx5_core" "a function that is configured again: driver"
line "FID 0x00000501: network - -> eno200" "a function that is configured again: device"

hold
sysfs_function 0900:00:00.0 0x00000900 driver=nvme vfn=0x0001
sysfs_block 0900:00:00.0 nvme3n1
release
line "FID 0x00000900: added, state configured, address 0900:00:00.0, kind VF detached, driver nvme, \
override -, network -, disks nvme3n1" "a new function"
echo vfio-pci >"$root/devices/pci0900:00/0900:00:00.0/driver_override"
line "FID 0x00000900: override - -> vfio-pci" "its override is watched"
hold
rm "$root/bus/pci/devices/0900:00:00.0" "$root/class/block/nvme3n1"
release
line "FID 0x00000900: kind VF detached -> -" "a function whose device is gone"
line "FID 0x00000900: driver nvme -> -" "a function whose device is gone: driver"
line "FID 0x00000900: override vfio-pci -> -" "a function whose device is gone: override"
line "FID 0x00000900: disks nvme3n1 -> -" "a function whose device is gone: disk"
event
mv "$root/bus/pci/slots/00000900" "$tap_folder/slot"
line "FID 0x00000900: removed" "a slot that goes just after its event"
# Again and again, a little later each time, so that the command is just reading it when it goes.
half=$(perl -MTime::HiRes=usleep -e '
	my ($slot, $away, $event) = @ARGV;
	sub event {
		open(my $file, ">", $event) or die "$event: $!";
		print $file "change";
		close($file) or die "$event: $!";
	}
	alarm 120;
	for my $later (1 .. 100) {
		rename($away, $slot) or die "$slot: $!";
		event();
		my $added = <STDIN>;
		event();
		usleep($later * 50);
		rename($slot, $away) or die "$away: $!";
		my $removed = <STDIN>;
		next if $added =~ /^FID 0x00000900: added, state configured, / &&
			$removed =~ /^FID 0x00000900: removed$/;
		print "$added$removed";
		last;
	}' "$root/bus/pci/slots/00000900" "$tap_folder/slot" "$real/class/net/lo/uevent" <&"$lines")
is "$?" 0 "a slot that goes while it is read: told each time"
is "$half" "" "a slot that goes while it is read: no change of it is told"

# More events than the socket has room for, which are of no interest, and one that is lost.
quiet "nothing changes"
hold
for _ in $(seq 3000); do echo change; done >"$real/class/mem/null/uevent"
set_driver vfio-pci
release
line "FID 0x00000501: driver mlx5_core -> vfio-pci" "a change among events that are lost"
finish TERM
is "$status" 0 "it ends by SIGTERM: status"
is "$(cat "$tap_folder/err")" "" "no message"

# A change while it starts: it is in what is printed first, or comes as a change.
missed=0
for i in 1 2 3 4 5; do
	start
	for name in mlx5_core nvme vfio-pci; do
		set_driver "$name"
		event
	done
	now=
	while [[ $now != *'driver vfio-pci'* && $now != *'-> vfio-pci' ]]; do
		IFS= read -r -t 30 -u "$lines" now || { missed=$i && break; }
		[[ $now == 'FID 0x00000501:'* ]] || now=
	done
	finish INT
	[ "$status" = 0 ] || missed=$i
done
is "$missed" 0 "a change while it starts is not lost, and it ends by SIGINT"

# --- JSON ----------------------------------------------------------------------------------------

start --json
set_driver mlx5_core
event
for _ in $(seq 10); do
	IFS= read -r -t 30 -u "$lines" text && echo "$text"
done >"$tap_folder/json"
rm "$root/class/net/eno200"
event
IFS= read -r -t 30 -u "$lines" text && echo "$text" >>"$tap_folder/json"
finish TERM
perl -MJSON::PP -ne 'my $one = eval { decode_json($_) } // die "no JSON: $_";
	print "$one->{event}: ", join(" ", sort keys %$one), "\n"' "$tap_folder/json" |
	sort -u >"$tap_folder/members"
sed -n '/^\.Ss JSON of watch/,/^\.S[sh] [^J]/s/^\.It Cm \([a-z]*\) : Va \(.*\)$/\1: \2/p' \
	"${srcdir:-$(dirname "$0")/../..}/man/zpci-host-list.1" | sed 's/ , / /g' |
	grep -vE '^(added|removed)' | sort >"$tap_folder/documented"
same "$tap_folder/documented" "$tap_folder/members" "JSON: zpci-host(1) lists all members"
is "$(tail -n 1 "$tap_folder/json" | tr -d '\n')" '{"schema": "zpci-host/1", "event": "changed", '"\
"'"fid": "0x00000501", "fid_number": 1281, "address": "0200:00:00.0", "member": "netdevs", '"\
"'"old": ["eno200"], "new": []}' "JSON: a change"

# --- the end -------------------------------------------------------------------------------------

timeout 60 "$zpci" host watch | head -n 1 >"$tap_folder/head"
is "${PIPESTATUS[0]}" 0 "it ends when nobody reads"
tool host watch --sysfs "$tap_folder/nowhere"
is "$status" 125 "another folder: status"
is "$err" "zpci: --sysfs: the kernel sends no events of $tap_folder/nowhere; leave out --sysfs" \
	"another folder: message"
mv "$root/bus/pci/devices" "$root/bus/pci/away"
tool host watch
is "$status" 4 "no functions to be read: status"
like "$err" "^zpci: /sys/bus/pci/devices: No such file" "no functions to be read: message"
done_testing
