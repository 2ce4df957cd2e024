// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU takes any file as a kernel, and starts it. A wrong one only stays silent, or QEMU reports a
 * disabled wait. So what can be known is said before.
 *
 * QEMU (hw/s390x/ipl.c) first tries to load an ELF file of s390x. Any other file is copied to
 * absolute address 0. It is Linux if it has "S390EP" at 0x10008, where Linux's entry points are
 * listed (Linux, arch/s390/boot/head.S), and starts at 0x10000. Otherwise it starts by the short
 * PSW at 0, as a device would load it.
 *
 * Linux's vmlinux in the top folder has no such list: it is what arch/s390/boot unpacks and starts,
 * and cannot start alone. The section .vmlinux.info is in no other file.
 */
#define _GNU_SOURCE 1

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"
#include "zpci/tool/message.h"

#define MAGIC_ADDRESS 0x10008u
#define MAGIC "S390EP"
/* The address of the version's text; struct parmarea in Linux, arch/s390/include/asm/setup.h. */
#define VERSION_ADDRESS 0x10428u
#define VERSION_LIMIT (64u << 20)
/* Bits of a short PSW at address 0: it is short, and 31-bit addressing. */
#define PSW_SHORT 0x08
#define PSW_31_BIT 0x80

#define MAX_SEGMENTS 64
#define MAX_SECTIONS 256
#define NAMES_SIZE 8192

struct file {
	const char *path;
	int fd;
	bool is_elf;
	Elf64_Ehdr elf;
};

static int refuse(const struct file *file, const char *what)
{
	tool_error("kernel %s is %s", file->path, what);
	return -1;
}

/* Returns whether all was there. */
static bool read_at(const struct file *file, uint64_t offset, void *data, size_t length)
{
	return offset <= INT64_MAX && pread(file->fd, data, length, offset) == (ssize_t)length;
}

/* --- what is known, and is not for s390x ------------------------------------------------------ */

#define COMPRESSED(name)                                                                           \
	"compressed by " name ", and the guest cannot start that: decompress it, or name the "     \
	"bzImage of its tree"
#define OTHER(machine) "for " machine ", and not for s390x: `zpci kernel build' builds one"

static const struct known {
	unsigned int offset;
	unsigned int length;
	const char *bytes;
	const char *what;
} known[] = {
	/* Linux, Documentation/arch/x86/boot.rst, arm64/booting.rst, riscv/boot-image-header.rst */
	{ 0x202, 4, "HdrS", OTHER("x86") },
	{ 56, 4, "ARM\x64", OTHER("arm64") },
	{ 56, 4, "RSC\x05", OTHER("riscv") },
	{ 0, 2, "MZ", OTHER("a machine with EFI") },
	/* what Linux's init/do_mounts_rd.c and lib/decompress.c look for */
	{ 0, 2, "\x1f\x8b", COMPRESSED("gzip") },
	{ 0, 6,
	  "\xfd"
	  "7zXZ",
	  COMPRESSED("xz") },
	{ 0, 4, "\x28\xb5\x2f\xfd", COMPRESSED("zstd") },
	{ 0, 3, "BZh", COMPRESSED("bzip2") },
	{ 0, 4, "\x02\x21\x4c\x18", COMPRESSED("lz4") },
	{ 0, 4, "\x04\x22\x4d\x18", COMPRESSED("lz4") },
	{ 0, 4, "\x89LZO", COMPRESSED("lzo") },
	{ 0, 6, "070701", "an initial RAM disk, and no kernel: it is for --initrd" },
	{ 0, 8, "!<arch>\n", "an archive or a package; unpack it, and name the kernel in it" },
};

static const char *find_known(const struct file *file)
{
	char bytes[8];
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (read_at(file, known[i].offset, bytes, known[i].length) &&
		    !memcmp(bytes, known[i].bytes, known[i].length))
			return known[i].what;
	}
	return NULL;
}

/* --- ELF ------------------------------------------------------------------------------------- */

static const char *machine_name(unsigned int machine)
{
	switch (machine) {
	case EM_386:
	case EM_X86_64:
		return OTHER("x86");
	case EM_ARM:
	case EM_AARCH64:
		return OTHER("ARM");
	case EM_PPC:
	case EM_PPC64:
		return OTHER("POWER");
	case EM_RISCV:
		return OTHER("riscv");
	default:
		return "an ELF file for another machine, and not for s390x: `zpci kernel build' "
		       "builds one";
	}
}

static bool get_section(const struct file *file, unsigned int index, Elf64_Shdr *section)
{
	return read_at(file, be64toh(file->elf.e_shoff) + index * sizeof(*section), section,
		       sizeof(*section));
}

static bool has_section(const struct file *file, const char *name)
{
	unsigned int count = be16toh(file->elf.e_shnum), i;
	char names[NAMES_SIZE] = "";
	Elf64_Shdr section;
	uint32_t at;

	if (count > MAX_SECTIONS || !get_section(file, be16toh(file->elf.e_shstrndx), &section) ||
	    be64toh(section.sh_size) >= sizeof(names) ||
	    !read_at(file, be64toh(section.sh_offset), names, be64toh(section.sh_size)))
		return false;
	for (i = 0; i < count; i++) {
		if (!get_section(file, i, &section))
			return false;
		at = be32toh(section.sh_name);
		if (at < sizeof(names) && !strcmp(names + at, name))
			return true;
	}
	return false;
}

static bool get_segment(const struct file *file, unsigned int index, Elf64_Phdr *segment)
{
	return index < MAX_SEGMENTS && index < be16toh(file->elf.e_phnum) &&
	       read_at(file, be64toh(file->elf.e_phoff) + index * sizeof(*segment), segment,
		       sizeof(*segment));
}

static bool has_segment(const struct file *file, uint32_t type)
{
	Elf64_Phdr segment;
	unsigned int i;

	for (i = 0; get_segment(file, i, &segment); i++)
		if (be32toh(segment.p_type) == type)
			return true;
	return false;
}

static int check_elf(const struct file *file)
{
	const Elf64_Ehdr *elf = &file->elf;
	bool big = elf->e_ident[EI_DATA] == ELFDATA2MSB;
	unsigned int machine = big ? be16toh(elf->e_machine) : le16toh(elf->e_machine);
	unsigned int type = big ? be16toh(elf->e_type) : le16toh(elf->e_type);

	if (machine != EM_S390)
		return refuse(file, machine_name(machine));
	if (!big || elf->e_ident[EI_CLASS] != ELFCLASS64)
		return refuse(file, "for s390 with 31 bits, and the guest is s390x");
	if (type != ET_EXEC && type != ET_DYN)
		return refuse(file, "an object file, a module or a dump, and no kernel");
	if (has_segment(file, PT_INTERP))
		return refuse(file, "a program of s390x Linux, and no kernel");
	return 0;
}

/* --- the memory of the guest as the image fills it -------------------------------------------- */

static bool read_memory(const struct file *file, uint64_t address, void *data, size_t length)
{
	Elf64_Phdr segment;
	uint64_t start, size;
	unsigned int i;

	if (!file->is_elf)
		return read_at(file, address, data, length);
	for (i = 0; get_segment(file, i, &segment); i++) {
		start = be64toh(segment.p_paddr);
		size = be64toh(segment.p_filesz);
		if (be32toh(segment.p_type) == PT_LOAD && address >= start &&
		    address - start < size && length <= size - (address - start))
			return read_at(file, be64toh(segment.p_offset) + (address - start), data,
				       length);
	}
	return false;
}

static bool is_linux(const struct file *file)
{
	char magic[sizeof(MAGIC) - 1];

	return read_memory(file, MAGIC_ADDRESS, magic, sizeof(magic)) &&
	       !memcmp(magic, MAGIC, sizeof(magic));
}

/* A program that a device could load, as those of kvm-unit-tests. */
static bool has_psw(const struct file *file)
{
	unsigned char psw[8];

	return read_memory(file, 0, psw, sizeof(psw)) && psw[0] == 0 && psw[1] == PSW_SHORT &&
	       (psw[4] & PSW_31_BIT);
}

/* The first word of the version, if it is one. */
static void read_release(const struct file *file, char release[KERNEL_RELEASE])
{
	uint64_t address;
	size_t length;

	*release = '\0';
	if (!read_memory(file, VERSION_ADDRESS, &address, sizeof(address)))
		return;
	address = be64toh(address);
	if (!address || address > VERSION_LIMIT ||
	    !read_memory(file, address, release, KERNEL_RELEASE - 1)) {
		*release = '\0';
		return;
	}
	release[KERNEL_RELEASE - 1] = '\0';
	length = strspn(release, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 ".-+_~");
	if (release[length] != ' ')
		length = 0;
	release[length] = '\0';
}

/* --- all of it -------------------------------------------------------------------------------- */

static int check_contents(struct kernel_image *image, struct file *file)
{
	const char *what;

	file->is_elf = read_at(file, 0, &file->elf, sizeof(file->elf)) &&
		       !memcmp(file->elf.e_ident, ELFMAG, SELFMAG);
	if (file->is_elf && check_elf(file))
		return -1;
	if (is_linux(file)) {
		read_release(file, image->release);
		return 0;
	}
	if (file->is_elf && has_section(file, ".vmlinux.info"))
		return refuse(file, "Linux without the code that starts it: name "
				    "arch/s390/boot/bzImage of the same tree");
	if (file->is_elf)
		return 0;
	what = find_known(file);
	if (what)
		return refuse(file, what);
	if (has_psw(file))
		return 0;
	return refuse(file, "no kernel for s390x: it is no ELF file, has no \"S390EP\" at "
			    "0x10008 and no PSW at 0; name a bzImage, or a folder in which one was "
			    "built");
}

static int check_file(struct kernel_image *image, struct file *file)
{
	struct stat status;
	char byte;

	if (fstat(file->fd, &status)) {
		tool_error("kernel %s: %s", file->path, strerror(errno));
		return -1;
	}
	if (S_ISDIR(status.st_mode))
		return refuse(file, "a folder, and no file");
	if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))
		return refuse(file, "a pipe, and QEMU reads a kernel more than once: name a file");
	if (!read_at(file, 0, &byte, 1))
		return refuse(file, "empty: was its build interrupted? build it again");
	return check_contents(image, file);
}

int kernel_image_check(struct kernel_image *image, const char *path)
{
	struct file file = { .path = path };
	int rc;

	*image = (struct kernel_image){ 0 };
	/* A pipe without a writer must not hold us up. */
	file.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file.fd < 0) {
		tool_error("kernel %s: %s", path, strerror(errno));
		return -1;
	}
	rc = check_file(image, &file);
	close(file.fd);
	return rc;
}
