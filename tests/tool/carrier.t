#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a command writes can come by the guest's console, in records between other text. This QEMU
# writes what a guest would, and what none should.

. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/qemu.sh"

# It writes the lines of the file `says' to the console: a line of printf's, with NONCE for the
# nonce. Between two lines it gives the tool time to read, as a pipe is read as often as written.
fake_qemu <<'EOF'
exec 3>"$console"
while IFS= read -r line; do
	line=${line//NONCE/$nonce}
	[[ $line != encode* ]] || {
		read -r _ port text <<<"$line"
		# shellcheck disable=SC2059 # the text is a format
		line="\033_zpci:$nonce:$port:$(printf "$text" | base64 -w 0)\033\\\\"
	}
	# shellcheck disable=SC2059
	printf "$line" >&3
done <"$folder/says"
EOF
s390x_kernel "$tap_folder/kernel"

# says: standard input is what the guest writes
says() {
	cat >"$tap_folder/says"
	tool run --qemu "$tap_folder/qemu" --kernel "$tap_folder/kernel" --initrd /dev/null --exec true \
		"$@"
}

says <<'EOF'
a message\r\n
encode output \033_zpci:NONCE:start\033\\
\r\nanother message\r\n
encode output out
encode error err
encode output put\000\377
\033[1m\033_\033\033_zpci:NONCE:other:AAAA\033\\
encode output \033_zpci:NONCE:end:3\033\\
EOF
is "$status" 3 "records between text: status"
is "$(od -An -c "$tap_folder/out" | tr -s ' ')" " o u t p u t \\0 377" "records between text: output"
like "$err" "^err$" "records between text: standard error"
is "$(grep -c "no virtio console" <<<"$err")" 1 "records between text: said once"

says --quiet <<'EOF'
encode output \033_zpci:NONCE:start\033\\
encode error err
encode output \033_zpci:NONCE:end:0\033\\
EOF
is "$status $err" "0 err" "--quiet: what the command prints alone"

says --verbose <<'EOF'
encode output \033_zpci:NONCE:start\033\\
\033_zp
ci:NONCE:output:YWJj\033
\\
\033_zpci:NONCE:output:ZG!!\033\\
\033_zpci:NONCE:output:\033\\
\033_zpci:NONCE:output:ZWZ\nZg==\033\\
\033_zpci:0000:output:ZWZm\033\\
visible
encode output \033_zpci:NONCE:end:0\033\\
EOF
is "$status" 0 "broken records: status"
is "$out" abc "a record in pieces, and broken ones: its output alone"
like "$err" "visible" "--verbose: text of the console"
unlike "$err" "YWJj" "--verbose: records are not"
like "$err" "ZG!!" "--verbose: broken records are"

# What the console has before a record need not end, as the colour of a program that writes to it.
says --verbose <<'EOF'
encode output \033_zpci:NONCE:start\033\\
\033[0m
encode output first
\033
encode output second
\033_zpci:NONCE:output:ZG
encode output third
encode output \033_zpci:NONCE:end:0\033\\
EOF
is "$status $out" "0 firstsecondthird" "a record behind an ESC of others"
like "$err" "output:ZG" "a record behind an ESC of others: the text before it is kept"

# Text of the console in one piece with an ESC, and behind the last line.
says --verbose <<'EOF'
before \033[1mand behind\r\nand
encode output \033_zpci:NONCE:start\033\\
encode output \033_zpci:NONCE:end:0\033\\
\r\nlast words
EOF
like "$err" "before .*and behind" "text of the console around an ESC"
like "$err" "last words" "text of the console without an end of line"

{
	echo 'encode output \033_zpci:NONCE:start\033\\'
	printf '\\033_zpci:NONCE:output:'
	head -c 5000 /dev/zero | tr '\0' A
	printf '\\033\\\\\n'
	echo 'encode output \033_zpci:NONCE:end:0\033\\'
} >"$tap_folder/long"
says <"$tap_folder/long"
is "$status" 0 "a record that is too long: status"
is "$out" "" "a record that is too long: it is text"
done_testing
