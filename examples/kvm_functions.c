// SPDX-License-Identifier: LGPL-2.1-or-later
/* kvm_functions.c - the PCI functions of the example for KVM: one detached VF. */
#include <errno.h>

#include "kvm.h"

int plug_functions(struct zpci_firmware *firmware, const struct zpci_logger *logger)
{
	const struct zpci_adapter_options adapter_options = { .size = sizeof(adapter_options),
							      .logger = *logger,
							      .vfs = 8 };
	struct zpci_function_options options = {
		.size = sizeof(options),
		.vf = 3,
		.fid = 0x1021,
		.uid = 0x111,
		.profile = zpci_profile_find("lpar")->profile,
	};
	int rc = zpci_adapter_create(zpci_model_find("probe"), 0x1c0, &adapter_options,
				     &options.adapter);

	if (rc)
		return rc;
	rc = zpci_firmware_add(firmware, &options);
	zpci_adapter_unref(options.adapter); /* the function keeps it */
	return rc;
}
