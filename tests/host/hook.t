#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host hook: the script comes and goes, and what it says of a guest's XML. It asks no libvirt.
# tests/host/hook-libvirtd.t has the real libvirtd run it.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

sysfs_host "$tap_folder/host/sys"
mkdir -p "$tap_folder/host/proc/self"
: >"$tap_folder/host/proc/self/mountinfo"
echo 'Filename Type Size Used Priority' >"$tap_folder/host/proc/swaps"

# --- what it says of a guest -----------------------------------------------------------------

# hostdev ADDRESS [UID FID]
hostdev() {
	local part
	IFS=:. read -ra part <<<"$1"
	cat <<-XML
		<hostdev mode='subsystem' type='pci' managed='yes'>
		  <source><address domain='0x${part[0]}' bus='0x${part[1]}' slot='0x${part[2]}'
		    function='0x${part[3]}'/></source>
		  ${2:+<address type='pci'><zpci uid='$2' fid='$3'/></address>}
		</hostdev>
	XML
}

domain() {
	cat <<-XML
		<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
		  <name>web1</name>
		  <devices>$1</devices>
		  ${2:-}
		</domain>
	XML
}

# hook XML [OPERATION SUBOPERATION]
hook() {
	"$zpci" host hook run --sysfs "$sysfs" -- web1 "${2:-prepare}" "${3:-begin}" - \
		<<<"$1" >"$tap_folder/out" 2>"$tap_folder/err"
	status=$?
	out=$(cat "$tap_folder/out")
	err=$(cat "$tap_folder/err")
}

# starts NAME: it may, and nothing is said.
starts() {
	is "$status" 0 "$1: it starts"
	is "$out$err" "" "$1: without a word"
}

# refused PATTERN NAME
refused() {
	is "$status" 1 "$2: refused"
	like "$err" "^zpci: .*$1" "$2: why"
	is "$out" "" "$2: no word elsewhere"
}

# not_checked PATTERN NAME
not_checked() {
	is "$status" 0 "$2: it starts"
	like "$err" "^zpci: the guest starts without a check: .*$1" "$2: and it is said"
}

hook "$(domain "$(hostdev 0200:00:00.0 0x200 0x501)")"
if grep -q "built without libvirt" <<<"$err"; then
	not_checked "built without libvirt" "a zpci without libvirt"
	tool host hook install --hooks "$tap_folder/hooks/qemu.d"
	is "$status" 4 "a zpci without libvirt is not installed as a hook"
	like "$err" "^zpci: a hook cannot be installed: .*without libvirt" "and a message"
	done_testing
fi
starts "a good function"
# An XML that never comes. The end of this file looks what became of it. Who started the hook may
# have turned off the signal by which it ends.
mkfifo "$tap_folder/silent"
exec {silent}<>"$tap_folder/silent"
timeout 60 env --block-signal=ALRM --ignore-signal=ALRM "$zpci" host hook run -- web1 prepare begin \
	- <&"$silent" >"$tap_folder/late" 2>&1 &
late=$!
sysfs_net 0200:00:00.0 eno200 up
hook "$(domain "$(hostdev 0200:00:00.0 0x200 0x501)")"
refused "FID 0x00000501 \(0200:00:00.0\): eno200 is up; ip link set eno200 down\$" \
	"a function in use"
hook "$(domain "$(hostdev 0200:00:00.0)$(hostdev 0120:00:00.0)")"
refused "eno200 is up" "two bad functions, the first"
refused "0x00000401 .*with 2 VFs" "two bad functions, the second"
is "$(wc -l <<<"$err")" 2 "a sentence for each"
for operation in "prepare end" "start begin" "started begin" "stopped end" "release end" \
	"migrate begin" "restore begin" "reconnect begin" "attach begin" "- -"; do
	# shellcheck disable=SC2086 # two words
	hook "$(domain "$(hostdev 0200:00:00.0)")" $operation
	starts "in use, at $operation"
done
sysfs_net 0200:00:00.0 eno200
hook "$(domain "$(hostdev 0999:00:00.0 0x999 0x501)")"
refused "no function 0999:00:00.0; its FID in the guest, 0x00000501, is now at 0200:00:00.0" \
	"a function that is elsewhere now"
hook "$(domain "$(hostdev 0999:00:00.0 0x999 0x999)")"
refused "no function 0999:00:00.0" "a function that has gone"
sysfs_standby 00000504 0202:00:00
hook "$(domain "$(hostdev 0202:00:00.0)")"
refused "FID 0x00000504, which is in standby; .*echo 1 >/sys/bus/pci/slots/00000504/power" \
	"a function in standby"
ln -s ../../../../devices/pci0120:00/0120:00:00.1 \
	"$sysfs/kernel/iommu_groups/3/devices/0120:00:00.1"
hook "$(domain "$(hostdev 0200:00:00.0)")"
refused "IOMMU group 3 also has 0120:00:00.1" "a function that is not alone in its group"
rm "$sysfs/kernel/iommu_groups/3/devices/0120:00:00.1"

hook "$(domain "$(hostdev 0200:00:00.0 0x77 0x501)$(hostdev 0201:00:00.0 0x77 0x502)")"
refused "UID 0x0077 is used by" "a UID twice"
hook "$(domain "$(hostdev 0200:00:00.0 0x77 0x501)" "<qemu:commandline>
	<qemu:arg value='-device'/><qemu:arg value='zpci,uid=0x78,fid=0x501,target=a'/>
	</qemu:commandline>")"
refused "FID 0x00000501 is used by" "a FID that QEMU's arguments have as well"
hook "$(domain "<rng model='virtio'><backend model='random'>/dev/urandom</backend>
	<address type='pci'><zpci uid='0x1' fid='0x1'/></address></rng>")"
starts "functions that QEMU emulates"

# --- what is no problem of the guest ---------------------------------------------------------

hook "$(domain "")"
starts "a guest without functions"
mv "$sysfs" "$tap_folder/host/gone"
hook "$(domain "")"
starts "no sysfs, a guest without functions"
hook "$(domain "$(hostdev 0200:00:00.0)")"
not_checked "No such file" "no sysfs"
mv "$tap_folder/host/gone" "$sysfs"
for xml in '' '<domain>' 'no XML' '<a/>' '<domain type="kvm"><devices/></domain>' \
	'<!DOCTYPE a [<!ENTITY b "c">]><domain><name>&b;</name></domain>'; do
	hook "$xml"
	not_checked . "XML that is wrong: ${xml@Q}"
done
"$zpci" host hook run -- web1 prepare begin - <&- 2>"$tap_folder/err"
is "$?" 0 "standard input is closed: it starts"
like "$(cat "$tap_folder/err")" "without a check" "and it is said"
head -c $((17 << 20)) /dev/zero | "$zpci" host hook run -- web1 prepare begin - \
	2>"$tap_folder/err"
is "$?" 0 "an endless XML: it starts"
like "$(cat "$tap_folder/err")" "it is too long" "and it is said"
for name in --json -h --sysfs=/ "a b"; do
	domain "" | "$zpci" host hook run -- "$name" prepare begin - 2>"$tap_folder/err"
	is "$?$(cat "$tap_folder/err")" 0 "a guest with the name ${name@Q}"
done
tool host hook run web1 prepare
is "$status" 125 "too few arguments"

# A libvirt that takes connections and never answers, so that who asks it waits for ever.
perl -MIO::Socket::UNIX -e '
	my $path = $ARGV[0];
	my $s = IO::Socket::UNIX->new(Local => $path, Listen => 9) or die;
	my @kept;
	while (1) {
		symlink "there", "$path.ready";
		push @kept, $s->accept;
		symlink "there", "$path.asked";
	}' "$tap_folder/socket" &
server=$!
await() {
	timeout 30 bash -c 'until [ -L "$1" ]; do :; done' await "$1"
}
await "$tap_folder/socket.ready"
export LIBVIRT_DEFAULT_URI="qemu+unix:///system?socket=$tap_folder/socket"
hook "$(domain "$(hostdev 0200:00:00.0)")"
starts "with a libvirt that never answers"
[ ! -L "$tap_folder/socket.asked" ]
ok $? "it was not asked"
"$zpci" host check 0x501 --sysfs "$sysfs" >"$tap_folder/out" 2>&1 &
client=$!
await "$tap_folder/socket.asked"
ok $? "who asks is seen"
kill "$client" "$server"
unset LIBVIRT_DEFAULT_URI

# --- the script ------------------------------------------------------------------------------

# A zpci that root alone can change, whoever built this one.
mkdir "$tap_folder/it's bin"
install -m 755 "$(readlink -f "$(command -v "$zpci")")" "$tap_folder/it's bin/zpci"
[ -n "${EMULATOR:-}" ] || zpci="$tap_folder/it's bin/zpci"
mkdir "$tap_folder/hooks"
hooks=$tap_folder/hooks/qemu.d
script=$hooks/50-zpci

manage() {
	tool host hook "$@" --hooks "$hooks"
}

manage show
is "$status" 1 "show, not installed: status"
like "$err" "^zpci: $script is not installed; " "show, not installed"
manage remove
is "$status $out" "0 $script is not installed" "remove, not installed"
manage install --dry-run
is "$status" 0 "install --dry-run: status"
like "$out" "^would write $script:\$" "install --dry-run: what"
[ ! -e "$hooks" ]
ok $? "install --dry-run changes nothing"
manage install
is "$status" 0 "install: status" || sed 's/^/# /' "$tap_folder/err"
like "$out" "^installed $script\$" "install: what"
like "$out" "systemctl reload libvirtd" "install: the first hook is seen after a reload"
is "$(ls -A "$tap_folder/hooks")" qemu.d "install leaves nothing else behind"
is "$(stat -c %a "$script")" 755 "it can be executed"
if [ -z "${EMULATOR:-}" ]; then
	manage show
	is "$status $out" "0 $script is installed" "show"
	manage install
	is "$status $out" "0 $script is installed already" "install again"
	install -m 755 "$zpci" "$tap_folder/zpci"
	"$tap_folder/zpci" host hook show --hooks "$hooks" 2>"$tap_folder/err"
	is "$?" 1 "show by another zpci: status"
	like "$(cat "$tap_folder/err")" "runs another zpci" "show by another zpci"
	"$tap_folder/zpci" host hook install --hooks "$hooks" >"$tap_folder/out"
	is "$?$(grep -c "^'\?$tap_folder/zpci" "$script")" 01 "install by another zpci replaces it"
	unlike "$(cat "$tap_folder/out")" "reload" "which needs no reload"
	manage install
fi
cp "$script" "$tap_folder/ours"
chmod 644 "$script"
manage show
is "$status" 1 "show, not executable: status"
like "$err" "cannot be executed" "show, not executable"
manage install
is "$(stat -c %a "$script")" 755 "install mends it"

# What libvirt does: the script with four arguments, and an XML.
run() {
	"$script" web1 "$@" - <<<"$xml" >"$tap_folder/out" 2>"$tap_folder/err"
	status=$?
	err=$(cat "$tap_folder/err")
}

if [ -z "${EMULATOR:-}" ]; then
	xml=$(domain "")
	run prepare begin
	is "$status$err" 0 "the script, run: a guest without functions"
	xml=$(domain "$(hostdev 0200:00:00.0)")
	run stopped end
	is "$status$err" 0 "the script, run at another operation"
	# Of this machine, which has no such function.
	run prepare begin
	is "$status" 1 "the script, run: refused"
	like "$err" "no function 0200:00:00.0" "the script, run: why"
	mv "$zpci" "$zpci.away"
	run prepare begin
	is "$status" 0 "the script, run: zpci is gone, and the guest starts"
	printf '#!/bin/sh\nkill -ABRT $$\n' >"$zpci"
	chmod +x "$zpci"
	run prepare begin
	is "$status" 0 "the script, run: zpci crashes, and the guest starts"
	mv "$zpci.away" "$zpci"
fi
manage remove --dry-run
is "$status $out" "0 would remove $script" "remove --dry-run"
[ -e "$script" ]
ok $? "remove --dry-run changes nothing"
manage remove
is "$status $out" "0 removed $script" "remove"
[ ! -e "$script" ]
ok $? "it is gone"

# --- files of others -------------------------------------------------------------------------

# foreign NAME: what is there stays.
foreign() {
	local before verb
	before=$(stat -c '%F %N %i' "$script")
	for verb in install remove show; do
		manage "$verb"
		is "$status" 1 "$1: $verb: status"
		like "$err" "^zpci: $script: .zpci host hook install' did not make this" "$1: $verb"
	done
	is "$(stat -c '%F %N %i' "$script")" "$before" "$1: it is as it was"
	rm -rf "$script"
}

printf '#!/bin/sh\nexit 0\n' >"$script"
foreign "a script of another"
: >"$script"
foreign "an empty file"
ln -s "$tap_folder/ours" "$script"
foreign "a symbolic link, also to a script of ours"
mkdir "$script"
foreign "a folder"
printf '#!/bin/sh\n' >"$tap_folder/hooks/qemu"
chmod +x "$tap_folder/hooks/qemu"
manage install
unlike "$out" "reload" "with another hook, libvirtd looks at the folder"
tool host hook install --hooks "$tap_folder/missing/hooks/qemu.d"
is "$status" 4 "libvirt's folder is not there: status"
like "$err" "^zpci: $tap_folder/missing/hooks: cannot make the folder: No such" \
	"libvirt's folder is not there"
tool host hook install --hooks "/$(printf 'a%.0s' {1..5000})"
is "$status" 125 "a path that is too long"
tool host hook bogus
is "$status" 125 "an unknown verb: status"
like "$err" "allowed is install, remove, show or run" "an unknown verb"
tool host hook show more
is "$status" 125 "too many arguments: status"
if [ "$(id -u)" -eq 0 ] && [ -z "${EMULATOR:-}" ]; then
	chmod o+w "$zpci"
	manage remove
	manage install
	is "$status" 1 "a program that others can change: status"
	like "$err" "^zpci: $zpci: other users than root can change it" "a program that others can change"
	chmod o-w "$zpci"
	chmod o+w "$(dirname "$zpci")"
	manage install
	is "$status" 1 "a program in a folder that others can change: status"
	chmod o-w "$(dirname "$zpci")"
	# Who can rename a folder above can put another program into its place.
	mkdir -p "$tap_folder/user/prefix/bin"
	install -m 755 "$zpci" "$tap_folder/user/prefix/bin/zpci"
	zpci=$tap_folder/user/prefix/bin/zpci
	chown 65534 "$tap_folder/user"
	manage install
	is "$status" 1 "a program in a prefix in another user's folder: status"
	like "$err" "^zpci: $tap_folder/user: other users than root can change it" \
		"a program in a prefix in another user's folder"
	chown 0 "$tap_folder/user"
	chmod 1777 "$tap_folder/user"
	manage install
	is "$status" 0 "below a folder like /tmp, where others cannot rename it"
	chmod 777 "$tap_folder/user"
	manage install
	is "$status" 1 "below a folder where others can rename it"
fi

# --- the deadline ----------------------------------------------------------------------------

wait "$late" 2>/dev/null
is "$?" $((128 + $(kill -l ALRM))) "an XML that never comes: SIGALRM ends the hook"
done_testing
