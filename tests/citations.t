#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What comments, tests and pages cite of the zPCI reference (doc/) is there, and its sections are in
# order. citations.pl looks for it. It is tried on a small tree first, whose every fault it must
# name.

set -eu

. "$(dirname "$0")/tap.sh"

srcdir=${srcdir:-$(dirname "$0")/..}
citations=$(cd "$srcdir" && pwd)/tests/citations.pl

if ! command -v perl >/dev/null; then
	skip_all 'perl is not there'
fi

work=$tap_folder/tree

mkdir -p "$work/doc" "$work/zpci" "$work/tests/model"
cat >"$work/doc/README.md" <<'END'
[0. Words](00-words.md) [1. Loads](01-loads.md) [3. Gone](03-gone.md)
END
cat >"$work/doc/00-words.md" <<'END'
# 0. Words
## 0.1 Handle
See chapter 1, sections 1.0 and 1.7.
## 0.3 Skipped
## 0.1 Twice
END
cat >"$work/doc/01-loads.md" <<'END'
# 1. Loads
## 1.0 All
### 1.0.1 Codes
## 1.1 Load
Order of checks:
| 6a | length |
* **Conflict 1.** Both.
1. First.
### 1.2 Level
END
cat >"$work/doc/02-new.md" <<'END'
# 4. Of another number, and not in the index
END
cat >"$work/zpci/code.c" <<'END'
/* Good: reference 0.1, 1.0.1 and 1.1 check 6a, step 1; conflict 1 of reference 1.1; Linux 6.12,
 * PCIe 5.0 9.3, "ref 1.1 order of checks", counted by reference; reference
 * 1.1. */
int bad_numbers; /* reference 1.4, 1.1 to
		  * 1.9 and 7 */
int bad_parts; /* ref 1.1 checks 6a and 6b, reference 1.0 order of checks */
int bad_edges; // Reference
// 1.8; conflict 2 of reference 1.1
END
cat >"$work/tests/model/model.c" <<'END'
// SPDX-License-Identifier: GPL-2.0-or-later
/* As in 1.1, and section 0. */
double number = 1.5; /* 1.6 */
END
cat >"$work/expected" <<'END'
doc/00-words.md:4: section 0.3 comes after 0.1
doc/00-words.md:5: section 0.1 is also at doc/00-words.md:2
doc/00-words.md:5: section 0.1 comes after 0.3
doc/01-loads.md:9: the heading of section 1.2 has level 3
doc/02-new.md:1: chapter 4 is not the next one
doc/02-new.md:1: chapter 4 is in a file of another number
doc/02-new.md:1: the index has no line for it
doc/README.md: there is no 03-gone.md
doc/00-words.md:3: there is no section 1.7
tests/model/model.c:3: there is no section 1.6
zpci/code.c:4: there is no section 1.4
zpci/code.c:4: there is no section 1.9
zpci/code.c:4: there is no section 7
zpci/code.c:6: section 1.1 has no check 6b
zpci/code.c:6: section 1.0 has no order of checks
zpci/code.c:8: there is no section 1.8
zpci/code.c:8: section 1.1 has no conflict 2
END
same "$work/expected" <(perl "$citations" "$work" | sed '$d') 'each fault of a small tree is named'

# file:line of each that does not resolve
status=0
perl "$citations" "$srcdir" >"$tap_folder/found" || status=1
ok $status "$(tail -n 1 "$tap_folder/found") resolve" || sed 's/^/# /' "$tap_folder/found"
done_testing
