/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysfs.h - small files of sysfs, and PCI addresses. */
#ifndef ZPCI_INVENTORY_SYSFS_H
#define ZPCI_INVENTORY_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

/* Domain, bus, device and function, as in 0005:00:00.0. */
struct pci_address {
	uint32_t domain;
	uint8_t bus;
	uint8_t devfn;
};

#define PCI_ADDRESS_SIZE 24

/* Accepts DDDD:BB:DD.F in hexadecimal; the domain has one to eight digits, the rest exactly
 * these. */
bool pci_address_parse(const char *text, struct pci_address *address);
bool pci_address_same(const struct pci_address *a, const struct pci_address *b);
void pci_address_print(const struct pci_address *address, char text[PCI_ADDRESS_SIZE]);

/* For a path in sysfs. A longer path becomes "", which cannot be opened. */
#define SYSFS_PATH_SIZE 1024

/* sysfs is at @folder, which must stay valid, instead of at /sys. A process looks at one Linux, so
 * it says so once, before anything is read. */
void sysfs_set_root(const char *folder);
/* Whether it is the sysfs of the kernel that this process runs on, so that /dev and /proc belong to
 * it. */
bool sysfs_is_own(void);
/* The path of what @format names below the root, such as "bus/pci/slots". */
void sysfs_path(char path[SYSFS_PATH_SIZE], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The path of a device's file; @address is that of its function. */
void sysfs_device_path(char path[SYSFS_PATH_SIZE], const char *address, const char *file);

/* The path of @file in the /proc of the same Linux: beside the folder of sysfs. */
void sysfs_proc_path(char path[SYSFS_PATH_SIZE], const char *file);

/* The first line of the file at @path, if @size is enough for it. Nothing here waits, whatever kind
 * of file it is. */
int sysfs_read_text(const char *path, char *text, size_t size, struct problem *problem);
/* At most @max bytes of the file at @path. */
int sysfs_read_bytes(const char *path, void *bytes, size_t max, size_t *size,
		     struct problem *problem);
/* @text as a number of at most @max, decimal, or hexadecimal after 0x; nothing else is in it. */
bool sysfs_parse_number(const char *text, uint64_t max, uint64_t *value);
/* The file at @path as a number of at most @max, decimal, or hexadecimal after 0x. */
int sysfs_read_number(const char *path, uint64_t max, uint64_t *value, struct problem *problem);
int sysfs_write(const char *path, const char *text, struct problem *problem);
/* The last part of the target of a device's symbolic link, with ? for control characters; false if
 * there is none, or if it is longer than @size. */
bool sysfs_read_link(const char *address, const char *link, char *name, size_t size);
/* The little-endian value of @size bytes at @offset of a function's configuration space. */
int sysfs_read_config(const char *address, unsigned int offset, size_t size, uint64_t *value,
		      struct problem *problem);

#endif
