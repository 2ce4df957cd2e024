#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `zpci lab demo' of an installed zpci: it makes a guest of what is installed and of packages that
# are there, and builds nothing. Run by prove from the source tree, with the environment of `./run`.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest
[ -d "$tap_cache/guest/root" ] || skip_all "no packages of a guest; \`zpci-lab guest' gets them"

root=$tap_folder/root
MAKEFLAGS='' make -s -C "$ZPCI_BUILD" install DESTDIR="$root" prefix=/usr libdir=/usr/lib \
	>"$tap_folder/log" 2>&1
ok $? "make install" || sed 's/^/# /' "$tap_folder/log"

# A cache of its own, since other tests boot the guest of the common one meanwhile.
export ZPCI_CACHE=$tap_folder/cache
mkdir -p "$ZPCI_CACHE/guest"
ln -s "$tap_cache/guest/root" "$ZPCI_CACHE/guest/root"
[ ! -e "$tap_cache/qemu" ] || ln -s "$tap_cache/qemu" "$ZPCI_CACHE/qemu"
export ZPCI_LAB=$root/usr/share/zpci/lab/zpci-lab ZPCI_PLUGIN=$root/usr/lib/zpci/zpci-qemu.so
# No build folder can help.
unset ZPCI_BUILD ZPCI_INTERPOSER LD_LIBRARY_PATH

out=$(cd / && "$root/usr/bin/zpci" lab demo 2>&1)
is "$?" 0 "zpci lab demo: status" || sed 's/^/# /' <<<"$out"
like "$out" "^kernel's no_command_memory +1 +0\$" "zpci lab demo: the table"
like "$out" "look around in such a guest: zpci run " "zpci lab demo: what to type next"
is "$(cmp "$root/usr/share/zpci/guest/zpci-inspect" <(cpio --quiet -i --to-stdout usr/bin/zpci-inspect \
	<"$ZPCI_CACHE/guest/default/initrd") 2>&1)" "" "the guest has the program that is installed"
is "$(ls "$ZPCI_CACHE")" "$(printf '%s\n' guest log qemu)" "nothing else was made"

done_testing
