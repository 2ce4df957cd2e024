/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registers.h - which bits of a PCI config space change, and how.
 *
 * For a config space that comes from elsewhere: a device model gives it to a guest, a capture
 * writes it down. Both must know what of it was set by software or by events.
 */
#ifndef ZPCI_UTIL_REGISTERS_H
#define ZPCI_UTIL_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#define ZPCI_REGISTERS_SIZE 4096 /* of a config space (PCIe 5.0, 7.2) */

struct zpci_registers {
	uint8_t writable[ZPCI_REGISTERS_SIZE]; /* bits that keep what is written */
	uint8_t clearing[ZPCI_REGISTERS_SIZE]; /* bits that a write of 1 makes 0 (RW1C) */
	uint8_t passing[ZPCI_REGISTERS_SIZE];  /* bits that software or events set: 0 after a
						  reset. BARs are not among them */
	/* Where the capability is that has the first such ID; 0: there is none. */
	unsigned power;	  /* power management */
	unsigned vpd;	  /* vital product data */
	unsigned express; /* PCI Express */
	unsigned msix;
	unsigned sriov;
};

#define ZPCI_REGISTERS_PROBLEM 128

/*
 * zpci_registers_learn - find the registers of the config space @config.
 * @vf: the function is a VF: the PF has most of its control bits (PCIe 5.0, 9.3.4 and 9.3.5)
 * @registers: the result
 * @problem: why there is none, in a sentence without its subject
 * Returns false if a list of capabilities does not end, or if it or a register leaves the space.
 */
bool zpci_registers_learn(const uint8_t config[ZPCI_REGISTERS_SIZE], bool vf,
			  struct zpci_registers *registers, char problem[ZPCI_REGISTERS_PROBLEM]);

#endif
