#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The table of answers on a real KVM: the bare-metal program of tests/guest/answers.t, in the
# hypervisor of examples/kvm.c, in the KVM host of `./zpci-lab kvm'. Each row is answered as under
# TCG, where the same rows pass, but for those below. Rows about storage keys and address spaces are
# played here alone: TCG has neither for us.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Kvm;
use Test::More;

requires_guest();
requires_kvm();
my $programs = $ENV{ZPCI_BUILD};
my @files = map { ('--file', "$programs/$_") } qw(tests/guest/kvm-answers tests/bare/answers);
-x "$programs/tests/guest/kvm-answers" or plan skip_all => 'no compiler for s390x';

# What a row says, what KVM answers, and why.
my %differences = (
	'CHSC store event information, any, no event, 31-bit addressing, block at an address above' => [
		'cc 0',
		'the hypervisor executes it, and KVM cuts the address to 31 bits, which QEMU does not',
	],
);

my $seen = kvm([qw(--qemu none), @files], './kvm-answers', 'answers', 'spaces');
my (%answered, $row, $not);
for (split /\n/, $seen->{out}) {
	if (/^(not )?ok \d+ - \d+ (.*)$/) {
		($not, $row) = ($1, $2);
		my ($known) = grep { index($row, "$_: ") == 0 } keys %differences;
		$row = $known if $known;
		pass($row) if !$not && !$known;
		fail("$row: there is no difference any more") if !$not && $known;
	} elsif ($not && /^# answered: (.*)$/) {
		$answered{$row} = $1;
		is($1, ($differences{$row} // ['as under TCG'])->[0], $row);
	}
}
for my $known (sort keys %differences) {
	is($answered{$known}, $differences{$known}[0], "difference: $differences{$known}[1]");
}
my ($all, $here) = $seen->{out} =~ /(\d+) rows in all, (\d+) rows here/;
cmp_ok($here // 0, '>', 800, sprintf('%d rows of %d, in %d s', $here // 0, $all // 0, $seen->{seconds}))
    or diag("$seen->{out}$seen->{err}");
# What rows do to a function is told.
unlike($seen->{err}, qr/^(?!kvm: function 0x)/m, 'the hypervisor has nothing else to say');

done_testing();
