#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The pages of `make html`: each text and each manual page is one, no link is dead, and names of
# pages are links. The page of the matrix is one that is given.

. "$(dirname "$0")/tap.sh"
srcdir=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
for program in mandoc cmark-gfm perl; do
	command -v $program >/dev/null || skip_all "no $program"
done
site=$tap_folder/html

perl "$srcdir/doc/site/build" "$srcdir" "$site" 1.2.3 >"$tap_folder/got" 2>&1
ok $? "the pages are made"
empty "$tap_folder/got" "without a word"
(cd "$srcdir" && ls man/*.[1-9] doc/*.md | sed 's/\.md$//; s/$/.html/') | sort >"$tap_folder/expected"
(cd "$site" && ls man/*.html doc/*.html | grep -v man/index) | sort >"$tap_folder/got"
same "$tap_folder/got" "$tap_folder/expected" "each manual page and each chapter is a page"
perl "$srcdir/tests/links.pl" "$site" >"$tap_folder/got" 2>&1
empty "$tap_folder/got" "no link is dead, and each page can be reached"
grep -rLE '<meta name="viewport" .*initial-scale=1' "$site" --include='*.html' >"$tap_folder/got"
empty "$tap_folder/got" "all pages fit small screens"
grep -rlE 'href="[^":]*\.md"|<script|src="http' "$site" --include='*.html' >"$tap_folder/got"
empty "$tap_folder/got" "no page has a script, or the name of a source"
like "$(cat "$site/index.html")" '<a href="man/zpci-run.1.html">zpci-run\(1\)</a>' \
	"a manual page is linked in a text"
like "$(cat "$site/index.html")" '<a href="doc/README.html">doc/README.md</a>' \
	"a text is linked in a text"
like "$(cat "$site/man/zpci-run.1.html")" 'href="zpci.conf.5.html"' "a manual page is linked in another"
grep -rhoE '>(lib)?zpci[a-z0-9_.-]*</[a-z]*>\([1-9]\)' "$site/man" >"$tap_folder/got"
empty "$tap_folder/got" "in manual pages all of them are"
like "$(cat "$site/index.html")" "^kernel's no_command_memory +1 +0\$" "the table of the demo"
like "$(cat "$site/style.css")" "prefers-color-scheme: dark" "dark pages"
like "$(cat "$site/matrix.html")" "zpci-lab guest" "without a matrix the page says how to make one"

# A matrix of one page.
{
	echo '<!DOCTYPE html><html><head><title>m</title><style>.observed{color:red}</style></head>'
	echo '<body><h1 id="top">The matrix</h1><a href="#top">up</a></body></html>'
} >"$tap_folder/matrix.html"
perl "$srcdir/doc/site/build" "$srcdir" "$site" 1.2.3 "$tap_folder/matrix.html"
like "$(cat "$site/matrix.html")" '<h1 id="top">The matrix</h1>' "with a matrix it is there"
is "$(cat "$site/matrix.css")" ".observed{color:red}" "and its style"
perl "$srcdir/tests/links.pl" "$site" >"$tap_folder/got" 2>&1
empty "$tap_folder/got" "and still no link is dead"

# What is looked for is found.
rm "$site/man/zpci-run.1.html"
sed -i 's/id="try-it"/id="other"/; s|</main>|<a href="mailto:x">x</a><h2 id="other"></h2></main>|' \
	"$site/index.html"
touch "$site/alone.html"
perl "$srcdir/tests/links.pl" "$site" >"$tap_folder/got" 2>&1
for found in "^man/zpci.1.html: there is no zpci-run.1.html\$" "^index.html: #try-it has no such anchor\$" \
	"^index.html: there is no mailto:x\$" "^index.html: the anchor other is there twice\$" \
	"^alone.html: no page links to it\$"; do
	like "$(cat "$tap_folder/got")" "$found" "a dead link is found: ${found//[\^\$]/}"
done
done_testing
