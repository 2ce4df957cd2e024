# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests in TAP: sourced, not run. A test ends with `done_testing`; a test file that
# ends without it has no plan and fails.
#
# $ZPCI is the tool, `zpci` from PATH if not set. ./run sets PATH and ZPCI_PLUGIN.

set -u

zpci=${ZPCI:-zpci}
tap_count=0
tap_failed=0
tap_folder=$(mktemp -d)
trap 'rm -rf "$tap_folder"' EXIT

# ok CONDITION-STATUS NAME: `[ ... ]; ok $? "name"`
ok() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
	return "$1"
}

# is GOT EXPECTED NAME
is() {
	[ "$1" = "$2" ]
	ok $? "$3" || {
		printf '# got      %s\n' "$1"
		printf '# expected %s\n' "$2"
	}
}

# like TEXT PATTERN NAME: extended regular expression, matched against each line
like() {
	grep -qE -- "$2" <<<"$1"
	ok $? "$3" || {
		printf '# nothing matches %s in:\n' "$2"
		sed 's/^/# /' <<<"$1"
	}
}

unlike() {
	! grep -qE -- "$2" <<<"$1"
	ok $? "$3" || sed 's/^/# /' <<<"$1"
}

done_testing() {
	if [ -e "${ZPCI_CONSOLE:-}" ]; then
		is "$(perl "$tap_log" "$ZPCI_CONSOLE")" "" "no kernel complained"
	fi
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# tool ARGUMENT...: runs zpci; leaves $out, $err and $status.
tool() {
	"$zpci" "$@" >"$tap_folder/out" 2>"$tap_folder/err" </dev/null
	status=$?
	# shellcheck disable=SC2034 # for the tests
	out=$(tr -d '\0' <"$tap_folder/out")
	# shellcheck disable=SC2034
	err=$(cat "$tap_folder/err")
}

tap_cache=${ZPCI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zpci}

# The consoles of all guests go to a file; done_testing looks for what their kernels complained
# about.
tap_log=$(dirname "${BASH_SOURCE[0]}")/../guest/KernelLog.pm

requires_guest() {
	[ -r "$tap_cache/guest/default/initrd" ] || skip_all "no guest; \`zpci-lab guest' makes one"
	[ -x "$tap_cache/qemu/qemu-system-s390x" ] || command -v qemu-system-s390x >/dev/null ||
		skip_all "no QEMU; \`zpci-lab qemu' gets one"
	export ZPCI_CONSOLE=$tap_folder/consoles
}
