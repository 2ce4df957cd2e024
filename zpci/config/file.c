// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * file.c - a configuration from an ini file.
 *
 * inih splits KEY = VALUE lines and knows comments. As distributions build it, it tells neither
 * the number of a line nor that a section begins (two [function] in a row look like one), cuts
 * names of sections, breaks long lines in two, goes on after an error, and ends a line at a NUL.
 * But a message must name the line. So inih gets its lines from read_line() here, one at a time,
 * and calls handle_pair() in between. The rules:
 *
 *  - read_line() counts lines and refuses what does not fit or is not text. Indentation is
 *    removed: to inih it would mean that the line before goes on.
 *  - A line that starts with '[' begins a section, and is read here.
 *  - Any other line that is not empty or a comment is due to be handed to handle_pair() before
 *    the next line is asked for. If it was not, inih found no KEY = VALUE in it.
 *  - After the first error read_line() reports the end of the file.
 *
 * So the options with which inih was compiled do not matter.
 */
#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define BLANKS " \t\r\n"
#define SECTIONS_ALLOWED "[adapter NAME], [group NAME], [function] or [platform]"
#define UTF8_MARK "\xef\xbb\xbf"
/* Some builds of inih offer a buffer that grows; stock ones have 200 bytes. */
#define LONGEST_LINE 1024

struct reader {
	struct zpci_config *config;
	char **error;
	FILE *file;
	struct place place; /* the line that was read last */
	bool due;	    /* that line is KEY = VALUE, and handle_pair() did not get it yet */
	char start[65];	    /* its first characters, if it is due */
	int rc;		    /* of the first error */
	bool in_section;
	enum section section; /* whose last one is being filled */
};

/* --- lines -------------------------------------------------------------------------------- */

static int refuse_byte(struct reader *reader, int byte)
{
	return config_error(reader->error, reader->place,
			    "byte 0x%02x is not text; a configuration is lines of text, see "
			    "zpci.conf(5)",
			    byte);
}

/* True when @byte cannot be part of a line of text. Bytes from 0x80 up may be UTF-8. */
static bool is_garbage(int byte)
{
	return (byte < ' ' && byte != '\t' && byte != '\r') || byte == 0x7f;
}

/* Reads one line without its indentation into @buffer of @size bytes, '\n' at its end. Comments
 * are cut to their first character: they may be long. Returns 1; 0 at the end; negative errno. */
static int read_text(struct reader *reader, char *buffer, size_t size)
{
	size_t length = 0;
	int byte;

	while ((byte = getc(reader->file)) != EOF && byte != '\n') {
		if (is_garbage(byte))
			return refuse_byte(reader, byte);
		if (!length && strchr(BLANKS, byte))
			continue;
		if (length && strchr("#;", buffer[0]))
			continue;
		if (length + 2 == size)
			return config_error(reader->error, reader->place,
					    "the line is longer than the %zu characters allowed",
					    size - 2);
		buffer[length++] = byte;
		/* The first line may start with the mark of UTF-8. */
		if (length == 3 && reader->place.line == 1 && !memcmp(buffer, UTF8_MARK, 3))
			length = 0;
	}
	if (byte == EOF && ferror(reader->file)) {
		int error = errno;

		config_error(reader->error, reader->place, "cannot be read: %s", strerror(error));
		return -error;
	}
	buffer[length++] = '\n';
	buffer[length] = '\0';
	return byte != EOF || length > 1;
}

/* --- sections ----------------------------------------------------------------------------- */

static int begin_adapter(struct reader *reader, const char *name)
{
	struct adapter adapter = { .place = reader->place };
	struct adapter *other;
	char label[CONFIG_LABEL];

	if (!config_name_valid(name))
		return config_error(reader->error, reader->place,
				    "[adapter %.64s]: not a name; allowed is %s", name,
				    CONFIG_NAME_RULE);
	other = config_find_adapter(reader->config, name);
	if (other)
		return config_error(reader->error, reader->place,
				    "[adapter %s]: duplicate adapter, %s defines one of that "
				    "name; choose another",
				    name, config_place(other->place, label));
	adapter.name = config_keep(reader->config, name, strlen(name));
	if (!adapter.name)
		return config_no_memory(reader->error);
	reader->section = SECTION_ADAPTER;
	return config_add_adapter(reader->config, &adapter, reader->error);
}

static int begin_group(struct reader *reader, const char *name)
{
	reader->section = SECTION_GROUP;
	return config_begin_group(reader->config, reader->place, name, reader->error);
}

static int begin_function(struct reader *reader)
{
	struct function function = { .place = reader->place, .owner = NO_ADAPTER };

	reader->section = SECTION_FUNCTION;
	return config_add_function(reader->config, &function, reader->error);
}

/* Reads `[WORD NAME]` from @line, which it changes. */
static int begin_section(struct reader *reader, char *line)
{
	char *end = strchr(line, ']'), *behind, *word, *name, *state;

	if (!end)
		return config_error(reader->error, reader->place,
				    "%.64s: ']' is missing; allowed is " SECTIONS_ALLOWED,
				    strtok_r(line, "\n", &state));
	behind = end + 1 + strspn(end + 1, BLANKS);
	if (*behind && !strchr("#;", *behind))
		return config_error(reader->error, reader->place,
				    "'%.64s' behind the section's ']'; only a comment may stand "
				    "there",
				    strtok_r(behind, "\n", &state));
	*end = '\0';
	reader->in_section = true;
	word = strtok_r(line + 1, BLANKS, &state);
	name = strtok_r(NULL, "", &state);
	if (name) {
		name += strspn(name, BLANKS);
		for (end = name + strlen(name); end > name && strchr(BLANKS, end[-1]);)
			*--end = '\0';
	}
	if (word && !strcmp(word, "adapter"))
		return begin_adapter(reader, name ? name : "");
	if (word && !strcmp(word, "function") && (!name || !*name))
		return begin_function(reader);
	if (word && !strcmp(word, "group"))
		return begin_group(reader, name ? name : "");
	if (word && !strcmp(word, "platform") && (!name || !*name)) {
		reader->section = SECTION_PLATFORM;
		return 0;
	}
	return config_error(reader->error, reader->place,
			    "[%.64s%s%.64s]: unknown section; allowed is " SECTIONS_ALLOWED,
			    word ? word : "", name && *name ? " " : "", name ? name : "");
}

/* --- between inih and us ------------------------------------------------------------------ */

static void check_handled(struct reader *reader)
{
	if (!reader->due || reader->rc)
		return;
	reader->rc = config_error(reader->error, reader->place,
				  "'%s' is neither KEY = VALUE nor [section] nor a comment",
				  reader->start);
}

/* An ini_reader: the next line, or NULL at the end and after an error. */
static char *read_line(char *buffer, int size, void *opaque)
{
	char header[LONGEST_LINE];
	struct reader *reader = opaque;
	int rc;

	check_handled(reader);
	if (reader->rc)
		return NULL;
	reader->place.line++;
	if (size > (int)sizeof(header))
		size = sizeof(header);
	rc = read_text(reader, buffer, size);
	if (rc == 1 && buffer[0] == '[') {
		int begun = begin_section(reader, strcpy(header, buffer));

		rc = begun ? begun : 1;
	}
	reader->due = rc == 1 && !strchr("[#;\n", buffer[0]);
	if (reader->due)
		snprintf(reader->start, sizeof(reader->start), "%.*s", (int)strcspn(buffer, "\r\n"),
			 buffer);
	if (rc < 0)
		reader->rc = rc;
	return rc == 1 ? buffer : NULL;
}

/* The model whose options the present section can have; NULL: none is known. */
static const struct zpci_model *present_model(const struct reader *reader)
{
	const struct zpci_config *config = reader->config;
	const struct adapter *adapter = NULL;
	const char *name;

	if (reader->section == SECTION_ADAPTER)
		adapter = &config->adapters[config->adapter_count - 1];
	if (reader->section == SECTION_FUNCTION) {
		name = config->functions[config->function_count - 1].adapter.text;
		adapter = name ? config_find_adapter(config, name) : NULL;
	}
	return adapter ? config_model(config, adapter) : NULL;
}

/* Where a key belongs that the present section does not have; NULL: nowhere. */
static const char *other_section(const struct zpci_option *option, const char *name)
{
	unsigned other = 0;

	if (option)
		return config_section_name(option->function ? SECTION_FUNCTION : SECTION_ADAPTER);
	while (other < SECTIONS && !config_key_find(other, name))
		other++;
	return other < SECTIONS ? config_section_name(other) : NULL;
}

static int unknown_key(struct reader *reader, const char *name, const char *value)
{
	const struct zpci_model *model = present_model(reader);
	const char *other = other_section(config_option_find(model, name), name);
	char names[CONFIG_LIST];

	config_key_names(reader->section, names, sizeof(names));
	config_option_names(model, reader->section == SECTION_FUNCTION, names, sizeof(names));
	return config_error(reader->error, reader->place,
			    "%.64s = %.64s: unknown key%s%s%s; allowed in %s is %s%s", name, value,
			    other ? " (it belongs in " : "", other ? other : "", other ? ")" : "",
			    config_section_name(reader->section), names,
			    !model && reader->config->object_count
				    ? "; a model's own keys stand below the model, or the adapter"
				    : "");
}

/* A key that the model has itself. */
static int set_option(struct reader *reader, const char *name, const char *value)
{
	struct zpci_config *config = reader->config;
	const struct zpci_model *model = present_model(reader);
	const struct zpci_option *option = config_option_find(model, name);
	bool function = reader->section == SECTION_FUNCTION;
	struct setting **settings;

	if (!option || option->function != function)
		return unknown_key(reader, name, value);
	settings = function ? &config->functions[config->function_count - 1].options
			    : &config->adapters[config->adapter_count - 1].options;
	return config_option_set(config, model, settings, reader->place, name, value,
				 reader->error);
}

static int set_pair(struct reader *reader, const char *name, const char *value)
{
	struct zpci_config *config = reader->config;
	const struct key *key;
	void *owner;

	if (!reader->in_section)
		return config_error(
			reader->error, reader->place,
			"%.64s = %.64s: before the first section; begin with " SECTIONS_ALLOWED,
			name, value);
	key = config_key_find(reader->section, name);
	if (!key && reader->section == SECTION_FUNCTION && config_is_space(name))
		return config_space_set(config, &config->functions[config->function_count - 1],
					reader->place, name, value, reader->error);
	if (!key)
		return set_option(reader, name, value);
	if (reader->section == SECTION_ADAPTER && !strcmp(name, "model"))
		return config_model_set(config, &config->adapters[config->adapter_count - 1],
					reader->place, value, reader->error);
	if (reader->section == SECTION_ADAPTER)
		owner = &config->adapters[config->adapter_count - 1];
	else if (reader->section == SECTION_GROUP)
		owner = &config->groups[config->group_count - 1];
	else if (reader->section == SECTION_PLATFORM)
		owner = &config->whole;
	else
		owner = &config->functions[config->function_count - 1];
	return config_key_set(config, key, owner, reader->place, value, reader->error);
}

/* An ini_handler: returns nonzero on success. Some builds of inih call it without @name when a
 * section begins, or without @value. */
#if INI_HANDLER_LINENO
static int handle_pair(void *opaque, const char *section, const char *name, const char *value,
		       int line)
#else
static int handle_pair(void *opaque, const char *section, const char *name, const char *value)
#endif
{
	struct reader *reader = opaque;

	(void)section;
#if INI_HANDLER_LINENO
	(void)line;
#endif
	if (reader->rc)
		return 0;
	if (!name)
		return 1;
	if (!value)
		return 0;
	reader->due = false;
	reader->rc = set_pair(reader, name, value);
	return reader->rc == 0;
}

int zpci_config_load(struct zpci_config *config, const char *path, char **error)
{
	struct reader reader = { .config = config, .error = error };
	int lines;

	*error = NULL;
	reader.place.source = config_keep(config, path, strlen(path));
	if (!reader.place.source)
		return config_no_memory(error);
	reader.file = fopen(path, "re");
	if (!reader.file) {
		int rc = -errno;

		config_error(error, reader.place, "cannot be read: %s", strerror(-rc));
		return rc;
	}
	lines = ini_parse_stream(read_line, &reader, handle_pair, &reader);
	check_handled(&reader);
	fclose(reader.file);
	if (!reader.rc && lines == -2)
		return config_no_memory(error);
	if (!reader.rc && lines) {
		reader.place.line = lines;
		reader.rc = config_error(error, reader.place,
					 "the line is not understood; write [SECTION] or "
					 "KEY = VALUE");
	}
	return reader.rc;
}
