/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.h - a guest's PCI functions as a person writes them down, zpci.conf(5), and the way
 * from there into a firmware. Shared by the QEMU plugin and the `zpci` command; not part of the
 * library, whose core depends on libc alone.
 *
 *	new -> { load | group | function }* -> finish -> apply* -> free
 *	                                     \-> connect -> { plug | unplug | command }* -> free
 *
 * One thread at a time per configuration.
 */
#ifndef ZPCI_CONFIG_CONFIG_H
#define ZPCI_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <zpci/firmware.h>

struct zpci_config;

/* An empty configuration; NULL: no memory. */
struct zpci_config *zpci_config_new(void);
/* @config can be NULL. A firmware does not need the configuration that was applied to it. */
void zpci_config_free(struct zpci_config *config);

/*
 * The functions below return 0 or a negative errno. On failure *@error is a sentence for a
 * person: file and line (or the option's text), key, value, and what is allowed. The caller frees
 * it. It is NULL after success, and if there was no memory for it. After a failure only
 * zpci_config_free() may be called.
 */

/* Adds the sections of the ini file @path. Returns -EINVAL if its content is wrong, else why it
 * cannot be read. */
int zpci_config_load(struct zpci_config *config, const char *path, char **error);

/* Adds one function written as `MODEL[,KEY=VALUE]...`, the keys being those of [function] and
 * [adapter]: `probe,vf=3,fid=0x1021,uid=0x111,profile=lpar`. All functions of one model that say
 * neither `adapter=` nor `pchid=` belong to one adapter. It has as many VFs as they need.
 * @separator is the character between the items: ',' or, where a comma means something else,
 * ':'. */
int zpci_config_function(struct zpci_config *config, const char *text, char separator,
			 char **error);

/* Adds one group written as `NAME[,KEY=VALUE]...`, the keys being those of [group NAME]. */
int zpci_config_group(struct zpci_config *config, const char *text, char separator, char **error);

/* Does @text, as for zpci_config_function(), ask what can be written: `help`, or `MODEL,help`? */
bool zpci_config_is_help(const char *text, char separator);
/* Then this writes it to @to: the models, or the keys of the model, a line each. Returns -EINVAL if
 * there is no such model. */
int zpci_config_help(FILE *to, const char *text, char separator, char **error);

/* Fills in the defaults (FID from 0x1000, UID from 0x100, PCHID from 0x100, lpar for VFs, plain
 * for PFs) and checks what only all sections together show: duplicates, VFs that do not exist,
 * profiles that do not fit. Call it once, after everything was added. */
int zpci_config_finish(struct zpci_config *config, char **error);

/* Sets in @options what the configuration says about the firmware as a whole: whether UIDs are
 * checked, and whether the hypervisor's own functions are there too. Call it after
 * zpci_config_finish(), and make the firmware by these options. */
void zpci_config_options(const struct zpci_config *config, struct zpci_firmware_options *options);

/* Number of functions. */
size_t zpci_config_functions(const struct zpci_config *config);

/* The IDs of the function @index, which is below that number. Call it after
 * zpci_config_finish(). */
void zpci_config_ids(const struct zpci_config *config, size_t index, uint32_t *fid, uint32_t *uid);

/* What stands behind a function. Valid as long as the configuration. */
struct zpci_config_model {
	const struct zpci_model *model;
	const char *object; /* the shared object that it is from; NULL: it is built in */
	/* What was given to the options of the model, for the adapter and for the function. */
	struct zpci_option_value values[ZPCI_OPTIONS_MAX + 1];
};

/* The same for the model of the function @index. */
void zpci_config_model(const struct zpci_config *config, size_t index,
		       struct zpci_config_model *model);

/*
 * Makes the adapters and adds the functions to @firmware, in the order in which they were written.
 * Call it after zpci_config_finish(). @logger is for the adapters and must live as long as they do;
 * NULL: silent. When the model or the firmware refuses a function, it says why in @logger or in the
 * firmware's logger, and *@error adds the place in the configuration. The functions before that one
 * stay in the firmware.
 */
int zpci_config_apply(const struct zpci_config *config, struct zpci_firmware *firmware,
		      const struct zpci_logger *logger, char **error);

/* --- while the guest runs ------------------------------------------------------------------ */

/* Like zpci_config_apply(), but only once. The configuration keeps its adapters, so that functions
 * can come and go later. @firmware and @logger must live as long as functions do. */
int zpci_config_connect(struct zpci_config *config, struct zpci_firmware *firmware,
			const struct zpci_logger *logger, char **error);

/* Adds one function, written as for zpci_config_function(), to the firmware. The guest does not
 * learn of it before zpci_firmware_announce(). *@fid is its function ID. An adapter that exists
 * gets no more VFs. After a failure everything is as before. */
int zpci_config_plug(struct zpci_config *config, const char *text, char separator, uint32_t *fid,
		     char **error);

/* Surprise removal of a function, zpci_firmware_remove(). Its adapter stays if it is written in a
 * file or is the common one of its model, so that the function can come back. */
int zpci_config_unplug(struct zpci_config *config, uint32_t fid, char **error);

/* Executes one line of the control channel, zpci-ctl(1): at most ZPCI_COMMAND_LINE characters,
 * without its end. Returns the answer, a line with its end, which the caller frees; NULL: no
 * memory. */
#define ZPCI_COMMAND_LINE 1023
char *zpci_config_command(struct zpci_config *config, const char *line, size_t length);

/* How command @index is written: its name and its words; NULL behind the last. */
const char *zpci_config_command_usage(unsigned index);

#endif
