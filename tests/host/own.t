#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What `zpci host show` knows only of the kernel that it runs on: addresses, mounts, and the
# firmware. A fake sysfs lies over /sys in a mount namespace.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

[ "$(id -u)" = 0 ] || skip_all "only root can mount a sysfs of its own"
unshare -m true 2>/dev/null || skip_all "no mount namespaces here"
grep -q '^ *lo:' /proc/net/dev || skip_all "no loopback interface"
if [ -z "${OWN_INSIDE:-}" ]; then
	OWN_INSIDE=yes unshare -m --propagation private bash "$0"
	exit
fi

root=$tap_folder/sys
sysfs_host "$root"
# As if the loopback interface were on the function: it has addresses everywhere.
sysfs_net 0200:00:00.0 lo
mount --bind "$root" /sys
trap 'umount -l "$tap_folder/mnt" /sys; rm -rf "$tap_folder"' EXIT

uses() {
	tool host show --no-libvirt "$@"
	out=$(sed -n '/^use /,$p' <<<"$out" | cut -c 18-)
}

mkdir "$tap_folder/mnt"
uses 0x601
is "$out" - "a disk that is not mounted"
mount -t tmpfs /dev/nvme0n1 "$tap_folder/mnt"
uses 0x601
is "$out" "nvme0n1 is mounted at $tap_folder/mnt" "a disk that is mounted"
if grep -q '127\.0\.0\.1' /proc/net/fib_trie 2>/dev/null; then
	uses 0x501
	like "$out" '^lo has the address 127\.0\.0\.1/8$' "addresses of this kernel"
	uses 0x501 --sysfs "$root/../sys/."
	like "$out" '^lo has the address 127\.0\.0\.1/8$' "the same folder by another name"
else
	skip "addresses of this kernel" "the loopback interface has none"
	skip "the same folder by another name" "the loopback interface has none"
fi
cp -r "$root" "$tap_folder/copy"
uses 0x501 --sysfs "$tap_folder/copy"
is "$out" - "a copy has no addresses"

tool host list --no-libvirt --json
unlike "$out" 'not of that Linux' "the firmware of this kernel is asked"
tool host list --no-libvirt --json --sysfs "$tap_folder/copy"
like "$out" '"problem": "CLP: /dev/clp is not of that Linux"' "and not for a copy"
done_testing
