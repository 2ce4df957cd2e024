/* SPDX-License-Identifier: GPL-2.0-or-later */
/* word.h - a text as one word of a shell's command line, for commands to copy. */
#ifndef ZPCI_TOOL_HOST_WORD_H
#define ZPCI_TOOL_HOST_WORD_H

/* @text with quotation marks if it needs them: names of devices and guests are not trusted. It is
 * cut if it is too long. Returns @word. */
#define HOST_WORD_SIZE 512
const char *host_word(char word[HOST_WORD_SIZE], const char *text);

#endif
