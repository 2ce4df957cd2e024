#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: citations.pl FOLDER
#
# Looks whether what the tree in FOLDER cites of the zPCI reference, FOLDER/doc, is there. Prints
# `FILE:LINE: what is wrong` for each citation that does not resolve and for each heading out of
# order, and at last how many citations there are. doc/README.md says what citations look like.

use strict;
use warnings;
use File::Find;

my ($folder) = @ARGV;
my (%sections, %parts);    # where a section begins; "2.2 check 6b" and the like
my $citations = 0;
my $wrong = 0;

# A space, or the end of a line and the beginning of the next one in a comment.
my $space = qr/(?:[ \t]+|[ \t]*\n[ \t]*(?:(?:\*|#|\/\/|\.\\")[ \t]+)?)/;
my $number = qr/\d{1,2}(?:\.\d{1,2}){0,2}(?![\d.]*\d)/;
my $part = qr/\d{1,2}[a-z]?(?![\d.]*\d)/;
my $kind = qr/check|conflict|step|trap/;

sub complain {
	my ($where, $what) = @_;
	print "$where: $what\n";
	$wrong = 1;
}

sub slurp {
	my ($name) = @_;
	open my $in, '<', "$folder/$name" or die "$name: $!\n";
	local $/;
	return scalar <$in>;
}

# --- the reference ----------------------------------------------------------------------------

# Whether section @new may come right behind @old: after 4.1 come 4.1.1, 4.2 and 5. The first
# section of a chapter may be .0, what the others have in common.
sub follows {
	my ($old, $new) = @_;
	my @old = split /\./, $old;
	my @new = split /\./, $new;
	my $last = pop @new;
	return 0 if @new > @old || grep { $old[$_] != $new[$_] } 0 .. $#new;
	return @new == @old ? $last == 1 || (@new == 1 && $last == 0) : $last == $old[@new] + 1;
}

sub chapter {
	my ($name, $index) = @_;
	my ($line, $section) = (0, '');
	for (split /\n/, slurp($name)) {
		my $where = "$name:" . ++$line;
		if (/^(#+) (\d+(?:\.\d+)*)\.? (.*)/) {
			my ($level, $new, $title) = (length $1, $2, $3);
			complain($where, "section $new is also at $sections{$new}") if $sections{$new};
			complain($where, "the heading of section $new has level $level")
				if $level != split /\./, $new;
			if ($level == 1) {
				complain($where, "chapter $new is not the next one")
					if grep(!/\./, keys %sections) != $new;
				complain($where, "chapter $new is in a file of another number")
					if $name !~ sprintf('/%02d-', $new);
				complain($where, "the index has no line for it")
					if index($index, "[$new. $title](" . substr($name, 4) . ')') < 0;
			} elsif (!follows($section, $new)) {
				complain($where, "section $new comes after $section");
			}
			$sections{$new} = $where;
			$section = $new;
		}
		$parts{"$section check $1"} = 1 if /^\| ($part) \|/;
		$parts{"$section step $1"} = $parts{"$section trap $1"} = 1 if /^($part)\. /;
		$parts{"$section conflict $1"} = 1 if /\*\*Conflict ($part)\./;
		$parts{"$section order of checks"} = 1 if /^Order of checks/;
	}
}

# --- citations --------------------------------------------------------------------------------

sub cited {
	my ($where, $section, $part) = @_;
	++$citations unless $part;
	$section = 13 if $part && $part =~ /^trap/;
	if (!$sections{$section}) {
		complain($where, "there is no section $section") unless $part;
	} elsif ($part && !$parts{"$section $part"}) {
		complain($where, "section $section has no $part");
	}
}

# Numbers at the position of the text: `2.2 check 6b, 3.1 to 3.3 and 7`.
sub numbers {
	my ($where, $text) = @_;
	while ($$text =~ /\G($number)/gc) {
		my $section = $1;
		cited($where, $section);
		while ($$text =~ /\G,?$space($kind)s?$space($part)/gc) {
			my $what = $1;
			cited($where, $section, "$what $2");
			cited($where, $section, "$what $1") while $$text =~ /\G${space}and$space($part)/gc;
		}
		cited($where, $section, 'order of checks') if $$text =~ /\G,?${space}order of checks/gc;
		$$text =~ /\G(?:,|,?$space(?:and|or|to))$space(?:sections?$space)?(?=\d)/gc or last;
	}
}

sub line_of {
	my ($name, $text) = @_;
	return "$name:" . (1 + substr($$text, 0, pos $$text) =~ tr/\n//);
}

sub search {
	my ($name) = @_;
	my $text = slurp($name);
	my $introduction = qr/(?<![\w-])[Rr]ef(?:erence)?(?:,?${space}sections?)?$space(?=\d)/;
	$introduction = qr/$introduction|\b(?:[Ss]ections?|[Cc]hapters?)$space(?=\d)/
		if $name =~ m{^doc/\d};
	while ($text =~ /$introduction/g) {
		numbers(line_of($name, \$text), \$text);
	}
	while ($text =~ /($kind)s?$space($part)(?:${space}and$space($part))?${space}of${space}reference$space($number)/g) {
		my ($what, $section, @parts) = ($1, $4, grep { defined } $2, $3);
		cited(line_of($name, \$text), $section, "$what $_") for @parts;
	}
	search_model($name, $text) if $name =~ m{^tests/model/};
}

# The model's comments cite by the number alone.
sub search_model {
	my ($name, $text) = @_;
	$text =~ s{(/\*.*?\*/|//[^\n]*)|[^\n]}{$1 // ''}gse;
	while ($text =~ /(?<![\w.-])(?:section$space(?=\d)|(?=\d{1,2}\.\d))/g) {
		numbers(line_of($name, \$text), \$text);
	}
}

# --- the tree ---------------------------------------------------------------------------------

my @files;
find({ no_chdir => 1, wanted => sub {
	push @files, substr $_, 1 + length $folder
		if -f && /\.(?:[chS]|[1-8]|am|awk|md|pl|pm|rows|sh|t)$/ && !m{/tests/citations\.};
} }, grep { -e } map { "$folder/$_" } qw(doc examples include man tests zpci));
push @files, grep { -f "$folder/$_" } qw(HACKING.md NEWS.md README.md SECURITY.md TODO.md);

my $index = slurp('doc/README.md');
my @chapters = sort grep { m{^doc/\d} } @files;
die "$folder/doc: no chapters\n" unless @chapters;
chapter($_, $index) for @chapters;
for (grep { !-e "$folder/doc/$_" } $index =~ /\]\((\d[^)]*)\)/g) {
	complain('doc/README.md', "there is no $_");
}
search($_) for sort @files;
print "$citations citations\n";
exit $wrong;
