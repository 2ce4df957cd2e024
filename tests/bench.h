/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench.h - the unit tests' device model; a test reaches everything in it.
 *
 * BARs are plain bytes. A test calls the device's services from any thread. Calls of the device's
 * operations are counted. A VF shows what hardware shows (IDs ffff:ffff, no BARs), its PF shows
 * everything.
 *
 *	BAR 0  64 bit            64 KiB   bytes; a write at the doorbell raises a vector
 *	BAR 2  32 bit, prefetch  16 KiB   bytes; MSI-X table at 0x800, pending bits at 0xc00
 *	BAR 3  32 bit             4 KiB   refuses each access
 *	BAR 4  64 bit, prefetch   1 MiB   bytes
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <zpci/device.h>

#define BENCH_VENDOR 0x1af5
#define BENCH_PF_DEVICE 0x0b00
#define BENCH_VF_DEVICE 0x0b01
#define BENCH_CLASS 0x088000
#define BENCH_REVISION 0x07

#define BENCH_BAR0_SIZE 0x10000u
#define BENCH_BAR2_SIZE 0x4000u
#define BENCH_BAR3_SIZE 0x1000u
#define BENCH_BAR4_SIZE 0x100000u

/* A write here raises the vector of its first byte, within the operation. */
#define BENCH_DOORBELL 0x8000u

#define BENCH_MSIX_CAPABILITY 0x40
#define BENCH_EXPRESS_CAPABILITY 0x50
#define BENCH_MSIX_BAR 2
#define BENCH_MSIX_TABLE 0x800u
#define BENCH_MSIX_PBA 0xc00u
#define BENCH_VECTORS 8u

struct bench_device {
	struct bench *bench;
	unsigned vf;
	const struct zpci_services *services;
	uint8_t *bars[ZPCI_BARS];
	uint8_t config[ZPCI_CONFIG_SIZE];
	unsigned resets;
	unsigned quiesces;
	unsigned resumes;
	unsigned bar_writes;  /* calls of bar_write() */
	size_t longest_write; /* bytes in the longest one */
	bool quiet;	      /* between quiesce() and resume() */
	/* Set by a test, from any thread. */
	_Atomic bool busy;	  /* the host works for it: drain() waits, or returns -EBUSY */
	_Atomic unsigned waiting; /* calls of drain() that wait now */
};

/* Its adapter. */
struct bench {
	unsigned vfs;
	const struct zpci_platform *platform; /* given to the caller of open(); NULL: nothing */
	struct bench_device *devices[ZPCI_VFS_MAX + 1]; /* NULL: not open */
};

extern const struct zpci_model bench_model;

/* The newest bench adapter. */
extern struct bench *bench_last;

/* What a test does within operations; NULL: nothing. Set while no other thread runs. */
struct bench_hooks {
	void (*opened)(struct bench_device *device);	/* at the end of open() */
	void (*closing)(struct bench_device *device);	/* at the start of close() */
	void (*resetting)(struct bench_device *device); /* at the start of reset() */
	/* Instead of raising @vector. */
	void (*rung)(struct bench_device *device, unsigned vector);
};

extern struct bench_hooks bench_hooks;

#endif
