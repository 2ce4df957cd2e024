#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host xml: a function as libvirt's XML. What libvirt makes of it is in attach.t.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

sysfs_host "$tap_folder/sys"

xml() {
	tool host xml --sysfs "$tap_folder/sys" "$@"
}

ids() {
	sed -n 's|.*<zpci uid=.\(.*\). fid=.\(.*\)./>|\1 \2|p' <<<"$out"
}

# --- from sysfs alone ------------------------------------------------------------------------

xml 0x501
is "$status$err" 0 "a function"
is "$out" "<hostdev mode='subsystem' type='pci' managed='yes'>
  <source>
    <address domain='0x0200' bus='0x00' slot='0x00' function='0x0'/>
  </source>
  <address type='pci'>
    <zpci uid='0x0200' fid='0x00000501'/>
  </address>
</hostdev>" "its XML, with the host's IDs"
xml 0120:00:00.2
like "$out" "<address domain='0x0120' bus='0x00' slot='0x00' function='0x2'/>" "a linked VF"
is "$(ids)" "0x0122 0x00000403" "and its IDs"
xml 0x501 --guest-uid 0x99 --guest-fid 199
is "$(ids)" "0x0099 0x00000199" "IDs that are given"
xml 0x501 --guest-uid 0099 --guest-fid 00000010
is "$(ids)" "0x0099 0x00000010" "as Linux writes them in names"
xml 0x501 --guest-uid auto --guest-fid auto
is "$(ids)" "0x0001 0x00000000" "the lowest IDs"
xml 0x501 --guest-uid same --guest-fid 0
is "$(ids)" "0x0200 0x00000000" "the host's UID, FID 0"

sysfs=$tap_folder/sys sysfs_function 0001:00:00.0 0x00000701 uid=
xml 0x701
is "$(ids)" "0x0001 0x00000701" "without a UID on the host: the lowest one"
xml 0x701 --guest-uid same
is "$status $err" "1 zpci: FID 0x00000701: this host gives it no UID, so a guest cannot have the\
 same; use --guest-uid auto" "the same as none"

# --- bad input -------------------------------------------------------------------------------

xml 0x503
is "$status $err" "1 zpci: FID 0x00000503 is in standby, so that libvirt cannot name it; configure\
 it first: echo 1 >/sys/bus/pci/slots/00000503/power" "a function in standby"
xml 0x999
is "$status" 3 "no such function"
xml
is "$status" 125 "no argument"
for id in 0 0x0 0x 0x10000 -1 x ''; do
	xml 0x501 --guest-uid "$id"
	is "$status" 125 "UID '$id'"
done
xml 0x501 --guest-fid 0x100000000
is "$status" 125 "an FID that is too large"
xml 0x501 --guest web1 --no-libvirt
is "$status" 125 "a guest, but no libvirt"

# --- for a guest -----------------------------------------------------------------------------

xml 0x501 --guest web1 --connect "test:///$tap_folder/node.xml"
if grep -q 'built without libvirt' <<<"$err"; then
	is "$status" 4 "without libvirt: exit status"
	done_testing
fi
is "$status" 4 "no libvirt"

# rng UID FID
rng() {
	echo "<rng model='virtio'><backend model='random'>/dev/urandom</backend>" \
		"<address type='pci'><zpci uid='$1' fid='$2'/></address></rng>"
}
cat >"$tap_folder/node.xml" <<-XML
	<node>
	<domain type='test'>
	  <name>web1</name><uuid>00000000-0000-0000-0000-000000000001</uuid>
	  <memory>8192</memory><os><type>hvm</type></os>
	  <devices>
	    $(rng 1 0) $(rng 0x200 0x501) $(rng 0x201 0x503) $(rng 0xffff 0xffffffff)
	  </devices>
	</domain>
	</node>
XML
guest() {
	xml "$@" --guest web1 --connect "test://$tap_folder/node.xml"
}
guest 0x502
is "$(ids)" "0x0202 0x00000502" "the host's ID is free in the guest, or the next one is taken"
guest 0x501
is "$(ids)" "0x0202 0x00000502" "two UIDs are not free"
guest 0x501 --guest-uid auto --guest-fid auto
is "$(ids)" "0x0002 0x00000001" "the lowest ones that are free"
guest 0x501 --guest-uid 0xffff
is "$status $err" "1 zpci: FID 0x00000501: guest web1 has UID 0xffff already, by rng; use another,\
 such as --guest-uid 0x0002" "a UID that is taken, and a free one"
guest 0x501 --guest-fid same
is "$status $err" "1 zpci: FID 0x00000501: guest web1 has FID 0x00000501 already, by rng; use\
 another, such as --guest-fid 0x00000502" "the host's FID is taken"
xml 0x501 --guest 00000000-0000-0000-0000-000000000001 --connect "test://$tap_folder/node.xml"
is "$(ids)" "0x0202 0x00000502" "a guest by its UUID"
xml 0x501 --guest web2 --connect "test://$tap_folder/node.xml"
is "$status $err" "3 zpci: libvirt has no guest \`web2'; \`virsh list --all' shows all" \
	"no such guest"
done_testing
