#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The options that --help prints and those in the manual pages are the same.

. "$(dirname "$0")/tap.sh"

man=${srcdir:-$(dirname "$0")/../..}/man
[ -r "$man/zpci-run.1" ] || man=$(dirname "$0")/../../man

options_of_help() {
	# shellcheck disable=SC2086 # a command can be two words
	"$zpci" help $1 | sed -n 's/^  --\([a-z-]*\).*/\1/p' | sort
}

# The list entries; the synopsis is looked at on its own.
options_of_manual() {
	sed -n 's/^\.It Fl -\([a-z-]*\).*/\1/p' "$@" | sort
}

options_of_synopsis() {
	sed -n 's/^\.Op Fl -\([a-z-][a-z-]*\).*/\1/p' "$1" | sort
}

[ -n "$(options_of_help run)" ]
ok $? "zpci help run lists options"
is "$(options_of_help run)" "$(options_of_manual "$man/zpci-run.1")" "zpci-run(1) and --help"
is "$(options_of_help run | grep -vx help)" "$(options_of_synopsis "$man/zpci-run.1")" \
	"zpci-run(1): synopsis"
is "$(options_of_help inspect)" \
	"$(options_of_manual "$man/zpci-run.1" "$man/zpci.1" | grep -vxE 'exec|name|share|copy|network|gdb|dry-run|quiet|second-level')" \
	"zpci(1), zpci-run(1) and zpci help inspect"
is "$(options_of_help describe)" "$(options_of_manual "$man/zpci-describe.1")" \
	"zpci-describe(1) and --help"
is "$(options_of_help describe | grep -vx help)" \
	"$(options_of_synopsis "$man/zpci-describe.1")" \
	"zpci-describe(1): synopsis"
is "$(options_of_help matrix)" "$(options_of_manual "$man/zpci-matrix.1")" \
	"zpci-matrix(1) and --help"
is "$(options_of_help matrix | grep -vx help)" "$(options_of_synopsis "$man/zpci-matrix.1")" \
	"zpci-matrix(1): synopsis"
is "$(options_of_help ctl)" "$(options_of_manual "$man/zpci-ctl.1")" "zpci-ctl(1) and --help"
is "$(options_of_help ctl | grep -vx help)" "$(options_of_synopsis "$man/zpci-ctl.1")" \
	"zpci-ctl(1): synopsis"
is "$("$zpci" help ctl | sed -n '1s/^usage: zpci ctl \([a-z|]*\) .*/\1/p' | tr '|' '\n' | sort)" \
	"$(sed -n '/^\.Ss Commands/,/^\.Ss Options/s/^\.It Cm \([a-z]*\).*/\1/p' "$man/zpci-ctl.1" | sort)" \
	"zpci-ctl(1): commands"
# A page of `zpci host' has several commands, and some of its entries are of several options.
mapfile -t host_commands < <("$zpci" help | sed -n 's/^  \(host [a-z]*\)  .*/\1/p')
for command in "${host_commands[@]}"; do
	mapfile -t pages < <(grep -lx "\.Nm zpci $command" "$man"/zpci-host*.1)
	is "${#pages[@]}" 1 "$command has one page" || continue
	is "$(options_of_help "$command" | grep -vx help)" \
		"$(sed -n "/^\.Nm zpci $command\$/,/^\.\(Nm zpci\|Sh\)/s/^\.Op Fl -\([a-z-][a-z-]*\).*/\1/p" \
			"${pages[0]}" | sort)" "$(basename "${pages[0]}"): synopsis of $command"
done
for page in "$man"/zpci-host-*.1; do
	mapfile -t commands < <(sed -n 's/^\.Nm zpci \(host .*\)/\1/p' "$page")
	is "$(for command in "${commands[@]}"; do options_of_help "$command"; done | sort -u)" \
		"$(sed -n '/^\.It Fl/s/^\.It //p' "$page" | grep -o 'Fl -[a-z-]*' |
			cut -d - -f 2- | sort -u)" "$(basename "$page") and --help"
done
while read -r command; do
	like "$(cat "$man/zpci.1")" "^\.It Cm $command\$" "zpci(1) describes $command"
done < <("$zpci" help | sed -n '/^  host /d; s/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p')
for command in "${host_commands[@]#host }"; do
	like "$(cat "$man/zpci-host.1")" "^\.It Cm (.* )?$command( ,.*)?\$" \
		"zpci-host(1) names $command"
done
done_testing
