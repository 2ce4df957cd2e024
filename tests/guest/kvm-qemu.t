#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A stock QEMU under the real KVM of `zpci-lab kvm', with zpci-kvm.so loaded into it: an unmodified
# QEMU of Debian 12 and the newest one of Debian. The guest has a detached VF, a plain function, and
# a network card of QEMU's own. All of them work; more of both kinds come and go; ours fail and
# recover; the machine stops and goes on.
#
# The guest is the small kernel `kvm'. `zpci-lab check --long' also has Debian's own.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp;
use Guest;
use Kvm;
use Test::More;

requires_kvm('7.2', 'newest');
my $cache = $Kvm::cache;
my $programs = "$ENV{ZPCI_BUILD}/tests/guest";
-x "$programs/kvm-talk" or plan skip_all => 'no compiler for s390x';
-r "$cache/guest/small-kvm/initrd"
    or plan skip_all => "no guest small-kvm; `./zpci-lab kvm' makes one";
my $folder = File::Temp->newdir;

# The host's part: `host: COMMAND' of the guest is executed while the guest goes on. What the guest
# wants to happen it sees itself.
my $outside = <<'END';
mkdir -p /tmp
mkfifo /tmp/monitor.in /tmp/monitor.out
cat /tmp/monitor.out >/tmp/monitor.log &
exec 8<>/tmp/monitor.in
run() {
	zpci run --accel kvm --kernel kernel --initrd initrd --control /tmp/control --timeout 300 \
		--function probe,vf=3,fid=0x1021,uid=0x111,vfs=8 \
		--function probe,vf=2,fid=0x1022,uid=0x112,profile=plain "$@" \
		-chardev pipe,id=monitor,path=/tmp/monitor -mon chardev=monitor,mode=readline
}
listen() {
	while read -r line; do
		echo "$line"
		case $line in
		"host: stop")
			echo stop >&8
			echo "while stopped: $(./kvm-talk /tmp/control list)"
			echo cont >&8 ;;
		"host: control "*) ./kvm-talk /tmp/control "${line#host: control }" ;;
		"host: monitor "*) echo "${line#host: monitor }" >&8 ;;
		esac
	done
}
END

my $script = $await . <<'END';
slots=/sys/bus/pci/slots
devices=/sys/bus/pci/devices
errors() { dmesg | grep -c "Event 0x$1 reports an error for PCI function 0x$2\$"; }
theirs() { cat $devices/*/vendor 2>/dev/null | grep -c 0x1af4; }
id() { hexdump -n 4 -e '"%08x"' "$devices/$1/config"; }
try() { zpci-inspect --fid "$1" --interrupts 50 --dma-bytes 64K >/dev/null; }
online() { ping -c 3 -w 60 10.0.2.2 >/dev/null; }

zpci-inspect --fid 1021 --interrupts 1000 --dma-bytes 1M | sed 's/^/lpar /'
zpci-inspect --fid 1022 --interrupts 100 --dma-bytes 64K | sed 's/^/plain /'
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
online; echo "network: $?"

echo "host: control add probe,vf=4,fid=0x2004,uid=0x204,standby=yes"
await '[ -e $slots/00002004 ]'
echo "standby: $(cat $slots/00002004/power)"
echo 1 >$slots/00002004/power
echo "configured: $(cat $slots/00002004/power) $(id 0204:00:00.0)"
echo "host: control add probe,vf=5,fid=0x2005,uid=0x205"
await '[ -e $devices/0205:00:00.0 ]'
try 2005; echo "added works: $?"
echo "host: monitor device_add virtio-rng-pci,id=hot"
await '[ $(theirs) = 2 ]'
await '[ "$(head -c 16 /dev/hwrng | wc -c)" = 16 ]'; echo "random: $?"
echo "host: control error 0x2005 0x3a"
await '[ $(errors 3a 2005) = 1 ]'
echo "failed: $(id 0205:00:00.0)"
echo 1 >$devices/0205:00:00.0/recover
try 2005; echo "recovered works: $?"
echo "host: monitor device_del hot"
await '[ $(theirs) = 1 ]'
echo "host: control remove 0x2005"
await '[ ! -e $slots/00002005 ]'
echo "host: stop"
online; echo "network still: $?"
try 1021; echo "still works: $?"
echo "end: yes"
END

# in_host(QEMU, guest, options of `zpci run', script of the guest, options of QEMU): standard output
# as { KEY => value }, the same as text, and standard error.
sub in_host {
	my ($qemu, $guest, $run, $script, @options) = @_;
	my %file = (run => "$outside run $run --exec \"\$(cat script)\" -- @options | listen",
		script => $script);
	for my $name (keys %file) {
		open my $out, '>', "$folder/$name" or die;
		print $out $file{$name};
		close $out;
	}
	my $seen = kvm([ '--qemu', $qemu, '--file', "$cache/guest/$guest/kernel:/root/kernel",
		'--file', "$cache/guest/$guest/initrd:/root/initrd", '--file', "$folder/run", '--file', "$folder/script",
		'--file', "$programs/kvm-talk" ], 'sh', '-c', 'cat /dev/null; . ./run');
	my %said = map { /^([\w ]+?): (.*)/ ? ($1 => $2) : () } split /\n/, $seen->{out};
	note(sprintf '%s, %s: %d s', $qemu, $guest, $seen->{seconds});
	return (\%said, $seen->{out}, $seen->{err});
}

my $card = '-netdev user,id=net,restrict=on -device virtio-net-pci,netdev=net,romfile=';

sub works {
	my ($qemu, $guest) = @_;
	my $what = "QEMU $qemu, $guest";
	my ($said, $out, $err) = in_host($qemu, $guest, '--memory 512M', $script, $card);

	my @lines = (
		qr/^lpar +kernel's no_command_memory +1$/m,
		qr/^lpar +vfio ZPCI_BASE capability +vfn 3,/m,
		qr/^lpar +BAR access +ok/m,
		qr/^lpar +interrupts from CPU context +ok; 1000 sent, 1000 arrived, 0 lost/m,
		qr/^lpar +interrupts from thread context +ok; 1000 sent, 1000 arrived, 0 lost/m,
		qr/^lpar +DMA +ok; /m,
		qr/^lpar +code .* +ok/m,
		qr/^plain +kernel's no_command_memory +0$/m,
		qr/^plain +vfio ZPCI_BASE capability +vfn 0,/m,
		qr/^plain +BAR access +EIO$/m,
		qr/^plain +DMA +ok; /m,
	);
	for my $line (@lines) {
		like($out, $line, "$what: " . ($line =~ s/.*?\^(.*)\)$/$1/r =~ s/\$$//r));
	}
	is($said->{network}, 0, "$what: QEMU's own card");
	delete $said->{$_} for qw(network host);
	is_deeply($said, {
		standby => 0,
		configured => '1 3412717a',
		'added works' => 0,
		random => 0,
		failed => 'ffffffff',
		'recovered works' => 0,
		'while stopped' => 'ok 0x00001021 0x00001022 0x00002004',
		'network still' => 0,
		'still works' => 0,
		end => 'yes',
	}, "$what: functions of both kinds come, fail and go") or diag($out, $err);
}

my @qemus = ('7.2', 'newest');
works($_, 'small-kvm') for @qemus;
SKIP: {
	skip "Debian's kernel: left to `./zpci-lab check --long'", 1 unless $ENV{ZPCI_CHECK_LONG};
	works('7.2', 'default');
}

# Functions of QEMU's own: one with a FID of ours, one with a UID of ours. Linux takes one of two.
my ($said, $out, $err) = in_host('7.2', 'small-kvm', '--memory 512M',
	'echo "devices: $(ls /sys/bus/pci/devices | wc -l)"',
	'-device zpci,uid=5,fid=0x1021,target=card', "$card,id=card",
	'-device zpci,uid=0x112,fid=6,target=other', '-device virtio-rng-pci,id=other');
my $said_so = () = $err =~ /^zpci-kvm: error: function 0x00001021: .* give one another fid$/mg;
is($said_so, 1, 'a FID twice: said once');
$said_so = () = $err =~ /^zpci-kvm: error: function 0x00001022: .* 0x00000006 .* another uid$/mg;
is($said_so, 1, 'a UID twice: said once');
is($said->{devices}, 2, 'an ID twice: the guest goes on with one of them') or diag($out, $err);

done_testing();
