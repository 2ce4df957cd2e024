#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci run: what of this machine a guest gets. Standard input.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest

# run ARGUMENT...: as tool(), with the standard input of the caller.
run() {
	"$zpci" run --timeout 600 "$@" >"$tap_folder/out" 2>"$tap_folder/err"
	status=$?
	out=$(cat "$tap_folder/out")
	# shellcheck disable=SC2034 # for the tests
	err=$(cat "$tap_folder/err")
}

head -c 67108864 /dev/urandom >"$tap_folder/bytes"
run --exec 'md5sum; read -r line || echo end' <"$tap_folder/bytes"
is "$status" 0 "64 MiB of input: status"
is "$out" "$(md5sum <"$tap_folder/bytes")"$'\nend' "64 MiB of input arrive whole, and their end"

# shellcheck disable=SC2016 # variables of the guest's shell
run --exec 'read -r line; echo "<$line>"; head -n 2 /dev/stdin; exit 3' < <(exec yes ' a\b ')
is "$status" 3 "endless input, of which little is read: status"
is "$out" $'<a\\b>\n a\\b \n a\\b ' "endless input: the command reads its beginning"

mkfifo "$tap_folder/never"
exec {never}<>"$tap_folder/never"
run --exec 'echo not read' <"$tap_folder/never"
is "$status $out" "0 not read" "input that never comes, and is not read"
exec {never}>&-
done_testing
