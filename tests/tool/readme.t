#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The commands of README can be typed as they stand, in the source tree: their words are there, the
# parser of the tool takes their options, the functions that they describe are accepted, and files
# that they name exist. Nothing is booted or built.

. "$(dirname "$0")/tap.sh"
srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
zpci=$(command -v "$zpci") || skip_all "no zpci"
zpci=$(realpath "$zpci")

# commands FILE: its indented lines that are commands; a line that ends with \ goes on.
commands() {
	sed -n 's/^    \([^ ]\)/\1/p' "$1" | sed ':more; /\\$/{N; s/\\\n *//; b more}' |
		grep -E '^(zpci|bin/zpci|\./zpci-lab|\./|\.\./|autoreconf|export|make|cd) ' |
		sed 's/  *#.*//; s/ && /\n/g'
}

# Checks the command in the array `words`; prints what is wrong.
check_zpci() {
	local name=${words[1]} from=2 i describe=()
	if [ "$name" = host ]; then
		name="host ${words[2]-}" from=3
	fi
	# shellcheck disable=SC2086 # one word, or two
	"$zpci" $name --help "${words[@]:from}" 2>&1 >/dev/null || echo "$name: status $?"
	for ((i = from; i < ${#words[@]}; i++)); do
		case ${words[i]} in
		--function | --config) describe+=("${words[i]}" "${words[i + 1]-}") ;;
		--kernel | --initrd)
			[ -e "${words[i + 1]-}" ] || echo "there is no ${words[i + 1]-}"
			;;
		--) break ;;
		esac
	done
	[ ${#describe[@]} -eq 0 ] || "$zpci" describe "${describe[@]}" 2>&1 >/dev/null
}

check_lab() {
	"$srcdir/zpci-lab" help | grep -q "^  ${words[1]} " || echo "zpci-lab has no ${words[1]}"
}

check_line() {
	local words
	eval "words=($1)" # the tree's own text
	case ${words[0]} in
	zpci | bin/zpci) check_zpci ;;
	./zpci-lab) check_lab ;;
	autoreconf | ../configure | mkdir | make | cd | export) ;;
	*) echo "this test does not know ${words[0]}" ;;
	esac
}

cd "$srcdir" || exit 1
commands README.md >"$tap_folder/commands"
for command in ./zpci-lab bin/zpci zpci; do
	grep -q "^$command " "$tap_folder/commands"
	ok $? "README has commands of $command"
done
while read -r line; do
	check_line "$line" >"$tap_folder/wrong"
	empty "$tap_folder/wrong" "$line"
done <"$tap_folder/commands"

# The first words of what stands between backquotes: zpci run, zpci host list.
for command in $(grep -oE '`zpci( host| kernel)? [a-z]+' README.md | sed 's/`zpci //; s/ /+/' | sort -u); do
	[[ $command != host && $command != kernel ]] || continue
	"$zpci" help ${command/+/ } >"$tap_folder/out" 2>"$tap_folder/wrong"
	empty "$tap_folder/wrong" "zpci ${command/+/ } is a command"
done
for command in $(grep -oE '`\./zpci-lab [a-z]+' README.md | sed 's/.* //' | sort -u); do
	words=(./zpci-lab "$command")
	check_lab >"$tap_folder/wrong"
	empty "$tap_folder/wrong" "./zpci-lab $command is a command"
done

# Each finds what is wrong in a line.
while read -r line; do
	[ -n "$(check_line "$line")" ]
	ok $? "not as it stands: $line"
done <<'LINES'
zpci run --no-such-option
zpci run --smp 0
zpci rum --smp 1
zpci run --config examples/nowhere.conf
zpci inspect --function probe,vf=3,profile=none
zpci matrix --kernel bzImage
./zpci-lab demos
frobnicate
LINES
done_testing
