/* SPDX-License-Identifier: MIT */
/*
 * What can be done with a KVM descriptor besides ioctl() and mmap(): what can
 * be done with an anonymous inode, that is little. Ours is a file with
 * content, which must not be had by these ways. Built into the shim, the thunk
 * and the bridge.
 *
 * Calls that a VMM makes often on other files are in vmm-io.c, and in the
 * bridge.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "shim/vmm-calls.h"

#define MEMFD_LINK "/memfd:anon_inode:kvm" /* and more, fdtab.c makes it */

/* What Linux knows of, whatever the file: up to FALLOC_FL_UNSHARE_RANGE. */
#define FALLOCATE_MODES 0x7b

long vmm_ftruncate(int fd, off_t len)
{
	long ret;

	if (vmm_kind(fd))
		return -EINVAL;
	ret = host_raw(SYS_ftruncate, fd, len);
	if (!ret)
		gate_file_truncated(fd, (uint64_t)len);
	return ret;
}

long vmm_fallocate(int fd, int mode, off_t off, off_t len)
{
	const enum vmm_kind kind = vmm_kind(fd);

	if (kind == VMM_OTHER) {
		long ret = host_raw(SYS_fallocate, fd, mode, off, len);

		if (!ret)
			gate_file_allocated(fd, mode, (uint64_t)off,
					    (uint64_t)len);
		return ret;
	}
	if (off < 0 || len <= 0)
		return -EINVAL;
	if (mode & ~FALLOCATE_MODES)
		return -EOPNOTSUPP;
	return kind == VMM_STATS ? -EBADF : -ENODEV;
}

long vmm_fsync(int fd, long nr)
{
	if (vmm_kind(fd))
		return -EINVAL;
	return host_raw(nr, fd);
}

/* "/memfd:anon_inode:kvm-vm (deleted)" is "anon_inode:kvm-vm"; that of
 * /dev/kvm has no more to its name than "kvm". */
static long link_name(char *link, long n)
{
	static const char memfd[] = "/memfd:", deleted[] = " (deleted)";
	const long begin = sizeof(memfd) - 1, end = sizeof(deleted) - 1;

	if (n > end && !memcmp(link + n - end, deleted, end))
		n -= end;
	if (n == sizeof(MEMFD_LINK) - 1) {
		memcpy(link, "/dev/kvm", 8);
		return 8;
	}
	memmove(link, link + begin, n - begin);
	return n - begin;
}

_Bool vmm_may_read_link(const char *path)
{
	const size_t len = strlen(path);

	return !len || vmm_names_descriptor(path) ||
	       (len >= 3 && !memcmp(path + len - 3, "kvm", 3));
}

_Bool vmm_before_readlink(int dir, const char *path, char *buf, size_t size,
			  long *ret)
{
	const long known = sizeof(MEMFD_LINK) - 1;
	char link[128];
	long n;

	n = host_raw(SYS_readlinkat, dir, path, link, sizeof(link));
	/* No link, and the host does not have it. */
	if (n < 0 && vmm_leads_to_kvm(n, dir, path, 0)) {
		*ret = -EINVAL;
		return 1;
	}
	if (n < known || memcmp(link, MEMFD_LINK, known) || !gate_present())
		return 0;
	n = link_name(link, n);
	if (n > (long)size)
		n = (long)size;
	/* It is the kernel that finds out whether @buf can be written, and
	 * nothing is written behind the name. */
	*ret = host_raw(SYS_readlinkat, dir, path, buf, n);
	if (*ret > 0)
		memcpy(buf, link, n);
	return 1;
}

long vmm_readlink(int dir, const char *path, char *buf, size_t size)
{
	long ret;

	if (vmm_before_readlink(dir, path, buf, size, &ret))
		return ret;
	return host_raw(SYS_readlinkat, dir, path, buf, size);
}

int vmm_isatty(int fd)
{
	char termios[64];
	long ret = vmm_ioctl(fd, 0x5401 /* TCGETS */, (unsigned long)termios);

	if (ret < 0)
		errno = (int)-ret;
	return ret == 0;
}
