// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is told of a function is of one life, also if the slot gets its next life while it is read:
 * one of two functions in turn, which differ in all.
 */
#include "fixture.h"
#include "strike.h"

#include <string.h>

#include "zpci/firmware/internal.h"
#include "zpci/function/facts.h"

static struct zpci_function *function;
static volatile unsigned lives;

/* Of the first all digits are 1, and it is in standby; of the second they are 2. */
static void live(unsigned digit)
{
	atomic_store(&function->handle, digit * 0x11111111u);
	atomic_store(&function->state, digit == 1 ? ZPCI_STATE_STANDBY : ZPCI_STATE_DISABLED);
	function->fid = digit * 0x11111111u;
	function->uid = function->fid;
	function->pchid = (uint16_t)function->fid;
	function->identity.vendor_id = function->pchid;
	function->identity.device_id = function->pchid;
	memset(function->platform.utility_string, (int)('0' + digit),
	       sizeof(function->platform.utility_string) - 1);
	zpci_facts_publish(function);
}

static void next_life(int signal)
{
	(void)signal;
	zpci_facts_withdraw(function);
	live(1 + lives++ % 2);
}

/* --- readers: false if they got a mixture ---------------------------------------------------- */

static bool list(void)
{
	struct zpci_listed listed;

	if (!zpci_facts_list(function, &listed))
		return true;
	return listed.ids == listed.fid && listed.handle == listed.fid &&
	       (listed.state == ZPCI_STATE_STANDBY) == (listed.fid % 16 == 1);
}

static struct zpci_told told[2]; /* of each of the two */

static bool query(void)
{
	struct zpci_told now;

	if (!zpci_facts_tell(function, &now))
		return true;
	return now.handle == told[now.handle % 16 - 1].handle &&
	       !memcmp(now.bytes, told[now.handle % 16 - 1].bytes, sizeof(now.bytes));
}

static bool read_all(void)
{
	static struct zpci_facts facts;
	const char *string = facts.platform.utility_string;

	if (!zpci_facts_read(function, &facts))
		return true;
	return facts.info.uid == facts.info.fid && facts.info.handle == facts.info.fid &&
	       facts.info.pchid == (uint16_t)facts.info.fid &&
	       string[0] == (char)('0' + facts.info.fid % 16) &&
	       !memcmp(string, string + 1, sizeof(facts.platform.utility_string) - 2);
}

static const struct reader {
	const char *name;
	bool (*read)(void);
	unsigned lives; /* more for a short reader, which is seldom hit inside */
} readers[] = {
	{ "List", list, 30000 },
	{ "Query", query, 3000 },
	{ "zpci_firmware_info()", read_all, 3000 },
};
#define READERS (sizeof(readers) / sizeof(readers[0]))

static void test_facts_are_of_one_life(void **state)
{
	const struct reader *reader = *state;
	unsigned mixed = 0;
	void *fixture;
	uint32_t fid, handle;

	strike_or_skip();
	fixture_setup(&fixture);
	fixture_add(fixture, 1, "lpar");
	function = zpci_list_find_fid(((struct fixture *)fixture)->firmware, FID + 1);
	fid = function->fid;
	handle = atomic_load(&function->handle);
	zpci_function_lock(function);
	for (unsigned i = 0; i < 2; i++) {
		zpci_facts_withdraw(function);
		live(1 + i);
		assert_true(zpci_facts_tell(function, &told[i]));
	}
	assert_memory_not_equal(told[0].bytes, told[1].bytes, sizeof(told[0].bytes));
	lives = 0;
	strike_begin(next_life);
	while (lives < reader->lives)
		mixed += !reader->read();
	strike_end();
	zpci_function_unlock(function);
	function->fid = fid;
	atomic_store(&function->handle, handle);
	fixture_teardown(&fixture);
	assert_int_equal(mixed, 0);
}

/* --- by FID: the slot that was found may have another function when it is read ---------------- */

static uint32_t own_fid;

static void next_fid(int signal)
{
	(void)signal;
	zpci_facts_withdraw(function);
	function->fid = own_fid + lives++ % 2;
	function->platform.pft = (uint8_t)(function->fid - own_fid);
	zpci_facts_publish(function);
}

static void test_facts_are_those_of_the_fid(void **state)
{
	struct zpci_function_info info = { .size = sizeof(info) };
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct fixture *fixture = *state;
	unsigned wrong = 0;

	strike_or_skip();
	fixture_add(fixture, 1, "lpar");
	function = zpci_list_find_fid(fixture->firmware, FID + 1);
	own_fid = FID + 1;
	lives = 0;
	zpci_function_lock(function);
	strike_begin(next_fid);
	while (lives < 20000) {
		if (!zpci_firmware_info(fixture->firmware, own_fid, &info))
			wrong += info.fid != own_fid;
		if (!zpci_firmware_platform(fixture->firmware, own_fid, &platform, NULL))
			wrong += platform.pft != 0;
	}
	strike_end();
	function->fid = own_fid;
	zpci_facts_withdraw(function);
	zpci_facts_publish(function);
	zpci_function_unlock(function);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest by_fid[] = { FIXTURE_TEST(test_facts_are_those_of_the_fid) };
	struct CMUnitTest tests[READERS];

	for (unsigned i = 0; i < READERS; i++)
		tests[i] = (struct CMUnitTest){ .name = readers[i].name,
						.test_func = test_facts_are_of_one_life,
						.initial_state = (void *)&readers[i] };
	return _cmocka_run_group_tests("what is told is of one life", tests, READERS, NULL, NULL) +
	       cmocka_run_group_tests(by_fid, NULL, NULL);
}
