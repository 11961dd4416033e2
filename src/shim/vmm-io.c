/* SPDX-License-Identifier: MIT */
/*
 * Calls that read and write: the eventfd may be an irqfd, whose interrupt is
 * there when write() returns and whose count nobody reads; and a descriptor of
 * KVM's has nothing to read.
 *
 * They are cancellation points, so it is the C library that does them.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "shim/embed.h"
#include "shim/vmm-calls.h"

/* glibc exports them under these names too; nobody interposes those. */
extern ssize_t __read(int fd, void *buf, size_t len);
extern ssize_t __write(int fd, const void *buf, size_t len);
extern int __fcntl(int fd, int cmd, ...);
extern void __chk_fail(void) __attribute__((noreturn));

static long result(ssize_t n)
{
	return n < 0 ? -errno : n;
}

long vmm_read(int fd, void *buf, size_t len)
{
	long ret;

	if (embed_file_call(FILE_READ, fd, 0, 0, &ret))
		return ret;
	if (embed_may_read_eventfd(len))
		embed_eventfd_used();
	return result(__read(fd, buf, len));
}

/* What _FORTIFY_SOURCE makes of read(). */
long vmm_read_chk(int fd, void *buf, size_t len, size_t size)
{
	if (len > size)
		__chk_fail();
	return vmm_read(fd, buf, len);
}

long vmm_write(int fd, const void *buf, size_t len)
{
	long ret;

	if (embed_file_call(FILE_WRITE, fd, 0, 0, &ret))
		return ret;
	ret = result(__write(fd, buf, len));
	if (embed_may_have_written_eventfd(ret))
		embed_eventfd_used();
	return ret;
}

long vmm_lseek(int fd, off_t off, int whence)
{
	long ret;

	if (embed_file_call(FILE_LSEEK, fd, off, whence, &ret))
		return ret;
	return host_raw(SYS_lseek, fd, off, whence);
}

long vmm_fcntl(int fd, int cmd, unsigned long arg)
{
	long ret;

	if (embed_file_call(FILE_FCNTL, fd, cmd, 0, &ret))
		return ret;
	return result(__fcntl(fd, cmd, arg));
}

long vmm_eventfd_read(int fd, uint64_t *value)
{
	long ret = vmm_read(fd, value, sizeof(*value));

	if (ret < 0)
		return ret;
	return ret == sizeof(*value) ? 0 : -1;
}

long vmm_eventfd_write(int fd, uint64_t value)
{
	long ret = vmm_write(fd, &value, sizeof(value));

	if (ret < 0)
		return ret;
	return ret == sizeof(value) ? 0 : -1;
}
