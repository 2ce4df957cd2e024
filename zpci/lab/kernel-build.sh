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
#
# zpci/lab/kernel/small.config is common to all, VARIANT.config comes on top, on a
# configuration that is all no. VARIANT.sed, if there is one, is an edit of one source file,
# named in its first line. The edited file is put into the build folder, where kbuild looks
# before it looks into the source, which stays as Debian made it.
#
# All variants but iov start from a copy of iov's objects, so that only what differs is
# compiled.
#
#   $ZPCI_CACHE/kernel/source            the unpacked package; zpci-version says which
#   $ZPCI_CACHE/kernel/build-iov         objects
#   $ZPCI_CACHE/guest/small-VARIANT      the guest; built says from what

kernel_variants() {
	printf '%s\n' iov no-iov patched
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

kernel_source_get() {
	local folder=$ZPCI_CACHE/kernel without=() pattern
	apt_try kernel-source s390x "${guest_suites[@]}" -- kernel_source_package || return 1
	apt_unpack "$folder/unpacked" || return 1
	rm -rf "$folder/source"
	mkdir -p "$folder/source" || return 1
	for pattern in "${kernel_source_without[@]}"; do
		without+=("--exclude=$pattern")
	done
	echo "unpacking the source"
	tar -xJf "$folder"/unpacked/usr/src/linux-source-*.tar.xz -C "$folder/source" \
		--strip-components=1 "${without[@]}" || return 1
	apt_version "$(kernel_source_package)" >"$folder/source/zpci-version"
	rm -rf "$folder/unpacked"
	touch "$folder/source/zpci-complete"
}

# kernel_make FOLDER ARGUMENT...: BTF's generator and the compiler of the system.
kernel_make() {
	local folder=$1
	shift
	nice make -C "$ZPCI_CACHE/kernel/source" O="$folder" ARCH=s390 \
		CROSS_COMPILE=s390x-linux-gnu- KBUILD_BUILD_USER=zpci KBUILD_BUILD_HOST=lab \
		-j "$(processors)" "$@"
}

kernel_fragments() {
	local own=$ZPCI_SOURCE/zpci/lab/kernel/$1.config
	[ -e "$own" ] || own=$ZPCI_SOURCE/zpci/lab/kernel/iov.config
	cat "$ZPCI_SOURCE/zpci/lab/kernel/small.config" "$own"
}

# kernel_configure FOLDER VARIANT: kconfig drops what it cannot have without a word, so look.
kernel_configure() {
	local folder=$1 line name missing=0
	mkdir -p "$folder" || return 1
	kernel_fragments "$2" >"$folder/zpci.config" || return 1
	KCONFIG_ALLCONFIG=$folder/zpci.config kernel_make "$folder" allnoconfig || return 1
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

# kernel_edit FOLDER VARIANT: the edited copy of one file; an edit that changes nothing, or
# more than one line, is an error.
kernel_edit() {
	local edit=$ZPCI_SOURCE/zpci/lab/kernel/$2.sed file changed
	[ -e "$edit" ] || return 0
	file=$(sed -n '1s/^# file: //p' "$edit")
	mkdir -p "$1/${file%/*}" || return 1
	sed -f "$edit" "$ZPCI_CACHE/kernel/source/$file" >"$1/$file" || return 1
	changed=$(diff "$ZPCI_CACHE/kernel/source/$file" "$1/$file" | grep -c '^[<>]' || true)
	[ "$changed" -eq 1 ] || {
		echo "$edit changed $changed lines of $file, and not one"
		return 1
	}
}

kernel_compile() {
	local variant=$1 folder=$ZPCI_CACHE/kernel/build-$1
	rm -rf "$folder"
	[ "$variant" = iov ] || cp -a "$ZPCI_CACHE/kernel/build-iov" "$folder" || return 1
	kernel_configure "$folder" "$variant" || return 1
	kernel_edit "$folder" "$variant" || return 1
	kernel_make "$folder" bzImage
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
	local edit=$ZPCI_SOURCE/zpci/lab/kernel/$1.sed
	[ -e "$edit" ] || edit=/dev/null
	printf '%s\n' "linux-source $(cat "$ZPCI_CACHE/kernel/source/zpci-version")" \
		"$(s390x-linux-gnu-gcc --version | head -n 1)" "pahole $(pahole --version)" \
		"configuration $(kernel_fragments "$1" | sha256sum)" \
		"edit $(sha256sum <"$edit")"
}

kernel_build_one() {
	local variant=$1 to=$ZPCI_CACHE/guest/small-$1 inputs
	inputs=$(kernel_inputs "$variant")
	if ! stamp_is "$to/built" "$inputs"; then
		if [ "$variant" != iov ]; then
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
	kernel_variants | grep -qxF -- "$1" || kernel_usage
	lab_deps
	guest_programs_get
	if [ ! -e "$ZPCI_CACHE/kernel/source/zpci-complete" ]; then
		apt_step "getting Debian's linux-source" kernel-source kernel_source_get ||
			die "the kernel's source could not be fetched"
	fi
	kernel_build_one "$1"
}
