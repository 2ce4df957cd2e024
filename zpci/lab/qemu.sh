# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A QEMU that is new enough: the system's own, or one from Debian 13's backports in a folder
# of its own, run through that folder's dynamic loader. The system is not changed. A plugin
# that was built on the host loads into it, and libraries that the folder lacks come from
# the host.
#
# The result is $ZPCI_CACHE/qemu/qemu-system-s390x, where zpci(1) looks for it.

qemu_needed=11.1

# qemu_version PROGRAM: prints e.g. 11.1.3, or nothing.
qemu_version() {
	"$1" --version 2>/dev/null | sed -n 's/.* version \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

qemu_is_new_enough() {
	local version
	version=$(qemu_version "$1")
	[ -n "$version" ] && dpkg --compare-versions "$version" ge "$qemu_needed"
}

# qemu_download FOLDER PACKAGE RELEASE [MORE]: PACKAGE with all that it needs from a Debian
# release, MORE of which is preferred; unpacked to FOLDER/root, with a wrapper beside it.
qemu_download() {
	local folder=$1 package=$2 release=$3 more=${4:-} conf architecture
	architecture=$(dpkg --print-architecture)
	conf=$(apt_private "qemu-$release-$architecture" "$architecture" \
		"$release" ${more:+"$more"}) || return 1
	apt_fetch "$conf" install --download-only ${more:+-t "$more"} "$package" || return 1
	rm -rf "$folder/root.new" "$folder/root"
	mkdir -p "$folder/root.new" || return 1
	apt_unpack "$conf" "$folder/root.new" || return 1
	mv "$folder/root.new" "$folder/root" || return 1
	qemu_write_wrapper "$folder/qemu-system-s390x" || return 1
	# Only the unpacked folder is needed from now on.
	rm -rf "${conf%/*}"
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
		set -- -L "$root/usr/share/qemu" "$@"
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

# A QEMU that is too old, Debian 12's, for the test that zpci(1) says so.
qemu_too_old() {
	local folder=$ZPCI_CACHE/qemu/debian12
	[ -z "$(qemu_version "$folder/qemu-system-s390x")" ] || return 0
	mkdir -p "$folder"
	step "getting Debian 12's QEMU, which is too old, for a test" \
		qemu_download "$folder" qemu-system-misc bookworm
}

lab_qemu() {
	local wrapper=$ZPCI_CACHE/qemu/qemu-system-s390x own
	mkdir -p "$ZPCI_CACHE/qemu"
	if own=$(command -v qemu-system-s390x) && qemu_is_new_enough "$own"; then
		rm -f "$wrapper"
		say "QEMU $(qemu_version "$own"): $own"
		return
	fi
	if ! qemu_is_new_enough "$wrapper"; then
		step "getting QEMU from Debian 13's backports" \
			qemu_download "$ZPCI_CACHE/qemu" qemu-system-s390x trixie trixie-backports ||
			die "QEMU could not be downloaded"
	fi
	qemu_is_new_enough "$wrapper" ||
		die "QEMU >= $qemu_needed is needed, but $wrapper says: $("$wrapper" --version 2>&1 | head -n 1)"
	say "QEMU $(qemu_version "$wrapper"): $wrapper"
}
