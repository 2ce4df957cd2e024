// SPDX-License-Identifier: GPL-2.0-or-later
/* kvm-talk.c - sends each argument as a line to a UNIX socket, and prints the answers. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char line[4096];
	FILE *stream;

	if (argc < 3 || strlen(argv[1]) >= sizeof(address.sun_path))
		return 2;
	strcpy(address.sun_path, argv[1]);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		perror(argv[1]);
		return 1;
	}
	stream = fdopen(fd, "r+");
	for (int i = 2; i < argc; i++) {
		if (fprintf(stream, "%s\n", argv[i]) < 0 || fflush(stream) ||
		    !fgets(line, sizeof(line), stream))
			return 1;
		fputs(line, stdout);
	}
	return 0;
}
