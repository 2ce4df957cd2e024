#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The ways in which the plugin accesses registers: where QEMU has them, and by the plugin
# interface. A guest sees no difference; the first is what this QEMU gets.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bare;
use Test::More;

requires_bare('selftest');

my $elsewhere = qr/the registers of CPU \d+ were not found in QEMU.s memory/;

sub self_test {
	my ($title, $arguments, $cpus, @qemu) = @_;
	return bare_tap(
		$title, 'selftest',
		append => "word=value number=0x1f fid=0x1021 cpus=$cpus",
		functions => ['probe:vf=3:fid=0x1021'],
		plugin => $arguments,
		qemu => [ '-smp', $cpus, @qemu ]);
}

unlike(self_test('as it is', 'verbose=on', 1), $elsewhere, 'as it is: the registers are found');
unlike(self_test('4 CPUs', 'verbose=on', 4), $elsewhere, '4 CPUs: all are found');
self_test('by the plugin interface', 'direct=off', 4);
self_test('one thread', 'direct=on', 1, '-accel', 'tcg,thread=single');
like(self_test('one thread, 2 CPUs', 'verbose=on', 2, '-accel', 'tcg,thread=single'),
	qr/one thread runs several CPUs/, 'one thread, 2 CPUs: it is said');

my ($text, $status) = bare('selftest', plugin => 'direct=maybe');
like($text, qr/direct=maybe is not known: use on or off/, 'another value');
isnt($status, 0, 'ends QEMU');

done_testing();
