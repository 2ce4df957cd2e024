// SPDX-License-Identifier: GPL-2.0-or-later
/* sysfs.c - see sysfs.h */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zpci/bytes.h>

#include "sysfs.h"

/* A hexadecimal number of @min to @max digits at *@text, which then points behind it. */
static bool hex_digits(const char **text, int min, int max, uint32_t *value)
{
	size_t digits = strspn(*text, "0123456789abcdefABCDEF");

	if (digits < (size_t)min || digits > (size_t)max)
		return false;
	*value = (uint32_t)strtoul(*text, NULL, 16);
	*text += digits;
	return true;
}

bool pci_address_parse(const char *text, struct pci_address *address)
{
	uint32_t domain, bus, device, function;

	if (!hex_digits(&text, 1, 8, &domain) || *text++ != ':' || !hex_digits(&text, 2, 2, &bus) ||
	    *text++ != ':' || !hex_digits(&text, 2, 2, &device) || *text++ != '.' ||
	    !hex_digits(&text, 1, 1, &function) || *text || device > 31 || function > 7)
		return false;
	*address = (struct pci_address){
		.domain = domain,
		.bus = (uint8_t)bus,
		.devfn = (uint8_t)(device << 3 | function),
	};
	return true;
}

bool pci_address_same(const struct pci_address *a, const struct pci_address *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->devfn == b->devfn;
}

void pci_address_print(const struct pci_address *address, char text[PCI_ADDRESS_SIZE])
{
	snprintf(text, PCI_ADDRESS_SIZE, "%04" PRIx32 ":%02x:%02x.%x", address->domain,
		 address->bus, address->devfn >> 3, address->devfn & 7u);
}

static const char *root = "/sys";

void sysfs_set_root(const char *folder)
{
	root = folder;
}

void sysfs_path(char path[SYSFS_PATH_SIZE], const char *format, ...)
{
	size_t length = (size_t)snprintf(path, SYSFS_PATH_SIZE, "%s/", root);
	va_list args;

	va_start(args, format);
	if (length < SYSFS_PATH_SIZE)
		length += (size_t)vsnprintf(path + length, SYSFS_PATH_SIZE - length, format, args);
	va_end(args);
	if (length >= SYSFS_PATH_SIZE)
		path[0] = '\0'; /* a part of it could be the path of another file */
}

void sysfs_device_path(char path[SYSFS_PATH_SIZE], const char *address, const char *file)
{
	sysfs_path(path, "bus/pci/devices/%s/%s", address, file);
}

bool sysfs_is_own(void)
{
	struct stat here, own;

	return !strcmp(root, "/sys") || (stat(root, &here) == 0 && stat("/sys", &own) == 0 &&
					 here.st_dev == own.st_dev && here.st_ino == own.st_ino);
}

void sysfs_proc_path(char path[SYSFS_PATH_SIZE], const char *file)
{
	if (sysfs_is_own())
		snprintf(path, SYSFS_PATH_SIZE, "/proc/%s", file);
	else
		sysfs_path(path, "../proc/%s", file);
}

int sysfs_read_bytes(const char *path, void *bytes, size_t max, size_t *size,
		     struct problem *problem)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n = -1;

	if (fd >= 0)
		n = read(fd, bytes, max);
	if (n < 0)
		problem_set(problem, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	*size = n < 0 ? 0 : (size_t)n;
	return n < 0 ? -1 : 0;
}

int sysfs_read_text(const char *path, char *text, size_t size, struct problem *problem)
{
	size_t n;

	if (sysfs_read_bytes(path, text, size - 1, &n, problem))
		return -1;
	text[n] = '\0';
	if (strlen(text) != n)
		return problem_set(problem, "%s: there is a zero byte in the text", path);
	if (n == size - 1 && !strchr(text, '\n'))
		return problem_set(problem, "%s: the text has more than %zu characters", path, n);
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

bool sysfs_parse_number(const char *text, uint64_t max, uint64_t *value)
{
	bool hex = strncmp(text, "0x", 2) == 0;
	const char *digits = hex ? text + 2 : text;
	size_t length = strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");

	if (!length || digits[length])
		return false;
	errno = 0;
	*value = strtoull(digits, NULL, hex ? 16 : 10);
	return !errno && *value <= max;
}

int sysfs_read_number(const char *path, uint64_t max, uint64_t *value, struct problem *problem)
{
	char text[64];

	if (sysfs_read_text(path, text, sizeof(text), problem))
		return -1;
	if (!sysfs_parse_number(text, max, value))
		return problem_set(problem, "%s: \"%s\" is no number up to %" PRIu64, path, text,
				   max);
	return 0;
}

int sysfs_write(const char *path, const char *text, struct problem *problem)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0)
		n = write(fd, text, strlen(text));
	if (n < 0)
		problem_set(problem, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

bool sysfs_read_link(const char *address, const char *link, char *name, size_t size)
{
	char path[SYSFS_PATH_SIZE], target[4096];
	const char *last;
	ssize_t n;

	sysfs_device_path(path, address, link);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	for (char *at = target; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?'; /* it goes to a terminal, and into a line of a capture */
	}
	last = strrchr(target, '/');
	return (size_t)snprintf(name, size, "%s", last ? last + 1 : target) < size;
}

int sysfs_read_config(const char *address, unsigned int offset, size_t size, uint64_t *value,
		      struct problem *problem)
{
	char path[SYSFS_PATH_SIZE];
	uint8_t bytes[8];
	ssize_t n = -1;
	int fd;

	sysfs_device_path(path, address, "config");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0)
		n = pread(fd, bytes, size, (off_t)offset);
	if (n != (ssize_t)size)
		problem_set(problem, "%s: %s", path, n < 0 ? strerror(errno) : "too short");
	if (fd >= 0)
		close(fd);
	if (n != (ssize_t)size)
		return -1;
	*value = zpci_get_le(bytes, size);
	return 0;
}
