#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Stepping over instructions of ours: by a guest's program-event recording, and by a debugger at
# QEMU's stub, whose protocol is spoken here. QEMU's own functions say what is expected.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bare;
use File::Temp 'tempdir';
use IO::Socket::UNIX;
use Test::More;

requires_bare('step');

my @ours = (functions => ['probe:vf=1:fid=0x1021']);
my @qemus = (
	plugin => 0,
	qemu => [
		'-device', 'zpci,uid=1,fid=1,target=d', '-device', 'nvme,id=d,drive=n,serial=1',
		'-drive', 'if=none,id=n,file=null-co://,format=raw'
	]);

# --- program-event recording ------------------------------------------------------------------

bare_tap('recording, QEMU', 'step', append => 'fid=1', @qemus);
bare_tap('recording, ours', 'step', append => 'fid=0x1021 ours', @ours);
bare_tap(
	'recording, registers by the plugin interface', 'step',
	append => 'fid=0x1021 ours', @ours, plugin => 'direct=off');

# --- a debugger ---------------------------------------------------------------------------------

my $stub; # the connection

sub send_packet {
	my ($text) = @_;
	my $sum = 0;
	$sum += ord for split //, $text;
	printf $stub '$%s#%02x', $text, $sum % 256;
}

# The next packet's text; its acknowledgement is sent.
sub receive_packet {
	local $/ = '#';
	my $packet = <$stub> // return 'end';
	read $stub, my $sum, 2;
	print $stub '+';
	return $packet =~ /\$([^#]*)#$/ ? $1 : 'malformed';
}

sub ask {
	send_packet(@_);
	return receive_packet();
}

# Register 1 is the PSW's address.
sub address { return hex ask('p1') }

sub symbols {
	open my $pipe, '-|', 'readelf', '-sW', "$ENV{ZPCI_BUILD}/tests/bare/step" or return;
	my %symbols;
	while (<$pipe>) {
		$symbols{$2} = hex $1 if /^\s*\d+: ([0-9a-f]{16}) .* (\S+)$/;
	}
	return \%symbols;
}

# debug(TITLE, CPU OPTIONS, ...): steps over each of the places.
sub debug {
	my ($title, $options, $places, $symbols, @how) = @_;
	my $path = tempdir(CLEANUP => 1) . '/stub';
	my $server = IO::Socket::UNIX->new(Local => $path, Listen => 1, Timeout => 60) or die "$path: $!";
	my %how = @how;
	my ($pid, $out) = bare_start(
		'step', %how,
		qemu => [
			@{ $how{qemu} // [] }, @$options, '-S', '-chardev', "socket,id=stub,path=$path",
			'-gdb', 'chardev:stub'
		]);
	$stub = $server->accept // die "no QEMU connected its stub in 60 seconds\n";
	$stub->autoflush(1);
	like(ask('?'), qr/^T05/, "$title: stopped at first");
	for my $place (@$places) {
		my ($name, $target) = @$place;
		my $at = $symbols->{$name};
		is(ask(sprintf 'Z0,%x,2', $at), 'OK', "$title: breakpoint at $name");
		like(ask('c'), qr/^T05/, "$title: stopped");
		is(address(), $at, "$title: there");
		is(ask(sprintf 'z0,%x,2', $at), 'OK', "$title: breakpoint removed");
		like(ask('s'), qr/^T05/, "$title: stepped");
		is(address(), $target < 8 ? $at + $target : $target, "$title: behind $name");
	}
	send_packet('D');
	local $/;
	my $text = <$out>;
	close $out;
	is($? >> 8, 0, "$title: the program ended well") or diag($text);
}

my $symbols = symbols();
SKIP: {
	skip 'no readelf', 1 unless $symbols && $symbols->{step_short};
	my @places = (
		['step_plain', 4], ['step_short', 4], ['step_fib', 6], ['step_executed', 4],
		['step_exception', $symbols->{bare_program_handler}]);
	debug("debugger, QEMU's", [], [ @places[ 0 .. 2, 4 ] ], $symbols,
		append => 'fid=1 wait', @qemus);
	debug('debugger, ours', [], \@places, $symbols, append => 'fid=0x1021 wait', @ours);
	debug(
		'debugger, ours, one thread',
		[ '-smp', '2', '-accel', 'tcg,thread=single' ],
		\@places, $symbols, append => 'fid=0x1021 wait', @ours);
}

done_testing();
