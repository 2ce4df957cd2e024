/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pec.h - what each error event does to its function.
 */
#ifndef ZPCI_FUNCTION_PEC_H
#define ZPCI_FUNCTION_PEC_H

#include <stdint.h>

enum zpci_effect {
	ZPCI_EFFECT_UNKNOWN,   /* there is no such error */
	ZPCI_EFFECT_NONE,      /* it is only reported */
	ZPCI_EFFECT_ERROR,     /* the function is blocked until the guest recovers it */
	ZPCI_EFFECT_PERMANENT, /* a permanent error */
};

enum zpci_effect zpci_pec_effect(uint16_t pec);

#endif
