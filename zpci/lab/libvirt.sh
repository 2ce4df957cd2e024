# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The libvirtd of Debian 13 or later, in a folder of its own: tests of `zpci host` run with the
# system's libvirt and with this one, as libvirts of different age say and do different things.
# tests/host/libvirtd.sh starts the daemon with the folder as its root. The system is not changed.
#
# The result is $ZPCI_CACHE/libvirt/root.

libvirt_needed=11.3
libvirt_suites=(trixie testing unstable)
# A shell is for emulators that are scripts.
libvirt_wanted=(libvirt-daemon libvirt-daemon-driver-qemu libvirt-daemon-driver-nodedev dash coreutils)
# What libvirtd depends on and tests do without: they have the lab's QEMU, and no systemd.
libvirt_without='^(qemu-|ovmf|seabios|ipxe-|systemd|dbus|udev=|mdevctl|polkit|perl|dmsetup)'

# The lister of apt_try: the packages of a libvirt that is new enough.
libvirt_packages() {
	local version packages
	version=$(apt_version "${libvirt_wanted[0]}")
	dpkg --compare-versions "${version:-0}" ge "$libvirt_needed" ||
		apt_refuse "its libvirt is ${version:-not there}, but $libvirt_needed is needed" ||
		return 1
	packages=$(apt_closure "${libvirt_wanted[@]}") || return 1
	grep -vE "$libvirt_without" <<<"$packages"
}

libvirt_download() {
	apt_try libvirt "$(dpkg --print-architecture)" "${libvirt_suites[@]}" -- libvirt_packages &&
		apt_unpack "$ZPCI_CACHE/libvirt/root"
}

lab_libvirt() {
	local stamp=$ZPCI_CACHE/libvirt/wanted wanted="$libvirt_needed ${libvirt_wanted[*]}"
	if ! stamp_is "$stamp" "$wanted"; then
		mkdir -p "$ZPCI_CACHE/libvirt"
		apt_step "getting the libvirt of another Debian" libvirt libvirt_download ||
			die "libvirt could not be downloaded"
		stamp_write "$stamp" "$wanted"
	fi
	say "another libvirt: $ZPCI_CACHE/libvirt/root"
}
