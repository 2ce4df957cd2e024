// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-device-adapter.c - adapters are made, their functions are lent, models are found by name.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <zpci/device.h>

#include "strike.h"

#define PCHID 0x1c0

static unsigned messages;
static char last_message[512];

static void log_message(void *opaque, enum zpci_log_level level, const char *message)
{
	(void)opaque, (void)level;
	messages++;
	strncpy(last_message, message, sizeof(last_message) - 1);
}

static const struct zpci_adapter_options options = {
	.size = sizeof(options),
	.vfs = 4,
	.logger = { .log = log_message },
};

static const struct zpci_services services = { .logger = { .log = log_message } };

static struct zpci_adapter *create(const char *model)
{
	struct zpci_adapter *adapter = NULL;

	assert_int_equal(zpci_adapter_create(zpci_model_find(model), PCHID, &options, &adapter), 0);
	assert_non_null(adapter);
	return adapter;
}

/* A caller's own model, which counts calls. */
static int creates, destroys, open_rc;

static int counting_create(const struct zpci_adapter_options *asked, void **adapter)
{
	(void)asked;
	creates++;
	*adapter = &creates;
	return 0;
}

static void counting_destroy(void *adapter)
{
	assert_ptr_equal(adapter, &creates);
	destroys++;
}

static int counting_open(void *adapter, unsigned vf, const struct zpci_services *given,
			 struct zpci_identity *identity, void **device)
{
	(void)vf, (void)given;
	identity->vendor_id = 0x1234;
	*device = adapter;
	return open_rc;
}

static void nothing(void *device)
{
	(void)device;
}

static struct zpci_model counting(void)
{
	struct zpci_model model = *zpci_model_find("replica");

	model.name = "counting";
	model.create = counting_create;
	model.destroy = counting_destroy;
	model.open = counting_open;
	model.close = nothing;
	creates = destroys = open_rc = 0;
	return model;
}

static void models_are_found_by_name(void **state)
{
	(void)state;
	assert_string_equal(zpci_model_find("null")->name, "null");
	assert_string_equal(zpci_model_find("probe")->name, "probe");
	assert_null(zpci_model_find("prob"));
	assert_null(zpci_model_find(""));
}

static void models_are_listed_until_null(void **state)
{
	unsigned count = 0;

	(void)state;
	for (; zpci_model_get(count); count++)
		assert_ptr_equal(zpci_model_find(zpci_model_get(count)->name),
				 zpci_model_get(count));
	assert_true(count >= 2);
	assert_null(zpci_model_get(count + 1));
	assert_null(zpci_model_get(UINT32_MAX));
}

static void adapter_has_pchid_vfs_and_model(void **state)
{
	struct zpci_adapter *adapter = create("null");

	(void)state;
	assert_int_equal(zpci_adapter_pchid(adapter), PCHID);
	assert_int_equal(zpci_adapter_vfs(adapter), 4);
	assert_string_equal(zpci_adapter_model(adapter)->name, "null");
	zpci_adapter_unref(adapter);
	zpci_adapter_unref(NULL);
}

static void refuse(const struct zpci_model *model, uint16_t pchid,
		   const struct zpci_adapter_options *asked, const char *message)
{
	struct zpci_adapter *adapter;

	last_message[0] = 0;
	assert_int_equal(zpci_adapter_create(model, pchid, asked, &adapter), -EINVAL);
	assert_non_null(strstr(last_message, message));
}

static void wrong_options_are_refused(void **state)
{
	struct {
		struct zpci_adapter_options known;
		unsigned char unknown[8];
	} later = { .known = options };
	struct zpci_adapter_options wrong = options;
	struct zpci_adapter *adapter;

	(void)state;
	refuse(zpci_model_find("null"), 0, &options, "adapter 0x0000: ");
	wrong.vfs = 256;
	refuse(zpci_model_find("null"), PCHID, &wrong, "0x01c0");
	wrong = options;
	wrong.size = offsetof(struct zpci_adapter_options, logger);
	refuse(zpci_model_find("null"), PCHID, &wrong, ""); /* too short for its logger */
	later.known.size = sizeof(later);
	later.unknown[7] = 1;
	refuse(zpci_model_find("null"), PCHID, &later.known, "are not 0 at byte 0x37");
	later.unknown[7] = 0;
	assert_int_equal(
		zpci_adapter_create(zpci_model_find("null"), PCHID, &later.known, &adapter), 0);
	zpci_adapter_unref(adapter);
}

static void incomplete_models_are_refused(void **state)
{
	struct zpci_model model;

	(void)state;
	refuse(NULL, PCHID, &options, "unknown or incomplete");
#define WITHOUT(member)                                                                            \
	do {                                                                                       \
		model = counting();                                                                \
		memset(&model.member, 0, sizeof(model.member));                                    \
		refuse(&model, PCHID, &options, "incomplete");                                     \
	} while (0)
	WITHOUT(size);
	WITHOUT(name);
	WITHOUT(help);
	WITHOUT(create);
	WITHOUT(destroy);
	WITHOUT(open);
	WITHOUT(close);
	WITHOUT(config_read);
	WITHOUT(config_write);
	WITHOUT(bar_read);
	WITHOUT(bar_write);
	WITHOUT(reset);
	WITHOUT(quiesce);
	WITHOUT(resume);
	model = counting();
	model.name = "Upper";
	refuse(&model, PCHID, &options, "incomplete");
	assert_int_equal(creates, 0);
}

/* A model that was compiled before drain() existed has none. It is copied, so that its owner may
 * free it. */
static void older_and_newer_models_are_accepted(void **state)
{
	struct {
		struct zpci_model known;
		unsigned char unknown[8];
	} later = { .known = counting() };
	struct zpci_model before = counting();
	struct zpci_adapter *adapter;

	(void)state;
	before.size = offsetof(struct zpci_model, drain);
	before.drain = (int (*)(void *, bool))(uintptr_t)1; /* behind its end: ignored */
	assert_int_equal(zpci_adapter_create(&before, PCHID, &options, &adapter), 0);
	memset(&before, 0, sizeof(before));
	assert_null(zpci_adapter_model(adapter)->drain);
	assert_int_equal(zpci_adapter_model(adapter)->size, sizeof(struct zpci_model));
	assert_string_equal(zpci_adapter_model(adapter)->name, "counting");
	zpci_adapter_unref(adapter);
	assert_int_equal(destroys, 1);

	before = counting();
	before.size = offsetof(struct zpci_model, resume);
	refuse(&before, PCHID, &options, "incomplete");
	later.known.size = sizeof(later);
	later.unknown[7] = 1;
	refuse(&later.known, PCHID, &options, "incomplete");
	later.unknown[7] = 0;
	assert_int_equal(zpci_adapter_create(&later.known, PCHID, &options, &adapter), 0);
	zpci_adapter_unref(adapter);
}

/* A borrower with an older, shorter identity gets that many bytes. */
static void identity_has_the_size_of_the_borrower(void **state)
{
	struct zpci_adapter *adapter = create("null");
	struct zpci_identity identity;
	void *pf;

	(void)state;
	memset(&identity, 0xa5, sizeof(identity));
	identity.size = offsetof(struct zpci_identity, device_id);
	assert_int_equal(zpci_adapter_borrow(adapter, 0, &services, &identity, &pf), 0);
	assert_int_equal(identity.size, offsetof(struct zpci_identity, device_id));
	assert_int_equal(identity.vendor_id, 0x1234);
	assert_int_equal(identity.device_id, 0xa5a5);
	zpci_adapter_give_back(adapter, 0, pf);
	zpci_adapter_unref(adapter);
}

static void function_is_lent_once(void **state)
{
	struct zpci_adapter *adapter = create("null");
	struct zpci_identity identity = { .size = sizeof(identity) };
	void *pf, *vf, *again;

	(void)state;
	assert_int_equal(zpci_adapter_borrow(adapter, 0, &services, &identity, &pf), 0);
	assert_int_equal(zpci_adapter_borrow(adapter, 4, &services, &identity, &vf), 0);
	last_message[0] = 0;
	assert_int_equal(zpci_adapter_borrow(adapter, 4, &services, &identity, &again), -EBUSY);
	assert_non_null(strstr(last_message, "0x01c0"));
	assert_int_equal(zpci_adapter_borrow(adapter, 5, &services, &identity, &again), -EINVAL);
	zpci_adapter_give_back(adapter, 4, vf);
	assert_int_equal(zpci_adapter_borrow(adapter, 4, &services, &identity, &vf), 0);
	zpci_adapter_give_back(adapter, 0, pf);
	zpci_adapter_give_back(adapter, 4, vf);
	zpci_adapter_unref(adapter);
}

static void function_whose_open_fails_is_not_lent(void **state)
{
	const struct zpci_model model = counting();
	struct zpci_adapter *adapter;
	struct zpci_identity identity = { .size = sizeof(identity) };
	void *device;

	(void)state;
	assert_int_equal(zpci_adapter_create(&model, PCHID, &options, &adapter), 0);
	open_rc = -ENOMEM;
	assert_int_equal(zpci_adapter_borrow(adapter, 1, &services, &identity, &device), -ENOMEM);
	open_rc = 0;
	assert_int_equal(zpci_adapter_borrow(adapter, 1, &services, &identity, &device), 0);
	zpci_adapter_give_back(adapter, 1, device);
	assert_int_equal(destroys, 0);
	zpci_adapter_unref(adapter);
	assert_int_equal(destroys, 1);
}

static void adapter_lives_until_its_functions_are_back(void **state)
{
	const struct zpci_model model = counting();
	struct zpci_adapter *adapter;
	struct zpci_identity identity = { .size = sizeof(identity) };
	void *device;

	(void)state;
	assert_int_equal(zpci_adapter_create(&model, PCHID, NULL, &adapter), 0);
	assert_int_equal(zpci_adapter_vfs(adapter), 0);
	assert_ptr_equal(zpci_adapter_ref(adapter), adapter);
	assert_int_equal(zpci_adapter_borrow(adapter, 0, &services, &identity, &device), 0);
	zpci_adapter_unref(adapter);
	zpci_adapter_unref(adapter);
	assert_int_equal(destroys, 0);
	zpci_adapter_give_back(adapter, 0, device);
	assert_int_equal(destroys, 1);
}

/* --- references from several threads --------------------------------------------------------- */

static struct zpci_adapter *shared;
static volatile unsigned taken;

static void take_one(int signal)
{
	(void)signal;
	zpci_adapter_ref(shared);
	taken++;
}

/* Another thread takes one while this one does. */
static void no_reference_is_lost(void **state)
{
	const struct zpci_model model = counting();
	unsigned references = 1;

	(void)state;
	strike_or_skip();
	assert_int_equal(zpci_adapter_create(&model, PCHID, &options, &shared), 0);
	taken = 0;
	strike_begin(take_one);
	for (; taken < 10000; references++)
		zpci_adapter_ref(shared);
	strike_end();
	for (references += taken; references > 1 && !destroys; references--)
		zpci_adapter_unref(shared);
	assert_int_equal(destroys, 0);
	zpci_adapter_unref(shared);
	assert_int_equal(destroys, 1);
}

static unsigned contents; /* of an adapter */
static atomic_bool given_back;

static void look_at_contents(void *adapter)
{
	counting_destroy(adapter);
	assert_int_equal(contents, 1);
}

static void *use_and_unref(void *opaque)
{
	contents = 1;
	zpci_adapter_unref(opaque);
	atomic_store_explicit(&given_back, true, memory_order_relaxed);
	return NULL;
}

/* For the thread sanitizer: who destroys the adapter comes after all others. */
static void destruction_is_ordered_after_use(void **state)
{
	struct zpci_model model = counting();
	struct zpci_adapter *adapter;
	pthread_t thread;

	(void)state;
	model.destroy = look_at_contents;
	contents = 0;
	given_back = false;
	assert_int_equal(zpci_adapter_create(&model, PCHID, &options, &adapter), 0);
	zpci_adapter_ref(adapter);
	assert_int_equal(pthread_create(&thread, NULL, use_and_unref, adapter), 0);
	while (!atomic_load_explicit(&given_back, memory_order_relaxed))
		sched_yield();
	zpci_adapter_unref(adapter);
	pthread_join(thread, NULL);
	assert_int_equal(destroys, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(models_are_found_by_name),
		cmocka_unit_test(models_are_listed_until_null),
		cmocka_unit_test(adapter_has_pchid_vfs_and_model),
		cmocka_unit_test(wrong_options_are_refused),
		cmocka_unit_test(incomplete_models_are_refused),
		cmocka_unit_test(older_and_newer_models_are_accepted),
		cmocka_unit_test(identity_has_the_size_of_the_borrower),
		cmocka_unit_test(function_is_lent_once),
		cmocka_unit_test(function_whose_open_fails_is_not_lent),
		cmocka_unit_test(adapter_lives_until_its_functions_are_back),
		cmocka_unit_test(no_reference_is_lost),
		cmocka_unit_test(destruction_is_ordered_after_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
