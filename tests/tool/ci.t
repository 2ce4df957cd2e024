#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# examples/ci: the files parse, what they name exists, their options are those of the tool, and
# examples/ci/run does what its head says. Its lab and its zpci are scripts here, the latter with
# the real program behind it.

# shellcheck disable=SC2016 # expressions of Perl

. "$(dirname "$0")/tap.sh"

source=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
ci=$source/examples/ci

# --- the files

if perl -MYAML::XS -e 1 2>/dev/null; then
	# yaml FILE EXPRESSION: prints what the expression of Perl makes of the file, $y.
	yaml() {
		perl -MYAML::XS=LoadFile -e 'my $y = LoadFile($ARGV[0]);
			my $value = eval $ARGV[1]; die $@ if $@;
			print map { "$_\n" } ref $value ? @$value : $value' "$ci/$1" "$2"
	}

	yaml action.yml '$y->{runs}{using}' >"$tap_folder/using"
	is "$(cat "$tap_folder/using")" composite "action.yml: a composite action"
	used=$(grep -oE 'inputs\.[a-z-]+' "$ci/action.yml" | sort -u | sed 's/inputs\.//')
	is "$used" "$(yaml action.yml '[ sort keys %{$y->{inputs}} ]')" "action.yml: inputs, each used"
	is "$(grep -oE 'steps\.cache\.outputs\.[a-z]+' "$ci/action.yml" | sed 's/.*\.//' | sort -u | xargs)" \
		"$(yaml action.yml '$y->{runs}{steps}[0]{run}' | grep -oE 'echo "[a-z]+=' | tr -cd 'a-z\n' |
			sed 's/^echo//' | sort | xargs)" "action.yml: what the first step gives"
	is "$(yaml action.yml '[ grep { !exists $_->{shell} && exists $_->{run} } @{$y->{runs}{steps}} ]')" "" \
		"action.yml: each command has a shell, as composite actions must"
	is "$(yaml action.yml '[ sort keys %{$y->{runs}{steps}[2]{env}} ]' | xargs)" \
		"$(sed -n 's/^#   \(ZPCI_[A-Z]*\) .*/\1/p' "$ci/run" | sort | xargs)" \
		"action.yml: sets what examples/ci/run reads"
	yaml workflow.yml '[ map { "$_->{uses}" } grep { $_->{uses} } @{$y->{jobs}{matrix}{steps}} ]' \
		>"$tap_folder/uses"
	like "$(cat "$tap_folder/uses")" "^OWNER/zpci/examples/ci@" "workflow.yml: uses the action"
	is "$(yaml workflow.yml '[ grep { !/^(kernels|options)$/ }
		map { keys %{$_->{with}} } grep { ($_->{uses} // "") =~ /zpci/ } @{$y->{jobs}{matrix}{steps}} ]')" "" \
		"workflow.yml: inputs of the action"
	is "$(yaml gitlab.yml '[ sort keys %$y ]')" .zpci-matrix "gitlab.yml: a hidden job"
	# As GitLab's runner does: both scripts in one shell. Apt and git are scripts here.
	mkdir -p "$tap_folder/gitlab/bin" "$tap_folder/gitlab/tmp" "$tap_folder/gitlab/from/examples/ci"
	printf '#!/bin/sh\n' >"$tap_folder/gitlab/bin/apt-get"
	printf '#!/bin/sh\nfor to; do :; done\necho "git $*"\ncp -r "$FROM/." "$to"\n' >"$tap_folder/gitlab/bin/git"
	printf '#!/bin/sh\necho "run $0"\n' >"$tap_folder/gitlab/from/examples/ci/run"
	chmod +x "$tap_folder/gitlab/bin"/* "$tap_folder/gitlab/from/examples/ci/run"
	yaml gitlab.yml '[ map { @{$y->{".zpci-matrix"}{$_}} } "before_script", "script" ]' >"$tap_folder/gitlab/script"
	for job in first second; do
		PATH=$tap_folder/gitlab/bin:$PATH FROM=$tap_folder/gitlab/from TMPDIR=$tap_folder/gitlab/tmp \
			ZPCI_REF=main ZPCI_REPOSITORY=https://zpci.example/zpci.git \
			bash -e "$tap_folder/gitlab/script" >"$tap_folder/gitlab/$job"
	done
	like "$(xargs <"$tap_folder/gitlab/first")" \
		"^git clone .*--branch main .*https://zpci.example/zpci.git ($tap_folder/gitlab/tmp/[^/]*) run \\1/examples/ci/run$" \
		"gitlab.yml: runs examples/ci/run of a clone"
	[ "$(cat "$tap_folder/gitlab/first")" != "$(cat "$tap_folder/gitlab/second")" ]
	ok $? "gitlab.yml: each job has a folder of its own"
	is "$(yaml gitlab.yml '[ grep { !/^ZPCI_(REPOSITORY|REF)$/ } sort keys %{$y->{".zpci-matrix"}{variables}} ]' |
		xargs)" "ZPCI_CACHE ZPCI_KERNELS ZPCI_OPTIONS ZPCI_RESULTS" "gitlab.yml: what examples/ci/run reads"
	is "$(yaml gitlab.yml '[ $y->{".zpci-matrix"}{artifacts}{reports}{junit}, @{$y->{".zpci-matrix"}{artifacts}{paths}} ]' | xargs)" \
		'$ZPCI_RESULTS/junit.xml $ZPCI_RESULTS' "gitlab.yml: the results are where they are written"
	yaml action.yml '[ map { $_->{run} // () } @{$y->{runs}{steps}} ]' >"$tap_folder/scripts"
	yaml workflow.yml '[ map { $_->{run} // () } @{$y->{jobs}{matrix}{steps}} ]' >>"$tap_folder/scripts"
	yaml gitlab.yml '[ map { @{$y->{".zpci-matrix"}{$_}} } "before_script", "script" ]' >>"$tap_folder/scripts"
	bash -n "$tap_folder/scripts"
	ok $? "the commands are bash"
	# The kernel of the example has what the manual asks for.
	sed -n '/^\.Ss A kernel of your own/,/^\.Ss [^A]/p' "$source/man/zpci-matrix.1" |
		sed -n 's/^\.Dv CONFIG_\([A-Z0-9_]*\).*/\1/p' | sort >"$tap_folder/manual"
	yaml workflow.yml '[ map { $_->{run} // () } @{$y->{jobs}{matrix}{steps}} ]' |
		sed -n '/for option in/,/do$/p' | grep -oE '[A-Z][A-Z0-9_]{2,}' | grep -vx VFIO | sort >"$tap_folder/example"
	same "$tap_folder/manual" "$tap_folder/example" "workflow.yml: the options of zpci-matrix(1)"
else
	skip 1 "no parser for YAML (package libyaml-libyaml-perl)"
fi

# --- examples/ci/run

tree=$tap_folder/tree
mkdir -p "$tree/examples/ci" "$tree/bin" "$tap_folder/job"
cp "$ci/run" "$tree/examples/ci"
cat >"$tree/zpci-lab" <<'LAB'
#!/bin/sh
echo "$*" >>"$LOG"
[ "$1" != "${LAB_FAILS:-}" ]
LAB
cat >"$tree/bin/zpci" <<'TOOL'
#!/bin/sh
[ -z "${ZPCI_STATUS:-}" ] || { echo "the table"; exit "$ZPCI_STATUS"; }
for argument; do
	echo "[$argument]" >>"$LOG"
done
exec "$REAL" "$@" --qemu nonexistent-qemu
TOOL
chmod +x "$tree/zpci-lab" "$tree/bin/zpci"
export LOG=$tap_folder/log REAL=$zpci

# job: sets $status, $out, $log
job() {
	: >"$LOG"
	status=0
	out=$(cd "$tap_folder/job" && "$tree/examples/ci/run" 2>&1) || status=$?
	log=$(xargs <"$LOG")
}

job
like "$out" "no nonexistent-qemu in PATH" "run: the tool knows all options"
is "$status" 125 "run: the status of the tool"
is "$log" "build qemu guest [matrix] [--junit] [zpci-results/junit.xml] [--html] [zpci-results/matrix.html] [--json] [zpci-results/matrix.json]" \
	"run: what the lab makes, and the results"
[ -e "$tap_folder/job/zpci-results/matrix.txt" ]
ok $? "run: the text is a file as well"
ZPCI_KERNELS=$'a/bzImage\n\nb c/bzImage\n' ZPCI_OPTIONS="--smp 1,4  --memory 1G" ZPCI_RESULTS=elsewhere job
like "$log" "guest \[matrix\] \[--kernel\] \[a/bzImage\] \[--kernel\] \[b c/bzImage\] \[--smp\] \[1,4\] \[--memory\] \[1G\] \[--junit\] \[elsewhere/junit.xml\]" \
	"run: kernels, options and results"
like "$out" "^zpci: .*a/bzImage: No such file|no nonexistent-qemu in PATH" "run: which the tool takes"
for code in 0 1 125; do
	rm -f "$tap_folder/summary"
	ZPCI_STATUS=$code GITHUB_STEP_SUMMARY=$tap_folder/summary job
	is "$status $out" "$code the table" "run: status $code is passed on, after the table"
	is "$(xargs <"$tap_folder/summary")" '``` the table ```' "run: status $code, the summary of GitHub"
done
LAB_FAILS=qemu job
is "$status $log" "1 build qemu" "run: it ends where the lab fails"
done_testing
