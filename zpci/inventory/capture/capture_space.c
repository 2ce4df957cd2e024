// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * capture_space.c - see capture_space.h
 *
 * The bytes are written as a function has them after a reset: two captures of one function are the
 * same, whatever drivers did in between. What software or events had set is not lost, as a comment
 * of capture.c says it. Lines of zeros are left out.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <zpci/bytes.h>
#include <zpci/replica.h>

#include "capture_space.h"

#define LINE_BYTES 16
#define BAR_SIZE_MIN 4096

struct writer {
	FILE *out;
	const struct captured *captured;
	uint8_t config[ZPCI_REGISTERS_SIZE]; /* as after a reset */
	struct zpci_registers registers;
};

/* --- BARs ------------------------------------------------------------------------------------- */

static void write_bar(FILE *out, const char *name, unsigned i, const struct captured_bar *bar)
{
	uint64_t size = BAR_SIZE_MIN;

	if (bar->io) {
		fprintf(out, "; %s%u has 0x%" PRIx64 " ports; a replica has no ports\n", name, i,
			bar->size);
		return;
	}
	/* A size that is wrong must not make the configuration wrong. */
	while (size < bar->size && size < ZPCI_REPLICA_BAR_MAX)
		size *= 2;
	fprintf(out, "%s%u = 0x%" PRIx64 "%s%s", name, i, size, bar->wide ? " 64bit" : "",
		bar->prefetchable ? " prefetchable" : "");
	if (size != bar->size)
		fprintf(out, " ; 0x%" PRIx64 " bytes on the machine", bar->size);
	fputc('\n', out);
}

static void write_bars(FILE *out, const char *name, const struct captured_bar *bars)
{
	for (unsigned i = 0; i < CAPTURED_BARS; i++) {
		struct captured_bar bar = bars[i];

		if (!bar.size)
			continue;
		/* The second half of a 64-bit BAR is no BAR. */
		if (bar.wide && i + 1 == CAPTURED_BARS)
			bar.wide = false;
		write_bar(out, name, i, &bar);
		i += bar.wide;
	}
}

/* --- IDs -------------------------------------------------------------------------------------- */

/* Of a function without a device; what the layer hides cannot be known. */
static void write_listed_ids(FILE *out, const struct captured *captured)
{
	uint64_t vendor_id, device_id;

	if (!function_number(captured->function, ITEM_VENDOR_ID, &vendor_id) ||
	    !function_number(captured->function, ITEM_DEVICE_ID, &device_id) || vendor_id == 0 ||
	    vendor_id == 0xffff) {
		fputs("; no IDs are shown; these are made up\nvendor = 0xfffe\ndevice = 0xffff\n",
		      out);
		return;
	}
	fprintf(out, "vendor = 0x%04" PRIx64 "\ndevice = 0x%04" PRIx64 "\n", vendor_id, device_id);
}

static void write_ids(const struct writer *writer)
{
	static const struct {
		const char *key;
		unsigned offset, length;
		bool always;
	} ids[] = {
		{ "vendor", PCI_VENDOR_ID, 2, true },
		{ "device", PCI_DEVICE_ID, 2, true },
		{ "class", PCI_CLASS_PROG, 3, true },
		{ "revision", PCI_REVISION_ID, 1, false },
		{ "subsystem-vendor", PCI_SUBSYSTEM_VENDOR_ID, 2, false },
		{ "subsystem-device", PCI_SUBSYSTEM_ID, 2, false },
	};

	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		uint64_t value = zpci_get_le(writer->config + ids[i].offset, ids[i].length);

		if (value || ids[i].always)
			fprintf(writer->out, "%s = 0x%0*" PRIx64 "\n", ids[i].key,
				(int)(2 * ids[i].length), value);
	}
}

/* --- lines ------------------------------------------------------------------------------------ */

static bool is_zero(const uint8_t *bytes)
{
	for (unsigned i = 0; i < LINE_BYTES; i++)
		if (bytes[i])
			return false;
	return true;
}

static void write_lines(const struct writer *writer)
{
	for (unsigned offset = 0; offset < sizeof(writer->config); offset += LINE_BYTES) {
		if (is_zero(writer->config + offset))
			continue;
		fprintf(writer->out, "config-0x%03x =", offset);
		for (unsigned i = 0; i < LINE_BYTES; i++)
			fprintf(writer->out, " %02x", writer->config[offset + i]);
		fputc('\n', writer->out);
	}
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* The serial number of the device (PCIe 5.0, 7.9.3), wherever it stands. */
static void clear_serial_numbers(struct writer *writer)
{
	unsigned at = PCI_CFG_SPACE_SIZE, hops = sizeof(writer->config) / 4;

	for (; at >= PCI_CFG_SPACE_SIZE && hops; hops--) {
		uint32_t head = (uint32_t)zpci_get_le(writer->config + at, 4);

		if (PCI_EXT_CAP_ID(head) == PCI_EXT_CAP_ID_DSN && at + 12 <= sizeof(writer->config))
			memset(writer->config + at + 4, 0, 8);
		at = PCI_EXT_CAP_NEXT(head);
	}
}

/* A list of capabilities that is wrong is left out: a replica of it would be refused. */
static void take_bytes(struct writer *writer, bool vf, bool anonymous)
{
	char problem[ZPCI_REGISTERS_PROBLEM];
	uint8_t *config = writer->config;

	memcpy(config, writer->captured->config, sizeof(writer->config));
	if (!zpci_registers_learn(config, vf, &writer->registers, problem)) {
		fprintf(writer->out, "; without its capabilities: %s\n", problem);
		memset(config + PCI_STD_HEADER_SIZEOF, 0,
		       sizeof(writer->config) - PCI_STD_HEADER_SIZEOF);
		config[PCI_STATUS] &= (uint8_t)~PCI_STATUS_CAP_LIST;
		config[PCI_CAPABILITY_LIST] = 0;
		zpci_registers_learn(config, vf, &writer->registers, problem);
	}
	if (anonymous)
		clear_serial_numbers(writer);
	for (unsigned i = 0; i < sizeof(writer->config); i++)
		config[i] &= (uint8_t)~writer->registers.passing[i];
	memset(config + PCI_BASE_ADDRESS_0, 0, 4 * CAPTURED_BARS);
	if (writer->registers.sriov)
		memset(config + writer->registers.sriov + PCI_SRIOV_BAR, 0, 4 * CAPTURED_BARS);
}

static void write_readable(struct writer *writer, bool anonymous)
{
	const struct captured *captured = writer->captured;
	uint16_t vfn;

	take_bytes(writer, captured_vfn(captured, &vfn) && vfn, anonymous);
	write_ids(writer);
	write_bars(writer->out, "bar", captured->bars);
	if (writer->registers.sriov)
		write_bars(writer->out, "vf-bar", captured->vf_bars);
	if (captured->answered && captured->answer.flags & ZPCI_CLP_QF_PHYSICAL &&
	    !writer->registers.sriov)
		fputs("physical = yes\n", writer->out);
	if (captured->rom_size)
		fprintf(writer->out,
			"; an expansion ROM of 0x%" PRIx64 " bytes; a replica has none\n",
			captured->rom_size);
	if (captured->config_length == PCI_STD_HEADER_SIZEOF)
		fputs("; only 64 bytes of config space could be read; root can read all\n",
		      writer->out);
	write_lines(writer);
}

int capture_space_write(FILE *out, const struct captured *captured, bool anonymous)
{
	struct writer *writer;
	uint64_t vendor_id = zpci_get_le(captured->config, 2);

	if (!captured->config_length || vendor_id == 0 || vendor_id == 0xffff) {
		write_listed_ids(out, captured);
		write_bars(out, "bar", captured->bars);
		if (captured->answered && captured->answer.flags & ZPCI_CLP_QF_PHYSICAL)
			fputs("physical = yes\n", out);
		return 0;
	}
	writer = calloc(1, sizeof(*writer));
	if (!writer)
		return -1;
	writer->out = out;
	writer->captured = captured;
	write_readable(writer, anonymous);
	free(writer);
	return 0;
}
