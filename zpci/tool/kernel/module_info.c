// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <libkmod.h>
#include <stdlib.h>
#include <string.h>

#include "module_info.h"
#include "zpci/tool/message.h"

/* Allocated; "" if the module does not say it, NULL if there is no memory. */
static char *get(const struct kmod_list *list, const char *key)
{
	const struct kmod_list *item;

	kmod_list_foreach(item, list)
	{
		if (!strcmp(kmod_module_info_get_key(item), key))
			return strdup(kmod_module_info_get_value(item));
	}
	return strdup("");
}

/* Behind the release there are words about the configuration. */
static char *get_release(const struct kmod_list *list)
{
	char *version = get(list, "vermagic");

	if (version)
		version[strcspn(version, " ")] = '\0';
	return version;
}

static int read_module(struct kmod_ctx *context, struct module_info *info, const char *path)
{
	struct kmod_list *list = NULL;
	struct kmod_module *module;
	int rc = kmod_module_new_from_path(context, path, &module);

	if (rc < 0)
		return rc;
	rc = kmod_module_get_info(module, &list);
	kmod_module_unref(module);
	if (rc < 0)
		return rc;
	info->depends = get(list, "depends");
	info->release = get_release(list);
	kmod_module_info_free_list(list);
	return info->depends && info->release ? 0 : -ENOMEM;
}

int module_info_read(struct module_info *info, const char *path, const char *name)
{
	/* The configuration of this system's own modules is not wanted. */
	static const char *const no_configuration[] = { NULL };
	struct kmod_ctx *context = kmod_new("/", no_configuration);
	int rc;

	*info = (struct module_info){ 0 };
	if (context)
		kmod_set_log_priority(context, -1);
	rc = context ? read_module(context, info, path) : -ENOMEM;
	kmod_unref(context);
	if (!rc)
		return 0;
	tool_error("module %s cannot be read: %s; build it again with `zpci kernel build'", name,
		   rc == -ENOEXEC || rc == -EINVAL || rc == -ENOENT ? "it is no module"
								    : strerror(-rc));
	module_info_free(info);
	return -1;
}

void module_info_free(struct module_info *info)
{
	free(info->depends);
	free(info->release);
	*info = (struct module_info){ 0 };
}
