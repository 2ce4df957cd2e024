/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.h - the script that libvirt runs as its hook. */
#ifndef ZPCI_TOOL_HOST_HOOK_SCRIPT_H
#define ZPCI_TOOL_HOST_HOOK_SCRIPT_H

/* libvirt runs each executable file of its folder qemu.d in the order of their names. */
#define HOOK_NAME "50-zpci"

#define HOOK_SCRIPT_SIZE 4096

/* The script that runs the program @zpci. Returns 0, or -1 if that path is too long. */
int hook_script(char script[HOOK_SCRIPT_SIZE], const char *zpci);

enum hook_state {
	HOOK_NONE,
	HOOK_OURS,    /* `zpci host hook install' made it */
	HOOK_FOREIGN, /* something else has this name */
	HOOK_UNREAD,  /* errno says why */
};

/* What is at @path; a script of ours is copied to @script. */
enum hook_state hook_look(const char *path, char script[HOOK_SCRIPT_SIZE]);

#endif
