// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `zpci host reserve' and `zpci host unreserve': a function stays with vfio-pci, for guests, over
 * reboots and over a power cycle of its slot; zpci-host-reserve(1). rule.c says by what, and why.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "zpci/tool/host/function_name.h"
#include "zpci/tool/host/host.h"
#include "program.h"
#include "rule.h"
#include "zpci/inventory/slot.h"
#include "zpci/inventory/use.h"
#include "zpci/tool/host/remedy.h"
#include "zpci/tool/message.h"
#include "zpci/tool/subcommand.h"
#include "zpci/util/id.h"
#include "zpci/util/json.h"

/* What a command works on. */
struct reservation {
	const struct tool_options *options;
	const char *folder; /* of rules */
	struct inventory inventory;
	const struct function *f; /* NULL: it is not here, and has a rule */
	uint32_t fid;
	enum host_rule rule;
};

static int failed(const struct reservation *r, const struct problem *problem)
{
	tool_error("FID 0x%08" PRIx32 ": %s", r->fid, problem->text);
	return HOST_EXIT_SYSTEM;
}

static bool has_vfio(const struct function *f)
{
	return !strcmp(f->driver, "vfio-pci");
}

/* --- where and what -------------------------------------------------------------------------- */

static int find_folder(struct reservation *r)
{
	const struct host_options *host = &r->options->host;

	r->folder = host->rules ? host->rules : HOST_RULE_FOLDER;
	if (!host->sysfs || host->rules)
		return 0;
	tool_error("with --sysfs, say by --rules where rules are: those in " HOST_RULE_FOLDER
		   " are for /sys");
	return TOOL_EXIT_FAILURE;
}

static int start(struct reservation *r, const struct tool_options *options)
{
	int rc;

	*r = (struct reservation){ .options = options };
	rc = find_folder(r);
	return rc ? rc : host_read_inventory(&r->inventory, options);
}

static int find_rule(struct reservation *r)
{
	char path[PATH_MAX];
	struct problem problem;

	if (host_rule_look(r->folder, r->fid, &r->rule, &problem))
		return failed(r, &problem);
	if (r->rule != HOST_RULE_FOREIGN)
		return 0;
	host_rule_path(path, r->folder, r->fid);
	tool_error("FID 0x%08" PRIx32 ": %s was not made by zpci; move it away", r->fid, path);
	return HOST_EXIT_REFUSED;
}

static int find_function(struct reservation *r, const char *name)
{
	int rc = host_find_function(&r->inventory, name, &r->f);

	if (rc)
		return rc;
	if (!function_has(r->f, ITEM_FID)) {
		tool_error("%s: its FID is not known, and rules are by FID; see `zpci host show'",
			   name);
		return HOST_EXIT_SYSTEM;
	}
	r->fid = (uint32_t)r->f->items[ITEM_FID].value;
	return find_rule(r);
}

/* A rule may be there without its function. True if @name is the FID of such a one. */
static bool find_absent(struct reservation *r, const char *name)
{
	const char *digits = !strncmp(name, "fid:", 4) ? name + 4 : name;
	struct problem problem;
	uint32_t fid;

	if (!zpci_id_read(digits, UINT32_MAX, &fid) || inventory_find_fid(&r->inventory, fid))
		return false;
	r->fid = fid;
	return host_rule_look(r->folder, r->fid, &r->rule, &problem) == 0 &&
	       r->rule == HOST_RULE_OURS;
}

/* --- may it be taken ------------------------------------------------------------------------- */

static void print_use(const struct reservation *r, const struct function_use *use)
{
	const struct use *first = &use->uses[0];
	char text[USE_TEXT_SIZE], command[HOST_REMEDY_SIZE], more[40] = "";

	use_text(first, text);
	if (use->count > 1)
		snprintf(more, sizeof(more), " (and %zu more)", use->count - 1);
	if (host_remedy(first, command))
		tool_error("FID 0x%08" PRIx32 " is in use: %s%s; end that first: `%s'", r->fid,
			   text, more, command);
	else
		tool_error("FID 0x%08" PRIx32 " is in use: %s%s; take %s out of %s first", r->fid,
			   text, more, first->device, first->by);
}

static int check_use(const struct reservation *r)
{
	const struct problem *unseen = &r->f->surroundings.problem;
	struct function_use use;
	int rc = 0;

	function_use_read(r->f, &use);
	if (use.problem.text[0])
		unseen = &use.problem;
	if (use.count) {
		print_use(r, &use);
		rc = HOST_EXIT_REFUSED;
	} else if (unseen->text[0]) {
		tool_error("FID 0x%08" PRIx32 ": it cannot be told whether it is in use: %s",
			   r->fid, unseen->text);
		rc = HOST_EXIT_SYSTEM;
	}
	function_use_free(&use);
	return rc;
}

static int check(const struct reservation *r)
{
	uint64_t vfs = inventory_count_vfs(&r->inventory, r->f);

	if (vfs) {
		tool_error("FID 0x%08" PRIx32 " is a PF with %" PRIu64
			   " VFs, which need it; reserve VFs, or "
			   "remove them first: `echo 0 >/sys/bus/pci/devices/%s/sriov_numvfs'",
			   r->fid, vfs, r->f->address);
		return HOST_EXIT_REFUSED;
	}
	return has_vfio(r->f) ? 0 : check_use(r);
}

/* --- doing it -------------------------------------------------------------------------------- */

/* udev reads its rules again by itself, but not at once. A system without udev has nothing to
 * read them. */
static void reload(const struct reservation *r)
{
	static const char *const argv[] = { "udevadm", "control", "--reload", NULL };
	struct problem problem;

	if (!r->options->host.sysfs && host_program_run(argv, &problem))
		tool_error("note: udev was not told of the rule: %s; is its daemon running?",
			   problem.text);
}

/* Whether the driver has to change now. */
static bool must_bind(const struct reservation *r)
{
	return r->f->has_device && !has_vfio(r->f) && !r->options->host.no_apply;
}

static void print_reserved(const struct reservation *r)
{
	const char *before = r->rule == HOST_RULE_OURS ? "was already" : "is";

	printf("FID 0x%08" PRIx32 " %s reserved for guests: ", r->fid, before);
	if (!r->f->has_device)
		puts("it gets vfio-pci when it is configured");
	else if (r->options->host.no_apply && !has_vfio(r->f))
		printf("%s gets vfio-pci when it is configured again, and at the next boot\n",
		       r->f->address);
	else
		printf("%s has vfio-pci\n", r->f->address);
}

static int reserve(const struct reservation *r)
{
	struct problem problem, ignored;

	if (host_rule_write(r->folder, r->fid, &problem))
		return failed(r, &problem);
	reload(r);
	if (must_bind(r) && host_driver_vfio(r->f, &problem)) {
		if (r->rule == HOST_RULE_ABSENT) {
			host_rule_remove(r->folder, r->fid, &ignored);
			reload(r);
		}
		return failed(r, &problem);
	}
	print_reserved(r);
	return 0;
}

static void reserve_dry(const struct reservation *r)
{
	char path[PATH_MAX];

	host_rule_path(path, r->folder, r->fid);
	printf("would write %s:\n", path);
	host_rule_print(stdout, r->fid);
	if (must_bind(r))
		printf("would give %s to vfio-pci%s%s\n", r->f->address,
		       r->f->driver[0] ? ", from " : "", r->f->driver);
}

/* --- undoing it ------------------------------------------------------------------------------ */

/* Whether the driver has to change now: not one that got its driver in another way. */
static bool must_give_back(const struct reservation *r)
{
	return r->f && r->f->has_device && !r->options->host.no_apply &&
	       (has_vfio(r->f) || !strcmp(r->f->driver_override, "vfio-pci"));
}

static int check_unused(const struct reservation *r)
{
	char name[HOST_PROCESS_NAME_SIZE];
	pid_t pid = must_give_back(r) ? host_vfio_user(r->f, name) : 0;

	if (!pid)
		return 0;
	tool_error("FID 0x%08" PRIx32
		   " is in use: process %d (%s) has it open; stop the guest, take "
		   "it from the guest, or remove the rule alone by --no-apply",
		   r->fid, (int)pid, name);
	return HOST_EXIT_REFUSED;
}

static int unreserve(const struct reservation *r)
{
	char driver[FUNCTION_NAME_SIZE];
	struct problem problem;

	if (host_rule_remove(r->folder, r->fid, &problem))
		return failed(r, &problem);
	/* Before the driver changes: the old rule would take the function back. */
	reload(r);
	printf("FID 0x%08" PRIx32 " is not reserved any more", r->fid);
	if (!must_give_back(r)) {
		putchar('\n');
		return 0;
	}
	if (host_driver_default(r->f, driver, &problem)) {
		puts(": it still has vfio-pci");
		return failed(r, &problem);
	}
	printf(": %s has %s\n", r->f->address, driver[0] ? driver : "no driver yet");
	return 0;
}

static void unreserve_dry(const struct reservation *r)
{
	char path[PATH_MAX];

	host_rule_path(path, r->folder, r->fid);
	printf("would remove %s\n", path);
	if (must_give_back(r))
		printf("would take %s from vfio-pci, and let the kernel choose a driver\n",
		       r->f->address);
}

/* --- the list -------------------------------------------------------------------------------- */

static const char *state_of(const struct function *f)
{
	if (!f)
		return "absent";
	return state_names[f->state];
}

static void print_row(uint32_t fid, const struct function *f)
{
	printf("0x%08" PRIx32 "  %-12s  %-10s  %s\n", fid, f && f->has_device ? f->address : "-",
	       state_of(f), f && f->driver[0] ? f->driver : "-");
}

static void print_object(struct json *j, const char *folder, uint32_t fid, const struct function *f)
{
	char path[PATH_MAX];

	host_rule_path(path, folder, fid);
	json_open_object(j, NULL);
	json_hex(j, "fid", fid, 8);
	json_number(j, "fid_number", fid);
	json_string(j, "rule", path);
	json_string(j, "state", state_of(f));
	json_string(j, "address", f && f->has_device ? f->address : NULL);
	json_string(j, "driver", f && f->driver[0] ? f->driver : NULL);
	json_close_object(j);
}

static void print_list(const struct reservation *r, const uint32_t *fids, size_t count)
{
	size_t i;

	if (!count) {
		puts("no function is reserved");
		return;
	}
	puts("FID         ADDRESS       STATE       DRIVER");
	for (i = 0; i < count; i++)
		print_row(fids[i], inventory_find_fid(&r->inventory, fids[i]));
}

static void print_json(const struct reservation *r, const uint32_t *fids, size_t count)
{
	struct json j = { .out = stdout };
	size_t i;

	json_open_object(&j, NULL);
	json_string(&j, "schema", HOST_SCHEMA);
	json_open_array(&j, "reserved");
	for (i = 0; i < count; i++)
		print_object(&j, r->folder, fids[i], inventory_find_fid(&r->inventory, fids[i]));
	json_close_array(&j);
	json_close_object(&j);
}

static int list(const struct reservation *r)
{
	struct problem problem;
	uint32_t *fids;
	size_t count;

	if (host_rule_list(r->folder, &fids, &count, &problem)) {
		tool_error("the rules cannot be listed: %s", problem.text);
		free(fids);
		return HOST_EXIT_SYSTEM;
	}
	if (r->options->json)
		print_json(r, fids, count);
	else
		print_list(r, fids, count);
	free(fids);
	return 0;
}

/* --- the commands ---------------------------------------------------------------------------- */

static int finish(struct reservation *r, int rc)
{
	inventory_free(&r->inventory);
	return rc ? rc : host_flush("the result");
}

int tool_host_reserve(const struct tool_options *options)
{
	struct reservation r;
	int rc = start(&r, options);

	if (!rc && !options->argument_count)
		return finish(&r, list(&r));
	if (!rc && options->json) {
		tool_error("--json is for the list: leave out %s", options->arguments[0]);
		rc = TOOL_EXIT_FAILURE;
	}
	if (!rc)
		rc = find_function(&r, options->arguments[0]);
	if (!rc)
		rc = check(&r);
	if (!rc && options->host.dry_run)
		reserve_dry(&r);
	else if (!rc)
		rc = reserve(&r);
	return finish(&r, rc);
}

int tool_host_unreserve(const struct tool_options *options)
{
	struct reservation r;
	int rc = start(&r, options);

	if (!rc && !find_absent(&r, options->arguments[0]))
		rc = find_function(&r, options->arguments[0]);
	if (!rc && r.rule == HOST_RULE_ABSENT) {
		printf("FID 0x%08" PRIx32 " is not reserved\n", r.fid);
		return finish(&r, 0);
	}
	if (!rc)
		rc = check_unused(&r);
	if (!rc && options->host.dry_run)
		unreserve_dry(&r);
	else if (!rc)
		rc = unreserve(&r);
	return finish(&r, rc);
}
