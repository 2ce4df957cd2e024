#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host explain: what may stand around a message, and input that is no message at all.
# tests/host/explain-messages.t has the messages, from the programs that say them.

. "$(dirname "$0")/../tool/tap.sh"

reserved="zPCI uid 11064 is already reserved"

# explain FILE: leaves $out, $err and $status
explain() {
	"$zpci" host explain "${@:2}" <"$1" >"$tap_folder/out" 2>"$tap_folder/err"
	status=$?
	out=$(cat "$tap_folder/out")
	err=$(cat "$tap_folder/err")
}

# --- the message among others ----------------------------------------------------------------

tool host explain "$reserved"
is "$status" 0 "an argument: status"
is "$out" "$reserved
   Another PCI device of this guest has the UID 0x1234 already. libvirt prints
   the number in octal: 11064 is 0x1234.
-> Choose another one: \`zpci host attach FUNCTION GUEST --guest-uid auto' finds
   a free one, and \`zpci host xml FUNCTION --guest GUEST --guest-uid auto'
   prints it as XML. libvirt loses a PCI slot of the guest at each hot attach
   that it refuses so; \`zpci host attach' looks before it asks libvirt." "an argument: what happened, what to do"
whole=$out
tool host explain zPCI uid 11064 is already reserved
is "$out" "$whole" "words that are not quoted"
tool host explain "PCI device 0200:00:00.0 is in use by driver QEMU, domain a-guest-of-a-long-name"
like "$out" "\`zpci host detach 0200:00:00.0 a-guest-of-a-long-name'" "a command is not cut into lines"

while IFS='|' read -r name line; do
	tool host explain "$line"
	like "$out" "has the UID 0x1234 already" "$name"
done <<-'LINES'
	virsh|error: internal error: zPCI uid 11064 is already reserved
	virsh in German|Fehler: Interner Fehler: zPCI uid 11064 ist bereits reserviert
	libvirtd's log|2026-11-28 20:06:10.138+0000: 287: error : virDomainZPCIAddressReserveId:52 : internal error: zPCI uid 11064 is already reserved
	the journal|Nov 28 20:06:10 host libvirtd[287]: internal error: zPCI uid 11064 is already reserved
	JSON|{"error": {"class": "GenericError", "desc": "zPCI uid 11064 is already reserved"}}
	zpci|zpci: web1: libvirt refuses: internal error: zPCI uid 11064 is already reserved
LINES

# Quotation marks are those of a language, or of a program.
while read -r line; do
	tool host explain "$line"
	like "$out" "cannot read 0089 as the uid" "marks as in: $line"
done <<-'LINES'
	Invalid value for attribute 'uid' in element 'zpci': '0089'. Expected non-negative integer value
	Invalid value for attribute ‘uid’ in element ‘zpci’: ‘0089’.
	Ungültiger Wert für Attribut »uid« in Element »zpci«: »0089«.
	Ungültiger Wert für Attribut „uid“ in Element „zpci“: „0089“.
	{"desc": "Invalid value for attribute \"uid\" in element \"zpci\": \"0089\"."}
	Invalid value for attribute `uid' in element `zpci': `0089'.
LINES

# --- a log -----------------------------------------------------------------------------------

cat >"$tap_folder/log" <<'LOG'
2026-11-28 20:01:58.429+0000: starting up libvirt version: 9.0.0
LC_ALL=C \
error: internal error: zPCI uid 11064 is already reserved

error: internal error: zPCI fid 253 is already reserved
error: internal error: zPCI uid 11064 is already reserved
LOG
explain "$tap_folder/log"
is "$status" 0 "a log: status"
like "$out" "^line 3: error: internal error: zPCI uid 11064" "a log: the number of the line"
like "$out" "^line 5: .*zPCI fid 253" "a log: an empty line counts"
unlike "$out" "^line 6" "a log: what was explained is not explained again"
like "$out" "^1 line with what is explained above" "a log: but counted"
like "$out" "^2 lines of which nothing is known here" "a log: as are other lines"
is "$err" "" "a log: no complaint"

explain "$tap_folder/log" --json
is "$(perl -MJSON::PP -e '
	my $j = decode_json(join "", <STDIN>);
	my ($uid, $fid) = @{$j->{explanations}};
	print join " ", $j->{schema}, scalar @{$j->{explanations}}, $j->{repeated}, $j->{unknown},
		map { ($_->{line}, $_->{message}) } $uid, $fid;
	print " $uid->{values}{uid} $uid->{values}{uid_number}";
	print " $fid->{values}{fid} $fid->{values}{fid_number}";
	print " ok" if $uid->{happened} =~ /0x1234/ && $uid->{remedy} && $uid->{source} =~ /libvirt/;
	' <"$tap_folder/out")" \
	"zpci-host/1 2 1 2 3 uid-reserved 5 fid-reserved 0x1234 4660 0x000000ab 171 ok" "a log: JSON"

coproc follow { exec "$zpci" host explain; }
exec {from}<&"${follow[0]}"
echo "$reserved" >&"${follow[1]}"
read -r -t 60 line <&"$from"
is "$line" "line 1: $reserved" "a log that is followed: explained as it comes"
eval "exec ${follow[1]}>&-"
cat <&"$from" >"$tap_folder/rest"
like "$(cat "$tap_folder/rest")" "^-> " "a log that is followed: to its end"

# --- nothing to explain ----------------------------------------------------------------------

for text in "bogus" "" "zPCI uid 999" "zPCI uid 77777777777 is already reserved"; do
	tool host explain "$text"
	is "$status:$out" "1:" "\"$text\": nothing is known"
	is "$(wc -l <"$tap_folder/err")" 1 "\"$text\": in one sentence"
done
explain /dev/null
is "$status" 1 "no input"
echo "a log without errors" >"$tap_folder/log"
explain "$tap_folder/log"
like "$(cat "$tap_folder/err")" "nothing is known of any of these lines;" "a log: nothing is known"
explain /dev/null --json
is "$status:$(perl -MJSON::PP -e 'print scalar @{decode_json(join "", <STDIN>)->{explanations}}' \
	<"$tap_folder/out")" "1:0" "no input: JSON"
if [ -c /dev/full ]; then
	"$zpci" host explain "$reserved" >/dev/full 2>"$tap_folder/err"
	is "$?" 4 "no space: status"
	like "$(cat "$tap_folder/err")" "^zpci: cannot .*No space left" "no space: a message"
fi
explain "$tap_folder"
is "$status" 4 "a folder as input: status"
like "$err" "^zpci: cannot read standard input: " "a folder as input: a message"

# --- hostile input ---------------------------------------------------------------------------

# Whatever stands there, the terminal gets printable text.
printf '%s\033[31m\a\r\tx\177\302\233\342\200\256\377\300\201\355\240\200é %s\n' "$reserved" end \
	>"$tap_folder/log"
explain "$tap_folder/log"
is "$status" 0 "control characters: explained"
is "$(head -n 1 "$tap_folder/out")" \
	"line 1: $reserved"'\x1b[31m\x07\x0d x\x7f\xc2\x9b\xe2\x80\xae\xff\xc0\x81\xed\xa0\x80é end' \
	"control characters: not as they are"
printf 'PCI device 0200:00:00.0 is in use by driver QEMU, domain \033]0;x\a\n' >"$tap_folder/log"
explain "$tap_folder/log"
like "$out" 'The guest \\x1b\]0;x\\x07 has' "control characters: nor in a sentence"
tool host explain 'PCI device 0200:00:00.0 is in use by driver QEMU, domain $(reboot);x'
like "$out" "zpci host detach 0200:00:00.0 GUEST'" "no command to copy has another one in it"
tool host explain 'PCI device 0200:00:00.0 is in use by driver QEMU, domain --json'
like "$out" "zpci host detach 0200:00:00.0 GUEST'" "nor an option"

{ printf '%s\0%s ' zPCI "uid 11064"; head -c 3000000 /dev/zero | tr '\0' x; echo; echo "$reserved"; } \
	>"$tap_folder/log"
explain "$tap_folder/log"
like "$out" "^line 1: zPCI uid 11064 xxx" "a line of megabytes: its beginning is read"
[ "${#out}" -lt 10000 ]
ok $? "a line of megabytes: not all is printed"
like "$out" "^1 line with what is explained" "a line of megabytes: the next one begins behind it"
{ head -c 9000 /dev/zero | tr '\0' x; echo "$reserved"; } >"$tap_folder/log"
explain "$tap_folder/log"
is "$status" 1 "what is behind the limit is not looked at"
{ for i in $(seq 8 3000); do printf 'zPCI uid %o is already reserved\n' "$i"; done
	echo "zPCI uid 10 is already reserved"; } >"$tap_folder/log"
explain "$tap_folder/log"
is "$(grep -c '^line' "$tap_folder/out")" 2993 "thousands of messages"
if [ -z "${EMULATOR:-}" ]; then
	perl -e 'print "PCI" x 2700, "\n" for 1 .. 400' >"$tap_folder/log"
	(ulimit -t 10 && exec "$zpci" host explain <"$tap_folder/log" >/dev/null 2>&1)
	is "$?" 1 "the beginning of a message, again and again, takes no 10 s of a CPU"
fi
head -c 300000 /dev/urandom >"$tap_folder/log"
explain "$tap_folder/log"
is "$status:$(LC_ALL=C tr -d '\n\t -~\200-\377' <"$tap_folder/out")" "1:" "noise"
done_testing
