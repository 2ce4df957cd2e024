// SPDX-License-Identifier: GPL-2.0-or-later
/* plug.c - the table's functions for the hypervisor of examples/kvm.c, in place of its own. */
#include "examples/kvm.h"
#include "functions.h"

int plug_functions(struct zpci_firmware *firmware, const struct zpci_logger *logger)
{
	struct functions functions = { 0 };
	int rc = functions_make(&functions);

	(void)logger;
	if (!rc)
		rc = functions_add_all(&functions, firmware);
	functions_unmake(&functions); /* the functions keep their adapters */
	return rc;
}
