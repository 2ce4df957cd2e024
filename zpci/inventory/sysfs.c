// SPDX-License-Identifier: GPL-2.0-or-later
/* sysfs.c - see sysfs.h */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

	if (length >= SYSFS_PATH_SIZE)
		return;
	va_start(args, format);
	vsnprintf(path + length, SYSFS_PATH_SIZE - length, format, args);
	va_end(args);
}

void sysfs_device_path(char path[SYSFS_PATH_SIZE], const char *address, const char *file)
{
	sysfs_path(path, "bus/pci/devices/%s/%s", address, file);
}

int sysfs_read_text(const char *path, char *text, size_t size, struct problem *problem)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0)
		n = read(fd, text, size - 1);
	if (n < 0)
		problem_set(problem, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return -1;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

int sysfs_read_number(const char *path, uint64_t max, uint64_t *value, struct problem *problem)
{
	char text[64], *end;

	if (sysfs_read_text(path, text, sizeof(text), problem))
		return -1;
	errno = 0;
	*value = strtoull(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
	if (errno || end == text || *end || text[0] == '-' || *value > max)
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
	char path[SYSFS_PATH_SIZE], target[512];
	const char *last;
	ssize_t n;

	sysfs_device_path(path, address, link);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	last = strrchr(target, '/');
	snprintf(name, size, "%s", last ? last + 1 : target);
	return true;
}

int sysfs_read_config(const char *address, unsigned int offset, size_t size, uint64_t *value,
		      struct problem *problem)
{
	char path[SYSFS_PATH_SIZE];
	uint8_t bytes[8];
	ssize_t n = -1;
	int fd;

	sysfs_device_path(path, address, "config");
	fd = open(path, O_RDONLY | O_CLOEXEC);
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
