/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * module_info.h - what a module says about itself. libkmod reads it.
 */
#ifndef ZPCI_TOOL_MODULE_INFO_H
#define ZPCI_TOOL_MODULE_INFO_H

struct module_info {
	char *depends; /* names with commas between them; "" for none */
	char *release; /* of the kernel that it was built for */
};

/*
 * Reads the module at @path, which is not compressed; messages call it @name. Returns 0 and strings
 * for module_info_free(), or -1 after a message.
 */
int module_info_read(struct module_info *info, const char *path, const char *name);
void module_info_free(struct module_info *info);

#endif
