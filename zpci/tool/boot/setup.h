/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_SETUP_H
#define ZPCI_TOOL_SETUP_H

#include <stdbool.h>

#include "zpci/tool/functions.h"

/* What executes the guest's instructions, and what QEMU loads that is its firmware. */
enum boot_accel {
	BOOT_TCG, /* QEMU's emulator; its plugin zpci-qemu.so */
	BOOT_KVM, /* the host's processor; zpci-kvm.so, by LD_PRELOAD */
};

/* What to boot. Strings belong to the caller. NULL stands for the default of zpci-run(1). */
struct boot_setup {
	const char *guest; /* a guest of zpci-lab(1), by its name */
	const char *kernel;
	const char *initrd;
	const char *append;
	const char *memory; /* as QEMU takes it: a number and K, M, G or T */
	const char *qemu;
	enum boot_accel accel;
	const char *plugin;	   /* of BOOT_TCG */
	const char *interposer;	   /* of BOOT_KVM */
	const char *control;	   /* path of the control socket */
	const char *const *shares; /* of --share; none: NULL */
	size_t share_count;
	const char *const *copies; /* of --copy; none: NULL */
	size_t copy_count;
	unsigned int smp;
	bool verbose;
	bool inspects; /* the command is zpci-inspect, which needs the kernel's types */
	bool quiet;    /* no words but those of failures */
	bool network;  /* QEMU's user mode network */
	bool gdb;      /* QEMU's stub for gdb, for which the guest waits */
	bool dry_run;  /* only print QEMU's command line */
	bool announce; /* say which kernel tree is booted */
	bool debug;    /* the firmware says why it refuses an instruction */
	struct tool_functions functions;
	char *const *qemu_options; /* added at the end of QEMU's command line */
	int qemu_option_count;
};

#endif
