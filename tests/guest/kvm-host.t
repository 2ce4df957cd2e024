#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The KVM host of `zpci-lab kvm': what it passes on, what ends it, what the module for Hercules does
# for a hypervisor, and a stock QEMU with a guest under KVM.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp;
use Guest;
use Kvm;
use Test::More;

requires_kvm('7.2', 'newest');
my $programs = "$ENV{ZPCI_BUILD}/tests/guest";
-x "$programs/kvm-host" or plan skip_all => 'no compiler for s390x';
my @program = ('--file', "$programs/kvm-host", '--file', "$programs/kvm-host-plain");

sub lines { return grep { length } split /\n/, $_[0] }

# --- a command ------------------------------------------------------------------------------------

my $seen = kvm([qw(--qemu none)], 'sh', '-c', 'echo out; echo err >&2; exit 3');
is($seen->{status}, 3, 'exit status');
is($seen->{out}, "out\n", 'standard output, and nothing else');
is($seen->{err}, "err\n", 'standard error, and nothing else');
note("the shortest command: $seen->{seconds} s");

$seen = kvm([qw(--qemu none)], 'sh', '-c', <<'END');
i=0
while [ $i -lt 256 ]; do printf "\\$(printf %o $i)"; i=$((i + 1)); done
head -c 1000000 /dev/urandom >/tmp/r
cat /tmp/r
md5sum </tmp/r >&2
kill -TERM $$
END
is($seen->{status}, 143, 'a command that a signal ended');
is(substr($seen->{out}, 0, 256), join('', map { chr } 0 .. 255), 'bytes: every value');
{
	require Digest::MD5;
	is(length $seen->{out}, 1000256, 'bytes: a million');
	is($seen->{err}, Digest::MD5::md5_hex(substr $seen->{out}, 256) . "  -\n", 'bytes: unchanged');
}

$seen = kvm([qw(--qemu none --file README.md:/some/where --file completions)], 'sh', '-c',
	'cat /some/where; ls /root/completions; readlink /proc/self/fd/0; (sleep 1000 & echo $!)');
like($seen->{out}, qr/^# zpci\n.*\nzpci\nzpci-lab\n\/dev\/null\n\d+\n\z/s,
	'files and folders arrive, input is empty, and a process that is left does not matter');

$seen = kvm([qw(--qemu none)], 'no-such-command');
is("$seen->{status} $seen->{err}", "127 zpci-lab: kvm: no-such-command: No such file or directory\n",
	'a command that is not there');

# --- what ends a run ------------------------------------------------------------------------------

$seen = kvm([qw(--qemu none --timeout 20)], 'sh', '-c', 'echo before; sleep 1000');
is($seen->{status}, 124, 'a command that does not end: status');
is($seen->{out}, "before\n", 'a command that does not end: its output is passed on');
is($seen->{err}, "zpci-lab: kvm: the command did not end in 20 s, and the host was ended with it\n",
	'a command that does not end: one sentence');

{
	# Their consoles are not those that the end of this test looks at.
	local $ENV{ZPCI_CONSOLE} = '/dev/null';
	$seen = kvm([qw(--qemu none)], 'sh', '-c',
		'echo "<4>WARNING: CPU: 0 PID: 1 at test" >/dev/kmsg; exit 0');
	is($seen->{status}, 125, 'a kernel that complains: status');
	like($seen->{err}, qr/\Azpci-lab: kvm: the kernel of the host complained: Linux [^:]*: .*WARNING: CPU: 0 PID: 1 at test\n\z/,
		'a kernel that complains: one sentence');

	$seen = kvm([qw(--qemu none --timeout 20)], 'sh', '-c',
		'echo "<4>WARNING: CPU: 0 PID: 1 at test" >/dev/kmsg; sleep 1000');
	is($seen->{status}, 124, 'a kernel that complains, and no end: status');
	like($seen->{err}, qr/at test\n.*^zpci-lab: kvm: the command did not end in 20 s/ms,
		'a kernel that complains, and no end: its last lines');
}

# own_host(FOLDER): the host without a command, and with the module that is in the folder. Returns
# the status and what was said.
sub own_host {
	my ($folder) = @_;
	my $made = system("cp $Kvm::cache/guest/small-kvm/kernel $folder/ &&
	    cp $Kvm::cache/kvm/base.cpio $folder/initrd");
	$made == 0 or die;
	my $said = `ZPCI_CONSOLE= timeout -k 5 300 zpci/lab/kvm/boot --timeout 200 $folder 2>&1`;
	return ($? >> 8, $said);
}

# Process 1 finds no command, and ends.
{
	my $folder = File::Temp->newdir;
	system("cp $Kvm::cache/kvm/zpci-hercules.so $folder/") == 0 or die;
	my ($status, $said) = own_host($folder);
	is($status, 125, 'a kernel that panics: status');
	like($said, qr/panic.*^zpci-lab: kvm: the KVM host stopped before the command ended\n\z/ms,
		'a kernel that panics: its last lines, and one sentence');
}

for my $bad (
	['--qemu', '8.0', '--qemu takes one of 7.2 newest none, but got `8.0\''],
	['--timeout', '0', '--timeout takes a number from 1 to 86400, but got `0\''],
	['--memory', '10G', '--memory takes a number from 256 to 16384, but got `10G\''],
	['--cpus', '5', '--cpus takes a number from 1 to 4, but got `5\''],
	['--file', '/nowhere', '--file: there is no readable `/nowhere\''],
	['--file', 'README.md:there', '--file: `there\' is no absolute path in the host'],
	['--file', 'README.md:/../../there', '--file: `/../../there\' is no absolute path in the host'],
	['--quick', 'x', 'no option `--quick\'; `zpci-lab kvm --help\' lists them'])
{
	$seen = kvm([@$bad[0, 1]], 'true');
	is("$seen->{status} $seen->{err}", "2 zpci-lab: kvm: $bad->[2]\n", "refused: @$bad[0, 1]");
}

# --- two at once ----------------------------------------------------------------------------------

my @both = map {
	open(my $out, '-|', './zpci-lab', 'kvm', '--qemu', 'none', 'sh', '-c', "sleep 2; echo $_")
	    or die "fork: $!";
	$out;
} 1 .. 2;
is(join('', map { scalar <$_> } @both), "1\n2\n", 'two at once');
close $_ for @both;

# --- the module -----------------------------------------------------------------------------------

# Linux up to 7.2 warns when it refuses a VM so early: it looks at a list of PCI functions that it
# has not made yet (kvm_arch_free_vm()).
{
	local $ENV{ZPCI_CONSOLE} = '/dev/null';
	$seen = kvm([qw(--qemu none), @program], './kvm-host-plain', 'create');
	is($seen->{out}, "KVM_CREATE_VM: EINVAL\n", 'no VM for a program without --s390-pgste');
	like($seen->{err}, qr/^zpci-lab: kvm: .*WARNING: [^\n]* kvm_s390_pci_clear_list[^\n]*\n\z/,
		'no VM for a program without --s390-pgste: Linux complains');
}

$seen = kvm([qw(--qemu none), @program], 'sh', '-c', './kvm-host create; ./kvm-host opcodes');
is($seen->{status}, 0, 'opcodes: status');
my @lines = lines($seen->{out});
is(shift @lines, 'KVM_CREATE_VM: done', 'a VM for a program with --s390-pgste');

my %instruction = (
	clp => ['b9a0', '00240000'], pcistg => ['b9d0', '00240000'], pcilg => ['b9d2', '00240000'],
	rpcit => ['b9d3', '00240000'], pcistgi => ['b9d4', '00240000'], pciwb => ['b9d5', '00000000'],
	pcilgi => ['b9d6', '00240000'], mpcifc => ['e320', '312345d0'],
	stpcifc => ['e320', '312345d4'], pcistb => ['eb24', '312345d0'], sic => ['eb24', '312345d1'],
	pcistbi => ['eb24', '312345d4'],
);
my %seen_lines = map { /^(.*?): (.*)/ ? ($1 => $2) : () } @lines;
for my $name (sort keys %instruction) {
	my ($ipa, $ipb) = @{ $instruction{$name} };
	my $own = $ipa =~ /^b9/ ? 4 : 6;
	my %length = (supervisor => $own, problem => $own, crossing => $own, ex => 4,
		'ex-problem' => 4, exrl => 6, 'ex-or' => 4);
	is_deeply({ map { $_ => $seen_lines{"$name $_"} } keys %length },
		{ map { $_ => "exit 13 icptcode 4 ipa $ipa ipb $ipb psw +$length{$_}" } keys %length },
		"$name: exits, with the PSW behind it, however it is executed");
}
is(keys %seen_lines, 7 * keys %instruction, 'no other instruction was tried');

$seen = kvm([qw(--qemu none --cpus 2), @program], 'sh', '-c',
	'./kvm-host illegal; ./kvm-host facilities; ./kvm-host topology');
@lines = lines($seen->{out});
is_deeply([splice @lines, 0, 12], [map { "$_: ILL" } qw(clp pcistg pcilg rpcit pcistgi pciwb pcilgi
	mpcifc stpcifc pcistb sic pcistbi)], 'the host itself has no zPCI instructions');
is_deeply([splice @lines, 0, 3], ['guest: facility 69 1, facility 18 0, always',
	'host: facility 69 0, facility 18 1, always', 'host: looked meanwhile'],
	'STFLE gives guest and host their own lists, on two CPUs at once');
is_deeply(\@lines, [('ptf: cc 0 1 0, psw +12') x 8], 'PTF reports a change of the topology once');
is($seen->{status}, 0, 'these three: status');

# A module for a Hercules with another structure, in the real one.
{
	my $folder = File::Temp->newdir;
	my $source = 'zpci/lab/kvm';
	system("cp $source/hercules.c $folder/ &&
	    sed 's/REGS_SIZE = [0-9]*/REGS_SIZE = 53640/' $source/hercules.h >$folder/hercules.h &&
	    gcc -shared -fPIC -fvisibility=hidden -o $folder/zpci-hercules.so $folder/hercules.c") == 0
	    or die;
	my ($status, $said) = own_host($folder);
	is($status, 125, 'the module refuses another Hercules: status');
	is($said, "zpci-lab: kvm: this module is for Hercules 3.13 as Debian 12 and 13 build it for "
	    . "amd64, and this is another one: install the package hercules of Debian\n",
	    'the module refuses another Hercules: one sentence');
}

# --- a stock QEMU ---------------------------------------------------------------------------------

# Debian's kernel, and what it finds in /sys.
sub boots {
	my ($qemu, $guest, $title) = @_;
	my $look = File::Temp->new;
	print $look <<'END';
#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox uname -r
for file in vendor device function_id uid vfn; do
	echo "$file $(/bin/busybox cat /sys/bus/pci/devices/0001:00:00.0/$file)"
done
/bin/busybox grep KVM /proc/sysinfo
echo waiting
tries=0
until [ -e /sys/bus/pci/devices/0002:00:00.0 ] || [ $tries -eq 600 ]; do
	/bin/busybox usleep 100000
	tries=$((tries + 1))
done
echo "plugged $(/bin/busybox cat /sys/bus/pci/devices/0002:00:00.0/function_id)"
/bin/busybox poweroff -f
END
	close $look;
	my $from = "$Kvm::cache/guest/$guest";
	my $command = kvm_guest('-kernel /guest/kernel -initrd /guest/initrd',
		'-device zpci,uid=1,fid=9,target=r0 -device virtio-rng-pci,id=r0',
		'-chardev pipe,id=monitor,path=/tmp/monitor -mon monitor',
		'-append "quiet rdinit=/look"');
	my $seen = kvm(['--qemu', $qemu, '--file', "$from/kernel:/guest/kernel",
		'--file', "$from/initrd:/guest/given", '--file', $look->filename . ':/guest/look'],
		'sh', '-c', <<"END");
chmod 755 /guest/look
cd /guest
{ cat given; echo look | cpio -o -H newc 2>/dev/null; } >initrd
mkfifo /tmp/monitor.in /tmp/monitor.out
cat /tmp/monitor.out >/dev/null &
qemu-system-s390x --version | head -n 1
exec 3<>/tmp/monitor.in
$command 3>&- | while read -r line; do
	echo "\$line"
	case \$line in
	waiting*) printf 'device_add zpci,uid=2,fid=10,target=r1\ndevice_add virtio-rng-pci,id=r1\n' >&3 ;;
	esac
done
END
	is($seen->{status}, 0, "$title: status") or diag($seen->{err});
	my $out = $seen->{out} =~ s/\r//gr;
	like($out, qr/^vendor 0x1af4\ndevice 0x10(?:05|44)\nfunction_id 0x00000009\nuid 0x1\nvfn 0x0000\n/m,
		"$title: the guest has the function") or diag($out, $seen->{err});
	like($out, qr/^plugged 0x0000000a\n/m, "$title: the guest gets another one by a channel report");
	like($out, qr{^VM00 Control Program: KVM/Linux}m, "$title: the guest runs under KVM");
	note("$title: $seen->{seconds} s");
	return $out;
}

like(boots('7.2', 'default', 'QEMU 7.2, Debian\'s kernel'), qr/version 7\.2\./, 'it is QEMU 7.2');
unlike(boots('newest', 'small-kvm', 'the newest QEMU, small kernel'), qr/version 7\./,
	'it is a later QEMU');

done_testing;
