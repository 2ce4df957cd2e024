// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * keys.c - the table of keys, and reading the value of one.
 *
 * Only the table says what can be written. The ini file, a function given as text, each sentence
 * about what is allowed, and the test of the manual page use it.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <zpci/replica.h>

#include "internal.h"
#include "zpci/util/ebcdic.h"
#include "zpci/util/id.h"

void config_list_add(char *buffer, size_t size, const char *item)
{
	size_t used = strlen(buffer);

	if (used < size)
		snprintf(buffer + used, size - used, "%s%s", used ? ", " : "", item);
}

/* --- numbers ------------------------------------------------------------------------------ */

static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return 16;
}

/* Counts and sizes are decimal, or hexadecimal after 0x. A leading 0 is refused: strtoul() would
 * read `tid = 0111` as octal without a word. */
static bool parse_number(const struct key *key, struct setting *setting)
{
	const char *text = setting->text;
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	unsigned base = hex ? 16 : 10;
	uint64_t value = 0;

	if (hex)
		text += 2;
	else if (text[0] == '0' && text[1])
		return false;
	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned digit = digit_value(*text);

		if (digit >= base || digit > key->high)
			return false;
		if (value > (key->high - digit) / base)
			return false;
		value = value * base + digit;
	}
	setting->value = value;
	return value >= key->low;
}

static bool parse_id(const struct key *key, struct setting *setting)
{
	uint32_t id;

	if (!zpci_id_read(setting->text, (uint32_t)key->high, &id))
		return false;
	setting->value = id;
	return id >= key->low;
}

static void allowed_ids(const struct key *key, char *buffer, size_t size)
{
	snprintf(buffer, size, "a number from 0x%" PRIx64 " to 0x%" PRIx64 ", " ZPCI_ID_NOTATION,
		 key->low, key->high);
}

/* "free" is replaced by a number in finish.c. */
static bool parse_vf(const struct key *key, struct setting *setting)
{
	if (strcmp(setting->text, "free"))
		return parse_number(key, setting);
	setting->value = CONFIG_VF_FREE;
	return true;
}

static void allowed_vfs(const struct key *key, char *buffer, size_t size)
{
	snprintf(buffer, size, "a number from %" PRIu64 " to %" PRIu64 ", or free", key->low,
		 key->high);
}

static bool parse_page(const struct key *key, struct setting *setting)
{
	return parse_number(key, setting) && setting->value % 4096 == 0;
}

static bool parse_page_end(const struct key *key, struct setting *setting)
{
	return parse_number(key, setting) && setting->value % 4096 == 4095;
}

static bool parse_multiple_of_4(const struct key *key, struct setting *setting)
{
	return parse_number(key, setting) && setting->value % 4 == 0;
}

static bool parse_multiple_of_8(const struct key *key, struct setting *setting)
{
	return parse_number(key, setting) && setting->value % 8 == 0;
}

bool config_number_read(const char *text, uint64_t low, uint64_t high, uint64_t *value)
{
	const struct key key = { .low = low, .high = high };
	struct setting setting = { .text = text };

	if (!parse_number(&key, &setting))
		return false;
	*value = setting.value;
	return true;
}

static void allowed_number(const struct key *key, char *buffer, size_t size)
{
	if (key->high > ZPCI_VFS_MAX)
		snprintf(buffer, size,
			 "a number from 0x%" PRIx64 " to 0x%" PRIx64 ", decimal or hexadecimal "
			 "with 0x",
			 key->low, key->high);
	else
		snprintf(buffer, size, "a number from %" PRIu64 " to %" PRIu64, key->low,
			 key->high);
}

/* --- words -------------------------------------------------------------------------------- */

static const char *const no_yes[] = { "no", "yes", NULL };

static const char *const command_memories[] = { "absent", "off", "on", NULL };
static_assert(ZPCI_COMMAND_MEMORY_ABSENT == 0 && ZPCI_COMMAND_MEMORY_OFF == 1 &&
		      ZPCI_COMMAND_MEMORY_ON == 2,
	      "command_memories is indexed by the enum");

const char *const config_designations[] = { "rt", "rs", "rf", NULL };

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

/* The name of a file becomes a model in models.c. */
static bool parse_model(const struct key *key, struct setting *setting)
{
	const struct zpci_model *model;

	(void)key;
	if (strchr(setting->text, '/'))
		return true;
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

/* finish.c checks that there is a section of that name. */
static bool parse_name(const struct key *key, struct setting *setting)
{
	(void)key;
	return config_name_valid(setting->text);
}

static void allowed_names(const struct key *key, char *buffer, size_t size)
{
	snprintf(buffer, size, "the NAME of %s, %s",
		 key->offset == offsetof(struct function, group) ? "a [group NAME]"
								 : "an [adapter NAME]",
		 CONFIG_NAME_RULE);
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

/* Pairs of hexadecimal digits; the text becomes a setting as it is. */
static bool parse_utility_ebcdic(const struct key *key, struct setting *setting)
{
	size_t length = strlen(setting->text);

	(void)key;
	return length && length <= 2 * ZPCI_UTILITY_STRING_MAX && length % 2 == 0 &&
	       strspn(setting->text, "0123456789abcdefABCDEF") == length;
}

static void allowed_utility_ebcdic(const struct key *key, char *buffer, size_t size)
{
	(void)key;
	snprintf(buffer, size, "1 to %u bytes, each two hexadecimal digits, without blanks",
		 ZPCI_UTILITY_STRING_MAX);
}

/* --- BARs --------------------------------------------------------------------------------- */

/* A size, then the words of flags. The size is a power of two, so that the flags have place in it.
 * The plus sign is for the control channel, whose lines are words between blanks. */
#define BAR_SEPARATORS " \t+"

static bool parse_bar(const struct key *key, struct setting *setting)
{
	const struct key size_key = { .high = ZPCI_REPLICA_BAR_MAX, .low = 4096 };
	char text[64], *state, *word;
	struct setting size;
	uint64_t flags = 0;

	(void)key;
	if (strlen(setting->text) >= sizeof(text))
		return false;
	word = strtok_r(strcpy(text, setting->text), BAR_SEPARATORS, &state);
	size = (struct setting){ .text = word };
	if (!word || !parse_number(&size_key, &size) || size.value & (size.value - 1))
		return false;
	while ((word = strtok_r(NULL, BAR_SEPARATORS, &state))) {
		uint64_t flag = !strcmp(word, "64bit")		? ZPCI_BAR_64BIT
				: !strcmp(word, "prefetchable") ? ZPCI_BAR_PREFETCHABLE
								: 0;

		if (!flag || flags & flag)
			return false;
		flags |= flag;
	}
	setting->value = size.value | flags;
	return true;
}

static void allowed_bars(const struct key *key, char *buffer, size_t size)
{
	(void)key;
	snprintf(buffer, size,
		 "a power of two from 0x1000 to 0x%llx, decimal or hexadecimal with 0x, and behind "
		 "it 64bit, prefetchable, both or none",
		 ZPCI_REPLICA_BAR_MAX);
}

/* --- the table ---------------------------------------------------------------------------- */

#define ADAPTER_KEY(text, member)                                                                  \
	.section = SECTION_ADAPTER, .name = (text), .offset = offsetof(struct adapter, member)
#define FUNCTION_KEY(text, member)                                                                 \
	.section = SECTION_FUNCTION, .name = (text), .offset = offsetof(struct function, member)
#define GROUP_KEY(text, member)                                                                    \
	.section = SECTION_GROUP, .name = (text), .offset = offsetof(struct group, member)
#define REPLICA_KEY(text, member)                                                                  \
	.section = SECTION_FUNCTION, .name = (text), .replica = true,                              \
	.offset = offsetof(struct function, replica.member)
#define PLATFORM_KEY(text, member)                                                                 \
	.section = SECTION_PLATFORM, .name = (text), .offset = offsetof(struct whole, member)
#define RANGE(from, to) .allowed = allowed_number, .low = (from), .high = (to)
#define NUMBER(from, to) .parse = parse_number, RANGE(from, to)
#define ID(from, to) .parse = parse_id, .allowed = allowed_ids, .low = (from), .high = (to)
#define BAR .parse = parse_bar, .allowed = allowed_bars
#define WORDS(list) .parse = parse_word, .allowed = allowed_words, .words = (list)

static const struct key keys[] = {
	{ ADAPTER_KEY("model", model), .parse = parse_model, .allowed = allowed_models,
	  .hint = "or the file of a shared object, with a slash in its name" },
	{ ADAPTER_KEY("pchid", pchid), ID(1, 0xffff) },
	{ ADAPTER_KEY("vfs", vfs), NUMBER(0, ZPCI_VFS_MAX) },
	{ ADAPTER_KEY("rid", rid), WORDS(no_yes) },
	{ ADAPTER_KEY("publish-pchid", publish_pchid), ID(0, 0xffff) },
	{ FUNCTION_KEY("adapter", adapter), .parse = parse_name, .allowed = allowed_names },
	{ FUNCTION_KEY("vf", vf), .parse = parse_vf, .allowed = allowed_vfs, .low = 1,
	  .high = ZPCI_VFS_MAX, .hint = "leave it out for the PF" },
	{ FUNCTION_KEY("fid", fid), ID(0, UINT32_MAX) },
	{ FUNCTION_KEY("uid", uid), ID(0, UINT32_MAX),
	  .hint = "only its low 16 bits count, and they must not be 0 while UIDs are checked" },
	{ FUNCTION_KEY("profile", profile), .parse = parse_profile, .allowed = allowed_profiles },
	{ FUNCTION_KEY("ids", ids), WORDS(no_yes) },
	{ FUNCTION_KEY("bars", bars), WORDS(no_yes) },
	{ FUNCTION_KEY("publish-vfn", publish_vfn), WORDS(no_yes) },
	{ FUNCTION_KEY("command-memory", command_memory), WORDS(command_memories) },
	{ FUNCTION_KEY("standby", standby), WORDS(no_yes) },
	{ FUNCTION_KEY("relaxed-store-block", relaxed_store_block), WORDS(no_yes) },
	{ FUNCTION_KEY("utility-string", utility_string), .parse = parse_utility_string,
	  .allowed = allowed_utility_strings },
	{ FUNCTION_KEY("utility-ebcdic", utility_ebcdic), .parse = parse_utility_ebcdic,
	  .allowed = allowed_utility_ebcdic },
	{ FUNCTION_KEY("group", group), .parse = parse_name, .allowed = allowed_names },
	{ FUNCTION_KEY("pft", pft), NUMBER(0, 0xff) },
	{ FUNCTION_KEY("port", port), NUMBER(0, 15) },
	{ FUNCTION_KEY("pfip", pfip), NUMBER(0, UINT32_MAX) },
	{ FUNCTION_KEY("tid", tid), NUMBER(0, 0xffff) },
	{ FUNCTION_KEY("fmb", fmb), WORDS(no_yes) },
	{ FUNCTION_KEY("report-error", report_error), WORDS(no_yes) },
	{ FUNCTION_KEY("fidparm", fidparm), NUMBER(0, 0xff) },
	{ FUNCTION_KEY("dma-start", dma_start), .parse = parse_page, RANGE(0, UINT64_MAX),
	  .hint = "it is the first byte of a page of 0x1000" },
	{ FUNCTION_KEY("dma-end", dma_end), .parse = parse_page_end, RANGE(0, UINT64_MAX),
	  .hint = "it is the last byte of a page of 0x1000" },
	{ REPLICA_KEY("vendor", vendor), NUMBER(1, 0xfffe) },
	{ REPLICA_KEY("device", device), NUMBER(0, 0xffff) },
	{ REPLICA_KEY("class", class_code), NUMBER(0, 0xffffff) },
	{ REPLICA_KEY("revision", revision), NUMBER(0, 0xff) },
	{ REPLICA_KEY("subsystem-vendor", subsystem_vendor), NUMBER(0, 0xffff) },
	{ REPLICA_KEY("subsystem-device", subsystem_device), NUMBER(0, 0xffff) },
	{ REPLICA_KEY("bar0", bar[0]), BAR },
	{ REPLICA_KEY("bar1", bar[1]), BAR },
	{ REPLICA_KEY("bar2", bar[2]), BAR },
	{ REPLICA_KEY("bar3", bar[3]), BAR },
	{ REPLICA_KEY("bar4", bar[4]), BAR },
	{ REPLICA_KEY("bar5", bar[5]), BAR },
	{ REPLICA_KEY("vf-bar0", vf_bar[0]), BAR },
	{ REPLICA_KEY("vf-bar1", vf_bar[1]), BAR },
	{ REPLICA_KEY("vf-bar2", vf_bar[2]), BAR },
	{ REPLICA_KEY("vf-bar3", vf_bar[3]), BAR },
	{ REPLICA_KEY("vf-bar4", vf_bar[4]), BAR },
	{ REPLICA_KEY("vf-bar5", vf_bar[5]), BAR },
	{ REPLICA_KEY("devfn", devfn), NUMBER(0, 0xff) },
	{ REPLICA_KEY("physical", physical), WORDS(no_yes) },
	{ GROUP_KEY("id", id), NUMBER(0, 0xff) },
	{ GROUP_KEY("dma-start", dma_start), .parse = parse_page, RANGE(0, UINT64_MAX),
	  .hint = "it is the first byte of a page of 0x1000" },
	{ GROUP_KEY("dma-end", dma_end), .parse = parse_page_end, RANGE(0, UINT64_MAX),
	  .hint = "it is the last byte of a page of 0x1000" },
	{ GROUP_KEY("vectors", vectors), NUMBER(1, 2048) },
	{ GROUP_KEY("store-block", store_block), .parse = parse_multiple_of_8,
	  RANGE(8, ZPCI_STORE_BLOCK_LIMIT), .hint = "it is a multiple of 8" },
	{ GROUP_KEY("relaxed-store-block", relaxed_store_block), WORDS(no_yes) },
	{ GROUP_KEY("refresh", refresh), WORDS(no_yes) },
	{ GROUP_KEY("fmb-interval", fmb_interval), NUMBER(1, 0xffff) },
	{ GROUP_KEY("designations", designations), WORDS(config_designations) },
	{ GROUP_KEY("msi-address", msi_address), .parse = parse_multiple_of_4, RANGE(0, UINT64_MAX),
	  .hint = "it is a multiple of 4" },
	{ GROUP_KEY("version", version), NUMBER(0, 0xff) },
	{ GROUP_KEY("dma-spaces", dma_spaces), NUMBER(0, UINT64_MAX) },
	{ PLATFORM_KEY("uid-checking", uid_checking), WORDS(no_yes) },
	{ PLATFORM_KEY("hypervisor-functions", hypervisor_functions), WORDS(no_yes) },
};

const char *config_section_name(enum section section)
{
	static const char *const names[SECTIONS] = {
		[SECTION_ADAPTER] = "[adapter NAME]",
		[SECTION_FUNCTION] = "[function]",
		[SECTION_GROUP] = "[group NAME]",
		[SECTION_PLATFORM] = "[platform]",
	};

	return names[section];
}

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

bool config_is_space(const char *name)
{
	size_t digits;

	if (strncmp(name, CONFIG_SPACE_PREFIX, strlen(CONFIG_SPACE_PREFIX)))
		return false;
	name += strlen(CONFIG_SPACE_PREFIX);
	digits = strspn(name, "0123456789abcdef");
	return digits >= 1 && digits <= 3 && !name[digits];
}

void config_key_names(enum section section, char *buffer, size_t size)
{
	const struct key *key;

	buffer[0] = '\0';
	for (unsigned i = 0; (key = config_key(i)); i++)
		if (key->section == section)
			config_list_add(buffer, size, key->name);
	if (section == SECTION_FUNCTION)
		config_list_add(buffer, size, CONFIG_SPACE_KEY);
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
