#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `zpci host list`: the table and the JSON text of a fake sysfs, and of one that is broken.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

man=${srcdir:-$(dirname "$0")/../..}/man/zpci-host-list.1
root=$tap_folder/host/sys
proc=$tap_folder/host/proc
sysfs_host "$root"
mkdir -p "$proc/self"
printf 'Filename\tType\tSize\tUsed\tPriority\n' >"$proc/swaps"
echo '21 1 8:1 / / rw - ext4 /dev/sda1 rw' >"$proc/self/mountinfo"

list() {
	tool host list --sysfs "$root" "$@"
}

# row PATTERN NAME: a row of the table, columns separated by single blanks
row() {
	like "$(tr -s ' ' <<<"$out")" "^$1\$" "$2"
}

# The JSON text in $out as lines: "FID MEMBER VALUE" of each function, "- MEMBER VALUE" of the rest.
flatten() {
	perl -MJSON::PP -0777 -e '
		my $json = JSON::PP->new->canonical->allow_nonref;
		sub text { ref $_[0] || !defined $_[0] ? $json->encode($_[0]) : $_[0] }
		my $all = JSON::PP->new->decode(<STDIN>);
		for my $f (@{delete $all->{functions}}) {
			printf "%s %s %s\n", $f->{fid}, $_, text($f->{$_}) for sort keys %$f;
		}
		printf "- %s %s\n", $_, text($all->{$_}) for sort keys %$all' <<<"$out"
}

# value FID MEMBER VALUE NAME: of the lines in $flat
value() {
	is "$(sed -n "s/^$1 $2 //p" <<<"$flat")" "$3" "$4"
}

# --- the usual host ----------------------------------------------------------------------------

list
is "$status" 0 "the usual host: status"
is "$err" "" "the usual host: no message"
row "FID UID UNIQUE ADDRESS PCHID PFT PORT VFN KIND STATE DRIVER OVERRIDE GROUP DEVICES \
GUEST USE" "titles"
row "0x00000401 0x0120 yes 0120:00:00.0 0x01c4 0x0a 1 0 PF \(2/8 VFs\) configured mlx5_core - 0 - \? -" \
	"a PF"
row "0x00000402 0x0121 yes 0120:00:00.1 0x01c4 0x0a 1 1 VF linked \(0120:00:00.0\) configured mlx5_core - 1 - \? -" \
	"a linked VF"
row "0x00000501 0x0200 yes 0200:00:00.0 0x01c8 0x0a 1 3 VF detached configured mlx5_core - 3 eno200 \? -" \
	"a detached VF"
row "0x00000601 0x0300 yes 0300:00:00.0 0x01d0 0x0b 1 2 VF detached configured nvme - 5 nvme0n1 \? -" \
	"a disk's VF"
row "0x00001000 0x1000 yes 1000:00:00.0 0x07c0 0x05 1 0 plain configured ism - 6 - \? -" \
	"an ISM function"
row "0x00000503 - - 0000:00:00.0 - - - - - standby - - - - \? -" "a function in standby"
is "$(wc -l <<<"$out")" 9 "there are no more lines"
is "$(awk '{ print index($0, "0x00000501") ? 0 : match($0, / (configured|standby|STATE) /) }' \
	<<<"$out" | sort -u | grep -cv '^0$')" 1 "columns are aligned"

tool host list --sysfs "$tap_folder/nowhere"
is "$status" 4 "no sysfs: status"
like "$err" "^zpci: $tap_folder/nowhere/bus/pci/devices: No such file .*PCI" "no sysfs: message"
tool host list --sysfs "$(printf '/%0300d' 0)"
is "$status" 125 "a long path: status"
like "$err" "use a shorter one" "a long path: message"
tool host list more
is "$status" 125 "an argument: status"
mkdir -p "$tap_folder/none/bus/pci/devices"
tool host list --sysfs "$tap_folder/none"
is "$out, $status" "no PCI functions, 0" "a host without functions"
"$zpci" host list --sysfs "$root" >/dev/full 2>"$tap_folder/err"
is "$?" 4 "standard output is full: status"
like "$(cat "$tap_folder/err")" "cannot write" "standard output is full: message"

# --- JSON --------------------------------------------------------------------------------------

list --json
is "$status, $err" "0, " "JSON: status, and no message"
flat=$(flatten)
value - schema zpci-host/1 "JSON: the schema"
value - clp '{"problem":"CLP: /dev/clp is not of that Linux","read":false,"uid_checking":null}' \
	"JSON: /dev/clp is not of another folder's Linux"
is "$(sed -n 's/ fid .*//p' <<<"$flat" | sort | tr '\n' ' ')" "0x00000401 0x00000402 0x00000403 \
0x00000501 0x00000502 0x00000503 0x00000601 0x00001000 " "JSON: all functions"
# The ID as the kernel prints it, and its number.
while read -r key text number; do
	value 0x00000501 "$key" "$text" "JSON: $key"
	value 0x00000501 "${key}_number" "$number" "JSON: ${key}_number"
done <<-'end'
	fid 0x00000501 1281
	uid 0x0200 512
	pchid 0x01c8 456
	pfgid 0x0b 11
	pft 0x0a 10
	handle 0x80000001 2147483649
	pfip 0x00010203 66051
	fidparm 0x00 0
	vendor 0x15b3 5555
	device 0x1016 4118
	class 0x020000 131072
	command 0x0404 1028
end
while IFS='|' read -r fid key value; do
	value "0x0000$fid" "$key" "$value" "JSON: $fid $key"
done <<-'end'
	0501|uid_is_unique|true
	0501|port|1
	0501|vfn|3
	0501|mio_enabled|true
	0501|pft_name|RoCE Express 2
	0501|iommu_group|3
	0501|address|0200:00:00.0
	0501|kind|vf-detached
	0501|pf_address|null
	0501|state|configured
	0501|has_device|true
	0501|has_slot|true
	0501|driver|mlx5_core
	0501|driver_override|null
	0501|group_peers|[]
	0501|netdevs|["eno200"]
	0501|blockdevs|[]
	0501|infiniband|[]
	0501|in_use|false
	0501|uses|[]
	0501|guests|null
	0501|not_read|{}
	0501|utility_string|null
	0401|kind|pf
	0401|total_vfs|8
	0401|num_vfs|2
	0402|kind|vf-linked
	0402|pf_address|0120:00:00.0
	0402|total_vfs|null
	0503|kind|null
	0503|state|standby
	0503|uid|null
	0503|uid_number|null
	0503|vfn|null
	0503|has_device|false
	0601|blockdevs|["nvme0n1"]
	1000|kind|plain
	1000|pft_name|ISM
end

# --- guests --------------------------------------------------------------------------------------

# hostdev DOMAIN: the function on this bus, for a guest.
hostdev() {
	echo "<hostdev mode='subsystem' type='pci'><source><address domain='$1' bus='0' slot='0'" \
		"function='0'/></source></hostdev>"
}
{
	echo "<node>"
	for name in web1 'db 2'; do
		echo "<domain type='test'><name>$name</name><memory>8192</memory><os><type>hvm</type>" \
			"</os><devices>$(hostdev 0x0200)</devices></domain>"
	done
	echo "</node>"
} >"$tap_folder/node.xml"
libvirt=(--connect "test://$tap_folder/node.xml")
list "${libvirt[@]}"
if grep -q 'built without libvirt' <<<"$err"; then
	without=yes
	is "$status" 0 "without libvirt: status"
	is "$err" "zpci: guests: this zpci was built without libvirt, so it knows no guests; build it \
with libvirt-dev and libxml2-dev" "without libvirt: message"
else
	row "0x00000501 .* eno200 db 2 \(.*live.*\), web1 \(.*live.*\) -" "guests that have it"
	row "0x00000601 .* nvme0n1 - -" "no guest has it"
	is "$err" "" "guests: no message"
	list --json "${libvirt[@]}"
	flat=$(flatten)
	like "$(sed -n 's/^0x00000501 guests //p' <<<"$flat")" \
		'^\[\{"definition":(true|false),"live":true,"name":"db 2","uuid":"[0-9a-f-]+"\},' "guests: JSON"
	value 0x00000601 guests '[]' "guests: JSON of none"
	list --connect test:///nonexistent
	row "0x00000501 .* eno200 \? -" "no libvirt: a question mark"
	like "$err" "^zpci: guests: .*nonexistent" "no libvirt: message"
	is "$status" 0 "no libvirt: status"
	list "${libvirt[@]}" --no-libvirt
	row "0x00000501 .* eno200 \? -" "--no-libvirt"
	is "$err" "" "--no-libvirt: no message"
fi

# Each member is one that the manual lists, and has the type that it says, or is null.
sysfs_net 0201:00:00.0 eno201 up
list --json "${libvirt[@]}"
sed -n '/^\.Ss JSON/,/^\.S[sh] [^J]/s/^\.It Va \([a-z_.]*\) Pq \([a-z]*\)$/\1 \2/p' "$man" |
	sort >"$tap_folder/documented"
[ -z "${without:-}" ] || sed -i '/^guests\./d' "$tap_folder/documented"
perl -MJSON::PP -0777 -e '
	sub type {
		my ($value) = @_;
		return "null" if !defined $value;
		return {ARRAY => "array", HASH => "object"}->{ref $value} // "boolean" if ref $value;
		return JSON::PP->new->allow_nonref->encode($value) =~ /^"/ ? "string" : "number";
	}
	sub walk {
		my ($value, $path) = @_;
		if (ref $value eq "HASH" && $path ne "not_read") {
			for my $key (keys %$value) {
				my $member = $path eq "" || $path eq "functions" ? $key : "$path.$key";
				my $type = type($value->{$key});
				$types{$member}{$type}++ if $type ne "null";
				$types{$member} //= {};
				walk($value->{$key}, $member);
			}
		} elsif (ref $value eq "ARRAY") {
			walk($_, $path) for grep(ref, @$value);
		}
	}
	open(my $manual, "<", $ARGV[0]) or die;
	my %manual = map { split / / } split /\n/, join "", <$manual>;
	walk(JSON::PP->new->decode(<STDIN>), "");
	for my $member (sort keys %types) {
		my @found = sort keys %{$types{$member}};
		# One that is null everywhere has any type.
		print "$member ", (@found ? "@found" : $manual{$member} // "null"), "\n";
	}' "$tap_folder/documented" <<<"$out" >"$tap_folder/members"
same "$tap_folder/documented" "$tap_folder/members" "JSON: zpci-host(1) lists all members"

# --- what can be wrong -------------------------------------------------------------------------

# attribute FILE VALUE...: of the function 0200:00:00.0
device=$root/devices/pci0200:00/0200:00:00.0
attribute() {
	rm -f "$device/$1"
	[ $# = 1 ] || printf '%s\n' "$2" >"$device/$1"
}

attribute port
attribute uid_is_unique
rm "$root/devices/pci0201:00/0201:00:00.0/port"
list
is "$status" 0 "an older kernel: status"
row "0x00000501 0x0200 \? 0200:00:00.0 0x01c8 0x0a \? 3 .*" "an older kernel: question marks"
is "$err" "zpci: port of FID 0x00000501 and 1 more: this kernel does not show it
zpci: uid_is_unique of FID 0x00000501: this kernel does not show it" "an older kernel: messages"
list --json
flat=$(flatten)
value 0x00000501 uid_is_unique null "an older kernel: JSON"
like "$(grep "^0x00000501 not_read" <<<"$flat")" '"port":".*/port: No such file' \
	"an older kernel: JSON's reason"

# garbage NAME WORD VALUE: the port is $WORD in the table, and 1 nowhere
while IFS='|' read -r name value; do
	attribute port "$(printf "%b" "$value")"
	list
	row "0x00000501 0x0200 \? .* 0x0a \? 3 .*" "$name: a question mark"
	like "$err" "^zpci: FID 0x00000501: port: .*(is no number up to 255|more than 63 characters)\$" \
		"$name: a message"
done <<-'end'
	a word|one
	nothing|
	a sign|-1
	a plus|+1
	a blank in front|\0401
	a blank behind|1\040
	more than 63 digits|0000000000000000000000000000000000000000000000000000000000000000001x
	too much|256
	0x alone|0x
	hexadecimal without 0x|1f
	control characters|1\0033[2J
end
unlike "$err" $'\033' "no control characters are printed"
rm "$device/port"
printf '1\0002\n' >"$device/port"
list
like "$err" "port: there is a zero byte" "a zero byte"
rm "$device/port"
ln -s port "$device/port"
list
like "$err" "port: .*Too many levels" "a link to itself"
rm "$device/port"
mkfifo "$device/port"
timeout 10 "$zpci" host list --sysfs "$root" >/dev/null 2>&1
is "$?" 0 "nobody waits for a fifo"
rm "$device/port"
mkdir "$device/port"
list
like "$err" "port: .*Is a directory" "a folder"
rmdir "$device/port"
attribute port 1
echo 1 >"$root/devices/pci0201:00/0201:00:00.0/port"
attribute uid_is_unique 0
list
row "0x00000501 0x0200 no .*" "a UID that is not unique"
is "$err" "" "all is well again"

ln -sfn ../../../nonsense "$device/iommu_group"
list
row "0x00000501 .* \? eno200 \? -" "an IOMMU group without a number"
like "$err" "iommu_group: .*nonsense. is no IOMMU group" "an IOMMU group without a number: message"
ln -sfn ../../../kernel/iommu_groups/3 "$device/iommu_group"
attribute driver_override vfio-pci
list
row "0x00000501 .* mlx5_core vfio-pci 3 eno200 \? -" "an override"
attribute driver_override '(null)'

# Names that are none.
mkdir -p "$root/bus/pci/devices/..:00:00.0" "$root/bus/pci/slots/zz" "$root/bus/pci/slots/+0000501" \
	"$root/bus/pci/slots/0x000501"
ln -s loop "$root/bus/pci/devices/loop"
printf 'x\n' >"$root/class/net/file"
list
is "$(wc -l <<<"$out"), $status, $err" "9, 0, " "names that are none"
rm "$root/class/net/file"
ln -s /nowhere/0200:00:00.0/net/x "$root/class/net/elsewhere"
list
row "0x00000501 .* 3 elsewhere,eno200 \? \?" "a device that just went"
like "$err" "FID 0x00000501: use: .*/elsewhere: No such file" "a device that just went: message"
rm "$root/class/net/elsewhere"
evil=$(printf 'e\033[2J')
ln -s ../../devices/pci0200:00/0200:00:00.0/net/eno200 "$root/class/net/$evil"
list
row "0x00000501 .* 3 e\?\[2J,eno200 \? -" "a name of control characters"
list --json
like "$out" '"e\\u001b\[2J"' "a name of control characters: JSON"
rm "$root/class/net/$evil"

# A folder with more entries than anybody has.
for i in $(seq 2000); do
	: >"$root/bus/pci/slots/$(printf %08x $((0x10000 + i)))"
done
list
is "$(wc -l <<<"$out"), $status" "2009, 0" "2000 slots more"
like "$err" "1936 more could not be read" "2000 slots more: not all messages"
done_testing
