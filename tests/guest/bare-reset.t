#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# DIAGNOSE 308 with DMA and interruptions in flight, by a bare-metal program: it looks at storage in
# the instruction behind the reset. With one CPU, and with a second one that nobody stops.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bare;
use Test::More;

requires_bare('reset');

my @functions = (functions => ['probe:vf=3:fid=0x1021'], timeout => 300);

bare_tap('one CPU', 'reset', append => 'fid=0x1021', @functions);
bare_tap('two CPUs', 'reset', append => 'fid=0x1021 other-cpu', qemu => [ '-smp', '2' ], @functions);
bare_tap('two CPUs, one thread', 'reset', append => 'fid=0x1021 other-cpu',
	qemu => [ '-smp', '2', '-accel', 'tcg,thread=single' ], @functions);

done_testing();
