#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host attach and detach, and what libvirt makes of the XML of zpci host xml, with the real
# libvirtd on a fake sysfs. Guests here run and answer nothing; tests/guest/host-attach.t has one
# that gives functions back, and what waits for one that does not.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"
. "$(dirname "$0")/libvirtd.sh"
. "$(dirname "$0")/handover.sh"

tool host attach 0x501 one
if grep -q 'built without libvirt' <<<"$err"; then
	for command in attach detach; do
		tool host $command 0x501 one
		is "$status $err" "4 zpci: this zpci was built without libvirt, so it knows no guests;\
 build it with libvirt-dev and libxml2-dev" "$command: what is missing"
	done
	done_testing
fi
libvirtd_requires_host
sysfs_host "$tap_folder/sys"
libvirtd_start "$sysfs" || skip_all "no libvirtd on a fake sysfs"

# --- the XML ---------------------------------------------------------------------------------

tool host xml 0x501
xml=$out
libvirtd_domain given "$xml" >"$tap_folder/given.xml"
virt-xml-validate "$tap_folder/given.xml" domain >"$tap_folder/validate" 2>&1
ok $? "the XML is valid by libvirt's schema" || sed 's/^/# /' "$tap_folder/validate"
on define --validate "$tap_folder/given.xml"
on dumpxml --inactive given
is "$(grep -E "<hostdev|<source>|domain='0x0200'|</source>|<zpci|</hostdev" <<<"$out" |
	sed 's/^ *//')" "$(grep -v '<.*address type\|</address' <<<"$xml" | sed 's/^ *//')" \
	"it comes back from libvirt as written"
# libvirt 9.0 wants to be told the driver, where it does not look at the host.
vfio="<driver name='vfio'/><source>"
libvirtd_domain given "${xml/<source>/$vfio}" >"$tap_folder/given.xml"
on domxml-to-native qemu-argv "$tap_folder/given.xml"
like "$out" '"driver":"zpci","uid":512,"fid":1281,"target":"hostdev0","id":"zpci512"' \
	"QEMU gets the IDs"
like "$out" '"driver":"vfio-pci","host":"0200:00:00.0","id":"hostdev0"' "and the function"
on undefine given

# --- the definition --------------------------------------------------------------------------

define one "$(libvirtd_rng 0x50 0x50)"
keep one
tool host attach 0x501 one --dry-run
is "$status $out" "0 $xml
virDomainAttachDeviceFlags one VIR_DOMAIN_AFFECT_CONFIG" "attach --dry-run prints what it would do"
kept one "attach --dry-run"
tool host attach 0x501 one
is "$status$err $out" "0 FID 0x00000501 (0200:00:00.0) is in guest one as UID 0x0200,\
 FID 0x00000501: definition" "attach: a guest that does not run"
on dumpxml --inactive one
like "$out" "<zpci uid='0x0200' fid='0x00000501'/>" "attach: libvirt has the IDs"
tool host attach 0x501 one
refused 1 "guest one has FID 0x00000501 already: definition" "attach, twice"
tool host detach 0x501 --dry-run
is "$status $(tail -n 1 <<<"$out")" "0 virDomainDetachDeviceFlags one VIR_DOMAIN_AFFECT_CONFIG" \
	"detach --dry-run prints what it would do"
tool host detach 0x501
is "$status$err $out" "0 FID 0x00000501 (0200:00:00.0) is taken from guest one: definition" \
	"detach: from the only guest that has it"
kept one "attach and detach"

# --- what is refused -------------------------------------------------------------------------

define two "$(libvirtd_hostdev 0201:00:00.0 uid=0x201 fid=0x502)"
keep two
tool host attach 0x501 three
refused 3 "libvirt has no guest \`three'; \`virsh list --all' shows all" "no such guest"
tool host attach 0x999 one
is "$status" 3 "no such function: exit status"
tool host attach 0x503 one
refused 1 "FID 0x00000503 (0000:00:00.0): in standby: Linux may not use it; echo 1 >\
 /sys/bus/pci/slots/00000503/power" "a function in standby"
tool host attach 0x401 one
refused 1 "FID 0x00000401 (0120:00:00.0): a physical function with 2 VFs, which go when its driver\
 goes: give a VF to the guest, or take the VFs away first; echo 0 >\
 /sys/bus/pci/devices/0120:00:00.0/sriov_numvfs" "a PF with VFs"
tool host attach 0x502 one
refused 1 "FID 0x00000502 is in guest two (definition) already; detach it there first: zpci host\
 detach 0201:00:00.0 two" "a function in another guest's definition"
define "a b" "$(libvirtd_hostdev 0120:00:00.2)"
tool host attach 0x403 one
refused 1 "FID 0x00000403 is in guest a b (definition) already; detach it there first: zpci host\
 detach 0120:00:00.2 'a b'" "a function in a guest whose name has a blank"
on undefine "a b"
tool host attach 0x501 one --live
refused 1 "FID 0x00000501: guest one does not run; start it, or use --config" "--live, not running"
tool host attach 0x501 one --guest-uid 0x50
refused 1 "FID 0x00000501 (0200:00:00.0): FID 0x00000501: guest one has UID 0x0050 already, by rng;\
 use another, such as --guest-uid 0x0051" "a UID that is taken"
tool host attach 0x501 one --guest-uid 0
is "$status" 125 "UID 0: exit status"
tool host detach 0x501
refused 3 "no guest has FID 0x00000501; \`zpci host guests' shows all" "detach: no guest has it"
tool host detach 0x501 one
refused 3 "guest one does not have FID 0x00000501; \`zpci host guests' shows who has" \
	"detach: this guest does not have it"
tool host detach 0x502 two --live
refused 3 "guest two has FID 0x00000502 only in one place: definition" "detach --live, not running"
kept one "refused"
kept two "refused"

# The host has no function at this address, as after a reboot.
define old "$(libvirtd_hostdev 0777:00:00.0)" "$(libvirtd_hostdev 0201:00:00.0)"
tool host detach 0x502
is "$status $err" "125 zpci: FID 0x00000502 is in several guests, old and two among them; name one" \
	"detach: which guest"
tool host detach 0777:00:00.0 old
is "$status$err $out" "0 0777:00:00.0 is taken from guest old: definition" \
	"detach: what is no more on this host"
on undefine old

sysfs_net 0200:00:00.0 eno200 up
tool host attach 0x501 one
refused 1 "FID 0x00000501 (0200:00:00.0): eno200 is up; ip link set eno200 down" \
	"a function in use, as zpci host check says"
sysfs_net 0200:00:00.0 eno200 down

tool host attach 0x501 one --connect qemu+unix:///system?socket="$tap_folder/none"
is "$status" 4 "no libvirtd: exit status"
like "$err" "^zpci: cannot connect to libvirt at qemu.*/none'?: No such file" "no libvirtd: message"
chmod 700 /run/libvirt/libvirt-sock
chmod o+rx "$tap_folder"
err=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$zpci" host attach 0x501 one --connect \
	qemu:///system 2>&1)
is "$?" 4 "no permission: exit status"
like "$err" "^zpci: cannot connect to libvirt at qemu:///system: .*: Permission denied; start its\
 daemon, or use it as a user who may, such as root\$" "no permission: message"

# A definition that cannot be written.
definitions ro
tool host attach 0x501 one
is "$status" 4 "a definition that cannot be written: exit status"
is "$(tail -n 1 <<<"$err")" "zpci: guest one and FID 0x00000501 are as before" "and nothing is done"
definitions rw
kept one "a definition that cannot be written"

# --- a guest that runs -----------------------------------------------------------------------

libvirtd_written >/dev/null
on start one
tool host attach 0x501 one
is "$status$err $out" "0 FID 0x00000501 (0200:00:00.0) is in guest one as UID 0x0200,\
 FID 0x00000501: live and definition" "attach: live and in the definition"
is "$(driver 0200:00:00.0)" vfio-pci "attach: libvirt bound it to vfio-pci"
on qemu-monitor-command one --hmp info qtree
like "$out" "fid = 1281 \(0x501\)" "attach: QEMU has it"
tool host guests
like "$out" "^0x00000501 .* live and definition  one \(running\)" "guests: in both places"
tool host attach 0x402 two --live
refused 1 "FID 0x00000402: guest two does not run; start it, or use --config" "the other does not run"
keep one

# First in the definition, then while it runs; an interface that is one.
tool host attach 0x403 one --config --guest-uid 0x99
tool host attach 0x403 one
is "$status$err $out" "0 FID 0x00000403 (0120:00:00.2) is in guest one as UID 0x0099,\
 FID 0x00000403: live" "attach: where it is not yet, with the IDs of the definition"
define net "<interface type='hostdev' managed='yes'><source><address type='pci' domain='0x0300'
	bus='0' slot='0' function='0'/></source></interface>"
tool host detach 0x601
is "$status$err $out" "0 FID 0x00000601 (0300:00:00.0) is taken from guest net: definition" \
	"detach: an interface"
on undefine net
keep one

# libvirt keeps a guest's slot for each attach that it refuses; we do not ask it.
for ((i = 0; i < 40; i++)); do
	tool host attach 0x402 one --live --guest-fid 0x50
	[ "$status" -eq 1 ] || break
done
is "$i" 40 "forty attaches with an FID that is taken are refused"
tool host attach 0x402 one --live
is "$status$err" 0 "a good one after them is done"
define full "$(libvirtd_rng 0x50 0x50)"
on start full
libvirtd_hostdev 0201:00:00.0 uid=0x122 fid=0x50 >"$tap_folder/taken.xml"
for ((i = 0; i < 40; i++)); do
	on attach-device full "$tap_folder/taken.xml" --live
done
like "$out" "No more available PCI slots" "without us, libvirt has no slot left after forty"
keep full
tool host attach 0x601 full
is "$status" 4 "then a good one fails: exit status"
like "$err" "^zpci: FID 0x00000601 is not given to guest full: .*No more available PCI slots" \
	"then a good one fails: message"
is "$(tail -n 1 <<<"$err")" "zpci: guest full and FID 0x00000601 are as before" "and is undone"
kept full "then a good one fails"
on destroy full
on undefine full

# --- failures in the middle ------------------------------------------------------------------

# QEMU refuses after the function was bound to vfio-pci.
on qemu-monitor-command one \
	'{"execute":"device_add","arguments":{"driver":"zpci","uid":4660,"fid":1537,"target":"x"}}'
libvirtd_written >/dev/null
tool host attach 0x601 one
is "$status" 4 "QEMU refuses: exit status"
like "$err" "FID 0x00000601 is not given to guest one: .*fid 1537 already in use" \
	"QEMU refuses: message"
is "$(tail -n 1 <<<"$err")" "zpci: guest one and FID 0x00000601 are as before" "and is undone"
like "$(libvirtd_written)" "drivers/nvme/unbind '0300:00:00.0' ok" "the host's driver was taken off"
is "$(driver 0300:00:00.0)" nvme "and is back"
kept one "QEMU refuses"

on destroy one
is "$(driver 0120:00:00.1) $(driver 0200:00:00.0)" "mlx5_core mlx5_core" \
	"functions are back when the guest ends"

# --- two at the same time --------------------------------------------------------------------

tool host detach 0x501 one
keep one
# Two give it to the guest at the same time. The one that comes late must not undo what the other
# did. Signals are blocked when a command has looked at everything. If libvirt lets it look only
# when the first one is done, which later versions do, it finds the function there.
looked() {
	[ -e "/proc/$pid/status" ] && (( 0x$(sed -n 's/^SigBlk:\t//p' "/proc/$pid/status") & 2 ))
}
on start one
qemu STOP
begin host attach 0x501 one --timeout 120
first=$pid
becomes vfio-pci driver 0200:00:00.0
begin host attach 0x501 one --timeout 5
waits 10 looked
late=$?
qemu CONT
finish
if [ $late -eq 0 ]; then
	is "$status" 4 "the second attach: exit status"
	like "$err" "^zpci: FID 0x00000501 is not given to guest one: " "the second attach: message"
	is "$(tail -n 1 <<<"$err")" "zpci: FID 0x00000501 is in the running guest (one) now by somebody\
 else's doing, which stays so" "the second attach: what is left"
else
	is "$status" 1 "the second attach finds the function there: exit status"
	like "$err" "^zpci: guest one has FID 0x00000501 already" "and message"
fi
wait "$first"
is "$?" 0 "the first attach is done"
on dumpxml one
like "$out" "<hostdev" "and the running guest has the function"
on qemu-monitor-command one --hmp info qtree
like "$out" "fid = 1281 \(0x501\)" "so says QEMU"
on dumpxml --inactive one
like "$out" "<hostdev" "and the definition has it"
on destroy one
tool host detach 0x501 one
kept one "two at the same time"

# --- libvirtd ends ---------------------------------------------------------------------------

# It is there again when we look: all is undone, also what libvirt forgot.
on start one
qemu STOP
begin host attach 0x501 one
becomes vfio-pci driver 0200:00:00.0
kill -STOP "$pid"
kill_libvirtd
qemu CONT
libvirtd_start
on domstate one
is "$out" running "libvirtd ends and is started again: the guest runs"
kill -CONT "$pid"
finish
is "$status" 4 "libvirtd is started again: exit status"
is "$(tail -n 1 <<<"$err")" "zpci: guest one and FID 0x00000501 are as before" "all is undone"
is "$(driver 0200:00:00.0)" mlx5_core "the function is back with its driver"
kept one "libvirtd is started again"

# It is not there: we say so.
on destroy one
on start one
qemu STOP
begin host attach 0x501 one
becomes vfio-pci driver 0200:00:00.0
kill_libvirtd
finish
is "$status" 4 "libvirtd is gone: exit status"
like "$err" "^zpci: FID 0x00000501 is not given to guest one: " "libvirtd is gone: what failed"
is "$(tail -n 1 <<<"$err")" "zpci: FID 0x00000501 and guest one may be changed in part; when\
 libvirt is back, look at zpci host guests, and use zpci host detach 0200:00:00.0 one and virsh\
 nodedev-reattach pci_0200_00_00_0" "libvirtd is gone: what to do"
qemu CONT
libvirtd_start
tool host detach 0200:00:00.0 one
on nodedev-reattach pci_0200_00_00_0
is "$(driver 0200:00:00.0)" mlx5_core "what it said helps: the driver"
kept one "what it said helps"

# --- managed ---------------------------------------------------------------------------------

on destroy one
tool host attach 0x501 one
on start one
is "$status $(driver 0200:00:00.0)" "0 vfio-pci" "a guest starts with a managed function"
tool host attach 0x501 two
refused 1 "FID 0x00000501 is in guest one (live and definition) already; detach it there first:\
 zpci host detach 0200:00:00.0 one" "another guest cannot have it"
on destroy one
is "$(driver 0200:00:00.0)" mlx5_core "and gives it back when it ends"
done_testing
