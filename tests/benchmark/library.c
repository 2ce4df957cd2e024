// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cost of the library's operations, compared with a mutex: `make bench`.
 *
 *	library [ROUNDS [FUNCTIONS...]]
 *
 * A firmware on the machine in memory has FUNCTIONS functions of the model `probe`. Operations go
 * to one function, as for a driver. Those with "all" in their name go to each in turn, and show how
 * much memory of a function they touch. Two threads have one function each, or the same one.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zpci/bytes.h>
#include <zpci/clp.h>
#include <zpci/fib.h>
#include <zpci/probe.h>
#include <zpci/ram.h>

#include "measure.h"
#include "zpci/firmware/internal.h"
#include "zpci/function/dma.h"
#include "zpci/function/ioat.h"
#include "zpci/function/msix.h"
#include "zpci/util/instruction.h"

#define STORAGE 0x2000000u
#define BLOCK 0x10000u
#define AIBV 0x20000u
#define AISB 0x21000u
#define TABLES 0x100000u
#define PAGES 0x1000000u
#define MAPPED 4096u /* pages: more than the cache of translations has */
#define VFS_OF_ADAPTER 128u
#define PAGE 4096u

struct world {
	struct zpci_ram *ram;
	struct zpci_firmware *firmware;
	unsigned functions;
	uint32_t *handles;
	struct zpci_function *first[2]; /* the two threads' functions */
	uint64_t sum;			/* of all read data, so that no read is optimized away */
};

/* --- the guest ------------------------------------------------------------------------------ */

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "benchmark: %s failed\n", what);
	exit(1);
}

static void put(struct world *world, uint64_t address, uint64_t value)
{
	uint8_t bytes[8];

	zpci_put_be(bytes, 8, value);
	check(!zpci_ram_ops()->write_absolute(world->ram, address, bytes, 8), "a write of storage");
}

static void store(struct world *world, uint32_t handle, unsigned space, uint64_t offset,
		  unsigned length, uint64_t value)
{
	struct zpci_outcome outcome;
	uint8_t bytes[8];

	zpci_put_le(bytes, length, value);
	outcome = zpci_store(world->firmware, handle, space, offset, length,
			     zpci_get_be(bytes, length));
	check(!outcome.cc && !outcome.program_interruption, "a store");
}

static uint32_t enable(struct world *world, uint32_t handle)
{
	struct {
		struct zpci_clp_set_function_request request;
		struct zpci_clp_set_function_response response;
	} block = { .request.operation = ZPCI_CLP_SET_ENABLE, .request.dma_spaces = 1 };

	zpci_be16_put(&block.request.header.code, ZPCI_CLP_SET_FUNCTION);
	zpci_be32_put(&block.request.handle, handle);
	zpci_clp(world->firmware, ZPCI_CLP_LPS_PCI, &block, sizeof(block.request),
		 sizeof(block.response));
	check(zpci_be16_get(block.response.header.code) == ZPCI_CLP_OK, "enable");
	return zpci_be32_get(block.response.handle);
}

static void modify(struct world *world, uint32_t handle, unsigned control,
		   const struct zpci_fib *fib)
{
	struct zpci_outcome outcome =
		zpci_modify_controls(world->firmware, handle, 0, control, fib);

	check(!outcome.cc && !outcome.program_interruption, "modify function controls");
}

/* One region-third table, one segment table, page tables; DMA address 0x100000000 + n pages. */
static void make_tables(struct world *world)
{
	uint64_t segments = TABLES + 0x4000, pages = segments + 0x4000;

	for (unsigned i = 0; i < 2048; i++) {
		put(world, TABLES + 8 * i, i == 2 ? segments | 0x7 : 0x20);
		put(world, segments + 8 * i, i < MAPPED / 256 ? pages + i * 0x800 : 0x20);
	}
	for (unsigned i = 0; i < MAPPED; i++)
		put(world, pages + 8 * i, PAGES + i * PAGE);
}

#define DMA_START 0x100000000ull

static void use(struct world *world, uint32_t handle)
{
	struct zpci_fib fib = { .format = 0 };

	zpci_be64_put(&fib.pba, DMA_START);
	zpci_be64_put(&fib.pal, DMA_START + 0xffffffff);
	zpci_be64_put(&fib.iota, TABLES | ZPCI_IOTA_TRANSLATE | ZPCI_IOTA_DT_RT);
	modify(world, handle, ZPCI_MPCIFC_REG_IOAT, &fib);
	zpci_be32_put(&fib.interruption, 2u << ZPCI_FIB_INT_ISC_SHIFT |
						 64u << ZPCI_FIB_INT_NOI_SHIFT | ZPCI_FIB_INT_SUM);
	zpci_be64_put(&fib.aibv, AIBV);
	zpci_be64_put(&fib.aisb, AISB);
	modify(world, handle, ZPCI_MPCIFC_REG_INT, &fib);
	store(world, handle, ZPCI_SPACE_CONFIG, 4, 2, 4);
	store(world, handle, ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_TABLE, 8, 0xfe00000000000000);
	store(world, handle, ZPCI_PROBE_MSIX_BAR, ZPCI_PROBE_MSIX_TABLE + 8, 8, 0);
	store(world, handle, ZPCI_SPACE_CONFIG, 0x82, 2, 0x8000);
}

/* --- cases ---------------------------------------------------------------------------------- */

static void find(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	(void)thread;
	for (uint64_t i = 0; i < count; i++)
		world->sum += zpci_list_find_handle(world->firmware, world->handles[0])->fid;
}

static void find_fid(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;
	uint32_t fid = 0x1000 + world->functions - 1;

	(void)thread;
	for (uint64_t i = 0; i < count; i++)
		world->sum += zpci_list_find_fid(world->firmware, fid)->uid;
}

static void load(struct world *world, uint32_t handle, unsigned space, uint64_t offset,
		 unsigned length, uint64_t count)
{
	uint64_t value = 0;

	for (uint64_t i = 0; i < count; i++)
		zpci_load(world->firmware, handle, space, offset, length, &value);
	world->sum += value;
}

static void load_config(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	load(world, world->handles[thread], ZPCI_SPACE_CONFIG, 0, 4, count);
}

static void load_command(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	load(world, world->handles[thread], ZPCI_SPACE_CONFIG, 4, 2, count);
}

static void load_bar(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	load(world, world->handles[thread], ZPCI_PROBE_BAR, ZPCI_PROBE_REG_SCRATCH64, 8, count);
}

static void load_bar_shared(void *opaque, unsigned thread, uint64_t count)
{
	(void)thread;
	load_bar(opaque, 0, count);
}

static void load_bar_all(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;
	uint64_t value = 0;

	(void)thread;
	for (uint64_t i = 0; i < count; i++)
		zpci_load(world->firmware, world->handles[i % world->functions], ZPCI_PROBE_BAR,
			  ZPCI_PROBE_REG_SCRATCH64, 8, &value);
	world->sum += value;
}

static void store_config(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	for (uint64_t i = 0; i < count; i++)
		zpci_store(world->firmware, world->handles[thread], ZPCI_SPACE_CONFIG, 0x3c, 1, i);
}

static void store_bar(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	for (uint64_t i = 0; i < count; i++)
		zpci_store(world->firmware, world->handles[thread], ZPCI_PROBE_BAR,
			   ZPCI_PROBE_REG_SCRATCH64, 8, i);
}

static void store_bar_all(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	(void)thread;
	for (uint64_t i = 0; i < count; i++)
		zpci_store(world->firmware, world->handles[i % world->functions], ZPCI_PROBE_BAR,
			   ZPCI_PROBE_REG_SCRATCH64, 8, i);
}

static void store_block(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;
	static const uint8_t data[128];

	for (uint64_t i = 0; i < count; i++)
		zpci_store_block(world->firmware, world->handles[thread], ZPCI_PROBE_BAR,
				 ZPCI_PROBE_MEMORY, data, sizeof(data));
}

static void load_instruction(void *opaque, unsigned thread, uint64_t count)
{
	static const uint8_t pcilg[6] = RRE(OP_PCILG, 2, 4);
	struct world *world = opaque;
	struct zpci_ram_cpu cpu;

	zpci_ram_cpu_init(world->ram, &cpu);
	cpu.gr[4] = (uint64_t)world->handles[thread] << 32 | ZPCI_PROBE_BAR << 16 | 8;
	cpu.gr[5] = ZPCI_PROBE_REG_SCRATCH64;
	for (uint64_t i = 0; i < count; i++)
		zpci_ram_execute(&cpu, world->firmware, pcilg);
	world->sum += cpu.gr[2];
}

static void query(struct world *world, uint32_t handle)
{
	struct {
		struct zpci_clp_query_function_request request;
		struct zpci_clp_query_function_response response;
	} block;

	memset(&block.request, 0, sizeof(block.request));
	zpci_be16_put(&block.request.header.code, ZPCI_CLP_QUERY_FUNCTION);
	zpci_be32_put(&block.request.handle, handle);
	zpci_clp(world->firmware, ZPCI_CLP_LPS_PCI, &block, sizeof(block.request),
		 sizeof(block.response));
	world->sum += zpci_be32_get(block.response.uid);
}

static void query_one(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	for (uint64_t i = 0; i < count; i++)
		query(world, world->handles[thread]);
}

static void query_all(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	(void)thread;
	for (uint64_t i = 0; i < count; i++)
		query(world, world->handles[i % world->functions]);
}

/* In blocks of 4 KiB to the end, as Linux does. */
static void list(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;
	struct {
		struct zpci_clp_list_request request;
		uint8_t response[4064];
	} block;
	struct zpci_clp_list_response *head = (struct zpci_clp_list_response *)block.response;

	(void)thread;
	for (uint64_t i = 0; i < count; i++) {
		memset(&block.request, 0, sizeof(block.request));
		zpci_be16_put(&block.request.header.code, ZPCI_CLP_LIST);
		do {
			zpci_clp(world->firmware, ZPCI_CLP_LPS_PCI, &block, sizeof(block.request),
				 sizeof(block.response));
			block.request.token = head->token;
			world->sum += zpci_be16_get(head->header.length);
		} while (zpci_be64_get(head->token));
	}
}

static void translate(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;
	struct zpci_function *function = world->first[thread];
	uint64_t absolute = 0;

	for (uint64_t i = 0; i < count; i++)
		zpci_ioat_translate(function, DMA_START + (i & 63) * PAGE, true, &absolute);
	world->sum += absolute;
}

/* Each page replaces another one in the cache before it is used again. */
static void translate_uncached(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;
	uint64_t absolute = 0;

	for (uint64_t i = 0; i < count; i++)
		world->sum += zpci_ioat_translate(world->first[thread],
						  DMA_START + (i * ZPCI_IOAT_CACHE % MAPPED) * PAGE,
						  true, &absolute);
}

#define DMA_LONGEST 0x20000u
static uint8_t buffer[DMA_LONGEST];

static uint64_t dma_place(uint64_t i)
{
	return (i & 7) * DMA_LONGEST;
}

static void dma(struct world *world, unsigned thread, size_t length, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		zpci_dma_write(world->first[thread], DMA_START + dma_place(i), buffer, length,
			       NULL);
}

static void dma_64(void *opaque, unsigned thread, uint64_t count)
{
	dma(opaque, thread, 64, count);
}

static void dma_4k(void *opaque, unsigned thread, uint64_t count)
{
	dma(opaque, thread, 4096, count);
}

static void dma_128k(void *opaque, unsigned thread, uint64_t count)
{
	dma(opaque, thread, DMA_LONGEST, count);
}

static void dma_read_4k(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	for (uint64_t i = 0; i < count; i++)
		zpci_dma_read(world->first[thread], DMA_START + dma_place(i), buffer, 4096, NULL);
}

/* Data, and the byte that announces it. */
static void dma_vector(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t address = DMA_START + dma_place(i);
		const struct zpci_dma_segment segments[] = { { address, buffer, 64 },
							     { address + 4096, buffer, 8 } };

		zpci_dma_writev(world->first[thread], segments, 2, NULL);
	}
}

/* The same bytes copied to the same place without a function; and one translation. */
static void memory(void *opaque, size_t length, bool read, uint64_t count)
{
	struct world *world = opaque;
	uint8_t *storage = zpci_ram_storage(world->ram) + PAGES;
	uint64_t absolute = 0;

	for (uint64_t i = 0; i < count; i++) {
		zpci_ioat_translate(world->first[0], DMA_START + dma_place(i), true, &absolute);
		if (read)
			memcpy(buffer, storage + dma_place(i), length);
		else
			memcpy(storage + dma_place(i), buffer, length);
		__asm__ volatile("" : : "r"(storage), "r"(buffer) : "memory");
	}
	world->sum += absolute;
}

static void memory_64(void *opaque, unsigned thread, uint64_t count)
{
	(void)thread;
	memory(opaque, 64, false, count);
}

static void memory_4k(void *opaque, unsigned thread, uint64_t count)
{
	(void)thread;
	memory(opaque, 4096, false, count);
}

static void memory_read_4k(void *opaque, unsigned thread, uint64_t count)
{
	(void)thread;
	memory(opaque, 4096, true, count);
}

static void memory_128k(void *opaque, unsigned thread, uint64_t count)
{
	(void)thread;
	memory(opaque, DMA_LONGEST, false, count);
}

#define BESIDE(function) (&(const struct case_){ .name = "memcpy + translation", .run = function })

static void raise(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	for (uint64_t i = 0; i < count; i++)
		zpci_msix_raise(world->first[thread], 0);
}

/* The guest's part is included, after which the next vector interrupts again. */
static void raise_presenting(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;
	uint8_t *summary = zpci_ram_storage(world->ram) + AISB;

	for (uint64_t i = 0; i < count; i++) {
		__atomic_store_n(summary, 0, __ATOMIC_SEQ_CST);
		zpci_msix_raise(world->first[thread], 0);
	}
}

static void refresh_page(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	for (uint64_t i = 0; i < count; i++)
		zpci_refresh(world->firmware, world->handles[thread], DMA_START, PAGE);
}

static void refresh_all(void *opaque, unsigned thread, uint64_t count)
{
	struct world *world = opaque;

	for (uint64_t i = 0; i < count; i++)
		zpci_refresh(world->firmware, world->handles[thread], 0x100000000, 0x3ff00000000);
}

static const struct case_ cases[] = {
	{ .name = "find by handle", .run = find },
	{ .name = "find by FID (the last one)", .run = find_fid },
	{ .name = "config load: ID", .run = load_config, .limit = 2, .yardstick = 1 },
	{ .name = "config load: Command", .run = load_command, .limit = 2, .yardstick = 1 },
	{ .name = "config store", .run = store_config },
	{ .name = "BAR load", .run = load_bar, .limit = 2, .yardstick = 1 },
	{ .name = "BAR load, all functions", .run = load_bar_all },
	{ .name = "BAR load, 2 threads", .run = load_bar, .threads = 2 },
	{ .name = "BAR load, 2 threads, one function", .run = load_bar_shared, .threads = 2 },
	{ .name = "BAR load as an instruction", .run = load_instruction },
	{ .name = "BAR store", .run = store_bar },
	{ .name = "BAR store, all functions", .run = store_bar_all },
	{ .name = "store block of 128 bytes", .run = store_block },
	{ .name = "Query", .run = query_one },
	{ .name = "Query, all functions", .run = query_all },
	{ .name = "List to its end", .run = list },
	{ .name = "translation, cached", .run = translate, .limit = 0.5 },
	{ .name = "translation, 3 tables walked", .run = translate_uncached },
	{ .name = "DMA of 64 bytes", .run = dma_64, .beside = BESIDE(memory_64) },
	{ .name = "DMA of 64 bytes and 8", .run = dma_vector },
	{ .name = "DMA of 4 KiB", .run = dma_4k, .limit = 1.5, .beside = BESIDE(memory_4k) },
	{ .name = "DMA of 4 KiB, read",
	  .run = dma_read_4k,
	  .limit = 1.5,
	  .beside = BESIDE(memory_read_4k) },
	{ .name = "DMA of 128 KiB", .run = dma_128k, .limit = 1.5, .beside = BESIDE(memory_128k) },
	{ .name = "DMA of 64 bytes, 2 threads", .run = dma_64, .threads = 2 },
	{ .name = "vector, summary bit set already", .run = raise },
	{ .name = "vector that interrupts", .run = raise_presenting },
	{ .name = "RPCIT of a page", .run = refresh_page },
	{ .name = "RPCIT of the aperture", .run = refresh_all },
};

/* --- worlds --------------------------------------------------------------------------------- */

static struct zpci_adapter *make_adapter(unsigned number)
{
	struct zpci_adapter_options options = { .size = sizeof(options), .vfs = VFS_OF_ADAPTER };
	struct zpci_adapter *adapter;

	check(!zpci_adapter_create(zpci_model_find("probe"), (uint16_t)(0x100 + number), &options,
				   &adapter),
	      "making an adapter");
	return adapter;
}

static void add(struct world *world, struct zpci_adapter *adapter, unsigned index)
{
	struct zpci_function_options options = {
		.size = sizeof(options),
		.adapter = adapter,
		.vf = index % VFS_OF_ADAPTER + 1,
		.fid = 0x1000 + index,
		.uid = 0x100 + index,
		.profile = zpci_profile_find("lpar")->profile,
	};
	struct zpci_function_info info = { .size = sizeof(info) };

	check(!zpci_firmware_add(world->firmware, &options), "adding a function");
	check(!zpci_firmware_info(world->firmware, options.fid, &info), "looking at a function");
	world->handles[index] = enable(world, info.handle);
}

static void make_world(struct world *world, unsigned functions)
{
	struct zpci_adapter *adapter = NULL;

	*world = (struct world){ .functions = functions };
	world->ram = zpci_ram_create(STORAGE);
	world->handles = calloc(functions + 1, sizeof(*world->handles));
	check(world->ram && world->handles, "allocation");
	check(!zpci_firmware_create(zpci_ram_ops(), world->ram, NULL, &world->firmware),
	      "making a firmware");
	make_tables(world);
	for (unsigned i = 0; i < functions; i++) {
		if (i % VFS_OF_ADAPTER == 0) {
			zpci_adapter_unref(adapter);
			adapter = make_adapter(i / VFS_OF_ADAPTER);
		}
		add(world, adapter, i);
		use(world, world->handles[i]);
	}
	zpci_adapter_unref(adapter);
	if (functions == 1)
		world->handles[1] = world->handles[0];
	for (unsigned i = 0; i < 2; i++)
		world->first[i] = zpci_list_find_handle(world->firmware, world->handles[i]);
}

static void unmake_world(struct world *world)
{
	zpci_firmware_quiesce(world->firmware);
	zpci_firmware_destroy(world->firmware);
	zpci_ram_destroy(world->ram);
	free(world->handles);
}

/* A second thread, because a mutex is cheaper in a process with one thread. */
static void *stay(void *opaque)
{
	(void)opaque;
	pause();
	return NULL;
}

int main(int argc, char **argv)
{
	static const unsigned usual[] = { 1, 64, 4096 };
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 21;
	unsigned worlds = argc > 2 ? (unsigned)argc - 2 : sizeof(usual) / sizeof(usual[0]);
	unsigned over = 0;
	pthread_t thread;

	check(rounds > 0, "reading the number of rounds");
	check(!pthread_create(&thread, NULL, stay, NULL), "starting a thread");
	for (unsigned i = 0; i < worlds; i++) {
		unsigned functions = argc > 2 ? (unsigned)strtoul(argv[i + 2], NULL, 10) : usual[i];
		struct world world;

		check(functions > 0 && functions <= ZPCI_FUNCTIONS_MAX,
		      "reading the number of functions, 1 to 4096:");
		make_world(&world, functions);
		printf("\n%u function%s, median (and quartiles) of %u rounds\n", functions,
		       functions == 1 ? "" : "s", rounds);
		measure_heading();
		over += measure(&world, cases, sizeof(cases) / sizeof(cases[0]), rounds);
		unmake_world(&world);
	}
	printf("\n%u above their limit\n", over);
	return 0;
}
