/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clp_answer.h - all that the firmware answers about a function and about a group. */
#ifndef ZPCI_INVENTORY_CLP_ANSWER_H
#define ZPCI_INVENTORY_CLP_ANSWER_H

#include <zpci/clp.h>

#include "problem.h"

/* @fd is from clp_open(). What an answer is too short for is 0. */
int clp_answer_function(int fd, uint32_t handle, struct zpci_clp_query_function_response *answer,
			struct problem *problem);
int clp_answer_group(int fd, uint8_t pfgid, struct zpci_clp_query_group_response *answer,
		     struct problem *problem);

#endif
