#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci run --accel kvm in the KVM host: it runs, and for each thing that a host can lack it says so
# in one sentence before QEMU starts.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Kvm;
use KernelLog qw(complaints);
use Test::More;

requires_guest();
requires_kvm('7.2');
my $name = $ENV{ZPCI_KVM_GUEST} // 'small-kvm';
my $guest = "$Kvm::cache/guest/$name";
-r "$guest/initrd" or plan skip_all => "no guest $name; `./zpci-lab kvm' makes one";
my @files = map { ('--file', "$guest/$_:/root/.cache/zpci/guest/default/$_") } qw(kernel initrd);

# Each case is `try NAME COMMAND...'. A QEMU that is started leaves a file, but for the questions
# before. `answers VERSION ACCELERATOR' is a QEMU that only answers them.
my $functions = <<'END';
try() {
	rm -f /tmp/started
	name=$1
	shift
	"$@" >/tmp/out 2>/tmp/err </dev/null
	echo "$name status: $?"
	echo "$name lines: $(wc -l </tmp/err)"
	echo "$name message: $(head -n 1 /tmp/err)"
	[ -e /tmp/started ] && echo "$name qemu: started" || echo "$name qemu: not started"
}
answers() {
	printf '#!/bin/sh\ncase "$*" in\n--version) echo "QEMU emulator version %s" ;;\n' "$1"
	printf '"-machine help") echo s390-ccw-virtio ;;\n"-accel help") echo %s ;;\n' "$2"
	printf '*) echo started >/tmp/started ;;\nesac\n'
}
answers 7.2.0 kvm >/tmp/good
chmod +x /tmp/good
END

my %said;
sub hear {
	my ($out) = @_;
	while ($out =~ /^(\S+ \w+): (.*)\n/mg) {
		push @{ $said{$1} }, $2;
	}
}

my $seen = kvm([@files], 'sh', '-c', $functions . <<'END');
mkdir /wrap
real=$(which qemu-system-s390x)
cat >/wrap/qemu-system-s390x <<WRAP
#!/bin/sh
case "\$*" in
--version | *help) ;;
*) echo started >/tmp/started ;;
esac
exec $real "\$@"
WRAP
chmod +x /wrap/qemu-system-s390x
PATH=/wrap:$PATH
run="zpci run --accel kvm --memory 64M --function probe,vf=3 --exec true"

try interposer $run --interposer /nonexistent.so
try shebang $run --interposer /wrap/qemu-system-s390x
try qemu $run --qemu no-such-qemu
answers 7.1.9 kvm >/tmp/old; chmod +x /tmp/old
try old $run --qemu /tmp/old
answers 7.2.0 tcg >/tmp/tcg; chmod +x /tmp/tcg
try tcg $run --qemu /tmp/tcg
try good $run --qemu /tmp/good
try second zpci matrix --accel kvm --plugin /dev/null

sysctl -q -w vm.allocate_pgste=1
try allocate /lib/ld64.so.1 $(which zpci) run --accel kvm --exec true --qemu /tmp/good
sysctl -q -w vm.allocate_pgste=0

grep -q ^nobody: /etc/passwd || echo 'nobody:x:65534:65534::/tmp:/bin/sh' >>/etc/passwd
chmod 755 /root /root/.cache /root/.cache/zpci
chmod 600 /dev/kvm
try permission su nobody -s /bin/sh -c "HOME=/root PATH=$PATH $run"
chmod 666 /dev/kvm
mv /dev/kvm /dev/kvm.away
try device $run
try device-matrix zpci matrix --accel kvm
ln -s /dev/null /dev/kvm
try null $run
rm /dev/kvm
mv /dev/kvm.away /dev/kvm

# Now with all that it takes. A QEMU that is a script passes the variables on to QEMU.
cat >/wrap/look <<'LOOK'
#!/bin/sh
case "$*" in
--version | *help) ;;
*) env | grep -E '^(LD_PRELOAD|ZPCI_)' | sort >/tmp/environment; echo "$@" >/tmp/arguments ;;
esac
exec "$real" "$@"
LOOK
chmod +x /wrap/look
export real ZPCI_CONSOLE=/tmp/consoles
zpci run --accel kvm --memory 128M --qemu /wrap/look --control /tmp/control \
	--function probe,vf=3,fid=0x1021,profile=lpar --function null,vf=1,fid=0x1022 \
	--exec 'cd /sys/bus/pci/devices; grep -H . */function_id */vfn; echo error >&2; exit 7' \
	>/tmp/out 2>/tmp/err
echo "run status: $?"
sed 's/^/run out: /' /tmp/out
echo "run err: $(cat /tmp/err)"
sed 's/^/run environment: /' /tmp/environment
echo "run arguments: $(cat /tmp/arguments)"
zpci run --accel kvm --memory 128M --function probe,vf=3 --timeout 5 --exec 'sleep 1000' \
	>/tmp/out 2>/tmp/err
echo "timeout status: $?"
echo "timeout err: $(grep '^zpci: the command' /tmp/err)"
pidof qemu-system-s390x >/dev/null && echo "timeout qemu: runs" || echo "timeout qemu: ended"
cat /tmp/consoles >&2
END
is($seen->{status}, 0, 'the script ran') or diag($seen->{err});
is_deeply([ complaints($seen->{err}) ], [], 'no kernel of a guest complained');
hear($seen->{out});

# A program that ld.so starts has page tables of 2 KiB. Linux up to 7.2 warns when it refuses the VM
# (kvm_arch_free_vm()), so that this host ends with status 125.
{
	local $ENV{ZPCI_CONSOLE} = '/dev/null';
	my $warned = kvm([qw(--qemu none), @files], 'sh', '-c', $functions . <<'END');
try pgste /lib/ld64.so.1 $(which zpci) run --accel kvm --exec true --qemu /tmp/good
END
	hear($warned->{out});
	unlike($warned->{err}, qr/WARNING: (?!.* kvm_s390_pci_clear_list)/, 'pgste: no other warning');
}

# Case, pattern of the message.
my %refused = (
	'interposer' => qr/^zpci: interposer \/nonexistent\.so: No such file or directory; name another with --interposer$/,
	'shebang' => qr/^zpci: interposer \/wrap\/qemu-system-s390x: not a shared object for s390x; .*--interposer$/,
	'qemu' => qr/^zpci: no no-such-qemu in PATH: install this host's QEMU for s390x, or name another with --qemu$/,
	'old' => qr/^zpci: \/tmp\/old is QEMU 7\.1, but 7\.2 or newer is needed; install this host's QEMU/,
	'tcg' => qr/^zpci: \/tmp\/tcg was built without the KVM accelerator; install this host's QEMU/,
	'second' => qr/^zpci: --plugin is for --accel tcg; /,
	'pgste' => qr/^zpci: KVM refuses a VM \(KVM_CREATE_VM: Invalid argument\): .* 2 KiB.*`sysctl vm\.allocate_pgste=1'$/,
	'permission' => qr/^zpci: this user may not open \/dev\/kvm \(Permission denied\): .*group kvm/,
	'device' => qr/^zpci: this host has no KVM \(\/dev\/kvm: No such file or directory\): load the module kvm/,
	'device-matrix' => qr/^zpci: this host has no KVM /,
	'null' => qr/^zpci: \/dev\/kvm is not KVM for s390x \(KVM_GET_API_VERSION: Inappropriate ioctl/,
);
for my $case (sort keys %refused) {
	is($said{"$case status"}[0], 125, "$case: status");
	like($said{"$case message"}[0], $refused{$case}, "$case: message");
	is($said{"$case lines"}[0], 1, "$case: one sentence");
	is($said{"$case qemu"}[0], 'not started', "$case: QEMU was not started");
}
is($said{'good qemu'}[0], 'started', 'QEMU 7.2 with KVM: it was started');
is($said{'allocate qemu'}[0], 'started', 'vm.allocate_pgste: QEMU was started');

is($said{'run status'}[0], 7, "run: the command's status");
is(join('; ', sort @{ $said{'run out'} }),
	'0100:00:00.0/function_id:0x00001021; 0100:00:00.0/vfn:0x0003; '
	    . '0101:00:00.0/function_id:0x00001022; 0101:00:00.0/vfn:0x0001',
	'run: the functions, with their numbers');
like($said{'run err'}[0], qr/\berror$/, "run: the command's standard error");
is_deeply([ grep { !/^ZPCI_(CONSOLE|BUILD)/ } @{ $said{'run environment'} } ], [
	'LD_PRELOAD=/usr/lib/s390x-linux-gnu/zpci/zpci-kvm.so',
	'ZPCI_CONTROL=/tmp/control',
	'ZPCI_FUNCTION=probe:vf=3:fid=0x1021:profile=lpar null:vf=1:fid=0x1022',
], "run: QEMU's environment");
like($said{'run arguments'}[0], qr/^-machine s390-ccw-virtio -accel kvm -cpu host .* -mem-prealloc /,
	'run: the command line, with storage allocated for Hercules');
unlike($said{'run arguments'}[0], qr/-plugin/, 'run: no plugin');
is($said{'timeout status'}[0], 124, 'timeout: status');
like($said{'timeout err'}[0], qr/the command did not end in 5 seconds; QEMU /, 'timeout: message');
is($said{'timeout qemu'}[0], 'ended', 'timeout: no QEMU is left');

done_testing();
