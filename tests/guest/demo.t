#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The table in README is what `zpci-lab demo' prints, but for the kernel's version.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest
ZPCI_SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
export ZPCI_SOURCE ZPCI_FILES=$ZPCI_SOURCE/zpci
. "$ZPCI_SOURCE/zpci/lab/common.sh"
. "$ZPCI_SOURCE/zpci/lab/demo.sh"

status=0
(set -e && demo_show 100 "$zpci" inspect --timeout 300) >"$tap_folder/out" || status=$?
is "$status" 0 "zpci-lab demo: the guest is as expected"
sed '/^$/d; s/^Linux .*/Linux/' "$tap_folder/out" >"$tap_folder/seen"
# The block of lines around it, which end where a line is not indented.
awk '/^    / { block = block $0 "\n"; next } /^$/ { next }
	{ if (block ~ /no_command_memory/) exit; block = "" } END { printf "%s", block }' \
	"$ZPCI_SOURCE/README.md" | sed 's/^    //; s/^Linux .*/Linux/' >"$tap_folder/written"
[ -s "$tap_folder/written" ]
ok $? "README has the table"
same "$tap_folder/written" "$tap_folder/seen" "README: the table is as printed"
done_testing
