// SPDX-License-Identifier: GPL-2.0-or-later
/* zpci-inspect joins reports, and reads files whose size nobody tells it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "zpci/inventory/file.h"
#include "zpci/inspect/levels.h"

#define LARGE 200000

/* A file with @size bytes of @text, or of the letter x if @text is NULL; the caller removes it. */
static void write_file(char path[32], const char *text, size_t size)
{
	FILE *file;
	int fd;

	strcpy(path, "/tmp/zpci-levels.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	for (size_t i = 0; i < size; i++)
		fputc(text ? text[i] : 'x', file);
	assert_int_equal(fclose(file), 0);
}

/* What levels_report() writes for two files; @rc is what it must return. */
static char *joined(const char *one, const char *two, int rc, struct problem *problem)
{
	const char *const paths[] = { one, two };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(levels_report(out, paths, 2, problem), rc);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void reports_become_one_object(void **state)
{
	struct problem problem;
	char one[32], two[32], *text;

	(void)state;
	write_file(one, "{\n  \"a\": 1\n}\n", 14);
	write_file(two, "{\"b\": []}", 9);
	text = joined(one, two, 0, &problem);
	assert_string_equal(text,
			    "{\n  \"level1\": {\n  \"a\": 1\n},\n  \"level2\": {\"b\": []}\n}\n");
	free(text);
	unlink(one);
	unlink(two);
}

/* Whether a second report of @text is refused, with the reason. */
static void check_refused(const char *text)
{
	struct problem problem;
	char one[32], two[32];

	write_file(one, "{}", 2);
	write_file(two, text, strlen(text));
	free(joined(one, two, -1, &problem));
	assert_non_null(strstr(problem.text, two));
	assert_non_null(strstr(problem.text, "this is no JSON object"));
	unlink(one);
	unlink(two);
}

static void a_cut_report_is_refused(void **state)
{
	(void)state;
	check_refused("");
	check_refused("\n");
	check_refused("{");
	check_refused("{\"a\": 1");
	check_refused("a message {}\n");
}

static void a_missing_report_is_refused(void **state)
{
	struct problem problem;

	(void)state;
	free(joined("/nowhere/one", "/nowhere/two", -1, &problem));
	assert_string_equal(problem.text, "/nowhere/one: No such file or directory");
}

static void files_are_read_up_to_the_limit(void **state)
{
	char path[32], *data;
	size_t size;

	(void)state;
	write_file(path, NULL, LARGE);
	data = file_read(path, LARGE, &size);
	assert_non_null(data);
	assert_int_equal(size, LARGE);
	assert_int_equal(strlen(data), LARGE);
	free(data);
	assert_null(file_read(path, LARGE - 1, &size));
	assert_int_equal(errno, EFBIG);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_become_one_object),
		cmocka_unit_test(a_cut_report_is_refused),
		cmocka_unit_test(a_missing_report_is_refused),
		cmocka_unit_test(files_are_read_up_to_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
