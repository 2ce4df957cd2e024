// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * captured.c - see captured.h
 *
 * CLP is believed before sysfs, because sysfs shows what the kernel took from CLP when it found the
 * function. Only the kernel knows the sizes of the expansion ROM and of the BARs of VFs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>

#include "captured.h"
#include "zpci/inventory/clp_answer.h"
#include "zpci/inventory/file.h"

/* Lines of `resource` in sysfs: BARs, expansion ROM, BARs of VFs (Linux include/linux/pci.h). */
#define LINE_ROM 6
#define LINE_VF_BARS 7
#define LINES 13

/* Flags there (Linux include/linux/ioport.h). */
#define RESOURCE_IO 0x00000100
#define RESOURCE_MEMORY 0x00000200
#define RESOURCE_PREFETCHABLE 0x00002000
#define RESOURCE_64BIT 0x00100000

/* --- sysfs ------------------------------------------------------------------------------------ */

static void take_resource(struct captured_bar *bar, uint64_t start, uint64_t end, uint64_t flags)
{
	if (!(flags & (RESOURCE_IO | RESOURCE_MEMORY)) || end < start)
		return;
	bar->size = end - start + 1;
	bar->io = flags & RESOURCE_IO;
	bar->wide = flags & RESOURCE_64BIT;
	bar->prefetchable = flags & RESOURCE_PREFETCHABLE;
}

static void take_line(struct captured *captured, unsigned line, const struct captured_bar *bar)
{
	if (line < CAPTURED_BARS)
		captured->bars[line] = *bar;
	else if (line == LINE_ROM)
		captured->rom_size = bar->size;
	else if (line - LINE_VF_BARS < CAPTURED_BARS)
		captured->vf_bars[line - LINE_VF_BARS] = *bar;
}

static void read_resources(struct captured *captured)
{
	char path[SYSFS_PATH_SIZE], *data, *line, *state;
	uint64_t start, end, flags;
	size_t length;

	sysfs_device_path(path, captured->function->address, "resource");
	data = file_read(path, 65536, &length);
	if (!data)
		return;
	line = strtok_r(data, "\n", &state);
	for (unsigned i = 0; line && i < LINES; i++, line = strtok_r(NULL, "\n", &state)) {
		struct captured_bar bar = { 0 };

		if (sscanf(line, "%" SCNx64 " %" SCNx64 " %" SCNx64, &start, &end, &flags) != 3)
			break;
		take_resource(&bar, start, end, flags);
		take_line(captured, i, &bar);
	}
	free(data);
}

/* The kernel has a place for the BARs of all VFs together. */
static void divide_vf_bars(struct captured *captured)
{
	struct zpci_registers *registers = malloc(sizeof(*registers));
	char problem[ZPCI_REGISTERS_PROBLEM];
	uint64_t vfs = 0;

	if (registers && zpci_registers_learn(captured->config, false, registers, problem) &&
	    registers->sriov)
		vfs = zpci_get_le(captured->config + registers->sriov + PCI_SRIOV_TOTAL_VF, 2);
	for (unsigned i = 0; i < CAPTURED_BARS; i++)
		captured->vf_bars[i].size = vfs ? captured->vf_bars[i].size / vfs : 0;
	free(registers);
}

/* A file with more than that is none of Linux's. */
static void read_config(struct captured *captured)
{
	char path[SYSFS_PATH_SIZE], *data;
	size_t length;

	sysfs_device_path(path, captured->function->address, "config");
	data = file_read(path, sizeof(captured->config), &length);
	if (data && length >= PCI_STD_HEADER_SIZEOF) {
		memcpy(captured->config, data, length);
		captured->config_length = length;
	}
	free(data);
}

/* What device.c has read. */
static void take_items(struct captured *captured)
{
	const struct function *f = captured->function;
	const struct item *pfip = &f->items[ITEM_PFIP];

	captured->has_pfip = pfip->state == ITEM_KNOWN;
	if (captured->has_pfip)
		zpci_put_be(captured->pfip, sizeof(captured->pfip), pfip->value);
	memcpy(captured->utility_string, f->utility_bytes, sizeof(captured->utility_string));
	for (unsigned i = 0; i < sizeof(captured->utility_string); i++)
		captured->has_utility_string |= captured->utility_string[i] != 0;
	captured->has_mio = function_has(f, ITEM_MIO_ENABLED) && f->items[ITEM_MIO_ENABLED].value;
}

static void read_sysfs(struct captured *captured)
{
	read_config(captured);
	read_resources(captured);
	divide_vf_bars(captured);
	take_items(captured);
}

/* --- CLP -------------------------------------------------------------------------------------- */

static void take_bars(struct captured *captured)
{
	const struct zpci_clp_query_function_response *answer = &captured->answer;

	for (unsigned i = 0; i < CAPTURED_BARS; i++) {
		uint32_t image = zpci_le32_get(answer->bar[i]);
		struct captured_bar *bar = &captured->bars[i];

		*bar = (struct captured_bar){ .size = 0 };
		if (!answer->bar_size[i] || answer->bar_size[i] > 63)
			continue;
		bar->size = 1ull << answer->bar_size[i];
		bar->io = image & PCI_BASE_ADDRESS_SPACE_IO;
		bar->wide = !bar->io && image & PCI_BASE_ADDRESS_MEM_TYPE_64;
		bar->prefetchable = !bar->io && image & PCI_BASE_ADDRESS_MEM_PREFETCH;
	}
}

static void read_clp(struct captured *captured, int fd)
{
	const struct function *f = captured->function;
	struct zpci_clp_query_function_response *answer = &captured->answer;

	if (fd < 0 || !f->listed) {
		problem_set(&captured->clp_problem, "CLP was not asked");
		return;
	}
	if (clp_answer_function(fd, (uint32_t)f->items[ITEM_HANDLE].value, answer,
				&captured->clp_problem))
		return;
	captured->answered = true;
	take_bars(captured);
	memcpy(captured->pfip, answer->pfip, sizeof(captured->pfip));
	captured->has_pfip = true;
	captured->has_utility_string = answer->flags & ZPCI_CLP_QF_UTILITY_STRING;
	memcpy(captured->utility_string, answer->utility_string, sizeof(captured->utility_string));
}

void captured_read(struct captured *captured, const struct function *function, int fd)
{
	memset(captured, 0, sizeof(*captured));
	captured->function = function;
	captured->standby = function->state == STATE_STANDBY;
	if (function->has_device)
		read_sysfs(captured);
	read_clp(captured, fd);
}

/* --- numbers ---------------------------------------------------------------------------------- */

#define NUMBER(name, type, item, said)                                                             \
	bool captured_##name(const struct captured *captured, type *name)                          \
	{                                                                                          \
		uint64_t value;                                                                    \
		bool known = function_number(captured->function, item, &value);                    \
                                                                                                   \
		*name = (type)(captured->answered ? (said) : value);                               \
		return known || captured->answered;                                                \
	}

NUMBER(uid, uint32_t, ITEM_UID, zpci_be32_get(captured->answer.uid))
NUMBER(pchid, uint16_t, ITEM_PCHID, zpci_be16_get(captured->answer.pchid))
NUMBER(vfn, uint16_t, ITEM_VFN, zpci_be16_get(captured->answer.vfn))
NUMBER(pfgid, uint8_t, ITEM_PFGID, captured->answer.pfgid)
NUMBER(pft, uint8_t, ITEM_PFT, captured->answer.pft)
NUMBER(port, uint8_t, ITEM_PORT, captured->answer.port & 0x0f)
