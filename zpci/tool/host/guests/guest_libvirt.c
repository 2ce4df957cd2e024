// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest_libvirt.c - guests_read(): all guests of a libvirt.
 *
 * A guest can have two XMLs: of what runs, and of its definition, with which it starts next time.
 * Guests come, go, start and stop meanwhile. One that is gone is passed over.
 */
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "guest_libvirt.h"
#include "guest_list.h"
#include "libvirt.h"

/* Adds the XML of @domain that @flags describes. Returns 1; 0 if the guest is gone; or -1 and the
 * problem. */
static int add_xml(struct guests *guests, virDomainPtr domain, unsigned int flags,
		   unsigned int where, struct problem *problem)
{
	char *xml = virDomainGetXMLDesc(domain, flags);
	int rc;

	if (!xml && host_libvirt_code() == VIR_ERR_NO_DOMAIN)
		return 0;
	if (!xml)
		return problem_set(problem, "guest %.64s: libvirt does not give its XML: %s",
				   virDomainGetName(domain), host_libvirt_message());
	rc = guests_parse(guests, xml, strlen(xml), where, problem);
	free(xml);
	return rc ? -1 : 1;
}

static int add_domain(struct guests *guests, virDomainPtr domain, struct problem *problem)
{
	bool running = virDomainIsActive(domain) == 1;
	bool persistent = virDomainIsPersistent(domain) == 1;
	struct guest *guest;
	int rc = 0;

	if (running)
		rc = add_xml(guests, domain, 0, GUEST_LIVE, problem);
	if (persistent && rc >= 0)
		rc = add_xml(guests, domain, VIR_DOMAIN_XML_INACTIVE, GUEST_CONFIG, problem);
	if (rc <= 0)
		return rc;
	guest = guests_add(guests, virDomainGetName(domain));
	if (!guest)
		return problem_set(problem, "out of memory");
	guest->running = running;
	guest->persistent = persistent;
	return 0;
}

int guests_read_from(struct guests *guests, virConnectPtr connection, struct problem *problem)
{
	virDomainPtr *domains;
	int count = virConnectListAllDomains(connection, &domains, 0), rc = 0;

	*guests = (struct guests){ 0 };
	if (count < 0)
		return problem_set(problem, "libvirt does not list its guests: %s",
				   host_libvirt_message());
	for (int i = 0; i < count; i++) {
		if (!rc)
			rc = add_domain(guests, domains[i], problem);
		virDomainFree(domains[i]);
	}
	free(domains);
	guests_sort(guests);
	return rc;
}

int guests_read(struct guests *guests, const char *uri, struct problem *problem)
{
	virConnectPtr connection = host_libvirt_open(uri, false, problem);
	int rc;

	*guests = (struct guests){ 0 };
	if (!connection)
		return -1;
	rc = guests_read_from(guests, connection, problem);
	virConnectClose(connection);
	return rc;
}
