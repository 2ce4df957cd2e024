// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * duplicates.c - a function of the hypervisor's with the FID or the UID of one of ours.
 *
 * Each of the two has its own functions, and nobody else sees both. So when the hypervisor has
 * answered a CLP instruction, its answer is looked at before the guest goes on: a list has FIDs,
 * and the answer to a query has a UID. One that is ours as well is said, once for each VM. The
 * answer is not changed.
 */
#include <stdlib.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>

#include "interposer.h"
#include "zpci/util/instruction.h"

#define PAGE 4096u

void zpci_interposer_clp_left(struct zpci_interposer_vcpu *vcpu)
{
	const struct layout_run *run = vcpu->run;

	if (run->exit_reason != LAYOUT_EXIT_SIEIC ||
	    run->sieic.icptcode != LAYOUT_ICPT_INSTRUCTION || run->sieic.ipa != OP_CLP)
		return;
	vcpu->block_register = run->sieic.ipb >> 16 & 15;
	vcpu->block = run->regs.gprs[vcpu->block_register];
	vcpu->clp_left = true;
}

/* Up to the end of its page; without an exception if it cannot be read. */
static size_t read_block(const struct zpci_interposer_vcpu *vcpu, uint8_t block[PAGE])
{
	struct layout_mem_op operation = {
		.gaddr = vcpu->block,
		.size = PAGE - vcpu->block % PAGE,
		.op = LAYOUT_MEMOP_LOGICAL_READ,
		.buf = (uintptr_t)block,
		.ar = (uint8_t)vcpu->block_register,
	};

	return zpci_next_ioctl(vcpu->fd, LAYOUT_MEM_OP, &operation) ? 0 : operation.size;
}

static void check_fid(struct zpci_interposer_vm *vm, uint32_t fid)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	if (zpci_firmware_info(vm->loaded.firmware, fid, &info) ||
	    atomic_exchange(&vm->duplicate_fid, true))
		return;
	zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR,
			"function 0x%08x: the hypervisor has a function with this FID as well, and "
			"the guest's kernel takes one of them; give one another fid",
			fid);
}

/* Its low half is the PCI domain, for which Linux has one function. */
static void check_uid(struct zpci_interposer_vm *vm, uint32_t theirs, uint16_t uid)
{
	struct zpci_function_info info = { .size = sizeof(info) };
	uint32_t fid;

	for (unsigned i = 0; !zpci_firmware_fid(vm->loaded.firmware, i, &fid); i++) {
		if (zpci_firmware_info(vm->loaded.firmware, fid, &info) ||
		    (uint16_t)info.uid != uid || atomic_exchange(&vm->duplicate_uid, true))
			continue;
		zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR,
				"function 0x%08x: the hypervisor's function 0x%08x has its UID "
				"0x%04x as well, and the guest's kernel takes one of them; give "
				"one another uid",
				fid, theirs, uid);
	}
}

/* What @length bytes are there of the answer @list. */
static void look_at_list(struct zpci_interposer_vm *vm, const void *list, size_t length)
{
	const struct zpci_clp_list_response *head = list;
	const struct zpci_clp_list_entry *entry = (const void *)(head + 1);

	for (size_t left = length < sizeof(*head) ? 0 : length - sizeof(*head);
	     left >= sizeof(*entry); left -= sizeof(*entry), entry++)
		check_fid(vm, (uint32_t)zpci_get_be(&entry->fid, sizeof(entry->fid)));
}

static void look_at_query(struct zpci_interposer_vm *vm, const void *answer, size_t length)
{
	const struct zpci_clp_query_function_response *query = answer;

	if (length >= sizeof(*query))
		check_uid(vm, (uint32_t)zpci_get_be(&query->fid, sizeof(query->fid)),
			  (uint16_t)zpci_get_be(&query->uid, sizeof(query->uid)));
}

void zpci_interposer_check_answer(struct zpci_interposer_vcpu *vcpu)
{
	uint8_t block[PAGE];
	size_t length = read_block(vcpu, block), request, left;
	const struct zpci_clp_header *header = (const void *)block, *answer;

	vcpu->clp_left = false;
	if (length < sizeof(*header))
		return;
	request = zpci_get_be(&header->length, sizeof(header->length));
	if (request + sizeof(*answer) > length)
		return;
	answer = (const void *)(block + request);
	if (zpci_get_be(&answer->code, sizeof(answer->code)) != ZPCI_CLP_OK)
		return;
	left = zpci_get_be(&answer->length, sizeof(answer->length));
	if (left > length - request)
		left = length - request;
	switch (zpci_get_be(&header->code, sizeof(header->code))) {
	case ZPCI_CLP_LIST:
		look_at_list(vcpu->vm, answer, left);
		break;
	case ZPCI_CLP_QUERY_FUNCTION:
		look_at_query(vcpu->vm, answer, left);
		break;
	}
}
