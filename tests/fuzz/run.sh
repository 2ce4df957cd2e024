#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `make fuzz': runs each target for a while, from its corpus in the tree. Prints TAP. New inputs and
# findings go to the build folder's tests/fuzz/work/TARGET, never into the tree.
#
#	FUZZ_SECONDS  for each target (60); 0: the corpus alone
#	FUZZ_TARGETS  names, separated by blanks (all)
#	FUZZ_JOBS     targets at the same time (1)
#	FUZZ_MERGE    folder for the corpora and inputs that reach more; nothing is fuzzed then
#	FUZZ_COVERAGE not empty: only prints which lines the inputs reach
#
# Run in the build folder, with $srcdir and the names of all targets as arguments.
set -u

seconds=${FUZZ_SECONDS:-60}
corpora=$srcdir/tests/fuzz/corpus
work=tests/fuzz/work

# What the corpora hold is short; ASan's and UBSan's findings end the run, as an oracle's do.
options=(-max_len=2048 -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1)
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

# folders NAME: where its inputs come from, besides what earlier runs left in the work folder.
folders() {
	echo "$corpora/$1"
	[ "$1" != config ] || echo "$srcdir/tests/config"
}

# run_target NAME
run_target() {
	local name=$1 dictionary=$srcdir/tests/fuzz/$1.dict limit=(-max_total_time="$seconds")
	local found=$work/$1/found log=$work/$1.log inputs
	mkdir -p "$found" "$work/$1/new"
	mapfile -t inputs < <(folders "$1")
	[ "$seconds" -gt 0 ] || limit=(-runs=0)
	[ ! -f "$dictionary" ] || limit+=(-dict="$dictionary")
	"tests/fuzz/$name" "${options[@]}" "${limit[@]}" -artifact_prefix="$found/" \
		"$work/$name/new" "${inputs[@]}" >"$log" 2>&1
}

# figure NAME KEY: from libFuzzer's statistics.
figure() {
	sed -n "s/^stat::$2: *//p" "$work/$1.log"
}

# The last line of progress says: #N EVENT cov: EDGES ft: FEATURES corp: ...
coverage() {
	sed -n 's/^#.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 edges, \2 features/p' "$work/$1.log" |
		tail -n 1
}

# report NUMBER NAME STATUS
report() {
	local findings
	findings=$(find "$work/$2/found" -type f | wc -l)
	[ "$3" -eq 0 ] && [ "$findings" -eq 0 ] || printf 'not '
	printf 'ok %d - %s: %s executions, %s/s, %s, %d findings\n' "$1" "$2" \
		"$(figure "$2" number_of_executed_units)" "$(figure "$2" average_exec_per_sec)" \
		"$(coverage "$2")" "$findings"
	[ "$3" -ne 0 ] || [ "$findings" -ne 0 ] || return 0
	find "$work/$2/found" -type f | sed 's/^/# input: /'
	grep -E 'not true|ERROR|SUMMARY|runtime error' "$work/$2.log" | head -n 5 | sed 's/^/# /'
	return 1
}

# merge_target NAME: the corpus of the tree, and of the others the fewest that reach edges which it
# does not. By edges and not by how often: thousands of files would differ in the latter.
merge_target() {
	local folder=$FUZZ_MERGE/$1 inputs file name
	mkdir -p "$folder" "$work/$1/new"
	cp "$corpora/$1"/* "$folder"
	mapfile -t inputs < <(folders "$1")
	"tests/fuzz/$1" -merge=1 -set_cover_merge=1 -use_counters=0 -max_len=2048 \
		"$folder" "${inputs[@]}" "$work/$1/new" >"$work/$1.merge.log" 2>&1 || return 1
	# libFuzzer's names are SHA-1 sums.
	for file in "$folder"/*; do
		name=${file##*/}
		if [ "${#name}" -eq 40 ]; then
			mv "$file" "$folder/reach-${name:0:12}"
		fi
	done
	echo "$1: $(find "$folder" -type f | wc -l) inputs, $(cat "$folder"/* | wc -c) bytes"
}

# coverage_of NAME: lines of each layer, by llvm-cov; for a build with coverage mapping.
coverage_of() {
	local inputs profile=$work/$1.profile
	mkdir -p "$work/$1/new"
	mapfile -t inputs < <(folders "$1")
	LLVM_PROFILE_FILE=$profile.raw "tests/fuzz/$1" -runs=0 "${inputs[@]}" "$work/$1/new" \
		>"$work/$1.coverage.log" 2>&1 || return 1
	llvm-profdata merge -o "$profile" "$profile.raw" || return 1
	# Columns: file, regions, functions, lines, each with two more behind it.
	llvm-cov report -instr-profile="$profile" "tests/fuzz/$1" | awk -v target="$1" '
		match($1, /(firmware|function|device|config)\/[a-z_]*\.c$/) {
			layer = substr($1, RSTART)
			sub(/\/.*/, "", layer)
			lines[layer] += $8
			missed[layer] += $9
		}
		END {
			for (layer in lines)
				printf "%s: zpci/%s: %d of %d lines, %.1f %%\n", target, layer,
					lines[layer] - missed[layer], lines[layer],
					100 * (1 - missed[layer] / lines[layer])
		}' | sort
}

names=()
for target; do
	name=${target##*/}
	case " ${FUZZ_TARGETS:-$name} " in
	*" $name "*) names+=("$name") ;;
	esac
done
if [ -n "${FUZZ_MERGE:-}${FUZZ_COVERAGE:-}" ]; then
	for name in "${names[@]}"; do
		if [ -n "${FUZZ_MERGE:-}" ]; then
			merge_target "$name" || exit 1
		else
			coverage_of "$name" || exit 1
		fi
	done
	exit
fi

echo "1..${#names[@]}"
failed=0
for ((start = 0; start < ${#names[@]}; start += jobs)); do
	jobs=${FUZZ_JOBS:-1}
	group=("${names[@]:start:jobs}")
	pids=()
	for name in "${group[@]}"; do
		rm -rf "$work/$name/found"
		run_target "$name" &
		pids+=($!)
	done
	for i in "${!group[@]}"; do
		status=0
		wait "${pids[$i]}" || status=$?
		report $((start + i + 1)) "${group[$i]}" "$status" || failed=1
	done
done
exit "$failed"
