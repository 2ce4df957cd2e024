#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Dynamic address translation of our instructions' operands beside that of QEMU's CPU.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Bare;
use Test::More;

requires_bare('dat');

bare_tap('translation', 'dat', append => 'fid=0x1021', functions => ['probe:vf=1:fid=0x1021']);

done_testing();
