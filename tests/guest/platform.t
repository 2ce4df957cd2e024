#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the platform says of a function, as seen in a guest: in sysfs, through vfio, and by the range
# of DMA addresses. One function has every fact configured, the other has none.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp;
use Guest;
use Test::More;

requires_guest();

my $config = File::Temp->new(SUFFIX => '.conf');
print $config <<'END';
[adapter card]
model = probe
pchid = 0x1c0
vfs = 2
[group narrow]
id = 0x21
dma-start = 0x200000000
dma-end = 0x200ffffff
vectors = 8
store-block = 256
fmb-interval = 250
msi-address = 0x300000000
[function]
adapter = card
vf = 1
fid = 0x1021
uid = 0x111
group = narrow
pft = 0x0b
port = 3
pfip = 0x010a7fff
tid = 0x7
utility-string = CARD 7
fmb = no
[function]
adapter = card
vf = 2
fid = 0x1022
uid = 0x112
END
$config->flush;

# A report of zpci-inspect about one function, and lines of `KEY: VALUE' before it.
my $before = <<'END';
mount -t debugfs none /sys/kernel/debug 2>/dev/null
for domain in 0111 0112; do
	device=/sys/bus/pci/devices/$domain:00:00.0
	for name in pft port pfgid pfip/segment0 pfip/segment1 pfip/segment2 pfip/segment3 pchid; do
		[ -r $device/$name ] && echo "$domain $name: $(cat $device/$name)" >&2
	done
	echo "$domain util_string: $(od -An -tx1 -N8 $device/util_string | tr -d ' \n')" >&2
	echo 1 >$device/enable
	echo "$domain FMB: $(grep -m1 -oE 'FMB statistics disabled|Update interval.*' \
		/sys/kernel/debug/pci/$domain:00:00.0/statistics)" >&2
	echo 0 >$device/enable
done
END
chomp $before;
my ($report, $stderr) = inspect([], [ '--config', "$config" ],
	[ '--fid', '1021', '--interrupts', 100, '--dma-bytes', 4 << 20 ], [], $before);
my %said = $stderr =~ /^(\d{4} [\w\/]+): (.*?)\r?$/mg;

my %expected = (
	'0111 pft' => '0x0b',
	'0111 pfgid' => '0x21',
	'0111 pfip/segment0' => '0x01',
	'0111 pfip/segment1' => '0x0a',
	'0111 pfip/segment2' => '0x7f',
	'0111 pfip/segment3' => '0xff',
	'0111 pchid' => '0x01c0',
	'0111 util_string' => 'c3c1d9c440f74040',
	'0111 FMB' => 'FMB statistics disabled',
	'0112 pft' => '0x00',
	'0112 pfgid' => '0x01',
	'0112 pfip/segment0' => '0x00',
	'0112 pfip/segment3' => '0x00',
	'0112 util_string' => '0000000000000000',
);
is($said{$_}, $expected{$_}, "sysfs: $_") for sort keys %expected;
is($said{'0111 port'}, 3, 'sysfs: port');
is($said{'0112 port'}, 0, 'sysfs: port, not applicable');
like($said{'0112 FMB'}, qr/4000 ms/, 'debugfs: the interval of the default group');

# vfio passes on what the kernel knows; and all that the function does is done within it.
my $vfio = $report->{vfio}[0];
is($report->{status}, 0, 'narrow: all well') or diag($stderr);
is($vfio->{zpci_base}{start_dma}, '0x0000000200000000', 'narrow: first DMA address');
is($vfio->{zpci_base}{end_dma}, '0x0000000200ffffff', 'narrow: last DMA address');
is($vfio->{probe}{dma}{outcome}, 'ok', 'narrow: what DMA copied compares equal');
is($vfio->{probe}{interrupts_now}{arrived}, 100, 'narrow: interrupts by its own MSI address');
is($vfio->{probe}{interrupts_now}{lost}, 0, 'narrow: none lost');
done_testing();
