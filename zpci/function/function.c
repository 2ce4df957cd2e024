// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The lock of a function, and what a thread presents when it gives it back.
 */
#include "zpci/function/function.h"

_Thread_local struct zpci_function *zpci_function_innermost;

void zpci_function_present(struct zpci_function *function, uint8_t iscs)
{
	const struct zpci_function_parent *parent = function->parent;
	struct zpci_function *locked = zpci_function_innermost;

	if (!iscs)
		return;
	if (locked && locked->parent == parent) {
		locked->deferred |= iscs; /* presented, or handed on, when it is unlocked */
		return;
	}
	if (locked) {
		parent->present_later(parent->opaque, iscs);
		return;
	}
	for (unsigned isc = 0; isc < 8; isc++)
		if (iscs & 1u << isc)
			parent->machine_ops.adapter_interruption(parent->machine, isc);
}
