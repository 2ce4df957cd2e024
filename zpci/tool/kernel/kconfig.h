/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kconfig.h - the .config of a kernel.
 */
#ifndef ZPCI_TOOL_KCONFIG_H
#define ZPCI_TOOL_KCONFIG_H

#define KCONFIG_ARCHITECTURE 32

/* The text, which begins and ends with a line's end. */
struct kconfig {
	char *text;
};

/* Returns 0, or a negative errno. */
int kconfig_read(struct kconfig *config, const char *path);
void kconfig_free(struct kconfig *config);

/* 'y', 'm' or 'n' of an option such as "CONFIG_PCI"; 'y' as well if it has another value. */
char kconfig_get(const struct kconfig *config, const char *option);

/*
 * What it was made for, as its first lines say: "s390", "x86". Returns 0, or -1 if it does not say
 * so, and then it is not the .config of a Linux kernel.
 */
int kconfig_architecture(const struct kconfig *config, char name[KCONFIG_ARCHITECTURE]);

#endif
