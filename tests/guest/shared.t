#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Functions of ours beside QEMU's own zPCI devices in one guest.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my ($report) = inspect(
	[ 'probe,vf=1,fid=0x1021', 'null,vf=1,fid=0x1022' ],
	[],
	[ '--fid', '1021', '--interrupts', 100, '--dma-bytes', '1M' ],
	[ '-device', 'virtio-rng-pci' ]);
my ($qemu) = grep { ($_->{vendor} // '') eq '0x1af4' } @{ $report->{functions} };

is($report->{status}, 0, 'all well');
ok($qemu && $qemu->{has_device}, "QEMU's function is there");
is($qemu->{driver}, 'virtio-pci', '... with its driver');
is($qemu->{no_command_memory} ? 1 : 0, 0, '... and has Command memory');
is(function_of($report->{functions}, 0x1021)->{no_command_memory} ? 1 : 0, 1, 'ours has none');
is(function_of($report->{functions}, 0x1022)->{device}, '0x7a6f', 'a null function is there');
is($report->{vfio}[0]{probe}{$_}{outcome}, 'ok', "probe $_")
    for qw(interrupts_now interrupts_later dma code);

done_testing();
