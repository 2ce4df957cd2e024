# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# The real libvirtd for tests, sourced after tests/tool/tap.sh. It has folders of its own and never
# sees the machine's libvirt. For root, the test runs in namespaces of its own: the kernel ends the
# daemon, the guests and the mounts with the test, however that ends.
#
#	libvirtd_requires		first of all, before anything is made: skips, or starts the
#					test again in its namespaces
#	libvirtd_requires_host		the same, for a fake /sys, which only root can have
#	libvirtd_start [FOLDER]		with a folder of tests/host/sysfs.sh as /sys
#	libvirtd_stop			the guests stay, as on a real host
#	on VIRSH-COMMAND ARGUMENT...	leaves its output in $out, and $status
#	libvirtd_domain NAME [XML]...	prints a domain with these devices. Its kernel waits for
#					ever and needs no CPU. With another $libvirtd_boot, which is
#					what its <os> has beside <type>, it boots what that says
#	libvirtd_hostdev ADDRESS [managed=no] [uid=UID] [fid=FID]	prints a <hostdev>
#	libvirtd_rng UID [FID]		prints a virtio device with a <zpci>
#	driver ADDRESS			prints the driver that has the function
#	libvirtd_written		what was written to bind drivers since the last call:
#					FILE 'VALUE' ok, or an errno
#
# $libvirtd_uri is the URI, $libvirtd_version the daemon's, $libvirtd_log its log, $libvirtd_logs
# the folder of QEMU's logs, $libvirtd_emulator an <emulator>.
#
# With a fake sysfs, /sys is that of an s390 host for all programs of the test, and $sysfs is /sys.
# tests/host/kernel.c does there what Linux does when drivers are bound; the folder itself does not
# have its files. A function that libvirt passes through becomes a virtio-rng-pci in QEMU
# (tests/host/emulator.c), so that guests start, boot and take hot-plugged functions.
#
# $LIBVIRTD_ROOT is the root folder of another Debian (`zpci-lab libvirt'), whose libvirtd is used
# then. It sees the same /sys, /dev and /run, and paths of tests are the same for it.

libvirtd_build=${ZPCI_BUILD:-$(pwd)}/tests/host
libvirtd_root= # the daemon's root folder; empty: our own
libvirtd_uri=
libvirtd_mounted=
libvirtd_settings='security_driver = "none"
stdio_handler = "file"'

libvirtd_requires() {
	local program
	for program in "${LIBVIRTD_ROOT:+$LIBVIRTD_ROOT/usr/sbin/}libvirtd" virsh; do
		command -v "$program" >/dev/null || skip_all "no $program: install libvirt-daemon," \
			"libvirt-daemon-driver-qemu and libvirt-clients"
	done
	[ "$(id -u)" -eq 0 ] && [ -z "${LIBVIRTD_PRIVATE:-}" ] || return 0
	_libvirtd_unshare true 2>/dev/null || skip_all "root may not make namespaces here"
	rm -rf "$tap_folder"
	LIBVIRTD_PRIVATE=1 _libvirtd_unshare exec bash "$0"
}

# The namespace of PIDs ends all processes with its first one, which is the test. That of the
# network keeps libvirt's networks off the machine.
_libvirtd_unshare() {
	local exec=
	[ "$1" != exec ] || { exec="exec" && shift; }
	$exec unshare --mount --propagation private --net --pid --fork --kill-child --mount-proc "$@"
}

libvirtd_requires_host() {
	[ "$(id -u)" -eq 0 ] || skip_all "only root can have another /sys"
	[ "${CROSS_COMPILING:-no}" = no ] || skip_all "a build for another machine"
	[ -c /dev/fuse ] || skip_all "no /dev/fuse, by which tests/host/kernel.c serves files"
	libvirtd_requires
	libvirtd_qemu >/dev/null || skip_all "no QEMU; \`zpci-lab qemu' gets one"
}

# The QEMU of the lab, else the system's.
libvirtd_qemu() {
	if [ -x "$tap_cache/qemu/qemu-system-s390x" ]; then
		echo "$tap_cache/qemu/qemu-system-s390x"
	else
		command -v qemu-system-s390x
	fi
}

# --- folders ---------------------------------------------------------------------------------

_libvirtd_session() {
	export XDG_RUNTIME_DIR=$tap_folder/run XDG_CONFIG_HOME=$tap_folder/config
	export XDG_CACHE_HOME=$tap_folder/cache XDG_DATA_HOME=$tap_folder/data HOME=$tap_folder
	mkdir -m 700 "$XDG_RUNTIME_DIR"
	mkdir -p "$XDG_CONFIG_HOME/libvirt"
	echo "$libvirtd_settings" >"$XDG_CONFIG_HOME/libvirt/qemu.conf"
	libvirtd_uri=qemu:///session
	libvirtd_pids=$XDG_RUNTIME_DIR/libvirt/qemu/run
	libvirtd_logs=$XDG_CACHE_HOME/libvirt/qemu/log
}

# _libvirtd_overlay LOWER POINT: LOWER at POINT, as a copy that the test can change.
_libvirtd_overlay() {
	local own=$tap_folder/libvirtd/overlays$2
	mkdir -p "$own/upper" "$own/work" "$2"
	mount -t overlay overlay "$2" -o "lowerdir=$1,upperdir=$own/upper,workdir=$own/work"
}

# Makes an empty folder of the daemon's there.
_libvirtd_folder() {
	local path=$libvirtd_root$1
	[ -d "$path" ] || {
		[ -n "$libvirtd_root" ] || _libvirtd_overlay "${path%/*}" "${path%/*}"
		mkdir "$path"
	}
	mount -t tmpfs -o mode=755 libvirtd "$path"
}

# The daemon wants users that are there only where Debian's package for the system is installed.
_libvirtd_users() {
	local file
	for file in passwd group; do
		grep -v -e ^libvirt-qemu: -e ^kvm: "/etc/$file" >"$tap_folder/libvirtd/$file"
	done
	echo "libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin" \
		>>"$tap_folder/libvirtd/passwd"
	printf 'libvirt-qemu:x:64055:\nkvm:x:64056:\n' >>"$tap_folder/libvirtd/group"
	for file in passwd group; do
		[ -e "$libvirtd_root/etc/$file" ] || : >"$libvirtd_root/etc/$file"
		mount --bind "$tap_folder/libvirtd/$file" "$libvirtd_root/etc/$file"
	done
}

# A /dev with what programs need, and what vfio would add. No device of the machine is in it.
_libvirtd_dev() {
	local dev=$tap_folder/libvirtd/dev name
	mkdir -p "$dev"/{pts,shm,vfio}
	for name in null zero full random urandom tty fuse; do
		: >"$dev/$name"
		mount --bind "/dev/$name" "$dev/$name"
	done
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$dev/pts"
	ln -s pts/ptmx "$dev/ptmx"
	ln -s /proc/self/fd "$dev/fd"
	ln -s /proc/self/fd/1 "$dev/stdout"
	ln -s /proc/self/fd/2 "$dev/stderr"
	: >"$dev/vfio/vfio"
	mount --rbind "$dev" /dev
	[ -z "$libvirtd_root" ] || mount --rbind "$dev" "$libvirtd_root/dev"
}

_libvirtd_root() {
	local path
	libvirtd_root=$tap_folder/libvirtd/root
	_libvirtd_overlay "$LIBVIRTD_ROOT" "$libvirtd_root"
	for path in /proc /sys /dev /run /tmp; do
		mkdir -p "$libvirtd_root$path"
	done
	for path in "$tap_cache" "$(pwd)" "$tap_folder"; do
		mkdir -p "$libvirtd_root$path"
		mount --bind "$path" "$libvirtd_root$path"
	done
	mount --rbind /proc "$libvirtd_root/proc"
	mount --rbind /run "$libvirtd_root/run"
}

# /run is empty: no D-Bus, no udev, no systemd.
_libvirtd_system() {
	local folder
	mkdir "$tap_folder/libvirtd"
	mount -t tmpfs -o mode=755 libvirtd "$tap_folder/libvirtd"
	mount -t tmpfs -o mode=755 run /run
	mkdir /run/libvirt /run/lock
	[ -z "${LIBVIRTD_ROOT:-}" ] || _libvirtd_root
	for folder in /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /lib/modules; do
		_libvirtd_folder "$folder"
	done
	# From libvirt 10.0 on it looks there for a better driver than vfio-pci.
	mkdir "$libvirtd_root/lib/modules/$(uname -r)"
	echo "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci" \
		>"$libvirtd_root/lib/modules/$(uname -r)/modules.alias"
	mkdir "$libvirtd_root/var/log/libvirt/qemu"
	_libvirtd_users
	_libvirtd_dev
	cat >"$libvirtd_root/etc/libvirt/qemu.conf" <<-CONF
		$libvirtd_settings
		user = "root"
		group = "root"
		dynamic_ownership = 0
		remember_owner = 0
		cgroup_controllers = [ ]
		namespaces = [ ]
		seccomp_sandbox = 0
	CONF
	libvirtd_uri=qemu:///system
	libvirtd_pids=/run/libvirt/qemu
	libvirtd_logs=$libvirtd_root/var/log/libvirt/qemu
}

# Nothing of the machine's own /sys is below the new one. The daemon wants to know CPUs.
_libvirtd_sysfs() {
	local system=$1/devices/system
	mkdir -p "$system"/{cpu/cpu0/topology,node} "$1/fs/cgroup"
	echo 0 | tee "$system"/cpu/{online,possible,present} "$system/cpu/cpu0/topology/"{core_id,\
physical_package_id} >"$system/cpu/offline"
	echo 1 | tee "$system/cpu/cpu0/topology/"{core_siblings,thread_siblings} >"$system/cpu/kernel_max"
	mkdir "$tap_folder/libvirtd/kernel"
	: >"$tap_folder/libvirtd/written"
	mount --bind "$1" /sys
	libvirtd_mounted=yes
	"$libvirtd_build/kernel" /sys "$tap_folder/libvirtd/kernel" /dev \
		"$tap_folder/libvirtd/written" || return 1
	mount --make-rshared /sys # what a test mounts there later is there for the daemon, too
	[ -z "$libvirtd_root" ] || mount --rbind /sys "$libvirtd_root/sys"
	sysfs=/sys
	export SYSTEMD_DEVICE_VERIFY_SYSFS=0 # libudev reads no other /sys without it
}

# --- the daemon ------------------------------------------------------------------------------

libvirtd_preload=
libvirtd_before= # a command that starts the daemon, with arguments

# CAP_SYS_RESOURCE is 24 (capabilities(7)).
_libvirtd_limits() {
	local set
	set=$(sed -n 's/^CapEff:\t//p' /proc/self/status)
	(((0x$set >> 24 & 1) == 0)) || return 0
	echo "# no CAP_SYS_RESOURCE: libvirtd is told that RLIMIT_MEMLOCK was set"
	libvirtd_preload=$libvirtd_build/memlock.so
}

libvirtd_start() {
	if [ -z "$libvirtd_uri" ]; then
		if [ "$(id -u)" -eq 0 ]; then _libvirtd_system; else _libvirtd_session; fi
		libvirtd_log=$tap_folder/libvirtd.log
		libvirtd_emulator=$tap_folder/emulator
		# What is preloaded is for the daemon.
		printf '#!/bin/sh\nunset LD_PRELOAD\nexec %s %s "$@"\n' "$libvirtd_build/emulator" \
			"$(libvirtd_qemu)" >"$libvirtd_emulator"
		chmod +x "$libvirtd_emulator"
		_libvirtd_idle "$tap_folder/idle"
		trap '_libvirtd_end' EXIT
		trap 'exit 130' INT TERM
		if [ $# -gt 0 ]; then
			_libvirtd_sysfs "$(realpath "$1")" || return 1
			_libvirtd_limits
		fi
	fi
	_libvirtd_run
}

_libvirtd_run() {
	local variables=(LC_ALL=C "LIBVIRT_LOG_OUTPUTS=3:file:$libvirtd_log")
	[ -z "$libvirtd_preload" ] || variables+=("LD_PRELOAD=$libvirtd_preload")
	# shellcheck disable=SC2086 # words
	$libvirtd_before ${libvirtd_root:+chroot "$libvirtd_root"} \
		env -u LD_LIBRARY_PATH "${variables[@]}" libvirtd -d -p "$tap_folder/libvirtd.pid" ||
		_libvirtd_complain "libvirtd does not start" || return
	on uri || _libvirtd_complain "libvirtd does not answer: $out" || return
	libvirtd_version=$(sed -n 's/.*: libvirt version: \([0-9.]*\).*/\1/p' "$libvirtd_log" | head -n 1)
}

# _libvirtd_complain TEXT: with the end of the daemon's log
_libvirtd_complain() {
	echo "# $1"
	tail -n 5 "$libvirtd_log" | sed 's/^/# /'
	return 1
}

# The threads of libvirt 10.3 and later can wait for each other at the end
# (nodeStateShutdownWait()). It then ends by itself after 30 s (virNetDaemonFinishTimer()).
libvirtd_stop() {
	local pid
	pid=$(cat "$tap_folder/libvirtd.pid") && kill "$pid" || return 1
	timeout 60 tail --pid="$pid" -s 0.05 -f /dev/null && return
	_libvirtd_complain "libvirtd did not end in 60 s; its threads wait in $(cat \
		"/proc/$pid/task"/*/wchan 2>/dev/null | tr '\0' ' ')"
}

_libvirtd_end() {
	[ ! -e "$tap_folder/libvirtd.pid" ] || libvirtd_stop 2>/dev/null
	[ -z "$libvirtd_mounted" ] || umount -l /sys
	[ "$(id -u)" -ne 0 ] || umount -l "$tap_folder/libvirtd"
	rm -rf --one-file-system "$tap_folder"
}

on() {
	LC_ALL=C timeout 120 virsh -q -c "$libvirtd_uri" "$@" >"$tap_folder/virsh" 2>&1 </dev/null
	status=$?
	out=$(cat "$tap_folder/virsh")
	return $status
}

driver() {
	basename "$(readlink "/sys/bus/pci/devices/$1/driver")"
}

libvirtd_written() {
	cat "$tap_folder/libvirtd/written"
	: >"$tap_folder/libvirtd/written"
}

# --- XML -------------------------------------------------------------------------------------

libvirtd_boot='<kernel>idle</kernel>'

# A kernel that waits. QEMU puts a file that is no ELF to 0 and starts it at 0x10000, in
# hw/s390x/ipl.c: LPSWE 0x200 is the code, and a PSW that is enabled and waits is at 0x200.
_libvirtd_idle() {
	{
		head -c $((0x200)) /dev/zero
		printf '\3\2\0\1\200\0\0\0\0\0\0\0\0\0\0\0'
		head -c $((0x10000 - 0x210)) /dev/zero
		printf '\262\262\2\0\0\0\0\0'
	} >"$1"
}

libvirtd_domain() {
	local name=$1 boot=${libvirtd_boot/>idle</>$tap_folder/idle<}
	shift
	cat <<-XML
		<domain type='qemu'>
		  <name>$name</name>
		  <memory unit='MiB'>256</memory>
		  <vcpu>1</vcpu>
		  <os><type arch='s390x' machine='s390-ccw-virtio'>hvm</type>$boot</os>
		  <on_crash>destroy</on_crash>
		  <devices>
		    <emulator>$libvirtd_emulator</emulator>
		    <console type='pty'><target type='sclp'/></console>
		    <controller type='usb' model='none'/>
		    <memballoon model='none'/>
		    $*
		  </devices>
		</domain>
	XML
}

libvirtd_hostdev() {
	local address=$1 part rest
	local -A of=([managed]=yes [uid]='' [fid]='')
	shift
	for part in "$@"; do of[${part%%=*}]=${part#*=}; done
	IFS=:. read -r -a rest <<<"$address"
	echo "<hostdev mode='subsystem' type='pci' managed='${of[managed]}'>"
	echo "<source><address domain='0x${rest[0]}' bus='0x${rest[1]}' slot='0x${rest[2]}'" \
		"function='0x${rest[3]}'/></source>"
	_libvirtd_zpci "${of[uid]}" "${of[fid]}"
	echo "</hostdev>"
}

libvirtd_rng() {
	echo "<rng model='virtio'><backend model='random'>/dev/urandom</backend>"
	_libvirtd_zpci "${1:-}" "${2:-}"
	echo "</rng>"
}

_libvirtd_zpci() {
	local ids=${1:+" uid='$1'"}${2:+" fid='$2'"}
	if [ -n "$ids" ]; then
		echo "<address type='pci'><zpci$ids/></address>"
	else
		echo "<address type='pci'/>"
	fi
}
