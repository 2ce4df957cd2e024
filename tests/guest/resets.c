// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * resets.c - in the guest: a reset with DMA and interrupts in flight, and what it left behind.
 *
 *	resets reboot|kexec|both COUNT MIB FID...
 *
 * Started once in each boot. It looks at what the reset before it left, prints a line for each
 * function, sets the functions to work, and asks for the next reset; after COUNT of them it says
 * that they work, and exits.
 * The third way to reset is a reboot, then a kexec, and so on. MIB is the size of one copy.
 *
 * Storage above the kernel's mem= (in MiB) belongs to no kernel and survives resets. There are,
 * reached by /dev/mem and through it by vfio:
 *
 *	page 0             the journal: what the kernel before us did
 *	for each function  a source, whose pages and words are all different, and a window
 *
 * The device copies the source into the window, over and over: both are mapped many times, side
 * by side, so that one operation takes long and writes something else each time that it comes
 * to a page of the window. A byte that is written after the reset is therefore a change.
 * What must hold in the next kernel:
 *
 *	handle    the firmware gave a new one: the function was disabled, and enabled once since
 *	status    of the DMA engine: ended by a reset, which it only says when it was at work then
 *	counters  no load, no store, no interrupt since the reset, though doorbells were waiting
 *	whole     each page of the window is one page of the source that belongs there
 *	same      source and window do not change: at once, after some seconds, with the function
 *	          open and allowed to be bus master again
 *
 * Without mem= (Debian's kernels forbid /dev/mem on s390) source and window are memory of this
 * program, which the next kernel does not keep. Only the function itself can be looked at then, and
 * its instance number also tells how many resets there were.
 *
 * vfio resets a function when it is opened, unless it has no way to: reset_method is emptied.
 * With copies of 1 GiB, which is mapped twice for each function, the kernel wants
 * s390_iommu_aperture=8.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/reboot.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <zpci/probe.h>

#include "zpci/inspect/vfio/bind.h"
#include "zpci/inventory/clp.h"
#include "zpci/inspect/vfio/function.h"

#define PAGE 4096u
#define WORDS (PAGE / 8)
#define FUNCTIONS 4
#define SOURCE_PAGES 4096u
#define WINDOW_PAGES 64u
#define SOURCE ((uint64_t)SOURCE_PAGES * PAGE)
#define WINDOW ((uint64_t)WINDOW_PAGES * PAGE)
#define PLACE 0x2000000u /* of one function in the storage above mem= */
#define VECTORS 8u
#define DMA_VECTOR 7u
#define LOOK 3 /* seconds from the first look to the second */

#define MAGIC 0x7a70636972657374ull

struct journal {
	uint64_t magic;
	uint32_t resets; /* asked for so far */
	uint32_t handle[FUNCTIONS];
};

struct subject {
	uint32_t fid;
	uint32_t handle;
	char address[PCI_ADDRESS_SIZE];
	uint64_t *source;
	uint64_t *window;
	uint64_t first_look[WINDOW_PAGES * WORDS];
	struct binding binding;
	struct vfio_function vfio;
	int events[VECTORS];
	uint64_t iova;
};

static struct subject subjects[FUNCTIONS];
static unsigned count;
static volatile struct journal *journal;
static uint64_t limit;	   /* of this kernel's storage; 0: it has all */
static uint64_t operation; /* bytes of one copy */

static void die(const char *what, const char *why)
{
	printf("failed: %s: %s\n", what, why);
	fflush(stdout);
	exit(1);
}

/* --- storage ------------------------------------------------------------------------------- */

static const char *command_line(void)
{
	static char line[4096];
	int fd = open("/proc/cmdline", O_RDONLY);
	ssize_t length = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	if (length < 0)
		die("/proc/cmdline", strerror(errno));
	close(fd);
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void find_limit(void)
{
	const char *option = strstr(command_line(), "mem=");

	limit = option ? strtoull(option + 4, NULL, 10) << 20 : 0;
}

/* @offset counts from the limit. */
static void *map_storage(uint64_t offset, uint64_t size)
{
	int fd = limit ? open("/dev/mem", O_RDWR | O_SYNC) : -1;
	int flags = limit ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
	void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, (off_t)(limit + offset));

	if (data == MAP_FAILED)
		die("storage", strerror(errno));
	if (limit)
		close(fd);
	return data;
}

static uint64_t word_of(const struct subject *s, uint32_t page, uint32_t word)
{
	return (uint64_t)page << 32 | s->fid << 16 | word;
}

static void fill_source(struct subject *s)
{
	for (uint32_t i = 0; i < SOURCE_PAGES * WORDS; i++)
		s->source[i] = word_of(s, i / WORDS, i % WORDS);
	memcpy(s->window, s->source, WINDOW);
}

static bool page_is(const struct subject *s, const uint64_t *data, uint32_t page)
{
	for (uint32_t word = 0; word < WORDS; word++)
		if (data[word] != word_of(s, page, word))
			return false;
	return true;
}

static bool source_same(const struct subject *s)
{
	for (uint32_t page = 0; page < SOURCE_PAGES; page++)
		if (!page_is(s, s->source + page * WORDS, page))
			return false;
	return true;
}

/* Each page of the window is a whole one of the source, of those that the device copies there. */
static bool window_whole(const struct subject *s)
{
	for (uint32_t i = 0; i < WINDOW_PAGES; i++) {
		const uint64_t *data = s->first_look + i * WORDS;
		uint32_t page = (uint32_t)(data[0] >> 32);

		if (page >= SOURCE_PAGES || page % WINDOW_PAGES != i || !page_is(s, data, page))
			return false;
	}
	return true;
}

static bool window_same(const struct subject *s)
{
	return memcmp(s->first_look, s->window, WINDOW) == 0;
}

/* First page of the window that the last pass of the copy did not reach; 0: all or none. */
static unsigned boundary(const struct subject *s)
{
	for (unsigned i = 1; i < WINDOW_PAGES; i++)
		if (s->first_look[i * WORDS] >> 32 != (s->first_look[(i - 1) * WORDS] >> 32) + 1)
			return i;
	return 0;
}

/* Differs if any page of the window differs. resets.t computes the same from outside. */
static uint64_t window_sum(const struct subject *s)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < WINDOW_PAGES * WORDS; i++)
		sum += (s->first_look[i] >> 32) + (uint32_t)s->first_look[i];
	return sum;
}

/* --- functions ------------------------------------------------------------------------------ */

/* Linux calls the slot by the FID, and tells which function is in it. */
static void find_address(struct subject *s)
{
	char path[64], bus[32];

	snprintf(path, sizeof(path), "/sys/bus/pci/slots/%08x/address", s->fid);
	if (sysfs_read_text(path, bus, sizeof(bus), NULL))
		die(path, "this kernel did not enumerate the function");
	snprintf(s->address, sizeof(s->address), "%.16s.0", bus);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", s->address);
	if (access(path, F_OK))
		die(path, "this kernel made no device of the function");
}

static void find_handles(void)
{
	struct clp_list list = { 0 };
	struct problem problem = { "" };
	int clp = clp_open(&problem);

	if (clp < 0 || clp_list(clp, &list, &problem))
		die("CLP", problem.text);
	for (size_t i = 0; i < list.count; i++)
		for (unsigned n = 0; n < count; n++)
			if (list.entries[i].fid == subjects[n].fid)
				subjects[n].handle = list.entries[i].handle;
	clp_list_free(&list);
	close(clp);
}

static void take(struct subject *s)
{
	struct problem problem = { "" };
	char path[SYSFS_PATH_SIZE];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset_method", s->address);
	if (sysfs_write(path, "\n", &problem) || binding_take(&s->binding, s->address, &problem) ||
	    vfio_open(&s->vfio, s->address, &problem))
		die(s->address, problem.text);
}

static uint64_t get(const struct subject *s, uint32_t reg, size_t size)
{
	uint64_t value;
	int error = vfio_read(&s->vfio, &s->vfio.bars[ZPCI_PROBE_BAR], reg, size, &value);

	if (error)
		die("a register of the probe", strerror(error));
	return value;
}

static void put(const struct subject *s, uint32_t reg, size_t size, uint64_t value)
{
	int error = vfio_write(&s->vfio, &s->vfio.bars[ZPCI_PROBE_BAR], reg, size, value);

	if (error)
		die("a register of the probe", strerror(error));
}

/* Again and again, as kexec takes Bus Master from each function before it resets. */
static void allow_master(const struct subject *s)
{
	int error = vfio_write(&s->vfio, &s->vfio.config, PCI_COMMAND, 2,
			       PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);

	if (error)
		die("the Command register", strerror(error));
}

/* --- the look back -------------------------------------------------------------------------- */

static void print_look(const struct subject *s, uint32_t before, bool same)
{
	uint64_t loads = get(s, ZPCI_PROBE_REG_LOADS, 8);
	uint64_t stores = get(s, ZPCI_PROBE_REG_STORES, 8);
	uint64_t status = get(s, ZPCI_PROBE_REG_DMA_STATUS, 4);

	allow_master(s);
	sleep(1);
	printf("look %u fid %x before %08x handle %08x loads %llu stores %llu status %llx "
	       "interrupts %llu",
	       journal->resets, s->fid, before, s->handle, (unsigned long long)loads,
	       (unsigned long long)stores, (unsigned long long)status,
	       (unsigned long long)get(s, ZPCI_PROBE_REG_INTERRUPTS, 8));
	if (limit)
		printf(" whole %d same %d boundary %u sum %llx", window_whole(s),
		       same && window_same(s) && source_same(s), boundary(s),
		       (unsigned long long)window_sum(s));
	printf("\n");
	fflush(stdout);
}

static void look_back(void)
{
	bool same[FUNCTIONS];

	sleep(LOOK);
	for (unsigned i = 0; i < count; i++)
		same[i] = window_same(&subjects[i]);
	for (unsigned i = 0; i < count; i++) {
		take(&subjects[i]);
		print_look(&subjects[i], journal->handle[i], same[i]);
	}
}

static void begin(void)
{
	journal->magic = MAGIC;
	journal->resets = 0;
	for (unsigned i = 0; i < count; i++)
		take(&subjects[i]);
}

/* A journal that was not kept, from the instance number, which counts enables. */
static void make_up_journal(void)
{
	uint32_t instance = subjects[0].handle >> 24 & 0x7f;

	for (unsigned i = 0; i < count; i++)
		journal->handle[i] = subjects[i].handle - 0x1000000;
	journal->resets = instance - 1;
	journal->magic = instance > 1 ? MAGIC : 0;
}

/* --- work ------------------------------------------------------------------------------------ */

static void map_often(struct subject *s, uint64_t iova, void *data, uint64_t size)
{
	for (uint64_t done = 0; done < operation; done += size) {
		int error = vfio_map(&s->vfio, data, iova + done, size);

		if (error)
			die("storage above mem= cannot be mapped for DMA", strerror(error));
	}
}

static void connect(struct subject *s)
{
	uint32_t vectors = VECTORS;
	int error;

	for (unsigned i = 0; i < VECTORS; i++)
		s->events[i] = eventfd(0, EFD_NONBLOCK);
	error = vfio_set_msix(&s->vfio, s->events, &vectors);
	if (!error)
		error = vfio_find_iova(&s->vfio, 2 * operation, &s->iova);
	if (error)
		die(s->address, strerror(error));
	map_often(s, s->iova, s->source, SOURCE);
	map_often(s, s->iova + operation, s->window, WINDOW);
	put(s, ZPCI_PROBE_REG_DMA_SOURCE, 8, s->iova);
	put(s, ZPCI_PROBE_REG_DMA_DESTINATION, 8, s->iova + operation);
	put(s, ZPCI_PROBE_REG_DMA_LENGTH, 8, operation);
}

static void ring(const struct subject *s, uint32_t number)
{
	put(s, ZPCI_PROBE_REG_DOORBELL_NOW, 4, number % DMA_VECTOR);
	/* Two to ten seconds: those that a reset forgot would ring in the next kernel. */
	put(s, ZPCI_PROBE_REG_DELAY, 4, 2000000 + number % 1000 * 8000);
	put(s, ZPCI_PROBE_REG_DOORBELL_LATER, 4, number % DMA_VECTOR);
}

/* Never ends: the reset does that, or the end of the program. When a reset is asked for, only the
 * DMA counts: Linux takes Bus Master from each function before a kexec, a moment before it stops
 * our CPU. A command is ignored while one runs. */
static void keep_busy(const struct subject *s, uint32_t resets)
{
	for (uint32_t i = 0;; i++) {
		allow_master(s);
		put(s, ZPCI_PROBE_REG_DMA_COMMAND, 4,
		    ZPCI_PROBE_DMA_COPY | ZPCI_PROBE_DMA_INTERRUPT |
			    DMA_VECTOR << ZPCI_PROBE_DMA_VECTOR_SHIFT);
		if (journal->resets == resets)
			ring(s, i);
	}
}

static uint64_t arrived(int event)
{
	uint64_t number;

	return read(event, &number, sizeof(number)) == sizeof(number) ? number : 0;
}

/* Until DMA and interrupts of each kind were seen to work. */
static void wait_for_work(const struct subject *s)
{
	uint64_t ends = 0, rings = 0;

	for (unsigned tries = 0; ends < 2 || rings < 50; tries++) {
		if (tries == 6000)
			die(s->address, "no DMA or no interrupt came in a minute");
		ends += arrived(s->events[DMA_VECTOR]);
		for (unsigned i = 0; i < DMA_VECTOR; i++)
			rings += arrived(s->events[i]);
		usleep(10000);
	}
}

static void work(void)
{
	for (unsigned i = 0; i < count; i++)
		connect(&subjects[i]);
	for (unsigned i = 0; i < count; i++) {
		pid_t child = fork();

		if (child < 0)
			die("fork", strerror(errno));
		if (!child) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			keep_busy(&subjects[i], journal->resets);
		}
	}
	for (unsigned i = 0; i < count; i++)
		wait_for_work(&subjects[i]);
}

/* --- the reset ------------------------------------------------------------------------------- */

static void load_kernel(void)
{
	int kernel = open("/resets/kernel", O_RDONLY), initrd = open("/tmp/initrd", O_RDONLY);
	const char *line = command_line();

	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(line) + 1, line, 0))
		die("kexec_file_load", strerror(errno));
}

/* Linux needs some time from our request to the reset. */
static bool copy_is_young(const struct subject *s)
{
	return get(s, ZPCI_PROBE_REG_DMA_STATUS, 4) & ZPCI_PROBE_STATUS_BUSY &&
	       get(s, ZPCI_PROBE_REG_DMA_DONE, 8) < operation / 2;
}

static void wait_for_copies(void)
{
	unsigned young = 0;

	for (unsigned tries = 0; young < count; tries++) {
		if (tries == 6000)
			die("DMA", "not all functions copied at the same time in a minute");
		usleep(10000);
		for (young = 0; young < count && copy_is_young(&subjects[young]); young++)
			;
	}
}

static void reset(bool kexec)
{
	wait_for_copies();
	/* Not always at the same place of the copy. */
	usleep(journal->resets % 7 * 30000);
	journal->resets++;
	__sync_synchronize();
	if (kexec)
		syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			LINUX_REBOOT_CMD_KEXEC, NULL);
	else
		reboot(RB_AUTOBOOT);
	die("reboot", strerror(errno));
}

static void prepare(char **fids)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &all);
	find_limit();
	journal = map_storage(0, PAGE);
	for (count = 0; fids[count] && count < FUNCTIONS; count++) {
		struct subject *s = &subjects[count];
		uint64_t place = PLACE * (count + 1ull);

		s->fid = (uint32_t)strtoul(fids[count], NULL, 16);
		s->source = map_storage(place, SOURCE);
		s->window = map_storage(place + SOURCE, WINDOW);
		memcpy(s->first_look, s->window, WINDOW);
	}
	for (unsigned i = 0; i < count; i++)
		find_address(&subjects[i]);
	find_handles();
	if (!limit)
		make_up_journal();
}

int main(int argc, char **argv)
{
	bool kexec, last;

	if (argc < 5)
		die("usage", "resets reboot|kexec|both COUNT MIB FID...");
	operation = strtoull(argv[3], NULL, 10) << 20;
	prepare(argv + 4);
	if (journal->magic == MAGIC)
		look_back();
	else
		begin();
	last = journal->resets >= strtoul(argv[2], NULL, 10);
	kexec = strcmp(argv[1], "kexec") == 0 ||
		(strcmp(argv[1], "both") == 0 && journal->resets % 2);
	for (unsigned i = 0; i < count; i++) {
		journal->handle[i] = subjects[i].handle;
		if (journal->resets == 0 || !limit)
			fill_source(&subjects[i]);
	}
	if (kexec && !last)
		load_kernel();
	work();
	if (!last)
		reset(kexec);
	printf("worked after %u resets\n", journal->resets);
	return 0;
}
