// SPDX-License-Identifier: GPL-2.0-or-later
/* hypervisor_stop.c - the machine stops, and goes on. */
#include <pthread.h>
#include <unistd.h>

#include "hypervisor.h"

/* A device of a machine that is stopped presents nothing, even after a delay that has long ended.
 * It does when the machine goes on, while the guest runs. */
static void stands_still(void)
{
	pthread_t thread;

	hv_make();
	hv_ring(hv_enable());
	must(!hv_read_clock());
	usleep(600000);
	must(!hv_presented());
	must(!pthread_create(&thread, NULL, hv_await_vector, NULL));
	must(!hv_run(hv.vcpu));
	pthread_join(thread, NULL);
}

/* A clock that is read while a vCPU runs stops nothing. */
static void *read_and_await(void *unused)
{
	while (!fake_running(hv.vcpu))
		usleep(1000);
	must(!hv_read_clock());
	return hv_await_vector(unused);
}

static void runs_on(void)
{
	pthread_t thread;
	uint32_t handle;

	hv_make();
	handle = hv_enable();
	must(!hv_read_clock());
	must(!hv_read_clock());
	hv_ring(handle);
	must(!pthread_create(&thread, NULL, read_and_await, NULL));
	must(!hv_run(hv.vcpu));
	pthread_join(thread, NULL);
	ALIVE(handle);
	must(!hv_read_clock());
}

/* A hypervisor may read the clock before there is anything to stop. */
static void reads_early(void)
{
	hv_create_vm();
	must(!hv_read_clock());
	hv_add_storage();
	hv.vcpu = hv_add_vcpu(0);
	hv.run = hv_map_vcpu(hv.vcpu);
	must(!hv_read_clock());
	hv_add_flic();
	hv_list();
}

const struct hv_case hv_stops[] = {
	{ "stands-still", stands_still },
	{ "runs-on", runs_on },
	{ "reads-early", reads_early },
	{ NULL, NULL },
};
