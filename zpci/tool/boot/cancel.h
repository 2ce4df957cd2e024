/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ZPCI_TOOL_CANCEL_H
#define ZPCI_TOOL_CANCEL_H

/*
 * For each function of a thread that pthread_cancel() ends while it runs.
 *
 * AddressSanitizer marks the bytes around a function's variables, and the function removes the
 * marks when it returns. A cancelled one does not return: the marks stay, and the last functions of
 * the thread, which use the same stack, are reported as errors.
 */
#define CANCELLABLE __attribute__((no_sanitize("address")))

#endif
