#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The bare-metal runtime: a program tests its parts, with a function of ours and without the plugin,
# and ends in each possible way.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bare;
use Test::More;

requires_bare('selftest');

my $words = 'word=value number=0x1f';
my ($text, $status);

$text = bare_tap('without plugin', 'selftest', append => $words, plugin => 0);
like($text, qr/^# -7    42\|42   \|000be 123456789abcdef text c %$/m, 'formats');
bare_tap(
	'with a function', 'selftest',
	append => "$words fid=0x1021",
	functions => ['probe:vf=3:fid=0x1021']);
bare_tap('2 GiB', 'selftest', append => $words, plugin => 0, qemu => [ '-m', '4G' ]);

($text, $status) = bare('selftest', append => 'exit=0', plugin => 0);
is($status, 0, 'status 0');
($text, $status) = bare('selftest', append => 'exit=3', plugin => 0);
like($text, qr/^# exit 3$/m, 'status 3 is said');
is($status, 1, 'and fails');
($text, $status) = bare('selftest', append => 'die', plugin => 0);
like($text, qr/^Bail out! as it was told$/m, 'a message at the end');
is($status, 1, 'fails');
($text, $status) = bare('selftest', append => 'loose', plugin => 0);
like($text, qr/^Bail out! program interruption 0x0006 at 0x/m,
	'a program interruption that nobody wants');
is($status, 1, 'fails');

done_testing();
