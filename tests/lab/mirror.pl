#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: mirror.pl FOLDER HOLES LOG
#
# Serves FOLDER on a port of the loopback interface, which is printed, until standard input ends. A
# path that contains a line of the file HOLES is answered with 404, whatever is there. LOG gets a
# line for each request: status and path.

use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($folder, $holes, $log) = @ARGV;
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16) or die "listen: $!";
$SIG{PIPE} = 'IGNORE';

sub lines {
	my ($path) = @_;
	open my $in, '<', $path or return;
	chomp(my @lines = <$in>);
	return grep { length } @lines;
}

sub answer {
	my ($path) = @_;
	$path =~ s/%([0-9a-fA-F]{2})/chr hex $1/ge;
	my ($status, $body) = ('404 Not Found', '');
	if (!grep({ index($path, $_) >= 0 } lines($holes)) && open my $in, '<:raw', "$folder$path") {
		local $/;
		($status, $body) = ('200 OK', scalar <$in> // '');
	}
	open my $out, '>>', $log or die "$log: $!";
	print $out substr($status, 0, 3), " $path\n";
	close $out;
	return "HTTP/1.1 $status\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
}

$| = 1;
print $listen->sockport, "\n";
my $wait = IO::Select->new($listen, \*STDIN);
while (my @ready = $wait->can_read) {
	last if grep { $_ == \*STDIN } @ready;
	my $client = $listen->accept or next;
	my $first = <$client> // '';
	while (my $header = <$client>) {
		last if $header =~ /^\r?$/;
	}
	print $client answer($1) if $first =~ /^GET (\S+) /;
	close $client;
}
