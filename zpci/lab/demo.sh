# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The demonstration: one guest with two virtual functions of one adapter, without their
# physical function. They differ only in their emulation profile. zpci-inspect reads in the guest
# how its kernel sees each of them, and demo-table compares that with what is expected.

# demo_show INTERRUPTS COMMAND...: COMMAND is `zpci inspect' where the guest is to run.
demo_show() {
	local interrupts=$1 folder status=0
	shift
	folder=$(mktemp -d)
	# shellcheck disable=SC2064 # the folder's name of now
	trap "rm -rf '$folder'" EXIT
	"$@" --json --function probe,vf=3,fid=0x1021,uid=0x111,profile=lpar \
		--function probe,vf=4,fid=0x1022,uid=0x112,profile=plain \
		-- --fid 1021 --fid 1022 --interrupts "$interrupts" --dma-bytes 1M \
		--hold-command 'lspci -vv' \
		>"$folder/json" 2>"$folder/lspci" || status=$?
	if [ "$status" -ne 0 ]; then
		cat "$folder/json" "$folder/lspci" >&2
		die "zpci inspect ended with status $status"
	fi
	echo
	perl "$ZPCI_FILES/lab/demo-table" "$folder/json" "$folder/lspci" "$interrupts" \
		1021 1022 || die "what the guest saw is not what was expected"
}

lab_demo() {
	# What is downloaded comes first: without a network that is known in seconds.
	is_installed || lab_deps
	lab_qemu
	tool_get
	lab_guest
	say "booting a guest with two detached VFs, profiles \`lpar' and \`plain' ..."
	demo_show 100 tool inspect --timeout 300
	say "as expected; look around in such a guest: $(tool_name) run --function probe,vf=3"
}
