// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A permanent error comes while the state is being changed. A device's thread reports it without
 * the function's lock, so it can come at any moment. Whatever is first, the function is in
 * permanent error afterwards: the error is not lost.
 */
#include "fixture.h"
#include "strike.h"

#include "zpci/firmware/internal.h"

#define ERRORS 10000u

static struct zpci_function *function;
static volatile unsigned errors;

/* What zpci_function_fail() does to the state. The event is left out: it needs a lock. */
static void permanent_error(int signal)
{
	(void)signal;
	atomic_store(&function->state, ZPCI_STATE_PERMANENT);
	errors++;
}

static void nothing(void)
{
	/* The function is disabled. */
}

static void enable(void)
{
	zpci_function_enable(function);
}

static void fail_once(void)
{
	zpci_function_fail(function, ZPCI_PEC_SERVICE_ACTION, 0);
}

static void reset_error(void)
{
	zpci_function_recover(function, false);
}

static void reset_block(void)
{
	zpci_function_recover(function, true);
}

static const struct change {
	const char *name;
	void (*before[2])(void);
	void (*change)(void);
} changes[] = {
	{ "while it is enabled", { nothing, nothing }, enable },
	{ "while another error comes", { enable, nothing }, fail_once },
	{ "while RESET_ERROR is done", { enable, fail_once }, reset_error },
	{ "while RESET_BLOCK is done", { enable, fail_once }, reset_block },
};
#define CHANGES (sizeof(changes) / sizeof(changes[0]))

static void test_permanent_error_is_not_lost(void **state)
{
	const struct change *change = *state;
	unsigned lost = 0, before;
	void *fixture;

	strike_or_skip();
	fixture_setup(&fixture);
	fixture_add(fixture, 1, "lpar");
	function = zpci_list_find_fid(((struct fixture *)fixture)->firmware, FID + 1);
	errors = 0;
	zpci_function_lock(function);
	strike_begin(permanent_error);
	while (errors < ERRORS) {
		zpci_function_become_disabled(function);
		change->before[0]();
		change->before[1]();
		before = errors;
		change->change();
		if (errors != before)
			lost += zpci_function_state(function) != ZPCI_STATE_PERMANENT;
	}
	strike_end();
	zpci_function_unlock(function);
	fixture_teardown(&fixture);
	assert_int_equal(lost, 0);
}

int main(void)
{
	struct CMUnitTest tests[CHANGES];

	for (unsigned i = 0; i < CHANGES; i++)
		tests[i] = (struct CMUnitTest){ .name = changes[i].name,
						.test_func = test_permanent_error_is_not_lost,
						.initial_state = (void *)&changes[i] };
	return _cmocka_run_group_tests("a permanent error is not lost", tests, CHANGES, NULL, NULL);
}
