// SPDX-License-Identifier: GPL-2.0-or-later
/* Events, hot plug, configuring by SCLP (ref 2.9, 2.10, 4.3, 8). */
#define _GNU_SOURCE /* gettid */
#include "fixture.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "zpci/firmware/internal.h"
#include "zpci/function/fmb.h"

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

static void test_cold_plug_queues_no_event(void **state)
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
	expect_event(fixture, FID + 2, fixture_handle(fixture, FID + 2), ZPCI_PEC_CONFIGURED, true);
	expect_event(fixture, FID + 3, fixture_handle(fixture, FID + 3), ZPCI_PEC_CONFIGURED,
		     false);
	expect_no_event(fixture);

	zpci_firmware_announce(fixture->firmware, FID + 2);
	settle(fixture);
	assert_int_equal(zpci_ram_channel_reports(fixture->ram), 2);
}

/* An event that repeats the one before it is dropped. */
static void test_repeated_announcement_is_one_event(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(zpci_firmware_announce(fixture->firmware, FID + 1), 0);
	expect_event(fixture, FID + 1, fixture_handle(fixture, FID + 1), ZPCI_PEC_CONFIGURED,
		     false);
}

#define PENDING_MAX 16

/* A guest that recovers and does not fetch cannot fill memory. The function's oldest errors are
 * dropped. Events of the operator and of other functions stay. */
static void test_errors_of_a_function_are_bounded(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle, other;

	fixture_add(fixture, 1, "lpar");
	handle = fixture_handle(fixture, FID + 1);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	handle = guest_enable(fixture, handle);
	other = fixture_enabled(fixture, 2, "lpar");
	zpci_firmware_inject_error(fixture->firmware, FID + 2, 0x3a);
	for (unsigned i = 0; i < 5000; i++) {
		zpci_firmware_inject_error(fixture->firmware, FID + 1, i % 2 ? 0x04 : 0x3a);
		guest_modify(fixture, handle, 0, ZPCI_MPCIFC_RESET_ERROR, NULL);
	}
	expect_event(fixture, FID + 1, handle & 0x00ffffff, ZPCI_PEC_CONFIGURED, true);
	expect_event(fixture, FID + 2, other, 0x3a, true);
	for (unsigned i = 1; i < PENDING_MAX; i++)
		expect_event(fixture, FID + 1, handle, i % 2 ? 0x04 : 0x3a, i + 1 < PENDING_MAX);
	expect_no_event(fixture);
}

/* An operator cannot fill memory either, if a guest never fetches. The latest event is kept. */
static void test_operators_events_are_bounded(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned i = 0; i < PENDING_MAX; i++) {
		fixture_add(fixture, 1, "lpar");
		zpci_firmware_announce(fixture->firmware, FID + 1);
		zpci_firmware_remove(fixture->firmware, FID + 1);
	}
	for (unsigned i = 1; i <= PENDING_MAX; i++) {
		struct zpci_chsc_sei_response event;

		assert_int_equal(guest_sei(fixture, &event), CC(0));
		assert_int_equal(zpci_be16_get(event.ccdf.pec),
				 i % 2 ? ZPCI_PEC_CONFIGURED : ZPCI_PEC_DECONFIGURED);
		assert_int_equal(event.flags, i < PENDING_MAX ? ZPCI_CHSC_SEI_MORE : 0);
	}
}

static void test_chsc_refuses_wrong_operands(void **state)
{
	struct fixture *fixture = *state;
	uint8_t instruction[6];

	fixture_add(fixture, 1, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 1);
	/* The selection mask does not have the PCI events: the command is the machine's. */
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
	/* A block outside of storage: the event stays in the queue. */
	guest_put(fixture, CHSC + 2, 2, ZPCI_CHSC_SEI);
	zpci_ram_poison(fixture->ram, CHSC, 4096);
	assert_int_equal(guest_execute(fixture, instruction, 2), PGM(ZPCI_PGM_ADDRESSING));
	zpci_ram_poison(fixture->ram, 0, 0);
	expect_event(fixture, FID + 1, fixture_handle(fixture, FID + 1), ZPCI_PEC_CONFIGURED,
		     false);
}

/* --- error events --------------------------------------------------------------------- */

/* Linux ignores an error event whose handle is not the one in the list (ref 8.5). */
static void test_error_event_has_the_handle_of_list(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_clp_list_entry list[2];
	uint64_t token = 0;
	unsigned entries;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	assert_int_equal(zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a), 0);
	settle(fixture);
	assert_int_equal(zpci_ram_channel_reports(fixture->ram), 1);
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

static void test_removal_of_an_enabled_function(void **state)
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

	/* The function may come back; its old handle stays void. */
	fixture_add(fixture, 1, "lpar");
	assert_int_not_equal(guest_enable(fixture, fixture_handle(fixture, FID + 1)), handle);
	assert_int_equal(guest_load(fixture, handle, 15, 0, 4, NULL), CC(3));
}

static void test_wrong_functions_are_refused(void **state)
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

/* --- beside another firmware ---------------------------------------------------------- */

static void test_shared_events(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response event;

	fixture_add(fixture, 1, "lpar");
	assert_int_equal(guest_sei(fixture, NULL), NOT_OURS);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	assert_int_equal(guest_sei(fixture, &event), CC(0));
	/* Only the machine knows whether there is more: the guest has to ask again. */
	assert_int_equal(event.flags, ZPCI_CHSC_SEI_MORE);
	assert_int_equal(guest_sei(fixture, NULL), NOT_OURS);
	assert_int_equal(guest_servc(fixture, ZPCI_SCLP_CONFIGURE, 0x9999, NULL), NOT_OURS);
	assert_int_equal(guest_servc(fixture, ZPCI_SCLP_CONFIGURE, FID + 1, NULL), CC(0));
}

/* --- when reports come --------------------------------------------------------------------- */

/* As Linux does: it fetches after a channel report only, and then until there is no more. Returns
 * how many events it got; @last is the last one. */
static unsigned listen(struct fixture *fixture, uint64_t *heard,
		       struct zpci_chsc_sei_response *last)
{
	struct zpci_chsc_sei_response event = { .flags = ZPCI_CHSC_SEI_MORE };
	unsigned events = 0;

	settle(fixture);
	if (zpci_ram_channel_reports(fixture->ram) == *heard)
		return 0;
	*heard = zpci_ram_channel_reports(fixture->ram);
	while (event.flags & ZPCI_CHSC_SEI_MORE) {
		if (guest_sei(fixture, &event) != CC(0) ||
		    zpci_be16_get(event.code) != ZPCI_CHSC_OK)
			break;
		*last = event;
		events++;
	}
	return events;
}

static void by_fetch(struct fixture *fixture, uint32_t handle)
{
	(void)handle;
	assert_int_equal(guest_sei(fixture, NULL), CC(0));
}

static void by_disable(struct fixture *fixture, uint32_t handle)
{
	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_DISABLE, 0, NULL),
			 ZPCI_CLP_OK);
}

static void by_deconfigure(struct fixture *fixture, uint32_t handle)
{
	(void)handle;
	guest_servc(fixture, ZPCI_SCLP_DECONFIGURE, FID + 1, NULL);
}

static void by_removal(struct fixture *fixture, uint32_t handle)
{
	(void)handle;
	zpci_firmware_remove(fixture->firmware, FID + 1);
}

static void by_reset(struct fixture *fixture, uint32_t handle)
{
	(void)handle;
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SYSTEM);
}

static void by_reset_while_quiesced(struct fixture *fixture, uint32_t handle)
{
	(void)handle;
	zpci_firmware_quiesce(fixture->firmware);
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SYSTEM);
	zpci_firmware_resume(fixture->firmware);
}

static void by_disable_while_quiesced(struct fixture *fixture, uint32_t handle)
{
	zpci_firmware_quiesce(fixture->firmware);
	by_disable(fixture, handle);
	zpci_firmware_resume(fixture->firmware);
}

typedef void end_of_an_error(struct fixture *fixture, uint32_t handle);

static end_of_an_error *const ends[] = {
	by_fetch,
	by_disable,
	by_deconfigure,
	by_removal,
	by_reset,
	by_reset_while_quiesced,
	by_disable_while_quiesced,
};

#define ENDS (sizeof(ends) / sizeof(ends[0]))

/* An error was reported, and something ends it. The guest fetches before or after that. Whatever it
 * finds, the next event reaches it. */
static void expect_next_event_arrives(struct fixture *fixture, end_of_an_error *end, bool early)
{
	struct zpci_chsc_sei_response last;
	uint64_t heard = zpci_ram_channel_reports(fixture->ram);
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
	settle(fixture);
	if (early)
		listen(fixture, &heard, &last);
	if (!early || end != by_fetch)
		end(fixture, handle);
	listen(fixture, &heard, &last);
	fixture_add(fixture, 2, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 2);
	assert_int_equal(listen(fixture, &heard, &last), 1);
	assert_int_equal(zpci_be32_get(last.ccdf.fid), FID + 2);
	zpci_firmware_remove(fixture->firmware, FID + 1);
	zpci_firmware_remove(fixture->firmware, FID + 2);
	listen(fixture, &heard, &last);
}

static void test_next_event_arrives_after_an_error(void **state)
{
	for (unsigned i = 0; i < ENDS; i++)
		for (unsigned early = 0; early < 2; early++)
			expect_next_event_arrives(*state, ends[i], early);
}

/* A machine that calls meanwhile() while it presents a report. */
struct interrupted {
	struct zpci_machine_ops ops;
	struct fixture *fixture;
	void (*meanwhile)(struct fixture *fixture); /* once */
};

static struct interrupted interrupted;

static void channel_report(void *machine)
{
	void (*meanwhile)(struct fixture * fixture) = interrupted.meanwhile;

	interrupted.meanwhile = NULL;
	if (meanwhile)
		meanwhile(interrupted.fixture);
	zpci_ram_ops()->channel_report(machine);
}

/* Shared, so that a fetch without an event goes to the machine. */
static int interrupted_setup(void **state)
{
	struct zpci_firmware_options options = { .size = sizeof(options), .shared = true };
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	interrupted = (struct interrupted){ .ops = *zpci_ram_ops(), .fixture = fixture };
	interrupted.ops.channel_report = channel_report;
	zpci_firmware_destroy(fixture->firmware);
	return zpci_firmware_create(&interrupted.ops, fixture->ram, &options, &fixture->firmware);
}

static void fetch_it(struct fixture *fixture)
{
	assert_int_equal(guest_sei(fixture, NULL), CC(0));
}

static void post_another(struct fixture *fixture)
{
	zpci_firmware_announce(fixture->firmware, FID + 2);
}

/* The guest fetches before the report comes, which is then one too many. */
static void test_event_is_fetched_while_it_is_reported(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response last;
	uint64_t heard = 0;

	fixture_add(fixture, 1, "lpar");
	fixture_add(fixture, 2, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 1);
	interrupted.meanwhile = fetch_it;
	assert_int_equal(listen(fixture, &heard, &last), 0);
	assert_int_equal(heard, 1);
	zpci_firmware_announce(fixture->firmware, FID + 2);
	assert_int_equal(listen(fixture, &heard, &last), 1);
}

static void test_event_is_queued_while_another_is_reported(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response last;
	uint64_t heard = 0;

	fixture_add(fixture, 1, "lpar");
	fixture_add(fixture, 2, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 1);
	interrupted.meanwhile = post_another;
	assert_int_equal(listen(fixture, &heard, &last), 2);
	assert_int_equal(heard, 1);
}

/* A machine may drop its reports some time after the reset of the firmware. */
static void test_report_lost_in_a_reset_is_repeated(void **state)
{
	struct fixture *fixture = *state;
	struct zpci_chsc_sei_response last;
	uint64_t heard;

	fixture_add(fixture, 1, "lpar");
	zpci_firmware_reset(fixture->firmware, ZPCI_RESET_SUBSYSTEM);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	settle(fixture);
	heard = zpci_ram_channel_reports(fixture->ram); /* dropped by the machine */
	guest_clp_begin(fixture, ZPCI_CLP_SLPC, 16, 4080);
	guest_clp(fixture, ZPCI_CLP_LPS_BASE);
	assert_int_equal(listen(fixture, &heard, &last), 1);
	/* The report is repeated only once. */
	zpci_firmware_announce(fixture->firmware, FID + 1);
	settle(fixture);
	heard = zpci_ram_channel_reports(fixture->ram);
	guest_clp(fixture, ZPCI_CLP_LPS_BASE);
	assert_int_equal(listen(fixture, &heard, &last), 0);
}

/* --- a function changes before its event is fetched ---------------------------------------- */

static void test_further_errors_come_in_order(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x04);
	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a);
	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x3a); /* repeats the one before */
	zpci_firmware_inject_error(fixture->firmware, FID + 1, 0x04);
	expect_event(fixture, FID + 1, handle, 0x04, true);
	expect_event(fixture, FID + 1, handle, 0x3a, true);
	expect_event(fixture, FID + 1, handle, 0x04, false);
}

static void test_each_life_has_its_own_events(void **state)
{
	struct fixture *fixture = *state;
	uint32_t first, second;

	fixture_add(fixture, 1, "lpar");
	first = fixture_handle(fixture, FID + 1);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	zpci_firmware_remove(fixture->firmware, FID + 1);
	fixture_add(fixture, 1, "lpar");
	second = fixture_handle(fixture, FID + 1);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	expect_event(fixture, FID + 1, first, ZPCI_PEC_CONFIGURED, true);
	expect_event(fixture, FID + 1, first, ZPCI_PEC_DECONFIGURED, true);
	expect_event(fixture, FID + 1, second, ZPCI_PEC_CONFIGURED, false);
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

/* --- two operations at the same time
 * ------------------------------------------------------------ */

/* A thread that waits at a place until the test lets it go on. */
static struct {
	struct zpci_machine_ops ops;
	struct fixture *fixture;
	_Atomic bool armed;
	_Atomic bool inside;
	_Atomic bool go_on;
} parked;

static void park(void)
{
	if (!atomic_exchange(&parked.armed, false))
		return;
	parked.inside = true;
	while (!parked.go_on)
		sched_yield();
}

static void wait_until_parked(void)
{
	while (!parked.inside)
		sched_yield();
}

/* An error is being recorded: its function has changed already, and tells the test when. */
static uint64_t parking_clock(void *machine)
{
	struct zpci_function *function = zpci_list_find_fid(parked.fixture->firmware, FID + 1);

	if (function &&
	    (zpci_function_state(function) == ZPCI_STATE_ERROR || !zpci_fmb_address(function)))
		park();
	return zpci_ram_ops()->clock(machine);
}

/* Disabled by an operation that has not ended yet. */
static void parking_log(void *opaque, enum zpci_log_level level, const char *message)
{
	(void)opaque;
	(void)level;
	if (strstr(message, "disabled and reset"))
		park();
}

static int parked_setup(void **state)
{
	struct zpci_firmware_options options = { .size = sizeof(options),
						 .logger = { .log = parking_log } };
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	parked.ops = *zpci_ram_ops();
	parked.ops.clock = parking_clock;
	parked.fixture = fixture;
	parked.armed = parked.inside = parked.go_on = false;
	zpci_firmware_destroy(fixture->firmware);
	return zpci_firmware_create(&parked.ops, fixture->ram, &options, &fixture->firmware);
}

/* What the other thread does to VF 1. */
struct doer {
	struct fixture *fixture;
	void (*act)(struct fixture *fixture);
	pthread_t pthread;
	_Atomic pid_t thread; /* 0: not started */
	_Atomic bool done;
};

static void *run_doer(void *opaque)
{
	struct doer *doer = opaque;

	doer->thread = gettid();
	doer->act(doer->fixture);
	doer->done = true;
	return NULL;
}

static void start(struct doer *doer, struct fixture *fixture, void (*act)(struct fixture *fixture))
{
	*doer = (struct doer){ .fixture = fixture, .act = act };
	assert_int_equal(pthread_create(&doer->pthread, NULL, run_doer, doer), 0);
}

static void finish(struct doer *doer)
{
	pthread_join(doer->pthread, NULL);
}

static bool is_asleep(pid_t thread)
{
	char path[64], text[256] = "", *end;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)thread);
	file = fopen(path, "r");
	if (!file)
		return false;
	end = fgets(text, sizeof(text), file) ? strrchr(text, ')') : NULL;
	fclose(file);
	return end && end[2] == 'S';
}

/* It waits for a lock, or does not have to. */
static void wait_until_it_waits(struct doer *doer)
{
	while (!doer->done && !(doer->thread && is_asleep(doer->thread)))
		sched_yield();
}

static void disable(struct fixture *fixture)
{
	by_disable(fixture, fixture_handle(fixture, FID + 1));
}

static void deconfigure(struct fixture *fixture)
{
	by_deconfigure(fixture, 0);
}

static void announce(struct fixture *fixture)
{
	zpci_firmware_announce(fixture->firmware, FID + 1);
}

static void fail_by_dma(struct fixture *fixture)
{
	const struct zpci_services *services = fixture->bench->devices[1]->services;
	uint64_t failed;
	uint8_t byte;

	services->dma_read(services->function, 0x1000, &byte, 1, &failed);
}

static void fail_by_measurement(struct fixture *fixture)
{
	zpci_ram_advance(fixture->ram, 10 * 1000000000ull);
}

/* A function is disabled while an error is recorded. The error has the handle of its own life. The
 * disable waits until it is recorded, so that it cannot hit the next life. */
static void expect_error_of_its_life(struct fixture *fixture, uint32_t handle,
				     void (*error)(struct fixture *fixture), uint16_t pec)
{
	struct doer failing, disabling;

	parked.armed = true;
	start(&failing, fixture, error);
	wait_until_parked();
	start(&disabling, fixture, disable);
	wait_until_it_waits(&disabling);
	assert_false(disabling.done);
	parked.go_on = true;
	finish(&failing);
	finish(&disabling);
	assert_int_equal(fixture_state(fixture, FID + 1), ZPCI_STATE_DISABLED);
	expect_event(fixture, FID + 1, handle, pec, false);
}

static void test_refused_dma_while_it_is_disabled(void **state)
{
	struct bench_device *device;
	uint32_t handle = fixture_interrupting(*state, &device);

	expect_error_of_its_life(*state, handle, fail_by_dma, ZPCI_PEC_DMA_NOT_REGISTERED);
}

static void test_failed_measurement_while_it_is_disabled(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");
	struct zpci_fib fib = { 0 };

	zpci_be64_put(&fib.fmb, FMB);
	assert_int_equal(guest_modify(fixture, handle, 0, ZPCI_MPCIFC_SET_MEASURE, &fib), CC(0));
	zpci_ram_poison(fixture->ram, FMB, 8);
	expect_error_of_its_life(fixture, handle, fail_by_measurement, ZPCI_PEC_FMB_STORAGE);
}

/* An announcement never tells a state that a function has only during an operation. */
static void test_announced_while_it_is_deconfigured(void **state)
{
	struct fixture *fixture = *state;
	struct doer deconfiguring, announcing;
	uint32_t handle = fixture_enabled(fixture, 1, "lpar") & ~ZPCI_HANDLE_ENABLED;

	parked.armed = true;
	start(&deconfiguring, fixture, deconfigure);
	wait_until_parked();
	start(&announcing, fixture, announce);
	wait_until_it_waits(&announcing);
	parked.go_on = true;
	finish(&deconfiguring);
	finish(&announcing);
	expect_event(fixture, FID + 1, handle, ZPCI_PEC_STANDBY, false);
}

/* For Linux "s390/pci: ignore stale configuration request event": the guest found the function by
 * List and enabled it before it fetched the event. */
static void test_announcement_keeps_the_handle_of_its_life(void **state)
{
	struct fixture *fixture = *state;
	uint32_t handle;

	fixture_add(fixture, 1, "lpar");
	handle = fixture_handle(fixture, FID + 1);
	zpci_firmware_announce(fixture->firmware, FID + 1);
	guest_enable(fixture, handle);
	expect_event(fixture, FID + 1, handle, ZPCI_PEC_CONFIGURED, false);
}

static void test_removal_in_standby(void **state)
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

/* A machine on which a timer expires at the moment when it is stopped. */
static struct {
	struct zpci_machine_ops ops;
	struct zpci_ram *ram;
	unsigned cancelled;
} late;

static void cancel_late(struct zpci_timer *timer)
{
	late.cancelled++;
	zpci_ram_advance(late.ram, 0);
	zpci_ram_ops()->timer_cancel(timer);
}

static int late_setup(void **state)
{
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	late.ops = *zpci_ram_ops();
	late.ops.timer_cancel = cancel_late;
	late.ram = fixture->ram;
	zpci_firmware_destroy(fixture->firmware);
	return zpci_firmware_create(&late.ops, fixture->ram, NULL, &fixture->firmware);
}

static void test_report_timer_expires_during_quiesce(void **state)
{
	struct fixture *fixture = *state;

	fixture_add(fixture, 1, "lpar");
	zpci_firmware_announce(fixture->firmware, FID + 1);
	late.cancelled = 0;
	zpci_events_quiesce(fixture->firmware);
	assert_int_equal(late.cancelled, 1);
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
		FIXTURE_TEST(test_cold_plug_queues_no_event),
		FIXTURE_TEST(test_one_report_until_the_queue_is_empty),
		FIXTURE_TEST(test_repeated_announcement_is_one_event),
		FIXTURE_TEST(test_errors_of_a_function_are_bounded),
		FIXTURE_TEST(test_operators_events_are_bounded),
		FIXTURE_TEST(test_chsc_refuses_wrong_operands),
		FIXTURE_TEST(test_error_event_has_the_handle_of_list),
		FIXTURE_TEST(test_one_error_is_one_event),
		FIXTURE_TEST(test_removal_of_an_enabled_function),
		FIXTURE_TEST(test_wrong_functions_are_refused),
		FIXTURE_TEST(test_pchid_of_another_adapter),
		FIXTURE_TEST(test_configure_and_deconfigure),
		FIXTURE_TEST(test_next_event_arrives_after_an_error),
		cmocka_unit_test_setup_teardown(test_next_event_arrives_after_an_error,
						fixture_setup_shared, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_event_is_fetched_while_it_is_reported,
						interrupted_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_event_is_queued_while_another_is_reported,
						interrupted_setup, fixture_teardown),
		FIXTURE_TEST(test_report_lost_in_a_reset_is_repeated),
		FIXTURE_TEST(test_errors_do_not_flood_the_log),
		FIXTURE_TEST(test_announcement_keeps_the_handle_of_its_life),
		FIXTURE_TEST(test_further_errors_come_in_order),
		FIXTURE_TEST(test_each_life_has_its_own_events),
		cmocka_unit_test_setup_teardown(test_refused_dma_while_it_is_disabled, parked_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_failed_measurement_while_it_is_disabled,
						parked_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_announced_while_it_is_deconfigured,
						parked_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_report_timer_expires_during_quiesce,
						late_setup, fixture_teardown),
		FIXTURE_TEST(test_removal_in_standby),
		FIXTURE_TEST(test_quiesced_firmware_reports_nothing),
		FIXTURE_TEST(test_reset_drops_events),
		cmocka_unit_test_setup_teardown(test_shared_events, fixture_setup_shared,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
