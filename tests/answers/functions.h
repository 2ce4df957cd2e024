/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * functions.h - the functions that the table asks, for a firmware of this process. They are the
 * same that tests/guest/answers.t gives to the plugin.
 */
#ifndef TESTS_ANSWERS_FUNCTIONS_H
#define TESTS_ANSWERS_FUNCTIONS_H

#include <zpci/firmware.h>

struct functions {
	struct zpci_adapter *probe, *null;
};

/* Makes the adapters: 0, or an error. */
int functions_make(struct functions *functions);
void functions_unmake(struct functions *functions);
/* Plugs all functions of the table. */
int functions_add_all(const struct functions *functions, struct zpci_firmware *firmware);
/* Plugs one like number @index of the table, with another FID and VF. */
int functions_add(const struct functions *functions, struct zpci_firmware *firmware, unsigned index,
		  uint32_t fid, unsigned vf, bool standby);

#endif
