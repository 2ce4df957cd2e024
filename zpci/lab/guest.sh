# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The guest: Debian's stock s390x kernel, and an initial RAM disk with busybox, lspci, the
# kernel's modules for VFIO and for QEMU's own network and random number devices, zpci-inspect and
# zpci/guest/init.
#
#   $ZPCI_CACHE/guest/NAME/kernel, initrd, config
#   $ZPCI_CACHE/guest/NAME/release          what `uname -r' says in it
#   $ZPCI_CACHE/guest/NAME/modules          its modules, if it has any
#   $ZPCI_CACHE/guest/NAME/wanted           those that were asked for
#   $ZPCI_CACHE/guest/default               link to the one that zpci(1) boots
#   $ZPCI_CACHE/guest/root                  the unpacked packages
#
# NAME is the release, or for a kernel of our own its variant (kernel-build.sh). kernel.sh
# makes guests of other kernels with the same programs.
#
# No root is needed: device nodes come from devtmpfs, owners are set by cpio. The same
# inputs make the same bytes.

# Where the packages come from. The first two have Linux 6.12.
guest_suites=(trixie "bookworm bookworm-backports" testing)
guest_programs=(usr/bin/busybox usr/bin/lspci usr/bin/setpci)
# Modules that the guest gets if its kernel has them as modules, each with its option. The modules
# that they depend on are added.
guest_modules=(
	"virtio_console CONFIG_VIRTIO_CONSOLE"
	"vfio_iommu_type1 CONFIG_VFIO_IOMMU_TYPE1"
	"vfio-pci CONFIG_VFIO_PCI"
	"virtio_net CONFIG_VIRTIO_NET"
	"virtio-rng CONFIG_HW_RANDOM_VIRTIO"
)

# And those of `zpci run --share', which loads them.
guest_share_modules=(
	"9pnet_virtio CONFIG_NET_9P_VIRTIO"
	"9p CONFIG_9P_FS"
)

guest_download() {
	apt_try guest s390x "${guest_suites[@]}" -- guest_packages &&
		apt_unpack "$ZPCI_CACHE/guest/root"
}

# The kernel without its dependencies, which would be half a system; the programs with theirs.
guest_packages() {
	guest_kernel_packages && apt_closure busybox-static pciutils
}

# The concrete packages of the kernel that the metapackage names. From 7.2 on Debian splits it:
# linux-image-V depends on linux-binary-V and linux-modules-V.
guest_kernel_packages() {
	local image
	image=$(apt_depends linux-image-s390x 'linux-image-[0-9].*')
	[ -n "$image" ] || apt_refuse "gone: no kernel for s390x" || return 1
	echo "$image"
	apt_depends "$image" 'linux-\(binary\|modules\|base\)-[0-9].*'
}

guest_kernel_version() {
	local file
	for file in "$ZPCI_CACHE"/guest/root/boot/vmlinuz-*; do
		[ -f "$file" ] || return 1
		echo "${file##*/vmlinuz-}"
		return
	done
}

# guest_libraries ROOT FILE...: the shared libraries that these programs need, and those that
# the libraries need, as paths inside of root; the loader as well.
guest_libraries() {
	local root=$1 folder=usr/lib/s390x-linux-gnu file name
	shift
	local -A seen=()
	local queue=("$@")
	while [ "${#queue[@]}" -gt 0 ]; do
		file=${queue[0]}
		queue=("${queue[@]:1}")
		for name in $(readelf -d "$root/$file" 2>/dev/null |
			sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'); do
			[ -z "${seen[$name]:-}" ] || continue
			seen[$name]=1
			if [ ! -e "$root/$folder/$name" ]; then
				echo "$file needs $name, which no package brought" >&2
				return 1
			fi
			echo "$folder/$name"
			queue+=("$folder/$name")
		done
	done
}

# guest_tree FOLDER FROM INSPECT: everything that goes into the RAM disk; FROM is the guest's
# folder, with release and modules.
guest_tree() {
	local tree=$1 from=$2 inspect=$3 root=$ZPCI_CACHE/guest/root file path
	mkdir -p "$tree"/usr/bin "$tree"/usr/lib "$tree"/usr/share/misc "$tree"/etc || return 1
	ln -s usr/lib "$tree/lib"
	ln -s usr/bin "$tree/bin"
	for file in "${guest_programs[@]}" $(guest_libraries "$root" "${guest_programs[@]}"); do
		mkdir -p "$tree/$(dirname "$file")"
		cp -L "$root/$file" "$tree/$file" || return 1
	done
	# The kernel looks for the loader by this name.
	ln -s s390x-linux-gnu/ld64.so.1 "$tree/usr/lib/ld64.so.1"
	[ -e "$tree/usr/lib/ld64.so.1" ] || return 1
	# lspci complains if there is no data base.
	echo "# no names" >"$tree/usr/share/misc/pci.ids"
	echo "root:x:0:0:root:/root:/bin/sh" >"$tree/etc/passwd"
	install -m 755 "$ZPCI_FILES/guest/init" "$tree/init" || return 1
	install -m 755 "$inspect" "$tree/usr/bin/zpci-inspect" || return 1

	path=usr/lib/modules/$(cat "$from/release") || return 1
	mkdir -p "$tree/$path" || return 1
	[ ! -e "$from/modules/zpci-modules" ] || cp "$from"/modules/* "$tree/$path" || return 1
	guest_indexes "$tree/$path"
}

# lspci -v looks for a module of each device, and complains if it finds no indexes of modules.
# These are empty ones: magic number, version 2.1, no root node (kmod, libkmod-index.c).
guest_indexes() {
	local name
	for name in dep alias symbols builtin builtin.alias; do
		printf '\xb0\x07\xf4\x57\x00\x02\x00\x01\x00\x00\x00\x00' >"$1/modules.$name.bin"
	done
}

# guest_module FROM TO: decompressed, so that the guest needs no program for it.
guest_module() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac >"$2"
}

# Not compressed: an emulated guest needs longer to decompress it than QEMU to load it.
guest_archive() {
	find "$1" -exec touch -h -d @0 {} + &&
		(cd "$1" && find . -mindepth 1 | LC_ALL=C sort |
			cpio --quiet --reproducible -R 0:0 -H newc -o) >"$2"
}

# guest_module_find FOLDER NAME: a module's file; file names have - or _ where names have _.
guest_module_find() {
	find "$1" -name "${2//[-_]/[-_]}.ko*" | head -n 1
}

# guest_module_add FROM TO NAME [LIST]: a module, after those that it says it depends on, with a
# line in TO/LIST each, or in TO/zpci-modules. Nothing if the kernel has it built in.
guest_module_add() {
	local from=$1 to=$2 name=$3 list=${4:-zpci-modules} file needed
	[ ! -e "$to/$name.ko" ] || return 0
	if grep -qE "/${name//[-_]/[-_]}\.ko$" "$from/modules.builtin"; then
		return 0
	fi
	file=$(guest_module_find "$from" "$name")
	if [ -z "$file" ]; then
		echo "the kernel package has no module $name"
		return 1
	fi
	guest_module "$file" "$to/$name.ko" || return 1
	for needed in $(tr '\0' '\n' <"$to/$name.ko" | sed -n 's/^depends=//p' | tr , ' '); do
		guest_module_add "$from" "$to" "$needed" "$list" || return 1
	done
	echo "$name.ko" >>"$to/$list"
}

guest_first() {
	if [ -e "$1" ]; then echo "$1"; else echo "$2"; fi
}

# guest_collect ROOT VERSION: kernel, configuration and modules of unpacked packages. A guest whose
# kernel has no VFIO, such as Debian's 6.1, only enumerates functions.
guest_collect() {
	local root=$1 version=$2 to=$ZPCI_CACHE/guest/$2 from entry
	from=$root/usr/lib/modules/$version
	[ -d "$from" ] || from=$root/lib/modules/$version
	rm -rf "$to/modules"
	mkdir -p "$to/modules" || return 1
	# From 7.2 on Debian has both beside the modules.
	cp "$(guest_first "$root/boot/vmlinuz-$version" "$from/vmlinuz")" "$to/kernel" || return 1
	cp "$(guest_first "$root/boot/config-$version" "$from/config")" "$to/config" || return 1
	for entry in "${guest_modules[@]}"; do
		grep -qxF "${entry#* }=m" "$to/config" || continue
		guest_module_add "$from" "$to/modules" "${entry%% *}" || return 1
	done
	for entry in "${guest_share_modules[@]}"; do
		grep -qxF "${entry#* }=m" "$to/config" || continue
		guest_module_add "$from" "$to/modules" "${entry%% *}" zpci-share-modules || return 1
	done
	stamp_write "$to/release" "$version"
	stamp_write "$to/wanted" "${guest_modules[*]} ${guest_share_modules[*]}"
}

# guest_make NAME INSPECT: the RAM disk.
guest_make() {
	local name=$1 inspect=$2 to=$ZPCI_CACHE/guest/$1
	rm -rf "$to/tree"
	guest_tree "$to/tree" "$to" "$inspect" || return 1
	guest_archive "$to/tree" "$to/initrd.new" || return 1
	rm -rf "$to/tree"
	mv "$to/initrd.new" "$to/initrd"
}

# What the RAM disk is made from, beside the packages.
guest_inputs() {
	cat "$ZPCI_FILES/guest/init" "$ZPCI_FILES/lab/guest.sh" "$1" | sha256sum
}

# The programs of every guest; the default guest's kernel with them.
guest_programs_get() {
	mkdir -p "$ZPCI_CACHE/guest"
	if ! guest_kernel_version >/dev/null; then
		apt_step "getting Debian's s390x kernel, busybox and pciutils" guest guest_download ||
			die "the guest's packages could not be downloaded"
	fi
}

# The path is left in $guest_inspect.
guest_inspect=
guest_inspect_get() {
	if is_installed; then
		guest_inspect=$ZPCI_FILES/guest/zpci-inspect
		[ -x "$guest_inspect" ] ||
			die "no $guest_inspect: this zpci was built without the package gcc-s390x-linux-gnu"
		return
	fi
	guest_inspect=$(build_folder native)/zpci/guest/zpci-inspect
	[ ! -x "$guest_inspect" ] || return 0
	lab_build
	[ -x "$guest_inspect" ] ||
		die "the build made no zpci-inspect: it needs the package gcc-s390x-linux-gnu"
}

# guest_finish NAME: the RAM disk of a guest whose kernel and modules are there.
guest_finish() {
	local inputs
	guest_inspect_get
	inputs=$(guest_inputs "$guest_inspect")
	if ! stamp_is "$ZPCI_CACHE/guest/$1/inputs" "$inputs"; then
		step "making the initial RAM disk of guest $1" guest_make "$1" "$guest_inspect" ||
			die "the guest could not be made"
		stamp_write "$ZPCI_CACHE/guest/$1/inputs" "$inputs"
	fi
}

lab_guest() {
	local version
	guest_programs_get
	version=$(guest_kernel_version)
	stamp_is "$ZPCI_CACHE/guest/$version/wanted" \
		"${guest_modules[*]} ${guest_share_modules[*]}" ||
		step "collecting kernel and modules" guest_collect "$ZPCI_CACHE/guest/root" "$version" ||
		die "the guest could not be made"
	guest_finish "$version"
	ln -sfn "$version" "$ZPCI_CACHE/guest/default"
	say "guest with Linux $version: $ZPCI_CACHE/guest/default"
}
