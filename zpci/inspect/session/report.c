// SPDX-License-Identifier: GPL-2.0-or-later
/* session_report.c - what a session found, for people and as JSON. */
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#include "session.h"

#define LABEL 44 /* width */

static const char *const outcome_names[] = {
	[PROBE_SKIPPED] = "skipped",   [PROBE_OK] = "ok",	    [PROBE_FAILED] = "FAILED",
	[PROBE_NOT_MADE] = "not made", [PROBE_STOPPED] = "stopped",
};

/* --- text ---------------------------------------------------------------------------------- */

static void label(FILE *out, const char *text)
{
	fprintf(out, "  %-*s", LABEL, text);
}

static void print_kernel_bit(FILE *out, const struct session *s)
{
	const struct item *bit = &s->function->items[ITEM_NO_COMMAND_MEMORY];

	label(out, "kernel's no_command_memory");
	if (bit->state == ITEM_KNOWN)
		fprintf(out, "%" PRIu64 "\n", bit->value);
	else
		fprintf(out, "not read: %s\n", bit->why.text);
}

static void print_zpci(FILE *out, const struct vfio_zpci_base *z)
{
	label(out, "vfio ZPCI_BASE capability");
	if (!z->present) {
		fprintf(out, "none\n");
		return;
	}
	fprintf(out, "vfn %u, pchid 0x%04x, pfgid 0x%02x, pft 0x%02x", z->vfn, z->pchid, z->gid,
		z->pft);
	if (z->handle_present)
		fprintf(out, ", handle 0x%08x", z->handle);
	fprintf(out, ", DMA 0x%" PRIx64 "-0x%" PRIx64 "\n", z->start_dma, z->end_dma);
}

static void print_value(FILE *out, const struct observation *one,
			const struct observation_info *info)
{
	if (one->error) {
		fprintf(out, "%s\n", problem_errno(one->error));
		return;
	}
	switch (info->action) {
	case ACTION_READ_COMMAND:
	case ACTION_READ_SYSFS:
		fprintf(out, "0x%04" PRIx64 "\n", one->value);
		break;
	case ACTION_READ_BAR:
		fprintf(out, "ok (0x%08" PRIx64 ")\n", one->value);
		break;
	case ACTION_WRITE_COMMAND:
		if (one->restores)
			fprintf(out, "ok; the kernel logged \"restoring BARs\" (%u)\n",
				one->restores);
		else
			fprintf(out, "ok\n");
		break;
	case ACTION_MMAP_BAR:
		fprintf(out, "ok\n");
		break;
	}
}

static void print_observations(FILE *out, const struct observations *o)
{
	bool emulated;

	for (int i = 0; i < OBSERVATIONS; i++) {
		label(out, observation_infos[i].text);
		if (o->all[i].made)
			print_value(out, &o->all[i], &observation_infos[i]);
		else
			fprintf(out, "not observed: %s\n", o->all[i].why.text);
	}
	if (!o->log_read) {
		label(out, "kernel log");
		fprintf(out, "not read: %s\n", o->log_problem.text);
	}
	label(out, "so the Command register's Memory bit is");
	fprintf(out, "%s\n",
		!observed_command_memory(o, &emulated) ? "unknown"
		: emulated			       ? "emulated"
						       : "absent");
}

static void print_verdict(FILE *out, const struct probe_verdict *v)
{
	fprintf(out, "%s%s%s", outcome_names[v->outcome], v->problem.text[0] ? ": " : "",
		v->problem.text);
}

static void print_interrupts(FILE *out, const char *text, const struct probe_interrupts *r)
{
	label(out, text);
	print_verdict(out, &r->verdict);
	if (r->sent)
		fprintf(out, "; %u sent, %u arrived, %u lost, %u vectors, %u CPUs, %" PRIu64 " us",
			r->sent, r->arrived, r->lost, r->vectors, r->cpus, r->microseconds);
	fputc('\n', out);
}

static void print_error(FILE *out, const char *text, const struct probe_error *r)
{
	if (r->verdict.outcome == PROBE_SKIPPED)
		return;
	label(out, text);
	print_verdict(out, &r->verdict);
	if (r->events)
		fprintf(out, "; PEC 0x%04x at 0x%" PRIx64 ", recovered by: %s", r->logged_pec,
			r->address, probe_recovery_names[r->recovery]);
	fputc('\n', out);
}

static void print_probe(FILE *out, const struct probe_results *p)
{
	if (!p->is_probe)
		return;
	label(out, "probe");
	fprintf(out, "vf %u, %u vectors\n", p->vf, p->vectors);
	print_interrupts(out, "interrupts from CPU context", &p->now);
	print_interrupts(out, "interrupts from thread context", &p->later);
	label(out, "DMA");
	print_verdict(out, &p->dma.verdict);
	if (p->dma.verdict.outcome != PROBE_SKIPPED)
		fprintf(out,
			"; seed 0x%016" PRIx64 ", %" PRIu64 " bytes in %u copies, %u reads, "
			"%u writes, %u fills, %" PRIu64 " us",
			p->dma.seed, p->dma.copied, p->dma.copies, p->dma.reads, p->dma.writes,
			p->dma.fills, p->dma.microseconds);
	fputc('\n', out);
	label(out, "code that the device wrote over");
	print_verdict(out, &p->code.verdict);
	if (p->code.rounds)
		fprintf(out,
			"; last of %u rounds: %" PRId64 " before, %" PRId64 " after, %" PRId64
			" expected",
			p->code.rounds, p->code.before, p->code.after, p->code.expected);
	fputc('\n', out);
	for (int i = 0; i < PROBE_ERRORS; i++)
		print_error(out, probe_error_texts[i], &p->errors[i]);
}

static void print_heading(FILE *out, const struct session *s)
{
	const struct function *f = s->function;

	fprintf(out, "%s", s->name);
	if (f && f->has_device && f->items[ITEM_FID].state == ITEM_KNOWN)
		fprintf(out, "  FID 0x%08" PRIx64, f->items[ITEM_FID].value);
	if (f)
		fprintf(out, "  %s  %04" PRIx64 ":%04" PRIx64, kind_names[f->kind],
			f->items[ITEM_VENDOR].value, f->items[ITEM_DEVICE].value);
	fputc('\n', out);
}

void session_report(FILE *out, const struct session *s)
{
	print_heading(out, s);
	if (!s->open) {
		fprintf(out, "  not opened: %s\n", s->problem.text);
		return;
	}
	print_kernel_bit(out, s);
	print_zpci(out, &s->vfio.zpci);
	label(out, "BAR that is accessed");
	if (s->observations.bar < 0)
		fprintf(out, "none\n");
	else
		fprintf(out, "%d\n", s->observations.bar);
	print_observations(out, &s->observations);
	print_probe(out, &s->probe);
}

/* --- JSON ---------------------------------------------------------------------------------- */

static void zpci_json(struct json *j, const struct vfio_zpci_base *z)
{
	if (!z->present) {
		json_null(j, "zpci_base");
		return;
	}
	json_open_object(j, "zpci_base");
	json_number(j, "vfn", z->vfn);
	json_hex(j, "pchid", z->pchid, 4);
	json_hex(j, "pfgid", z->gid, 2);
	json_hex(j, "pft", z->pft, 2);
	json_number(j, "fmb_length", z->fmb_length);
	json_hex(j, "start_dma", z->start_dma, 16);
	json_hex(j, "end_dma", z->end_dma, 16);
	if (z->handle_present)
		json_hex(j, "handle", z->handle, 8);
	else
		json_null(j, "handle");
	json_close_object(j);
}

static void observation_json(struct json *j, const struct observation *one,
			     const struct observation_info *info)
{
	json_open_object(j, info->name);
	json_bool(j, "made", one->made);
	if (!one->made) {
		json_string(j, "problem", one->why.text);
	} else {
		json_string(j, "result", one->error ? problem_errno(one->error) : "ok");
		if (info->action == ACTION_WRITE_COMMAND)
			json_number(j, "restores_logged", one->restores);
		else if (info->action == ACTION_READ_BAR && !one->error)
			json_hex(j, "value", one->value, 8);
		else if (info->action != ACTION_MMAP_BAR && !one->error)
			json_hex(j, "value", one->value, 4);
	}
	json_close_object(j);
}

static void observations_json(struct json *j, const struct observations *o)
{
	bool emulated;

	json_open_object(j, "observations");
	if (o->bar < 0)
		json_null(j, "bar");
	else
		json_number(j, "bar", (uint64_t)o->bar);
	for (int i = 0; i < OBSERVATIONS; i++)
		observation_json(j, &o->all[i], &observation_infos[i]);
	json_bool(j, "log_read", o->log_read);
	json_string(j, "command_memory",
		    !observed_command_memory(o, &emulated) ? NULL
		    : emulated				   ? "emulated"
							   : "absent");
	json_close_object(j);
}

static void verdict_json(struct json *j, const struct probe_verdict *v)
{
	json_string(j, "outcome",
		    v->outcome == PROBE_FAILED ? "failed" : outcome_names[v->outcome]);
	json_string(j, "problem", v->problem.text[0] ? v->problem.text : NULL);
}

static void interrupts_json(struct json *j, const char *key, const struct probe_interrupts *r)
{
	json_open_object(j, key);
	verdict_json(j, &r->verdict);
	json_number(j, "sent", r->sent);
	json_number(j, "arrived", r->arrived);
	json_number(j, "lost", r->lost);
	json_number(j, "extra", r->extra);
	json_number(j, "raised", r->raised);
	json_number(j, "dropped", r->dropped);
	json_number(j, "vectors", r->vectors);
	json_number(j, "cpus", r->cpus);
	json_number(j, "microseconds", r->microseconds);
	json_close_object(j);
}

static void signed_json(struct json *j, const char *key, int64_t value)
{
	char text[24];

	/* Stale or torn code can return anything; a string keeps all 64 bits of it. */
	if (value >= 0) {
		json_number(j, key, (uint64_t)value);
		return;
	}
	snprintf(text, sizeof(text), "%" PRId64, value);
	json_string(j, key, text);
}

static void error_json(struct json *j, const char *key, const struct probe_error *r)
{
	json_open_object(j, key);
	verdict_json(j, &r->verdict);
	json_hex(j, "address", r->address, 16);
	json_hex(j, "pec", r->pec, 4);
	json_number(j, "notified", r->notified);
	json_number(j, "interrupts", r->interrupts);
	json_number(j, "events", r->events);
	json_hex(j, "logged_pec", r->logged_pec, 4);
	if (r->event_read) {
		json_open_object(j, "event");
		json_hex(j, "pec", r->event.pec, 4);
		json_hex(j, "handle", r->event.handle, 8);
		json_hex(j, "address", r->event.address, 16);
		json_close_object(j);
	} else {
		json_null(j, "event");
	}
	json_string(j, "load", r->load_error ? problem_errno(r->load_error) : "ok");
	json_hex(j, "loaded", r->loaded, 8);
	if (r->status_read) {
		json_hex(j, "status", r->status, 8);
		json_hex(j, "failed", r->failed, 16);
	} else {
		json_null(j, "status");
		json_null(j, "failed");
	}
	json_number(j, "changed", r->changed);
	json_string(j, "reset",
		    !r->reset_tried  ? NULL
		    : r->reset_error ? problem_errno(r->reset_error)
				     : "ok");
	json_bool(j, "dma_after_reset", r->dma_after_reset);
	json_string(j, "recovery", probe_recovery_names[r->recovery]);
	json_close_object(j);
}

static void errors_json(struct json *j, const struct probe_results *p)
{
	if (p->errors[0].verdict.outcome == PROBE_SKIPPED) {
		json_null(j, "dma_errors");
		return;
	}
	json_open_object(j, "dma_errors");
	for (int i = 0; i < PROBE_ERRORS; i++)
		error_json(j, probe_error_names[i], &p->errors[i]);
	json_close_object(j);
}

static void probe_json(struct json *j, const struct probe_results *p)
{
	if (!p->is_probe) {
		json_null(j, "probe");
		return;
	}
	json_open_object(j, "probe");
	json_number(j, "vf", p->vf);
	json_number(j, "vectors", p->vectors);
	interrupts_json(j, "interrupts_now", &p->now);
	interrupts_json(j, "interrupts_later", &p->later);
	json_open_object(j, "dma");
	verdict_json(j, &p->dma.verdict);
	json_hex(j, "seed", p->dma.seed, 16); /* more than a double of JSON readers holds */
	json_number(j, "copied", p->dma.copied);
	json_number(j, "copies", p->dma.copies);
	json_number(j, "reads", p->dma.reads);
	json_number(j, "writes", p->dma.writes);
	json_number(j, "fills", p->dma.fills);
	json_number(j, "microseconds", p->dma.microseconds);
	json_close_object(j);
	json_open_object(j, "code");
	verdict_json(j, &p->code.verdict);
	json_number(j, "rounds", p->code.rounds);
	signed_json(j, "before", p->code.before);
	signed_json(j, "after", p->code.after);
	signed_json(j, "expected", p->code.expected);
	json_close_object(j);
	errors_json(j, p);
	json_close_object(j);
}

void session_report_json(struct json *j, const struct session *s)
{
	const struct item *bit = s->function ? &s->function->items[ITEM_NO_COMMAND_MEMORY] : NULL;

	json_open_object(j, NULL);
	json_string(j, "name", s->name);
	if (s->function && s->function->items[ITEM_FID].state == ITEM_KNOWN)
		json_hex(j, "fid", s->function->items[ITEM_FID].value, 8);
	else
		json_null(j, "fid");
	json_bool(j, "opened", s->open);
	json_string(j, "problem", s->open ? NULL : s->problem.text);
	if (bit && bit->state == ITEM_KNOWN)
		json_bool(j, "no_command_memory", bit->value);
	else
		json_null(j, "no_command_memory");
	if (s->open) {
		zpci_json(j, &s->vfio.zpci);
		observations_json(j, &s->observations);
		probe_json(j, &s->probe);
	}
	json_close_object(j);
}
