// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Adapter interruptions (reference section 6).
 *
 * The guest registers for each function a vector of indicator bits (AIBV) and one summary bit (in
 * AISB). A message with number n sets bit AIBV[offset + n], then tests and sets the summary bit. If
 * the summary bit was clear, the message presents an adapter interruption on the ISC. Without
 * summary notification each message presents one. The order matters: a guest that sees the summary
 * bit must find the indicator.
 *
 * The bits are set under the lock, so that none of them changes after DEREG_INT, disable or a
 * function-level reset. Presenting may need the machine's big lock, so it comes after all locks are
 * released, also those of other functions.
 */
#include "zpci/function/interruption.h"

#include <zpci/event.h>

#include "zpci/function/state.h"

static struct zpci_indicators decode(const struct zpci_fib *fib)
{
	uint32_t word = zpci_be32_get(fib->interruption);

	return (struct zpci_indicators){
		.isc = (word & ZPCI_FIB_INT_ISC_MASK) >> ZPCI_FIB_INT_ISC_SHIFT,
		.vectors = (word & ZPCI_FIB_INT_NOI_MASK) >> ZPCI_FIB_INT_NOI_SHIFT,
		.aibv = zpci_be64_get(fib->aibv),
		.aibv_offset = (word & ZPCI_FIB_INT_AIBVO_MASK) >> ZPCI_FIB_INT_AIBVO_SHIFT,
		.summary = word & ZPCI_FIB_INT_SUM,
		.aisb = zpci_be64_get(fib->aisb),
		.aisb_offset = word & ZPCI_FIB_INT_AISBO_MASK,
	};
}

/* Whether bit @bit of the vector at @address is in main storage. */
static bool is_there(struct zpci_function *function, uint64_t address, uint64_t bit)
{
	const struct zpci_function_parent *parent = function->parent;
	uint8_t byte;

	/* Storage does not go on at 0 behind the last address. */
	return bit / 8 <= UINT64_MAX - address &&
	       !parent->machine_ops.read_absolute(parent->machine, address + bit / 8, &byte, 1);
}

/* Whether both ends of the vector, and the summary bit, are there. If not, the guest is told now,
 * and its function does not fail later, at its first message. */
static bool reachable(struct zpci_function *function, const struct zpci_indicators *wanted)
{
	uint64_t first = wanted->aibv_offset;
	uint64_t last = first + (wanted->vectors ? wanted->vectors - 1 : 0);

	return is_there(function, wanted->aibv, first) && is_there(function, wanted->aibv, last) &&
	       (!wanted->summary || is_there(function, wanted->aisb, wanted->aisb_offset));
}

uint8_t zpci_interruption_register(struct zpci_function *function, const struct zpci_fib *fib)
{
	struct zpci_interruption *interruption = &function->interruption;
	struct zpci_indicators wanted = decode(fib);
	uint8_t status = 0;

	zpci_function_assert_locked(function);
	pthread_mutex_lock(&interruption->lock);
	if (interruption->registered) {
		status = ZPCI_STATUS_SEQUENCE;
	} else if (!reachable(function, &wanted)) {
		status = ZPCI_STATUS_NOT_AVAILABLE;
	} else {
		interruption->indicators = wanted;
		interruption->registered = true;
	}
	pthread_mutex_unlock(&interruption->lock);
	return status;
}

uint8_t zpci_interruption_deregister(struct zpci_function *function)
{
	struct zpci_interruption *interruption = &function->interruption;
	bool was;

	zpci_function_assert_locked(function);
	pthread_mutex_lock(&interruption->lock);
	was = interruption->registered;
	interruption->registered = false;
	pthread_mutex_unlock(&interruption->lock);
	return was ? 0 : ZPCI_STATUS_SEQUENCE;
}

/* Sets bit @bit (MSB-0) of the vector at @address; *@was: it was set before. */
static bool set_bit(struct zpci_function *function, uint64_t address, uint64_t bit, bool *was)
{
	const struct zpci_function_parent *parent = function->parent;
	uint8_t mask = (uint8_t)(0x80 >> bit % 8);
	uint8_t old;

	if (parent->machine_ops.or_absolute(parent->machine, address + bit / 8, mask, &old)) {
		zpci_function_fail(function, ZPCI_PEC_INTERRUPTION_STORAGE, address);
		return false;
	}
	*was = old & mask;
	return true;
}

uint8_t zpci_interruption_signal(struct zpci_function *function, uint32_t number)
{
	const struct zpci_interruption *interruption = &function->interruption;
	const struct zpci_indicators *to = &interruption->indicators;
	bool was;

	if (!interruption->registered || number >= to->vectors ||
	    zpci_function_state(function) != ZPCI_STATE_ENABLED)
		return 0;
	if (!set_bit(function, to->aibv, (uint64_t)to->aibv_offset + number, &was))
		return 0;
	if (to->summary && (!set_bit(function, to->aisb, to->aisb_offset, &was) || was))
		return 0;
	return (uint8_t)(1u << to->isc);
}

void zpci_interruption_drain(struct zpci_function *function)
{
	pthread_mutex_lock(&function->interruption.lock);
	pthread_mutex_unlock(&function->interruption.lock);
}
