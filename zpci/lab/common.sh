# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What all parts of the lab share: messages, progress, stamps, the build folders.

say() {
	printf 'zpci-lab: %s\n' "$*"
}

die() {
	printf 'zpci-lab: %s\n' "$*" >&2
	exit 1
}

# step TITLE COMMAND...: run a command with its output in a log file, and show that it is
# alive. On a terminal the last line of the log is shown in place; elsewhere a line every
# half a minute. The log's name is in $step_log afterwards.
step_log=
step() {
	local title=$1 status=0 pid
	shift
	mkdir -p "$ZPCI_CACHE/log"
	step_log=$ZPCI_CACHE/log/$(tr -cs 'a-zA-Z0-9\n' - <<<"$title").log
	say "$title ..."
	local began=$SECONDS
	# A process group of its own, so that an interrupt ends all of it.
	set -m
	"$@" >"$step_log" 2>&1 </dev/null &
	pid=$!
	set +m
	step_watch "$pid" "$step_log" &
	local watcher=$!
	trap 'kill -TERM -- "-$pid" "$watcher" 2>/dev/null; exit 130' INT TERM HUP
	wait "$pid" || status=$?
	trap - INT TERM HUP
	kill "$watcher" 2>/dev/null || true
	wait "$watcher" 2>/dev/null || true
	[ ! -t 1 ] || printf '\r\033[K'
	if [ "$status" -ne 0 ]; then
		say "$title: failed after $((SECONDS - began)) s; the end of $step_log:"
		tail -n 25 "$step_log" | sed 's/^/    /'
	else
		say "$title: done in $((SECONDS - began)) s"
	fi
	return "$status"
}

# Progress only: nothing waits for this loop. It pauses by a read that never gets anything,
# since a `sleep` would outlive it and hold on to our standard output.
step_watch() {
	local pid=$1 log=$2 last began=$SECONDS pause=30 never
	exec {never}<> <(:)
	[ ! -t 1 ] || pause=1
	while kill -0 "$pid" 2>/dev/null; do
		read -r -t "$pause" -u "$never" || true
		last=$(tail -c 300 "$log" 2>/dev/null | tr '\r' '\n' | tail -n 1 | tr -dc '[:print:]' || true)
		if [ -t 1 ]; then
			printf '\r\033[K  %4d s  %s' $((SECONDS - began)) "${last:0:66}"
		else
			printf '  %4d s  %s\n' $((SECONDS - began)) "${last:0:100}"
		fi
	done
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

processors() {
	nproc 2>/dev/null || echo 1
}
