# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests of the tool without a guest: a program that zpci takes for QEMU, and what it does
# instead of booting. Sourced after tap.sh.

# No guest is booted.
# shellcheck disable=SC2034 # for tap.sh
tap_limit=120

# fake_qemu [VERSION [MACHINE [ACCELERATOR]]]: makes $tap_folder/qemu. It answers what zpci asks of
# each QEMU. Started for a guest, it runs the script of standard input, which has
#   $kernel $initrd $nonce    of the guest
#   $output $error $console   pipes, for what the command and the guest's kernel write
#   $input                    a descriptor: standard input of the command
#   $folder                   where this program is
#   begin_output, end_output STATUS    print what is before and behind the command's output
# shellcheck disable=SC2120 # they may be left out
fake_qemu() {
	{
		cat <<-HEAD
			#!/bin/bash
			case "\$*" in
			--version) echo "QEMU emulator version ${1-11.1.3} (some build)" ;;
			"-machine help") printf 'Supported machines are:\n%s   a machine\n' "${2-s390-ccw-virtio}" ;;
			"-accel help") printf 'Accelerators supported in QEMU binary:\n%s\n' "${3-tcg}" ;;
			esac
		HEAD
		cat <<-'HEAD'
			[ $# -gt 2 ] || exit 0
			folder=${0%/*}
			while [ $# -gt 0 ]; do
				case $1 in
				-kernel) kernel=$2 ;;
				-initrd) initrd=$2 ;;
				file,id=zpci-output,path=*) output=${1#*path=} ;;
				file,id=zpci-error,path=*) error=${1#*path=} ;;
				file,path=*,id=zpci-console*) console=${1#*path=} console=${console%%,*} ;;
				socket,id=zpci-input,fd=*) input=${1#*fd=} ;;
				esac
				shift
			done
			nonce=$(tr -d '\0' <"$initrd" | grep -aoE 'zpci/nonce[0-9a-f]{32}' | cut -c 11-)
			begin_output() { printf '\033_zpci:%s:start\033\\' "$nonce"; }
			end_output() { printf '\033_zpci:%s:end:%d\033\\' "$nonce" "$1"; }
		HEAD
		cat
	} >"${tap_folder:?}/qemu"
	chmod +x "$tap_folder/qemu"
}
