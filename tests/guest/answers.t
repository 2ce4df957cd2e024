#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The table of answers (tests/answers) by a program without an operating system: once with functions
# of ours, and the same image against QEMU's own zPCI. Where QEMU answers otherwise, the row says
# how and why. A row that says so fails if QEMU's answer is ours.

use strict;
use warnings;
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use Bare;
use Test::More;

requires_bare('answers');

# As in tests/answers/player_ram.c.
my $groups = File::Temp->new(SUFFIX => '.conf');
print $groups <<'END';
[group everything]
id = 0x33
version = 2
dma-start = 0x200000000
dma-end = 0x7fffffffffffffff
vectors = 16
store-block = 64
fmb-interval = 1000
designations = rf
msi-address = 0xff00000000000000
END
$groups->flush;
my @ours = (
	plugin => "config=$groups",
	functions => [
		'probe:vf=1:fid=0x1021:utility-string=ZPCI ANSWERS',
		'probe:vf=2:fid=0x1022:relaxed-store-block=yes',
		'null:vf=1:fid=0x1023',
		'probe:fid=0x1020:profile=plain',
		'probe:vf=3:fid=0x1024:group=everything:pft=0x0b:port=5:pfip=0x01020304:tid=0xabcd:fmb=no',
	]);
# A device with an MSI-X table of more than a few bytes, which is what rows store into.
my @devices = (
	'-device', 'zpci,uid=1,fid=1,target=d', '-device', 'nvme,id=d,drive=n,serial=1',
	'-drive', 'if=none,id=n,file=null-co://,format=raw');
my @qemus = (plugin => 0, qemu => \@devices);
my $host = unpack('C', pack('S', 1)) ? '' : 'big-endian-host';

sub count {
	my ($text, $what) = @_;
	return $text =~ /(\d+) $what/ ? $1 : 0;
}

# Beside QEMU's own functions ours answer the same.
bare_tap("beside QEMU's", 'answers', @ours, qemu => \@devices);
my $text = bare_tap('ours', 'answers', @ours);
my ($rows, $run) = (count($text, 'rows in all'), count($text, 'rows here'));
cmp_ok($rows, '>', 0, "$rows rows, $run of them on bare metal");

$text = bare_tap('QEMU', 'answers', append => $host, @qemus);
$run = count($text, 'rows here');

# Behind the plugin QEMU's own functions answer as they do, and survive everything.
bare_tap(
	"QEMU's behind the plugin", 'answers',
	append => "$host guarded",
	functions => [],
	qemu => \@devices);

# Without the plugin these rows end QEMU, which is tested as well. If a later QEMU survives, change
# the row.
my @ending = $text =~ /^# row (\d+) would end QEMU$/mg;
for my $row (@ending) {
	my ($end) = bare('answers', append => "row=$row", @qemus);
	like($end, qr/Assertion .* failed/, "row $row ends QEMU");
}
my $differences = count($text, 'differ from ours') + @ending;
cmp_ok($differences, '>', 0,
	"$run rows against QEMU's own, $differences answers differ, each explained");

done_testing();
