/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log.h - one formatted sentence to a struct zpci_logger.
 *
 * A message names its thing first: "function 0x00001021: ...", "adapter 0x01c0: ..."; it has no
 * period at its end.
 */
#ifndef ZPCI_UTIL_LOG_H
#define ZPCI_UTIL_LOG_H

#include <zpci/log.h>

/* Longer messages are cut. Safe with any logger, also an empty one. */
__attribute__((format(printf, 3, 4))) void
zpci_log(const struct zpci_logger *logger, enum zpci_log_level level, const char *format, ...);

/* A logger that puts a name before each message, for code that does not know the name. */
struct zpci_named_logger {
	struct zpci_logger logger; /* where the messages go */
	char name[24];		   /* "adapter 0x01c0" */
};

/* The logger that writes through @named; an empty one if @named writes nowhere. */
struct zpci_logger zpci_named_logger(struct zpci_named_logger *named);

#endif
