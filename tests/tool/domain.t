#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci host domain: the domain's XML, and what cannot become one. Where libvirt's schema is, it
# validates. tests/guest/libvirt.t starts such a domain.

. "$(dirname "$0")/tap.sh"

source=$(realpath "${srcdir:-$(dirname "$0")/../..}")
work=$tap_folder/'a & "b" <c>'
mkdir "$work"
cd "$work" || exit 1
s390x_object "$tap_folder/zpci-kvm.so"
s390x_kernel kernel
printf '#!/bin/sh\n' >qemu
chmod +x qemu
printf '[adapter a]\nmodel = null\npchid = 0x1c0\nvfs = 4\n' >my.conf

# domain ARGUMENT...: with files that have markup in their names.
domain() {
	tool host domain --qemu ./qemu --kernel kernel --initrd my.conf "$@"
}

xml_work="$tap_folder/a &amp; &quot;b&quot; &lt;c&gt;"

valid() {
	if command -v virt-xml-validate >/dev/null && command -v xmllint >/dev/null; then
		virt-xml-validate "$tap_folder/out" domain >"$tap_folder/validate" 2>&1
		ok $? "$1: valid by libvirt's schema" || sed 's/^/# /' "$tap_folder/validate"
	else
		skip "$1: valid by libvirt's schema" "no virt-xml-validate with xmllint"
	fi
}

domain --accel kvm --interposer "$tap_folder/zpci-kvm.so" --name 'it'\''s <1> & "2"' --smp 3 \
	--memory 2G --append 'console=ttysclp0 a<b' --config my.conf --control ./sock,et \
	--function probe,vf=3,fid=0x1021 --function probe,vf=4,profile=plain
is "$status" 0 "kvm: status"
is "$err" "" "kvm: no message"
cat >"$tap_folder/expected" <<-XML
	<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
	  <name>it's &lt;1&gt; &amp; &quot;2&quot;</name>
	  <memory unit='GiB'>2</memory>
	  <vcpu>3</vcpu>
	  <os>
	    <type arch='s390x' machine='s390-ccw-virtio'>hvm</type>
	    <kernel>$xml_work/kernel</kernel>
	    <initrd>$xml_work/my.conf</initrd>
	    <cmdline>console=ttysclp0 a&lt;b</cmdline>
	  </os>
	  <cpu mode='host-passthrough'/>
	  <devices>
	    <emulator>$xml_work/./qemu</emulator>
	    <console type='pty'>
	      <target type='sclp'/>
	    </console>
	    <controller type='usb' model='none'/>
	    <memballoon model='none'/>
	  </devices>
	  <qemu:commandline>
	    <qemu:env name='LD_PRELOAD' value="$tap_folder/zpci-kvm.so"/>
	    <qemu:env name='ZPCI_CONFIG' value="$xml_work/my.conf"/>
	    <qemu:env name='ZPCI_FUNCTION' value="probe:vf=3:fid=0x1021 probe:vf=4:profile=plain"/>
	    <qemu:env name='ZPCI_CONTROL' value="$xml_work/./sock,et"/>
	  </qemu:commandline>
	</domain>
XML
grep -v memoryBacking "$tap_folder/out" | grep -v "<allocation mode='immediate'/>" >"$tap_folder/got"
same "$tap_folder/got" "$tap_folder/expected" "kvm: the domain"
valid kvm

printf 'not used' >plugin.so
domain --plugin plugin.so --function null,vf=1 --control 'a,b'
is "$status" 0 "tcg: status"
like "$out" "^<domain type='qemu' " "tcg: type"
like "$out" "<name>zpci</name>" "tcg: name"
like "$out" "<memory unit='MiB'>512</memory>" "tcg: storage"
like "$out" "<cpu mode='maximum'/>" "tcg: CPU"
unlike "$out" "qemu:env|cmdline" "tcg: no variables"
like "$out" '<qemu:arg value="-plugin"/>' "tcg: the plugin's option"
# A comma in a path is doubled for QEMU.
like "$out" "<qemu:arg value=\"$xml_work/plugin.so,control=$xml_work/a,,b,function=null:vf=1\"/>" \
	"tcg: its arguments"
valid tcg
# A device model's own file too, as libvirt starts QEMU in another folder.
# shellcheck disable=SC2086 # words
${CC:-cc} -std=c11 -I "$source/include" ${CFLAGS:-} -fPIC -shared "$source/examples/model/counter.c" \
	${LDFLAGS:-} -o counter.so
domain --plugin plugin.so --function ./counter.so,vf=1,step=2
like "$out" "<qemu:arg value=\"$xml_work/plugin.so,function=$xml_work/./counter.so:vf=1:step=2\"/>" \
	"tcg: the file of a device model"
mkdir 'with,comma' && cp counter.so my.conf with,comma
(cd 'with,comma' && "$zpci" host domain --qemu ../qemu --kernel ../kernel --initrd my.conf \
	--plugin ../plugin.so --function ./counter.so,vf=1) >"$tap_folder/out" 2>"$tap_folder/err"
is "$?$(cat "$tap_folder/out")" 125 "a folder with a comma: no domain"
like "$(cat "$tap_folder/err")" "counter.so,vf=1: the name of the current folder has a comma" \
	"a folder with a comma: message"
domain --plugin plugin.so --function null,vf=1 --memory 700
like "$out" "<memory unit='MiB'>700</memory>" "a number alone is MiB"

# refused PATTERN ARGUMENT...
refused() {
	local pattern=$1
	shift
	domain "$@"
	is "$status" 125 "$pattern: status"
	like "$err" "$pattern" "$pattern: message"
	is "$(wc -l <<<"$err")" 1 "$pattern: one sentence"
	is "$out" "" "$pattern: no domain"
}

refused "a domain without functions" --name a
refused "--name: .a/b' is not allowed" --name a/b --function null,vf=1
refused "--name: .' is not allowed" --name '' --function null,vf=1
refused "^zpci: --name has the control character 0x0a" --name $'a\nb' --plugin plugin.so \
	--function null,vf=1
refused "^zpci: --append has the control character 0x1b" --append $'\e[31m' --plugin plugin.so \
	--function null,vf=1
refused "^zpci: what QEMU's command line has .* 0x01" --plugin plugin.so --control $'\001'
refused "interposer plugin.so: not a shared object for s390x|LD_PRELOAD cannot name a path" \
	--accel kvm --interposer plugin.so --function null,vf=1
refused "value with a blank is not possible" --accel kvm --interposer "$tap_folder/zpci-kvm.so" \
	--function "null,vf=1,utility-string=A B"
refused "nonesuch" --function nonesuch,vf=1
refused "unexpected argument" --function null,vf=1 -- -nodefaults
"$zpci" host domain --qemu ./qemu --kernel kernel --initrd my.conf --plugin plugin.so \
	--function null,vf=1 >/dev/full 2>"$tap_folder/err"
is $? 125 "a full device: status"
like "$(cat "$tap_folder/err")" "cannot write the domain: No space" "a full device: message"

for words in "host" "host bogus" "help host" "help host bogus"; do
	# shellcheck disable=SC2086 # words
	tool $words
	is "$status" 125 "zpci $words: status"
	like "$err" "no command .${words#help }'; .zpci help'" "zpci $words: message"
done
tool help host domain
is "$status" 0 "zpci help host domain: status"
like "$out" "^usage: zpci host domain \[OPTION\]" "zpci help host domain: usage"
done_testing
