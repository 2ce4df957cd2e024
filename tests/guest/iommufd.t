#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# DMA addresses outside of the aperture, through iommufd. Linux offers no address below the
# aperture, so that a map there is refused. Above it Linux has no such check while vfio holds the
# function, up to the end of the translation table. Our group publishes no refresh: then the map
# executes no RPCIT and succeeds, and the unmap executes one, which the firmware refuses. That is no
# error of the function: there is no event, the close does not wait for a reset, and the function
# works afterwards.

use strict;
use warnings;
no warnings 'portable'; # hex of more than 32 bits
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();
my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');
-r "$cache/guest/small-iommufd/initrd"
    or plan skip_all => "no guest small-iommufd; `./zpci-lab kernel build iommufd' makes one";

# Linux makes the aperture as large as storage, 512 MiB; the group `narrow' has less.
my $config = File::Temp->new(SUFFIX => '.conf');
print $config <<'END';
[adapter card]
model = probe
[group narrow]
dma-start = 0x200000000
dma-end = 0x2007fffff
[function]
adapter = card
vf = 1
fid = 0x1021
[function]
adapter = card
vf = 2
fid = 0x1022
group = narrow
END
$config->flush;

my $page = 0x1000;
my $top = 0x3fffffff000; # the last page of a region-third table
my @apertures = ([ 0x1021, 0x100000000, 0x11fffffff ], [ 0x1022, 0x200000000, 0x2007fffff ]);

for my $aperture (@apertures) {
	my ($fid, $start, $end) = @$aperture;
	my @tried = (
		[ 'first page',           $start,             'ok' ],
		[ 'last page',            $end + 1 - $page,   'ok' ],
		[ 'behind the aperture',  $end + 1,           'ok' ],
		[ 'top of the table',     $top,               'ok' ],
		[ 'beyond the table',     $top + $page,       'EINVAL' ],
		[ 'before the aperture',  $start - $page,     'EINVAL' ],
	);
	my ($report, $stderr) = inspect([],
		[ '--guest', 'small-iommufd', '--smp', 2, '--config', $config->filename ],
		[ '--fid', sprintf('%x', $fid), '--interrupts', 16, '--dma-bytes', '64K',
			map { ('--iommufd', sprintf('%#x', $_->[1])) } @tried ]);
	my $vfio = $report->{vfio}[0];
	my $base = $vfio->{zpci_base};
	my $name = sprintf '%#x', $fid;

	note("Linux $report->{kernel}{release}");
	is(hex $base->{start_dma}, $start, "$name: start of the aperture");
	is(hex $base->{end_dma}, $end, "$name: end of the aperture");
	for my $n (0 .. $#tried) {
		my ($where, $iova, $result) = @{ $tried[$n] };
		my $one = $vfio->{iommufd}[$n];
		my $at = "$name: $where";

		is($one->{problem}, undef, "$at: could be tried");
		is(hex $one->{iova}, $iova, "$at: the address");
		is($one->{map}{result}, $result, "$at: map: $result");
		is($one->{unmap} && $one->{unmap}{result}, $result eq 'ok' ? 'ok' : undef, "$at: unmap");
		is($one->{close}{result}, 'ok', "$at: close");
		# 0.1 s by itself; a reset that waits for the function takes over a minute.
		cmp_ok($one->{close}{microseconds}, '<', 10_000_000, "$at: close without a stall");
		is($one->{events}, 0, "$at: no error event");
	}
	is($vfio->{probe}{$_}{outcome}, 'ok', "$name: afterwards: $_")
	    for qw(interrupts_now interrupts_later dma code);
	is($report->{status}, 0, "$name: all well");
	is($stderr, '', "$name: the firmware had nothing to say");
}
unlike(consoles(), qr/not ready|reports an error/, 'the kernels had nothing to say');

done_testing();
