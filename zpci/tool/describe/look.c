// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest of `zpci describe`. On the machine in memory it executes the instructions by which
 * Linux learns of its functions, in the same order: List; then for each function Query function,
 * Query group, configure by SCLP if the function is in standby, and Set (enable); then PCI loads of
 * all of config space. (source: arch/s390/pci/pci_clp.c and pci.c; reference 3 and 10.1)
 */
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>
#include <zpci/event.h>
#include <zpci/ram.h>

#include "describe.h"
#include "zpci/tool/message.h"
#include "zpci/util/instruction.h"

/* Storage: behind the prefix area. */
#define BLOCK 0x10000
#define SCCB 0x13000

#define REQUEST 32 /* bytes of all requests used here */
#define LIST_ENTRIES 500
#define LIST_SPACE                                                                                 \
	(sizeof(struct zpci_clp_list_response) + LIST_ENTRIES * sizeof(struct zpci_clp_list_entry))

struct guest {
	struct zpci_ram *ram;
	struct zpci_firmware *firmware;
	struct zpci_ram_cpu cpu;
};

/* Lets the guest execute an instruction. Returns whether it ended with condition code 0. */
static bool play(struct guest *guest, unsigned int opcode, unsigned int third, unsigned int r1,
		 unsigned int r2)
{
	const uint8_t instruction[6] = RRE_WITH(third, opcode, r1, r2);

	return zpci_ram_execute(&guest->cpu, guest->firmware, instruction) == ZPCI_EXECUTED &&
	       !guest->cpu.program_interruption && guest->cpu.cc == 0;
}

/* --- CLP ------------------------------------------------------------------------------------- */

/* A request that has only its header yet. */
static uint8_t *begin(struct guest *guest, unsigned int command, size_t space)
{
	uint8_t *block = zpci_ram_storage(guest->ram) + BLOCK;

	memset(block, 0, ZPCI_CLP_BLOCK_MAX);
	zpci_put_be(block, 2, REQUEST);
	zpci_put_be(block + 2, 2, command);
	zpci_put_be(block + REQUEST, 2, space);
	return block;
}

/* Copies the first @size bytes of the response; 0, or -1 after a message. */
static int call(struct guest *guest, const char *what, uint32_t fid, void *response, size_t size)
{
	const uint8_t *answer = zpci_ram_storage(guest->ram) + BLOCK + REQUEST;
	unsigned int code;

	guest->cpu.gr[3] = BLOCK;
	if (!play(guest, OP_CLP, ZPCI_CLP_LPS_PCI, 2, 3)) {
		tool_error("function 0x%08x: CLP %s was not executed", fid, what);
		return -1;
	}
	memcpy(response, answer, size);
	code = (unsigned int)zpci_get_be(answer + 2, 2);
	if (code == ZPCI_CLP_OK)
		return 0;
	tool_error("function 0x%08x: CLP %s was answered with response code 0x%04x", fid, what,
		   code);
	return -1;
}

static int query_function(struct guest *guest, struct description *description)
{
	uint8_t *block = begin(guest, ZPCI_CLP_QUERY_FUNCTION, sizeof(description->query));

	zpci_put_be(block + 16, 4, zpci_be32_get(description->entry.handle));
	return call(guest, "Query PCI function", description->info.fid, &description->query,
		    sizeof(description->query));
}

static int query_group(struct guest *guest, struct description *description)
{
	uint8_t *block = begin(guest, ZPCI_CLP_QUERY_GROUP, sizeof(description->group));

	block[19] = description->query.pfgid;
	return call(guest, "Query PCI function group", description->info.fid, &description->group,
		    sizeof(description->group));
}

static int enable(struct guest *guest, struct description *description)
{
	uint8_t *block = begin(guest, ZPCI_CLP_SET_FUNCTION, sizeof(description->enable));

	zpci_put_be(block + 16, 4, zpci_be32_get(description->entry.handle));
	block[22] = ZPCI_CLP_SET_ENABLE;
	block[23] = 1; /* DMA address spaces */
	return call(guest, "Set PCI function (enable)", description->info.fid, &description->enable,
		    sizeof(description->enable));
}

/* --- SCLP, and loads ------------------------------------------------------------------------- */

static int configure(struct guest *guest, uint32_t fid)
{
	struct zpci_sclp_configure sccb = { .adapter_type = ZPCI_SCLP_ADAPTER_PCI };
	uint8_t *storage = zpci_ram_storage(guest->ram) + SCCB;

	zpci_be16_put(&sccb.length, 4096);
	zpci_be32_put(&sccb.fid, fid);
	memcpy(storage, &sccb, sizeof(sccb));
	guest->cpu.gr[1] = ZPCI_SCLP_CONFIGURE;
	guest->cpu.gr[2] = SCCB;
	if (play(guest, OP_SERVC, 0, 1, 2)) {
		memcpy(&sccb, storage, sizeof(sccb));
		if (zpci_be16_get(sccb.response) == ZPCI_SCLP_OK)
			return 0;
	}
	tool_error("function 0x%08x: it is in standby and cannot be configured", fid);
	return -1;
}

static int load_config(struct guest *guest, struct description *description)
{
	uint64_t handle = zpci_be32_get(description->enable.handle);

	for (unsigned int offset = 0; offset < ZPCI_CONFIG_SIZE; offset += 4) {
		guest->cpu.gr[8] = handle << 32 | ZPCI_SPACE_CONFIG << 16 | 4;
		guest->cpu.gr[9] = offset;
		if (!play(guest, OP_PCILG, 0, 5, 8)) {
			tool_error(
				"function 0x%08x: PCI load of config space at 0x%03x was refused",
				description->info.fid, offset);
			return -1;
		}
		zpci_put_be(description->guest_config + offset, 4, guest->cpu.gr[5]);
	}
	return 0;
}

/* --- all of it ------------------------------------------------------------------------------- */

/* What a guest is not told. */
static int ask_library(struct guest *guest, struct description *description)
{
	uint32_t fid = zpci_be32_get(description->entry.fid);

	description->info.size = sizeof(description->info);
	description->platform.size = sizeof(description->platform);
	if (!zpci_firmware_info(guest->firmware, fid, &description->info) &&
	    !zpci_firmware_platform(guest->firmware, fid, &description->platform,
				    &description->delivered) &&
	    !zpci_firmware_config_origin(guest->firmware, fid, 0, description->origin,
					 ZPCI_CONFIG_SIZE) &&
	    !zpci_firmware_device_config(guest->firmware, fid, 0, description->device_config,
					 ZPCI_CONFIG_SIZE))
		return 0;
	tool_error("function 0x%08x: List has it, but the firmware does not know it; report "
		   "this fault of zpci",
		   fid);
	return -1;
}

static int look_at(struct guest *guest, struct description *description)
{
	if (ask_library(guest, description) || query_function(guest, description) ||
	    query_group(guest, description))
		return -1;
	if (description->info.state == ZPCI_STATE_STANDBY &&
	    configure(guest, description->info.fid))
		return -1;
	return enable(guest, description) || load_config(guest, description) ? -1 : 0;
}

static int append(struct descriptions *descriptions, const uint8_t *entries, size_t count)
{
	size_t size = (descriptions->count + count) * sizeof(*descriptions->items);
	struct description *items = realloc(descriptions->items, size + 1);

	if (!items) {
		tool_error("out of memory");
		return -1;
	}
	descriptions->items = items;
	for (size_t i = 0; i < count; i++) {
		struct description *item = &items[descriptions->count++];

		memset(item, 0, sizeof(*item));
		memcpy(&item->entry, entries + i * sizeof(item->entry), sizeof(item->entry));
	}
	return 0;
}

/* One call of List PCI, which continues at @token. */
static int list_some(struct guest *guest, struct descriptions *descriptions, uint64_t *token)
{
	uint8_t *block = begin(guest, ZPCI_CLP_LIST, LIST_SPACE);
	const size_t head = sizeof(descriptions->list);
	size_t used;

	zpci_put_be(block + 16, 8, *token);
	if (call(guest, "List PCI functions", 0, &descriptions->list, head))
		return -1;
	*token = zpci_be64_get(descriptions->list.token);
	used = zpci_be16_get(descriptions->list.header.length);
	if (used < head || used > LIST_SPACE) {
		tool_error("List PCI functions was answered with %zu bytes", used);
		return -1;
	}
	return append(descriptions, block + REQUEST + head,
		      (used - head) / sizeof(struct zpci_clp_list_entry));
}

int describe_look(struct zpci_ram *ram, struct zpci_firmware *firmware,
		  struct descriptions *descriptions)
{
	struct guest guest = { .ram = ram, .firmware = firmware };
	uint64_t token = 0;

	zpci_ram_cpu_init(ram, &guest.cpu);
	do {
		if (list_some(&guest, descriptions, &token))
			return -1;
	} while (token);
	for (size_t i = 0; i < descriptions->count; i++)
		if (look_at(&guest, &descriptions->items[i]))
			return -1;
	return 0;
}
