// SPDX-License-Identifier: GPL-2.0-or-later
/* zpci-inspect's walk over the kernel's PCI devices, in a made-up big-endian kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inspect-blob.h"
#include "zpci/inspect/kernel/kcore.h"
#include "zpci/inspect/kernel/walk.h"

/* Where the made-up kernel has things; offsets in bytes. */
#define BASE 0x3ff00000000ull
#define SIZE 0x1000u
#define ROOTS (BASE + 0x10)
#define BUS_SIZE 0x40u /* node 0, children 16, devices 32, sysdata 48, number 56 */
#define DEV_SIZE 0x40u /* bus_list 0, bus 16, devfn 24, vendor 28, device 30, bits 32 */
#define ZBUS (BASE + 0xf00)

struct world {
	uint8_t memory[SIZE];
	uint8_t *btf_data;
	struct btf *btf;
	struct kernel_memory reader;
};

static int read_world(void *opaque, uint64_t address, void *buffer, size_t length)
{
	const struct world *w = opaque;

	if (address < BASE || address - BASE >= SIZE || length > SIZE - (address - BASE))
		return -1;
	memcpy(buffer, w->memory + (address - BASE), length);
	return 0;
}

static void put(struct world *w, uint64_t address, size_t size, uint64_t value)
{
	assert_true(address >= BASE && address - BASE + size <= SIZE);
	zpci_put_be(w->memory + (address - BASE), size, value);
}

static void list_init(struct world *w, uint64_t head)
{
	put(w, head, 8, head);
	put(w, head + 8, 8, head);
}

static void list_add(struct world *w, uint64_t head, uint64_t element)
{
	uint64_t last = zpci_get_be(w->memory + (head + 8 - BASE), 8);

	put(w, last, 8, element);
	put(w, element, 8, head);
	put(w, element + 8, 8, last);
	put(w, head + 8, 8, element);
}

static void add_bus(struct world *w, uint64_t list, uint64_t bus, uint8_t number)
{
	list_add(w, list, bus);
	list_init(w, bus + 16);
	list_init(w, bus + 32);
	put(w, bus + 48, 8, ZBUS);
	put(w, bus + 56, 1, number);
}

static void add_device(struct world *w, uint64_t bus, uint64_t dev, uint8_t devfn,
		       uint16_t device_id, uint8_t bits)
{
	list_add(w, bus + 32, dev);
	put(w, dev + 16, 8, bus);
	put(w, dev + 24, 4, devfn);
	put(w, dev + 28, 2, 0x1234);
	put(w, dev + 30, 2, device_id);
	put(w, dev + 32, 1, bits);
}

static void build_btf(struct blob *b, bool with_bit)
{
	uint32_t list, u8, u16, u32, pointer;

	blob_init(b, true);
	u8 = blob_int(b, "u8", 1);
	u16 = blob_int(b, "u16", 2);
	u32 = blob_int(b, "u32", 4);
	pointer = blob_type(b, "", BLOB_PTR, 0, 0, 0);
	list = blob_type(b, "list_head", BLOB_STRUCT, 0, 0, 16);
	blob_type(b, "pci_bus", BLOB_STRUCT, 0, 5, BUS_SIZE);
	blob_member(b, "node", list, 0);
	blob_member(b, "children", list, 16 * 8);
	blob_member(b, "devices", list, 32 * 8);
	blob_member(b, "sysdata", pointer, 48 * 8);
	blob_member(b, "number", u8, 56 * 8);
	blob_type(b, "zpci_bus", BLOB_STRUCT, 0, 1, 16);
	blob_member(b, "domain_nr", u32, 8 * 8);
	blob_type(b, "pci_dev", BLOB_STRUCT, BLOB_KIND_FLAG, 6, DEV_SIZE);
	blob_member(b, "bus_list", list, 0);
	blob_member(b, "bus", pointer, 16 * 8);
	blob_member(b, "devfn", u32, 24 * 8);
	blob_member(b, "vendor", u16, 28 * 8);
	blob_member(b, "device", u16, 30 * 8);
	blob_member(b, with_bit ? "no_command_memory" : "something", u32, 1u << 24 | (32 * 8 + 2));
}

#define BUS0 (BASE + 0x100)
#define BUS1 (BASE + 0x200) /* below BUS0 */
#define DEV0 (BASE + 0x300)
#define DEV1 (BASE + 0x400)
#define DEV2 (BASE + 0x500)

static void build(struct world *w, bool with_bit)
{
	struct blob b;
	size_t size;

	memset(w, 0, sizeof(*w));
	build_btf(&b, with_bit);
	w->btf_data = blob_finish(&b, &size);
	assert_int_equal(btf_open(w->btf_data, size, &w->btf, NULL), 0);
	w->reader = (struct kernel_memory){ read_world, w, true };
	put(w, ZBUS + 8, 4, 0x111);
	list_init(w, ROOTS);
	add_bus(w, ROOTS, BUS0, 0);
	add_bus(w, BUS0 + 16, BUS1, 1);
	add_device(w, BUS0, DEV0, 0x00, 0x7a70, 0xdf); /* all bits but no_command_memory */
	add_device(w, BUS0, DEV1, 0x09, 0x7a71,
		   0x20); /* no_command_memory alone, the third from the top */
	add_device(w, BUS1, DEV2, 0x10, 0x7a72, 0x20);
}

static void destroy(struct world *w)
{
	btf_close(w->btf);
	free(w->btf_data);
}

static void check_refused(struct world *w, const char *word)
{
	struct problem problem;
	struct walk walk;

	assert_int_equal(walk_devices(w->btf, &w->reader, ROOTS, &walk, &problem), -1);
	if (!strstr(problem.text, word))
		fail_msg("\"%s\" is not in: %s", word, problem.text);
	destroy(w);
}

static void check_device(const struct walk_device *d, uint8_t bus, uint8_t devfn,
			 uint16_t device_id, bool bit)
{
	assert_int_equal(d->domain, 0x111);
	assert_int_equal(d->bus, bus);
	assert_int_equal(d->devfn, devfn);
	assert_int_equal(d->vendor_id, 0x1234);
	assert_int_equal(d->device_id, device_id);
	assert_int_equal(d->no_command_memory, bit);
}

static void all_devices_of_all_buses(void **state)
{
	struct problem problem;
	struct world w;
	struct walk walk;

	(void)state;
	build(&w, true);
	if (walk_devices(w.btf, &w.reader, ROOTS, &walk, &problem))
		fail_msg("%s", problem.text);
	assert_int_equal(walk.count, 3);
	check_device(&walk.devices[0], 0, 0x00, 0x7a70, false);
	check_device(&walk.devices[1], 0, 0x09, 0x7a71, true);
	check_device(&walk.devices[2], 1, 0x10, 0x7a72, true);
	walk_free(&walk);
	destroy(&w);
}

static void kernel_without_the_bit_is_refused(void **state)
{
	struct world w;

	(void)state;
	build(&w, false);
	check_refused(&w, "no_command_memory");
}

static void broken_lists_are_refused(void **state)
{
	struct world w;

	(void)state;
	build(&w, true);
	put(&w, DEV0, 8, 0); /* next */
	check_refused(&w, "not whole");
	build(&w, true);
	put(&w, DEV1 + 8, 8, DEV1); /* prev */
	check_refused(&w, "not whole");
	build(&w, true);
	put(&w, DEV0, 8, BASE + SIZE); /* outside of memory */
	check_refused(&w, "not whole");
}

/* A list that does not return to its head, although each element has good links. */
static void list_without_end_ends(void **state)
{
	struct world w;

	(void)state;
	build(&w, true);
	put(&w, DEV1, 8, DEV0);
	put(&w, DEV0 + 8, 8, DEV1);
	put(&w, BUS0 + 32, 8, DEV1);
	put(&w, DEV1 + 8, 8, BUS0 + 32);
	check_refused(&w, "not whole");
	build(&w, true);
	list_init(&w, BUS1 + 16);
	list_add(&w, BUS1 + 16, BUS1); /* a bus below itself */
	check_refused(&w, "");
}

static void device_of_another_bus_is_refused(void **state)
{
	struct world w;

	(void)state;
	build(&w, true);
	put(&w, DEV1 + 16, 8, BUS1);
	check_refused(&w, "does not belong");
}

static void unreadable_domain_is_refused(void **state)
{
	struct world w;

	(void)state;
	build(&w, true);
	put(&w, BUS0 + 48, 8, 0x1000);
	check_refused(&w, "domain_nr");
}

static void kcore_headers_are_checked(void **state)
{
	uint8_t file[64 + 2 * 56] = { 0x7f, 'E', 'L', 'F', 2, 2 };
	struct problem problem;
	struct kcore kcore;

	(void)state;
	zpci_put_be(file + 32, 8, 64);
	zpci_put_be(file + 54, 2, 56);
	zpci_put_be(file + 56, 2, 2);
	zpci_put_be(file + 64, 4, 4); /* a note */
	zpci_put_be(file + 120, 4, 1);
	zpci_put_be(file + 120 + 8, 8, 0x2000);
	zpci_put_be(file + 120 + 16, 8, BASE);
	zpci_put_be(file + 120 + 32, 8, SIZE);
	assert_int_equal(kcore_parse(file, sizeof(file), &kcore, &problem), 0);
	assert_true(kcore.big_endian);
	assert_int_equal(kcore.count, 1);
	assert_int_equal(kcore.segments[0].address, BASE);
	assert_int_equal(kcore.segments[0].size, SIZE);
	assert_int_equal(kcore.segments[0].file_offset, 0x2000);
	kcore_close(&kcore);
	for (size_t size = 0; size < sizeof(file); size++)
		assert_int_equal(kcore_parse(file, size, &kcore, &problem), -1);
	zpci_put_be(file + 32, 8, UINT64_MAX);
	assert_int_equal(kcore_parse(file, sizeof(file), &kcore, &problem), -1);
	zpci_put_be(file + 32, 8, 64);
	zpci_put_be(file + 56, 2, 0xffff);
	assert_int_equal(kcore_parse(file, sizeof(file), &kcore, &problem), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_devices_of_all_buses),
		cmocka_unit_test(kernel_without_the_bit_is_refused),
		cmocka_unit_test(broken_lists_are_refused),
		cmocka_unit_test(list_without_end_ends),
		cmocka_unit_test(device_of_another_bus_is_refused),
		cmocka_unit_test(unreadable_domain_is_refused),
		cmocka_unit_test(kcore_headers_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
