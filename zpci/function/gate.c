// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The gate between a device and the guest (<zpci/device.h> says when it is closed).
 */
#include "zpci/function/gate.h"

#include "zpci/function/dma.h"
#include "zpci/function/interruption.h"

void zpci_gate_close(struct zpci_function *function)
{
	zpci_function_assert_locked(function);
	atomic_store(&function->closed, true);
	zpci_dma_drain(function);
	zpci_interruption_drain(function);
}

bool zpci_gate_open(struct zpci_function *function)
{
	const struct zpci_model *model = function->model;

	zpci_function_assert_locked(function);
	if (!zpci_function_is_closed(function))
		return true;
	if (model->drain && model->drain(function->device, false))
		return false;
	atomic_store(&function->closed, false);
	return true;
}
