// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What Linux does when a program writes to `unbind`, `bind`, `drivers_probe` and `driver_override`,
 * for the sysfs in a folder that tests/host/sysfs.sh made:
 *
 *	kernel SYSFS MOUNT-POINT DEV LOG
 *
 * It serves these files by FUSE and mounts them over those of the folder, so that a write ends when
 * the driver has changed, or with the kernel's error. Who writes may look at once, as on a real
 * system. The folder's links and DEV/vfio/GROUP change with the driver, and network and block
 * devices go while their driver is away. Each write is a line of LOG: path, value and error.
 *
 * The first process ends when all is mounted. The second one serves until the file system is
 * unmounted, which is at the latest when the mount namespace ends.
 *
 * Sources: drivers/base/bus.c (bind_store, unbind_store, drivers_probe_store), pci_match_device()
 * and driver_override_show() of Linux; include/uapi/linux/fuse.h.
 */
#define _GNU_SOURCE 1

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fuse.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 512
#define WRITE_MAX 4096
#define VALUE_MAX 256

/* FUSE's node 1 is the root folder, node FIRST_NODE + i is files[i]. */
#define FIRST_NODE 2

enum kind {
	PROBE,
	BIND,
	UNBIND,
	OVERRIDE
};

static struct file {
	enum kind kind;
	char *path;	/* below SYSFS */
	char *owner;	/* the driver, or the function's address */
	char *override; /* of a function; NULL: none */
	char *native;	/* the driver that a function had first; NULL: none */
} files[FILES_MAX];
static size_t file_count;

static const char *sysfs, *dev;
static FILE *journal;

static void die(const char *what)
{
	fprintf(stderr, "kernel: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A path below SYSFS, in one of a few buffers. */
__attribute__((format(printf, 1, 2))) static const char *below(const char *format, ...)
{
	static char buffers[4][PATH_MAX];
	static unsigned int next;
	char *buffer = buffers[next++ % 4];
	int length = snprintf(buffer, PATH_MAX, "%s/", sysfs);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(buffer + length, PATH_MAX - (size_t)length, format, arguments);
	va_end(arguments);
	return buffer;
}

/* --- functions and drivers ------------------------------------------------------------------- */

/* The last part of where a link points to; NULL: no link. */
static const char *link_name(const char *path)
{
	static char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	char *slash;

	if (length < 0)
		return NULL;
	target[length] = '\0';
	slash = strrchr(target, '/');
	return slash ? slash + 1 : target;
}

static const char *driver_of(const char *address)
{
	return link_name(below("devices/pci%.7s/%s/driver", address, address));
}

static struct file *find_function(const char *address)
{
	size_t i;

	for (i = 0; i < file_count; i++)
		if (files[i].kind == OVERRIDE && !strcmp(files[i].owner, address))
			return &files[i];
	return NULL;
}

static bool matches(const struct file *function, const char *driver)
{
	const char *wanted = function->override ? function->override : function->native;

	return wanted && !strcmp(wanted, driver);
}

/* Moves the links of class @class that lead to the function, from SYSFS/@from to SYSFS/@to. */
static void move_class(const char *address, const char *class, const char *from, const char *to)
{
	char middle[32], target[PATH_MAX];
	struct dirent *entry;
	ssize_t length;
	DIR *folder = opendir(below("%sclass/%s", from, class));

	snprintf(middle, sizeof(middle), "/%s/", address);
	while (folder && (entry = readdir(folder))) {
		length = readlinkat(dirfd(folder), entry->d_name, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		if (strstr(target, middle))
			rename(below("%sclass/%s/%s", from, class, entry->d_name),
			       below("%sclass/%s/%s", to, class, entry->d_name));
	}
	if (folder)
		closedir(folder);
}

/* Takes away what a function's driver made, or puts it back. */
static void move_devices(const char *address, bool away)
{
	static const char *const classes[] = { "net", "block" };
	static const char *const folders[] = { "net", "nvme" };
	char hidden[64];
	size_t i;

	snprintf(hidden, sizeof(hidden), ".unbound/%s/", address);
	mkdir(below(".unbound"), 0755);
	mkdir(below("%s", hidden), 0755);
	mkdir(below("%sclass", hidden), 0755);
	for (i = 0; i < 2; i++) {
		mkdir(below("%sclass/%s", hidden, classes[i]), 0755);
		move_class(address, classes[i], away ? "" : hidden, away ? hidden : "");
		if (away)
			rename(below("devices/pci%.7s/%s/%s", address, address, folders[i]),
			       below("%s%s", hidden, folders[i]));
		else
			rename(below("%s%s", hidden, folders[i]),
			       below("devices/pci%.7s/%s/%s", address, address, folders[i]));
	}
}

/* The character device of its group is there while vfio-pci has the function. */
static void set_group(const char *address, bool present)
{
	const char *group = link_name(below("devices/pci%.7s/%s/iommu_group", address, address));
	char path[PATH_MAX];
	int fd;

	if (!group || snprintf(path, sizeof(path), "%s/vfio/%s", dev, group) >= PATH_MAX)
		return;
	if (!present) {
		unlink(path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
}

static int attach(const struct file *function, const char *driver)
{
	const char *address = function->owner;
	char target[PATH_MAX];

	if (access(below("bus/pci/drivers/%s", driver), F_OK))
		return 0; /* no such driver: the function stays without one */
	snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
	if (symlink(target, below("devices/pci%.7s/%s/driver", address, address)))
		return -errno;
	snprintf(target, sizeof(target), "../../../../devices/pci%.7s/%s", address, address);
	if (symlink(target, below("bus/pci/drivers/%s/%s", driver, address)))
		return -errno;
	if (!strcmp(driver, "vfio-pci"))
		set_group(address, true);
	if (function->native && !strcmp(driver, function->native))
		move_devices(address, false);
	return 0;
}

static int unbind(const char *driver, const char *address)
{
	const char *bound = driver_of(address);

	if (!bound || strcmp(bound, driver))
		return -ENODEV;
	if (!strcmp(driver, "vfio-pci"))
		set_group(address, false);
	else
		move_devices(address, true);
	if (unlink(below("devices/pci%.7s/%s/driver", address, address)) ||
	    unlink(below("bus/pci/drivers/%s/%s", driver, address)))
		return -errno;
	return 0;
}

static int bind_driver(const char *driver, const char *address)
{
	const struct file *function = find_function(address);

	if (!function || !matches(function, driver))
		return -ENODEV;
	return driver_of(address) ? -EBUSY : attach(function, driver);
}

static int probe(const char *address)
{
	const struct file *function = find_function(address);
	const char *wanted;

	if (!function)
		return -ENODEV;
	wanted = function->override ? function->override : function->native;
	return driver_of(address) || !wanted ? 0 : attach(function, wanted);
}

static int set_override(struct file *function, const char *value)
{
	free(function->override);
	function->override = *value ? strdup(value) : NULL;
	return 0;
}

static int store(struct file *file, char *value)
{
	int rc = -EINVAL;

	value[strcspn(value, "\n")] = '\0';
	switch (file->kind) {
	case PROBE:
		rc = probe(value);
		break;
	case BIND:
		rc = bind_driver(file->owner, value);
		break;
	case UNBIND:
		rc = unbind(file->owner, value);
		break;
	case OVERRIDE:
		rc = set_override(file, value);
		break;
	}
	fprintf(journal, "%s '%s' %s\n", file->path, value, rc ? strerrorname_np(-rc) : "ok");
	fflush(journal);
	return rc;
}

/* --- the files ------------------------------------------------------------------------------- */

static struct file *add_file(enum kind kind, const char *path, const char *owner)
{
	struct file *file = &files[file_count];

	if (access(path, F_OK))
		return NULL;
	if (file_count++ == FILES_MAX) {
		fprintf(stderr, "kernel: more than %d files\n", FILES_MAX);
		exit(1);
	}
	file->kind = kind;
	file->path = strdup(path + strlen(sysfs) + 1);
	file->owner = strdup(owner);
	return file;
}

static void add_function(const char *address)
{
	const char *path = below("devices/pci%.7s/%s/driver_override", address, address);
	struct file *file = add_file(OVERRIDE, path, address);
	char value[VALUE_MAX] = "";
	const char *driver;
	FILE *from;

	if (!file)
		return;
	from = fopen(path, "re");
	if (from && fgets(value, sizeof(value), from) && strcmp(value, "(null)\n")) {
		value[strcspn(value, "\n")] = '\0';
		set_override(file, value);
	}
	if (from)
		fclose(from);
	driver = driver_of(address);
	if (driver && strcmp(driver, "vfio-pci"))
		file->native = strdup(driver);
	else if (driver)
		set_group(address, true);
}

static void add_driver(const char *name)
{
	add_file(BIND, below("bus/pci/drivers/%s/bind", name), name);
	add_file(UNBIND, below("bus/pci/drivers/%s/unbind", name), name);
}

static void for_each(const char *path, void (*add)(const char *name))
{
	struct dirent *entry;
	DIR *folder = opendir(path);

	if (!folder)
		die(path);
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			add(entry->d_name);
	closedir(folder);
}

static void find_files(void)
{
	add_file(PROBE, below("bus/pci/drivers_probe"), "");
	for_each(below("bus/pci/drivers"), add_driver);
	for_each(below("bus/pci/devices"), add_function);
}

/* --- FUSE ------------------------------------------------------------------------------------ */

static int channel;

static void reply(const struct fuse_in_header *in, int error, const void *data, size_t size)
{
	char buffer[sizeof(struct fuse_out_header) + WRITE_MAX];
	struct fuse_out_header out = { .error = error, .unique = in->unique };

	out.len = (uint32_t)(sizeof(out) + (error ? 0 : size));
	memcpy(buffer, &out, sizeof(out));
	if (!error && size)
		memcpy(buffer + sizeof(out), data, size);
	if (write(channel, buffer, out.len) < 0 && errno != ENOENT)
		die("cannot answer");
}

static struct fuse_attr attributes(uint64_t node)
{
	struct fuse_attr attr = { .ino = node, .nlink = 1, .blksize = 4096, .size = 4096 };

	attr.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644;
	return attr;
}

/* The files are named by their index. */
static void answer_lookup(const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out out = { .entry_valid = 3600, .attr_valid = 3600 };
	size_t index = strtoul(name, NULL, 10);

	if (*name < '0' || *name > '9' || index >= file_count) {
		reply(in, -ENOENT, NULL, 0);
		return;
	}
	out.nodeid = FIRST_NODE + index;
	out.attr = attributes(out.nodeid);
	reply(in, 0, &out, sizeof(out));
}

static void answer_attributes(const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { .attr_valid = 3600, .attr = attributes(in->nodeid) };

	reply(in, 0, &out, sizeof(out));
}

static void answer_read(const struct fuse_in_header *in, const struct fuse_read_in *read)
{
	const struct file *file = &files[in->nodeid - FIRST_NODE];
	char text[VALUE_MAX + 1];
	int length = 0;

	if (file->kind == OVERRIDE)
		length = snprintf(text, sizeof(text), "%s\n",
				  file->override ? file->override : "(null)");
	if (read->offset >= (uint64_t)length)
		length = 0;
	reply(in, 0, text, (size_t)length < read->size ? (size_t)length : read->size);
}

static void answer_write(const struct fuse_in_header *in, const struct fuse_write_in *write)
{
	struct fuse_write_out out = { .size = write->size };
	char value[VALUE_MAX] = "";
	int rc = -EINVAL;

	if (write->size < sizeof(value)) {
		memcpy(value, write + 1, write->size);
		rc = store(&files[in->nodeid - FIRST_NODE], value);
	}
	reply(in, rc, &out, sizeof(out));
}

static void answer(const struct fuse_in_header *in, const void *body)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = 31,
				      .max_write = WRITE_MAX };
	struct fuse_open_out open = { .open_flags = FOPEN_DIRECT_IO };
	struct fuse_statfs_out statfs = { .st = { .bsize = 4096, .namelen = 255 } };

	switch (in->opcode) {
	case FUSE_INIT:
		reply(in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer_lookup(in, body);
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR: /* a write begins with O_TRUNC */
		answer_attributes(in);
		break;
	case FUSE_OPEN:
		reply(in, 0, &open, sizeof(open));
		break;
	case FUSE_READ:
		answer_read(in, body);
		break;
	case FUSE_WRITE:
		answer_write(in, body);
		break;
	case FUSE_STATFS:
		reply(in, 0, &statfs, sizeof(statfs));
		break;
	case FUSE_RELEASE:
	case FUSE_FLUSH:
		reply(in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(in, -ENOSYS, NULL, 0);
		break;
	}
}

static void serve(void)
{
	static _Alignas(8) char request[FUSE_MIN_READ_BUFFER + WRITE_MAX];
	ssize_t length;

	for (;;) {
		length = read(channel, request, sizeof(request) - 1);
		if (length < 0 && (errno == EINTR || errno == ENOENT))
			continue;
		if (length < 0)
			break; /* ENODEV: unmounted */
		request[length] = '\0';
		answer((struct fuse_in_header *)request, request + sizeof(struct fuse_in_header));
	}
}

static void mount_files(const char *point)
{
	char source[PATH_MAX];
	size_t i;

	for (i = 0; i < file_count; i++) {
		snprintf(source, sizeof(source), "%s/%zu", point, i);
		if (mount(source, below("%s", files[i].path), NULL, MS_BIND, NULL))
			die(files[i].path);
	}
}

static void detach_from_terminal(void)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(null, 1);
	setsid();
}

int main(int argc, char **argv)
{
	char options[128];

	if (argc != 5) {
		fprintf(stderr, "usage: kernel SYSFS MOUNT-POINT DEV LOG\n");
		return 2;
	}
	sysfs = argv[1];
	dev = argv[3];
	journal = fopen(argv[4], "ae");
	if (!journal)
		die(argv[4]);
	find_files();
	channel = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (channel < 0)
		die("/dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 channel);
	if (mount("kernel", argv[2], "fuse", MS_NOSUID | MS_NODEV, options))
		die("cannot mount");
	switch (fork()) {
	case -1:
		die("fork");
		break;
	case 0:
		detach_from_terminal();
		serve();
		return 0;
	default:
		mount_files(argv[2]);
	}
	return 0;
}
