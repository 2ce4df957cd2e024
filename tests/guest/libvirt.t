#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What zpci host domain prints, in a real libvirt: the domain with the plugin boots, and its guest
# has our function. The one for KVM is started here by an emulator of another architecture, up to
# where QEMU has the interposer's variables.
#
# A user has a libvirt of its own (qemu:///session). For root there is none, so root gets the
# system's with folders of its own, in a mount namespace.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest
for program in libvirtd virsh virt-xml-validate xmllint; do
	command -v "$program" >/dev/null || skip_all "no $program: install libvirt-daemon," \
		"libvirt-daemon-driver-qemu, libvirt-clients and libxml2-utils"
done
if [ "$(id -u)" -eq 0 ] && [ -z "${ZPCI_LIBVIRT_PRIVATE:-}" ]; then
	unshare -m true 2>/dev/null || skip_all "root may not make a mount namespace here"
	rm -rf "$tap_folder"
	ZPCI_LIBVIRT_PRIVATE=1 exec unshare -m --propagation private bash "$0"
fi

# --- libvirt ---------------------------------------------------------------------------------

settings='security_driver = "none"
stdio_handler = "file"'

own_session() {
	export XDG_RUNTIME_DIR=$tap_folder/run XDG_CONFIG_HOME=$tap_folder/config
	export XDG_CACHE_HOME=$tap_folder/cache XDG_DATA_HOME=$tap_folder/data HOME=$tap_folder
	mkdir -m 700 "$XDG_RUNTIME_DIR"
	mkdir -p "$XDG_CONFIG_HOME/libvirt"
	echo "$settings" >"$XDG_CONFIG_HOME/libvirt/qemu.conf"
	uri=qemu:///session
	pid_file=$XDG_RUNTIME_DIR/libvirt/qemu/run/zpci.pid
	logs=$XDG_CACHE_HOME/libvirt/qemu/log
	libvirtd -d -p "$tap_folder/libvirtd.pid"
}

# The daemon wants users that are there only where Debian's package for the system is installed.
own_system() {
	local folder
	for folder in etc run var/lib var/cache var/log; do
		mkdir -p "$tap_folder/$folder"
		[ -d "/$folder/libvirt" ] || { mkdir "/$folder/libvirt" && made+=("/$folder/libvirt"); }
		mount --bind "$tap_folder/$folder" "/$folder/libvirt"
	done
	mkdir -p /var/log/libvirt/qemu
	getent passwd | grep -v ^libvirt-qemu: >"$tap_folder/passwd"
	getent group | grep -v -e ^libvirt-qemu: -e ^kvm: >"$tap_folder/group"
	echo "libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin" >>"$tap_folder/passwd"
	printf 'libvirt-qemu:x:64055:\nkvm:x:64056:\n' >>"$tap_folder/group"
	mount --bind "$tap_folder/passwd" /etc/passwd
	mount --bind "$tap_folder/group" /etc/group
	cat >/etc/libvirt/qemu.conf <<-CONF
		$settings
		user = "root"
		group = "root"
		dynamic_ownership = 0
		remember_owner = 0
		cgroup_controllers = [ ]
		namespaces = [ ]
		seccomp_sandbox = 0
	CONF
	uri=qemu:///system
	pid_file=/run/libvirt/qemu/zpci.pid
	logs=/var/log/libvirt/qemu
	libvirtd -d -p "$tap_folder/libvirtd.pid"
}

# Ends the daemon, and removes the mount points.
own_end() {
	local folder
	kill "$(cat "$tap_folder/libvirtd.pid")"
	for folder in "${made[@]}"; do
		umount -l "$folder" && rmdir "$folder"
	done
	rm -rf "$tap_folder"
}

export ZPCI_CACHE=$tap_cache
made=()
if [ "$(id -u)" -eq 0 ]; then own_system; else own_session; fi
trap own_end EXIT
unset ZPCI_CONSOLE # the guest's console is that of the domain

# on VIRSH-COMMAND ARGUMENT...
on() {
	timeout 120 virsh -q -c "$uri" "$@" >"$tap_folder/virsh" 2>&1
}

# started NAME
started() {
	on create --validate "$tap_folder/zpci.xml"
	ok $? "$1: the domain starts" || sed 's/^/# /' "$tap_folder/virsh" "$logs"/*.log
}

# --- TCG -------------------------------------------------------------------------------------

tool host domain --function probe,vf=3,fid=0x1021,uid=0x111 --memory 256M
is "$status" 0 "tcg: a domain"
cp "$tap_folder/out" "$tap_folder/zpci.xml"
if started tcg; then
	on ttyconsole zpci
	exec 3<>"$(cat "$tap_folder/virsh")"
	stty raw -echo <&3
	seen=
	while [ -z "$seen" ] && read -r -t 120 -u 3 line; do
		echo "$line" >>"$tap_folder/consoles"
		case $line in
		*"shell in the guest"*)
			# shellcheck disable=SC2016 # for the shell in the guest
			echo 'cd /sys/bus/pci/devices/0111:00:00.0; echo seen: $(cat function_id vfn)' >&3
			;;
		seen:*) seen=$line ;;
		esac
	done
	is "$(tr -d '\r' <<<"$seen")" "seen: 0x00001021 0x0003" "tcg: the guest has the function"
	echo exit >&3
	export ZPCI_CONSOLE=$tap_folder/consoles # for the last test
	on await --domain zpci --condition domain-inactive || on destroy zpci
	exec 3>&-
fi

# --- KVM -------------------------------------------------------------------------------------

s390x_object "$tap_folder/zpci-kvm.so"
tool host domain --accel kvm --qemu "$tap_cache/qemu/qemu-system-s390x" \
	--interposer "$tap_folder/zpci-kvm.so" --function probe,vf=3 --function null,vf=1
is "$status" 0 "kvm: a domain"
cp "$tap_folder/out" "$tap_folder/zpci.xml"
virt-xml-validate "$tap_folder/zpci.xml" domain >"$tap_folder/validate" 2>&1
ok $? "kvm: valid by libvirt's schema"
if [ "$(uname -m)" != s390x ]; then
	on define "$tap_folder/zpci.xml"
	like "$(cat "$tap_folder/virsh")" "does not support virt type 'kvm'" \
		"kvm: libvirt says what this host lacks"
	sed -i "s/type='kvm'/type='qemu'/; s/host-passthrough/maximum/" "$tap_folder/zpci.xml"
	if started kvm; then
		environment=$(tr '\0' '\n' <"/proc/$(cat "$pid_file")/environ")
		like "$environment" "^LD_PRELOAD=$tap_folder/zpci-kvm.so\$" "kvm: LD_PRELOAD in QEMU"
		like "$environment" "^ZPCI_FUNCTION=probe:vf=3 null:vf=1\$" "kvm: functions in QEMU"
		like "$(cat "$logs"/*.log)" "zpci-kvm.so. from LD_PRELOAD cannot be preloaded" \
			"kvm: the loader was told of the object, which is for another machine"
		on destroy zpci
	fi
fi
done_testing
