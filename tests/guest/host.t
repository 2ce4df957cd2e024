#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What `zpci host' promises, on a host of guests: an s390x Debian with its own libvirt, QEMU and
# udev, in one boot and a reboot. Minutes.
#
# Linux has no driver for our functions. Where a function must come back to its driver, this is the
# random number generator of QEMU (0x601), whose driver is built in, so that it is bound before udev
# hears of the function; and a VF of ours (0x501) with pci-stub, a module that we tell its IDs.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Host;
use JSON::PP;
use MIME::Base64;
use Test::More;

requires_guest();
requires_host();

my $script = <<'END';
devices=/sys/bus/pci/devices
rules=/etc/udev/rules.d
address_of() { basename "$(dirname "$(grep -lx "0x00000$1" $devices/*/function_id)")"; }
driver_of() { basename "$(readlink "$devices/$(address_of $1)/driver" || echo none)"; }
cycle() {
	echo 0 >/sys/bus/pci/slots/00000$1/power && udevadm settle &&
		echo 1 >/sys/bus/pci/slots/00000$1/power && udevadm settle
}
drivers() { echo "$1: $(driver_of 501) $(driver_of 601)"; }
refused() { zpci host "$@" 2>&1; echo "status $?"; }
ours() { ls $rules | tr '\n' ' '; }

if [ ! -e /second-boot ]; then

# --- what is there ---------------------------------------------------------------------------

for device in $devices/*; do
	echo "function: ${device##*/} $(cat $device/function_id $device/vfn | tr '\n' ' ')$(
		[ ! -e $device/physfn ] || basename "$(readlink $device/physfn)")"
done
echo "lspci: $(lspci -D | wc -l) $(lspci -Dvs 0200:00:00.0 | sed -n 's/.*Physical Slot: //p')"
echo "libvirt: $(virsh -q nodedev-list --cap pci | tr '\n' ' ')"
echo "linked: $(virsh -q nodedev-dumpxml pci_0120_00_00_1 | grep -A1 phys_function | tail -n 1)"

# --- libvirt alone ---------------------------------------------------------------------------

echo "before: $(driver_of 601)"
quiet virsh nodedev-detach pci_0300_00_00_0
echo "detached: $(driver_of 601)"
quiet cycle 601
echo "detached and cycled: $(driver_of 601)"
quiet virsh nodedev-detach pci_0300_00_00_0
quiet virsh nodedev-reattach pci_0300_00_00_0
echo "reattached: $(driver_of 601)"

# --- reserve ---------------------------------------------------------------------------------

modprobe pci-stub ids=1234:7a71
drivers unreserved
quiet cycle 501
quiet cycle 601
drivers "unreserved and cycled"

card=$(ls $devices/0301:00:00.0/virtio*/net)
ip address add 10.0.2.15/24 dev $card
ip link set $card up
echo "in use: $(refused reserve 0x602 | tr '\n' ' ' | sed "s/$card/CARD/g")"
ip link set $card down
ip address flush dev $card
echo "pf: $(refused reserve 0x401 | tr '\n' ' ')"
echo "# of somebody else" >$rules/60-zpci-reserve-00000502.rules
echo "foreign: $(refused reserve 0x502 | tail -n 1)"
echo "refused rules: $(ours)"
rm $rules/60-zpci-reserve-00000502.rules

zpci host reserve --dry-run 0x501 >/dev/null
drivers "dry run"
rmmod vfio_pci
quiet zpci host reserve 0x501
quiet zpci host reserve fid:601
drivers reserved
udevadm verify --no-summary $rules/*.rules >/dev/null 2>&1
echo "verify: $?"
cp -a $rules /tmp/rules
quiet zpci host reserve 0200:00:00.0
diff -r $rules /tmp/rules >/dev/null
echo "twice: $?"
zpci host reserve | sed '1d; s/  */ /g; s/^/list: /'
quiet cycle 501
quiet cycle 601
drivers "reserved and cycled"
quiet udevadm trigger --subsystem-match=pci --settle
drivers "reserved and triggered"
quiet rmmod vfio_pci
quiet cycle 501
quiet cycle 601
drivers "reserved and cycled without the module"
quiet virsh nodedev-detach pci_0300_00_00_0
quiet virsh nodedev-reattach pci_0300_00_00_0
udevadm settle
drivers "reserved and given back by libvirt"

# In standby, and at another address than before.
echo 0 >/sys/bus/pci/slots/00000502/power
udevadm settle
quiet zpci host reserve 0x502
echo 1 >/sys/bus/pci/slots/00000502/power
udevadm settle
echo "standby: $(driver_of 502)"
quiet zpci-control remove 0x503
quiet zpci-control add probe,adapter=elsewhere,vf=5,fid=0x503,uid=0x2aa
await '[ -e $devices/02aa:00:00.0/driver ]'
quiet zpci host reserve 0x503
quiet zpci-control remove 0x503
await '[ ! -e $devices/02aa:00:00.0 ]'
quiet zpci-control add probe,adapter=elsewhere,vf=5,fid=0x503,uid=0x2bb
await '[ -e $devices/02bb:00:00.0/driver ]'
udevadm settle
echo "other address: $(address_of 503) $(driver_of 503)"

exec 7<>/dev/vfio/$(basename "$(readlink $devices/0300:00:00.0/iommu_group)")
echo "open: $(refused unreserve 0x601 | sed "s/process $$ /process PID /" | tr '\n' ' ')"
exec 7<&-
drivers "refused to unreserve"

sync
touch /second-boot
echo
reboot -f
fi

# --- after a reboot --------------------------------------------------------------------------

modprobe pci-stub ids=1234:7a71
drivers rebooted
echo "others: $(driver_of 502) $(address_of 503) $(driver_of 503)"
quiet cycle 501
quiet cycle 601
drivers "rebooted and cycled"
quiet zpci host unreserve 0x601
quiet zpci host unreserve 0x501
drivers unreserved
quiet udevadm trigger --subsystem-match=pci --settle
quiet cycle 501
quiet cycle 601
drivers "unreserved and cycled"
quiet zpci host unreserve 0x502
echo "again: $(zpci host unreserve 0x502)"
quiet zpci-control remove 0x503
await '[ ! -e $devices/02bb:00:00.0 ]'
quiet zpci host unreserve 0x503

# --- a guest of libvirt ----------------------------------------------------------------------

# Its init is that of our guests, zpci/guest/init. Time in it is counted in instructions: in real
# time a guest of an emulated CPU can do little more than handle its timer.
mkdir -p /tmp/add/zpci
echo "exec zpci-inspect --json --fid 502 --interrupts 4 --dma-bytes 0" >/tmp/add/zpci/exec
echo web >/tmp/add/zpci/nonce
cp /usr/share/zpci-lab/initrd /tmp/initrd
(cd /tmp/add && printf '%s\n' zpci zpci/exec zpci/nonce | busybox cpio -o -H newc 2>/dev/null) \
	>>/tmp/initrd
channel() { echo "<channel type='file'><source path='/tmp/$1'/><target type='virtio' name='$2'/></channel>"; }
cat >/tmp/web.xml <<XML
<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>web</name><memory unit='MiB'>192</memory><vcpu>1</vcpu><cpu mode='maximum'/>
  <os><type arch='s390x' machine='s390-ccw-virtio'>hvm</type>
    <kernel>/usr/share/zpci-lab/kernel</kernel><initrd>/tmp/initrd</initrd></os>
  <on_reboot>destroy</on_reboot>
  <devices>
    <console type='file'><source path='/tmp/console'/><target type='sclp'/></console>
    $(channel output org.zpci.output)$(channel error org.zpci.error)
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0201' bus='0x00' slot='0x00' function='0x0'/></source>
      <address type='pci'><zpci uid='0x0201' fid='0x00000502'/></address>
    </hostdev>
    <memballoon model='none'/>
  </devices>
  <qemu:commandline><qemu:arg value='-icount'/><qemu:arg value='shift=6'/></qemu:commandline>
</domain>
XML
echo "before the guest: $(driver_of 502)"
quiet virsh define --validate /tmp/web.xml
quiet virsh start web
echo "in the guest: $(driver_of 502)"
echo "libvirt refuses: $(virsh nodedev-reattach pci_0201_00_00_0 2>&1 | tr '\n' ' ')"
quiet virsh event web lifecycle --timeout 1200
await '[ "$(driver_of 502)" != vfio-pci ]'
echo "after the guest: $(driver_of 502)"
sed 's/^/level 2: /' /tmp/console >/dev/console
echo "level2: $(base64 -w 0 /tmp/output)"
cat /tmp/error >&2
virsh undefine web >/dev/null

echo "last rules: $(ours)"
echo "last list: $(zpci host reserve)"
END

my $run = host([ '--timeout', 1800 ], $script);
my %said = %{ $run->{said} };
diag(sprintf('%d s', $run->{seconds}));
is($run->{status}, 0, 'the script came to its end') or diag($run->{err});
is_deeply($run->{said}{failed}, undef, 'no command failed or complained');

sub said {
	my ($key, $expected, $name) = @_;
	is_deeply($said{$key}, $expected, $name // $key) or diag(explain($said{$key}));
}

said('function', [
	'0120:00:00.0 0x00000401 0x0000 ', '0120:00:00.1 0x00000402 0x0001 0120:00:00.0',
	'0120:00:00.2 0x00000403 0x0002 0120:00:00.0', '0200:00:00.0 0x00000501 0x0003 ',
	'0201:00:00.0 0x00000502 0x0004 ', '0202:00:00.0 0x00000503 0x0005 ',
	'0300:00:00.0 0x00000601 0x0000 ', '0301:00:00.0 0x00000602 0x0000 '
], 'three detached VFs, a PF with two linked VFs, two functions of QEMU');
said('lspci', ['8 00000501']);
said('libvirt', [ join '', map { "pci_$_ " } qw(0120_00_00_0 0120_00_00_1 0120_00_00_2 0200_00_00_0
	    0201_00_00_0 0202_00_00_0 0300_00_00_0 0301_00_00_0) ]);
like($said{linked}[0], qr/domain='0x0120' bus='0x00' slot='0x00' function='0x0'/,
	'libvirt knows the PF of a linked VF');

said('before', ['virtio-pci'], 'a function with a driver');
said('detached', ['vfio-pci'], 'nodedev-detach binds it to vfio-pci');
said('detached and cycled', ['virtio-pci'], 'a power cycle undoes that');
said('reattached', ['virtio-pci'], 'nodedev-reattach gives it back to its driver');

said('in use', [ "zpci: FID 0x00000602 is in use: CARD is up (and 1 more); end that first: "
	    . "`ip link set CARD down' status 1 " ], 'a network card that is up is refused');
said('pf', [ "zpci: FID 0x00000401 is a PF with 2 VFs, which need it; reserve VFs, or remove them "
	    . "first: `echo 0 >/sys/bus/pci/devices/0120:00:00.0/sriov_numvfs' status 1 " ],
	'a PF with VFs is refused');
said('foreign', ['status 1'], "somebody else's rule is refused");
said('refused rules', ['60-zpci-reserve-00000502.rules '], 'no rule was made meanwhile');

# Each pair is the driver of our VF, and that of QEMU's function.
my ($own, $vfio) = ('pci-stub virtio-pci', 'vfio-pci vfio-pci');
said('unreserved', [ $own, $own ], 'without a rule, before and after: their drivers');
said('unreserved and cycled', [ $own, $own ],
	'without a rule, before and after, a power cycle brings their drivers back');
said('dry run', [$own], '--dry-run changes nothing');
said('verify', [0], "udevadm verify has nothing against the rules");
said('twice', [0], 'reserving twice changes nothing');
said('list', [ '0x00000501 0200:00:00.0 configured vfio-pci',
	'0x00000601 0300:00:00.0 configured vfio-pci' ]);
said($_, [$vfio])
    for ('reserved', 'reserved and cycled', 'reserved and triggered',
	'reserved and cycled without the module', 'reserved and given back by libvirt',
	'refused to unreserve', 'rebooted', 'rebooted and cycled');
said('standby', ['vfio-pci'], 'reserved in standby: vfio-pci when it is configured');
said('other address', ['02bb:00:00.0 vfio-pci'], 'the same FID at another address: vfio-pci');
said('others', ['vfio-pci 02bb:00:00.0 vfio-pci'], 'the others after a reboot as well');
said('open', [ 'zpci: FID 0x00000601 is in use: process PID (bash) has it open; stop the guest, take '
	    . 'it from the guest, or remove the rule alone by --no-apply status 1 ' ],
	'a function that a process has open is not unreserved');
said('again', ['FID 0x00000502 is not reserved'], 'unreserving twice');
said('before the guest', ['pci-stub'], 'a VF with a driver');
said('in the guest', ['vfio-pci'], "managed='yes' binds it to vfio-pci for the guest");
like($said{'libvirt refuses'}[0], qr/0201:00:00.0 is in use by driver QEMU, domain web/,
	'libvirt does not take it from a running guest');
said('after the guest', ['pci-stub'], 'the guest has ended: the VF is back at its driver');
my $text = decode_base64($said{level2}[0] // '');
$text =~ s/\e_zpci:.*?\e\\//g;
my $report = eval { decode_json($text) };
ok($report, 'a report of the guest') or diag("$@: $text");
my $seen = observed(function_of($report->{vfio}, 0x502));
is_deeply([ $seen->{vfn}, $seen->{no_command_memory} ], [ 4, 1 ],
	"in the guest: the VF's number, and the kernel's no_command_memory") or diag(explain($seen));
is((function_of($report->{functions}, 0x502) // {})->{kind}, 'VF detached', 'in the guest: a detached VF');
# The vfio of the host emulates the Memory bit.
is_deeply([ differences($seen, 'vfio', 4) ], [], 'in the guest: as profile vfio');

said('last rules', [''], 'no rule is left');
said('last list', ['no function is reserved']);

done_testing();
