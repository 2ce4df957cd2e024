#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Capture and replica: what a guest captures, another guest gets as replicas, and captures the same
# bytes; lspci, sysfs and slots are the same, line by line. Then functions that are written down
# from public descriptions, and drivers that find a replica.
#
# What is not compared: function_handle, which each firmware chooses; the folder power, which has
# times; resource0 and its like, which are BARs. No driver of QEMU's functions is there, because
# with a replica it would end otherwise.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp;
use Guest;
use Test::More;

requires_guest();

my $folder = File::Temp->newdir;

sub write_file {
	my ($name, $text) = @_;
	open my $out, '>', "$folder/$name" or die "$folder/$name: $!";
	print $out $text;
	close $out or die;
	return "$folder/$name";
}

# run($config, $script, [options of zpci], [options of QEMU]): what the script printed, by the lines
# `=== NAME' in it.
sub run {
	my ($config, $script, $options, $qemu) = @_;
	my @command = ('zpci', 'run', '--timeout', 600, '--config', $config, @{ $options // [] },
		'--exec', $script, '--', @{ $qemu // [] });
	open my $out, '-|', @command or die "zpci: $!";
	my ($name, %said) = ('before');
	while (<$out>) {
		s/\r$//;
		if (/^=== (\S+)/) { $name = $1 } else { $said{$name} .= $_ }
	}
	close $out;
	is($?, 0, "$config: the guest ended well") or diag(explain(\%said));
	return \%said;
}

# Looks at everything.
my $look = <<'END';
look() {
	echo "=== capture"
	zpci-inspect --capture
	echo "=== anonymous"
	zpci-inspect --capture --anonymous
	echo "=== lspci"
	lspci -vvvxxxx
	echo "=== slots"
	for slot in /sys/bus/pci/slots/*; do
		echo "$slot $(cat $slot/address) $(cat $slot/power)"
	done
	echo "=== sysfs"
	cd /sys/bus/pci/devices
	find */ -follow -maxdepth 2 -type f ! -name function_handle ! -path '*/power/*' \
		! -name 'resource[0-9]*' ! -name config ! -name rom ! -name util_string |
		sort | xargs grep -sH .
	for file in */util_string; do
		echo "$file: $(od -An -v -tx1 $file | tr -d '\n')"
	done
	for link in /sys/bus/pci/devices/*/physfn /sys/bus/pci/devices/*/driver; do
		[ ! -L $link ] || echo "$link: $(readlink $link)"
	done
}
END

# The first difference says more than two long texts.
sub same {
	my ($got, $expected, $name) = @_;
	my @got = split /\n/, $got // '';
	my @expected = split /\n/, $expected // '';
	my $line = 0;
	$line++ while $line < @got && $line < @expected && $got[$line] eq $expected[$line];
	ok(@expected && @got == @expected && $line == @got, "$name: " . scalar(@expected) . ' lines')
	    or diag("line $line\n got      ", $got[$line] // 'end', "\n expected ",
		$expected[$line] // 'end');
}

my $nobody = [ '--append', 'initcall_blacklist=virtio_pci_driver_init' ];

# round(NAME, config, script, [options of QEMU]): captures, replays, captures.
sub round {
	my ($name, $config, $script, $qemu) = @_;
	my $first = run(write_file("$name.conf", $config), "$look$script", $nobody, $qemu);
	my $again = run(write_file("$name-replica.conf", $first->{capture}), "$look$script", $nobody);
	for my $part (sort keys %$first) {
		next if $part eq 'before';
		if ($part eq 'came') {
			like($_->{came}, qr/^; 0202:00:00\.0$/m, "$name: it has come") for $first, $again;
			next;
		}
		same($again->{$part}, $first->{$part}, "$name: $part");
	}
	return $first;
}

# --- all sorts of facts, a PF with VFs, one in standby, QEMU's own ---------------------------

my $facts = <<'END';
[group near]
id = 0x21
version = 0
dma-start = 0x200000000
dma-end = 0x2ffffffff
vectors = 64
store-block = 256
fmb-interval = 250
designations = rs
msi-address = 0x300000000
refresh = yes
dma-spaces = 0x8000000000000000
[adapter disk]
model = probe
pchid = 0x1c0
vfs = 4
[adapter card]
model = null
pchid = 0x1c1
vfs = 3
[adapter other]
model = probe
pchid = 0x1c2
publish-pchid = 0x1c0
[function]
adapter = disk
vf = 3
fid = 0x1021
uid = 0x111
profile = lpar
group = near
pft = 0x0b
port = 2
pfip = 0x01020304
tid = 0x77
utility-string = DISK 3 (test)
fidparm = 5
[function]
adapter = disk
vf = 4
fid = 0x1022
uid = 0x112
profile = plain
utility-ebcdic = 00c1ff
fmb = no
[function]
adapter = card
fid = 0x2000
uid = 0x200
[function]
adapter = card
vf = 1
fid = 0x2001
uid = 0x201
[function]
adapter = card
vf = 2
fid = 0x2002
uid = 0x202
standby = yes
[function]
adapter = other
vf = 3
fid = 0x3003
uid = 0x303
profile = vfio
dma-end = 0x1ffffffff
relaxed-store-block = yes
[function]
adapter = other
vf = 1
fid = 0x3001
uid = 0x301
profile = raw
END

# The one in standby comes at last. Its config space could not be captured before, so it is not
# compared.
my $first = round('facts', $facts, <<'END', [
look
echo 1 >/sys/bus/pci/slots/00002002/power
echo "=== came"
zpci-inspect --capture
END
	split ' ', '-device zpci,uid=5,fid=5,target=rng -device virtio-rng-pci,id=rng
	-device zpci,uid=6,fid=6,target=net -device virtio-net-pci,id=net,romfile=' ]);

# What the comparison cannot see: whether the capture has it at all.
my $capture = $first->{capture};
like($capture, qr/^\Q$_\E$/m, "captured: $_")
    for 'uid-checking = yes', 'vectors = 64', 'store-block = 256', 'fmb-interval = 250',
    'designations = rs', 'msi-address = 0x300000000', 'refresh = yes',
    'dma-spaces = 0x8000000000000000', 'pft = 0x0b', 'port = 2', 'pfip = 0x01020304', 'tid = 0x0077',
    'utility-string = DISK 3 (test)', 'fidparm = 0x05', 'fmb = no', 'standby = yes', 'ids = no',
    'publish-pchid = 0x01c0', 'publish-pchid = 0x0000', 'profile = vfio', 'dma-end = 0x1ffffffff',
    'utility-ebcdic = 00c1ff' . '40' x 61, 'vendor = 0x1af4', 'bar0 = 0x10000 64bit',
    'vf-bar0 = 0x1000 64bit', 'id = 0xff',
    '; now: Command 0x0000, Status 0x0010, no driver';
unlike($capture, qr/not known|cannot have/, 'captured: all is known');
like($first->{sysfs}, qr/^0200:00:00\.0\/sriov_totalvfs:3$/m, 'the PF has VFs');
like($first->{lspci}, qr/Interrupt: pin A/, "QEMU's functions have a pin");

my $anonymous = $first->{anonymous};
unlike($anonymous, qr/utility-|pfip =|0x01c0|0x01c1|0x0077/, 'anonymous: nothing that names the machine');
like($anonymous, qr/^pchid = 0x0100$/m, 'anonymous: other PCHIDs');
like($anonymous, qr/^publish-pchid = 0x0000$/m, 'anonymous: 0 names nothing');

# --- UID checking off -------------------------------------------------------------------------

my $off = round('unchecked', <<'END', "look\n");
[platform]
uid-checking = no
hypervisor-functions = no
[adapter a]
model = null
pchid = 0x1c0
[adapter b]
model = probe
pchid = 0x1c1
[function]
adapter = b
vf = 2
fid = 0x77
uid = 0
[function]
adapter = a
vf = 1
fid = 0x12
uid = 0
[function]
adapter = b
vf = 1
fid = 0x3
uid = 0x1111
END
like($off->{capture}, qr/^uid-checking = no$/m, 'unchecked: captured');
like($off->{slots}, qr/03 0002:00:00 1\n.*12 0001:00:00 1\n.*77 0000:00:00 1\n/,
	'unchecked: domains are numbered by Linux');

# --- drivers that find a replica --------------------------------------------------------------

my $drivers = run("$folder/facts-replica.conf", $await . <<'END');
await '[ $(dmesg | grep -c "failed with error") -ge 2 ]'
echo "=== log"
dmesg | grep -E 'virtio_(rng|net)'
END
like($drivers->{log}, qr/virtio_rng.*failed with error/, 'the driver of a random number device fails');
like($drivers->{log}, qr/virtio_net.*failed with error/, 'the driver of a network device fails');

# --- from public descriptions -----------------------------------------------------------------

my $examples = "$FindBin::Bin/../../examples";
my $roce = run("$examples/connectx-vf.conf", "$look look");
like($roce->{sysfs}, qr/^\Q$_\E$/m, "RoCE: $_")
    for '0200:00:00.0/vendor:0x15b3', '0200:00:00.0/device:0x1016', '0200:00:00.0/class:0x020000',
    '0200:00:00.0/pft:0x0a', '0200:00:00.0/port:1', '0200:00:00.0/vfn:0x0001',
    '0200:00:00.0/function_id:0x00000501', '0200:00:00.0/pchid:0x0120';
like($roce->{lspci}, qr/Region 0: Memory at \w+ \(64-bit, prefetchable\) \[disabled\] \[size=1M\]/,
	'RoCE: its BAR');
like($roce->{lspci}, qr/MSI-X: Enable- Count=12 Masked-/, 'RoCE: its interrupts');
like($roce->{slots}, qr/slots\/00000501 0200:00:00 1/, 'RoCE: its slot');

my $ism = run("$examples/ism.conf", "$look look");
like($ism->{sysfs}, qr/^\Q$_\E$/m, "ISM: $_")
    for '1000:00:00.0/vendor:0x1014', '1000:00:00.0/device:0x04ed', '1000:00:00.0/class:0x000000',
    '1000:00:00.0/pft:0x05', '1000:00:00.0/vfn:0x0001';
like($ism->{lspci}, qr/MSI: Enable- Count=1\/1/, 'ISM: its interrupt');
done_testing();
