# SPDX-License-Identifier: GPL-2.0-or-later
#
# For tests by bare-metal programs (tests/bare): starts one under the stock QEMU and returns what it
# printed. Run by prove from the source tree, with the environment of `./run`.

package Bare;

use strict;
use warnings;
use Exporter 'import';
use Test::More;

our @EXPORT = qw(requires_bare bare bare_tap bare_start);

my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');
my $own = "$cache/qemu/qemu-system-s390x";
my $qemu = -x $own ? $own : 'qemu-system-s390x';

# requires_bare(NAME): the program tests/bare/NAME, and what starts it.
sub requires_bare {
	my ($name) = @_;
	defined $ENV{ZPCI_BUILD} or plan skip_all => "no build; start this by `./run prove'";
	-r "$ENV{ZPCI_BUILD}/tests/bare/$name"
	    or plan skip_all => "no tests/bare/$name; the build had no s390x-linux-gnu-gcc";
	!system("command -v '$qemu' >/dev/null")
	    or plan skip_all => "no QEMU; `./zpci-lab qemu' gets one";
}

# bare_start(NAME, as for bare()): starts it; returns its process ID and a handle of its output.
sub bare_start {
	my ($name, %how) = @_;
	my $arguments = join ',', $ENV{ZPCI_PLUGIN}, map({ "function=$_" } @{ $how{functions} // [] }),
	    $how{plugin} || ();
	my @plugin = defined $how{plugin} && !$how{plugin} ? () : ('-plugin', $arguments);
	my @command = (
		'timeout', $how{timeout} // 120, $qemu, qw(-M s390-ccw-virtio -cpu max -nographic),
		qw(-no-reboot -action panic=exit-failure), '-kernel', "$ENV{ZPCI_BUILD}/tests/bare/$name",
		'-append', $how{append} // '', @plugin, @{ $how{qemu} // [] });
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null' or die;
		open STDERR, '>&', \*STDOUT or die;
		exec @command or die "exec $qemu: $!";
	}
	return ($pid, $out);
}

# bare(NAME, append => 'WORD=VALUE ...', functions => ['probe:vf=3', ...], qemu => [OPTION, ...],
# plugin => 0 or its further arguments, timeout => SECONDS): returns (output, exit status). The
# status is 1 if the program called bare_exit() with another one than 0; 124 after the time-out.
sub bare {
	my (undef, $out) = bare_start(@_);
	local $/;
	my $text = <$out> // '';
	close $out;
	$text =~ s/\r//g;
	return ($text, $? >> 8);
}

# The program's TAP as tests of the caller's: each of its lines is one here. Returns the output.
sub bare_tap {
	my ($title, $name, %how) = @_;
	my ($text, $status) = bare($name, %how);
	my ($planned) = $text =~ /^1\.\.(\d+)$/m;
	my @lines = $text =~ /^((?:not )?ok \d+ - .*)$/mg;
	for my $line (@lines) {
		my ($not, $what) = $line =~ /^(not )?ok \d+ - (.*)$/;
		ok(!$not, "$title: $what");
	}
	is(scalar @lines, $planned // 'none', "$title: tests that were planned") or diag($text);
	is($status, 0, "$title: exit status") or diag($text);
	return $text;
}

1;
