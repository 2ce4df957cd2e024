// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Instructions of a guest CPU: their operands, their condition codes, their program interruptions.
 *
 * This file turns registers and storage of the CPU into plain arguments and back; the sibling files
 * say what an instruction means. Formats: reference 2.0.1. Checks are in the order of
 * reference 2.1 to 2.6, so that a guest which does several things wrong is told of the same one.
 *
 * The machine delivers access exceptions of operands. Then the instruction is over, and it must
 * have had no effect: so whether it can store its result is checked before it does anything.
 */
#include <zpci/firmware.h>

#include <string.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/event.h>

#include "zpci/firmware/internal.h"
#include "zpci/util/instruction.h"

/* One instruction under way. */
struct execution {
	struct zpci_firmware *firmware;
	void *cpu;
	const uint8_t *bytes;
};

/* Instructions of mapped I/O, a facility that this firmware does not offer (reference 2.8). */
static bool is_mapped_io(unsigned opcode)
{
	return opcode == OP_PCISTGI || opcode == OP_PCIWB || opcode == OP_PCILGI ||
	       opcode == OP_PCISTBI;
}

bool zpci_instruction_known(const uint8_t instruction[6])
{
	switch (decode_opcode(instruction)) {
	case OP_SERVC:
	case OP_CHSC:
	case OP_CLP:
	case OP_PCISTG:
	case OP_PCILG:
	case OP_RPCIT:
	case OP_MPCIFC:
	case OP_STPCIFC:
	case OP_PCISTB:
		return true;
	default:
		return is_mapped_io(decode_opcode(instruction));
	}
}

/* --- operands -------------------------------------------------------------------------------- */

static uint64_t get(const struct execution *execution, unsigned number)
{
	const struct zpci_firmware *firmware = execution->firmware;

	return firmware->ops.get_register(firmware->machine, execution->cpu, number);
}

static void set(const struct execution *execution, unsigned number, uint64_t value)
{
	const struct zpci_firmware *firmware = execution->firmware;

	firmware->ops.set_register(firmware->machine, execution->cpu, number, value);
}

/* Base, index and displacement as an address in the CPU's addressing mode. A register number of
 * 0 means the value 0. */
static uint64_t effective_address(const struct execution *execution, unsigned index)
{
	const struct zpci_firmware *firmware = execution->firmware;
	uint64_t mask = firmware->ops.get_psw_mask(firmware->machine, execution->cpu);
	uint64_t address = (uint64_t)(int64_t)displaced_by(execution->bytes);

	if (displaced_base(execution->bytes))
		address += get(execution, displaced_base(execution->bytes));
	if (index)
		address += get(execution, index);
	if (!(mask & ZPCI_PSW_BASIC_ADDRESSING))
		return address & 0xffffff;
	return mask & ZPCI_PSW_EXTENDED_ADDRESSING ? address : address & 0x7fffffff;
}

/* --- ends ------------------------------------------------------------------------------------ */

static void explain(const struct execution *execution, struct zpci_outcome outcome)
{
	if (execution->firmware->explain)
		zpci_refusal_tell(execution->firmware, execution->cpu, execution->bytes, outcome);
}

static enum zpci_disposition interrupt(const struct execution *execution, uint16_t code)
{
	const struct zpci_firmware *firmware = execution->firmware;

	explain(execution, (struct zpci_outcome){ .program_interruption = code });
	firmware->ops.program_interruption(firmware->machine, execution->cpu, code);
	return ZPCI_EXECUTED;
}

static enum zpci_disposition end_with_cc(const struct execution *execution, unsigned cc)
{
	const struct zpci_firmware *firmware = execution->firmware;

	firmware->ops.set_condition_code(firmware->machine, execution->cpu, cc);
	return ZPCI_EXECUTED;
}

/* After a failed access to an operand. */
static enum zpci_disposition access_failed(const struct execution *execution, int rc)
{
	if (rc == ZPCI_EXCEPTION_DELIVERED)
		return ZPCI_EXECUTED;
	return interrupt(execution, ZPCI_PGM_ADDRESSING);
}

/* Ends with @outcome, its status in bits 32-39 of register @number, which held the request. */
static enum zpci_disposition end_with(const struct execution *execution,
				      struct zpci_outcome outcome, unsigned number)
{
	if (outcome.program_interruption)
		return interrupt(execution, outcome.program_interruption);
	if (outcome.cc)
		explain(execution, outcome);
	if (outcome.cc == 1)
		set(execution, number,
		    (get(execution, number) & ~0xff000000ull) | (uint64_t)outcome.status << 24);
	return end_with_cc(execution, outcome.cc);
}

/* Whether the handle is not ours, in a machine that has functions of its own. */
static bool is_foreign(const struct execution *execution, uint32_t handle)
{
	return execution->firmware->shared && !zpci_firmware_owns(execution->firmware, handle);
}

/* The request register (reference 2.0.2). */
struct request {
	uint32_t handle;
	unsigned space;	 /* address space, or DMA address space */
	unsigned length; /* length, or operation control */
};

static struct request decode_request(uint64_t value)
{
	return (struct request){ .handle = (uint32_t)(value >> 32),
				 .space = value >> 16 & 0xff,
				 .length = value & 0xffff };
}

/* --- CLP ------------------------------------------------------------------------------------- */

static enum zpci_disposition clp_immediate(const struct execution *execution)
{
	/* R2's *value* is the command (reference 2.1). */
	if (get(execution, rre_r2(execution->bytes)) != ZPCI_CLP_IMMEDIATE_LIST_LPS) {
		explain(execution, (struct zpci_outcome){ .cc = 3 });
		return end_with_cc(execution, 3);
	}
	set(execution, rre_r1(execution->bytes), ZPCI_CLP_INSTALLED_LPS);
	return end_with_cc(execution, 0);
}

/* A block in guest storage, fetched. */
struct clp_block {
	uint64_t address;
	size_t request;	 /* length */
	size_t response; /* length */
	uint8_t bytes[ZPCI_CLP_BLOCK_MAX];
};

static int read_block(const struct execution *execution, struct clp_block *block, size_t offset,
		      size_t length)
{
	const struct zpci_firmware *firmware = execution->firmware;

	return firmware->ops.read_logical(firmware->machine, execution->cpu,
					  block->address + offset, rre_r2(execution->bytes),
					  block->bytes + offset, length);
}

static int write_block(const struct execution *execution, const struct clp_block *block,
		       size_t offset, size_t length)
{
	const struct zpci_firmware *firmware = execution->firmware;

	return firmware->ops.write_logical(firmware->machine, execution->cpu,
					   block->address + offset, rre_r2(execution->bytes),
					   block->bytes + offset, length);
}

/* Whether write_block() would work. */
static int check_block(const struct execution *execution, const struct clp_block *block,
		       size_t offset, size_t length)
{
	const struct zpci_firmware *firmware = execution->firmware;

	return firmware->ops.check_logical(firmware->machine, execution->cpu,
					   block->address + offset, rre_r2(execution->bytes),
					   length, true);
}

static bool length_ok(size_t length, size_t minimum, size_t maximum)
{
	return length >= minimum && length <= maximum && length % 8 == 0;
}

/* Fetches a block, with checks in their order. False: the instruction has ended. */
static bool fetch_block(const struct execution *execution, struct clp_block *block)
{
	int rc = read_block(execution, block, 0, sizeof(zpci_be16));

	if (!rc) {
		block->request = (size_t)zpci_get_be(block->bytes, 2);
		if (!length_ok(block->request, ZPCI_CLP_REQUEST_MIN, ZPCI_CLP_REQUEST_MAX)) {
			interrupt(execution, ZPCI_PGM_OPERAND);
			return false;
		}
		rc = read_block(execution, block, block->request, sizeof(zpci_be16));
	}
	if (!rc) {
		block->response = (size_t)zpci_get_be(block->bytes + block->request, 2);
		if (!length_ok(block->response, ZPCI_CLP_RESPONSE_MIN, ZPCI_CLP_RESPONSE_MAX) ||
		    block->request + block->response > ZPCI_CLP_BLOCK_MAX) {
			interrupt(execution, ZPCI_PGM_OPERAND);
			return false;
		}
		rc = read_block(execution, block, 0, block->request + block->response);
	}
	if (rc)
		access_failed(execution, rc);
	return !rc;
}

/* Leaves the request to the machine. @restart: its list follows ours, and begins at its start. */
static enum zpci_disposition leave_to_machine(const struct execution *execution,
					      struct clp_block *block, bool restart)
{
	size_t token = offsetof(struct zpci_clp_list_request, token);
	int rc = 0;

	if (restart)
		rc = check_block(execution, block, 0, block->request + block->response);
	if (restart && !rc) {
		memset(block->bytes + token, 0, sizeof(zpci_be64));
		rc = write_block(execution, block, token, sizeof(zpci_be64));
	}
	return rc ? access_failed(execution, rc) : ZPCI_NOT_OURS;
}

static void explain_response(const struct execution *execution, const struct clp_block *block)
{
	const struct zpci_clp_header *response =
		(const struct zpci_clp_header *)(block->bytes + block->request);
	uint16_t code = zpci_be16_get(response->code);

	if (code != ZPCI_CLP_OK)
		zpci_refusal_tell_clp(execution->firmware, block->bytes, code);
}

/* The response must not be longer than the guest offered. The guest may change the lengths in
 * storage meanwhile: those that were fetched first count. */
static enum zpci_disposition clp_with_block(const struct execution *execution)
{
	unsigned lps = execution->bytes[2] & ZPCI_CLP_LPS_MASK;
	struct clp_block block;
	struct zpci_outcome outcome;
	bool restart;
	int rc;

	block.address = get(execution, rre_r2(execution->bytes));
	if (!fetch_block(execution, &block))
		return ZPCI_EXECUTED;
	if (zpci_clp_is_foreign(execution->firmware, lps, block.bytes, block.request, &restart))
		return leave_to_machine(execution, &block, restart);
	if (zpci_clp_is_installed(lps)) {
		rc = check_block(execution, &block, block.request, block.response);
		if (rc)
			return access_failed(execution, rc);
	}
	outcome = zpci_clp(execution->firmware, lps, block.bytes, block.request, block.response);
	if (outcome.cc) {
		explain(execution, outcome);
		return end_with_cc(execution, outcome.cc);
	}
	if (execution->firmware->explain)
		explain_response(execution, &block);
	rc = write_block(execution, &block, block.request, block.response);
	return rc ? access_failed(execution, rc) : end_with_cc(execution, 0);
}

static enum zpci_disposition clp(const struct execution *execution)
{
	return execution->bytes[2] & ZPCI_CLP_IMMEDIATE ? clp_immediate(execution)
							: clp_with_block(execution);
}

/* --- load, store, store block ---------------------------------------------------------------- */

static enum zpci_disposition load_store(const struct execution *execution, bool is_store)
{
	unsigned r1 = rre_r1(execution->bytes), r2 = rre_r2(execution->bytes);
	struct request request = decode_request(get(execution, r2));
	struct zpci_outcome outcome;
	uint64_t offset, value;

	if (is_foreign(execution, request.handle))
		return ZPCI_NOT_OURS;
	if (r2 & 1)
		return interrupt(execution, ZPCI_PGM_SPECIFICATION);
	offset = get(execution, r2 + 1);
	if (is_store) {
		outcome = zpci_store(execution->firmware, request.handle, request.space, offset,
				     request.length, get(execution, r1));
	} else {
		outcome = zpci_load(execution->firmware, request.handle, request.space, offset,
				    request.length, &value);
		if (!outcome.program_interruption && outcome.cc == 0)
			set(execution, r1, value);
	}
	return end_with(execution, outcome, r2);
}

static enum zpci_disposition store_block(const struct execution *execution)
{
	struct zpci_firmware *firmware = execution->firmware;
	unsigned r1 = displaced_r1(execution->bytes);
	struct request request = decode_request(get(execution, r1));
	uint64_t offset = get(execution, displaced_third(execution->bytes));
	uint64_t address = effective_address(execution, 0);
	uint8_t data[ZPCI_STORE_BLOCK_LIMIT];
	struct zpci_outcome outcome;
	int rc;

	if (is_foreign(execution, request.handle))
		return ZPCI_NOT_OURS;
	outcome = zpci_store_block_check(firmware, request.handle, request.space, offset,
					 request.length, address);
	if (outcome.program_interruption || outcome.cc)
		return end_with(execution, outcome, r1);
	rc = firmware->ops.read_logical(firmware->machine, execution->cpu, address,
					displaced_base(execution->bytes), data, request.length);
	if (rc)
		return access_failed(execution, rc);
	return end_with(execution,
			zpci_store_block(firmware, request.handle, request.space, offset, data,
					 request.length),
			r1);
}

/* --- refresh and controls -------------------------------------------------------------------- */

static enum zpci_disposition refresh(const struct execution *execution)
{
	unsigned r1 = rre_r1(execution->bytes), r2 = rre_r2(execution->bytes);
	uint32_t handle = (uint32_t)(get(execution, r1) >> 32);
	uint64_t start, length;

	if (is_foreign(execution, handle))
		return ZPCI_NOT_OURS;
	if (r2 & 1)
		return interrupt(execution, ZPCI_PGM_SPECIFICATION);
	/* In this order on every host: a record of a guest replays each operation of the
	 * machine. */
	start = get(execution, r2);
	length = get(execution, r2 + 1);
	return end_with(execution, zpci_refresh(execution->firmware, handle, start, length), r1);
}

#define CONTROL_MASK 0xffu

static enum zpci_disposition modify_controls(const struct execution *execution)
{
	struct zpci_firmware *firmware = execution->firmware;
	unsigned r1 = displaced_r1(execution->bytes);
	struct request request = decode_request(get(execution, r1));
	uint64_t address = effective_address(execution, displaced_third(execution->bytes));
	struct zpci_outcome outcome;
	struct zpci_fib fib;
	int rc;

	if (is_foreign(execution, request.handle))
		return ZPCI_NOT_OURS;
	if (address % 8)
		return interrupt(execution, ZPCI_PGM_SPECIFICATION);
	outcome = zpci_controls_check(firmware, request.handle);
	if (outcome.cc)
		return end_with(execution, outcome, r1);
	rc = firmware->ops.read_logical(firmware->machine, execution->cpu, address,
					displaced_base(execution->bytes), &fib, sizeof(fib));
	if (rc)
		return access_failed(execution, rc);
	return end_with(execution,
			zpci_modify_controls(firmware, request.handle, request.space,
					     request.length & CONTROL_MASK, &fib),
			r1);
}

static enum zpci_disposition store_controls(const struct execution *execution)
{
	struct zpci_firmware *firmware = execution->firmware;
	unsigned r1 = displaced_r1(execution->bytes);
	struct request request = decode_request(get(execution, r1));
	uint64_t address = effective_address(execution, displaced_third(execution->bytes));
	struct zpci_outcome outcome;
	struct zpci_fib fib;
	bool handle_bit;
	int rc;

	if (is_foreign(execution, request.handle))
		return ZPCI_NOT_OURS;
	outcome = zpci_store_controls(firmware, request.handle, request.space, &fib, &handle_bit);
	if (outcome.cc == 1 && outcome.status == ZPCI_STATUS_DMA_SPACE)
		return end_with(execution, outcome, r1);
	if (address % 8)
		return interrupt(execution, ZPCI_PGM_SPECIFICATION);
	if (outcome.cc)
		return end_with(execution, outcome, r1);
	rc = firmware->ops.write_logical(firmware->machine, execution->cpu, address,
					 displaced_base(execution->bytes), &fib, sizeof(fib));
	if (rc)
		return access_failed(execution, rc);
	if (handle_bit)
		set(execution, r1, get(execution, r1) | 1ull << 63);
	return end_with_cc(execution, 0);
}

/* --- SERVC: configure and deconfigure -------------------------------------------------------- */

#define SCCB_END 0x80000000u
#define SCCB_HEADER offsetof(struct zpci_sclp_configure, adapter_type)
#define PREFIX_AREA 8192u

/* The header, and the rest if the header's length says that there is one, else zeros. */
static int read_sccb(const struct execution *execution, uint64_t address,
		     struct zpci_sclp_configure *sccb)
{
	const struct zpci_firmware *firmware = execution->firmware;
	int rc = firmware->ops.read_real(firmware->machine, execution->cpu, address, sccb,
					 SCCB_HEADER);

	memset((uint8_t *)sccb + SCCB_HEADER, 0, sizeof(*sccb) - SCCB_HEADER);
	if (rc || zpci_be16_get(sccb->length) < sizeof(*sccb))
		return rc;
	return firmware->ops.read_real(firmware->machine, execution->cpu, address + SCCB_HEADER,
				       (uint8_t *)sccb + SCCB_HEADER, sizeof(*sccb) - SCCB_HEADER);
}

/* Whether the SCCB is where none may be: not aligned, above 2 GiB, in the CPU's prefix area, or in
 * the storage that prefixing swaps with it. */
static bool is_misplaced(const struct execution *execution, uint64_t address)
{
	const struct zpci_firmware *firmware = execution->firmware;
	uint64_t prefix = firmware->ops.get_prefix(firmware->machine, execution->cpu);

	return address % 8 || address >= SCCB_END || address < PREFIX_AREA ||
	       address - prefix < PREFIX_AREA;
}

static uint16_t configure_response(struct zpci_firmware *firmware, uint64_t address,
				   const struct zpci_sclp_configure *sccb, uint32_t command)
{
	if (address % 4096 + zpci_be16_get(sccb->length) > 4096)
		return ZPCI_SCLP_PAGE_CROSSING;
	if (zpci_be16_get(sccb->length) < sizeof(*sccb))
		return ZPCI_SCLP_TOO_SHORT;
	if (sccb->adapter_type != ZPCI_SCLP_ADAPTER_PCI)
		return ZPCI_SCLP_ADAPTER_TYPE;
	return zpci_sclp_configure(firmware, zpci_be32_get(sccb->fid),
				   command == ZPCI_SCLP_CONFIGURE);
}

/* In a machine with functions of its own we execute commands about our functions alone. All else,
 * errors included, is left to the machine, which has the service processor. */
static bool configures_ours(struct zpci_firmware *firmware, const struct zpci_sclp_configure *sccb)
{
	return zpci_be16_get(sccb->length) >= sizeof(*sccb) &&
	       sccb->adapter_type == ZPCI_SCLP_ADAPTER_PCI &&
	       zpci_list_find_fid(firmware, zpci_be32_get(sccb->fid));
}

static enum zpci_disposition service_call(const struct execution *execution)
{
	struct zpci_firmware *firmware = execution->firmware;
	uint32_t command = (uint32_t)get(execution, rre_r1(execution->bytes));
	uint64_t address = get(execution, rre_r2(execution->bytes));
	struct zpci_sclp_configure sccb;
	int rc;

	if (command != ZPCI_SCLP_CONFIGURE && command != ZPCI_SCLP_DECONFIGURE)
		return ZPCI_NOT_OURS;
	rc = read_sccb(execution, address, &sccb);
	if (firmware->shared && (rc || !configures_ours(firmware, &sccb)))
		return ZPCI_NOT_OURS;
	if (rc)
		return interrupt(execution, ZPCI_PGM_ADDRESSING);
	if (is_misplaced(execution, address) || zpci_be16_get(sccb.length) < SCCB_HEADER)
		return interrupt(execution, ZPCI_PGM_SPECIFICATION);
	zpci_be16_put(&sccb.response, configure_response(firmware, address, &sccb, command));
	if (firmware->explain && zpci_be16_get(sccb.response) != ZPCI_SCLP_OK)
		zpci_refusal_tell_sclp(firmware, zpci_be32_get(sccb.fid),
				       command == ZPCI_SCLP_CONFIGURE,
				       zpci_be16_get(sccb.response));
	if (firmware->ops.write_real(firmware->machine, execution->cpu,
				     address + offsetof(struct zpci_sclp_configure, response),
				     &sccb.response, sizeof(sccb.response)))
		return interrupt(execution, ZPCI_PGM_ADDRESSING);
	end_with_cc(execution, 0);
	firmware->ops.sclp_completion(firmware->machine, (uint32_t)address);
	return ZPCI_EXECUTED;
}

/* --- CHSC: store event information ----------------------------------------------------------- */

static bool wants_pci_events(const struct zpci_chsc_sei_request *request)
{
	return zpci_be16_get(request->length) == ZPCI_CHSC_SEI_REQUEST &&
	       zpci_be16_get(request->command) == ZPCI_CHSC_SEI &&
	       (zpci_be64_get(request->types) & ZPCI_CHSC_NT2);
}

static enum zpci_disposition channel_subsystem_call(const struct execution *execution)
{
	struct zpci_firmware *firmware = execution->firmware;
	unsigned r1 = rre_r1(execution->bytes);
	uint64_t address = get(execution, r1);
	struct zpci_chsc_sei_request request;
	uint8_t response[ZPCI_CHSC_BLOCK - sizeof(request)];
	int rc;

	if (address % ZPCI_CHSC_BLOCK || (firmware->shared && !zpci_events_pending(firmware)))
		return ZPCI_NOT_OURS;
	rc = firmware->ops.read_logical(firmware->machine, execution->cpu, address, r1, &request,
					sizeof(request));
	if (rc)
		return access_failed(execution, rc);
	if (!wants_pci_events(&request))
		return ZPCI_NOT_OURS;
	/* If the answer cannot be stored, no event may be lost. */
	rc = firmware->ops.check_logical(firmware->machine, execution->cpu,
					 address + sizeof(request), r1, sizeof(response), true);
	if (rc)
		return access_failed(execution, rc);
	zpci_events_fetch(firmware, response, sizeof(response));
	rc = firmware->ops.write_logical(firmware->machine, execution->cpu,
					 address + sizeof(request), r1, response, sizeof(response));
	return rc ? access_failed(execution, rc) : end_with_cc(execution, 0);
}

/* --- all of them ----------------------------------------------------------------------------- */

static enum zpci_disposition dispatch(const struct execution *execution)
{
	switch (decode_opcode(execution->bytes)) {
	case OP_CLP:
		zpci_events_guest_runs(execution->firmware);
		return clp(execution);
	case OP_PCILG:
		return load_store(execution, false);
	case OP_PCISTG:
		return load_store(execution, true);
	case OP_PCISTB:
		return store_block(execution);
	case OP_RPCIT:
		return refresh(execution);
	case OP_MPCIFC:
		return modify_controls(execution);
	case OP_STPCIFC:
		return store_controls(execution);
	case OP_SERVC:
		return service_call(execution);
	case OP_CHSC:
		return channel_subsystem_call(execution);
	default:
		return ZPCI_NOT_OURS;
	}
}

enum zpci_disposition zpci_firmware_execute(struct zpci_firmware *firmware, void *cpu,
					    const uint8_t instruction[6])
{
	const struct execution execution = { firmware, cpu, instruction };

	if (!zpci_instruction_known(instruction))
		return ZPCI_NOT_OURS;
	/* They are absent in the problem state as well, where they are not privileged. */
	if (is_mapped_io(decode_opcode(instruction)))
		return interrupt(&execution, ZPCI_PGM_OPERATION);
	if (firmware->ops.get_psw_mask(firmware->machine, cpu) & ZPCI_PSW_PROBLEM_STATE)
		return interrupt(&execution, ZPCI_PGM_PRIVILEGED);
	return dispatch(&execution);
}
