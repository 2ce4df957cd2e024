/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * module_file.h - where the file of a module is in a tree, and its contents.
 */
#ifndef ZPCI_TOOL_MODULE_FILE_H
#define ZPCI_TOOL_MODULE_FILE_H

#include <stddef.h>

/* The tree's modules.order, in which the build lists all modules, allocated; NULL: none. */
char *module_file_order(const char *folder);

/*
 * The path of the module @name of @folder, allocated; NULL if there is none. @order is the text of
 * module_file_order(). If that does not have it, all of the folder is searched.
 */
char *module_file_find(const char *folder, const char *order, const char *name);

/* Opens it for reading, and decompresses it if need be. Returns a descriptor, or -1 after a
 * message. */
int module_file_open(const char *path);

#endif
