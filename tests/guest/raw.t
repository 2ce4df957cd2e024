#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A slot whose function has no IDs, profile `raw', switched off and on, beside one with IDs. Linux
# configures and enables both. For `raw' pci_scan_single_device() then finds no device, and the
# write to `power' fails with ENODEV. enable_slot() (drivers/pci/hotplug/s390_pci_hpc.c) does not
# undo the rest: the function stays configured and enabled, and the slot's power is 1.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my $script = <<'END';
mount -t debugfs none /sys/kernel/debug
enabled() { grep -c "ena fid:$1, .*rc:0\$" /sys/kernel/debug/s390dbf/pci_msg/sprintf; }
for fid in 1021 1022; do
	slot=/sys/bus/pci/slots/0000$fid
	devices() { ls -d /sys/bus/pci/devices/0${fid#1}* 2>/dev/null | wc -l; }
	echo "$fid begin: $(cat $slot/power) $(enabled $fid) $(devices)"
	for round in 1 2; do
		echo 0 >$slot/power
		echo "$fid off $round: $? $(cat $slot/power) $(devices)"
		echo 1 >$slot/power 2>/tmp/why
		echo "$fid on $round: $? $(cat $slot/power) $(enabled $fid) $(devices)"
	done
	echo "$fid why: $(cat /tmp/why)"
done
END

my ($said, $stderr, $status) = converse(
	[ 'probe,vf=1,fid=0x1021,uid=0x21,profile=raw', 'probe,vf=2,fid=0x1022,uid=0x22' ],
	[], $script, {});
is($status, 0, 'the script ran to its end');

# Power and how often it was enabled, then its devices; of a write first its exit status.
my %wanted = (
	'1021 begin' => '1 1 0',
	'1022 begin' => '1 1 1',
	map({ ("1021 off $_" => '0 0 0', "1022 off $_" => '0 0 0') } 1, 2),
	map({ ("1021 on $_" => '1 1 ' . ($_ + 1) . ' 0', "1022 on $_" => '0 1 ' . ($_ + 1) . ' 1') } 1, 2));
is($said->{$_}, $wanted{$_}, $_) for sort keys %wanted;
like($said->{'1021 why'}, qr/No such device/, 'raw: the kernel finds no device');
is($said->{'1022 why'} // '', '', 'with IDs: it finds one');

done_testing();
