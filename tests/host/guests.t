#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host guests: libvirt's guests and the host's functions. The guests are those of libvirt's
# test driver, which takes them from a file.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

sysfs_host "$tap_folder/sys"

# guests XML...: runs the command with these domains.
guests() {
	{
		echo "<node>"
		printf '%s\n' "$@"
		echo "</node>"
	} >"$tap_folder/node.xml"
	tool host guests --sysfs "$tap_folder/sys" --connect "test://$tap_folder/node.xml" \
		"${options[@]}"
}
options=()

# domain NAME DEVICE...
domain() {
	echo "<domain type='test' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
	echo "<name>$1</name><uuid>00000000-0000-0000-0000-$(printf '%s' "$1" | od -An -tx1 |
		tr -d ' ' | sed 's/^/000000000000/; s/.*\(.\{12\}\)$/\1/')</uuid>"
	echo "<memory>8192</memory><os><type>hvm</type></os><devices>"
	shift
	printf '%s\n' "$@"
	echo "</devices></domain>"
}

# hostdev DOMAIN UID FID [MANAGED]
hostdev() {
	echo "<hostdev mode='subsystem' type='pci' managed='${4:-yes}'><source><address domain='$1'" \
		"bus='0' slot='0' function='0'/></source><address type='pci'><zpci uid='$2'" \
		"fid='$3'/></address></hostdev>"
}

# rng UID FID
rng() {
	echo "<rng model='virtio'><backend model='random'>/dev/urandom</backend>" \
		"<address type='pci'><zpci uid='$1' fid='$2'/></address></rng>"
}

if tool host guests --sysfs "$tap_folder/sys" --connect test:///default &&
	grep -q 'built without libvirt' <<<"$err"; then
	is "$status" 4 "without libvirt: exit status"
	is "$err" "zpci: this zpci was built without libvirt, so it knows no guests; build it with\
 libvirt-dev and libxml2-dev" "without libvirt: what is missing"
	done_testing
fi

# --- the table -------------------------------------------------------------------------------

guests "$(domain web1 "$(hostdev 0x0200 0x99 0x199)" "$(rng 0010 0x11)")" \
	"$(domain db "$(hostdev 0x0201 0x201 0x502 no)")"
is "$status" 0 "two guests without a problem"
is "$out" "\
FID         ADDRESS        GUEST UID  GUEST FID   MANAGED  IN                   GUEST
0x00000502  0201:00:00.0   0x0201     0x00000502  no       live and definition  db (running)
0x00000501  0200:00:00.0   0x0099     0x00000199  yes      live and definition  web1 (running)" \
	"one line for each function of the host, by guest"
options=(--json)
guests "$(domain web1 "$(hostdev 0x0200 0x99 0x199)" "$(rng 0010 0x11)")"
is "$(perl -MJSON::PP -e '
	my $json = decode_json(join "", <STDIN>);
	my ($guest, @more) = @{$json->{guests}};
	my ($hostdev, $rng) = @{$guest->{functions}};
	print join " ", $json->{schema}, scalar @more, @$guest{qw(name running persistent)},
		@$hostdev{qw(address fid fid_number guest_uid guest_uid_number guest_fid live managed)},
		@$rng{qw(element guest_uid guest_uid_number)}, defined $rng->{address} ? "?" : "null",
		scalar @{$json->{problems}}' <"$tap_folder/out" 2>&1)" \
	"zpci-host/1 0 web1 1 1 0200:00:00.0 0x00000501 1281 0x0099 153 0x00000199 1 1 rng 0x0008 8\
 null 0" "JSON, with a UID that libvirt reads as octal"
options=()
guests
is "$status $(wc -l <<<"$out")" "0 1" "no guest"

# --- problems --------------------------------------------------------------------------------

guests "$(domain web1 "$(hostdev 0x0200 1 1)")" "$(domain web2 "$(hostdev 0x0200 2 2)")" \
	"$(domain web3 "$(hostdev 0x0200 3 3)")"
is "$status" 1 "a function in three guests: exit status"
is "$(grep ^problem <<<"$out")" "\
problem: FID 0x00000501 at 0200:00:00.0 is in the guests web1 and web2, of which only one can run\
 with it; detach it from the other
problem: FID 0x00000501 at 0200:00:00.0 is in the guests web1 and web3, of which only one can run\
 with it; detach it from the other
problem: FID 0x00000501 at 0200:00:00.0 is in the guests web2 and web3, of which only one can run\
 with it; detach it from the other" "each two of them, once"

guests "$(domain web1 "$(hostdev 0x0777 1 0x901)")"
is "$status $(grep ^problem <<<"$out")" "1 problem: guest web1: this host has no function\
 0777:00:00.0; if addresses changed at a reboot, put the new one into the guest's definition" \
	"an address where nothing is"
guests "$(domain web1 "$(hostdev 0x0777 1 0x502)")"
like "$out" "^problem: guest web1: .* 0777:00:00.0; its FID in the guest, 0x00000502, is now at\
 0201:00:00.0; put" "the function that has moved"
sysfs=$tap_folder/sys sysfs_standby 00000503 0503:00:00
guests "$(domain web1 "$(hostdev 0x0503 1 1)")"
like "$out" "^problem: guest web1: 0503:00:00.0 is FID 0x00000503, which is in standby; .*\
/slots/00000503/power$" "a function in standby"

guests "$(domain web1 "$(rng 8 1)" "$(rng 0x8 2)")"
is "$status $(grep ^problem <<<"$out")" \
	"1 problem: guest web1: UID 0x0008 is used by rng and by rng; change one of them" "a UID twice"
guests "$(domain web1 "$(hostdev 0x0200 1 7)" "$(rng 2 7)")"
is "$(grep ^problem <<<"$out")" "problem: guest web1: FID 0x00000007 is used by hostdev\
 (0200:00:00.0) and by rng; change one of them" "an FID twice"
options=(--json)
guests "$(domain web1 "$(hostdev 0x0777 1 1)")"
is "$status $(perl -MJSON::PP -e '
	print join " ", map { @$_{qw(kind guest address)} } @{decode_json(join "", <STDIN>)->{problems}}' \
	<"$tap_folder/out")" "1 dangling web1 0777:00:00.0" "a problem in JSON"
options=()

# --- bad input -------------------------------------------------------------------------------

tool host guests --sysfs "$tap_folder/sys" --connect "test:///nowhere.xml"
is "$status" 4 "a libvirt that is not there: exit status"
like "$err" "^zpci: cannot connect to libvirt at test:///nowhere.xml: .*nowhere.xml" "and which"
is "$(wc -l <<<"$err")" 1 "in one line"
tool host guests --sysfs "$tap_folder/none"
is "$status" 4 "no sysfs: exit status"
tool host guests one
is "$status" 125 "an argument"
# Of a carriage return in a name libvirt's XML makes a line feed.
guests "$(domain 'web&#13;0x1' "$(hostdev 0x0201 0x201 0x502)")"
is "$(tail -n +2 <<<"$out")" "0x00000502  0201:00:00.0   0x0201     0x00000502  yes      live and\
 definition  web?0x1 (off)" "a name makes no lines of the table"
done_testing
