#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The model of examples/model, from its shared object, in a stock QEMU: a guest finds the function,
# reads its register, gets its DMA and its interrupt. By commands more functions of the same object
# come, and no other code.

use strict;
use warnings;
use File::Temp;
use FindBin;
use lib $FindBin::Bin;
use Guest;
use Test::More;

requires_guest();
my $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');
my $program = "$ENV{ZPCI_BUILD}/tests/guest/counter";
-x $program or plan skip_all => "no $program; it is built with gcc-s390x-linux-gnu";

my $folder = File::Temp->newdir;
my $source = "$FindBin::Bin/../..";
system('cp', '-r', "$source/examples/model", "$folder/model") == 0 &&
    system('make', '-s', '-C', "$folder/model", "ZPCI_CFLAGS=-I $source/include") == 0
    or BAIL_OUT('examples/model is not built');
system('cp', "$folder/model/counter.so", "$folder/model/copy.so") == 0 or die;

# The guest's RAM disk with the program in it.
my $initrd = "$folder/initrd";
system('mkdir', '-p', "$folder/tree/test") == 0 &&
    system('cp', $program, "$folder/tree/test/counter") == 0 &&
    system('cp', '-L', "$cache/guest/default/initrd", $initrd) == 0 &&
    system("cd $folder/tree && find test | cpio --quiet -o -H newc >>$initrd") == 0
    or BAIL_OUT('no RAM disk could be made');

# One by a file, which counts from its own folder; one by an option, from ours.
open my $config, '>', "$folder/model/my.conf" or die;
print $config <<'END';
[adapter mine]
model = ./counter.so
pchid = 0x1c0
step = 5
vfs = 8
[function]
adapter = mine
vf = 3
fid = 0x1021
uid = 0x111
start = 0x1000
END
close $config;

my $control = "$folder/control";
my %answer;
my ($said, $errors, $status) = converse(
	["$folder/model/counter.so,pchid=0x1c1,fid=0x1022,uid=0x112,start=7"],
	[ '--initrd', $initrd, '--config', "$folder/model/my.conf", '--control', $control ],
	$await . <<'END',
echo "VF: $(cat /sys/bus/pci/devices/0111:00:00.0/vendor) $(cat /sys/bus/pci/devices/0111:00:00.0/device)"
echo "PF: $(cat /sys/bus/pci/devices/0112:00:00.0/vendor) $(cat /sys/bus/pci/devices/0112:00:00.0/device)"
/test/counter 0111:00:00.0
/test/counter 0112:00:00.0 | sed 's/^/PF /'
host plug
await '[ -e /sys/bus/pci/devices/0113:00:00.0 ]'
/test/counter 0113:00:00.0 | sed 's/^/plugged /'
END
	{
		plug => sub {
			my $client = socket_open($control);
			$answer{same} = command($client,
				"add $folder/model/counter.so,adapter=mine,vf=4,fid=0x1023,uid=0x113,start=9");
			$answer{other} = command($client, "add $folder/model/copy.so,vf=1");
			$answer{late} = command($client, "add $folder/model/counter.so,adapter=mine,vf=5,step=6");
			$answer{value} = command($client, "add $folder/model/counter.so,adapter=mine,vf=5,start=x");
			$answer{again} = command($client,
				"add $folder/model/counter.so,adapter=mine,vf=5,step=5,fid=0x1024");
			$answer{gone} = command($client, 'remove 0x1024');
		},
	});

is($status, 0, 'the guest ends well');
is($errors, '', 'and nobody complains');
is($said->{VF}, '0x1234 0x7a64', 'the VF has the IDs that the model describes');
is($said->{PF}, '0x1234 0x7a63', 'the PF too');
for (['', 0x1000, 5], ['PF ', 7, 1], ['plugged ', 9, 5]) {
	my ($who, $start, $step) = @$_;
	my $name = $who || 'VF ';
	is($said->{"${who}at first"}, sprintf('0x%x', $start), "${name}register: as the option says");
	is($said->{"${who}interrupts"}, 1, "${name}interrupt: it comes");
	is($said->{"${who}sent"}, sprintf('0x%x', $start), "${name}DMA: the register is in storage");
	is($said->{"${who}afterwards"}, sprintf('0x%x', $start + $step), "${name}step: its adapter's");
	is($said->{"${who}set"}, '0x123456789abcdef0', "${name}register: as it is set");
	is($said->{"${who}after a refused store"}, '0x123456789abcdef0',
		"${name}register: the model refuses a part");
	is($said->{"${who}after a reset"}, sprintf('0x%x', $start), "${name}reset: as at first");
}
is($answer{same}, 'ok 0x00001023', 'one more function of the same object');
like($answer{other}, qr/^error: .*copy.so: this file is not loaded, and a running guest loads none/,
	'no other object');
like($answer{late}, qr/^error: .*step = 6: its adapter was described before, with another value/,
	'no other value of the adapter');
like($answer{value}, qr/^error: .*start = x: not allowed/, 'no wrong value');
is($answer{again}, 'ok 0x00001024', 'the same value again');
is($answer{gone}, 'ok', 'and it goes');
done_testing();
