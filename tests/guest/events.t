#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Events that come while the guest is busy: none is lost, and each tells what was true when it
# happened.

use strict;
use warnings;
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my $folder = File::Temp->newdir;

# What the tests have in common: `events PEC FID' is how often the kernel was told of an
# availability event.
my $head = <<'END';
slots=/sys/bus/pci/slots
devices=/sys/bus/pci/devices
mount -t debugfs none /sys/kernel/debug
messages=/sys/kernel/debug/s390dbf/pci_msg/sprintf
events() { grep -c "avl fid:$2, .*pec:$1\$" $messages; }
END

# --- errors, while their function is switched off and on ----------------------------------------

# An error event whose function is disabled before the guest comes for it; after that functions are
# added, and each has to arrive.
my $power = <<'END';
for round in $(seq ROUNDS); do
	echo "host: storm"
	for cycle in 1 2 3; do
		echo 0 >$slots/00001021/power
		echo 1 >$slots/00001021/power
	done
	until read -r answer <&9; do usleep 20000; done
	host add 0x2003 3
	await '[ -e $devices/0103:00:00.0 ]' || exit 1
	host add 0x2004 4
	await '[ -e $devices/0104:00:00.0 ]' || exit 1
	host remove 0x2003
	host remove 0x2004
	await '[ ! -e $slots/00002003 -a ! -e $slots/00002004 ]' || exit 1
	echo "rounds: $round"
done
echo 0 >$slots/00001021/power
echo 1 >$slots/00001021/power
zpci-inspect --fid 1021 --interrupts 50 --dma-bytes 64K >/dev/null
echo "works: $?"
END

sub lose_nothing {
	my ($smp, $rounds) = @_;
	my $socket = "$folder/power-$smp";
	my ($control, $errors, $start) = (undef, 0, time);
	my $do = sub { command($control //= socket_open($socket), "@_") };
	my %outside = (
		storm => sub { $do->('error 0x1021 0x3a') eq 'ok' and $errors++ for 1 .. 200 },
		add => sub { $do->("add probe,vf=$_[1],fid=$_[0],uid=0x10$_[1]") },
		remove => sub { $do->("remove $_[0]") },
	);
	my ($said, $stderr, $status) = converse(
		['probe,vf=1,fid=0x1021,uid=0x101,vfs=8'],
		[ '--smp', $smp, '--control', $socket ],
		$head . $power =~ s/ROUNDS/$rounds/r, \%outside);
	note("$rounds rounds with $errors errors in " . (time - $start) . ' s');
	is($status, 0, "$smp CPUs: every function arrived");
	is_deeply($said, { rounds => $rounds, works => 0 }, "$smp CPUs: to the end")
	    or diag(explain($said));
	ok($errors >= $rounds, "$smp CPUs: there were errors");
}

# --- what changes before the guest looks --------------------------------------------------------

# The kernel's thread for events is busy as long as a program holds a function that was removed.
# Meanwhile a function fails and is reset; another one comes, goes and comes. Linux ignores the
# error of the life that the reset ended, which "s390/pci: Fix stale function handles in error
# handling" taught it, and takes the function that is there in the end.
my $stale = <<'END';
stale() { grep -c "err fid:1021, fh:$1 (stale $2)" $messages; }
device=$devices/0101:00:00.0
host add 0x2003 3
await '[ -e $devices/0103:00:00.0 ]'
mkfifo /tmp/hold
zpci-inspect --fid 2003 --interrupts 0 --dma-bytes 0 --hold </tmp/hold >/tmp/held 2>&1 &
exec 5>/tmp/hold
await 'grep -q held /tmp/held'
host remove 0x2003
await '[ $(events 304 2003) = 1 ]'

host fail 0x1021 0x3a before
echo bus >$device/reset_method
echo 1 >$device/reset
host show 0x1021 after
host add 0x2004 4
host remove 0x2004
host add 0x2004 4
echo "handles: $(events 30. 2004)"

exec 5>&-
wait
await '[ -e $devices/0104:00:00.0 ]'
echo "stale: $(sed -n 's/.*err fid:1021, fh:\(.*\) (stale \(.*\))$/\2 \1/p' $messages)"
echo "errors: $(log 'reports an error for PCI function 0x1021')"
echo "events: $(sed -n 's/.*avl fid:2004, .*pec:\(.*\)$/\1/p' $messages | xargs)"
for fid in 1021 2004; do
	zpci-inspect --fid $fid --interrupts 50 --dma-bytes 64K >/dev/null
	echo "$fid works: $?"
done
END

sub look_late {
	my ($smp) = @_;
	my $socket = "$folder/stale-$smp";
	my ($control, %handle);
	my $do = sub { command($control //= socket_open($socket), "@_") };
	my $show = sub {
		my ($fid, $when) = @_;
		($handle{$when}) = $do->("show $fid") =~ /handle=0x0*(\w+)/;
	};
	my %outside = (
		add => sub { $do->("add probe,vf=$_[1],fid=$_[0],uid=0x10$_[1]") },
		remove => sub { $do->("remove $_[0]") },
		fail => sub { $do->("error $_[0] $_[1]"); $show->($_[0], $_[2]) },
		show => $show,
	);
	my ($said, $stderr, $status) = converse(
		['probe,vf=1,fid=0x1021,uid=0x101,vfs=8'],
		[ '--smp', $smp, '--control', $socket ], $head . $stale, \%outside);
	is($status, 0, "$smp CPUs: the script came to its end");
	isnt($handle{before}, $handle{after}, "$smp CPUs: the reset made another handle");
	is_deeply($said, {
		handles => 0,
		stale => "$handle{before} $handle{after}",
		errors => 0,
		events => '301 304 301',
		'1021 works' => 0,
		'2004 works' => 0,
	}, "$smp CPUs: what the guest made of it") or diag(explain($said));
}

removes_under_vfio();
lose_nothing(2, $ENV{ZPCI_CHECK_LONG} ? 50 : 10);
look_late($_) for 1, 2;

done_testing();
