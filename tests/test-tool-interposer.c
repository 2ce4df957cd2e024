// SPDX-License-Identifier: GPL-2.0-or-later
/* What QEMU gets with --accel kvm: its environment, and a file that the dynamic loader can load. */
#define _GNU_SOURCE 1

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "zpci/tool/boot/interposer.h"
#include "zpci/tool/message.h"

/* Instead of the one that prints. */
static char message[512];

void tool_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
}

/* --- the environment ------------------------------------------------------------------------- */

static void has(const struct tool_list *list, const char *variable)
{
	size_t i, count = 0;

	assert_false(list->failed);
	for (i = 0; i < list->count; i++)
		count += !strcmp(list->items[i], variable);
	if (count != 1)
		print_error("%zu times: %s\n", count, variable);
	assert_int_equal(count, 1);
}

static const char *const specs[] = { "probe,vf=3,fid=0x1021", "null,vf=1" };

static struct tool_list settings(const char *others)
{
	const struct boot_setup setup = {
		.accel = BOOT_KVM,
		.control = "/run/a b",
		.functions = { .config = "my.conf", .specs = specs, .count = 2 },
	};
	struct tool_list list = { 0 };

	tool_interposer_settings(&list, &setup, "/lib/zpci-kvm.so", others);
	return list;
}

static void options_become_variables(void **state)
{
	struct tool_list list;

	(void)state;
	list = settings(NULL);
	has(&list, "LD_PRELOAD=/lib/zpci-kvm.so");
	has(&list, "ZPCI_CONFIG=my.conf");
	has(&list, "ZPCI_FUNCTION=probe:vf=3:fid=0x1021 null:vf=1");
	has(&list, "ZPCI_CONTROL=/run/a b");
	assert_int_equal(list.count, 4);
	tool_list_free(&list);
}

static void what_is_not_given_is_not_set(void **state)
{
	const struct boot_setup setup = { .accel = BOOT_KVM };
	struct tool_list list = { 0 };

	(void)state;
	tool_interposer_settings(&list, &setup, "/lib/zpci-kvm.so", NULL);
	assert_int_equal(list.count, 1);
	tool_list_free(&list);
}

static void objects_of_the_user_stay(void **state)
{
	struct tool_list list;

	(void)state;
	list = settings("");
	has(&list, "LD_PRELOAD=/lib/zpci-kvm.so");
	tool_list_free(&list);
	setenv("LD_PRELOAD", "/lib/mine.so", 1);
	list = settings(getenv("LD_PRELOAD"));
	has(&list, "LD_PRELOAD=/lib/zpci-kvm.so:/lib/mine.so");
	tool_interposer_inherit(&list);
	has(&list, "LD_PRELOAD=/lib/zpci-kvm.so:/lib/mine.so");
	unsetenv("LD_PRELOAD");
	tool_list_free(&list);
}

/* Only options say what the functions are. Other variables are the user's, and some are ours. */
static void others_are_inherited(void **state)
{
	struct tool_list list;
	size_t i;

	(void)state;
	setenv("ZPCI_CONFIG", "other.conf", 1);
	setenv("ZPCI_FUNCTION", "null", 1);
	setenv("ZPCI_CONTROL", "other", 1);
	setenv("ZPCI_CONTROLLER", "kept", 1);
	setenv("ZPCI_RECORD", "trace", 1);
	setenv("LD_PRELOADED", "kept", 1);
	list = settings(NULL);
	tool_interposer_inherit(&list);
	has(&list, "ZPCI_CONFIG=my.conf");
	has(&list, "ZPCI_CONTROLLER=kept");
	has(&list, "ZPCI_RECORD=trace");
	has(&list, "LD_PRELOADED=kept");
	for (i = 0; i < list.count; i++) {
		assert_string_not_equal(list.items[i], "ZPCI_CONFIG=other.conf");
		assert_string_not_equal(list.items[i], "ZPCI_FUNCTION=null");
		assert_string_not_equal(list.items[i], "ZPCI_CONTROL=other");
	}
	assert_null(list.items[list.count]);
	tool_list_free(&list);
}

static void a_blank_in_a_function_is_refused(void **state)
{
	static const char *const blank[] = { "null,vf=1", "null,vf=2,utility-string=A B" };
	static const char *const tab[] = { "null,vf=2,utility-string=A\tB" };
	static const char *const line[] = { "null,vf=2,utility-string=A\nB" };
	const struct tool_functions good = { .specs = specs, .count = 2 };
	const struct tool_functions bad = { .specs = blank, .count = 2 };
	const struct tool_functions tabbed = { .specs = tab, .count = 1 };
	const struct tool_functions lines = { .specs = line, .count = 1 };

	(void)state;
	assert_int_equal(tool_interposer_check(&good), 0);
	assert_int_equal(tool_interposer_check(&bad), -1);
	assert_non_null(strstr(message, "--function null,vf=2,utility-string=A B: "));
	assert_non_null(strstr(message, "--config"));
	assert_int_equal(tool_interposer_check(&tabbed), -1);
	assert_int_equal(tool_interposer_check(&lines), -1);
}

/* --- the file -------------------------------------------------------------------------------- */

/* The beginning of an s390x object, as `readelf -h` shows it. */
static const unsigned char s390x[64] = { 0x7f, 'E',	 'L',	   'F',	      2,       2,
					 1,    [17] = 3, [18] = 0, [19] = 22, [23] = 1 };

static char folder[] = "/tmp/zpci-test-XXXXXX";

static void put(const char *name, const void *data, size_t length)
{
	FILE *to = fopen(name, "w");

	assert_non_null(to);
	assert_int_equal(fwrite(data, 1, length, to), length);
	assert_int_equal(fclose(to), 0);
}

static void refused(const char *name, const void *data, size_t length, const char *why)
{
	put(name, data, length);
	*message = '\0';
	assert_null(tool_interposer_find(name));
	if (!strstr(message, why))
		print_error("`%s' is not in: %s\n", why, message);
	assert_non_null(strstr(message, why));
	assert_non_null(strstr(message, "--interposer"));
	unlink(name);
}

static void an_object_for_s390x_is_found(void **state)
{
	char expected[64], *found;

	(void)state;
	put("zpci-kvm.so", s390x, sizeof(s390x));
	found = tool_interposer_find("zpci-kvm.so");
	assert_non_null(found);
	snprintf(expected, sizeof(expected), "%s/zpci-kvm.so", folder);
	assert_string_equal(found, expected);
	free(found);
	unlink("zpci-kvm.so");
}

static void what_the_loader_would_ignore_is_refused(void **state)
{
	unsigned char other[64];

	(void)state;
	refused("empty", "", 0, "empty: not a shared object for s390x");
	refused("short", s390x, 63, "short: not a shared object for s390x");
	memcpy(other, s390x, 64);
	other[19] = 62; /* x86-64 */
	refused("other", other, 64, "not a shared object for s390x");
	other[18] = 62;
	other[19] = 0;
	refused("other", other, 64, "not a shared object for s390x");
	memcpy(other, s390x, 64);
	other[4] = 1; /* s390, 31 bits */
	refused("other", other, 64, "not a shared object for s390x");
	memcpy(other, s390x, 64);
	other[1] = 'e';
	refused("other", other, 64, "not a shared object for s390x");
	refused("a b.so", s390x, 64, "LD_PRELOAD cannot name");
	refused("a:b.so", s390x, 64, "LD_PRELOAD cannot name");
	assert_null(tool_interposer_find("nonexistent"));
	assert_non_null(strstr(message, "nonexistent: No such file"));
}

static int enter(void **state)
{
	(void)state;
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	return chdir("/") || rmdir(folder) ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_become_variables),
		cmocka_unit_test(what_is_not_given_is_not_set),
		cmocka_unit_test(objects_of_the_user_stay),
		cmocka_unit_test(others_are_inherited),
		cmocka_unit_test(a_blank_in_a_function_is_refused),
		cmocka_unit_test(an_object_for_s390x_is_found),
		cmocka_unit_test(what_the_loader_would_ignore_is_refused),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
