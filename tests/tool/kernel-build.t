#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci kernel config and build call a kernel's build system as it wants to be called, say what a
# configuration lacks, and have the statuses that `git bisect run' expects. The source here has
# Linux's targets and nothing behind them; make and git are real.

. "$(dirname "$0")/tap.sh"

fragment=$(realpath "${srcdir:-$(dirname "$0")/../..}/zpci/lab/kernel/guest.config")
work=$tap_folder/work
mkdir -p "$work/linux/arch/s390" "$work/linux/scripts/kconfig" "$work/bin"
cd "$work/linux" || exit 1
printf '#!/bin/sh\n' >"$work/bin/s390x-linux-gnu-gcc"
chmod +x "$work/bin/s390x-linux-gnu-gcc"
PATH=$work/bin:$PATH
unset CROSS_COMPILE LLVM CC MAKEFLAGS MAKELEVEL MFLAGS

: >Kbuild
: >arch/s390/Kconfig
echo works >state
s390x_kernel image
cat >Makefile <<'EOF'
O ?= $(or $(KBUILD_OUTPUT),.)
defconfig:
	printf '#\n# Linux/$(ARCH) 7.2.12 Kernel Configuration\n#\nCONFIG_S390=y\nCONFIG_MODULES=y\n' >$(O)/.config
	ln -sfn $(CURDIR) $(O)/source
olddefconfig:
	echo '# by olddefconfig for $(ARCH)' >>$(O)/.config
	! grep -s DROPPED $(O)/.config || sed -i '/CONFIG_KVM=/d' $(O)/.config
bzImage:
	grep -q works state
	mkdir -p $(O)/arch/s390/boot
	cp image $(O)/arch/s390/boot/bzImage
	cat state >>$(O)/arch/s390/boot/bzImage
modules:
	echo '$(CROSS_COMPILE)' >$(O)/modules
.PHONY: defconfig olddefconfig bzImage modules
EOF
# Linux's takes -m and -O FOLDER, then the files; the result is in that folder.
cat >scripts/kconfig/merge_config.sh <<'EOF'
[ "$1 $2" = "-m -O" ] && [ -r "$4" ] && [ -r "$5" ] || exit 1
cat "$4" "$5" >"$3/.new" && mv "$3/.new" "$3/.config"
EOF

# --- config

tool kernel config
is "$status" 125 "config without a .config: status"
like "$out" '^CONFIG_VIRTIO_CONSOLE=y$' "config without a .config: the fragment"
like "$err" "^zpci: kernel tree . has no .config: .*zpci kernel config --merge" \
	"config without a .config: message"
cd "$tap_folder" || exit 1
tool kernel config
same "$tap_folder/out" "$fragment" "config outside of a tree: the lab's file as it is"
is "$status" 0 "config outside of a tree: status"
is "$err" "" "config outside of a tree: nothing is compared"
cd "$work/linux" || exit 1

tool kernel config --merge
is "$status" 0 "config --merge: status"
is "$out" "" "config --merge: nothing on standard output"
like "$err" "^zpci: \./\.config has all of these options$" "config --merge: nothing is missing"
like "$(cat .config)" "^# Linux/s390 " "config --merge: defconfig of s390"
like "$(cat .config)" "^CONFIG_VFIO_PCI=y$" "config --merge: the fragment"
is "$(tail -n 1 .config)" "# by olddefconfig for s390" "config --merge: olddefconfig is last"

sed -i '/CONFIG_VFIO_PCI=/d; s/CONFIG_VIRTIO_CONSOLE=y/CONFIG_VIRTIO_CONSOLE=m/
	s/^CONFIG_DEBUG_INFO_BTF=y/# CONFIG_DEBUG_INFO_BTF is not set/' .config
tool kernel config .
is "$status" 1 "missing: status"
like "$err" "^  functions cannot be opened through vfio" "missing: what it costs"
like "$err" "^    CONFIG_VFIO_PCI$" "missing: an option that is not there"
like "$err" "^    CONFIG_DEBUG_INFO_BTF$" "missing: one that is off"
unlike "$err" "VIRTIO_CONSOLE" "missing: a module is not"
like "$err" "^zpci: \./\.config lacks 2 of these options; .zpci kernel config --merge'" "missing: sum"

echo "# DROPPED" >>.config
tool kernel config --merge
is "$status" 1 "an option that the source does not take: status"
like "$err" "^    CONFIG_KVM$" "an option that the source does not take: named"
rm .config

tool kernel config "$tap_folder"
is "$status" 125 "config of another folder: status"
like "$err" "is no kernel tree: it has no .config" "config of another folder: message"
is "$("$zpci" kernel config 2>&1 >/dev/full)" \
	"zpci: cannot write the fragment: No space left on device" "config to a full device"

# --- build

tool kernel build
is "$status" 0 "build: status" || sed 's/^/# /' <<<"$err"
like "$err" "^zpci: \. has no .config: it gets s390's defconfig" "build: says that it configures"
like "$err" "^zpci: built Linux .*\./arch/s390/boot/bzImage$" "build: says what it made"
# An s390x build of zpci, which an emulator runs here, sees an s390x machine.
cross=s390x-linux-gnu-
if [ "${CROSS_COMPILING:-no}" != no ] || [ "$(uname -m)" = s390x ]; then
	cross=
fi
is "$(cat modules)" "$cross" "build: cross where it must be, with modules"
KBUILD_OUTPUT=$tap_folder/nonesuch tool kernel build
is "$status" 0 "build: the folder that was named, and not KBUILD_OUTPUT" || sed 's/^/# /' <<<"$err"

tool kernel build "$work/o"
is "$status" 0 "build in a new folder: status" || sed 's/^/# /' <<<"$err"
[ -e "$work/o/arch/s390/boot/bzImage" ]
ok $? "build in a new folder: image"
cd "$work" || exit 1
tool kernel build o
is "$status" 0 "build of an O= folder, from elsewhere: status" || sed 's/^/# /' <<<"$err"
cd linux || exit 1
CROSS_COMPILE='ccache s390x-linux-gnu-' tool kernel build
is "$status $(cat modules)" "0 ccache s390x-linux-gnu-" "build by a compiler behind another program"
rm modules
sed -i '/CONFIG_MODULES/d' .config
tool kernel build
[ "$status" -eq 0 ] && [ ! -e modules ]
ok $? "a kernel without modules: none are built"
CROSS_COMPILE=mine- tool kernel build
is "$status" 125 "no compiler: status"
like "$err" "^zpci: no mine-gcc in PATH: install .*CROSS_COMPILE" "no compiler: message"
CROSS_COMPILE='ccache mine-' tool kernel build
like "$err" "^zpci: no mine-gcc in PATH" "no compiler behind another program: message"
tool kernel build "$tap_folder/nonesuch/nonesuch"
is "$status" 125 "a folder that cannot be made: status"
like "$err" "nonesuch: No such file" "a folder that cannot be made: message"
sed -i 's/s390/x86/; s/S390/X86/' .config
tool kernel build
is "$status" 125 "configured for x86: status"
like "$err" "configured for x86, and not for s390" "configured for x86: message"
rm .config
echo broken >state
tool kernel build
is "$status" 125 "a source that does not build: status"
like "$err" "^  \| make.*Error 1" "a source that does not build: the end of make's output"
like "$err" "^zpci: make exited with status 2$" "a source that does not build: message"
cd / || exit 1
tool kernel build
is "$status" 125 "no source: status"
like "$err" "^zpci: \. is no kernel tree, and neither is the current folder" "no source: message"

# --- bisect

command -v git >/dev/null || {
	skip "bisect" "no git"
	done_testing
}
cd "$work/linux" || exit 1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@localhost GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@localhost
printf '%s\n' .config source modules arch/s390/boot >.gitignore
git init -q .
git add .
for state in "works 1" "works 2" "broken 3" "works 4" "works, bad 5" "broken 6" "works, bad 7"; do
	echo "$state" >state
	git add state
	git commit -q -m "$state"
done
export zpci
git bisect start HEAD HEAD~6 >/dev/null 2>&1
git bisect run sh -c '"$zpci" kernel build && ! grep -qa "bad" arch/s390/boot/bzImage' \
	>"$tap_folder/bisect" 2>&1
like "$(cat "$tap_folder/bisect")" "is the first bad commit" "bisect: found" ||
	sed 's/^/# /' "$tap_folder/bisect"
is "$(git log -1 --format=%s refs/bisect/bad)" "works, bad 5" "bisect: the right one"
git bisect reset >/dev/null 2>&1
done_testing
