// SPDX-License-Identifier: GPL-2.0-or-later
/* without_libvirt.c - what a build without libvirt and libxml2 says of what needs them. */
#include "zpci/tool/host/guests/guests.h"
#include "host.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

#define MISSING                                                                                    \
	"this zpci was built without libvirt, so it knows no guests; build it with libvirt-dev "   \
	"and libxml2-dev"

int guests_read(struct guests *guests, const char *uri, struct problem *problem)
{
	(void)uri;
	*guests = (struct guests){ 0 };
	return problem_set(problem, MISSING);
}

int guests_parse(struct guests *guests, const char *text, size_t size, unsigned int where,
		 struct problem *problem)
{
	(void)guests;
	(void)text;
	(void)size;
	(void)where;
	return problem_set(problem, MISSING);
}

int tool_host_attach(const struct tool_options *options)
{
	(void)options;
	tool_error(MISSING);
	return HOST_EXIT_SYSTEM;
}

int tool_host_detach(const struct tool_options *options)
{
	return tool_host_attach(options);
}
