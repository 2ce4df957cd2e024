#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What zpci host domain prints, in a real libvirt: the domain with the plugin boots, and its guest
# has our function. The one for KVM is started here by an emulator of another architecture, up to
# where QEMU has the interposer's variables.
#
# A user has a libvirt of its own (qemu:///session), root the system's with folders of its own.

. "$(dirname "$0")/../tool/tap.sh"
. "$(dirname "$0")/../host/libvirtd.sh"
for program in virt-xml-validate xmllint; do
	command -v "$program" >/dev/null || skip_all "no $program: install libvirt-clients and" \
		"libxml2-utils"
done
libvirtd_requires
requires_guest
export ZPCI_CACHE=$tap_cache
libvirtd_start
unset ZPCI_CONSOLE # the guest's console is that of the domain

# started NAME
started() {
	on create --validate "$tap_folder/zpci.xml"
	ok $? "$1: the domain starts" || sed 's/^/# /' <(echo "$out") "$libvirtd_logs"/*.log
}

# --- TCG -------------------------------------------------------------------------------------

tool host domain --function probe,vf=3,fid=0x1021,uid=0x111 --memory 256M
is "$status" 0 "tcg: a domain"
cp "$tap_folder/out" "$tap_folder/zpci.xml"
if started tcg; then
	on ttyconsole zpci
	exec 3<>"$out"
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
	like "$out" "does not support virt type 'kvm'" \
		"kvm: libvirt says what this host lacks"
	sed -i "s/type='kvm'/type='qemu'/; s/host-passthrough/maximum/" "$tap_folder/zpci.xml"
	if started kvm; then
		environment=$(tr '\0' '\n' <"/proc/$(cat "$libvirtd_pids/zpci.pid")/environ")
		like "$environment" "^LD_PRELOAD=$tap_folder/zpci-kvm.so\$" "kvm: LD_PRELOAD in QEMU"
		like "$environment" "^ZPCI_FUNCTION=probe:vf=3 null:vf=1\$" "kvm: functions in QEMU"
		like "$(cat "$libvirtd_logs"/*.log)" "zpci-kvm.so. from LD_PRELOAD cannot be preloaded" \
			"kvm: the loader was told of the object, which is for another machine"
		on destroy zpci
	fi
fi
done_testing
