// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

/* --- setup ---------------------------------------------------------------------------- */

static void count_message(void *opaque, enum zpci_log_level level, const char *message)
{
	struct fixture *fixture = opaque;

	(void)message;
	fixture->messages[level]++;
}

struct zpci_logger fixture_logger(struct fixture *fixture)
{
	return (struct zpci_logger){ count_message, fixture };
}

static int setup(void **state, const struct zpci_machine_ops *ops, bool shared)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct zpci_firmware_options options = { .size = sizeof(options), .shared = shared };
	struct zpci_adapter_options adapter = { .size = sizeof(adapter), .vfs = 8 };

	assert_non_null(fixture);
	options.logger = adapter.logger = fixture_logger(fixture);
	fixture->ram = zpci_ram_create(STORAGE_SIZE);
	assert_non_null(fixture->ram);
	zpci_ram_cpu_init(fixture->ram, &fixture->cpu);
	assert_int_equal(zpci_firmware_create(ops, fixture->ram, &options, &fixture->firmware), 0);
	assert_int_equal(zpci_adapter_create(&bench_model, PCHID, &adapter, &fixture->adapter), 0);
	fixture->bench = bench_last;
	fixture->tables = TABLES;
	*state = fixture;
	return 0;
}

int fixture_setup(void **state)
{
	return setup(state, zpci_ram_ops(), false);
}

int fixture_setup_shared(void **state)
{
	return setup(state, zpci_ram_ops(), true);
}

int fixture_setup_on(void **state, const struct zpci_machine_ops *ops)
{
	return setup(state, ops, false);
}

int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;

	zpci_firmware_quiesce(fixture->firmware);
	zpci_firmware_destroy(fixture->firmware);
	zpci_adapter_unref(fixture->adapter);
	zpci_ram_destroy(fixture->ram);
	free(fixture);
	return 0;
}

void fixture_options(struct fixture *fixture, unsigned vf, const char *profile,
		     struct zpci_function_options *options)
{
	memset(options, 0, sizeof(*options));
	options->size = sizeof(*options);
	options->adapter = fixture->adapter;
	options->vf = vf;
	options->fid = FID + vf;
	options->uid = UID + vf;
	assert_non_null(zpci_profile_find(profile));
	options->profile = zpci_profile_find(profile)->profile;
}

int fixture_add_options(struct fixture *fixture, const struct zpci_function_options *options)
{
	return zpci_firmware_add(fixture->firmware, options);
}

struct bench_device *fixture_add(struct fixture *fixture, unsigned vf, const char *profile)
{
	struct zpci_function_options options;

	fixture_options(fixture, vf, profile, &options);
	assert_int_equal(fixture_add_options(fixture, &options), 0);
	assert_non_null(fixture->bench->devices[vf]);
	return fixture->bench->devices[vf];
}

uint32_t fixture_enabled(struct fixture *fixture, unsigned vf, const char *profile)
{
	fixture_add(fixture, vf, profile);
	return guest_enable(fixture, fixture_handle(fixture, FID + vf));
}

static void info_of(struct fixture *fixture, uint32_t fid, struct zpci_function_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	assert_int_equal(zpci_firmware_info(fixture->firmware, fid, info), 0);
}

uint32_t fixture_handle(struct fixture *fixture, uint32_t fid)
{
	struct zpci_function_info info;

	info_of(fixture, fid, &info);
	return info.handle;
}

enum zpci_state fixture_state(struct fixture *fixture, uint32_t fid)
{
	struct zpci_function_info info;

	info_of(fixture, fid, &info);
	return info.state;
}

/* --- storage -------------------------------------------------------------------------- */

void guest_write(struct fixture *fixture, uint64_t address, const void *data, size_t length)
{
	assert_int_equal(zpci_ram_ops()->write_absolute(fixture->ram, address, data, length), 0);
}

void guest_read(struct fixture *fixture, uint64_t address, void *data, size_t length)
{
	assert_int_equal(zpci_ram_ops()->read_absolute(fixture->ram, address, data, length), 0);
}

void guest_put(struct fixture *fixture, uint64_t address, size_t length, uint64_t value)
{
	uint8_t bytes[8];

	zpci_put_be(bytes, length, value);
	guest_write(fixture, address, bytes, length);
}

uint64_t guest_get(struct fixture *fixture, uint64_t address, size_t length)
{
	uint8_t bytes[8];

	guest_read(fixture, address, bytes, length);
	return zpci_get_be(bytes, length);
}

void guest_fill(struct fixture *fixture, uint64_t address, uint8_t byte, size_t length)
{
	uint8_t bytes[512];
	size_t piece;

	memset(bytes, byte, sizeof(bytes));
	for (; length; address += piece, length -= piece) {
		piece = length < sizeof(bytes) ? length : sizeof(bytes);
		guest_write(fixture, address, bytes, piece);
	}
}

/* --- execution ------------------------------------------------------------------------ */

static enum zpci_disposition execute(struct fixture *fixture, const uint8_t instruction[6])
{
	struct zpci_ram_cpu *cpu = &fixture->cpu;

	if (!fixture->record)
		return zpci_ram_execute(cpu, fixture->firmware, instruction);
	cpu->cc_set = false;
	cpu->program_interruption = 0;
	return zpci_record_execute(fixture->record, fixture->firmware, cpu, 0, instruction);
}

int guest_execute(struct fixture *fixture, const uint8_t instruction[6], unsigned status)
{
	struct zpci_ram_cpu *cpu = &fixture->cpu;

	if (execute(fixture, instruction) == ZPCI_NOT_OURS) {
		assert_false(cpu->cc_set);
		assert_int_equal(cpu->program_interruption, 0);
		return NOT_OURS;
	}
	if (cpu->program_interruption) {
		assert_false(cpu->cc_set);
		return PGM(cpu->program_interruption);
	}
	if (!cpu->cc_set)
		return NO_CC;
	if (cpu->cc == 1)
		return STATUS((int)(cpu->gr[status] >> 24 & 0xff));
	return CC((int)cpu->cc);
}

/* --- instructions --------------------------------------------------------------------- */

static uint64_t request(uint32_t handle, unsigned space, unsigned low)
{
	return (uint64_t)handle << 32 | (uint64_t)space << 16 | low;
}

int guest_load(struct fixture *fixture, uint32_t handle, unsigned space, uint64_t offset,
	       unsigned length, uint64_t *value)
{
	uint8_t instruction[6];
	int answer;

	encode_rre(instruction, OP_PCILG, 5, 8);
	fixture->cpu.gr[8] = request(handle, space, length);
	fixture->cpu.gr[9] = offset;
	answer = guest_execute(fixture, instruction, 8);
	if (value)
		*value = fixture->cpu.gr[5];
	return answer;
}

int guest_store(struct fixture *fixture, uint32_t handle, unsigned space, uint64_t offset,
		unsigned length, uint64_t value)
{
	uint8_t instruction[6];

	encode_rre(instruction, OP_PCISTG, 5, 8);
	fixture->cpu.gr[5] = value;
	fixture->cpu.gr[8] = request(handle, space, length);
	fixture->cpu.gr[9] = offset;
	return guest_execute(fixture, instruction, 8);
}

int guest_store_block(struct fixture *fixture, uint32_t handle, unsigned space, uint64_t offset,
		      uint64_t address, size_t length)
{
	uint8_t instruction[6];

	encode_displaced(instruction, OP_PCISTB, 4, 7, 2, 0);
	fixture->cpu.gr[4] = request(handle, space, (unsigned)length);
	fixture->cpu.gr[7] = offset;
	fixture->cpu.gr[2] = address;
	return guest_execute(fixture, instruction, 4);
}

int guest_refresh(struct fixture *fixture, uint32_t handle, uint64_t start, uint64_t length)
{
	uint8_t instruction[6];

	encode_rre(instruction, OP_RPCIT, 3, 10);
	fixture->cpu.gr[3] = (uint64_t)handle << 32;
	fixture->cpu.gr[10] = start;
	fixture->cpu.gr[11] = length;
	return guest_execute(fixture, instruction, 3);
}

int guest_modify(struct fixture *fixture, uint32_t handle, unsigned dma_space, unsigned control,
		 const struct zpci_fib *fib)
{
	static const struct zpci_fib none;
	uint8_t instruction[6];

	guest_write(fixture, FIB, fib ? fib : &none, sizeof(*fib));
	encode_displaced(instruction, OP_MPCIFC, 6, 0, 1, 0);
	fixture->cpu.gr[6] = request(handle, dma_space, control);
	fixture->cpu.gr[1] = FIB;
	return guest_execute(fixture, instruction, 6);
}

int guest_store_controls(struct fixture *fixture, uint32_t handle, struct zpci_fib *fib)
{
	uint8_t instruction[6];
	int answer;

	guest_fill(fixture, FIB, 0xa5, sizeof(*fib));
	encode_displaced(instruction, OP_STPCIFC, 6, 0, 1, 0);
	fixture->cpu.gr[6] = request(handle, 0, 0);
	fixture->cpu.gr[1] = FIB;
	answer = guest_execute(fixture, instruction, 6);
	if (fib)
		guest_read(fixture, FIB, fib, sizeof(*fib));
	return answer;
}

int guest_servc(struct fixture *fixture, uint32_t command, uint32_t fid, uint16_t *response)
{
	struct zpci_sclp_configure sccb = { .adapter_type = ZPCI_SCLP_ADAPTER_PCI };
	uint8_t instruction[6];
	int answer;

	/* Linux sends the whole page. */
	zpci_be16_put(&sccb.length, 4096);
	zpci_be32_put(&sccb.fid, fid);
	guest_write(fixture, SCCB, &sccb, sizeof(sccb));
	encode_rre(instruction, OP_SERVC, 1, 2);
	fixture->cpu.gr[1] = command;
	fixture->cpu.gr[2] = SCCB;
	answer = guest_execute(fixture, instruction, 1);
	guest_read(fixture, SCCB, &sccb, sizeof(sccb));
	if (response)
		*response = zpci_be16_get(sccb.response);
	return answer;
}

int guest_sei(struct fixture *fixture, struct zpci_chsc_sei_response *response)
{
	struct zpci_chsc_sei_request block;
	uint8_t instruction[6];
	int answer;

	memset(&block, 0, sizeof(block));
	zpci_be16_put(&block.length, ZPCI_CHSC_SEI_REQUEST);
	zpci_be16_put(&block.command, ZPCI_CHSC_SEI);
	zpci_be64_put(&block.types, ZPCI_CHSC_NT2 | 1ull << 63);
	guest_fill(fixture, CHSC, 0, ZPCI_CHSC_BLOCK);
	guest_write(fixture, CHSC, &block, sizeof(block));
	encode_rre(instruction, OP_CHSC, 2, 0);
	fixture->cpu.gr[2] = CHSC;
	answer = guest_execute(fixture, instruction, 2);
	if (response)
		guest_read(fixture, CHSC + sizeof(block), response, sizeof(*response));
	return answer;
}

/* PCI is little-endian, and PCILG and PCISTG swap nothing (ref 13 trap 1). */
static uint64_t swap(uint64_t value, unsigned length)
{
	uint8_t bytes[8];

	zpci_put_be(bytes, length, value);
	return zpci_get_le(bytes, length);
}

uint32_t guest_config_read(struct fixture *fixture, uint32_t handle, unsigned offset,
			   unsigned length)
{
	uint64_t value = 0;

	assert_int_equal(guest_load(fixture, handle, ZPCI_SPACE_CONFIG, offset, length, &value),
			 CC(0));
	return (uint32_t)swap(value, length);
}

void guest_config_write(struct fixture *fixture, uint32_t handle, unsigned offset, unsigned length,
			uint32_t value)
{
	assert_int_equal(guest_store(fixture, handle, ZPCI_SPACE_CONFIG, offset, length,
				     swap(value, length)),
			 CC(0));
}

uint64_t guest_bar_read(struct fixture *fixture, uint32_t handle, unsigned bar, uint64_t offset,
			unsigned length)
{
	uint64_t value = 0;

	assert_int_equal(guest_load(fixture, handle, bar, offset, length, &value), CC(0));
	return swap(value, length);
}

void guest_bar_write(struct fixture *fixture, uint32_t handle, unsigned bar, uint64_t offset,
		     unsigned length, uint64_t value)
{
	assert_int_equal(guest_store(fixture, handle, bar, offset, length, swap(value, length)),
			 CC(0));
}

/* --- CLP ------------------------------------------------------------------------------ */

int guest_clp(struct fixture *fixture, unsigned lps)
{
	uint8_t instruction[6];

	encode_clp(instruction, (uint8_t)lps, 2, 3);
	fixture->cpu.gr[3] = BLOCK;
	return guest_execute(fixture, instruction, 2);
}

void guest_clp_begin(struct fixture *fixture, unsigned command, unsigned request_length,
		     unsigned response_length)
{
	struct zpci_clp_header header;

	guest_fill(fixture, BLOCK, 0, ZPCI_CLP_BLOCK_MAX);
	memset(&header, 0, sizeof(header));
	zpci_be16_put(&header.length, (uint16_t)request_length);
	zpci_be16_put(&header.code, (uint16_t)command);
	guest_write(fixture, BLOCK, &header, sizeof(header));
	zpci_be16_put(&header.length, (uint16_t)response_length);
	zpci_be16_put(&header.code, 0);
	guest_write(fixture, BLOCK + request_length, &header,
		    response_length < sizeof(header) ? response_length : sizeof(header));
}

unsigned guest_clp_code(struct fixture *fixture)
{
	return (unsigned)guest_get(fixture, BLOCK + 32 + 2, 2);
}

unsigned guest_set_function(struct fixture *fixture, uint32_t handle, unsigned operation,
			    unsigned dma_spaces, uint32_t *after)
{
	guest_clp_begin(fixture, ZPCI_CLP_SET_FUNCTION, 32, 160);
	guest_put(fixture, BLOCK + 16, 4, handle);
	guest_put(fixture, BLOCK + 22, 1, operation);
	guest_put(fixture, BLOCK + 23, 1, dma_spaces);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	if (after)
		*after = (uint32_t)guest_get(fixture, BLOCK + 32 + 16, 4);
	return guest_clp_code(fixture);
}

unsigned guest_query_function(struct fixture *fixture, uint32_t handle,
			      struct zpci_clp_query_function_response *response)
{
	guest_clp_begin(fixture, ZPCI_CLP_QUERY_FUNCTION, 32, sizeof(*response));
	guest_put(fixture, BLOCK + 16, 4, handle);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	guest_read(fixture, BLOCK + 32, response, sizeof(*response));
	return zpci_be16_get(response->header.code);
}

unsigned guest_query_group(struct fixture *fixture, unsigned group,
			   struct zpci_clp_query_group_response *response)
{
	guest_clp_begin(fixture, ZPCI_CLP_QUERY_GROUP, 32, sizeof(*response));
	guest_put(fixture, BLOCK + 19, 1, group);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	guest_read(fixture, BLOCK + 32, response, sizeof(*response));
	return zpci_be16_get(response->header.code);
}

unsigned guest_list(struct fixture *fixture, uint64_t *token, unsigned room,
		    struct zpci_clp_list_entry *list, unsigned *entries)
{
	struct zpci_clp_list_response response;

	guest_clp_begin(fixture, ZPCI_CLP_LIST, 32, 32 + 16 * room);
	guest_put(fixture, BLOCK + 16, 8, *token);
	assert_int_equal(guest_clp(fixture, ZPCI_CLP_LPS_PCI), CC(0));
	guest_read(fixture, BLOCK + 32, &response, sizeof(response));
	*entries = 0;
	if (zpci_be16_get(response.header.code) != ZPCI_CLP_OK)
		return zpci_be16_get(response.header.code);
	/* The checks that Linux makes, and the size that it divides by (ref 3.4). */
	assert_int_equal(response.entry_size, sizeof(*list));
	*token = zpci_be64_get(response.token);
	*entries = (zpci_be16_get(response.header.length) - 32u) / 16;
	assert_true(*entries <= room);
	guest_read(fixture, BLOCK + 64, list, *entries * sizeof(*list));
	return ZPCI_CLP_OK;
}

uint32_t guest_enable(struct fixture *fixture, uint32_t handle)
{
	uint32_t enabled = 0;

	assert_int_equal(guest_set_function(fixture, handle, ZPCI_CLP_SET_ENABLE, 1, &enabled),
			 ZPCI_CLP_OK);
	assert_true(enabled & 0x80000000u);
	return enabled;
}

/* --- DMA ------------------------------------------------------------------------------ */

uint64_t guest_dma_start(struct fixture *fixture, uint32_t handle)
{
	struct zpci_clp_query_function_response response;

	assert_int_equal(guest_query_function(fixture, handle, &response), ZPCI_CLP_OK);
	return zpci_be64_get(response.sdma);
}

/* A table of @entries entries @empty, aligned to its size. */
static uint64_t new_table(struct fixture *fixture, unsigned entries, uint64_t empty)
{
	uint64_t size = 8 * entries;
	uint64_t table = (fixture->tables + size - 1) & ~(size - 1);

	fixture->tables = table + size;
	assert_true(fixture->tables <= PAGES);
	for (unsigned i = 0; i < entries; i++)
		guest_put(fixture, table + 8 * i, 8, empty);
	return table;
}

uint64_t guest_entry(struct fixture *fixture, uint64_t address, unsigned level)
{
	uint64_t table = fixture->iota & ZPCI_IOTA_ORIGIN;
	uint64_t entry = table + 8 * (address >> 31 & 0x7ff);

	if (level == 3)
		return entry;
	table = guest_get(fixture, entry, 8) & ZPCI_IOTE_TABLE_ORIGIN;
	entry = table + 8 * (address >> 20 & 0x7ff);
	if (level == 2)
		return entry;
	table = guest_get(fixture, entry, 8) & ZPCI_IOTE_PAGE_TABLE_ORIGIN;
	return table + 8 * (address >> 12 & 0xff);
}

void guest_map(struct fixture *fixture, uint64_t address, uint64_t absolute, uint64_t flags)
{
	uint64_t entry;

	if (!fixture->iota)
		fixture->iota = new_table(fixture, 2048, ZPCI_IOTE_INVALID) | ZPCI_IOTA_TRANSLATE |
				ZPCI_IOTA_DT_RT;
	entry = guest_entry(fixture, address, 3);
	if (guest_get(fixture, entry, 8) & ZPCI_IOTE_INVALID)
		guest_put(fixture, entry, 8,
			  new_table(fixture, 2048, ZPCI_IOTE_INVALID) | ZPCI_IOTE_LENGTH | 0x4);
	entry = guest_entry(fixture, address, 2);
	if (guest_get(fixture, entry, 8) & ZPCI_IOTE_INVALID)
		guest_put(fixture, entry, 8, new_table(fixture, 256, ZPCI_IOTE_PAGE_INVALID));
	guest_put(fixture, guest_entry(fixture, address, 1), 8, absolute | flags);
}

int guest_register_ioat(struct fixture *fixture, uint32_t handle, uint64_t start, uint64_t last)
{
	struct zpci_fib fib = { 0 };

	zpci_be64_put(&fib.pba, start);
	zpci_be64_put(&fib.pal, last);
	zpci_be64_put(&fib.iota, fixture->iota);
	return guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REG_IOAT, &fib);
}

/* --- interruptions -------------------------------------------------------------------- */

int guest_register_int(struct fixture *fixture, uint32_t handle, unsigned isc, unsigned noi,
		       unsigned offset, int summary)
{
	struct zpci_fib fib = { 0 };
	uint32_t word = isc << ZPCI_FIB_INT_ISC_SHIFT | noi << ZPCI_FIB_INT_NOI_SHIFT |
			offset << ZPCI_FIB_INT_AIBVO_SHIFT;

	if (summary >= 0)
		word |= ZPCI_FIB_INT_SUM | (unsigned)summary;
	zpci_be32_put(&fib.interruption, word);
	zpci_be64_put(&fib.aibv, AIBV);
	zpci_be64_put(&fib.aisb, AISB);
	return guest_modify(fixture, handle, 0, ZPCI_MPCIFC_REG_INT, &fib);
}

void guest_msix_entry(struct fixture *fixture, uint32_t handle, unsigned index, uint32_t data)
{
	struct zpci_clp_query_function_response function;
	struct zpci_clp_query_group_response group;
	uint64_t entry = BENCH_MSIX_TABLE + 16 * index;
	uint64_t address;

	assert_int_equal(guest_query_function(fixture, handle, &function), ZPCI_CLP_OK);
	assert_int_equal(guest_query_group(fixture, function.pfgid, &group), ZPCI_CLP_OK);
	address = zpci_be64_get(group.msia);
	guest_bar_write(fixture, handle, BENCH_MSIX_BAR, entry, 4, address & 0xffffffff);
	guest_bar_write(fixture, handle, BENCH_MSIX_BAR, entry + 4, 4, address >> 32);
	guest_bar_write(fixture, handle, BENCH_MSIX_BAR, entry + 8, 4, data);
	guest_bar_write(fixture, handle, BENCH_MSIX_BAR, entry + 12, 4, 0);
}

void guest_set_master(struct fixture *fixture, uint32_t handle)
{
	guest_config_write(fixture, handle, 0x04, 2, 0x0004);
}

void guest_msix_enable(struct fixture *fixture, uint32_t handle)
{
	guest_set_master(fixture, handle);
	guest_config_write(fixture, handle, BENCH_MSIX_CAPABILITY + 2, 2, 0x8000);
}

uint32_t fixture_interrupting(struct fixture *fixture, struct bench_device **device)
{
	uint32_t handle = fixture_enabled(fixture, 1, "lpar");

	for (unsigned vector = 0; vector < BENCH_VECTORS; vector++)
		guest_msix_entry(fixture, handle, vector, vector);
	guest_msix_enable(fixture, handle);
	assert_int_equal(guest_register_int(fixture, handle, 2, BENCH_VECTORS, 0, 0), CC(0));
	*device = fixture->bench->devices[1];
	return handle;
}
