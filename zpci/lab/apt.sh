# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A private apt: packages of another release or architecture, downloaded, resumed and
# verified by apt itself, without root and without a change to the system.
#
# Each private apt is a folder under the cache (apt/NAME) with a configuration, lists and
# archives of its own and an empty dpkg status, so that apt resolves whole closures. What it
# takes over from the system: its mirrors, the settings of Acquire (proxies), the passwords
# for mirrors, and the key ring of Debian's archive.

# The system's mirrors of Debian's main archive, one a line.
apt_mirrors() {
	local found
	found=$(apt_targets 'Origin: Debian' 'Label: Debian')
	# Without lists on disk apt knows no origins: take the targets of our release.
	[ -n "$found" ] || found=$(apt_targets "Release: $(apt_system_release)")
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
	*) die "/etc/os-release names neither Debian 12 nor 13, the ones that the lab knows" ;;
	esac
}

apt_keyring() {
	local file
	for file in /usr/share/keyrings/debian-archive-keyring.pgp \
		/usr/share/keyrings/debian-archive-keyring.gpg; do
		if [ -r "$file" ]; then
			echo "$file"
			return
		fi
	done
	die "no key ring of Debian's archive: install the package debian-archive-keyring"
}

# apt_private NAME ARCHITECTURE SUITE...: make the folder; its configuration file is printed.
apt_private() {
	local folder=$ZPCI_CACHE/apt/$1 architecture=$2 mirrors mirror keyring suite
	shift 2
	mirrors=$(apt_mirrors)
	[ -n "$mirrors" ] ||
		die "the system's apt has no mirror of Debian: see sources.list(5), then \`apt-get update'"
	keyring=$(apt_keyring)
	mkdir -p "$folder"/state/lists/partial "$folder"/cache/archives/partial "$folder"/etc
	: >"$folder/state/status"
	for suite; do
		for mirror in $mirrors; do
			echo "deb [signed-by=$keyring] $mirror $suite main"
		done
	done >"$folder/etc/sources.list"
	{
		# The index targets are apt's own: AppStream's and the like are of no use here.
		apt-config dump | grep '^Acquire::' | grep -v '^Acquire::IndexTargets' || true
		cat <<-CONF
			APT::Architecture "$architecture";
			APT::Architectures { "$architecture"; };
			APT::Install-Recommends "false";
			APT::Sandbox::User "$(id -un)";
			Dir::State "$folder/state";
			Dir::State::status "$folder/state/status";
			Dir::Cache "$folder/cache";
			Dir::Etc "$folder/etc";
			Dir::Etc::sourcelist "$folder/etc/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::netrc "/etc/apt/auth.conf";
			Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
			Acquire::Languages { "none"; };
			Acquire::Retries "5";
			Debug::NoLocking "true";
		CONF
	} >"$folder/apt.conf"
	echo "$folder/apt.conf"
}

# apt_update CONF: fetch the lists. A mirror in the middle of its own update answers with
# files that do not match; apt notices, and a later try succeeds.
apt_update() {
	local try
	for try in 1 2 3 4 5 6 7 8; do
		if APT_CONFIG=$1 apt-get -o APT::Update::Error-Mode=any update; then
			touch "${1%/*}/lists-complete"
			return 0
		fi
		echo "try $try of 8 failed: the mirror may be in the middle of its own update"
		sleep $((try * 10)) # a mirror needs time; nothing here waits on a process
	done
	return 1
}

# apt_first NAME ARCHITECTURE SUITES...: a private apt with the first of these whose lists can be
# had; each SUITES is one suite or several in one word, the last of which is preferred. A
# release's mirror can be out of step with itself for days after a point release, and another
# release does as well. Its configuration is printed.
apt_first() {
	local name=$1 architecture=$2 suites conf try
	shift 2
	for try in 1 2 3 4 5 6; do
		for suites; do
			# shellcheck disable=SC2086 # a list
			conf=$(apt_private "$name" "$architecture" $suites) || return 1
			echo "APT::Default-Release \"${suites##* }\";" >>"$conf"
			if APT_CONFIG=$conf apt-get -q -o APT::Update::Error-Mode=any update >&2; then
				touch "${conf%/*}/lists-complete"
				echo "$conf"
				return 0
			fi
			echo "the lists of $suites for $architecture cannot be had now" >&2
			rm -rf "${conf%/*}"
		done
		sleep $((try * 10)) # a mirror needs time; nothing here waits on a process
	done
	return 1
}

# apt_fetch CONF COMMAND...: run an apt-get command that downloads, with complete lists; if
# it fails the lists may be older than the mirror, so fetch them again and retry.
apt_fetch() {
	local conf=$1 try
	shift
	for try in 1 2 3 4; do
		if [ "$try" -gt 1 ] || [ ! -e "${conf%/*}/lists-complete" ]; then
			apt_update "$conf" || return 1
		fi
		if APT_CONFIG=$conf apt-get -y -o Dpkg::Use-Pty=0 "$@"; then
			return 0
		fi
		echo "download $try of 4 failed; fetching the package lists again"
	done
	return 1
}

# apt_unpack CONF FOLDER: unpack all downloaded archives, into one /usr: up to Debian 12 some
# packages have files in /bin and /lib, which are links to /usr/bin and /usr/lib on any system.
apt_unpack() {
	local archive name
	for name in bin sbin lib; do
		mkdir -p "$2/usr/$name" || return 1
		ln -sfn "usr/$name" "$2/$name" || return 1
	done
	for archive in "${1%/*}"/cache/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$archive" |
			tar -x --keep-directory-symlink --no-same-owner -C "$2" || return 1
	done
}
