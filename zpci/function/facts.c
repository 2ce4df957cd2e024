// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What List, Query and zpci_firmware_info() tell of a function. Readers do not take the function's
 * lock, which is held while the function's device works.
 *
 *	plug      words, then life + 1 (odd)      reader    life, words, life again:
 *	unplug    life + 1 (even)                           odd and the same, or there is nothing
 *
 * Slots are used again, so a slow reader could get one half of a removed function and the other
 * half of the next one. It then finds that the number of the life has changed, and answers that the
 * first function is not there any more.
 *
 * The layer above makes what Query answers once, and the first words keep it. Query is frequent: it
 * reads these words as they are, and besides only what changes.
 *
 * The words are written with release and read with acquire. So a reader that sees a word of the
 * next life also sees that this one has ended, when it reads the life again. Fences would do, but
 * thread sanitizers do not know fences.
 */
#include "zpci/function/facts.h"

#include <string.h>

#include "zpci/function/view.h"

union words {
	struct zpci_facts facts;
	uint64_t words[ZPCI_FACTS_WORDS];
};

static void describe(const struct zpci_function *function, struct zpci_function_info *info)
{
	const struct zpci_profile *profile = &function->view.profile;

	info->fid = function->fid;
	info->uid = function->uid;
	info->pchid = function->pchid;
	info->vfn = zpci_view_vfn(function);
	info->vf = (uint16_t)function->vf;
	info->rid = function->identity.devfn;
	info->rid_published = function->publish_rid;
	info->group = function->group->id;
	info->vendor_id = zpci_view_vendor_id(function);
	info->device_id = zpci_view_device_id(function);
	info->model = function->model->name;
	info->profile = *profile;
	info->command_memory = profile->command_memory != ZPCI_COMMAND_MEMORY_ABSENT;
	info->no_command_memory = zpci_view_vfn(function) != 0;
	memcpy(info->bars, function->identity.bars, sizeof(info->bars));
}

void zpci_facts_publish(struct zpci_function *function)
{
	struct zpci_published *published = &function->published;
	union words all;

	zpci_function_assert_locked(function);
	memset(&all, 0, sizeof(all));
	describe(function, &all.facts.info);
	all.facts.platform = function->platform;
	all.facts.delivered = function->delivered;
	all.facts.physical = function->identity.sriov;
	function->parent->tell(&all.facts);
	for (unsigned i = 0; i < ZPCI_FACTS_WORDS; i++)
		atomic_store_explicit(&function->facts[i], all.words[i], memory_order_release);
	atomic_store_explicit(&published->fid, all.facts.info.fid, memory_order_release);
	atomic_store_explicit(&published->ids,
			      (uint32_t)all.facts.info.device_id << 16 | all.facts.info.vendor_id,
			      memory_order_release);
	atomic_fetch_add_explicit(&published->life, 1, memory_order_release);
}

void zpci_facts_withdraw(struct zpci_function *function)
{
	struct zpci_published *published = &function->published;

	zpci_function_assert_locked(function);
	if (atomic_load_explicit(&published->life, memory_order_relaxed) & 1)
		atomic_fetch_add_explicit(&published->life, 1, memory_order_relaxed);
}

static bool same_life(const struct zpci_function *function, uint32_t life)
{
	return atomic_load_explicit(&function->published.life, memory_order_relaxed) == life;
}

/* The first @count words, into @to. */
static inline void read_words(const struct zpci_function *function, void *to, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t word = atomic_load_explicit(&function->facts[i], memory_order_acquire);

		memcpy((uint8_t *)to + 8 * i, &word, sizeof(word));
	}
}

bool zpci_facts_read(const struct zpci_function *function, struct zpci_facts *facts)
{
	uint32_t life = atomic_load_explicit(&function->published.life, memory_order_acquire);
	union words all;

	if (!(life & 1))
		return false;
	read_words(function, &all, ZPCI_FACTS_WORDS);
	*facts = all.facts;
	facts->info.handle = atomic_load_explicit(&function->handle, memory_order_acquire);
	facts->info.state = atomic_load_explicit(&function->state, memory_order_acquire);
	facts->info.vfs_enabled =
		(uint16_t)atomic_load_explicit(&function->vfs_enabled, memory_order_acquire);
	return same_life(function, life);
}

bool zpci_facts_tell(const struct zpci_function *function, struct zpci_told *told)
{
	uint32_t life = atomic_load_explicit(&function->published.life, memory_order_acquire);

	if (!(life & 1))
		return false;
	read_words(function, told->bytes, sizeof(told->bytes) / 8);
	told->handle = atomic_load_explicit(&function->handle, memory_order_acquire);
	for (unsigned bar = 0; bar < ZPCI_BARS; bar++)
		told->bar_images[bar] =
			atomic_load_explicit(&function->bar_images[bar], memory_order_acquire);
	return same_life(function, life);
}

bool zpci_facts_list(const struct zpci_function *function, struct zpci_listed *listed)
{
	const struct zpci_published *published = &function->published;
	uint32_t life = atomic_load_explicit(&published->life, memory_order_acquire);

	if (!(life & 1))
		return false;
	listed->fid = atomic_load_explicit(&published->fid, memory_order_acquire);
	listed->ids = atomic_load_explicit(&published->ids, memory_order_acquire);
	listed->handle = atomic_load_explicit(&function->handle, memory_order_acquire);
	listed->state = atomic_load_explicit(&function->state, memory_order_acquire);
	return same_life(function, life);
}
