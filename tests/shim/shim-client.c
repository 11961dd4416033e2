/* SPDX-License-Identifier: MIT */
/*
 * What a VMM may do with KVM descriptors, done by a program into which only
 * `fauxkvm run` put something. Built for x86-64 (shim) and for arm64 (thunk
 * and bridge); also runs on a real KVM. Prints a line a check and a summary.
 *
 * With an argument it is its own child after exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define KVM_GET_API_VERSION 0xae00
#define KVM_CREATE_VM       0xae01
#define KVM_CHECK_EXTENSION 0xae03
#define KVM_VCPU_MMAP_SIZE  0xae04
#define KVM_CREATE_VCPU     0xae41
#define KVM_GET_ONE_REG     0x4010aeab
#define KVM_CAP_USER_MEMORY 3
#define BAD_POINTER         0x7ffffffff000ul

static int passed, failed;

static void check_at(int line, bool ok, const char *what)
{
	if (ok)
		passed++;
	else
		failed++;
	if (!ok)
		printf("FAIL: line %d: %s (errno %d %s)\n", line, what, errno,
		       strerror(errno));
}
#define check(expr) check_at(__LINE__, (expr), #expr)

static bool fails_with(long ret, int want)
{
	return ret == -1 && errno == want;
}
#define refused(expr, err) \
	(errno = 0,        \
	 check_at(__LINE__, fails_with((expr), (err)), #expr " gives " #err))

/* /dev/kvm answers on it */
static bool is_kvm(int fd)
{
	return ioctl(fd, KVM_GET_API_VERSION, 0) == 12;
}

static bool is_vm(int fd)
{
	return ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY) == 1;
}

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);

/* ---- opening and asking -------------------------------------------------- */

static void opened(int fd)
{
	check(fd >= 0 && is_kvm(fd));
	check(close(fd) == 0);
}

static void test_open(void)
{
	int dir = open("/dev", O_RDONLY | O_DIRECTORY);
	int saved = open(".", O_RDONLY | O_DIRECTORY), fd;

	opened(open("/dev/kvm", O_RDWR));
	opened(open64("/dev/kvm", O_RDWR | O_CLOEXEC));
	opened(openat(AT_FDCWD, "/dev/kvm", O_RDWR));
	opened(openat64(dir, "kvm", O_RDWR));
	opened(openat(-1, "//dev/../dev/./kvm", O_RDWR));
	opened(__open_2("/dev/kvm", O_RDWR));
	opened(__open64_2("/dev/kvm", O_RDWR));
	opened(__openat_2(dir, "kvm", O_RDWR));
	opened(__openat64_2(dir, "./kvm", O_RDWR));
	opened((int)syscall(SYS_openat, AT_FDCWD, "/dev/kvm", O_RDWR, 0));
	check(fchdir(dir) == 0);
	opened(open("kvm", O_RDWR));
	check(fchdir(saved) == 0);

	fd = open("/dev/kvm", O_RDWR);
	check(fcntl(fd, F_GETFD) == 0);
	check(syscall(SYS_ioctl, fd, KVM_GET_API_VERSION, 0) == 12);
	close(fd);
	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	check(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	errno = 77;
	check(is_kvm(fd) && errno == 77);
	close(fd);
	refused(open("/dev/kvm", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	refused(open("/dev/kvm", O_RDONLY | O_DIRECTORY), ENOTDIR);
	refused(open("/dev/kvm-not-there", O_RDWR), ENOENT);
	refused(open("/no-such-folder/kvm", O_RDWR), ENOENT);
	close(dir);
	close(saved);
}

static bool is_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == 10 &&
	       minor(st->st_rdev) == 232;
}

static void test_stat(void)
{
	int fd = open("/dev/kvm", O_RDWR);
	struct statx stx;
	struct stat st;

	check(stat("/dev/kvm", &st) == 0 && is_device(&st));
	check(lstat("/dev/kvm", &st) == 0 && is_device(&st));
	check(fstatat(AT_FDCWD, "/dev/kvm", &st, 0) == 0 && is_device(&st));
	check(fstat(fd, &st) == 0 && is_device(&st));
	check(fstatat(fd, "", &st, AT_EMPTY_PATH) == 0 && is_device(&st));
	check(statx(AT_FDCWD, "/dev/kvm", 0, STATX_ALL, &stx) == 0 &&
	      S_ISCHR(stx.stx_mode) && stx.stx_rdev_minor == 232);
	check(access("/dev/kvm", F_OK) == 0);
	check(access("/dev/kvm", R_OK | W_OK) == 0);
	refused(access("/dev/kvm", X_OK), EACCES);
	check(faccessat(AT_FDCWD, "/dev/kvm", R_OK, 0) == 0);
	check(faccessat(AT_FDCWD, "/dev/kvm", R_OK, AT_EACCESS) == 0);
	check(euidaccess("/dev/kvm", R_OK | W_OK) == 0);
	/* Others are untouched. */
	check(stat("/dev/null", &st) == 0 && minor(st.st_rdev) == 3);
	refused(stat("/nowhere", &st), ENOENT);
	refused(access("/nowhere", F_OK), ENOENT);
	refused(faccessat(AT_FDCWD, "/nowhere", F_OK, AT_EACCESS), ENOENT);
	close(fd);
}

/* ---- copies -------------------------------------------------------------- */

static int vm_new(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);

	check(vm >= 0);
	close(kvm); /* the VM lives on */
	check(is_vm(vm));
	return vm;
}

static void test_copies(void)
{
	int vm = vm_new(), null = open("/dev/null", O_RDONLY), fd;

	check(fcntl(vm, F_GETFD) == FD_CLOEXEC);
	fd = dup(vm);
	check(is_vm(fd));
	check(fcntl(fd, F_GETFD) == 0);
	check(close(fd) == 0 && is_vm(vm));
	check(dup2(vm, 90) == 90 && is_vm(90));
	check(dup3(vm, 91, O_CLOEXEC) == 91 && is_vm(91));
	check(fcntl(91, F_GETFD) == FD_CLOEXEC);
	refused(dup3(vm, vm, 0), EINVAL);
	check(dup2(vm, vm) == vm && is_vm(vm));
	refused(dup2(-1, vm), EBADF);
	check(is_vm(vm));
	fd = fcntl(vm, F_DUPFD_CLOEXEC, 100);
	check(fd >= 100 && is_vm(fd));
	/* The original goes by being overwritten. */
	check(dup2(null, vm) == vm);
	refused(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY), ENOTTY);
	check(is_vm(90) && is_vm(91) && is_vm(fd));
	check(close(90) == 0 && close(91) == 0 && is_vm(fd));
	check(close_range(100, ~0U, 0) == 0);
	refused(ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY), EBADF);
	refused(close(fd), EBADF);
	close(vm);
	close(null);
}

static void send_fd(int sock, int fd)
{
	char byte = 'x', space[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = space,
			     .msg_controllen = sizeof(space)};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	check(sendmsg(sock, &msg, 0) == 1);
}

static int receive_fd(int sock)
{
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = space,
			     .msg_controllen = sizeof(space)};
	int fd = -1;

	if (recvmsg(sock, &msg, 0) == 1 && CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static void test_sockets(void)
{
	int vm = vm_new(), kvm = open("/dev/kvm", O_RDWR), pair[2], fd, status;

	check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	send_fd(pair[0], vm);
	fd = receive_fd(pair[1]);
	check(fd != vm && is_vm(fd));
	close(vm);
	check(is_vm(fd));
	/* To another process: its memory is not the VM's; /dev/kvm is usable. */
	send_fd(pair[0], fd);
	send_fd(pair[0], kvm);
	if (fork() == 0) {
		int v = receive_fd(pair[1]), k = receive_fd(pair[1]);
		bool ok = ioctl(v, KVM_CREATE_VCPU, 0) == -1 && errno == EIO &&
			  is_kvm(k);

		_exit(ok ? 0 : 1);
	}
	wait(&status);
	check(status == 0);
	check(is_vm(fd));
	close(fd);
	close(kvm);
	close(pair[0]);
	close(pair[1]);
}

/* ---- processes ----------------------------------------------------------- */

static void test_fork(void)
{
	int vm = vm_new(), kvm = open("/dev/kvm", O_RDWR), status;
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);

	check(vcpu >= 0);
	if (fork() == 0) {
		char reg[16] = {0};
		int own;

		if (ioctl(vm, KVM_CREATE_VCPU, 1) != -1 || errno != EIO)
			_exit(1);
		if (ioctl(vcpu, KVM_GET_ONE_REG, reg) != -1 || errno != EIO)
			_exit(2);
		close(vcpu);
		close(vm);
		if (!is_kvm(kvm))
			_exit(3);
		own = ioctl(kvm, KVM_CREATE_VM, 0);
		if (own < 0 || ioctl(own, KVM_CREATE_VCPU, 0) < 0)
			_exit(4);
		_exit(0);
	}
	wait(&status);
	check(WIFEXITED(status));
	check(WEXITSTATUS(status) == 0);
	check(ioctl(vm, KVM_CREATE_VCPU, 1) >= 0);
	close(vcpu);
	close(vm);
	close(kvm);
}

/* After exec: argv[1] is /dev/kvm's number, argv[2] the VM's, -1: closed. */
static int after_exec(char **argv)
{
	int kvm = atoi(argv[1]), vm = atoi(argv[2]), closed = atoi(argv[3]);

	check(is_kvm(kvm));
	refused(ioctl(vm, KVM_CREATE_VCPU, 0), EIO);
	refused(ioctl(closed, KVM_GET_API_VERSION, 0), EBADF);
	return failed;
}

static void test_exec(const char *self)
{
	int vm = vm_new(), kvm = open("/dev/kvm", O_RDWR);
	int other = open("/dev/kvm", O_RDWR | O_CLOEXEC), status;
	char a[12], b[12], c[12];

	sprintf(a, "%d", kvm);
	sprintf(b, "%d", vm);
	sprintf(c, "%d", other);
	fcntl(vm, F_SETFD, 0);
	if (fork() == 0) {
		fflush(stdout);
		execl(self, self, a, b, c, NULL);
		_exit(98);
	}
	wait(&status);
	check(WIFEXITED(status));
	check(WEXITSTATUS(status) == 0);
	/* A failed one changes nothing, another program is not disturbed. */
	if (fork() == 0) {
		refused(execl("/nowhere", "x", NULL), ENOENT);
		if (failed || !is_kvm(kvm))
			_exit(97);
		execl("/bin/sh", "sh", "-c", "exit 5", NULL);
		_exit(98);
	}
	wait(&status);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	close(vm);
	close(kvm);
	close(other);
}

/* ---- memory -------------------------------------------------------------- */

static void test_mmap(void)
{
	int vm = vm_new(), vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	int kvm = open("/dev/kvm", O_RDWR);
	int size = ioctl(kvm, KVM_VCPU_MMAP_SIZE, 0);
	unsigned char *run, *again;

	check(size == 8192);
	run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu,
		   0);
	check(run != MAP_FAILED);
	again = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED,
		     vcpu, 0);
	check(again != MAP_FAILED && again != run);
	run[1] = 1; /* immediate_exit */
	check(again[1] == 1);
	run[1] = 0;
	munmap(again, (size_t)size);
	/* The page outlives the descriptor. */
	close(vcpu);
	close(vm);
	close(kvm);
	check(run[1] == 0);
	run[1] = 2;
	munmap(run, (size_t)size);
}

/* ---- threads ------------------------------------------------------------- */

static void *open_and_close(void *arg)
{
	for (int i = 0; i < 200; i++) {
		int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
		int vm = ioctl(kvm, KVM_CREATE_VM, 0);
		int copy = dup(vm);

		close(kvm);
		if (vm < 0 || close(vm) || !is_vm(copy) || close(copy))
			return arg;
	}
	return NULL;
}

static void test_threads(void)
{
	pthread_t threads[4];
	void *ret;

	for (int i = 0; i < 4; i++)
		check(!pthread_create(&threads[i], NULL, open_and_close,
				      threads));
	for (int i = 0; i < 4; i++)
		check(!pthread_join(threads[i], &ret) && !ret);
}

/* ---- signals ------------------------------------------------------------- */

static volatile sig_atomic_t handled;

static void on_signal(int sig)
{
	handled = sig;
}

static void test_handlers(void)
{
	struct sigaction act = {.sa_handler = on_signal}, old;

	check(signal(SIGUSR1, on_signal) == SIG_DFL);
	check(signal(SIGUSR1, SIG_IGN) == on_signal);
	check(sigaction(SIGUSR1, &act, &old) == 0 && old.sa_handler == SIG_IGN);
	raise(SIGUSR1);
	check(handled == SIGUSR1);
	check(sigaction(SIGUSR1, NULL, &old) == 0 &&
	      old.sa_handler == on_signal);
	act.sa_flags = SA_RESTART;
	check(sigaction(SIGUSR1, &act, NULL) == 0);
	check(sigaction(SIGUSR1, NULL, &old) == 0 &&
	      (old.sa_flags & SA_RESTART) && !(old.sa_flags & SA_SIGINFO));
	check(sigaction(SIGSEGV, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
	refused(sigaction(SIGKILL, &act, NULL), EINVAL);
	check(signal(SIGUSR1, SIG_DFL) == on_signal);
}

static void *touch(void *page)
{
	return (void *)(uintptr_t) * (volatile char *)page;
}

/*
 * Memory whose pages another thread provides. QEMU's user mode has no such
 * call; the host may have none either, or not for this user.
 */
static void test_userfaultfd(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register reg = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	struct uffdio_copy copy = {.len = 4096};
	struct uffd_msg msg;
	static char content[4096] = {42};
	pthread_t thread;
	void *got, *page;
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0) {
		printf("no userfaultfd here: %s\n", strerror(errno));
		return;
	}
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(ioctl(fd, UFFDIO_API, &api) == 0);
	refused(ioctl(fd, UFFDIO_API, BAD_POINTER), EFAULT);
	reg.range.start = copy.dst = (uintptr_t)page;
	reg.range.len = 4096;
	copy.src = (uintptr_t)content;
	check(ioctl(fd, UFFDIO_REGISTER, &reg) == 0);
	check(pthread_create(&thread, NULL, touch, page) == 0);
	check(read(fd, &msg, sizeof(msg)) == sizeof(msg));
	check(msg.event == UFFD_EVENT_PAGEFAULT);
	check(msg.arg.pagefault.address == (uintptr_t)page);
	check(ioctl(fd, UFFDIO_COPY, &copy) == 0 && copy.copy == 4096);
	pthread_join(thread, &got);
	check(got == (void *)42);
	munmap(page, 4096);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc == 4)
		return after_exec(argv);
	test_open();
	test_stat();
	test_copies();
	test_sockets();
	test_fork();
	test_exec(argv[0]);
	test_mmap();
	test_threads();
	test_handlers();
	test_userfaultfd();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
