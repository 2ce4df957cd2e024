# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# How much of the code the unit tests execute: a build with gcov, and a table per folder. Guest
# tests are not in it, nor what runs in a guest: QEMU ends without writing down what the plugin
# executed.

check_coverage() {
	local folder
	folder=$(build_folder coverage)
	build_all coverage --enable-werror --enable-coverage || return 1
	find "$folder" -name '*.gcda' -delete
	rm -f "$folder/coverage.txt"
	# Programs alone: what looks at sources and symbols executes nothing.
	# shellcheck disable=SC2016 # make's variables
	make -C "$folder" -j "$(processors)" -k check AM_COLOR_TESTS=no \
		TESTS='$(check_PROGRAMS) $(tool_tests)' &&
		"$ZPCI_SOURCE/zpci/lab/coverage-table" "$ZPCI_SOURCE" "$folder" \
			>"$folder/coverage.txt"
}

check_coverage_table() {
	local table
	table=$(build_folder coverage)/coverage.txt
	[ ! -f "$table" ] || sed 's/^/    /' "$table"
}
