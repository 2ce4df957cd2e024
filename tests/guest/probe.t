#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Interrupts, DMA, and code that the device writes over, many of each: with one CPU and
# with four.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my ($interrupts, $bytes) = (10_000, 64 << 20);

for my $smp (1, 4) {
	my ($report) = inspect(
		['probe,vf=7,fid=0x1021,profile=lpar'],
		[ '--smp', $smp ],
		[ '--fid', '1021', '--interrupts', $interrupts, '--dma-bytes', $bytes ]);
	my $probe = $report->{vfio}[0]{probe};

	is($report->{status}, 0, "$smp CPUs: all well");
	for my $context (qw(interrupts_now interrupts_later)) {
		is($probe->{$context}{arrived}, $interrupts, "$smp CPUs: $context all arrived");
		is($probe->{$context}{lost}, 0, "$smp CPUs: $context none lost");
	}
	is($probe->{dma}{outcome}, 'ok', "$smp CPUs: what DMA copied compares equal");
	cmp_ok($probe->{dma}{copied}, '>=', $bytes, "$smp CPUs: bytes copied");
	cmp_ok($probe->{dma}{copies}, '>', 1000, "$smp CPUs: at random alignments");
	is($probe->{code}{after}, $probe->{code}{expected},
		"$smp CPUs: code written over runs in its new form");
	isnt($probe->{code}{after}, $probe->{code}{before}, "$smp CPUs: the two forms differ");
}

done_testing();
