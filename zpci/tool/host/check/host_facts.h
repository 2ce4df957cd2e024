/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host_facts.h - what this Linux has for giving functions to guests, beside the functions. */
#ifndef ZPCI_TOOL_HOST_CHECK_HOST_FACTS_H
#define ZPCI_TOOL_HOST_CHECK_HOST_FACTS_H

#include <stdbool.h>

#include "zpci/inventory/problem.h"

enum vfio_driver {
	VFIO_UNKNOWN, /* could not be looked at: `vfio_why` */
	VFIO_MISSING,
	VFIO_MODULE, /* can be loaded */
	VFIO_LOADED, /* or built in */
};

/* An option of the kernel's configuration. */
enum kernel_option {
	OPTION_UNKNOWN, /* the configuration cannot be read */
	OPTION_NO,
	OPTION_YES,
};

struct host_facts {
	/* sysfs is that of this Linux. Otherwise only @vfio can be known. */
	bool live;
	const char *release; /* of the kernel, as uname(2) has it; NULL: not known */
	enum vfio_driver vfio;
	struct problem vfio_why;
	int vfio_node; /* /dev/vfio/vfio: 0, or why it cannot be used: an errno value */
	int kvm_node;  /* /dev/kvm: the same */
	/* CONFIG_VFIO_PCI_ZDEV_KVM, or its older name CONFIG_VFIO_PCI_ZDEV: vfio-pci passes on what
	 * CLP says of a function */
	enum kernel_option zdev;
};

/*
 * Reads them, but for @zdev. @live: sysfs is that of this Linux. @root is "", or a folder of a test
 * that has dev and lib/modules. @release stays the caller's.
 */
void host_facts_read(struct host_facts *facts, bool live, const char *root, const char *release);
/* Reads @zdev, from boot/config-RELEASE, lib/modules/RELEASE/config or proc/config.gz. */
void host_facts_read_configuration(struct host_facts *facts, const char *root);

/* What follows is for tests. */

/* Is the option @name, such as "CONFIG_KVM", in the configuration @text? OPTION_UNKNOWN: @text has
 * no options, so it is no configuration. */
enum kernel_option kernel_option_find(const char *text, const char *name);
/* Does modules.dep or modules.builtin @text have a module of this name, such as "vfio-pci"? The
 * file's name can be vfio_pci.ko.xz. */
bool kernel_has_module(const char *text, const char *name);

#endif
