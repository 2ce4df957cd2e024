// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * replica.c - what a configuration says about functions of model replica: <zpci/replica.h> from
 * settings.
 *
 * A config space is written as lines, `config-0x040 = 11 00 3f 80': the bytes from that offset on.
 * Bytes that no line has are 0. The IDs, which a person wants to read, have keys as well. Where a
 * key and a line say the same byte, they must agree.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zpci/bytes.h>
#include <zpci/replica.h>

#include "internal.h"

/* --- lines -------------------------------------------------------------------------------- */

/* The next byte of @text, which then points behind it; -1: there is none. */
static int next_byte(const char **text)
{
	char digits[3] = "";

	*text += strspn(*text, " \t");
	if (strspn(*text, "0123456789abcdefABCDEF") < 2)
		return -1;
	memcpy(digits, *text, 2);
	*text += 2;
	return (int)strtoul(digits, NULL, 16);
}

static int put_bytes(struct space *space, unsigned offset, struct place place, const char *name,
		     const char *value, char **error)
{
	const char *rest = value;

	for (unsigned i = 0; *(rest += strspn(rest, " \t")) || !i; i++, offset++) {
		int byte =
			i < CONFIG_SPACE_BYTES && offset < ZPCI_CONFIG_SIZE ? next_byte(&rest) : -1;

		if (byte < 0)
			return config_error(
				error, place,
				"%s = %.64s: not allowed; allowed is " CONFIG_SPACE_ALLOWED, name,
				value);
		if (space->given[offset])
			return config_error(error, place,
					    "%s = %.64s: byte 0x%03x of the config space is there "
					    "already; leave out one of both",
					    name, value, offset);
		space->given[offset] = true;
		space->byte[offset] = (uint8_t)byte;
	}
	return 0;
}

int config_space_set(struct zpci_config *config, struct function *function, struct place place,
		     const char *name, const char *value, char **error)
{
	struct replica *replica = &function->replica;
	unsigned offset = (unsigned)strtoul(name + strlen(CONFIG_SPACE_PREFIX), NULL, 16);

	if (!replica->space) {
		replica->space = config_keep_memory(config, sizeof(*replica->space));
		replica->place = place;
	}
	if (!replica->space)
		return config_no_memory(error);
	return put_bytes(replica->space, offset, place, name, value, error);
}

/* --- IDs ---------------------------------------------------------------------------------- */

/* Where in a config space each is (PCI Local Bus 3.0, 6.1). */
static const struct {
	const char *key;
	size_t setting; /* in struct replica */
	unsigned offset;
	unsigned length;
} ids[] = {
	{ "vendor", offsetof(struct replica, vendor), 0x00, 2 },
	{ "device", offsetof(struct replica, device), 0x02, 2 },
	{ "revision", offsetof(struct replica, revision), 0x08, 1 },
	{ "class", offsetof(struct replica, class_code), 0x09, 3 },
	{ "subsystem-vendor", offsetof(struct replica, subsystem_vendor), 0x2c, 2 },
	{ "subsystem-device", offsetof(struct replica, subsystem_device), 0x2e, 2 },
};

#define IDS (sizeof(ids) / sizeof(ids[0]))
#define REQUIRED_IDS 2 /* the first ones */

static const struct setting *id_setting(const struct replica *replica, unsigned i)
{
	return (const struct setting *)((const char *)replica + ids[i].setting);
}

static int check_id(const struct function *function, unsigned i, char **error)
{
	const struct setting *setting = id_setting(&function->replica, i);
	const struct space *space = function->replica.space;
	unsigned missing = 0;
	uint8_t bytes[4];

	zpci_put_le(bytes, ids[i].length, setting->value);
	for (unsigned byte = 0; byte < ids[i].length; byte++)
		if (space && space->given[ids[i].offset + byte])
			bytes[byte] = space->byte[ids[i].offset + byte];
		else
			missing++;
	if (!config_given(setting)) {
		if (!missing || i >= REQUIRED_IDS)
			return 0;
		return config_error(error, function->place,
				    "[function] lacks %s = NUMBER, which a replica needs",
				    ids[i].key);
	}
	if (zpci_get_le(bytes, ids[i].length) == setting->value)
		return 0;
	return config_error(error, setting->place,
			    "%s = %s: byte 0x%03x of the config space and those behind it say "
			    "0x%" PRIx64 "; they must be the same",
			    ids[i].key, setting->text, ids[i].offset,
			    zpci_get_le(bytes, ids[i].length));
}

/* --- all of them -------------------------------------------------------------------------- */

static bool is_replica(const struct zpci_config *config, const struct adapter *adapter)
{
	return config_model(config, adapter) == zpci_model_find("replica");
}

static int refuse_replica_keys(const struct function *function, const struct adapter *adapter,
			       char **error)
{
	const struct key *key;

	if (function->replica.space)
		return config_error(error, function->replica.place,
				    "a config space is only for model replica, and the adapter has "
				    "model %s; leave its lines out",
				    adapter->model.text);
	for (unsigned i = 0; (key = config_key(i)); i++) {
		const struct setting *setting =
			(const struct setting *)((const char *)function + key->offset);

		if (key->replica && config_given(setting))
			return config_error(error, setting->place,
					    "%s = %s: only for model replica, and the adapter has "
					    "model %s; leave it out",
					    key->name, setting->text, adapter->model.text);
	}
	return 0;
}

int config_replica_check(const struct zpci_config *config, const struct function *function,
			 char **error)
{
	const struct adapter *adapter = &config->adapters[function->owner];
	int rc = 0;

	if (!is_replica(config, adapter))
		return refuse_replica_keys(function, adapter, error);
	for (unsigned i = 0; i < IDS && !rc; i++)
		rc = check_id(function, i, error);
	return rc;
}

/* --- the description ---------------------------------------------------------------------- */

/* A description and all that it points to. */
struct description {
	struct zpci_replica replica;
	const struct zpci_replica_function **list;
	struct zpci_replica_function *functions;
	uint8_t (*config)[ZPCI_CONFIG_SIZE];
};

static void fill_bars(struct zpci_bar *bars, const struct setting *settings)
{
	for (unsigned i = 0; i < ZPCI_BARS; i++) {
		const uint64_t flags = ZPCI_BAR_64BIT | ZPCI_BAR_PREFETCHABLE;

		bars[i].size = settings[i].value & ~flags;
		bars[i].flags = (uint32_t)(settings[i].value & flags);
	}
}

static void fill(struct zpci_replica_function *to, uint8_t *bytes, const struct function *function)
{
	const struct replica *replica = &function->replica;

	if (replica->space)
		memcpy(bytes, replica->space->byte, ZPCI_CONFIG_SIZE);
	for (unsigned i = 0; i < IDS; i++)
		if (config_given(id_setting(replica, i)))
			zpci_put_le(bytes + ids[i].offset, ids[i].length,
				    id_setting(replica, i)->value);
	*to = (struct zpci_replica_function){
		.size = sizeof(*to),
		.vf = (unsigned)function->vf.value,
		.physical = replica->physical.value,
		.has_devfn = config_given(&replica->devfn),
		.devfn = (uint8_t)replica->devfn.value,
		.config = bytes,
		.config_length = ZPCI_CONFIG_SIZE,
	};
	fill_bars(to->bars, replica->bar);
	fill_bars(to->vf_bars, replica->vf_bar);
}

const struct zpci_replica *config_replica_make(const struct zpci_config *config, size_t index)
{
	struct description *new = calloc(1, sizeof(*new));
	size_t count = is_replica(config, &config->adapters[index]) ? config->function_count : 0;

	if (!new)
		return NULL;
	new->list = calloc(count + 1, sizeof(*new->list));
	new->functions = calloc(count + 1, sizeof(*new->functions));
	new->config = calloc(count + 1, sizeof(*new->config));
	if (!new->list || !new->functions || !new->config) {
		config_replica_free(&new->replica);
		return NULL;
	}
	for (size_t i = 0, used = 0; i < count; i++) {
		if (config->functions[i].owner != index)
			continue;
		fill(&new->functions[used], new->config[used], &config->functions[i]);
		new->list[used] = &new->functions[used];
		new->replica.count = ++used;
	}
	new->replica.size = sizeof(new->replica);
	new->replica.functions = new->list;
	return &new->replica;
}

void config_replica_free(const struct zpci_replica *replica)
{
	struct description *description = (struct description *)replica;

	free(description->list);
	free(description->functions);
	free(description->config);
	free(description);
}
