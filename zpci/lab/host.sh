# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A host of guests: an s390x Debian with the real libvirt, QEMU and systemd-udev, in which this
# tree's `zpci host' has PCI functions to give away. It is a guest of `zpci run' itself, so its
# functions are those of our firmware, and of QEMU.
#
#   $ZPCI_CACHE/host/root        Debian's packages, also those for building
#   $ZPCI_CACHE/host/from        the release that they are from
#   $ZPCI_CACHE/host/disk        the host's file system, with a guest for the host in
#                                /usr/share/zpci-lab: the kernel small-kvm with zpci-inspect
#   $ZPCI_CACHE/host/base.cpio   busybox, the modules that the disk needs, zpci/lab/host/init
#   host.cpio in the build folders: this tree, built for s390x
#
# The two archives, and one with the command and its files, are the RAM disk. The kernel and its
# modules are those of the default guest. Each part is made once, and again if what it is made from
# has changed; a file *.inputs says what that was.
#
# No root is needed. The packages are unpacked and not installed: their scripts do not run, and
# host_system does the little that they would do for us.

host_folder=$ZPCI_CACHE/host
host_suites=(trixie testing bookworm)

# What runs in it, each with all that it needs.
host_programs=(
	bash busybox-static coreutils iproute2 kmod libvirt-clients libvirt-daemon
	libvirt-daemon-driver-qemu libxml2-utils pciutils udev libgcc-s1 libinih1 libjson-c5
)
# Debian 12 has these in the packages libvirt-daemon and qemu-system-misc.
host_programs_since_13=(libvirt-daemon-driver-nodedev qemu-system-s390x)
# What zpci is built with, without what these depend on: above all not the C library's headers, as
# the cross compiler has its own.
host_headers=(libicu-dev libinih-dev libjson-c-dev libvirt-dev libxml2-dev zlib1g-dev)

# The modules of the disk: what a host has loaded, and drivers of functions.
host_modules=(
	vfio_iommu_type1 vfio-pci virtio_net virtio-rng pci-stub pci-pf-stub nvme mlx5_core
	bridge tun overlay
)
# Those that are needed to mount it. The file system asks for a check sum by name, which is a module
# up to Linux 6.12.
host_disk_modules=(virtio_blk crc32c_generic ext4)

host_usage() {
	cat <<-USAGE
		usage: zpci-lab host [OPTION]... [[--] COMMAND [ARGUMENT]...]

		Boots an s390x Debian with libvirt, and runs the command in it, as root; passes on its output
		and exit status. Without a command it is a shell. The host has detached VFs, a PF with its
		VFs, and functions of QEMU's own: zpci/lab/host/functions.conf. Nothing that it writes is
		kept.

		  --config FILE      its functions, zpci.conf(5), instead of those
		  --file FROM[:TO]   copy a file or folder into the host, to TO or into /root;
		                     any number of times
		  --timeout SECONDS  give up on the command after this time (default: 600)
		  --memory MIB       the host's storage (default: 1024)
		  --cpus NUMBER      the host's CPUs (default: 1)
		  --verbose          show QEMU's command line and the host's console on standard error
		  --help             print this text
	USAGE
}

# --- Debian --------------------------------------------------------------------------------------

# The lister of apt_try.
host_packages() {
	local name programs=("${host_programs[@]}")
	for name in "${host_programs_since_13[@]}"; do
		[ -z "$(apt_version "$name")" ] || programs+=("$name")
	done
	[[ " ${programs[*]} " == *" qemu-system-s390x "* ]] || programs+=(qemu-system-misc)
	apt_closure "${programs[@]}" && printf '%s\n' "${host_headers[@]}"
}

# shellcheck disable=SC2154 # apt_folder is apt.sh's
host_download() {
	apt_try host s390x "${host_suites[@]}" -- host_packages || return 1
	apt_unpack "$host_folder/root" || return 1
	rm -rf "$host_folder"/root/usr/share/{doc,info,locale,man}
	basename "$apt_folder" >"$host_folder/from"
}

host_debian_get() {
	local inputs="${host_suites[*]} ${host_programs[*]} ${host_programs_since_13[*]} ${host_headers[*]}"
	if stamp_is "$host_folder/root.inputs" "$inputs"; then
		return
	fi
	mkdir -p "$host_folder"
	apt_step "getting Debian with libvirt for s390x" host host_download ||
		die "Debian with libvirt for s390x could not be downloaded"
	stamp_write "$host_folder/root.inputs" "$inputs"
}

# --- the disk ------------------------------------------------------------------------------------

# host_modules_add FOLDER NAME...: these modules and what they need, in a folder of the kernel's
# release.
host_modules_add() {
	local from to name
	from=$ZPCI_CACHE/guest/root/usr/lib/modules/$(guest_kernel_version) || return 1
	to=$1/${from##*/}
	shift
	mkdir -p "$to" || return 1
	for name; do
		[ "$name" != crc32c_generic ] || [ -n "$(guest_module_find "$from" "$name")" ] || continue
		guest_module_add "$from" "$to" "$name" || return 1
	done
	cp "$from"/modules.{builtin,builtin.modinfo,order} "$to/"
}

# The indexes of the modules: Debian's own program makes them, in the emulator of s390x programs.
host_depmod() {
	local emulator
	emulator=$(command -v qemu-s390x-static || command -v qemu-s390x) || {
		echo "no qemu-s390x: install qemu-user-static or qemu-user"
		return 1
	}
	"$emulator" -L "$host_folder/root" -0 depmod "$host_folder/root/usr/bin/kmod" \
		-b "$1" "$(guest_kernel_version)"
}

# What the packages' scripts would do, and the settings of libvirt.
host_system() {
	local etc=$1/etc
	rm -rf "$1/var/run"
	mkdir -p "$1"/{dev,proc,sys,tmp,run,root,build} "$1"/var/{lib,cache,log,tmp} \
		"$1"/var/log/libvirt/qemu "$1"/var/lib/libvirt "$1"/var/cache/libvirt || return 1
	ln -s /run "$1/var/run" || return 1
	ln -sf bash "$1/usr/bin/sh" || return 1
	cat >"$etc/passwd" <<-PASSWD
		root:x:0:0:root:/root:/bin/bash
		libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin
	PASSWD
	# Those that udev's rules name.
	awk '{ print $1 ":x:" NR - 1 ":" }' >"$etc/group" <<-GROUP || return 1
		root
		tty
		disk
		kmem
		lp
		dialout
		cdrom
		floppy
		tape
		audio
		video
		input
		render
		sgx
		clock
		kvm
		utmp
	GROUP
	echo "libvirt-qemu:x:64055:" >>"$etc/group"
	echo "zpci" >"$etc/hostname"
	echo 'PS1="root@\h:\w# "' >"$etc/profile"
	echo "127.0.0.1 localhost zpci" >"$etc/hosts"
	printf '%s\n' "passwd: files" "group: files" "hosts: files" >"$etc/nsswitch.conf"
	# There is no journal, no cgroup and no other user.
	cat >"$etc/libvirt/qemu.conf" <<-CONF
		user = "root"
		group = "root"
		dynamic_ownership = 0
		remember_owner = 0
		security_driver = "none"
		stdio_handler = "file"
		cgroup_controllers = [ ]
		namespaces = [ ]
		seccomp_sandbox = 0
	CONF
}

# shellcheck disable=SC2154 # guest_inspect is guest.sh's
# host_small TREE: a guest for this host, which boots quickly under an emulated emulator.
host_small() {
	local small=$ZPCI_CACHE/guest/small-kvm to=$1/usr/share/zpci-lab
	mkdir -p "$to" || return 1
	second_small "$host_folder/small" "$guest_inspect" || return 1
	guest_archive "$host_folder/small" "$to/initrd" || return 1
	rm -rf "$host_folder/small"
	cp "$small/kernel" "$small/config" "$small/release" "$to/"
}

# Files that no program of the host opens stay out.
host_disk_make() {
	local tree=$host_folder/tree
	rm -rf "$tree"
	cp -a "$host_folder/root" "$tree" || return 1
	rm -rf "$tree"/usr/{include,share/icu,share/perl*,lib/s390x-linux-gnu/perl*} || return 1
	find "$tree/usr/lib/s390x-linux-gnu" -name '*.a' -delete
	# Without polkit's daemon it takes seconds, and each virsh complains.
	rm -f "$tree/usr/bin/pkttyagent"
	host_system "$tree" || return 1
	host_modules_add "$tree/usr/lib/modules" "${host_modules[@]}" || return 1
	rm -f "$tree"/usr/lib/modules/*/zpci-modules
	host_depmod "$tree" || return 1
	host_small "$tree" || return 1
	install -m 755 "$ZPCI_SOURCE/zpci/guest/init" "$tree/init" || return 1
	mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 -L zpci-host -d "$tree" "$1" 2G || return 1
	rm -rf "$tree"
}

host_base_make() {
	local tree=$host_folder/tree
	rm -rf "$tree"
	mkdir -p "$tree"/{bin,dev,proc,sys,disk} || return 1
	cp -L "$ZPCI_CACHE/guest/root/usr/bin/busybox" "$tree/bin/" || return 1
	host_modules_add "$tree/lib/modules" "${host_disk_modules[@]}" || return 1
	install -m 755 "$ZPCI_SOURCE/zpci/lab/host/init" "$tree/init" || return 1
	guest_archive "$tree" "$1" || return 1
	rm -rf "$tree"
}

# --- this tree -----------------------------------------------------------------------------------

# In the RAM disk below /build, from where the host's init copies it.
host_build_make() {
	local tree=$host_folder/tree
	rm -rf "$tree"
	make -C "$(build_folder host)" install-strip DESTDIR="$tree/build" || return 1
	rm -rf "${tree:?}"/build/usr/include "$tree/build/usr/share/man"
	mkdir -p "$tree/build/zpci"
	install -m 644 "$ZPCI_SOURCE/zpci/lab/host/start" "$tree/build/zpci/start" || return 1
	install -m 755 "$ZPCI_SOURCE/zpci/lab/host/control" "$tree/build/usr/bin/zpci-control" || return 1
	install -D -m 644 "$ZPCI_SOURCE/zpci/lab/host/web.xml" "$tree/build/usr/share/zpci-lab/web.xml" ||
		return 1
	guest_archive "$tree" "$1" || return 1
	rm -rf "$tree"
}

# Built again if a file of the tree is newer than the archive.
host_build_get() {
	local archive source=$ZPCI_SOURCE
	archive=$(build_folder host).cpio
	[ ! -e "$archive" ] || [ "$host_folder/root.inputs" -nt "$archive" ] || [ -n "$(find \
		"$source"/{configure.ac,Makefile.am,include,zpci,completions} -type f \
		-newer "$archive" -print -quit)" ] || return 0
	machine_build host "$host_folder/root" host_build_make
}

# --- the command ---------------------------------------------------------------------------------

# host_make: all that is made once.
host_make() {
	local source=$ZPCI_SOURCE/zpci inputs
	lab_build
	lab_qemu
	lab_guest
	kvm_kernel_get
	host_debian_get
	inputs=$(machine_sum "$source/lab/host.sh" "$source/guest/init" "$host_folder/root.inputs" \
		"$host_folder/from" "$ZPCI_CACHE/guest/small-kvm/inputs" \
		"$ZPCI_CACHE/guest/default/release")
	machine_once "$host_folder/disk" "$inputs" "making the disk of the host" host_disk_make
	inputs=$(machine_sum "$source/lab/host.sh" "$source/lab/host/init" \
		"$ZPCI_CACHE/guest/default/release")
	machine_once "$host_folder/base.cpio" "$inputs" "making the RAM disk of the host" \
		host_base_make
	host_build_get
}

# host_initrd FOLDER FILE...: FOLDER/initrd, with these files.
host_initrd() {
	local folder=$1 file
	shift
	mkdir -p "$folder/tree/build/zpci"
	[ -n "$config" ] || cp "$ZPCI_SOURCE/zpci/lab/host/plug" "$folder/tree/build/zpci/"
	for file; do
		machine_file "$file" "$folder/tree/build" || die "--file: \`$file' could not be copied"
	done
	guest_archive "$folder/tree" "$folder/own.cpio" || die "the files could not be packed"
	cat "$host_folder/base.cpio" "$(build_folder host).cpio" "$folder/own.cpio" >"$folder/initrd"
	rm -rf "$folder/tree" "$folder/own.cpio"
}

# host_run COUNT FILE... OPTION...: with COUNT files, the functions of $config, and these options of
# `zpci run'. The disk is shared: what this host writes goes to a file of QEMU's, which has no name.
# The port has a bus of its own: `zpci run' makes one for a command alone, and not for a shell.
host_run() {
	local count=$1 folder alive status=0
	shift
	folder=$(mktemp -d)
	# shellcheck disable=SC2064 # the folder's name of now
	trap "rm -rf '$folder'" EXIT
	host_initrd "$folder" "${@:1:count}"
	shift "$count"
	machine_unlock
	mkfifo "$folder/alive"
	exec {alive}<>"$folder/alive"
	(exec perl "$ZPCI_SOURCE/zpci/lab/host/bridge" "$folder/port" "$folder/control" \
		<"$folder/alive" {alive}>&-) || die "the port to the firmware could not be made"
	setpriv --pdeathsig TERM "$(build_folder native)/run" zpci run \
		--kernel "$ZPCI_CACHE/guest/default/kernel" --initrd "$folder/initrd" \
		--config "${config:-$ZPCI_SOURCE/zpci/lab/host/functions.conf}" \
		--control "$folder/control" "$@" -- -action reboot=reset \
		-chardev "socket,id=control,path=$folder/port" \
		-device virtio-serial-ccw,id=firmware \
		-device virtserialport,bus=firmware.0,chardev=control,name=org.zpci.control \
		-drive "if=none,id=disk,format=raw,snapshot=on,file=$host_folder/disk" \
		-device virtio-blk-ccw,drive=disk \
		-device zpci,target=random,uid=0x300,fid=0x601 -device virtio-rng-pci,id=random \
		-netdev user,id=net,restrict=on -device zpci,target=card,uid=0x301,fid=0x602 \
		-device virtio-net-pci,id=card,netdev=net || status=$?
	return "$status"
}

lab_host() {
	local config='' timeout=600 memory=1024 cpus=1 verbose=() files=() rest=() run
	machine_options config 512 "$@"
	[ -z "$config" ] || [ -r "$config" ] || machine_bad "--config: there is no readable \`$config'"
	run=(--memory "$memory" --smp "$cpus" "${verbose[@]}")
	[ ${#rest[@]} -eq 0 ] || run+=(--timeout "$timeout" --exec "$(printf '%q ' "${rest[@]}")")
	# 1 would be the command's.
	trap '[ $? -eq 0 ] || exit 125' EXIT
	machine_lock >&2
	host_make >&2
	host_run "${#files[@]}" "${files[@]}" "${run[@]}"
}
