#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# DMA that is refused: what the guest's kernel and a user of vfio are told, that nothing is written,
# and how the function comes back. The facts are those of Linux 6.12 for a function with vfio-pci,
# which it does not recover by itself; with one CPU and with four.

use strict;
use warnings;
no warnings 'portable'; # hex of more than 32 bits
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

# PEC, and the address that is refused first: bytes from the start of the mapped pages, or from the
# end or the start of the aperture.
my %wanted = (
	unmapped_write  => [ '0x0004', mapped => 0x1000 ],
	unmapped_read   => [ '0x0004', mapped => 0x1000 ],
	crossing_write  => [ '0x0004', mapped => 0x1000 ],
	read_only_write => [ '0x0004', mapped => 0x1000 ],
	beyond_aperture => [ '0x0002', end    => 1 ],
	before_aperture => [ '0x0002', start  => -0x1000 ],
);

for my $smp (1, 4) {
	my ($report, $stderr) = inspect(
		['probe,vf=3,fid=0x1021,profile=lpar'],
		[ '--smp', $smp ],
		[ '--fid', '1021', '--interrupts', 100, '--dma-bytes', '64K', '--dma-errors' ],
		[],
		'mount -t debugfs none /sys/kernel/debug');
	my $vfio = $report->{vfio}[0];
	my %from = (
		start  => hex $vfio->{zpci_base}{start_dma},
		end    => hex $vfio->{zpci_base}{end_dma},
		mapped => hex $vfio->{zpci_base}{start_dma},
	);
	my $errors = $vfio->{probe}{dma_errors};

	is($report->{status}, 0, "$smp CPUs: all well");
	is_deeply([ sort keys %$errors ], [ sort keys %wanted ], "$smp CPUs: all were tried");
	for my $name (sort keys %wanted) {
		my ($pec, $origin, $offset) = @{ $wanted{$name} };
		my $one = $errors->{$name};
		my $at = "$smp CPUs: $name";

		is($one->{outcome}, 'ok', "$at: ok") or diag(explain($one));
		is($one->{changed}, 0, "$at: nothing written");
		is($one->{notified}, 1, "$at: vfio's error interrupt came once");
		is($one->{interrupts}, 0, "$at: no interrupt of the blocked function");
		is($one->{events}, 1, "$at: one error event");
		is($one->{logged_pec}, $pec, "$at: PEC in the kernel log");
		is($one->{event}{pec}, $pec, "$at: PEC in the event");
		is(hex $one->{event}{address}, $from{$origin} + $offset, "$at: address in the event");
		is("$one->{load} $one->{loaded}", 'ok 0xffffffff', "$at: a load gives ones");
		is($one->{reset}, 'ok', "$at: VFIO_DEVICE_RESET works");
		ok($one->{dma_after_reset}, "$at: ... and DMA after it");
		is($one->{recovery}, 'recover', "$at: interrupts as well after `recover'");
	}
	my %handles = map { $_->{event}{handle} => 1 } values %$errors;
	is(keys %handles, keys %wanted, "$smp CPUs: each error met another handle");
	is(() = $stderr =~ /error 0x000/g, 1, "$smp CPUs: one warning a minute");
}

done_testing();
