// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * machine.c - the machine of the targets, which watches each access.
 *
 * It is the machine in memory. Some operations go through here: writes to storage are noted for the
 * oracles, ends of instructions are counted. A thread that presents something must hold no lock of
 * the library, which is checked by a call of it.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <zpci/event.h>
#include <zpci/profile.h>

/* Inputs run one after another. The machine's operations find their structure here. */
static struct fuzz *current;

uint8_t *fuzz_storage(struct fuzz *fuzz, uint64_t address)
{
	return zpci_ram_storage(fuzz->ram) + address;
}

void fuzz_poison(struct fuzz *fuzz, struct fuzz_input *input)
{
	uint64_t address = fuzz_address(input);

	zpci_ram_poison(fuzz->ram, address, fuzz_take(input, 2));
}

void fuzz_enter(struct fuzz *fuzz)
{
	pthread_mutex_lock(&fuzz->gate);
}

void fuzz_leave(struct fuzz *fuzz)
{
	pthread_mutex_unlock(&fuzz->gate);
}

/* --- CPU ----------------------------------------------------------------------------------- */

static uint64_t get_register(void *machine, void *cpu, unsigned number)
{
	fuzz_must(number < 16 && cpu == &current->cpu && !current->program_interruptions);
	return zpci_ram_ops()->get_register(machine, cpu, number);
}

static void set_register(void *machine, void *cpu, unsigned number, uint64_t value)
{
	fuzz_must(number < 16 && cpu == &current->cpu && !current->program_interruptions &&
		  !current->condition_codes);
	current->registers_set++;
	zpci_ram_ops()->set_register(machine, cpu, number, value);
}

static void set_condition_code(void *machine, void *cpu, unsigned cc)
{
	fuzz_must(cc < 4 && !current->condition_codes++ && !current->program_interruptions);
	zpci_ram_ops()->set_condition_code(machine, cpu, cc);
}

static void program_interruption(void *machine, void *cpu, uint16_t code)
{
	fuzz_must(code && !current->condition_codes && !current->program_interruptions++);
	zpci_ram_ops()->program_interruption(machine, cpu, code);
}

/* --- storage ------------------------------------------------------------------------------- */

static void note(enum fuzz_way way, uint64_t address, size_t length, bool changed)
{
	fuzz_must(current->write_count < FUZZ_WRITES);
	current->writes[current->write_count++] =
		(struct fuzz_write){ way, address, length, changed };
}

/* The bytes before a write. A write has at most the length of a CLP block or a piece of DMA. */
#define WRITE_MAX 8192
static bool differs(int rc, const void *before, const void *after, size_t length)
{
	return !rc && memcmp(before, after, length) != 0;
}

static int write_logical(void *machine, void *cpu, uint64_t address, unsigned ar,
			 const void *buffer, size_t length)
{
	uint8_t before[WRITE_MAX];
	struct zpci_ram_cpu copy = *(struct zpci_ram_cpu *)cpu; /* this read takes the exception */
	int rc;

	fuzz_must(length <= sizeof(before));
	rc = zpci_ram_ops()->read_logical(machine, &copy, address, ar, before, length);
	if (!rc)
		note(FUZZ_LOGICAL, address, length, differs(rc, before, buffer, length));
	return zpci_ram_ops()->write_logical(machine, cpu, address, ar, buffer, length);
}

static int write_real(void *machine, void *cpu, uint64_t address, const void *buffer, size_t length)
{
	uint8_t before[WRITE_MAX];
	int rc;

	fuzz_must(length <= sizeof(before));
	rc = zpci_ram_ops()->read_real(machine, cpu, address, before, length);
	if (!rc)
		note(FUZZ_REAL, address, length, differs(rc, before, buffer, length));
	return zpci_ram_ops()->write_real(machine, cpu, address, buffer, length);
}

static int write_absolute(void *machine, uint64_t address, const void *buffer, size_t length)
{
	int rc;

	if (current->dma.device) {
		fuzz_dma_wrote(current, address, length);
		return zpci_ram_ops()->write_absolute(machine, address, buffer, length);
	}
	rc = zpci_ram_ops()->write_absolute(machine, address, buffer, length);
	if (!rc)
		note(FUZZ_ABSOLUTE, address, length, true);
	return rc;
}

static int or_absolute(void *machine, uint64_t address, uint8_t bits, uint8_t *old)
{
	int rc = zpci_ram_ops()->or_absolute(machine, address, bits, old);

	fuzz_must(bits && !(bits & (bits - 1)));
	if (!rc)
		note(FUZZ_OR, address, 1, (*old & bits) != bits);
	return rc;
}

/* --- presenting ------------------------------------------------------------------------------ */

/* If the lock of the function were held, this would wait for ever. It is not tried on a device's
 * thread: the owner of the lock may wait for that thread. */
static void no_lock_is_held(void)
{
	uint32_t fid;
	uint8_t byte;

	if (!pthread_equal(current->main, pthread_self()))
		return;
	for (unsigned i = 0; !zpci_firmware_fid(current->firmware, i, &fid); i++)
		zpci_firmware_device_config(current->firmware, fid, 0, &byte, 1);
}

static void adapter_interruption(void *machine, unsigned isc)
{
	fuzz_must(isc < 8);
	no_lock_is_held();
	zpci_ram_ops()->adapter_interruption(machine, isc);
}

static void channel_report(void *machine)
{
	no_lock_is_held();
	zpci_ram_ops()->channel_report(machine);
}

static void sclp_completion(void *machine, uint32_t sccb)
{
	fuzz_must(!(sccb & ~0x7ffffff8u));
	no_lock_is_held();
	zpci_ram_ops()->sclp_completion(machine, sccb);
}

static void watch_operations(struct fuzz *fuzz)
{
	fuzz->ops = *zpci_ram_ops();
	fuzz->ops.get_register = get_register;
	fuzz->ops.set_register = set_register;
	fuzz->ops.set_condition_code = set_condition_code;
	fuzz->ops.program_interruption = program_interruption;
	fuzz->ops.write_logical = write_logical;
	fuzz->ops.write_real = write_real;
	fuzz->ops.write_absolute = write_absolute;
	fuzz->ops.or_absolute = or_absolute;
	fuzz->ops.regions = NULL; /* optional, and would bypass the checks */
	fuzz->ops.adapter_interruption = adapter_interruption;
	fuzz->ops.channel_report = channel_report;
	fuzz->ops.sclp_completion = sclp_completion;
}

/* --- before and after a step ----------------------------------------------------------------- */

static struct fuzz_registration *registration_of(struct fuzz *fuzz, uint32_t fid)
{
	struct fuzz_registration *registration = fuzz->registrations;

	for (unsigned i = 0; i < fuzz->registration_count; i++, registration++)
		if (registration->fid == fid)
			return registration;
	fuzz_must(fuzz->registration_count < FUZZ_FUNCTIONS);
	fuzz->registration_count++;
	memset(registration, 0, sizeof(*registration));
	registration->fid = fid;
	return registration;
}

/* Translations of an earlier life, or of other tables, must not be used. */
static void forget_if_changed(struct fuzz *fuzz, const struct fuzz_registration *before,
			      const struct fuzz_registration *now)
{
	const size_t start = offsetof(struct zpci_fib, pba);
	const size_t end = offsetof(struct zpci_fib, interruption);

	if (before->handle != now->handle ||
	    (before->fib.controls ^ now->fib.controls) & ZPCI_FIB_FC_DMA ||
	    memcmp(&before->fib.pba, &now->fib.pba, end - start) != 0)
		fuzz_forget(&fuzz->devices[now->fid - FUZZ_FID], 0, UINT64_MAX);
}

/* A function in permanent error has no answer. It stays as it was. */
static void note_registration(struct fuzz *fuzz, const struct zpci_function_info *info)
{
	struct fuzz_registration *registration = registration_of(fuzz, info->fid);
	struct fuzz_registration now = { .fid = info->fid,
					 .handle = info->handle,
					 .state = info->state };
	/* A function that was just enabled has nothing of its former life. */
	static const struct zpci_fib fresh = { .controls = ZPCI_FIB_FC_ENABLED };
	bool handle_bit;

	if (info->state == ZPCI_STATE_PERMANENT) {
		registration->state = info->state;
		return;
	}
	zpci_store_controls(fuzz->firmware, info->handle, 0, &now.fib, &handle_bit);
	if (registration->handle != info->handle && info->state == ZPCI_STATE_ENABLED)
		fuzz_must(!memcmp(&now.fib, &fresh, sizeof(fresh)));
	forget_if_changed(fuzz, registration, &now);
	*registration = now;
}

void fuzz_watch(struct fuzz *fuzz)
{
	struct zpci_function_info info;

	for (unsigned i = 0; fuzz_info(fuzz, i, &info); i++)
		note_registration(fuzz, &info);
	fuzz->write_count = 0;
	fuzz->condition_codes = 0;
	fuzz->program_interruptions = 0;
	fuzz->registers_set = 0;
}

static bool inside(const struct fuzz_write *write, uint64_t start, uint64_t length)
{
	return write->address >= start && write->length <= length &&
	       write->address - start <= length - write->length;
}

static bool is_indicator(const struct fuzz_write *write, const struct zpci_fib *fib)
{
	uint32_t word = zpci_be32_get(fib->interruption);
	unsigned vectors = (word & ZPCI_FIB_INT_NOI_MASK) >> ZPCI_FIB_INT_NOI_SHIFT;
	unsigned offset = (word & ZPCI_FIB_INT_AIBVO_MASK) >> ZPCI_FIB_INT_AIBVO_SHIFT;

	if (vectors && inside(write, zpci_be64_get(fib->aibv), (offset + vectors + 7) / 8))
		return true;
	return vectors && word & ZPCI_FIB_INT_SUM &&
	       write->address == zpci_be64_get(fib->aisb) + (word & ZPCI_FIB_INT_AISBO_MASK) / 8;
}

static bool is_measurement(const struct fuzz_write *write, const struct zpci_fib *fib)
{
	uint64_t fmb = zpci_be64_get(fib->fmb) & ~0xfull;

	return fmb && inside(write, fmb, 64);
}

/* Whether the function of this registration may have written there. */
static bool is_presented(const struct fuzz_write *write,
			 const struct fuzz_registration *registration)
{
	switch (write->way) {
	case FUZZ_OR:
		return registration->state == ZPCI_STATE_ENABLED &&
		       is_indicator(write, &registration->fib);
	case FUZZ_ABSOLUTE:
		return is_measurement(write, &registration->fib);
	default:
		return false;
	}
}

void fuzz_check_presented(const struct fuzz *fuzz)
{
	for (unsigned i = 0; i < fuzz->write_count; i++) {
		const struct fuzz_write *write = &fuzz->writes[i];
		bool fine = write->way != FUZZ_OR && write->way != FUZZ_ABSOLUTE;

		for (unsigned j = 0; j < fuzz->registration_count && !fine; j++)
			fine = is_presented(write, &fuzz->registrations[j]);
		fuzz_must(fine);
	}
}

/* --- life ----------------------------------------------------------------------------------- */

static void init_gate(pthread_mutex_t *gate)
{
	pthread_mutexattr_t recursive;

	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(gate, &recursive);
	pthread_mutexattr_destroy(&recursive);
}

struct fuzz *fuzz_setup(enum fuzz_kind kind)
{
	struct zpci_firmware_options options = { .size = sizeof(options),
						 .shared = kind == FUZZ_SHARED,
						 .no_uid_checking = kind == FUZZ_NO_UID_CHECKING };
	struct zpci_adapter_options adapter = { .size = sizeof(adapter), .vfs = FUZZ_VFS };
	struct fuzz *fuzz = calloc(1, sizeof(*fuzz));

	fuzz_must(fuzz);
	current = fuzz;
	fuzz->shared = options.shared;
	fuzz->uid_checking = !options.no_uid_checking;
	fuzz->main = pthread_self();
	init_gate(&fuzz->gate);
	watch_operations(fuzz);
	fuzz->ram = zpci_ram_create(FUZZ_STORAGE);
	fuzz_must(fuzz->ram);
	zpci_ram_cpu_init(fuzz->ram, &fuzz->cpu);
	fuzz_must(!zpci_firmware_create(&fuzz->ops, fuzz->ram, &options, &fuzz->firmware));
	fuzz_device_owner(fuzz);
	fuzz_must(!zpci_adapter_create(&fuzz_model, FUZZ_PCHID, &adapter, &fuzz->adapter));
	return fuzz;
}

void fuzz_teardown(struct fuzz *fuzz)
{
	fuzz_drain(fuzz);
	fuzz_check(fuzz);
	zpci_firmware_quiesce(fuzz->firmware);
	zpci_firmware_destroy(fuzz->firmware);
	zpci_adapter_unref(fuzz->adapter);
	zpci_ram_destroy(fuzz->ram);
	pthread_mutex_destroy(&fuzz->gate);
	free(fuzz);
	current = NULL;
}

/* --- functions ------------------------------------------------------------------------------ */

int fuzz_add(struct fuzz *fuzz, unsigned vf, unsigned profile, bool standby)
{
	const struct zpci_named_profile *named = zpci_profile_get(profile);
	struct zpci_platform platform = { .size = sizeof(platform) };
	struct zpci_function_options options = { .size = sizeof(options),
						 .adapter = fuzz->adapter,
						 .vf = vf,
						 .fid = FUZZ_FID + vf,
						 .uid = FUZZ_UID + vf,
						 .standby = standby,
						 .publish_rid = true,
						 .platform = &platform };
	int rc;

	if (FUZZ_RELAXED(vf))
		zpci_platform_relaxed(&platform);
	if (vf % 3 == 0) {
		platform.given |= ZPCI_PLATFORM_UTILITY_STRING;
		strcpy(platform.utility_string, "FUZZ");
	}
	fuzz_must(named);
	if (!fuzz->uid_checking)
		options.uid = 0;
	options.profile = named->profile;
	fuzz_enter(fuzz);
	rc = zpci_firmware_add(fuzz->firmware, &options);
	fuzz_leave(fuzz);
	return rc;
}

bool fuzz_info(struct fuzz *fuzz, unsigned index, struct zpci_function_info *info)
{
	uint32_t fid;

	if (zpci_firmware_fid(fuzz->firmware, index, &fid))
		return false;
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	fuzz_must(!zpci_firmware_info(fuzz->firmware, fid, info));
	return true;
}

uint32_t fuzz_handle_of(struct fuzz *fuzz, unsigned vf)
{
	struct zpci_function_info info = { .size = sizeof(info) };

	if (zpci_firmware_info(fuzz->firmware, FUZZ_FID + vf, &info))
		return 0;
	return info.handle;
}

uint32_t fuzz_handle(struct fuzz *fuzz, struct fuzz_input *input)
{
	unsigned what = (unsigned)fuzz_take(input, 1);
	uint32_t handle = fuzz_handle_of(fuzz, what & 7);

	if (what < 0xc0)
		return handle;
	if (what < 0xd0) /* with the other enable bit */
		return handle ^ 0x80000000u;
	if (what < 0xe0) /* of another life */
		return handle - 0x01000000u;
	if (what < 0xf0) /* another slot */
		return handle + (what & 15);
	return (uint32_t)fuzz_take(input, 4);
}

uint32_t fuzz_enable(struct fuzz *fuzz, unsigned vf)
{
	uint8_t block[32 + 160] = { 0 };
	uint32_t handle;

	zpci_put_be(block, 2, 32);
	zpci_put_be(block + 2, 2, 5); /* Set PCI function, enable, one DMA address space */
	zpci_put_be(block + 16, 4, fuzz_handle_of(fuzz, vf));
	block[23] = 1;
	zpci_put_be(block + 32, 2, 160);
	fuzz_enter(fuzz);
	zpci_clp(fuzz->firmware, 2, block, 32, 160);
	handle = fuzz_handle_of(fuzz, vf);
	/* Command: Bus Master */
	zpci_store(fuzz->firmware, handle, ZPCI_SPACE_CONFIG, 4, 2, 0x0400);
	fuzz_watch(fuzz);
	fuzz_leave(fuzz);
	return handle;
}

/* --- the host -------------------------------------------------------------------------------- */

static void host_add(struct fuzz *fuzz, struct fuzz_input *input)
{
	unsigned vf = fuzz_choose(input, 1 + FUZZ_VFS);
	unsigned how = fuzz_choose(input, 16);

	/* A slot is used once, because more slots are slower. */
	if (fuzz->registration_count + 1 < FUZZ_FUNCTIONS)
		fuzz_add(fuzz, vf, how % 5, how & 8);
	if (how & 4)
		zpci_firmware_announce(fuzz->firmware, FUZZ_FID + vf);
}

/* However much time passes, storage stays as it was at the reset. */
static void reset(struct fuzz *fuzz, enum zpci_reset kind)
{
	zpci_firmware_reset(fuzz->firmware, kind);
	fuzz_check_reset(fuzz);
	zpci_ram_advance(fuzz->ram, 1ull << 40);
	fuzz_must(!fuzz->write_count);
}

static void inject_error(struct fuzz *fuzz, struct fuzz_input *input, unsigned vf)
{
	uint16_t pec = vf & 1 ? ZPCI_PEC_PERMANENT_ERROR : (uint16_t)fuzz_take(input, 1);

	zpci_firmware_inject_error(fuzz->firmware, FUZZ_FID + vf, pec);
}

static uint64_t presented(struct fuzz *fuzz)
{
	uint64_t sum = zpci_ram_channel_reports(fuzz->ram);

	for (unsigned isc = 0; isc < 8; isc++)
		sum += zpci_ram_interruptions(fuzz->ram, isc);
	return sum;
}

/* The machine and its CPUs stand still. The guest sees nothing of this time. */
static void pause_machine(struct fuzz *fuzz, struct fuzz_input *input)
{
	unsigned events = fuzz_choose(input, 4);
	uint64_t before;

	zpci_firmware_quiesce(fuzz->firmware);
	before = presented(fuzz);
	for (; events; events--) {
		unsigned vf = fuzz_choose(input, 1 + FUZZ_VFS);

		zpci_ram_advance(fuzz->ram, 1ull << 34);
		if (vf & 2)
			zpci_firmware_announce(fuzz->firmware, FUZZ_FID + vf);
		else
			inject_error(fuzz, input, vf);
	}
	zpci_ram_advance(fuzz->ram, 1ull << 34);
	fuzz_must(!fuzz->write_count && presented(fuzz) == before);
	fuzz->quiesced = false;
	zpci_firmware_resume(fuzz->firmware);
}

static void toggle_quiesced(struct fuzz *fuzz)
{
	fuzz->quiesced = !fuzz->quiesced;
	if (fuzz->quiesced)
		zpci_firmware_quiesce(fuzz->firmware);
	else
		zpci_firmware_resume(fuzz->firmware);
}

void fuzz_host(struct fuzz *fuzz, struct fuzz_input *input)
{
	unsigned what = fuzz_choose(input, 8);
	unsigned vf = fuzz_choose(input, 1 + FUZZ_VFS);

	fuzz_enter(fuzz);
	fuzz_watch(fuzz);
	switch (what) {
	case 0:
		host_add(fuzz, input);
		break;
	case 1:
		zpci_firmware_remove(fuzz->firmware, FUZZ_FID + vf);
		break;
	case 2:
		zpci_firmware_announce(fuzz->firmware, FUZZ_FID + vf);
		break;
	case 3:
		inject_error(fuzz, input, vf);
		break;
	case 4:
		reset(fuzz, vf & 1 ? ZPCI_RESET_SYSTEM : ZPCI_RESET_SUBSYSTEM);
		break;
	case 5:
		if (vf & 1)
			pause_machine(fuzz, input);
		else
			toggle_quiesced(fuzz);
		break;
	case 6:
		zpci_ram_set_mode(fuzz->ram, vf, fuzz_choose(input, 2));
		break;
	default:
		zpci_ram_advance(fuzz->ram, 1ull << (20 + vf * 2)); /* a millisecond to minutes */
		break;
	}
	fuzz_check_presented(fuzz);
	fuzz_leave(fuzz);
	fuzz_drain(fuzz);
}
