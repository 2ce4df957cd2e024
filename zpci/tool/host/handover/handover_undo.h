/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handover_undo.h - after a step failed: everything as it was before. */
#ifndef ZPCI_TOOL_HOST_HANDOVER_UNDO_H
#define ZPCI_TOOL_HOST_HANDOVER_UNDO_H

#include "handover.h"

/*
 * Makes the running guest, its definition and the host's driver what they were before. Each step
 * that fails is a message that says what is left, and how to undo it by hand. Returns true if
 * everything is as it was.
 */
bool handover_undo(struct handover *handover);

#endif
