// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dat.c - the guest's translation and storage keys, as a test scripted them.
 */
#include "internal.h"

#include <stdlib.h>

/* @array with room for one more. */
static void *grown(void *array, size_t count, size_t size)
{
	void *more = realloc(array, (count + 1) * size);

	if (!more)
		abort();
	return more;
}

void fake_translate(int vm, uint64_t space, uint64_t start, uint64_t length, uint64_t real,
		    unsigned code)
{
	struct vm *of = object_vm(vm);

	pthread_mutex_lock(&of->lock);
	of->translations =
		grown(of->translations, of->translation_count, sizeof(*of->translations));
	of->translations[of->translation_count++] =
		(struct translation){ space, start, length, real, code };
	pthread_mutex_unlock(&of->lock);
}

void fake_access_list(int vm, uint32_t alet, uint64_t space, unsigned code)
{
	struct vm *of = object_vm(vm);

	pthread_mutex_lock(&of->lock);
	of->alets = grown(of->alets, of->alet_count, sizeof(*of->alets));
	of->alets[of->alet_count++] = (struct alet){ alet, space, code };
	pthread_mutex_unlock(&of->lock);
}

void fake_storage_key(int vm, uint64_t absolute, unsigned key)
{
	struct vm *of = object_vm(vm);

	pthread_mutex_lock(&of->lock);
	of->keys = grown(of->keys, of->key_count, sizeof(*of->keys));
	of->keys[of->key_count++] = (struct key){ absolute & ~(PAGE - 1), key };
	pthread_mutex_unlock(&of->lock);
}

unsigned dat_key(const struct vm *vm, uint64_t absolute)
{
	for (size_t i = vm->key_count; i--;)
		if (vm->keys[i].page == (absolute & ~(PAGE - 1)))
			return vm->keys[i].key;
	return 0;
}

int dat_translate(const struct vm *vm, uint64_t space, uint64_t address, bool write, uint64_t *real)
{
	for (size_t i = vm->translation_count; i--;) {
		const struct translation *one = &vm->translations[i];

		if (one->space != space || address - one->start >= one->length)
			continue;
		if (one->code & ~FAKE_PROTECTED)
			return (int)(one->code & ~FAKE_PROTECTED);
		*real = one->real + (address - one->start);
		return write && one->code ? PGM_PROTECTION : 0;
	}
	return PGM_ASCE_TYPE;
}

/* Linux: ar_translation(), of an access list that the test wrote. Without the token's entry: ALEN
 * translation. */
int dat_access_list(const struct vm *vm, uint32_t alet, uint64_t *space)
{
	if (alet & 0xfe000000u)
		return PGM_ALET_SPECIFICATION;
	for (size_t i = vm->alet_count; i--;)
		if (vm->alets[i].alet == alet) {
			*space = vm->alets[i].space;
			return (int)vm->alets[i].code;
		}
	return PGM_ALEN_TRANSLATION;
}
