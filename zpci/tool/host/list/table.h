/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - a table for a person: columns as wide as what is in them, nothing is cut.
 *
 * What sysfs and libvirt call things may be anything, so characters that are not printable ASCII
 * are printed as question marks.
 */
#ifndef ZPCI_TOOL_HOST_TABLE_H
#define ZPCI_TOOL_HOST_TABLE_H

#include <stddef.h>
#include <stdio.h>

struct table {
	char **cells; /* row by row; the first row has the titles */
	size_t columns;
	size_t count;
	int failed; /* no storage for a cell */
};

/* @titles: one for each column, separated by newlines. */
void table_start(struct table *table, const char *titles);
/* The next cell, from left to right. An empty one is printed as a hyphen. */
void table_add(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Returns 0, or -1 if there was no storage, and then nothing is printed. */
int table_print(const struct table *table, FILE *out);
void table_free(struct table *table);

/* @text alone, in the same characters. */
void table_put_text(FILE *out, const char *text);

#endif
