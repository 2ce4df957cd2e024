#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci matrix: its options, and its results for reports of guests. The QEMU here is a script that
# plays a guest: it prints the file given as its kernel as the output of the command. The file is a
# report that a guest of Debian's 6.12 printed, as it is or with one value changed.
# tests/guest/matrix.t has real guests.

# shellcheck disable=SC2016 # expressions of Perl

. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/qemu.sh"

fixture=${srcdir:-$(dirname "$0")/../..}/tests/fixtures/debian-6.12-matrix.json
[ -r "$fixture" ] || fixture=$(dirname "$0")/../fixtures/debian-6.12-matrix.json

export ZPCI_CACHE=$tap_folder/empty

# --- options: refused with one sentence, nothing is started

refused() {
	local pattern=$1
	shift
	tool matrix "$@"
	is "$status" 125 "zpci matrix $*: status"
	like "$err" "$pattern" "zpci matrix $*: message"
	is "$(wc -l <<<"$err")" 1 "zpci matrix $*: one sentence"
}

refused "unknown option .--config'" --config x
refused "unknown option .--exec'" --exec true
refused "unknown option .--complete'" --complete
refused "unexpected argument .lpar'" lpar
for list in 0 249 ',' '1,' ',1' 1,,4 1,x 1-4 '' 1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8; do
	refused "--smp: .$list' is not allowed; allowed is numbers from 1 to 248 and commas" \
		--smp "$list"
done
refused "--guest: .a/b' is not allowed" --guest a/b
refused "--kernel: .' is not allowed" --kernel ''
refused "--json: .' is not allowed" --json ''
refused "--function probe,vf=1: profile=NAME says" --function probe,vf=1
refused "profile=NAME says .*lpar, vfio, silent, plain and raw" --function probe,profile=lparx
refused "leave out fid" --function probe,profile=lpar,fid=0x2001
refused "another function for this profile" --function probe,profile=lpar \
	--function null,profile=lpar
refused "vf" --function probe,profile=lpar,vf=256
refused "say vf=NUMBER, or leave out vf" --function probe,profile=lpar,vf=free
refused "command-memory" --function probe,profile=lpar,command-memory=perhaps
refused "more than one result for standard output" --tap --json -
refused "more than one result for standard output" --junit - --html -
refused "--expected allows --json and no other" --expected --html x
refused "no nonexistent-qemu in PATH: .zpci lab qemu'" --qemu nonexistent-qemu
refused "guest nonesuch: no $tap_folder/empty/.*zpci lab kernel" --qemu true --guest nonesuch
refused "no kernel at $tap_folder/empty/.*: .zpci lab guest'" --qemu true
s390x_kernel "$tap_folder/kernel"
refused "--kernel /nonexistent: No such file" --qemu true --kernel "$tap_folder/kernel" \
	--initrd /dev/null --plugin /dev/null --kernel /nonexistent

# --- the table

tool matrix --expected
is "$status" 0 "--expected: status"
like "$out" "^  BAR access +ok +ok +EIO +ok +-$" "--expected: a line"
tool matrix --expected --json -
is "$(perl -MJSON::PP -0777 -ne 'print decode_json($_)->{expected}{silent}{bar_at_open}' <<<"$out")" \
	EIO "--expected --json: a cell"

# --- reports

# The command's output, in its frame, to where QEMU was told to put it.
fake_qemu <<'EOF'
report=$(head -c 4096 "$kernel" | tr -d '\0')
case $report in
*/stays)
	[ ! -p "$report-runs" ] || echo $$ >"$report-runs"
	exec sleep 1000
	;;
esac
echo "what the guest said" >"$error"
echo "what QEMU said" >&2
echo "what the kernel said" >"$console"
begin_output >"$output"
case $report in
*/floods) exec yes >"$error" ;;
esac
cat "$report" >"$output"
status=0
case $report in
*/dies) exit 1 ;;
*/status-*) status=${report##*/status-} ;;
esac
end_output "$status" >"$output"
EOF

# kernel_of REPORT: a kernel of this name, whose guest prints the report; its path is $kernel then.
mkdir "$tap_folder/kernels"
kernel_of() {
	kernel=$tap_folder/kernels/${1##*/}
	s390x_kernel "$kernel" "$1"
}

# matrix REPORT... -- OPTION...
matrix() {
	local kernels=() kernel
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		kernel_of "$1"
		kernels+=(--kernel "$kernel")
		shift
	done
	shift
	tool matrix --qemu "$tap_folder/qemu" --initrd /dev/null --plugin /dev/null \
		"${kernels[@]}" "$@"
}

# changed NAME EXPRESSION: a report in which the expression of Perl changed $r; $f and $v are the
# function of `lpar' in the list and as vfio opened it.
changed() {
	perl -MJSON::PP -0777 -e '
		my ($file, $expression) = @ARGV;
		open my $in, "<", $file or die;
		my $r = decode_json(<$in>);
		my ($f, $v) = ($r->{functions}[0], $r->{vfio}[0]);
		my ($no, $yes) = (JSON::PP::false, JSON::PP::true);
		eval $expression;
		die $@ if $@;
		print encode_json($r);' "$fixture" "$2" >"$tap_folder/$1"
}

matrix "$fixture" --
is "$status" 0 "as recorded: status"
like "$out" "^kernel .*matrix.json, 1 CPU: Linux 6\.12\.107" "as recorded: heading"
like "$out" "^  BAR access +ok\|ok +ok\|ok +EIO\|EIO +ok\|ok +-$" "as recorded: a line"
is "$(tail -n 1 <<<"$out")" "passed: 1 boot, 76 cells as expected, 0 different, 0 not observed" \
	"as recorded: verdict"
matrix "$fixture" -- --smp 1,4,16
like "$out" "^passed: 3 boots, 228 cells as expected" "--smp 1,4,16: three boots"
like "$out" ", 16 CPUs: Linux" "--smp 1,4,16: the third one"

# Each change of the report makes one cell different, and the results name this cell.
changes=(
	'slot: $f->{has_slot} = $no'
	'bus: $f->{has_bus} = $no'
	'device: $f->{has_device} = $no'
	'vfn: $f->{vfn} = 0'
	'no_command_memory: $f->{no_command_memory} = $no'
	'vfio_vfn: $v->{zpci_base}{vfn} = 7'
	'command_at_open: $v->{observations}{command_at_open}{value} = "0x0000"'
	'sysfs_command_at_open: $v->{observations}{sysfs_command_at_open}{value} = "0x0002"'
	'bar_at_open: $v->{observations}{bar_at_open}{result} = "EIO"'
	'command_after_0: $v->{observations}{command_after_0}{value} = "0x0002"'
	'bar_after_0: $v->{observations}{bar_after_0}{result} = "EIO"'
	'command_after_2: $v->{observations}{command_after_2}{value} = "0x0000"'
	'bar_after_2: $v->{observations}{bar_after_2}{result} = "EIO"'
	'sysfs_command_after_2: $v->{observations}{sysfs_command_after_2}{value} = "0x0002"'
	'restores_2_again: $v->{observations}{write_2_again}{restores_logged} = 3'
	'restores_1: $v->{observations}{write_1}{restores_logged} = 1'
	'restores_1_again: $v->{observations}{write_1_again}{restores_logged} = 0'
	'restores_6: $v->{observations}{write_6}{restores_logged} = 1'
)
kernels=()
for change in "${changes[@]}"; do
	changed "change-${change%%:*}" "${change#*: }"
	kernels+=("$tap_folder/change-${change%%:*}")
done
matrix "${kernels[@]}" --
is "$status" 1 "changed: status"
like "$out" "^FAILED: 18 boots, 1350 cells as expected, 18 different, 0 not observed$" "changed: sum"
for change in "${changes[@]}"; do
	name=${change%%:*}
	is "$(grep -c "change-$name, 1 CPU: lpar: $name: expected .*, observed " <<<"$out")" 1 \
		"changed: $name is named"
done
is "$(perl -MJSON::PP -0777 -ne 'print scalar keys %{decode_json($_)->{expected}{lpar}}' \
	<<<"$("$zpci" matrix --expected --json -)")" "$((${#changes[@]} + 1))" \
	"changed: every observation but mmap"

# raw: a device where none must be
changed device '$r->{functions}[4]{has_device} = $yes'
matrix "$tap_folder/device" --
like "$out" "raw: device: expected no, observed yes" "raw with a device"

# --- what was not observed

# incomplete NAME CELLS OPTION: the matrix of this report lacks so many cells for that reason. It
# does not pass in any of the results, and `git bisect run' skips the kernel.
incomplete() {
	local name=$1 cells=$2 reason=$3
	matrix "$tap_folder/$name" -- --json "$tap_folder/json" --html "$tap_folder/html" \
		--junit "$tap_folder/junit"
	is "$status" 125 "$name: status"
	like "$out" "^kernel .*$name, 1 CPU: $cells cells? not observed: $reason" "$name: the reason"
	is "$(tail -n 1 <<<"$out")" "INCOMPLETE: 1 boot, $((76 - cells)) cells as expected, 0 different, $cells not observed" \
		"$name: verdict"
	unlike "$out" "passed" "$name: nothing says that it passed"
	is "$(perl -MJSON::PP -0777 -ne 'my $r = decode_json($_); my ($gap) = @{$r->{boots}[0]{not_observed}};
		print join " ", $r->{result}{verdict}, $r->{result}{passed} ? 1 : 0, $r->{result}{not_observed},
			$gap->{cells}' "$tap_folder/json")" "incomplete 0 $cells $cells" "$name: JSON"
	is "$(perl -MJSON::PP -0777 -ne 'print decode_json($_)->{boots}[0]{not_observed}[0]{why}' \
		"$tap_folder/json" | grep -cE "^$reason")" 1 "$name: JSON, the reason"
	like "$(cat "$tap_folder/html")" "class=.incomplete.>\? Incomplete\.</span> 1 boot, $((76 - cells)) cells" \
		"$name: HTML"
	like "$(cat "$tap_folder/html")" "<li>$cells not observed: $reason" "$name: HTML, the reason"
	is "$(grep -c '<skipped' "$tap_folder/junit")" "$cells" "$name: JUnit, skipped"
	like "$(cat "$tap_folder/junit")" "name=\"all cells were observed\" time=\"0.000\"><failure type=\"incomplete\" message=\"$cells not observed: $reason" \
		"$name: JUnit, the reason"
	matrix "$tap_folder/$name" -- --tap
	is "$status" 125 "$name: TAP, status"
	is "$(grep -c '^ok .* # SKIP ' <<<"$out")" "$cells" "$name: TAP, skipped"
	like "$out" "^not ok 78 - .*: all cells were observed$" "$name: TAP does not pass"
	like "$out" "^# $cells not observed: $reason" "$name: TAP, the reason"
}

bit='delete $f->{no_command_memory}; $f->{not_read}{no_command_memory} = "no kcore"'
changed no-bit "$bit"
incomplete no-bit 1 "no kcore"
changed no-btf "$bit; \$r->{kernel}{btf} = \$no"
incomplete no-btf 1 "CONFIG_DEBUG_INFO_BTF is missing: build it in; .* pahole"
changed no-kcore "$bit; \$r->{kernel}{missing} = ['CONFIG_PROC_KCORE', 'CONFIG_OF_LATER', 7]"
incomplete no-kcore 1 "CONFIG_PROC_KCORE is missing: build it in"
changed no-log '$v->{observations}{log_read} = $no'
incomplete no-log 4 "the kernel log could not be read"

# vfio-pci is there, and a function cannot be opened: that is a failure of this kernel.
vfio='delete $_->{observations}, $_->{opened} = $no, $_->{problem} = "broken" for @{$r->{vfio}}'
changed closed "$vfio"
matrix "$tap_folder/closed" --
is "$status" 1 "vfio, but nothing was opened: status"
like "$out" "plain: bar_at_open: expected ok, observed \? \(broken\)" \
	"vfio, but nothing was opened: the reason"
changed no-vfio "$vfio; \$r->{kernel}{vfio_pci} = \$no"
incomplete no-vfio 52 "CONFIG_VFIO_PCI is missing: build it in, or have the module"
matrix "$tap_folder/no-vfio" -- --tap
like "$out" "^ok .*: lpar: bar_at_open # SKIP the kernel lacks CONFIG_VFIO_PCI$" "no vfio: TAP"
for option in VFIO_GROUP VFIO_CONTAINER VFIO_IOMMU_TYPE1; do
	changed "no-$option" "$vfio; \$r->{kernel}{missing} = ['CONFIG_$option']"
	incomplete "no-$option" 52 "CONFIG_$option is missing"
done
changed no-zdev '$_->{zpci_base} = undef for @{$r->{vfio}};
	$r->{kernel}{missing} = ["CONFIG_VFIO_PCI_ZDEV_KVM"]'
incomplete no-zdev 4 "CONFIG_VFIO_PCI_ZDEV_KVM is missing: .*CONFIG_KVM"
changed no-capability '$v->{zpci_base} = undef'
matrix "$tap_folder/no-capability" --
is "$status" 1 "no capability, but its option is there: status"
like "$out" "lpar: vfio_vfn: expected 1, observed \? \(vfio has no such cap" "no capability: the reason"
changed no-slots '$_->{has_slot} = $no for @{$r->{functions}};
	$r->{kernel}{missing} = ["CONFIG_HOTPLUG_PCI_S390"]'
incomplete no-slots 5 "CONFIG_HOTPLUG_PCI_S390 is missing"

# Two reasons, and a cell that differs besides: it failed, and says what it did not see.
changed two "$bit; \$r->{kernel}{missing} = ['CONFIG_PROC_KCORE', 'CONFIG_KALLSYMS_ALL'];
	\$v->{observations}{bar_at_open}{result} = 'EIO'"
matrix "$tap_folder/two" --
is "$status" 1 "two reasons and a difference: status"
like "$out" "1 cell not observed: CONFIG_PROC_KCORE is missing" "two reasons: the first"
like "$out" "1 cell not observed: CONFIG_KALLSYMS_ALL is missing" "two reasons: the second"
is "$(tail -n 1 <<<"$out")" "FAILED: 1 boot, 74 cells as expected, 1 different, 1 not observed" \
	"two reasons and a difference: verdict"

# --- guests that print something else

head -c 5000 "$fixture" >"$tap_folder/half"
echo '[1, 2, 3]' >"$tap_folder/array"
echo '{"kernel": {"release": 6, "btf": true, "vfio_pci": true}}' >"$tap_folder/types"
head -c 3000000 /dev/zero | tr '\0' x >"$tap_folder/endless"
for name in half array types endless; do
	matrix "$tap_folder/$name" --
	is "$status" 1 "$name: status"
	like "$out" "what the guest printed is not zpci-inspect's report" "$name: said so"
	like "$err" "^  what the guest said" "$name: the guest's standard error"
	like "$err" "^  what QEMU said" "$name: QEMU's messages"
done
echo '{"kernel": {"release": "6", "btf": true, "vfio_pci": true}, "vfio": {}}' \
	>"$tap_folder/empty-report"
matrix "$tap_folder/empty-report" --
like "$out" "lpar: slot: expected yes, observed \? \(the guest does not know" "empty report"

# What zpci-inspect could not do is in its report, and its status does not count.
cp "$fixture" "$tap_folder/status-3"
matrix "$tap_folder/status-3" --
is "$status" 0 "a report and status 3: status"
is "$err" "" "a report: nothing else is printed"
matrix "$fixture" -- --verbose
like "$err" "^what QEMU said" "--verbose: QEMU's messages are passed on"
like "$err" "^what the kernel said" "--verbose: the console is passed on"

# --- guests without a report

# no_report NAME WHY [OPTION...]: and a boot after this one is made.
no_report() {
	local name=$1 why=$2
	shift 2
	[ -e "$tap_folder/$name" ] || : >"$tap_folder/$name"
	matrix "$tap_folder/$name" "$fixture" -- "$@"
	is "$status" 1 "$name: status"
	like "$out" "$name, 1 CPU: no report: $why" "$name: said so in the results"
	like "$err" "^zpci: kernel .*$name, 1 CPU: no report: $why" "$name: said so at once"
	like "$out" "^FAILED: 2 boots, 76 cells .*, 1 boot without a report" "$name: the next boot is made"
}

no_report status-127 "the command in the guest ended with status 127"
no_report dies "the guest ended before the command did; QEMU exited with status 1"
like "$err" "^zpci: last lines of the guest's console:" "dies: the console, heading"
like "$err" "^  \| what the kernel said" "dies: the console"
like "$err" "^  what QEMU said" "dies: QEMU's messages"
: >"$tap_folder/stays"
matrix "$tap_folder/stays" -- --timeout 1
is "$status" 1 "stays: status"
like "$out" "stays, 1 CPU: no report: the command did not end in 1 seconds; QEMU was ended by signal 15" \
	"stays: said so"

# Always something to read, so that the wait for it never ends by its time.
: >"$tap_folder/floods"
matrix "$tap_folder/floods" -- --timeout 1
is "$status" 1 "floods: status"
like "$out" "floods, 1 CPU: no report: the command did not end in 1 seconds; QEMU was ended by signal 15" \
	"floods: said so"

# A signal ends QEMU, then the matrix.
mkfifo "$tap_folder/stays-runs"
exec 9<>"$tap_folder/stays-runs"
kernel_of "$fixture"
second=$kernel
kernel_of "$tap_folder/stays"
for signal in INT TERM HUP; do
	# A shell's background job ignores SIGINT; env undoes that.
	env --default-signal=INT "$zpci" matrix --qemu "$tap_folder/qemu" --initrd /dev/null \
		--plugin /dev/null --kernel "$kernel" --kernel "$second" \
		>"$tap_folder/out" 2>"$tap_folder/err" &
	pid=$!
	read -r -t 60 qemu <&9
	kill -"$signal" "$pid"
	wait "$pid" 2>/dev/null
	is $? $((128 + $(kill -l "$signal"))) "SIG$signal: status"
	[ ! -e "/proc/$qemu" ]
	ok $? "SIG$signal: QEMU is gone"
	is "$(cat "$tap_folder/out" "$tap_folder/err")" "" "SIG$signal: no results, no further boot"
done

changed hostile '$r->{kernel}{release} = "<b>\e[31m&\x{e9}" . "x" x 1000;
	$v->{observations}{bar_at_open}{result} = "\"<script>\n# SKIP"'
changed "eio # SKIP it" '$v->{observations}{bar_at_open}{result} = "EIO";
	$r->{kernel}{release} = "6 # SKIP"'
matrix "$tap_folder/hostile" --
is "$(tr -d '\n\t -~' <<<"$out")" "" "hostile text: printable in the report"

# --- the other results

changed eio '$v->{observations}{bar_at_open}{result} = "EIO"'
matrix "$fixture" "$tap_folder/eio" -- --tap --html "$tap_folder/html" \
	--json "$tap_folder/json" --junit "$tap_folder/junit"
is "$status" 1 "files: status"
is "$(grep -c '^1\.\.156$' <<<"$out")" 1 "TAP: plan"
is "$(grep -c '^ok ' <<<"$out")" 155 "TAP: passed"
like "$out" "^not ok [0-9]+ - Linux 6\.12\.107\+deb13-s390x \(2\), 1 CPU: lpar: bar_at_open$" "TAP: failed"
like "$out" "^# observed EIO$" "TAP: observed"
is "$(tail -n 1 <<<"$out")" "# FAILED: 2 boots, 151 cells as expected, 1 different, 0 not observed" \
	"TAP: verdict"
is "$(perl -MJSON::PP -0777 -ne 'my $r = decode_json($_);
	print join " ", map { $r->{boots}[$_]{cells}{lpar}{bar_at_open}{result} } 0, 1' \
	"$tap_folder/json")" "equal different" "JSON: a cell of each boot"
html=$(cat "$tap_folder/html")
like "$html" '<td class="different">EIO</td>' "HTML: the cell"
like "$html" '<td class="different">1 differ</td>' "HTML: the overview"
unlike "$html" 'https?:|src=|<link|<script|@import|url\(' "HTML: needs nothing else"
matrix "$tap_folder/hostile" -- --html "$tap_folder/html" --junit -
unlike "$(cat "$tap_folder/html")" '<b>\?|<script' "HTML: text of a guest is text"
like "$out" 'observed &quot;&lt;script&gt;\?# SKIP' "JUnit: text of a guest is text"
matrix "$tap_folder/hostile" "$tap_folder/eio # SKIP it" -- --tap
unlike "$out" 'ok.*# *SKIP' "TAP: neither text of a guest nor a name skips anything"

matrix "$fixture" -- --json /dev/full
is "$status" 125 "no space: status"
like "$err" "cannot write to /dev/full" "no space: message"
matrix "$fixture" -- --html "$tap_folder/missing/folder"
is "$status" 125 "no folder: status"
like "$err" "--html .*No such file" "no folder: message"

# --- on a terminal

# terminal COLUMNS KERNEL...: the matrix on a terminal of this width; $out is what it shows.
terminal() {
	local columns=$1 kernel report command
	shift
	command="stty cols $columns rows 50; exec '$zpci' matrix --qemu '$tap_folder/qemu' --initrd /dev/null --plugin /dev/null"
	for report; do
		kernel_of "$report"
		command+=" --kernel '$kernel'"
	done
	script -qec "$command" /dev/null </dev/null >"$tap_folder/out"
	out=$(tr -d '\r' <"$tap_folder/out")
}

if command -v script >/dev/null; then
	export TERM=xterm NO_COLOR=''
	terminal 120 "$tap_folder/eio" "$tap_folder/no-bit"
	like "$out" $'\e\\[1;31mok\\|EIO !\e\\[m' "terminal: a cell that differs"
	like "$out" $'\e\\[33m1\\|\\?\e\\[m' "terminal: a cell that was not observed"
	like "$out" $'^\e\\[1;31mFAILED\e\\[m: 2 boots' "terminal: the verdict"
	like "$out" "zpci: 2 of 2: booting kernel .*/no-bit, 1 CPU; 1 cell differs so far" "terminal: progress"
	like "$(tail -n +2 <<<"$out" | head -n 1)$(head -n 1 <<<"$out")" $'\e\\[Kkernel .*eio, 1 CPU: Linux' \
		"terminal: progress is gone before the results"
	NO_COLOR=1 terminal 120 "$tap_folder/eio"
	unlike "$out" $'\e\\[[0-9;]*m' "terminal: NO_COLOR"
	TERM=dumb terminal 120 "$tap_folder/eio"
	unlike "$out" $'\e' "terminal: TERM=dumb: neither colour nor progress"
	NO_COLOR=1 terminal 80 "$tap_folder/eio" "$tap_folder/no-vfio"
	is "$(sed 's/.*\x1b\[K//' <<<"$out" | grep -E '^(slot|Command|  |vfn|mmap|observed)' | awk 'length > 80' | wc -l)" 0 \
		"terminal of 80 columns: no line of a table is longer"
	like "$out" "^  BAR access +ok\|EIO +ok +EIO +ok +-$" "terminal of 80 columns: a line"
	like "$out" "^  BAR access +ok\|\? +ok\|\? +EIO\|\? +ok\|\? +-$" \
		"terminal of 80 columns: a line that was not observed"
	like "$(tr '\r' '\n' <"$tap_folder/out" | sed 's/\x1b\[K//g')" "^zpci: 2 of 2.{67}$" \
		"terminal of 80 columns: progress is cut"
	terminal 120 "$tap_folder/dies"
	like "$out" $'\e\\[Kzpci: kernel .*dies, 1 CPU: no report' "terminal: a message removes the progress"
	unset NO_COLOR
else
	skip 1 "terminal: there is no script (package bsdutils)"
fi
matrix "$tap_folder/eio" -- --smp 1,2
is "$err" "" "pipe: no progress"
unlike "$out" $'\e' "pipe: no colour"

# --- JUnit, as the programs read it that show it

# xpath EXPRESSION: of the file that the last matrix made
xpath() {
	xmllint --xpath "$1" "$tap_folder/junit" 2>&1
}

matrix "$tap_folder/eio" "$tap_folder/no-vfio" "$tap_folder/dies" -- --smp 1,2 --junit "$tap_folder/junit"
if command -v xmllint >/dev/null; then
	for level in /testsuites /testsuites/testsuite; do
		for count in tests:testcase failures:testcase/failure errors:testcase/error skipped:testcase/skipped; do
			is "$(xpath "sum($level/@${count%%:*})")" "$(xpath "count(//${count#*:})")" \
				"JUnit: $level, ${count%%:*}"
		done
		is "$(xpath "count($level[not(@time >= 0)])")" 0 "JUnit: $level has a time"
	done
	is "$(xpath "sum(/testsuites/@*[name() = 'tests' or name() = 'failures' or name() = 'skipped'])")" \
		"$((2 * (78 + 78 + 1) + 2 * (1 + 1 + 1) + 2 * 52))" "JUnit: the counts"
	is "$(xpath 'count(//testsuite[not(@name) or not(@timestamp)])')" 0 "JUnit: suites have names and times"
	is "$(xpath 'count(//testcase[not(@name) or not(@classname) or not(@time >= 0)])')" 0 \
		"JUnit: tests have name, class and time"
	is "$(xpath 'count(//failure[not(@message) or not(@type) or . = ""])')" 0 \
		"JUnit: failures have message, type and text"
	is "$(grep -o '<testcase classname="[^"]*" name="[^"]*"' "$tap_folder/junit" | sort | uniq -d)" "" \
		"JUnit: no test has the name of another"
	is "$(xpath 'string(//testcase[@name = "bar_at_open"][failure]/@classname)')" \
		"Linux 6.12.107+deb13-s390x, 1 CPU.lpar" "JUnit: the class"
	is "$(xpath 'string(//testcase[@name = "bar_at_open"]/failure)')" "expected ok, observed EIO" \
		"JUnit: the text of a failure"
else
	skip 1 "JUnit: there is no xmllint (package libxml2-utils)"
fi

# The names stay when the kernel lies elsewhere, or is built from another commit.
names() {
	matrix "$1" -- --junit - >/dev/null
	grep -o '<testcase classname="[^"]*" name="[^"]*"' <<<"$out"
}
mkdir "$tap_folder/elsewhere"
cp "$fixture" "$tap_folder/elsewhere/bzImage"
names "$fixture" >"$tap_folder/names"
names "$tap_folder/elsewhere/bzImage" | cmp -s - "$tap_folder/names"
ok $? "JUnit: names do not depend on the path"
for release in 6.19.0-rc3{,+,-dirty,-00012-gabcdef123456,-gabcdef1-dirty,-00012-gabcdef123456-dirty}; do
	changed release "\$r->{kernel}{release} = '$release'"
	is "$(names "$tap_folder/release" | head -n 1)" \
		'<testcase classname="Linux 6.19.0-rc3, 1 CPU.boot" name="the guest reported"' \
		"JUnit: the name of $release"
done
for release in 6.19.0-rc3-good 6.19.0-generic 5.14.0-503.el9 6.19.0-zpci; do
	changed release "\$r->{kernel}{release} = '$release'"
	like "$(names "$tap_folder/release" | head -n 1)" "\"Linux $release, 1 CPU\.boot\"" \
		"JUnit: the name of $release"
done

# Without a report the release is the one in the kernel's file.
mkdir "$tap_folder/image"
kernel=$tap_folder/image/dies
s390x_kernel "$kernel" "$tap_folder/dies"
{
	head -c $((0x10428)) "$kernel"
	printf '\0\0\0\0\0\001\004\100'
	head -c 16 /dev/zero
	printf '6.20.0-rc1-00012-gabcdef123456 (zpci@lab) #1 SMP'
	head -c 64 /dev/zero
} >"$tap_folder/image/new"
mv "$tap_folder/image/new" "$kernel"
tool matrix --qemu "$tap_folder/qemu" --initrd /dev/null --plugin /dev/null --kernel "$kernel" --junit -
is "$(grep -o '<testcase classname="[^"]*" name="[^"]*"' <<<"$out")" \
	'<testcase classname="Linux 6.20.0-rc1, 1 CPU.boot" name="the guest reported"' \
	"JUnit: the name of a kernel that does not report"
# arch/s390/boot/vmlinux: the same in the segment of an ELF file, which begins at 4096.
{
	printf '\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\2\0\26\0\0\0\1'
	perl -e 'print pack("Q>Q>Q>L>S>6", 0x10000, 64, 0, 0, 64, 56, 1, 0, 0, 0),
		pack("L>L>Q>6", 1, 7, 4096, 0, 0, (0x10500) x 2, 4096), "\0" x (4096 - 120)'
	cat "$kernel"
} >"$tap_folder/image/elf"
tool matrix --qemu "$tap_folder/qemu" --initrd /dev/null --plugin /dev/null \
	--kernel "$tap_folder/image/elf" --junit -
like "$out" '<testcase classname="Linux 6.20.0-rc1, 1 CPU.boot" name="the guest reported"' \
	"JUnit: the name of an ELF file that does not report"
is "$(names "$tap_folder/dies")" \
	'<testcase classname="Linux unknown, 1 CPU.boot" name="the guest reported"' \
	"JUnit: the name of a file that is no kernel"
done_testing
