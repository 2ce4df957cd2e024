#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The socket of the control channel, and clients that behave badly. The guest never runs: QEMU is
# started stopped.

use strict;
use warnings;
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my $folder = File::Temp->newdir;
my $socket = "$folder/control";
my @running;

# Starts a stopped machine; returns its process and where its messages go.
sub start {
	my ($path) = @_;
	my $errors = File::Temp->new;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null' or die;
		open STDOUT, '>', '/dev/null' or die;
		open STDERR, '>', $errors->filename or die;
		exec 'zpci', 'run', '--exec', 'true', '--control', $path, '--function',
		    'probe,vf=3,fid=0x2003,vfs=8', '--', '-S' or die;
	}
	push @running, $pid;
	return ($pid, $errors);
}

# Its end, and what it said.
sub finish {
	my ($pid, $errors, $signal) = @_;
	kill $signal, $pid if $signal;
	waitpid $pid, 0;
	@running = grep { $_ != $pid } @running;
	open my $in, '<', $errors->filename or die;
	local $/;
	return scalar <$in>;
}

END {
	my $status = $?;
	kill 'TERM', @running;
	waitpid $_, 0 for @running;
	$? = $status;
}

# Connects a client, as soon as QEMU listens.
sub client {
	my ($path) = @_;
	return until_true(sub { IO::Socket::UNIX->new(Peer => $path) }, "$path: nobody listens");
}

# Reads until the other end closes.
sub rest {
	my ($client) = @_;
	my $text = '';
	alarm 60;
	1 while sysread $client, $text, 65536, length $text;
	alarm 0;
	return $text;
}

my ($pid, $errors) = start($socket);
my $good = client($socket);
my $listed = 'ok 0x00002003';

is(command($good, 'list'), $listed, 'list');
is(sprintf('%04o', (stat $socket)[2] & 07777), '0600', 'the socket is its owner\'s');
is(command($good, 'add probe,vf=4'), 'ok 0x00001000', 'add');
is(command($good, 'remove 0x1000'), 'ok', 'remove');
like(command($good, 'error 0x2003 0x3a'), qr/^error: .* in state disabled/, 'error');
is(command($good, 'error 0x2003 0x3b'), 'ok', 'permanent error');
like(command($good, 'show 0x2003'), qr/ state=permanent error$/, 'show');

# Lines.
print $good "list\nbogus\nlist\n";
$good->flush;
is(scalar <$good>, "$listed\n", 'three commands at once: the first');
like(scalar <$good>, qr/^error: there is no command 'bogus'/, '... the second');
is(scalar <$good>, "$listed\n", '... the third');
like(command($good, 'x' x 100_000), qr/^error: the line is too long/, 'a long line');
is(command($good, 'list'), $listed, '... has one answer');
like(command($good, 'x' x 1024), qr/too long/, 'a character too long');
like(command($good, 'x' x 1023), qr/no command/, 'as long as allowed');
is(command($good, 'list'), $listed, '... and the line after it');
like(command($good, "list\0"), qr/^error: the line is not text/, 'NUL');
like(command($good, join '', map { chr } 128 .. 255), qr/not text/, 'bytes that are no ASCII');
like(command($good, ''), qr/^error: there is no command ''/, 'an empty line');

# Clients.
my @others = map { client($socket) } 1 .. 7;
is(command($others[-1], 'list'), $listed, 'the eighth client');
is(rest(client($socket)), "error: too many clients are connected; end one of them\n",
	'the ninth is told');
print { $others[0] } 'remove 0x2003';
$_->close for @others;
until_true(sub { command(client($socket), 'list') eq $listed }, 'clients that have gone count');
is(command($good, 'list'), $listed, 'a line without its end was no command');

# A client that sends commands and reads no answers: QEMU disconnects it and does not wait.
my $deaf = client($socket);
{
	local $SIG{ALRM} = sub { die "it was not dropped\n" };
	alarm 60;
	my $asked = 0;
	$asked++ while $asked < 100_000 && syswrite $deaf, "help\n" x 100;
	alarm 0;
	cmp_ok($asked, '<', 100_000, 'a client that does not take its answers is dropped');
}
is(command($good, 'list'), $listed, '... and the others are served');

# The place.
my $said = finish(start($socket));
like($said, qr/control=\Q$socket\E: Address already in use; /, 'two at one socket: refused');
is(command($good, 'list'), $listed, '... and the first one still works');
finish($pid, $errors, 'TERM');
ok(!-e $socket, 'QEMU removes the socket at its end');

my ($killed, $its) = start($socket);
client($socket);
finish($killed, $its, 'KILL');
# The kernel ends QEMU with its parent, a moment later.
until_true(sub { !IO::Socket::UNIX->new(Peer => $socket) }, 'the end of a QEMU whose zpci was killed');
ok(-S $socket, 'a QEMU that is killed leaves it behind');
my ($again, $messages) = start($socket);
is(command(client($socket), 'list'), $listed, '... and the next one replaces it');
finish($again, $messages, 'TERM');

open my $file, '>', "$folder/file" or die;
print $file "precious\n";
close $file;
like(finish(start("$folder/file")), qr/control=.*: Address already in use; name a socket/,
	'a file in its place: refused');
is(-s "$folder/file", 9, '... and left alone');
like(finish(start("$folder/nowhere/control")), qr/No such file or directory; name a socket/,
	'no such folder');
like(finish(start("$folder/" . 'x' x 100)), qr/a socket's name has 1 to 107 characters/,
	'a name that is too long');

done_testing();
