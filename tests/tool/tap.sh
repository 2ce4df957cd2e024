# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests in TAP (tests/tap.sh) that run the tool, or guests by it.
#
# $ZPCI is the tool, `zpci` from PATH if not set. ./run sets PATH and ZPCI_PLUGIN.

. "$(dirname "${BASH_SOURCE[0]}")/../tap.sh"

zpci=${ZPCI:-zpci}

# In a cross build an emulator runs the tool.
if [ -n "${EMULATOR:-}" ]; then
	mkdir "$tap_folder/bin"
	printf '#!/bin/sh\nexec %s %s "$@"\n' "$EMULATOR" "$(realpath "$zpci")" >"$tap_folder/bin/zpci"
	chmod +x "$tap_folder/bin/zpci"
	zpci=$tap_folder/bin/zpci
elif [ "${CROSS_COMPILING:-no}" = yes ]; then
	skip_all "a build for another machine, and no emulator"
fi

# limited COMMAND...: runs a program, and ends it if it does not end itself.
tap_limit=600 # seconds
limited() {
	local began=$SECONDS status=0
	timeout --foreground -k 10 "$tap_limit" "$@" || status=$?
	[ $((SECONDS - began)) -lt "$tap_limit" ] ||
		echo "this test waited $tap_limit seconds for the end of: $*" >&2
	return "$status"
}

# tool ARGUMENT...: runs zpci; leaves $out, $err and $status.
tool() {
	status=0
	limited "$zpci" "$@" >"$tap_folder/out" 2>"$tap_folder/err" </dev/null || status=$?
	# shellcheck disable=SC2034 # for the tests
	out=$(tr -d '\0' <"$tap_folder/out")
	# shellcheck disable=SC2034
	err=$(cat "$tap_folder/err")
}

# s390x_object FILE: the beginning of a shared object for s390x. The tool looks at nothing else.
s390x_object() {
	{
		printf '\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\3\0\26\0\0\0\1'
		head -c 64 /dev/zero
	} >"$1"
}

# s390x_kernel FILE [TEXT]: what the tool takes for a kernel, with a text at its beginning.
s390x_kernel() {
	{
		printf '%s' "${2-}"
		head -c $((0x10008 - $(printf '%s' "${2-}" | wc -c))) /dev/zero
		printf 'S390EP\0\1'
		head -c 4096 /dev/zero
	} >"$1"
}

tap_cache=${ZPCI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zpci}

requires_guest() {
	[ -r "$tap_cache/guest/default/initrd" ] || skip_all "no guest; \`zpci-lab guest' makes one"
	[ -x "$tap_cache/qemu/qemu-system-s390x" ] || command -v qemu-system-s390x >/dev/null ||
		skip_all "no QEMU; \`zpci-lab qemu' gets one"
	export ZPCI_CONSOLE=$tap_folder/consoles
}

# The consoles of all guests go to a file. This looks for what their kernels complained about.
# Absolute, as a test may change its folder.
tap_log=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../guest/KernelLog.pm")

tap_last() {
	if [ -e "${ZPCI_CONSOLE:-}" ]; then
		is "$(perl "$tap_log" "$ZPCI_CONSOLE")" "" "no kernel complained"
	fi
}
