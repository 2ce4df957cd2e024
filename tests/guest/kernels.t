#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same VF on each kernel that is here: Debian's, and the small ones that were built. One
# boot each. A kernel that is not here is skipped, with the command that gets it.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();
my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');

my %vf = (lpar => 1, vfio => 2, silent => 3, plain => 4);
my @functions = map { "probe,vf=$vf{$_},fid=" . sprintf("0x%x", 0x2000 + $vf{$_}) . ",profile=$_" } sort keys %vf;

my %get = (
	(map { ($_ => "kernel get $_") } qw(oldstable newest)),
	(map { ("small-$_" => "kernel build $_") } qw(iov no-iov patched)),
);

sub boot {
	my ($guest, $functions, $inspect) = @_;
	skip "no guest $guest; `./zpci-lab $get{$guest}' makes one", 1
	    if $get{$guest} && !-r "$cache/guest/$guest/initrd";
	my ($report) = inspect($functions, [ '--guest', $guest ], $inspect);
	note("$guest is Linux $report->{kernel}{release}");
	return $report;
}

sub boot_vfio {
	my ($guest) = @_;
	return boot($guest, \@functions,
		[ (map { ('--fid', sprintf '%x', 0x2000 + $_) } sort values %vf),
			'--interrupts', 16, '--dma-bytes', '64K' ]);
}

sub vfio_of {
	my ($report, $profile) = @_;
	return function_of($report->{vfio}, 0x2000 + $vf{$profile});
}

# Kernels that know the bit all do the same with it.
for my $guest (qw(default newest small-iov small-no-iov)) {
	SKIP: {
		my $report = boot_vfio($guest);
		is($report->{status}, 0, "$guest: zpci-inspect could do all that it was asked for");
		is($report->{kernel}{memory_read} ? 1 : 0, 1, "$guest: the bit was read");
		# On s390 vfio of 6.12 maps no BARs, that of 7.2 does.
		my $mmap = $report->{kernel}{release} =~ /^6\.12\./ ? 'EINVAL' : 'ok';
		for my $profile (sort keys %vf) {
			my $vfio = vfio_of($report, $profile);
			my $seen = observed($vfio);
			is($seen->{mmap}, $mmap, "$guest: $profile: mmap of the BAR: $mmap");
			is_deeply([ grep { $_ ne 'mmap' } differences($seen, $profile, $vf{$profile}) ],
				[], "$guest: $profile: as expected") or diag(explain($seen));
			is($vfio->{probe}{$_}{outcome}, 'ok', "$guest: $profile: probe $_")
			    for qw(interrupts_now interrupts_later dma code);
		}
	}
}

# 6.1 has neither VFIO nor BTF in Debian.
SKIP: {
	my $report = boot('oldstable', \@functions, []);
	is($report->{status}, 3, 'oldstable: zpci-inspect could not read all');
	ok(!$report->{kernel}{memory_read}, 'oldstable: the bit could not be read');
	for my $profile (sort keys %vf) {
		my $function = function_of($report->{functions}, 0x2000 + $vf{$profile});
		ok($function->{has_device}, "oldstable: $profile: enumerated");
		is($function->{vfn}, $expected{$profile}{vfn} eq 'vf' ? $vf{$profile} : 0,
			"oldstable: $profile: vfn");
		is($function->{vendor}, '0x1234', "oldstable: $profile: vendor ID");
	}
}

# Without CONFIG_PCI_IOV nothing links VF and PF; with it, not if both are there at boot.
SKIP: {
	my $report = boot('small-no-iov',
		[ 'probe,fid=0x20', 'probe,vf=1,fid=0x21,profile=lpar' ],
		[ '--fid', '21', '--interrupts', 0, '--dma-bytes', 0 ]);
	my ($pf, $vf) = map { function_of($report->{functions}, $_) } 0x20, 0x21;
	ok($pf->{has_device}, 'small-no-iov: the PF is there');
	is($vf->{physfn}, undef, 'small-no-iov: the VF is a function of its own');
	my $seen = observed(function_of($report->{vfio}, 0x21));
	is($seen->{bar_after_0}, 'ok', 'small-no-iov: BAR access with Command 0');
	is($seen->{no_command_memory}, 1, 'small-no-iov: no_command_memory');
}

# Before 2020: the layer below says it, and the kernel does not listen.
SKIP: {
	my $report = boot_vfio('small-patched');
	my $seen = observed(vfio_of($report, 'lpar'));
	my @differ = differences($seen, 'lpar', $vf{lpar});
	ok(@differ > 0, "small-patched: lpar is noticed: @differ");
	is($seen->{vfn}, $vf{lpar}, 'small-patched: vfn is known');
	is($seen->{no_command_memory}, 0, 'small-patched: but not no_command_memory');
	is($seen->{bar_at_open}, 'EIO', 'small-patched: BAR access before any Command write: EIO');
	is_deeply([ differences($seen, 'silent', 0) ], ['vfn'],
		'small-patched: lpar looks like silent, but for vfn');
	is_deeply([ differences(observed(vfio_of($report, 'plain')), 'plain', 0) ], [],
		'small-patched: plain is as it was');
}

done_testing();
