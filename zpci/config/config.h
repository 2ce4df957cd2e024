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

#include <stddef.h>

#include <zpci/firmware.h>

struct zpci_config;

/* An empty configuration; NULL: no memory. */
struct zpci_config *zpci_config_new(void);
/* NULL is allowed. What was applied does not need the configuration any more. */
void zpci_config_free(struct zpci_config *config);

/*
 * The functions below return 0 or a negative errno. On failure *@error is a sentence for a
 * person, to be freed by the caller: file and line (or the option's text), key, value, and what
 * is allowed. It is NULL after success, and after -ENOMEM where there was no memory for it either.
 * After a failure the configuration is good for nothing but zpci_config_free().
 */

/* Adds the sections of the ini file @path. -EINVAL: what it says is wrong; or why it could not be
 * read. */
int zpci_config_load(struct zpci_config *config, const char *path, char **error);

/* Adds one function written as `MODEL[,KEY=VALUE]...`, the keys being those of [function] and
 * [adapter]: `probe,vf=3,fid=0x1021,uid=0x111,profile=lpar`. Functions of one model without
 * `adapter=` or `pchid=` are of one adapter, with as many VFs as the highest one needs.
 * @separator is the character between the items: ',' or, where that is taken, ':'. */
int zpci_config_function(struct zpci_config *config, const char *text, char separator,
			 char **error);

/* Adds one group written as `NAME[,KEY=VALUE]...`, the keys being those of [group NAME]. */
int zpci_config_group(struct zpci_config *config, const char *text, char separator, char **error);

/* Fills in the defaults (FID from 0x1000, UID from 0x100, PCHID from 0x100, lpar for VFs, plain
 * for PFs) and checks what only the whole can show: duplicates, VFs that do not exist, profiles
 * that do not fit. Call once, after all was added. */
int zpci_config_finish(struct zpci_config *config, char **error);

/* Number of functions. */
size_t zpci_config_functions(const struct zpci_config *config);

/*
 * Makes the adapters and adds the functions to @firmware, in the order in which they were written;
 * after zpci_config_finish(). @logger goes to the adapters and lives as long as they do; NULL:
 * silent. A refusal by model or firmware is explained by these (in @logger, or the firmware's
 * own) and *@error adds the place in the configuration; the functions before it stay added.
 */
int zpci_config_apply(const struct zpci_config *config, struct zpci_firmware *firmware,
		      const struct zpci_logger *logger, char **error);

/* --- while the guest runs ------------------------------------------------------------------ */

/* Like zpci_config_apply(), once; and the configuration keeps its adapters, so that functions can
 * come and go. @firmware and @logger must live as long as functions do. */
int zpci_config_connect(struct zpci_config *config, struct zpci_firmware *firmware,
			const struct zpci_logger *logger, char **error);

/* Adds one function, written as for zpci_config_function(), to the firmware, which does not tell
 * the guest: zpci_firmware_announce() does. *@fid is its function ID. Adapters that are there are
 * as they are: they get no further VFs. After a failure all is as before. */
int zpci_config_plug(struct zpci_config *config, const char *text, char separator, uint32_t *fid,
		     char **error);

/* Surprise removal of a function, zpci_firmware_remove(). Its adapter stays, so that the function
 * can come back. */
int zpci_config_unplug(struct zpci_config *config, uint32_t fid, char **error);

/* Does what one line of the control channel says, zpci-qemu(7), of at most ZPCI_COMMAND_LINE
 * characters, without its end. Returns the answer, a line with its end, to be freed by the caller;
 * NULL: no memory. */
#define ZPCI_COMMAND_LINE 1023
char *zpci_config_command(struct zpci_config *config, const char *line, size_t length);

#endif
