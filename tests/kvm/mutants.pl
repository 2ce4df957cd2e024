#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mutants.pl [--jobs NUMBER] [--list] [FILE...]: whether each check of the fake /dev/kvm has a test
# that needs it.
#
# A mutant is the fake with one check taken out: an errno or an exception's code is 0 instead, a
# finding is not found, or of what decides about these one operand of && or || does not count. The
# fake's tests (test-fake-*) and the program rules must notice each mutant. Rules must print what it
# prints with the real fake, which tests/guest/kvm-rules.t compares with Linux's own KVM.
#
# One `ok' is one mutant: its file and line, what was done, and the test that noticed it. FILE is a
# file of the fake, such as flic.c; without one all are taken. --list only prints the mutants.
#
# It compiles by CC, into a temporary folder, and writes nowhere else. It needs no build folder.

use strict;
use warnings;
use Cwd 'abs_path';
use File::Basename;
use File::Temp 'tempdir';
use Getopt::Long;
use POSIX ();

my $jobs = `nproc 2>/dev/null` || 1;
my $list;
GetOptions('jobs=i' => \$jobs, 'list' => \$list) or exit 2;
my $source = dirname(abs_path(__FILE__));
my $compiler = $ENV{CC} // 'cc';
my $work = tempdir(CLEANUP => 1);
my @tests = qw(vm flic irq memop run);
my $seconds = 20; # of a test that waits for what a mutant never does

# The folder is removed at the end. Whoever crashes does so in there.
$SIG{INT} = $SIG{TERM} = $SIG{HUP} = sub { exit 1 };
chdir $work or die "$work: $!\n";
END { chdir '/' }

# In these, conditions are about a test's own calls, and not about what a program asks.
my %of_tests = map { $_ => 1 } qw(finding.c object.c system.c user.c);


sub slurp {
	my ($path) = @_;
	open my $file, '<', $path or die "$path: $!\n";
	local $/;
	return scalar <$file>;
}

# The text, with blanks in place of comments, strings and lines of the preprocessor.
sub code {
	my ($text) = @_;
	my $blank = sub { $_[0] =~ s/[^\n]/ /gr };
	$text =~ s{(/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')}{$blank->($1)}gse;
	$text =~ s{^([ \t]*#(?:[^\n]*\\\n)*[^\n]*)}{$blank->($1)}gme;
	return $text;
}

# --- mutants: { file, line, start, length, to, what }

# From $at on in steps of $step up to the end of the operand of an && or ||. An operand of || can be
# a whole &&.
sub operand_end {
	my ($code, $at, $step, $or) = @_;
	my $depth = 0;
	for (; $at >= 0 && $at < length $code; $at += $step) {
		my $character = substr $code, $at, 1;
		my $inwards = $step > 0 ? '(' : ')';
		my $outwards = $step > 0 ? ')' : '(';
		if ($character =~ /[(){}]/) {
			$depth++ if $character eq $inwards;
			last if $character eq $outwards && $depth-- == 0;
			last if $character =~ /[{}]/ && !$depth;
		}
		next if $depth;
		last if $character =~ /[;,?:]/;
		last if $character eq '=' && substr($code, $at - 1, 3) !~ /==|[!<>]=/;
		my $pair = substr $code, $step > 0 ? $at : $at - 1, 2;
		last if $pair eq '||' || ($pair eq '&&' && !$or);
		last if $step < 0 && substr($code, $at - 6, 7) =~ /^\Wreturn$|^\Wreturn\s$/;
	}
	return $at;
}

# Whether the statement around $at decides about an answer or a finding.
# It is in braces, or between semicolons.
sub decides {
	my ($code, $at) = @_;
	my ($before) = substr($code, 0, $at) =~ /([^;{}]*)$/;
	my ($behind) = substr($code, $at) =~ /^([^;]*;)/;
	return $before !~ /^\s*(?:for|while)\b/ &&
	    "$before$behind" =~ /\breturn\b|-E[A-Z]|PGM_|finding\(/;
}

# Without blanks around it, and without the word return.
sub trimmed {
	my ($code, $start, $end) = @_;
	$start++ while substr($code, $start, 1) =~ /\s/;
	$end-- while substr($code, $end - 1, 1) =~ /\s/;
	if (substr($code, $start, $end - $start) =~ /^return\s+/) {
		$start += length $&;
	}
	return ($start, $end);
}

sub mutants {
	my ($file) = @_;
	my $text = slurp("$source/$file");
	my $code = code($text);
	my (@found, %seen);
	my $add = sub {
		my ($start, $end, $to, $what) = @_;
		my $old = substr($text, $start, $end - $start) =~ s/\s+/ /gr;
		return if $seen{"$start $end"}++;
		push @found, {
			file => $file,
			line => 1 + (substr($text, 0, $start) =~ tr/\n//),
			start => $start,
			length => $end - $start,
			to => $to,
			what => sprintf $what, $old,
		};
	};
	$add->($-[0], $+[0], '0', '%s is 0')
	    while $code =~ /-E[A-Z0-9]+\b|(?<=return )PGM_\w+(?=;)|(?<=code = )PGM_\w+(?=;)/g;
	while ($code =~ /(?<=[;{})])\s*\b(finding|reserved)\(/g) {
		$add->($-[1], $+[1], "if (0) $1", 'no %s');
	}
	while (!$of_tests{$file} && $code =~ /&&|\|\|/g) {
		my ($start, $end, $or) = ($-[0], $+[0], $& eq '||');
		next if !decides($code, $start);
		my @left = trimmed($code, operand_end($code, $start - 1, -1, $or) + 1, $start);
		my @right = trimmed($code, $end, operand_end($code, $end, 1, $or));
		$add->(@$_, $or ? '0' : '1', "without '%s'") for \@left, \@right;
	}
	return sort { $a->{start} <=> $b->{start} } @found;
}

# --- programs

# Runs it, with a limit of time. Returns its status and its standard output.
sub run {
	my (@command) = @_;
	my $pid = open(my $output, '-|') // die "fork: $!\n";
	if (!$pid) {
		open STDERR, '>', '/dev/null';
		exec 'timeout', '-s', 'KILL', $seconds, @command or POSIX::_exit(127);
	}
	local $/;
	my $printed = <$output> // '';
	close $output;
	return ($?, $printed);
}

sub compile {
	my (@arguments) = @_;
	return system($compiler, qw(-std=gnu11 -g -w -fPIC -pthread), "-I$source", @arguments);
}

sub build {
	my (@arguments) = @_;
	compile(@arguments) == 0 or die "$compiler @arguments failed\n";
}

# The fake of all objects, but for $name, which is another object.
sub link_fake {
	my ($folder, $objects, $name, $object) = @_;
	my @all = map { $_ eq $name ? $object : $objects->{$_} } sort keys %$objects;
	return compile('-shared', '-o', "$folder/libfake.so", @all, '-ldl');
}

# The name of the test that notices something, or nothing.
sub noticed {
	my ($folder, $wanted) = @_;
	local $ENV{LD_LIBRARY_PATH} = $folder;
	for my $test (@tests) {
		my ($status) = run("$work/test-fake-$test");
		return "test-fake-$test" if $status;
	}
	my ($status, $printed) = run("$work/rules");
	return 'rules' if $status || (defined $wanted && $printed ne $wanted);
	return;
}

# --- the work

my @files = grep { slurp("$source/$_") =~ /^#include "internal\.h"$/m }
    map { basename($_) } glob "$source/*.c";
my %wanted = map { $_ => 1 } @ARGV ? map { basename($_) } @ARGV : @files;
my @mutants = map { mutants($_) } grep { $wanted{$_} } @files;
if ($list) {
	print "$_->{file}:$_->{line}: $_->{what}\n" for @mutants;
	exit;
}

my %objects = map { $_ => "$work/" . s/c$/o/r } @files;
build('-c', '-o', $objects{$_}, "$source/$_") for @files;
link_fake($work, \%objects, '', '') == 0 or die "the fake cannot be linked\n";
my @common = (map({ "$source/$_.c" } qw(arguments fixture guest)), "-L$work", '-lfake', '-lcmocka');
build('-o', "$work/test-fake-$_", "$source/test-fake-$_.c", @common) for @tests;
build('-o', "$work/rules", map({ "$source/$_.c" } qw(rules arguments)), "-L$work", '-lfake');

my $number = 0;
my $failed = 0;

sub ok {
	my ($good, $what) = @_;
	$failed++ if !$good;
	print $good ? 'ok ' : 'not ok ', ++$number, " - $what\n";
}

$| = 1;
my $other = noticed($work, undef);
ok(!$other, 'the fake itself' . ($other ? ": $other fails" : ''));
exit 1 if $other;
my (undef, $answers) = do {
	local $ENV{LD_LIBRARY_PATH} = $work;
	run("$work/rules");
};

# Prints what became of it, as one line.
sub try {
	my ($mutant, $folder, $to) = @_;
	my $text = slurp("$source/$mutant->{file}");
	my $what = "$mutant->{file}:$mutant->{line}: $mutant->{what}";
	my $test;
	substr($text, $mutant->{start}, $mutant->{length}, $mutant->{to});
	open my $file, '>', "$folder/$mutant->{file}" or die "$folder: $!\n";
	print $file $text;
	close $file;
	my $broken = compile('-c', '-o', "$folder/mutant.o", "$folder/$mutant->{file}") ||
	    link_fake($folder, \%objects, $mutant->{file}, "$folder/mutant.o");
	$test = noticed($folder, $answers) if !$broken;
	my $result = $broken ? 'error: does not compile' : $test // 'survives';
	syswrite $to, "$what\t$result\n";
}

# Each process takes every so manieth.
pipe(my $results, my $to) or die "pipe: $!\n";
for my $worker (0 .. $jobs - 1) {
	my $pid = fork // die "fork: $!\n";
	next if $pid;
	$SIG{INT} = $SIG{TERM} = $SIG{HUP} = 'DEFAULT';
	my $folder = "$work/$worker";
	close $results;
	mkdir $folder;
	for (my $i = $worker; $i < @mutants; $i += $jobs) {
		try($mutants[$i], $folder, $to);
	}
	POSIX::_exit(0);
}
close $to;
while (my $line = <$results>) {
	chomp $line;
	my ($what, $result) = split /\t/, $line;
	ok($result !~ /^error|^survives/, "$what: $result");
}
1 while wait > 0;
ok($number == @mutants + 1, 'all were tried');
print "1..$number\n";
exit($failed ? 1 : 0);
