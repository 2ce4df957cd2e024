#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What `zpci host' promises, on a host of guests: an s390x Debian with its own libvirt, QEMU and
# udev, in one boot and a reboot; and in a second host, where UIDs are not unique. Minutes.
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

my $head = <<'END';
devices=/sys/bus/pci/devices
slots=/sys/bus/pci/slots
address_of() { basename "$(dirname "$(grep -lx "0x00000$1" $devices/*/function_id)")"; }
driver_of() { basename "$(readlink "$devices/$(address_of $1)/driver" || echo none)"; }
power() { echo $2 >$slots/00000$1/power && udevadm settle; }
# answer ARGUMENT...: all that `zpci host' says, in one line, and its status.
answer() { { zpci host "$@" 2>&1; echo "status $?"; } | tr '\n' ' '; }
END

my $script = $head . <<'END';
rules=/etc/udev/rules.d
cycle() { power $1 0 && power $1 1; }
drivers() { echo "$1: $(driver_of 501) $(driver_of 601)"; }
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
echo "functions: $(answer list --json)"

zpci host capture >/tmp/captured.conf
echo "capture: $?"
zpci describe --config /tmp/captured.conf >/tmp/described
echo "describe: $? $(grep -o '^function [0-9a-f]*' /tmp/described | sort | tr '\n' ' ')"

# Until the boot ends. Each line is one of JSON.
zpci host watch --json >/tmp/watch 2>&1 &
watch=$!
lines() { grep -c "\"event\": \"$1\", \"fid\": \"0x00000$2\"" /tmp/watch; }
# now FID MEMBER VALUE: what the last line says of it.
now() {
	grep "\"fid\": \"0x00000$1\".*\"member\": \"$2\"" /tmp/watch | tail -n 1 |
		grep -q "\"new\": \"$3\"}"
}
await 'grep -q "\"ready\"" /tmp/watch'

# --- libvirt alone ---------------------------------------------------------------------------

echo "before: $(driver_of 601)"
quiet virsh nodedev-detach pci_0300_00_00_0
echo "detached: $(driver_of 601)"
await 'now 601 driver vfio-pci'
quiet power 601 0
await 'now 601 state standby'
quiet power 601 1
echo "detached and cycled: $(driver_of 601)"
await 'now 601 state configured && now 601 driver virtio-pci'
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
echo "in use: $(answer reserve 0x602 | sed "s/$card/CARD/g")"
ip link set $card down
ip address flush dev $card
echo "pf: $(answer reserve 0x401)"
echo "# of somebody else" >$rules/60-zpci-reserve-00000502.rules
echo "foreign: $(answer reserve 0x502 | grep -o 'status.*')"
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
quiet power 502 0
quiet zpci host reserve 0x502
quiet power 502 1
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
echo "open: $(answer unreserve 0x601 | sed "s/process $$ /process PID /")"
exec 7<&-
drivers "refused to unreserve"

# The PF's driver is of no interest here: when the watch has seen this, it has seen all before.
echo seen >$devices/0120:00:00.0/driver_override
await 'now 401 driver_override seen'
echo >$devices/0120:00:00.0/driver_override
await 'grep -q "\"old\": \"seen\"" /tmp/watch'
echo "watched twice: $(lines removed 503) $(lines added 503)"
kill $watch
wait $watch
echo "watch: $?"
sed 's/^/watched: /' /tmp/watch
echo "functions then: $(answer list --json)"

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
# time a guest of an emulated CPU can do little more than handle its timer. It ends when it has
# given the function back.
mkdir -p /tmp/add/zpci
cat >/tmp/add/zpci/exec <<'GUEST'
zpci-inspect --json --fid 502 --interrupts 4 --dma-bytes 0
echo reported >&2
until [ ! -e /sys/bus/pci/devices/0201:00:00.0 ]; do sleep 1; done
echo "given back" >&2
GUEST
echo web >/tmp/add/zpci/nonce
cp /usr/share/zpci-lab/initrd /tmp/initrd
(cd /tmp/add && printf '%s\n' zpci zpci/exec zpci/nonce | busybox cpio -o -H newc 2>/dev/null) \
	>>/tmp/initrd
channel() {
	echo "<channel type='file'><source path='/tmp/$1'/>
		<target type='virtio' name='$2'/></channel>"
}
for name in web other; do
	cat >/tmp/$name.xml <<XML
<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>$name</name><memory unit='MiB'>192</memory><vcpu>1</vcpu><cpu mode='maximum'/>
  <os><type arch='s390x' machine='s390-ccw-virtio'>hvm</type>
    <kernel>/usr/share/zpci-lab/kernel</kernel><initrd>/tmp/initrd</initrd></os>
  <on_reboot>destroy</on_reboot>
  <devices>
    <console type='file'><source path='/tmp/$name.console'/><target type='sclp'/></console>
    $(channel $name.output org.zpci.output)$(channel $name.error org.zpci.error)
    <memballoon model='none'/>
  </devices>
  <qemu:commandline><qemu:arg value='-icount'/><qemu:arg value='shift=6'/></qemu:commandline>
</domain>
XML
	quiet virsh define --validate /tmp/$name.xml
done
definition() { virsh dumpxml --inactive $1; }

echo "before the guest: $(driver_of 502)"
echo "check: $(answer check 0x502 --guest web --json)"
echo "attach: $(answer attach 0x502 web --config)"
echo "definition: $(definition web | sed -n '/<hostdev/,/<\/hostdev>/p' | tr -s '\n ' '  ')"
echo "guests: $(answer guests --json)"
definition other >/tmp/other
echo "attach to another: $(answer attach 0x502 other --config)"
definition other | diff /tmp/other - >/dev/null
echo "another: $?"

quiet virsh start web
echo "in the guest: $(driver_of 502)"
echo "libvirt refuses: $(virsh nodedev-reattach pci_0201_00_00_0 2>&1 | tr '\n' ' ')"
echo "functions of the guest: $(answer list --json)"
timeout 600 bash -c 'until grep -q reported /tmp/web.error; do usleep 200000; done' ||
	echo "gave up: the guest made no report"
echo "detach: $(answer detach 0x502 web --timeout 120)"
echo "after the guest: $(driver_of 502)"
await '[ "$(virsh -q domstate web)" = "shut off" ]'
sed 's/^/level 2: /' /tmp/web.console >/dev/console
echo "level2: $(base64 -w 0 /tmp/web.output)"
cat /tmp/web.error >&2
echo "told: $(tail -n 1 /tmp/web.error)"
definition web | grep hostdev
echo "defined: $?"
echo "guests then: $(answer guests --json)"

# --- libvirt's hook --------------------------------------------------------------------------

quiet zpci-control add probe,adapter=elsewhere,vf=5,fid=0x503,uid=0x202
await '[ -e $devices/0202:00:00.0/driver ]'
quiet zpci host attach 0x503 other --config
echo "hook: $(answer hook install)"
kill -HUP $(pidof libvirtd)
quiet power 503 0
refused() { virsh start other 2>&1 | grep -o 'zpci: .*'; }
# libvirtd looks for hooks some time after the signal.
await '[ -n "$(refused)" ]'
echo "standby is refused: $(refused)"
quiet power 503 1
quiet virsh start other
echo "other starts: $(driver_of 503)"
quiet virsh destroy other
echo "other ends: $(driver_of 503)"
quiet zpci-control remove 0x503
await '[ ! -e $slots/00000503 ]'
echo "gone is refused: $(refused)"
quiet zpci-control add probe,adapter=elsewhere,vf=5,fid=0x503,uid=0x2cc
await '[ -e $devices/02cc:00:00.0/driver ]'
echo "moved is refused: $(refused)"
echo "dangling: $(answer guests | grep -o 'problem.*')"
echo "hook removed: $(answer hook remove)"
echo "without the hook: $(refused) $(virsh start other 2>&1 | grep -c '0202:00:00.0')"
echo "detach of what is gone: $(answer detach 0202:00:00.0)"

virsh undefine web >/dev/null
virsh undefine other >/dev/null
echo "last rules: $(ours)"
echo "last list: $(zpci host reserve)"
END

my %said;

sub run {
	my ($options, $text) = @_;
	my $run = host([ '--timeout', 1800, @$options ], $text);
	diag(sprintf('%d s', $run->{seconds}));
	is($run->{status}, 0, 'the script came to its end') or diag($run->{err});
	%said = %{ $run->{said} };
	is_deeply([ @said{ 'failed', 'gave up' } ], [ undef, undef ],
		'no command failed or complained');
}

sub said {
	my ($key, $expected, $name) = @_;
	is_deeply($said{$key}, $expected, $name // $key) or diag(explain($said{$key}));
}

# The JSON of an answer, and its status.
sub answer {
	my ($key) = @_;
	my ($text, $status) = ($said{$key}[0] // '') =~ /^(.*) status (\d+) $/;
	my $json = eval { decode_json($text // '') };
	diag("$key: no JSON: ", explain($said{$key})) if !$json;
	return ($json // {}, $status);
}

sub members {
	my ($object, @names) = @_;
	return join ' ', map { $_ // '-' } @{$object}{@names};
}

run([], $script);

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

my ($list, $status) = answer('functions');
my @members = qw(fid uid address kind vfn pf_address num_vfs state has_device driver);
is($status, 0, 'list: status');
is_deeply([ map { members($_, @members) } @{ $list->{functions} } ], [
	'0x00000401 0x0120 0120:00:00.0 pf 0 - 0 configured 1 -',
	'0x00000402 0x0121 0120:00:00.1 vf-linked 1 0120:00:00.0 - configured 1 -',
	'0x00000403 0x0122 0120:00:00.2 vf-linked 2 0120:00:00.0 - configured 1 -',
	'0x00000501 0x0200 0200:00:00.0 vf-detached 3 - - configured 1 -',
	'0x00000502 0x0201 0201:00:00.0 vf-detached 4 - - configured 1 -',
	'0x00000503 0x0202 0202:00:00.0 vf-detached 5 - - configured 1 -',
	'0x00000601 0x0300 0300:00:00.0 plain 0 - - configured 1 virtio-pci',
	'0x00000602 0x0301 0301:00:00.0 plain 0 - - configured 1 virtio-pci'
], 'list: what each function is');
# Linux 6.12 does not show fidparm.
is_deeply([ map { [ [ grep { $_ ne 'fidparm' } keys %{ $_->{not_read} } ],
	    members($_, 'uid_is_unique'), $_->{guests} ] } @{ $list->{functions} } ],
	[ ([ [], 1, [] ]) x 8 ], 'list: all of it was read, UIDs are unique, and no guest has any')
    or diag(explain($list));
my @fids = map { "function 00000$_" } qw(401 402 403 501 502 503 601 602);
said('capture', [0]);
said('describe', ["0 @fids "], 'what was captured is a configuration with these functions');

# --- watch -----------------------------------------------------------------------------------

my (%seen, @wrong);
my %form = (present => 0, ready => 1, added => 2, changed => 2, removed => 2);
my $phase = 0;
for my $line (@{ $said{watched} }) {
	my $event = eval { decode_json($line) };
	my $order = $form{ $event->{event} // '' } // -1;
	my ($kind, $fid) = @{ $event // {} }{qw(event fid)};
	push @wrong, $line if $order < $phase;
	$phase = $order;
	next if !$fid;
	if ($kind eq 'removed') {
		push @wrong, $line if !delete $seen{$fid};
	} elsif ($kind ne 'changed') {
		push @wrong, $line if $seen{$fid};
		$seen{$fid} = $event;
	} else {
		my $member = \$seen{$fid}{ $event->{member} };
		push @wrong, $line if to_text($$member) ne to_text($event->{old});
		$$member = $event->{new};
	}
}

sub to_text {
	return JSON::PP->new->canonical->allow_nonref->encode($_[0]);
}

is_deeply(\@wrong, [], 'watch: each line fits to those before') or diag(explain($said{watched}));
($list, $status) = answer('functions then');
my @watched = qw(address kind state driver driver_override netdevs blockdevs);
my %listed = map { $_->{fid} => $_ } @{ $list->{functions} };
is_deeply([ sort keys %seen ], [ sort keys %listed ], 'watch: all functions, and no other');
is_deeply({ map { $_ => [ @{ $seen{$_} }{@watched} ] } keys %seen },
	{ map { $_ => [ @{ $listed{$_} }{@watched} ] } keys %listed },
	'watch: all changes together lead to what list says at the end');
said('watched twice', ['2 2'], 'watch: a function that went and came');
said('watch', [0], 'watch: ends by SIGTERM');

said('before', ['virtio-pci'], 'a function with a driver');
said('detached', ['vfio-pci'], 'nodedev-detach binds it to vfio-pci');
said('detached and cycled', ['virtio-pci'], 'a power cycle undoes that');
said('reattached', ['virtio-pci'], 'nodedev-reattach gives it back to its driver');

said('in use', [ "zpci: FID 0x00000602 is in use: CARD is up (and 1 more); end that first: "
	    . "`ip link set CARD down' status 1 " ], 'a network card that is up is refused');
said('pf', [ "zpci: FID 0x00000401 is a PF with 2 VFs, which need it; reserve VFs, or remove them "
	    . "first: `echo 0 >/sys/bus/pci/devices/0120:00:00.0/sriov_numvfs' status 1 " ],
	'a PF with VFs is refused');
said('foreign', ['status 1 '], "somebody else's rule is refused");
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

# --- a guest of libvirt ----------------------------------------------------------------------

said('before the guest', ['pci-stub'], 'a VF with a driver');
(my $check, $status) = answer('check');
is("$status $check->{problems} $check->{guest}", '0 0 web', 'check: nothing is in the way');
my %check = map { $_->{id} => $_ } @{ $check->{checks} };
is_deeply({ map { $_ => $check{$_}{status} } keys %check }, {
	address => 'ok', slot => 'ok', 'uid-checking' => 'ok', type => 'note', group => 'ok',
	driver => 'ok', vfio => 'ok', 'in-use' => 'ok', 'guest-ref' => 'ok', 'guest-ids' => 'ok',
	'id-map' => 'ok', memlock => 'note', 'command-memory' => 'note', kvm => 'warning'
}, 'check: the result of each check') or diag(explain(\%check));
my ($vfn, $bit) = ($check{'command-memory'}{message} // '') =~
    /is told VFN (\d+) .* concludes no_command_memory=([01])/;
is("$vfn $bit", '4 1', 'check: what the guest will be told, and conclude');
is($check{kvm}{fix}, 'modprobe kvm', 'check: a command that mends');

said('attach', [ 'FID 0x00000502 (0201:00:00.0) is in guest web as UID 0x0201, FID 0x00000502: '
	    . 'definition status 0 ' ], 'attach');
like($said{definition}[0], qr{<hostdev [^>]*managed='yes'>.*<zpci uid='0x0201' fid='0x00000502'/>},
	"attach: in libvirt's definition, managed, with its IDs");
my $address = "<address domain='0x0201' bus='0x00' slot='0x00' function='0x0'/>";
like($said{definition}[0], qr{<source> $address </source>},
	"attach: in libvirt's definition, by its address");
(my $guests, $status) = answer('guests');
my @known = qw(address fid guest_uid guest_fid live definition managed);
my %guests = map { my $guest = $_; $guest->{name} => [ map { members($_, @known) }
	    @{ $guest->{functions} } ] } @{ $guests->{guests} };
is_deeply([ $status, \%guests, $guests->{problems} ], [ 0,
	{ web => ['0201:00:00.0 0x00000502 0x0201 0x00000502 0 1 1'], other => [] }, [] ],
	'guests: who has what') or diag(explain($guests));
said('attach to another', [ 'zpci: FID 0x00000502 is in guest web (definition) already; detach it '
	    . 'there first: zpci host detach 0201:00:00.0 web status 1 ' ],
	'attach to another guest: refused');
said('another', [0], "attach to another guest: its definition is as before");

said('in the guest', ['vfio-pci'], "managed='yes' binds it to vfio-pci for the guest");
like($said{'libvirt refuses'}[0], qr/0201:00:00.0 is in use by driver QEMU, domain web/,
	'libvirt does not take it from a running guest');
($list, $status) = answer('functions of the guest');
my @used = grep { @{ $_->{guests} } } @{ $list->{functions} };
is_deeply([ map { members($_, qw(fid driver)) } @used ], ['0x00000502 vfio-pci'],
	'list: one has a guest');
is_deeply([ map { members($_, qw(name live definition)) } map { @{ $_->{guests} } } @used ],
	['web 1 1'], 'list: the guest that runs');

my $text = decode_base64($said{level2}[0] // '');
$text =~ s/\e_zpci:.*?\e\\//g;
my $report = eval { decode_json($text) };
ok($report, 'a report of the guest') or diag("$@: $text");
my $observed = observed(function_of($report->{vfio}, 0x502));
my $inside = function_of($report->{functions}, 0x502) // {};
is_deeply([ $observed->{vfn}, $observed->{no_command_memory} ], [ $vfn, $bit ],
	"in the guest: the VF's number, and the kernel's no_command_memory, as check had said")
    or diag(explain($observed));
is($inside->{kind}, 'VF detached', 'in the guest: a detached VF');
# The vfio of the host emulates the Memory bit.
is_deeply([ differences($observed, 'vfio', $vfn) ], [], 'in the guest: as profile vfio');

my $taken = 'FID 0x00000502 \(0201:00:00.0\) is taken from guest web: live and definition';
like($said{detach}[0],
	qr/^(waiting .*)?$taken FID 0x00000502 is with its driver pci-stub again status 0 $/,
	'detach from the running guest');
said('after the guest', ['pci-stub'], 'detach: the VF is back at its driver');
said('told', ['given back'], 'detach: the guest has not got it any more');
said('defined', [1], 'detach: nor has its definition');
($guests, $status) = answer('guests then');
is_deeply([ map { @{ $_->{functions} } } @{ $guests->{guests} } ], [],
	'guests: nobody has anything');

# --- libvirt's hook --------------------------------------------------------------------------

my $hook = '/etc/libvirt/hooks/qemu.d/50-zpci';
like($said{hook}[0], qr/^installed $hook It is the first hook: .* status 0 $/, 'hook install');
said('standby is refused', [ 'zpci: guest other: 0202:00:00.0 is FID 0x00000503, which is in '
	    . 'standby; configure it: echo 1 >/sys/bus/pci/slots/00000503/power' ],
	'hook: a function in standby');
said('other starts', ['vfio-pci'], 'hook: a guest with a good function starts');
said('other ends', ['pci-stub'], 'a guest has ended: the VF is back at its driver');
said('gone is refused', [ 'zpci: guest other: this host has no function 0202:00:00.0; if addresses '
	    . "changed at a reboot, put the new one into the guest's definition" ],
	'hook: a function that has gone');
my $moved = 'guest other: this host has no function 0202:00:00.0; its FID in the guest, '
    . "0x00000503, is now at 02cc:00:00.0; put this address into the guest's definition";
said('moved is refused', ["zpci: $moved"], 'hook: a function that is elsewhere');
said('dangling', ["problem: $moved status 1 "], 'guests: a function that is elsewhere');
said('hook removed', ["removed $hook status 0 "], 'hook remove');
like($said{'without the hook'}[0], qr/^ [1-9]/, "without the hook: libvirt's own message");
like($said{'detach of what is gone'}[0],
	qr/0202:00:00.0.* is taken from guest other: definition status 0 $/,
	'detach of a function that has gone');

said('last rules', [''], 'no rule is left');
said('last list', ['no function is reserved']);

# --- UIDs are not unique ---------------------------------------------------------------------

# Linux numbers the functions as they come. QEMU's own functions cannot be there then.
my $config = File::Temp->new;
print $config <<'END';
[platform]
uid-checking = no
hypervisor-functions = no

[adapter elsewhere]
model = probe
vfs = 8

[function]
adapter = elsewhere
vf = 3
fid = 0x501
uid = 0x200

[function]
adapter = elsewhere
vf = 4
fid = 0x502
uid = 0x200
END
$config->flush;

run([ '--config', $config->filename ], $head . <<'END');
echo "at first: $(address_of 501) $(address_of 502)"
echo "functions: $(answer list --json)"
echo "uid: $(answer show uid:200)"
echo "check: $(answer check 0x502 --json)"
quiet zpci host reserve 0x502
echo "reserved: $(driver_of 501) $(driver_of 502)"
quiet zpci-control remove 0x501
quiet zpci-control remove 0x502
await '[ ! -e $slots/00000501 ] && [ ! -e $slots/00000502 ]'
quiet zpci-control add probe,adapter=elsewhere,vf=4,fid=0x502,uid=0x200
await '[ -e $slots/00000502 ]'
quiet zpci-control add probe,adapter=elsewhere,vf=3,fid=0x501,uid=0x200
await '[ -e $slots/00000501 ]'
udevadm settle
echo "at last: $(address_of 501) $(address_of 502)"
echo "drivers: $(driver_of 501) $(driver_of 502)"
END

($list, $status) = answer('functions');
is_deeply([ map { members($_, qw(fid uid vfn uid_is_unique)) } @{ $list->{functions} } ],
	[ '0x00000501 0x0200 3 0', '0x00000502 0x0200 4 0' ], 'list: UIDs are not unique');
like($said{uid}[0], qr/0x00000501.*0x00000502.* status 125 $/,
	'a UID that two functions have is refused');
($check, $status) = answer('check');
%check = map { $_->{id} => $_ } @{ $check->{checks} };
is_deeply([ $status, @{ $check{'uid-checking'} }{qw(status fix)} ],
	[ 0, 'warning', 'zpci host reserve 0x00000502' ], 'check: a warning, and what to do');
my @first = split ' ', $said{'at first'}[0];
said('at last', ["$first[1] $first[0]"], 'the functions have each other\'s addresses');
said('reserved', ['none vfio-pci'], 'reserve');
said('drivers', ['none vfio-pci'], 'reserve is by FID: vfio-pci at the other address');

done_testing();
