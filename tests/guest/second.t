#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A guest of the guest: what the layer below says about a VF passes through Debian's kernel,
# its vfio-pci and Debian's QEMU, and has the same effect on the kernel of the second level.
# Minutes.

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
-r "$cache/guest/second/initrd"
    or plan skip_all => "no guest of two levels; `./zpci-lab second' makes one";

my %vf = (lpar => 5, silent => 3);

# What level 2 looks like. The first level's vfio keeps a Command register of its own for a
# function with vfn, so that the second level sees the Memory bit emulated: the profile `vfio'.
my %second = (lpar => 'vfio', silent => 'silent');

my $errors = File::Temp->new;
my @functions = map { ('--function', "probe,vf=$vf{$_},fid=" . sprintf("0x%x", 0x3000 + $vf{$_}) . ",profile=$_") }
    sort keys %vf;
my $pid = open(my $out, '-|') // die "fork: $!";
if (!$pid) {
	open STDERR, '>', $errors->filename or die;
	exec 'zpci', 'run', '--second-level', '--timeout', 1500, @functions or die "exec: $!";
}
my $text = do { local $/; <$out> };
close $out;
my $status = $? >> 8;
my $report = eval { decode_json($text) };
if (!$report) {
	open my $in, '<', $errors->filename or die;
	diag("status $status, standard output:\n$text\nstandard error:\n", <$in>);
	BAIL_OUT('no report of two levels');
}

isnt($report->{level1}{kernel}{release}, $report->{level2}{kernel}{release},
	"two kernels: $report->{level1}{kernel}{release}, $report->{level2}{kernel}{release}");

for my $profile (sort keys %vf) {
	my $fid = 0x3000 + $vf{$profile};
	my ($one, $two) = map { function_of($report->{$_}{vfio}, $fid) } qw(level1 level2);
	my ($seen1, $seen2) = (observed($one), observed($two));
	is_deeply([ differences($seen1, $profile, $vf{$profile}) ], [],
		"$profile, level 1: as expected") or diag(explain($seen1));
	is_deeply([ differences($seen2, $second{$profile}, $vf{$profile}) ], [],
		"$profile, level 2: as profile $second{$profile}") or diag(explain($seen2));
	is($seen2->{$_}, $seen1->{$_}, "$profile: $_ is $seen1->{$_} at both levels")
	    for sort grep { !/^sysfs/ } keys %$seen1;
	my ($kind1, $kind2) =
	    map { function_of($report->{$_}{functions}, $fid)->{kind} } qw(level1 level2);
	is($kind2, $kind1, "$profile: $kind1 at both levels");
	is($one->{probe}{interrupts_now}{outcome}, 'ok', "$profile, level 1: interrupts");
}

# Why this matters: with vfn the device works for the guest of the guest. Without vfn, that guest's
# kernel reads Command without the Memory bit, sets or clears other bits and writes it back: the
# vfio of the first level takes that for switching the BARs off.
my $interrupts = sub {
	function_of($report->{level2}{vfio}, 0x3000 + $vf{ $_[0] })->{probe}{interrupts_now}{outcome};
};
is($interrupts->('lpar'), 'ok', 'lpar, level 2: interrupts');
isnt($interrupts->('silent'), 'ok', 'silent, level 2: no interrupts');

# The comparison can fail: at level 2 one profile does not look like the other.
my $lpar = observed(function_of($report->{level2}{vfio}, 0x3000 + $vf{lpar}));
my @differ = differences($lpar, 'silent', $vf{lpar});
ok(@differ > 0, "lpar, level 2, would not pass for silent: @differ");

done_testing();
