// SPDX-License-Identifier: GPL-2.0-or-later
/* Events, hot plug, configuring by SCLP (ref 2.9, 2.10, 4.3, 8). */
#include "fixture.h"

#include <errno.h>
#include <string.h>

/* The report for an event comes by a timer of the machine that is due at once. */
static void settle(struct fixture *fixture)
{
	zpci_ram_advance(fixture->ram, 0);
}

static void expect_event(struct fixture *fixture, uint32_t fid, uint32_t handle, uint16_t pec,
			 bool more)
{
	struct zpci_chsc_sei_response event;
	bool availability = pec >= 0x300;

	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.code), ZPCI_CHSC_OK);
	assert_int_equal(zpci_be16_get(event.length), ZPCI_CHSC_SEI_RESPONSE);
	assert_int_equal(event.type, 2);
	assert_int_equal(event.content,
			 availability ? ZPCI_CHSC_CC_AVAILABILITY : ZPCI_CHSC_CC_ERROR);
	assert_int_equal(zpci_be16_get(event.ccdf.pec), pec);
	assert_int_equal(zpci_be32_get(event.ccdf.fid), fid);
	assert_int_equal(zpci_be32_get(event.ccdf.handle), handle);
	assert_int_equal(event.flags, more ? ZPCI_CHSC_SEI_MORE : 0);
}

static void expect_no_event(struct fixture *fixture)
{
	struct zpci_chsc_sei_response event;
	int answer = guest_sei(fixture, &event);

	if (answer != NOT_OURS) {
		assert_int_equal(answer, CC(0));
		assert_int_equal(zpci_be16_get(event.code), ZPCI_CHSC_NO_EVENT);
	}
}

/* --- reports -------------------------------------------------------------------------- */

static void test_cold_plug_is_not_announced(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	settle(fixture);
	assert_int_equal(zpci_ram_channel_reports(fixture->ram), 0);
	expect_no_event(fixture);
}

static void test_one_report_until_the_queue_is_empty(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned vf = 1; vf <= 3; vf++) {
		fixture_add(fixture, vf, "lpar");
		assert_int_equal(zpci_firmware_announce(fixture->firmware, FID + vf), 0);
	}
	settle(fixture);
	assert_int_equal(zpci_ram_channel_reports(fixture->ram), 1);
	expect_event(fixture, FID + 1, fixture_handle(fixture, FID + 1), ZPCI_PEC_CONFIGURED, true);
	assert_true(zpci_ram_report_outstanding(fixture->ram));
	expect_event(fixture, FID + 2, fixture_handle(fixture, FID + 2), ZPCI_PEC_CONFIGURED, true);
	expect_event(fixture, FID + 3, fixture_handle(fixture, FID + 3), ZPCI_PEC_CONFIGURED,
		     false);
	assert_false(zpci_ram_report_outstanding(fixture->ram));
	expect_no_event(fixture);

	zpci_firmware_announce(fixture->firmware, FID + 2);
	settle(fixture);
	assert_int_equal(zpci_ram_channel_reports(fixture->ram), 2);
}

/* However often a guest that does not listen is told, the queue does not grow without bound:
 * events of the same kind about one function are one. */
static void test_queue_is_bounded(void **state)
{
	struct fixture *fixture = *state;
	unsigned fetched = 0;
	struct zpci_chsc_sei_response event;

	fixture_add(fixture, 1, "lpar");
	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(zpci_firmware_announce(fixture->firmware, FID + 1), 0);
	do {
		assert_int_equal(guest_sei(fixture, &event), CC(0));
		assert_true(++fetched < 100);
	} while (event.flags & ZPCI_CHSC_SEI_MORE);
}

static void test_chsc_operand(void **state)
{
	struct fixture *fixture = *state;
	uint8_t instruction[6];

	fixture_add(fixture, 1, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 1);
	/* Not the PCI events: leave what was asked for to others. */
	guest_fill(fixture, CHSC, 0, 64);
	guest_put(fixture, CHSC, 2, 0x10);
	guest_put(fixture, CHSC + 2, 2, ZPCI_CHSC_SEI);
	guest_put(fixture, CHSC + 8, 8, 1ull << 63);
	encode_rre(instruction, OP_CHSC, 2, 0);
	fixture->cpu.gr[2] = CHSC;
	assert_int_equal(guest_execute(fixture, instruction, 2), NOT_OURS);
	/* Another command. */
	guest_put(fixture, CHSC + 2, 2, 0x0002);
	guest_put(fixture, CHSC + 8, 8, ZPCI_CHSC_NT2);
	assert_int_equal(guest_execute(fixture, instruction, 2), NOT_OURS);
	/* The event is still there; its block must be in storage. */
	guest_put(fixture, CHSC + 2, 2, ZPCI_CHSC_SEI);
	zpci_ram_poison(fixture->ram, CHSC, 4096);
	assert_int_equal(guest_execute(fixture, instruction, 2), PGM(ZPCI_PGM_ADDRESSING));
	zpci_ram_poison(fixture->ram, 0, 0);
	expect_event(fixture, FID + 1, fixture_handle(fixture, FID + 1), ZPCI_PEC_CONFIGURED,
		     false);
}

/* --- error events --------------------------------------------------------------------- */

/* Linux ignores an error event whose handle is not the one in the list (ref 8.5). */
static void test_error_event_has_the_listed_handle(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[2];
	uint64_t token = 0;
	unsigned entries;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	assert_int_equal(zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a), 0);
	settle(fixture);
	assert_true(zpci_ram_report_outstanding(fixture->ram));
	guest_list(fixture, &token, 2, list, &entries);
	assert_int_equal(zpci_be32_get(list[0].handle), handle);
	expect_event(fixture, FID + 1, handle, 0x3a, false);
	assert_int_equal(zpci_firmware_inject_error(fixture->firmware, 0x99, 0x3a), -ENOENT);
}

static void test_one_error_is_one_event(void **state)
{
	struct fixture *fixture = *state;
	struct bench_device *device;
	uint32_t handle = fixture_interrupting(fixture, &device);
	uint64_t failed;
	uint8_t byte;

	for (unsigned i = 0; i < 100; i++)
		device->services->dma_read(device->services->function, 0x1000, &byte, 1, &failed);
	expect_event(fixture, FID + 1, handle, ZPCI_PEC_DMA_NOT_REGISTERED, false);
	expect_no_event(fixture);
}

/* --- hot plug ------------------------------------------------------------------------- */

static void test_surprise_removal(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[2];
	uint64_t token = 0;
	unsigned entries;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 1), 0);
	assert_null(fixture->bench->devices[1]);
	assert_int_equal(guest_load(fixture, handle, 15, 0, 4, NULL), CC(3));
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_DEREG_INT, NULL), CC(3));
	assert_int_equal(guest_list(fixture, &token, 2, list, &entries), ZPCI_CLP_OK);
	assert_int_equal(entries, 0);

	struct zpci_chsc_sei_response event;

	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.ccdf.pec), ZPCI_PEC_DECONFIGURED);
	assert_int_equal(zpci_be32_get(event.ccdf.fid), FID + 1);
	assert_false(zpci_be32_get(event.ccdf.handle) & 0x80000000);
	assert_int_not_equal(zpci_be32_get(event.ccdf.handle), 0);
	assert_int_equal(zpci_firmware_remove(fixture->firmware, FID + 1), -ENOENT);

	/* And it may come back; the old handle does not. */
	fixture_add(fixture, 1, "lpar");
	assert_int_not_equal(guest_enable(fixture, fixture_handle(fixture, FID + 1)), handle);
	assert_int_equal(guest_load(fixture, handle, 15, 0, 4, NULL), CC(3));
}

static void test_what_cannot_be_added(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_function_options options;

	fixture_add(fixture, 1, "lpar");
	fixture_options(fixture, 2, "lpar", &options);
	options.fid = FID + 1;
	assert_int_equal(fixture_add_options(fixture, &options), -EEXIST);
	fixture_options(fixture, 2, "lpar", &options);
	options.uid = 0x770000 | (UID + 1); /* the low 16 bits count */
	assert_int_equal(fixture_add_options(fixture, &options), -EEXIST);
	options.uid = 0x770000;
	assert_int_equal(fixture_add_options(fixture, &options), -EINVAL);
	fixture_options(fixture, 1, "lpar", &options);
	options.fid = 0x77;
	options.uid = 0x77;
	assert_int_equal(fixture_add_options(fixture, &options), -EBUSY);
	fixture_options(fixture, 9, "lpar", &options);
	assert_int_equal(fixture_add_options(fixture, &options), -EINVAL);
	/* Functions of one adapter agree on telling the routing ID. */
	fixture_options(fixture, 2, "lpar", &options);
	options.publish_rid = true;
	assert_int_equal(fixture_add_options(fixture, &options), -EINVAL);
	assert_true(fixture->messages[ZPCI_LOG_ERROR] >= 6);
	assert_int_equal(zpci_firmware_announce(fixture->firmware, FID + 2), -ENOENT);
}

static void test_pchid_of_another_adapter(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_adapter_options adapter = { .size = sizeof(adapter),
						.vfs = 2,
						.logger = fixture_logger(fixture) };
	struct zpci_adapter *other, *first = fixture->adapter;
	struct zpci_function_options options;

	fixture_add(fixture, 1, "lpar");
	assert_int_equal(zpci_adapter_create(&bench_model, PCHID, &adapter, &other), 0);
	fixture_options(fixture, 2, "lpar", &options);
	options.adapter = other;
	assert_int_equal(fixture_add_options(fixture, &options), -EEXIST);
	fixture->adapter = first;
	zpci_adapter_unref(other);
}

/* --- SCLP ----------------------------------------------------------------------------- */

static uint32_t standby(struct fixture *fixture)
{
	struct zpci_function_options options;

	fixture_options(fixture, 1, "lpar", &options);
	options.standby = true;
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	return fixture_handle(fixture, FID + 1);
}

static unsigned sclp(struct fixture *fixture, uint32_t command, uint32_t fid)
{
	uint64_t before = zpci_ram_completions(fixture->ram, NULL);
	uint16_t response;
	uint32_t sccb;

	assert_int_equal(guest_servc(fixture, command, fid, &response), CC(0));
	/* The guest sleeps until the service signal comes (trap 33). */
	assert_int_equal(zpci_ram_completions(fixture->ram, &sccb), before + 1);
	assert_int_equal(sccb, SCCB);
	return response;
}

static void test_configure_and_deconfigure(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = standby(fixture), enabled;

	assert_int_equal(zpci_firmware_announce(fixture->firmware, FID + 1), 0);
	expect_event(fixture, FID + 1, handle, ZPCI_PEC_STANDBY, false);
	assert_int_equal(sclp(fixture, ZPCI_SCLP_DECONFIGURE, FID + 1), ZPCI_SCLP_NO_ACTION);
	assert_int_equal(sclp(fixture, ZPCI_SCLP_CONFIGURE, FID + 1), ZPCI_SCLP_OK);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_DISABLED);
	/* The guest goes on with the handle that it has (ref 4.1). */
	assert_int_equal(fixture_handle(fixture, FID + 1), handle);
	assert_int_equal(sclp(fixture, ZPCI_SCLP_CONFIGURE, FID + 1), ZPCI_SCLP_NO_ACTION);

	enabled = guest_enable(fixture, handle);
	assert_int_equal(sclp(fixture, ZPCI_SCLP_DECONFIGURE, FID + 1), ZPCI_SCLP_OK);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_STANDBY);
	assert_false(fixture_handle(fixture, FID + 1) & 0x80000000);
	assert_int_equal(guest_load(fixture, enabled, 15, 0, 4, NULL), CC(3));
	assert_true(fixture->bench->devices[1]->resets >= 1);
}

static void test_sclp_refuses(void **state)
{
	struct fixture *fixture = *state;
	uint8_t instruction[6];

	standby(fixture);
	assert_int_equal(sclp(fixture, ZPCI_SCLP_CONFIGURE, 0x9999), ZPCI_SCLP_UNKNOWN_ADAPTER);
	guest_servc(fixture, ZPCI_SCLP_CONFIGURE, FID + 1, NULL);
	encode_rre(instruction, OP_SERVC, 1, 2);
	guest_put(fixture, SCCB + 8, 1, 3);
	assert_int_equal(guest_execute(fixture, instruction, 1), CC(0));
	assert_int_equal(guest_get(fixture, SCCB + 6, 2), ZPCI_SCLP_ADAPTER_TYPE);
	guest_put(fixture, SCCB + 8, 1, 2);
	guest_put(fixture, SCCB, 2, 12);
	assert_int_equal(guest_execute(fixture, instruction, 1), CC(0));
	assert_int_equal(guest_get(fixture, SCCB + 6, 2), ZPCI_SCLP_TOO_SHORT);
	/* All other commands are the machine's. */
	fixture->cpu.gr[1] = 0x00020001;
	assert_int_equal(guest_execute(fixture, instruction, 1), NOT_OURS);
}

static void test_sccb_across_a_page(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_sclp_configure sccb = { .adapter_type = ZPCI_SCLP_ADAPTER_PCI };
	uint8_t instruction[6];

	standby(fixture);
	zpci_be16_put(&sccb.length, 4096);
	zpci_be32_put(&sccb.fid, FID + 1);
	guest_write(fixture, SCCB + 0x800, &sccb, sizeof(sccb));
	encode_rre(instruction, OP_SERVC, 1, 2);
	fixture->cpu.gr[1] = ZPCI_SCLP_CONFIGURE;
	fixture->cpu.gr[2] = SCCB + 0x800;
	assert_int_equal(guest_execute(fixture, instruction, 1), CC(0));
	assert_int_equal(guest_get(fixture, SCCB + 0x806, 2), ZPCI_SCLP_PAGE_CROSSING);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_STANDBY);
}

/* --- beside another firmware ---------------------------------------------------------- */

static void test_shared_events(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response event;

	fixture_add(fixture, 1, "lpar");
	assert_int_equal(guest_sei(fixture, NULL), NOT_OURS);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	/* Whether there is more only the machine knows: the guest has to ask again. */
	assert_int_equal(event.flags, ZPCI_CHSC_SEI_MORE);
	assert_int_equal(guest_sei(fixture, NULL), NOT_OURS);
	assert_int_equal(guest_servc(fixture, ZPCI_SCLP_CONFIGURE, 0x9999, NULL), NOT_OURS);
	assert_int_equal(guest_servc(fixture, ZPCI_SCLP_CONFIGURE, FID + 1, NULL), CC(0));
}

/* --- an event posted while the guest fetches the last one -------------------------------- */

/* A machine on which another thread announces at the worst moment: just before it asks whether
 * there are still no events. */
struct interrupted {
	struct zpci_machine_ops ops;
	struct fixture *fixture;
	unsigned posts; /* how often it still happens */
};

static struct interrupted interrupted;

static void post_then_ask(void *machine, bool (*still_empty)(void *opaque), void *opaque)
{
	if (interrupted.posts) {
		interrupted.posts--;
		zpci_firmware_announce(interrupted.fixture->firmware, FID + 2);
		zpci_ram_advance(interrupted.fixture->ram, 0);
	}
	zpci_ram_ops()->events_fetched(machine, still_empty, opaque);
}

static int interrupted_setup(void **state)
{
	struct zpci_firmware_options options = { .size = sizeof(options) };
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	interrupted = (struct interrupted){ .ops = *zpci_ram_ops(), .fixture = fixture };
	interrupted.ops.events_fetched = post_then_ask;
	zpci_firmware_destroy(fixture->firmware);
	return zpci_firmware_create(&interrupted.ops, fixture->ram, &options, &fixture->firmware);
}

/* Whoever is told that there is no more does not ask again, so what is left must be reported. */
static void expect_not_forgotten(struct fixture *fixture, const struct zpci_chsc_sei_response *last)
{
	if (!(last->flags & ZPCI_CHSC_SEI_MORE))
		assert_false(zpci_ram_report_outstanding(fixture->ram));
}

static void test_posted_while_the_last_is_fetched(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response event;

	fixture_add(fixture, 1, "lpar");
	fixture_add(fixture, 2, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 1);
	settle(fixture);
	interrupted.posts = 1;
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be32_get(event.ccdf.fid), FID + 1);
	assert_int_equal(event.flags, ZPCI_CHSC_SEI_MORE);
	expect_event(fixture, FID + 2, fixture_handle(fixture, FID + 2), ZPCI_PEC_CONFIGURED,
		     false);
	assert_false(zpci_ram_report_outstanding(fixture->ram));
}

static void test_posted_while_none_is_fetched(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response event;

	fixture_add(fixture, 2, "lpar");
	interrupted.posts = 1;
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	assert_int_equal(zpci_be16_get(event.code), ZPCI_CHSC_OK);
	expect_not_forgotten(fixture, &event);
}

/* --- what became of a function before its event is fetched -------------------------------- */

static void test_error_of_a_former_life(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
	guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, &handle);
	guest_enable(fixture, handle);
	expect_no_event(fixture);
}

static void test_errors_do_not_flood_the_log(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	for (unsigned i = 0; i < 100; i++) {
		zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
		guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL);
	}
	assert_int_equal(fixture->messages[ZPCI_LOG_WARNING], 1);
	zpci_ram_advance(fixture->ram, 61 * 1000000000ull);
	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
	assert_int_equal(fixture->messages[ZPCI_LOG_WARNING], 2);
}

static void test_event_has_the_handle_of_now(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 1);
	guest_enable(fixture, fixture_handle(fixture, FID + 1));
	expect_event(fixture, FID + 1, fixture_handle(fixture, FID + 1), ZPCI_PEC_CONFIGURED,
		     false);
}

static void test_removed_in_standby(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_function_options options;
	uint32_t handle;

	fixture_options(fixture, 1, "lpar", &options);
	options.standby = true;
	fixture_add_options(fixture, &options);
	handle = fixture_handle(fixture, FID + 1);
	zpci_firmware_remove(fixture->firmware, FID + 1);
	expect_event(fixture, FID + 1, handle, ZPCI_PEC_RESERVED, false);
}

static void test_quiesced_firmware_reports_nothing(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	zpci_firmware_quiesce(fixture->firmware);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	settle(fixture);
	assert_int_equal(zpci_ram_channel_reports(fixture->ram), 0);
	zpci_firmware_resume(fixture->firmware);
	settle(fixture);
	assert_int_equal(zpci_ram_channel_reports(fixture->ram), 1);
}

static void test_reset_drops_events(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 1);
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SUBSYSTEM);
	expect_no_event(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_cold_plug_is_not_announced),
		FIXTURE_TEST(test_one_report_until_the_queue_is_empty),
		FIXTURE_TEST(test_queue_is_bounded),
		FIXTURE_TEST(test_chsc_operand),
		FIXTURE_TEST(test_error_event_has_the_listed_handle),
		FIXTURE_TEST(test_one_error_is_one_event),
		FIXTURE_TEST(test_surprise_removal),
		FIXTURE_TEST(test_what_cannot_be_added),
		FIXTURE_TEST(test_pchid_of_another_adapter),
		FIXTURE_TEST(test_configure_and_deconfigure),
		FIXTURE_TEST(test_sclp_refuses),
		FIXTURE_TEST(test_sccb_across_a_page),
		cmocka_unit_test_setup_teardown(test_posted_while_the_last_is_fetched,
						interrupted_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_posted_while_none_is_fetched,
						interrupted_setup, fixture_teardown),
		FIXTURE_TEST(test_error_of_a_former_life),
		FIXTURE_TEST(test_errors_do_not_flood_the_log),
		FIXTURE_TEST(test_event_has_the_handle_of_now),
		FIXTURE_TEST(test_removed_in_standby),
		FIXTURE_TEST(test_quiesced_firmware_reports_nothing),
		FIXTURE_TEST(test_reset_drops_events),
		cmocka_unit_test_setup_teardown(test_shared_events, fixture_setup_shared,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
