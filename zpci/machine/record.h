/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record.h - a recorder between a firmware and its machine. It writes as text which CPU executed
 * what, what the firmware asked the machine for, and what the machine answered. Such a trace is
 * replayed without the machine (tests/replay.h): so the bytes of real guests are fixtures on every
 * host.
 *
 *	firmware --> recorder --> machine
 *	                |
 *	                +--> trace
 *
 * Not part of the public library.
 *
 * Format. Lines; numbers are hexadecimal without prefix but for the result, which is decimal; bytes
 * are pairs of hexadecimal digits, `XX*NUMBER.` is XX that many times, `-` is none. Registers and
 * other numbers inside of an operation are bytes, most significant first. `#` starts a comment
 * line.
 *
 *	zpci-trace 1
 *	shared 0|1                          option of the firmware
 *	group TEXT                          as for zpci_config_group(), separator ','
 *	function TEXT                       as for zpci_config_function(), separator ','
 *	...
 *	execute SEQUENCE CPU BYTES          one instruction on one CPU ...
 *	 OPERATION                          ... what it did, in order ...
 *	end SEQUENCE executed|not-ours      ... and how it ended
 *	timer SEQUENCE NUMBER               a timer ran out (counted by creation), until its end
 *	reset SEQUENCE NUMBER               zpci_firmware_reset() with that enum, until its end
 *	async SEQUENCE OPERATION            an operation from a device's thread
 *
 *	OPERATION is NAME A B LENGTH BYTES = RESULT BYTES: operands, input bytes, result, output
 *
 *	gr sr     general register A           rl wl   logical storage, address A, access register B
 *	psw cc    PSW mask; condition code     tr tw   whether rl or wl would work
 *	px        prefix                       rr wr   real storage, address A
 *	pgm       program interruption         ra wa   absolute storage, address A
 *	ai        adapter interruption, ISC A  or      bits B into the byte at A; output: old byte
 *	cr        channel report               clock   TOD clock
 *	sc        SCLP completion, SCCB A
 *
 * The lines of a block stay together: it is written when it has ended. SEQUENCE counts the
 * beginnings of blocks, so a reader sorts by it.
 *
 * Limits: the recorder does not see what a device does by itself in the machine's regions. A trace
 * of much DMA is long.
 */
#ifndef ZPCI_MACHINE_RECORD_H
#define ZPCI_MACHINE_RECORD_H

#include <stdio.h>

#include <zpci/firmware.h>

struct zpci_record;

/*
 * zpci_record_create - a recorder in front of @machine.
 * @trace: open for writing, the caller's to close after zpci_record_destroy()
 * Returns NULL when there is no memory. Give zpci_record_ops() and the recorder itself to
 * zpci_firmware_create() in place of the machine's.
 */
struct zpci_record *zpci_record_create(const struct zpci_machine_ops *ops, void *machine,
				       FILE *trace);
const struct zpci_machine_ops *zpci_record_ops(const struct zpci_record *record);
/* After zpci_firmware_destroy(). Returns 0, or -EIO when the trace is not complete. */
int zpci_record_destroy(struct zpci_record *record);

/* Writes the head of the trace: all functions that @firmware has now. Once, before it runs. */
void zpci_record_head(struct zpci_record *record, struct zpci_firmware *firmware, bool shared);

/* The same into a file, record_head.c. */
void zpci_record_write_head(FILE *trace, struct zpci_firmware *firmware, bool shared);

/* zpci_firmware_execute() and zpci_firmware_reset(), recorded. @number names @cpu in the trace. */
enum zpci_disposition zpci_record_execute(struct zpci_record *record,
					  struct zpci_firmware *firmware, void *cpu,
					  unsigned number, const uint8_t instruction[6]);
void zpci_record_reset(struct zpci_record *record, struct zpci_firmware *firmware,
		       enum zpci_reset reset);

#endif
