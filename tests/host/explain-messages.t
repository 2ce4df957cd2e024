#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host explain: each message that it knows, from the program that says it. libvirt is the
# system's or that of $LIBVIRTD_ROOT, and QEMUs are those of the lab: a new one, and 7.2.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"
. "$(dirname "$0")/libvirtd.sh"

libvirtd_requires_host
source=${srcdir:-$(dirname "$0")/../..}/zpci/tool/host/explain/messages.c
[ -r "$source" ] || source=$(dirname "$0")/../../zpci/tool/host/explain/messages.c
sysfs_host "$tap_folder/sys"
libvirtd_start "$sysfs" || skip_all "no libvirtd on a fake sysfs"
echo "# libvirtd $libvirtd_version"
messages=$tap_folder/messages # all that was said

# explained NAME PATTERN: $out has this message and no other known one, and what zpci says to it
# matches.
explained() {
	echo "$out" >"$tap_folder/said"
	echo "$out" >>"$messages"
	"$zpci" host explain --json <"$tap_folder/said" >"$tap_folder/explained" 2>&1
	like "$(cat "$tap_folder/explained")" "\"(happened|remedy)\": \".*$2" "$1${of:+ ($of)}" ||
		sed 's/^/# said: /' "$tap_folder/said"
	is "$(sed -n 's/^ *"message": "\(.*\)",$/\1/p' "$tap_folder/explained" | sort -u)" "$1" \
		"$1${of:+ ($of)}: its name"
	echo "$1" >>"$tap_folder/seen"
}

# not_here NAME REASON
not_here() {
	skip "$1" "$2"
	echo "$1" >>"$tap_folder/seen"
}

# is_since VERSION: of libvirtd
is_since() {
	[ "$(printf '%s\n' "$1" "$libvirtd_version" | sort -V | head -n 1)" = "$1" ]
}

# defined NAME XML...
defined() {
	libvirtd_domain "$@" >"$tap_folder/$1.xml"
	on define "$tap_folder/$1.xml"
}

# --- a host without vfio-pci -----------------------------------------------------------------

mv /sys/bus/pci/drivers/vfio-pci /sys/module/vfio_pci /sys/kernel
on nodedev-detach pci_0201_00_00_0
explained no-vfio-driver "modprobe vfio-pci"
mv /sys/kernel/vfio-pci /sys/bus/pci/drivers
mv /sys/kernel/vfio_pci /sys/module

mv /dev/vfio/vfio /dev/vfio/away
on nodedev-detach pci_0201_00_00_0
explained no-vfio "modprobe vfio-pci"
defined first "$(libvirtd_hostdev 0201:00:00.0)"
on start first
explained no-passthrough "modprobe vfio-pci"
mv /dev/vfio/away /dev/vfio/vfio

if is_since 10.0; then
	alias=$(echo "$libvirtd_root"/lib/modules/*/modules.alias)
	mv "$alias" "$tap_folder/alias"
	on nodedev-detach pci_0201_00_00_0
	explained no-modules-alias "modules of the running kernel $(uname -r) are not there"
	on nodedev-detach pci_0201_00_00_0 --driver vfio-pci
	is "$status" 0 "no-modules-alias: what is said to do helps"
	on nodedev-reattach pci_0201_00_00_0
	mv "$tap_folder/alias" "$alias"
else
	not_here no-modules-alias "libvirt $libvirtd_version does not look for a better driver"
fi

# --- IDs of a guest --------------------------------------------------------------------------

defined ids "$(libvirtd_rng 0x1234 1)" "$(libvirtd_rng 0x1234 2)"
explained uid-reserved "has the UID 0x1234 already"
like "$(cat "$tap_folder/explained")" "11064 is 0x1234" "and that libvirt prints octal"
defined ids "$(libvirtd_rng 0x1234 0xab)" "$(libvirtd_rng 0x1235 0xab)"
explained fid-reserved "has the FID 0x000000ab already"
like "$(cat "$tap_folder/explained")" "253 is 0x000000ab" "and that libvirt prints octal"
defined ids "$(libvirtd_rng 0)"
explained uid-range "has the UID 0x0000"
defined ids "$(libvirtd_rng 0x10000)"
explained uid-range "has the UID 0x10000"
defined ids "$(libvirtd_rng 0089)"
explained id-not-a-number "cannot read 0089 as the uid"
defined ids "$(libvirtd_rng 1 0x100000000)"
explained id-not-a-number "cannot read 0x100000000 as the fid"
defined ids "$(libvirtd_rng 0010)"
on dumpxml ids
like "$out" "uid='0x0008'" "libvirt takes 0010 for octal without a word, as the text says"

other=$tap_cache/qemu/too-old/root
if [ -x "$other/usr/bin/qemu-system-riscv64" ]; then
	cat >"$tap_folder/riscv64" <<-SCRIPT
		#!/bin/sh
		for loader in $other/usr/lib/*-linux-gnu*/ld-linux*.so.* \\
			$other/lib/*-linux-gnu*/ld-linux*.so.*; do
			[ ! -x "\$loader" ] || exec "\$loader" \\
				--library-path "\$(echo $other/usr/lib/*-linux-gnu):\$(echo $other/lib/*-linux-gnu)" \\
				$other/usr/bin/qemu-system-riscv64 "\$@"
		done
	SCRIPT
	chmod +x "$tap_folder/riscv64"
	libvirtd_domain other "$(libvirtd_hostdev 0201:00:00.0 uid=1)" |
		sed "s,s390x,riscv64,; s,s390-ccw-virtio,virt,; s,$libvirtd_emulator,$tap_folder/riscv64,
			/console/d; /memballoon/d" >"$tap_folder/other.xml"
	on define "$tap_folder/other.xml"
	explained binary-without-zpci "not for s390x"
	out=$("$tap_folder/riscv64" -M virt -display none -device zpci,uid=1 2>&1)
	explained qemu-no-zpci "not for s390x"
else
	not_here binary-without-zpci "the lab's old QEMU, which has other targets, is not here"
	not_here qemu-no-zpci "the lab's old QEMU, which has other targets, is not here"
fi

# --- a function's driver ---------------------------------------------------------------------

# refusing FILE COMMAND...: a file of drivers that refuses what is written
refusing() {
	mount --bind /dev/full "/sys/bus/pci/$1"
	on "${@:2}"
	umount "/sys/bus/pci/$1"
}

refusing drivers/mlx5_core/unbind nodedev-detach pci_0200_00_00_0
explained unbind-failed "take the function 0200:00:00.0 away from its driver mlx5_core"
on nodedev-reattach pci_0200_00_00_0
refusing drivers_probe nodedev-detach pci_0200_00_00_0
explained probe-failed "find a driver for the function 0200:00:00.0"
on nodedev-reattach pci_0200_00_00_0
refusing devices/0200:00:00.0/driver_override nodedev-detach pci_0200_00_00_0
explained override-failed "take vfio-pci as the driver_override of the function 0200:00:00.0"
on nodedev-reset pci_0201_00_00_0
explained no-reset "zpcictl --reset 0201:00:00.0"

# --- a function that another one has ---------------------------------------------------------

on nodedev-dumpxml pci_0999_00_00_0
explained no-node-device "no function 0999:00:00.0"
defined unmanaged "$(libvirtd_hostdev 0201:00:00.0 managed=no)"
on start unmanaged
explained unmanaged "leaves the function 0201:00:00.0 with its driver"

defined one "$(libvirtd_hostdev 0200:00:00.0 uid=0x99 fid=0x199)"
defined two "$(libvirtd_hostdev 0200:00:00.0)"
on start one
is "$status" 0 "a guest has a function" || sed 's/^/# /' <<<"$out"
on start two
explained in-use "The guest one has the function 0200:00:00.0"
on nodedev-reattach pci_0200_00_00_0
explained in-use "zpci host detach 0200:00:00.0 one"
on nodedev-reset pci_0200_00_00_0
explained active "zpci host detach 0200:00:00.0 GUEST"

libvirtd_hostdev 0201:00:00.0 >"$tap_folder/hostdev.xml"
libvirtd_hostdev 0200:00:00.0 >"$tap_folder/same.xml"
libvirtd_rng 0x99 0x199 >"$tap_folder/rng.xml"
defined twice "$(libvirtd_hostdev 0201:00:00.0)" "$(libvirtd_hostdev 0201:00:00.0)"
explained hostdev-twice "has this function already"
on attach-device one "$tap_folder/same.xml" --config
explained hostdev-twice "has this function already"
on detach-device one "$tap_folder/hostdev.xml" --live
explained not-in-guest "does not have the function 0201:00:00.0"
on detach-device one "$tap_folder/hostdev.xml" --config
explained not-in-definition "looked for this device in the guest by its source"
on detach-device one "$tap_folder/rng.xml" --live
explained not-in-definition "looked for this device in the guest by its source"

# The guest has 31 slots, one of them taken.
tries=0
until [ $((tries += 1)) -gt 40 ] || ! { on attach-device one "$tap_folder/rng.xml" --live; grep -q \
	reserved <<<"$out"; }; do :; done
explained no-slots "Restart libvirtd"
on attach-device one "$tap_folder/hostdev.xml" --live
like "$out" "No more available PCI slots" "no-slots: then no function can be attached"
libvirtd_stop && libvirtd_start
on attach-device one "$tap_folder/hostdev.xml" --live
is "$status" 0 "no-slots: what is said to do helps" || sed 's/^/# /' <<<"$out"
on destroy one

# --- network interfaces ----------------------------------------------------------------------

# interface DOMAIN FUNCTION
interface() {
	cat <<-XML
		<interface type='hostdev' managed='yes'>
		<source><address type='pci' domain='$1' bus='0x00' slot='0x00' function='$2'/></source>
		<mac address='52:54:00:00:00:01'/></interface>
	XML
}

defined detached "$(interface 0x0201 0x0)"
on start detached
explained vf-only "a detached VF"
defined linked "$(interface 0x0120 0x1)"
on start linked
explained pf-without-network "zpci host xml 0120:00:00.1"

# --- QEMU, started by libvirt ----------------------------------------------------------------

wrapper=$libvirtd_emulator libvirtd_emulator=$(libvirtd_qemu)
defined gone "$(libvirtd_hostdev 0999:00:00.0)"
on start gone
explained qemu-no-function "no function 0999:00:00.0"
libvirtd_domain argument "$(libvirtd_rng 0x1)" >"$tap_folder/argument.xml"
sed -i "s,<domain type='qemu',& xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0',
	s|</domain>|<qemu:commandline><qemu:arg value='-device'/><qemu:arg\
 value='zpci,uid=1,fid=9,target=x'/></qemu:commandline>&|" "$tap_folder/argument.xml"
on define "$tap_folder/argument.xml"
on start argument
explained qemu-uid-in-use "have the UID 0x0001"
out=$(cat "$libvirtd_logs/argument.log")
explained qemu-uid-in-use "have the UID 0x0001"
libvirtd_emulator=$wrapper

on domxml-to-native qemu-argv --domain first
if is_since 11.3; then
	not_here passthrough-default "libvirt $libvirtd_version chooses it here as well"
else
	explained passthrough-default "Write <driver name='vfio'/>"
fi

# --- QEMU alone ------------------------------------------------------------------------------

# qemu ARGUMENT...: leaves $out
qemu() {
	out=$(LC_ALL=C timeout 60 "$program" -M s390-ccw-virtio -nodefaults -display none -S \
		-qmp stdio "$@" 2>&1 <<-QMP
			{"execute": "qmp_capabilities"}
			{"execute": "device_add", "arguments": {"driver": "zpci", "uid": 153, "fid": 9, "target": "x"}}
			{"execute": "device_add", "arguments": {"driver": "zpci", "uid": 153, "fid": 8, "target": "y"}}
			{"execute": "quit"}
		QMP
	)
}

# vfio HOW: with a VFIO that refuses
vfio() {
	out=$(VFIO=$1 LD_PRELOAD=$libvirtd_build/vfio.so qemu "${function[@]}"; echo "$out")
}

function=(-device vfio-pci,host=0201:00:00.0)
for program in "$(libvirtd_qemu)" "$tap_cache/qemu/too-old/qemu-system-s390x"; do
	of=$("$program" --version 2>/dev/null | sed -n 's/.* version \([0-9.]*\).*/QEMU \1/p')
	[ -n "$of" ] || continue
	qemu
	like "$out" '"desc": ' "$of answers in JSON"
	explained qemu-uid-in-use "have the UID 0x0099"
	qemu -device zpci,uid=1,fid=4660,target=a -device zpci,uid=2,fid=4660,target=b
	explained qemu-fid-in-use "have the FID 0x00001234"
	qemu -device zpci,uid=1,fid=1,target=a -device zpci,uid=2,fid=2,target=a
	explained qemu-target-twice "for the PCI device a"
	out=$(qemu -cpu qemu,zpci=off -device virtio-rng-pci; grep warning: <<<"$out")
	explained qemu-cpu-without-zpci "CPU model has no zPCI"
	qemu -device vfio-pci,host=0999:00:00.0
	explained qemu-no-function "no function 0999:00:00.0"
	qemu "${function[@]}"
	explained qemu-group-missing "0201:00:00.0 is not bound to vfio-pci"
	mv /sys/bus/pci/devices/0201:00:00.0/iommu_group "$tap_folder/group"
	qemu "${function[@]}"
	explained qemu-no-group "0201:00:00.0 has no IOMMU group"
	mv "$tap_folder/group" /sys/bus/pci/devices/0201:00:00.0/iommu_group

	on nodedev-detach pci_0201_00_00_0
	chmod 0 /dev/vfio/4
	out=$(timeout 60 setpriv --bounding-set=-dac_override,-dac_read_search "$program" \
		-M s390-ccw-virtio -nodefaults -display none "${function[@]}" 2>&1)
	explained qemu-group-denied "may not open /dev/vfio/4"
	chmod 600 /dev/vfio/4
	vfio busy
	explained qemu-group-busy "has /dev/vfio/4 open"
	vfio not-viable
	explained qemu-group-not-viable "IOMMU group 4 still has a driver"
	vfio no-device
	explained qemu-no-device-in-group "does not have the function 0201:00:00.0"
	on nodedev-reattach pci_0201_00_00_0
done
if [ -n "$of" ]; then
	qemu -device vfio-user-pci
	explained qemu-no-vfio-user "Use a later QEMU"
else
	not_here qemu-no-vfio-user "the lab's old QEMU is not here"
fi
of=

# --- without a capability --------------------------------------------------------------------

libvirtd_stop
libvirtd_preload='' libvirtd_before='setpriv --bounding-set=-sys_resource'
libvirtd_start
on start one
explained memory-limit "without CAP_SYS_RESOURCE"

# --- all of them -----------------------------------------------------------------------------

# The lines of the table say which messages cannot be provoked.
awk '/\.name = "/ { split($0, part, "\""); name = part[2]; untested[name] = 0 }
	/\.untested = / { untested[name] = 1 }
	END { for (name in untested) if (!untested[name]) print name }' "$source" |
	sort >"$tap_folder/wanted"
sort -u "$tap_folder/seen" >"$tap_folder/provoked"
same "$tap_folder/provoked" "$tap_folder/wanted" "each message is provoked that is not marked"

"$zpci" host explain <"$messages" >"$tap_folder/all"
is "$?" 0 "all that was said, as one log"
is "$(grep -c '^line [0-9]*: ' "$tap_folder/all")" \
	"$(("$(sed -n 's/^ *"message": "\(.*\)",$/\1/p' <("$zpci" host explain --json <"$messages") |
		wc -l)"))" "text and JSON have as many explanations"
done_testing
