# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# All tests, each suite once, and at the end their sum. A suite that fails does not stop the
# others. Suites of `make check` and of prove are counted test by test; a suite that has no
# tests of its own to count (distcheck, format) counts as one.

check_passed=0
check_failed=0
check_skipped=0

# check_add PASSED FAILED SKIPPED STATUS: a failure that no test stands for counts as one.
check_add() {
	local failed=$2
	if [ "$4" -ne 0 ] && [ "$failed" -eq 0 ]; then
		failed=1
	fi
	check_passed=$((check_passed + $1))
	check_failed=$((check_failed + failed))
	check_skipped=$((check_skipped + $3))
	say "    $1 passed, $failed failed, $3 skipped"
}

# Sums one of automake's summary lines, such as `# PASS:  12`.
check_sum() {
	awk -v key="$1" '$1 == "#" && $2 == key ":" { n += $3 } END { print n + 0 }' "$2"
}

# check_automake TITLE COMMAND...; the log's name is step's.
# shellcheck disable=SC2154
check_automake() {
	local status=0
	step "$@" || status=$?
	check_add "$(($(check_sum PASS "$step_log") + $(check_sum XFAIL "$step_log")))" \
		"$(($(check_sum FAIL "$step_log") + $(check_sum XPASS "$step_log") + \
			$(check_sum ERROR "$step_log")))" \
		"$(check_sum SKIP "$step_log")" "$status"
}

# check_tap TITLE COMMAND...: a run of `prove -v`.
check_tap() {
	local status=0 skipped
	step "$@" || status=$?
	skipped=$(grep -ciE '^ok [0-9]+.*# *skip' "$step_log" || true)
	check_add "$(($(grep -cE '^ok [0-9]+' "$step_log" || true) - skipped))" \
		"$(grep -E '^not ok [0-9]+' "$step_log" | grep -cviE '# *todo' || true)" \
		"$skipped" "$status"
}

# check_whole TITLE COMMAND...: one thing that passes or fails.
check_whole() {
	if step "$@"; then
		check_add 1 0 0 0
	else
		check_add 0 1 0 1
	fi
}

check_make() {
	local name=$1
	shift
	build_all "$name" --enable-werror "$@" &&
		make -C "$(build_folder "$name")" -j "$(processors)" -k check AM_COLOR_TESTS=no
}

# --- s390x: a big-endian build, run by qemu-user --------------------------------------------

# With their C library, which may be newer than the cross compiler's.
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

# No shared library, so that the test programs are what the emulator can start, not
# libtool's scripts.
check_s390x() {
	local root=$ZPCI_CACHE/s390x/root libraries emulator
	libraries=$root/usr/lib/s390x-linux-gnu
	emulator=$(command -v qemu-s390x-static || command -v qemu-s390x) || {
		echo "no qemu-s390x: install qemu-user-static or qemu-user"
		return 1
	}
	export PKG_CONFIG_LIBDIR=$libraries/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
	# A later cmocka deprecates some of what the tests use.
	build_all s390x --enable-werror --host=s390x-linux-gnu --disable-shared \
		CFLAGS="-g -O2 -Wno-error=deprecated-declarations" \
		CPPFLAGS="-I$root/usr/include" \
		LDFLAGS="-L$libraries -Wl,-rpath-link,$libraries,--allow-shlib-undefined" || return 1
	QEMU_LD_PREFIX=$root QEMU_SET_ENV="LD_LIBRARY_PATH=$libraries" \
		make -C "$(build_folder s390x)" -j "$(processors)" -k check AM_COLOR_TESTS=no \
		LOG_COMPILER="$emulator"
}

# --- the others ------------------------------------------------------------------------------

check_distribution() {
	# Its own checks run inside; the native suite has counted them.
	make -C "$(build_folder native)" -j "$(processors)" distcheck AM_COLOR_TESTS=no &&
		check_complete
}

# A tarball needs no git, and all that git has but git's own files.
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
		if "$program" --version 2>/dev/null | grep -q 'version 14\.'; then
			echo "$program"
			return
		fi
	done
	return 1
}

# A few seconds each: that they work, and that nothing is found at once. `make fuzz' is the long run.
check_fuzz() {
	build_all fuzz --enable-werror --enable-fuzz --disable-qemu CFLAGS="-O1 -g" &&
		make -C "$(build_folder fuzz)" fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-5}" \
			FUZZ_JOBS="$(processors)"
}

check_format() {
	(cd "$ZPCI_SOURCE" && find include zpci tests examples -name '*.[ch]' -print0 |
		xargs -0 "$(check_formatter)" --dry-run -Werror)
}

# Those that need kernels to be fetched and built, or minutes each: `check --long`.
check_long=
check_long_tests="tests/guest/iommufd.t tests/guest/kernels.t tests/guest/second.t"

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
}

check_manual() {
	(cd "$ZPCI_SOURCE" && mandoc -T lint -W warning man/*.[0-9])
}

# One run of prove for each file: what it prints to a log comes when it ends.
check_guest() {
	local file status=0
	cd "$ZPCI_SOURCE" || return 1
	for file in tests/guest/*.t; do
		case " $check_long_tests " in
		*" $file "*) [ -n "$check_long" ] || continue ;;
		esac
		# `run` sets the paths of the uninstalled tree.
		"$(build_folder native)/run" prove -v "$file" || status=1
		echo "$file: done"
	done
	return "$status"
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
	[ -z "$check_long" ] || (check_kernels) || check_add 0 1 0 1
	qemu_too_old || say "without a QEMU that is too old one test is skipped"
	check_automake "unit tests" check_make native
	check_automake "unit tests under sanitizers" check_make sanitize --enable-sanitizers
	check_automake "unit tests under the thread sanitizer" check_make threads --enable-sanitizers=thread
	if check_s390x_root; then
		check_automake "unit tests on big-endian s390x" check_s390x
	else
		check_add 0 0 0 1
	fi
	check_tap "fuzz targets" check_fuzz
	check_tap "guest tests" check_guest
	if [ -n "$check_long" ]; then
		check_whole "coverage of the unit tests" check_coverage
		check_coverage_table
	fi
	check_whole "make distcheck" check_distribution
	check_whole "manual pages" check_manual
	if check_formatter >/dev/null; then
		check_whole "source format" check_format
	else
		say "source format: needs clang-format 14, not checked"
	fi
	[ "$check_skipped" -eq 0 ] || say "$check_skipped skipped, for want of what the logs say"
	[ -n "$check_long" ] || say "not run: $check_long_tests, the twenty resets of tests/guest/resets.t; \`check --long' does"
	echo "$check_passed passed, $check_failed failed"
	[ "$check_failed" -eq 0 ]
}
