/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine of vmm.c, as the guest in guest.c finds it. */
#ifndef VMM_H
#define VMM_H

#include <stdint.h>

#include <zpci/firmware.h>

#define STORAGE (1u << 20)

struct vm {
	uint64_t gr[16];	   /* general registers of the only CPU */
	unsigned cc;		   /* its condition code */
	uint16_t program;	   /* the program interruption that it took, 0: none */
	unsigned interruptions[8]; /* adapter interruptions presented, per subclass */
	uint8_t storage[STORAGE];
};

/* Plays an operating system; ends the process when something is not as it should be. */
void example_guest(struct vm *vm, struct zpci_firmware *firmware);

#endif
