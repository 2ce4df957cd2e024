// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * finish.c - the checks that need all sections, and the defaults.
 *
 * First each function finds its adapter. Then the numbers that a person wrote are checked against
 * each other. The defaults come last: so a default never takes a number that a later section asks
 * for.
 *
 * Defaults stay out of QEMU's ranges (FIDs from 0, UIDs from 1), so that our functions and QEMU's
 * can be in one guest. A person may write numbers from there.
 */
#include <inttypes.h>
#include <string.h>

#include "internal.h"

#define FIRST_FID 0x1000
#define FIRST_UID 0x100
#define FIRST_PCHID 0x100

#define DEFAULT_VF_PROFILE "lpar"
#define DEFAULT_PF_PROFILE "plain"

/* Where @setting was written; if it was not: @place, where its section begins. */
static struct place place_of(const struct setting *setting, struct place place)
{
	return config_given(setting) ? setting->place : place;
}

/* --- adapters ----------------------------------------------------------------------------- */

static int check_model(const struct adapter *adapter, char **error)
{
	char allowed[CONFIG_LIST];

	if (config_given(&adapter->model))
		return 0;
	config_key_allowed(config_key_find(SECTION_ADAPTER, "model"), allowed, sizeof(allowed));
	return config_error(error, adapter->place,
			    "[adapter %s] lacks model = MODEL; allowed is %s", adapter->name,
			    allowed);
}

static int find_owner(const struct zpci_config *config, struct function *function, char **error)
{
	const char *name = function->adapter.text;
	const struct adapter *adapter;
	char label[CONFIG_LABEL];

	if (function->owner != NO_ADAPTER)
		return 0;
	if (!name)
		return config_error(error, function->place,
				    "[function] lacks adapter = NAME; allowed is the NAME of an "
				    "[adapter NAME] above it");
	adapter = config_find_adapter(config, name);
	if (!adapter)
		return config_error(error, function->adapter.place,
				    "adapter = %s: there is no such adapter; allowed is the NAME "
				    "of an [adapter NAME] above this function",
				    name);
	if (config_later(adapter->place, function->place))
		return config_error(error, function->adapter.place,
				    "adapter = %s: defined only later, in %s; put [adapter %s] "
				    "above this function",
				    name, config_place(adapter->place, label), name);
	function->owner = adapter - config->adapters;
	return 0;
}

static const struct adapter *pchid_holder(const struct zpci_config *config, uint32_t pchid,
					  size_t end)
{
	for (size_t i = 0; i < end; i++) {
		const struct adapter *adapter = &config->adapters[i];

		if (config_given(&adapter->pchid) && adapter->pchid.value == pchid)
			return adapter;
	}
	return NULL;
}

static int check_pchid(const struct zpci_config *config, size_t index, char **error)
{
	const struct adapter *adapter = &config->adapters[index], *holder;
	char label[CONFIG_LABEL], place[CONFIG_LABEL];

	if (!config_given(&adapter->pchid))
		return 0;
	holder = pchid_holder(config, adapter->pchid.value, index);
	if (!holder)
		return 0;
	return config_error(
		error, adapter->pchid.place,
		"pchid = %s: duplicate PCHID 0x%" PRIx64 ", %s has it by %s; choose another",
		adapter->pchid.text, adapter->pchid.value, config_adapter_label(holder, label),
		config_place(holder->pchid.place, place));
}

static void default_pchids(struct zpci_config *config)
{
	uint32_t next = FIRST_PCHID;

	for (size_t i = 0; i < config->adapter_count; i++) {
		struct adapter *adapter = &config->adapters[i];

		if (config_given(&adapter->pchid))
			continue;
		while (pchid_holder(config, next, config->adapter_count))
			next++;
		adapter->pchid.value = next++;
	}
}

/* Linux needs the routing ID of each function on the bus of a PF. A detached VF has a PCI domain of
 * its own and needs none. */
static void default_rid(struct adapter *adapter)
{
	if (!config_given(&adapter->rid))
		adapter->rid.value = adapter->lends_pf;
}

/* --- VFs ---------------------------------------------------------------------------------- */

/* How to get more VFs than an adapter has. */
static const char *more_vfs(const struct zpci_config *config)
{
	return config->firmware ? "the adapters of a running guest get no more: start the guest "
				  "with a larger vfs, or name a new adapter by pchid = NUMBER"
				: "raise vfs";
}

static bool is_vf_taken(const struct zpci_config *config, size_t owner, unsigned vf)
{
	for (size_t i = 0; i < config->function_count; i++)
		if (config->functions[i].owner == owner && config->functions[i].vf.value == vf)
			return true;
	return false;
}

/* Numbers that a person wrote are taken, also by a later section. */
static int choose_vf(const struct zpci_config *config, struct function *function, char **error)
{
	const struct adapter *adapter = &config->adapters[function->owner];
	uint64_t last = config_given(&adapter->vfs) ? adapter->vfs.value : ZPCI_VFS_MAX;
	char label[CONFIG_LABEL];

	if (function->vf.value != CONFIG_VF_FREE)
		return 0;
	for (unsigned vf = 1; vf <= last; vf++) {
		if (is_vf_taken(config, function->owner, vf))
			continue;
		function->vf.value = vf;
		return 0;
	}
	return config_error(error, function->vf.place,
			    "vf = free: each of the %" PRIu64 " VFs of %s is taken; %s", last,
			    config_adapter_label(adapter, label), more_vfs(config));
}

static int check_vf(const struct zpci_config *config, const struct function *function, char **error)
{
	const struct adapter *adapter = &config->adapters[function->owner];
	char label[CONFIG_LABEL], place[CONFIG_LABEL];

	if (!config_given(&adapter->vfs) || function->vf.value <= adapter->vfs.value)
		return 0;
	if (!adapter->vfs.value)
		return config_error(error, function->vf.place,
				    "vf = %s: %s has no VFs, as vfs = 0 in %s; %s",
				    function->vf.text, config_adapter_label(adapter, label),
				    config_place(adapter->vfs.place, place), more_vfs(config));
	return config_error(
		error, function->vf.place,
		"vf = %s: not allowed; allowed is 1 to %" PRIu64 " by vfs of %s, %s; or %s",
		function->vf.text, adapter->vfs.value, config_adapter_label(adapter, label),
		config_place(adapter->vfs.place, place), more_vfs(config));
}

static int check_lent_once(const struct zpci_config *config, size_t index, char **error)
{
	const struct function *function = &config->functions[index];
	char label[CONFIG_LABEL], place[CONFIG_LABEL];

	for (size_t i = 0; i < index; i++) {
		const struct function *other = &config->functions[i];

		if (other->owner != function->owner || other->vf.value != function->vf.value)
			continue;
		config_adapter_label(&config->adapters[function->owner], label);
		config_place(place_of(&other->vf, other->place), place);
		if (!function->vf.value)
			return config_error(error, function->place,
					    "the PF of %s is assigned twice, first by %s; say "
					    "vf = NUMBER or vf = free for a VF",
					    label, place);
		return config_error(error, place_of(&function->vf, function->place),
				    "vf = %s: VF %" PRIu64
				    " of %s is assigned twice, first by %s; choose "
				    "another, or free",
				    function->vf.text, function->vf.value, label, place);
	}
	return 0;
}

static void count_vfs(struct zpci_config *config)
{
	for (size_t i = 0; i < config->function_count; i++) {
		const struct function *function = &config->functions[i];
		struct adapter *adapter = &config->adapters[function->owner];

		if (!function->vf.value)
			adapter->lends_pf = true;
		if (!config_given(&adapter->vfs) && function->vf.value > adapter->vfs.value)
			adapter->vfs.value = function->vf.value;
	}
}

/* --- FIDs and UIDs ------------------------------------------------------------------------ */

static const struct function *fid_holder(const struct zpci_config *config, uint32_t fid, size_t end)
{
	for (size_t i = 0; i < end; i++) {
		const struct function *function = &config->functions[i];

		if (config_given(&function->fid) && function->fid.value == fid)
			return function;
	}
	return NULL;
}

static const struct function *uid_holder(const struct zpci_config *config, uint32_t uid, size_t end)
{
	for (size_t i = 0; i < end; i++) {
		const struct function *function = &config->functions[i];

		if (config_given(&function->uid) && (uint16_t)function->uid.value == (uint16_t)uid)
			return function;
	}
	return NULL;
}

static int check_ids(const struct zpci_config *config, size_t index, char **error)
{
	const struct function *function = &config->functions[index], *holder;
	char label[CONFIG_LABEL];

	if (config_given(&function->fid)) {
		holder = fid_holder(config, function->fid.value, index);
		if (holder)
			return config_error(error, function->fid.place,
					    "fid = %s: duplicate FID 0x%" PRIx64
					    ", taken by %s; choose "
					    "another",
					    function->fid.text, function->fid.value,
					    config_place(holder->fid.place, label));
	}
	if (!config_given(&function->uid) || !config_checks_uids(config))
		return 0;
	if (!(function->uid.value & 0xffff)) {
		char allowed[CONFIG_LIST];

		config_key_allowed(config_key_find(SECTION_FUNCTION, "uid"), allowed,
				   sizeof(allowed));
		return config_error(error, function->uid.place,
				    "uid = %s: not allowed; allowed is %s", function->uid.text,
				    allowed);
	}
	holder = uid_holder(config, function->uid.value, index);
	if (!holder)
		return 0;
	return config_error(error, function->uid.place,
			    "uid = %s: duplicate UID 0x%" PRIx64
			    " (the low 16 bits count), taken by %s; "
			    "choose another",
			    function->uid.text, function->uid.value & 0xffff,
			    config_place(holder->uid.place, label));
}

/* There are at most 4096 functions, so that there is always a free number. */
static void default_ids(struct zpci_config *config)
{
	uint32_t fid = FIRST_FID, uid = FIRST_UID;

	for (size_t i = 0; i < config->function_count; i++) {
		struct function *function = &config->functions[i];

		if (!config_given(&function->fid)) {
			while (fid_holder(config, fid, config->function_count))
				fid++;
			function->fid.value = fid++;
		}
		if (!config_given(&function->uid)) {
			while (uid_holder(config, uid, config->function_count))
				uid++;
			function->uid.value = uid++;
		}
	}
}

/* --- profiles ----------------------------------------------------------------------------- */

static int set_profile(struct function *function, char **error)
{
	struct zpci_profile *profile = &function->effective;
	const struct zpci_named_profile *named;
	const struct setting *guilty = &function->publish_vfn;

	if (config_given(&function->profile))
		named = zpci_profile_get(function->profile.value);
	else
		named = zpci_profile_find(function->vf.value ? DEFAULT_VF_PROFILE
							     : DEFAULT_PF_PROFILE);
	*profile = named->profile;
	if (config_given(&function->ids))
		profile->ids = function->ids.value;
	if (config_given(&function->bars))
		profile->bars = function->bars.value;
	if (config_given(&function->publish_vfn))
		profile->publish_vfn = function->publish_vfn.value;
	if (config_given(&function->command_memory))
		profile->command_memory = function->command_memory.value;
	if (!profile->publish_vfn || function->vf.value)
		return 0;
	if (!config_given(guilty))
		guilty = &function->profile;
	return config_error(error, guilty->place,
			    "%s = %s: it publishes a VF number, but this function is a PF and has "
			    "none; allowed is vf = NUMBER, publish-vfn = no, or profile = %s",
			    guilty == &function->profile ? "profile" : "publish-vfn", guilty->text,
			    DEFAULT_PF_PROFILE);
}

/* --- the whole ---------------------------------------------------------------------------- */

/* The guest takes the flag of each answer for all functions, and the hypervisor's answer says that
 * UIDs are checked. */
static int check_whole(const struct zpci_config *config, char **error)
{
	const struct setting *setting = &config->whole.uid_checking;

	if (config_checks_uids(config) || !config_is_shared(config))
		return 0;
	return config_error(error, setting->place,
			    "uid-checking = %s: not with functions of the hypervisor, whose UIDs "
			    "are checked; say hypervisor-functions = no as well",
			    setting->text);
}

static int check_adapters(const struct zpci_config *config, char **error)
{
	int rc = 0;

	for (size_t i = 0; i < config->adapter_count && !rc; i++) {
		const struct adapter *adapter = &config->adapters[i];

		rc = check_model(adapter, error);
		if (!rc)
			rc = config_options_check(config_model(config, adapter), false,
						  adapter->options, adapter->place, error);
		if (!rc)
			rc = check_pchid(config, i, error);
	}
	return rc;
}

static int check_functions(struct zpci_config *config, char **error)
{
	int rc = 0;

	for (size_t i = 0; i < config->function_count && !rc; i++)
		rc = find_owner(config, &config->functions[i], error);
	for (size_t i = 0; i < config->function_count && !rc; i++)
		rc = choose_vf(config, &config->functions[i], error);
	for (size_t i = 0; i < config->function_count && !rc; i++) {
		struct function *function = &config->functions[i];

		rc = check_vf(config, function, error);
		if (!rc)
			rc = check_lent_once(config, i, error);
		if (!rc)
			rc = check_ids(config, i, error);
		if (!rc)
			rc = set_profile(function, error);
		if (!rc)
			rc = config_replica_check(config, function, error);
		if (!rc)
			rc = config_options_check(
				config_model(config, &config->adapters[function->owner]), true,
				function->options, function->place, error);
		if (!rc)
			rc = config_platform(config, function, error);
	}
	return rc;
}

int zpci_config_finish(struct zpci_config *config, char **error)
{
	int rc;

	*error = NULL;
	rc = check_whole(config, error);
	if (!rc)
		rc = check_adapters(config, error);
	if (!rc)
		rc = config_groups(config, error);
	if (!rc)
		rc = check_functions(config, error);
	if (rc)
		return rc;
	count_vfs(config);
	default_pchids(config);
	default_ids(config);
	for (size_t i = 0; i < config->adapter_count; i++)
		default_rid(&config->adapters[i]);
	config->finished = true;
	return 0;
}
