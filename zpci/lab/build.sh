# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Builds, each in a folder of its own in the cache (see build_folder): `native`, and those of
# check.sh and coverage.sh for tests.

# Only the configure script and what belongs to it is made inside of the tree.
build_autoreconf() {
	local input
	for input in configure.ac Makefile.am; do
		[ "$ZPCI_SOURCE/configure" -nt "$ZPCI_SOURCE/$input" ] || {
			(cd "$ZPCI_SOURCE" && autoreconf -fi)
			return
		}
	done
}

# build_configure FOLDER OPTION...: unless the folder was configured so already.
build_configure() {
	local folder=$1 wanted
	shift
	wanted=$(printf '%s\n' "$(sha256sum <"$ZPCI_SOURCE/configure")" "$@")
	if [ -f "$folder/Makefile" ] && stamp_is "$folder/lab-configured" "$wanted"; then
		return
	fi
	rm -rf "$folder"
	mkdir -p "$folder"
	(cd "$folder" && "$ZPCI_SOURCE/configure" "$@") &&
		stamp_write "$folder/lab-configured" "$wanted"
}

# build_all NAME OPTION...
build_all() {
	local folder
	folder=$(build_folder "$1")
	shift
	build_autoreconf &&
		build_configure "$folder" "$@" &&
		make -C "$folder" -j "$(processors)" all
}

# build_s390x NAME ROOT: for s390x, with the libraries below ROOT. With shared libraries, as what is
# loaded into a hypervisor is one. The build counts on PATH and the folders of Debian alone, so that
# it can be installed there. Headers are the system's, which may do what our warnings forbid.
build_s390x() {
	local root=$2 libraries=$2/usr/lib/s390x-linux-gnu
	export PKG_CONFIG_LIBDIR=$libraries/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
	build_all "$1" --enable-werror --host=s390x-linux-gnu --prefix=/usr \
		--libdir=/usr/lib/s390x-linux-gnu --disable-static \
		CFLAGS="-g -O2 -Wno-error=deprecated-declarations" CPPFLAGS="-isystem $root/usr/include" \
		LDFLAGS="-L$libraries -Wl,-rpath-link,$libraries,--allow-shlib-undefined"
}

lab_build() {
	lab_deps
	build_tool step "building" build_all native --enable-werror || die "the build failed"
	say "built in $(build_folder native); $(tool_name) runs it"
}
