/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options.h - options structures of callers that are older or newer than this library.
 *
 * One rule for all of them. Each starts with its size_t size. A field that an older caller did not
 * know counts as 0. A field that this library does not know must be 0: else the caller would ask
 * for something that does not happen.
 */
#ifndef ZPCI_UTIL_OPTIONS_H
#define ZPCI_UTIL_OPTIONS_H

#include <stddef.h>

#include <zpci/log.h>

/* Bytes of @type up to the end of @field. With the last field of the first release, this is the
 * least size that a caller's structure can have. */
#define zpci_size_upto(type, field) (offsetof(type, field) + sizeof(((type *)NULL)->field))

/*
 * zpci_options_take - copy a caller's options into the library's own form of them.
 * @to:     the library's structure, of @known bytes; its size becomes @known
 * @from:   the caller's
 * @first:  least size, by zpci_size_upto()
 * @logger: where a refusal is explained; NULL: nowhere
 * @whose:  what the message names, as "adapter 0x01c0"
 * Returns 0 or -EINVAL, after a message.
 */
int zpci_options_take(void *to, size_t known, const void *from, size_t first,
		      const struct zpci_logger *logger, const char *whose);

/* For an answer that starts with its size: copies @from, which has @known bytes, to @to, as far as
 * the size in @to goes. That size stays. */
void zpci_size_fill(void *to, const void *from, size_t known);

#endif
