// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In a build without libkmod no module can be packed.
 */
#include "module_info.h"
#include "zpci/tool/message.h"

int module_info_read(struct module_info *info, const char *path, const char *name)
{
	(void)path;
	*info = (struct module_info){ 0 };
	tool_error("module %s: this zpci was built without libkmod, so it can only boot kernels "
		   "that have everything built in, see zpci-kernel(1)",
		   name);
	return -1;
}

void module_info_free(struct module_info *info)
{
	(void)info;
}
