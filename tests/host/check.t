#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host check, as a command: on the fake sysfs of a host, with guests of libvirt's test driver.
# tests/test-host-check.c has each check both ways; tests/host/hook.t the real libvirtd.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/sysfs.sh"

host=$tap_folder/host
mkdir -p "$host/proc/self"
: >"$host/proc/self/mountinfo"
echo 'Filename Type Size Used Priority' >"$host/proc/swaps"
sysfs_host "$host/sys"
device=$sysfs/bus/pci/devices/0200:00:00.0

# check FUNCTION ARGUMENT...
check() {
	tool host check "$@" --sysfs "$sysfs"
}

# line ID: its lines of the report.
line() {
	grep -E "^ [^ ]+ +$1 " "$tap_folder/out"
}

# says ID MARK PATTERN NAME
says() {
	like "$(line "$1")" "^ $2 +$1 .*$3" "$4"
}

# --- one function ----------------------------------------------------------------------------

check 0x501 --no-libvirt
is "$status" 0 "a detached VF: status" || sed 's/^/# /' "$tap_folder/err"
is "$err" "" "no message"
is "$(head -n 1 "$tap_folder/out")" "0x00000501 (uid 0x0200, 0200:00:00.0, VFN 3, VF detached)" \
	"the title"
is "$(tail -n 1 "$tap_folder/out")" "can be given to a guest, as far as could be looked at" \
	"the conclusion"
is "$(sed -n 's/^ [^ ]* *\([a-z-]*\) .*/\1/p' "$tap_folder/out" | tr '\n' ' ')" \
	"address slot uid-checking type group driver vfio in-use guest-ref command-memory kvm " \
	"all checks, and none that needs a guest"
says vfio '\?' "not looked at: .* of that Linux is not here" "facts of this Linux are not taken"
says kvm '\?' "not looked at: " "KVM of this Linux neither"
for name in fid:501 uid:200 0200:00:00.0 pci_0200_00_00_0 eno200; do
	check "$name" --no-libvirt
	is "$status $(head -c 10 "$tap_folder/out")" "0 0x00000501" "the function as $name"
done

sysfs_net 0200:00:00.0 eno200 up
check 0x501 --no-libvirt
is "$status" 1 "in use: status"
says in-use FAIL "eno200 is up -> ip link set eno200 down" "in use: what, and the command"
is "$(tail -n 1 "$tap_folder/out")" "1 problem" "in use: the conclusion"
rm "$device/iommu_group"
check 0x501 --no-libvirt
is "$(tail -n 1 "$tap_folder/out")" "2 problems" "two problems, and none hides the other"
ln -s ../../../kernel/iommu_groups/3 "$device/iommu_group"
sysfs_net 0200:00:00.0 eno200

check 0x503 --no-libvirt
is "$status" 1 "in standby: status"
says slot FAIL "standby.* -> echo 1 > /sys/bus/pci/slots/00000503/power" "in standby: the command"
says group '\?' "not looked at" "in standby: what cannot be seen is not ok"
check 0x401 --no-libvirt
is "$status" 1 "a PF with VFs: status"
says type FAIL "with 2 VFs, which go when its driver goes" "a PF with VFs: why"
echo 0 >"$sysfs/bus/pci/devices/0120:00:00.0/sriov_numvfs"
check 0x401 --no-libvirt
is "$status" 1 "a PF with VFs of the firmware: status"
says type FAIL "with 2 VFs" "a PF with VFs of the firmware: why"
mkdir "$tap_folder/away"
mv "$sysfs"/bus/pci/devices/0120:00:00.[12] "$tap_folder/away"
check 0x401 --no-libvirt
is "$status" 0 "a PF without VFs: status"
says type warning "without VFs" "a PF without VFs is a warning"
mv "$tap_folder"/away/* "$sysfs/bus/pci/devices"
check 0x402 --no-libvirt
says type note "PF 0120:00:00.0, which is in this Linux" "a linked VF"
says command-memory '\?' "VFN 1" "a linked VF: its VFN"
check 0x1000 --no-libvirt
says in-use '\?' "SMC-D" "an ISM function: its use cannot be seen"

echo "36 35 259:0 / /srv/my\\040disk rw - ext4 /dev/nvme0n1 rw" >"$host/proc/self/mountinfo"
check nvme0n1 --no-libvirt
is "$status" 1 "a mounted disk: status"
says in-use FAIL "nvme0n1 is mounted at /srv/my disk -> umount '/srv/my disk'" \
	"a mounted disk: a command that a shell takes"
: >"$host/proc/self/mountinfo"

# --- attributes that are missing or wrong ----------------------------------------------------

echo 0 >"$device/uid_is_unique"
check 0x501 --no-libvirt
is "$status" 0 "UIDs are not unique: status"
says uid-checking warning " -> zpci host reserve 0x00000501" "UIDs are not unique: a warning"
for content in '' 2x $'\e[31m' 99999999999999999999; do
	echo "$content" >"$device/uid_is_unique"
	echo "$content" >"$device/vfn"
	check 0x501 --no-libvirt
	says uid-checking '\?' "not looked at" "garbage is not looked at: ${content@Q}"
	says command-memory '\?' "not looked at" "garbage as VFN: ${content@Q}"
	unlike "$out" $'\e' "no control character of a file reaches the terminal: ${content@Q}"
done
rm "$device/uid_is_unique" "$device/vfn" "$device/config"
check 0x501 --no-libvirt
says uid-checking '\?' "not looked at" "an older kernel without the attribute"
says command-memory '\?' "not looked at" "nor a VFN"
sysfs_function 0200:00:00.0 0x00000501 driver=mlx5_core group=3 vfn=0x0000 command=0404 enable=1
check 0x501 --no-libvirt
says command-memory warning "the Memory bit reads 0 although mlx5_core has enabled" \
	"a function that is enabled, without VFN and without Memory bit"
sysfs_function 0200:00:00.0 0x00000501 driver=mlx5_core group=3 vfn=0x0003 command=0404

# Another function in the group.
ln -s ../../../../devices/pci0201:00/0201:00:00.0 \
	"$sysfs/kernel/iommu_groups/3/devices/0201:00:00.0"
check 0x501 --no-libvirt
says group warning "also has 0201:00:00.0" "another function in the group, without a driver"
ln -s ../../../bus/pci/drivers/mlx5_core "$sysfs/devices/pci0201:00/0201:00:00.0/driver"
check 0x501 --no-libvirt
is "$status" 1 "and with a driver: status"
says group FAIL "also has 0201:00:00.0.* -> virsh nodedev-detach pci_0201_00_00_0" \
	"and with a driver: the command"
rm "$sysfs/kernel/iommu_groups/3/devices/0201:00:00.0"

# --- what is not there -----------------------------------------------------------------------

check 0x999 --no-libvirt
is "$status" 3 "no such function: status"
like "$err" "^zpci: .0x999. is no function" "no such function: message"
tool host check 0x501 --no-libvirt --sysfs "$tap_folder/nothing"
is "$status" 4 "no sysfs: status"
like "$err" "nothing/bus/pci/devices: No such file" "no sysfs: message"
tool host check
is "$status" 125 "no function named: status"
tool host check 0x501 0x502
is "$status" 125 "two functions named: status"
"$zpci" host check 0x501 --no-libvirt --sysfs "$sysfs" >/dev/full 2>"$tap_folder/err"
is "$?" 4 "a full device: status"
like "$(cat "$tap_folder/err")" "cannot write the report: No space" "a full device: message"

# --- guests ----------------------------------------------------------------------------------

check 0x501 --connect "test://$tap_folder/missing"
if grep -q "built without libvirt" "$tap_folder/out"; then
	is "$status" 0 "without libvirt the other checks are made"
	check 0x501 --guest web1
	is "$status" 4 "without libvirt: --guest: status"
	like "$err" "^zpci: --guest web1: this zpci was built without libvirt" "and a message"
	done_testing
fi
is "$status" 0 "libvirt cannot be reached: status"
says guest-ref '\?' "not looked at: whether a guest has it, as " "libvirt cannot be reached: guests are not looked at"
check 0x501 --connect "test://$tap_folder/missing" --guest web1
is "$status" 4 "libvirt cannot be reached, with --guest: status"
like "$err" "^zpci: --guest web1: " "and a message"

hostdev() {
	cat <<-XML
		<hostdev mode='subsystem' type='pci' managed='$1'>
		  <source><address domain='0x0200' bus='0x00' slot='0x00' function='0x0'/></source>
		  <address type='pci'><zpci uid='0x0077' fid='0x00000177'/></address>
		</hostdev>
	XML
}

domain() {
	local name=$1 uuid=$2
	shift 2
	cat <<-XML
		<domain type='test'><name>$name</name>
		  <uuid>00000000-0000-0000-0000-00000000000$uuid</uuid>
		  <memory unit='MiB'>3072</memory><os><type>hvm</type></os>
		  <devices>$*</devices>
		</domain>
	XML
}

rng="<rng model='virtio'><backend model='random'>/dev/urandom</backend>
	<address type='pci'><zpci uid='0x0200' fid='0x00000501'/></address></rng>"

# guests DOMAIN...: what libvirt has.
guests() {
	printf '<node>%s</node>\n' "$*" >"$tap_folder/test.xml"
}

with() {
	check 0x501 --connect "test://$tap_folder/test.xml" "$@"
}

guests "$(domain web1 1)" "$(domain web2 2)"
with --guest web1
is "$status" 0 "a guest: status" || sed 's/^/# /' "$tap_folder/err"
like "$(head -n 1 "$tap_folder/out")" " -> web1\$" "a guest: the title"
like "$(tail -n 1 "$tap_folder/out")" "^can be given to web1" "a guest: the conclusion"
says guest-ref ok "no other guest has it" "no other guest has it"
says guest-ids ok "UID 0x0200 and FID 0x00000501 are free in web1" "the host's IDs are free"
says id-map ok "the UID and the FID of this host" "the guest sees the host's IDs"
says memlock note "QEMU may lock 4096 MiB" "memory that is locked"
with --guest nobody
is "$status" 3 "no such guest: status"
like "$err" "^zpci: no guest nobody; " "no such guest: message"

guests "$(domain web1 1 "$rng")"
with --guest web1
is "$status" 0 "IDs that are taken, others are chosen: status"
says id-map note "not this host's" "IDs that are taken: a note"
with --guest web1 --guest-fid same
is "$status" 1 "an ID that is taken: status"
says guest-ids FAIL "0x00000501" "an ID that is taken: which"
with --guest web1 --guest-fid 0x502 --guest-uid 0x77
says guest-ids ok "UID 0x0077 and FID 0x00000502" "IDs that the user wants"
with --guest web1 --guest-uid 0
is "$status" 125 "UID 0: status"

guests "$(domain web1 1)" "$(domain web2 2 "$(hostdev yes)")"
with --guest web1
# All domains of the test driver run.
says guest-ref FAIL "web2 runs with it -> zpci host detach 0200:00:00.0 web2" "another guest has it"
with
is "$status" 1 "another guest has it, without --guest: status"
with --guest web2
says guest-ref ok "no other guest" "its own guest is no other"
says managed ok "managed='yes'" "managed in the definition"
says id-map note "UID 0x0077 and FID 0x00000177" "the IDs of the definition"
guests "$(domain web2 2 "$(hostdev no)")"
with --guest web2
says managed warning " -> virsh nodedev-detach pci_0200_00_00_0" "not managed in the definition"

# --- JSON ------------------------------------------------------------------------------------

sysfs_net 0200:00:00.0 eno200 up
guests "$(domain web1 1)"
with --guest web1 --json
is "$status" 1 "JSON: status"
is "$(perl -MJSON::PP -0777 -ne '
	my $j = decode_json($_);
	my ($use) = grep { $_->{id} eq "in-use" } @{ $j->{checks} };
	my ($slot) = grep { $_->{id} eq "slot" } @{ $j->{checks} };
	my %status;
	$status{$_->{status}}++ for @{ $j->{checks} };
	my $problems = $status{fail};
	print join("\n", $j->{schema}, $j->{function}{fid}, $j->{function}{fid_number},
		$j->{function}{uid}, $j->{function}{uid_number}, $j->{function}{address}, $j->{guest},
		$j->{problems} == $problems ? "counted" : "not counted",
		@$use{qw(status message fix)}, $slot->{status}, defined $slot->{fix} ? "fix" : "null",
		join(",", sort keys %status));
' "$tap_folder/out")" "zpci-host/1
0x00000501
1281
0x0200
512
0200:00:00.0
web1
counted
fail
eno200 is up
ip link set eno200 down
ok
null
fail,note,ok,unknown" "JSON: what is in it"
done_testing
