# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The KVM host: Linux's own KVM, on Hercules, and a command in it.
#
# QEMU's TCG has no SIE, so a guest of it has no KVM. Hercules executes SIE. What it lacks of PCI
# and for QEMU is in a module of ours, zpci/lab/kvm/hercules.c.
#
#   $ZPCI_CACHE/kvm/zpci-hercules.so     the module
#   $ZPCI_CACHE/guest/small-kvm          the host's kernel (kernel-build.sh), and a guest that boots
#                                        quickly in the host
#   $ZPCI_CACHE/kvm/base.cpio            busybox and zpci/lab/kvm/init.c
#   $ZPCI_CACHE/kvm/qemu-NAME.cpio       Debian's QEMU for s390x with its libraries
#   kvm.cpio in the build folders         this tree, built for s390x
#
# Each of them is made once. The host has no disk: these archives and one with the command and its
# files, one behind the other, are its initial RAM disk. zpci/lab/kvm/boot starts Hercules with it.

. "$ZPCI_SOURCE/zpci/lab/kvm/demo"

kvm_folder=$ZPCI_CACHE/kvm
kvm_libraries=usr/lib/s390x-linux-gnu

# The QEMUs by their names, and where they come from.
kvm_qemu_names=(7.2 newest none)
kvm_qemu_suites() {
	case $1 in
	7.2) echo bookworm ;;
	newest)
		printf '%s\n' testing unstable "trixie trixie-backports" trixie \
			"bookworm bookworm-backports"
		;;
	esac
}

kvm_usage() {
	cat <<-USAGE
		usage: zpci-lab kvm [OPTION]... [[--] COMMAND [ARGUMENT]...]

		Boots a KVM host on Hercules, runs the command in it, and passes on its output and exit
		status. Without a command it boots a guest under that KVM, with two detached VFs, and shows
		what the guest saw of them, as \`zpci-lab demo' does.

		  --qemu $(IFS='|' && echo "${kvm_qemu_names[*]}")
		                     the QEMU that the host has (default: 7.2)
		  --file FROM[:TO]   copy a file or folder into the host, to TO or into /root;
		                     any number of times
		  --timeout SECONDS  give up on the command after this time (default: 600)
		  --memory MIB       the host's storage (default: 2048)
		  --cpus NUMBER      the host's CPUs (default: 1)
		  --verbose          show the kernel's messages of the host on standard error
		  --help             print this text
	USAGE
}

# --- what the host is made of --------------------------------------------------------------------

kvm_hercules_get() {
	local architecture
	architecture=$(dpkg --print-architecture)
	[ "$architecture" = amd64 ] ||
		die "the KVM host needs an amd64 machine, and this is $architecture"
	command -v hercules >/dev/null || die "no hercules: install Debian's package"
}

kvm_module_compile() {
	gcc -shared -fPIC -O2 -Wall -fvisibility=hidden -o "$1" \
		"$ZPCI_SOURCE/zpci/lab/kvm/hercules.c"
}

# The kernel is built again if its configuration or its edit has changed, and not because its source
# has.
kvm_kernel_get() {
	local to=$ZPCI_CACHE/guest/small-kvm wanted
	wanted=$({
		kernel_fragments kvm
		cat "$ZPCI_SOURCE/zpci/lab/kernel/kvm.sed"
	} | sha256sum)
	if stamp_is "$to/wanted" "$wanted" && [ -e "$to/built" ]; then
		guest_finish small-kvm
		return
	fi
	kernel_build kvm
	stamp_write "$to/wanted" "$wanted"
}

kvm_base_make() {
	local tree=$kvm_folder/tree
	rm -rf "$tree"
	mkdir -p "$tree"/usr/{bin,sbin,lib} "$tree"/{dev,etc,zpci} || return 1
	ln -s usr/bin "$tree/bin"
	ln -s usr/sbin "$tree/sbin"
	ln -s usr/lib "$tree/lib"
	echo "root:x:0:0:root:/root:/bin/sh" >"$tree/etc/passwd"
	echo "root:x:0:" >"$tree/etc/group"
	cp -L "$ZPCI_CACHE/guest/root/usr/bin/busybox" "$tree/usr/bin/" || return 1
	s390x-linux-gnu-gcc -O2 -static -march=z10 -Wall -o "$tree/init" \
		"$ZPCI_SOURCE/zpci/lab/kvm/init.c" || return 1
	guest_archive "$tree" "$1" || return 1
	rm -rf "$tree"
}

# kvm_pack TREE LIBC ARCHIVE: make the archive of programs and their libraries, remove the tree, and
# write down the version of its C library, such as 2.36.
kvm_pack() {
	ln -s s390x-linux-gnu/ld64.so.1 "$1/usr/lib/ld64.so.1"
	grep -aom 1 'release version [0-9.]*[0-9]' "$1/$kvm_libraries/libc.so.6" |
		grep -o '[0-9.]*$' >"$2" || return 1
	guest_archive "$1" "$3" || return 1
	rm -rf "$1"
}

# --- QEMU ----------------------------------------------------------------------------------------

# The lister of apt_try. Up to Debian 12 the package qemu-system-misc has it, among other targets.
kvm_qemu_packages() {
	local package='qemu-system-s390x'
	[ -n "$(apt_version "$package")" ] || package='qemu-system-misc'
	apt_closure "$package" ipxe-qemu
}

kvm_qemu_download() {
	local name=$1 suites
	mapfile -t suites < <(kvm_qemu_suites "$name")
	apt_try "kvm-qemu-$name" s390x "${suites[@]}" -- kvm_qemu_packages &&
		apt_unpack "$kvm_folder/root-$name"
}

# Firmware that QEMU looks for at its start, and the boot ROM of virtio-net-pci.
kvm_qemu_data=(usr/share/qemu/s390-ccw.img usr/share/qemu/s390-netboot.img
	usr/lib/ipxe/qemu/efi-virtio.rom)

# QEMU stands where Debian has it, and the kernel starts it, not ld.so: KVM needs the page tables
# that QEMU's own program header asks for.
kvm_qemu_make() {
	local root=$kvm_folder/root-$1 tree=$kvm_folder/tree file libraries
	rm -rf "$tree"
	mkdir -p "$tree/usr/lib" || return 1
	libraries=$(guest_libraries "$root" usr/bin/qemu-system-s390x) || return 1
	for file in usr/bin/qemu-system-s390x $libraries "${kvm_qemu_data[@]}"; do
		[ -e "$root/$file" ] || continue
		mkdir -p "$tree/${file%/*}" || return 1
		cp -L "$root/$file" "$tree/$file" || return 1
	done
	kvm_pack "$tree" "$kvm_folder/qemu-$1.libc" "$2"
}

kvm_qemu_get() {
	local name=$1 inputs
	[ "$name" != none ] || return 0
	inputs="$(kvm_qemu_suites "$name") ${kvm_qemu_data[*]} libc"
	stamp_is "$kvm_folder/qemu-$name.cpio.inputs" "$inputs" ||
		apt_step "getting QEMU $name for s390x" "kvm-qemu-$name" kvm_qemu_download "$name" ||
		die "QEMU $name for s390x could not be downloaded"
	machine_once "$kvm_folder/qemu-$name.cpio" "$inputs" "packing QEMU $name for s390x" \
		kvm_qemu_make "$name"
	rm -rf "$kvm_folder/root-$name"
}

# --- this tree -----------------------------------------------------------------------------------

kvm_build_make() {
	local root=$ZPCI_CACHE/s390x/root tree=$kvm_folder/tree file
	rm -rf "$tree"
	make -C "$(build_folder kvm)" install-strip DESTDIR="$tree" || return 1
	rm -rf "${tree:?}"/usr/{share,include}
	for file in "$root/$kvm_libraries"/lib{json-c,inih,c,m,gcc_s}.so.[0-9] \
		"$root/$kvm_libraries"/ld64.so.1; do
		[ -e "$file" ] || continue
		cp -L "$file" "$tree/$kvm_libraries/" || return 1
	done
	kvm_pack "$tree" "$(build_folder kvm).libc" "$1"
}

# Built again if a file of the tree is newer than the archive.
kvm_build_get() {
	local archive source=$ZPCI_SOURCE
	archive=$(build_folder kvm).cpio
	[ ! -e "$archive" ] || [ -n "$(find "$source"/{configure.ac,Makefile.am,include,zpci,examples} \
		-path "$source/zpci/lab" -prune -o -type f -newer "$archive" -print -quit)" ] || return 0
	check_s390x_root || die "the libraries for s390x could not be fetched"
	machine_build kvm "$ZPCI_CACHE/s390x/root" kvm_build_make
}

# --- the command ---------------------------------------------------------------------------------

# kvm_prepare QEMU: all that is made once.
kvm_prepare() {
	lab_deps
	kvm_hercules_get
	machine_once "$kvm_folder/zpci-hercules.so" \
		"$(machine_sum "$ZPCI_SOURCE"/zpci/lab/kvm/hercules.[ch])" \
		"compiling the module for Hercules" kvm_module_compile
	guest_programs_get
	kvm_kernel_get
	machine_once "$kvm_folder/base.cpio" "$(machine_sum "$ZPCI_SOURCE/zpci/lab/kvm/init.c")" \
		"making the KVM host's programs" kvm_base_make
	kvm_qemu_get "$1"
	kvm_build_get
}

# kvm_make QEMU...: the host, with each of these QEMUs to choose from.
kvm_make() {
	local qemu
	machine_lock
	for qemu; do
		kvm_prepare "$qemu"
	done
	machine_unlock
}

# kvm_parts QEMU: the archives of the host. A later one replaces files of an earlier one: of the
# libraries that both have, programs need those of the later release.
kvm_parts() {
	local build qemu=$kvm_folder/qemu-$1
	build=$(build_folder kvm)
	echo "$kvm_folder/base.cpio"
	if [ "$1" = none ]; then
		echo "$build.cpio"
	elif dpkg --compare-versions "$(cat "$build.libc")" gt "$(cat "$qemu.libc")"; then
		printf '%s\n' "$qemu.cpio" "$build.cpio"
	else
		printf '%s\n' "$build.cpio" "$qemu.cpio"
	fi
}

# kvm_archive TREE ARCHIVE COMMAND...: the command, as zpci/lab/kvm/init.c reads it, and the files.
kvm_archive() {
	local tree=$1 archive=$2
	shift 2
	mkdir -p "$tree/zpci"
	printf '%s\0' "$@" >"$tree/zpci/command"
	guest_archive "$tree" "$archive"
}

# kvm_fill FOLDER QEMU COUNT FILE... COMMAND...: what zpci/lab/kvm/boot wants in a folder, with
# COUNT files.
kvm_fill() {
	local folder=$1 qemu=$2 count=$3 parts
	shift 3
	mkdir "$folder/tree"
	for ((; count > 0; count--)); do
		machine_file "$1" "$folder/tree" || die "--file: \`$1' could not be copied"
		shift
	done
	kvm_archive "$folder/tree" "$folder/own.cpio" "$@" || die "the command could not be packed"
	mapfile -t parts < <(kvm_parts "$qemu")
	cat "${parts[@]}" "$folder/own.cpio" >"$folder/initrd"
	rm -rf "$folder/tree" "$folder/own.cpio"
	cp "$ZPCI_CACHE/guest/small-kvm/kernel" "$kvm_folder/zpci-hercules.so" "$folder/"
}

# kvm_run QEMU COUNT FILE... COMMAND...: with COUNT files, and with the options ${boot[@]} for
# zpci/lab/kvm/boot. The caller holds the lock.
kvm_run() {
	local folder status=0
	folder=$(mktemp -d)
	# shellcheck disable=SC2064 # the folder's name of now
	trap "rm -rf '$folder'" EXIT
	kvm_fill "$folder" "$@"
	machine_unlock
	# If this shell is killed, nothing stays behind.
	setpriv --pdeathsig TERM perl "$ZPCI_SOURCE/zpci/lab/kvm/boot" "${boot[@]}" "$folder" ||
		status=$?
	return "$status"
}

lab_kvm() {
	local qemu=7.2 timeout=600 memory=2048 cpus=1 verbose=() files=() rest=() boot=()
	machine_options qemu 256 "$@"
	printf '%s\n' "${kvm_qemu_names[@]}" | grep -xF -- "$qemu" >/dev/null ||
		machine_bad "--qemu takes one of ${kvm_qemu_names[*]}, but got \`$qemu'"
	boot=(--timeout "$timeout" --memory "$memory" --cpus "$cpus" "${verbose[@]}")
	# 1 would be the command's.
	trap '[ $? -eq 0 ] || exit 125' EXIT
	machine_lock >&2
	kvm_prepare "$qemu" >&2
	if [ ${#rest[@]} -gt 0 ]; then
		kvm_run "$qemu" "${#files[@]}" "${files[@]}" "${rest[@]}"
	else
		machine_unlock
		kvm_demo --qemu "$qemu" "${boot[@]}"
	fi
}
