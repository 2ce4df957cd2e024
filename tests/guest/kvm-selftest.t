#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Linux's own selftest of KVM on our fake /dev/kvm (tests/kvm): what Linux's authors expect of
# KVM_SET_GSI_ROUTING, and on the way of a VM, memory slots and a vCPU, the fake gives. Without the
# fake the selftest is skipped, so that it cannot pass by itself.

use strict;
use warnings;
use Test::More;

my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');
my $program = "$cache/selftest/irq_routing";
my $libraries = '/usr/s390x-linux-gnu'; # of the cross compiler that built both

defined $ENV{ZPCI_BUILD} or plan skip_all => "no build; start this by `./run prove'";
my $fake = "$ENV{ZPCI_BUILD}/tests/kvm/fake-s390x.so";
-r $fake or plan skip_all => "no fake for s390x; the build had no s390x-linux-gnu-gcc";
-x $program or plan skip_all => "no selftest; `./zpci-lab selftest' builds it";
my ($emulator) = grep { !system("command -v $_ >/dev/null") } qw(qemu-s390x-static qemu-s390x);
$emulator or plan skip_all => "no qemu-s390x: install qemu-user-static or qemu-user";

# run([NAME=VALUE ...]): (output, exit status).
sub run {
	my @set = map { ('-E', $_) } @_;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>&', \*STDOUT or die;
		exec 'timeout', 60, $emulator, '-L', $libraries, @set, $program or die "exec: $!";
	}
	local $/;
	my $text = <$out> // '';
	close $out;
	return ($text, $? >> 8);
}

my ($text, $status) = run("LD_PRELOAD=$fake", 'FAKE_KVM_NEWEST=1');
is($status, 0, 'exit status') or diag($text);
for my $offset ('summary offset outside of page', 'summary offset inside of page',
	'ind offset outside of page', 'ind offset inside of page') {
	like($text, qr/^ok \d+ \Q$offset\E$/m, $offset);
}
like($text, qr/^# Totals: pass:4 fail:0 .* skip:0 error:0$/m, 'all four passed');

# Its memory slots are no multiples of 1 MiB, which older Linux wants: so the fake is asked.
($text, $status) = run("LD_PRELOAD=$fake");
isnt($status, 0, 'with the rules of Linux 6.1 it stops');
like($text, qr/KVM_SET_USER_MEMORY_REGION2 IOCTL failed/, 'at its memory slot');

done_testing();
