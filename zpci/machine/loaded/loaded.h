/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loaded.h - what is the same for all that is loaded into somebody's hypervisor: the plugin for
 * QEMU, and the interposer for KVM.
 *
 *	who is loaded (zpci/machine/qemu, zpci/machine/interposer)
 *	   |
 *	   |-- settings.c: its settings, as text --> configuration, names of files
 *	   |-- loaded.c:   configuration --> firmware, its functions, recorder before the machine
 *	   |-- control.c:  socket -- commands --> configuration --> firmware
 *	   `-- log.c:      messages of all of these
 *
 * A wrong setting is one sentence on standard error. Everything that can be wrong is found before
 * anything is started.
 */
#ifndef ZPCI_LOADED_H
#define ZPCI_LOADED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <zpci/firmware.h>

struct zpci_config;
struct zpci_control;
struct zpci_record;

/* What a person can set. */
enum zpci_setting {
	ZPCI_SETTING_CONFIG,   /* a file with functions, zpci.conf(5); several times */
	ZPCI_SETTING_FUNCTION, /* MODEL[:KEY=VALUE]...: one function; several times */
	ZPCI_SETTING_RECORD,   /* a file to be made: the trace */
	ZPCI_SETTING_CONTROL,  /* a socket to be made: the control channel */
	ZPCI_SETTING_VERBOSE,  /* on or off: other messages than errors and warnings */
	ZPCI_SETTING_DEBUG,    /* on or off: what the guest did, and why it was refused */
	ZPCI_SETTINGS
};

/* For one virtual machine. */
struct zpci_loaded {
	/* From who is loaded, before zpci_loaded_init(). */
	const char *name;		    /* before each message */
	const char *setting[ZPCI_SETTINGS]; /* what a person calls the settings */
	void (*thread_begins)(
		struct zpci_loaded *loaded); /* on each thread of ours; NULL: nothing */

	struct zpci_logger logger;
	bool verbose;
	bool debug;
	bool shared;		    /* the hypervisor's own functions are there too */
	struct zpci_config *config; /* of all functions, as they are now */
	char *trace_path;	    /* NULL: nothing is recorded */
	char *control_path;	    /* NULL: there is no control channel */

	struct zpci_firmware *firmware;
	struct zpci_record *record; /* between the firmware and the machine; NULL: none */
	FILE *trace;
	struct zpci_control *control;
};

/* --- log.c ---------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) void
zpci_loaded_log(struct zpci_loaded *loaded, enum zpci_log_level level, const char *format, ...);
/* Prints and frees what a function of the configuration complains about; NULL: no memory. Returns
 * -1. */
int zpci_loaded_log_error(struct zpci_loaded *loaded, char *error);
/* For struct zpci_logger; @opaque is the struct zpci_loaded. */
void zpci_loaded_print(void *opaque, enum zpci_log_level level, const char *message);

/* --- settings.c ----------------------------------------------------------------------------- */

/* All return 0, or -1 after a message. */

int zpci_loaded_set(struct zpci_loaded *loaded, enum zpci_setting setting, const char *value);
/* After the last one: what is wrong with all of them together. */
int zpci_loaded_check(struct zpci_loaded *loaded);
/* A setting @name that is on or off. */
int zpci_loaded_switch(struct zpci_loaded *loaded, const char *name, const char *value, bool *on);

/* --- control.c ------------------------------------------------------------------------------ */

/* Listens at @control_path for commands about the functions, which are connected; does nothing if
 * there is none. Returns 0, or -1 after a message. */
int zpci_control_start(struct zpci_loaded *loaded);
/* Returns when no command runs any more. A command presents things to the guest, so the caller
 * holds no lock that this needs. */
void zpci_control_stop(struct zpci_loaded *loaded);

/* --- loaded.c ------------------------------------------------------------------------------- */

/* Returns 0, or -1: no memory. */
int zpci_loaded_init(struct zpci_loaded *loaded);
/* Makes the firmware of @machine, which can have zPCI functions of its own, and the functions.
 * Returns 0, or -1 after a message. */
int zpci_loaded_start(struct zpci_loaded *loaded, const struct zpci_machine_ops *ops,
		      void *machine);
/* zpci_firmware_execute() and zpci_firmware_reset(), recorded if a trace is wanted. @number names
 * @cpu in the trace. */
enum zpci_disposition zpci_loaded_execute(struct zpci_loaded *loaded, void *cpu, unsigned number,
					  const uint8_t instruction[6]);
void zpci_loaded_reset(struct zpci_loaded *loaded, enum zpci_reset reset);
/* Destroys the firmware, and completes the trace. The control channel has been stopped. */
void zpci_loaded_end(struct zpci_loaded *loaded);
/* Frees the rest. */
void zpci_loaded_fini(struct zpci_loaded *loaded);

#endif
