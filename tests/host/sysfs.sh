# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Makes the sysfs of an s390 host in a folder, as Linux shows it (arch/s390/pci/pci_sysfs.c,
# drivers/pci/hotplug/s390_pci_hpc.c, drivers/pci/pci-sysfs.c), for tests without a mainframe:
#
#	sysfs_new FOLDER
#	sysfs_function ADDRESS FID KEY=VALUE...	a configured function with its slot
#	sysfs_standby FID			a slot without a function
#	sysfs_net ADDRESS NAME [STATE]		a network device on it: up or down
#	sysfs_block ADDRESS NAME		an NVMe disk on it
#	sysfs_driver NAME			a driver without functions
#
# Attributes of a function that are not given as KEY=VALUE have the defaults below; KEY= leaves the
# attribute out, as an older kernel does. Further keys: driver, group (IOMMU), physfn (the PF's
# address: a linked VF), vfs and numvfs (a PF), command (config space's Command, hexadecimal).

# _sysfs_bytes HEX...: raw bytes.
_sysfs_bytes() {
	local byte
	for byte in "$@"; do printf "\\x$byte"; done
}

# _sysfs_le NUMBER: 16 bits, little-endian.
_sysfs_le() {
	_sysfs_bytes "$(printf %02x $(($1 & 0xff)))" "$(printf %02x $(($1 >> 8 & 0xff)))"
}

sysfs_new() {
	sysfs=$1
	mkdir -p "$sysfs"/bus/pci/{devices,slots,drivers} "$sysfs"/class/{net,pci_bus,block,iommu} \
		"$sysfs"/{devices,kernel/iommu_groups,module}
	: >"$sysfs/bus/pci/drivers_probe"
	: >"$sysfs/bus/pci/rescan"
	sysfs_driver vfio-pci
}

sysfs_driver() {
	local folder=$sysfs/bus/pci/drivers/$1 file
	mkdir -p "$folder" "$sysfs/module/${1//-/_}"
	for file in bind unbind new_id remove_id; do : >"$folder/$file"; done
	ln -sfn "../../../../module/${1//-/_}" "$folder/module"
}

sysfs_standby() {
	local slot=$sysfs/bus/pci/slots/$1
	mkdir -p "$slot"
	echo 0 >"$slot/power"
	echo "${2:-0000:00:00}" >"$slot/address"
}

# The 64 bytes of standard configuration space that Linux and tools read, then zeros.
_sysfs_config() {
	_sysfs_le "${of[vendor]}"
	_sysfs_le "${of[device]}"
	_sysfs_le "0x${of[command]}"
	_sysfs_le 0x0010
	_sysfs_bytes "${of[revision]#0x}" "${of[class]:6:2}" "${of[class]:4:2}" "${of[class]:2:2}"
	head -c 32 /dev/zero
	_sysfs_le "${of[subsystem_vendor]}"
	_sysfs_le "${of[subsystem_device]}"
	head -c 4048 /dev/zero
}

# shellcheck disable=SC2154 # the keys are words
sysfs_function() {
	local address=$1 fid=$2 bus device slot key path
	local -A of=(
		[vendor]=0x15b3 [device]=0x1016 [class]=0x020000 [revision]=0x00
		[subsystem_vendor]=0x15b3 [subsystem_device]=0x0065
		[function_handle]=0x80000001 [pchid]=0x01c8 [pfgid]=0x0b [pft]=0x0a [vfn]=0x0000
		[port]=1 [uid]="0x${address%%:*}" [uid_is_unique]=1 [mio_enabled]=1 [fidparm]=0x00
		[driver]='' [group]='' [physfn]='' [vfs]='' [numvfs]=0 [command]=0000
		[enable]=0 [numa_node]=-1 [local_cpus]=ff [driver_override]='(null)'
		[msi_bus]=1 [broken_parity_status]=0 [d3cold_allowed]=1 [ari_enabled]=0
	)
	shift 2
	of[uid]=$(printf '0x%x' $((of[uid])))
	for key in "$@"; do of[${key%%=*}]=${key#*=}; done
	bus=${address%:*}
	path=devices/pci$bus/$address
	device=$sysfs/$path
	mkdir -p "$device/power" "$device"/pfip "$sysfs/devices/pci$bus/pci_bus/$bus"
	ln -sfn "../../../$path" "$sysfs/bus/pci/devices/$address"
	ln -sfn "../../devices/pci$bus/pci_bus/$bus" "$sysfs/class/pci_bus/$bus"
	ln -sfn ../../../bus/pci "$device/subsystem"
	echo "$fid" >"$device/function_id"
	for key in vendor device class revision subsystem_vendor subsystem_device function_handle \
		pchid pfgid pft vfn port uid uid_is_unique mio_enabled fidparm enable numa_node \
		local_cpus driver_override msi_bus broken_parity_status d3cold_allowed ari_enabled; do
		[ -z "${of[$key]}" ] || echo "${of[$key]}" >"$device/$key"
	done
	for key in 0 1 2 3; do echo 0x0$key >"$device/pfip/segment$key"; done
	head -c 64 /dev/zero >"$device/util_string"
	_sysfs_config >"$device/config"
	for key in 0 1 2 3 4 5 6; do
		echo 0x0000000000000000 0x0000000000000000 0x0000000000000000
	done >"$device/resource"
	echo auto >"$device/power/control"
	printf 'PCI_CLASS=%s\nPCI_ID=%s:%s\nPCI_SLOT_NAME=%s\n' "${of[class]#0x}" "${of[vendor]#0x}" \
		"${of[device]#0x}" "$address" >"$device/uevent"
	printf 'pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X\n' "${of[vendor]}" "${of[device]}" \
		"${of[subsystem_vendor]}" "${of[subsystem_device]}" "0x${of[class]:2:2}" \
		"0x${of[class]:4:2}" "0x${of[class]:6:2}" >"$device/modalias"
	: >"$device/reset"
	if [ -n "${of[driver]}" ]; then
		sysfs_driver "${of[driver]}"
		ln -sfn "../../../bus/pci/drivers/${of[driver]}" "$device/driver"
		ln -sfn "../../../../$path" "$sysfs/bus/pci/drivers/${of[driver]}/$address"
	fi
	if [ -n "${of[group]}" ]; then
		mkdir -p "$sysfs/kernel/iommu_groups/${of[group]}/devices"
		ln -sfn "../../../kernel/iommu_groups/${of[group]}" "$device/iommu_group"
		ln -sfn "../../../../$path" "$sysfs/kernel/iommu_groups/${of[group]}/devices/$address"
	fi
	if [ -n "${of[physfn]}" ]; then
		slot=$sysfs/devices/pci${of[physfn]%:*}/${of[physfn]}
		ln -sfn "../../pci${of[physfn]%:*}/${of[physfn]}" "$device/physfn"
		ln -sfn "../../pci$bus/$address" "$slot/virtfn$((of[vfn] - 1))"
	fi
	if [ -n "${of[vfs]}" ]; then
		echo "${of[vfs]}" >"$device/sriov_totalvfs"
		echo "${of[numvfs]}" >"$device/sriov_numvfs"
	fi
	slot=$sysfs/bus/pci/slots/${fid#0x}
	mkdir -p "$slot"
	echo 1 >"$slot/power"
	# The slot's number is device and function in one (arch/s390/pci/pci_bus.c).
	device=${address##*:}
	printf '%s:%02x\n' "$bus" $((0x${device%.*} << 3 | ${device#*.})) >"$slot/address"
}

_sysfs_device() {
	echo "$sysfs/devices/pci${1%:*}/$1"
}

sysfs_net() {
	local folder=$(_sysfs_device "$1")/net/$2 flags=0x1002
	[ "${3:-down}" != up ] || flags=0x1003
	mkdir -p "$folder"
	ln -sfn "../../../$1" "$folder/device"
	ln -sfn "${folder/#"$sysfs"/../..}" "$sysfs/class/net/$2"
	echo "${3:-down}" >"$folder/operstate"
	echo "$flags" >"$folder/flags"
	echo "$((10 + RANDOM % 80))" >"$folder/ifindex"
	echo 02:00:00:00:02:00 >"$folder/address"
}

sysfs_block() {
	local folder=$(_sysfs_device "$1")/nvme/${2%n*}/$2
	mkdir -p "$folder/holders"
	echo 259:0 >"$folder/dev"
	ln -sfn "${folder/#"$sysfs"/../..}" "$sysfs/class/block/$2"
}

# The host of most tests: a PF with two linked VFs on bus 0120:00, two detached VFs of which one
# has a network device, an NVMe disk's VF, an ISM function, and a function in standby.
sysfs_host() {
	sysfs_new "$1"
	sysfs_driver mlx5_core
	sysfs_function 0120:00:00.0 0x00000401 driver=mlx5_core device=0x1015 pchid=0x01c4 group=0 \
		vfs=8 numvfs=2 command=0546
	sysfs_function 0120:00:00.1 0x00000402 driver=mlx5_core pchid=0x01c4 group=1 vfn=0x0001 \
		uid=0x121 physfn=0120:00:00.0 command=0404
	sysfs_function 0120:00:00.2 0x00000403 pchid=0x01c4 group=2 vfn=0x0002 \
		uid=0x122 physfn=0120:00:00.0
	sysfs_function 0200:00:00.0 0x00000501 driver=mlx5_core group=3 vfn=0x0003 command=0404
	sysfs_net 0200:00:00.0 eno200
	sysfs_function 0201:00:00.0 0x00000502 group=4 vfn=0x0004
	sysfs_function 0300:00:00.0 0x00000601 driver=nvme vendor=0x1014 device=0x0001 class=0x010802 \
		pchid=0x01d0 pft=0x0b vfn=0x0002 group=5 command=0404
	sysfs_block 0300:00:00.0 nvme0n1
	sysfs_function 1000:00:00.0 0x00001000 driver=ism vendor=0x1014 device=0x04ed class=0x000000 \
		pchid=0x07c0 pfgid=0x05 pft=0x05 group=6 command=0406
	sysfs_standby 00000503
}
