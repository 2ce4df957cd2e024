#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The rules of HACKING.md that a program can check: tests/style.awk has those of lines, and
# tests/circles.awk finds circles of files. Each rule is first seen finding what breaks it.
#
# It runs in a build folder. CC, NM and AWK name the tools.

set -eu

. "$(dirname "$0")/tap.sh"

srcdir=${srcdir:-$(dirname "$0")/..}
CC=${CC:-cc}
NM=${NM:-nm}
AWK=${AWK:-awk}
work=$tap_folder

# --- lines

rules='spdx rc name width'
sources() {
	(cd "$srcdir" && find include zpci tests -type f \
		\( -name '*.[ch]' -o -name '*.sh' -o -name '*.t' -o -name '*.p[lm]' -o \
			-name '*.awk' \))
}

# Each of these lines breaks one rule.
bad() {
	printf '/* SPDX-License-Identifier: GPL-2.0-or-later */\n'
	printf '\tint %s = 0;\n' ret
	printf '/* The function takes %sbuffer%s. */\n' '`' "'"
	printf '\t\t\t\t/* %069d */\n' 0
}

bad >"$work/bad.c"
$AWK -f "$srcdir/tests/style.awk" "$work/bad.c" >"$work/found"
sources | (cd "$srcdir" && xargs $AWK -f tests/style.awk) >"$work/broken"

for rule in $rules; do
	[ "$(grep -c "^$rule " "$work/found")" = 1 ] || echo "$rule finds nothing" >"$work/$rule"
	sed -n "s/^$rule /$rule /p" "$work/broken" >>"$work/$rule"
	empty "$work/$rule" "rule $rule"
done

# --- what each folder may include

# FOLDER PREFIX...: README's table of folders. Public headers, headers of the own folder and those
# of libc can be included everywhere; other headers of the system have their line.
cat >"$work/allowed" <<'end'
include/zpci
zpci/util		linux/pci_regs.h
zpci/device		zpci/util/ linux/pci_regs.h
zpci/function		zpci/util/ linux/pci_regs.h
zpci/firmware		zpci/function/ zpci/util/
zpci/machine		zpci/util/
zpci/machine/kvm	zpci/util/ linux/kvm.h
zpci/machine/loaded	zpci/machine/record.h zpci/config/ zpci/util/
zpci/machine/interposer	zpci/machine/kvm/ zpci/machine/loaded/ zpci/util/
zpci/machine/qemu	zpci/machine/loaded/ zpci/util/ glib.h
zpci/config		zpci/util/ ini.h
zpci/inventory		zpci/util/ linux/pci_regs.h
zpci/tool		zpci/config/ zpci/inventory/ zpci/machine/kvm/layout.h zpci/util/ json-c/ libvirt/ libxml/ linux/netlink.h linux/pci_regs.h
zpci/inspect		zpci/inventory/ zpci/util/json.h linux/
examples		linux/kvm.h
end

# included ROOT: "FILE: HEADER" of each include that breaks a rule.
included() {
	(cd "$1" && find include zpci examples -name '*.[ch]' -exec \
		grep -HE '^ *# *include' {} +) |
		sed 's/^\([^:]*\): *# *include *\(.[^>"]*[>"]\).*/\1 \2/' |
		$AWK '
		FILENAME == ARGV[1] { known[$1]; for (i = 2; i <= NF; i++) may[$1, $i]; next }
		{
			file = $1
			header = substr($2, 2, length($2) - 2)
			for (folder = file; !(folder in known) && sub("/[^/]*$", "", folder);)
				;
			ok = index(header, "/") == 0 && $2 ~ /^"/ || $2 ~ /^<zpci\// ||
				index(header, folder "/") == 1
			if ($2 ~ /^<[^\/]*>$/ && header !~ /^(glib|ini)\.h$/ ||
			    $2 ~ /^<(arpa|asm|net|netinet|sys)\//)
				ok = 1
			for (key in may) {
				split(key, part, SUBSEP)
				if (part[1] == folder && index(header, part[2]) == 1)
					ok = 1
			}
			if (!ok)
				print file ": " header
		}' "$work/allowed" -
}

mkdir -p "$work/tree/include/zpci" "$work/tree/examples" "$work/tree/zpci/function"
printf '#include %s\n' '<zpci/log.h>' '"bar.h"' '"zpci/util/log.h"' '<errno.h>' \
	'"zpci/firmware/internal.h"' '<glib.h>' >"$work/tree/zpci/function/bad.c"
included "$work/tree" >"$work/found"
printf 'zpci/function/bad.c: %s\n' zpci/firmware/internal.h glib.h |
	diff "$work/found" - >"$work/includes" || true
included "$srcdir" >>"$work/includes"
empty "$work/includes" "folders include what README allows"

# --- circles of files

circles() {
	$AWK -f "$srcdir/tests/circles.awk" "$@"
}

# Two files that use each other, and one that uses both.
mkdir -p "$work/zpci"
echo 'void b(void); void a(void); void a(void) { b(); }' >"$work/zpci/a.c"
echo 'void a(void); void b(void); void b(void) { a(); }' >"$work/zpci/b.c"
echo 'void a(void); void b(void); int main(void) { a(); b(); return 0; }' >"$work/zpci/c.c"
for file in a b c; do
	$CC -c -o "$work/zpci/$file.o" "$work/zpci/$file.c"
	echo "zpci/$file.c"
done >"$work/list"
$NM -A -g "$work"/zpci/*.o | circles "$work/list" - >"$work/found"
grep -qx 'circle zpci/a.c zpci/b.c' "$work/found" || echo "no circle is found" >"$work/circles"

bash "$srcdir/tests/circles.sh" >"$work/all"
grep '^circle ' "$work/all" >>"$work/circles" || true
grep -q '^files [1-9]' "$work/all" || echo "no objects are found" >>"$work/circles"
empty "$work/circles" "files without circles ($(tail -n 1 "$work/all"))"

done_testing
