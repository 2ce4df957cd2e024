# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# All tests, each once, and at the end their sum.
#
# The work is a list of jobs: a build with its tests, or one file of guest tests. As many jobs run
# at once as there are processors, and each keeps about one processor busy: make has one job only,
# and a guest is one thread most of the time. So no processor is idle while one job configures,
# links or waits. The list has the longest jobs first; the short ones at its end fill the gaps.
#
# Each job has a log of its own. A job that fails does not stop the others. Tests are counted one by
# one; a job without tests to count (manual pages, format) counts as one.

check_passed=0
check_failed=0
check_skipped=0

# check_add TITLE SECONDS PASSED FAILED SKIPPED
check_add() {
	check_passed=$((check_passed + $3))
	check_failed=$((check_failed + $4))
	check_skipped=$((check_skipped + $5))
	say "$1: $3 passed, $4 failed, $5 skipped in $2 s"
}

# Sums one of the lines of automake's summaries, such as `# PASS:  12`. If a test fails, the same
# lines stand at the head of test-suite.log, which is in the log as well.
check_sum() {
	awk -v key="$1" '/^Testsuite summary for / { summary = 1 } /^See / { summary = 0 }
		summary && $1 == "#" && $2 == key ":" { n += $3 } END { print n + 0 }' "$2"
}

# check_count_KIND LOG STATUS: prints how many tests passed, failed and were skipped.

# `make check'
check_count_automake() {
	echo "$(($(check_sum PASS "$1") + $(check_sum XFAIL "$1")))" \
		"$(($(check_sum FAIL "$1") + $(check_sum XPASS "$1") + $(check_sum ERROR "$1")))" \
		"$(check_sum SKIP "$1")"
}

# `prove -v'
check_count_tap() {
	local skipped whole
	skipped=$(grep -ciE '^ok [0-9]+.*# *skip' "$1" || true)
	# Files of which nothing can run here.
	whole=$(grep -cE '^([^ ]+ \.\.+ )?skipped: ' "$1" || true)
	echo "$(($(grep -cE '^ok [0-9]+' "$1" || true) - skipped))" \
		"$(grep -E '^not ok [0-9]+' "$1" | grep -cviE '# *todo' || true)" \
		"$((skipped + whole))"
}

# One thing that passes or fails.
check_count_whole() {
	if [ "$2" -eq 0 ]; then echo 1 0 0; else echo 0 1 0; fi
}

# check_failures LOG: the failed tests with what they say, or nothing.
check_failures() {
	awk '/^not ok / { print; said = 1; next } /^(FAIL|ERROR|PASS|ok)/ { said = /^FAIL/ && said }
		said && /^(#|FAIL)/' "$1" | head -n 60 | sed 's/^/    /'
}

# --- the jobs --------------------------------------------------------------------------------

# In the order in which they start.
check_kinds=()
check_titles=()
check_commands=()

# check_plan KIND TITLE COMMAND...
check_plan() {
	check_kinds+=("$1")
	check_titles+=("$2")
	check_commands+=("$(printf '%q ' "${@:3}")")
}

check_log() {
	log_of "${check_titles[$1]}"
}

# check_done JOB SECONDS STATUS: counts the tests of a job that has ended. A job without a test to
# count has failed, whatever its status is: its log is not what we think. A job that failed without
# a failed test counts as one.
check_done() {
	local log counts status=$3
	log=$(check_log "$1")
	read -r -a counts < <("check_count_${check_kinds[$1]}" "$log" "$status") || true
	[ ${#counts[@]} -eq 3 ] || counts=(0 0 0)
	[ "${counts[*]}" != "0 0 0" ] || status=1
	[ "$status" -eq 0 ] || [ "${counts[1]}" -gt 0 ] || counts[1]=1
	check_add "${check_titles[$1]}" "$2" "${counts[@]}"
	[ "$status" -ne 0 ] || return 0
	check_failures "$log"
	step_failed "$log"
}

# The running jobs by their process IDs, and when each began. At its end a job writes its process ID
# to the pipe $check_ended.
declare -A check_job=() check_began=()
check_ended=

# A process group of its own for each, so that an interrupt ends all of it. The shells end after the
# commands for which they wait.
check_start() {
	set -m
	{
		status=0
		trap : TERM
		(
			trap : TERM
			# Of all processors a job has one.
			# shellcheck disable=SC2317 # called by what follows
			processors() { echo 1; }
			eval "${check_commands[$1]}"
		) >"$(check_log "$1")" 2>&1 </dev/null || status=$?
		echo "$BASHPID" >&"$check_ended"
		exit "$status"
	} &
	set +m
	check_job[$!]=$1
	check_began[$!]=$SECONDS
}

# check_end PID: of a job that was found gone before its line came out of the pipe, it is called
# twice.
check_end() {
	local status=0
	[ -n "${check_job[$1]-}" ] || return 0
	wait "$1" || status=$?
	step_clear
	check_done "${check_job[$1]}" $((SECONDS - check_began[$1])) "$status"
	unset "check_job[$1]"
}

check_progress() {
	local job titles=
	for job in "${check_job[@]}"; do
		titles+="${titles:+, }${check_titles[$job]}"
		[ -t 1 ] || step_show "${check_titles[$job]}: $(step_last "$(check_log "$job")")"
	done
	[ ! -t 1 ] || step_show "$titles"
}

# Waits until a job ends, or shows progress. A job that was killed did not write to the pipe.
check_wait() {
	local pid pause=30
	[ ! -t 1 ] || pause=1
	if read -r -t "$pause" -u "$check_ended" pid; then
		check_end "$pid"
		return
	fi
	for pid in "${!check_job[@]}"; do
		kill -0 "$pid" 2>/dev/null || check_end "$pid"
	done
	check_progress
}

# Ends all jobs, and waits for them: they use build folders that a next check will use, and `zpci
# run' gives QEMU 10 s to end. Interrupted once more, it does not wait.
check_stop() {
	local pid
	trap - INT TERM HUP EXIT
	for pid in "${!check_job[@]}"; do
		kill -TERM -- "-$pid" 2>/dev/null || true
	done
	wait || true
}

check_run() {
	local next=0
	say "running ${#check_titles[@]} jobs, $(processors) at once ..."
	exec {check_ended}<> <(:)
	trap 'check_stop; exit 130' INT TERM HUP
	trap check_stop EXIT
	while [ "$next" -lt "${#check_titles[@]}" ] || [ "${#check_job[@]}" -gt 0 ]; do
		if [ "$next" -lt "${#check_titles[@]}" ] &&
			[ "${#check_job[@]}" -lt "$(processors)" ]; then
			check_start "$next"
			next=$((next + 1))
		else
			check_wait
		fi
	done
	trap - INT TERM HUP EXIT
}

# --- builds and their tests ------------------------------------------------------------------

# check_make BUILD [OPTION...]: without what runs in a guest, which is the same in each build. With
# VERBOSE, make prints the logs of tests that failed.
check_make() {
	local name=$1
	shift
	build_all "$name" --enable-werror S390X_CC=no "$@" &&
		make -C "$(build_folder "$name")" -j "$(processors)" -k check VERBOSE=yes AM_COLOR_TESTS=no
}

# --- s390x: a big-endian build, run by qemu-user --------------------------------------------

# With the C library that they were built for. It may be newer than the cross compiler's.
check_s390x_packages=(
	libcmocka-dev libcmocka0 libinih-dev libinih1 libjson-c-dev libjson-c5 libc6 libgcc-s1
)

# What is built with the system's cross compiler runs with this release's C library or a later one.
check_s390x_suites() {
	case $(apt_system_release) in
	bookworm) printf '%s\n' bookworm trixie testing ;;
	trixie) printf '%s\n' trixie testing ;;
	*) return 1 ;;
	esac
}

check_s390x_download() {
	apt_try s390x s390x "$@" -- printf '%s\n' "${check_s390x_packages[@]}" &&
		apt_unpack "$ZPCI_CACHE/s390x/root"
}

check_s390x_root() {
	local made suites
	suites=$(check_s390x_suites) || return 1
	made="$suites ${check_s390x_packages[*]}"
	! stamp_is "$ZPCI_CACHE/s390x/complete" "$made" || return 0
	# shellcheck disable=SC2086 # words
	apt_step "getting libraries for s390x" s390x check_s390x_download $suites &&
		stamp_write "$ZPCI_CACHE/s390x/complete" "$made"
}

# The test programs are linked with the library's parts, so that they are programs that the emulator
# can start, and not libtool's scripts.
check_s390x() {
	local root=$ZPCI_CACHE/s390x/root libraries emulator
	libraries=$root/usr/lib/s390x-linux-gnu
	emulator=$(command -v qemu-s390x-static || command -v qemu-s390x) || {
		echo "no qemu-s390x: install qemu-user-static or qemu-user"
		return 1
	}
	export PKG_CONFIG_LIBDIR=$libraries/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
	# A later cmocka deprecates some of what the tests use.
	build_all s390x --enable-werror --host=s390x-linux-gnu \
		CFLAGS="-g -O2 -Wno-error=deprecated-declarations" \
		CPPFLAGS="-I$root/usr/include" \
		LDFLAGS="-L$libraries -Wl,-rpath-link,$libraries,--allow-shlib-undefined" || return 1
	QEMU_LD_PREFIX=$root \
		QEMU_SET_ENV="LD_LIBRARY_PATH=$(build_folder s390x)/.libs:$libraries" \
		make -C "$(build_folder s390x)" -j "$(processors)" -k check VERBOSE=yes AM_COLOR_TESTS=no \
		LOG_COMPILER="$emulator"
}

# --- the others ------------------------------------------------------------------------------

# `make distcheck' builds the tarball's files in a folder of their own, with the C library's checks
# that distributions switch on, and runs all unit tests there. The tests do not run in the native
# build as well, because the files are the same.
check_distribution() {
	make -C "$(build_folder native)" -j "$(processors)" distcheck VERBOSE=yes AM_COLOR_TESTS=no \
		DISTCHECK_CONFIGURE_FLAGS="--enable-werror --disable-assertions CPPFLAGS=-D_FORTIFY_SOURCE=2" &&
		check_complete
}

# The tarball must have all files that git has, except git's own.
check_complete() {
	local folder missing
	folder=$(build_folder native)
	git -C "$ZPCI_SOURCE" rev-parse 2>/dev/null || return 0
	make -C "$folder" distdir >/dev/null || return 1
	missing=$(cd "$folder"/zpci-*/ && git -C "$ZPCI_SOURCE" ls-files ':!.git*' |
		while read -r file; do [ -e "$file" ] || echo "$file"; done)
	rm -rf "$folder"/zpci-*/
	[ -z "$missing" ] || {
		echo "not in the tarball:" "$missing"
		return 1
	}
}

# Another version would format differently.
check_formatter() {
	local program
	for program in clang-format-14 clang-format; do
		if "$program" --version 2>/dev/null | grep 'version 14\.' >/dev/null; then
			echo "$program"
			return
		fi
	done
	return 1
}

# Each target runs some seconds, to see that it works and finds nothing at once. `make fuzz' runs
# longer.
check_fuzz() {
	build_all fuzz --enable-werror --enable-fuzz --disable-qemu S390X_CC=no CFLAGS="-O1 -g" &&
		make -C "$(build_folder fuzz)" fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-5}" \
			FUZZ_JOBS="$(processors)"
}

check_format() {
	(cd "$ZPCI_SOURCE" && find include zpci tests examples -name '*.[ch]' -print0 |
		xargs -0 "$(check_formatter)" --dry-run -Werror)
}

# Only `check --long' runs these. They take minutes, and other kernels must be fetched and built.
check_long=
check_long_tests="host host-shell iommufd kernels second"

# Kernels and the second level's guest; each is made once and kept.
check_kernels() {
	local name
	for name in oldstable newest; do
		lab_kernel get "$name" || return 1
	done
	for name in iov no-iov patched iommufd; do
		lab_kernel build "$name" || return 1
	done
	lab_second
	(machine_lock && host_make)
}

check_mutants() {
	perl "$ZPCI_SOURCE/tests/kvm/mutants.pl" --jobs "$(processors)"
}

# `run` sets the paths of the uninstalled tree.
check_guest() {
	cd "$ZPCI_SOURCE" && "$(build_folder native)/run" prove -v "$1"
}

# Guest tests of half a minute and more, the longest first.
check_guest_first="host-attach kvm-resets kvm-host probe hotplug resets bare-reset together events tool-end errors"

check_plan_guests() {
	local name file
	for name in $check_guest_first; do
		check_plan tap "guest test $name" check_guest "tests/guest/$name.t"
	done
	for file in "$ZPCI_SOURCE"/tests/guest/*.t; do
		name=$(basename "$file" .t)
		case " $check_guest_first $([ -n "$check_long" ] || echo "$check_long_tests") " in
		*" $name "*) ;;
		*) check_plan tap "guest test $name" check_guest "tests/guest/$name.t" ;;
		esac
	done
}

# The tests that start libvirtd, with that of another Debian.
check_libvirt() {
	local tests
	mapfile -t tests < <(grep -l '^libvirtd_requires' "$ZPCI_SOURCE"/tests/host/*.t)
	cd "$(build_folder native)" &&
		LIBVIRTD_ROOT=$ZPCI_CACHE/libvirt/root ./run prove -v "${tests[@]}"
}

# lab_check [--long]
lab_check() {
	case "${1:-}" in
	"") ;;
	--long)
		check_long=1
		export ZPCI_CHECK_LONG=1 # the tests may use the guests made below
		;;
	*) die "check takes --long or nothing, but got \`$1'" ;;
	esac
	lab_build
	lab_qemu
	lab_guest
	[ -z "$check_long" ] || (check_kernels) || check_add "other kernels" 0 0 1 0
	(lab_selftest) || say "without Linux's selftest of KVM one test is skipped"
	qemu_too_old || say "without a QEMU that is too old one test is skipped"
	if (lab_libvirt); then
		check_plan tap "tests with another libvirt" check_libvirt
	else
		check_add "tests with another libvirt" 0 0 1 0
	fi
	if [ "$(dpkg --print-architecture)" = amd64 ]; then
		(kvm_make 7.2 newest) || check_add "KVM host" 0 0 1 0
	else
		say "without an amd64 machine tests in the KVM host are skipped"
	fi
	# Without libvirt, whose driver for tests destroys a locked mutex; zpci host has no threads.
	check_plan automake "unit tests under the thread sanitizer" check_make threads \
		--enable-sanitizers=thread --without-libvirt
	if check_s390x_root; then
		check_plan automake "unit tests on big-endian s390x" check_s390x
	else
		check_add "unit tests on big-endian s390x" 0 0 1 0
	fi
	check_plan automake "unit tests under sanitizers" check_make sanitize --enable-sanitizers
	check_plan automake "unit tests and make distcheck" check_distribution
	check_plan tap "fuzz targets" check_fuzz
	[ -z "$check_long" ] || check_plan tap "mutants of the fake /dev/kvm" check_mutants
	check_plan_guests
	if [ -n "$check_long" ]; then
		if (deps_lists=(packages.debian) && lab_deps); then
			check_plan whole "Debian packages" check_package
		else
			check_add "Debian packages" 0 0 1 0
		fi
	fi
	[ -z "$check_long" ] || check_plan whole "coverage of the unit tests" check_coverage
	if check_formatter >/dev/null; then
		check_plan whole "source format" check_format
	else
		say "source format: needs clang-format 14, not checked"
	fi
	check_run
	[ -z "$check_long" ] || check_coverage_table
	[ "$check_skipped" -eq 0 ] || say "$check_skipped skipped; the logs say why"
	[ -n "$check_long" ] || say "not run: guest tests $check_long_tests, the twenty resets of tests/guest/resets.t, mutants of the fake /dev/kvm, Debian packages; \`check --long' does"
	echo "$check_passed passed, $check_failed failed"
	[ "$check_failed" -eq 0 ]
}
