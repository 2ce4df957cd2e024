/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/option.h - the options of a device model: what a person can tell it.
 *
 * A model names its options in a table, and says how the value of each is written. A program that
 * reads configurations, as the command zpci does, checks what a person wrote by this table before
 * it makes an adapter. The model gets a list of the values that were written, and no others: so
 * the default of an option is where the model uses it.
 *
 *	static const struct zpci_option blocks = {
 *		.size = sizeof(blocks), .name = "blocks", .help = "number of blocks",
 *		.kind = ZPCI_OPTION_NUMBER, .low = 1, .high = 4096,
 *	};
 *	static const struct zpci_option *const options[] = { &blocks, NULL };
 */
#ifndef ZPCI_OPTION_H
#define ZPCI_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZPCI_OPTIONS_MAX 32	/* options of one model */
#define ZPCI_OPTION_NAME_MAX 32 /* characters of a name */

/* How a value is written. */
enum zpci_option_kind {
	ZPCI_OPTION_NUMBER, /* decimal, or hexadecimal after 0x */
	ZPCI_OPTION_SIZE, /* the same, in bytes, or with K, M, G or T behind it: times 1024, ... */
	ZPCI_OPTION_WORD, /* one of a few words */
	ZPCI_OPTION_TEXT, /* any text but an empty one */
	ZPCI_OPTION_FILE, /* the name of a file. The model gets an absolute one: a relative name
			       counts from the folder of the configuration file, or from the current
			       folder if no file said it */
};

/* One option. The strings live as long as the model. */
struct zpci_option {
	/* sizeof(struct zpci_option); fields behind it count as 0, and what the reader does not
	 * know must be 0 */
	size_t size;
	/* The key in a configuration: 1 to ZPCI_OPTION_NAME_MAX lower case letters, digits and '-',
	 * and not a key that the configuration itself has. */
	const char *name;
	const char *help; /* what it is, and its default: a phrase without a period */
	enum zpci_option_kind kind;
	bool function; /* each function has a value of its own; false: the adapter has one */
	bool required; /* there is no default */
	/* Of a number or a size: the least and the largest. */
	uint64_t low;
	uint64_t high;
	/* Of a word: those that are allowed, up to NULL. */
	const char *const *words;
	/* Of a text; NULL: each is allowed. Returns whether @text is, and may set *@number. Any
	 * thread; it keeps nothing. */
	bool (*parse)(const char *text, uint64_t *number);
	/* With parse: what is allowed, for a message: "a PCI address such as 0001:00:00.0". */
	const char *allowed;
};

/* A value that was given to an option. Lists of these end with one whose name is NULL. */
struct zpci_option_value {
	const char *name;
	const char *text; /* as it was written; of a file its absolute name */
	uint64_t number;  /* of a number or a size; of a word its index in words; of a text what
			     parse() set, else 0 */
};

/* The value of option @name in @values, which may be NULL: an empty list. NULL: none was given. */
static inline const struct zpci_option_value *
zpci_option_find(const struct zpci_option_value *values, const char *name)
{
	for (; values && values->name; values++)
		if (!strcmp(values->name, name))
			return values;
	return NULL;
}

/* Its number; @otherwise if none was given. */
static inline uint64_t zpci_option_number(const struct zpci_option_value *values, const char *name,
					  uint64_t otherwise)
{
	const struct zpci_option_value *value = zpci_option_find(values, name);

	return value ? value->number : otherwise;
}

#ifdef __cplusplus
}
#endif

#endif
