/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * internal.h - what the files of zpci/config/ share.
 *
 *	file.c  ini file  ---+                                     +-- finish.c  defaults, checks
 *	                     +--> keys.c ---> struct zpci_config --+   (platform.c)
 *	text.c  one option --+   one KEY = VALUE    config.c       +-- apply.c   into a firmware
 *	                                                           +-- live.c    one that runs
 *	                                                                  ^      (sweep.c)
 *	command.c  a line of the control channel -------------------------+
 *	help.c     what can be written as one option: prints the table of keys.c
 *	replica.c  what only functions of model replica have: between keys.c and finish.c, apply.c
 *	models.c   the model that is named: beside keys.c; it loads shared objects by object.c
 *	model_options.c  the keys that a model has itself: the same, on models.c
 *
 * config.c and sentence.c are the ground on which all others stand.
 *
 * A configuration is three lists of sections, and what [platform] says. Each value that a person
 * can write is a struct setting. It remembers where it was written, so that the message about a
 * later error can name the place.
 */
#ifndef ZPCI_CONFIG_INTERNAL_H
#define ZPCI_CONFIG_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

/* Where something was written. */
struct place {
	const char *source; /* name of the file, or text of the option; NULL: nowhere */
	unsigned line;	    /* counted from 1; 0: the source has no lines */
};

/* The value of one key. */
struct setting {
	struct place place; /* source NULL: not given; then @value is the default after finish */
	const char *text;   /* as it was written; NULL: not given */
	uint64_t value;	    /* number; or index among the words that are allowed */
};

struct adapter {
	struct place place;
	const char *name;     /* NULL: made for a function given as text that names none */
	bool common;	      /* of all functions given as text that name no adapter */
	struct setting model; /* for config_model() */
	struct setting pchid;
	struct setting vfs;
	struct setting rid;
	struct setting publish_pchid;
	struct setting *options;   /* of its model, by index; NULL: none. Owned as strings are */
	bool lends_pf;		   /* after finish: the PF is one of the functions */
	struct zpci_adapter *made; /* after connect; a reference */
};

struct group {
	struct place place;
	const char *name;
	struct setting id;
	struct setting dma_start;
	struct setting dma_end;
	struct setting vectors;
	struct setting store_block;
	struct setting relaxed_store_block;
	struct setting refresh;
	struct setting fmb_interval;
	struct setting designations; /* index for config_designations */
	struct setting msi_address;
	struct setting version;
	struct setting dma_spaces;
};

/* Bytes of a config space that were written, and which of them. */
struct space {
	uint8_t byte[ZPCI_CONFIG_SIZE];
	bool given[ZPCI_CONFIG_SIZE];
};

/* What only functions of model replica have. */
struct replica {
	struct setting vendor;
	struct setting device;
	struct setting class_code;
	struct setting revision;
	struct setting subsystem_vendor;
	struct setting subsystem_device;
	struct setting bar[ZPCI_BARS];	  /* size and flags */
	struct setting vf_bar[ZPCI_BARS]; /* the same */
	struct setting devfn;
	struct setting physical;
	struct place place;  /* of the first line of its config space */
	struct space *space; /* NULL: there is no such line. Owned as strings are */
};

struct function {
	struct place place;
	size_t owner;		/* index of the adapter; NO_ADAPTER until it is known */
	struct setting adapter; /* its name: text alone */
	struct setting vf;	/* 0: the PF; before finish also CONFIG_VF_FREE */
	struct setting fid;
	struct setting uid;
	struct setting profile; /* index for zpci_profile_get() */
	struct setting ids;
	struct setting bars;
	struct setting publish_vfn;
	struct setting command_memory; /* enum zpci_command_memory */
	struct setting standby;
	struct setting relaxed_store_block;
	struct setting utility_string; /* its text alone */
	struct setting utility_ebcdic; /* the same */
	struct setting group;	       /* its name: text alone */
	struct setting pft;
	struct setting port;
	struct setting pfip;
	struct setting tid;
	struct setting fmb;
	struct setting report_error;
	struct setting fidparm;
	struct setting dma_start;
	struct setting dma_end;
	struct setting *options; /* as those of its adapter */
	struct replica replica;
	/* after finish: */
	struct zpci_profile effective; /* profile and the switches over it */
	struct zpci_platform platform; /* what is given of it */
};

#define NO_ADAPTER SIZE_MAX
#define CONFIG_VF_FREE UINT64_MAX

/* What holds for the firmware as a whole: [platform]. */
struct whole {
	struct setting uid_checking;
	struct setting hypervisor_functions;
};

/* A shared object that was loaded. */
struct object {
	char *path; /* absolute */
	const struct zpci_model *model;
};

struct zpci_config {
	struct whole whole;
	struct adapter *adapters;
	size_t adapter_count;
	struct group *groups;
	size_t group_count;
	struct function *functions;
	size_t function_count;
	struct object *objects;
	size_t object_count;
	char **strings; /* whatever the pointers above point to */
	size_t string_count;
	size_t sweep_at; /* number of strings from which config_sweep() does something */
	bool finished;
	/* after connect */
	struct zpci_firmware *firmware; /* NULL: not connected */
	const struct zpci_logger *logger;
};

/* --- sentence.c ----------------------------------------------------------------------------- */

/* Sets *@error to "PLACE: " and the formatted sentence; control characters become '?'.
 * Returns -EINVAL. */
int config_error(char **error, struct place place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Sets *@error to a sentence about memory. Returns -ENOMEM. */
int config_no_memory(char **error);

/* "FILE:LINE" or "option TEXT", and what to call an adapter in a sentence. */
#define CONFIG_LABEL 160
const char *config_place(struct place place, char buffer[CONFIG_LABEL]);
const char *config_adapter_label(const struct adapter *adapter, char buffer[CONFIG_LABEL]);

/* --- config.c ----------------------------------------------------------------------------- */

/* A copy of the first @length bytes of @text that lives as long as @config; NULL: no memory. */
const char *config_keep(struct zpci_config *config, const char *text, size_t length);

/* Zeroed memory of @size bytes that lives as long as a string; NULL: there is none. */
void *config_keep_memory(struct zpci_config *config, size_t size);

/* Append a copy of a section. Sections may move then: pointers to them are no longer valid. */
int config_add_adapter(struct zpci_config *config, const struct adapter *adapter, char **error);
int config_add_group(struct zpci_config *config, const struct group *group, char **error);
int config_add_function(struct zpci_config *config, const struct function *function, char **error);

/* The adapter called @name, or NULL; and the group. */
struct adapter *config_find_adapter(const struct zpci_config *config, const char *name);
struct group *config_find_group(const struct zpci_config *config, const char *name);

/* Adds an empty group. It fails if @name is not a name, or is taken. */
int config_begin_group(struct zpci_config *config, struct place place, const char *name,
		       char **error);

/* 1 to 63 letters, digits, '-', '_' and '.'. */
bool config_name_valid(const char *name);
#define CONFIG_NAME_RULE "1 to 63 letters, digits, '-', '_' or '.'"

/* What [platform] says: whether UIDs are checked, whether the hypervisor's functions are there. */
bool config_checks_uids(const struct zpci_config *config);
bool config_is_shared(const struct zpci_config *config);

/* Whether a person wrote it. */
bool config_given(const struct setting *setting);
/* Whether @a is behind @b in the same file. */
bool config_later(struct place a, struct place b);

/* --- sweep.c -------------------------------------------------------------------------------- */

/* Frees the strings that no section refers to, if there are twice as many strings as after the last
 * time. Call it after a section was removed, and not while one is being made. */
void config_sweep(struct zpci_config *config);

/* --- platform.c --------------------------------------------------------------------------- */

/* Checks the groups, and gives a free ID to each that has none. */
int config_groups(struct zpci_config *config, char **error);
/* Collects what the configuration says about the platform of @function, including its group. Call
 * it after config_groups(). */
int config_platform(const struct zpci_config *config, struct function *function, char **error);

/* --- models.c ----------------------------------------------------------------------------- */

/* The model of @adapter; NULL: it was not given. */
const struct zpci_model *config_model(const struct zpci_config *config,
				      const struct adapter *adapter);
/* Reads the @value that was written for the key model; loads the shared object if it is one. */
int config_model_set(struct zpci_config *config, struct adapter *adapter, struct place place,
		     const char *value, char **error);

/* The shared object that it is from; NULL: it is built in. */
const char *config_model_object(const struct zpci_config *config, const struct adapter *adapter);
/* The file @name, which was written at @place, as an absolute name, for free(). A relative one
 * counts from the folder of the file that says it, else from the current one. NULL: no memory, or
 * no folder. */
char *config_absolute(struct place place, const char *name);

/* --- model_options.c ---------------------------------------------------------------------- */

/* The option @name of @model, which may be NULL; NULL: it has none of that name. */
const struct zpci_option *config_option_find(const struct zpci_model *model, const char *name);
/* Adds the names of those of its options that functions have, or that adapters have. */
void config_option_names(const struct zpci_model *model, bool function, char *buffer, size_t size);
/* What @option may be, for a sentence. */
void config_option_allowed(const struct zpci_option *option, char *buffer, size_t size);
/* Reads the @value that was written for the option @name, which @model has, into *@settings: those
 * of the adapter or of the function. NULL becomes memory for all of them. */
int config_option_set(struct zpci_config *config, const struct zpci_model *model,
		      struct setting **settings, struct place place, const char *name,
		      const char *value, char **error);
/* Those of adapters, or of functions, that are needed are in @settings. */
int config_options_check(const struct zpci_model *model, bool function,
			 const struct setting *settings, struct place place, char **error);
/* What a text has @said of an adapter is what was said before, @old. */
int config_options_same(const struct zpci_model *model, const struct setting *old,
			const struct setting *said, char **error);
/* What the model gets of @settings. */
void config_options_values(const struct zpci_model *model, const struct setting *settings,
			   struct zpci_option_value values[ZPCI_OPTIONS_MAX + 1]);
/* Calls @visit for each of @settings. */
void config_options_visit(const struct zpci_model *model, const struct setting *settings,
			  void (*visit)(void *opaque, const struct setting *setting), void *opaque);

/* --- replica.c ---------------------------------------------------------------------------- */

#define CONFIG_SPACE_BYTES 32 /* of a line */
#define CONFIG_SPACE_ALLOWED                                                                       \
	"1 to 32 bytes up to 0xfff, each two hexadecimal digits, with or without blanks in between"

/* Reads such a line, @name = @value, into @function. */
int config_space_set(struct zpci_config *config, struct function *function, struct place place,
		     const char *name, const char *value, char **error);
/* What only a replica can have is in no other function, and a replica has what it needs. */
int config_replica_check(const struct zpci_config *config, const struct function *function,
			 char **error);
/* The description of all functions of the adapter at @index; NULL: no memory. */
struct zpci_replica;
const struct zpci_replica *config_replica_make(const struct zpci_config *config, size_t index);
void config_replica_free(const struct zpci_replica *replica);

/* --- apply.c ------------------------------------------------------------------------------ */

/* Adds the function at @index to @firmware. Makes its adapter before if *@made is NULL. */
int config_make(const struct zpci_config *config, size_t index, struct zpci_adapter **made,
		struct zpci_firmware *firmware, const struct zpci_logger *logger, char **error);

/* --- keys.c ------------------------------------------------------------------------------- */

enum section {
	SECTION_ADAPTER,
	SECTION_FUNCTION,
	SECTION_GROUP,
	SECTION_PLATFORM,
	SECTIONS
};

/* How it is written: "[adapter NAME]". */
const char *config_section_name(enum section section);

struct key {
	enum section section;
	const char *name;
	size_t offset; /* of its setting in struct adapter, function, group or whole */
	bool replica;  /* only functions of model replica have it */
	/* Sets @setting->value from @setting->text; false: not allowed. */
	bool (*parse)(const struct key *key, struct setting *setting);
	/* Appends what is allowed to @buffer, which holds @size bytes. */
	void (*allowed)(const struct key *key, char *buffer, size_t size);
	uint64_t low, high;	  /* of a number */
	const char *const *words; /* up to NULL */
	const char *hint;	  /* ends the sentence of what is allowed; may be NULL */
};

/* All keys, by index from 0; NULL behind the last. */
const struct key *config_key(unsigned index);
const struct key *config_key_find(enum section section, const char *name);
/* Whether @name is config-0xNNN, the key of a line of a replica's config space. */
bool config_is_space(const char *name);
#define CONFIG_SPACE_PREFIX "config-0x"
#define CONFIG_SPACE_KEY CONFIG_SPACE_PREFIX "000" /* what lists of keys say, for any offset */

/* Reads the @value that was written for @key at @place into the setting in the section @owner. */
int config_key_set(struct zpci_config *config, const struct key *key, void *owner,
		   struct place place, const char *value, char **error);

/* Reads a number as all keys that are numbers; false: it is none, or out of range. */
bool config_number_read(const char *text, uint64_t low, uint64_t high, uint64_t *value);

/* Puts the names of all keys of @section, separated by commas, into @buffer. */
void config_key_names(enum section section, char *buffer, size_t size);
/* What @key may be, for a sentence. */
void config_key_allowed(const struct key *key, char *buffer, size_t size);
/* Adds to a list in @buffer: "a", "a, b", ... */
void config_list_add(char *buffer, size_t size, const char *item);

/* IDs of groups (PFGID). Default groups have the IDs below, QEMU has those above. The default group
 * 0x03 is for devices that map guest storage, and no model of ours does. */
#define CONFIG_FIRST_PFGID 0x03
#define CONFIG_LAST_PFGID 0xef

/* The words of the key designations, up to NULL: the largest tables. */
extern const char *const config_designations[];

#define CONFIG_LIST 1024 /* bytes for any such list */

#endif
