# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Small s390x kernels, cross-built from Debian's linux-source: quick to boot, and what
# Debian's kernels are not.
#
#   iov       as the layer above a detached VF usually is
#   no-iov    CONFIG_PCI_IOV=n: VFs are independent functions, nothing links them to a PF
#   patched   iov without the line that sets no_command_memory: the kernel before the fix of
#             2020, to see that our tests notice
#   iommufd   iov with IOMMUFD and the character devices of VFIO, which Debian's kernels for
#             s390x lack; from the newest source
#   kvm       iov for the machine that Hercules is: the host of `zpci-lab kvm', and a guest in it
#
# zpci/lab/kernel/guest.config and small.config are common to all, VARIANT.config comes on top, on
# a configuration that is all no. VARIANT.sed, if there is one, is an edit of one source file,
# named in its first line. The edited file is put into the build folder, where kbuild looks
# before it looks into the source, which stays as Debian made it.
#
# no-iov and patched start from a copy of iov's objects, so that only what differs is compiled.
#
#   $ZPCI_CACHE/kernel/source            the unpacked package; zpci-version says which
#   $ZPCI_CACHE/kernel/source-newest     the same, for iommufd
#   $ZPCI_CACHE/kernel/build-iov         objects
#   $ZPCI_CACHE/guest/small-VARIANT      the guest; built says from what

kernel_variants() {
	printf '%s\n' iov no-iov patched iommufd kvm
}

# kernel_is_newest VARIANT: whether it has the newest source. What s390x's IOMMU driver does with a
# DMA address outside of the aperture differs between 6.12 and 7.2, and iommufd is where it shows.
kernel_is_newest() {
	[ "$1" = iommufd ]
}

kernel_newest_suites=(testing unstable "${guest_suites[@]}")

# kernel_source VARIANT: the folder of its source.
kernel_source() {
	if kernel_is_newest "$1"; then
		echo "$ZPCI_CACHE/kernel/source-newest"
	else
		echo "$ZPCI_CACHE/kernel/source"
	fi
}

# What no kernel for s390 needs, three quarters of the time to unpack it.
kernel_source_without=(
	'*/Documentation/*/*' '*/drivers/gpu/*.[ch]' '*/drivers/media/*.[ch]'
	'*/drivers/net/*/*.[ch]' '*/sound/*.[ch]' '*/drivers/staging/*.[ch]'
	'*/tools/testing/*' '*/tools/perf/*'
)

# The metapackage names the concrete one.
kernel_source_package() {
	apt_depends linux-source 'linux-source-[0-9].*' | grep . ||
		apt_refuse "gone: no source of a kernel"
}

# kernel_source_get FOLDER SUITE...
kernel_source_get() {
	local folder=$1 unpacked=$ZPCI_CACHE/kernel/unpacked without=() pattern
	shift
	apt_try kernel-source s390x "$@" -- kernel_source_package || return 1
	apt_unpack "$unpacked" || return 1
	rm -rf "$folder"
	mkdir -p "$folder" || return 1
	for pattern in "${kernel_source_without[@]}"; do
		without+=("--exclude=$pattern")
	done
	echo "unpacking the source"
	tar -xJf "$unpacked"/usr/src/linux-source-*.tar.xz -C "$folder" \
		--strip-components=1 "${without[@]}" || return 1
	apt_version "$(kernel_source_package)" >"$folder/zpci-version"
	rm -rf "$unpacked"
	touch "$folder/zpci-complete"
}

# kernel_make VARIANT ARGUMENT...: BTF's generator and the compiler of the system.
kernel_make() {
	local variant=$1
	shift
	nice make -C "$(kernel_source "$variant")" O="$ZPCI_CACHE/kernel/build-$variant" ARCH=s390 \
		CROSS_COMPILE=s390x-linux-gnu- KBUILD_BUILD_USER=zpci KBUILD_BUILD_HOST=lab \
		-j "$(processors)" "$@"
}

kernel_fragments() {
	local own=$ZPCI_FILES/lab/kernel/$1.config
	[ -e "$own" ] || own=$ZPCI_FILES/lab/kernel/iov.config
	cat "$ZPCI_FILES"/lab/kernel/{guest,small}.config "$own"
}

# kernel_configure VARIANT: kconfig drops what it cannot have without a word, so look.
kernel_configure() {
	local folder=$ZPCI_CACHE/kernel/build-$1 line name missing=0
	mkdir -p "$folder" || return 1
	kernel_fragments "$1" >"$folder/zpci.config" || return 1
	KCONFIG_ALLCONFIG=$folder/zpci.config kernel_make "$1" allnoconfig || return 1
	while read -r line; do
		case $line in
		CONFIG_*) grep -qxF -- "$line" "$folder/.config" && continue ;;
		"# CONFIG_"*" is not set")
			name=${line#\# }
			grep -qE "^${name%% *}=" "$folder/.config" || continue
			;;
		*) continue ;;
		esac
		echo "this source did not take: $line"
		missing=1
	done <"$folder/zpci.config"
	return "$missing"
}

# kernel_edit VARIANT: the edited copy of one file; an edit that changes nothing, or more than
# one line, is an error.
kernel_edit() {
	local edit=$ZPCI_FILES/lab/kernel/$1.sed file from to changed
	[ -e "$edit" ] || return 0
	file=$(sed -n '1s/^# file: //p' "$edit")
	from=$(kernel_source "$1")/$file
	to=$ZPCI_CACHE/kernel/build-$1/$file
	mkdir -p "${to%/*}" || return 1
	sed -f "$edit" "$from" >"$to" || return 1
	changed=$(diff "$from" "$to" | grep -c '^[<>]' || true)
	[ "$changed" -eq 1 ] || {
		echo "$edit changed $changed lines of $file, and not one"
		return 1
	}
}

# kernel_has_base VARIANT: whether it starts from iov's objects. Those of kvm are for another
# machine.
kernel_has_base() {
	[ "$1" = no-iov ] || [ "$1" = patched ]
}

kernel_compile() {
	local folder=$ZPCI_CACHE/kernel/build-$1
	rm -rf "$folder"
	! kernel_has_base "$1" || cp -a "$ZPCI_CACHE/kernel/build-iov" "$folder" || return 1
	kernel_configure "$1" || return 1
	kernel_edit "$1" || return 1
	kernel_make "$1" bzImage
}

# kernel_keep VARIANT: the guest's folder, as guest.sh describes it. No modules.
kernel_keep() {
	local folder=$ZPCI_CACHE/kernel/build-$1 to=$ZPCI_CACHE/guest/small-$1
	mkdir -p "$to" || return 1
	cp "$folder/arch/s390/boot/bzImage" "$to/kernel" || return 1
	cp "$folder/.config" "$to/config" || return 1
	cp "$folder/include/config/kernel.release" "$to/release" || return 1
	[ "$1" = iov ] || rm -rf "$folder"
}

# What a kernel is made from. Not the objects: they are the same again.
kernel_inputs() {
	local edit=$ZPCI_FILES/lab/kernel/$1.sed
	[ -e "$edit" ] || edit=/dev/null
	printf '%s\n' "linux-source $(cat "$(kernel_source "$1")/zpci-version")" \
		"$(s390x-linux-gnu-gcc --version | head -n 1)" "pahole $(pahole --version)" \
		"configuration $(kernel_fragments "$1" | sha256sum)" \
		"edit $(sha256sum <"$edit")"
}

kernel_build_one() {
	local variant=$1 to=$ZPCI_CACHE/guest/small-$1 inputs
	inputs=$(kernel_inputs "$variant")
	if ! stamp_is "$to/built" "$inputs"; then
		if kernel_has_base "$variant"; then
			[ -e "$ZPCI_CACHE/kernel/build-iov/arch/s390/boot/bzImage" ] ||
				rm -f "$ZPCI_CACHE/guest/small-iov/built"
			kernel_build_one iov
		fi
		rm -f "$to/built"
		step "building the small kernel $variant (minutes)" kernel_compile "$variant" ||
			die "the kernel could not be built"
		kernel_keep "$variant" || die "the kernel could not be copied to $to"
		stamp_write "$to/built" "$inputs"
	fi
	guest_finish "small-$variant"
	say "small kernel $(cat "$to/release"): $to; zpci run --guest small-$variant"
}

kernel_build() {
	local source suites=("${guest_suites[@]}")
	kernel_variants | grep -xF -- "$1" >/dev/null || kernel_usage
	lab_deps
	guest_programs_get
	source=$(kernel_source "$1")
	! kernel_is_newest "$1" || suites=("${kernel_newest_suites[@]}")
	if [ ! -e "$source/zpci-complete" ]; then
		apt_step "getting Debian's linux-source" kernel-source \
			kernel_source_get "$source" "${suites[@]}" ||
			die "the kernel's source could not be fetched"
	fi
	kernel_build_one "$1"
}
