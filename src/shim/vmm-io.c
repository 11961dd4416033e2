/* SPDX-License-Identifier: MIT */
/*
 * Calls that read and write: the eventfd may be an irqfd, whose interrupt is
 * there when write() returns and whose count nobody reads; and a descriptor of
 * KVM's has nothing to read. Built into the shim and into the thunk.
 *
 * They are cancellation points, so it is the C library that does them.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "shim/vmm-calls.h"

/* glibc exports them under these names too; nobody interposes those. The VMM of
 * a thunk may have another C library. */
extern ssize_t __read(int fd, void *buf, size_t len) __attribute__((weak));
extern ssize_t __write(int fd, const void *buf, size_t len)
	__attribute__((weak));
extern void __chk_fail(void) __attribute__((weak, noreturn));

/* An anonymous inode, but for statistics. */
static _Bool is_empty(int fd)
{
	const enum vmm_kind kind = vmm_kind_noted(fd);

	return kind != VMM_OTHER && kind != VMM_STATS;
}

static long result(ssize_t n)
{
	return n < 0 ? -errno : n;
}

long vmm_read(int fd, void *buf, size_t len)
{
	if (is_empty(fd))
		return -EINVAL;
	gate_reads(len);
	return __read ? result(__read(fd, buf, len))
		      : host_raw(SYS_read, fd, buf, len);
}

/* What _FORTIFY_SOURCE makes of read(). */
long vmm_read_chk(int fd, void *buf, size_t len, size_t size)
{
	if (len > size && __chk_fail)
		__chk_fail();
	return vmm_read(fd, buf, len);
}

long vmm_write(int fd, const void *buf, size_t len)
{
	long ret;

	if (is_empty(fd))
		return -EINVAL;
	ret = __write ? result(__write(fd, buf, len))
		      : host_raw(SYS_write, fd, buf, len);
	gate_written(ret);
	return ret;
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
