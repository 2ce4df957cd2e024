// SPDX-License-Identifier: GPL-2.0-or-later
/* text.c - what a session found, for people. */
#include <inttypes.h>

#include "report.h"

#define LABEL 44 /* width */

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
	fprintf(out, "%s%s%s",
		v->outcome == PROBE_FAILED ? "FAILED" : probe_outcome_names[v->outcome],
		v->problem.text[0] ? ": " : "", v->problem.text);
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
	label(out, "code overwritten by DMA");
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

static void print_step(FILE *out, const char *name, const struct iommufd_step *step)
{
	if (step->made)
		fprintf(out, "%s %s (%" PRIu64 " us)", name,
			step->error ? problem_errno(step->error) : "ok", step->microseconds);
}

static void print_trials(FILE *out, const struct session *s)
{
	for (size_t i = 0; i < s->trial_count; i++) {
		const struct iommufd_trial *t = &s->trials[i];
		char text[LABEL];

		snprintf(text, sizeof(text), "iommufd at 0x%" PRIx64, t->iova);
		label(out, text);
		if (t->problem.text[0]) {
			fprintf(out, "not tried: %s\n", t->problem.text);
			continue;
		}
		print_step(out, "map", &t->map);
		print_step(out, ", unmap", &t->unmap);
		print_step(out, ", close", &t->close);
		if (t->log_read)
			fprintf(out, ", %u error events", t->events);
		fputc('\n', out);
	}
}

static void print_heading(FILE *out, const struct session *s)
{
	const struct function *f = s->function;

	fprintf(out, "%s", s->name);
	if (f && f->has_device && f->items[ITEM_FID].state == ITEM_KNOWN)
		fprintf(out, "  FID 0x%08" PRIx64, f->items[ITEM_FID].value);
	if (f)
		fprintf(out, "  %s  %04" PRIx64 ":%04" PRIx64, kind_names[f->kind],
			f->items[ITEM_VENDOR_ID].value, f->items[ITEM_DEVICE_ID].value);
	fputc('\n', out);
}

void session_report(FILE *out, const struct session *s)
{
	print_heading(out, s);
	print_trials(out, s);
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
