#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `zpci ctl` without a guest, and at sockets of others: what they say is not believed, and no
# control character of theirs reaches the terminal. tests/guest/ctl.t has guests.

# shellcheck disable=SC2016 # Perl
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/qemu.sh"

export XDG_RUNTIME_DIR=$tap_folder ZPCI_CACHE=$tap_folder/cache

# answering PERL NAME: a socket that answers one client by this code, on the handle $c.
answering() {
	rm -f "$tap_folder/socket"
	perl -MIO::Socket::UNIX -e '
		$SIG{ALRM} = sub { exit };
		alarm 60;
		my $l = IO::Socket::UNIX->new(Local => "$ARGV[0].new", Listen => 1) or die;
		rename "$ARGV[0].new", $ARGV[0];
		our $c = $l->accept or die;
		$SIG{PIPE} = "IGNORE";
		$c->autoflush(1);
		our $line = <$c>;
		eval $ARGV[1];
		die $@ if $@;
		1 while $c->opened && <$c>;' "$tap_folder/socket" "$1" &
	server=$!
	for ((i = 0; i < 600; i++)); do
		[ ! -S "$tap_folder/socket" ] || break
		sleep 0.05
	done
	tool ctl "${@:3}" --control "$tap_folder/socket"
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	unlike "$out$err" $'[\001-\010\013-\037\177]' "$2: no control character"
}

no_control='what answers is no control channel of zpci'
tool ctl list
is "$status" 125 "no guest: status"
like "$err" "^zpci: no guest of yours runs .*; .zpci run' starts one, and --control SOCKET" "no guest"
tool ctl guests
is "$status $out$err" "0 " "no guests"
tool ctl guests --json
is "$(tr -d ' \n' <<<"$out")" '{"guests":[]}' "no guests as JSON"

# What is in the folder, and is no guest's.
mkdir -m 700 "$tap_folder/zpci"
touch "$tap_folder/zpci/12.sock" "$tap_folder/zpci/x-.sock" "$tap_folder/zpci/.sock"
mkdir "$tap_folder/zpci/13.sock"
mkfifo "$tap_folder/zpci/14.sock"
ln -s /dev/zero "$tap_folder/zpci/15.sock"
touch "$tap_folder/zpci/$(printf 'a\033[31m-16.sock')" "$tap_folder/zpci/$(printf '%0200d' 7).sock"
tool ctl guests
is "$status $out$err" "0 " "files that are no sockets are no guests"

answering 'print $c "hello\n"' "another protocol" list
is "$status" 125 "another protocol: status"
like "$err" "$no_control" "another protocol: message"
answering 'print $c "okay\n"' "nearly an answer" list
is "$status" 125 "nearly an answer: status"
answering 'close $c' "the other end is closed" list
like "$err" "was closed; did the guest end" "the other end is closed: message"
answering 'print $c "ok"; close $c' "an answer without an end" list
like "$err" "was closed" "an answer without an end: message"
answering 'print $c "x" x 1e6' "an answer that is too long" list
is "$status" 125 "an answer that is too long: status"
like "$err" "an answer without an end" "an answer that is too long: message"
answering 'print $c "ok \033[31m\n"' "control characters" show 1
like "$err" "$no_control" "control characters: message"
answering 'print $c "error: \033[31m\n"' "control characters of an error" remove 1
is "$status" 125 "control characters of an error: status"
answering 'print $c "error: not today, 100% %s %n\n"' "an error" remove 1
is "$status $err" "1 zpci: not today, 100% %s %n" "an error is passed on as it is"
answering 'print $c "ok 0x1\n"; <$c>; print $c "ok fid=0x1 speed=fast state=a b=c\n"' \
	"other fields" list
is "$status $(tail -n 1 <<<"$out")" "0 0x1  -    -      -      -   -       a b=c" "fields of another version"
answering 'print $c "ok 0x1\n"; <$c>; print $c "error: gone\n"' "a function goes" list --json
is "$status $(tr -d ' \n' <<<"$out")" '0 {"functions":[]}' "a function goes while the list is read"
answering 'print $c "ok 0x1 = =x y= fid\n"; <$c>' "odd words" add probe
is "$status" 0 "odd words: status"
answering 'chomp $line; print $c "ok fid=$line\n"' "what is sent" show 0x0001
is "$out" "fid     show
0x0001" "what is sent"

"$zpci" ctl guests --json >/dev/full 2>"$tap_folder/err"
is "$? $(cat "$tap_folder/err")" "125 zpci: cannot write the answer: No space left on device" "a full device"

# Which guests get a control channel.
fake_qemu </dev/null
s390x_kernel "$tap_folder/kernel"
dry() {
	TMPDIR=$tap_folder ZPCI_PLUGIN=/dev/null tool run --dry-run --qemu "$tap_folder/qemu" \
		--kernel "$tap_folder/kernel" --initrd /dev/null --exec true "$@"
}
dry --name mine
like "$out" "-plugin /dev/null,control=$tap_folder/zpci/mine-[0-9]+\.sock " "a control channel by itself"
dry -- -plugin other.so
unlike "$out" "control=" "QEMU loads another plugin: no control channel"
dry -- --plugin other.so
unlike "$out" "control=" "QEMU loads another plugin by two dashes: no control channel"

tool run --name 1st --exec true
is "$status" 125 "a name that begins with a digit: status"
like "$err" "allowed is 1 to 31 letters, digits" "a name that begins with a digit: message"
for name in '' a/b .. 'a b' "$(printf '%040d' 0 | tr 0 a)"; do
	tool run --name "$name" --exec true
	is "$status" 125 "no name for a socket: '$name'"
done
done_testing
