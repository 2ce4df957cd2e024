#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `zpci ctl' with running guests: which one it finds, what it prints, and what is left behind. The
# first guests never run: QEMU is started stopped. The last one boots, and gets functions.

use strict;
use warnings;
use File::Temp;
use FindBin;
use JSON::PP;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();

my $folder = File::Temp->newdir;
chmod 0700, $folder;
$ENV{XDG_RUNTIME_DIR} = "$folder";
# A cache folder without other guests: those of other tests have their sockets in the usual one.
my $usual = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');
my $cache = File::Temp->newdir;
symlink "$usual/$_", "$cache/$_" for 'guest', 'qemu';
$ENV{ZPCI_CACHE} = "$cache";
my @running;

END {
	my $status = $?;
	kill 'TERM', @running;
	waitpid $_, 0 for @running;
	$? = $status;
}

# Runs zpci; returns (status, standard output, standard error).
sub zpci {
	my (@arguments) = @_;
	my $errors = File::Temp->new;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>', $errors->filename or die;
		exec 'zpci', @arguments or die "exec: $!";
	}
	local $/;
	my $text = <$out> // '';
	close $out;
	my $status = $? >> 8;
	open my $in, '<', $errors->filename or die;
	return ($status, $text, scalar(<$in>) // '');
}

sub ctl { return zpci('ctl', @_); }

# Starts a stopped machine, and waits until it can be controlled; returns its process.
sub start {
	my (@options) = @_;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null' or die;
		open STDOUT, '>', '/dev/null' or die;
		open STDERR, '>', '/dev/null' or die;
		exec 'zpci', 'run', '--exec', 'true', @options, '--', '-S' or die;
	}
	push @running, $pid;
	until_true(sub { (ctl('guests'))[1] =~ /^$pid /m }, "guest $pid");
	return $pid;
}

sub finish {
	my ($pid, $signal) = @_;
	kill $signal, $pid;
	waitpid $pid, 0;
	@running = grep { $_ != $pid } @running;
}

# What bash offers at the end of a line.
sub completed {
	my ($line) = @_;
	my $script = '. "$1"; COMP_LINE=$2 COMP_POINT=${#2}; _zpci zpci; echo "${COMPREPLY[*]}"';
	open my $out, '-|', 'bash', '-uc', $script, 'bash', "$FindBin::Bin/../../completions/zpci",
	    $line or die;
	my $text = <$out>;
	close $out;
	chomp $text;
	return join ' ', grep { !/^--/ } split / /, $text;
}

# --- one guest -------------------------------------------------------------------------------

my $one = start('--function', 'probe,vf=3,fid=0x2003,uid=0x111');
my $place = "$folder/zpci";
is(sprintf('%04o', (stat $place)[2] & 07777), '0700', 'the folder of sockets');
is(sprintf('%04o', (stat "$place/$one.sock")[2] & 07777), '0600', 'the socket');
is_deeply([ctl('list')], [0, <<'END', ''], 'list');
FID         UID     PCHID   MODEL  VF  HANDLE      STATE
0x00002003  0x0111  0x0100  probe  3   0x00100000  disabled
END
{
	my %known = map { $_ => 1 } command(socket_open("$place/$one.sock"), 'help') =~
	    /(?:^ok |, )([a-z]+)/g;
	my ($words) = (zpci('help', 'ctl'))[1] =~ /^usage: zpci ctl ([a-z|]+) /;
	is_deeply([sort grep { $_ ne 'guests' } split /\|/, $words],
		[sort grep { $_ ne 'help' } keys %known], 'the commands of the tool and of the channel');
}
is_deeply([ctl('add', 'probe,vf=free')], [0, "0x00001000\n", ''], 'add');
is_deeply([ctl('add', 'probe,vf=free', '--json')], [0, "{\n  \"fid\": \"0x00001001\"\n}\n", ''],
	'add as JSON');
is_deeply([ctl('show', '1001')], [0, <<'END', ''], 'show');
fid     0x00001001
uid     0x0101
pchid   0x0100
model   probe
vf      2
handle  0x00100002
state   disabled
END
is_deeply(decode_json((ctl('show', '2003', '--json'))[1]), {
	fid => '0x00002003', uid => '0x0111', pchid => '0x0100', model => 'probe', vf => 3,
	handle => '0x00100000', state => 'disabled' }, 'show as JSON');
is_deeply([ctl('error', '0x2003', '3b')], [0, '', ''], 'error');
my $listed = decode_json((ctl('list', '--json'))[1])->{functions};
is(join(' ', map { $_->{fid} } @$listed), '0x00002003 0x00001000 0x00001001', 'list as JSON');
is($listed->[0]{state}, 'permanent error', '... with a state of two words');
is_deeply([ctl('remove', '00001001')], [0, '', ''], 'remove');
is_deeply([ctl('remove', '1000', '--json')], [0, "{}\n", ''], 'remove as JSON');

# --- what is refused -------------------------------------------------------------------------

for (['remove 1001', qr/there is no function 0x00001001; the command list names all/],
	['show 0x', qr/FID '0x' is not allowed; allowed is .* hexadecimal, with or without 0x/],
	['error 2003 99', qr/there is no error 0x0099; allowed is 0x0001/],
	['error 2003 1', qr/function 0x00002003 is in state permanent error/],
	['add probe,vf=3', qr/VF 3 of the common adapter of model probe is assigned twice/],
	['add nonesuch', qr/model = nonesuch: not allowed; allowed is null, probe/]) {
	my ($status, $out, $err) = ctl(split ' ', $_->[0]);
	is($status, 1, "$_->[0]: status");
	like($err, qr/^zpci: .*$_->[1].*\n\z/, "$_->[0]: one sentence");
	is($out, '', "$_->[0]: nothing else");
}
for ([[], qr/too few arguments/], [['bogus'], qr/no command `bogus'; allowed is list\|show/],
	[['show'], qr/write it as: zpci ctl show FID/],
	[['list', 'all'], qr/write it as: zpci ctl list/],
	[['show', "2003\nremove 2003"], qr/is no word/], [['show', ''], qr/is no word/],
	[['help'], qr/no command `help'/],
	[['list', '--guest', 'nobody'], qr/no running guest is `nobody'; .*--guest: $one$/],
	[['list', '--guest', 'x', '--control', 'y'], qr/use one of them/],
	[['list', '--control', "$folder/none"], qr/none: No such file .*; does its guest run\?/],
	[['list', '--control', '/' . 'x' x 200], qr/File name too long/]) {
	my ($status, $out, $err) = ctl(@{ $_->[0] });
	is($status, 125, "@{$_->[0]}: status");
	like($err, $_->[1], "@{$_->[0]}: why");
}
is((ctl('list'))[1] =~ /2003/, 1, 'nothing was changed by these');

# --- completion ------------------------------------------------------------------------------

is(completed('zpci ctl sh'), 'show', 'completion: a command');
is(completed('zpci ctl show '), '0x00002003', 'completion: a FID');
is(completed("zpci ctl --guest $one remove 0x"), '0x00002003', 'completion: a FID of a guest');
is(completed('zpci ctl --guest=nobody remove '), '', 'completion: no such guest');
is(completed('zpci ctl error 0x2003 0x003'), '0x0030 0x003a 0x003b', 'completion: an event');
is(completed('zpci ctl add pr'), 'probe', 'completion: a model');
is(completed('zpci ctl add probe,profile=l'), 'lpar', 'completion: a profile');
is(completed('zpci ctl list '), '', 'completion: no argument');
is(completed('zpci ctl list --guest '), $one, 'completion: a guest');

# --- several guests --------------------------------------------------------------------------

my $two = start('--name', 'debug');
like((ctl('list'))[2], qr/^zpci: several guests run; choose one by --guest: (?:$one, $two \(debug\)|$two \(debug\), $one)$/,
	'two guests: which ones');
is((ctl('list'))[0], 125, '... status');
is((ctl('list', '--guest', 'debug'))[1], "FID  UID  PCHID  MODEL  VF  HANDLE  STATE\n",
	'a guest by its name, which has no function');
is((ctl('add', 'null', '--guest', $two))[1], "0x00001000\n", '... gets one, by its process ID');
is(scalar(() = (ctl('list', '--guest', $one))[1] =~ /\n/g), 2, 'the other guest has none more');
is(scalar(@{ decode_json((ctl('guests', '--json'))[1])->{guests} }), 2, 'guests as JSON');
is(completed('zpci ctl list --guest d'), 'debug', 'completion: a name');
my $three = start('--name', 'debug');
like((ctl('list', '--guest', 'debug'))[2], qr/several guests have this name; choose one by --guest/,
	'a name that two guests have');
finish($three, 'TERM');

# --- what is left behind ---------------------------------------------------------------------

finish($two, 'TERM');
ok(!-e "$place/debug-$two.sock", 'QEMU removes its socket');
finish($one, 'KILL');
ok(-S "$place/$one.sock", 'a QEMU that is killed leaves it behind');
until_true(sub { (ctl('guests'))[1] eq '' }, 'the end of a QEMU whose zpci was killed');
is((ctl('list'))[0], 125, '... and it is no guest any more');
open my $other, '>', "$place/1-notes.sock" or die;
close $other;
my $four = start();
ok(!-e "$place/$one.sock", 'the next guest removes it');
ok(-e "$place/1-notes.sock", '... and nothing else');
finish($four, 'TERM');
unlink "$place/1-notes.sock";

# --- folders that are not used -----------------------------------------------------------------

# Returns what `zpci ctl guests' sees of a guest that runs.
sub started_with_folder {
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null' or die;
		open STDERR, '>', "$folder/errors" or die;
		exec 'zpci', 'run', '--verbose', '--exec', 'true', '--append', 'none', '--', '-S',
		    '-serial', 'none', '-qmp', "unix:$folder/qmp,server=on,wait=off" or die;
	}
	push @running, $pid;
	until_true(sub { -S "$folder/qmp" }, 'QEMU');
	open my $in, '<', "$folder/errors" or die;
	my $line = do { local $/; <$in> };
	my $guests = (ctl('guests'))[1];
	finish($pid, 'TERM');
	unlink "$folder/qmp";
	return ($line =~ /control=([^ ,]*)/ ? $1 : 'none', $guests);
}

$ENV{ZPCI_PLUGIN} or die 'run this by ./run';
chmod 0755, $place;
my ($socket) = started_with_folder();
like($socket, qr/^\Q$cache\E\/run\/\d+\.sock$/, 'others could enter the folder: the cache has it');
# A QEMU that is ended at its start leaves its socket behind.
unlink glob "$place/*";
rmdir $place or die "$place: $!";
symlink '/tmp', $place or die;
like((started_with_folder())[0], qr/^\Q$cache\E\/run\//, 'a link to a folder of all');
unlink $place;
chmod 0777, $folder;
like((started_with_folder())[0], qr/^\Q$cache\E\/run\//, 'all can write into the folder above');
chmod 0700, $folder;
$ENV{XDG_RUNTIME_DIR} = 'relative';
like((started_with_folder())[0], qr/^\Q$cache\E\/run\//, 'a folder that is not absolute');
$ENV{XDG_RUNTIME_DIR} = "$folder";
like((started_with_folder())[0], qr/^\Q$place\E\/\d+\.sock$/, 'the right folder');

# --- a guest that boots ----------------------------------------------------------------------

my ($said, $err, $status) = converse(['probe,vf=3,fid=0x2003'], ['--debug'], <<'END', {
await '[ -d /sys/bus/pci/devices/0100:00:00.0 ]'
host add
await '[ -d /sys/bus/pci/devices/0101:00:00.0 ] && [ -d /sys/bus/pci/devices/0102:00:00.0 ]'
echo "fids: $(cat /sys/bus/pci/devices/*/function_id | sort | tr '\n' ' ')"
echo "vfn: $(cat /sys/bus/pci/devices/0102:00:00.0/vfn)"
host remove
await '[ ! -d /sys/bus/pci/devices/0101:00:00.0 ]'
echo "left: $(ls /sys/bus/pci/devices | tr '\n' ' ')"
END
	add => sub {
		is((ctl('add', 'probe'))[1], "0x00001000\n", 'its PF is added');
		is((ctl('add', 'probe,vf=free'))[1], "0x00001001\n", 'and a VF');
	},
	remove => sub { is((ctl('remove', '1000'))[0], 0, 'the PF is removed'); },
});
is($status, 0, 'the guest ends');
is($said->{fids}, '0x00001000 0x00001001 0x00002003 ', 'it has both');
is($said->{vfn}, '0x0001', '... the VF is the lowest');
is($said->{left}, '0100:00:00.0 0102:00:00.0 ', '... and keeps the VF');
like($err, qr/: debug: function 0x00002003: enabled, handle 0x[0-9a-f]{8}$/m, '--debug: enabled');
# Linux takes down a function that has gone already.
like($err, qr/: debug: no function: [A-Z]+ .*with handle 0x[0-9a-f]{8}.*: condition code 3: no function has this handle/,
	'--debug: why an instruction was refused');

done_testing();
