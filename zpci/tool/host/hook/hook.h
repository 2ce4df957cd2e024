/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook.h - the hook of libvirt that does not let a guest start whose functions cannot be given to
 * it; zpci-host-check(1).
 *
 * libvirt runs the script (script.h) in its folder of hooks. The script runs `zpci host hook run',
 * which has the guest's XML on standard input (run.c). libvirt holds locks and waits meanwhile: so
 * nothing here may ask libvirt, and there is a deadline.
 *
 * The hook is an early and plain answer, and no protection: libvirt and QEMU still refuse what
 * cannot be. So where the hook itself fails, the guest starts.
 */
#ifndef ZPCI_TOOL_HOST_HOOK_HOOK_H
#define ZPCI_TOOL_HOST_HOOK_HOOK_H

#include "zpci/tool/options.h"

/* Each returns the exit status of the tool. @folder is libvirt's for hooks of its QEMU driver. */

/* install.c */
int hook_install(const char *folder, bool dry_run);
int hook_remove(const char *folder, bool dry_run);
int hook_show(const char *folder);

/* run.c. @operation and @suboperation are what libvirt says: "prepare" and "begin", ... */
int hook_run(const char *operation, const char *suboperation, const char *sysfs);

#endif
