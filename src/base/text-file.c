/* SPDX-License-Identifier: MIT */
/*
 * Whole text files that a user names, see text-file.h.
 */
#include "base/text-file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "base/refuse.h"

/* A file may change while it is read: what counts is what was read. */
static long read_all(int fd, char *text, size_t max)
{
	size_t len = 0;

	for (;;) {
		ssize_t n = host_read(fd, text + len, max - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += n;
	}
	text[len] = '\0';
	return (long)len;
}

static long read_regular(const char *path, int fd, size_t max, char **text)
{
	struct statx st;
	long ret;

	ret = host_raw(SYS_statx, fd, "", AT_EMPTY_PATH,
		       STATX_TYPE | STATX_SIZE, &st);
	if (ret < 0)
		return refuse((int)-ret, FKVM_FILE, "%s: %s", path,
			      strerror((int)-ret));
	if ((st.stx_mode & S_IFMT) != S_IFREG)
		return refuse(EINVAL, FKVM_FILE, "%s: not a regular file",
			      path);
	if (st.stx_size > max)
		return refuse(EFBIG, FKVM_FILE, "%s: more than %zu bytes", path,
			      max);
	*text = malloc(st.stx_size + 1);
	if (!*text)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "%s: no memory", path);
	ret = read_all(fd, *text, st.stx_size);
	if (ret < 0) {
		free(*text);
		return refuse((int)-ret, FKVM_FILE, "%s: %s", path,
			      strerror((int)-ret));
	}
	return ret;
}

long text_file_read(const char *path, size_t max, char **text)
{
	/* Who opens a FIFO would wait for its writer. */
	int fd = host_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	int err = errno;
	long ret;

	if (fd < 0)
		return refuse(err, FKVM_FILE, "%s: %s", path, strerror(err));
	ret = read_regular(path, fd, max, text);
	host_close(fd);
	return ret;
}
