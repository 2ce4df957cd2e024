// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci host xml`: prints a libvirt <hostdev> that gives a function of this host to a guest;
 * zpci-host-attach(1). It needs libvirt only to look which IDs are free in a guest.
 */
#include <stdio.h>

#include "zpci/tool/host/function_name.h"
#include "zpci/tool/host/host.h"
#include "zpci/tool/host/guests/guest_ids.h"
#include "zpci/tool/host/guests/guests.h"
#include "hostdev.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"

/* @guest: of --guest, or NULL. Returns an exit status. */
static int print(const struct tool_options *options, const struct function *function,
		 const struct guest *guest)
{
	char xml[HOSTDEV_SIZE];
	struct problem problem;
	struct guest_ids ids;

	if (hostdev_check_address(function, &problem)) {
		tool_error("%s", problem.text);
		return HOST_EXIT_REFUSED;
	}
	if (guest_ids_choose(&ids, guest, GUEST_LIVE | GUEST_CONFIG, function,
			     options->host.guest_uid, options->host.guest_fid, &problem)) {
		tool_error("%s", problem.text);
		return HOST_EXIT_REFUSED;
	}
	hostdev_print(xml, &function->pci, &ids);
	fputs(xml, stdout);
	return host_flush("the XML");
}

static int print_for_guest(const struct tool_options *options, const struct function *function)
{
	struct guests guests;
	const struct guest *guest;
	struct problem problem;
	int status;

	if (guests_read(&guests, options->host.connect, &problem)) {
		tool_error("%s", problem.text);
		status = HOST_EXIT_SYSTEM;
	} else if (!(guest = guests_find(&guests, options->host.guest))) {
		tool_error("libvirt has no guest `%s'; `virsh list --all' shows all",
			   options->host.guest);
		status = HOST_EXIT_NOT_FOUND;
	} else {
		status = print(options, function, guest);
	}
	guests_free(&guests);
	return status;
}

static int check_options(const struct tool_options *options)
{
	if (!options->host.guest || !options->host.no_libvirt)
		return 0;
	tool_error("--guest asks libvirt, so --no-libvirt cannot be with it; use one of them");
	return TOOL_EXIT_FAILURE;
}

int tool_host_xml(const struct tool_options *options)
{
	const struct function *function;
	struct inventory inventory = { 0 };
	int status = check_options(options);

	if (!status)
		status = host_read_inventory(&inventory, options);
	if (!status)
		status = host_find_function(&inventory, options->arguments[0], &function);
	if (!status)
		status = options->host.guest ? print_for_guest(options, function)
					     : print(options, function, NULL);
	inventory_free(&inventory);
	return status;
}
