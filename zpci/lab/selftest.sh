# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Linux's own selftest of KVM's interrupt routes on s390 (tools/testing/selftests/kvm), cross-built
# from Debian's linux-source. tests/guest/kvm-selftest.t runs it on our fake /dev/kvm, which so is
# tested by something that we did not write.
#
#   $ZPCI_CACHE/selftest/irq_routing     the program
#   $ZPCI_CACHE/selftest/irq_routing.of  what it was built from
#
# It came with Linux 7.2, so these suites are the ones that can have it.

selftest_suites=(testing unstable)
selftest_program=s390/irq_routing

# What the selftest and the headers do not need, most of the time to unpack.
selftest_without=(
	'*/Documentation/*' '*/drivers/*/*.[ch]' '*/fs/*/*.[ch]' '*/sound/*' '*/net/*/*.c'
)

# selftest_make FOLDER ARGUMENT...
selftest_make() {
	nice make -C "$1" ARCH=s390 CROSS_COMPILE=s390x-linux-gnu- -j "$(processors)" "${@:2}"
}

# selftest_build SOURCE: the program, from an unpacked source.
selftest_build() {
	local out=$ZPCI_CACHE/selftest/build kvm=$1/tools/testing/selftests/kvm
	[ -e "$kvm/$selftest_program.c" ] || {
		echo "this source has no selftest $selftest_program"
		return 1
	}
	rm -rf "$out"
	mkdir -p "$out" || return 1
	selftest_make "$1" headers || return 1
	selftest_make "$kvm" OUTPUT="$out" "$out/$selftest_program" || return 1
	mv "$out/$selftest_program" "$ZPCI_CACHE/selftest/" || return 1
	rm -rf "$out"
}

selftest_get() {
	local folder=$ZPCI_CACHE/selftest without=() pattern version
	apt_try selftest s390x "${selftest_suites[@]}" -- kernel_source_package || return 1
	version=$(apt_version "$(kernel_source_package)")
	apt_unpack "$folder/package" || return 1
	for pattern in "${selftest_without[@]}"; do
		without+=("--exclude=$pattern")
	done
	mkdir -p "$folder/source" || return 1
	echo "unpacking the source"
	tar -xJf "$folder"/package/usr/src/linux-source-*.tar.xz -C "$folder/source" \
		--strip-components=1 "${without[@]}" || return 1
	rm -rf "$folder/package"
	selftest_build "$folder/source" || return 1
	rm -rf "$folder/source"
	echo "linux-source $version" >"$folder/irq_routing.of"
}

# It is built once: Linux's rules do not change under it.
lab_selftest() {
	local folder=$ZPCI_CACHE/selftest
	lab_deps
	if [ ! -e "$folder/irq_routing.of" ]; then
		rm -rf "$folder"
		apt_step "getting Linux's selftest of KVM" selftest selftest_get ||
			die "the selftest could not be built"
	fi
	say "selftest of KVM from $(cat "$folder/irq_routing.of"): $folder/irq_routing"
}
