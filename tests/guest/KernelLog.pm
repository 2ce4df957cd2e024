# SPDX-License-Identifier: GPL-2.0-or-later
#
# A test in a guest fails if a guest's kernel complained: warnings, bugs, oopses, lockdep, stalls.
# All consoles of a test's guests go to one file, by $ZPCI_CONSOLE, whatever starts them; Guest.pm
# and tests/tool/tap.sh look at it when the test is done.
#
# A complaint that is Linux's own is named by the test together with the change that mended it.
#
# As a program: prints the complaints in the logs that are its arguments.

package KernelLog;

use strict;
use warnings;
use Exporter 'import';

our @EXPORT_OK = qw(known_complaint complaints);

my $complaint = qr{
	  WARNING:[ ]
	| \bBUG:[ ] | \bkernel[ ]BUG[ ]at[ ] | \bOops\b | \[\#\d+\]
	| \bUBSAN:[ ] | \brefcount_t:[ ]
	| \bINFO:[ ](?:possible|trying[ ]to[ ]register|lockdep)
	| \brcu\w*:[ ]INFO:[ ] | \bself-detected[ ]stall | \bdetected[ ]stalls
	| \bsoft[ ]lockup | \bhard[ ]LOCKUP | \bblocked[ ]for[ ]more[ ]than[ ]\d
}x;
my @known;

# known_complaint(line => PATTERN, change => TITLE, mended => VERSION): kernels before that version
# say so for want of the change upstream with that title.
sub known_complaint {
	my (%known) = @_;
	defined $known{$_} or die "known_complaint: no $_" for qw(line change mended);
	push @known, \%known;
}

# Is the version, such as 6.12.95+deb12-s390x, one before the other?
sub older {
	my ($one, $other) = map { [ /^(\d+)\.(\d+)(?:\.(\d+))?/ ] } @_;
	for my $i (0 .. 2) {
		my $order = ($one->[$i] // 0) <=> ($other->[$i] // 0);
		return $order < 0 if $order;
	}
	return 0;
}

# The lines of a log that are complaints and not known, each after the kernel's version. Lines of a
# guest in the guest start with `level 2: '.
sub complaints {
	my ($text) = @_;
	my (%version, @found);
	for my $line (split /\r*\n/, $text) {
		my $level = $line =~ s/^(level 2: )// ? $1 : '';
		$version{$level} = $1 if $line =~ /Linux version (\S+)/;
		next unless $line =~ $complaint;
		my $version = $version{$level} // '0';
		next if grep { $line =~ $_->{line} && older($version, $_->{mended}) } @known;
		push @found, "${level}Linux $version: $line";
	}
	return @found;
}

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or return '';
	local $/;
	return scalar <$in> // '';
}

print map { "$_\n" } complaints(join '', map { slurp($_) } @ARGV) unless caller;

1;
