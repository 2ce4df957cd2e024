#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: links.pl FOLDER
#
# Prints each link of the pages in FOLDER that leads nowhere: to a file that is not there, or to an
# anchor that its page does not have. Of links to other sites only the form is looked at. What no
# page links to is printed as well.

use strict;
use warnings;
use Cwd qw(realpath);
use File::Basename qw(dirname);
use File::Find qw(find);

my $folder = realpath($ARGV[0]) // die "usage: $0 FOLDER\n";
my (%anchors, %links, %linked);

sub read_page {
	my ($file) = @_;
	open my $in, '<', $file or die "$file: $!\n";
	local $/;
	my $html = <$in>;
	$anchors{$file}{$1}++ while $html =~ /<[^>]*\bid="([^"]*)"/g;
	$links{$file} = [];
	push @{$links{$file}}, $1 while $html =~ /<[^>]*\b(?:href|src)="([^"]*)"/g;
}

find({ no_chdir => 1, wanted => sub { read_page($_) if /\.html$/ } }, $folder);
for my $file (sort keys %links) {
	my $name = substr $file, length($folder) + 1;
	for my $link (@{$links{$file}}) {
		next if $link =~ m{^https://[a-z0-9.-]+\.[a-z]+(/|$)};
		my ($path, $anchor) = $link =~ /^([^#]*)(?:#(.*))?$/;
		my $to = $path eq '' ? $file : realpath(dirname($file) . "/$path");
		if ($link =~ m{^[a-z]+:|^/} || !defined $to || !-f $to) {
			print "$name: there is no $link\n";
			next;
		}
		$linked{$to}++ if $to ne $file;
		print "$name: $link has no such anchor\n"
			if defined $anchor && $to =~ /\.html$/ && !$anchors{$to}{$anchor};
	}
	print "$name: the anchor $_ is there twice\n"
		for grep { $anchors{$file}{$_} > 1 } sort keys %{$anchors{$file}};
}
for my $file (sort keys %links) {
	my $name = substr $file, length($folder) + 1;
	print "$name: no page links to it\n" unless $linked{$file};
}
