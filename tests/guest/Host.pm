# SPDX-License-Identifier: GPL-2.0-or-later
#
# For tests in the s390x Debian with libvirt: runs a script there by `./zpci-lab host'. What its
# kernels say goes to the file that Guest.pm looks at when the test is done.

package Host;

use strict;
use warnings;
use Exporter 'import';
use File::Temp;
use Guest qw($await);
use KernelLog;
use Test::More;
use Time::HiRes qw(time);

our @EXPORT = qw(requires_host host);

my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');

sub requires_host {
	-e "$cache/host/disk" or plan skip_all => "no host; `./zpci-lab host true' makes one";
}

# For scripts: `await CONDITION', and `quiet COMMAND...', which prints the errors of a command that
# fails or complains.
my $head = $await . <<'END';
quiet() {
	local status=0
	"$@" >/tmp/quiet.out 2>/tmp/quiet.err || status=$?
	[ $status -eq 0 ] && [ ! -s /tmp/quiet.err ] ||
		echo "failed: $*: status $status: $(cat /tmp/quiet.err)"
	return $status
}
END

# host([options of zpci-lab host], script): { said, lines, err, status, seconds }. The script is for
# bash. Its lines `KEY: VALUE' are collected in said, a list for each key.
sub host {
	my ($options, $script) = @_;
	my $errors = File::Temp->new;
	my $began = time;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>', $errors->filename or die;
		exec './zpci-lab', 'host', @$options, '--', 'bash', '-c', $head . $script
		    or die "exec: $!";
	}
	my (%said, @lines);
	while (my $line = <$out>) {
		# At its second boot a host says again that the command starts.
		$line =~ s/\e_zpci:.*?\e\\//;
		chomp $line;
		push @lines, $line;
		diag($line) if $ENV{ZPCI_TALK};
		push @{ $said{$1} }, $2 if $line =~ /^([\w ]+): (.*)/;
	}
	close $out;
	my $status = $? >> 8;
	my $err = KernelLog::slurp($errors->filename);
	$err =~ s/^zpci-lab: (?!host: ).*\n|^ +\d+ s  .*\n//mg;
	diag("status $status, standard output:\n", join("\n", @lines), "\nstandard error:\n$err")
	    if $status || grep { /^(?:gave up|failed)/ } @lines;
	return { said => \%said, lines => \@lines, err => $err, status => $status,
		seconds => time - $began };
}

1;
