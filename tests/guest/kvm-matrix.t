#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci matrix --accel kvm in the KVM host: every cell is as under TCG, with the same kernel.

use strict;
use warnings;
use FindBin;
use JSON::PP;
use lib $FindBin::Bin;
use Guest;
use Kvm;
use KernelLog qw(complaints);
use Test::More;

requires_guest();
requires_kvm('7.2');

# It boots quickly in a guest of an emulated mainframe.
my $name = $ENV{ZPCI_KVM_GUEST} // 'small-kvm';
my $guest = "$Kvm::cache/guest/$name";
-r "$guest/initrd" or plan skip_all => "no guest $name; `./zpci-lab kvm' makes one";
my @files = map { ('--file', "$guest/$_:/root/.cache/zpci/guest/$name/$_") } qw(kernel initrd);

# The consoles of the host's guests come with its standard error.
my $seen = kvm([@files], 'sh', '-c', <<"END");
ZPCI_CONSOLE=/tmp/consoles zpci matrix --accel kvm --guest $name --memory 256M --json -
status=\$?
cat /tmp/consoles >&2
exit \$status
END
is($seen->{status}, 0, 'kvm: passed') or diag($seen->{err});
is_deeply([ complaints($seen->{err}) ], [], 'kvm: no kernel complained');
my $kvm = eval { decode_json($seen->{out}) } or BAIL_OUT("no results: $seen->{out}");
my $tcg = decode_json(scalar `zpci matrix --guest $name --memory 256M --json -`);
is($? >> 8, 0, 'tcg: passed');
is_deeply($kvm->{result}, $tcg->{result}, 'as many cells are equal');
cmp_ok($kvm->{result}{equal}, '==', 76, 'which are 76');

my ($one, $other) = map { $_->{boots}[0] } $kvm, $tcg;
is($one->{release}, $other->{release}, "both are Linux $one->{release}");
for my $profile (sort keys %{ $other->{cells} }) {
	is_deeply($one->{cells}{$profile}, $other->{cells}{$profile}, "$profile: every cell is as under TCG");
}
is(join(' ', sort keys %{ $one->{cells} }), 'lpar plain raw silent vfio', 'all profiles');

done_testing();
