#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion in bash: its functions as readline calls them, and once a whole interactive bash. What
# it offers is compared with --help, and each kind of value that --help names must be known to it.

. "$(dirname "$0")/tap.sh"

completions=$(realpath "${srcdir:-$(dirname "$0")/../..}/completions")
. "$completions/zpci"
. "$completions/zpci-lab"

# The default.
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'

# replies LINE: what the cursor at its end is offered, one in a line.
replies() {
	COMP_LINE=$1
	COMP_POINT=${#1}
	_zpci "$zpci"
	[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}" | sort
}

# offers LINE WORDS NAME
offers() {
	is "$(replies "$1" | tr '\n' ' ' | sed 's/ $//')" "$2" "$3"
}

# Those of two words without the second one.
commands_of_help() {
	"$zpci" help | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort -u
}

options_of_help() {
	# shellcheck disable=SC2086 # a command can be two words
	"$zpci" help $1 | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | sort
}

is "$(replies "zpci ")" "$({ commands_of_help && printf '%s\n' --help --version; } | sort)" \
	"subcommands are those of --help"
is "$(replies "zpci help ")" "$(commands_of_help)" "help: subcommands"
offers "zpci ma" "matrix" "a subcommand, begun"
second=$("$zpci" help | sed -n 's/^  host \([a-z]*\)  .*/\1/p' | sort)
is "$(replies "zpci host ")" "$second" "the second word of a command"
offers "zpci host do" "domain" "the second word, begun"
is "$(replies "zpci help host ")" "$second" "help: the second word"
export ZPCI_LAB=$completions/../zpci-lab
offers "zpci lab qe" "qemu" "a command of the lab, begun"
offers "zpci run do" "" "a command of one word has no second one"
while read -r command; do
	options=$(options_of_help "$command")
	[ -n "$options" ]
	ok $? "$command: --help lists options"
	is "$(replies "zpci $command --")" "$options" "$command: options of --help"
	# There can be words for an argument as well.
	is "$(replies "zpci $command " | grep '^--')" "$options" "$command: options, nothing typed"
	# shellcheck disable=SC2086 # a command can be two words
	kinds=$("$zpci" help $command | sed -n 's/^  --[a-z-]* \([A-Z][A-Z]*\) .*/\1/p' &&
		_zpci_arguments $command)
	for kind in $(sort -u <<<"$kinds"); do
		cur=
		_zpci_value "$kind"
		ok $? "$command: $kind is a kind of value that completion knows"
	done
done < <("$zpci" help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p')
cur=
! _zpci_value NONSENSE
ok $? "a kind of value that is none is refused"

# --- functions -------------------------------------------------------------------------------

offers "zpci run --function " "help null probe replica" "models"
offers "zpci run --function=pr" "probe" "a model, after ="
mkdir "$tap_folder/models"
: >"$tap_folder/models/mine.so"
offers "zpci run --function $tap_folder/models/m" "$tap_folder/models/mine.so" "the file of a model"
offers "zpci run --function probe,hel" "probe,help" "help"
offers "zpci run --function probe,profile=" "lpar plain raw silent vfio" "profiles"
offers "zpci run --function=probe,vf=3,profile=" "lpar plain raw silent vfio" "profiles, after ="
offers "zpci run --function probe,vf=3,profile=s" "silent" "a profile, begun"
offers "zpci describe --function probe,vf=3,ids=" "no yes" "yes and no"
offers "zpci describe --function probe,command-memory=" "absent off on" "command-memory"
offers "zpci run --function probe,vf=" "" "a number: nothing"
offers "zpci run --function probe,pro" "probe,profile=" "a key, begun: the word on the line whole"
offers "zpci run --function probe,vf=3,pro" "3,profile=" "a key, only what follows the last ="
man=$(sed -n '/^\.SS \[function\]/,/^\.SS "\[group/s/^\.BI "\([a-z0-9\\-]*\) = ".*/\1/p' \
	"$completions/../man/zpci.conf.5" | tr -d '\\')
for key in $man; do
	[ "$key" = adapter ] || like "$(replies "zpci run --function null,$key")" "^null,$key=\$" \
		"a key of zpci.conf(5): $key"
done
COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}
offers "zpci run --function=probe,vf=3,ids=n" "--function=probe,vf=3,ids=no" \
	"without = in COMP_WORDBREAKS: the word on the line whole"
COMP_WORDBREAKS+="="

# --- functions and guests of a host ------------------------------------------------------------

. "$(dirname "$0")/../host/sysfs.sh"
sysfs_host "$tap_folder/sys"
fake="--sysfs $tap_folder/sys"
offers "zpci host show $fake 0x0000050" "0x00000501 0x00000502 0x00000503" "a function's FID, begun"
offers "zpci host show $fake --json e" "eno200" "a function's network device"
offers "zpci host show --sysfs=$tap_folder/sys nv" "nvme0n1" "a function's disk, the folder after ="
offers "zpci host show $fake 0x501 0x" "" "there is one function"
offers "zpci host show 0x501 --sys" "--sysfs" "an option behind a function"
like "$(replies "zpci host show $fake ")" "^0x00000401\$" "functions, nothing typed"
like "$(replies "zpci host show $fake ")" "^--json\$" "and options"
offers "zpci host list $fake 0x" "" "a command without an argument"
offers "zpci host hook re" "remove" "an argument that is one of some words"
offers "zpci host list --sysfs $tap_folder/s" "$tap_folder/sys" "a folder"
# shellcheck disable=SC2016
ln -s ../../devices/pci0200:00/0200:00:00.0/net/eno200 "$tap_folder/sys/class/net/\$(touch executed)"
replies "zpci host show $fake " >/dev/null
[ ! -e executed ]
ok $? "a device's name is not executed"
# What virsh says of guests, in place of a libvirt.
mkdir -p "$tap_folder/bin"
printf '#!/bin/sh\necho "$*" >%s/arguments\nprintf "web1\\nweb2\\n\\n"\n' "$tap_folder" \
	>"$tap_folder/bin/virsh"
chmod +x "$tap_folder/bin/virsh"
domains() {
	local PATH=$tap_folder/bin:$PATH cur=$1 connect=(-c test:///default)
	COMPREPLY=()
	_zpci_value DOMAIN
	echo "${COMPREPLY[@]}"
}
is "$(domains web)" "web1 web2" "guests of libvirt"
is "$(cat "$tap_folder/arguments")" "-q -r -c test:///default list --all --name" "how virsh is asked"
cur=
COMPREPLY=()
_zpci_value UID
is "${COMPREPLY[*]}" "auto same" "a guest's UID"

# --- files, guests, and what is not ours -------------------------------------------------------

cd "$tap_folder" || exit 1
export ZPCI_CACHE=$tap_folder/cache
mkdir -p cache/guest/default cache/guest/newest cache/guest/root
touch cache/guest/default/kernel cache/guest/newest/kernel my.conf
offers "zpci run --config my" "my.conf" "a file"
offers "zpci run --config=my" "my.conf" "a file, after ="
offers "zpci run --guest " "default newest" "guests of the cache"
offers "zpci matrix --guest n" "newest" "a guest, begun"
install -D /dev/null bin/qemu-of-mine
offers "zpci run --qemu qemu-of" "" "a program: none"
PATH=$tap_folder/bin:$PATH
offers "zpci run --qemu qemu-of" "qemu-of-mine" "a program"
offers "zpci run --smp " "" "a number: nothing"
offers "zpci run -- -initrd my" "my.conf" "behind --: a file"
offers "zpci run --config a/b.conf --tim" "--timeout" "behind a value that has slashes"
# shellcheck disable=SC2016 # these must not be expanded
replies 'zpci run //;1etouch${IFS}executed;# ' >/dev/null
[ ! -e executed ]
ok $? "a word of the line is not executed"
# shellcheck disable=SC2016
mkdir -p 'cache/guest/$(touch executed)'
# shellcheck disable=SC2016
touch 'cache/guest/$(touch executed)/kernel'
replies "zpci run --guest " >/dev/null
[ ! -e executed ]
ok $? "a guest's name is not executed"
rm -r cache/guest/*executed*
offers "zpci bogus --" "" "a subcommand that is none: nothing"

# --- zpci-lab ----------------------------------------------------------------------------------

# lab WORD...: the last one is begun.
lab() {
	COMP_WORDS=(zpci-lab "$@")
	COMP_CWORD=$#
	_zpci_lab "$completions/../zpci-lab" "${COMP_WORDS[-1]}"
	echo "${COMPREPLY[*]}"
}
commands=$("$completions/../zpci-lab" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
is "$(lab "" | tr ' ' '\n')" "$commands" "zpci-lab: commands are those of help"
is "$(lab check --)" "--long" "zpci-lab check"
is "$(lab kernel "")" "list get build" "zpci-lab kernel"
like "$(lab kernel get "")" "^newest .*testing" "zpci-lab kernel get"
like "$(lab kernel build iov)" "^iov\$" "zpci-lab kernel build"
is "$(lab kvm --qemu "")" "7.2 newest none" "zpci-lab kvm --qemu"
is "$(lab kvm --me)" "--memory" "zpci-lab kvm"
is "$(lab host --cpus 2 --co)" "--config" "zpci-lab host"
is "$(lab host --config "$completions/zpci-l")" "$completions/zpci-lab" "zpci-lab host --config"

# --- a whole bash ------------------------------------------------------------------------------

# At a terminal, three words of a line by TAB. The alias keeps zpci from being run.
if command -v script >/dev/null; then
	cat >rc <<-EOF
		. "$completions/zpci"
		alias zpci=true
		PATH=$(dirname "$(realpath "$zpci")"):\$PATH
		bind 'set enable-bracketed-paste off'
		PS1=
	EOF
	printf 'zpci desc\t--func\tprobe,vf=3,prof\tsi\t; fc -ln -1 -1\nexit\n' >keys
	timeout 60 script -qec "bash --noprofile --rcfile rc -i" /dev/null <keys >screen 2>&1
	like "$(tr -d '\r' <screen)" "^.*zpci describe --function probe,vf=3,profile=silent *;" \
		"TAB in an interactive bash"
else
	ok 0 "TAB in an interactive bash # SKIP no script(1)"
fi
done_testing
