/* SPDX-License-Identifier: GPL-2.0-or-later */
/* missing.h - which options of its configuration this kernel lacks, of those that we need. */
#ifndef INSPECT_MISSING_H
#define INSPECT_MISSING_H

#include <stdbool.h>
#include <stddef.h>

#define MISSING_MAX 16

struct missing {
	const char *options[MISSING_MAX]; /* "CONFIG_..." */
	size_t count;
};

/* What was tried and did not work: only then is the reason looked for. */
struct missing_request {
	bool slots;	 /* a function has no slot */
	bool memory;	 /* the kernel's memory was not read */
	const char *btf; /* the file that was to have the BTF */
	bool vfio;	 /* functions were to be opened through vfio */
	bool zpci_base;	 /* vfio opened one, and did not give its capability ZPCI_BASE */
};

void missing_find(struct missing *missing, const struct missing_request *request);

#endif
