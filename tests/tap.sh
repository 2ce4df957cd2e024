# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests in TAP: sourced, not run. A test ends with `done_testing`; a test file that
# ends without it has no plan and fails. It may be used with and without `set -e`.

set -u

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
	local status=0
	[ "$1" = "$2" ] || status=1
	ok $status "$3" || {
		printf '# got      %s\n' "$1"
		printf '# expected %s\n' "$2"
	}
}

# like TEXT PATTERN NAME: extended regular expression, matched against each line
like() {
	local status=0
	grep -qE -- "$2" <<<"$1" || status=1
	ok $status "$3" || {
		printf '# nothing matches %s in:\n' "$2"
		sed 's/^/# /' <<<"$1"
	}
}

unlike() {
	local status=0
	! grep -qE -- "$2" <<<"$1" || status=1
	ok $status "$3" || sed 's/^/# /' <<<"$1"
}

# same FILE OTHER NAME: they have the same lines
same() {
	local status=0
	diff -u "$1" "$2" >"$tap_folder/difference" || status=1
	ok $status "$3" || sed 's/^/# /' "$tap_folder/difference"
}

# empty FILE NAME: what is in it is wrong
empty() {
	local status=0
	[ ! -s "$1" ] || status=1
	ok $status "$2" || sed 's/^/# /' "$1"
}

skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# The last test of each file; tests/tool/tap.sh has one.
tap_last() { :; }

done_testing() {
	tap_last
	echo "1..$tap_count"
	[ "$tap_count" -gt 0 ] && [ "$tap_failed" -eq 0 ]
	exit
}
