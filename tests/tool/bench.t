#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The statistics of `zpci-lab bench`, on samples whose medians and intervals are known.

. "$(dirname "$0")/tap.sh"

table=${srcdir:-$(dirname "$0")/../..}/zpci/lab/bench-table
[ -r "$table" ] || table=$(dirname "$0")/../../zpci/lab/bench-table
command -v perl >/dev/null || skip_all "no perl"

# rounds N: samples whose ratios are 1 to N hundredths above 1, not in ascending order.
rounds() {
	local i
	for ((i = 1; i <= $1; i++)); do
		echo "sample bar-load $i $((100 + (i * 5) % ($1 + 1))).000 100.000"
	done
}

row() {
	perl "$table" "$@" | grep '^PCILG, BAR '
}

# 5 and 22 have no common divisor: each of 101 to 121 is there once.
rounds 21 >"$tap_folder/21"
is "$(row "$tap_folder/21")" \
	"PCILG, BAR                            111.0     100.0   1.110  1.060 to 1.160         -               -" \
	"21 rounds: the 11th, the 6th and the 16th"
rounds 31 >"$tap_folder/31"
is "$(row "$tap_folder/31" | tr -s ' ')" \
	"PCILG, BAR 116.0 100.0 1.160 1.100 to 1.220 - -" "31 rounds: the 16th, the 10th and the 22nd"
rounds 6 >"$tap_folder/6"
is "$(row "$tap_folder/6" | tr -s ' ')" \
	"PCILG, BAR 103.5 100.0 1.035 1.010 to 1.060 - -" "6 rounds: between the two, first and last"
rounds 5 >"$tap_folder/5"
like "$(row "$tap_folder/5")" 'too few rounds' "5 rounds have no interval"

# In one round of three, ours and QEMU's are slower by the same factor. The ratio stays the same.
cat >"$tap_folder/pairs" <<-'END'
	# what a program prints besides
	sample bar-load 1 200.000 100.000
	sample bar-load 2 2000.000 1000.000
	sample bar-load 3 210.000 105.000
	sample unknown-handle 1 150.000 90.000
END
like "$(row "$tap_folder/pairs" | tr -s ' ')" '^PCILG, BAR 210\.0 105\.0 2\.000 ' \
	"a ratio is made within each round"
like "$(perl "$table" "$tap_folder/pairs" | tr -s ' ')" '^ PCILG, BAR 60\.0$' \
	"the cost of an unknown handle is subtracted"

printf 'sample bar-load %s - %s.000\n' 1 60 2 64 3 61 >"$tap_folder/alone"
like "$(row "$tap_folder/21" "$tap_folder/alone")" ' 61\.0 +-$' "samples of QEMU's alone"

{ cat "$tap_folder/6" && sed 's/^sample/control/' "$tap_folder/21"; } >"$tap_folder/control"
like "$(row "$tap_folder/control" | tr -s ' ')" ' 1\.010 to 1\.060 - 1\.060 to 1\.160$' \
	"samples of two functions of QEMU's"

echo "sample bar-load 1 ? 3" >"$tap_folder/none"
out=$(perl "$table" "$tap_folder/none" 2>&1)
like "$out" 'none: no samples$' "no samples"
done_testing
