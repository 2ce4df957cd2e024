#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Functions that come, go and fail while a guest runs, by the control channel: each event's way
# through the guest's kernel to what it does. With one CPU and with four; and with the newest
# kernel, which recovers a function under vfio-pci by itself.

use strict;
use warnings;
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my $folder = File::Temp->newdir;

# `errors PEC FID', `events PEC FID': how often the kernel was told of this error, of this
# availability event. It logs the latter only for its debuggers.
my $script = <<'END';
slots=/sys/bus/pci/slots
devices=/sys/bus/pci/devices
mount -t debugfs none /sys/kernel/debug
errors() { log "Event 0x$1 reports an error for PCI function 0x$2\$"; }
events() { grep -c "avl fid:$2, .*pec:$1\$" /sys/kernel/debug/s390dbf/pci_msg/sprintf; }
try() { zpci-inspect --fid "$1" --interrupts 50 --dma-bytes 64K >/dev/null; }
# The first four bytes of config space, as a number.
id() { hexdump -n 4 -e '"%08x"' "$devices/$1/config"; }

# Standby, then configured by the administrator.
host add_standby
await '[ -e $slots/00002002 ]'
echo "standby power: $(cat $slots/00002002/power)"
echo "standby devices: $(ls $devices | wc -l)"
echo "standby events: $(events 302 2002)"
echo 1 >$slots/00002002/power
echo "configured power: $(cat $slots/00002002/power)"
echo "configured address: $(cat $slots/00002002/address)"
try 2002; echo "configured works: $?"

# Configured at once.
host add_configured
await '[ -e $devices/0103:00:00.0 ]'
echo "added power: $(cat $slots/00002003/power)"
echo "added events: $(events 301 2003)"
try 2003; echo "added works: $?"

# Gone at once, and back, several times.
for round in 1 2 3; do
	host remove 0x2003
	await '[ ! -e $slots/00002003 ]'
	await '[ ! -e $devices/0103:00:00.0 ]'
	host add_configured
	await '[ -e $devices/0103:00:00.0 ]'
done
echo "removed events: $(events 304 2003)"
try 2003; echo "back works: $?"

# Gone while a program has it open through vfio.
mkfifo /tmp/hold
zpci-inspect --fid 2003 --interrupts 0 --dma-bytes 0 --hold </tmp/hold >/tmp/held 2>&1 &
exec 5>/tmp/hold
await 'grep -q held /tmp/held'
host remove 0x2003
await '[ $(events 304 2003) = 4 ]'
exec 5>&-
wait
await '[ ! -e $devices/0103:00:00.0 ]'
echo "removed in use: gone"

# Given back by the administrator, then gone.
echo 0 >$slots/00002002/power
host show standby 0x2002
host remove 0x2002
await '[ ! -e $slots/00002002 ]'
echo "reserved events: $(events 308 2002)"

# An error that nobody recovers, as the function has no driver; then the administrator does.
device=0101:00:00.0
host show before 0x1021
host fail 0x1021 0x3a
await '[ $(errors 3a 1021) = 1 ]'
await '[ $(log "1:00:00.0: Cannot be recovered because no driver") = 1 ]'
host show failed 0x1021
echo "failed id: $(id $device)"
echo 1 >$devices/$device/recover
echo "recovered id: $(id $device)"
host show recovered 0x1021
try 1021; echo "recovered works: $?"

# The same while a program has the function open: vfio tells the program.
zpci-inspect --fid 1021 --interrupts 0 --dma-bytes 0 --hold </tmp/hold >/tmp/held 2>&1 &
exec 5>/tmp/hold
await 'grep -q held /tmp/held'
host fail 0x1021 0x3a
await '[ $(errors 3a 1021) = 2 ]'
await '[ $(log "VERDICT") = 1 ]'
host show under_vfio 0x1021
exec 5>&-
wait
echo 1 >$devices/$device/recover
try 1021; echo "recovered again works: $?"

# A permanent error: the kernel gives up. Switching the slot off and on still helps.
host fail 0x1021 0x3b
await '[ $(errors 3b 1021) = 1 ]'
host show permanent 0x1021
echo "permanent id: $(id $device)"
echo 0 >$slots/00001021/power
host show off 0x1021
echo 1 >$slots/00001021/power
try 1021; echo "replaced works: $?"
host done
END

# What the kernel says of an error under vfio-pci, and the state of the function then.
my %verdict = (
	default => [ 'vfio-pci driver bound to the device does not support error recovery', 'error' ],
	newest => [ 'The device is ready to resume operations', 'enabled' ],
);

sub run {
	my ($guest, $smp) = @_;
	my ($verdict, $under_vfio) = @{ $verdict{$guest} };
	my $socket = "$folder/control-$guest-$smp";
	my ($control, %answers);
	my $do = sub { command($control //= socket_open($socket), "@_") };
	my %outside = (
		add_standby => sub { $do->('add probe,vf=2,fid=0x2002,uid=0x102,standby=yes') },
		add_configured => sub { $do->('add probe,vf=3,fid=0x2003,uid=0x103') },
		remove => sub { $do->("remove $_[0]") },
		fail => sub { $do->("error @_") },
		show => sub { ($answers{$_[0]}) = $do->("show $_[1]") =~ /state=(.*)/ },
		done => sub { $answers{list} = $do->('list') },
	);
	my ($said, $stderr, $status) = converse(
		['probe,vf=1,fid=0x1021,uid=0x101,vfs=8'],
		[ '--guest', $guest, '--smp', $smp, '--control', $socket ],
		$script =~ s/VERDICT/$verdict/r, \%outside);

	is($status, 0, "$guest, $smp CPUs: the script came to its end");
	is_deeply($said, {
		'standby power' => 0,
		'standby devices' => 1,
		'standby events' => 1,
		'configured power' => 1,
		'configured address' => '0102:00:00',
		'configured works' => 0,
		'added power' => 1,
		'added events' => 1,
		'added works' => 0,
		'removed events' => 3,
		'back works' => 0,
		'removed in use' => 'gone',
		'reserved events' => 1,
		'failed id' => 'ffffffff',
		'recovered id' => '3412717a',
		'recovered works' => 0,
		'recovered again works' => 0,
		'permanent id' => 'ffffffff',
		'replaced works' => 0,
	}, "$guest, $smp CPUs: what the guest saw") or diag(explain($said));
	is_deeply(\%answers, {
		standby => 'standby',
		before => 'enabled',
		failed => 'error',
		recovered => 'enabled',
		under_vfio => $under_vfio,
		permanent => 'permanent error',
		off => 'standby',
		list => 'ok 0x00001021',
	}, "$guest, $smp CPUs: the states") or diag(explain(\%answers));
	ok(!-e $socket, "$guest, $smp CPUs: the socket is gone");
}

removes_under_vfio();

run('default', $_) for 1, 4;
SKIP: {
	my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');
	skip "guest newest: left to `./zpci-lab check --long'", 1 unless $ENV{ZPCI_CHECK_LONG};
	skip "no guest newest; `./zpci-lab kernel get newest' makes one", 1
	    unless -r "$cache/guest/newest/initrd";
	run('newest', 1);
}

done_testing();
