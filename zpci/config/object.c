// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * object.c - loads a device model from a shared object: <zpci/model.h>.
 *
 * The file is looked at before the dynamic linker gets it. So the message says what a person can
 * do, and a file that is cut short is refused: the linker would map what is not there, and the
 * process would end by a signal.
 *
 * The library is in this process already, perhaps as a part of a plugin that shows none of its
 * symbols. An object that refers to one of them is refused by the linker (RTLD_NOW), because it
 * would otherwise fail later, in the middle of a guest's instruction.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zpci/model.h>

#include "internal.h"
#include "object.h"

#define SYMBOL "zpci_model_export"

__attribute__((format(printf, 2, 3))) static int refuse(char why[CONFIG_WHY], const char *format,
							...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, CONFIG_WHY, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* --- the file --------------------------------------------------------------------------------- */

/* The header of the ELF file that this code is in; NULL: it is not known. */
static const ElfW(Ehdr) * own_header(void)
{
	Dl_info info;

	if (!dladdr((void *)own_header, &info) || !info.dli_fbase ||
	    memcmp(info.dli_fbase, ELFMAG, SELFMAG))
		return NULL;
	return info.dli_fbase;
}

static int check_machine(const ElfW(Ehdr) * header, char why[CONFIG_WHY])
{
	const ElfW(Ehdr) *own = own_header();

	if (!own || (!memcmp(header->e_ident, own->e_ident, EI_VERSION) &&
		     header->e_machine == own->e_machine))
		return 0;
	return refuse(why, "it is built for another machine than this program; build it for the "
			   "machine on which the hypervisor runs");
}

/* All that the linker maps must be there. */
static int check_length(int fd, const ElfW(Ehdr) * header, uint64_t length, char why[CONFIG_WHY])
{
	for (unsigned i = 0; i < header->e_phnum; i++) {
		uint64_t at = header->e_phoff + (uint64_t)i * sizeof(ElfW(Phdr));
		ElfW(Phdr) segment;

		if (header->e_phentsize != sizeof(segment) || at > length ||
		    pread(fd, &segment, sizeof(segment), (off_t)at) != sizeof(segment) ||
		    segment.p_offset > length || segment.p_filesz > length - segment.p_offset)
			return refuse(why,
				      "it is cut short: it has 0x%llx bytes and needs more; "
				      "build or copy it again",
				      (unsigned long long)length);
	}
	return 0;
}

static int check_content(int fd, uint64_t length, char why[CONFIG_WHY])
{
	ElfW(Ehdr) header;
	int rc;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG))
		return refuse(why, "it is no shared object (ELF); build one by cc -shared -fPIC");
	rc = check_machine(&header, why);
	if (rc)
		return rc;
	if (header.e_type != ET_DYN)
		return refuse(why,
			      "it is no shared object, but ELF of type %u; link it with "
			      "-shared",
			      header.e_type);
	return check_length(fd, &header, length, why);
}

static int check_file(const char *path, char why[CONFIG_WHY])
{
	struct stat status;
	int fd, rc;

	/* Before it is opened: a device or a pipe would do something then. */
	if (stat(path, &status))
		return refuse(why, "it cannot be read: %s; name the file of a shared object",
			      strerror(errno));
	if (!S_ISREG(status.st_mode))
		return refuse(why, "it is no file; name the file of a shared object");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return refuse(why, "it cannot be read: %s; let this user read it", strerror(errno));
	rc = check_content(fd, (uint64_t)status.st_size, why);
	close(fd);
	return rc;
}

/* --- its model -------------------------------------------------------------------------------- */

static void keep_why(void *why, enum zpci_log_level level, const char *message)
{
	if (level == ZPCI_LOG_ERROR)
		snprintf(why, CONFIG_WHY, "%s", message);
}

/* Its symbol, if that has the size of what is expected. */
static const struct zpci_model_export *find_export(void *handle, char why[CONFIG_WHY])
{
	void *address = dlsym(handle, SYMBOL), *symbol = NULL;
	Dl_info info;

	if (!address) {
		refuse(why, "it has no symbol " SYMBOL "; define it by ZPCI_MODEL_EXPORT, and "
			    "export it");
		return NULL;
	}
	if (!dladdr1(address, &info, &symbol, RTLD_DL_SYMENT) || !symbol ||
	    ((const ElfW(Sym) *)symbol)->st_size < sizeof(struct zpci_model_export)) {
		refuse(why, "its symbol " SYMBOL " is too small; define it by ZPCI_MODEL_EXPORT");
		return NULL;
	}
	return address;
}

/* What the library cannot know: names that a configuration has already. */
static int check_names(const struct zpci_model *model, char why[CONFIG_WHY])
{
	if (zpci_model_find(model->name))
		return refuse(why, "its model has the name of a built-in one, %s; choose another",
			      model->name);
	for (unsigned i = 0; model->options && model->options[i]; i++) {
		const char *name = model->options[i]->name;

		if (config_key_find(SECTION_ADAPTER, name) ||
		    config_key_find(SECTION_FUNCTION, name) || config_is_space(name))
			return refuse(why,
				      "its model %s has an option %s, and zpci.conf(5) has a "
				      "key of that name; choose another",
				      model->name, name);
	}
	return 0;
}

static int take_model(void *handle, const struct zpci_model **model, char why[CONFIG_WHY])
{
	const struct zpci_logger logger = { .log = keep_why, .opaque = why };
	const struct zpci_model_export *exported = find_export(handle, why);

	if (!exported || zpci_model_check(exported, &logger, model))
		return -EINVAL;
	return check_names(*model, why);
}

int config_object_load(const char *path, const struct zpci_model **model, char why[CONFIG_WHY])
{
	int rc = check_file(path, why);
	const char *said;
	void *handle;

	if (rc)
		return rc;
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		said = dlerror();
		return refuse(why, "it cannot be loaded: %.300s; %s", said,
			      strstr(said, "undefined symbol: zpci_")
				      ? "a model uses no symbol of the library, see "
					"zpci_model.h(3)"
				      : "link it with what it needs");
	}
	rc = take_model(handle, model, why);
	if (rc)
		dlclose(handle);
	return rc;
}
