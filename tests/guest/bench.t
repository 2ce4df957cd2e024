#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What `zpci-lab bench` is made of, with few rounds: each program gives a sample of each operation
# in each round, for a function of ours and one of QEMU's in one guest. Not what they cost.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bare;
use Guest qw(requires_guest);
use Test::More;

requires_bare('bench');
requires_guest();

my @qemus = ('-device', 'zpci,uid=1,fid=1,target=d', '-device', 'virtio-rng-pci,id=d');
my $number = qr/\d+\.\d{3}/;

# How many samples of each operation, with both numbers above 0.
sub samples {
	my ($text) = @_;
	my %count;
	for ($text =~ /^sample (\S+ \d+ $number $number)$/mg) {
		my ($operation, undef, $ours, $qemus) = split;
		$count{$operation}++ if $ours > 0 && $qemus > 0;
	}
	return \%count;
}

my %bare = map { $_ => 2 } qw(config-load bar-load bar-store unknown-handle dma-copy);
my ($text, $status) = bare(
	'bench',
	append => 'ours=0x1021 qemu=1 rounds=2',
	functions => ['probe:vf=3:fid=0x1021'],
	qemu => \@qemus);
is($status, 0, 'bare metal: exit status') or diag($text);
is_deeply(samples($text), \%bare, 'bare metal: samples') or diag($text);

($text, $status) = bare('bench', append => 'qemu=1 rounds=2', plugin => 0, qemu => \@qemus);
is($status, 0, 'without the plugin: exit status') or diag($text);
is(scalar(() = $text =~ /^sample \S+ \d - $number$/mg), 8, 'without the plugin: samples')
    or diag($text);

($text, $status) = bare('bench', append => 'ours=2', plugin => 0, qemu => \@qemus);
like($text, qr/^Bail out! no function has the ID ours=2$/m, 'a function that is not there');
is($status, 1, 'fails');

# zpci-inspect(8) in a guest with both.
sub inspect {
	my (@options) = @_;
	my $command = join ' ', 'zpci-inspect --interrupts 0 --dma-bytes 0', @options, '2>&1';
	my $pid = open(my $out, '-|', 'zpci', 'run', '--timeout', 600, '--function',
		'probe,vf=3,fid=0x1021', '--exec', $command, '--', @qemus) // die "zpci: $!";
	local $/;
	my $printed = <$out> // '';
	close $out;
	return ($printed, $? >> 8);
}

($text, $status) = inspect(qw(--fid 1021 --fid 1 --compare 2));
is($status, 0, 'Linux: exit status') or diag($text);
is_deeply(samples($text), { map { $_ => 2 } qw(sysfs-config sysfs-header vfio-bar) },
	'Linux: samples') or diag($text);
($text, $status) = inspect(qw(--fid 1021 --compare 2));
like($text, qr/--compare needs two functions/, 'Linux: one function alone');
is($status, 2, 'is wrong usage');

done_testing();
