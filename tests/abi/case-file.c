/* SPDX-License-Identifier: MIT */
/*
 * KVM's descriptors as files: requests that are not KVM's, and what may be done
 * with a descriptor besides ioctl().
 */
#include "abi.h"

#include <linux/fs.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>

enum kind { SYSTEM, VM, VCPU, DEVICE, STATS, NR_KINDS };

/* One of each, device: the VFIO one, which any host has. */
static void open_all(int fd[NR_KINDS])
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_VFIO};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	OK(ioctl(v.vm, KVM_CREATE_DEVICE, &cd));
	fd[SYSTEM] = v.kvm;
	fd[VM] = v.vm;
	fd[VCPU] = v.vcpu;
	fd[DEVICE] = (int)cd.fd;
	fd[STATS] = (int)OK(ioctl(v.vm, KVM_GET_STATS_FD, 0));
}

/* ---- requests of others -------------------------------------------------- */

static void check_requests(int fd, int unknown)
{
	char buf[256] = "";
	int flag = 0;

	REFUSED(ioctl(fd, TCGETS, buf), unknown);
	REFUSED(ioctl(fd, 0, 0), unknown);
	REFUSED(ioctl(fd, 0xaeff, 0), unknown);
	REFUSED(ioctl(fd, 0xaf00, 0), unknown);
	REFUSED(ioctl(fd, 0xdeadbeef, 0), unknown);
	REFUSED(ioctl(fd, FIONREAD, &flag), unknown);
	REFUSED(ioctl(fd, FS_IOC_GETFLAGS, buf), unknown);
	errno = 0;
	EQUAL(isatty(fd), 0);
	EQUAL(errno, unknown);

	/* These are no driver's affair. */
	REFUSED(ioctl(fd, FIOQSIZE, buf), ENOTTY);
	OK(ioctl(fd, FIGETBSZ, buf));
	OK(ioctl(fd, FIONCLEX, 0));
	EQUAL(fcntl(fd, F_GETFD), 0);
	OK(ioctl(fd, FIOCLEX, 0));
	EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
	flag = 1;
	OK(ioctl(fd, FIONBIO, &flag));
	CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
	flag = 0;
	OK(ioctl(fd, FIONBIO, &flag));
}

static void requests(void)
{
	int fd[NR_KINDS];

	open_all(fd);
	for (int i = 0; i < NR_KINDS; i++)
		check_requests(fd[i], i >= DEVICE ? ENOTTY : EINVAL);
	/* A duplicate is asked for the first time. */
	REFUSED(ioctl(dup(fd[VM]), TCGETS, 0), EINVAL);
	REFUSED(ioctl(dup(fd[STATS]), TCGETS, 0), ENOTTY);
}

static void requests_closed(void)
{
	static const unsigned long request[] = {
		TCGETS,
		0,
		FIONBIO,
		0xaeff,
		0xaf00,
		KVM_RUN,
		KVM_CHECK_EXTENSION,
		0x12345678,
	};
	int null = open("/dev/null", O_RDWR);
	int fd[NR_KINDS];

	open_all(fd);
	for (int i = 0; i < NR_KINDS; i++) {
		/* Known as KVM's by now. */
		ioctl(fd[i], 0xaeff, 0);
		OK(close(fd[i]));
		for (size_t n = 0; n < sizeof(request) / sizeof(*request); n++)
			REFUSED(ioctl(fd[i], request[n], 0), EBADF);
	}
	REFUSED(ioctl(-1, 0x12345678, 0), EBADF);
	REFUSED(ioctl(null, 0x12345678, 0), ENOTTY);
	REFUSED(ioctl(null, KVM_RUN, 0), ENOTTY);
	/* And as something else. */
	EQUAL(dup2(null, fd[VM]), (uint64_t)fd[VM]);
	REFUSED(ioctl(fd[VM], TCGETS, 0), ENOTTY);
}

static void requests_of_child(void)
{
	int fd[NR_KINDS], status = -1;
	pid_t pid;

	open_all(fd);
	pid = fork();
	if (pid == 0) {
		for (int i = VM; i <= DEVICE; i++) {
			ioctl(fd[i], TCGETS, 0);
			status &= errno == EIO ? -1 : 0;
			ioctl(fd[i], 0xaeff, 0);
			status &= errno == EIO ? -1 : 0;
		}
		ioctl(fd[STATS], 0xaeff, 0);
		_exit(status && errno == ENOTTY ? 0 : 1);
	}
	NEED(waitpid(pid, &status, 0) == pid);
	EQUAL(status, 0);
}

/* ---- other calls --------------------------------------------------------- */

/* No content is to be had, nor to be taken away. */
static void content(void)
{
	int fd[NR_KINDS];
	char buf[64] = "";

	open_all(fd);
	for (int i = SYSTEM; i <= DEVICE; i++) {
		REFUSED(read(fd[i], buf, 8), EINVAL);
		REFUSED(syscall(SYS_read, fd[i], 8, 8), EINVAL);
		REFUSED(write(fd[i], buf, 8), EINVAL);
		REFUSED(write(fd[i], buf, 0), EINVAL);
		REFUSED(syscall(SYS_write, fd[i], buf, 8), EINVAL);
		REFUSED(fallocate(fd[i], 0, 0, 4096), ENODEV);
		REFUSED(fallocate(fd[i],
				  FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				  4096),
			ENODEV);
		REFUSED(fallocate(fd[i], 0, 0, 0), EINVAL);
		REFUSED(fallocate(fd[i], 0x1000, 0, 4096), EOPNOTSUPP);
		REFUSED(fcntl(fd[i], F_ADD_SEALS, 0), EINVAL);
	}
	for (int i = SYSTEM; i < NR_KINDS; i++) {
		REFUSED(ftruncate(fd[i], 0), EINVAL);
		REFUSED(ftruncate(fd[i], 8192), EINVAL);
		REFUSED(fsync(fd[i]), EINVAL);
		REFUSED(fdatasync(fd[i]), EINVAL);
		REFUSED(fcntl(fd[i], F_GET_SEALS), EINVAL);
		REFUSED(lseek(fd[i], 0, 99), EINVAL);
	}
	for (int i = SYSTEM; i <= VCPU; i++) {
		EQUAL(OK(lseek(fd[i], 10, SEEK_SET)), 0);
		EQUAL(OK(lseek(fd[i], 0, SEEK_END)), 0);
		EQUAL(OK(lseek(fd[i], 0, SEEK_CUR)), 0);
	}
	REFUSED(lseek(fd[DEVICE], 0, SEEK_SET), ESPIPE);
	REFUSED(lseek(fd[DEVICE], 0, SEEK_CUR), ESPIPE);
}

static void statistics(void)
{
	struct kvm_stats_header head = {0};
	int fd[NR_KINDS];
	char buf[8] = "";

	open_all(fd);
	EQUAL(fcntl(fd[STATS], F_GETFL) & O_ACCMODE, O_RDONLY);
	EQUAL(fcntl(fd[STATS], F_GETFD), FD_CLOEXEC);
	REFUSED(write(fd[STATS], buf, 8), EBADF);
	REFUSED(write(fd[STATS], buf, 0), EBADF);
	CHECK(pwrite(fd[STATS], buf, 8, 0) < 0);
	REFUSED(fallocate(fd[STATS], 0, 0, 4096), EBADF);
	REFUSED(fcntl(fd[STATS], F_ADD_SEALS, 0), EPERM);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd[STATS],
		   0) == MAP_FAILED);
	EQUAL(OK(read(fd[STATS], &head, sizeof(head))), sizeof(head));
	EQUAL(head.id_offset, sizeof(head));
	EQUAL(OK(lseek(fd[STATS], 0, SEEK_SET)), sizeof(head));
	EQUAL(OK(lseek(fd[STATS], 0, SEEK_END)), sizeof(head));
	EQUAL(OK(pread(fd[STATS], &head, sizeof(head), 0)), sizeof(head));
}

/* A duplicate is as the first. */
static void duplicates(void)
{
	int fd[NR_KINDS], copy[3];
	char buf[8] = "";

	open_all(fd);
	copy[0] = dup(fd[VCPU]);
	copy[1] = (int)OK(fcntl(fd[VCPU], F_DUPFD_CLOEXEC, 0));
	copy[2] = (int)OK(dup3(fd[VCPU], copy[1] + 1, O_CLOEXEC));
	for (int i = 0; i < 3; i++) {
		REFUSED(ftruncate(copy[i], 0), EINVAL);
		REFUSED(fsync(copy[i]), EINVAL);
		REFUSED(fallocate(copy[i],
				  FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				  4096),
			ENODEV);
		REFUSED(fcntl(copy[i], F_GET_SEALS), EINVAL);
	}
	/* /dev/kvm that nothing was asked of yet. */
	fd[SYSTEM] = (int)OK(open("/dev/kvm", O_RDWR));
	REFUSED(read(fd[SYSTEM], buf, 8), EINVAL);
	REFUSED(write(fd[SYSTEM], buf, 8), EINVAL);
	REFUSED(fsync(fd[SYSTEM]), EINVAL);
	EQUAL(OK(lseek(fd[SYSTEM], 10, SEEK_SET)), 0);
}

/* What is seen of it, and by its name in /proc. */
static void check_looks(int fd, const char *name)
{
	char path[64], link[64] = "";
	struct statx stx;
	struct stat st;
	ssize_t len = (ssize_t)strlen(name);

	memset(&st, 0xff, sizeof(st));
	OK(fstat(fd, &st));
	EQUAL(st.st_mode & S_IFMT, 0);
	EQUAL(st.st_nlink, 1);
	EQUAL(st.st_size, 0);
	EQUAL(st.st_rdev, 0);
	EQUAL(st.st_uid, 0);
	OK(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx));
	EQUAL(stx.stx_mode & S_IFMT, 0);
	EQUAL(stx.stx_size, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	OK(stat(path, &st));
	EQUAL(st.st_mode & S_IFMT, 0);
	EQUAL(st.st_size, 0);
	REFUSED(access(path, X_OK), EACCES);

	EQUAL(OK(readlink(path, link, sizeof(link))), len);
	CHECK(strcmp(link, name) == 0);
	for (ssize_t size = 1; size < (ssize_t)sizeof(link); size++) {
		memset(link, 0, sizeof(link));
		EQUAL(OK(readlink(path, link, (size_t)size)),
		      size < len ? size : len);
		CHECK(strncmp(link, name, (size_t)size) == 0);
	}
	REFUSED(open(path, O_RDWR), ENXIO);
	REFUSED(open(path, O_RDONLY | O_CLOEXEC), ENXIO);
	OK(close((int)OK(open(path, O_PATH))));
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
	REFUSED(open(path, O_RDWR), ENXIO);
	snprintf(path, sizeof(path), "%d", fd);
	REFUSED(openat(open("/proc/self/fd", O_RDONLY), path, O_RDWR), ENXIO);
}

static void looks(void)
{
	char path[64], link[64] = "";
	int fd[NR_KINDS], again;

	open_all(fd);
	check_looks(fd[VM], "anon_inode:kvm-vm");
	check_looks(fd[VCPU], "anon_inode:kvm-vcpu:0");
	check_looks(fd[DEVICE], "anon_inode:kvm-vfio");
	check_looks(fd[STATS], "anon_inode:kvm-vm-stats");
	check_looks(dup(fd[VM]), "anon_inode:kvm-vm");

	/* /dev/kvm can be opened again. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd[SYSTEM]);
	EQUAL(OK(readlink(path, link, sizeof(link))), 8);
	CHECK(strcmp(link, "/dev/kvm") == 0);
	again = (int)OK(open(path, O_RDWR));
	EQUAL(ioctl(again, KVM_GET_API_VERSION, 0), KVM_API_VERSION);
	OK(close(fd[SYSTEM]));
	EQUAL(ioctl(again, KVM_GET_API_VERSION, 0), KVM_API_VERSION);
}

/* What is not KVM's keeps its content. */
static void others(void)
{
	int fd = memfd_create("anon_inode:no-kvm", MFD_ALLOW_SEALING);
	int pipes[2], was[NR_KINDS];
	char path[64], buf[64] = "";
	struct stat st;

	/* Numbers that were KVM's. */
	open_all(was);
	for (int i = VM; i < NR_KINDS; i++)
		NEED(dup2(fd, was[i]) >= 0);
	for (int i = VM; i < NR_KINDS; i++) {
		int f = was[i];

		EQUAL(OK(lseek(f, 0, SEEK_SET)), 0);
		EQUAL(OK(write(f, "12345678", 8)), 8);
		EQUAL(OK(lseek(f, 2, SEEK_SET)), 2);
		EQUAL(OK(read(f, buf, 8)), 6);
		CHECK(memcmp(buf, "345678", 6) == 0);
		OK(fallocate(f, 0, 0, 4096));
		OK(ftruncate(f, 8));
		OK(fsync(f));
		OK(fcntl(f, F_GET_SEALS));
		OK(fstat(f, &st));
		CHECK(S_ISREG(st.st_mode) && st.st_size == 8);
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	OK(close((int)OK(open(path, O_RDONLY))));
	OK(readlink(path, buf, sizeof(buf)));
	CHECK(strncmp(buf, "/memfd:anon_inode:no-kvm", 24) == 0);
	NEED(pipe(pipes) == 0);
	REFUSED(lseek(pipes[0], 0, SEEK_SET), ESPIPE);
	EQUAL(OK(write(pipes[1], "x", 1)), 1);
	EQUAL(OK(read(pipes[0], buf, sizeof(buf))), 1);
	REFUSED(isatty(pipes[0]) ? 0 : -1, ENOTTY);
}

/* What is looked at first when no number is free. */
static void no_number(void)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_VFIO};
	struct rlimit limit;
	int fd[NR_KINDS], next;
	rlim_t before;

	open_all(fd);
	NEED(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	before = limit.rlim_cur;
	next = dup(0);
	NEED(next > 0 && close(next) == 0);
	limit.rlim_cur = (rlim_t)next;
	NEED(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	REFUSED(open("/dev/kvm", O_RDWR), EMFILE);
	REFUSED(ioctl(fd[SYSTEM], KVM_CREATE_VM, 0), EMFILE);
	REFUSED(ioctl(fd[SYSTEM], KVM_CREATE_VM, 10), EMFILE);
	REFUSED(ioctl(fd[SYSTEM], KVM_CREATE_VM, 12345), EMFILE);
	REFUSED(ioctl(fd[VM], KVM_CREATE_VCPU, 1), EMFILE);
	REFUSED(ioctl(fd[VM], KVM_CREATE_VCPU, 0), EEXIST);
	REFUSED(ioctl(fd[VM], KVM_CREATE_VCPU, 99999), EINVAL);
	REFUSED(ioctl(fd[VM], KVM_GET_STATS_FD, 0), EMFILE);
	REFUSED(ioctl(fd[VCPU], KVM_GET_STATS_FD, 0), EMFILE);
	cd.type = 99;
	REFUSED(ioctl(fd[VM], KVM_CREATE_DEVICE, &cd), ENODEV);
	limit.rlim_cur = before;
	NEED(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	REFUSED(ioctl(fd[SYSTEM], KVM_CREATE_VM, 12345), EINVAL);
	EQUAL(OK(ioctl(fd[VM], KVM_CREATE_VCPU, 1)), (uint64_t)next);
}

/* ---- status flags -------------------------------------------------------- */

/* What Linux adds to each open() of a 64-bit process; 0 in libc. */
#ifdef __aarch64__
#define LARGEFILE 0400000
#else
#define LARGEFILE 0100000
#endif

static void opened(int fd, int flags)
{
	EQUAL(OK(fcntl(fd, F_GETFL)), flags | LARGEFILE);
	EQUAL(OK(ioctl(fd, KVM_GET_API_VERSION, 0)), KVM_API_VERSION);
	OK(close((int)OK(abi_create_vm(fd))));
	OK(close(fd));
}

static void status_flags(void)
{
	int fd[NR_KINDS], again;

	open_all(fd);
	EQUAL(OK(fcntl(fd[SYSTEM], F_GETFL)), O_RDWR | LARGEFILE);
	for (int i = VM; i < STATS; i++)
		EQUAL(OK(fcntl(fd[i], F_GETFL)), O_RDWR);
	EQUAL(OK(fcntl(fd[STATS], F_GETFL)), O_RDONLY);
	EQUAL(OK(fcntl(dup(fd[VCPU]), F_GETFL)), O_RDWR);
	again = fcntl(fd[VM], F_DUPFD, 600);
	OK(fcntl(again, F_SETFL, O_NONBLOCK | O_APPEND));
	EQUAL(OK(fcntl(fd[VM], F_GETFL)), O_RDWR | O_NONBLOCK | O_APPEND);
	OK(fcntl(fd[VM], F_SETFL, 0));
	EQUAL(OK(fcntl(again, F_GETFL)), O_RDWR);

	opened(open("/dev/kvm", O_RDONLY | O_CLOEXEC), O_RDONLY);
	opened(open("/dev/kvm", O_WRONLY | O_TRUNC), O_WRONLY);
	opened(open("/dev/kvm", O_RDWR | O_NONBLOCK), O_RDWR | O_NONBLOCK);
	opened(open("/dev/kvm", O_RDWR | O_APPEND), O_RDWR | O_APPEND);
	opened(creat("/dev/kvm", 0600), O_WRONLY);
	opened(open("/dev/kvm", O_CREAT | O_RDONLY, 0600), O_RDONLY);
	again = creat("/dev/kvm", 0600);
	EQUAL(OK(fcntl(again, F_GETFD)), 0);
	REFUSED(read(again, &again, 1), EBADF);
	again = open("/dev/kvm", O_RDONLY | O_CLOEXEC);
	EQUAL(OK(fcntl(again, F_GETFD)), FD_CLOEXEC);
	REFUSED(write(again, &again, 1), EBADF);
}

const struct abi_case cases_file[] = {
	{"file/requests", requests},
	{"file/requests-closed", requests_closed},
	{"file/requests-of-child", requests_of_child},
	{"file/content", content},
	{"file/statistics", statistics},
	{"file/duplicates", duplicates},
	{"file/looks", looks},
	{"file/others", others},
	{"file/no-number", no_number},
	{"file/status-flags", status_flags},
	{NULL},
};
