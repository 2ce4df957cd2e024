# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The KVM host: Linux's own KVM, on Hercules, and a command in it.
#
# QEMU's TCG has no SIE, so a guest of it has no KVM. Hercules executes SIE. What it lacks of PCI and
# for QEMU is in a module of ours, zpci/lab/kvm/hercules.c.
#
#   $ZPCI_CACHE/kvm/zpci-hercules.so     the module
#   $ZPCI_CACHE/kvm/kernel               the host's kernel (kernel-build.sh, variant kvm-host)
#   $ZPCI_CACHE/kvm/base.cpio            busybox and zpci/lab/kvm/init.c
#   $ZPCI_CACHE/kvm/qemu-7.2.cpio        Debian's QEMU for s390x with its libraries; qemu-newest.cpio
#   $ZPCI_CACHE/kvm/build.cpio           this tree, built for s390x
#
# Each of them is made once. The host has no disk: these archives and one with the command and its
# files, one behind the other, are its initial RAM disk. zpci/lab/kvm/boot starts Hercules with it.

kvm_folder=$ZPCI_CACHE/kvm

# The QEMUs by their names, and where they come from. Later ones of Debian are built for a machine
# that has more instructions than Hercules.
kvm_qemu_names=(7.2 newest none)
kvm_qemu_suites() {
	case $1 in
	7.2) printf '%s\n' bookworm ;;
	newest) printf '%s\n' "trixie trixie-backports" trixie "bookworm bookworm-backports" ;;
	esac
}

kvm_usage() {
	cat <<-USAGE
		usage: zpci-lab kvm [OPTION]... [--] COMMAND [ARGUMENT]...

		Boots a KVM host on Hercules, runs the command in it, and passes on its output and exit
		status. Without a command, only makes all that is needed.

		  --qemu ${kvm_qemu_names[*]// /|}
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

# kvm_once NAME INPUTS TITLE COMMAND...: make the file NAME in the folder, unless it was made from
# these inputs. COMMAND gets a path to write to.
kvm_once() {
	local name=$1 inputs=$2 title=$3
	shift 3
	! stamp_is "$kvm_folder/$name.inputs" "$inputs" || [ ! -e "$kvm_folder/$name" ] || return 0
	rm -f "$kvm_folder/$name.inputs"
	step "$title" "$@" "$kvm_folder/$name.new" || die "$title failed"
	mv "$kvm_folder/$name.new" "$kvm_folder/$name"
	stamp_write "$kvm_folder/$name.inputs" "$inputs"
}

kvm_sum() {
	cat "$@" | sha256sum
}

kvm_hercules_get() {
	local architecture
	architecture=$(dpkg --print-architecture)
	[ "$architecture" = amd64 ] ||
		die "the KVM host needs an amd64 machine, and this is $architecture"
	command -v hercules >/dev/null || die "no hercules: install Debian's package"
}

kvm_module_compile() {
	gcc -shared -fPIC -O2 -Wall -fvisibility=hidden -o "$1" "$ZPCI_SOURCE/zpci/lab/kvm/hercules.c"
}

# A kernel is built again if its configuration has changed, and not because Debian has a newer source.
kvm_kernel_get() {
	local to=$kvm_folder/kernel wanted
	wanted=$(kernel_fragments kvm-host | sha256sum)
	! stamp_is "$to/wanted" "$wanted" || return 0
	kernel_source_once kvm-host
	kernel_once kvm-host "$to"
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

# --- QEMU ----------------------------------------------------------------------------------------

# The lister of apt_try. Up to Debian 12 the package qemu-system-misc has it, among other targets.
kvm_qemu_packages() {
	local package=qemu-system-s390x
	[ -n "$(apt_version "$package")" ] || package=qemu-system-misc
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

# QEMU stands where Debian has it, and the kernel starts it, not ld.so: KVM needs the page tables that
# QEMU's own program header asks for.
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
	ln -s s390x-linux-gnu/ld64.so.1 "$tree/usr/lib/ld64.so.1"
	guest_archive "$tree" "$2" || return 1
	rm -rf "$tree"
}

kvm_qemu_get() {
	local name=$1 inputs
	[ "$name" != none ] || return 0
	inputs="$(kvm_qemu_suites "$name") ${kvm_qemu_data[*]}"
	stamp_is "$kvm_folder/qemu-$name.cpio.inputs" "$inputs" ||
		apt_step "getting QEMU $name for s390x" "kvm-qemu-$name" kvm_qemu_download "$name" ||
		die "QEMU $name for s390x could not be downloaded"
	kvm_once "qemu-$name.cpio" "$inputs" "packing QEMU $name for s390x" kvm_qemu_make "$name"
	rm -rf "$kvm_folder/root-$name"
}

# --- this tree -----------------------------------------------------------------------------------

kvm_libraries=usr/lib/s390x-linux-gnu

# With shared libraries, as what is loaded into a hypervisor is one. Only PATH and the folders of the
# host count, so that the build is installed there.
kvm_build() {
	local root=$ZPCI_CACHE/s390x/root libraries
	libraries=$root/$kvm_libraries
	export PKG_CONFIG_LIBDIR=$libraries/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
	build_all kvm --enable-werror --host=s390x-linux-gnu --prefix=/usr --libdir=/$kvm_libraries \
		--disable-static \
		CFLAGS="-g -O2 -Wno-error=deprecated-declarations" CPPFLAGS="-I$root/usr/include" \
		LDFLAGS="-L$libraries -Wl,-rpath-link,$libraries,--allow-shlib-undefined"
}

kvm_build_make() {
	local root=$ZPCI_CACHE/s390x/root tree=$kvm_folder/tree file name
	rm -rf "$tree"
	make -C "$(build_folder kvm)" install-strip DESTDIR="$tree" >/dev/null || return 1
	rm -rf "$tree"/usr/{share,include}
	for file in "$root/$kvm_libraries"/lib{json-c,inih,c,m,gcc_s}.so.[0-9] \
		"$root/$kvm_libraries"/ld64.so.1; do
		[ -e "$file" ] || continue
		cp -L "$file" "$tree/$kvm_libraries/" || return 1
	done
	ln -s s390x-linux-gnu/ld64.so.1 "$tree/usr/lib/ld64.so.1"
	guest_archive "$tree" "$1" || return 1
	rm -rf "$tree"
}

kvm_build_get() {
	check_s390x_root || die "the libraries for s390x could not be fetched"
	step "building for s390x" kvm_build || die "the build for s390x failed"
	kvm_once build.cpio "$(kvm_build_inputs)" "packing the build for s390x" kvm_build_make
}

kvm_build_inputs() {
	find "$(build_folder kvm)" -type f \( -name '*.so' -o -name '*.so.*' -o -perm -u+x \) \
		-printf '%P %s %T@\n' | LC_ALL=C sort | sha256sum
}

# --- the command ---------------------------------------------------------------------------------

# kvm_prepare QEMU: all that is made once. Two at once would use the same folders.
kvm_prepare() {
	local lock
	mkdir -p "$kvm_folder"
	exec {lock}>"$kvm_folder/lock"
	flock -n "$lock" || {
		say "another zpci-lab is making the KVM host; waiting"
		flock "$lock"
	}
	lab_deps
	kvm_hercules_get
	kvm_once zpci-hercules.so "$(kvm_sum "$ZPCI_SOURCE/zpci/lab/kvm/hercules.c")" \
		"compiling the module for Hercules" kvm_module_compile
	guest_programs_get
	kvm_kernel_get
	kvm_once base.cpio "$(kvm_sum "$ZPCI_SOURCE/zpci/lab/kvm/init.c")" \
		"making the KVM host's programs" kvm_base_make
	kvm_qemu_get "$1"
	kvm_build_get
	exec {lock}>&-
}

# kvm_file FROM[:TO] TREE
kvm_file() {
	local from=${1%%:*} to=
	[ "$from" = "$1" ] || to=${1#*:}
	[ -n "$to" ] || to=/root/$(basename "$from")
	mkdir -p "$2$(dirname "$to")" && cp -rL "$from" "$2$to"
}

# kvm_archive TREE ARCHIVE COMMAND...: the command, as zpci/lab/kvm/init.c reads it, and the files.
kvm_archive() {
	local tree=$1 archive=$2
	shift 2
	mkdir -p "$tree/zpci"
	printf '%s\0' "$@" >"$tree/zpci/command"
	guest_archive "$tree" "$archive"
}

kvm_bad() {
	printf 'zpci-lab: kvm: %s\n' "$*" >&2
	exit 2
}

# kvm_number OPTION VALUE LOW HIGH
kvm_number() {
	[[ $2 =~ ^[1-9][0-9]{0,8}$ ]] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] ||
		kvm_bad "$1 takes a number from $3 to $4, but got \`$2'"
}

# kvm_file_check FROM[:TO]
kvm_file_check() {
	[ -r "${1%%:*}" ] || kvm_bad "--file: there is no readable \`${1%%:*}'"
	[[ $1 != *:* || ${1#*:} == /* ]] || kvm_bad "--file: \`${1#*:}' is no absolute path in the host"
}

lab_kvm() {
	local qemu=7.2 files=() timeout=600 memory=2048 cpus=1 verbose= folder file status=0 parts=()
	while [ $# -gt 0 ]; do
		case $1 in
		--) shift; break ;;
		--help) kvm_usage; return ;;
		--verbose) verbose=--verbose; shift; continue ;;
		--qemu | --file | --timeout | --memory | --cpus) [ $# -gt 1 ] || kvm_bad "$1 needs a value" ;;
		-*) kvm_bad "no option \`$1'; \`zpci-lab kvm --help' lists them" ;;
		*) break ;;
		esac
		case $1 in
		--qemu) qemu=$2 ;;
		--file) files+=("$2") ;;
		--timeout) timeout=$2 ;;
		--memory) memory=$2 ;;
		--cpus) cpus=$2 ;;
		esac
		shift 2
	done
	printf '%s\n' "${kvm_qemu_names[@]}" | grep -qxF -- "$qemu" ||
		kvm_bad "--qemu takes one of ${kvm_qemu_names[*]}, but got \`$qemu'"
	kvm_number --timeout "$timeout" 1 86400
	kvm_number --memory "$memory" 256 16384
	kvm_number --cpus "$cpus" 1 4
	for file in "${files[@]}"; do
		kvm_file_check "$file"
	done
	kvm_prepare "$qemu" >&2
	[ $# -gt 0 ] || return 0

	folder=$(mktemp -d)
	# shellcheck disable=SC2064 # the folder's name of now
	trap "rm -rf '$folder'" EXIT
	for file in "${files[@]}"; do
		kvm_file "$file" "$folder/tree" || die "--file: \`$file' could not be copied"
	done
	kvm_archive "$folder/tree" "$folder/own.cpio" "$@" || die "the command could not be packed"
	parts=("$kvm_folder/base.cpio")
	parts+=("$kvm_folder/build.cpio")
	[ "$qemu" = none ] || parts+=("$kvm_folder/qemu-$qemu.cpio")
	cat "${parts[@]}" "$folder/own.cpio" >"$folder/initrd"
	rm -rf "$folder/tree" "$folder/own.cpio"
	cp "$kvm_folder/kernel/kernel" "$kvm_folder/zpci-hercules.so" "$folder/"
	perl "$ZPCI_SOURCE/zpci/lab/kvm/boot" --timeout "$timeout" --memory "$memory" --cpus "$cpus" \
		$verbose "$folder" || status=$?
	return "$status"
}
