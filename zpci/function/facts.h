/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * facts.h - what is told of a function to readers without its lock.
 */
#ifndef ZPCI_FUNCTION_FACTS_H
#define ZPCI_FUNCTION_FACTS_H

#include "zpci/function/function.h"

/* For Query PCI function: what zpci_function_parent.tell() made, and what changes. */
struct zpci_told {
	uint8_t bytes[ZPCI_FACTS_TOLD];
	uint32_t handle;
	uint32_t bar_images[ZPCI_BARS];
};

struct zpci_listed {
	uint32_t fid;
	uint32_t ids;
	uint32_t handle;
	enum zpci_state state;
};

/* With lock held. After the first, readers find the function; after the second they do not. */
void zpci_facts_publish(struct zpci_function *function);
void zpci_facts_withdraw(struct zpci_function *function);
/* Each fills its structure with what is true of one life. False: there is no function. */
bool zpci_facts_read(const struct zpci_function *function, struct zpci_facts *facts);
bool zpci_facts_list(const struct zpci_function *function, struct zpci_listed *listed);
bool zpci_facts_tell(const struct zpci_function *function, struct zpci_told *told);

/* Whether the function is there and is @fid. */
static inline bool zpci_facts_match(const struct zpci_function *function, uint32_t fid)
{
	const struct zpci_published *published = &function->published;

	return atomic_load_explicit(&published->fid, memory_order_acquire) == fid &&
	       (atomic_load_explicit(&published->life, memory_order_acquire) & 1);
}

#endif
