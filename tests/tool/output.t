#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A command's output on its way out, if nobody reads it, or not at once. This QEMU writes what a
# guest would.

. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/qemu.sh"

# What the guest's command does is the file `command', with fd 3 as its output and fd 4 as its
# standard error. The file `ended' says that all of it is on its way.
fake_qemu <<'EOF'
exec 3>"$output" 4>"$error"
begin_output >&3
. "$folder/command"
end_output 0 >&3
: >"$folder/ended"
EOF
s390x_kernel "$tap_folder/kernel"

# run [WORD...]: by the program WORD... if there is one.
run() {
	"$@" "$zpci" run --qemu "$tap_folder/qemu" --kernel "$tap_folder/kernel" --initrd /dev/null \
		--exec true --timeout "${limit:-0}" </dev/null
}

# until_full: the FIFO takes no more.
until_full() {
	timeout 60 perl -MIO::Poll=POLLOUT -e '
		my $poll = IO::Poll->new;
		$poll->mask(STDOUT, POLLOUT);
		select undef, undef, undef, 0.02 while $poll->poll(0);' >&5
}

mkfifo "$tap_folder/fifo"
exec 5<>"$tap_folder/fifo"
empty_fifo() {
	dd if="$tap_folder/fifo" iflag=nonblock of=/dev/null 2>/dev/null
}

echo "exec yes >&3" >"$tap_folder/command"
limit=1 run timeout -s KILL 60 >&5 2>"$tap_folder/err"
is $? 124 "nobody reads: --timeout"
like "$(cat "$tap_folder/err")" "did not end in 1 seconds" "nobody reads: the message"
empty_fifo

# A shell's background job ignores SIGINT; env undoes that.
for port in 3 4; do
	echo "exec yes >&$port" >"$tap_folder/command"
	for signal in INT TERM; do
		run exec env --default-signal=INT >&5 2>&1 &
		pid=$!
		until_full || diag "the FIFO has room"
		kill -"$signal" "$pid"
		timeout 60 tail --pid="$pid" -s 0.05 -f /dev/null || kill -KILL "$pid"
		wait "$pid" 2>/dev/null
		is $? $((128 + $(kill -l "$signal"))) "nobody reads descriptor $port of the command: SIG$signal"
		empty_fifo
	done
done

# More than the FIFO takes, and QEMU ends before it is read.
echo 'seq 22000 | head -c 100000 >&3' >"$tap_folder/command"
run >&5 2>"$tap_folder/err" &
pid=$!
tries=0
until [ -e "$tap_folder/ended" ] || [ $((tries += 1)) -gt 1200 ]; do sleep 0.05; done
head -c 100000 <&5 >"$tap_folder/out"
wait "$pid"
is "$? $(cat "$tap_folder/err")" "0 " "read after the end of QEMU: status"
cmp "$tap_folder/out" <(seq 22000 | head -c 100000)
ok $? "read after the end of QEMU: all of it"

# Both into one file, in the order in which they were written: each is written when the one before
# it is in the file.
cat >"$tap_folder/command" <<'EOS'
arrived() {
	for _ in $(seq 1200); do
		! grep -qx "$1" "$folder/out" || return 0
		sleep 0.05
	done
	exit 1
}
for i in $(seq 20); do
	echo "output $i" >&3
	arrived "output $i"
	echo "error $i" >&4
	arrived "error $i"
done
EOS
run >"$tap_folder/out" 2>&1
is $? 0 "output and standard error in one file: status"
is "$(cat "$tap_folder/out")" "$(for i in $(seq 20); do echo "output $i"; echo "error $i"; done)" \
	"output and standard error in one file: the order"

# Whoever started us may have set this for the pipe that we share.
rm "$tap_folder/ended"
echo 'seq 100000 >&3' >"$tap_folder/command"
run perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die; exec @ARGV' \
	2>"$tap_folder/err" | cat >"$tap_folder/out"
is "${PIPESTATUS[0]} $(cat "$tap_folder/err")" "0 " "a pipe that does not wait: status"
cmp "$tap_folder/out" <(seq 100000)
ok $? "a pipe that does not wait: all of it"

run >/dev/full 2>"$tap_folder/err"
is $? 125 "a full device: status"
is "$(cat "$tap_folder/err")" "zpci: cannot write the command's output: No space left on device" \
	"a full device: message"
done_testing
