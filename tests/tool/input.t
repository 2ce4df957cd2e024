#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Standard input on its way to the guest. This QEMU does with it what a guest would;
# tests/guest/share.t has guests.

. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/qemu.sh"

# It asks for input, and prints it as the command's output. The file `got' says that it has the
# first line. With a file `little' it ends then; with a file `none' it ends before it asks.
fake_qemu <<'EOF'
exec 3>"$output" 4<&"$input"
begin_output >&3
if [ -e "$folder/none" ]; then
	end_output 0 >&3
	exit
fi
echo >&"$input"
IFS= read -r line <&4
echo "$line" >&3
: >"$folder/got"
[ -e "$folder/little" ] || (exec cat <&4) >&3
end_output 0 >&3
EOF
s390x_kernel "$tap_folder/kernel"

# run [WORD...]: with the standard input of the caller, by the program WORD... if there is one.
run() {
	limited "$@" "$zpci" run --qemu "$tap_folder/qemu" --kernel "$tap_folder/kernel" --initrd /dev/null \
		--exec true --timeout 60 >"$tap_folder/out" 2>"$tap_folder/err"
	status=$?
}

{
	echo line
	perl -e 'print map { chr } 0 .. 255 for 1 .. 1000'
} >"$tap_folder/bytes"
run <"$tap_folder/bytes"
is "$status" 0 "all bytes: status"
cmp "$tap_folder/bytes" "$tap_folder/out"
ok $? "all bytes, and the end"

# Whoever started us may have set this for the pipe that we share.
mkfifo "$tap_folder/fifo"
rm "$tap_folder/got"
{
	echo one
	until [ -e "$tap_folder/got" ]; do sleep 0.05; done
	echo two
} >"$tap_folder/fifo" &
run perl -MFcntl -e 'fcntl(STDIN, F_SETFL, O_RDONLY | O_NONBLOCK) or die; exec @ARGV' <"$tap_folder/fifo"
is "$status $(cat "$tap_folder/err")" "0 " "a pipe that does not wait: status"
is "$(cat "$tap_folder/out")" $'one\ntwo' "a pipe that does not wait: all of it"
: >"$tap_folder/got"
wait

# What ends the guest ends the tool, whatever the input does.
: >"$tap_folder/little"
run < <(exec yes)
is "$status $(cat "$tap_folder/out")" "0 y" "endless input: the tool ends with the command"
exec {writer}<>"$tap_folder/fifo"
echo one >&"$writer"
run <"$tap_folder/fifo"
is "$status $(cat "$tap_folder/out")" "0 one" "no more input comes: the tool ends with the command"
exec {writer}>&-
rm "$tap_folder/little"

: >"$tap_folder/none"
{
	run
	cat >"$tap_folder/left"
} <"$tap_folder/bytes"
cmp "$tap_folder/bytes" "$tap_folder/left"
ok $? "a guest that asks for no input: none is taken"
rm "$tap_folder/none"

run </proc/self/mem
is "$status" 125 "input that cannot be read: status"
is "$(cat "$tap_folder/err")" "zpci: cannot read standard input: Input/output error" \
	"input that cannot be read: message"
done_testing
