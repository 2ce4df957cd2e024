# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Other kernels for the guest: those that Debian serves, and small ones of our own
# (kernel-build.sh). Each becomes a folder under $ZPCI_CACHE/guest as guest.sh describes it,
# and gets a link of its short name, so that `zpci run --guest NAME' takes it.
#
# A suite can lack a kernel (apt.sh): testing has none for s390x at times, and old packages go. So
# each suite is asked separately, and the lab says why a suite has none.

# Short name, and the suite as mirrors call it. The lab knows its stable release by name.
kernel_suites=(
	"oldstable bookworm"
	"stable trixie"
	"backports trixie-backports"
	"testing testing"
	"unstable unstable"
	"experimental experimental"
)
# `newest' is the highest version of these; experimental has release candidates.
kernel_released='^(stable|backports|testing|unstable)$'

kernel_usage() {
	{
		echo "usage: $(lab_name) kernel list"
		echo "       $(lab_name) kernel get NAME         newest ${kernel_suites[*]%% *}, or a version"
		echo "       $(lab_name) kernel build [VARIANT]  $(kernel_variants | tr '\n' ' ')"
	} >&2
	exit 2
}

# kernel_suite NAME: the suite of a short name, or the name itself if it is a suite's.
kernel_suite() {
	local entry
	for entry in "${kernel_suites[@]}"; do
		if [ "${entry%% *}" = "$1" ] || [ "${entry##* }" = "$1" ]; then
			echo "${entry##* }"
			return
		fi
	done
	return 1
}

kernel_short() {
	local entry
	for entry in "${kernel_suites[@]}"; do
		[ "${entry##* }" != "$1" ] || echo "${entry%% *}"
	done
}

# The kernel's version, of the packages on standard input.
kernel_version() {
	sed -n '1s/^linux-image-//p'
}

# Lines of NAME, SUITE, VERSION, PACKAGE-VERSION; or NAME, SUITE, `-', and the reason.
kernel_offers() {
	local entry name suite version
	for entry in "${kernel_suites[@]}"; do
		name=${entry%% *}
		suite=${entry##* }
		if apt_lists kernel s390x "$suite" >/dev/null &&
			version=$(guest_kernel_packages | kernel_version); then
			printf '%s\t%s\t%s\t%s\n' "$name" "$suite" "$version" \
				"$(apt_version "linux-image-$version")"
		else
			printf '%s\t%s\t-\t%s\n' "$name" "$suite" "$(cat "$apt_folder/why")"
		fi
		rm -f "$apt_folder"/cache/*pkgcache.bin # 80 MB, made again in a second
	done
}

# The guests in the cache that are Debian's kernels, by release.
kernel_present() {
	local file version
	for file in "$ZPCI_CACHE"/guest/*/release; do
		[ -r "$file" ] || continue
		[ ! -L "${file%/release}" ] || continue
		version=${file%/release}
		version=${version##*/}
		[ "$(cat "$file")" != "$version" ] || echo "$version"
	done
}

kernel_list() {
	local offers name suite version package here
	mkdir -p "$ZPCI_CACHE/log"
	offers=$ZPCI_CACHE/log/kernel-offers
	kernel_offers >"$offers.new" && mv "$offers.new" "$offers"
	printf '%-13s %-17s %-24s %-22s %s\n' NAME SUITE VERSION PACKAGE HERE
	while IFS=$'\t' read -r name suite version package; do
		here=no
		[ ! -e "$ZPCI_CACHE/guest/$version/release" ] || here=yes
		[ "$version" != - ] || here=
		printf '%-13s %-17s %-24s %-22s %s\n' "$name" "$suite" "$version" "$package" "$here"
	done <"$offers"
	for version in $(kernel_present); do
		cut -f 3 "$offers" | grep -xF "$version" >/dev/null ||
			printf '%-13s %-17s %-24s %-22s %s\n' - - "$version" \
				"not offered by any suite now" yes
	done
	for name in $(kernel_variants); do
		here=no
		[ ! -e "$ZPCI_CACHE/guest/small-$name/release" ] || here=yes
		printf '%-13s %-17s %-24s %-22s %s\n' "small-$name" "(built here)" \
			"$(cat "$ZPCI_CACHE/guest/small-$name/release" 2>/dev/null || echo -)" \
			"kernel build $name" "$here"
	done
}

# The lister of apt_try: the packages of this release's kernel, or nothing if its guest is here.
kernel_packages() {
	local packages version
	packages=$(guest_kernel_packages) || return 1
	version=$(kernel_version <<<"$packages")
	[ -e "$ZPCI_CACHE/guest/$version/release" ] || echo "$packages"
}

# kernel_download NAME SUITE...: the kernel of the first suite that can be downloaded becomes the
# guest NAME. The packages are unpacked to a folder of their own, of which guest_collect keeps a
# part.
kernel_download() {
	local name=$1 version root=$ZPCI_CACHE/kernel/root
	shift
	apt_try kernel s390x "$@" -- kernel_packages || return 1
	version=$(guest_kernel_packages | kernel_version)
	if [ ! -e "$ZPCI_CACHE/guest/$version/release" ]; then
		apt_unpack "$root" && guest_collect "$root" "$version" || return 1
		rm -rf "$root"
	fi
	for name in "$(kernel_short "${apt_folder##*/}")" "$name"; do
		[ "$name" = "$version" ] || ln -sfn "$version" "$ZPCI_CACHE/guest/$name"
	done
}

# kernel_suites_of NAME: the suites that have it, the best first. NAME is `newest' or a version.
# Says of each other suite why it has none.
kernel_suites_of() {
	local wanted=$1 name suite version package
	while IFS=$'\t' read -r name suite version package; do
		if [ "$version" = - ]; then
			say "$name ($suite): $package" >&2
		elif [ "$version" = "$wanted" ] ||
			[[ $wanted == newest && $name =~ $kernel_released ]]; then
			printf '%s\t%s\n' "$package" "$suite"
		fi
	done < <(kernel_offers) | sort -Vrs -k 1,1 | cut -f 2
}

kernel_get() {
	local name=$1 suites='' here version
	# A version becomes a folder's name.
	[[ $name =~ ^[A-Za-z0-9][A-Za-z0-9.+~-]*$ ]] || kernel_usage
	guest_programs_get
	if suites=$(kernel_suite "$name"); then
		name=$(kernel_short "$suites")
	elif [[ ! $name =~ ^([0-9].*|newest)$ ]]; then
		kernel_usage
	fi
	here=$ZPCI_CACHE/guest/$name/release
	# A guest whose name is a version does not change.
	if [[ ! ($name =~ ^[0-9] && -e $here) ]]; then
		[ -n "$suites" ] || suites=$(kernel_suites_of "$name")
		# shellcheck disable=SC2086 # a list
		if [ -n "$suites" ] &&
			apt_step "getting Debian's kernel $name" kernel kernel_download "$name" $suites; then
			:
		elif [ -e "$here" ]; then
			say "taking the kernel $name that was fetched before"
		else
			die "no kernel $name can be had now; \`$(lab_name) kernel list' shows what there is"
		fi
	fi
	version=$(cat "$here")
	guest_finish "$version"
	say "guest with Linux $version: $ZPCI_CACHE/guest/$name; zpci run --guest $name"
}

lab_kernel() {
	case "${1:-list} $#" in
	"list 0" | "list 1") kernel_list ;;
	"get 2") kernel_get "$2" ;;
	"build 1") kernel_build iov ;;
	"build 2") kernel_build "$2" ;;
	*) kernel_usage ;;
	esac
}
