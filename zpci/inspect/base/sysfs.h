/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysfs.h - small files of sysfs, and PCI addresses. ROOT is "/sys", or a copy for tests. */
#ifndef INSPECT_SYSFS_H
#define INSPECT_SYSFS_H

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

/* Takes exactly DDDD:BB:DD.F, all hexadecimal, of one to eight digits for the domain. */
bool pci_address_parse(const char *text, struct pci_address *address);
void pci_address_print(const struct pci_address *address, char text[PCI_ADDRESS_SIZE]);

/* The path ROOT/bus/pci/devices/ADDRESS/FILE; cut paths fail to open. */
#define SYSFS_PATH_SIZE 320

/* The file at PATH without its trailing newline. */
int sysfs_read_text(const char *path, char *text, size_t size, struct problem *problem);
/* The file at PATH as a number, decimal or after 0x hexadecimal, not above MAX. */
int sysfs_read_number(const char *path, uint64_t max, uint64_t *value, struct problem *problem);
int sysfs_write(const char *path, const char *text, struct problem *problem);
/* The last part of the target of the symbolic link at PATH; false if there is none. */
bool sysfs_read_link(const char *path, char *name, size_t size);
/* SIZE bytes at OFFSET of a function's configuration space, little-endian. */
int sysfs_read_config(const char *root, const char *address, unsigned int offset, size_t size,
		      uint64_t *value, struct problem *problem);

#endif
