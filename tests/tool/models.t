#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Device models from shared objects: the model of examples/model and its options, named by an option
# and in a file. Each object that cannot be used is refused in one sentence, which names the file,
# says what is wrong, and what to do. Nothing is booted.
#
# CC names the compiler, CFLAGS and LDFLAGS what it is given.

. "$(dirname "$0")/tap.sh"

source=${srcdir:-$(dirname "$0")/../..}
source=$(realpath "$source")
CC=${CC:-cc}
counter=$source/examples/model/counter.c
zpci=$(realpath "$zpci" 2>/dev/null || command -v "$zpci")

# build FILE SOURCE OPTION...: a shared object.
build() {
	local file=$1 from=$2
	shift 2
	# shellcheck disable=SC2086 # words
	$CC -std=c11 -I "$source/include" ${CFLAGS:-} -fPIC -shared "$@" "$from" ${LDFLAGS:-} -o "$file"
}

# As a person does, with this build's compiler. `make check' has a make around it.
cp -r "$source/examples/model" "$tap_folder/folder"
env -u MAKEFLAGS -u MAKELEVEL make -s -C "$tap_folder/folder" CC="$CC" CFLAGS="${CFLAGS:-}" LDFLAGS="${LDFLAGS:-}" \
	ZPCI_CFLAGS="-I $source/include -Wall -Wextra -Werror" >"$tap_folder/made" 2>&1
is "$?$(cat "$tap_folder/made")" 0 "examples/model: make"
cd "$tap_folder/folder" || exit

# --- an object that is right -------------------------------------------------------------------

tool describe --function ./counter.so,vf=3,fid=0x1021,start=0x10,step=5
is "$status$err" 0 "an option names the object"
like "$out" '^function 00001021: VF 3 of counter adapter' "its name"
like "$out" 'device model +A counter that is read' "what it is"
like "$out" "shared object +$tap_folder/folder/counter\.so$" "where it is from"
like "$out" 'start +0x10 \(what the counter begins with; default 0\)' "an option of the function"
like "$out" 'step +5 \(' "an option of the adapter"
tool describe --json --function ./counter.so,vf=3,start=0x10
like "$out" '"shared_object": ".*/counter.so"' "as JSON: where it is from"
like "$out" '"start": "0x10"' "as JSON: an option that is given"
like "$out" '"step": null' "as JSON: an option that is not given"
tool describe --function probe,vf=1
unlike "$out" 'shared object' "a built-in model is from no object"

cat >counter.conf <<END
[adapter c]
model = ./counter.so
step = 7
[function]
adapter = c
vf = 1
start = 1
[function]
adapter = c
vf = 2
[adapter d]
model = counter/../counter.so
[function]
adapter = d
END
mkdir counter
cd / || exit
tool describe --config "$tap_folder/folder/counter.conf"
is "$status$err" 0 "a file names the object, from its own folder"
is "$(grep -c '^function .* counter adapter' <<<"$out")" 3 "three functions of two adapters"
is "$(grep -c '  step  *7 ' <<<"$out")" 2 "both functions of one have its option"
like "$out" '  step  *not given' "the other adapter has no value"
cd "$tap_folder" || exit
tool describe --config folder/counter.conf
is "$status$err" 0 "the same by a relative name"
cd folder || exit
tool describe --config counter.conf
is "$status$err" 0 "the same in the current folder"
tool describe --function ./counter.so,vf=1 --function "$PWD/counter.so,vf=2"
is "$(sed -n 's/^function .* adapter \([0-9a-f]*\),.*/\1/p' <<<"$out" | uniq -c | xargs)" "2 0100" \
	"two names of one object are one model, with one common adapter"

# --- keys --------------------------------------------------------------------------------------

# refused WORDS NAME ARGUMENT...: describe says why in one line.
refused() {
	local words=$1 name=$2
	shift 2
	tool describe "$@"
	is "$status/$(wc -l <"$tap_folder/err")" 125/1 "$name: refused in one line" ||
		sed 's/^/# /' "$tap_folder/err"
	like "$err" "$words" "$name: the reason"
}

refused 'strt = 1: unknown key; allowed is .*, publish-pchid, start, step$' "an unknown key" \
	--function ./counter.so,strt=1
refused 'help is of the built-in models; .*zpci describe --function ./counter.so. prints' "help" \
	--function ./counter.so,help
refused 'start = x: not allowed; allowed is a number from 0x0' "a wrong value" \
	--function ./counter.so,start=x
refused 'step = 1001: not allowed; allowed is a number from 0x1 to 0x3e8' "a value too large" \
	--function ./counter.so,step=1001
refused 'start = 2: duplicate key' "a key twice" --function ./counter.so,start=1,start=2
refused 'start = 1: unknown key' "a key of another model" --function probe,start=1
refused 'step = 2: its adapter was described before, with another value' "another adapter" \
	--function ./counter.so,vf=1,step=1 --function ./counter.so,vf=2,step=2
refused 'step = 2: its adapter was described before, without this key' "a key that comes late" \
	--function ./counter.so,vf=1 --function ./counter.so,vf=2,step=2
tool describe --function ./counter.so,vf=1,step=2 --function ./counter.so,vf=2,step=2
is "$status$err" 0 "the same key of the adapter again"
refused 'model = counter.so: not allowed; allowed is null, probe, replica; or the file' \
	"a name without a slash loads no file" --function counter.so
refused 'bar0 = 0x1000: only for model replica' "a key of a replica" \
	--function ./counter.so,bar0=0x1000
printf '[adapter c]\nmodel = ./counter.so\nstart = 1\n' >wrong.conf
refused ':3: start = 1: unknown key \(it belongs in \[function\]\)' "a key in the wrong section" \
	--config wrong.conf
printf '[adapter c]\nmodel = ./counter.so\n[function]\nstart = 1\nadapter = c\n' >wrong.conf
refused ":4: start = 1: unknown key; .*; a model's own keys stand below" \
	"a key above what it belongs to" --config wrong.conf

# --- each kind of option -----------------------------------------------------------------------

# variant FILE EXPRESSION OPTION...: the counter, changed by sed.
variant() {
	local file=$1 expression=$2
	shift 2
	sed "$expression" "$counter" >"$file.c"
	! cmp -s "$counter" "$file.c" || echo "# $file: nothing is changed"
	build "$file" "$file.c" "$@"
}

cat >kinds.sed <<'END'
s/^static const struct zpci_option \*const options.*/\
static const char *const words[] = { "slow", "fast", NULL };\
static bool is_even(const char *text, uint64_t *number)\
{\
	*number = strlen(text);\
	return *number % 2 == 0;\
}\
static const struct zpci_option size = { .size = sizeof(size), .name = "size", .help = "bytes",\
	.kind = ZPCI_OPTION_SIZE, .low = 4096, .high = 1ull << 40 };\
static const struct zpci_option word = { .size = sizeof(word), .name = "speed", .help = "speed",\
	.kind = ZPCI_OPTION_WORD, .words = words, .required = true };\
static const struct zpci_option text = { .size = sizeof(text), .name = "even", .help = "text",\
	.kind = ZPCI_OPTION_TEXT, .parse = is_even, .allowed = "an even number of characters" };\
static const struct zpci_option any = { .size = sizeof(any), .name = "any", .help = "any",\
	.kind = ZPCI_OPTION_TEXT, .function = true };\
static const struct zpci_option file = { .size = sizeof(file), .name = "file", .help = "file",\
	.kind = ZPCI_OPTION_FILE, .function = true, .required = true };\
static const struct zpci_option *const options[] = { \&size, \&word, \&text, \&any, \&file,\
	\&start, \&step, NULL };/
s/new->step = .*/\
	if (zpci_option_number(asked->values, "size", 65536) != 65536 ||\
	    zpci_option_number(asked->values, "speed", 9) != 1 ||\
	    zpci_option_number(asked->values, "even", 4) != 4)\
		abort();/
END
variant kinds.so "$(cat kinds.sed)"
for value in 65536 0x10000 64K; do
	tool describe --function ./kinds.so,speed=fast,even=four,file=a,size=$value
	is "$status$err" 0 "size=$value reaches the model"
done
like "$out" "  file  *$tap_folder/folder/a " "a file has an absolute name"
printf '[adapter k]\nmodel = ./kinds.so\nspeed = fast\n[function]\nadapter = k\nfile = a b\n' >kinds.conf
cd / || exit
tool describe --config "$tap_folder/folder/kinds.conf"
like "$out" "  file  *$tap_folder/folder/a b " "a file of a configuration counts from its folder"
cd "$tap_folder/folder" || exit
for value in 4095 2T 1025G 3k K 18446744073709551615K 99999999999999999999999999999999999999K -1; do
	refused "size = $value: not allowed; allowed is .* K, M, G or T" "size=$value" \
		--function ./kinds.so,speed=fast,file=a,size=$value
done
refused 'speed = quick: not allowed; allowed is slow, fast$' "no such word" \
	--function ./kinds.so,speed=quick,file=a
refused 'even = odd: not allowed; allowed is an even number' "a text that the model refuses" \
	--function ./kinds.so,speed=fast,file=a,even=odd
refused 'any = : not allowed; allowed is any text' "an empty text" \
	--function ./kinds.so,speed=fast,file=a,any=
refused 'file = VALUE is missing, which model counter needs' "a key that a function needs" \
	--function ./kinds.so,speed=fast
refused 'speed = VALUE is missing, which model counter needs' "a key that an adapter needs" \
	--function ./kinds.so,file=a

# --- objects that cannot be used ----------------------------------------------------------------

# wrong FILE WORDS NAME
wrong() {
	refused "function '\./$1': model = \./$1: .*$2" "$3" --function "./$1"
}

wrong none.so 'it cannot be read: No such file .*; name the file' "a missing file"
wrong counter 'it is no file' "a folder"
mkfifo fifo.so
wrong fifo.so 'it is no file' "a pipe"
if [ "$(id -u)" = 0 ]; then
	skip "a file that cannot be read" "root reads all"
else
	install -m 0 counter.so secret.so
	wrong secret.so 'it cannot be read: Permission denied; let' "a file that cannot be read"
fi
: >empty.so
wrong empty.so 'it is no shared object \(ELF\)' "an empty file"
cp "$counter" text.so
wrong text.so 'it is no shared object \(ELF\); build one by cc' "a file of text"
# The last one lacks the last byte that the linker would map.
end=0
while read -r type offset _ _ size _; do
	[ "$type" != LOAD ] || end=$((offset + size > end ? offset + size : end))
done < <(readelf -lW counter.so)
for bytes in 63 100 1000 $((end - 1)); do
	head -c "$bytes" counter.so >cut.so
	wrong cut.so 'it is (no shared object|cut short)' "the first $bytes bytes of an object"
done
# The machine of the header, which is neither this one nor x86 nor s390: in either byte order.
cp counter.so other.so
printf '\12\12' | dd of=other.so bs=1 seek=18 conv=notrunc status=none
wrong other.so 'it is built for another machine .*; build it for the machine' "another machine"
cp counter.so narrow.so
printf '\1' | dd of=narrow.so bs=1 seek=4 conv=notrunc status=none
wrong narrow.so 'it is built for another machine' "32 bits"
$CC -std=c11 -I "$source/include" -c "$counter" -o object.so
wrong object.so 'it is no shared object, but ELF of type 1; link it with -shared' "an object file"
echo 'int nothing = 1;' >nothing.c
build nothing.so nothing.c
wrong nothing.so 'it has no symbol zpci_model_export; define it' "no symbol"
echo 'int zpci_model_export = 1;' >small.c
build small.so small.c
wrong small.so 'its symbol zpci_model_export is too small' "a small symbol"
variant magic.so '/^ZPCI_MODEL_EXPORT/i #undef ZPCI_MODEL_MAGIC\n#define ZPCI_MODEL_MAGIC 1'
wrong magic.so 'is not that of a device model' "another magic number"
variant version.so '/^ZPCI_MODEL_EXPORT/i #undef ZPCI_MODEL_VERSION\n#define ZPCI_MODEL_VERSION 99'
wrong version.so 'built for version 99 of device models, and this zpci has version 1; build it with' \
	"another version"
variant lacks.so 's/\.bar_read = .*//'
wrong lacks.so 'its model is incomplete: one of the operations' "an operation is missing"
variant name.so 's/\.name = "counter"/.name = "probe"/'
wrong name.so 'its model has the name of a built-in one, probe; choose' "the name of another model"
variant key.so 's/\.name = "start"/.name = "vf"/'
wrong key.so 'has an option vf, and zpci.conf\(5\) has a key of that name' "the name of another key"
variant space.so 's/\.name = "start"/.name = "config-0x040"/'
wrong space.so 'has an option config-0x040, and zpci.conf\(5\) has a key of that name' \
	"the name of a line of a config space"
# The library is in the tool, and none of it is offered to objects.
variant uses.so 's/^\tdevice->counter = device->start;$/&\n\tif (zpci_model_find("probe")) device->counter++;/'
wrong uses.so 'undefined symbol: zpci_model_find.*; a model uses no symbol of the library' \
	"a symbol of the library"
variant misses.so 's/^\tdevice->counter = device->start;$/&\n\textern int not_there;\n\tdevice->counter += not_there;/'
wrong misses.so 'cannot be loaded: .*undefined symbol: not_there; link it with' "another symbol"

# --- a model that refuses by itself --------------------------------------------------------------

variant fails.so '/new->step = /i \	free(new); asked->logger.log(asked->logger.opaque, ZPCI_LOG_ERROR, "no disk; give it one"); return -EIO;'
tool describe --function ./fails.so
is "$status" 125 "create fails: status"
like "$err" '^zpci: adapter 0x0100: no disk; give it one$' "create fails: the model's own sentence"
like "$err" "function './fails.so': .*cannot be made: Input/output error" "create fails: its place"
variant bars.so 's/\.bars = { { .size = 4096/.bars = { { .size = 4095/'
tool describe --function ./bars.so
is "$status" 125 "a BAR that cannot be: status"
like "$err" 'adapter 0x0100: its model describes a BAR that cannot be' "a BAR that cannot be: why"
done_testing
