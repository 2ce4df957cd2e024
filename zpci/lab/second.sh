# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What `zpci run --second-level' boots: the default guest, and behind its RAM disk a second
# archive with a guest for the guest.
#
#   /second/qemu                Debian's own QEMU for s390x, a script that starts it with
#   /second/lib, /second/bin    its libraries, apart from those of the guest
#   /second/kernel, release     the small kernel `iov' (kernel-build.sh)
#   /second/initrd              busybox, zpci-inspect and zpci/guest/init alone, since an
#                               emulated emulator unpacks each byte
#   /usr/bin/zpci-second        zpci/guest/second
#
# In the cache it is the guest `second', see guest.sh; the QEMU is in second/.

second_suites=(trixie testing "bookworm bookworm-backports")
second_programs=(usr/bin/qemu-system-s390x)

second_download() {
	apt_try second s390x "${second_suites[@]}" -- apt_closure qemu-system-s390x &&
		apt_unpack "$ZPCI_CACHE/second/root"
}

second_qemu() {
	local tree=$1 root=$ZPCI_CACHE/second/root file libraries
	mkdir -p "$tree/bin" "$tree/lib" || return 1
	libraries=$(guest_libraries "$root" "${second_programs[@]}") || return 1
	for file in "${second_programs[@]}"; do
		cp -L "$root/$file" "$tree/bin/" || return 1
	done
	for file in $libraries; do
		cp -L "$root/$file" "$tree/lib/" || return 1
	done
	# QEMU does not start without its boot loader, which no guest here runs.
	cp -L "$root/usr/share/qemu/s390-ccw.img" "$tree/lib/" || return 1
	cat >"$tree/qemu" <<-'SCRIPT'
		#!/bin/busybox sh
		exec /second/lib/ld64.so.1 --library-path /second/lib \
			/second/bin/qemu-system-s390x -L /second/lib "$@"
	SCRIPT
	chmod 755 "$tree/qemu"
}

# second_small TREE INSPECT: the tree of the second guest's RAM disk.
second_small() {
	mkdir -p "$1/usr/bin" || return 1
	ln -s usr/bin "$1/bin"
	cp -L "$ZPCI_CACHE/guest/root/usr/bin/busybox" "$1/usr/bin/" || return 1
	install -m 755 "$2" "$1/usr/bin/zpci-inspect" || return 1
	install -m 755 "$ZPCI_FILES/guest/init" "$1/init"
}

# second_make INSPECT
second_make() {
	local to=$ZPCI_CACHE/guest/second small=$ZPCI_CACHE/guest/small-iov tree
	local from=$ZPCI_CACHE/guest/default
	tree=$to/tree
	rm -rf "$to"
	mkdir -p "$tree/usr/bin" "$tree/second" || return 1
	second_qemu "$tree/second" || return 1
	cp "$small/kernel" "$small/release" "$tree/second/" || return 1
	second_small "$to/small" "$1" || return 1
	guest_archive "$to/small" "$tree/second/initrd" || return 1
	install -m 755 "$ZPCI_FILES/guest/second" "$tree/usr/bin/zpci-second" || return 1
	guest_archive "$tree" "$to/second.cpio" || return 1
	# An archive ends at a multiple of 512 bytes, so that the next can follow.
	cat "$from/initrd" "$to/second.cpio" >"$to/initrd" || return 1
	rm -rf "$tree" "$to/small" "$to/second.cpio"
	cp "$from/kernel" "$from/config" "$from/release" "$to/"
}

second_inputs() {
	cat "$ZPCI_FILES/guest/second" "$ZPCI_FILES/lab/second.sh" \
		"$ZPCI_CACHE/guest/default/inputs" "$ZPCI_CACHE/guest/default/release" \
		"$ZPCI_CACHE/guest/small-iov/built" | sha256sum
}

# shellcheck disable=SC2154 # guest_inspect is guest.sh's
lab_second() {
	local inputs
	lab_guest
	kernel_build iov
	if [ ! -e "$ZPCI_CACHE/second/root" ]; then
		mkdir -p "$ZPCI_CACHE/second"
		apt_step "getting Debian's QEMU for s390x" second second_download ||
			die "the QEMU for the guest could not be downloaded"
	fi
	inputs=$(second_inputs)
	if ! stamp_is "$ZPCI_CACHE/guest/second/inputs" "$inputs"; then
		guest_inspect_get
		step "making the guest of two levels" second_make "$guest_inspect" ||
			die "the guest could not be made"
		stamp_write "$ZPCI_CACHE/guest/second/inputs" "$inputs"
	fi
	say "guest with a guest: $ZPCI_CACHE/guest/second; zpci run --second-level"
}
