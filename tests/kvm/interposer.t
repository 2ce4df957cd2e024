#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci-kvm.so in a small hypervisor (hypervisor.c), on the fake /dev/kvm. Each case is a process of
# its own, as settings are those of a process.
#
# It runs in a build folder. EMULATOR, for another machine's build, is qemu-user.

set -u

. "$(dirname "$0")/../tap.sh"

interposer=$PWD/.libs/zpci-kvm.so
fake=$PWD/tests/kvm/fake.so
program=$PWD/tests/kvm/hypervisor
[ -e "$interposer" ] || skip_all "zpci-kvm.so was not built"
work=$tap_folder
function=probe:vf=3:fid=0x1021:uid=0x111

# in_process SETTING... -- COMMAND...: with the interposer, unless a setting says otherwise.
# Standard error is in $said, standard output in $printed, the exit status in $status.
in_process() {
	local settings=(ZPCI_FUNCTION=$function "LD_PRELOAD=$interposer $fake") setting
	while [ "$1" != -- ]; do
		settings+=("$1")
		shift
	done
	shift
	status=0
	if [ -n "${EMULATOR:-}" ]; then
		local options=()
		for setting in "${settings[@]}"; do
			options+=(-E "$setting")
		done
		timeout 60 "$EMULATOR" "${options[@]}" "$@" >"$work/out" 2>"$work/err" || status=$?
	else
		timeout 60 env "${settings[@]}" "$@" >"$work/out" 2>"$work/err" || status=$?
	fi
	printed=$(cat "$work/out")
	said=$(cat "$work/err")
}

# good CASE SETTING...: it works, and nothing is said
good() {
	local case=$1
	shift
	in_process "$@" -- "$program" "$case"
	is "$status:$printed$said" 0: "$case"
}

# refused NAME REQUEST PATTERN CASE SETTING...: the request fails, with one sentence.
refused() {
	local name=$1 request=$2 pattern=$3 case=$4
	shift 4
	in_process "$@" -- "$program" "$case"
	is "$status:$printed" "2:refused $request" "$name: refused"
	like "$said" "^zpci-kvm: error: $pattern" "$name: said"
	is "$(wc -l <"$work/err")" 1 "$name: one sentence"
}

# --- what it does

for case in executes passes nowhere interrupted resets resets-once resets-late diagnose runs-on \
	stands-still nothing-comes closes reads-early ends stops-inside no-signals slot-at-start \
	stop-and-go plugs again reuses probes duplicate-at-end daemonizes; do
	good $case
done
# A device model from a shared object: as the plugin does, and with no second library.
source=${srcdir:-$(dirname "$0")/../..}
# shellcheck disable=SC2086 # words
${CC:-cc} -std=c11 ${CFLAGS:-} -I "$source/include" -fPIC -shared "$source/examples/model/counter.c" \
	${LDFLAGS:-} -o "$work/counter.so"
good executes ZPCI_FUNCTION="$work/counter.so:vf=3:fid=0x1021:uid=0x111:start=5"
good resets ZPCI_FUNCTION="$work/counter.so:vf=3:fid=0x1021:uid=0x111:start=5"

in_process -- "$program" no-flic
is "$status" 0 "no FLIC: started at the first KVM_RUN"
like "$said" "warning: KVM: there is no FLIC" "no FLIC: what follows"

for case in starts-once starts-meanwhile; do
	in_process -- "$program" $case
	is "$status" 0 "no FLIC: two first KVM_RUN: $case"
done
# What is freed is overwritten.
good ends-inside MALLOC_PERTURB_=165
good reset-at-end MALLOC_PERTURB_=165
in_process MALLOC_PERTURB_=165 -- "$program" duplicate-ends-inside
is "$status" 0 "duplicate-ends-inside"
like "$said" "the hypervisor has a function with this FID" "duplicate-ends-inside: said"
in_process -- "$program" closes-cpu
is "$status" 0 "closes-cpu"
like "$said" "KVM refused an operand .*: (Bad file descriptor|Function not implemented)" \
	"closes-cpu: said"

good control ZPCI_CONTROL="$work/control"
is "$(ls "$work"/control 2>/dev/null)" '' "the socket is gone"
cd "$work"
good moves ZPCI_CONTROL=control
cd "$OLDPWD"
is "$(ls "$work"/control 2>/dev/null)" '' "the socket is gone, from another folder"
good no-descriptor ZPCI_CONTROL="$work/control"
in_process ZPCI_CONTROL="$work/control" -- "$program" reports
is "$status" 0 "reports"
like "$said" "^zpci-kvm: warning: function 0x00001021: error 0x003a" "reports: said"
good probes ZPCI_CONTROL="$work/control" ZPCI_RECORD=
in_process ZPCI_CONTROL="$work/control" -- "$program" forks
# Under an emulator the program that a child executes is the host's.
is "$status:$printed$(grep -v '^ERROR: ld.so: object' "$work/err")" 0: "forks"
is "$(ls "$work"/control 2>/dev/null)" '' "the socket is gone after children"
in_process ZPCI_CONTROL="$work/control" ZPCI_VERBOSE=on -- "$program" forks
is "$(grep -c "system reset" "$work/err")" 1 "forks: the child resets nothing"

good executes ZPCI_RECORD="$work/trace"
like "$(head -n 1 "$work/trace")" '^zpci-trace 1$' "a trace"
like "$(cat "$work/trace")" '^execute [0-9a-f]+ 0 b9d20064' "a trace: what was executed, and by which CPU"
like "$(tail -n 1 "$work/trace")" '^end [0-9a-f]+ executed$' "a trace: up to its end"

good kinds ZPCI_RECORD="$work/trace"
# Of ours at its start, two that the guest asked for, our own again; then the guest's and ours.
is "$(sed -n 's/^reset [0-9a-f]* //p' "$work/trace" | tr '\n' ' ')" '0 1 1 0 0 0 ' \
	"a trace: the kinds of resets"

in_process ZPCI_VERBOSE=on ZPCI_FUNCTION="$function probe:vf=4:fid=0x1022" -- "$program" make
like "$said" '^zpci-kvm: 2 functions$' "two functions, separated by a blank"
printf '[adapter a]\nmodel = probe\nvfs = 4\n[function]\nadapter = a\nvf = 2\nfid = 0x1021\n' \
	>"$work/conf"
good executes ZPCI_CONFIG="$work/conf" ZPCI_FUNCTION=

in_process -- "$program" saves
is "$status" 0 "saves"
like "$said" "error: migration is refused" "migration: said"
like "$said" "error: a protected guest cannot have" "protected guest: said"
is "$(grep -c "error: a migration or a snapshot has begun" "$work/err")" 1 "dirty log: said once"
is "$(grep -c "error: the state of the PCI functions cannot be saved" "$work/err")" 1 \
	"storage keys: said, while somebody saves"

in_process -- "$program" duplicate
is "$status" 0 "a function of the hypervisor's with our FID"
like "$said" "^zpci-kvm: error: function 0x00001021: the hypervisor has a function with this FID" \
	"a function of the hypervisor's with our FID: said"
is "$(wc -l <"$work/err")" 1 "a function of the hypervisor's with our FID: one sentence"

good other-uid
in_process -- "$program" duplicate-uid
is "$status" 0 "a function of the hypervisor's with our UID"
like "$said" "^zpci-kvm: error: function 0x00001021: the hypervisor's function 0x00000005 has its UID 0x0111" \
	"a function of the hypervisor's with our UID: said"
is "$(wc -l <"$work/err")" 1 "a function of the hypervisor's with our UID: one sentence"

# --- bad input

canceled=': Operation canceled'
refused "no such model" "CREATE_VM$canceled" ".*nosuch" make ZPCI_FUNCTION=nosuch
refused "no such object" "CREATE_VM$canceled" "function .*model = ./none.so: it cannot be read" make \
	ZPCI_FUNCTION=./none.so:vf=3
refused "no such file" "CREATE_VM$canceled" ".*$work/none" make ZPCI_CONFIG="$work/none"
refused "no such switch" "CREATE_VM$canceled" "ZPCI_VERBOSE=loud is not known" make \
	ZPCI_VERBOSE=loud
refused "record and control" "CREATE_VM$canceled" "ZPCI_RECORD= and ZPCI_CONTROL= do not go" \
	make ZPCI_RECORD="$work/no" ZPCI_CONTROL="$work/control"
is "$(ls "$work"/no "$work"/control 2>/dev/null)" '' "record and control: nothing was made"
refused "record and debug" "CREATE_VM$canceled" "ZPCI_RECORD= and ZPCI_DEBUG=on do not go together" \
	make ZPCI_RECORD="$work/no" ZPCI_DEBUG=on
refused "no such folder" "CREATE_DEVICE$canceled" "ZPCI_CONTROL=$work/none/control: No such" make \
	ZPCI_CONTROL="$work/none/control"
refused "no such folder for a trace" "CREATE_DEVICE$canceled" "ZPCI_RECORD=$work/none/t: No such" \
	make ZPCI_RECORD="$work/none/t"
refused "a second VM" "CREATE_DEVICE$canceled" "this process has a second virtual machine" twice
in_process -- "$program" insists
is "$status" 0 "insists"
is "$(grep -c "this process has a second virtual machine" "$work/err")" 1 "insists: said once"
refused "not s390" "CREATE_VM$canceled" "this host's KVM is not that of s390" make \
	HYPERVISOR_ABSENT=108
refused "2 KiB page tables" "CREATE_VM: Invalid argument" ".*-Wl,--s390-pgste" make \
	HYPERVISOR_REFUSE=0xae01
cp "$interposer" "$work/copy.so"
refused "loaded twice" "CREATE_VM$canceled" "loaded twice" make \
	LD_PRELOAD="$interposer $work/copy.so $fake"

# --- other programs

in_process -- "$program" none
like "$said" "^zpci-kvm: warning: hypervisor made no virtual machine of KVM" "no VM: said"
in_process ZPCI_KVM_PROCESS=1 -- "$program" none
is "$said" '' "no VM, in a child: nothing is said"
in_process ZPCI_FUNCTION= -- "$program" none
is "$said" '' "no VM, and no settings: nothing is said"

done_testing
