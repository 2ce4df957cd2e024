// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * duplicates.c - a function of the hypervisor's with the FID of one of ours.
 *
 * Each of the two lists its functions, and nobody else sees both. So when the hypervisor has
 * answered a CLP instruction, its answer is looked at before the guest goes on. If it is a list
 * that has a FID of ours, this is said, once for each VM. The answer is not changed.
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

static void check_entry(struct zpci_interposer_vm *vm, const struct zpci_clp_list_entry *entry)
{
	uint32_t fid = (uint32_t)zpci_get_be(&entry->fid, sizeof(entry->fid));
	struct zpci_function_info info = { .size = sizeof(info) };

	if (zpci_firmware_info(vm->loaded.firmware, fid, &info) ||
	    atomic_exchange(&vm->duplicate, true))
		return;
	zpci_loaded_log(&vm->loaded, ZPCI_LOG_ERROR,
			"function 0x%08x: the hypervisor has a function with this FID as well, and "
			"the guest's kernel takes one of them; give one another fid",
			fid);
}

void zpci_interposer_check_list(struct zpci_interposer_vcpu *vcpu)
{
	uint8_t block[PAGE];
	size_t length = read_block(vcpu, block), request, response, entry;
	const struct zpci_clp_header *header = (const void *)block;
	const struct zpci_clp_list_response *list;

	vcpu->clp_left = false;
	if (length < sizeof(*header) ||
	    zpci_get_be(&header->code, sizeof(header->code)) != ZPCI_CLP_LIST)
		return;
	request = zpci_get_be(&header->length, sizeof(header->length));
	if (request + sizeof(*list) > length)
		return;
	list = (const void *)(block + request);
	if (zpci_get_be(&list->header.code, sizeof(list->header.code)) != ZPCI_CLP_OK)
		return;
	response = zpci_get_be(&list->header.length, sizeof(list->header.length));
	for (entry = sizeof(*list); entry + sizeof(struct zpci_clp_list_entry) <= response &&
				    request + entry + sizeof(struct zpci_clp_list_entry) <= length;
	     entry += sizeof(struct zpci_clp_list_entry))
		check_entry(vcpu->vm, (const void *)(block + request + entry));
}
