#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bin/zpci: when it builds, and that what it starts is as if started by the caller. It runs in a
# small tree with a lab that writes down that it was asked; then the program of this build does.

. "$(dirname "$0")/tap.sh"
source=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
build=$PWD
tree=$tap_folder/tree log=$tap_folder/log
export ZPCI_CACHE=$tap_folder/cache

mkdir -p "$tree"/{bin,include/zpci,zpci/lab/kernel,zpci/tool} "$tap_folder/elsewhere/a b" || exit 1
cp "$source/bin/zpci" "$tree/bin" && cp "$source/zpci/lab/common.sh" "$tree/zpci/lab" || exit 1
touch -d '1 hour ago' "$tree"/{configure.ac,Makefile.am,run.in,zpci/tool/main.c,zpci/lab/any.sh} \
	"$tree/zpci/lab/kernel/guest.config"
find "$tree" -type d -exec touch -d '1 hour ago' {} +

# The lab: what it builds runs the command that it gets. It fails with $LAB_STATUS. It reads
# standard input, which is not meant for it, and waits for $LAB_WAIT. It begins and ends a build as
# the real one does.
cat >"$tree/zpci-lab" <<'LAB'
#!/bin/bash
ZPCI_SOURCE=$(dirname "$0")
. "$ZPCI_SOURCE/zpci/lab/common.sh"
echo "lab $*" >>"$LAB_LOG"
cat >/dev/null
[ -z "${LAB_WAIT:-}" ] || read -r <"$LAB_WAIT"
build() {
	say "building"
	[ -z "${LAB_STATUS:-}" ] || return "$LAB_STATUS"
	# Times of files have steps of some milliseconds.
	[ -z "${LAB_TOUCH:-}" ] ||
		until [ "$LAB_TOUCH" -nt "$(build_folder native).began" ]; do touch "$LAB_TOUCH"; done
	rm -rf "$(build_folder native)"
	mkdir -p "$(build_folder native)"
	printf '#!/bin/sh\nshift\nexec "$@"\n' >"$(build_folder native)/run"
	chmod +x "$(build_folder native)/run"
}
build_tool build
LAB
chmod +x "$tree/zpci-lab"
export LAB_LOG=$log

# zpci ARGUMENT...: sets $status, $out, $err, and $built: how often the lab was asked.
zpci() {
	: >"$log"
	status=0
	out=$("$tree/bin/zpci" "$@" 2>"$tap_folder/err") || status=$?
	err=$(cat "$tap_folder/err")
	built=$(grep -cx 'lab build' "$log")
}

zpci echo once
is "$status $out $built" "0 once 1" "missing: it is built, and runs"
is "$err" "zpci-lab: building" "missing: progress is on standard error"
zpci echo twice
is "$status $out $built $err" "0 twice 0 " "built: it runs, and nothing else happens"

for what in zpci/tool/main.c include/zpci configure.ac run.in zpci/lab/kernel/guest.config; do
	touch "$tree/$what"
	zpci echo
	is "$built" 1 "$what is newer: it is built"
done
zpci echo
is "$built" 0 "and then not again"
touch "$tree/run.in"
(cd / && "$tree/zpci-lab" build </dev/null >/dev/null)
zpci echo
is "$built" 0 "the lab has built it: nothing is built"
touch "$tree/run.in"
LAB_TOUCH=$tree/configure.ac zpci echo
zpci echo
is "$built" 1 "a source is written while it is built: it is built again"
touch "$tree/zpci/lab/any.sh" "$tree/bin" "$tree/zpci-lab"
zpci echo
is "$built" 0 "a part of the lab is newer: nothing is built"
rm "$tree/zpci/tool/main.c"
zpci echo
is "$built" 1 "a source is gone: it is built"

touch "$tree/run.in"
LAB_STATUS=1 zpci echo no
is "$status $out" "125 " "the build fails: status 125, and nothing runs"
LAB_STATUS=130 zpci echo no
is "$status" 130 "the build is interrupted: its status"
zpci echo
is "$built" 1 "after a failed build: it is built"
is "$(find "$ZPCI_CACHE/build" -type f ! -name native.lock -printf '%f\n' | sort | xargs)" "run zpci-built" \
	"no file of a build is left"

# --- as if started by the caller ----------------------------------------------------------------

zpci printf '<%s>' "a b" "" $'c\nd' '*'
is "$out" $'<a b><><c\nd><*>' "arguments"
zpci sh -c 'exit 37'
is "$status" 37 "exit status"
zpci sh -c 'kill -TERM $$'
is "$status" 143 "a signal"
is "$(printf 'x\ny' | "$tree/bin/zpci" cat)" $'x\ny' "standard input"
touch "$tree/run.in"
is "$(echo kept | "$tree/bin/zpci" cat 2>&1)" $'zpci-lab: building\nkept' \
	"standard input is not read by the build"
out=$(bash -c 'echo $$; exec "$1" sh -c "echo \$\$"' - "$tree/bin/zpci")
is "${out%%$'\n'*}" "${out##*$'\n'}" "the process is the caller's child"
ln -s "$tree/bin/zpci" "$tap_folder/elsewhere/link"
is "$(cd "$tap_folder/elsewhere/a b" && ../link pwd)" "$tap_folder/elsewhere/a b" \
	"by a link, in the caller's folder"
is "$(cd "$tap_folder/elsewhere" && PATH=$tree/bin:$PATH command zpci pwd)" \
	"$tap_folder/elsewhere" "by PATH"

# --- two at once --------------------------------------------------------------------------------

# until_true COMMAND...: for ten seconds at most.
until_true() {
	local end=$((SECONDS + 10)) never
	exec {never}<> <(:)
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		read -r -t 0.05 -u "$never" || true
	done
}
# proc_locks(5): an arrow stands before who waits.
is_waited_for() {
	grep -q -- "-> FLOCK .*:$(stat -c %i "$1") " /proc/locks
}
touch "$tree/run.in"
mkfifo "$tap_folder/wait"
: >"$log"
LAB_WAIT=$tap_folder/wait "$tree/bin/zpci" echo first >"$tap_folder/first" 2>&1 &
first=$!
until_true test -s "$log"
"$tree/bin/zpci" echo second >"$tap_folder/second" 2>&1 &
second=$!
until_true is_waited_for "$ZPCI_CACHE"/build/*/native.lock
ok $? "two at once: the second one waits"
echo >"$tap_folder/wait"
wait $first $second
is "$(cat "$tap_folder/first" "$tap_folder/second")" $'zpci-lab: building\nfirst\nsecond' \
	"two at once: one builds, both run"

# --- no folder for it ---------------------------------------------------------------------------

out=$(env -u ZPCI_CACHE -u XDG_CACHE_HOME -u HOME "$tree/bin/zpci" echo 2>&1)
is "$? $out" "125 zpci-lab: neither HOME nor ZPCI_CACHE is set: say a folder for downloads and builds by ZPCI_CACHE=FOLDER" \
	"HOME is unset"
out=$(ZPCI_CACHE=/proc/zpci "$tree/bin/zpci" echo 2>&1)
is "$? $out" "125 zpci-lab: nothing can be written to the cache folder /proc/zpci (No such file or directory): name another one by ZPCI_CACHE=FOLDER" \
	"a cache folder that cannot be made"

# --- the real one -------------------------------------------------------------------------------

if [ -x "$build/run" ] && [ -x "$build/zpci/tool/zpci" ]; then
	folder=$(ZPCI_SOURCE=$source bash -c '. "$1/zpci/lab/common.sh"; build_folder native' - "$source")
	mkdir -p "$folder"
	printf '#!/bin/sh\nexec "%s/run" "$@"\n' "$build" >"$folder/run"
	chmod +x "$folder/run"
	touch "$folder/zpci-built"
	is "$("$source/bin/zpci" --version 2>&1)" "$("$build/run" zpci --version)" "zpci of this build"
	"$source/bin/zpci" describe --function null,vf=1 >"$tap_folder/got" 2>&1
	"$build/run" zpci describe --function null,vf=1 >"$tap_folder/expected" 2>&1
	same "$tap_folder/got" "$tap_folder/expected" "zpci describe of this build"
else
	skip "zpci of this build" "this build has no zpci"
fi
done_testing
