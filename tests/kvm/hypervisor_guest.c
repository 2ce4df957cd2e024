// SPDX-License-Identifier: GPL-2.0-or-later
/* hypervisor_guest.c - the guest: its instructions, and a function that it uses. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hypervisor.h"

#define EXTENDED (ZPCI_PSW_EXTENDED_ADDRESSING | ZPCI_PSW_BASIC_ADDRESSING)

const uint8_t hv_clp[6] = { 0xb9, 0xa0, ZPCI_CLP_LPS_PCI, 0x02 };
const uint8_t hv_pcilg[6] = { 0xb9, 0xd2, 0x00, 0x64 };
static const uint8_t pcistg[6] = { 0xb9, 0xd0, 0x00, 0x64 };

struct fake_cpu hv_cpu;

void hv_exit_of(int vcpu, const uint8_t instruction[6])
{
	struct fake_exit exit = { .reason = FAKE_SIEIC,
				  .icptcode = FAKE_INSTRUCTION,
				  .cpu = &hv_cpu };

	hv_cpu.psw_mask = EXTENDED;
	hv_cpu.psw_address = 0x2004;
	memcpy(exit.instruction, instruction, 6);
	fake_exit(vcpu, &exit);
}

void hv_exit_wait(int vcpu)
{
	fake_exit(vcpu, &(struct fake_exit){ .reason = FAKE_SIEIC, .icptcode = FAKE_WAIT });
}

void hv_ours(int vcpu, struct layout_run *page, const uint8_t instruction[6])
{
	hv_exit_of(vcpu, instruction);
	hv_exit_wait(vcpu);
	must(!hv_run(vcpu));
	must(page->exit_reason == FAKE_SIEIC && page->sieic.icptcode == FAKE_WAIT);
}

/* A CLP of which the request is in storage; returns the response code. */
static unsigned call_clp(size_t request)
{
	const struct zpci_clp_header *response = (const void *)(hv.storage + BLOCK + request);

	hv_cpu.gr[2] = BLOCK;
	hv_ours(hv.vcpu, hv.run, hv_clp);
	must(CC(hv.run->psw_mask) == 0);
	return zpci_get_be(&response->code, 2);
}

void hv_put(size_t offset, unsigned length, uint64_t value)
{
	zpci_put_be(hv.storage + BLOCK + offset, length, value);
}

uint64_t hv_get(size_t offset, unsigned length)
{
	return zpci_get_be(hv.storage + BLOCK + offset, length);
}

/* A request of @length bytes, and room for the answer; the rest of the block is 0. */
static void put_request(unsigned command, size_t length, size_t room)
{
	memset(hv.storage + BLOCK, 0, 0x1000);
	hv_put(0, 2, length);
	hv_put(2, 2, command);
	hv_put(length, 2, room);
}

void hv_put_list(void)
{
	size_t request = sizeof(struct zpci_clp_list_request);

	put_request(ZPCI_CLP_LIST, request, 0x1000 - request);
}

uint32_t hv_list(void)
{
	size_t request = sizeof(struct zpci_clp_list_request);
	size_t entry = request + sizeof(struct zpci_clp_list_response);

	hv_put_list();
	must(call_clp(request) == ZPCI_CLP_OK);
	must(hv_get(entry + offsetof(struct zpci_clp_list_entry, fid), 4) == FID);
	return (uint32_t)hv_get(entry + offsetof(struct zpci_clp_list_entry, handle), 4);
}

void hv_list_duplicate(void)
{
	size_t request = sizeof(struct zpci_clp_list_request);
	size_t entry = request + sizeof(struct zpci_clp_list_response);
	uint64_t token;

	hv_list();
	token = hv_get(request + offsetof(struct zpci_clp_list_response, token), 8);
	hv_put_list();
	hv_put(offsetof(struct zpci_clp_list_request, token), 8, token);
	hv_cpu.gr[2] = BLOCK;
	hv_exit_of(hv.vcpu, hv_clp);
	must(!hv_run(hv.vcpu) && hv.run->sieic.ipa == 0xb9a0);
	hv_put(request, 2, entry + sizeof(struct zpci_clp_list_entry) - request);
	hv_put(request + 2, 2, ZPCI_CLP_OK);
	hv_put(entry + offsetof(struct zpci_clp_list_entry, fid), 4, FID);
	hv_exit_wait(hv.vcpu);
}

void hv_query_answered(uint32_t uid, unsigned code)
{
	size_t request = sizeof(struct zpci_clp_query_function_request);

	put_request(ZPCI_CLP_QUERY_FUNCTION, request,
		    sizeof(struct zpci_clp_query_function_response));
	hv_put(offsetof(struct zpci_clp_query_function_request, handle), 4, 0x80000005);
	hv_cpu.gr[2] = BLOCK;
	hv_exit_of(hv.vcpu, hv_clp);
	must(!hv_run(hv.vcpu) && hv.run->sieic.ipa == 0xb9a0);
	hv_put(request + 2, 2, code);
	hv_put(request + offsetof(struct zpci_clp_query_function_response, fid), 4, 0x5);
	hv_put(request + offsetof(struct zpci_clp_query_function_response, uid), 4, uid);
	hv_exit_wait(hv.vcpu);
	must(!hv_run(hv.vcpu));
}

uint32_t hv_enable(void)
{
	size_t request = sizeof(struct zpci_clp_set_function_request);
	uint32_t handle = hv_list();

	put_request(ZPCI_CLP_SET_FUNCTION, request, sizeof(struct zpci_clp_set_function_response));
	hv_put(offsetof(struct zpci_clp_set_function_request, handle), 4, handle);
	hv_put(offsetof(struct zpci_clp_set_function_request, dma_spaces), 1, 1);
	must(call_clp(request) == ZPCI_CLP_OK);
	return (uint32_t)hv_get(request + offsetof(struct zpci_clp_set_function_response, handle),
				4);
}

unsigned hv_load(uint32_t handle)
{
	hv_cpu.gr[4] = (uint64_t)handle << 32 | 15 << 16 | 4;
	hv_cpu.gr[5] = 0;
	hv_ours(hv.vcpu, hv.run, hv_pcilg);
	return CC(hv.run->psw_mask);
}

/* --- a function that is enabled -------------------------------------------------------------- */

#define CONFIG ZPCI_SPACE_CONFIG
#define FIB 0x13000u
#define AISB 0x14800u

void hv_execute(const uint8_t instruction[6])
{
	hv_ours(hv.vcpu, hv.run, instruction);
	must(CC(hv.run->psw_mask) == 0);
}

void hv_store(uint32_t handle, unsigned space, uint64_t offset, unsigned length, uint64_t value)
{
	uint8_t bytes[8];

	zpci_put_le(bytes, length, value);
	hv_cpu.gr[6] = zpci_get_be(bytes, length);
	hv_cpu.gr[4] = (uint64_t)handle << 32 | space << 16 | length;
	hv_cpu.gr[5] = offset;
	hv_execute(pcistg);
}

static unsigned load_byte(uint32_t handle, uint64_t offset)
{
	hv_cpu.gr[4] = (uint64_t)handle << 32 | CONFIG << 16 | 1;
	hv_cpu.gr[5] = offset;
	hv_execute(hv_pcilg);
	return (unsigned)hv.run->regs.gprs[6];
}

void hv_modify(uint32_t handle, unsigned operation)
{
	static const uint8_t mpcifc[6] = { 0xe3, 0x10, 0x20, 0x00, 0x00, 0xd0 };

	hv_cpu.gr[1] = (uint64_t)handle << 32 | operation;
	hv_cpu.gr[2] = FIB;
	hv_execute(mpcifc);
}

void hv_register_vector(uint32_t handle, uint64_t bits)
{
	struct zpci_fib *fib = (void *)(hv.storage + FIB);

	memset(fib, 0, sizeof(*fib));
	zpci_put_be(&fib->interruption, 4,
		    ISC << ZPCI_FIB_INT_ISC_SHIFT | 1u << ZPCI_FIB_INT_NOI_SHIFT |
			    ZPCI_FIB_INT_SUM);
	zpci_put_be(&fib->aibv, 8, bits);
	zpci_put_be(&fib->aisb, 8, AISB);
	hv_modify(handle, ZPCI_MPCIFC_REG_INT);
}

void hv_prepare_vector(uint32_t handle)
{
	unsigned msix = load_byte(handle, 0x34);

	while (load_byte(handle, msix) != 0x11)
		msix = load_byte(handle, msix + 1);
	hv_register_vector(handle, AIBV);
	hv_store(handle, ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_TABLE, 8, 0xfe00000000000000);
	hv_store(handle, ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_TABLE + 8, 8, 0);
	hv_store(handle, CONFIG, msix + 2, 2, 0x8000);
	hv_store(handle, CONFIG, 4, 2, 6);
}

bool hv_presented(void)
{
	return __atomic_load_n(hv.storage + AIBV, __ATOMIC_SEQ_CST) ||
	       fake_adapter_interruptions(hv.vm, ISC);
}

void *hv_await_vector(void *unused)
{
	(void)unused;
	while (!hv_presented())
		usleep(1000);
	hv_exit_wait(hv.vcpu);
	return NULL;
}

void hv_ring(uint32_t handle)
{
	const unsigned delay = 200000;

	hv_prepare_vector(handle);
	hv_store(handle, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DELAY, 4, delay);
	hv_store(handle, ZPCI_PROBE_BAR, ZPCI_PROBE_REG_DOORBELL_LATER, 4, 0);
}
