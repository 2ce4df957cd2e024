// SPDX-License-Identifier: GPL-2.0-or-later
/* levels.c - see levels.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "levels.h"
#include "zpci/inventory/file.h"
#include "zpci/util/json.h"

#define REPORT_MAX (16u << 20)

static int add_level(struct json *j, const char *key, const char *path, struct problem *problem)
{
	size_t size;
	char *text = file_read(path, REPORT_MAX, &size);
	int rc = 0;

	if (!text)
		return problem_set(problem, "%s: %s", path, strerror(errno));
	while (size && strchr(" \r\n", text[size - 1]))
		text[--size] = '\0';
	if (size < 2 || text[0] != '{' || text[size - 1] != '}')
		rc = problem_set(problem, "%s: this is no JSON object", path);
	else
		json_text(j, key, text);
	free(text);
	return rc;
}

int levels_report(FILE *out, const char *const *paths, size_t count, struct problem *problem)
{
	struct json j = { .out = out };
	char key[32];

	json_open_object(&j, NULL);
	for (size_t i = 0; i < count; i++) {
		snprintf(key, sizeof(key), "level%zu", i + 1);
		if (add_level(&j, key, paths[i], problem))
			return -1;
	}
	json_close_object(&j);
	return 0;
}
