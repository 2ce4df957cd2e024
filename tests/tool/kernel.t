#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A wrong kernel is refused in one sentence, and no QEMU is started; a right one is taken, alone or
# in a tree, with the modules that its .config has. tests/guest/kernel-tree.t boots such a tree.

. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/qemu.sh"

# Like a QEMU that would do. It keeps the RAM disk.
fake_qemu <<'EOF'
echo "$kernel" >"$folder/started"
cp "$initrd" "$folder/initrd"
EOF
work=$tap_folder/work
mkdir "$work"
cd "$work" || exit 1

try() {
	rm -f "$tap_folder/started" "$tap_folder/initrd"
	tool run --qemu "$tap_folder/qemu" --initrd /dev/null --exec true "$@"
}

# refused PATTERN NAME ARGUMENT...
refused() {
	local pattern=$1 name=$2
	shift 2
	try "$@"
	is "$status" 125 "$name: status"
	like "$err" "$pattern" "$name: message"
	is "$(wc -l <<<"$err")" 1 "$name: one sentence"
	[ ! -e "$tap_folder/started" ]
	ok $? "$name: no QEMU was started"
}

# taken NAME PATH ARGUMENT...
taken() {
	local name=$1 path=$2
	shift 2
	try "$@"
	is "$(cat "$tap_folder/started" 2>/dev/null)" "$path" "$name: QEMU got it" ||
		sed 's/^/# /' <<<"$err"
}

# at OFFSET BYTES: in the file x, which is written anew; bytes as of printf
at() {
	head -c 8192 /dev/zero >x
	printf '%b' "$2" | dd of=x bs=1 seek="$1" conv=notrunc status=none
}

# elf CLASS DATA TYPE MACHINE: the header of an ELF file, numbers as bytes of printf
elf() {
	at 0 "\0177ELF\\0$1\\0$2\\01\\0\\0\\0\\0\\0\\0\\0\\0\\0$3$4"
}

# --- images

: >empty
refused "kernel empty is empty: .* build it again" "an empty file" --kernel empty
head -c 100000 /dev/zero | tr '\0' 'x' >garbage
refused 'garbage is no kernel for s390x: .*S390EP. at 0x10008.*name a bzImage' "garbage" \
	--kernel garbage
head -c 200000 /dev/zero >zero
refused "zero is no kernel for s390x" "zeros" --kernel zero
printf 'x' >short
refused "short is no kernel for s390x" "one byte" --kernel short
refused "nonesuch: No such file" "no file" --kernel nonesuch
refused "kernel /dev/fd/[0-9]* is a pipe, .*name a file" "a pipe" --kernel <(echo x)

at $((0x202)) HdrS
refused "kernel x is for x86, and not for s390x: .zpci kernel build'" "x86's bzImage" --kernel x
at 56 'ARM\0144'
refused "kernel x is for arm64, and not for s390x" "arm64's Image" --kernel x
at 56 'RSC\005'
refused "kernel x is for riscv, and not for s390x" "riscv's Image" --kernel x
for name in gzip:'\037\0213' xz:'\0375\067zXZ' zstd:'\050\0265\057\0375' bzip2:BZh9 \
	lz4:'\002\041\0114\030' lzo:'\0211LZO'; do
	at 0 "${name#*:}"
	refused "kernel x is compressed by ${name%%:*}, .*decompress it" "vmlinux by ${name%%:*}" \
		--kernel x
done
at 0 070701
refused "kernel x is an initial RAM disk, .*--initrd" "an initial RAM disk" --kernel x

big=02 little=01 exec='\0\02' dyn='\0\03' rel='\0\01' s390='\0\026'
elf 02 $little '\02\0' '\076\0'
refused "kernel x is for x86, and not for s390x" "x86's vmlinux" --kernel x
elf 02 $big $exec '\0\025'
refused "kernel x is for POWER, and not for s390x" "POWER's vmlinux" --kernel x
elf 02 $little '\02\0' '\01\01'
refused "kernel x is an ELF file for another machine" "another machine's vmlinux" --kernel x
elf 01 $big $exec $s390
refused "kernel x is for s390 with 31 bits" "31 bits" --kernel x
elf 02 $big $rel $s390
refused "kernel x is an object file, a module or a dump" "a module" --kernel x
elf 02 $big $exec $s390
taken "another program for bare metal" x --kernel x
elf 02 $big $dyn $s390
taken "one that can be moved" x --kernel x

# The table of segments at 64, with PT_INTERP; e_phoff is at 32, e_phnum at 56.
elf 02 $big $exec $s390
printf '\0\0\0\0\0\0\0\100' | dd of=x bs=1 seek=32 conv=notrunc status=none
printf '\0\1' | dd of=x bs=1 seek=56 conv=notrunc status=none
printf '\0\0\0\3' | dd of=x bs=1 seek=64 conv=notrunc status=none
refused "kernel x is a program of s390x Linux" "a program" --kernel x
printf '\377\377\377\377\377\377\377\377' | dd of=x bs=1 seek=32 conv=notrunc status=none
printf '\377\377' | dd of=x bs=1 seek=56 conv=notrunc status=none
taken "an ELF file with a table that is nowhere" x --kernel x

# Two sections at 64, the second one with the names at 512; e_shoff is at 40, e_shnum at 60.
elf 02 $big $exec $s390
printf '\0\0\0\0\0\0\0\100' | dd of=x bs=1 seek=40 conv=notrunc status=none
printf '\0\2\0\1' | dd of=x bs=1 seek=60 conv=notrunc status=none
printf '\0\0\0\1' | dd of=x bs=1 seek=128 conv=notrunc status=none
printf '\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\20' | dd of=x bs=1 seek=152 conv=notrunc status=none
printf '\0.vmlinux.info\0' | dd of=x bs=1 seek=512 conv=notrunc status=none
refused "kernel x is Linux without the code that starts it: name arch/s390/boot/bzImage" \
	"vmlinux of the top folder" --kernel x

s390x_kernel x
taken "a bzImage" x --kernel x
at 0 '\0\010\0\0\0200\001\0\0'
taken "a program with a PSW at 0" x --kernel x

# --- trees

refused "^zpci: $work is no kernel tree: it has no .config" "a folder" --kernel "$work"
mkdir -p tree/arch/s390/boot tree/include/config tree/drivers/vfio
printf '#\n# Linux/s390 7.2.12 Kernel Configuration\n#\nCONFIG_S390=y\n' >config
sed 's/s390/x86/; s/S390/X86/' config >tree/.config
refused "kernel tree tree is configured for x86, and not for s390: .*zpci kernel build" \
	"a tree for x86" --kernel tree
printf '# U-Boot 2026.01 Configuration\n' >tree/.config
refused "tree is no kernel tree: its .config is not Linux's" "another project" --kernel tree
cp config tree/.config
refused "kernel tree tree is not built: it has no arch/s390/boot/bzImage; .zpci kernel build tree'" \
	"a tree that is not built" --kernel tree
: >tree/arch/s390/boot/bzImage
refused "bzImage is empty" "a tree whose build was interrupted" --kernel tree
rm tree/.config
mkdir -p source/arch/s390
: >source/Kbuild
: >source/arch/s390/Kconfig
refused "kernel tree source has no .config: was it built with O=FOLDER" "a source alone" --kernel source
cd source || exit 1
refused "kernel tree \. has no .config" "in a source alone"
cd .. || exit 1

s390x_kernel tree/arch/s390/boot/bzImage
echo 7.2.12-mine >tree/include/config/kernel.release
cp config tree/.config
taken "a tree" tree/arch/s390/boot/bzImage --kernel tree
like "$err" "^zpci: booting Linux 7\.2\.12-mine, tree/arch/s390/boot/bzImage, with its modules$" \
	"a tree: said so"
cd tree || exit 1
taken "in a tree" ./arch/s390/boot/bzImage
refused "guest nonesuch: no " "in a tree, with --guest" --guest nonesuch
cd .. || exit 1

# --- types of a kernel without BTF

# pahole ARGUMENT...: a program of this name that does what is asked for
pahole() {
	mkdir -p "$tap_folder/bin"
	printf '#!/bin/sh\n%s\n' "$1" >"$tap_folder/bin/pahole"
	chmod +x "$tap_folder/bin/pahole"
}
# The shell's own PATH has no pahole of ours.
inspect() {
	rm -f "$tap_folder/started" "$tap_folder/initrd"
	PATH=$tap_folder/bin:$PATH tool inspect --qemu "$tap_folder/qemu" --initrd /dev/null \
		--kernel tree
}
packed() {
	mkdir -p "$tap_folder/unpacked"
	(cd "$tap_folder/unpacked" && rm -rf usr zpci &&
		cpio -i --quiet --no-absolute-filenames <"$tap_folder/initrd" && cat zpci/btf 2>&1)
}

inspect
like "$err" "^zpci: the kernel has no BTF and no vmlinux with debug information.*CONFIG_DEBUG_INFO_BTF" \
	"no debug information: said so"
[ -e "$tap_folder/started" ]
ok $? "no debug information: booted"
echo CONFIG_DEBUG_INFO=y >>tree/.config
: >tree/vmlinux
pahole 'exit 3'
inspect
like "$err" "^zpci: the kernel has no BTF and pahole exited with status 3.*install pahole" \
	"pahole fails: said so"
like "$(packed)" "No such file" "pahole fails: nothing is packed"
pahole 'echo "types of $2" >"${1#--btf_encode_detached=}"'
inspect
like "$err" "^zpci: pahole reads the kernel's types from tree/vmlinux" "pahole: said so"
is "$(packed)" "types of tree/vmlinux" "pahole: its types are packed"
pahole 'exit 3'
inspect
unlike "$err" "pahole" "pahole: once for each build"
is "$(packed)" "types of tree/vmlinux" "pahole: they are packed again"
touch -d '+1 minute' tree/vmlinux
inspect
like "$err" "pahole exited with status 3" "pahole: again for another build"
is "$(find tree -name '.zpci.btf*')" tree/.zpci.btf "pahole: no file is left behind"
try --kernel tree
unlike "$err" "pahole" "zpci run needs no types"
echo CONFIG_DEBUG_INFO_BTF=y >>tree/.config
inspect
unlike "$err" "pahole" "a kernel with BTF needs none"
cp config tree/.config

# --- modules

# module NAME RELEASE [DEPENDS]: an object of this system's compiler; libkmod takes any machine's.
module() {
	printf '%s\0' "depends=${3-}" "vermagic=$2 SMP mod_unload" >modinfo
	printf '.section .modinfo,"a"\n.incbin "modinfo"\n' >module.s
	${CC:-cc} -c -o "$1" module.s
}

# What the guest is to load, in order.
loaded() {
	(mkdir -p "$tap_folder/unpacked" && cd "$tap_folder/unpacked" && rm -rf usr zpci &&
		cpio -i --quiet --no-absolute-filenames <"$tap_folder/initrd" &&
		tr '\n' ' ' <usr/lib/modules/7.2.12-mine/zpci-modules)
}

if [ "${HAVE_KMOD:-yes}" = no ]; then
	skip "modules" "built without libkmod"
	done_testing
fi
printf 'CONFIG_VFIO_PCI=m\nCONFIG_VIRTIO_CONSOLE=y\n' >>tree/.config
refused "kernel tree tree has no module vfio_pci.ko, which CONFIG_VFIO_PCI needs: .zpci kernel build tree'" \
	"a module that was not built" --kernel tree
: >tree/modules.order
refused "kernel tree tree has no module vfio_pci.ko" "an empty modules.order" --kernel tree
rm tree/modules.order
module tree/drivers/vfio/vfio-pci.ko 7.2.12-mine vfio-core,irqbypass
refused "has no module vfio-core.ko, which vfio_pci needs" "a dependency that was not built" \
	--kernel tree
module tree/drivers/vfio/vfio_core.ko 7.2.12-mine irqbypass
module tree/irqbypass.ko 7.2.12-mine
module tree/drivers/vfio/virtio_console.ko 7.2.12-mine
taken "modules by a search" tree/arch/s390/boot/bzImage --kernel tree
is "$(loaded)" "irqbypass.ko vfio-core.ko vfio_pci.ko " "modules by a search: the order"
cmp -s tree/irqbypass.ko "$tap_folder/unpacked/usr/lib/modules/7.2.12-mine/irqbypass.ko"
ok $? "modules by a search: the bytes"
taken "the tree of an image" tree/arch/s390/boot/bzImage --kernel tree/arch/s390/boot/bzImage
is "$(loaded)" "irqbypass.ko vfio-core.ko vfio_pci.ko " "the tree of an image: its modules"
for format in zstd:zst xz:xz gzip:gz; do
	if ! command -v "${format%:*}" >/dev/null; then
		skip "a module by ${format%:*}" "no ${format%:*}"
		continue
	fi
	"${format%:*}" -qc tree/irqbypass.ko >"tree/irqbypass.ko.${format#*:}"
	mv tree/irqbypass.ko saved.ko
	taken "a module by ${format%:*}" tree/arch/s390/boot/bzImage --kernel tree
	is "$(loaded)" "irqbypass.ko vfio-core.ko vfio_pci.ko " "a module by ${format%:*}: the order"
	cmp -s saved.ko "$tap_folder/unpacked/usr/lib/modules/7.2.12-mine/irqbypass.ko"
	ok $? "a module by ${format%:*}: decompressed"
	echo broken >"tree/irqbypass.ko.${format#*:}"
	try --kernel tree
	is "$status" 125 "a broken module by ${format%:*}: status"
	like "$err" "irqbypass.ko.${format#*:} could not be decompressed" \
		"a broken module by ${format%:*}: message"
	rm "tree/irqbypass.ko.${format#*:}"
	mv saved.ko tree/irqbypass.ko
done
# The list of the build has the last word: nothing else in the tree is looked at.
mkdir tree/old
for list in drivers/vfio/vfio-pci.o drivers/vfio/vfio-pci.ko kernel/drivers/vfio/vfio-pci.ko; do
	printf '%s\n' old/vfio-pci2.o "$list" irqbypass.o drivers/vfio/vfio_core.o >tree/modules.order
	module tree/old/vfio-pci.ko 7.1.0
	taken "modules.order with $list" tree/arch/s390/boot/bzImage --kernel tree
	is "$(loaded)" "irqbypass.ko vfio-core.ko vfio_pci.ko " "modules.order with $list: the order"
done
module tree/irqbypass.ko 7.2.12-mine vfio_pci
taken "modules in a circle" tree/arch/s390/boot/bzImage --kernel tree
module tree/irqbypass.ko 7.2.11
refused "irqbypass.ko was built for Linux 7\.2\.11, and the kernel is 7\.2\.12-mine" \
	"a module of another build" --kernel tree
echo garbage >tree/irqbypass.ko
refused "irqbypass.ko cannot be read" "a module that is none" --kernel tree
done_testing
