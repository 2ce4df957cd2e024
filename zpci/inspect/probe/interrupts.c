// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * interrupts.c - interrupts, one after the other
 *
 * The test rings a doorbell with a vector, waits for that vector's event, and only then rings
 * again. So each interrupt must arrive by itself: if one is lost, the next one cannot hide that.
 * The vectors take turns, so that each bit of the interrupt vectors is used. The CPU that rings
 * changes as well, as an interrupt that is raised in the context of a CPU can depend on the CPU.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include <zpci/probe.h>

#include "tests.h"
#include "zpci/inspect/base/clock.h"

#define PER_CPU 16 /* interrupts from one CPU, then from the next */
#define GIVE_UP 3  /* after so many lost ones, which take 10 seconds each */

/* The next CPU of the set after @cpu. */
static int next_cpu(const cpu_set_t *set, int cpu)
{
	for (int i = 1; i <= CPU_SETSIZE; i++) {
		int next = (cpu + i) % CPU_SETSIZE;

		if (CPU_ISSET(next, set))
			return next;
	}
	return cpu;
}

static void move_to(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one); /* it fails if the CPU went offline: stay */
}

/* Ring once, and wait for the interrupt. False: end the test. */
static bool ring(struct probe *p, uint32_t doorbell, uint32_t vector, struct probe_interrupts *r)
{
	uint64_t count;

	if (probe_stopped(&r->verdict))
		return false;
	if (!probe_write(p, doorbell, 4, vector)) {
		probe_refused(&r->verdict);
		return false;
	}
	r->sent++;
	count = probe_wait_vector(p, vector);
	if (!count) {
		r->lost++;
		return r->lost < GIVE_UP;
	}
	r->arrived++;
	r->extra += (uint32_t)(count - 1);
	return true;
}

static void ring_all(struct probe *p, uint32_t doorbell, uint32_t count, struct probe_interrupts *r)
{
	cpu_set_t all, seen;
	int cpu = CPU_SETSIZE - 1;
	bool move = sched_getaffinity(0, sizeof(all), &all) == 0;

	CPU_ZERO(&seen);
	for (uint32_t i = 0; i < count; i++) {
		if (move && i % PER_CPU == 0) {
			cpu = next_cpu(&all, cpu);
			move_to(cpu);
		}
		if (sched_getcpu() >= 0)
			CPU_SET(sched_getcpu(), &seen);
		if (!ring(p, doorbell, i % p->vectors, r))
			break;
	}
	r->cpus = (uint32_t)CPU_COUNT(&seen);
	if (move)
		sched_setaffinity(0, sizeof(all), &all);
}

/* Count interrupts that were not asked for: those that are still there on any vector. */
static void count_rest(const struct probe *p, struct probe_interrupts *r)
{
	for (uint32_t i = 0; i < p->vectors; i++) {
		uint64_t count;

		if (read(p->events[i], &count, sizeof(count)) == sizeof(count))
			r->extra += (uint32_t)count;
	}
}

static void judge(struct probe_interrupts *r)
{
	if (r->verdict.outcome != PROBE_OK)
		return;
	if (r->lost)
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "%u of %u interrupts lost: not there after "
			      "10 seconds (the device raised %llu and dropped %u)",
			      r->lost, r->sent, (unsigned long long)r->raised, r->dropped);
	else if (r->extra)
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "%u interrupts more than the %u that were "
			      "asked for",
			      r->extra, r->sent);
	else if (r->raised != r->sent)
		probe_verdict(&r->verdict, PROBE_FAILED,
			      "the device says that it raised %llu of %u "
			      "interrupts",
			      (unsigned long long)r->raised, r->sent);
}

void probe_test_interrupts(struct probe *p, uint32_t doorbell, uint32_t count,
			   struct probe_interrupts *r)
{
	uint64_t before, after, dropped_before, dropped_after, start;

	memset(r, 0, sizeof(*r));
	r->verdict.outcome = PROBE_OK;
	r->vectors = p->vectors;
	if (!probe_write(p, ZPCI_PROBE_REG_DELAY, 4, 0) ||
	    !probe_read(p, ZPCI_PROBE_REG_INTERRUPTS, 8, &before) ||
	    !probe_read(p, ZPCI_PROBE_REG_DROPPED, 4, &dropped_before)) {
		probe_refused(&r->verdict);
		return;
	}
	count_rest(p, r); /* interrupts that an earlier test left do not count */
	r->extra = 0;
	start = clock_microseconds();
	ring_all(p, doorbell, count, r);
	r->microseconds = clock_microseconds() - start;
	count_rest(p, r);
	if (probe_read(p, ZPCI_PROBE_REG_INTERRUPTS, 8, &after) &&
	    probe_read(p, ZPCI_PROBE_REG_DROPPED, 4, &dropped_after)) {
		r->raised = after - before;
		r->dropped = (uint32_t)(dropped_after - dropped_before);
	}
	judge(r);
}
