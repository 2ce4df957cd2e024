// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What zpci host reads from a domain's XML, which can come from anywhere; guests.h.
 * libvirt would refuse most of what is wrong here, so that it cannot be tried by libvirt.
 */
#define _GNU_SOURCE 1

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zpci/tool/host/guests/guests.h"

#define HEAD                                                                                       \
	"<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"              \
	"<name>web1</name><uuid>6f5e</uuid>"
#define DEVICES(devices) HEAD "<devices>" devices "</devices></domain>"
#define HOSTDEV(source, zpci)                                                                      \
	"<hostdev mode='subsystem' type='pci' managed='yes'><driver name='vfio'/>"                 \
	"<source><address " source "/></source><alias name='hostdev0'/>"                           \
	"<address type='pci'><zpci " zpci "/></address></hostdev>"
#define SOURCE "domain='0x0200' bus='0x00' slot='0x01' function='0x2'"
#define ARGUMENTS(arguments) HEAD "<qemu:commandline>" arguments "</qemu:commandline></domain>"
#define ARGUMENT(option, value) "<qemu:arg value='" option "'/><qemu:arg value='" value "'/>"

static struct guests guests;
static struct problem problem;

static int parse(const char *text, unsigned int where)
{
	return guests_parse(&guests, text, strlen(text), where, &problem);
}

static int clear(void **state)
{
	(void)state;
	guests_free(&guests);
	return 0;
}

/* The only guest, after @text. */
static const struct guest *parsed(const char *text)
{
	int rc = parse(text, GUEST_CONFIG);

	if (rc)
		print_error("%s\n", problem.text);
	assert_int_equal(rc, 0);
	assert_int_equal(guests.count, 1);
	return &guests.guests[0];
}

/* --- functions ------------------------------------------------------------------------------- */

static void a_function_of_the_host(void **state)
{
	const struct guest *guest = parsed(DEVICES(HOSTDEV(SOURCE, "uid='0x99' fid='0x199'")));
	const struct guest_function *function = &guest->functions[0];
	char label[GUEST_LABEL];

	(void)state;
	assert_string_equal(guest->name, "web1");
	assert_string_equal(guest->uuid, "6f5e");
	assert_int_equal(guest->count, 1);
	assert_true(function->has_source && function->managed);
	assert_int_equal(function->where, GUEST_CONFIG);
	assert_string_equal(function->address, "0200:00:01.2");
	assert_string_equal(function->driver, "vfio");
	assert_int_equal(function->uid, 0x99);
	assert_int_equal(function->fid, 0x199);
	guest_function_label(function, label);
	assert_string_equal(label, "hostdev0 (0200:00:01.2)");
}

static void memory_has_a_unit(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} rows[] = {
		{ "<memory unit='KiB'>2048</memory>", 2 << 20 },
		{ "<memory>1</memory>", 1024 },
		{ "<memory unit='G'>4</memory>", UINT64_C(4) << 30 },
		{ "<memory unit='TiB'>8388607</memory>", UINT64_C(8388607) << 40 },
		{ "<memory unit='TiB'>8388608</memory>", 0 },
		{ "<memory unit='KiB'>99999999999999999999</memory>", 0 },
		{ "<memory unit='KiB'>-1</memory>", 0 },
		{ "<memory unit='KiB'>1x</memory>", 0 },
		{ "<memory unit='KiB'/>", 0 },
		{ "<memory unit='furlong'>1</memory>", 0 },
		{ "", 0 },
	};
	char text[512];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), HEAD "%s</domain>", rows[i].text);
		assert_int_equal(parsed(text)->memory, rows[i].bytes);
		clear(state);
	}
}

static void an_interface_can_be_a_function_of_the_host(void **state)
{
	const struct guest *guest =
		parsed(DEVICES("<interface type='hostdev'><source><address " SOURCE
			       "/></source></interface><interface type='bridge'>"
			       "<source bridge='b'/></interface>"));

	(void)state;
	assert_int_equal(guest->count, 1);
	assert_true(guest->functions[0].has_source);
	assert_false(guest->functions[0].managed || guest->functions[0].has_uid);
}

static void numbers_are_as_libvirt_reads_them(void **state)
{
	const struct guest *guest = parsed(
		DEVICES("<rng><address type='pci'><zpci uid='0010' fid='0x10'/></address></rng>"
			"<disk><address type='pci'><zpci uid='0' fid='10'/></address></disk>"));

	(void)state;
	assert_int_equal(guest->count, 2);
	assert_int_equal(guest->functions[0].uid, 8);
	assert_int_equal(guest->functions[0].fid, 16);
	assert_false(guest->functions[1].has_uid);
	assert_int_equal(guest->functions[1].fid, 10);
}

static void running_guest_and_definition_are_compared(void **state)
{
	const struct guest *guest;

	(void)state;
	parsed(DEVICES(HOSTDEV(SOURCE, "uid='1' fid='1'")));
	assert_int_equal(parse(DEVICES(HOSTDEV(SOURCE, "uid='1' fid='1'")), GUEST_LIVE), 0);
	guest = guests_find(&guests, "web1");
	assert_ptr_equal(guests_find(&guests, "6f5e"), guest);
	assert_int_equal(guest->count, 1);
	assert_int_equal(guest->functions[0].where, GUEST_LIVE | GUEST_CONFIG);
	assert_int_equal(parse(DEVICES(HOSTDEV(SOURCE, "uid='2' fid='1'")), GUEST_LIVE), 0);
	guest = guests_find(&guests, "web1");
	assert_int_equal(guest->count, 2);
	assert_ptr_equal(guest_find_uid(guest, GUEST_LIVE, 2), &guest->functions[1]);
	assert_null(guest_find_uid(guest, GUEST_CONFIG, 2));
}

/* --- <qemu:commandline> ---------------------------------------------------------------------- */

static const struct {
	const char *text;
	uint32_t uid; /* 0: no function is found */
	uint32_t fid;
} rows[] = {
	{ ARGUMENT("-device", "zpci,uid=0x5,fid=7,target=x"), 5, 7 },
	{ ARGUMENT("-device", "driver=zpci,fid=010,uid=5"), 5, 8 },
	{ ARGUMENT("-device", "{\"driver\":\"zpci\",\"uid\":6,\"fid\":9}"), 6, 9 },
	{ ARGUMENT("-device", "virtio-net-pci,uid=5,fid=7"), 0, 0 },
	{ ARGUMENT("-device", "{\"driver\":\"zpci\",\"uid\":\"6\",\"fid\":-9}"), 0, 0 },
	{ ARGUMENT("-device", "{\"driver\":\"zpci\""), 0, 0 },
	{ ARGUMENT("-name", "zpci,uid=5,fid=7"), 0, 0 },
	{ ARGUMENT("-plugin",
		   "/usr/lib/zpci/zpci-qemu.so,function=probe:vf=3:fid=0x1021:uid=0x111"),
	  0x111, 0x1021 },
	{ ARGUMENT("-plugin", "file=/lib/zpci-qemu.so,verbose=on,function=null:vf=1"), 0x100,
	  0x1000 },
	{ ARGUMENT("-plugin", "/usr/lib/zpci/zpci-qemu.so,function=nothing:vf=3"), 0, 0 },
	{ ARGUMENT("-plugin", "/usr/lib/libother.so,function=probe:vf=3"), 0, 0 },
	{ "<qemu:env name='ZPCI_FUNCTION' value='probe:vf=1:uid=0x31:fid=0x32'/>", 0x31, 0x32 },
	{ "<qemu:env name='OTHER' value='probe:vf=1:uid=0x31:fid=0x32'/>", 0, 0 },
};

static void arguments_of_qemu(void **state)
{
	const struct guest *guest;
	char *text;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(asprintf(&text, ARGUMENTS("%s"), rows[i].text) > 0);
		guest = parsed(text);
		free(text);
		if (guest->count && !guest->functions[0].has_uid)
			assert_false(guest->functions[0].has_fid);
		else if (guest->count != (rows[i].uid ? 1 : 0) ||
			 (guest->count && (guest->functions[0].uid != rows[i].uid ||
					   guest->functions[0].fid != rows[i].fid)))
			fail_msg("row %zu: %zu functions, %s", i, guest->count, rows[i].text);
		clear(state);
	}
}

static void several_functions_have_different_ids(void **state)
{
	const struct guest *guest =
		parsed(ARGUMENTS("<qemu:env name='ZPCI_FUNCTION' value='probe:vf=1 probe:vf=2'/>"));

	(void)state;
	assert_int_equal(guest->count, 2);
	assert_int_equal(guest->functions[1].uid, 0x101);
	assert_int_equal(guest->functions[1].fid, 0x1001);
}

/* --- what is wrong --------------------------------------------------------------------------- */

static void refused(const char *text, const char *expected)
{
	assert_int_equal(parse(text, GUEST_CONFIG), -1);
	if (!strstr(problem.text, expected))
		fail_msg("`%s' is not in: %s", expected, problem.text);
	guests_free(&guests);
}

static void wrong_numbers_name_domain_and_element(void **state)
{
	(void)state;
	refused(DEVICES(HOSTDEV("domain='0x10000' bus='0'", "uid='1'")),
		"guest web1, <hostdev>: domain='0x10000' of <address> is not a number from 0 to "
		"0xffff");
	refused(DEVICES(HOSTDEV("bus='-1'", "uid='1'")), "bus='-1' of <address>");
	refused(DEVICES(HOSTDEV("slot='32'", "uid='1'")), "slot='32' of <address>");
	refused(DEVICES(HOSTDEV("function='8'", "uid='1'")), "function='8' of <address>");
	refused(DEVICES(HOSTDEV(SOURCE, "uid='65536'")), "uid='65536' of <zpci>");
	refused(DEVICES(HOSTDEV(SOURCE, "uid=''")), "uid='' of <zpci>");
	refused(DEVICES(HOSTDEV(SOURCE, "uid=' 1'")), "uid=' 1' of <zpci>");
	refused(DEVICES(HOSTDEV(SOURCE, "fid='1x'")), "fid='1x' of <zpci>");
	refused(DEVICES(HOSTDEV(SOURCE, "fid='0x100000000'")), "fid='0x100000000' of <zpci>");
	refused(DEVICES(HOSTDEV(SOURCE, "fid='99999999999999999999999'")), "fid='999");
	refused(DEVICES("<rng><address><zpci uid='x'/></address></rng>"), "guest web1, <rng>: uid");
	refused(DEVICES("<hostdev type='pci'/>"),
		"guest web1: a <hostdev> lacks the host's address");
}

static void what_is_no_domain(void **state)
{
	(void)state;
	refused("", "is wrong");
	refused("<domain>", "is wrong at line 1");
	refused("<domain>\n</network>", "is wrong at line 2");
	refused("\xff\xfe", "is wrong");
	refused("<network><name>n</name></network>", "is not <domain>");
	refused("<domain><devices/></domain>", "has no <name>");
	refused("<domain><name></name></domain>", "has no <name>");
}

/* Entities could make much out of little, or read files. */
static void a_document_type_is_refused(void **state)
{
	(void)state;
	refused("<!DOCTYPE domain SYSTEM 'http://192.0.2.1/x'><domain><name>n</name></domain>",
		"document type");
	refused("<!DOCTYPE domain [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
		"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>]>"
		"<domain><name>&d;&d;&d;&d;</name></domain>",
		"document type");
	refused("<!DOCTYPE domain [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
		"<domain><name>&f;</name></domain>",
		"document type");
}

/* Fills @text by @count times @part between HEAD and @tail. */
static char *repeat(const char *part, size_t count, const char *tail)
{
	char *text = malloc(sizeof(HEAD) + count * strlen(part) + strlen(tail) + 16), *to = text;

	assert_non_null(text);
	to = stpcpy(to, HEAD "<devices>");
	for (size_t i = 0; i < count; i++)
		to = stpcpy(to, part);
	stpcpy(to, tail);
	return text;
}

static void size_and_depth_have_limits(void **state)
{
	char *text = repeat("<a>", 100000, "");

	(void)state;
	refused(text, "is wrong");
	free(text);
	text = repeat("<rng><address type='pci'><zpci uid='1'/></address></rng>", 5000,
		      "</devices></domain>");
	refused(text, "guest web1 has more than 4096 PCI devices");
	free(text);
	text = repeat("                                                                ", 600000,
		      "</devices></domain>");
	refused(text, "more than 32 MiB");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_function_of_the_host, clear),
		cmocka_unit_test_teardown(memory_has_a_unit, clear),
		cmocka_unit_test_teardown(an_interface_can_be_a_function_of_the_host, clear),
		cmocka_unit_test_teardown(numbers_are_as_libvirt_reads_them, clear),
		cmocka_unit_test_teardown(running_guest_and_definition_are_compared, clear),
		cmocka_unit_test_teardown(arguments_of_qemu, clear),
		cmocka_unit_test_teardown(several_functions_have_different_ids, clear),
		cmocka_unit_test_teardown(wrong_numbers_name_domain_and_element, clear),
		cmocka_unit_test_teardown(what_is_no_domain, clear),
		cmocka_unit_test_teardown(a_document_type_is_refused, clear),
		cmocka_unit_test_teardown(size_and_depth_have_limits, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
