#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci describe prints of each profile what the README's table says: as text, as JSON, and as a dump
# that the real lspci reads. Nothing is booted.

# shellcheck disable=SC2016 # expressions of Perl

. "$(dirname "$0")/tap.sh"

readme=${srcdir:-$(dirname "$0")/../..}/README.md
[ -r "$readme" ] || readme=$(dirname "$0")/../../README.md

# An empty cache: zpci describe needs no guest and no QEMU.
export ZPCI_CACHE=$tap_folder/empty

cat >"$tap_folder/all.conf" <<'EOF'
[adapter disk]
model = probe
pchid = 0x1c0
vfs = 6
[function]
adapter = disk
vf = 1
fid = 0x1021
uid = 0x111
profile = lpar
[function]
adapter = disk
vf = 2
fid = 0x1022
uid = 0x112
profile = vfio
[function]
adapter = disk
vf = 3
fid = 0x1023
uid = 0x113
profile = silent
[function]
adapter = disk
vf = 4
fid = 0x1024
uid = 0x114
profile = plain
[function]
adapter = disk
vf = 5
fid = 0x1025
uid = 0x115
profile = raw
[function]
adapter = disk
vf = 6
fid = 0x1026
uid = 0x116
standby = yes
[adapter nil]
model = null
pchid = 0x1c1
vfs = 2
[function]
adapter = nil
fid = 0x1030
uid = 0x130
[function]
adapter = nil
vf = 2
fid = 0x1032
uid = 0x132
profile = plain
EOF

# json EXPRESSION: in Perl, of $j, and f(FID), r(FID, REGISTER), field(FID, BLOCK, FIELD). To parse
# takes most of the time, and is done once for all questions about one text.
json() {
	local parsed=$tap_folder/parsed
	if ! cmp -s "$tap_folder/out" "$parsed.text"; then
		perl -MJSON::PP -MStorable -e '
			local $/;
			store decode_json(<STDIN>), $ARGV[0]' "$parsed" <"$tap_folder/out" || return
		cp "$tap_folder/out" "$parsed.text"
	fi
	perl -MStorable -e '
		my ($file, $expression) = @ARGV;
		our $j = retrieve($file);
		sub f { my ($fid) = @_; (grep { hex($_->{fid}) == $fid } @{ $j->{functions} })[0] }
		sub r { my ($fid, $name) = @_;
			(grep { $_->{name} eq $name } @{ f($fid)->{config}{registers} })[0] }
		sub field { my ($fid, $block, $name) = @_; f($fid)->{$block}{$name}{value} }
		my $value = eval $expression;
		die $@ if $@;
		print $value // "null", "\n"' "$parsed" "$1"
}

# json_is EXPRESSION EXPECTED NAME
json_is() {
	is "$(json "$1" 2>&1)" "$2" "$3"
}

# --- what is refused

refused() {
	local pattern=$1
	shift
	tool describe "$@"
	is "$status" 125 "describe $*: status"
	like "$err" "$pattern" "describe $*: message"
	is "$out" "" "describe $*: nothing is printed"
}

refused "nothing to describe; add --function or --config"
refused "--json and --lspci exclude each other" --function null,vf=1 --json --lspci
refused "unexpected argument .probe'; --help" probe
refused "unexpected argument .-device'; --help" --function null,vf=1 -- -device x
refused "unknown option .--kernel'" --kernel x
refused "nonesuch" --function nonesuch,vf=1
refused "No such file" --config /nonexistent
refused "0x1021" --function probe,vf=1,fid=0x1021 --function probe,vf=2,fid=0x1021

# --- JSON

tool describe --config "$tap_folder/all.conf" --json
is "$status" 0 "JSON: status"
is "$err" "" "JSON: nothing on standard error"
json_is 'scalar @{ $j->{functions} }' 8 "JSON: it parses, and all functions are there"
json_is '$j->{list}{flags}{meaning}' "UID checking: UIDs are unique" "List: flags"
json_is '$j->{list}{handle_mask}{value}' 0x00ff0000 "List: handle mask"
json_is 'scalar @{ $j->{groups} }' 1 "one group"
json_is '$j->{groups}[0]{query_group}{msia}{value}' 0xfe00000000000000 "group: MSI address"
json_is '$j->{groups}[0]{query_group}{noi}{meaning}' 2048 "group: interrupts"

# The rows are read from the README's table, so this tests the table too:
# | `lpar` (default of VFs) | emulated | emulated | absent | yes | LPAR firmware |
rows=$(sed -n 's/^| `\([a-z]*\)`[^|]*| \([^|]*\) | \([^|]*\) | \([^|]*\) | \([^|]*\) |.*/\1|\2|\3|\4|\5/p' \
	"$readme")
is "$(wc -l <<<"$rows")" 5 "README: five profiles"
vf=0
while IFS='|' read -r profile ids bars memory vfn; do
	vf=$((vf + 1))
	fid="0x102$vf"
	json_is "f($fid)->{profile}{name}" "$profile" "$profile: name"
	case $ids in
	emulated) expected="emulated 0x7a71" ;;
	*) expected="passed 0xffff" ;;
	esac
	for where in "r($fid, 'Device ID')->{guest}" "field($fid, 'list', 'device')"; do
		json_is "join ' ', @{ r($fid, 'Device ID')->{origin} }, $where" "$expected" \
			"$profile: device ID, $where"
	done
	case $bars in
	emulated) expected="emulated 0x00000004 0x10 passed" ;;
	*) expected="passed 0x00000000 0x00 refused" ;;
	esac
	json_is "join ' ', @{ r($fid, 'BAR 0')->{origin} }, r($fid, 'BAR 0')->{guest},
		field($fid, 'query_function', 'bar0_size'), f($fid)->{bars}[0]{access}" \
		"$expected" "$profile: BAR 0"
	case $memory in
	absent) expected="absent hard-wired 0x0" ;;
	"emulated, 1 at first") expected="emulated emulated 0x1" ;;
	"emulated, 0 at first") expected="emulated emulated 0x0" ;;
	*) expected="?" ;;
	esac
	json_is "join ' ', f($fid)->{command_memory}, @{ r($fid, 'Memory Space')->{origin} },
		r($fid, 'Memory Space')->{guest}" "$expected" "$profile: Memory bit"
	case $vfn in
	yes) expected="0x000$vf 1" ;;
	*) expected="0x0000 0" ;;
	esac
	json_is "join ' ', field($fid, 'query_function', 'vfn'),
		f($fid)->{no_command_memory} ? 1 : 0" "$expected" "$profile: vfn"
	case "$memory $vfn" in
	"absent no") expected=warned ;;
	*) expected=silent ;;
	esac
	json_is "f($fid)->{warning} ? 'warned' : 'silent'" "$expected" "$profile: $expected"
	json_is "join ' ', @{ r($fid, 'Interrupt Pin')->{origin} },
		@{ r($fid, 'I/O Space')->{origin} }, @{ r($fid, 'Bus Master')->{origin} },
		@{ r($fid, 'MSI-X Enable')->{origin} }, @{ r($fid, 'Table Size')->{origin} }" \
		"hard-wired hard-wired passed emulated passed" "$profile: what is alike in all"
	json_is "r($fid, 'Device ID')->{device}" 0xffff "$profile: the device itself shows no ID"
done <<<"$rows"

json_is 'f(0x1021)->{address}' 0111:00:00.0 "address: the UID is the domain"
json_is 'f(0x1021)->{no_device}' null "lpar: Linux finds a device"
json_is 'f(0x1025)->{no_device}' "its IDs read as ones" "raw: Linux finds no device"
json_is 'f(0x1026)->{state}' standby "standby: said so"
json_is 'field(0x1026, "list", "configuration")' 0x00000000 "standby: listed as such"
json_is 'field(0x1026, "set_enable", "response")' 0x0010 "standby: configured, then enabled"
json_is 'f(0x1030)->{vf}' 0 "PF: no VF number"
json_is 'field(0x1030, "query_function", "flags")' 0x18 "PF: routing ID, SR-IOV"
json_is 'join " ", @{ r(0x1030, "Device ID")->{origin} }' passed "PF: its own IDs"
json_is 'r(0x1030, "TotalVFs")->{guest}' 0x0002 "PF: SR-IOV capability"
json_is 'f(0x1032)->{address}' 0130:00:00.2 "beside its PF, not told to be a VF: at its routing ID"
json_is 'f(0x1032)->{no_device}' "function 0 of its slot has no multi-function bit" \
	"... where Linux does not look"
json_is 'length f(0x1021)->{config}{guest}' 8192 "all of config space"
lost() {
	json "f($1)->{interpretation}{interpreted} ? 'interpreted' :
		join ' ', sort keys %{ f($1)->{interpretation}{would_lose} }"
}
# Reference 11.5: SIE leaves these to the firmware.
json_is '
	join " ", grep { !(hex($_) & 0xff0000) }
	    map { ($_->{list}{handle}{value}, $_->{set_enable}{handle}{value}) } @{ $j->{functions} }' \
	"" "no handle is one that a host interprets"
common="blocking control hard_wired"
is "$(lost 0x1021)" "bars $common ids measurement msix operands" "lpar: what interpretation would lose"
is "$(lost 0x1022)" "bars $common ids measurement memory_bit msix operands" "... vfio"
is "$(lost 0x1025)" "$common measurement msix operands" "... raw"
# The registers name all bits that are not passed: without these bits, device and guest are equal.
json_is '
	my @wrong;
	for my $function (@{ $j->{functions} }) {
		my ($device, $guest) = map { [ unpack "C*", pack "H*", $_ ] }
		    @{ $function->{config} }{qw(device guest)};
		for my $register (grep { !defined $_->{bits} } @{ $function->{config}{registers} }) {
			my $ours = hex($register->{emulated}) | hex($register->{hard_wired}) |
			    hex($register->{hidden});
			for my $i (0 .. $register->{size} - 1) {
				my $mask = $ours >> 8 * $i & 0xff;
				my $at = hex($register->{offset}) + $i;
				$_->[$at] &= ~$mask & 0xff for $device, $guest;
			}
		}
		push @wrong, $function->{fid} if "@$device" ne "@$guest";
	}
	"@wrong"' "" "apart from what the registers name, the guest sees the device"

# --- each switch alone

switches() {
	tool describe --function "probe,vf=1,profile=lpar,$1" --json
	json "join ' ', @{ r(0x1000, 'Vendor ID')->{origin} }, @{ r(0x1000, 'BAR 2')->{origin} },
		@{ r(0x1000, 'Memory Space')->{origin} }, f(0x1000)->{no_command_memory} ? 1 : 0"
}
is "$(switches ids=no)" "passed emulated hard-wired 1" "switch ids"
is "$(switches bars=no)" "emulated passed hard-wired 1" "switch bars"
is "$(switches command-memory=off)" "emulated emulated emulated 1" "switch command-memory"
is "$(switches publish-vfn=no)" "emulated emulated hard-wired 0" "switch publish-vfn"
tool describe --function probe,profile=raw,publish-vfn=no --json
json_is 'join " ", map { @{ r(0x1000, $_)->{origin} } } "Vendor ID", "BAR 0"' "hidden hidden" \
	"a PF that is hidden"
json_is 'join " ", map { r(0x1000, $_)->{device} } "Vendor ID", "BAR 0"' "0x1234 0x00000004" \
	"... and what it shows itself"

# --- platform

cat >"$tap_folder/platform.conf" <<'EOF'
[adapter a]
model = probe
pchid = 0x200
[adapter b]
model = probe
pchid = 0x201
vfs = 2
rid = yes
[group narrow]
id = 0x21
version = 2
dma-start = 0x200000000
dma-end = 0x20fffffff
vectors = 5
store-block = 64
fmb-interval = 250
designations = rf
msi-address = 0x300000000
[function]
adapter = a
fid = 0x1000
uid = 0x200
tid = 0x7
group = narrow
pft = 0x05
port = 3
pfip = 0x01020304
fmb = no
report-error = yes
utility-string = Card 7
[function]
adapter = b
vf = 1
fid = 0x1001
uid = 0x201
tid = 0x7
profile = plain
[function]
adapter = b
vf = 2
fid = 0x1002
uid = 0x202
profile = plain
EOF
tool describe --config "$tap_folder/platform.conf" --json
is "$status" 0 "platform: status"
facts() {
	json "join ' ', map { my \$fact = f($1)->{platform}{\$_};
		(\$fact->{value} // '-') . ':' . substr \$fact->{origin}, 0, 1 }
		qw(pchid fidparm pft port pfip tid fmb_length report_error dma_start dma_end group utility_string)"
}
is "$(facts 0x1000)" \
	"0x0200:d 0x00:d 0x05:c 0x03:c 0x01020304:c 0x0007:c 0x00:c wanted:c 0x0000000200000000:c 0x000000020fffffff:c 0x21:c Card 7:c" \
	"platform: all that is configured"
is "$(facts 0x1002)" \
	"0x0201:d 0x00:d 0x00:d 0x00:d 0x00000000:d -:d 0x40:d not wanted:d 0x0000000100000000:d 0x000003ffffffffff:d 0x01:d -:d" \
	"platform: all defaults"
json_is 'join " ", map { $_->{origin} } values %{ f(0x1002)->{platform} }' \
	"default default default default default default default default default default default default" \
	"platform: the origin's word"
json_is 'join " ", map { field(0x1000, "query_function", $_) }
	qw(flags pfgid pfip port fmb_length pft sdma edma tid)' \
	"0x31 0x21 0x01020304 0x03 0x00 0x05 0x0000000200000000 0x000000020fffffff 0x0007" \
	"platform: Query function"
json_is 'f(0x1000)->{query_function}{pft}{meaning}' ISM "platform: the type's name"
json_is 'f(0x1000)->{query_function}{fmb_length}{meaning}' none "platform: no measurement block"
json_is 'join " ", map { $_->{pfgid} } @{ $j->{groups} }' "0x21 0x01" "platform: two groups"
json_is 'join " ", map { $j->{groups}[0]{query_group}{$_}{value} }
	qw(noi version flags maxstbl mui dtsm dasm msia)' \
	"0x0005 0x02 0x00 0x0040 0x00fa 0x7c 0x0000000000000000 0x0000000300000000" \
	"platform: Query group"
json_is '$j->{groups}[0]{query_group}{maxstbl}{meaning}' \
	"64 bytes, and Linux stores up to 128 without asking" "platform: a short store block"
json_is 'join " ", map { f($_)->{address} } 0x1000 .. 0x1002' \
	"0200:00:00.0 0200:00:00.1 0202:00:00.2" "platform: a topology is one bus, whatever the adapters"
tool describe --config "$tap_folder/platform.conf"
is "$status" 0 "platform, text: status"
like "$out" '^    pft +0x05 +configuration +function type$' "platform, text: configured"
like "$out" '^    tid +none +default +topology ID$' "platform, text: default"
tool describe --function probe,vf=1,tid=0x12,port=15,fmb=no --json
json_is 'join " ", map { f(0x1000)->{platform}{$_}{value} } qw(tid port fmb_length)' \
	"0x0012 0x0f 0x00" "platform: of one function, as an option"
refused "port = 16: not allowed; allowed is a number from 0 to 15" --function probe,vf=1,port=16
refused "group = x: there is no such group" --function probe,vf=1,group=x

# --- text

tool describe --config "$tap_folder/all.conf"
is "$status" 0 "text: status"
is "$(grep -c '^function 0000' <<<"$out")" 8 "text: all functions"
is "$(grep -c '^    warning .*publish vfn or emulate the bit' <<<"$out")" 1 "text: one warning"
is "$(grep -A9 'profile silent' <<<"$out" | grep -c '^    warning ')" 1 "text: ... with silent"
is "$(grep -c '^    command_memory  *absent$' <<<"$out")" 4 "text: command_memory absent"
is "$(grep -c '^    no_command_memory  *announced' <<<"$out")" 4 "text: announced"
like "$out" '^    004  Command  *0000  *0002  passed \+ emulated \+ hard-wired$' "text: Command"
"$zpci" describe --function null,vf=1 >/dev/full 2>"$tap_folder/err"
is $? 125 "text: no space is noticed"

# --- the dump

tool describe --config "$tap_folder/all.conf" --lspci
is "$status" 0 "dump: status"
is "$(grep -c '^[0-9a-f]*: ' <<<"$out")" $((8 * 256)) "dump: all bytes of all functions"
cp "$tap_folder/out" "$tap_folder/dump"
if command -v lspci >/dev/null; then
	# of ADDRESS: what lspci says
	of() {
		lspci -F "$tap_folder/dump" -nn -vv -s "$1" 2>/dev/null
	}
	is "$(lspci -D -n -F "$tap_folder/dump" 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ')" \
		"0111:00:00.0 0112:00:00.0 0113:00:00.0 0114:00:00.0 0115:00:00.0 0116:00:00.0 0130:00:00.0 0130:00:00.2 " \
		"lspci: addresses"
	like "$(of 0111:00:00.0)" '\[1234:7a71\]' "lspci: IDs"
	like "$(of 0111:00:00.0)" 'Control: I/O- Mem- BusMaster-' "lspci: lpar has no Memory bit"
	like "$(of 0112:00:00.0)" 'Control: I/O- Mem\+ BusMaster-' "lspci: vfio has it on"
	like "$(of 0114:00:00.0)" 'Control: I/O- Mem- BusMaster-' "lspci: plain has it off"
	like "$(of 0111:00:00.0)" 'Capabilities: \[[0-9a-f]+\] Express \(v2\) Endpoint' "lspci: PCIe"
	like "$(of 0111:00:00.0)" 'MSI-X: Enable- Count=64 Masked-' "lspci: MSI-X"
	like "$(of 0111:00:00.0)" 'Region 2: Memory at .*64-bit' "lspci: BARs"
	unlike "$(of 0115:00:00.0)" 'Region' "lspci: raw has no BARs"
	like "$(of 0115:00:00.0)" '\[ffff:ffff\]' "lspci: raw has no IDs"
	like "$(of 0111:00:00.0)" '\[100 v1\] Alternative Routing-ID' "lspci: beyond 256 bytes"
	like "$(of 0130:00:00.0)" 'Total VFs: 2' "lspci: SR-IOV"
else
	echo "# no lspci here; what it reads was not tried"
fi
done_testing
