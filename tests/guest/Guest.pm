# SPDX-License-Identifier: GPL-2.0-or-later
#
# For guest tests: boots a guest under the firmware and returns what zpci-inspect saw in it.
# Run by prove from the source tree, with the environment of `./run`.

package Guest;

use strict;
use warnings;
use Exporter 'import';
use File::Temp;
use IO::Socket::UNIX;
use JSON::PP;
use KernelLog qw(known_complaint complaints);
use Test::More;

our @EXPORT = qw(requires_guest inspect function_of observed %expected differences converse
    socket_open until_true command consoles known_complaint removes_under_vfio $await);

# What is compared here. The names are zpci-inspect's, except `restores' and `vfn'.
my @names = qw(no_command_memory command_at_open bar_at_open bar_after_0 command_after_2 bar_after_2
    sysfs_command_at_open sysfs_command_after_2 restores vfn mmap);

my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');

my $consoles = File::Temp->new;
$ENV{ZPCI_CONSOLE} = $consoles->filename;

# What all guests that the test has started wrote to their consoles.
sub consoles {
	return KernelLog::slurp($consoles->filename);
}

# Each test file that starts a guest gets one more test, as its last.
{
	no warnings 'redefine';
	my $done = \&Test::Builder::done_testing;
	*Test::Builder::done_testing = sub {
		my @found = complaints(consoles());
		ok(!@found, 'no kernel complained') or diag(join "\n", @found);
		goto &$done;
	};
}

# For tests that remove a function while vfio has it open, or while the kernel still sets it up, so
# that its first address space cannot be registered any more.
sub removes_under_vfio {
	known_complaint(
		line => qr/WARNING: .* (?:__iommu_release_dma_ownership|iommu_setup_default_domain)/,
		change => 'iommu/s390: Make attach succeed when the device was surprise removed',
		mended => '6.17');
}

sub requires_guest {
	-r "$cache/guest/default/initrd"
	    or plan skip_all => "no guest; `./zpci-lab guest' makes one";
	-x "$cache/qemu/qemu-system-s390x" || !system('command -v qemu-system-s390x >/dev/null')
	    or plan skip_all => "no QEMU; `./zpci-lab qemu' gets one";
	read_expected();
}

# inspect([functions], [options of zpci], [options of zpci-inspect], [options of QEMU], command to
# run before) boots a guest and returns (report, standard error). Without a report it bails out and
# prints all output. The last two parameters are optional.
sub inspect {
	my ($functions, $run, $inspect, $qemu, $before) = @_;
	my $errors = File::Temp->new;
	my @options = ('--timeout', 600, @$run, map { ('--function', $_) } @$functions);
	my @command = ('zpci', 'inspect', '--json', @options, '--', @$inspect);
	my $words = join ' ', $before ? "$before;" : (), 'zpci-inspect --json', map { "'$_'" } @$inspect;
	@command = ('zpci', 'run', @options, '--exec', $words, '--', @$qemu) if $qemu;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>', $errors->filename or die;
		exec @command or die "exec: $!";
	}
	local $/;
	my $text = <$out>;
	close $out;
	my $status = $?;
	my $stderr = do { open my $in, '<', $errors->filename or die; <$in> };
	my $report = eval { decode_json($text) };
	if (!$report) {
		diag("status $status, standard output:\n$text\nstandard error:\n$stderr");
		BAIL_OUT('the guest made no report');
	}
	$report->{status} = $status >> 8;
	return ($report, $stderr);
}

# For scripts of a guest: `await CONDITION' waits until a command succeeds.
our $await = <<'END';
await() {
	read -r now rest </proc/uptime
	deadline=$((${now%.*} + 90))
	until eval "$1"; do
		read -r now rest </proc/uptime
		[ ${now%.*} -lt $deadline ] || { echo "gave up: $1"; return 1; }
		usleep 50000
	done
}
END

# For scripts of converse(), besides: `host NAME' calls a function of the test outside of the guest,
# and waits for its end. `log PATTERN' counts lines of the kernel log.
my $script_head = $await . <<'END';
port() { grep -lx org.zpci.test /sys/class/virtio-ports/*/name; }
await port >/dev/null
port=$(port)
exec 9<>/dev/$(basename ${port%/name})
# A read returns nothing while no one is connected at the other end.
host() {
	echo "host: $*"
	until read -r answer <&9; do usleep 20000; done
}
log() { dmesg | grep -c "$1"; }
END

# converse([functions], [options of zpci], script, { name => sub }, [options of QEMU]) runs the
# shell script in a guest. Where it says `host NAME WORD...', the function of that name is called
# with these words. Other lines are `KEY: VALUE' and are collected. Returns ({ key => value },
# standard error, exit status).
sub converse {
	my ($functions, $run, $script, $outside, $qemu) = @_;
	my ($folder, $errors, $port) = (File::Temp->newdir, File::Temp->new);
	my @command = ('zpci', 'run', '--timeout', 600, @$run, (map { ('--function', $_) } @$functions),
		'--exec', $script_head . $script, '--', @{ $qemu // [] },
		'-chardev', "socket,id=test,path=$folder/port,server=on,wait=off",
		'-device', 'virtserialport,chardev=test,name=org.zpci.test');
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>', $errors->filename or die;
		exec @command or die "exec: $!";
	}
	my (%said, @lines);
	while (my $line = <$out>) {
		chomp $line;
		push @lines, $line;
		diag($line) if $ENV{ZPCI_TALK};
		if ($line =~ /^host: (\S+) ?(.*)/) {
			$outside->{$1}->(split ' ', $2);
			$port //= socket_open("$folder/port");
			print $port "done\n";
			$port->flush;
		} elsif ($line =~ /^([\w ]+): (.*)/) {
			$said{$1} = $2;
		}
	}
	close $out;
	my $status = $? >> 8;
	my $stderr = do { local $/; open my $in, '<', $errors->filename or die; <$in> };
	diag("status $status, standard output:\n", join("\n", @lines), "\nstandard error:\n$stderr")
	    if $status || grep { /^gave up/ } @lines;
	return (\%said, $stderr, $status);
}

sub socket_open {
	my ($path) = @_;
	return IO::Socket::UNIX->new(Peer => $path) // die "$path: $!";
}

# Waits until a condition holds, for half a minute and more; returns its value.
sub until_true {
	my ($condition, $what) = @_;
	for (1 .. 600) {
		my $value = $condition->();
		return $value if $value;
		select undef, undef, undef, 0.05;
	}
	die "gave up: $what\n";
}

# A guest that has ended has closed its sockets, and does not answer.
$SIG{PIPE} = 'IGNORE';

# The answer to one line of the control channel, zpci-ctl(1).
sub command {
	my ($control, $line) = @_;
	local $SIG{ALRM} = sub { die "no answer to `$line'" };
	alarm 60;
	print $control "$line\n";
	$control->flush;
	my $answer = <$control> // '';
	alarm 0;
	chomp $answer;
	return $answer;
}

# The entry with FID $fid of a list in a report.
sub function_of {
	my ($list, $fid) = @_;
	my ($found) = grep { defined $_->{fid} && hex($_->{fid}) == $fid } @$list;
	return $found;
}

# What each profile must look like from within a guest: the table of zpci-matrix(1), as far as
# observed() has it. The VF's own number is 'vf'.
our %expected;

sub read_expected {
	my $table = decode_json(scalar `zpci matrix --expected --json -`)->{expected};
	for my $profile (grep { $_ ne 'raw' } keys %$table) {
		my %row = %{ $table->{$profile} };
		$row{restores} = $row{restores_2_again} eq 'yes' ? 1 : 0;
		$row{vfn} = $row{vfio_vfn} eq 'own' ? 'vf' : $row{vfio_vfn};
		$expected{$profile} = { map { $_ => $row{$_} } grep { defined $row{$_} } @names };
	}
}

sub one {
	my ($observations, $name) = @_;
	my $one = $observations->{$name};
	return 'not observed' unless $one && $one->{made};
	return $one->{result} if $one->{result} ne 'ok';
	return $name =~ /command/ ? $one->{value} : 'ok';
}

# What was seen of a function through vfio, under the names of %expected.
sub observed {
	my ($vfio) = @_;
	my $o = $vfio->{observations};
	my %seen = map { $_ => one($o, $_) } grep { !/^(no_command_memory|restores|vfn)$/ } @names;
	$seen{no_command_memory} =
	    defined $vfio->{no_command_memory} ? ($vfio->{no_command_memory} ? 1 : 0) : 'not read';
	# The kernel logs it each time, unless the rate limit of the log forbids it.
	$seen{restores} = $o->{log_read} ? ($o->{write_2_again}{restores_logged} ? 1 : 0) : 'not read';
	$seen{vfn} = $vfio->{zpci_base}{vfn} // 'not read';
	return \%seen;
}

# Names of the observations that are not those of $profile, for VF $vf.
sub differences {
	my ($seen, $profile, $vf) = @_;
	my %wanted = %{ $expected{$profile} };
	$wanted{vfn} = $vf if $wanted{vfn} eq 'vf';
	return sort grep { $seen->{$_} ne $wanted{$_} } keys %wanted;
}

1;
