/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ram_internal.h - the parts of the machine in memory, for its own files.
 *
 *	struct zpci_ram
 *	  storage     ram_storage.c   bytes, prefixing, wrapping, the poisoned range; no lock
 *	  presented   ram_present.c   interruptions, channel reports, completions; one lock
 *	  time        ram_time.c      the clock that stands still, and its timers; one lock
 *	  (the rest)  ram.c           life cycle, CPUs, the table of operations
 *
 * No lock is held while a callback of the library runs. The locks are never taken together.
 */
#ifndef ZPCI_MACHINE_RAM_INTERNAL_H
#define ZPCI_MACHINE_RAM_INTERNAL_H

#include <pthread.h>

#include <zpci/ram.h>

#define ZPCI_RAM_ISCS 8

/* How the suppression facility treats one interruption subclass (reference 6.6). */
struct zpci_ram_isc {
	bool single; /* SIMM: the next one presented suppresses those after it */
	bool none;   /* NIMM: discard, do not queue */
	uint64_t presented;
};

struct zpci_ram_storage {
	int file; /* what @bytes are a mapping of, or -1 */
	uint8_t *bytes;
	size_t size;
	/* Read and written by relaxed atomic accesses. */
	uint64_t poison_start;
	uint64_t poison_length;
};

struct zpci_ram_presented {
	pthread_mutex_t lock;
	pthread_cond_t interruption; /* on CLOCK_MONOTONIC */
	struct zpci_ram_isc isc[ZPCI_RAM_ISCS];
	uint64_t reports;
	uint64_t completions;
	uint32_t sccb;
};

struct zpci_ram_time {
	pthread_mutex_t advancing; /* one mover at a time; held while timers run */
	pthread_mutex_t lock;
	pthread_cond_t idle; /* a timer's callback returned */
	uint64_t now;	     /* nanoseconds since the machine was made */
	uint64_t settings;   /* counts timer_set(): keeps order among equals */
	struct zpci_timer *timers;
};

struct zpci_ram {
	struct zpci_ram_storage storage;
	struct zpci_ram_presented presented;
	struct zpci_ram_time time;
};

/* ram_storage.c */
int zpci_ram_storage_init(struct zpci_ram_storage *storage, size_t size, bool in_file);
void zpci_ram_storage_fini(struct zpci_ram_storage *storage);
int zpci_ram_read_logical(void *machine, void *cpu, uint64_t address, unsigned ar, void *buffer,
			  size_t length);
int zpci_ram_write_logical(void *machine, void *cpu, uint64_t address, unsigned ar,
			   const void *buffer, size_t length);
int zpci_ram_check_logical(void *machine, void *cpu, uint64_t address, unsigned ar, size_t length,
			   bool write);
int zpci_ram_read_real(void *machine, void *cpu, uint64_t address, void *buffer, size_t length);
int zpci_ram_write_real(void *machine, void *cpu, uint64_t address, const void *buffer,
			size_t length);
int zpci_ram_read_absolute(void *machine, uint64_t address, void *buffer, size_t length);
int zpci_ram_write_absolute(void *machine, uint64_t address, const void *buffer, size_t length);
int zpci_ram_or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old);
void zpci_ram_regions(void *machine,
		      void (*visit)(void *opaque, const struct zpci_storage_region *region),
		      void *opaque);

/* ram_present.c */
int zpci_ram_presented_init(struct zpci_ram_presented *presented);
void zpci_ram_presented_fini(struct zpci_ram_presented *presented);
void zpci_ram_adapter_interruption(void *machine, unsigned isc);
void zpci_ram_channel_report(void *machine);
void zpci_ram_sclp_completion(void *machine, uint32_t sccb);

/* ram_time.c */
int zpci_ram_time_init(struct zpci_ram_time *time);
void zpci_ram_time_fini(struct zpci_ram_time *time);
uint64_t zpci_ram_clock(void *machine);
struct zpci_timer *zpci_ram_timer_create(void *machine, void (*expired)(void *opaque),
					 void *opaque);
void zpci_ram_timer_set(struct zpci_timer *timer, uint64_t nanoseconds);
void zpci_ram_timer_cancel(struct zpci_timer *timer);
void zpci_ram_timer_destroy(struct zpci_timer *timer);

#endif
