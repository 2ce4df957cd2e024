# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A QEMU that is new enough: the system's own, or one of another Debian release in a folder of
# its own, run through that folder's dynamic loader. The system is not changed. A plugin
# that was built on the host loads into it, and libraries that the folder lacks come from
# the host.
#
# The result is $ZPCI_CACHE/qemu/qemu-system-s390x, where zpci(1) looks for it.

qemu_needed=11.1
qemu_suites=("trixie trixie-backports" testing unstable)
# PCI network cards do not start without ipxe-qemu's boot ROM, and no package depends on it.
qemu_wanted=(qemu-system-s390x ipxe-qemu)
# A QEMU that is too old, to test that zpci(1) says so.
qemu_too_old_suites=(bookworm trixie)

# qemu_version PROGRAM: prints e.g. 11.1.3, or nothing.
qemu_version() {
	"$1" --version 2>/dev/null | sed -n 's/.* version \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

qemu_is_new_enough() {
	local version
	version=$(qemu_version "$1")
	[ -n "$version" ] && dpkg --compare-versions "$version" ge "$qemu_needed"
}

# The lister of apt_try: the packages of a QEMU that is new enough.
qemu_packages() {
	local version
	version=$(apt_version "${qemu_wanted[0]}")
	dpkg --compare-versions "${version:-0}" ge "$qemu_needed" ||
		apt_refuse "its QEMU is ${version:-not there}, but $qemu_needed is needed" || return 1
	apt_closure "${qemu_wanted[@]}"
}

# qemu_download FOLDER NAME SUITES... -- LISTER...: by apt_try, unpacked to FOLDER/root, with a
# wrapper beside it.
qemu_download() {
	local folder=$1 name=$2
	shift 2
	apt_try "$name" "$(dpkg --print-architecture)" "$@" &&
		apt_unpack "$folder/root" && qemu_write_wrapper "$folder/qemu-system-s390x"
}

qemu_write_wrapper() {
	cat >"$1.new" <<-'WRAPPER'
		#!/bin/sh
		# Made by zpci-lab: a QEMU of another Debian release, in a folder of its own.
		root=$(dirname "$(readlink -f "$0")")/root
		libraries=
		for folder in "$root"/usr/lib/*-linux-gnu* "$root"/lib/*-linux-gnu*; do
			libraries=$libraries${libraries:+:}$folder
		done
		set -- -L "$root/usr/share/qemu" -L "$root/usr/lib/ipxe/qemu" "$@"
		for loader in "$root"/usr/lib/*-linux-gnu*/ld-linux*.so.* \
			"$root"/lib/*-linux-gnu*/ld-linux*.so.*; do
			[ -x "$loader" ] || continue
			exec "$loader" --library-path "$libraries" \
				"$root/usr/bin/qemu-system-s390x" "$@"
		done
		echo "$0: no dynamic loader in $root; \`zpci-lab clean' and try again" >&2
		exit 127
	WRAPPER
	chmod +x "$1.new"
	mv "$1.new" "$1"
}

# In Debian 12 the package qemu-system-misc has it, among other targets.
qemu_too_old_packages() {
	if [ -n "$(apt_version qemu-system-s390x)" ]; then
		apt_closure qemu-system-s390x
	else
		apt_closure qemu-system-misc
	fi
}

qemu_too_old() {
	local folder=$ZPCI_CACHE/qemu/too-old
	[ -z "$(qemu_version "$folder/qemu-system-s390x")" ] || return 0
	mkdir -p "$folder"
	apt_step "getting a QEMU that is too old, for a test" qemu-too-old \
		qemu_download "$folder" qemu-too-old "${qemu_too_old_suites[@]}" -- \
		qemu_too_old_packages
}

lab_qemu() {
	local wrapper=$ZPCI_CACHE/qemu/qemu-system-s390x own
	mkdir -p "$ZPCI_CACHE/qemu"
	if own=$(command -v qemu-system-s390x) && qemu_is_new_enough "$own"; then
		rm -f "$wrapper"
		say "QEMU $(qemu_version "$own"): $own"
		return
	fi
	if ! qemu_is_new_enough "$wrapper" ||
		! stamp_is "$ZPCI_CACHE/qemu/wanted" "${qemu_wanted[*]}"; then
		apt_step "getting a QEMU that is new enough" qemu \
			qemu_download "$ZPCI_CACHE/qemu" qemu "${qemu_suites[@]}" -- qemu_packages ||
			die "QEMU could not be downloaded"
		stamp_write "$ZPCI_CACHE/qemu/wanted" "${qemu_wanted[*]}"
	fi
	qemu_is_new_enough "$wrapper" ||
		die "QEMU >= $qemu_needed is needed, but $wrapper says: $("$wrapper" --version 2>&1 | head -n 1)"
	say "QEMU $(qemu_version "$wrapper"): $wrapper"
}
