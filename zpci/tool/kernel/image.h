/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - a file that is to be booted: is it a kernel that QEMU's s390x machine can start?
 */
#ifndef ZPCI_TOOL_IMAGE_H
#define ZPCI_TOOL_IMAGE_H

#define KERNEL_RELEASE 65 /* as long as uname -r, and the zero byte */

struct kernel_image {
	char release[KERNEL_RELEASE]; /* what `uname -r` will say; "" if the image does not */
};

/* Returns 0, or -1 after a sentence that says what the file is, and what to do. */
int kernel_image_check(struct kernel_image *image, const char *path);

#endif
