/* SPDX-License-Identifier: MIT */
/*
 * /dev/kvm by paths: links that lead to it, and paths and buffers that are no
 * memory.
 */
#include "abi.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

/* And not the host's own, should that be another architecture's. */
static bool is_kvm(int fd)
{
	return ioctl(fd, KVM_GET_API_VERSION, 0) == KVM_API_VERSION &&
	       ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PSCI_0_2) == 1;
}

static bool is_kvm_node(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(10, 232);
}

/* @ptr as a path, and as what is to be filled. */
static void bad_pointer(char *ptr)
{
	int kvm = open("/dev/kvm", O_RDWR);
	struct statx stx;
	struct stat st;
	char buf[64];

	REFUSED(open(ptr, O_RDONLY), EFAULT);
	REFUSED(open(ptr, O_RDWR | O_CREAT, 0600), EFAULT);
	REFUSED(openat(AT_FDCWD, ptr, O_RDONLY), EFAULT);
	REFUSED(syscall(SYS_openat, AT_FDCWD, ptr, O_RDONLY, 0), EFAULT);
	REFUSED(access(ptr, R_OK), EFAULT);
	REFUSED(faccessat(AT_FDCWD, ptr, R_OK, AT_EACCESS), EFAULT);
	REFUSED(stat(ptr, &st), EFAULT);
	REFUSED(lstat(ptr, &st), EFAULT);
	REFUSED(fstatat(kvm, ptr, &st, AT_EMPTY_PATH), EFAULT);
	REFUSED(statx(AT_FDCWD, ptr, 0, STATX_ALL, &stx), EFAULT);
	REFUSED(readlink(ptr, buf, sizeof(buf)), EFAULT);

	REFUSED(stat("/dev/kvm", (struct stat *)ptr), EFAULT);
	REFUSED(lstat("/dev/kvm", (struct stat *)ptr), EFAULT);
	REFUSED(fstat(kvm, (struct stat *)ptr), EFAULT);
	REFUSED(statx(AT_FDCWD, "/dev/kvm", 0, STATX_ALL, (struct statx *)ptr),
		EFAULT);
	REFUSED(statx(kvm, "", AT_EMPTY_PATH, STATX_ALL, (struct statx *)ptr),
		EFAULT);
	REFUSED(readlink("/proc/self/fd/0", ptr, 10), EFAULT);
}

static void bad_pointers(void)
{
	char *hole = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(hole != MAP_FAILED && munmap(hole + 4096, 4096) == 0);
	bad_pointer((char *)5);
	bad_pointer((char *)-8L);
	bad_pointer(hole + 4096);
	/* A path that begins well. */
	memcpy(hole + 4096 - 4, "/dev", 4);
	REFUSED(open(hole + 4096 - 4, O_RDONLY), EFAULT);
	REFUSED(access(hole + 4096 - 4, R_OK), EFAULT);
}

static void check_link(const char *link)
{
	struct stat st;
	int fd;

	fd = (int)OK(open(link, O_RDWR));
	CHECK(is_kvm(fd));
	close(fd);
	fd = (int)OK(open(link, O_RDWR | O_CREAT, 0600));
	CHECK(is_kvm(fd));
	close(fd);
	REFUSED(open(link, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	OK(access(link, R_OK | W_OK));
	REFUSED(access(link, X_OK), EACCES);
	OK(stat(link, &st));
	CHECK(is_kvm_node(&st));
}

static void links(void)
{
	char dir[] = "/tmp/abi-XXXXXX";
	struct stat st;
	int fd;

	NEED(mkdtemp(dir) && chdir(dir) == 0);
	NEED(symlink("/dev/kvm", "absolute") == 0);
	NEED(symlink("../../dev/kvm", "relative") == 0);
	NEED(symlink("absolute", "second") == 0);
	NEED(symlink("/dev", "folder") == 0);
	check_link("absolute");
	check_link("relative");
	check_link("second");
	check_link("folder/kvm");

	/* The link itself. */
	REFUSED(open("absolute", O_RDWR | O_NOFOLLOW), ELOOP);
	OK(lstat("absolute", &st));
	CHECK(S_ISLNK(st.st_mode));
	fd = (int)OK(openat(AT_FDCWD, "folder/kvm", O_RDWR | O_NOFOLLOW));
	CHECK(is_kvm(fd));
	unlink("absolute");
	REFUSED(open("second", O_RDWR), ENOENT);
	unlink("relative");
	unlink("second");
	unlink("folder");
	rmdir(dir);
}

/* Neither is the device opened nor its driver asked; again it may be. */
static void o_path(void)
{
	int fd = (int)OK(open("/dev/kvm", O_PATH | O_CLOEXEC));
	char path[64];
	struct stat st;

	OK(fstat(fd, &st));
	CHECK(is_kvm_node(&st));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK(is_kvm((int)OK(open(path, O_RDWR))));
	CHECK(!is_kvm((int)OK(open("/dev/null", O_PATH))));
	OK(open("/dev/kvm", O_PATH | O_CREAT | O_EXCL, 0600));
	REFUSED(open("/dev/kvm", O_PATH | O_DIRECTORY), ENOTDIR);
}

/* By the calls' numbers, those that have another function's name by now among them. */
static void numbers(void)
{
	struct stat st;
	char link[8];

	CHECK(is_kvm(
		(int)OK(syscall(SYS_openat, AT_FDCWD, "/dev/kvm", O_RDWR, 0))));
	OK(syscall(SYS_faccessat, AT_FDCWD, "/dev/kvm", R_OK | W_OK));
	REFUSED(syscall(SYS_readlinkat, AT_FDCWD, "/dev/kvm", link,
			sizeof(link)),
		EINVAL);
	OK(syscall(SYS_newfstatat, AT_FDCWD, "/dev/kvm", &st, 0));
	CHECK(is_kvm_node(&st));
#ifdef SYS_open
	CHECK(is_kvm((int)OK(syscall(SYS_open, "/dev/kvm", O_RDWR, 0))));
	OK(syscall(SYS_creat, "/dev/kvm", 0600));
	OK(syscall(SYS_access, "/dev/kvm", R_OK | W_OK));
	REFUSED(syscall(SYS_access, "/dev/kvm", X_OK), EACCES);
	REFUSED(syscall(SYS_readlink, "/dev/kvm", link, sizeof(link)), EINVAL);
	memset(&st, 0, sizeof(st));
	OK(syscall(SYS_stat, "/dev/kvm", &st));
	CHECK(is_kvm_node(&st));
	memset(&st, 0, sizeof(st));
	OK(syscall(SYS_lstat, "/dev/kvm", &st));
	CHECK(is_kvm_node(&st));
#endif
}

const struct abi_case cases_path[] = {
	{"path/bad-pointers", bad_pointers},
	{"path/links", links},
	{"path/o-path", o_path},
	{"path/numbers", numbers},
	{NULL},
};
