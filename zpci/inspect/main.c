// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * zpci-inspect, see zpci-inspect(8)
 *
 * Without --vfio it only reads. With it, it opens all named functions one after the other. They
 * stay open until everything was reported and --hold has ended. Then they are closed and get their
 * old drivers back, whatever happened before.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel_bit.h"
#include "levels.h"
#include "missing.h"
#include "options.h"
#include "report.h"
#include "zpci/inspect/base/stop.h"
#include "zpci/inspect/kernel/kernel.h"
#include "zpci/inspect/session/compare.h"
#include "zpci/inspect/session/report.h"
#include "zpci/inventory/capture/capture.h"
#include "zpci/inventory/inventory.h"
#include "zpci/util/json.h"

/* Exit statuses, documented in the manual page. */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* a test of a probe */
	STATUS_USAGE = 2,
	STATUS_INCOMPLETE = 3, /* something not read, not observed or not put back */
	STATUS_STOPPED = 4,
};

struct program {
	struct options options;
	struct kernel kernel;
	struct inventory inventory;
	struct session *sessions;
	size_t started;
	int status;
};

/* A failure of the device counts more than a signal, and a signal more than what was not read. */
static void worsen(struct program *p, int status)
{
	static const int rank[] = { [STATUS_OK] = 0,
				    [STATUS_INCOMPLETE] = 1,
				    [STATUS_STOPPED] = 2,
				    [STATUS_FAILED] = 3,
				    [STATUS_USAGE] = 4 };

	if (rank[status] > rank[p->status])
		p->status = status;
}

static void judge_session(struct program *p, const struct session *s)
{
	const struct function *f = s->function;

	for (size_t i = 0; i < s->trial_count; i++) {
		if (s->trials[i].problem.text[0])
			worsen(p, STATUS_INCOMPLETE);
	}
	if (!s->open || !s->complete || f->items[ITEM_NO_COMMAND_MEMORY].state != ITEM_KNOWN)
		worsen(p, STATUS_INCOMPLETE);
	if (!s->open || !s->probe.is_probe)
		return;
	switch (probe_worst(&s->probe)) {
	case PROBE_FAILED:
		worsen(p, STATUS_FAILED);
		break;
	case PROBE_NOT_MADE:
		worsen(p, STATUS_INCOMPLETE);
		break;
	default:
		break;
	}
}

static void start_session(struct program *p, const struct target *t,
			  const struct session_request *request)
{
	struct session *s = &p->sessions[p->started++];
	const struct function *f;
	char name[PCI_ADDRESS_SIZE];

	if (t->by_fid) {
		f = inventory_find_fid(&p->inventory, t->fid);
		snprintf(name, sizeof(name), "FID 0x%08" PRIx32, t->fid);
	} else {
		f = inventory_find(&p->inventory, t->address);
		snprintf(name, sizeof(name), "%s", t->address);
	}
	session_start(s, f && f->has_device ? f->address : name, f, request);
	judge_session(p, s);
}

static int start_sessions(struct program *p)
{
	struct session_request request = {
		.iovas = p->options.iovas,
		.iova_count = p->options.iova_count,
		.probe = {
			.interrupts = p->options.interrupts,
			.dma_bytes = p->options.dma_bytes,
			.errors = p->options.dma_errors,
			.seed = p->options.seed,
		},
	};
	uint64_t *seed = &request.probe.seed;

	if (!p->options.seed_given && getrandom(seed, sizeof(*seed), 0) != sizeof(*seed))
		*seed = (uint64_t)getpid();
	p->sessions = calloc(p->options.target_count, sizeof(*p->sessions));
	if (!p->sessions) {
		fprintf(stderr, "zpci-inspect: out of memory\n");
		worsen(p, STATUS_INCOMPLETE);
		return -1;
	}
	for (size_t i = 0; i < p->options.target_count && !stop_requested(); i++)
		start_session(p, &p->options.targets[i], &request);
	return 0;
}

static void end_sessions(struct program *p)
{
	for (size_t i = 0; i < p->started; i++) {
		struct problem problem;

		if (session_end(&p->sessions[i], &problem) == 0)
			continue;
		fprintf(stderr, "zpci-inspect: %s: the old driver is not back: %s\n",
			p->sessions[i].name, problem.text);
		worsen(p, STATUS_INCOMPLETE);
	}
	free(p->sessions);
}

static void find_missing(const struct program *p, struct missing *missing)
{
	struct missing_request request = {
		.memory = !p->kernel.read,
		.btf = kernel_btf_path(p->options.btf),
		.vfio = p->started > 0,
	};

	for (size_t i = 0; i < p->inventory.count; i++)
		request.slots |= !p->inventory.functions[i].has_slot;
	for (size_t i = 0; i < p->started; i++)
		request.zpci_base |= p->sessions[i].open && !p->sessions[i].vfio.zpci.present;
	missing_find(missing, &request);
}

static void report(struct program *p)
{
	struct json j = { .out = stdout };
	struct missing missing;

	if (!p->options.json) {
		if (!p->options.target_count)
			report_inventory(stdout, &p->inventory);
		for (size_t i = 0; i < p->started; i++)
			session_report(stdout, &p->sessions[i]);
		fflush(stdout);
		return;
	}
	json_open_object(&j, NULL);
	json_string(&j, "program", "zpci-inspect");
	json_string(&j, "version", PACKAGE_VERSION);
	find_missing(p, &missing);
	report_inventory_json(&j, &p->inventory, &p->kernel, &missing);
	json_open_array(&j, "vfio");
	for (size_t i = 0; i < p->started; i++)
		session_report_json(&j, &p->sessions[i]);
	json_close_array(&j);
	json_close_object(&j);
	fflush(stdout);
}

/* Wait for the child @pid, and end it if a signal comes. Returns its status as of waitpid(); -1:
 * unknown. */
static int wait_child(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), status;

	if (fd >= 0) {
		if (stop_wait(fd, -1) < 0)
			kill(pid, SIGTERM);
		close(fd);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status;
}

static void hold_command(struct program *p)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		stop_undo();
		if (p->options.json) /* standard output is the JSON text alone */
			dup2(STDERR_FILENO, STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", p->options.hold_command, (char *)NULL);
		_exit(127);
	}
	status = pid < 0 ? -1 : wait_child(pid);
	if (status == 0)
		return;
	if (status > 0 && WIFEXITED(status))
		fprintf(stderr, "zpci-inspect: \"%s\" ended with status %d\n",
			p->options.hold_command, WEXITSTATUS(status));
	else
		fprintf(stderr, "zpci-inspect: \"%s\" did not run to its end\n",
			p->options.hold_command);
	worsen(p, STATUS_INCOMPLETE);
}

/* Wait until standard input ends, or for a signal, which is the usual end here and no error. */
static void hold(const struct program *p)
{
	char buffer[256];

	fprintf(p->options.json ? stderr : stdout, "held\n");
	fflush(stdout);
	while (stop_wait(STDIN_FILENO, -1) == 1) {
		if (read(STDIN_FILENO, buffer, sizeof(buffer)) <= 0)
			return;
	}
}

static void run_compare(struct program *p)
{
	struct problem problem;

	if (p->started < 2 || !p->sessions[0].open || !p->sessions[1].open)
		return; /* the report says why */
	if (compare(stdout, &p->sessions[0], &p->sessions[1], p->options.compare, &problem)) {
		fprintf(stderr, "zpci-inspect: comparing: %s\n", problem.text);
		worsen(p, STATUS_INCOMPLETE);
	}
	if (stop_requested())
		worsen(p, STATUS_STOPPED);
}

static void run_levels(struct program *p)
{
	struct problem problem;

	if (levels_report(stdout, p->options.levels, p->options.level_count, &problem) == 0)
		return;
	fprintf(stderr, "zpci-inspect: %s\n", problem.text);
	worsen(p, STATUS_INCOMPLETE);
}

static void run_sessions(struct program *p)
{
	if (start_sessions(p))
		return;
	if (stop_requested())
		worsen(p, STATUS_STOPPED);
	report(p);
	if (!stop_requested() && p->options.compare)
		run_compare(p);
	if (!stop_requested() && p->options.hold_command)
		hold_command(p);
	if (!stop_requested() && p->options.hold)
		hold(p);
	end_sessions(p);
}

/* A capture has nothing from kernel memory. */
static int take_inventory(struct program *p)
{
	if (!p->options.capture)
		kernel_open(&p->kernel, p->options.btf);
	if (inventory_read(&p->inventory)) {
		fprintf(stderr, "zpci-inspect: %s\n", p->inventory.problem.text);
		worsen(p, STATUS_INCOMPLETE);
		return -1;
	}
	if (!p->options.capture)
		kernel_bit_add(&p->inventory, &p->kernel);
	return 0;
}

/* What is not known is a comment in the configuration, and no failure. */
static void capture(struct program *p)
{
	const struct capture_options options = { .anonymous = p->options.anonymous };
	struct problem problem;

	if (!capture_write(stdout, &p->inventory, &options, &problem))
		return;
	fprintf(stderr, "zpci-inspect: %s\n", problem.text);
	worsen(p, STATUS_INCOMPLETE);
}

static void run(struct program *p)
{
	int rc;

	if (p->options.level_count) {
		run_levels(p);
		return;
	}
	rc = take_inventory(p);
	if (!rc && p->options.capture) {
		capture(p);
	} else if (!rc && p->options.target_count) {
		run_sessions(p);
	} else if (!rc) {
		if (report_incomplete(&p->inventory) || !p->inventory.clp_read)
			worsen(p, STATUS_INCOMPLETE);
		report(p);
	}
	inventory_free(&p->inventory);
	kernel_close(&p->kernel);
}

int main(int argc, char **argv)
{
	struct program p = { .status = STATUS_OK };

	switch (options_parse(argc, argv, &p.options)) {
	case OPTIONS_DONE:
		return STATUS_OK;
	case OPTIONS_BAD:
		return STATUS_USAGE;
	case OPTIONS_RUN:
		break;
	}
	if (stop_init()) {
		fprintf(stderr, "zpci-inspect: signals: %s\n", strerror(errno));
		return STATUS_INCOMPLETE;
	}
	run(&p);
	if (ferror(stdout) || fclose(stdout)) {
		fprintf(stderr, "zpci-inspect: standard output: %s\n", strerror(errno));
		worsen(&p, STATUS_INCOMPLETE);
	}
	return p.status;
}
