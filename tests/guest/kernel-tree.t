#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A guest boots the kernel of a tree with the tree's modules. The tree is made of Debian's kernel,
# as a build would leave it; if the lab has built a small kernel, its O= folder is one as it is.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest

root=$tap_cache/guest/root
release=$(cat "$tap_cache/guest/default/release")
for modules in "$root/usr/lib/modules/$release" "$root/lib/modules/$release"; do
	[ ! -e "$modules/modules.order" ] || break
done
[ -e "$modules/modules.order" ] || skip_all "the packages of the default guest are not unpacked"
image=$root/boot/vmlinuz-$release
[ -e "$image" ] || image=$modules/vmlinuz
config=$root/boot/config-$release
[ -e "$config" ] || config=$modules/config

tree=$tap_folder/tree
mkdir -p "$tree/arch/s390/boot" "$tree/include/config"
ln -s "$image" "$tree/arch/s390/boot/bzImage"
cp "$config" "$tree/.config"
echo "$release" >"$tree/include/config/kernel.release"
cp "$modules/modules.order" "$tree/modules.order"
for folder in "$modules"/kernel/*; do
	[ -e "$tree/${folder##*/}" ] || ln -s "$folder" "$tree/${folder##*/}"
done
cd "$tree" || exit 1

# Modules that the lab's RAM disk has for this kernel have other names there.
tool run --function probe,vf=3,fid=0x1021 --exec '
	uname -r
	cat /lib/modules/*/zpci-modules
	ls /sys/bus/pci/drivers/vfio-pci/bind
	lspci -v 2>&1 | grep -i libkmod'
is "$status" 1 "in a tree: lspci finds nothing to complain about"
is "$(sed -n 1p <<<"$out")" "$release" "in a tree: its kernel"
like "$out" '^vfio_pci\.ko$' "in a tree: its modules"
like "$out" '^/sys/bus/pci/drivers/vfio-pci/bind$' "in a tree: they were loaded"
is "$err" "zpci: booting Linux $release, ./arch/s390/boot/bzImage, with its modules" \
	"in a tree: one line says which"

tool inspect --kernel "$tree" --function probe,vf=3,fid=0x1021 --json -- --fid 1021 --interrupts 1 \
	--dma-bytes 4K
is "$status" 0 "inspect --kernel: status"
is "$(grep -cF "\"release\": \"$release\"" <<<"$out")" 1 "inspect --kernel: its kernel"

# Types of a kernel without BTF come with its tree (tests/tool/kernel.t). Here its own are hidden.
# shellcheck disable=SC2016 # expressions of the guest's shell
tool run --kernel "$tree" --function probe,vf=3,fid=0x1021,profile=lpar --exec '
	cp /sys/kernel/btf/vmlinux /root/types
	mount -t tmpfs none /sys/kernel/btf
	zpci-inspect --json | grep -c "\"no_command_memory\": true"
	mv /root/types /zpci/btf
	zpci-inspect --json | grep "\"no_command_memory\": true"'
is "$(tr -d ' ,' <<<"$out")" '0
"no_command_memory":true' "types that were given: the kernel's bit is read"

cd / || exit 1
small=$tap_cache/kernel/build-iov
if [ -e "$small/arch/s390/boot/bzImage" ]; then
	tool run --kernel "$small" --exec 'uname -r'
	is "$out" "$(cat "$small/include/config/kernel.release")" "an O= folder: its kernel"
	tool run --kernel "$small/arch/s390/boot/vmlinux" --exec 'uname -r'
	is "$out" "$(cat "$small/include/config/kernel.release")" "an ELF file: its kernel"
	tool run --kernel "$small/vmlinux" --exec 'uname -r'
	like "$err" "^zpci: kernel .*/vmlinux is Linux without the code that starts it" \
		"vmlinux of the top folder: refused"
else
	skip "an O= folder" "no small kernel; \`./zpci-lab kernel build' makes one"
fi
done_testing
