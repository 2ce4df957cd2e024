#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# DMA that is refused: what the guest's kernel and a user of vfio are told, that nothing is written,
# and how the function comes back. Linux 6.12 does not recover a function with vfio-pci by itself;
# 7.2 does, and then the device's own registers tell the rest. With one CPU and with four.

use strict;
use warnings;
no warnings 'portable'; # hex of more than 32 bits
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();
my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');

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

# What every kernel must show.
sub check_told {
	my ($at, $one, $pec, $address) = @_;
	is($one->{outcome}, 'ok', "$at: ok") or diag(explain($one));
	is($one->{changed}, 0, "$at: nothing written");
	is($one->{notified}, 1, "$at: vfio's error interrupt came once");
	is($one->{interrupts}, 0, "$at: no interrupt of the blocked function");
	is($one->{events}, 1, "$at: one error event");
	is($one->{logged_pec}, $pec, "$at: PEC in the kernel log");
	is($one->{event}{pec}, $pec, "$at: PEC in the event");
	is(hex $one->{event}{address}, $address, "$at: address in the event");
}

# 6.12: the kernel attempts nothing, and holds the error for permanent.
sub check_blocked {
	my ($at, $one) = @_;
	is("$one->{load} $one->{loaded}", 'ok 0xffffffff', "$at: a load gives ones");
	is($one->{reset}, 'ok', "$at: VFIO_DEVICE_RESET works");
	ok($one->{dma_after_reset}, "$at: ... and DMA after it");
	is($one->{recovery}, 'recover', "$at: interrupts as well after `recover'");
}

# 7.2: it unblocks the function and resets its error, without a reset of the device.
sub check_recovered {
	my ($at, $one, $address) = @_;
	is("$one->{load} $one->{loaded}", 'ok 0x62707a70', "$at: the device answers");
	is($one->{status}, '0x00000304', "$at: its DMA ended with an error");
	is(hex $one->{failed}, $address, "$at: ... at the address that was refused");
	is($one->{recovery}, 'kernel', "$at: the kernel recovered it");
}

# Returns the events' handles, and what was written to standard error.
sub run {
	my ($guest, $smp, $check) = @_;
	my ($report, $stderr) = inspect(
		['probe,vf=3,fid=0x1021,profile=lpar'],
		[ '--guest', $guest, '--smp', $smp ],
		[ '--fid', '1021', '--interrupts', 100, '--dma-bytes', '64K', '--dma-errors' ],
		[],
		'mount -t debugfs none /sys/kernel/debug; trap "dmesg | grep \"not ready\" >&2" EXIT');
	my $vfio = $report->{vfio}[0];
	my %from = (
		start  => hex $vfio->{zpci_base}{start_dma},
		end    => hex $vfio->{zpci_base}{end_dma},
		mapped => hex $vfio->{zpci_base}{start_dma},
	);
	my $errors = $vfio->{probe}{dma_errors};

	note("$guest is Linux $report->{kernel}{release}");
	is($report->{status}, 0, "$guest, $smp CPUs: all well");
	is_deeply([ sort keys %$errors ], [ sort keys %wanted ], "$guest, $smp CPUs: all were tried");
	for my $name (sort keys %wanted) {
		my ($pec, $origin, $offset) = @{ $wanted{$name} };
		my $address = $from{$origin} + $offset;

		check_told("$guest, $smp CPUs: $name", $errors->{$name}, $pec, $address);
		$check->("$guest, $smp CPUs: $name", $errors->{$name}, $address);
	}
	my $warnings = () = $stderr =~ /error 0x000/g;
	ok($warnings > 0 && $warnings < keys %wanted, "$guest, $smp CPUs: a warning, one a minute");
	# A close resets a function that cannot be reached, and must not wait for it to answer.
	unlike($stderr, qr/not ready/, "$guest, $smp CPUs: no reset waited for the function");
	my %handles = map { $_->{event}{handle} => 1 } values %$errors;
	return scalar keys %handles;
}

for my $smp (1, 4) {
	is(run('default', $smp, \&check_blocked), keys %wanted,
		"default, $smp CPUs: another handle after each reset");
	SKIP: {
		skip "guest newest: left to `./zpci-lab check --long'", 1
		    unless $ENV{ZPCI_CHECK_LONG};
		skip "no guest newest; `./zpci-lab kernel get newest' makes one", 1
		    unless -r "$cache/guest/newest/initrd";
		is(run('newest', $smp, \&check_recovered), 1, "newest, $smp CPUs: one handle");
	}
}

done_testing();
