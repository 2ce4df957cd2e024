#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every profile in one guest of Debian's stock kernel, and what is in no cell of zpci-matrix(1):
# that the functions work, their kind, lspci while they are open, and that no profile would pass
# for another.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my %vf = (lpar => 1, vfio => 2, silent => 3, plain => 4, raw => 5);
my @viewed = grep { $_ ne 'raw' } sort keys %vf;
my ($report, $lspci) = inspect(
	[ map { "probe,vf=$vf{$_},fid=" . sprintf("0x%x", 0x2000 + $vf{$_}) . ",profile=$_" } sort keys %vf ],
	[],
	[
		(map { ('--fid', sprintf '%x', 0x2000 + $vf{$_}) } @viewed),
		'--interrupts', 64, '--dma-bytes', '256K', '--hold-command', 'lspci -vv'
	]);

is($report->{status}, 0, 'zpci-inspect could do all that it was asked for');
is($report->{kernel}{memory_read} ? 1 : 0, 1, 'the kernel bit was read from the kernel');

my %seen;
for my $profile (@viewed) {
	my $vfio = function_of($report->{vfio}, 0x2000 + $vf{$profile});
	$seen{$profile} = observed($vfio);
	is_deeply([ differences($seen{$profile}, $profile, $vf{$profile}) ], [],
		"$profile: as expected") or diag(explain($seen{$profile}));
	is($vfio->{probe}{$_}{outcome}, 'ok', "$profile: probe $_")
	    for qw(interrupts_now interrupts_later dma code);
	my $function = function_of($report->{functions}, 0x2000 + $vf{$profile});
	is($function->{kind}, $profile =~ /lpar|vfio/ ? 'VF detached' : 'plain',
		"$profile: " . $function->{kind});
}

# The comparison can fail: what one profile showed is not what another one should show.
for my $profile (@viewed) {
	for my $other (grep { $_ ne $profile } @viewed) {
		my @differ = differences($seen{$profile}, $other, $vf{$profile});
		ok(@differ > 0, "$profile would not pass for $other: @differ");
	}
}

# lspci of the same boot, while all are held open through vfio-pci.
for my $profile (@viewed) {
	my $address = function_of($report->{functions}, 0x2000 + $vf{$profile})->{address};
	my ($block) = $lspci =~ /^(\Q$address\E .*?)(?:\n\n|\z)/ms;
	my ($memory) = ($block // '') =~ /Control: I\/O- (Mem[-+])/;
	is($memory, $profile =~ /lpar|silent/ ? 'Mem-' : 'Mem+', "$profile: lspci prints $memory");
}

my $raw = function_of($report->{functions}, 0x2000 + $vf{raw});
is($raw->{vendor}, '0xffff', 'raw: listed as ffff');

done_testing();
