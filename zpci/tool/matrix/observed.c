// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report as observed values. It comes from a guest and is not trusted: a value that is missing
 * or of a wrong type counts as not observed, and text is cut and made printable.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

static json_object *get(json_object *from, const char *key, json_type type)
{
	json_object *value;

	if (!json_object_is_type(from, json_type_object) ||
	    !json_object_object_get_ex(from, key, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

static const char *get_string(json_object *from, const char *key)
{
	json_object *value = get(from, key, json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

static void put_text(char *to, size_t size, const char *text)
{
	size_t i;

	for (i = 0; i < size - 1 && text[i]; i++)
		to[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	to[i] = '\0';
}

static void set(struct matrix_cell *cell, const char *text)
{
	put_text(cell->observed, sizeof(cell->observed), text);
}

static void set_why(struct matrix_cell *cell, const char *why)
{
	put_text(cell->why, sizeof(cell->why), why ? why : "not in the report");
}

/* zpci-inspect could not look. That says nothing of the function. */
static void set_unobserved(struct matrix_cell *cell, const char *why)
{
	set_why(cell, why);
	cell->result = why ? MATRIX_UNOBSERVED : MATRIX_EMPTY;
}

/* The member of an array that has this FID. */
static json_object *find(json_object *array, uint32_t fid)
{
	size_t i, count = array ? json_object_array_length(array) : 0;
	json_object *item;
	const char *text;

	for (i = 0; i < count; i++) {
		item = json_object_array_get_idx(array, i);
		text = get_string(item, "fid");
		if (text && strtoul(text, NULL, 16) == fid)
			return item;
	}
	return NULL;
}

/* --- the function in the guest's list -------------------------------------------------------- */

static void set_bool(struct matrix_cell *cell, json_object *value, const char *yes, const char *no)
{
	if (value)
		set(cell, json_object_get_boolean(value) ? yes : no);
	else
		set_why(cell, NULL);
}

static void from_list(struct matrix_cell *cell, enum matrix_observation observation,
		      json_object *function)
{
	const char *key = matrix_rows[observation].key;
	char text[MATRIX_VALUE];
	json_object *value;

	switch (observation) {
	case MATRIX_VFN:
		value = get(function, key, json_type_int);
		if (!value) {
			set_unobserved(
				cell, get_string(get(function, "not_read", json_type_object), key));
			break;
		}
		snprintf(text, sizeof(text), "%d", json_object_get_int(value));
		set(cell, text);
		break;
	case MATRIX_BIT:
		value = get(function, key, json_type_boolean);
		set_bool(cell, value, "1", "0");
		if (!value)
			set_unobserved(
				cell, get_string(get(function, "not_read", json_type_object), key));
		break;
	default:
		set_bool(cell, get(function, key, json_type_boolean), "yes", "no");
		break;
	}
}

/* --- the function as vfio opened it ---------------------------------------------------------- */

static void from_observation(struct matrix_cell *cell, enum matrix_source source,
			     json_object *observation)
{
	const char *result = get_string(observation, "result");
	const char *value = get_string(observation, "value");
	json_object *restores = get(observation, "restores_logged", json_type_int);

	if (!result)
		set_why(cell, get_string(observation, "problem"));
	else if (strcmp(result, "ok") || source == MATRIX_FROM_ACCESS)
		set(cell, result);
	else if (source == MATRIX_FROM_VALUE && value)
		set(cell, value);
	else if (source == MATRIX_FROM_RESTORES && restores)
		set(cell, json_object_get_int(restores) ? "yes" : "no");
	else
		set_why(cell, NULL);
}

static void from_vfio(struct matrix_cell *cell, const struct matrix_row *row, json_object *vfio)
{
	json_object *observations = get(vfio, "observations", json_type_object);
	json_object *log = get(observations, "log_read", json_type_boolean);
	json_object *vfn;
	char text[MATRIX_VALUE];

	if (!observations) {
		set_why(cell, get_string(vfio, "problem"));
	} else if (row->source == MATRIX_FROM_RESTORES && (!log || !json_object_get_boolean(log))) {
		set_unobserved(cell, "the kernel log could not be read");
	} else if (row->source == MATRIX_FROM_OPEN) {
		vfn = get(get(vfio, "zpci_base", json_type_object), row->key, json_type_int);
		snprintf(text, sizeof(text), "%d", vfn ? json_object_get_int(vfn) : 0);
		if (vfn)
			set(cell, text);
		else
			set_why(cell, "vfio has no such capability");
	} else {
		from_observation(cell, row->source, get(observations, row->key, json_type_object));
	}
}

/* --- all ------------------------------------------------------------------------------------- */

static void observe_function(const struct matrix *matrix, struct matrix_boot *boot,
			     enum matrix_profile profile, json_object *report)
{
	const struct matrix_function *one = &matrix->functions[profile];
	json_object *function = find(get(report, "functions", json_type_array), one->fid);
	json_object *vfio = find(get(report, "vfio", json_type_array), one->fid);
	int i;

	for (i = 0; i < MATRIX_OBSERVATIONS; i++) {
		struct matrix_cell *cell = &boot->cells[profile][i];

		matrix_expect(cell, profile, i, one->vf);
		if (!strcmp(cell->expected, MATRIX_NONE)) {
			set(cell, MATRIX_NONE);
			continue;
		}
		set(cell, "?");
		if (!function)
			set_why(cell, "the guest does not know the function");
		else if (matrix_rows[i].source <= MATRIX_FROM_KERNEL)
			from_list(cell, i, function);
		else
			from_vfio(cell, &matrix_rows[i], vfio);
		/* No slots are made where nothing makes them. */
		if (!strcmp(cell->observed, "no") && matrix_needs_find(boot, i))
			set(cell, "?");
	}
}

/* What the kernel lacks, as the report says. */
static void observe_missing(struct matrix_boot *boot, json_object *kernel)
{
	json_object *missing = get(kernel, "missing", json_type_array);
	size_t i, count = missing ? json_object_array_length(missing) : 0;
	json_object *option;

	for (i = 0; i < count; i++) {
		option = json_object_array_get_idx(missing, i);
		if (json_object_is_type(option, json_type_string))
			matrix_needs_missing(boot, json_object_get_string(option));
	}
	if (!boot->has_btf)
		matrix_needs_missing(boot, "CONFIG_DEBUG_INFO_BTF");
	if (!boot->has_vfio)
		matrix_needs_missing(boot, "CONFIG_VFIO_PCI");
}

int matrix_observe(const struct matrix *matrix, struct matrix_boot *boot, const char *text)
{
	json_object *report = json_tokener_parse(text);
	json_object *kernel = get(report, "kernel", json_type_object);
	json_object *btf = get(kernel, "btf", json_type_boolean);
	json_object *vfio = get(kernel, "vfio_pci", json_type_boolean);
	const char *release = get_string(kernel, "release");
	bool complete = release && btf && vfio;
	int i;

	if (complete) {
		put_text(boot->release, sizeof(boot->release), release);
		boot->has_btf = json_object_get_boolean(btf);
		boot->has_vfio = json_object_get_boolean(vfio);
		observe_missing(boot, kernel);
		for (i = 0; i < MATRIX_PROFILES; i++)
			observe_function(matrix, boot, i, report);
	}
	json_object_put(report);
	return complete ? 0 : -1;
}
