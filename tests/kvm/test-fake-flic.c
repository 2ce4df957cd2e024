// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-fake-flic.c - the fake's rules of the FLIC, of service signals and of routes, each
 * broken once.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "arguments.h"
#include "fake.h"
#include "fixture.h"
#include "layout.h"

/* --- the FLIC --------------------------------------------------------------------------------- */

static int set_flic(unsigned group, uint64_t attr, void *address)
{
	return set_attribute(host.flic, group, attr, address);
}

static void one_flic_and_no_other_device(void **state)
{
	(void)state;
	assert_int_equal(create_device(host.vm, DEVICE_TYPE_FLIC, 0), -EINVAL);
	assert_int_equal(create_device(host.vm, DEVICE_TYPE_FLIC, DEVICE_TEST), 0);
	assert_int_equal(create_device(host.vm, 5, 0), -ENODEV);
	assert_int_equal(create_device(host.vm, 99, 0), -ENODEV);
	create_device(host.vm, DEVICE_TYPE_FLIC, 4);
	assert_finding("CREATE_DEVICE");
}

static void groups_of_the_flic(void **state)
{
	(void)state;
	assert_int_equal(has_attribute(host.flic, FLIC_AIRQ_INJECT, 0), 0);
	assert_int_equal(has_attribute(host.flic, 12, 0), -ENXIO);
	assert_int_equal(set_flic(12, 0, NULL), -EINVAL);
	assert_int_equal(get_attribute(host.flic, FLIC_ENQUEUE, 0, NULL), -EINVAL);
}

static void adapters_are_registered_once(void **state)
{
	(void)state;
	assert_int_equal(register_adapter(host.flic, 56, 2, 1), 0);
	assert_int_equal(register_adapter(host.flic, 56, 2, 1), -EINVAL);
	assert_int_equal(register_adapter(host.flic, 64, 2, 1), -EINVAL);
	assert_int_equal(register_adapter(host.flic, 57, 2, 0x81), 0);
	assert_finding("ADAPTER_REGISTER");
	assert_int_equal(register_adapter(host.flic, 58, 8, 1), 0);
	assert_finding("ADAPTER_REGISTER");
	for (unsigned field = ADAPTER_MASKABLE; field <= ADAPTER_SWAP; field++) {
		uint8_t block[ADAPTER_BYTES] = { 0 };

		put(block, ADAPTER_ID, 4, 56 - field);
		block[field] = 2;
		assert_int_equal(set_flic(FLIC_ADAPTER_REGISTER, 0, block), 0);
		assert_finding("ADAPTER_REGISTER");
	}
	assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 59, NULL), -EINVAL);
	assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 1ull << 40, NULL), -EINVAL);
}

/* Linux 7.2 looks whether the page is there. */
static void a_page_is_mapped_for_an_adapter(void **state)
{
	uint8_t block[MODIFY_BYTES] = { 0 };

	(void)state;
	assert_int_equal(register_adapter(host.flic, 56, 2, 1), 0);
	put(block, MODIFY_ID, 4, 56);
	block[MODIFY_TYPE] = 2;
	assert_int_equal(set_flic(FLIC_ADAPTER_MODIFY, 0, block), 0);
	put(block, MODIFY_ADDR, 8, STORAGE);
	assert_int_equal(set_flic(FLIC_ADAPTER_MODIFY, 0, block), -EFAULT);
}

static void single_mode_presents_one(void **state)
{
	uint8_t modes[AIS_ALL_BYTES] = { 0 };

	(void)state;
	assert_int_equal(register_adapter(host.flic, 58, 2, 1), 0);
	assert_int_equal(register_adapter(host.flic, 59, 3, 0), 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 58, NULL), 0);
	assert_int_equal(fake_adapter_interruptions(host.vm, 2), 3);
	assert_int_equal(set_suppression(host.flic, 2, 1), 0);
	assert_int_equal(set_suppression(host.flic, 3, 1), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 58, NULL), 0);
		assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 59, NULL), 0);
	}
	assert_int_equal(fake_adapter_interruptions(host.vm, 2), 1);
	assert_int_equal(fake_adapter_interruptions(host.vm, 3), 3); /* not suppressible */
	assert_int_equal(fake_suppression(host.vm, 2), 2);
	assert_int_equal(set_suppression(host.flic, 2, 1), 0);
	assert_int_equal(fake_suppression(host.vm, 2), 1);
	assert_int_equal(set_suppression(host.flic, 2, 0), 0);
	assert_int_equal(fake_suppression(host.vm, 2), 0);
	assert_int_equal(set_suppression(host.flic, 8, 0), -EINVAL);
	assert_int_equal(set_suppression(host.flic, 2, 2), -EINVAL);
	assert_int_equal(get_attribute(host.flic, FLIC_AISM_ALL, 2, modes), 0);
	assert_int_equal(modes[0], 0x10);
	assert_int_equal(set_flic(FLIC_AISM_ALL, 2, (uint8_t[2]){ 0x20, 0x20 }), 0);
	assert_int_equal(fake_suppression(host.vm, 2), 2);
	assert_int_equal(set_flic(FLIC_AISM_ALL, 2, (uint8_t[2]){ 0x10, 0x10 }), 0);
	assert_int_equal(set_flic(FLIC_AIRQ_INJECT, 59, NULL), 0);
	assert_int_equal(fake_adapter_interruptions(host.vm, 3), 1);
}

static void suppression_needs_its_facility(void **state)
{
	(void)state;
	host.flic = create_device(host.vm, DEVICE_TYPE_FLIC, 0);
	assert_int_equal(set_suppression(host.flic, 2, 1), -EOPNOTSUPP);
	assert_int_equal(set_flic(FLIC_AISM_ALL, 2, (uint8_t[2]){ 0 }), -EOPNOTSUPP);
}

static void floating_types_are_queued(void **state)
{
	uint64_t cr14, mcic;
	uint32_t parameter;

	(void)state;
	assert_int_equal(enqueue(host.flic, INT_MCHK, 71), -EINVAL);
	assert_int_equal(enqueue(host.flic, INT_PROGRAM, IRQ_BYTES), -EINVAL);
	assert_int_equal(enqueue(host.flic, 0x100000000ull | INT_SERVICE, IRQ_BYTES), -EINVAL);
	assert_int_equal(set_flic(FLIC_ENQUEUE, IRQ_BYTES, (void *)8), -EFAULT);
	assert_int_equal(enqueue(host.flic, INT_MCHK, IRQ_BYTES), 0);
	assert_int_equal(fake_machine_check(host.vm, &cr14, &mcic), 1);
	assert_int_equal(cr14, 0x10000000); /* the other bit is lost */
	assert_int_equal(mcic, 0x00400f1d40330000);
	assert_int_equal(enqueue(host.flic, INT_IO_ADAPTER, IRQ_BYTES), 0);
	assert_int_equal(fake_adapter_interruptions(host.vm, 5), 1);
	assert_int_equal(enqueue(host.flic, INT_SERVICE, IRQ_BYTES), 0);
	assert_int_equal(enqueue(host.flic, INT_MCHK, IRQ_BYTES), 0);
	assert_int_equal(set_flic(FLIC_CLEAR_IRQS, 0, NULL), 0);
	assert_int_equal(fake_clears(host.vm), 1);
	assert_int_equal(fake_clears(host.vm), 0);
	assert_false(fake_service_signal(host.vm, &parameter));
	assert_int_equal(fake_machine_check(host.vm, &cr14, &mcic), 0);
}

static void what_is_queued_has_its_own_fields_alone(void **state)
{
	static const uint64_t types[] = { INT_MCHK, INT_SERVICE, INT_IO_MIN };

	(void)state;
	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		uint8_t irq[IRQ_BYTES] = { 0 };

		put(irq, IRQ_TYPE, 8, types[i]);
		irq[IRQ_BYTES - 1] = 1;
		assert_int_equal(set_flic(FLIC_ENQUEUE, IRQ_BYTES, irq), 0);
		assert_finding("ENQUEUE of");
	}
	assert_int_equal(enqueue(host.flic, INT_MCHK, 0), 0);
	assert_finding("0 bytes");
	assert_int_equal(inject_old(host.vm, INT_IO_ADAPTER, 0, 0x10000000), 0);
	assert_finding("lacks bit 0");
}

/* --- service signals -------------------------------------------------------------------------- */

static void a_second_service_signal_is_dropped(void **state)
{
	uint32_t parameter;

	(void)state;
	assert_int_equal(inject_old(host.vm, INT_SERVICE, 0x5000, 0), 0);
	assert_int_equal(inject_old(host.vm, INT_SERVICE, 0x6001, 0), 0);
	assert_int_equal(fake_dropped_signals(host.vm), 1);
	assert_true(fake_service_signal(host.vm, &parameter));
	assert_int_equal(parameter, 0x5001);
	assert_int_equal(inject_old(host.vm, INT_SERVICE, 0x6000, 0), 0);
	assert_int_equal(fake_dropped_signals(host.vm), 0);
	assert_true(fake_service_signal(host.vm, &parameter));
	assert_int_equal(parameter, 0x6000);
}

/* --- routes ----------------------------------------------------------------------------------- */

static void routes_stay_in_a_page(void **state)
{
	const unsigned last = PAGE * 8 - 1;
	const struct {
		struct route route;
		int rc;
	} rows[] = {
		{ { 0, 1, 3, 0x1000, last, 0x2000, last }, 0 },
		{ { 0, 1, 3, 0x1000, last + 1, 0x2000, 0 }, -EINVAL },
		{ { 0, 1, 3, 0x1000, 0, 0x2000, last + 1 }, -EINVAL },
		{ { 0, 1, 3, 0x1008, last - 63, 0x2000, 0 }, -EINVAL },
		{ { 1, 1, 3, 0x1000, 0, 0x2000, 0 }, -EINVAL },
		{ { 0, 4096, 3, 0x1000, 0, 0x2000, 0 }, -EINVAL },
		{ { 0, 1, 1, 0x1000, 0, 0x2000, 0 }, -EINVAL },
		{ { 0, 1, 3, STORAGE, 0, 0x2000, 0 }, -EFAULT },
		{ { 0, 1, 3, 0x1000, 0, STORAGE, 0 }, -EFAULT },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(set_route(host.vm, rows[i].route), rows[i].rc);
}

static void irqfds_have_few_flags(void **state)
{
	uint8_t block[IRQFD_BYTES] = { 0 };

	(void)state;
	put(block, IRQFD_FLAGS, 4, 4);
	assert_int_equal(call(host.vm, IRQFD, block), -EINVAL);
	put(block, IRQFD_FLAGS, 4, 0);
	put(block, IRQFD_BYTES - 4, 4, 1);
	assert_int_equal(call(host.vm, IRQFD, block), 0);
	assert_finding("IRQFD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_flic_and_no_other_device),
		TEST(groups_of_the_flic),
		TEST(adapters_are_registered_once),
		TEST(a_page_is_mapped_for_an_adapter),
		TEST(single_mode_presents_one),
		EARLY(suppression_needs_its_facility),
		TEST(floating_types_are_queued),
		TEST(what_is_queued_has_its_own_fields_alone),
		TEST(a_second_service_signal_is_dropped),
		TEST(routes_stay_in_a_page),
		TEST(irqfds_have_few_flags),
	};

	return cmocka_run_group_tests_name("fake /dev/kvm: FLIC", tests, NULL, NULL);
}
