// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * refusal.c - says why an instruction of the guest was refused, for a person who debugs the guest.
 *
 * Theory of operation. A guest gets a condition code, a status, an interruption code or a response
 * code, and many rules lead to the same one. The operations answer with it and do nothing else. If
 * the firmware was made to explain, the end of a refused instruction comes here. This file then
 * finds the rule from what was asked, what was answered, and the function as it is now. So the
 * reasons are in one place, and an instruction that is not refused never looks whether it is to be
 * explained.
 *
 * A message is what the log is for: `function 0x00001021: PCILG with handle 0x00100000, ...:
 * condition code 3: ...`. Another thread can have changed the function meanwhile. Then the reason
 * is that of the function as it is now.
 */
#include "zpci/firmware/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/event.h>

#include "zpci/function/platform.h"
#include "zpci/util/instruction.h"
#include "zpci/util/log.h"

/* What is said about one refusal, in its order. */
struct words {
	char subject[32];
	char request[160];
	char answer[64];
	const char *reason;
	char buffer[224]; /* for a reason with numbers in it */
};

/* FNV-1a. */
static uint32_t hash_of(const char *text)
{
	uint32_t hash = 0x811c9dc5;

	while (*text)
		hash = (hash ^ (uint8_t)*text++) * 0x01000193;
	return hash;
}

/* How often @message came, this time too. One that takes the place of another begins again. There
 * is no lock: if CPUs are refused at the same time, some of it may not be counted. */
static uint32_t count(struct zpci_firmware *firmware, const char *message)
{
	uint32_t hash = hash_of(message), times;
	_Atomic uint64_t *place = &firmware->refusals[hash % ZPCI_REFUSALS];
	uint64_t before = atomic_load(place);

	times = before >> 32 == hash ? (uint32_t)before + 1 : 1;
	atomic_store(place, (uint64_t)hash << 32 | times);
	return times;
}

/* A guest that does the same in a loop must not fill the log: the same message is sent ALL times,
 * and then each time that twice as many have come. */
#define ALL 16

static void say(struct zpci_firmware *firmware, const struct words *words)
{
	char message[480], again[32] = "";
	uint32_t times;

	snprintf(message, sizeof(message), "%s: %s: %s: %s", words->subject, words->request,
		 words->answer, words->reason);
	times = count(firmware, message);
	if (times > ALL && times & (times - 1))
		return;
	if (times > ALL)
		snprintf(again, sizeof(again), " (%u times)", times);
	zpci_log(&firmware->logger, ZPCI_LOG_DEBUG, "%s%s", message, again);
}

/* --- handles --------------------------------------------------------------------------------- */

/* A function as it is now. */
struct look {
	bool found;
	uint32_t fid;
	uint32_t handle;
	enum zpci_state state;
	bool had; /* its present life had the handle that was asked for */
	struct zpci_group group;
	bool registered;
	uint64_t pba, pal;
	uint64_t dma_start, dma_end;
	uint16_t fmb_length;
};

static void look_at(struct zpci_firmware *firmware, uint32_t handle, struct look *look)
{
	struct zpci_function *function = zpci_list_find_handle(firmware, handle);

	*look = (struct look){ 0 };
	if (!function)
		return;
	zpci_function_lock(function);
	look->state = zpci_function_state(function);
	if (look->state != ZPCI_STATE_RESERVED) {
		*look = (struct look){
			.found = true,
			.fid = function->fid,
			.handle = atomic_load(&function->handle),
			.state = look->state,
			.had = zpci_function_had_handle(function, handle),
			.group = *function->group,
			.registered = function->dma.ioat.registered,
			.pba = function->dma.ioat.pba,
			.pal = function->dma.ioat.pal,
			.dma_start = function->platform.dma_start,
			.dma_end = zpci_platform_dma_limit(&function->platform),
			.fmb_length = function->platform.fmb_length,
		};
	}
	zpci_function_unlock(function);
}

static void name_subject(struct words *words, const struct look *look)
{
	if (look->found)
		snprintf(words->subject, sizeof(words->subject), "function 0x%08x", look->fid);
	else
		strcpy(words->subject, "no function");
}

/* For a handle that an instruction did not find, or whose function is in no state for it. */
static void explain_handle(struct words *words, const struct look *look, uint32_t handle)
{
	words->reason = words->buffer;
	if (!look->found)
		words->reason = "no function has this handle; List PCI functions names all";
	else if (!look->had)
		snprintf(words->buffer, sizeof(words->buffer),
			 "this handle is of an earlier time, the function's is 0x%08x now",
			 look->handle);
	else if (look->state == ZPCI_STATE_STANDBY && handle & ZPCI_HANDLE_ENABLED)
		snprintf(words->buffer, sizeof(words->buffer),
			 "this handle is from before the function went to standby, it is 0x%08x "
			 "now",
			 look->handle);
	else if (look->state == ZPCI_STATE_STANDBY)
		words->reason = "the function is in standby; configure it by writing 1 to the "
				"power of its slot";
	else if (look->state == ZPCI_STATE_DISABLED && handle & ZPCI_HANDLE_ENABLED)
		snprintf(words->buffer, sizeof(words->buffer),
			 "the function was disabled or reset, its handle is 0x%08x now; enable it",
			 look->handle);
	else if (look->state == ZPCI_STATE_DISABLED)
		words->reason = "the function is not enabled; enable it by Set PCI function, which "
				"answers with another handle";
	else if (look->state == ZPCI_STATE_PERMANENT)
		words->reason = "the function has a permanent error; disable it";
	else if (!(handle & ZPCI_HANDLE_ENABLED))
		snprintf(
			words->buffer, sizeof(words->buffer),
			"this is the handle from before the function was enabled, it is 0x%08x now",
			look->handle);
	else
		snprintf(words->buffer, sizeof(words->buffer), "the function is in state %s now",
			 zpci_state_name(look->state));
}

/* --- what was asked -------------------------------------------------------------------------- */

/* One instruction, and its operands as far as it has them. */
struct attempt {
	const char *name;
	unsigned opcode;
	unsigned odd; /* number of a register that must be even; 0: there is none, or it is even */
	uint32_t handle;
	unsigned space;
	unsigned length; /* or operation control */
	uint64_t offset; /* or start */
	uint64_t size;	 /* of a refresh */
};

static const char *name_of(unsigned opcode)
{
	static const struct {
		unsigned opcode;
		const char *name;
	} names[] = {
		{ OP_SERVC, "SERVC" },	   { OP_CHSC, "CHSC" },	      { OP_CLP, "CLP" },
		{ OP_PCISTG, "PCISTG" },   { OP_PCILG, "PCILG" },     { OP_RPCIT, "RPCIT" },
		{ OP_MPCIFC, "MPCIFC" },   { OP_STPCIFC, "STPCIFC" }, { OP_PCISTB, "PCISTB" },
		{ OP_PCISTGI, "PCISTGI" }, { OP_PCILGI, "PCILGI" },   { OP_PCISTBI, "PCISTBI" },
		{ OP_PCIWB, "PCIWB" },
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].opcode == opcode)
			return names[i].name;
	return "instruction";
}

/* Registers hold what they held before, as a refused instruction has changed none yet. */
static void read_attempt(struct zpci_firmware *firmware, void *cpu, const uint8_t bytes[6],
			 struct attempt *attempt)
{
	const struct zpci_machine_ops *ops = &firmware->ops;
	bool displaced = is_displaced(bytes[0]);
	unsigned r2 = rre_r2(bytes), holder;
	uint64_t request;

	*attempt = (struct attempt){ .opcode = decode_opcode(bytes) };
	attempt->name = name_of(attempt->opcode);
	if (attempt->opcode == OP_SERVC || attempt->opcode == OP_CHSC || attempt->opcode == OP_CLP)
		return;
	holder = displaced ? displaced_r1(bytes) : attempt->opcode == OP_RPCIT ? rre_r1(bytes) : r2;
	request = ops->get_register(firmware->machine, cpu, holder);
	attempt->handle = (uint32_t)(request >> 32);
	attempt->space = request >> 16 & 0xff;
	attempt->length = request & 0xffff;
	if (attempt->opcode == OP_PCISTB)
		attempt->offset = ops->get_register(firmware->machine, cpu, displaced_third(bytes));
	if (displaced)
		return;
	attempt->odd = r2 & 1 ? r2 : 0;
	attempt->offset = ops->get_register(firmware->machine, cpu,
					    attempt->opcode == OP_RPCIT ? r2 : r2 | 1);
	attempt->size = ops->get_register(firmware->machine, cpu, r2 | 1);
}

static const char *control_name(unsigned control)
{
	static const char *const names[] = {
		[ZPCI_MPCIFC_REG_INT] = "register interruptions",
		[ZPCI_MPCIFC_DEREG_INT] = "deregister interruptions",
		[ZPCI_MPCIFC_REG_IOAT] = "register translation",
		[ZPCI_MPCIFC_DEREG_IOAT] = "deregister translation",
		[ZPCI_MPCIFC_REREG_IOAT] = "reregister translation",
		[ZPCI_MPCIFC_RESET_ERROR] = "reset error",
		[ZPCI_MPCIFC_RESET_BLOCK] = "reset block",
		[ZPCI_MPCIFC_SET_MEASURE] = "set measurement",
	};

	return control < sizeof(names) / sizeof(names[0]) && names[control] ? names[control]
									    : "unknown";
}

static const char *space_name(unsigned space, char buffer[24])
{
	if (space == ZPCI_SPACE_CONFIG)
		return "config space";
	snprintf(buffer, 24, space < ZPCI_BARS ? "BAR %u" : "address space %u", space);
	return buffer;
}

static void describe(struct words *words, const struct attempt *attempt)
{
	char *to = words->request, space[24];
	size_t size = sizeof(words->request);

	switch (attempt->opcode) {
	case OP_PCILG:
	case OP_PCISTG:
	case OP_PCISTB:
		snprintf(to, size, "%s with handle 0x%08x, %s, offset 0x%" PRIx64 ", length %u",
			 attempt->name, attempt->handle, space_name(attempt->space, space),
			 attempt->offset, attempt->length);
		break;
	case OP_RPCIT:
		snprintf(to, size,
			 "RPCIT with handle 0x%08x, start 0x%" PRIx64 ", length 0x%" PRIx64,
			 attempt->handle, attempt->offset, attempt->size);
		break;
	case OP_MPCIFC:
		snprintf(to, size, "MPCIFC with handle 0x%08x, operation control %u (%s)",
			 attempt->handle, attempt->length & 0xff,
			 control_name(attempt->length & 0xff));
		break;
	case OP_STPCIFC:
		snprintf(to, size, "STPCIFC with handle 0x%08x", attempt->handle);
		break;
	default:
		snprintf(to, size, "%s", attempt->name);
	}
}

/* --- program interruptions ------------------------------------------------------------------- */

static const char *why_specification(const struct attempt *attempt, const struct look *look,
				     char buffer[224])
{
	if (attempt->odd)
		return "the number of register R2 is odd";
	if (attempt->opcode == OP_MPCIFC || attempt->opcode == OP_STPCIFC)
		return "the FIB is not at an address that is a multiple of 8";
	if (attempt->opcode == OP_SERVC)
		return "the SCCB is too short, or at an address where none can be";
	if (look->group.relaxed_store_block)
		snprintf(buffer, 224,
			 "in its group a block has 1 to %u bytes, and does not cross "
			 "4096",
			 look->group.store_block);
	else
		snprintf(buffer, 224,
			 "in its group a block has 16 to %u bytes, a multiple of 8, and offset "
			 "and address are multiples of 8",
			 look->group.store_block);
	return buffer;
}

static const char *why_operand(const struct attempt *attempt)
{
	switch (attempt->opcode) {
	case OP_PCILG:
	case OP_PCISTG:
		return attempt->space == ZPCI_SPACE_CONFIG
			       ? "config space is accessed by 1, 2 or 4 bytes within an aligned word"
			       : "a BAR is accessed by 1 to 8 bytes, none of which is behind its "
				 "end or in a BAR that is not there; or the device refused it";
	case OP_PCISTB:
		return "a byte is behind the end of the BAR, the BAR is not there, or the device "
		       "refused it";
	case OP_MPCIFC:
		return "the operation control is unknown, or the FIB's format is not 0";
	default:
		return "a length of the request or of the response is not allowed";
	}
}

static const char *why_interrupted(const struct attempt *attempt, const struct look *look,
				   uint16_t code, char buffer[224])
{
	switch (code) {
	case ZPCI_PGM_OPERATION:
		return "instructions for mapped I/O are not offered";
	case ZPCI_PGM_PRIVILEGED:
		return "the CPU is in the problem state";
	case ZPCI_PGM_ADDRESSING:
		return "an operand is at an address where no storage is";
	case ZPCI_PGM_SPECIFICATION:
		return why_specification(attempt, look, buffer);
	default:
		return why_operand(attempt);
	}
}

/* --- status of condition code 1 -------------------------------------------------------------- */

static const char *why_refresh(uint8_t status, const struct look *look, char buffer[224])
{
	switch (status) {
	case ZPCI_STATUS_IN_ERROR:
		return "the guest's tables are wrong, and the function is in error now";
	case ZPCI_STATUS_RESOURCES:
		return "the host has no room for more mappings of the device";
	case ZPCI_STATUS_DMA_SPACE:
		return "no translation is registered; MPCIFC does that";
	case ZPCI_STATUS_RANGE:
		snprintf(buffer, 224,
			 "nothing of it is in the registered range 0x%" PRIx64 " to 0x%" PRIx64,
			 look->pba, look->pal);
		return buffer;
	default:
		return "the function is in error; MPCIFC resets that";
	}
}

static const char *why_out_of_sequence(unsigned control)
{
	switch (control) {
	case ZPCI_MPCIFC_REG_INT:
	case ZPCI_MPCIFC_REG_IOAT:
		return "this is registered already; deregister it before";
	case ZPCI_MPCIFC_RESET_ERROR:
	case ZPCI_MPCIFC_RESET_BLOCK:
		return "the function is in no error that this ends";
	default:
		return "nothing is registered";
	}
}

static const char *why_control(const struct attempt *attempt, uint8_t status,
			       const struct look *look, char buffer[224])
{
	switch (status) {
	case ZPCI_STATUS_NOT_AVAILABLE:
		return "the interruption bit vector or the summary bit is not in storage";
	case ZPCI_STATUS_IN_ERROR:
		return "the function has a permanent error; disable it";
	case ZPCI_STATUS_RESOURCES:
		snprintf(buffer, 224,
			 "its DMA addresses are 0x%" PRIx64 " to 0x%" PRIx64
			 ", and Query PCI function group says which tables are offered; or the "
			 "host has no room for the mappings",
			 look->dma_start, look->dma_end);
		return buffer;
	case ZPCI_STATUS_SEQUENCE:
		return why_out_of_sequence(attempt->length & 0xff);
	case ZPCI_STATUS_DMA_SPACE:
		return "there is one DMA address space, 0";
	case ZPCI_STATUS_RECOVERY:
		return "the function is in error; reset the error before";
	default:
		return look->fmb_length ? "the measurement block cannot be stored there"
					: "it has no measurement block";
	}
}

static const char *why_status(const struct attempt *attempt, uint8_t status,
			      const struct look *look, char buffer[224])
{
	switch (attempt->opcode) {
	case OP_RPCIT:
		return why_refresh(status, look, buffer);
	case OP_MPCIFC:
	case OP_STPCIFC:
		return why_control(attempt, status, look, buffer);
	default:
		if (status == ZPCI_STATUS_BLOCKED)
			return "the function is in error; MPCIFC resets that, or the block of "
			       "loads and stores alone";
		return attempt->opcode == OP_PCISTB
			       ? "a block is stored to a BAR, 0 to 5"
			       : "allowed is 0 to 5, a BAR, or 15, config space";
	}
}

void zpci_refusal_tell(struct zpci_firmware *firmware, void *cpu, const uint8_t instruction[6],
		       struct zpci_outcome outcome)
{
	struct attempt attempt;
	struct words words;
	struct look look;

	read_attempt(firmware, cpu, instruction, &attempt);
	look_at(firmware, attempt.handle, &look);
	name_subject(&words, &look);
	describe(&words, &attempt);
	if (outcome.program_interruption) {
		snprintf(words.answer, sizeof(words.answer), "program interruption 0x%04x",
			 outcome.program_interruption);
		words.reason = why_interrupted(&attempt, &look, outcome.program_interruption,
					       words.buffer);
	} else if (outcome.cc == 1) {
		snprintf(words.answer, sizeof(words.answer), "condition code 1, status %u",
			 outcome.status);
		words.reason = why_status(&attempt, outcome.status, &look, words.buffer);
	} else {
		snprintf(words.answer, sizeof(words.answer), "condition code %u", outcome.cc);
		if (attempt.opcode == OP_CLP)
			words.reason = "there is no such logical processor, or immediate command";
		else
			explain_handle(&words, &look, attempt.handle);
	}
	say(firmware, &words);
}

/* --- CLP ------------------------------------------------------------------------------------- */

static const char *command_name(unsigned command)
{
	static const char *const names[] = {
		[ZPCI_CLP_SLPC] = "Store logical-processor characteristics",
		[ZPCI_CLP_LIST] = "List PCI functions",
		[ZPCI_CLP_QUERY_FUNCTION] = "Query PCI function",
		[ZPCI_CLP_QUERY_GROUP] = "Query PCI function group",
		[ZPCI_CLP_SET_FUNCTION] = "Set PCI function",
	};

	return command < sizeof(names) / sizeof(names[0]) && names[command] ? names[command]
									    : "unknown command";
}

static const char *why_response(uint16_t code)
{
	switch (code) {
	case ZPCI_CLP_UNKNOWN_COMMAND:
		return "the logical processor has no such command";
	case ZPCI_CLP_FORMAT:
		return "the format of the request is not 0";
	case ZPCI_CLP_LENGTH:
		return "the length of the request or of the response does not fit the command";
	case ZPCI_CLP_NEEDS_8K:
		return "the response has no room for one entry";
	case ZPCI_CLP_RESERVED_NOT_ZERO:
		return "a reserved field of the request is not 0";
	case ZPCI_CLP_INVALID_FOR_HANDLE:
		return "the function is not in a state for this operation, or there is none such";
	case ZPCI_CLP_DMA_SPACES:
		return "a function is enabled with one DMA address space, not 0";
	case ZPCI_CLP_RESOURCES:
		return "there is one DMA address space, and more were asked for";
	case ZPCI_CLP_ALREADY:
		return "a reset has disabled it already; List PCI functions has the new handle";
	case ZPCI_CLP_PERMANENT_ERROR:
		return "the function has a permanent error; disable it";
	case ZPCI_CLP_BUSY:
		return "the device has not ended its work since a reset; try again";
	case ZPCI_CLP_RESUME_TOKEN:
		return "this resume token was never given out";
	case ZPCI_CLP_UNKNOWN_GROUP:
		return "no function is in this group";
	default:
		return "this is not allowed";
	}
}

void zpci_refusal_tell_clp(struct zpci_firmware *firmware, const void *request, uint16_t code)
{
	const struct zpci_clp_query_function_request *query = request;
	const struct zpci_clp_query_group_request *group = request;
	unsigned command = zpci_be16_get(query->header.code);
	struct look look = { 0 };
	struct words words;
	uint32_t handle = 0;

	/* A request of a wrong length may end before it names a function or a group. */
	if (code == ZPCI_CLP_LENGTH) {
		snprintf(words.request, sizeof(words.request), "CLP %s", command_name(command));
	} else if (command == ZPCI_CLP_QUERY_FUNCTION || command == ZPCI_CLP_SET_FUNCTION) {
		handle = zpci_be32_get(query->handle);
		look_at(firmware, handle, &look);
		snprintf(words.request, sizeof(words.request), "CLP %s with handle 0x%08x",
			 command_name(command), handle);
	} else if (command == ZPCI_CLP_QUERY_GROUP) {
		snprintf(words.request, sizeof(words.request), "CLP %s 0x%02x",
			 command_name(command), group->pfgid);
	} else {
		snprintf(words.request, sizeof(words.request), "CLP 0x%04x (%s)", command,
			 command_name(command));
	}
	name_subject(&words, &look);
	snprintf(words.answer, sizeof(words.answer), "response code 0x%04x", code);
	words.reason = why_response(code);
	if (code == ZPCI_CLP_INVALID_HANDLE)
		explain_handle(&words, &look, handle);
	say(firmware, &words);
}

/* --- SERVC ----------------------------------------------------------------------------------- */

static const char *why_not_configured(uint16_t code, bool configure)
{
	switch (code) {
	case ZPCI_SCLP_PAGE_CROSSING:
		return "the SCCB crosses a page";
	case ZPCI_SCLP_NO_ACTION:
		return configure ? "the function is configured already"
				 : "the function is in standby already";
	case ZPCI_SCLP_TOO_SHORT:
		return "the SCCB is too short";
	case ZPCI_SCLP_RESERVED_STATE:
		return "the function was removed";
	case ZPCI_SCLP_ADAPTER_TYPE:
		return "the type of the adapter is not 2, PCI";
	default:
		return "there is no function with this FID";
	}
}

void zpci_refusal_tell_sclp(struct zpci_firmware *firmware, uint32_t fid, bool configure,
			    uint16_t code)
{
	struct words words;

	snprintf(words.subject, sizeof(words.subject), "function 0x%08x", fid);
	snprintf(words.request, sizeof(words.request), "SERVC %s",
		 configure ? "configure" : "deconfigure");
	snprintf(words.answer, sizeof(words.answer), "response code 0x%04x", code);
	words.reason = why_not_configured(code, configure);
	say(firmware, &words);
}
