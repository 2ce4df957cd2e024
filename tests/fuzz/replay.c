// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.c - runs a target over files, without libFuzzer.
 *
 *	TARGET [FILE|FOLDER]...     default: the target's corpus in the tree
 *
 * Each compiler and machine tries former findings again. A violated oracle ends in abort(), after
 * the name of the input.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_MAX (1u << 20)
/* An input takes milliseconds; one that hangs fails. */
#define SECONDS_MAX 120

static unsigned inputs;

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	size_t size;

	if (!file) {
		perror(path);
		return 1;
	}
	data = malloc(INPUT_MAX);
	fuzz_must(data);
	size = fread(data, 1, INPUT_MAX, file);
	fclose(file);
	/* Of the exact size, so that a sanitizer sees reads behind it. */
	data = realloc(data, size ? size : 1);
	fuzz_must(data);
	printf("%s\n", path);
	fflush(stdout);
	alarm(SECONDS_MAX);
	LLVMFuzzerTestOneInput(data, size);
	alarm(0);
	free(data);
	inputs++;
	return 0;
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run_folder(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, no_dots, alphasort);
	int failed = count < 0;

	if (failed)
		perror(path);
	for (int i = 0; i < count; i++) {
		char name[4096];

		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		failed |= run_file(name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return failed;
}

static int run(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISDIR(status.st_mode) ? run_folder(path) : run_file(path);
}

int main(int argc, char **argv)
{
	const char *source = getenv("srcdir");
	char corpus[4096];
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= run(argv[i]);
	if (argc == 1) {
		snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus/%s", source ? source : ".",
			 fuzz_name);
		failed = run(corpus);
	}
	/* Else a missing corpus would pass. */
	printf("%u inputs\n", inputs);
	return failed || !inputs;
}
