# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A private apt: packages of another release or architecture, downloaded, resumed and
# verified by apt itself, without root and without a change to the system.
#
# One release is not enough. For days a mirror can have lists that do not match each other, or
# that name files which are gone. So each download names several releases, and apt_try takes all
# packages from the first release that has them all.
#
# Each release has a folder of its own, apt/NAME/SUITES in the cache, with a configuration,
# lists and archives, and an empty dpkg status, so that apt resolves whole closures. What was
# fetched stays there for the next try. Packages of two releases are never mixed. The private apt
# uses the system's mirrors or ZPCI_MIRROR, its settings of Acquire (proxies), its passwords for
# mirrors, and its key ring of Debian's archive.
#
#   apt.conf            the configuration
#   log                 what apt said last
#   files               the archives that are wanted
#   named               the packages that were asked for by name, not for the sake of others
#   got                 a line for each package that came: mirror, suite, name, version
#   why                 why this release cannot be used
#   again               exists if it may be usable in a minute
#   offline             exists if no mirror can be reached

# The system's mirrors of Debian's main archive, one a line; or the one that the user names, since
# a system that is not Debian has none.
apt_mirrors() {
	local found
	if [ -n "${ZPCI_MIRROR:-}" ]; then
		echo "$ZPCI_MIRROR"
		return
	fi
	found=$(apt_targets 'Origin: Debian' 'Label: Debian')
	# Without lists on disk apt knows no origins: take the targets of our release.
	[ -n "$found" ] ||
		found=$(apt_targets --no-release-info "Release: $(apt_system_release)")
	awk 'NF && !seen[$0]++' <<<"$found"
}

apt_targets() {
	# shellcheck disable=SC2016 # apt's variable, not the shell's
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "$@" 2>/dev/null || true
}

apt_system_release() {
	local name
	name=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null || true)
	case $name in
	bookworm | trixie) echo "$name" ;;
	*)
		die "the system's apt has no mirror of Debian, and /etc/os-release names neither Debian 12" \
			"nor 13: set ZPCI_MIRROR to a mirror, such as one of https://www.debian.org/mirror/list"
		;;
	esac
}

# apt_trust: the option of sources.list(5) by which a mirror is verified.
apt_trust() {
	local file
	for file in /usr/share/keyrings/debian-archive-keyring.pgp \
		/usr/share/keyrings/debian-archive-keyring.gpg; do
		if [ -r "$file" ]; then
			echo "signed-by=$file"
			return
		fi
	done
	die "no key ring of Debian's archive: install the package debian-archive-keyring"
}

# apt_private NAME ARCHITECTURE SUITES: make the folder of one suite, or of several in one word,
# the last of which is preferred. Its path is left in $apt_folder.
apt_folder=
apt_private() {
	local architecture=$2 suites=$3 mirrors mirror trust suite
	apt_folder=$ZPCI_CACHE/apt/$1/${suites// /+}
	mirrors=$(apt_mirrors)
	[ -n "$mirrors" ] ||
		die "the system's apt has no mirror of Debian: see sources.list(5), then \`apt-get update'"
	trust=$(apt_trust) || exit 1
	mkdir -p "$apt_folder"/{state/lists/partial,cache/archives/partial,etc} || exit 1
	rm -f "$apt_folder"/{log,named,files,why,again,offline}
	: >"$apt_folder/state/status"
	for suite in $suites; do
		for mirror in $mirrors; do
			echo "deb [$trust] $mirror $suite main"
		done
	done >"$apt_folder/etc/sources.list"
	{
		# Without the index targets of AppStream and others, which the lab does not need.
		apt-config dump | grep '^Acquire::' | grep -v '^Acquire::IndexTargets' || true
		cat <<-CONF
			APT::Architecture "$architecture";
			APT::Architectures { "$architecture"; };
			APT::Default-Release "${suites##* }";
			APT::Install-Recommends "false";
			APT::Sandbox::User "$(id -un)";
			Dir::State "$apt_folder/state";
			Dir::State::status "$apt_folder/state/status";
			Dir::Cache "$apt_folder/cache";
			Dir::Etc "$apt_folder/etc";
			Dir::Etc::sourcelist "$apt_folder/etc/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::netrc "/etc/apt/auth.conf";
			Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
			Acquire::Languages { "none"; };
			Acquire::GzipIndexes "true";
			Acquire::Retries "2";
			Acquire::http::Timeout "20";
			Debug::NoLocking "true";
		CONF
	} >"$apt_folder/apt.conf"
}

# apt_here COMMAND...: with the private apt in $apt_folder, and in English, as we parse messages.
apt_here() {
	APT_CONFIG=$apt_folder/apt.conf LC_ALL=C "$@"
}

# apt_refuse WHY: notes why this release cannot be used. It always fails.
apt_refuse() {
	echo "$*" >"$apt_folder/why"
	return 1
}

# apt_offline LOG: prints why no mirror can be reached, if apt's messages say that. Other releases
# are on the same mirrors, and there is nothing to wait for.
apt_offline() {
	local host
	host=$(sed -nE "/(Temporary failure resolving|Could not resolve) '/{s/.*resolv(ing|e) '([^']*)'.*/\2/p;q}" "$1")
	if [ -n "$host" ]; then
		echo "no name resolution: $host is not found; is this machine online, and is its resolver" \
			"(resolv.conf(5)) or apt's proxy (apt.conf(5)) set?"
		return
	fi
	host=$(sed -nE '/(Could not connect|Unable to connect|Cannot initiate the connection) to /{s/.* to ([^ ]*).*/\1/p;q}' "$1")
	[ -z "$host" ] ||
		echo "no connection to ${host%:}; is this machine online, or does apt need a proxy (apt.conf(5))?"
}

# apt_failed WHAT: notes the reason, from apt's messages. A file that is gone does not come back. A
# mirror that is being updated, or breaks off, may work in a minute.
apt_failed() {
	local log=$apt_folder/log missing offline
	offline=$(apt_offline "$log")
	if [ -n "$offline" ]; then
		touch "$apt_folder/offline"
		apt_refuse "$offline" || return
	fi
	missing=$(grep -cE '^(E|Error): Failed to fetch .* 404 ' "$log" || true)
	if grep -q 'does not have a Release file' "$log"; then
		apt_refuse "gone: the mirror does not have it"
	elif [ "$missing" -eq 1 ]; then
		apt_refuse "1 of its $1 answers 404"
	elif [ "$missing" -gt 1 ]; then
		apt_refuse "$missing of its $1 answer 404"
	elif grep -qE 'unexpected size|Hash Sum mismatch|Mirror sync' "$log"; then
		touch "$apt_folder/again"
		apt_refuse "not now: its $1 do not match, the mirror is in the middle of its own update"
	else
		touch "$apt_folder/again"
		apt_refuse "not reachable: $(apt_error)"
	fi
}

apt_error() {
	sed -nE 's/^(E|Error): //p' "$apt_folder/log" | head -n 1 | cut -c 1-120
}

# apt_lists NAME ARCHITECTURE SUITES: the private apt of one release, with the lists of now.
apt_lists() {
	apt_private "$@" || return 1
	apt_here apt-get -q -o APT::Update::Error-Mode=any update 2>&1 | tee "$apt_folder/log" ||
		apt_failed lists
}

# apt_version PACKAGE: the version that would be taken, without epoch.
apt_version() {
	apt_here apt-cache policy "$1" | sed -n 's/^ *Candidate: \([0-9]*:\)\?\([0-9].*\)/\2/p'
}

# apt_depends PACKAGE PATTERN: its direct dependencies whose names match.
apt_depends() {
	apt_here apt-cache depends "$1" 2>/dev/null | sed -n "s/^ *Depends: \($2\)\$/\1/p"
}

# apt_closure PACKAGE...: these packages and all that they need, one a line.
apt_closure() {
	printf '%s\n' "$@" >>"$apt_folder/named"
	apt_here apt-get -q -s install "$@" >"$apt_folder/log" 2>&1 ||
		apt_refuse "$(apt_error)" || return 1
	sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' "$apt_folder/log"
}

# apt_download PACKAGE...: exactly these. What was fetched before is not fetched again.
apt_download() {
	local status=0
	apt_here apt-get download --print-uris "$@" >"$apt_folder/log" 2>&1 ||
		apt_refuse "$(apt_error)" || return 1
	sed -n "s/^'[^']*' \([^ ]*\) .*/\1/p" "$apt_folder/log" >"$apt_folder/files"
	(cd "$apt_folder/cache/archives" && apt_here apt-get -q download "$@") 2>&1 |
		tee "$apt_folder/log" || status=1
	# Get:1 MIRROR SUITE/COMPONENT ARCHITECTURE NAME ARCHITECTURE VERSION [SIZE]
	sed -nE 's|^Get:[0-9]+ ([^ ]+) ([^ /]+)[^ ]* [^ ]+ ([^ ]+) [^ ]+ ([^ ]+).*|\1 \2 \3 \4|p' \
		"$apt_folder/log" >>"$apt_folder/got"
	[ "$status" -eq 0 ] || apt_failed packages
}

# apt_release NAME ARCHITECTURE SUITES LISTER [ARGUMENT...]: all packages that LISTER prints, or
# none.
apt_release() {
	local packages
	apt_lists "$1" "$2" "$3" || return 1
	packages=$("${@:4}") || return 1
	[ -n "$packages" ] || return 0
	grep -v = <<<"$packages" >>"$apt_folder/named"
	# shellcheck disable=SC2086 # a list
	apt_download $packages
}

# apt_try NAME ARCHITECTURE SUITES... -- LISTER [ARGUMENT...]: the packages that the function LISTER
# prints, from the first of these releases that has them all. Each SUITES is one suite, or several
# in one word. LISTER finds the release's private apt in $apt_folder, and fails by apt_refuse if
# the release cannot be used. If no release can, those that may work in a minute are asked again.
# apt_step prints what came from where, and why other releases were not used.
apt_try() {
	local name=$1 architecture=$2 releases=() left again suites round
	shift 2
	while [ "$1" != -- ]; do
		releases+=("$1")
		shift
	done
	shift
	rm -f "$ZPCI_CACHE/apt/$name"/*/why
	left=("${releases[@]}")
	for round in 1 2 3; do
		again=()
		for suites in "${left[@]}"; do
			echo "--- ${suites// / and }"
			if apt_release "$name" "$architecture" "$suites" "$@"; then
				apt_words "$name" "${releases[@]}" >"$ZPCI_CACHE/apt/$name/words"
				return 0
			fi
			echo "--- not from ${suites// / and }: $(cat "$apt_folder/why")"
			[ ! -e "$apt_folder/offline" ] || break 2
			[ ! -e "$apt_folder/again" ] || again+=("$suites")
		done
		if [ "$round" -eq 3 ] || [ "${#again[@]}" -eq 0 ]; then
			break
		fi
		left=("${again[@]}")
		apt_wait $((round * 10))
	done
	apt_words "$name" "${releases[@]}" >"$ZPCI_CACHE/apt/$name/words"
	return 1
}

# The mirror needs time. There is no process to wait for.
apt_wait() {
	sleep "$1"
}

# apt_words NAME SUITES...: what came from where, and why other releases were not used.
apt_words() {
	local name=$1 suites why
	shift
	if [ ! -e "$apt_folder/why" ] && [ -e "$apt_folder/named" ]; then
		apt_came
	fi
	for suites; do
		why=$ZPCI_CACHE/apt/$name/${suites// /+}/why
		[ ! -e "$why" ] || echo "not from ${suites// / and }: $(cat "$why")"
	done
}

# A line for each mirror and suite, with the packages that were asked for by name. If a package
# came twice, the later one counts.
apt_came() {
	awk 'FILENAME == ARGV[1] { names[NR] = $1; next }
		{ from[$3] = $2 " at " $1; version[$3] = $4 }
		END {
			for (i = 1; i in names; i++) {
				name = names[i]
				place = from[name]
				list[place] = list[place] (list[place] ? ", " : "") name " " version[name]
			}
			for (place in list)
				print "from " place ": " list[place]
		}' "$apt_folder/named" "$apt_folder/got" | LC_ALL=C sort
}

# apt_step TITLE NAME COMMAND...: a step that gets packages by `apt_try NAME`. It says where they
# came from, or why they could not be fetched. After success it removes the private apts.
apt_step() {
	local title=$1 name=$2 status=0 line
	shift 2
	rm -f "$ZPCI_CACHE/apt/$name/words"
	step "$title" "$@" || status=$?
	if [ -r "$ZPCI_CACHE/apt/$name/words" ]; then
		while read -r line; do say "$line"; done <"$ZPCI_CACHE/apt/$name/words"
	fi
	[ "$status" -ne 0 ] || rm -rf "${ZPCI_CACHE:?}/apt/$name"
	return "$status"
}

# apt_unpack FOLDER: unpack what apt_try has got, into one /usr: up to Debian 12 some packages have
# files in /bin and /lib, which are links to /usr/bin and /usr/lib on any system. An old FOLDER is
# removed, and the new one appears when it is complete.
apt_unpack() {
	local folder=$1 name archive
	rm -rf "$folder.new" "$folder"
	mkdir -p "$folder.new" || return 1
	for name in bin sbin lib; do
		mkdir -p "$folder.new/usr/$name" || return 1
		ln -sfn "usr/$name" "$folder.new/$name" || return 1
	done
	while read -r archive; do
		dpkg-deb --fsys-tarfile "$apt_folder/cache/archives/$archive" |
			tar -x --keep-directory-symlink --no-same-owner -C "$folder.new" || return 1
	done <"$apt_folder/files"
	mv "$folder.new" "$folder"
}
