#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci matrix with real guests: it passes on the kernels that do as they should, fails on one that
# does not, and fails with every switch that is turned under a profile. A kernel that is not here
# is skipped, with the command that gets it.

use strict;
use warnings;
use File::Temp;
use FindBin;
use JSON::PP;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();
my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');

my %get = (
	(map { ($_ => "kernel get $_") } qw(oldstable newest)),
	(map { ("small-$_" => "kernel build $_") } qw(iov no-iov patched)),
);

# Is this guest here, and made with the zpci-inspect of this tree, as `check --long' sees to? Skips
# what follows in its SKIP block otherwise.
sub needs {
	my ($guest) = @_;
	skip "guest $guest: left to `./zpci-lab check --long'", 1 unless $ENV{ZPCI_CHECK_LONG};
	skip "no guest $guest; `./zpci-lab $get{$guest}' makes one", 1
	    unless -r "$cache/guest/$guest/initrd";
}

# Returns (exit status, results, standard error).
sub matrix {
	my $errors = File::Temp->new;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>', $errors->filename or die;
		exec 'zpci', 'matrix', '--json', '-', @_ or die "exec: $!";
	}
	my $text = do { local $/; <$out> };
	close $out;
	my $status = $? >> 8;
	my $stderr = do { local $/; open my $in, '<', $errors->filename or die; <$in> };
	my $results = eval { decode_json($text) };
	diag("status $status\n$text\n$stderr") unless $results;
	return ($status, $results, $stderr);
}

# "lpar: bar_at_open: EIO" for each cell of a boot with this result.
sub cells {
	my ($boot, $result) = @_;
	my @found;
	for my $profile (sort keys %{ $boot->{cells} }) {
		my $cells = $boot->{cells}{$profile};
		push @found, map { "$profile: $_: " . ($cells->{$_}{observed} // '?') }
		    grep { $cells->{$_}{result} eq $result } sort keys %$cells;
	}
	return @found;
}

# Every cell could be observed and is as expected, with 1 CPU and with 4.
for my $guest (qw(default newest)) {
	SKIP: {
		needs($guest);
		my ($status, $results, $stderr) =
		    matrix('--guest', $guest, '--smp', '1,4');
		is($status, 0, "$guest: passed");
		is_deeply([ map { $_->{smp} } @{ $results->{boots} } ], [ 1, 4 ], "$guest: two boots");
		is($results->{result}{equal}, 152, "$guest: 76 cells in each");
		for my $boot (@{ $results->{boots} }) {
			note("$guest is Linux $boot->{release}");
			is_deeply([ cells($boot, 'different') ], [], "$guest, $boot->{smp}: no differences");
		}
	}
}

# Each switch of a profile turned: exactly the cells that follow from it differ.
{
	my ($status, $results) = matrix(
		'--function', 'probe,profile=lpar,command-memory=on',
		'--function', 'probe,profile=vfio,command-memory=absent',
		'--function', 'probe,profile=silent,publish-vfn=yes',
		'--function', 'probe,profile=plain,command-memory=absent',
		'--function', 'probe,profile=raw,ids=yes');
	is($status, 1, 'turned switches: failed');
	is_deeply([ cells($results->{boots}[0], 'different') ], [
		# lpar with the bit is vfio
		'lpar: sysfs_command_after_2: 0x0002',
		'lpar: sysfs_command_at_open: 0x0002',
		# plain without the bit is silent
		'plain: bar_at_open: EIO',
		'plain: command_after_2: 0x0000',
		'plain: command_at_open: 0x0000',
		'plain: restores_2_again: yes',
		'plain: sysfs_command_after_2: 0x0000',
		'plain: sysfs_command_at_open: 0x0000',
		'raw: device: yes',
		# silent with vfn is lpar
		'silent: bar_after_0: ok',
		'silent: bar_at_open: ok',
		'silent: command_after_2: 0x0002',
		'silent: command_at_open: 0x0002',
		'silent: no_command_memory: 1',
		'silent: restores_2_again: no',
		'silent: vfio_vfn: 3',
		'silent: vfn: 3',
		# vfio without the bit is lpar
		'vfio: sysfs_command_after_2: 0x0000',
		'vfio: sysfs_command_at_open: 0x0000',
	], 'turned switches: the cells');
}
{
	my ($status, $results) = matrix(
		'--function', 'probe,profile=lpar,publish-vfn=no',
		'--function', 'probe,profile=vfio,publish-vfn=no,vf=9',
		'--function', 'probe,profile=silent,command-memory=off',
		'--function', 'probe,profile=plain,publish-vfn=yes',
		'--function', 'probe,profile=raw,publish-vfn=no');
	is($status, 1, 'other switches: failed');
	is_deeply([ grep { /vfn|no_command_memory|bar_a/ } cells($results->{boots}[0], 'different') ], [
		'lpar: bar_after_0: EIO',
		'lpar: bar_at_open: EIO',
		'lpar: no_command_memory: 0',
		'lpar: vfio_vfn: 0',
		'lpar: vfn: 0',
		'plain: bar_after_0: ok',
		'plain: no_command_memory: 1',
		'plain: vfio_vfn: 4',
		'plain: vfn: 4',
		'raw: vfn: 0',
		'silent: bar_at_open: ok',
		'vfio: bar_after_0: EIO',
		'vfio: no_command_memory: 0',
		'vfio: vfio_vfn: 0',
		'vfio: vfn: 0',
	], 'other switches: the cells');
}

# The device behind a profile makes no difference.
{
	my ($status, $results) = matrix(
		map { ('--function', "null,profile=$_") } qw(lpar vfio silent plain raw));
	is($status, 0, 'model null: passed');
	is_deeply([ cells($results->{boots}[0], 'different') ], [], 'model null: no differences');
}

# A kernel of somebody's own, in one line, with the RAM disk of another.
SKIP: {
	needs('small-no-iov');
	my $tap = `zpci matrix --tap --kernel '$cache/guest/small-no-iov/kernel'`;
	is($? >> 8, 0, 'kernel without CONFIG_PCI_IOV: passed');
	is(() = $tap =~ /^ok /mg, 78, 'kernel without CONFIG_PCI_IOV: TAP');
	unlike($tap, qr/^not ok|SKIP/m, 'kernel without CONFIG_PCI_IOV: all of it');
}

# One without the line of 2020.
SKIP: {
	needs('small-patched');
	my ($status, $results) = matrix('--guest', 'small-patched');
	is($status, 1, 'small-patched: failed');
	my @different = cells($results->{boots}[0], 'different');
	ok((grep { $_ eq 'lpar: bar_at_open: EIO' } @different), 'small-patched: lpar: EIO');
	is_deeply([ grep { !/^(lpar|vfio)/ } @different ], [], 'small-patched: the others are as ever');
}

# Neither VFIO nor BTF: enumeration, and the reasons for the rest.
SKIP: {
	needs('oldstable');
	my ($status, $results) = matrix('--guest', 'oldstable');
	my $boot = $results->{boots}[0];
	is($status, 125, 'oldstable: cannot be tried');
	is($results->{result}{verdict}, 'incomplete', 'oldstable: incomplete');
	is($results->{result}{equal}, 20, 'oldstable: enumeration');
	is($results->{result}{different}, 0, 'oldstable: nothing differs');
	is_deeply([ map { [ @$_{qw(missing cells)} ] } @{ $boot->{not_observed} } ],
		[ [ 'CONFIG_DEBUG_INFO_BTF', 4 ], [ 'CONFIG_VFIO_PCI', 52 ] ], 'oldstable: what is missing');
}

# A kernel in which parts are turned off: what is missing is named, and nothing has passed.
{
	my ($status, $results) = matrix('--append',
		'module_blacklist=vfio_iommu_type1 initcall_blacklist=proc_kcore_init');
	my $boot = $results->{boots}[0];
	is($status, 125, 'parts turned off: cannot be tried');
	is_deeply([ @{ $results->{result} }{qw(verdict equal different not_observed)} ],
		[ 'incomplete', 20, 0, 56 ], 'parts turned off: the result');
	is_deeply([ map { [ @$_{qw(missing cells)} ] } @{ $boot->{not_observed} } ],
		[ [ 'CONFIG_PROC_KCORE', 4 ], [ 'CONFIG_VFIO_IOMMU_TYPE1', 52 ] ],
		'parts turned off: what is missing');
}

# A guest that never reports.
{
	my ($status, $results, $stderr) = matrix('--append', 'rdinit=/nonexistent panic=-1');
	is($status, 1, 'a guest that dies: failed');
	like($results->{boots}[0]{problem}, qr/^no report: the guest ended before the command started; QEMU /,
		'a guest that dies: said so');
	like($stderr, qr/anic|rdinit|init/, 'a guest that dies: its last words');
}
like(consoles(), qr/Linux version/, 'the consoles of all are known');

done_testing();
