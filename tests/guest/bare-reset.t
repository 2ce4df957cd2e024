#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# DIAGNOSE 308 with DMA and interruptions in flight, by a bare-metal program: it looks at storage in
# the instruction behind the reset. With one CPU, and with a second one that nobody stops.

use strict;
use warnings;
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use Bare;
use Test::More;

requires_bare('reset');

# A measurement of which two intervals pass soon.
my $group = File::Temp->new(SUFFIX => '.conf');
print $group "[group quick]\nid = 0x21\nfmb-interval = 300\n";
$group->flush;
my @functions = (
	functions => ['probe:vf=3:fid=0x1021:group=quick'],
	plugin => "config=$group",
	timeout => 300);

bare_tap('one CPU', 'reset', append => 'fid=0x1021 interval=300', @functions);
bare_tap('two CPUs', 'reset', append => 'fid=0x1021 other-cpu', qemu => [ '-smp', '2' ], @functions);
bare_tap('two CPUs, one thread', 'reset', append => 'fid=0x1021 other-cpu',
	qemu => [ '-smp', '2', '-accel', 'tcg,thread=single' ], @functions);

done_testing();
