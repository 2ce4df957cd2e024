#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What `./zpci-lab check` counts, and what it shows of a job that failed (zpci/lab/check.sh).

. "$(dirname "$0")/tool/tap.sh"
source=${srcdir:-$(dirname "$0")/..}

. "$source/zpci/lab/check.sh"

# `make check VERBOSE=yes': if a test fails, test-suite.log stands in the log, before the summary.
cat >"$tap_folder/automake" <<'LOG'
ok 1 - first
PASS: tests/one.t 1 - first
not ok 2 - second
FAIL: tests/one.t 2 - second
ok 3 - third # SKIP no machine
SKIP: tests/one.t 3 - third # SKIP no machine
ERROR: tests/one.t - exited with status 1
==================================
   zpci 0.1.0: ./test-suite.log
==================================

# TOTAL: 4
# PASS:  1
# SKIP:  1
# XFAIL: 0
# FAIL:  1
# XPASS: 0
# ERROR: 1

.. contents:: :depth: 2

ok 1 - first
PASS: tests/one.t 1 - first
# of the first
not ok 2 - second
FAIL: tests/one.t 2 - second
# got      1
# expected 2
ok 3 - third # SKIP no machine
============================================================================
Testsuite summary for zpci 0.1.0
============================================================================
# TOTAL: 4
# PASS:  1
# SKIP:  1
# XFAIL: 0
# FAIL:  1
# XPASS: 0
# ERROR: 1
============================================================================
See ./test-suite.log
============================================================================
LOG
is "$(check_count_automake "$tap_folder/automake")" "1 2 1" "make check: each test counts once"
is "$(check_failures "$tap_folder/automake")" "    not ok 2 - second
    FAIL: tests/one.t 2 - second
    not ok 2 - second
    FAIL: tests/one.t 2 - second
    # got      1
    # expected 2" "make check: the failed test, and what it said"

cat >"$tap_folder/tap" <<'LOG'
tests/guest/one.t ..
ok 1 - first
# of the first
not ok 2 - second
# got      1
# expected 2
not ok 3 - third # TODO one day
ok 4 - fourth # skip no machine
1..4
LOG
is "$(check_count_tap "$tap_folder/tap")" "1 1 1" "prove: each test counts once"
is "$(check_failures "$tap_folder/tap" | head -n 3)" "    not ok 2 - second
    # got      1
    # expected 2" "prove: the failed test, and what it said"

printf '#!/bin/sh\necho "1..0 # SKIP %s"\n' "no machine" >"$tap_folder/whole.t"
printf '#!/bin/sh\necho "# a word before"\necho "1..0 # SKIP %s"\n' "no machine" >"$tap_folder/late.t"
chmod +x "$tap_folder"/*.t
prove -v "$tap_folder/whole.t" "$tap_folder/late.t" >"$tap_folder/prove"
is "$?" 0 "prove: nothing can run: status"
is "$(check_count_tap "$tap_folder/prove")" "0 0 2" "prove: nothing can run: each file counts once"
done_testing
