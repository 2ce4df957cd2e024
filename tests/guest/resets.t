#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reboot and kexec with DMA and interrupts in flight: the next kernel enumerates, functions are as
# new, and no byte changes any more. What is looked at, and how, is told in resets.c, which runs
# in the guest.
#
# The default guest reboots three times. With `zpci-lab check --long' the small kernel, which has
# kexec and lets us look at storage that is no kernel's, does both twenty times. Its reboots are
# watched from outside as well: QEMU says when it has reset the machine, and what the windows
# hold at that moment is what the guest must find.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp;
use Guest;
use IO::Socket::UNIX;
use Test::More;

requires_guest();
my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');
my $program = "$ENV{ZPCI_BUILD}/tests/guest/resets";
-x $program or plan skip_all => "no $program; it is built with gcc-s390x-linux-gnu";

my $folder = File::Temp->newdir;
my @fids = qw(1021 1022);

# As resets.c lays them out.
my ($limit, $place, $source, $window) = (256 << 20, 32 << 20, 16 << 20, 256 << 10);

# The guest's RAM disk with the program and its kernel in it.
sub initrd {
	my ($guest) = @_;
	my $file = "$folder/initrd-$guest";
	my $tree = "$folder/tree-$guest/resets";
	system('mkdir', '-p', $tree) == 0 && system('cp', $program, "$tree/resets") == 0 &&
	    system('cp', '-L', "$cache/guest/$guest/kernel", "$tree/kernel") == 0 &&
	    system('cp', '-L', "$cache/guest/$guest/initrd", $file) == 0 &&
	    system("cd $tree/.. && find resets | cpio --quiet -o -H newc >>$file") == 0
	    or BAIL_OUT("no RAM disk could be made for guest $guest");
	return $file;
}

# What each window holds now, as window_sum() says it.
sub sums {
	my ($storage) = @_;
	open my $in, '<:raw', $storage or die "$storage: $!";
	return map {
		my $bytes;
		sysseek $in, $limit + $place * ($_ + 1) + $source, 0 or die;
		sysread($in, $bytes, $window) == $window or die;
		sprintf '%x', unpack('%64N*', $bytes);
	} 0 .. $#fids;
}

# watch(socket, storage, file): a process that appends the sums at each reset to the file.
sub watch {
	my ($socket, $storage, $file) = @_;
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	my $qmp;
	select undef, undef, undef, 0.1 until $qmp = IO::Socket::UNIX->new(Peer => $socket);
	$qmp->print("{\"execute\": \"qmp_capabilities\"}\n");
	while (my $line = <$qmp>) {
		next unless $line =~ /"event": "RESET"/;
		my $sums = join ' ', sums($storage);
		open my $out, '>>', $file or die;
		print $out "$sums\n";
		close $out;
	}
	require POSIX;
	POSIX::_exit(0);
}

my @repack = q{cd / && find . -xdev ! -path './tmp/*' | cpio -o -H newc >/tmp/initrd 2>/dev/null};

# Boots a guest that is reset so many times; returns what it printed, as a list of rows, and the
# sums seen from outside.
sub run_resets {
	my ($guest, $how, $count) = @_;
	my $file = initrd($guest);
	my $storage = "$folder/storage";
	my @qemu = ('-action', 'reboot=reset');
	my $kept = $guest ne 'default';
	my $watcher;
	unlink "$folder/qmp", "$folder/sums", $storage;
	if ($kept) {
		push @qemu, '-object',
		    "memory-backend-file,id=storage,size=512M,share=on,mem-path=$storage",
		    '-machine', 'memory-backend=storage',
		    '-qmp', "unix:$folder/qmp,server=on,wait=off";
		$watcher = watch("$folder/qmp", $storage, "$folder/sums");
	}
	my $append = 's390_iommu_aperture=8' . ($kept ? ' mem=256M' : '');
	my $command = join '; ', $how eq 'kexec' ? @repack : (),
	    "exec /resets/resets $how $count 1024 @fids";
	open(my $out, '-|', 'zpci', 'run', '--guest', $guest, '--initrd', $file, '--smp', 3,
		'--append', $append, '--timeout', 120 + 60 * $count,
		(map { ('--function', "probe,vf=$_,fid=0x$fids[$_ - 1]") } 1 .. @fids),
		'--exec', $command, '--', @qemu)
	    or die "zpci: $!";
	my @lines = <$out>;
	close $out;
	is($? >> 8, 0, "$guest: $how: the guest came to the end") or diag(@lines);
	ok(scalar(grep { /^worked after $count resets$/ } @lines),
		"$guest: $how: DMA and interrupts work at the end");
	kill 'TERM', $watcher and waitpid $watcher, 0 if $watcher;
	my @rows = map { /look (.*)/ ? { resets => split ' ', $1 } : () } @lines;
	open my $in, '<', "$folder/sums" or return \@rows;
	return (\@rows, map { [split] } <$in>);
}

sub instance { return hex($_[0]) >> 24 & 0x7f }

# all_are(rows, name, sub of a row)
sub all_are {
	my ($rows, $name, $good) = @_;
	my @bad = grep { !$good->($_) } @$rows;
	is(scalar @bad, 0, $name) or diag(explain(\@bad));
}

sub check_rows {
	my ($what, $rows, $count) = @_;
	is(scalar @$rows, $count * @fids, "$what: each kernel after a reset found each function");
	all_are($rows, "$what: disabled by the reset, enabled once since", sub {
		instance($_[0]{handle}) == instance($_[0]{before}) % 127 + 1;
	});
	all_are($rows, "$what: no load, store or interrupt is remembered, none came later", sub {
		!grep { $_[0]{$_} } qw(loads stores interrupts);
	});
	all_are($rows, "$what: DMA is ended by the reset, or was before", sub {
		$_[0]{status} =~ /^(404|0)$/;
	});
	# Linux takes Bus Master away before a kexec; now and then the guest is not in time to
	# start the copy once more.
	my $flying = grep { $_->{status} eq '404' } @$rows;
	cmp_ok($flying, '>=', @$rows / ($what =~ /kexec/ ? 4 : 2), "$what: DMA was in flight, often");
	note("$what: in flight in $flying of ", scalar @$rows);
}

sub check_storage {
	my ($what, $rows) = @_;
	all_are($rows, "$what: the device's last page is whole", sub { $_[0]{whole} });
	all_are($rows, "$what: no byte changed afterwards", sub { $_[0]{same} });
	my $inside = grep { $_->{boundary} } @$rows;
	cmp_ok($inside, '>=', @$rows / 2, "$what: most windows show where the copy stopped");
}

my ($rows) = run_resets('default', 'reboot', 3);
check_rows('default: reboot', $rows, 3);

SKIP: {
	skip 'kexec and the twenty resets: `zpci-lab check --long\' has them', 1
	    unless $ENV{ZPCI_CHECK_LONG};
	skip 'no guest small-iov; `zpci-lab kernel build\' makes one', 1
	    unless -r "$cache/guest/small-iov/initrd";
	for my $how (qw(reboot kexec)) {
		my ($rows, @sums) = run_resets('small-iov', $how, 20);
		check_rows("small-iov: $how", $rows, 20);
		check_storage("small-iov: $how", $rows);
		next if $how eq 'kexec';
		# QEMU tells of its first reset as well, before the guest runs.
		my @found = map { $_->{sum} } @$rows;
		is_deeply([ map { @$_ } @sums[ -20 .. -1 ] ], \@found,
			"small-iov: $how: no byte changed from the reset itself on");
	}
}

done_testing();
