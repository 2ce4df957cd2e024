/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix.h - the parts of `zpci matrix`, zpci-matrix(1).
 *
 *	subcommand.c   plan, boots, results, exit status
 *	plan.c         the functions of the guests, and the boots
 *	guest.c        one boot: the command in the guest, and the report that it prints
 *	observed.c     the report as observed values
 *	expected.c     the rows, what each profile must show, and the comparison
 *	needs.c        what a kernel must have for a row, and what follows if it has not
 *	verdict.c      the results counted, and what follows from them
 *	name.c         the name of a boot in results that are compared with older ones
 *	outputs.c      where the results go
 *	text.c html.c json.c tap.c junit.c    the results
 *	matrix.c       small questions that all of them have
 *
 * A cell is one observation of one function in one boot. Its expected value depends on the profile
 * alone. If a kernel cannot show something, the cell is not observed, and the expected value stays
 * the same. The matrix passes only if every cell was observed and is as expected.
 *
 * Where a message comes from:
 *
 *	guest default, 1 CPU: lpar: bar_at_open: expected ok, observed EIO (REASON)
 *
 *	the sentence      put_differences() in text.c
 *	bar_at_open, ok   the table in expected.c; compare() in that file found the difference
 *	EIO               from_vfio() in observed.c, which took it from zpci-inspect's report
 *	REASON            set_why() in observed.c, in most cases from the report as well
 *	no report: ...    no_report() in guest.c
 */
#ifndef ZPCI_TOOL_MATRIX_H
#define ZPCI_TOOL_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "zpci/tool/boot/boot.h"
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

#define MATRIX_ANY NULL	 /* differs between kernels: shown and not compared */
#define MATRIX_NONE "-"	 /* there is nothing to look at */
#define MATRIX_OWN "own" /* the number of the VF */

struct matrix_row {
	const char *name; /* in JSON, TAP and JUnit */
	const char *text;
	const char *help; /* what one learns from it */
	enum matrix_source source;
	const char *key; /* in zpci-inspect's report */
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
	MATRIX_UNOBSERVED, /* this kernel cannot show it, or zpci-inspect could not look */
};

#define MATRIX_RESULTS (MATRIX_UNOBSERVED + 1)
#define MATRIX_VALUE 24
#define MATRIX_WHY 160
#define MATRIX_NAME 512 /* of a boot */
#define MATRIX_RELEASE 72

struct matrix_cell {
	enum matrix_result result;
	char expected[MATRIX_VALUE]; /* "" for MATRIX_ANY */
	char observed[MATRIX_VALUE]; /* "?" if it was not */
	char why[MATRIX_WHY];	     /* why it was not observed */
};

struct matrix_boot {
	const char *guest;  /* the name of a guest of zpci-lab(1); or NULL: then */
	const char *kernel; /* is a file */
	unsigned int smp;
	char image_release
		[MATRIX_RELEASE];     /* as the file says before the boot; "" if it does not */
	char release[MATRIX_RELEASE]; /* as the guest says */
	time_t started;
	double seconds; /* that the boot took */
	bool has_btf;
	bool has_vfio;
	uint32_t missing;	  /* bits: which of matrix_needs the kernel lacks */
	char problem[MATRIX_WHY]; /* why there is no report; else "" */
	bool refused;		  /* with @problem: QEMU could not be started */
	struct matrix_cell cells[MATRIX_PROFILES][MATRIX_OBSERVATIONS];
};

struct matrix {
	const struct tool_options *options;
	struct matrix_function functions[MATRIX_PROFILES];
	const char *specs[MATRIX_PROFILES]; /* the same, as a boot takes them */
	struct matrix_boot *boots;
	size_t boot_count;
	size_t booted;
};

struct matrix_output {
	const char *option;
	const char *path; /* NULL: not wanted; "-": standard output */
	void (*write)(FILE *to, const struct matrix *matrix);
	FILE *to; /* NULL: not open */
};

#define MATRIX_OUTPUTS 3

struct matrix_outputs {
	struct matrix_output files[MATRIX_OUTPUTS];
};

struct matrix_counts {
	unsigned int results[MATRIX_RESULTS];
	unsigned int problems; /* boots without a report */
	unsigned int refused;  /* those of them that could not be started */
};

enum matrix_verdict {
	MATRIX_PASSED,	   /* every cell was observed, and is as expected */
	MATRIX_FAILED,	   /* a cell differs, or a guest did not report */
	MATRIX_INCOMPLETE, /* neither of them */
};

/* What a kernel must have so that rows can be observed. */
struct matrix_need {
	const char *option; /* "CONFIG_..." */
	uint32_t rows;	    /* bits: the observations */
	const char *how;    /* how a kernel gets it */
};

/* One reason for which cells of a boot were not observed. */
struct matrix_gap {
	const struct matrix_need *need; /* NULL: then */
	const char *why;		/* says it */
	unsigned int cells;
};

#define MATRIX_GAPS 24
/* Two tests of each boot in TAP and JUnit. */
#define MATRIX_REPORTED "the guest reported"
#define MATRIX_ALL_OBSERVED "all cells were observed"
#define MATRIX_NEEDS_HELP "`zpci kernel config --merge' adds what a kernel's configuration lacks."

/* matrix.c */

/* The profile called so, or -1. */
int matrix_profile_find(const char *name, size_t length);
/* "guest default, 4 CPUs" */
const char *matrix_boot_name(const struct matrix_boot *boot, char *buffer, size_t size);
/* Register values as people write them here: four digits, no 0x. */
const char *matrix_short(const char *value);
/* The word of the table for a result. */
extern const char *const matrix_result_names[MATRIX_RESULTS];

/* name.c */

/* The name of a boot. It stays the same when the kernel is built again or lies elsewhere. */
const char *matrix_boot_id(const struct matrix *matrix, const struct matrix_boot *boot,
			   char *buffer, size_t size);

/* needs.c */

/* Notes that the kernel lacks @option. */
void matrix_needs_missing(struct matrix_boot *boot, const char *option);
/* The first need of this row that the kernel lacks; NULL: there is none. */
const struct matrix_need *matrix_needs_find(const struct matrix_boot *boot,
					    enum matrix_observation observation);
/* Why cells of this boot were not observed; returns the number of reasons. */
size_t matrix_gaps(const struct matrix_boot *boot, struct matrix_gap gaps[MATRIX_GAPS]);
/* "CONFIG_X is missing: what to do", without the number of cells. */
const char *matrix_gap_text(const struct matrix_gap *gap, char *buffer, size_t size);

/* verdict.c */

struct matrix_counts matrix_count_boot(const struct matrix_boot *boot);
struct matrix_counts matrix_count(const struct matrix *matrix);
enum matrix_verdict matrix_verdict(const struct matrix *matrix);
/* "passed", "FAILED" or "INCOMPLETE" */
const char *matrix_verdict_word(enum matrix_verdict verdict);
/* What was counted, as a sentence without a period. */
const char *matrix_summary(const struct matrix *matrix, char *buffer, size_t size);

/* plan.c */

/* Fills in functions and boots, and checks that all of them can be booted. Returns 0, or -1 after a
 * message. matrix_plan_free() follows in any case. */
int matrix_plan(struct matrix *matrix);
void matrix_plan_free(struct matrix *matrix);

/* guest.c */

struct boot_setup matrix_setup(const struct matrix *matrix, const struct matrix_boot *boot);
/* Fills in @boot; a failure is its @problem. Returns 0, or the signal that interrupted it. */
int matrix_boot_run(const struct matrix *matrix, struct matrix_boot *boot);

/* observed.c: returns 0, or -1 if @text is not a report of zpci-inspect's. */
int matrix_observe(const struct matrix *matrix, struct matrix_boot *boot, const char *text);

/* expected.c */

/* Fills in the expected value; @vf is the number that MATRIX_OWN stands for. */
void matrix_expect(struct matrix_cell *cell, enum matrix_profile profile,
		   enum matrix_observation observation, unsigned int vf);
/* Fills in the results of a boot whose cells have expected, observed and why. */
void matrix_compare(struct matrix_boot *boot);

/* outputs.c: 0, or -1 after a message */

/* Do these options go together? */
int matrix_outputs_check(const struct tool_options *options);
/* matrix_outputs_close() follows in any case. */
int matrix_outputs_open(struct matrix_outputs *outputs, const struct tool_options *options);
int matrix_outputs_write(struct matrix_outputs *outputs, const struct matrix *matrix);
void matrix_outputs_close(struct matrix_outputs *outputs);
/* Writes the expected values alone. */
int matrix_outputs_expected(const struct tool_options *options);

/* text.c, html.c, json.c, tap.c, junit.c */

void matrix_text(FILE *to, const struct matrix *matrix);
void matrix_text_expected(FILE *to);
void matrix_html(FILE *to, const struct matrix *matrix);
void matrix_json(FILE *to, const struct matrix *matrix);
void matrix_json_expected(FILE *to);
void matrix_tap(FILE *to, const struct matrix *matrix);
void matrix_junit(FILE *to, const struct matrix *matrix);

#endif
