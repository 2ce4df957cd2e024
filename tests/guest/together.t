#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# QEMU's own zPCI devices and ours in one guest, all in use: a network card and a random number
# generator of QEMU's work while ours make interrupts and DMA, more of both kinds arrive, fail and
# go at the same time, and the administrator switches both kinds off and on. With one CPU and with
# four.

use strict;
use warnings;
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my $folder = File::Temp->newdir;
my $rounds = 3;

# The slot of a device is named by its FID, which QEMU takes from 0 on.
my $script = <<'END';
slots=/sys/bus/pci/slots
devices=/sys/bus/pci/devices
errors() { log "Event 0x$1 reports an error for PCI function 0x$2\$"; }
count() { cat $devices/*/device | grep -c "$1"; }
# QEMU's user network answers at 10.0.2.2 by itself; nothing leaves it.
online() { ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up && ping -c 3 -w 20 10.0.2.2 >/dev/null; }
slot_of() { for slot in $slots/*; do grep -q "${1%.*}" "$slot/address" && echo "$slot"; done; }
card() { readlink -f /sys/class/net/eth0/device/.. | sed 's|.*/||'; }
groups() { for d in $devices/*; do echo "$(cat $d/vendor)/$(cat $d/pfgid)"; done | sort -u | tr '\n' ' '; }

echo "groups: $(groups)"
echo "handles: $(zpci-inspect | grep -oE '0x8[01][01][0-9]{5} ' | cut -c 5-6 | sort | tr '\n' ' ')"

# Ours are busy until a file says that the rest is done.
(
	worst=0
	while [ ! -e /tmp/enough ]; do
		zpci-inspect --fid 1021 --interrupts 500 --dma-bytes 1M >/tmp/busy 2>&1 || worst=$?
	done
	echo $worst >/tmp/status
) &

online; echo "network: $?"
echo "random: $(head -c 1024 /dev/hwrng | wc -c)"

for round in $ROUNDS; do
	host plug $round
	await '[ $(count 0x1044) = 2 ]'
	await '[ -e $slots/00002003 ]'
	await "[ \$(errors 3a 1022) = $round ]"
	echo 1 >$devices/0102:00:00.0/recover
	host unplug $round
	await '[ $(count 0x1044) = 1 ]'
	await '[ ! -e $slots/00002003 ]'
done
echo "plugged: $round times"

slot=$(slot_of "$(card)")
echo 0 >$slot/power
await '[ ! -e /sys/class/net/eth0 ]'
echo "off network: $(cat $slot/power)"
echo 1 >$slot/power
await '[ -e /sys/class/net/eth0 ]'
online; echo "on network: $?"
echo 0 >$slots/00001022/power
echo "off ours: $(cat $slots/00001022/power) $(ls -d $devices/0102* 2>/dev/null)"
echo 1 >$slots/00001022/power
zpci-inspect --fid 1022 --interrupts 50 --dma-bytes 64K >/dev/null; echo "on ours: $?"
echo "random after: $(head -c 1024 /dev/hwrng | wc -c)"

touch /tmp/enough
wait
echo "busy: $(cat /tmp/status)"
END
$script =~ s/\$ROUNDS/join ' ', 1 .. $rounds/e;

# QEMU's monitor for people: what it printed before its next prompt.
sub monitor {
	my ($socket, $line) = @_;
	my $said = '';
	local $SIG{ALRM} = sub { die "no prompt after `$line'" };
	alarm 60;
	if ($line) {
		print $socket "$line\n";
		$socket->flush;
	}
	sysread($socket, $said, 4096, length $said) || last until $said =~ /\(qemu\) \z/;
	alarm 0;
	return $said;
}

for my $smp (1, 4) {
	my ($path, $console) = ("$folder/control-$smp", "$folder/monitor-$smp");
	my ($control, $monitor, @answers);
	my $open = sub {
		return if $control;
		$control = socket_open($path);
		$monitor = socket_open($console);
		monitor($monitor, '');
	};
	my %outside = (
		plug => sub {
			$open->();
			push @answers, command($control, 'error 0x1022 0x3a');
			my $said = monitor($monitor, "device_add virtio-rng-pci,id=hot$_[0]");
			push @answers, command($control, 'add probe,vf=3,fid=0x2003,uid=0x203');
			unlike($said, qr/Error/, "$smp CPUs: device_add") or diag($said);
		},
		unplug => sub {
			my $said = monitor($monitor, "device_del hot$_[0]");
			push @answers, command($control, 'remove 0x2003');
			unlike($said, qr/Error/, "$smp CPUs: device_del") or diag($said);
		},
	);
	my ($said, $stderr, $status) = converse(
		[ 'probe,vf=1,fid=0x1021,uid=0x101,vfs=8', 'probe,vf=2,fid=0x1022,uid=0x102' ],
		[ '--smp', $smp, '--control', $path ],
		$script, \%outside,
		[
			'-netdev', 'user,id=net,restrict=on', '-device', 'virtio-net-pci,netdev=net',
			'-device', 'virtio-rng-pci', '-monitor', "unix:$console,server=on,wait=off"
		]);

	is($status, 0, "$smp CPUs: the script came to its end");
	is_deeply($said, {
		groups => '0x1234/0x01 0x1af4/0xff ',
		handles => '02 02 10 10 ',
		network => 0,
		random => 1024,
		plugged => "$rounds times",
		'off network' => 0,
		'on network' => 0,
		'off ours' => '0 ',
		'on ours' => 0,
		'random after' => 1024,
		busy => 0,
	}, "$smp CPUs: what the guest saw") or diag(explain($said));
	is_deeply(\@answers, [ ('ok', 'ok 0x00002003', 'ok') x $rounds ],
		"$smp CPUs: ours were done") or diag(explain(\@answers));
}

done_testing();
