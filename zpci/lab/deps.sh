# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Build dependencies: zpci/lab/packages, through the system's own apt. An installed lab builds
# kernels alone.

deps_lists=(packages)
! is_installed || deps_lists=(packages.kernel)

deps_wanted() {
	(cd "$ZPCI_FILES/lab" && grep -hv -e '^#' -e '^$' "${deps_lists[@]}")
}

# Is the package, or one that provides it, installed? (pkg-config is provided by pkgconf.)
deps_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Prints the lines of which no alternative is installed.
deps_missing() {
	local line name found
	while read -r line; do
		found=
		for name in ${line//|/ }; do
			! deps_installed "$name" || found=1
		done
		[ -n "$found" ] || echo "$line"
	done < <(deps_wanted)
}

# Prints the first alternative that apt can install. If there is none, the first one: apt's error
# message then names it.
deps_choose() {
	local name
	for name in ${1//|/ }; do
		if apt-cache policy "$name" 2>/dev/null | grep 'Candidate: [^(]' >/dev/null; then
			echo "$name"
			return
		fi
	done
	echo "${1%%|*}"
}

# as_root COMMAND...
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# One name for each missing line, on one line.
deps_names() {
	local line names=()
	while read -r line; do
		names+=("$(deps_choose "$line")")
	done < <(deps_missing)
	echo "${names[*]}"
}

deps_install_once() {
	local names
	read -r -a names < <(deps_names)
	[ "${#names[@]}" -gt 0 ] || return 0
	as_root env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends \
		-o Acquire::Retries=2 -o DPkg::Lock::Timeout=300 install "${names[@]}"
}

# For minutes, a mirror that is being updated serves files that do not match: then try again. A file
# that new lists name and the mirror does not have will not come.
deps_install() {
	local try fresh log=$ZPCI_CACHE/log/deps
	for try in 1 2 3; do
		fresh=1
		as_root env LC_ALL=C apt-get -o Acquire::Retries=2 update || {
			fresh=
			echo "the package lists are not complete; trying with those that are there"
		}
		deps_install_once 2>&1 | tee "$log" && return 0
		[ -z "$(apt_offline "$log")" ] || return 1
		if [ -n "$fresh" ] && grep -q '^E: Failed to fetch .* 404 ' "$log"; then
			echo "the mirror does not have what its lists name"
			return 1
		fi
		[ "$try" -eq 3 ] || apt_wait $((try * 10))
	done
	return 1
}

# Why nothing can be installed, if the reason is the network.
deps_reason() {
	local reason
	reason=$(apt_offline "$ZPCI_CACHE/log/deps")
	[ -z "$reason" ] || echo ": $reason"
}

lab_deps() {
	local missing
	if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
		die "this is not Debian, please install by your own means: $(deps_wanted | tr '\n' ' ')"
	fi
	missing=$(deps_missing)
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		die "these packages are missing, and there is no sudo: as root run" \
			"\`apt-get install $(deps_names)'"
	fi
	# Ask for the password now: the output of a step goes to a log.
	[ "$(id -u)" -eq 0 ] || sudo -v ||
		die "these packages are missing, and sudo refused: as root run" \
			"\`apt-get install $(deps_names)'"
	step "installing build dependencies" deps_install ||
		die "packages could not be installed: $(deps_names)$(deps_reason)"
	missing=$(deps_missing)
	[ -z "$missing" ] || die "still missing after apt-get: $missing"
}
