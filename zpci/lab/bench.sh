# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Measures what an access costs, for a function of ours and one of QEMU's in the same guest: first
# in a bare-metal program, one instruction at a time; then in a program under Linux. Under Linux two
# of QEMU's functions are compared as well. They are equal, but the kernel's structures for them lie
# at other addresses, so that their times differ by a percent or more. bench-table says what is
# computed from the samples. The lab does not judge times, since they depend on the machine.

bench_rounds=21
bench_ours=probe:vf=3:fid=0x1021
bench_qemus=(-device "zpci,uid=1,fid=1,target=bench1" -device "virtio-rng-pci,id=bench1"
	-device "zpci,uid=2,fid=2,target=bench2" -device "virtio-rng-pci,id=bench2")

# bench_bare WORDS OPTION...: the samples of the bare-metal program.
bench_bare() {
	local words=$1 qemu=$ZPCI_CACHE/qemu/qemu-system-s390x
	shift
	[ -x "$qemu" ] || qemu="qemu-system-s390x"
	"$qemu" -M s390-ccw-virtio -cpu max -nographic -no-reboot -action panic=exit-failure \
		-kernel "$(build_folder native)/tests/bare/bench" \
		-append "$words rounds=$bench_rounds" "${bench_qemus[@]}" "$@" </dev/null
}

bench_linux() {
	local inspect="zpci-inspect --interrupts 0 --dma-bytes 0 --compare $bench_rounds"
	"$(build_folder native)/run" zpci run --timeout 600 --function "${bench_ours//:/,}" \
		--exec "$inspect --fid 1021 --fid 1 && $inspect --fid 2 --fid 1 >/tmp/control &&
			sed 's/^sample /control /' /tmp/control" \
		-- "${bench_qemus[@]}"
}

# What was measured comes from step's log.
# shellcheck disable=SC2154
lab_bench() {
	local plugin samples
	case "${1:-$bench_rounds}" in
	*[!0-9]* | 0*) die "bench takes a number of rounds, but got \`$1'" ;;
	esac
	bench_rounds=${1:-$bench_rounds}
	lab_build
	lab_qemu
	lab_guest
	plugin=$(build_folder native)/.libs/zpci-qemu.so
	samples=$(mktemp -d)
	# shellcheck disable=SC2064 # the folder's name of now
	trap "rm -rf '$samples'" EXIT
	step "bare metal" bench_bare "ours=0x1021 qemu=1" -plugin "$plugin,function=$bench_ours" ||
		die "no samples"
	tr -d '\r' <"$step_log" >"$samples/both"
	step "bare metal without the plugin" bench_bare "qemu=1" || die "no samples"
	tr -d '\r' <"$step_log" >"$samples/alone"
	step "Linux" bench_linux || die "no samples"
	tr -d '\r' <"$step_log" >>"$samples/both"
	echo
	perl "$ZPCI_SOURCE/zpci/lab/bench-table" "$samples/both" "$samples/alone"
}
