// SPDX-License-Identifier: GPL-2.0-or-later
#include "differential.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>

void pair_say(const struct pair *pair, const char *format, ...)
{
	va_list arguments;

	if (!pair->trace)
		return;
	va_start(arguments, format);
	vfprintf(pair->trace, format, arguments);
	va_end(arguments);
}

/* The first difference is kept: later ones may follow from it. */
void pair_differ(struct pair *pair, const char *format, ...)
{
	va_list arguments;

	if (pair->differs)
		return;
	pair->differs = true;
	va_start(arguments, format);
	vsnprintf(pair->difference, sizeof(pair->difference), format, arguments);
	va_end(arguments);
}

/* --- comparing ------------------------------------------------------------------------------- */

static void compare_number(struct pair *pair, const char *what, uint64_t library, uint64_t model)
{
	if (library != model)
		pair_differ(pair, "%s: library 0x%" PRIx64 ", model 0x%" PRIx64, what, library,
			    model);
}

static void compare_bytes(struct pair *pair, const char *what, const uint8_t *library,
			  const uint8_t *model, size_t length, size_t start)
{
	if (memcmp(library, model, length) == 0)
		return;
	for (size_t i = 0; i < length; i++)
		if (library[i] != model[i])
			pair_differ(pair, "%s at 0x%zx: library 0x%02x, model 0x%02x", what,
				    start + i, library[i], model[i]);
}

static void compare_presented(struct pair *pair)
{
	struct zpci_ram *ram = pair->ram;
	const struct model *model = pair->model;
	uint32_t sccb = 0;

	for (unsigned isc = 0; isc < 8; isc++)
		compare_number(pair, "adapter interruptions", zpci_ram_interruptions(ram, isc),
			       model->interruptions[isc]);
	compare_number(pair, "channel reports", zpci_ram_channel_reports(ram), model->reports);
	compare_number(pair, "SCLP completions", zpci_ram_completions(ram, &sccb),
		       model->completions);
	compare_number(pair, "SCCB", sccb, model->sccb);
}

static void compare_function(struct pair *pair, const struct model_function *function)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	if (zpci_firmware_info(pair->firmware, function->plug.fid, &info)) {
		pair_differ(pair, "function 0x%x: unknown to the library", function->plug.fid);
		return;
	}
	compare_number(pair, "handle", info.handle, function->handle);
	compare_number(pair, "state", info.state, function->state);
}

static void compare_device(struct pair *pair, const struct model_function *function)
{
	const struct desk_device *device = pair_device(pair, function);

	compare_bytes(pair, "BAR 0", device->bar0, function->bar0, sizeof(device->bar0), 0);
	compare_bytes(pair, "BAR 2", device->bar2, function->bar2, sizeof(device->bar2), 0);
}

static void compare_storage(struct pair *pair, size_t start, size_t end)
{
	compare_bytes(pair, "storage", zpci_ram_storage(pair->ram) + start,
		      pair->model->storage + start, end - start, start);
}

/* The blocks that the next step may overwrite are compared after each step. Tables, pages and
 * devices' bytes are many and stay, so they are compared less often. */
void pair_compare(struct pair *pair)
{
	bool devices = pair->steps % 16 == 15, all = pair->steps % 8 == 7;

	pair->steps++;

	compare_presented(pair);
	for (unsigned i = 0; i < pair->model->slots; i++) {
		const struct model_function *function = &pair->model->functions[i];

		if (function->state == MODEL_RESERVED)
			continue;
		compare_function(pair, function);
		if (devices && !pair->differs)
			compare_device(pair, function);
	}
	compare_storage(pair, all ? 0 : AT_CLP, all ? MODEL_STORAGE : AT_FMB + 0x400);
}

/* --- the guest ------------------------------------------------------------------------------- */

void pair_set_register(struct pair *pair, unsigned number, uint64_t value)
{
	pair->cpu.gr[number] = value;
	pair->model_cpu.gr[number] = value;
}

void pair_set_storage(struct pair *pair, uint64_t address, size_t length, uint64_t value)
{
	if (address > MODEL_STORAGE - length)
		return;
	zpci_put_be(zpci_ram_storage(pair->ram) + address, length, value);
	model_put_be(pair->model->storage + address, length, value);
}

/* Puts a List's resume token at @token: each side's own last token, or one that neither gave. */
struct exchange {
	bool list;
	uint64_t request;
	uint64_t response;
};

static struct exchange find_list(const struct pair *pair, const uint8_t *code)
{
	uint64_t address = pair->model_cpu.gr[code[3] & 15];
	const uint8_t *block;
	uint64_t length;

	if (code[0] != 0xb9 || code[1] != 0xa0 || code[2] & 0x80 || address > MODEL_STORAGE - 8192)
		return (struct exchange){ false, 0, 0 };
	block = pair->model->storage + address;
	length = model_get_be(block, 2);
	if (length != 32 || model_get_be(block + 2, 2) != 2)
		return (struct exchange){ false, 0, 0 };
	return (struct exchange){ true, address + 16, address + length + 16 };
}

static void translate_token(struct pair *pair, const struct exchange *exchange)
{
	uint64_t token;

	if (!exchange->list)
		return;
	token = model_get_be(pair->model->storage + exchange->request, 8);
	if (!token)
		return;
	if (token == pair->token)
		model_put_be(pair->model->storage + exchange->request, 8, pair->model_token);
	else
		pair_set_storage(pair, exchange->request, 8, token | 1ull << 63);
}

static void exchange_tokens(struct pair *pair, const struct exchange *exchange)
{
	const uint8_t *library = zpci_ram_storage(pair->ram) + exchange->response;
	uint8_t *model = pair->model->storage + exchange->response;

	if (!exchange->list)
		return;
	if (model_get_be(pair->model->storage + exchange->request, 8) == pair->model_token &&
	    zpci_get_be(zpci_ram_storage(pair->ram) + exchange->request, 8) == pair->token)
		model_put_be(pair->model->storage + exchange->request, 8, pair->token);
	/* Both answered, and both have more or both have not. */
	if (!pair->cpu.cc_set || pair->cpu.cc || !pair->model_cpu.cc_set || pair->model_cpu.cc ||
	    zpci_get_be(library - 14, 2) != 0x0010 || model_get_be(model - 14, 2) != 0x0010 ||
	    !zpci_get_be(library, 8) != !model_get_be(model, 8))
		return;
	pair->token = zpci_get_be(library, 8);
	pair->model_token = model_get_be(model, 8);
	model_put_be(model, 8, pair->token);
}

static void say_instruction(const struct pair *pair, const uint8_t *code)
{
	pair_say(pair, "    %02x%02x%02x%02x%02x%02x psw %" PRIx64, code[0], code[1], code[2],
		 code[3], code[4], code[5], pair->model_cpu.psw_mask);
	for (unsigned i = 0; i < 16; i++)
		if (pair->model_cpu.gr[i])
			pair_say(pair, " r%u=%" PRIx64, i, pair->model_cpu.gr[i]);
	pair_say(pair, "\n");
}

static void say_answer(const struct pair *pair, const char *who, bool ours, bool cc_set,
		       unsigned cc, unsigned program_interruption, const uint64_t *gr)
{
	pair_say(pair, "      %s:%s", who, ours ? "" : " not ours");
	if (cc_set)
		pair_say(pair, " cc %u", cc);
	if (program_interruption)
		pair_say(pair, " program interruption 0x%02x", program_interruption);
	for (unsigned i = 0; i < 16; i++)
		if (pair->cpu.gr[i] != pair->model_cpu.gr[i])
			pair_say(pair, " r%u=%" PRIx64, i, gr[i]);
	pair_say(pair, "\n");
}

static void compare_answers(struct pair *pair, bool library_ours, bool model_ours)
{
	const struct zpci_ram_cpu *cpu = &pair->cpu;
	const struct model_cpu *model = &pair->model_cpu;

	say_answer(pair, "library", library_ours, cpu->cc_set, cpu->cc, cpu->program_interruption,
		   cpu->gr);
	say_answer(pair, "model", model_ours, model->cc_set, model->cc, model->program_interruption,
		   model->gr);
	compare_number(pair, "executed", library_ours, model_ours);
	compare_number(pair, "program interruption", cpu->program_interruption,
		       model->program_interruption);
	compare_number(pair, "condition code set", cpu->cc_set, model->cc_set);
	if (cpu->cc_set)
		compare_number(pair, "condition code", cpu->cc, model->cc);
	for (unsigned i = 0; i < 16; i++)
		compare_number(pair, "register", cpu->gr[i], model->gr[i]);
}

void pair_execute(struct pair *pair, const uint8_t instruction[6])
{
	struct exchange exchange = find_list(pair, instruction);
	bool library, model;

	say_instruction(pair, instruction);
	translate_token(pair, &exchange);
	library = zpci_ram_execute(&pair->cpu, pair->firmware, instruction) == ZPCI_EXECUTED;
	model = model_execute(pair->model, &pair->model_cpu, instruction);
	exchange_tokens(pair, &exchange);
	compare_answers(pair, library, model);
	pair_advance(pair, 0);
}

/* --- host and device ------------------------------------------------------------------------- */

void pair_advance(struct pair *pair, uint64_t nanoseconds)
{
	zpci_ram_advance(pair->ram, nanoseconds);
	model_advance(pair->model, nanoseconds);
}

/* The profiles of README's table, then some without a name. */
static const struct {
	bool ids, bars, publish_vfn;
	unsigned memory;
} profiles[8] = {
	{ true, true, true, 0 },   { true, true, true, 2 },   { true, true, false, 0 },
	{ true, true, false, 1 },  { false, false, true, 0 }, { true, false, false, 2 },
	{ false, true, false, 1 }, { false, true, true, 2 },
};

static struct model_plug plug_of(unsigned adapter, unsigned vf, unsigned profile)
{
	return (struct model_plug){
		.fid = FID + 16 * adapter + vf,
		.uid = 0x10000u * vf + 0x100 + 16 * adapter + vf,
		.pchid = (uint16_t)(PCHID + adapter),
		.vf = vf,
		.ids = profiles[profile % 8].ids,
		.bars = profiles[profile % 8].bars,
		.publish_vfn = vf && profiles[profile % 8].publish_vfn,
		.memory = profiles[profile % 8].memory,
		.publish_rid = adapter == 1,
	};
}

/* The library's form of the options. */
static struct zpci_platform platform_of(const struct model_plug *plug)
{
	const struct model_platform *from = plug->platform;
	struct zpci_platform to = {
		.size = sizeof(to),
		.given = from->tells_pchid ? ZPCI_PLATFORM_ALL
					   : ZPCI_PLATFORM_ALL & ~ZPCI_PLATFORM_PCHID,
		.pchid = (uint16_t)from->pchid,
		.fidparm = (uint8_t)from->fidparm,
		.pft = (uint8_t)from->pft,
		.port = (uint8_t)from->port,
		.has_tid = from->has_tid,
		.tid = (uint16_t)from->tid,
		.fmb_length = from->measured ? 64 : 0,
		.dma_start = from->sdma,
		.dma_end = from->edma,
		.group = {
			.id = (uint8_t)from->group,
			.version = (uint8_t)from->version,
			.designations = (uint8_t)from->dtsm,
			.relaxed_store_block = from->flags & 0x08,
			.refresh = from->flags & 0x01,
			.vectors = (uint16_t)from->noi,
			.store_block = (uint16_t)from->maxstbl,
			.fmb_interval = (uint16_t)from->mui,
			.msi_address = from->msia,
			.dma_spaces = from->dasm,
		},
	};

	model_put_be(to.pfip, 4, from->pfip);
	if (plug->utility)
		strcpy(to.utility_string, plug->utility);
	return to;
}

/* Without a choice it is the first platform. */
static int add(struct pair *pair, const struct model_plug *plug, unsigned adapter)
{
	const struct zpci_platform platform = platform_of(plug);
	struct zpci_function_options options = {
		.size = sizeof(options),
		.adapter = pair->adapters[adapter],
		.vf = plug->vf,
		.fid = plug->fid,
		.uid = plug->uid,
		.profile = { plug->ids, plug->bars, plug->publish_vfn,
			     (enum zpci_command_memory)plug->memory },
		.standby = plug->standby,
		.publish_rid = plug->publish_rid,
		.platform = plug->platform == model_platforms && !plug->utility ? NULL : &platform,
	};

	return zpci_firmware_add(pair->firmware, &options);
}

void pair_plug(struct pair *pair, unsigned adapter, unsigned vf, unsigned profile, bool standby,
	       unsigned platform, bool utility)
{
	struct model_plug plug = plug_of(adapter, vf, profile);
	int rc;

	if (model_by_fid(pair->model, plug.fid))
		return;
	plug.standby = standby;
	plug.platform = &model_platforms[platform];
	plug.utility = utility ? "SLOT 7 PORT 2 JXQZ" : NULL;
	pair_say(pair, "    function 0x%x profile %u platform %u%s%s\n", plug.fid, profile % 8,
		 platform, standby ? " standby" : "", utility ? " utility string" : "");
	rc = add(pair, &plug, adapter);
	if (rc)
		pair_differ(pair, "function 0x%x cannot be added: %d", plug.fid, rc);
	else
		model_plug(pair->model, &plug);
}

void pair_unplug(struct pair *pair, uint32_t fid)
{
	compare_number(pair, "removal", zpci_firmware_remove(pair->firmware, fid) == 0,
		       model_unplug(pair->model, fid));
}

struct desk_device *pair_device(const struct pair *pair, const struct model_function *function)
{
	return pair->desks[function->plug.pchid - PCHID]->devices[function->plug.vf];
}

void pair_engine(struct pair *pair, struct model_function *function)
{
	desk_engine(pair_device(pair, function));
	model_device_engine(pair->model, function);
}

/* --- life ------------------------------------------------------------------------------------ */

static void set_table(struct pair *pair, uint64_t table, unsigned entries, uint64_t value)
{
	for (unsigned i = 0; i < entries; i++)
		pair_set_storage(pair, table + 8 * i, 8, value);
}

/* Two segment tables, three page tables with 16 pages each, and a large frame: storage itself. */
static void map(struct pair *pair)
{
	/* The root of larger trees: as region-second and as region-first table. */
	pair_set_storage(pair, AT_LARGER, 8, AT_ROOT | 0x0b);
	pair_set_storage(pair, AT_LARGER + 8, 8, AT_LARGER | 0x0f);
	set_table(pair, AT_ROOT, 2048, 0x20);
	set_table(pair, AT_SEGMENTS, 4096, 0x20);
	set_table(pair, AT_PAGE_TABLES, 768, 0x400);
	pair_set_storage(pair, AT_ROOT + 8 * 2, 8, AT_SEGMENTS | 0x07);
	pair_set_storage(pair, AT_ROOT + 8 * 3, 8, (AT_SEGMENTS + 0x4000) | 0x07);
	pair_set_storage(pair, AT_SEGMENTS, 8, AT_PAGE_TABLES);
	pair_set_storage(pair, AT_SEGMENTS + 8, 8, AT_PAGE_TABLES + 0x800);
	pair_set_storage(pair, AT_SEGMENTS + 16, 8, 0x400);
	pair_set_storage(pair, AT_SEGMENTS + 0x4000, 8, AT_PAGE_TABLES + 0x1000);
	for (unsigned i = 0; i < 48; i++)
		pair_set_storage(pair, AT_PAGE_TABLES + i / 16 * 0x800 + i % 16 * 8, 8,
				 (AT_PAGES + i * 11 % 32 * 0x1000) | (i % 7 == 6 ? 0x200 : 0));
}

static bool make_library(struct pair *pair, uint8_t options)
{
	struct zpci_firmware_options firmware = { .size = sizeof(firmware),
						  .no_uid_checking = options % 4 == 1,
						  .shared = options % 4 == 3 };
	struct zpci_adapter_options adapter = { .size = sizeof(adapter), .vfs = DESK_VFS };

	pair->ram = zpci_ram_create(MODEL_STORAGE);
	if (!pair->ram ||
	    zpci_firmware_create(zpci_ram_ops(), pair->ram, &firmware, &pair->firmware))
		return false;
	for (unsigned i = 0; i < ADAPTERS; i++) {
		if (zpci_adapter_create(&desk_model, (uint16_t)(PCHID + i), &adapter,
					&pair->adapters[i]))
			return false;
		pair->desks[i] = desk_last;
	}
	zpci_ram_cpu_init(pair->ram, &pair->cpu);
	pair->cpu.prefix = AT_PREFIX;
	return true;
}

bool pair_init(struct pair *pair, uint8_t options)
{
	memset(pair, 0, sizeof(*pair));
	pair->model = calloc(1, sizeof(*pair->model));
	if (!pair->model || !make_library(pair, options))
		return false;
	model_init(pair->model);
	pair->model->no_uid_checking = options % 4 == 1;
	pair->model->shared = options % 4 == 3;
	pair->model->epoch = zpci_ram_ops()->clock(pair->ram);
	pair->model_cpu.psw_mask = pair->cpu.psw_mask;
	pair->model_cpu.prefix = AT_PREFIX;
	map(pair);
	pair_plug(pair, 0, 1, 0, false, false, false);
	pair_plug(pair, 0, 0, 3, false, false, true);
	pair_plug(pair, 0, 2, 1, false, true, false);
	pair_plug(pair, 1, 1, 2, true, false, false);
	pair_plug(pair, 1, 3, 4, false, true, true);
	return true;
}

void pair_fini(struct pair *pair)
{
	if (pair->firmware)
		zpci_firmware_quiesce(pair->firmware);
	zpci_firmware_destroy(pair->firmware);
	for (unsigned i = 0; i < ADAPTERS; i++)
		zpci_adapter_unref(pair->adapters[i]);
	zpci_ram_destroy(pair->ram);
	free(pair->model);
}
