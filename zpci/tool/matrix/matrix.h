/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix.h - the parts of `zpci matrix`.
 *
 *	matrix.c            options, the boots, the exit status
 *	matrix_expected.c   what is looked at, what each profile must show, and the comparison
 *	matrix_boot.c       one guest: `zpci run` as a child, and what it printed
 *	matrix_observed.c   that report as cells
 *	matrix_text.c, matrix_html.c, matrix_json.c, matrix_ci.c (TAP, JUnit)   the results
 *
 * A cell is one observation of one function in one boot. Its expected value depends on the
 * profile alone: kernels that cannot do something make cells that are not observable, never
 * other expectations.
 */
#ifndef ZPCI_TOOL_MATRIX_H
#define ZPCI_TOOL_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "zpci/tool/boot/list.h"
#include "zpci/tool/options.h"

enum matrix_profile {
	MATRIX_LPAR,
	MATRIX_VFIO,
	MATRIX_SILENT,
	MATRIX_PLAIN,
	MATRIX_RAW,
	MATRIX_PROFILES
};

enum matrix_observation {
	MATRIX_SLOT,
	MATRIX_BUS,
	MATRIX_DEVICE,
	MATRIX_VFN,
	MATRIX_BIT,
	MATRIX_VFIO_VFN,
	MATRIX_COMMAND_AT_OPEN,
	MATRIX_SYSFS_AT_OPEN,
	MATRIX_BAR_AT_OPEN,
	MATRIX_COMMAND_AFTER_0,
	MATRIX_BAR_AFTER_0,
	MATRIX_COMMAND_AFTER_2,
	MATRIX_BAR_AFTER_2,
	MATRIX_SYSFS_AFTER_2,
	MATRIX_RESTORES_2_AGAIN,
	MATRIX_RESTORES_1,
	MATRIX_RESTORES_1_AGAIN,
	MATRIX_RESTORES_6,
	MATRIX_MMAP,
	MATRIX_OBSERVATIONS
};

/* Where zpci-inspect's report has it. */
enum matrix_source {
	MATRIX_FROM_SYSFS,    /* the list of functions */
	MATRIX_FROM_KERNEL,   /* the kernel's memory, found by way of its BTF */
	MATRIX_FROM_OPEN,     /* the function as vfio opened it */
	MATRIX_FROM_VALUE,    /* the value of one of its observations */
	MATRIX_FROM_ACCESS,   /* whether one of them worked */
	MATRIX_FROM_RESTORES, /* whether vfio logged one */
};

#define MATRIX_ANY NULL	 /* differs between kernels, and is only shown */
#define MATRIX_NONE "-"	 /* there is nothing to look at */
#define MATRIX_OWN "own" /* the number of the VF */

struct matrix_row {
	const char *name; /* in JSON, TAP and JUnit */
	const char *text;
	const char *help; /* what one learns from it */
	enum matrix_source source;
	const char *report; /* name in zpci-inspect's report, where that has one */
	const char *expected[MATRIX_PROFILES];
};

extern const struct matrix_row matrix_rows[MATRIX_OBSERVATIONS];
extern const char *const matrix_profile_names[MATRIX_PROFILES];

/* The function that stands for a profile. */
struct matrix_function {
	char *spec; /* allocated: as for `zpci run --function` */
	uint32_t fid;
	unsigned int vf;
};

enum matrix_result {
	MATRIX_EMPTY, /* nothing to compare */
	MATRIX_EQUAL,
	MATRIX_DIFFERENT,
	MATRIX_UNOBSERVABLE, /* this kernel cannot show it */
};

#define MATRIX_RESULTS (MATRIX_UNOBSERVABLE + 1)
#define MATRIX_VALUE 24
#define MATRIX_WHY 160
#define MATRIX_NAME 512 /* of a boot */

struct matrix_cell {
	enum matrix_result result;
	char expected[MATRIX_VALUE]; /* "" for MATRIX_ANY */
	char observed[MATRIX_VALUE]; /* "?" if it was not */
	char why[MATRIX_WHY];	     /* it was not observed */
};

struct matrix_boot {
	const char *option; /* "guest" or "kernel" */
	const char *kernel; /* its value */
	unsigned int smp;
	char release[MATRIX_VALUE * 3];
	bool has_btf;
	bool has_vfio;
	char problem[MATRIX_WHY]; /* there is no report; else "" */
	struct matrix_cell cells[MATRIX_PROFILES][MATRIX_OBSERVATIONS];
};

struct matrix {
	const struct tool_options *options;
	struct matrix_function functions[MATRIX_PROFILES];
	struct matrix_boot *boots;
	size_t boot_count;
	size_t booted;
};

struct matrix_counts {
	unsigned int results[MATRIX_RESULTS];
	unsigned int problems; /* boots without a report */
};

/* matrix_expected.c */

/* The profile called so, or -1. */
int matrix_profile_find(const char *name, size_t length);
/* What is expected, as text: VF has the number that MATRIX_OWN stands for. */
void matrix_expect(struct matrix_cell *cell, enum matrix_profile profile,
		   enum matrix_observation observation, unsigned int vf);
/* Fills in the results of a boot whose cells have expected, observed and why. */
void matrix_compare(struct matrix_boot *boot);
struct matrix_counts matrix_count(const struct matrix *matrix);
/* Do the results pass? */
bool matrix_passed(const struct matrix *matrix);

/* matrix_boot.c: all failures are the boot's `problem'. */
void matrix_boot_run(const struct matrix *matrix, struct matrix_boot *boot);

/* matrix_observed.c: returns 0, or -1 when TEXT is not what the guest should have printed. */
int matrix_observe(const struct matrix *matrix, struct matrix_boot *boot, const char *text);

/* matrix_text.c */

/* "guest default, 4 CPUs" */
const char *matrix_boot_name(const struct matrix_boot *boot, char *buffer, size_t size);
/* Register values as people write them here: four digits, no 0x. */
const char *matrix_short(const char *value);
void matrix_text(FILE *to, const struct matrix *matrix);
void matrix_text_expected(FILE *to);

/* matrix_html.c, matrix_json.c, matrix_ci.c */
void matrix_html(FILE *to, const struct matrix *matrix);
void matrix_json(FILE *to, const struct matrix *matrix);
void matrix_json_expected(FILE *to);
void matrix_tap(FILE *to, const struct matrix *matrix);
void matrix_junit(FILE *to, const struct matrix *matrix);

/* matrix_markup.c: text as HTML and XML take it, in element content or in an attribute. */
void matrix_put_markup(FILE *to, const char *text);

#endif
