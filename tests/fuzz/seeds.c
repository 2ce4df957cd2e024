// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seeds.c - writes the first inputs for fuzzing, one for each feature.
 *
 *	seeds FOLDER	makes FOLDER/TARGET/NAME
 *
 * They use the format of the targets (input.c and each target's steps), so that a fuzzer finds
 * whole operations. `make fuzz-seeds` writes them into the tree. If a target's format changes,
 * change its seeds here.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

const char fuzz_name[] = "seeds";

static struct {
	const char *folder;
	uint8_t bytes[4096];
	size_t size;
} seed;

/* --- bytes ------------------------------------------------------------------------------------ */

static void u8(unsigned value)
{
	fuzz_must(seed.size < sizeof(seed.bytes));
	seed.bytes[seed.size++] = (uint8_t)value;
}

static void raw(uint64_t value, unsigned length)
{
	while (length--)
		u8((unsigned)(value >> 8 * length));
}

/* The shortest bytes that fuzz_number() reads as @value. */
static void number(uint64_t value)
{
	unsigned length = 1;

	if (value < 0x40) {
		u8((unsigned)value);
		return;
	}
	for (unsigned i = 0; i < fuzz_numbers_count; i++) {
		if (fuzz_numbers[i] != value)
			continue;
		u8(0x40 + i);
		return;
	}
	while (length < 8 && value >> 8 * length)
		length++;
	u8(0xe0 + length - 1);
	raw(value, length);
}

/* The bytes that fuzz_address() reads as @address, a doubleword in the first quarter of a page. */
static void address(uint64_t value)
{
	fuzz_must(value < FUZZ_STORAGE && value % 4096 < 32 * 8);
	raw(value / 4096 | value % 4096 / 8 << 10, 2);
}

static void text(const char *string)
{
	while (*string)
		u8((unsigned char)*string++);
}

static void save(const char *target, const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", seed.folder, target);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/%s", seed.folder, target, name);
	file = fopen(path, "wb");
	if (!file || fwrite(seed.bytes, 1, seed.size, file) != seed.size || fclose(file)) {
		perror(path);
		exit(1);
	}
	seed.size = 0;
}

/* --- instruction
 * -------------------------------------------------------------------------------- */

static void set_request(unsigned gr, unsigned vf, unsigned space, unsigned length)
{
	u8(0), u8(gr), u8(vf), u8(space), number(length);
}

static void set_address(unsigned gr, uint64_t value)
{
	u8(1), u8(gr), address(value);
}

static void set_number(unsigned gr, uint64_t value)
{
	u8(2), u8(gr), number(value);
}

static void store_number(uint64_t where, uint64_t value)
{
	u8(5), address(where), number(value);
}

/* Index in the target's table of opcodes. */
enum {
	CLP,
	PCISTG,
	PCILG,
	RPCIT,
	PCISTB,
	MPCIFC,
	STPCIFC,
	SERVC,
	CHSC,
	MIO
};

static void rre(unsigned opcode, unsigned r1, unsigned r2, unsigned control)
{
	u8(11), u8(opcode), u8(r1 << 4 | r2), u8(control);
}

static void displaced(unsigned opcode, unsigned r1, unsigned third, unsigned base)
{
	u8(11), u8(opcode), u8(r1 << 4 | third), u8(base << 4), u8(0), u8(0);
}

static void clp(unsigned command, unsigned vf, unsigned set, unsigned response)
{
	u8(6), address(0x10000), u8(command), u8(vf), raw(set, 2), u8(response / 8);
	set_address(3, 0x10000);
	rre(CLP, 2, 3, 2);
}

static void access_space(unsigned opcode, unsigned vf, unsigned space, unsigned length,
			 uint64_t offset, uint64_t value)
{
	set_number(5, value);
	set_request(8, vf, space, length);
	set_number(9, offset);
	rre(opcode, 5, 8, 0);
}

/* MPCIFC with the FIB at 0x13000, filled by the caller. */
static void mpcifc(unsigned vf, unsigned control)
{
	set_request(6, vf, 0, control);
	set_address(1, 0x13000);
	displaced(MPCIFC, 6, 0, 1);
}

static void event(void)
{
	store_number(0x16000, 0x0010000e00000000);
	store_number(0x16008, 0x2000000000000000);
	set_address(2, 0x16000);
	rre(CHSC, 2, 0, 0);
}

static void instructions_of_clp(void)
{
	u8(0), clp(2, 0, 0, 96), save("instruction", "clp-list");
	u8(0), clp(3, 1, 0, 384), save("instruction", "clp-query-function");
	u8(0), clp(4, 1, 0, 64), save("instruction", "clp-query-group");
	u8(0), clp(5, 2, 0x0001, 160), save("instruction", "clp-enable");
	u8(0), clp(5, 1, 0x0100, 160), save("instruction", "clp-disable");
	u8(1), clp(2, 0, 0, 96), save("instruction", "clp-list-shared");
	u8(0), set_number(4, 1), rre(CLP, 2, 4, 0x80), save("instruction", "clp-immediate");
}

static void instructions_of_functions(void)
{
	u8(0), access_space(PCILG, 1, 15, 4, 0, 0), save("instruction", "load-config");
	u8(0), access_space(PCISTG, 1, 15, 2, 4, 0x0400), save("instruction", "store-config");
	u8(0), access_space(PCILG, 1, 0, 8, 0x18, 0), save("instruction", "load-bar");
	u8(0), access_space(PCISTG, 1, 0, 8, 0x18, 77), save("instruction", "store-bar");
	u8(0), access_space(PCISTG, 1, 0, 4, 0x40, 0x3000000), save("instruction", "doorbell");
	u8(0), set_request(4, 1, 0, 32), set_number(7, 0x8000), set_address(2, 0x14000),
		displaced(PCISTB, 4, 7, 2), save("instruction", "store-block");
	u8(0), set_request(6, 1, 0, 0), set_address(1, 0x13000), displaced(STPCIFC, 6, 0, 1),
		save("instruction", "store-controls");
	u8(0), store_number(0x13028, 0x2040008000000000), store_number(0x13030, 0x17000),
		store_number(0x13038, 0x17800), mpcifc(1, 2), save("instruction", "reg-int");
	u8(0), store_number(0x13010, 0x100000000), store_number(0x13018, 0x3ffffffffff),
		store_number(0x13020, 0x10804), mpcifc(1, 4), set_request(3, 1, 0, 0),
		set_number(10, 0x100000000), set_number(11, 0x3ffffffffff), rre(RPCIT, 3, 10, 0),
		save("instruction", "reg-ioat-refresh");
	u8(0), store_number(0x13040, 0x18000), mpcifc(1, 10), save("instruction", "measure");
}

static void instructions_of_the_rest(void)
{
	u8(0), set_number(1, 0x001a0001), set_address(2, 0x15000),
		store_number(0x15000, 0x1000000000000000),
		store_number(0x15008, 0x0200000000001023), rre(SERVC, 1, 2, 0),
		save("instruction", "configure");
	u8(0), set_number(1, 0x001b0001), set_address(2, 0x15000),
		store_number(0x15000, 0x1000000000000000),
		store_number(0x15008, 0x0200000000001021), rre(SERVC, 1, 2, 0),
		save("instruction", "deconfigure");
	/* The host puts VF 1 into error; the guest fetches the event and recovers. */
	u8(0), u8(10), u8(3), u8(2), u8(9), event(), mpcifc(1, 9), mpcifc(1, 7),
		save("instruction", "error-recovery");
	u8(0), u8(10), u8(2), u8(1), event(), event(), save("instruction", "availability");
	u8(0), u8(10), u8(4), u8(0), clp(5, 1, 0x0001, 160), save("instruction", "reset-enable");
	u8(0), u8(10), u8(1), u8(1), u8(10), u8(0), u8(1), u8(1), u8(0), clp(2, 0, 0, 96),
		save("instruction", "remove-add");
	u8(0), u8(8), u8(4), raw(0, 2), rre(PCILG, 5, 8, 0), save("instruction", "problem-state");
	u8(0), rre(MIO, 5, 8, 0), save("instruction", "mapped-io");
	u8(0), u8(9), address(0x10000), raw(4096, 2), clp(2, 0, 0, 96),
		save("instruction", "access-exception");
}

/* --- clp
 * ---------------------------------------------------------------------------------------- */

/* A block of the usual lengths; then the command's request, and no further bytes. */
static void block(unsigned command)
{
	u8(1), u8(command), u8(0), u8(0);
}

static void blocks(void)
{
	u8(0), block(1), u8(1), u8(0), save("clp", "slpc");
	u8(0), block(2), number(0), u8(0), save("clp", "list");
	u8(0), block(2), number(0x7a70636900000000), u8(0), save("clp", "list-resume");
	u8(0), block(3), u8(1), u8(0), save("clp", "query-function");
	u8(0), block(4), u8(1), u8(0), save("clp", "query-group");
	u8(0), block(5), u8(0), u8(1), u8(1), u8(0), block(5), u8(1), u8(0), u8(1), u8(0),
		save("clp", "enable-disable");
	u8(1), block(2), number(0), u8(0), save("clp", "list-shared");
	u8(2), block(2), number(0), u8(0), save("clp", "list-no-uid-checking");
	u8(0), block(4), u8(2), u8(0), save("clp", "query-group-relaxed");
	u8(0), block(3), u8(3), u8(0), save("clp", "query-function-utility-string");
	u8(0), u8(1), u8(2), u8(0), u8(0xf2), number(0), u8(0), save("clp", "list-short");
	u8(0), block(5), u8(0), u8(1), u8(1), u8(0), u8(0), u8(4), u8(0), block(5), u8(1), u8(0),
		u8(0xd1), u8(0), save("clp", "reset-disable");
}

/* --- fib
 * ---------------------------------------------------------------------------------------- */

static void modify(unsigned control)
{
	u8(6), u8(control), u8(0);
}

static void register_int(void)
{
	modify(2), raw(0x20400080, 4), address(0x17000), address(0x17010);
}

static void register_ioat(void)
{
	modify(4), number(0x100000000), number(0x3ffffffffff), address(0x10000), raw(0x804, 2);
}

static void fibs(void)
{
	register_int(), modify(3), save("fib", "int");
	register_int(), u8(4), u8(4), u8(2), u8(3), number(5), u8(5), u8(3), save("fib", "message");
	register_int(), u8(2), u8(3), number(5), u8(5), u8(3), u8(4), u8(4),
		save("fib", "pending-message");
	register_ioat(), modify(5), save("fib", "ioat");
	register_ioat(), modify(6), number(0x100000000), number(0x1ffffffff), address(0x10000),
		raw(0x804, 2), save("fib", "ioat-again");
	modify(10), address(0x18000), u8(0), u8(7), u8(6), modify(10), address(0),
		save("fib", "measure");
	register_int(), u8(0), u8(3), u8(2), u8(9), modify(9), modify(7), save("fib", "error");
	register_int(), register_ioat(), u8(0), u8(4), u8(0), u8(1), u8(1), save("fib", "reset");
	u8(0), u8(3), u8(1), modify(7), save("fib", "permanent-error");
}

/* --- translation
 * --------------------------------------------------------------------------------- */

/* An entry for @origin; @kind as in the target's table. */
static void write_entry(uint64_t where, uint64_t origin, unsigned kind, unsigned count)
{
	u8(6), address(where), u8(count), u8(kind), address(origin);
}

static void tables(void)
{
	/* IOTA at 0x10000; entry 2 spans the first 2 GiB of the aperture. */
	u8(1), u8(0x20), address(0x10000);
	write_entry(0x10010, 0x14000, 0, 0);
	write_entry(0x14000, 0x18000, 3, 0);
}

static void transfer(bool write, uint64_t offset, unsigned length)
{
	u8(write ? 11 : 10), u8(0), raw(offset, 2), raw(length, 2), u8(0);
	/* A write that is as short as an entry. */
	if (write && length >= 8 && length <= 64)
		u8(0), address(0);
}

static void translations(void)
{
	tables(), write_entry(0x18000, 0x80000, 3, 0x64), transfer(true, 0x100, 0x2000),
		save("translation", "write");
	tables(), write_entry(0x18000, 0x80000, 3, 0x64), transfer(false, 0x800, 0x2000),
		save("translation", "read");
	tables(), write_entry(0x18000, 0x80000, 0x43, 0), transfer(false, 0, 8),
		transfer(true, 0, 8), save("translation", "protected");
	tables(), transfer(false, 0x5000, 8), u8(4), u8(1), transfer(true, 0, 8),
		save("translation", "error-recovery");
	tables(), write_entry(0x14000, 0, 5, 0), transfer(true, 0x7000, 0x1000),
		save("translation", "large-frame");
	/* At offset 0x90000, in units of 16. */
	tables(), write_entry(0x14000, 0, 5, 0), u8(10), u8(4), raw(0x9000, 2), raw(0x1000, 2),
		u8(0), save("translation", "large-frame-end");
	tables(), write_entry(0x18000, 0x80000, 3, 0), transfer(true, 0, 8),
		write_entry(0x18000, 0x90000, 3, 0), transfer(true, 0, 8), u8(3), u8(0), raw(0, 2),
		number(0x1000), transfer(true, 0, 8), save("translation", "refresh");
	tables(), write_entry(0x18000, 0x18000, 3, 0), transfer(true, 0, 8), transfer(true, 0, 16),
		save("translation", "own-tables");
	tables(), write_entry(0x18000, 0x80000, 3, 0), transfer(true, 0, 8), u8(2),
		transfer(true, 0, 8), save("translation", "deregistered");
	tables(), write_entry(0x18000, 0x80000, 3, 0), transfer(true, 0, 8);
	write_entry(0x20010, 0x1c000, 0, 0), write_entry(0x1c000, 0x24000, 3, 0);
	write_entry(0x24000, 0x90000, 3, 0), u8(1), u8(0x80), address(0x20000),
		transfer(true, 0, 8), save("translation", "other-tables");
	u8(1), u8(0x08), address(0x10000), transfer(true, 0, 8),
		save("translation", "region-second");
}

/* --- probe
 * --------------------------------------------------------------------------------------- */

static void bar_store(unsigned space, unsigned base, unsigned offset, unsigned length,
		      uint64_t value)
{
	u8(12), u8(space), u8(length), u8(base), u8(offset), number(value);
}

static void bar_load(unsigned space, unsigned base, unsigned offset, unsigned length)
{
	u8(8), u8(space), u8(length), u8(base), u8(offset);
}

/* MSI-X on, entry 3 programmed. */
static void message_setup(void)
{
	bar_store(6, 2, 3, 1, 0x80);
	bar_store(3, 0, 0x34, 4, 0xfe);
	bar_store(3, 0, 0x38, 4, 0x05000000);
	bar_store(3, 0, 0x3c, 4, 0);
}

static void probes(void)
{
	u8(0), bar_load(0, 0, 0, 4), bar_load(0, 0, 8, 8), save("probe", "identity");
	u8(0), bar_store(0, 0, 0x18, 8, 0x1122334455667788), bar_load(0, 0, 0x1a, 3),
		save("probe", "scratch");
	u8(0), message_setup(), bar_load(3, 0, 0x34, 8), bar_store(0, 1, 0, 4, 0x03000000),
		save("probe", "doorbell");
	u8(0), bar_store(0, 1, 8, 4, UINT32_MAX), bar_store(0, 1, 4, 4, 0x03000000),
		save("probe", "doorbell-later");
	u8(0), bar_store(0, 2, 0, 8, 0x0000000001000000),
		bar_store(0, 2, 0x10, 8, 0x0010000000000000), bar_store(0, 2, 0x20, 4, 0x01000000),
		bar_load(0, 2, 0x24, 4), save("probe", "dma");
	u8(0), bar_store(0, 2, 8, 8, 0x0000000001000000),
		bar_store(0, 2, 0x10, 8, 0x0040000000000000), bar_store(0, 2, 0x20, 4, 0x04000000),
		save("probe", "dma-fill-protected");
	u8(0), u8(5), u8(0), u8(4), u8(5), u8(0), text("0123456789abcdef0123456789abcdef"),
		bar_load(0, 5, 8, 8), save("probe", "store-block");
	u8(4), u8(5), u8(0), u8(0x25), u8(5), u8(3), text("0123456789abcdef0123456789abcdef01234"),
		bar_load(0, 5, 0x21, 7), save("probe", "store-block-relaxed");
	u8(4), u8(5), u8(0), u8(0xf0), raw(4096, 2), u8(5), u8(0), text("0123456789abcdef"),
		save("probe", "store-block-page");
	u8(0), bar_store(0, 0, 0x14, 4, UINT32_MAX), bar_load(0, 0, 0x10, 8),
		bar_store(0, 0, 0x50, 8, UINT32_MAX), bar_load(0, 0, 0x50, 8),
		save("probe", "gaps");
	u8(0), bar_store(3, 8, 0xfc, 4, UINT32_MAX), bar_load(3, 8, 0xfc, 8),
		save("probe", "end-of-table");
	u8(8), u8(3), raw(0x140, 2), bar_store(6, 1, 0x7f, 4, UINT32_MAX), u8(3), raw(0x10, 2),
		bar_load(0, 0, 0, 8), save("probe", "pf");
	u8(0), u8(3), raw(0, 2), u8(3), raw(4, 2), u8(3), raw(0x10, 2), u8(3), raw(0x3c, 2),
		save("probe", "config");
	u8(0), bar_store(0, 0, 0x18, 8, 1), u8(2), bar_load(0, 0, 0x18, 8), save("probe", "flr");
	u8(0), bar_load(3, 4, 0, 8), bar_load(3, 4, 0xfc, 8), save("probe", "pending-bits");
	u8(0), bar_load(0, 7, 0xfc, 8), bar_load(3, 6, 0xfc, 8), save("probe", "end-of-bar");
}

/* --- config
 * -------------------------------------------------------------------------------------- */

static void configurations(void)
{
	text(",probe,vf=3,fid=0x1021,uid=0x111,profile=lpar\nprobe,vf=2\nnull"),
		save("config", "options");
	text(",probe,adapter=disk,vfs=4,vf=1\nprobe,adapter=disk,vf=2,standby=yes,rid=yes"),
		save("config", "options-adapter");
	text("[adapter a]\nmodel = probe\n[function]\nadapter = a\nvf = 1\nrelaxed-store-block = yes\n"
	     "utility-string = FUZZ (1)\n"),
		save("config", "file-utility-string");
	text(":null:vf=1:pchid=0x1c0:ids=no:bars=no:publish-vfn=no:command-memory=on"),
		save("config", "options-colon");
	text("[adapter disk]\nmodel = probe\npchid = 0x1c0\nvfs = 4\nrid = yes\n\n[function]\n"
	     "adapter = disk\nvf = 3\nfid = 0x1021\nuid = 0x111\nprofile = silent\n"),
		save("config", "file");
	text("[adapter a]\nmodel = null\n[function]\nadapter = a\n[function]\nadapter = a\nvf = 255\n"
	     "ids = no\nbars = yes\npublish-vfn = yes\ncommand-memory = off\nstandby = yes\n"),
		save("config", "file-switches");
	text("[adapter a]\nmodel = probe\n[group g]\nid = 0x21\nversion = 2\ndma-start = 0x200000000\n"
	     "dma-end = 0x20000ffff\nvectors = 5\nstore-block = 64\nrelaxed-store-block = yes\n"
	     "fmb-interval = 250\ndesignations = rf\nmsi-address = 0x300000000\n[function]\nadapter = a\n"
	     "group = g\npft = 5\nport = 3\npfip = 0x01020304\ntid = 7\nfmb = no\nreport-error = yes\n"),
		save("config", "file-platform");
	text(",[g,vectors=7,designations=rs\n[h,relaxed-store-block=yes\nprobe,vf=1,group=h\n"
	     "probe,vf=2,group=g,pft=2,port=15\nnull,vf=1,relaxed-store-block=yes,fmb=yes"),
		save("config", "options-groups");
	text("[platform]\nuid-checking = no\nhypervisor-functions = no\n[group g]\nid = 0xff\n"
	     "refresh = yes\ndma-spaces = 1\n[adapter a]\nmodel = probe\npublish-pchid = 0\n"
	     "[function]\nadapter = a\nuid = 0\ngroup = g\nfidparm = 7\nutility-ebcdic = 00c1ff\n"
	     "dma-start = 0\ndma-end = 0xfff\n"),
		save("config", "file-whole");
	text("[adapter a]\nmodel = replica\n[function]\nadapter = a\nvf = 2\nvendor = 0x15b3\n"
	     "device = 0x1016\nclass = 0x020000\nbar0 = 0x100000 64bit prefetchable\n"
	     "bar2 = 4096\nconfig-0x006 = 10\nconfig-0x034 = 40\n"
	     "config-0x040 = 10 48 02 00 00 00 00 10\nconfig-0x048 = 11 50 07 00 02 00 00 00\n"
	     "config-0x050 = 00 00 02 08 05 60 80 01\nconfig-0x100 = 01 00 01 14\n"
	     "config-0x140 = 10 00 01 00\nvf-bar0 = 0x4000\n"),
		save("config", "file-replica");
	text(",/own,vf=1,number=0x10,word=yes,size=4K,text=x,file=a\n/own,vf=2,size=1T,file=/b"),
		save("config", "options-own");
	text("[adapter a]\nmodel = /own\nnumber = 7\nword = no\n[function]\nadapter = a\nvf = 1\n"
	     "size = 12\ntext = a b\nfile = c\n"),
		save("config", "file-own");
	text(",./object.so,vf=1"), save("config", "options-object");
	text(",replica,vf=1,vendor=1,device=2,devfn=3,physical=yes,config-0x034=40 fc"),
		save("config", "options-replica");
}

/* --- differential
 * -------------------------------------------------------------------------------- */

/* A few random records of 24 bytes, as in its test. */
static void differentials(void)
{
	static const char *const names[] = { "random-1", "random-2", "random-3", "random-4" };
	uint32_t state = 1;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		u8(i & 1);
		for (unsigned byte = 0; byte < 80 * 24; byte++) {
			state = state * 1664525 + 1013904223;
			u8(state >> 24);
		}
		save("differential", names[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)data, (void)size;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seeds FOLDER\n");
		return 2;
	}
	seed.folder = argv[1];
	mkdir(seed.folder, 0777);
	instructions_of_clp();
	instructions_of_functions();
	instructions_of_the_rest();
	blocks();
	fibs();
	translations();
	probes();
	configurations();
	differentials();
	return 0;
}
