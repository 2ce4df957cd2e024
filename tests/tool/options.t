#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Wrong options: each is refused with status 125 and a sentence that names option, value
# and what is allowed. Nothing is started.

. "$(dirname "$0")/tap.sh"

# An empty cache, so that an option that is accepted leads to another message.
export ZPCI_CACHE=$tap_folder/empty

# refused PATTERN ARGUMENT...
refused() {
	local pattern=$1
	shift
	tool "$@"
	is "$status" 125 "zpci $*: status"
	like "$err" "$pattern" "zpci $*: message"
	is "$(wc -l <<<"$err")" 1 "zpci $*: one sentence"
}

refused "no command .bogus'; .zpci help'" bogus
refused "no command .bogus'" help bogus
for command in run inspect; do
	refused "unknown option .--bogus'" "$command" --bogus
	refused "unknown option .--bogus'" "$command" --bogus=1
	refused "--smp needs a value: --smp NUMBER" "$command" --smp
	refused "--smp: .0' is not allowed; allowed is 1 to 248" "$command" --smp 0
	refused "--smp: .249' is not allowed" "$command" --smp=249
	refused "--smp: .-1' is not allowed" "$command" --smp -1
	refused "--smp: .4x' is not allowed" "$command" --smp 4x
	refused "--smp: .4294967297' is not allowed" "$command" --smp 4294967297
	refused "--memory: .1,maxmem=2G' is not allowed; .*512M" "$command" --memory 1,maxmem=2G
	refused "--memory: .' is not allowed" "$command" --memory ''
	refused "--memory: .1MM' is not allowed" "$command" --memory 1MM
	refused "--timeout: .soon' is not allowed; allowed is 0 to 86400" "$command" --timeout soon
	refused "--accel: .xen' is not allowed; allowed is tcg or kvm" "$command" --accel xen
	refused "--plugin is for --accel tcg; .* --interposer" "$command" --plugin a.so --accel kvm
	refused "--interposer is for --accel kvm; .* --plugin" "$command" --interposer a.so
	refused "--verbose takes no value" "$command" --verbose=yes
	refused "--kernel: .' is not allowed" "$command" --kernel ''
	refused "nonexistent.conf.*No such file" "$command" \
		--config "$tap_folder/nonexistent.conf"
	refused "$tap_folder.*[Dd]irectory" "$command" --config "$tap_folder"
	refused "--function probe,x=a:b: a value with a colon .* use --config" "$command" \
		--function probe,x=a:b
	refused "--qemu /nonexistent/qemu: No such file" "$command" --qemu /nonexistent/qemu
	refused "no nonexistent-qemu in PATH: .zpci lab qemu'" "$command" --qemu nonexistent-qemu
	refused "--kernel /nonexistent: No such file" "$command" --qemu true --kernel /nonexistent
	refused "no kernel at $tap_folder/empty/.*: .zpci lab guest'" "$command" --qemu true
	refused "no initrd at $tap_folder/empty/.*: .zpci lab guest'" "$command" --qemu true \
		--kernel /dev/null
	refused "plugin /nonexistent.so: No such file" "$command" --qemu true --kernel /dev/null \
		--initrd /dev/null --plugin /nonexistent.so
done
refused "unexpected argument .lspci'; what is meant for QEMU comes after" run lspci
refused "unexpected argument .fid'; what is meant for zpci-inspect comes after" inspect fid
refused "unknown option .--json'" run --json
refused "unknown option .--exec'" inspect --exec true

# shared PATTERN VALUE...: folders that cannot be shared.
shared() {
	local pattern=$1 value options=()
	shift
	for value; do
		options+=(--share "$value")
	done
	refused "$pattern" run "${options[@]}"
}

mkdir -p "$tap_folder/f:/g"
touch "$tap_folder/file"
shared "--share: .' is not allowed; allowed is HOST.:GUEST..,rw." ""
shared "--share /nix: /nix: No such file .*; name a folder, as HOST or HOST:/GUEST" /nix
shared "--share /nix:/x,rw: /nix: No such file" /nix:/x,rw
shared "--share .*/file: .*/file is no folder; --copy takes a file" "$tap_folder/file"
shared "--share /tmp:mnt: /tmp:mnt: No such file" /tmp:mnt
shared "--share /tmp:/a/../b: .* must not have \. or \.\." /tmp:/a/../b
shared "--share /: / in the guest is its own: name another folder" /
shared "--share /tmp://usr//: /usr in the guest is its own" /tmp://usr//
shared "--share /tmp:/proc/1: /proc/1 in the guest is its own" /tmp:/proc/1
shared "--share: a path in the guest cannot have a line end" /tmp:/a$'\n'b
shared "--share: /usr and .*/f:/g cannot both be /mnt/" /usr:/mnt "$tap_folder/f:/g:/mnt/,rw"

# copied PATTERN VALUE
copied() {
	refused "$1" run --copy "$2"
}

mkfifo "$tap_folder/fifo"
copied "--copy: .' is not allowed; allowed is HOST.:GUEST." ""
copied "--copy /nix:/x: /nix: No such file .*; name a file or folder" /nix:/x
copied "--copy .*/fifo: .*/fifo is neither a file nor a folder" "$tap_folder/fifo"
copied "--copy /etc/passwd:/x/../y: .* must not have \. or \.\." /etc/passwd:/x/../y
copied "--copy /etc/passwd:/tmp/: /tmp/passwd cannot be seen in the guest" /etc/passwd:/tmp/
for name in dev proc sys tmp zpci; do
	copied "--copy /etc:/$name: /$name cannot be seen in the guest" /etc:/$name
done
for name in bin root usr/lib; do
	copied "--copy /etc/passwd:/$name: /$name is a folder of the guest: write HOST:/$name/ " \
		/etc/passwd:/$name
done
copied "--copy: a path in the guest cannot have a line end" /etc/passwd:/a$'\n'b

refused "--quiet and --verbose do not go together" run --quiet --verbose
refused "--dry-run and --gdb do not go together: add .-s -S'" run --dry-run --gdb

# Standard input is the command's, so it must be one that can be read.
"$zpci" run --exec true <"$tap_folder" >"$tap_folder/out" 2>"$tap_folder/err"
is "$?" 125 "standard input is a folder: status"
is "$(cat "$tap_folder/err")" \
	"zpci: standard input is a folder: give the command a file, or </dev/null" \
	"standard input is a folder: message"

refused "--guest: .\.\./x' is not allowed" run --guest ../x
refused "guest nix: no .*/guest/nix/kernel: .zpci lab kernel'" run --qemu true --guest nix
refused "unknown option .--second-level'" inspect --second-level
refused "leave out --exec" run --second-level --exec true
refused "needs a function to pass on" run --second-level

# Also in a build with sanitizers.
ZPCI_LAB=/bin/echo tool lab
is "$status <$out> $err" "0 <> " "zpci lab without a command: nothing else is passed on"
ZPCI_LAB=/bin/echo tool lab a --b
is "$status <$out> $err" "0 <a --b> " "zpci lab: words are passed on"

# Behind `--' a word with dashes is an argument, where a command has arguments.
refused "unexpected argument .--json'" describe -- --json
refused "too few arguments; usage: zpci host show" host show --
refused "unexpected argument .--b'" host show -- --a --b
tool host show --sysfs "$tap_folder" -- --json
is "$status" 4 "zpci host show -- --json: status"
like "$err" "No such file" "zpci host show -- --json: it is no option"

# What the configuration says about functions reaches the user, before QEMU is looked for.
refused "nonesuch" run --function nonesuch,vf=1
refused "vf.*256" run --function probe,vf=256
refused "0x1021" run --function probe,vf=1,fid=0x1021 --function probe,vf=2,fid=0x1021

# What can be written there: what the parser lists when it refuses something.
# allowed SPEC: that list, one in a line.
allowed() {
	"$zpci" describe --function "$1" 2>&1 |
		sed -n 's/; or the file of a shared object.*//; s/.*; allowed is //p' | sed 's/, /\n/g' | sort
}
for command in run inspect describe matrix "host domain"; do
	# shellcheck disable=SC2086 # one word, or two
	tool $command --function help
	is "$status $(sed -n 's/^  \([a-z]*\) .*/\1/p' <<<"$out" | sort | xargs)" \
		"0 $(allowed '?' | xargs)" "$command --function help: the models"
done
# Others than a replica have no config space to write down.
keys_of() {
	[ "$1" = replica ] && cat && return
	grep -vE "^(vendor|device|class|revision|subsystem-.*|(vf-)?bar[0-5]|devfn|physical|config-.*)\$"
}
for model in null replica; do
	tool run --function probe,vf=1 --function $model,vf=3,help
	is "$status" 0 "--function $model,vf=3,help: status"
	is "$(sed -n 's/^  \([a-z0-9-]*\) .*/\1/p' <<<"$out" | sort)" \
		"$(allowed "$model,?=?" | keys_of $model)" "--function $model,vf=3,help: the keys"
done
like "$out" "^  profile +lpar, vfio, silent, plain, raw\$" "--function replica,help: what is allowed"
refused "there is no model 'prob'; allowed is null, probe, replica" run --function prob,help
printf '[adapter a]\nmodel = probe\npchid = 0x1c0\nvfs = 4\nbogus = 1\n' >"$tap_folder/bad.conf"
refused "bad.conf.*5.*bogus" run --config "$tap_folder/bad.conf"

tool --version
is "$status" 0 "--version: status"
like "$out" '^zpci [0-9]' "--version: output"
tool
is "$status" 125 "no command: status"
like "$err" '^usage: zpci COMMAND' "no command: usage on standard error"
done_testing
