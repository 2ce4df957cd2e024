# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What all parts of the lab use: messages, progress, stamps, build folders.

say() {
	printf 'zpci-lab: %s\n' "$*"
}

die() {
	printf 'zpci-lab: %s\n' "$*" >&2
	exit 1
}

# The cache folder: ZPCI_CACHE, or where zpci(1) looks otherwise (zpci/tool/boot/paths.c). As others
# are entered before it is used, its path is absolute. It stays empty if no variable says one.
lab_cache() {
	if [ -z "${ZPCI_CACHE:-}" ]; then
		if [ -n "${XDG_CACHE_HOME:-}" ]; then
			ZPCI_CACHE=$XDG_CACHE_HOME/zpci
		elif [ -n "${HOME:-}" ]; then
			ZPCI_CACHE=$HOME/.cache/zpci
		else
			ZPCI_CACHE=
		fi
	fi
	[ -z "$ZPCI_CACHE" ] || [[ $ZPCI_CACHE == /* ]] || ZPCI_CACHE=$PWD/$ZPCI_CACHE
	export ZPCI_CACHE
}

lab_cache_known() {
	[ -n "$ZPCI_CACHE" ] || die "neither HOME nor ZPCI_CACHE is set: say a folder for downloads" \
		"and builds by ZPCI_CACHE=FOLDER"
}

# Makes the cache folder, and writes to it: access(2) tells root nothing, and a disk can be full.
# Other labs may do the same now, so the file is this process's own, and has no name any more when
# it is written.
lab_cache_make() {
	local reason test=$ZPCI_CACHE/.write-$$
	lab_cache_known
	reason=$( (mkdir -p "$ZPCI_CACHE" && exec 3>"$test" && rm "$test" && head -c 65536 /dev/zero >&3) 2>&1) ||
		die "nothing can be written to the cache folder $ZPCI_CACHE" \
			"(${reason##*: }): name another one by ZPCI_CACHE=FOLDER"
}

# lab_disk_is_full LOG: does the log say so, or is it so?
lab_disk_is_full() {
	local left
	! grep -q 'No space left on device' "$1" 2>/dev/null || return 0
	left=$(df -Pk "$ZPCI_CACHE" 2>/dev/null | awk 'NR == 2 { print $4 }')
	[ "${left:-1024}" -lt 1024 ]
}

# log_of TITLE: the log file of what has this title.
log_of() {
	echo "$ZPCI_CACHE/log/$(tr -cs 'a-zA-Z0-9\n' - <<<"$1").log"
}

# step TITLE COMMAND...: run a command with its output in a log file, and show that it is
# alive. On a terminal the last line of the log is shown in place; elsewhere a line every
# half a minute. The log's name is in $step_log afterwards.
step_log=
step() {
	local title=$1 status=0 pid
	shift
	mkdir -p "$ZPCI_CACHE/log"
	step_log=$(log_of "$title")
	say "$title ..."
	local began=$SECONDS
	# A process group of its own, so that an interrupt ends all of it.
	set -m
	"$@" >"$step_log" 2>&1 </dev/null &
	pid=$!
	set +m
	step_watch "$step_log" &
	local watcher=$!
	trap 'step_end "$pid" "$watcher"; exit 130' INT TERM HUP
	wait "$pid" || status=$?
	trap - INT TERM HUP
	kill "$watcher" 2>/dev/null || true
	wait "$watcher" 2>/dev/null || true
	step_clear
	if [ "$status" -ne 0 ]; then
		say "$title: failed after $((SECONDS - began)) s"
		step_failed "$step_log"
	else
		say "$title: done in $((SECONDS - began)) s"
	fi
	return "$status"
}

# An interrupt: nothing of the step runs any more when the lab ends, also no grandchild of it, for
# which `wait` does not wait. Who does not end within five seconds is left.
step_end() {
	local never end=$((SECONDS + 5))
	trap '' INT TERM HUP
	kill -TERM -- "-$1" "$2" 2>/dev/null || true
	wait "$1" "$2" 2>/dev/null || true
	exec {never}<> <(:)
	while kill -0 -- "-$1" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do
		read -r -t 0.02 -u "$never" || true
	done
	step_clear
}

step_failed() {
	say "the end of $1:"
	tail -n 25 "$1" | sed 's/^/    /'
	! lab_disk_is_full "$1" ||
		say "no space is left for $ZPCI_CACHE: make some, or name another folder by" \
			"ZPCI_CACHE=FOLDER"
}

# Shows progress until it is killed. The pause is a read from an empty pipe: a `sleep` would live on
# after the kill, and would keep our standard output open.
step_watch() {
	local pause=30 never
	exec {never}<> <(:)
	[ ! -t 1 ] || pause=1
	while true; do
		read -r -t "$pause" -u "$never" || true
		step_show "$(step_last "$1")"
	done
}

# Sets $step_columns: those of the terminal, which can change meanwhile.
step_columns=80
step_measure() {
	local size
	{ size=$(stty size <&3 2>/dev/null) || size=; } 3<&1
	size=${size#* }
	step_columns=$((${size:-0} < 20 ? 80 : size))
}

# step_show TEXT: a line of progress, on a terminal in place of the one before. So it must not be
# wider than the terminal, and is not wider than is quickly read.
step_show() {
	local width
	if [ -t 1 ]; then
		step_measure
		width=$((step_columns - 11))
		printf '\r\033[K  %4d s  %s' "$SECONDS" "${1:0:width < 66 ? width : 66}"
	else
		printf '  %4d s  %s\n' "$SECONDS" "${1:0:100}"
	fi
}

step_clear() {
	[ ! -t 1 ] || printf '\r\033[K'
}

# The last line of a log.
step_last() {
	tail -c 300 "$1" 2>/dev/null | tr '\r' '\n' | grep . | tail -n 1 | tr -dc '[:print:]' || true
}

# stamp_is FILE TEXT: was FILE made from exactly these inputs?
stamp_is() {
	[ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

stamp_write() {
	printf '%s\n' "$2" >"$1.new"
	mv "$1.new" "$1"
}

# Build folders: outside of the tree, one set per checkout, since two checkouts share the
# cache.
build_folder() {
	local key
	key=$(printf '%s' "$ZPCI_SOURCE" | sha256sum | cut -c 1-12)
	printf '%s/build/%s-%s/%s\n' "$ZPCI_CACHE" "$(basename "$ZPCI_SOURCE")" "$key" "$1"
}

# A file that is as old as the beginning of the last build of the tool, for bin/zpci.
build_stamp() {
	echo "$(build_folder native)/zpci-built"
}

# build_tool COMMAND...: runs the command, which builds the tool, and makes that file.
build_tool() {
	local began status=0
	began=$(build_folder native).began
	mkdir -p "${began%/*}"
	touch "$began"
	"$@" || status=$?
	if [ "$status" -eq 0 ]; then
		mv "$began" "$(build_stamp)"
	else
		rm -f "$began"
	fi
	return "$status"
}

processors() {
	nproc 2>/dev/null || echo 1
}
