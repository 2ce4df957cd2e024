# SPDX-License-Identifier: GPL-2.0-or-later
#
# For tests in the KVM host: runs a command there by `./zpci-lab kvm'. Kernel messages of the host
# go to the file that Guest.pm looks at when the test is done.

package Kvm;

use strict;
use warnings;
use Exporter 'import';
use File::Temp;
use Guest qw(consoles);
use KernelLog qw(complaints);
use Test::More;
use Time::HiRes qw(time);

our @EXPORT = qw(requires_kvm kvm kvm_guest);

our $cache = $ENV{ZPCI_CACHE} // (($ENV{XDG_CACHE_HOME} // "$ENV{HOME}/.cache") . '/zpci');

# requires_kvm(QEMU...): the host, with these QEMUs, must have been made.
sub requires_kvm {
	my (@qemus) = @_;
	system('command -v hercules >/dev/null') == 0 or plan skip_all => 'no hercules';
	for my $name ('base.cpio', map { "qemu-$_.cpio" } grep { $_ ne 'none' } @qemus) {
		-e "$cache/kvm/$name"
		    or plan skip_all => "no KVM host; `./zpci-lab kvm --qemu @qemus' makes one";
	}
}

# kvm([options], command...): { out, err, status, seconds }. What the lab says while it makes
# something is not in err.
sub kvm {
	my ($options, @command) = @_;
	my $errors = File::Temp->new;
	my $began = time;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>', $errors->filename or die;
		exec 'timeout', '-k', 10, 1200, './zpci-lab', 'kvm', @$options, '--', @command
		    or die "exec: $!";
	}
	local $/;
	my $text = <$out> // '';
	close $out;
	my $status = $? >> 8;
	my $err = KernelLog::slurp($errors->filename);
	diag("status $status, standard output:\n$text\nstandard error:\n$err") if $ENV{ZPCI_TALK};
	$err =~ s/^zpci-lab: (?!kvm: ).*\n|^ +\d+ s  .*\n//mg;
	return { out => $text, err => $err, status => $status, seconds => time - $began };
}

# What starts a guest in the host: QEMU with these options. All of the guest's storage is there
# before it starts, as Hercules gives the host's write protection to the guest. The console's
# output is standard output.
sub kvm_guest {
	return 'qemu-system-s390x -M s390-ccw-virtio,accel=kvm,memory-backend=ram -cpu host -m 256 '
	    . '-object memory-backend-ram,id=ram,size=256M,prealloc=on '
	    . '-nodefaults -display none -no-reboot -chardev stdio,id=console '
	    . "-device sclpconsole,chardev=console @_";
}

1;
