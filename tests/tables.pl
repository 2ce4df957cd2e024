#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tables.pl PAGE RENDERED: says which tables of a page were rendered wrongly, on standard output.
#
# A table is a list `.Bl -column' of mdoc, or one of tbl with tab(|). What its cells hold is taken
# from the source. In the rendered page each row must stand with all of its cells, each cell whole,
# and the cells of one column must begin below each other. RENDERED is text of man or mandoc, in
# ASCII or UTF-8.
use strict;
use warnings;

# One cell of the source, as a reader would see it.
sub text {
	my @words = map { s/^"//r =~ s/"$//r } split ' ', shift;
	shift @words if @words && $words[0] =~ /^(?:Ar|Cm|Dv|Em|Er|Fl|Fn|Li|Pa|Sy|Va)$/;
	my $text = join ' ', @words;
	$text =~ s/\bDq (.*)/"$1"/;
	$text =~ s/\bQl (.*)/'$1'/;
	$text =~ s/\\&//g;
	$text =~ s/\\-/-/g;
	return $text;
}

sub squeeze { join ' ', split ' ', shift }

sub tables {
	my ($path) = @_;
	my (@tables, $in, $format, $tbl);
	open my $page, '<', $path or die "$path: $!\n";
	while (<$page>) {
		chomp;
		if (/^\.Bl -column/) {
			push @tables, [];
			$in = 1;
		} elsif (/^\.El/) {
			$in = 0;
		} elsif ($in && s/^\.It //) {
			push @{ $tables[-1] }, [ map { text($_) } split /\s+Ta\b\s*/, $_, -1 ];
		} elsif (/^\.TS/) {
			push @tables, [];
			$format = 1;
		} elsif (/^\.TE/) {
			$tbl = 0;
		} elsif ($format || /^\.T&/) {
			$tbl = /\.$/;
			$format = !$tbl;
		} elsif ($tbl) {
			push @{ $tables[-1] }, [ map { s/\\-/-/gr } split /\|/ ];
		} elsif ($in) {
			die "$path:$.: a row of a table is one line\n";
		}
	}
	return @tables;
}

# The columns at which the cells of a row begin in @line, if they all stand in it. An empty cell
# has none.
sub starts {
	my ($line, $row) = @_;
	my ($from, @starts) = 0;
	for my $cell (@$row) {
		my ($word) = split ' ', $cell;
		if (!defined $word) {
			push @starts, undef;
			next;
		}
		my $at = index $line, $word, $from;
		return if $at < 0;
		push @starts, $at;
		$from = $at + length $word;
	}
	return @starts;
}

# What the cells hold in @lines, when they begin at @starts.
sub cells {
	my ($lines, @starts) = @_;
	my @cells;
	for my $i (0 .. $#starts) {
		my $length = $i < $#starts ? $starts[ $i + 1 ] - $starts[$i] : 1000;
		$cells[$i] = squeeze(join ' ', map {
			length > $starts[$i] ? substr $_, $starts[$i], $length : '' } @$lines);
	}
	return @cells;
}

my ($path, $rendered) = @ARGV;
open my $file, '<:encoding(UTF-8)', $rendered or die "$rendered: $!\n";
binmode STDOUT, ':encoding(UTF-8)';
# Without overstrikes, and with the hyphens and quotation marks of the source.
my @lines = map {
	chomp;
	s/.\x08//gr =~ tr/\x{2010}`\x{2018}\x{2019}\x{201c}\x{201d}/\-'''""/r
} <$file>;

my $number = 0;
for my $table (tables($path)) {
	my $title = "table " . ++$number;
	my (@starts, @places);
	my $line = 0;
	# Where rows begin: the first column stands at one place, and a row's cells follow in their
	# order.
	for my $row (@$table) {
		my @found;
		for ($line .. $#lines) {
			@found = starts($lines[$_], $row);
			$line = $_;
			last if @found;
		}
		if (!@found) {
			print "$title: no row \"", join('" "', @$row), "\"\n";
			@places = ();
			last;
		}
		@starts = map { $starts[$_] // $found[$_] } 0 .. $#found;
		push @places, $line++;
	}
	next if !@places;
	for my $i (0 .. $#places) {
		my $last = $i < $#places ? $places[ $i + 1 ] - 1 : $places[$i];
		# The last row goes on while lines begin further to the right than its first column.
		if ($i == $#places) {
			$last++ while $last < $#lines && $lines[ $last + 1 ] =~ /^( *)\S/ &&
				length $1 > $starts[0];
		}
		my @got = cells([ @lines[ $places[$i] .. $last ] ], @starts);
		my @want = map { squeeze($_) } @{ $table->[$i] };
		next if !grep { $got[$_] ne $want[$_] } 0 .. $#want;
		print "$title: \"", join('" "', @want), '" looks like "', join('" "', @got), "\"\n";
	}
}
