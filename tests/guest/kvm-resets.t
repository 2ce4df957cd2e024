#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reboot and kexec under the real KVM of `zpci-lab kvm', with DMA and interrupts in flight, in a
# stock QEMU with zpci-kvm.so: the newest one of Debian, and the unmodified one of Debian 12. The
# next kernel finds each function with a new handle, no byte changes any more, and DMA and
# interrupts work again. What is looked at, and how, is told in resets.c, which runs in the guest.
#
# One guest reboots, works again, does kexec, and works again. In the older QEMU it does the kexec
# with `zpci-lab check --long', where both have two CPUs.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp;
use Guest;
use Kvm;
use Test::More;

requires_kvm('newest', '7.2');
my $guest = "$Kvm::cache/guest/small-kvm";
my $program = "$ENV{ZPCI_BUILD}/tests/guest/resets";
-x $program or plan skip_all => "no $program; it is built with gcc-s390x-linux-gnu";
-r "$guest/initrd" or plan skip_all => "no guest small-kvm; `./zpci-lab kvm' makes one";
my $folder = File::Temp->newdir;
my @fids = qw(1021 1022);

# The guest's RAM disk with the program and its kernel in it.
my $tree = "$folder/tree/resets";
system('mkdir', '-p', $tree) == 0 && system('cp', $program, "$tree/resets") == 0 &&
    system('cp', '-L', "$guest/kernel", "$tree/kernel") == 0 &&
    system('cp', '-L', "$guest/initrd", "$folder/initrd") == 0 &&
    system("cd $tree/.. && find resets | cpio --quiet -o -H newc >>$folder/initrd") == 0
    or BAIL_OUT('no RAM disk could be made');

# A copy of 64 MiB takes two seconds there, and a reboot comes soon after the request.
my $copy = 64;

my $long = $ENV{ZPCI_CHECK_LONG};
my $cpus = $long ? 2 : 1;

# Linux computes two checksums of what a kexec starts, which takes most of the time: so the RAM disk
# for it has only what is needed.
my $pack = q{cd / && find . -xdev ! -path './tmp/*' ! -path './usr/lib/*' ! -name kernel }
    . q{! -name zpci-inspect ! -name lspci | cpio -o -H newc >/tmp/initrd 2>/dev/null};

sub instance { return hex($_[0]) >> 24 & 0x7f }

# all_are(rows, name, sub of a row)
sub all_are {
	my ($rows, $name, $good) = @_;
	my @bad = grep { !$good->($_) } @$rows;
	is(scalar @bad, 0, $name) or diag(explain(\@bad));
}

sub check_rows {
	my ($what, $seen, @rows) = @_;
	is(scalar @rows, @fids, "$what: the next kernel found each function")
	    or diag($seen->{out}, $seen->{err});
	all_are(\@rows, "$what: disabled by the reset, enabled once since: a new handle", sub {
		instance($_[0]{handle}) == instance($_[0]{before}) % 127 + 1;
	});
	all_are(\@rows, "$what: no load, store or interrupt is remembered, none came later", sub {
		!grep { $_[0]{$_} } qw(loads stores interrupts);
	});
	all_are(\@rows, "$what: the device's last page is whole", sub { $_[0]{whole} });
	all_are(\@rows, "$what: no byte changed afterwards", sub { $_[0]{same} });
	note("$what: ", join ', ', map { "status $_->{status}, stopped at page $_->{boundary}" } @rows);
}

sub resets {
	my ($qemu, @hows) = @_;
	my $how = @hows > 1 ? 'both' : $hows[0];
	my $script = "$pack; exec /resets/resets $how " . @hows . " $copy @fids";
	my $seen = kvm([ '--qemu', $qemu, '--cpus', $cpus, '--file', "$guest/kernel", '--file',
			"$folder/initrd" ],
		'sh', '-c', 'exec zpci run --accel kvm --kernel kernel --initrd initrd --memory 512M '
		. '--append mem=256M --smp ' . $cpus . ' --timeout 300 '
		. join(' ', map { "--function probe,vf=$_,fid=0x$fids[$_ - 1]" } 1 .. @fids)
		. ' --exec "$0" -- -action reboot=reset', $script);
	my @rows = map { /look (.*)/ ? { resets => split ' ', $1 } : () } split /\n/, $seen->{out};

	is($seen->{status}, 0, "QEMU $qemu: the guest came to the end")
	    or diag($seen->{out}, $seen->{err});
	for my $n (1 .. @hows) {
		check_rows("QEMU $qemu: $hows[$n - 1]", $seen, grep { $_->{resets} == $n } @rows);
	}
	# Linux takes Bus Master away before a kexec, which ends a copy; it is chance whether the
	# reset or that comes first, and whether a new copy has begun. The notes tell.
	cmp_ok(scalar(grep { $_->{status} eq '404' && $_->{resets} == 1 } @rows), '>=', 1,
		"QEMU $qemu: DMA was in flight at the reboot");
	like($seen->{out}, qr/^worked after ${\scalar @hows} resets$/m,
		"QEMU $qemu: DMA and interrupts work at the end");
	note(sprintf 'QEMU %s: %d s', $qemu, $seen->{seconds});
}

resets('newest', qw(reboot kexec));
resets('7.2', 'reboot', $long ? 'kexec' : ());

done_testing();
