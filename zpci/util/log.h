/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.h - one formatted sentence to a struct zpci_logger. */
#ifndef ZPCI_UTIL_LOG_H
#define ZPCI_UTIL_LOG_H

#include <zpci/log.h>

/* Longer messages are cut. Safe with any logger, also an empty one. */
__attribute__((format(printf, 3, 4))) void
zpci_log(const struct zpci_logger *logger, enum zpci_log_level level, const char *format, ...);

#endif
