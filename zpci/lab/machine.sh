# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What `zpci-lab kvm' and `zpci-lab host' have in common. Each boots a machine that is made once,
# copies files into it, and runs a command there.

# shellcheck disable=SC2034,SC2154 # zpci-lab's command, and variables of machine_options' callers

# --- how it is made ------------------------------------------------------------------------------

machine_locked=

# Two at once would make the same files, or exchange them while they are read.
machine_lock() {
	mkdir -p "$ZPCI_CACHE"
	exec {machine_locked}>"$ZPCI_CACHE/lock"
	flock -n "$machine_locked" || {
		say "waiting for another zpci-lab, which makes what it boots"
		flock "$machine_locked"
	}
}

machine_unlock() {
	exec {machine_locked}>&-
}

machine_sum() {
	cat "$@" | sha256sum
}

# machine_once FILE INPUTS TITLE COMMAND...: make the file, unless it was made from these inputs.
# COMMAND gets a path to write to.
machine_once() {
	local to=$1 inputs=$2 title=$3
	shift 3
	! stamp_is "$to.inputs" "$inputs" || [ ! -e "$to" ] || return 0
	mkdir -p "${to%/*}"
	rm -f "$to.inputs"
	step "$title" "$@" "$to.new" || die "$title failed"
	mv "$to.new" "$to"
	stamp_write "$to.inputs" "$inputs"
}

# machine_build NAME ROOT COMMAND: build this tree for s390x, with the libraries below ROOT. COMMAND
# packs it into NAME.cpio in the build folders, which is as old as the beginning of its build.
machine_build() {
	local archive
	archive=$(build_folder "$1").cpio
	mkdir -p "${archive%/*}"
	touch "$archive.began"
	step "building for s390x: $1" build_s390x "$1" "$2" || die "the build for s390x failed"
	step "packing the build for s390x: $1" "$3" "$archive.new" ||
		die "the build for s390x could not be packed"
	touch -r "$archive.began" "$archive.new"
	mv "$archive.new" "$archive"
	rm -f "$archive.began"
}

# machine_file FROM[:TO] TREE
machine_file() {
	local from=${1%%:*} to=
	[ "$from" = "$1" ] || to=${1#*:}
	[ -n "$to" ] || to=/root/$(basename "$from")
	mkdir -p "$2$(dirname "$to")" && cp -rL "$from" "$2$to"
}

# --- the command line ----------------------------------------------------------------------------

machine_bad() {
	printf 'zpci-lab: %s: %s\n' "$command" "$*" >&2
	exit 2
}

# machine_number OPTION VALUE LOW HIGH
machine_number() {
	[[ $2 =~ ^[1-9][0-9]{0,8}$ && $2 -ge $3 && $2 -le $4 ]] ||
		machine_bad "$1 takes a number from $3 to $4, but got \`$2'"
}

# machine_file_check FROM[:TO]
machine_file_check() {
	[ -r "${1%%:*}" ] || machine_bad "--file: there is no readable \`${1%%:*}'"
	[[ $1 != *:* || ${1#*:} =~ ^/.*[^/]$ && /${1#*:}/ != */../* ]] ||
		machine_bad "--file: \`${1#*:}' is no absolute path in the host"
}

# machine_options OWN LOW ARGUMENT...: read a command line. --OWN is an option of one command alone,
# and LOW is the least memory. The caller has variables for what is read: one for each option with a
# value, of the option's name, and the lists verbose, files, and rest, the command to run.
machine_options() {
	local own=$1 low=$2 file
	shift 2
	while [ $# -gt 0 ]; do
		case $1 in
		--)
			shift
			break
			;;
		--help)
			"${command}_usage"
			exit 0
			;;
		--verbose)
			verbose=(--verbose)
			shift
			continue
			;;
		"--$own" | --file | --timeout | --memory | --cpus)
			[ $# -gt 1 ] || machine_bad "$1 needs a value"
			;;
		-*) machine_bad "no option \`$1'; \`zpci-lab $command --help' lists them" ;;
		*) break ;;
		esac
		case $1 in
		--file) files+=("$2") ;;
		*) printf -v "${1#--}" %s "$2" ;;
		esac
		shift 2
	done
	machine_number --timeout "$timeout" 1 86400
	machine_number --memory "$memory" "$low" 16384
	machine_number --cpus "$cpus" 1 4
	for file in "${files[@]}"; do
		machine_file_check "$file"
	done
	rest=("$@")
}
