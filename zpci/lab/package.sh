# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Debian packages of this tree, from debian/ in it, for the release that this runs on. They are made
# from the tarball of `make dist', in the build folder `package', and then checked by lintian.
#
# The same tree makes the same packages, whatever folder it is built in. check_package builds twice
# and compares.

# The tarball of the sources; its path is left in $package_tarball.
package_tarball=
package_dist() {
	local folder
	folder=$(build_folder package)
	build_autoreconf && build_configure "$folder" S390X_CC=no || return 1
	rm -f "$folder"/zpci-*.tar.xz # of another version
	make -s -C "$folder" dist
}

package_tarball_get() {
	local files
	step "packing the sources" package_dist || die "the sources could not be packed"
	files=("$(build_folder package)"/zpci-*.tar.xz)
	package_tarball=${files[0]}
}

# package_build FOLDER: everything, in this folder. The tests of the build are those of `check', so
# they run only for who sets DEB_BUILD_OPTIONS, which may be empty. A file that is older than the
# entry in the changelog keeps its time in a package, so all have that one's time.
package_build() {
	local folder=$1 version
	version=$(basename "$package_tarball" .tar.xz)
	rm -rf "$folder"
	mkdir -p "$folder" || return 1
	tar -xJf "$package_tarball" -C "$folder" || return 1
	cd "$folder/$version" || return 1
	find . -exec touch -h -d "@$(dpkg-parsechangelog -S Timestamp)" {} + || return 1
	# Not those of the user, which lead to other bytes.
	env -u CFLAGS -u CPPFLAGS -u CXXFLAGS -u LDFLAGS LC_ALL=C.UTF-8 \
		DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-nocheck} parallel=$(processors)" \
		dpkg-buildpackage -us -uc
}

# Errors and warnings fail. What debian/*.lintian-overrides allows has its reason there.
package_lint() {
	lintian --fail-on error,warning "$1"/zpci_*.changes
}

# package_output ARGUMENT...: prints the folder for the result.
package_output() {
	case $#:${1:-} in
	0:) echo "$ZPCI_CACHE/package" ;;
	2:--output) realpath -m "$2" ;;
	*)
		echo "usage: zpci-lab package [--output FOLDER]" >&2
		return 2
		;;
	esac
}

lab_package() {
	local output folder
	output=$(package_output "$@") || exit 2
	folder=$(build_folder package)/debian
	deps_lists=(packages.debian)
	lab_deps
	package_tarball_get
	step "building Debian packages" package_build "$folder" || die "the packages could not be built"
	step "checking them by lintian" package_lint "$folder" || die "lintian found mistakes"
	mkdir -p "$output" && find "$folder" -maxdepth 1 -type f -exec cp -t "$output" {} + ||
		die "the packages could not be copied to $output: name another folder with --output"
	say "packages: $output; as root: apt install $output/zpci_*_$(dpkg --print-architecture).deb"
}

# --- for check --long ----------------------------------------------------------------------------

# Two builds, in folders whose names differ in length.
check_package() {
	local folder
	folder=$(build_folder package)
	lab_package || return 1
	package_build "$folder/again/in-another-folder" || return 1
	(cd "$folder/debian" && sha256sum ./*.deb) >"$folder/sums" &&
		(cd "$folder/again/in-another-folder" && sha256sum -c "$folder/sums")
}
