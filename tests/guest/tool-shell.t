#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci run without a command: a shell on this terminal.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest
command -v script >/dev/null || skip_all "no script(1), which makes a terminal"

# session COMMANDS: starts a guest on a terminal, types COMMANDS when the shell is there,
# and leaves everything that was printed in $printed and the status in $status.
session() {
	local line
	coproc terminal {
		exec script -qec "'$zpci' run" /dev/null 2>&1
	}
	local pid=$terminal_PID in=${terminal[1]} from=${terminal[0]}
	printed=
	while IFS= read -r -t 60 line <&"$from"; do
		printed+=$line$'\n'
		case $line in
		*"built-in shell"*) printf '%b' "$1" >&"$in" ;;
		esac
	done
	wait "$pid"
	status=$?
}

session 'echo "in $(uname -m) on $(tty)"\rexit\r'
is "$status" 0 "exit: status"
like "$printed" 'Linux version' "kernel messages are on the terminal"
like "$printed" '^in s390x on /dev/ttysclp0' "a command and its output"

session '\001x'
is "$status" 0 "^A x: status"
like "$printed" 'QEMU: Terminated' "^A x ends QEMU"

is "$(grep -c 'Linux version' "$ZPCI_CONSOLE")" 2 "both consoles are in the file \$ZPCI_CONSOLE"
done_testing
