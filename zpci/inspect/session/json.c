// SPDX-License-Identifier: GPL-2.0-or-later
/* json.c - what a session found, as JSON. */
#include <inttypes.h>

#include "report.h"

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
	json_string(j, "outcome", probe_outcome_names[v->outcome]);
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

	/* Code that is stale or torn can return any value. A string keeps all 64 bits of it. */
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
	json_hex(j, "seed", p->dma.seed,
		 16); /* too large for a JSON number, which many readers keep as double */
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

static void step_json(struct json *j, const char *key, const struct iommufd_step *step)
{
	if (!step->made) {
		json_null(j, key);
		return;
	}
	json_open_object(j, key);
	json_string(j, "result", step->error ? problem_errno(step->error) : "ok");
	json_number(j, "microseconds", step->microseconds);
	json_close_object(j);
}

static void trials_json(struct json *j, const struct session *s)
{
	json_open_array(j, "iommufd");
	for (size_t i = 0; i < s->trial_count; i++) {
		const struct iommufd_trial *t = &s->trials[i];

		json_open_object(j, NULL);
		json_hex(j, "iova", t->iova, 16);
		json_string(j, "problem", t->problem.text[0] ? t->problem.text : NULL);
		step_json(j, "map", &t->map);
		step_json(j, "unmap", &t->unmap);
		step_json(j, "close", &t->close);
		if (t->log_read)
			json_number(j, "events", t->events);
		else
			json_null(j, "events");
		json_close_object(j);
	}
	json_close_array(j);
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
	if (s->trial_count)
		trials_json(j, s);
	if (s->open) {
		zpci_json(j, &s->vfio.zpci);
		observations_json(j, &s->observations);
		probe_json(j, &s->probe);
	}
	json_close_object(j);
}
