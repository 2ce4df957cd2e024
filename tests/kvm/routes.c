// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * routes.c - routes from a GSI to indicators in guest storage, and eventfds that ring them.
 *
 * The rules of a route are checked. An eventfd is accepted and not looked at: the firmware presents
 * interruptions itself.
 */
#include "internal.h"

#include <stdlib.h>

/* Linux 7.2: kvm_set_routing_entry(): indicator and summary lie in their address's page, and in a
 * slot. */
static int set_route(const struct vm *vm, const uint8_t *entry, struct route *route)
{
	uint64_t indicator = get64(entry, ROUTE_IND_ADDR), one = 1, other = 1;
	uint64_t summary = get64(entry, ROUTE_SUMMARY_ADDR);
	uint64_t bit = get64(entry, ROUTE_IND_OFFSET);
	uint32_t summary_bit = get32(entry, ROUTE_SUMMARY_OFFSET);

	if (summary + summary_bit / 8 >= (summary & ~(PAGE - 1)) + PAGE ||
	    indicator + bit / 8 >= (indicator & ~(PAGE - 1)) + PAGE)
		return -EINVAL;
	*route = (struct route){
		.used = true,
		.indicator = memory_host(vm, indicator, &one),
		.summary = memory_host(vm, summary, &other),
		.indicator_bit = bit,
		.summary_bit = summary_bit,
		.adapter = get32(entry, ROUTE_ADAPTER),
	};
	return route->indicator && route->summary ? 0 : -EFAULT;
}

/* Linux: kvm_set_irq_routing(), setup_routing_entry(). */
static int read_route(const struct vm *vm, const uint8_t *entry, struct route *routes)
{
	uint32_t gsi = get32(entry, ROUTE_GSI);

	if (gsi >= ROUTES || get32(entry, ROUTE_FLAGS) || routes[gsi].used ||
	    get32(entry, ROUTE_TYPE) != ROUTE_S390_ADAPTER)
		return -EINVAL;
	return set_route(vm, entry, &routes[gsi]);
}

static int read_routes(const struct vm *vm, uint64_t address, uint32_t count, struct route *routes)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < count; i++, address += ROUTE_BYTES) {
		uint8_t entry[ROUTE_BYTES];

		rc = from_user(entry, address, sizeof(entry)) ? read_route(vm, entry, routes)
							      : -EFAULT;
	}
	return rc;
}

int routes_set(struct vm *vm, uint64_t argument)
{
	uint8_t head[ROUTING_BYTES];
	struct route *routes;
	int rc;

	if (!from_user(head, argument, sizeof(head)))
		return -EFAULT;
	if (get32(head, ROUTING_NR) > ROUTES || get32(head, ROUTING_FLAGS))
		return -EINVAL;
	routes = calloc(ROUTES, sizeof(*routes));
	if (!routes)
		abort();
	rc = read_routes(vm, argument + ROUTING_BYTES, get32(head, ROUTING_NR), routes);
	if (rc) {
		free(routes);
		return rc;
	}
	free(vm->routes);
	vm->routes = routes;
	return 0;
}

/* Linux: kvm_irqfd(). */
int routes_irqfd(struct vm *vm, uint64_t argument)
{
	uint8_t block[IRQFD_BYTES];

	(void)vm;
	if (!from_user(block, argument, sizeof(block)))
		return -EFAULT;
	if (get32(block, IRQFD_FLAGS) & ~IRQFD_DEASSIGN)
		return -EINVAL;
	reserved(block + IRQFD_FLAGS + 4, IRQFD_BYTES - IRQFD_FLAGS - 4, "IRQFD");
	return 0;
}
