/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channel.h - a client of the control channel, zpci-ctl(1): a line is sent, a line is answered.
 */
#ifndef ZPCI_TOOL_CTL_CHANNEL_H
#define ZPCI_TOOL_CTL_CHANNEL_H

#include <stdbool.h>

struct ctl_channel;

/* NULL after a message. */
struct ctl_channel *ctl_channel_open(const char *path);
void ctl_channel_close(struct ctl_channel *channel);

/* Sends one line, which has no end yet, and waits for its answer. Returns the answer behind `ok` or
 * `error: `, which stays until the next call, and sets @refused; NULL after a message. It is
 * printable ASCII. */
char *ctl_channel_ask(struct ctl_channel *channel, const char *line, bool *refused);

#endif
