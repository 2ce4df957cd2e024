// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * capture_group.c - see capture_group.h
 *
 * Each number is written if a configuration can have it. Else it is a comment, so that what was
 * captured can be replayed in any case.
 */
#include <inttypes.h>

#include <zpci/platform.h>

#include "capture_group.h"
#include "zpci/inventory/clp_answer.h"

#define PAGE_BYTES 4096

static void write_number(FILE *out, const char *key, uint64_t value, bool possible)
{
	fprintf(out, "%s%s = %" PRIu64 "%s\n", possible ? "" : "; ", key, value,
		possible ? "" : ", which a configuration cannot have");
}

static void write_address(FILE *out, const char *key, uint64_t value, bool possible)
{
	fprintf(out, "%s%s = 0x%" PRIx64 "%s\n", possible ? "" : "; ", key, value,
		possible ? "" : ", which a configuration cannot have");
}

/* The types that a configuration has a word for (reference 3.6). */
static const char *designations(uint8_t dtsm)
{
	switch (dtsm) {
	case ZPCI_DESIGNATION_RT:
		return "rt";
	case ZPCI_DESIGNATION_RT | ZPCI_DESIGNATION_RS:
		return "rs";
	case ZPCI_DESIGNATION_RT | ZPCI_DESIGNATION_RS | ZPCI_DESIGNATION_RF |
		ZPCI_DESIGNATION_LINUX:
		return "rf";
	default:
		return NULL;
	}
}

/* Where DMA may go and where messages go must not overlap. A function of ISM's type may use one
 * page more. */
static bool is_outside(const struct captured *first, uint64_t msi)
{
	uint64_t start = zpci_be64_get(first->answer.sdma), end = zpci_be64_get(first->answer.edma);
	uint64_t more = first->answer.pft == ZPCI_FUNCTION_TYPE_ISM ? PAGE_BYTES : 0;

	return msi < start || (msi > end && msi - end > more);
}

static void write_flags(FILE *out, uint8_t flags)
{
	const uint8_t known = ZPCI_CLP_QG_RELAXED_ALIGNMENT | ZPCI_CLP_QG_REFRESH;

	if (flags & ZPCI_CLP_QG_REFRESH)
		fputs("refresh = yes\n", out);
	if (flags & ~known)
		fprintf(out, "; flags 0x%02x, which a replica does not have\n", flags & ~known);
}

/* What is for hosts alone. */
static void write_directed(FILE *out, const struct zpci_clp_query_group_response *answer)
{
	if (zpci_be16_get(answer->maxfaal) || zpci_be16_get(answer->dnoi) ||
	    zpci_be16_get(answer->maxcpu))
		fprintf(out,
			"; maxfaal 0x%04x, dnoi 0x%04x, maxcpu 0x%04x, which a replica does not "
			"have\n",
			zpci_be16_get(answer->maxfaal), zpci_be16_get(answer->dnoi),
			zpci_be16_get(answer->maxcpu));
}

static void write_answer(FILE *out, const struct zpci_clp_query_group_response *answer,
			 const struct captured *first)
{
	uint64_t vectors = zpci_be16_get(answer->noi) & 0xfff;
	uint64_t store_block = zpci_be16_get(answer->maxstbl) & 0x1fff;
	uint64_t msi = zpci_be64_get(answer->msia), interval = zpci_be16_get(answer->mui);

	write_number(out, "version", answer->version, true);
	write_number(out, "vectors", vectors, vectors && vectors <= 2048);
	write_number(out, "store-block", store_block,
		     store_block && store_block <= ZPCI_STORE_BLOCK_LIMIT && store_block % 8 == 0);
	if (answer->flags & ZPCI_CLP_QG_RELAXED_ALIGNMENT)
		fputs("relaxed-store-block = yes\n", out);
	write_flags(out, answer->flags);
	write_number(out, "fmb-interval", interval, interval);
	if (designations(answer->dtsm))
		fprintf(out, "designations = %s\n", designations(answer->dtsm));
	else
		fprintf(out, "; designations: 0x%02x, for which there is no word\n", answer->dtsm);
	write_address(out, "msi-address", msi, msi % 4 == 0 && is_outside(first, msi));
	if (zpci_be64_get(answer->dasm))
		write_address(out, "dma-spaces", zpci_be64_get(answer->dasm), true);
	write_directed(out, answer);
}

void capture_group_write(FILE *out, int fd, uint8_t pfgid, const struct captured *first)
{
	struct zpci_clp_query_group_response answer;
	struct problem problem;

	fprintf(out, "\n[group pfgid-0x%02x]\nid = 0x%02x\n", pfgid, pfgid);
	if (fd < 0 || !first->answered)
		fputs("; all else: not known, CLP was not asked\n", out);
	else if (clp_answer_group(fd, pfgid, &answer, &problem))
		fprintf(out, "; all else: not known, %s\n", problem.text);
	else
		write_answer(out, &answer, first);
}

void capture_group_write_dma(FILE *out, const struct captured *captured)
{
	uint64_t start = zpci_be64_get(captured->answer.sdma);
	uint64_t end = zpci_be64_get(captured->answer.edma);
	bool possible =
		start % PAGE_BYTES == 0 && end % PAGE_BYTES == PAGE_BYTES - 1 && start <= end;

	write_address(out, "dma-start", start, possible);
	write_address(out, "dma-end", end, possible);
}
