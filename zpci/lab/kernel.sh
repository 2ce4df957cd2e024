# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Other kernels for the guest: those that Debian serves, and small ones of our own
# (kernel-build.sh). Each becomes a folder under $ZPCI_CACHE/guest as guest.sh describes it,
# and gets a link of its short name, so that `zpci run --guest NAME' takes it.
#
# Nobody can count on a suite: a mirror in the middle of its own update serves lists that do
# not match, testing can have no kernel for s390x, and old packages go. So each suite is
# asked on its own, quickly, and what it did not give is said with the reason.

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
		echo "usage: zpci-lab kernel list"
		echo "       zpci-lab kernel get NAME         newest ${kernel_suites[*]%% *}, or a version"
		echo "       zpci-lab kernel build [VARIANT]  $(kernel_variants | tr '\n' ' ')"
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

# kernel_update SUITE: its lists in a private apt, whose configuration is printed. Two tries:
# the next suite may do as well.
kernel_update() {
	local conf log try
	conf=$(apt_private "kernel-$1" s390x "$1") || return 1
	# Six suites' lists are kept to be asked again: compressed.
	echo 'Acquire::GzipIndexes "true";' >>"$conf"
	log=${conf%/*}/update.log
	for try in 1 2; do
		if APT_CONFIG=$conf apt-get -q -o Acquire::Retries=1 -o APT::Update::Error-Mode=any \
			update >"$log" 2>&1; then
			touch "${conf%/*}/lists-complete"
			echo "$conf"
			return 0
		fi
		echo "$1: try $try failed" >>"$log"
	done
	rm -f "${conf%/*}/lists-complete"
	return 1
}

# kernel_why SUITE: the reason that kernel_update failed, from apt's messages.
kernel_why() {
	local log=$ZPCI_CACHE/apt/kernel-$1/update.log
	if grep -qE 'does not have a Release file|404 +Not Found' "$log" 2>/dev/null; then
		echo "gone: the mirror does not have $1 for s390x"
	elif grep -qE 'unexpected size|Hash Sum mismatch|Mirror sync' "$log" 2>/dev/null; then
		echo "not now: the mirror is in the middle of its own update, its lists do not match"
	else
		echo "not reachable: $(grep '^E:' "$log" 2>/dev/null | head -n 1 | cut -c 1-120 || true)"
	fi
}

# Lines of NAME, SUITE, VERSION, PACKAGE-VERSION; or NAME, SUITE, `-', and the reason.
kernel_offers() {
	local entry name suite conf image version
	for entry in "${kernel_suites[@]}"; do
		name=${entry%% *}
		suite=${entry##* }
		if ! conf=$(kernel_update "$suite"); then
			printf '%s\t%s\t-\t%s\n' "$name" "$suite" "$(kernel_why "$suite")"
			continue
		fi
		image=$(guest_kernel_packages "$conf" 2>/dev/null | head -n 1 || true)
		if [ -z "$image" ]; then
			printf '%s\t%s\t-\t%s\n' "$name" "$suite" "gone: no kernel for s390x"
			continue
		fi
		version=$(APT_CONFIG=$conf apt-cache show "$image" |
			sed -n 's/^Version: //p' | head -n 1)
		rm -f "${conf%/*}"/cache/*pkgcache.bin # 80 MB, made again in a second
		printf '%s\t%s\t%s\t%s\n' "$name" "$suite" "${image#linux-image-}" "$version"
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
		cut -f 3 "$offers" | grep -qxF "$version" ||
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

# kernel_newest: the suite with the highest version among those that answer.
kernel_newest() {
	local name suite version package best='' best_suite=''
	while IFS=$'\t' read -r name suite version package; do
		if [ "$version" = - ]; then
			say "$name ($suite): $package" >&2
		elif [[ $name =~ $kernel_released ]]; then
			if [ -z "$best" ] || dpkg --compare-versions "$package" gt "$best"; then
				best=$package
				best_suite=$suite
			fi
		fi
	done < <(kernel_offers)
	[ -n "$best_suite" ] || return 1
	echo "$best_suite"
}

# kernel_download CONF VERSION: into a folder of its own, of which guest_collect keeps a part.
kernel_download() {
	local conf=$1 version=$2 root=$ZPCI_CACHE/guest/$2/root packages
	packages=$(guest_kernel_packages "$conf") || return 1
	rm -rf "${conf%/*}"/cache/archives/*.deb "$root"
	mkdir -p "$root" || return 1
	# shellcheck disable=SC2086 # a list
	if ! (cd "${conf%/*}/cache/archives" &&
		APT_CONFIG=$conf apt-get -q download $packages); then
		echo "a package that the lists name is gone from the mirror, or not reachable"
		return 1
	fi
	apt_unpack "$conf" "$root" || return 1
	rm -rf "${conf%/*}"/cache/archives/*.deb
	guest_collect "$root" "$version" || return 1
	rm -rf "$root"
}

# kernel_link NAME VERSION: the short name.
kernel_link() {
	[ -z "$1" ] || ln -sfn "$2" "$ZPCI_CACHE/guest/$1"
	say "guest with Linux $2: $ZPCI_CACHE/guest/${1:-$2}; zpci run --guest ${1:-$2}"
}

# kernel_get_suite SUITE [NAME]: NAME is a second short name.
kernel_get_suite() {
	local suite=$1 name=${2:-} short conf version why
	short=$(kernel_short "$suite")
	if ! conf=$(kernel_update "$suite"); then
		why=$(kernel_why "$suite")
		version=$(readlink "$ZPCI_CACHE/guest/$short" || true)
		if [ -z "$version" ] || [ ! -e "$ZPCI_CACHE/guest/$version/release" ]; then
			die "$short ($suite): $why; \`zpci-lab kernel list' shows what there is"
		fi
		say "$short ($suite): $why; taking the one that was fetched before"
	else
		version=$(guest_kernel_packages "$conf" | head -n 1 || true)
		version=${version#linux-image-}
		[ -n "$version" ] || die "$short ($suite): gone: the suite has no kernel for s390x"
	fi
	if [ ! -e "$ZPCI_CACHE/guest/$version/release" ]; then
		step "getting Debian's kernel $version" kernel_download "$conf" "$version" ||
			die "$version could not be fetched"
	fi
	guest_finish "$version"
	[ -z "$name" ] || ln -sfn "$version" "$ZPCI_CACHE/guest/$name"
	kernel_link "$short" "$version"
}

# kernel_get_version VERSION: one that was fetched before, or that a suite has now.
kernel_get_version() {
	local wanted=$1 name suite version package seen='' why="gone from the mirror"
	if [ -e "$ZPCI_CACHE/guest/$wanted/release" ]; then
		guest_finish "$wanted"
		kernel_link "" "$wanted"
		return
	fi
	while IFS=$'\t' read -r name suite version package; do
		if [ "$version" = "$wanted" ]; then
			kernel_get_suite "$suite"
			return
		fi
		seen+="$name $version"
		if [ "$version" = - ]; then
			seen+=" ($package)"
			[[ $package == gone* ]] || why="in no suite that could be asked"
		fi
		seen+="; "
	done < <(kernel_offers)
	die "$wanted is $why: ${seen%; }"
}

kernel_get() {
	local name=$1 suite
	# A version becomes a folder's name.
	[[ $name =~ ^[A-Za-z0-9][A-Za-z0-9.+~-]*$ ]] || kernel_usage
	guest_programs_get
	if [ "$name" = newest ]; then
		suite=$(kernel_newest) || die "no suite that has a kernel could be reached"
		kernel_get_suite "$suite" newest
	elif suite=$(kernel_suite "$name"); then
		kernel_get_suite "$suite"
	elif [[ $name =~ ^[0-9] ]]; then
		kernel_get_version "$name"
	else
		kernel_usage
	fi
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
