// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a kernel must have so that the matrix can observe a row, and how a kernel gets it.
 * zpci-inspect reports what is missing (zpci/inspect/missing.c has how it finds out).
 */
#include <string.h>

#include "matrix.h"

#define ROW(observation) (1u << (observation))
#define ALL (ROW(MATRIX_OBSERVATIONS) - 1)
#define SLOTS (ROW(MATRIX_SLOT) | ROW(MATRIX_BUS))
/* All that goes through vfio. */
#define VFIO (ALL & ~(SLOTS | ROW(MATRIX_DEVICE) | ROW(MATRIX_VFN) | ROW(MATRIX_BIT)))
#define LOG                                                                                        \
	(ROW(MATRIX_RESTORES_2_AGAIN) | ROW(MATRIX_RESTORES_1) | ROW(MATRIX_RESTORES_1_AGAIN) |    \
	 ROW(MATRIX_RESTORES_6))
#define MODULE "build it in, or have the module in the RAM disk"

static const struct matrix_need needs[] = {
	{ "CONFIG_PCI", ALL, "build it in" },
	{ "CONFIG_HOTPLUG_PCI_S390", SLOTS, "build it in" },
	{ "CONFIG_DEBUG_INFO_BTF", ROW(MATRIX_BIT),
	  "build it in; the kernel's build needs the program pahole for it" },
	{ "CONFIG_PROC_KCORE", ROW(MATRIX_BIT), "build it in" },
	{ "CONFIG_KALLSYMS_ALL", ROW(MATRIX_BIT), "build it in" },
	{ "CONFIG_VFIO_PCI", VFIO, MODULE },
	{ "CONFIG_VFIO_GROUP", VFIO, "build it in" },
	{ "CONFIG_VFIO_CONTAINER", VFIO, "build it in" },
	{ "CONFIG_VFIO_IOMMU_TYPE1", VFIO, MODULE },
	{ "CONFIG_VFIO_PCI_ZDEV_KVM", ROW(MATRIX_VFIO_VFN),
	  "build it in; it depends on CONFIG_KVM" },
	{ "CONFIG_PRINTK", LOG, "build it in" },
};

#define NEEDS (sizeof(needs) / sizeof(needs[0]))

void matrix_needs_missing(struct matrix_boot *boot, const char *option)
{
	size_t i;

	for (i = 0; i < NEEDS; i++)
		if (!strcmp(needs[i].option, option))
			boot->missing |= 1u << i;
}

const struct matrix_need *matrix_needs_find(const struct matrix_boot *boot,
					    enum matrix_observation observation)
{
	size_t i;

	for (i = 0; i < NEEDS; i++)
		if (boot->missing & 1u << i && needs[i].rows & ROW(observation))
			return &needs[i];
	return NULL;
}

static unsigned int count_rows(const struct matrix_boot *boot, uint32_t rows)
{
	unsigned int count = 0;
	int profile, i;

	for (profile = 0; profile < MATRIX_PROFILES; profile++)
		for (i = 0; i < MATRIX_OBSERVATIONS; i++)
			count += rows & ROW(i) &&
				 boot->cells[profile][i].result == MATRIX_UNOBSERVED;
	return count;
}

/* A cell that has no need has its own reason, which it often shares with others. */
static size_t add_cell(const struct matrix_cell *cell, struct matrix_gap *gaps, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!gaps[i].need && !strcmp(gaps[i].why, cell->why))
			break;
	if (i == MATRIX_GAPS)
		return count;
	if (i == count)
		gaps[count++] = (struct matrix_gap){ .why = cell->why };
	gaps[i].cells++;
	return count;
}

size_t matrix_gaps(const struct matrix_boot *boot, struct matrix_gap gaps[MATRIX_GAPS])
{
	size_t count = 0, i;
	int profile, row;

	if (*boot->problem)
		return 0;
	for (i = 0; i < NEEDS; i++) {
		const struct matrix_need *need = &needs[i];

		if (boot->missing & 1u << i && count_rows(boot, need->rows))
			gaps[count++] = (struct matrix_gap){
				.need = need,
				.cells = count_rows(boot, need->rows),
			};
	}
	for (profile = 0; profile < MATRIX_PROFILES; profile++)
		for (row = 0; row < MATRIX_OBSERVATIONS; row++)
			if (boot->cells[profile][row].result == MATRIX_UNOBSERVED &&
			    !matrix_needs_find(boot, row))
				count = add_cell(&boot->cells[profile][row], gaps, count);
	return count;
}

const char *matrix_gap_text(const struct matrix_gap *gap, char *buffer, size_t size)
{
	if (gap->need)
		snprintf(buffer, size, "%s is missing: %s", gap->need->option, gap->need->how);
	else
		snprintf(buffer, size, "%s", gap->why);
	return buffer;
}
