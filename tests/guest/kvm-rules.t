#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The fake /dev/kvm of our tests against Linux's own KVM, in the KVM host: both answer the calls of
# tests/kvm/rules.c alike. If they do not, the fake is wrong.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Kvm;
use Test::More;

requires_kvm('none');
my $program = "$ENV{ZPCI_BUILD}/tests/guest/kvm-rules";
-x $program or plan skip_all => 'no compiler for s390x';

my @fake = split /\n/, `$ENV{ZPCI_BUILD}/tests/kvm/rules`;
my $seen = kvm([qw(--qemu none --file), $program], './kvm-rules');
my @real = split /\n/, $seen->{out};
is($seen->{status}, 0, 'exit status') or diag($seen->{err});
cmp_ok(scalar @real, '>', 150, 'many answers');
for my $i (0 .. ($#real > $#fake ? $#real : $#fake)) {
	is($fake[$i], $real[$i], $real[$i] // 'nothing more');
}
done_testing();
