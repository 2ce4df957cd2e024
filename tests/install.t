#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What `make install' installs, and the lab that is a part of it. tests/guest/lab.t boots a guest by
# that lab.

. "$(dirname "$0")/tool/tap.sh"
source=${srcdir:-$(dirname "$0")/..}
[ -x "$zpci" ] || skip_all "this build has no zpci"

root=$tap_folder/root
MAKEFLAGS='' make -s install DESTDIR="$root" prefix=/usr libdir=/usr/lib/TRIPLET \
	>"$tap_folder/log" 2>&1
ok $? "make install" || sed 's/^/# /' "$tap_folder/log"
(cd "$root" && find . -type f -o -type l) | sed 's,^\./,,' | LC_ALL=C sort >"$tap_folder/installed"
like "$(cat "$tap_folder/installed")" '^usr/lib/TRIPLET/libzpcifw\.so\.0$' "the library"
unlike "$(cat "$tap_folder/installed")" '\.la$' "no .la file"

# --- zpci lab -----------------------------------------------------------------------------------

lab=$root/usr/share/zpci/lab/zpci-lab
of_source="check bench build package libvirt kvm host selftest"
export ZPCI_CACHE=$tap_folder/cache

commands=$("$lab" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
all=$("$source/zpci-lab" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
is "$commands" "$(for name in $all; do [[ " $of_source " == *" $name "* ]] || echo "$name"; done)" \
	"an installed lab has all commands that need no source"
sentence="needs the source of zpci: run"
for name in $of_source; do
	out=$("$lab" "$name" 2>&1)
	is "$? $out" "1 zpci-lab: $name $sentence \`./zpci-lab $name' in a clone of it" \
		"an installed lab has no $name"
done
out=$("$lab" kernel nothing 2>&1)
is "$?" 2 "an installed lab finds its parts" || sed 's/^/# /' <<<"$out"
like "$out" "^usage: zpci lab kernel list" "it calls itself zpci lab"
is "$(find "$ZPCI_CACHE" -type f 2>/dev/null)" "" "nothing was made"
is "$(cd "$root/usr/share/zpci/lab" && grep -l 'ZPCI_SOURCE/' ./* 2>/dev/null | xargs)" \
	"./where.sh ./zpci-lab" \
	"nothing that is installed looks into a source tree"
is "$(grep -v '^#' "$root/usr/share/zpci/lab/packages.kernel" |
	grep -vxFf "$source/zpci/lab/packages")" "" "packages.kernel is a part of packages"

cat >"$tap_folder/script" <<'SCRIPT'
#!/bin/sh
printf '<%s>' "$@"
echo " $ZPCI_TOOL"
exit 7
SCRIPT
chmod +x "$tap_folder/script"
export ZPCI_LAB=$tap_folder/script
tool lab kernel --help get -- 'a b' ''
is "$status $out $err" "7 <kernel><--help><get><--><a b><> $(readlink -f "$zpci") " \
	"zpci lab passes on arguments and status"
tool lab -- --help
is "$status $out" "7 <--help> $(readlink -f "$zpci")" "zpci lab -- --help"
tool lab --long
is "$status $err" "125 zpci: unknown option \`--long'; --help lists the options" \
	"an option before the command is not the lab's"
export ZPCI_LAB=$tap_folder/nothing
tool lab help
is "$status" 125 "no lab: status"
like "$err" "^zpci: $ZPCI_LAB: No such file or directory; it is installed with zpci, and \\\$ZPCI_LAB can" \
	"no lab: what to do"

# --- make uninstall -----------------------------------------------------------------------------

touch "$root/usr/lib/TRIPLET/libzpcifw.so.999"
MAKEFLAGS='' make -s uninstall DESTDIR="$root" prefix=/usr libdir=/usr/lib/TRIPLET \
	>"$tap_folder/log" 2>&1
ok $? "make uninstall" || sed 's/^/# /' "$tap_folder/log"
is "$(cd "$root" && find . ! -type d)" ./usr/lib/TRIPLET/libzpcifw.so.999 \
	"nothing is left but the library of another version"

done_testing
