// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "configure.h"
#include "fragment.h"
#include "tree.h"
#include "zpci/tool/message.h"

static int check(const char *folder)
{
	struct kernel_tree tree;

	if (kernel_tree_open(&tree, folder))
		return -1;
	kernel_tree_free(&tree);
	return 0;
}

static int begin(const struct kernel_make *make)
{
	static const char *const targets[] = { "defconfig", NULL };

	if (mkdir(make->folder, 0777) && errno != EEXIST) {
		tool_error("%s: %s", make->folder, strerror(errno));
		return -1;
	}
	tool_note("%s has no .config: it gets s390's defconfig and the options of `zpci kernel "
		  "config'",
		  make->folder);
	return kernel_make_run(make, targets);
}

int kernel_configure(const struct kernel_make *make, bool merge)
{
	static const char *const targets[] = { "olddefconfig", NULL };

	if (!kernel_make_is_configured(make))
		return begin(make) || kernel_make_merge(make, fragment_text) ? -1 : 0;
	if (check(make->folder))
		return -1;
	return merge ? kernel_make_merge(make, fragment_text) : kernel_make_run(make, targets);
}
