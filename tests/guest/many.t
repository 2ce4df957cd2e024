#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# As many functions as Debian's kernel takes (CONFIG_PCI_NR_FUNCTIONS is 64), from one adapter.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my ($report) = inspect([ map { "probe,vf=$_" } 1 .. 64 ], [], []);
my @functions = @{ $report->{functions} };
my %addresses = map { $_->{address} => 1 } grep { $_->{has_device} } @functions;

is(scalar @functions, 64, '64 functions are listed');
is(scalar keys %addresses, 64, 'each has a device at an address of its own');
is(scalar(grep { $_->{no_command_memory} } @functions), 64,
	'the kernel treats each as having no Command memory');
is_deeply([ sort { $a <=> $b } map { $_->{vfn} } @functions ], [ 1 .. 64 ],
	'each VF number once');

done_testing();
