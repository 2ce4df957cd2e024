#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci-inspect says what it could read and why not the rest: with and without root, kernel memory,
# and the kernel's BTF.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest

# shellcheck disable=SC2016 # variables of the guest's shell
tool run --function probe,vf=3,fid=0x1021 --exec '
	try() {
		echo "== $1"
		shift
		"$@" 2>&1
		echo "status $?"
	}
	echo "nobody:x:65534:65534::/:/bin/sh" >>/etc/passwd
	chmod 755 /root
	try root zpci-inspect
	try nobody su nobody -s /bin/sh -c zpci-inspect
	try "no BTF" zpci-inspect --btf /dev/null
	head -c 100000 /sys/kernel/btf/vmlinux >/tmp/half
	try "half a BTF" zpci-inspect --btf /tmp/half
	zpci-inspect --json >/tmp/one
	try "two levels" zpci-inspect --level /tmp/one --level /tmp/one
	head -c 100 /tmp/one >/tmp/cut
	try "a cut level" zpci-inspect --level /tmp/one --level /tmp/cut
	try "no iommufd" zpci-inspect --fid 1021 --interrupts 16 --dma-bytes 0 --iommufd 0x1000
	try "not a page" zpci-inspect --fid 1021 --iommufd 0x1001
	mount -o bind /dev/null /proc/kcore
	try "no kcore" zpci-inspect
	mount -t tmpfs nothing /sys/kernel/btf
	try "no BTF and no kcore" zpci-inspect --json
	: >/zpci/btf
	try "a given BTF and no kcore" zpci-inspect --json
	umount /sys/kernel/btf /proc/kcore
	umount /dev/pts
	mount -t tmpfs nothing /proc
	try "no proc" zpci-inspect'
is "$status" 0 "the guest ran it all"

# part NAME: what was printed under this heading
part() {
	sed -n "/^== $1\$/,/^status/p" <<<"$out"
}

for name in root nobody "no BTF" "half a BTF" "no kcore" "no proc"; do
	like "$(part "$name")" '^0x00001021 +0x0100 +0x0100 +3 ' "$name: lists the function"
done
like "$(part root)" 'VF detached +0x0000 +yes$' "root: the kernel's bit"
like "$(part root)" '^status 0$' "root: status"
for name in nobody "no BTF" "half a BTF" "no kcore" "no proc"; do
	like "$(part "$name")" '^0x00001021 .* [?]$' "$name: the kernel's bit was not read"
	like "$(part "$name")" '^status 3$' "$name: status"
done
like "$(part nobody)" 'root|permi' "nobody: says why"
like "$(part "no BTF")" 'BTF: 0 bytes' "no BTF: says why"
like "$(part "half a BTF")" 'BTF: a section lies outside' "half a BTF: says why"
like "$(part "no kcore")" 'kcore' "no kcore: says why"
like "$(part "no proc")" '/proc' "no proc: says why"
missing='s/.*"missing": (\[.*?\]).*/$1/s; s/\s+//g'
is "$(part "no BTF and no kcore" | perl -0pe "$missing")" '["CONFIG_DEBUG_INFO_BTF"]' \
	"no BTF and no kcore: which option is missing"
is "$(part "a given BTF and no kcore" | perl -0pe "$missing")" '[]' \
	"a given BTF and no kcore: no option is missing"

levels=$(part "two levels" | sed '1d;$d')
is "$(perl -MJSON::PP -e 'my $r = decode_json(join "", <STDIN>);
	print join " ", map { "$_ $r->{$_}{functions}[0]{fid}" } sort keys %$r' <<<"$levels")" \
	"level1 0x00001021 level2 0x00001021" "two levels: one JSON object"
like "$(part "two levels")" '^status 0$' "two levels: status"
like "$(part "a cut level")" '/tmp/cut: this is no JSON object' "a cut level: says why"
like "$(part "a cut level")" '^status 3$' "a cut level: status"
like "$(part "no iommufd")" 'iommufd at 0x1000 +not tried: /dev/iommu: .*CONFIG_IOMMUFD' \
	"no iommufd: says why"
like "$(part "no iommufd")" 'interrupts from CPU context +ok' "no iommufd: the rest is tested"
like "$(part "no iommufd")" '^status 3$' "no iommufd: status"
like "$(part "not a page")" 'the address of a page' "not a page: says why"
like "$(part "not a page")" '^status 2$' "not a page: status"
done_testing
