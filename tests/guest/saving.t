#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The state of the functions cannot be saved. Each way to ask for it is refused in one sentence.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bare;
use File::Temp 'tempdir';
use IO::Socket::UNIX;
use Test::More;

requires_bare('selftest');

my @function = (functions => ['probe:vf=1:fid=0x1021']);

my ($text, $status) = bare('selftest', @function, append => 'exit=0', qemu => ['-only-migratable']);
is($status, 1, '-only-migratable: QEMU ends');
like($text, qr/^zpci-qemu: error: -only-migratable: [^\n]* cannot be saved; [^\n]*\n/,
	'... in one sentence');
unlike($text, qr/exit 0/, '... before the guest starts');
($text, $status) = bare('selftest', append => 'exit=0', plugin => 0, qemu => ['-only-migratable']);
is($status, 0, 'without the plugin it starts');

# QEMU's monitor connects to us.
my $path = tempdir(CLEANUP => 1) . '/monitor';
my $server = IO::Socket::UNIX->new(Local => $path, Listen => 1, Timeout => 60) or die "$path: $!";
my ($pid, $out) = bare_start(
	'selftest', @function,
	append => 'exit=0',
	qemu => [ '-S', '-chardev', "socket,id=m,path=$path", '-mon', 'm,mode=control' ]);
my $monitor = $server->accept // die "no QEMU connected its monitor in 60 seconds\n";
$monitor->autoflush(1);

# One command; its answer, events left out.
sub command {
	print $monitor shift, "\n";
	while (my $answer = <$monitor>) {
		return $answer if $answer =~ /^\{"(?:return|error)/;
	}
	return 'end';
}

<$monitor>; # the greeting
command('{"execute":"qmp_capabilities"}');
like(
	command('{"execute":"migrate","arguments":{"uri":"exec:cat >/dev/null"}}'),
	qr/"error".*zpci-qemu: the state of the PCI functions cannot be saved/,
	'migration is refused');
like(
	command('{"execute":"human-monitor-command","arguments":{"command-line":"savevm x"}}'),
	qr/zpci-qemu: the state of the PCI functions cannot be saved/,
	'a snapshot is refused');
like(command('{"execute":"quit"}'), qr/return/, 'QEMU ends');
{ local $/; <$out>; }
close $out;
is($? >> 8, 0, '... well');

done_testing();
