#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# That a test fails when a guest's kernel complains (KernelLog.pm): what a complaint is, and tests
# in Perl and for the shell whose guests have one.

use strict;
use warnings;
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use KernelLog qw(complaints);
use Test::More;

requires_guest();
my $folder = File::Temp->newdir;

my @complaints = (
	'WARNING: CPU: 0 PID: 53 at drivers/iommu/iommu.c:122 __iommu_release_dma_ownership+0x70/0x78',
	'WARNING: drivers/iommu/iommu.c:122 at __iommu_release_dma_ownership+0x70/0x78, CPU#0: sh/53',
	'WARNING: possible circular locking dependency detected',
	'WARNING: suspicious RCU usage',
	'BUG: sleeping function called from invalid context at mm/slub.c:1',
	'kernel BUG at mm/slub.c:1!',
	'monitor event: 0040 ilc:2 [#1] SMP',
	'Oops: 0004 ilc:2 [#1] SMP',
	'rcu: INFO: rcu_sched detected stalls on CPUs/tasks: { 0 }',
	'rcu: INFO: rcu_sched self-detected stall on CPU',
	'watchdog: BUG: soft lockup - CPU#0 stuck for 23s! [sh:53]',
	'INFO: task sh:53 blocked for more than 120 seconds.',
	'INFO: possible recursive locking detected',
	'UBSAN: array-index-out-of-bounds in kernel/fork.c:1',
	'refcount_t: underflow; use-after-free.',
);
my @others = (
	'rcu: Hierarchical RCU implementation.',
	'vfio-pci 0103:00:00.0: No device request channel registered, blocked until released by user',
	'zpci: 0101:00:00.0: Event 0x3a reports an error for PCI function 0x1021',
	'Kernel panic - not syncing: sysrq triggered crash', # ends the guest, which each test notices
);

sub log_of {
	my ($version, @lines) = @_;
	return join '', map { "[    1.234567] $_\r\r\n" } "Linux version $version (someone) 1", @lines;
}

for my $line (@complaints) {
	is_deeply([ complaints(log_of('6.12.95', $line)) ], ["Linux 6.12.95: [    1.234567] $line"], $line);
}
is_deeply([ complaints(log_of('6.12.95', @others)) ], [], 'no others');

known_complaint(line => qr/WARNING: known/, change => 'of this test', mended => '6.17');
my %allowed = (
	'6.12.95+deb12-s390x' => 1,
	'6.16.12' => 1,
	'5.19.0' => 1,
	'6.17.0' => 0,
	'6.17-rc1' => 0,
	'7.0.1' => 0,
	'10.0' => 0,
);
for my $version (sort keys %allowed) {
	is(scalar(complaints(log_of($version, 'WARNING: known'))), 1 - $allowed{$version},
		"$version: " . ($allowed{$version} ? 'known' : 'mended'));
}
is(scalar(complaints(log_of('6.12', 'WARNING: other'))), 1, 'another is not known');
is_deeply(
	[ complaints(log_of('7.2', 'WARNING: one') =~ s/^/level 2: /mgr . log_of('6.1', 'WARNING: two')) ],
	[ 'level 2: Linux 7.2: [    1.234567] WARNING: one', 'Linux 6.1: [    1.234567] WARNING: two' ],
	'the guest of the guest');

# Tests of which all is well but the kernel's log.
my $complain = 'echo "<4>WARNING: CPU: 0 PID: 1 at nowhere" >/dev/kmsg';
my %test = (
	perl => [ 'perl', <<END ],
use lib '$FindBin::Bin';
use Guest;
use Test::More;
requires_guest();
is(system('zpci', 'run', '--timeout', 600, '--exec', '$complain'), 0, 'all well');
done_testing();
END
	shell => [ 'bash', <<END ],
. '$FindBin::Bin/../tool/tap.sh'
requires_guest
tool run --exec '$complain'
is "\$status" 0 "all well"
done_testing
END
);
for my $language (sort keys %test) {
	my ($program, $text) = @{ $test{$language} };
	my $file = "$folder/$language.t";
	open my $out, '>', $file or die "$file: $!";
	print $out $text;
	close $out or die "$file: $!";
	my $said = `$program $file 2>&1`;
	isnt($? >> 8, 0, "a test for $program: fails");
	like($said, qr/^ok 1 - all well$/m, "a test for $program: the guest worked") or diag($said);
	like($said, qr/^not ok \d - no kernel complained$/m, "a test for $program: what is wrong");
	like($said, qr/# .*Linux \S+: .*WARNING: CPU: 0 PID: 1 at nowhere/, "a test for $program: the line");
}

# One guest of this test's own, whose kernel does not complain.
is(system('zpci', 'run', '--timeout', 600, '--exec', 'true'), 0, 'a guest without complaint');
like(consoles(), qr/Linux version/, 'its console is known');

done_testing();
