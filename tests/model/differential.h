/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * differential.h - library and model do the same steps and are compared after each.
 *
 *	record ---> step.c  what a guest, a device or the host does, chosen by the record's bytes
 *	              |     and by the state of the model, so that most of it makes sense
 *	              v
 *	            pair.c  does it on both; compares registers, storage, what was presented, states
 *	              v
 *	            differential.c  runs records; drops those that a difference does not need; tells
 *
 * A record is valid at any place of a sequence. So the search for few records is a loop that
 * removes some.
 */
#ifndef TESTS_MODEL_DIFFERENTIAL_H
#define TESTS_MODEL_DIFFERENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <zpci/ram.h>

#include "desk_device.h"
#include "model.h"

/* --- differential.c -------------------------------------------------------------------------- */

#define RECORD 24 /* bytes */

/* Runs @count records of RECORD bytes; @options configures the firmware. True: no difference. Else
 * the shortest sequence found that differs is printed to standard error. */
bool differential_run(uint8_t options, const uint8_t *records, size_t count);

/* --- pair.c ---------------------------------------------------------------------------------- */

#define ADAPTERS 2
#define PCHID 0x1c0u
#define FID 0x1000u /* + 16 * adapter + vf */

/* Where things are in guest storage. */
#define AT_LARGER 0x0000u /* only its first entries are a table */
#define AT_PREFIX 0x2000u
#define AT_CLP 0x4000u
#define AT_FIB 0x6000u
#define AT_DATA 0x7000u
#define AT_SCCB 0x9000u
#define AT_CHSC 0xa000u
#define AT_AIBV 0xb000u
#define AT_AISB 0xc000u
#define AT_FMB 0xd000u
#define AT_ROOT 0x10000u
#define AT_SEGMENTS 0x14000u	/* 2 tables */
#define AT_PAGE_TABLES 0x1c000u /* 3 tables */
#define AT_PAGES 0x20000u
#define DMA_START 0x100000000ull

#define FORMERS 32 /* number of remembered handles */

struct pair {
	struct zpci_ram *ram;
	struct zpci_ram_cpu cpu;
	struct zpci_firmware *firmware;
	struct zpci_adapter *adapters[ADAPTERS];
	struct desk *desks[ADAPTERS];
	struct model *model;
	struct model_cpu model_cpu;
	uint64_t token, model_token;		       /* last resume tokens of each */
	uint32_t former[FORMERS], latest[MODEL_SLOTS]; /* enabled handles */
	unsigned formers;
	unsigned steps;
	FILE *trace; /* NULL: silent */
	bool differs;
	char difference[256];
};

bool pair_init(struct pair *pair, uint8_t options);
void pair_fini(struct pair *pair);
__attribute__((format(printf, 2, 3))) void pair_differ(struct pair *pair, const char *format, ...);
__attribute__((format(printf, 2, 3))) void pair_say(const struct pair *pair, const char *format,
						    ...);
/* Compares everything outside of an answer. */
void pair_compare(struct pair *pair);

/* The guest: registers, storage, instructions. */
void pair_set_register(struct pair *pair, unsigned number, uint64_t value);
void pair_set_storage(struct pair *pair, uint64_t address, size_t length, uint64_t value);
void pair_execute(struct pair *pair, const uint8_t instruction[6]);

/* The host and the device. The function must exist. */
void pair_plug(struct pair *pair, unsigned adapter, unsigned vf, unsigned profile, bool standby,
	       unsigned platform, bool utility);
void pair_unplug(struct pair *pair, uint32_t fid);
struct desk_device *pair_device(const struct pair *pair, const struct model_function *function);
void pair_advance(struct pair *pair, uint64_t nanoseconds);
void pair_engine(struct pair *pair, struct model_function *function);

/* --- step.c ---------------------------------------------------------------------------------- */

void step_run(struct pair *pair, const uint8_t record[RECORD]);
const char *step_name(const uint8_t record[RECORD]);

#endif
