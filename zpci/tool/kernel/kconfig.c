// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kconfig.h"

/* That of a distribution has 300 KB. */
#define SIZE_LIMIT (16 << 20)

static int read_text(FILE *from, char *text, size_t size)
{
	size_t length = fread(text + 1, 1, size, from);

	if (ferror(from))
		return -EIO;
	text[0] = '\n';
	text[1 + length] = '\n';
	text[2 + length] = '\0';
	/* A search must not end early. */
	return strlen(text) == length + 2 ? 0 : -EINVAL;
}

int kconfig_read(struct kconfig *config, const char *path)
{
	FILE *from = fopen(path, "re");
	struct stat status;
	int rc;

	*config = (struct kconfig){ 0 };
	if (!from)
		return -errno;
	if (fstat(fileno(from), &status) || !S_ISREG(status.st_mode) ||
	    status.st_size > SIZE_LIMIT) {
		fclose(from);
		return -EINVAL;
	}
	config->text = malloc(status.st_size + 3);
	rc = config->text ? read_text(from, config->text, status.st_size) : -ENOMEM;
	fclose(from);
	if (rc)
		kconfig_free(config);
	return rc;
}

void kconfig_free(struct kconfig *config)
{
	free(config->text);
	config->text = NULL;
}

char kconfig_get(const struct kconfig *config, const char *option)
{
	size_t length = strlen(option);
	const char *at = config->text;

	while ((at = strstr(at, option))) {
		if (at[-1] == '\n' && at[length] == '=') {
			at += length + 1;
			return (*at == 'm' || *at == 'n') && at[1] == '\n' ? *at : 'y';
		}
		at += length;
	}
	return 'n';
}

/* "# Linux/s390 7.2.12 Kernel Configuration" */
int kconfig_architecture(const struct kconfig *config, char name[KCONFIG_ARCHITECTURE])
{
	static const char before[] = "\n# Linux/";
	const char *at = strstr(config->text, before);
	size_t length;

	if (!at)
		return -1;
	at += strlen(before);
	length = strcspn(at, " \n");
	if (at[length] != ' ' || length >= KCONFIG_ARCHITECTURE)
		return -1;
	memcpy(name, at, length);
	name[length] = '\0';
	return 0;
}
