// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The platform's facts about a function: where each comes from, and whether they can be true.
 *
 * The defaults are those of a software device. It translates on each access, so the guest need not
 * tell of new translations, and refresh is not published. A device that maps guest storage must be
 * told of them, so it has a default group of its own, which publishes refresh. The DMA addresses
 * are those that one region-third table reaches, and only that type is published: with more
 * addresses, Linux would use larger tables (reference 3.6). The MSI address lies outside.
 *
 * The relaxed group differs in store blocks alone, and is used only if the configuration asks for
 * it. A hypervisor in the guest passes the length of store blocks on to its own guest, and stock
 * QEMU has room for 128 bytes, whatever length it is told.
 */
#include <zpci/platform.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "zpci/function/fmb.h"
#include "zpci/function/platform.h"
#include "zpci/util/ebcdic.h"
#include "zpci/util/log.h"
#include "zpci/util/options.h"

#define PAGE 4096u
#define VECTORS_MAX 2048 /* numbers of messages have 11 bits (reference 6.1) */

#define COMMON                                                                                     \
	.version = 1, .designations = ZPCI_DESIGNATION_RT, .vectors = VECTORS_MAX,                 \
	.fmb_interval = 4000, .msi_address = 0xfe00000000000000ull

static const struct zpci_group groups[] = {
	{ COMMON, .id = 0x01, .store_block = ZPCI_STORE_BLOCK_LINUX },
	{ COMMON, .id = 0x02, .store_block = ZPCI_STORE_BLOCK_LIMIT, .relaxed_store_block = true },
	{ COMMON, .id = 0x03, .store_block = ZPCI_STORE_BLOCK_LINUX, .refresh = true },
};

const struct zpci_group *zpci_group_default(uint8_t id)
{
	for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i].id == id)
			return &groups[i];
	return NULL;
}

static struct zpci_platform default_platform(void)
{
	return (struct zpci_platform){
		.size = sizeof(struct zpci_platform),
		.fmb_length = ZPCI_FMB_LENGTH,
		.dma_start = 0x0000000100000000ull,
		.dma_end = 0x000003ffffffffffull,
		.group = groups[0],
	};
}

void zpci_platform_default(struct zpci_platform *platform)
{
	struct zpci_platform full = default_platform();

	zpci_size_fill(platform, &full, sizeof(full));
}

void zpci_platform_relaxed(struct zpci_platform *platform)
{
	struct zpci_platform full = default_platform();

	full.given = ZPCI_PLATFORM_GROUP;
	full.group = groups[1];
	zpci_size_fill(platform, &full, sizeof(full));
}

/* --- where each comes from ------------------------------------------------------------------- */

static const struct {
	uint32_t fact;
	size_t offset;
	size_t size;
} fields[] = {
#define FIELD(fact, first, last)                                                                   \
	{                                                                                          \
		fact, offsetof(struct zpci_platform, first),                                       \
			zpci_size_upto(struct zpci_platform, last) -                               \
				offsetof(struct zpci_platform, first)                              \
	}
	FIELD(ZPCI_PLATFORM_TYPE, pft, pft),
	FIELD(ZPCI_PLATFORM_PORT, port, port),
	FIELD(ZPCI_PLATFORM_PATH, pfip, pfip),
	FIELD(ZPCI_PLATFORM_TOPOLOGY, has_tid, tid),
	FIELD(ZPCI_PLATFORM_FMB, fmb_length, fmb_length),
	FIELD(ZPCI_PLATFORM_REPORT_ERROR, report_error, report_error),
	FIELD(ZPCI_PLATFORM_DMA, dma_start, dma_end),
	FIELD(ZPCI_PLATFORM_GROUP, group, group),
	FIELD(ZPCI_PLATFORM_UTILITY_STRING, utility_string, utility_ebcdic),
	FIELD(ZPCI_PLATFORM_PCHID, pchid, pchid),
	FIELD(ZPCI_PLATFORM_FIDPARM, fidparm, fidparm),
#undef FIELD
};

static void take(struct zpci_platform *to, const struct zpci_platform *from, uint32_t facts)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (facts & fields[i].fact)
			memcpy((char *)to + fields[i].offset, (const char *)from + fields[i].offset,
			       fields[i].size);
}

__attribute__((format(printf, 2, 3))) static int refuse(struct zpci_function *function,
							const char *format, ...)
{
	char why[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	zpci_log(&function->services.logger, ZPCI_LOG_ERROR, "%s", why);
	return -EINVAL;
}

/* Takes the facts that @from gives and that are not in @taken. */
static int merge(struct zpci_function *function, const struct zpci_platform *from,
		 const char *whose, uint32_t taken, uint32_t *facts)
{
	struct zpci_platform own;
	int rc = zpci_options_take(&own, sizeof(own), from,
				   zpci_size_upto(struct zpci_platform, fidparm),
				   &function->services.logger, whose);

	if (rc)
		return rc;
	if (own.given & ~(uint32_t)ZPCI_PLATFORM_ALL)
		return refuse(function,
			      "%s gives the facts 0x%x, and this library knows 0x%x; leave the "
			      "others out or use a newer library",
			      whose, own.given, ZPCI_PLATFORM_ALL);
	*facts = own.given & ~taken;
	take(&function->platform, &own, *facts);
	return 0;
}

/* --- whether they can be true ---------------------------------------------------------------- */

static int check_designations(struct zpci_function *function)
{
	const uint8_t all = ZPCI_DESIGNATION_RT | ZPCI_DESIGNATION_RS | ZPCI_DESIGNATION_RF;
	uint8_t types = function->group->designations;
	uint8_t known = (types & all) == all ? all | ZPCI_DESIGNATION_LINUX : all;

	if (types & ZPCI_DESIGNATION_RT && !(types & ~known))
		return 0;
	return refuse(function,
		      "its group 0x%02x has designation types 0x%02x; give 0x%02x, with 0x%02x, or "
		      "0x%02x, with 0x%02x",
		      function->group->id, types, ZPCI_DESIGNATION_RT, ZPCI_DESIGNATION_RS, all,
		      ZPCI_DESIGNATION_LINUX);
}

static bool is_zero(const uint64_t *words, size_t count)
{
	while (count && !words[count - 1])
		count--;
	return !count;
}

static int check_group(struct zpci_function *function)
{
	const struct zpci_group *group = function->group;

	if (!group->vectors || group->vectors > VECTORS_MAX)
		return refuse(function, "its group 0x%02x has %u vectors; give 1 to %u", group->id,
			      group->vectors, VECTORS_MAX);
	if (!group->store_block || group->store_block > ZPCI_STORE_BLOCK_LIMIT ||
	    group->store_block % 8)
		return refuse(function,
			      "its group 0x%02x has store blocks of %u bytes; give a multiple of 8 "
			      "up to %u",
			      group->id, group->store_block, ZPCI_STORE_BLOCK_LIMIT);
	if (!group->fmb_interval)
		return refuse(function,
			      "its group 0x%02x has a measurement interval of 0; give 1 to 65535 "
			      "milliseconds",
			      group->id);
	if (group->msi_address % 4)
		return refuse(function,
			      "its group 0x%02x has MSI address 0x%llx; give a multiple of 4",
			      group->id, (unsigned long long)group->msi_address);
	if (!is_zero(group->reserved, sizeof(group->reserved) / sizeof(group->reserved[0])))
		return refuse(function,
			      "its group 0x%02x has a reserved field that is not 0; clear it",
			      group->id);
	return check_designations(function);
}

/* ISM may also register the page behind the last one. */
static int check_addresses(struct zpci_function *function)
{
	const struct zpci_platform *platform = &function->platform;
	unsigned long long start = platform->dma_start, end = platform->dma_end;
	unsigned long long msi = platform->group.msi_address;

	if (start > end || start % PAGE || end % PAGE != PAGE - 1)
		return refuse(function,
			      "its DMA addresses are 0x%llx to 0x%llx; give the first byte of a "
			      "page of 4 KiB and the last byte of one that is not before it",
			      start, end);
	if (msi >= start && msi <= zpci_platform_dma_limit(platform))
		return refuse(function,
			      "the MSI address 0x%llx of its group 0x%02x is among its DMA "
			      "addresses, 0x%llx to 0x%llx; give one outside",
			      msi, platform->group.id, start, end);
	return 0;
}

static int check_utility_string(struct zpci_function *function)
{
	const char *string = function->platform.utility_string;
	size_t length = 0;

	if (*string && function->platform.has_utility_ebcdic)
		return refuse(function, "its utility string is given as text and in EBCDIC; leave "
					"one of them out");
	for (; string[length]; length++)
		if (length == ZPCI_UTILITY_STRING_MAX || !zpci_ebcdic(string[length]))
			return refuse(function,
				      "its utility string is wrong from character %zu on; give at "
				      "most %u letters, digits, blanks and %s",
				      length + 1, ZPCI_UTILITY_STRING_MAX, ZPCI_EBCDIC_SPECIAL);
	return 0;
}

static int check(struct zpci_function *function)
{
	const struct zpci_platform *platform = &function->platform;
	int rc;

	if (function->model->dma_map && !platform->group.refresh)
		return refuse(
			function,
			"its device maps guest storage, but in its group 0x%02x the guest does not "
			"tell of new translations; give a group with refresh",
			platform->group.id);
	if (platform->port > 0xf)
		return refuse(function, "its port is %u; give 0 to 15", platform->port);
	if (platform->fmb_length && platform->fmb_length != ZPCI_FMB_LENGTH)
		return refuse(function,
			      "its measurement block has %u bytes; give %u, or 0 for none",
			      platform->fmb_length, ZPCI_FMB_LENGTH);
	rc = check_group(function);
	if (!rc)
		rc = check_addresses(function);
	return rc ? rc : check_utility_string(function);
}

int zpci_platform_init(struct zpci_function *function, const struct zpci_platform *configured)
{
	const struct zpci_platform *delivered = function->identity.platform;
	uint32_t given = 0;
	int rc = 0;

	function->platform = default_platform();
	if (function->model->dma_map)
		function->platform.group = groups[2];
	function->delivered = 0;
	/* The device may free it. */
	function->identity.platform = NULL;
	if (configured)
		rc = merge(function, configured, "the platform of its options", 0, &given);
	if (!rc && delivered)
		rc = merge(function, delivered, "the platform of its device", given,
			   &function->delivered);
	if (!rc)
		rc = check(function);
	function->platform.given = given;
	if (!((given | function->delivered) & ZPCI_PLATFORM_PCHID))
		function->platform.pchid = function->pchid;
	if (!rc && function->group->store_block < ZPCI_STORE_BLOCK_LINUX)
		zpci_log(&function->services.logger, ZPCI_LOG_WARNING,
			 "its group 0x%02x has store blocks of %u bytes, and Linux stores up to %u "
			 "without asking; give that many",
			 function->group->id, function->group->store_block, ZPCI_STORE_BLOCK_LINUX);
	return rc;
}
