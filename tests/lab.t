#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How the lab downloads from mirrors that have holes (zpci/lab/apt.sh). The test has a mirror of its
# own on the loopback interface: three releases of small packages, which the test builds. And which
# command lines of `zpci-lab host' are refused; tests/guest/kvm-host.t has those of `zpci-lab kvm'.

. "$(dirname "$0")/tap.sh"
source=$(cd "$(dirname "$0")/.." && pwd)
for program in apt-get apt-cache apt-config dpkg-deb perl tar; do
	command -v $program >/dev/null || skip_all "no $program"
done

export ZPCI_SOURCE=$source ZPCI_FILES=$source/zpci ZPCI_CACHE=$tap_folder/cache
mirror=$tap_folder/mirror holes=$tap_folder/holes log=$tap_folder/log
mkdir "$ZPCI_CACHE" "$mirror"

# --- wrong command lines ------------------------------------------------------------------------

# refused MESSAGE ARGUMENT...
refused() {
	local message=$1
	shift
	status=0
	out=$("$source/zpci-lab" host "$@" 2>&1) || status=$?
	is "$status $out" "2 zpci-lab: host: $message" "refused: $*"
}
refused "no option \`--qemu'; \`zpci-lab host --help' lists them" --qemu 7.2 true
refused "--memory takes a number from 512 to 16384, but got \`256'" --memory 256 true
refused "--config: there is no readable \`/nowhere'" --config /nowhere true
refused "--file: \`there' is no absolute path in the host" --file "$0:there" true
refused "--timeout needs a value" --timeout
is "$(ls "$ZPCI_CACHE")" "" "refused: nothing was made"

# --- the mirror ---------------------------------------------------------------------------------

# package SUITE NAME VERSION [DEPENDS [FILE]]: each has a file that says where it is from.
package() {
	local tree=$tap_folder/package archive=$mirror/debian/pool/$1/$2_${3#*:}_all.deb
	rm -rf "$tree"
	mkdir -p "$tree/DEBIAN" "$tree/usr/share/$1" "${archive%/*}"
	echo "$3" >"$tree/usr/share/$1/$2"
	if [ -n "${5:-}" ]; then
		mkdir -p "$tree/${5%/*}"
		echo "$1" >"$tree/$5"
	fi
	printf '%s\n' "Package: $2" "Version: $3" "Architecture: all" "Maintainer: nobody <n@invalid>" \
		${4:+"Depends: $4"} "Description: of a test" >"$tree/DEBIAN/control"
	dpkg-deb -Znone --root-owner-group --build "$tree" "$archive" >/dev/null
}

# publish SUITE: the lists of what is in its pool.
publish() {
	local lists=$mirror/debian/dists/$1 archive architecture
	rm -rf "$lists"
	mkdir -p "$lists"
	for archive in "$mirror/debian/pool/$1"/*.deb; do
		dpkg-deb -f "$archive"
		echo "Filename: ${archive#"$mirror/debian/"}"
		echo "Size: $(stat -c %s "$archive")"
		printf 'SHA256: %s\n\n' "$(sha256sum <"$archive" | cut -d ' ' -f 1)"
	done >"$tap_folder/packages"
	for architecture in s390x "$(dpkg --print-architecture)"; do
		mkdir -p "$lists/main/binary-$architecture"
		cp "$tap_folder/packages" "$lists/main/binary-$architecture/Packages"
	done
	{
		printf '%s\n' "Origin: Debian" "Label: Debian" "Suite: $1" "Codename: $1" \
			"Components: main" "Architectures: s390x $(dpkg --print-architecture)" \
			"Date: $(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S UTC')" "SHA256:"
		for archive in "$lists"/main/*/Packages; do
			echo " $(sha256sum <"$archive" | cut -d ' ' -f 1) $(stat -c %s "$archive")" \
				"${archive#"$lists/"}"
		done
	} >"$lists/Release"
}

# kernel SUITE VERSION
kernel() {
	package "$1" linux-image-s390x "$2-1" "linux-image-$2-s390x"
	package "$1" "linux-image-$2-s390x" "$2-1" "" "boot/vmlinuz-$2-s390x"
}

kernel trixie 6.12.99
package trixie busybox-static 1:1.37
package trixie pciutils 1:3.13 libc6
package trixie libc6 2.41 "" lib/libc.so.6
package bookworm busybox-static 1:1.35
package bookworm pciutils 1:3.9 libc6
package bookworm libc6 2.36 "" lib/libc.so.6
kernel bookworm-backports 6.12.95
for suite in trixie bookworm bookworm-backports; do
	publish $suite
done

coproc server { exec perl "$source/tests/lab/mirror.pl" "$mirror" "$holes" "$log" 2>&1; }
pid=$server_PID
read -r port <&"${server[0]}"
[[ $port =~ ^[0-9]+$ ]] || skip_all "no server on the loopback interface: $port"
at=http://127.0.0.1:$port/debian

# --- the system, and the lab on it --------------------------------------------------------------

unset http_proxy HTTP_PROXY
export APT_CONFIG=$tap_folder/apt.conf
mkdir -p "$tap_folder"/system/{lists/partial,cache}
: >"$tap_folder/system/status"
echo "deb [trusted=yes] $at bookworm main" >"$tap_folder/system/sources.list"
cat >"$APT_CONFIG" <<CONF
APT::Architecture "s390x";
APT::Architectures { "s390x"; };
APT::Sandbox::User "$(id -un)";
Dir::State::lists "$tap_folder/system/lists";
Dir::State::status "$tap_folder/system/status";
Dir::Cache "$tap_folder/system/cache";
Dir::Etc::sourcelist "$tap_folder/system/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::parts "/dev/null";
Acquire::Languages { "none"; };
Acquire::http::Proxy "DIRECT";
Acquire::http::Pipeline-Depth "0";
CONF
apt-get -qq update >"$tap_folder/out" 2>&1 || {
	sed 's/^/# /' "$tap_folder/out"
	skip_all "apt does not read the mirror of this test"
}

# lab COMMAND...: with the lab's functions. Sets $status, $out, and $asked: the requests that the
# mirror got, without those for Release files. Where the lab would wait, it calls on_wait.
on_wait() {
	:
}
# shellcheck disable=SC2317
lab() {
	: >"$log"
	(
		set -euo pipefail
		for part in where common apt guest qemu kernel; do
			. "$source/zpci/lab/$part.sh"
		done
		apt_trust() {
			echo trusted=yes
		}
		apt_wait() {
			echo "waited $1"
			on_wait
		}
		"$@"
	) >"$tap_folder/out" 2>&1
	status=$?
	out=$(cat "$tap_folder/out" "$ZPCI_CACHE"/log/*.log 2>/dev/null)
	asked=$(sed -n 's|^\(... \)/debian/\(.*\)|\1\2|p' "$log" | grep -v Release)
	rm -rf "$ZPCI_CACHE/log"
}

guest() {
	apt_step "getting the guest" guest guest_download
}

# The releases whose packages are in the guest's root, and the C library in it.
root() {
	local root=$ZPCI_CACHE/guest/root
	[ -d "$root" ] || return
	(cd "$root/usr/share" && echo * "$(cat "$root/lib/libc.so.6")")
}

anew() {
	rm -rf "$ZPCI_CACHE"
	mkdir "$ZPCI_CACHE"
	printf '%s\n' "$@" >"$holes"
}

both="bookworm and bookworm-backports"
backports="from bookworm-backports at $at: linux-image-6.12.95-s390x 6.12.95-1"
bookworm="from bookworm at $at: busybox-static 1:1.35, pciutils 1:3.9"

anew
lab guest
is "$status" 0 "a whole mirror: status"
is "$(root)" "trixie trixie" "a whole mirror: the first release"
like "$out" \
	"^zpci-lab: from trixie at $at: busybox-static 1:1.37, pciutils 1:3.13, linux-image-6.12.99-s390x 6" \
	"a whole mirror: what came from where"
unlike "$asked" bookworm "a whole mirror: the second release was not asked"
is "$(ls "$ZPCI_CACHE/apt")" "" "a whole mirror: nothing is kept twice"

# The case of a mirror whose lists are whole, and files are gone.
anew pool/trixie/libc6
lab guest
is "$status" 0 "a file is gone: status"
is "$(root)" "bookworm bookworm-backports bookworm" "a file is gone: all is of the second release"
like "$out" "^zpci-lab: $bookworm\$" "a file is gone: what came from where"
like "$out" "^zpci-lab: $backports\$" "a file is gone: what came from backports"
like "$out" "^zpci-lab: not from trixie: 1 of its packages answers 404\$" "a file is gone: why"
is "$(grep -c '^404' <<<"$asked")" 1 "a file is gone: it was asked for once"
unlike "$out" waited "a file is gone: the lab does not wait"

anew pool/trixie/libc6 pool/trixie/pciutils pool/bookworm/libc6
lab guest
is "$status" 1 "gone from both: status"
is "$(root)" "" "gone from both: nothing is unpacked"
like "$out" "^zpci-lab: not from trixie: 2 of its packages answer 404\$" \
	"gone from both: why not the first"
like "$out" "^zpci-lab: not from $both: 1 of its packages answers 404\$" \
	"gone from both: why not the second"
unlike "$out" waited "gone from both: the lab does not wait"
# The first release has got a newer version meanwhile, and still a hole.
package trixie busybox-static 1:1.38
publish trixie
echo pool/trixie/libc6 >"$holes"
lab guest
is "$status" 0 "the second is mended: status"
is "$(root)" "bookworm bookworm-backports bookworm" "the second is mended: all is of the second"
is "$(grep pool/bookworm <<<"$asked")" "200 pool/bookworm/libc6_2.36_all.deb" \
	"the second is mended: only what was missing is fetched"
like "$out" "^zpci-lab: $bookworm\$" "the second is mended: what came before is said as well"

# Here the archive of an older version is left.
package trixie busybox-static 1:1.38 "" usr/share/older/file
publish trixie
anew pool/trixie/libc6 pool/bookworm/libc6
lab guest
package trixie busybox-static 1:1.39
publish trixie
echo pool/bookworm/libc6 >"$holes"
lab guest
is "$status" 0 "the first is mended: status"
is "$(grep pool <<<"$asked" | sort)" "200 pool/trixie/busybox-static_1.39_all.deb
200 pool/trixie/libc6_2.41_all.deb" "the first is mended: only what was missing is fetched"
is "$(root)" "trixie trixie" "the first is mended: all is of the first"
unlike "$out" "^zpci-lab: not from" "the first is mended: no reason of before is said"

anew dists/trixie/main
lab guest
is "$status" 0 "no list: status"
is "$(root)" "bookworm bookworm-backports bookworm" "no list: the second release"
like "$out" "^zpci-lab: not from trixie: 1 of its lists answers 404\$" "no list: why"

# A mirror in the middle of its own update: lists of now, and a Release file of before.
cp "$mirror/debian/dists/trixie/Release" "$tap_folder/before"
package trixie pciutils 1:3.14 libc6
publish trixie
cp "$mirror/debian/dists/trixie/Release" "$tap_folder/now"
cp "$tap_folder/before" "$mirror/debian/dists/trixie/Release"
anew
lab guest
is "$status" 0 "an update: status"
is "$(root)" "bookworm bookworm-backports bookworm" "an update: the second release"
like "$out" "^zpci-lab: not from trixie: not now: its lists do not match, the mirror is in the middle" \
	"an update: why"
unlike "$out" waited "an update: the lab does not wait if another release has all"

anew pool/bookworm/libc6
lab guest
is "$status" 1 "an update, and no other: status"
is "$(grep '^waited' <<<"$out" | tr '\n' ' ')" "waited 10 waited 20 " \
	"an update, and no other: it is waited for, and not for long"
is "$(grep -c '^404 pool' <<<"$asked")" 1 "an update, and no other: what is gone is asked for once"
anew pool/bookworm/libc6
on_wait() {
	cp "$tap_folder/now" "$mirror/debian/dists/trixie/Release"
}
lab guest
is "$status" 0 "the update ends: status"
is "$(root)" "trixie trixie" "the update ends: the first release"
like "$out" "^zpci-lab: not from $both: 1 of its packages answers 404\$" \
	"the update ends: why not the second"
unlike "$out" "^zpci-lab: not from trixie" "the update ends: no reason is given against the first"
is "$(grep -c waited <<<"$out")" 1 "the update ends: one wait"

# Other downloads that use the same functions.
package testing qemu-system-s390x 1:11.0.2+ds-1
package testing ipxe-qemu 2.0
package unstable qemu-system-s390x 1:11.1.3+ds-1 "" usr/bin/qemu-system-s390x
package unstable ipxe-qemu 2.0
kernel testing 7.2
kernel unstable 7.3
for suite in testing unstable; do
	publish $suite
done
qemu() {
	mkdir "$ZPCI_CACHE/qemu"
	apt_step "getting QEMU" qemu \
		qemu_download "$ZPCI_CACHE/qemu" qemu "${qemu_suites[@]}" -- qemu_packages
}
anew
lab qemu
is "$status" 0 "QEMU: status"
is "$(cat "$ZPCI_CACHE/qemu/root/usr/bin/qemu-system-s390x")" unstable "QEMU: of the third release"
like "$out" "not from testing: its QEMU is 11.0.2\+ds-1, but 11.1 is needed" "QEMU: why not the second"

# A guest is made of the kernel that can be had, not of the newest that is listed.
newest() {
	guest_collect() {
		mkdir -p "$ZPCI_CACHE/guest/$2"
		cp "$1/boot/vmlinuz-$2" "$ZPCI_CACHE/guest/$2/release"
	}
	mkdir -p "$ZPCI_CACHE/guest"
	# shellcheck disable=SC2046
	apt_step "getting the newest kernel" kernel kernel_download newest $(kernel_suites_of newest)
}
anew pool/unstable/linux-image-7
lab newest
is "$status" 0 "the newest kernel: status"
is "$(readlink "$ZPCI_CACHE/guest/newest" "$ZPCI_CACHE/guest/testing")" $'7.2-s390x\n7.2-s390x' \
	"the newest kernel: the one that can be had"
like "$out" "from testing at $at: linux-image-7.2-s390x 7.2-1" "the newest kernel: what came from where"
like "$out" "not from unstable: 1 of its packages answers 404" "the newest kernel: why not a newer one"
like "$out" "oldstable .*: gone: no kernel for s390x" "the newest kernel: who has none"
lab newest
unlike "$asked" "200 pool" "the newest kernel: is fetched once"

# The build dependencies, which only the system's own release has. In this test its apt-get fails.
deps() {
	. "$source/zpci/lab/deps.sh"
	local message=$1
	mkdir -p "$ZPCI_CACHE/log"
	deps_names() {
		echo nothing
	}
	as_root() {
		[ "${*: -1}" != update ] || return 0
		echo "install"
		echo "E: Failed to fetch http://mirror.invalid/nothing.deb  $message"
		return 100
	}
	deps_install
}
lab deps "404  Not Found [IP: 192.0.2.1 80]"
is "$status" 1 "a build dependency is gone: status"
is "$(grep -cx install "$tap_folder/out")" 1 "a build dependency is gone: it is asked for once"
like "$out" "does not have what its lists name" "a build dependency is gone: why"
lab deps "File has unexpected size (1 != 2). Mirror sync in progress?"
is "$status" 1 "build dependencies in an update: status"
is "$(grep -cx install "$tap_folder/out")" 3 "build dependencies in an update: asked for again"
is "$(grep '^waited' "$tap_folder/out" | tr '\n' ' ')" "waited 10 waited 20 " \
	"build dependencies in an update: waited for, and not for long"

# --- no network ---------------------------------------------------------------------------------

# The mirror's name has no address, or nothing listens there. Nothing is waited for.
sources=$tap_folder/system/sources.list
cp "$sources" "$sources.keep"
for where in "http://mirror.invalid/debian|no name resolution: mirror.invalid is not found; is this" \
	"http://127.0.0.1:1/debian|no connection to 127.0.0.1:1; is this machine online"; do
	echo "deb [trusted=yes] ${where%|*} bookworm main" >"$sources"
	rm -rf "$tap_folder"/system/lists/*
	apt_system_release() {
		echo bookworm
	}
	anew
	began=$SECONDS
	lab guest
	is "$status" 1 "offline, ${where%|*}: status"
	like "$out" "^zpci-lab: not from trixie: ${where#*|}" "offline, ${where%|*}: the words"
	unlike "$out" "waited|bookworm" "offline, ${where%|*}: nothing is waited for, or tried again"
	[ $((SECONDS - began)) -lt 60 ]
	ok $? "offline, ${where%|*}: in $((SECONDS - began)) s"
done
mv "$sources.keep" "$sources"

# offline_deps MESSAGE: apt-get update ends well, as apt calls these warnings.
offline_deps() {
	. "$source/zpci/lab/deps.sh"
	local message=$1
	mkdir -p "$ZPCI_CACHE/log"
	deps_missing() {
		echo nothing
	}
	id() {
		echo 0
	}
	as_root() {
		echo "E: Failed to fetch http://mirror.invalid/nothing.deb  $message"
		[ "${*: -1}" = update ]
	}
	lab_deps
}
anew
lab offline_deps "Temporary failure resolving 'mirror.invalid'"
is "$status" 1 "build dependencies offline: status"
like "$out" "^zpci-lab: packages could not be installed: nothing: no name resolution: mirror.invalid is" \
	"build dependencies offline: the words"
unlike "$out" waited "build dependencies offline: nothing is waited for"

# Who is not root, and has no sudo or is refused by it.
without_root() {
	. "$source/zpci/lab/deps.sh"
	deps_missing() {
		echo nothing
	}
	id() {
		echo 1000
	}
	"$@"
	lab_deps
}
without_sudo() {
	mkdir "$tap_folder/bin"
	ln -s /usr/bin/* "$tap_folder/bin"
	rm -f "$tap_folder/bin/sudo"
	PATH=$tap_folder/bin
}
refusing_sudo() {
	sudo() {
		echo "sudo: a password is required" >&2
		return 1
	}
}
lab without_root without_sudo
is "$status $out" "1 zpci-lab: these packages are missing, and there is no sudo: as root run \`apt-get install nothing'" \
	"no sudo"
lab without_root refusing_sudo
is "$status" 1 "sudo refuses: status"
like "$out" "^zpci-lab: these packages are missing, and sudo refused: as root run" "sudo refuses"

# --- the cache folder ---------------------------------------------------------------------------

# alone COMMAND...: the lab as a program.
alone() {
	status=0
	out=$("$@" 2>&1) || status=$?
}
alone env -u HOME -u XDG_CACHE_HOME -u ZPCI_CACHE "$source/zpci-lab" qemu
is "$status $out" "1 zpci-lab: neither HOME nor ZPCI_CACHE is set: say a folder for downloads and builds by ZPCI_CACHE=FOLDER" \
	"no HOME"
alone env -u HOME -u XDG_CACHE_HOME -u ZPCI_CACHE "$source/zpci-lab" clean
like "$status $out" "^1 zpci-lab: neither HOME nor ZPCI_CACHE is set" "no HOME: clean"
mkdir -p "$tap_folder/old"/{apt,build/x,run}
alone env ZPCI_CACHE="$tap_folder/old" "$source/zpci-lab" clean
[ ! -e "$tap_folder/old" ]
ok $? "clean: nothing is left" || find "$tap_folder/old"
mkdir -p "$tap_folder/old"/{apt,run} "$tap_folder/old/somebody's"
: >"$tap_folder/old/run/77.sock"
alone env ZPCI_CACHE="$tap_folder/old" "$source/zpci-lab" clean
is "$(cd "$tap_folder/old" && find . | sort | xargs -d '\n')" ". ./run ./run/77.sock ./somebody's" \
	"clean: sockets of guests are left, and what is not the lab's"
alone env -u HOME -u XDG_CACHE_HOME -u ZPCI_CACHE "$source/zpci-lab" help
is "$status" 0 "no HOME: help"
like "$out" "^The cache folder is not known: set HOME or ZPCI_CACHE" "no HOME: help says so"
alone env ZPCI_CACHE="$sources/cache" "$source/zpci-lab" guest
is "$status $out" "1 zpci-lab: nothing can be written to the cache folder $sources/cache (Not a directory): name another one by ZPCI_CACHE=FOLDER" \
	"a cache that cannot be made"

# Labs that begin at the same time.
labs=()
for _ in 1 2 3 4; do
	ZPCI_CACHE=$tap_folder/shared bash -c '
		ZPCI_SOURCE=$1
		. "$1/zpci/lab/common.sh"
		for i in {1..50}; do lab_cache_make; done' - "$source" &
	labs+=($!)
done >"$tap_folder/said" 2>&1
wait "${labs[@]}"
is "$(cat "$tap_folder/said")$(ls -A "$tap_folder/shared")" "" "a cache that several labs make"

# A disk of 256 KiB, in a namespace of its own.
small_disk() {
	unshare -rm bash -c 'mount -t tmpfs -o size=256k none "$1" && shift && "$@"' - "$ZPCI_CACHE" "$@"
}
fills() {
	cat >"$tap_folder/fills" <<-'FILLS'
		set -euo pipefail
		. "$1/zpci/lab/common.sh"
		step "filling" cp "$1/README.md" "$1/HACKING.md" "$1/NEWS.md" "$1/configure.ac" \
			"$1/Makefile.am" "$1/zpci-lab" "$1/doc/answers.md" "$ZPCI_CACHE"
	FILLS
	small_disk bash "$tap_folder/fills" "$source"
}
anew
if small_disk true 2>/dev/null; then
	alone fills
	is "$status" 1 "the disk is full: status"
	like "$out" "^zpci-lab: no space is left for $ZPCI_CACHE: make some, or name another folder by" \
		"the disk is full: the words"
	alone small_disk bash -c 'head -c 256K /dev/zero >"$ZPCI_CACHE/file"; shift; "$@"' - - \
		"$source/zpci-lab" guest
	is "$status $out" "1 zpci-lab: nothing can be written to the cache folder $ZPCI_CACHE (No space left on device): name another one by ZPCI_CACHE=FOLDER" \
		"the disk is full before the lab begins"
else
	skip "the disk is full" "no namespaces here"
fi

# --- progress, and an interrupt -----------------------------------------------------------------

cat >"$tap_folder/step" <<'STEP'
set -euo pipefail
. "$1/zpci/lab/common.sh"
shift
"$@"
STEP
text=$(printf '%0100d' 0)
if command -v script >/dev/null; then
	for columns in 40 140; do
		shown=$((columns < 77 ? columns - 11 : 66))
		out=$(script -qec "stty cols $columns; bash '$tap_folder/step' '$source' step_show $text" \
			/dev/null </dev/null | tr -d '\r')
		is "$(grep -o '0*$' <<<"$out" | head -n 1 | wc -c)" $((shown + 1)) \
			"a terminal of $columns columns: progress is not wider"
	done
else
	skip "progress on a terminal" "no script(1)"
fi

# A step that waits forever, and its child. Both get a name that can be looked for: a folder.
mkfifo "$tap_folder/never"
interrupted() {
	perl -e '$SIG{INT} = "DEFAULT"; setpgrp; exec @ARGV' bash "$tap_folder/step" "$source" step \
		"waiting" bash -c 'cat "$1" & echo begun >"$1.begun"; wait' - "$tap_folder/never" \
		>"$tap_folder/out" 2>&1 &
	local pid=$! never end=$((SECONDS + 10))
	exec {never}<> <(:)
	while [ ! -s "$tap_folder/never.begun" ] && [ "$SECONDS" -lt "$end" ]; do
		read -r -t 0.05 -u "$never" || true
	done
	kill -INT -- "-$pid"
	status=0
	wait $pid || status=$?
}
left() {
	grep -lz "^$tap_folder/never" /proc/[0-9]*/cmdline 2>/dev/null | wc -l
}
anew
interrupted
is "$status" 130 "an interrupt: status"
is "$(left)" 0 "an interrupt: no process is left"
unlike "$(cat "$tap_folder/out")" "failed|bash:|Killed|Terminated" "an interrupt: no words"

# On a system without lists, apt knows no origins.
rm -rf "$tap_folder"/system/lists/*
anew
mirrors() {
	apt_system_release() {
		echo bookworm
	}
	apt_mirrors
}
lab mirrors
is "$out" "$at/" "a system without lists: the mirror"

# A system that is not Debian has no mirror of it, unless the user names one.
export ZPCI_MIRROR=http://mirror.invalid/debian
mirrors() {
	apt_mirrors
}
lab mirrors
is "$out" "$ZPCI_MIRROR" "ZPCI_MIRROR: the mirror"
unset ZPCI_MIRROR

exec {server[1]}>&-
wait "$pid"
done_testing
