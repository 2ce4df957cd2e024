/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keys.c - the table of keys, and reading the value of one.
 *
 * The table is the one statement of what can be written: the ini file, a function given as text,
 * every sentence about what is allowed, and the check of the manual page are fed by it.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "zpci/util/ebcdic.h"

void config_list_add(char *buffer, size_t size, const char *item)
{
	size_t used = strlen(buffer);

	if (used < size)
		snprintf(buffer + used, size - used, "%s%s", used ? ", " : "", item);
}

/* --- numbers ------------------------------------------------------------------------------ */

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return 16;
}

/* Decimal, or hexadecimal after 0x. A leading 0 is refused: strtoul() would silently take
 * `uid = 0111` as octal, and a person who writes IDs in hex might not mean decimal either. */
static bool parse_number(const struct key *key, struct setting *setting)
{
	const char *text = setting->text;
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	int base = hex ? 16 : 10;
	uint64_t value = 0;

	if (hex)
		text += 2;
	else if (text[0] == '0' && text[1])
		return false;
	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = digit_value(*text);

		if (digit >= base)
			return false;
		value = value * base + digit;
		if (value > key->high)
			return false;
	}
	setting->value = value;
	return value >= key->low;
}

/* Linux makes a PCI domain number of the low 16 bits. */
static bool parse_uid(const struct key *key, struct setting *setting)
{
	return parse_number(key, setting) && (setting->value & 0xffff);
}

static void allowed_number(const struct key *key, char *buffer, size_t size)
{
	if (key->high > ZPCI_VFS_MAX)
		snprintf(buffer, size,
			 "a number from 0x%x to 0x%x, decimal or hexadecimal "
			 "with 0x",
			 key->low, key->high);
	else
		snprintf(buffer, size, "a number from %u to %u", key->low, key->high);
}

/* --- words -------------------------------------------------------------------------------- */

static const char *const no_yes[] = { "no", "yes", NULL };

static const char *const command_memories[] = { "absent", "off", "on", NULL };
static_assert(ZPCI_COMMAND_MEMORY_ABSENT == 0 && ZPCI_COMMAND_MEMORY_OFF == 1 &&
		      ZPCI_COMMAND_MEMORY_ON == 2,
	      "command_memories is indexed by the enum");

static bool parse_word(const struct key *key, struct setting *setting)
{
	for (unsigned i = 0; key->words[i]; i++)
		if (!strcmp(key->words[i], setting->text)) {
			setting->value = i;
			return true;
		}
	return false;
}

static void allowed_words(const struct key *key, char *buffer, size_t size)
{
	for (unsigned i = 0; key->words[i]; i++)
		config_list_add(buffer, size, key->words[i]);
}

static bool parse_model(const struct key *key, struct setting *setting)
{
	const struct zpci_model *model;

	(void)key;
	for (unsigned i = 0; (model = zpci_model_get(i)); i++)
		if (!strcmp(model->name, setting->text)) {
			setting->value = i;
			return true;
		}
	return false;
}

static void allowed_models(const struct key *key, char *buffer, size_t size)
{
	const struct zpci_model *model;

	(void)key;
	for (unsigned i = 0; (model = zpci_model_get(i)); i++)
		config_list_add(buffer, size, model->name);
}

static bool parse_profile(const struct key *key, struct setting *setting)
{
	const struct zpci_named_profile *profile;

	(void)key;
	for (unsigned i = 0; (profile = zpci_profile_get(i)); i++)
		if (!strcmp(profile->name, setting->text)) {
			setting->value = i;
			return true;
		}
	return false;
}

static void allowed_profiles(const struct key *key, char *buffer, size_t size)
{
	const struct zpci_named_profile *profile;

	(void)key;
	for (unsigned i = 0; (profile = zpci_profile_get(i)); i++)
		config_list_add(buffer, size, profile->name);
}

/* Whether there is an adapter of that name shows at the end, in finish.c. */
static bool parse_name(const struct key *key, struct setting *setting)
{
	(void)key;
	return config_name_valid(setting->text);
}

static void allowed_names(const struct key *key, char *buffer, size_t size)
{
	(void)key;
	snprintf(buffer, size, "the NAME of an [adapter NAME], %s", CONFIG_NAME_RULE);
}

static bool parse_utility_string(const struct key *key, struct setting *setting)
{
	size_t length = 0;

	(void)key;
	while (setting->text[length] && zpci_ebcdic(setting->text[length]))
		length++;
	return length && length <= ZPCI_UTILITY_STRING_MAX && !setting->text[length];
}

static void allowed_utility_strings(const struct key *key, char *buffer, size_t size)
{
	(void)key;
	snprintf(buffer, size, "1 to %u letters, digits, blanks and %s", ZPCI_UTILITY_STRING_MAX,
		 ZPCI_EBCDIC_SPECIAL);
}

/* --- the table ---------------------------------------------------------------------------- */

#define ADAPTER_KEY(text, member)                                                                  \
	.section = SECTION_ADAPTER, .name = (text), .offset = offsetof(struct adapter, member)
#define FUNCTION_KEY(text, member)                                                                 \
	.section = SECTION_FUNCTION, .name = (text), .offset = offsetof(struct function, member)
#define RANGE(from, to) .allowed = allowed_number, .low = (from), .high = (to)
#define NUMBER(from, to) .parse = parse_number, RANGE(from, to)
#define WORDS(list) .parse = parse_word, .allowed = allowed_words, .words = (list)

static const struct key keys[] = {
	{ ADAPTER_KEY("model", model), .parse = parse_model, .allowed = allowed_models },
	{ ADAPTER_KEY("pchid", pchid), NUMBER(1, 0xffff) },
	{ ADAPTER_KEY("vfs", vfs), NUMBER(0, ZPCI_VFS_MAX) },
	{ ADAPTER_KEY("rid", rid), WORDS(no_yes) },
	{ FUNCTION_KEY("adapter", adapter), .parse = parse_name, .allowed = allowed_names },
	{ FUNCTION_KEY("vf", vf), NUMBER(1, ZPCI_VFS_MAX), .hint = "leave it out for the PF" },
	{ FUNCTION_KEY("fid", fid), NUMBER(0, UINT32_MAX) },
	{ FUNCTION_KEY("uid", uid), .parse = parse_uid, RANGE(1, UINT32_MAX),
	  .hint = "its low 16 bits are what counts and must not be 0" },
	{ FUNCTION_KEY("profile", profile), .parse = parse_profile, .allowed = allowed_profiles },
	{ FUNCTION_KEY("ids", ids), WORDS(no_yes) },
	{ FUNCTION_KEY("bars", bars), WORDS(no_yes) },
	{ FUNCTION_KEY("publish-vfn", publish_vfn), WORDS(no_yes) },
	{ FUNCTION_KEY("command-memory", command_memory), WORDS(command_memories) },
	{ FUNCTION_KEY("standby", standby), WORDS(no_yes) },
	{ FUNCTION_KEY("relaxed-store-block", relaxed_store_block), WORDS(no_yes) },
	{ FUNCTION_KEY("utility-string", utility_string), .parse = parse_utility_string,
	  .allowed = allowed_utility_strings },
};

const struct key *config_key(unsigned index)
{
	return index < sizeof(keys) / sizeof(keys[0]) ? &keys[index] : NULL;
}

const struct key *config_key_find(enum section section, const char *name)
{
	const struct key *key;

	for (unsigned i = 0; (key = config_key(i)); i++)
		if (key->section == section && !strcmp(key->name, name))
			return key;
	return NULL;
}

void config_key_names(enum section section, char *buffer, size_t size)
{
	const struct key *key;

	buffer[0] = '\0';
	for (unsigned i = 0; (key = config_key(i)); i++)
		if (key->section == section)
			config_list_add(buffer, size, key->name);
}

void config_key_allowed(const struct key *key, char *buffer, size_t size)
{
	buffer[0] = '\0';
	key->allowed(key, buffer, size);
	if (key->hint) {
		size_t used = strlen(buffer);

		snprintf(buffer + used, size - used, "; %s", key->hint);
	}
}

int config_key_set(struct zpci_config *config, const struct key *key, void *owner,
		   struct place place, const char *value, char **error)
{
	struct setting *setting = (struct setting *)((char *)owner + key->offset);
	char label[CONFIG_LABEL], allowed[CONFIG_LIST];

	if (setting->place.source)
		return config_error(error, place,
				    "%s = %.64s: duplicate key, %s already says %s = %.64s; "
				    "keep one of them",
				    key->name, value, config_place(setting->place, label),
				    key->name, setting->text);
	setting->text = config_keep(config, value, strlen(value));
	if (!setting->text)
		return config_no_memory(error);
	setting->place = place;
	if (!key->parse(key, setting)) {
		config_key_allowed(key, allowed, sizeof(allowed));
		return config_error(error, place, "%s = %.64s: not allowed; allowed is %s",
				    key->name, value, allowed);
	}
	return 0;
}
