// SPDX-License-Identifier: GPL-2.0-or-later
/* file.c - see file.h */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"

/* Read to the end of the file. Returns NULL with errno. */
static char *read_to_end(int fd, size_t max, size_t *size)
{
	size_t room = 65536;
	char *data = malloc(room), *bigger;

	*size = 0;
	while (data) {
		ssize_t n = read(fd, data + *size, room - 1 - *size);

		if (n == 0) {
			data[*size] = '\0';
			return data;
		}
		if (n < 0 && errno != EINTR)
			break;
		*size += n > 0 ? (size_t)n : 0;
		if (*size > max) {
			errno = EFBIG;
			break;
		}
		if (*size < room - 1)
			continue;
		room *= 2;
		bigger = realloc(data, room);
		if (!bigger)
			break;
		data = bigger;
	}
	free(data);
	return NULL;
}

char *file_read(const char *path, size_t max, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), error;
	char *data;

	if (fd < 0)
		return NULL;
	data = read_to_end(fd, max, size);
	error = errno;
	close(fd);
	errno = error;
	return data;
}
