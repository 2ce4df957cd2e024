/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fib.h - what the rows of MPCIFC share.
 */
#ifndef TESTS_ANSWERS_FIB_H
#define TESTS_ANSWERS_FIB_H

#include "answers.h"

/* Fields of the FIB in the row's storage. */
#define FIB_FORMAT (FIB + 0)
#define FIB_PBA (FIB + 16)
#define FIB_PAL (FIB + 24)
#define FIB_IOTA (FIB + 32)
#define FIB_WORD (FIB + 40)
#define FIB_AIBV (FIB + 48)
#define FIB_AISB (FIB + 56)
#define FIB_FMB (FIB + 64)

/* What a guest would put in for the row's operation. */
void fib_usual(struct trial *trial);
/* Executes the row's MPCIFC. */
int fib_modify(struct trial *trial);
/* The function's FIB as STPCIFC tells it, at DATA. */
void fib_store(struct trial *trial);
/* There the field at @field (as above) is to be @wanted. */
void fib_expect_field(struct trial *trial, const char *what, uint64_t field, uint64_t wanted);
/* Interruptions, or a translation, are registered as the row's FIB has it; or none. */
void fib_expect_int(struct trial *trial);
void fib_expect_no_int(struct trial *trial);
void fib_expect_ioat(struct trial *trial);
void fib_expect_no_ioat(struct trial *trial);

#endif
