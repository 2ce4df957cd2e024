// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The operations on a function, with plain arguments: load, store, store block, refresh (RPCIT),
 * modify and store controls (MPCIFC, STPCIFC). Each finds the function by its full handle, looks at
 * its state, checks the rest, and does it. Order of checks and answers: reference 2.2 to 2.6 and
 * 4.4.
 *
 * BAR accesses of 1 to 8 bytes at any alignment and across 4 KiB are allowed, which QEMU refuses,
 * because Linux guests make them (conflicts 1 and 2 of reference 2.2). Some errors are answered
 * by a status and not by a program interruption, because Linux would not survive that (reference
 * 2.0.5).
 */
#include "zpci/firmware/internal.h"

#include <string.h>

#include <zpci/bytes.h>
#include <zpci/event.h>

#include "zpci/function/bar.h"
#include "zpci/function/dma.h"
#include "zpci/function/fmb.h"
#include "zpci/function/gate.h"
#include "zpci/function/interruption.h"
#include "zpci/function/push.h"
#include "zpci/function/view.h"

static struct zpci_outcome done(void)
{
	return (struct zpci_outcome){ .cc = 0 };
}

static struct zpci_outcome refused(enum zpci_status status)
{
	return (struct zpci_outcome){ .cc = 1, .status = (uint8_t)status };
}

static struct zpci_outcome unknown_handle(void)
{
	return (struct zpci_outcome){ .cc = 3 };
}

static struct zpci_outcome program_interruption(uint16_t code)
{
	return (struct zpci_outcome){ .program_interruption = code };
}

static bool is_done(struct zpci_outcome outcome)
{
	return !outcome.program_interruption && outcome.cc == 0;
}

/* --- load and store ----------------------------------------------------------------------- */

static bool is_blocked(struct zpci_function *function)
{
	enum zpci_state state = zpci_function_state(function);

	return state == ZPCI_STATE_ERROR || state == ZPCI_STATE_PERMANENT;
}

/* The function for a load or store, locked; or NULL, and @outcome says why. */
static struct zpci_function *begin_access(struct zpci_firmware *firmware, uint32_t handle,
					  struct zpci_outcome *outcome)
{
	struct zpci_function *function = NULL;

	if (handle & ZPCI_HANDLE_ENABLED)
		function = zpci_list_lock_handle(firmware, handle);
	if (!function) {
		*outcome = unknown_handle();
		return NULL;
	}
	if (is_blocked(function)) {
		zpci_function_unlock(function);
		*outcome = refused(ZPCI_STATUS_BLOCKED);
		return NULL;
	}
	return function;
}

/* Within an aligned word: 1, 2 or 4 bytes (reference 2.2, check 6b). */
static bool config_length_ok(uint64_t offset, unsigned length)
{
	return length && length != 3 && length <= 4 - (offset & 3);
}

static struct zpci_outcome load_config(struct zpci_function *function, uint64_t offset,
				       unsigned length, uint8_t *data)
{
	if (!config_length_ok(offset, length))
		return program_interruption(ZPCI_PGM_OPERAND);
	if (offset >= ZPCI_CONFIG_SIZE || !zpci_gate_answers(function))
		memset(data, 0xff, length);
	else
		zpci_view_read(function, (unsigned)offset, data, length);
	return done();
}

static struct zpci_outcome store_config(struct zpci_function *function, uint64_t offset,
					unsigned length, const uint8_t *data)
{
	if (!config_length_ok(offset, length))
		return program_interruption(ZPCI_PGM_OPERAND);
	if (offset < ZPCI_CONFIG_SIZE && zpci_gate_answers(function))
		zpci_view_write(function, (unsigned)offset, data, length);
	return done();
}

static struct zpci_outcome load_bar(struct zpci_function *function, unsigned bar, uint64_t offset,
				    unsigned length, uint8_t *data)
{
	if (length < 1 || length > 8 || zpci_bar_read(function, bar, offset, data, length))
		return program_interruption(ZPCI_PGM_OPERAND);
	return done();
}

static struct zpci_outcome store_bar(struct zpci_function *function, unsigned bar, uint64_t offset,
				     unsigned length, const uint8_t *data)
{
	if (length < 1 || length > 8 || zpci_bar_write(function, bar, offset, data, length))
		return program_interruption(ZPCI_PGM_OPERAND);
	return done();
}

struct zpci_outcome zpci_load(struct zpci_firmware *firmware, uint32_t handle, unsigned space,
			      uint64_t offset, unsigned length, uint64_t *value)
{
	struct zpci_outcome outcome;
	uint8_t data[8];
	struct zpci_function *function = begin_access(firmware, handle, &outcome);

	if (!function)
		return outcome;
	if (space < ZPCI_BARS)
		outcome = load_bar(function, space, offset, length, data);
	else if (space == ZPCI_SPACE_CONFIG)
		outcome = load_config(function, offset, length, data);
	else
		outcome = refused(ZPCI_STATUS_ADDRESS_SPACE);
	if (is_done(outcome)) {
		zpci_fmb_count(&function->fmb, ZPCI_COUNT_LOADS, 1);
		*value = zpci_get_be(data, length);
	}
	zpci_function_unlock(function);
	return outcome;
}

struct zpci_outcome zpci_store(struct zpci_firmware *firmware, uint32_t handle, unsigned space,
			       uint64_t offset, unsigned length, uint64_t value)
{
	struct zpci_outcome outcome;
	uint8_t data[8];
	struct zpci_function *function = begin_access(firmware, handle, &outcome);

	if (!function)
		return outcome;
	if (length <= sizeof(data))
		zpci_put_be(data, length, value);
	if (space < ZPCI_BARS)
		outcome = store_bar(function, space, offset, length, data);
	else if (space == ZPCI_SPACE_CONFIG)
		outcome = store_config(function, offset, length, data);
	else
		outcome = refused(ZPCI_STATUS_ADDRESS_SPACE);
	if (is_done(outcome))
		zpci_fmb_count(&function->fmb, ZPCI_COUNT_STORES, 1);
	zpci_function_unlock(function);
	return outcome;
}

/* --- store block ---------------------------------------------------------------------------- */

/* Blocks may cross 4 KiB, as loads and stores may. In a relaxed group, where alignment does not
 * count, a block must not cross 4 KiB (reference 2.3). */
static bool block_ok(const struct zpci_group *group, uint64_t offset, size_t length)
{
	if (length > group->store_block)
		return false;
	if (group->relaxed_store_block)
		return length && length <= 4096 - offset % 4096;
	return offset % 8 == 0 && length > 8 && length % 8 == 0;
}

static struct zpci_outcome check_block(const struct zpci_function *function, unsigned space,
				       uint64_t offset, size_t length)
{
	if (space >= ZPCI_BARS)
		return refused(ZPCI_STATUS_ADDRESS_SPACE);
	return block_ok(function->group, offset, length)
		       ? done()
		       : program_interruption(ZPCI_PGM_SPECIFICATION);
}

struct zpci_outcome zpci_store_block_check(struct zpci_firmware *firmware, uint32_t handle,
					   unsigned space, uint64_t offset, size_t length,
					   uint64_t address)
{
	struct zpci_outcome outcome;
	struct zpci_function *function = begin_access(firmware, handle, &outcome);

	if (!function)
		return outcome;
	outcome = check_block(function, space, offset, length);
	if (is_done(outcome) && address % 8 && !function->group->relaxed_store_block)
		outcome = program_interruption(ZPCI_PGM_SPECIFICATION);
	zpci_function_unlock(function);
	return outcome;
}

struct zpci_outcome zpci_store_block(struct zpci_firmware *firmware, uint32_t handle,
				     unsigned space, uint64_t offset, const void *data,
				     size_t length)
{
	struct zpci_outcome outcome;
	struct zpci_function *function = begin_access(firmware, handle, &outcome);

	if (!function)
		return outcome;
	outcome = check_block(function, space, offset, length);
	if (is_done(outcome) && zpci_bar_write(function, space, offset, data, length))
		outcome = program_interruption(ZPCI_PGM_OPERAND);
	if (is_done(outcome))
		zpci_fmb_count(&function->fmb, ZPCI_COUNT_STORE_BLOCKS, 1);
	zpci_function_unlock(function);
	return outcome;
}

/* --- refresh --------------------------------------------------------------------------------- */

/* If nothing is registered, or nothing of the range, there is nothing to refresh, and the
 * instruction is refused. In QEMU the function also fails. But error events 0001 and 0002 are about
 * DMA (z/VM's monitor record MRIODPER), and the function made none. A Linux that does nothing wrong
 * can refresh like that: while another of its threads deregisters (blocking_domain_attach_device())
 * in a domain that other functions use as well, and when a user of iommufd unmaps behind the
 * aperture.
 *
 * Whatever the answer is, Linux uses an unmapped page again for other data. So also in error, the
 * old translation is not used any more when this returns: neither by an access that was under way
 * when the error came, nor after RESET_ERROR. */
static struct zpci_outcome refresh(struct zpci_function *function, uint64_t start, uint64_t length)
{
	uint8_t status;

	switch (zpci_function_state(function)) {
	case ZPCI_STATE_ENABLED:
	case ZPCI_STATE_UNBLOCKED:
		status = zpci_dma_refresh(function, start, length);
		if (!status)
			status = zpci_push_refresh(function, start, length);
		if (status)
			return refused(status);
		zpci_fmb_count(&function->fmb, ZPCI_COUNT_REFRESHES, 1);
		return done();
	case ZPCI_STATE_ERROR:
		zpci_dma_forget(function, start, length);
		zpci_push_refresh(function, start, length);
		return refused(ZPCI_STATUS_RECOVERY);
	case ZPCI_STATE_PERMANENT:
		zpci_dma_forget(function, start, length);
		zpci_push_refresh(function, start, length);
		return unknown_handle();
	default:
		return unknown_handle();
	}
}

struct zpci_outcome zpci_refresh(struct zpci_firmware *firmware, uint32_t handle, uint64_t start,
				 uint64_t length)
{
	struct zpci_function *function = zpci_list_lock_handle(firmware, handle);
	struct zpci_outcome outcome;

	if (!function)
		return unknown_handle();
	outcome = refresh(function, start, length);
	zpci_function_unlock(function);
	return outcome;
}

/* --- controls -------------------------------------------------------------------------------- */

static bool is_controllable(struct zpci_function *function)
{
	switch (zpci_function_state(function)) {
	case ZPCI_STATE_ENABLED:
	case ZPCI_STATE_ERROR:
	case ZPCI_STATE_UNBLOCKED:
		return true;
	default:
		return false;
	}
}

static struct zpci_function *begin_controls(struct zpci_firmware *firmware, uint32_t handle)
{
	struct zpci_function *function = zpci_list_lock_handle(firmware, handle);

	if (!function || is_controllable(function))
		return function;
	zpci_function_unlock(function);
	return NULL;
}

struct zpci_outcome zpci_controls_check(struct zpci_firmware *firmware, uint32_t handle)
{
	struct zpci_function *function = begin_controls(firmware, handle);

	if (!function)
		return unknown_handle();
	zpci_function_unlock(function);
	return done();
}

static struct zpci_outcome status_or_done(uint8_t status)
{
	return status ? refused(status) : done();
}

/* While a function is in error, LPAR refuses to register translations. Linux knows that and
 * registers again after its reset (reference 4.4 and 5.5). */
static struct zpci_outcome modify_ioat(struct zpci_function *function, unsigned dma_space,
				       unsigned control, const struct zpci_fib *fib)
{
	uint64_t pba = zpci_be64_get(fib->pba), pal = zpci_be64_get(fib->pal);
	uint64_t iota = zpci_be64_get(fib->iota);

	if (dma_space)
		return refused(ZPCI_STATUS_DMA_SPACE);
	if (control == ZPCI_MPCIFC_DEREG_IOAT)
		return status_or_done(zpci_dma_deregister(function));
	if (zpci_function_state(function) == ZPCI_STATE_ERROR)
		return refused(ZPCI_STATUS_RECOVERY);
	if (control == ZPCI_MPCIFC_REG_IOAT)
		return status_or_done(zpci_dma_register(function, pba, pal, iota));
	return status_or_done(zpci_dma_reregister(function, pba, pal, iota));
}

static struct zpci_outcome set_measurement(struct zpci_function *function, uint64_t address)
{
	/* A guest that was told of no block may still ask for one: Linux does (reference 7). */
	if (address && !function->platform.fmb_length)
		return refused(0);
	if (zpci_fmb_set(function, address))
		return done();
	zpci_function_fail(function, ZPCI_PEC_FMB_KEY, address);
	return refused(0);
}

static struct zpci_outcome modify(struct zpci_function *function, unsigned dma_space,
				  unsigned control, const struct zpci_fib *fib)
{
	switch (control) {
	case ZPCI_MPCIFC_REG_INT:
		return status_or_done(zpci_interruption_register(function, fib));
	case ZPCI_MPCIFC_DEREG_INT:
		return status_or_done(zpci_interruption_deregister(function));
	case ZPCI_MPCIFC_REG_IOAT:
	case ZPCI_MPCIFC_DEREG_IOAT:
	case ZPCI_MPCIFC_REREG_IOAT:
		return modify_ioat(function, dma_space, control, fib);
	case ZPCI_MPCIFC_RESET_ERROR:
	case ZPCI_MPCIFC_RESET_BLOCK:
		return zpci_function_recover(function, control == ZPCI_MPCIFC_RESET_BLOCK)
			       ? done()
			       : refused(ZPCI_STATUS_SEQUENCE);
	case ZPCI_MPCIFC_SET_MEASURE:
		return set_measurement(function, zpci_be64_get(fib->fmb));
	default:
		return program_interruption(ZPCI_PGM_OPERAND);
	}
}

struct zpci_outcome zpci_modify_controls(struct zpci_firmware *firmware, uint32_t handle,
					 unsigned dma_space, unsigned control,
					 const struct zpci_fib *fib)
{
	struct zpci_function *function = begin_controls(firmware, handle);
	struct zpci_outcome outcome;

	if (!function)
		return unknown_handle();
	outcome = fib->format ? program_interruption(ZPCI_PGM_OPERAND)
			      : modify(function, dma_space, control, fib);
	zpci_function_unlock(function);
	return outcome;
}

static uint8_t function_controls(struct zpci_function *function)
{
	uint8_t controls = ZPCI_FIB_FC_ENABLED;

	switch (zpci_function_state(function)) {
	case ZPCI_STATE_ERROR:
		controls |= ZPCI_FIB_FC_ERROR | ZPCI_FIB_FC_BLOCKED;
		break;
	case ZPCI_STATE_UNBLOCKED:
		controls |= ZPCI_FIB_FC_ERROR;
		break;
	default:
		break;
	}
	return controls | (function->dma.ioat.registered ? ZPCI_FIB_FC_DMA : 0);
}

/* The function's lock is held, so the registrations do not change. */
static void store_registrations(struct zpci_function *function, struct zpci_fib *fib)
{
	const struct zpci_interruption *interruption = &function->interruption;
	const struct zpci_indicators *to = &interruption->indicators;
	const struct zpci_ioat *ioat = &function->dma.ioat;

	if (ioat->registered) {
		zpci_be64_put(&fib->pba, ioat->pba);
		zpci_be64_put(&fib->pal, ioat->pal);
		zpci_be64_put(&fib->iota, ioat->iota);
	}
	if (interruption->registered) {
		zpci_be32_put(&fib->interruption,
			      (uint32_t)to->isc << ZPCI_FIB_INT_ISC_SHIFT |
				      to->vectors << ZPCI_FIB_INT_NOI_SHIFT |
				      to->aibv_offset << ZPCI_FIB_INT_AIBVO_SHIFT |
				      (to->summary ? ZPCI_FIB_INT_SUM : 0) | to->aisb_offset);
		zpci_be64_put(&fib->aibv, to->aibv);
		zpci_be64_put(&fib->aisb, to->aisb);
	}
	zpci_be64_put(&fib->fmb, zpci_fmb_address(function));
}

static struct zpci_outcome store_fib(struct zpci_function *function, uint32_t handle,
				     struct zpci_fib *fib, bool *handle_bit)
{
	if (!zpci_function_had_handle(function, handle))
		return unknown_handle();
	switch (zpci_function_state(function)) {
	case ZPCI_STATE_RESERVED:
	case ZPCI_STATE_STANDBY:
		return unknown_handle();
	case ZPCI_STATE_DISABLED:
		return handle & ZPCI_HANDLE_ENABLED ? unknown_handle() : done();
	case ZPCI_STATE_PERMANENT:
		return refused(ZPCI_STATUS_IN_ERROR);
	default:
		*handle_bit = !(handle & ZPCI_HANDLE_ENABLED);
		fib->controls = function_controls(function);
		store_registrations(function, fib);
		return done();
	}
}

/* The function is found by its slot. A handle that it had before is answered as well (reference
 * 2.6), but not one of another function that had the slot before it. */
struct zpci_outcome zpci_store_controls(struct zpci_firmware *firmware, uint32_t handle,
					unsigned dma_space, struct zpci_fib *fib, bool *handle_bit)
{
	struct zpci_function *function = zpci_list_find_handle(firmware, handle);
	struct zpci_outcome outcome;

	memset(fib, 0, sizeof(*fib));
	*handle_bit = false;
	if (dma_space)
		return refused(ZPCI_STATUS_DMA_SPACE);
	if (!function)
		return unknown_handle();
	zpci_function_lock(function);
	outcome = store_fib(function, handle, fib, handle_bit);
	zpci_function_unlock(function);
	return outcome;
}
