// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fields of the CLP responses, for a person. Names are those of Linux and QEMU; offsets and
 * meanings are those of <zpci/clp.h> and the reference, section 3.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include <zpci/bytes.h>

#include "describe.h"
#include "zpci/inventory/function.h"

void describe_size(char *text, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int unit = 0;

	while (bytes && bytes % 1024 == 0 && unit < 6) {
		bytes /= 1024;
		unit++;
	}
	snprintf(text, size, "%" PRIu64 " %s", bytes, units[unit]);
}

/* --- meanings -------------------------------------------------------------------------------- */

static void say_response(char *text, size_t size, uint64_t value)
{
	snprintf(text, size, "%s", value == ZPCI_CLP_OK ? "done" : "refused");
}

/* Names of the bits of @value, from the most significant of 8. */
static void say_bits(char *text, size_t size, uint64_t value, const char *const names[8])
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int bit = 0; bit < 8; bit++)
		if (value & 0x80 >> bit && names[bit] && used < size)
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
						 names[bit]);
	if (!value)
		snprintf(text, size, "none");
}

static void say_list_flags(char *text, size_t size, uint64_t value)
{
	static const char *const names[8] = { [7] = "UID checking: UIDs are unique" };

	say_bits(text, size, value, names);
}

static void say_function_flags(char *text, size_t size, uint64_t value)
{
	static const char *const names[8] = {
		[2] = "tid valid",
		[3] = "rid valid",
		[4] = "PF with SR-IOV",
		[6] = "mapped I/O valid",
		[7] = "utility string valid",
	};

	say_bits(text, size, value, names);
}

static void say_group_flags(char *text, size_t size, uint64_t value)
{
	static const char *const names[8] = {
		[2] = "relaxed translation",
		[4] = "relaxed alignment of store blocks",
		[6] = "large frames",
		[7] = "refresh: RPCIT for new translations too",
	};

	say_bits(text, size, value, names);
}

static void say_tables(char *text, size_t size, uint64_t value)
{
	static const char *const names[8] = {
		"segment tables",      "region-third tables",	  "region-second tables",
		"region-first tables", "region-second for Linux", "region-first for Linux",
	};

	say_bits(text, size, value, names);
}

static void say_configuration(char *text, size_t size, uint64_t value)
{
	snprintf(text, size, "%s", value & ZPCI_CLP_CONFIGURED ? "configured" : "standby");
}

static void say_handle(char *text, size_t size, uint64_t value)
{
	snprintf(text, size, "%s", value & 0x80000000u ? "enabled" : "disabled");
}

static void say_id(char *text, size_t size, uint64_t value)
{
	snprintf(text, size, "%s",
		 value == 0xffff ? "as a bare VF: the guest finds no device" : "");
}

static void say_vfn(char *text, size_t size, uint64_t value)
{
	if (value)
		snprintf(text, size, "VF %u: Linux sets no_command_memory", (unsigned int)value);
	else
		snprintf(text, size, "not a VF: Linux expects a Memory bit");
}

static void say_bar_size(char *text, size_t size, uint64_t value)
{
	if (value && value < 64)
		describe_size(text, size, 1ull << value);
	else
		snprintf(text, size, "absent");
}

static void say_bar(char *text, size_t size, uint64_t value)
{
	if (value & (ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE))
		snprintf(text, size, "%s%s", value & ZPCI_BAR_64BIT ? "64 bit" : "32 bit",
			 value & ZPCI_BAR_PREFETCHABLE ? ", prefetchable" : "");
}

static void say_words(char *text, size_t size, uint64_t value)
{
	if (value)
		snprintf(text, size, "%u bytes", (unsigned int)value * 4);
	else
		snprintf(text, size, "none");
}

static void say_type(char *text, size_t size, uint64_t value)
{
	const char *name = function_type_name(value);

	if (name)
		snprintf(text, size, "%s", name);
}

static void say_uid(char *text, size_t size, uint64_t value)
{
	snprintf(text, size, "PCI domain %04x", (unsigned int)value & 0xffff);
}

static void say_devfn(char *text, size_t size, uint64_t value)
{
	snprintf(text, size, "device %02x, function %x", (unsigned int)value >> 3 & 0x1f,
		 (unsigned int)value & 7);
}

static void say_vectors(char *text, size_t size, uint64_t value)
{
	snprintf(text, size, "%u", (unsigned int)value & 0xfff);
}

static void say_block(char *text, size_t size, uint64_t value)
{
	unsigned int bytes = (unsigned int)value & 0x1fff;

	snprintf(text, size, "%u bytes%s", bytes,
		 bytes < ZPCI_STORE_BLOCK_LINUX ? ", and Linux stores up to 128 without asking"
						: "");
}

static void say_milliseconds(char *text, size_t size, uint64_t value)
{
	snprintf(text, size, "%u ms", (unsigned int)value);
}

/* --- the tables ------------------------------------------------------------------------------ */

#define AT(member)                                                                                 \
	(unsigned short)offsetof(STRUCT, member), (unsigned short)sizeof(((STRUCT *)0)->member)
#define RESPONSE                                                                                   \
	{                                                                                          \
		"response", AT(header.code), false, "response code", say_response                  \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, 0, 0, false, NULL, NULL                                                      \
	}

#define STRUCT struct zpci_clp_list_response
const struct describe_field describe_list_fields[] = {
	RESPONSE,
	{ "handle_mask", AT(handle_mask), false, "handle bits of a hypervisor's functions", NULL },
	{ "max_functions", AT(max_functions), false, "functions that there can be", NULL },
	{ "flags", AT(flags), false, "flags", say_list_flags },
	{ "entry_size", AT(entry_size), false, "bytes of an entry", NULL },
	END
};
#undef STRUCT

#define STRUCT struct zpci_clp_list_entry
const struct describe_field describe_entry_fields[] = {
	{ "vendor", AT(vendor_id), false, "vendor ID", say_id },
	{ "device", AT(device_id), false, "device ID", say_id },
	{ "configuration", AT(configuration), false, "configuration state", say_configuration },
	{ "fid", AT(fid), false, "function ID", NULL },
	{ "handle", AT(handle), false, "function handle", say_handle },
	END
};
#undef STRUCT

#define STRUCT struct zpci_clp_query_function_response
#define BAR(n)                                                                                     \
	{ "bar" #n "_size", AT(bar_size[n]), false, "log2 of the size of BAR " #n, say_bar_size }, \
	{                                                                                          \
		"bar" #n, AT(bar[n]), true, "BAR " #n " register", say_bar                         \
	}
const struct describe_field describe_function_fields[] = {
	RESPONSE,
	{ "vfn", AT(vfn), false, "VF number", say_vfn },
	{ "flags", AT(flags), false, "flags", say_function_flags },
	{ "pfgid", AT(pfgid), false, "function group", NULL },
	{ "fid", AT(fid), false, "function ID", NULL },
	BAR(0),
	BAR(1),
	BAR(2),
	BAR(3),
	BAR(4),
	BAR(5),
	{ "pchid", AT(pchid), false, "physical channel: the adapter", NULL },
	{ "pfip", AT(pfip), false, "internal path", NULL },
	{ "fidparm", AT(fidparm), false, "parameter of the function type", NULL },
	{ "port", AT(port), false, "port; 0: not applicable", NULL },
	{ "fmb_length", AT(fmb_length), false, "function measurement block", say_words },
	{ "pft", AT(pft), false, "function type", say_type },
	{ "sdma", AT(sdma), false, "first DMA address", NULL },
	{ "edma", AT(edma), false, "last DMA address", NULL },
	{ "rid", AT(rid), false, "routing ID, if its flag is on", say_devfn },
	{ "tid", AT(tid), false, "topology ID, if its flag is on", NULL },
	{ "uid", AT(uid), false, "UID", say_uid },
	{ "utility_string", AT(utility_string), false, "EBCDIC, if its flag is on", NULL },
	{ "mio", AT(mio), false, "addresses for mapped I/O, if its flag is on", NULL },
	END
};
#undef STRUCT

#define STRUCT struct zpci_clp_query_group_response
const struct describe_field describe_group_fields[] = {
	RESPONSE,
	{ "noi", AT(noi), false, "interrupts of a function", say_vectors },
	{ "version", AT(version), false, "version", NULL },
	{ "flags", AT(flags), false, "flags", say_group_flags },
	{ "maxstbl", AT(maxstbl), false, "longest store block", say_block },
	{ "mui", AT(mui), false, "measurement interval", say_milliseconds },
	{ "dtsm", AT(dtsm), false, "DMA translation tables", say_tables },
	{ "maxfaal", AT(maxfaal), false, "forwarded adapter interruptions", NULL },
	{ "dnoi", AT(dnoi), false, "directed interrupts", NULL },
	{ "maxcpu", AT(maxcpu), false, "CPUs for directed interrupts", NULL },
	{ "dasm", AT(dasm), false, "DMA address space mask", NULL },
	{ "msia", AT(msia), false, "address of MSI messages", NULL },
	END
};
#undef STRUCT

#define STRUCT struct zpci_clp_set_function_response
const struct describe_field describe_enable_fields[] = {
	RESPONSE,
	{ "handle", AT(handle), false, "handle from now on", say_handle },
	{ "mio", AT(mio), false, "addresses for mapped I/O", NULL },
	END
};
#undef STRUCT

void describe_field_text(const struct describe_field *field, const void *block,
			 char value[DESCRIBE_VALUE], char meaning[DESCRIBE_MEANING])
{
	const uint8_t *bytes = (const uint8_t *)block + field->offset;

	*meaning = '\0';
	for (unsigned int i = 0; i < field->size; i++)
		snprintf(value + 2 * i, 3, "%02x", bytes[field->little ? field->size - 1 - i : i]);
	if (field->say)
		field->say(meaning, DESCRIBE_MEANING,
			   field->little ? zpci_get_le(bytes, field->size)
					 : zpci_get_be(bytes, field->size));
}
