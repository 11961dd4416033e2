/* SPDX-License-Identifier: MIT */
/*
 * What /proc says about the program and its machine.
 */
#include "tests/user/user.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* All of a file, with a zero behind it. */
static char *slurp(const char *path, size_t *len)
{
	size_t size = 1 << 20;
	char *buf = malloc(size);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	CHECK(buf);
	CHECK(fd >= 0);
	for (*len = 0; (n = read(fd, buf + *len, size - *len - 1)) > 0;)
		*len += (size_t)n;
	CHECK_EQ(n, 0);
	CHECK_EQ(close(fd), 0);
	buf[*len] = 0;
	return buf;
}

static void maps(void)
{
	char *map = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *text, want[64], self[24];
	size_t len;

	CHECK(map != MAP_FAILED);
	CHECK_EQ(mprotect(map + 4096, 4096, PROT_READ | PROT_EXEC), 0);
	snprintf(self, sizeof(self), "/proc/%d/maps", (int)getpid());
	for (int k = 0; k < 4; k++) {
		static const char *const names[] = {
			"/proc/self/maps",
			"/proc/thread-self/maps",
			"//proc/self//maps",
		};

		text = slurp(k < 3 ? names[k] : self, &len);
		snprintf(want, sizeof(want), "\n%lx-%lx r-xp 00000000 00:00 0",
			 (unsigned long)map + 4096, (unsigned long)map + 8192);
		CHECK(strstr(text, want));
		CHECK(strstr(text, "cases.arm"));
		CHECK(!strstr(text, "fauxkvm-user"));
		CHECK(!strstr(text, "ld-linux-x86-64"));
		free(text);
	}
}

/* As maps, with lines about each. */
static void sizes(void)
{
	size_t len;
	char *text = slurp("/proc/self/smaps", &len);

	CHECK(strstr(text, "cases.arm"));
	CHECK(strstr(text, "\nRss:"));
	CHECK(strstr(text, "\nVmFlags:"));
}

static void arguments(void)
{
	size_t len;
	char *text = slurp("/proc/self/cmdline", &len), exe[PATH_MAX];
	ssize_t n;

	CHECK(len > strlen(text));
	CHECK(strstr(text, "cases.arm"));
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	CHECK(n > 0);
	exe[n] = 0;
	CHECK(exe[0] == '/');
	CHECK(strstr(exe, "/cases.arm"));
	CHECK_EQ(readlink("/proc/self/exe", exe, 4), 4);
}

static void executable(void)
{
	struct stat st, other;
	char exe[PATH_MAX], *name;
	size_t len;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	int fd;

	CHECK(n > 0);
	exe[n] = 0;
	CHECK_EQ(stat(exe, &st), 0);
	CHECK_EQ(stat("/proc/self/exe", &other), 0);
	CHECK_EQ(st.st_ino, other.st_ino);
	fd = open("/proc/self/exe", O_RDONLY);
	CHECK_EQ(fstat(fd, &other), 0);
	CHECK_EQ(st.st_ino, other.st_ino);
	CHECK_EQ(access("/proc/self/exe", X_OK), 0);
	name = slurp("/proc/self/comm", &len);
	CHECK(!strncmp(name, "cases.arm", 9));
}

static void vector(void)
{
	size_t len;
	const unsigned long *aux =
		(const unsigned long *)slurp("/proc/self/auxv", &len);
	bool ended = false;

	CHECK_EQ(len % (2 * sizeof(*aux)), 0);
	for (size_t k = 0; k < len / sizeof(*aux) && !ended; k += 2) {
		if (aux[k] != AT_NULL)
			CHECK_EQ(aux[k + 1], getauxval(aux[k]));
		else
			ended = true;
	}
	CHECK(ended);
	CHECK(getauxval(AT_HWCAP));
}

/* As prctl() has it (Linux 6.4). */
static void vector_by_prctl(void)
{
	const int get_auxv = 0x41555856;
	unsigned long aux[128];
	long len = prctl(get_auxv, aux, sizeof(aux), 0, 0);

	if (len < 0 && errno == EINVAL)
		return;
	CHECK(len > 0 && len <= (long)sizeof(aux));
	for (size_t k = 0; aux[k] != AT_NULL; k += 2)
		CHECK_EQ(aux[k + 1], getauxval(aux[k]));
	CHECK_EQ(aux[0] == AT_NULL, 0);
	aux[2] = 99;
	CHECK_EQ(prctl(get_auxv, aux, 2 * sizeof(*aux), 0, 0), len);
	CHECK_EQ(aux[2], 99);
	CHECK_EQ(prctl(get_auxv, aux, sizeof(aux), 1, 0), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(prctl(get_auxv, 1, sizeof(aux), 0, 0), -1);
	CHECK_EQ(errno, EFAULT);
}

static void processor(void)
{
	size_t len;
	char *text = slurp("/proc/cpuinfo", &len);

	CHECK(strstr(text, "processor\t: 0\n"));
	CHECK(strstr(text, "CPU architecture: 8\n"));
	CHECK(strstr(text, "Features\t: fp asimd "));
#ifdef __aarch64__
	CHECK_EQ(!!strstr(text, " atomics"), getauxval(AT_HWCAP) >> 8 & 1);
#endif
	CHECK(!strstr(text, "GenuineIntel") && !strstr(text, "AuthenticAMD"));
}

/* setarch's: the machine and its features are those of 32 bits, of any program. */
static void processor_32(void)
{
	struct utsname u;
	size_t len;
	char *text;

	CHECK_EQ(syscall(SYS_personality, PER_LINUX32), 0);
	CHECK_EQ(syscall(SYS_personality, 0xffffffff) & PER_MASK, PER_LINUX32);
	CHECK_EQ(uname(&u), 0);
	CHECK(!strcmp(u.machine, "armv8l"));
	text = slurp("/proc/cpuinfo", &len);
	CHECK(strstr(text, "model name\t: ARMv8 Processor rev "));
	CHECK(strstr(text, " (v8l)\nBogoMIPS\t: "));
	CHECK(strstr(text,
		     "Features\t: half thumb fastmult vfp edsp neon vfpv3 "
		     "tls vfpv4 idiva idivt lpae evtstrm "));
	CHECK(strstr(text, " crc32"));
	CHECK(strstr(text, "CPU architecture: 8\n"));
	CHECK_EQ(syscall(SYS_personality, 0), PER_LINUX32);
	CHECK_EQ(uname(&u), 0);
	CHECK(!strcmp(u.machine, "aarch64"));
}

/* On a host of Armv7's, which tests/user/check-cases says. */
static void processor_armv7(void)
{
	struct utsname u;
	size_t len;
	char *text = slurp("/proc/cpuinfo", &len);

	CHECK_EQ(uname(&u), 0);
	if (strcmp(u.machine, "armv7l"))
		return;
	CHECK(strstr(text, "model name\t: ARMv7 Processor rev "));
	CHECK(strstr(text, " (v7l)\nBogoMIPS\t: 48.00\n"
			   "Features\t: half thumb fastmult vfp edsp neon "
			   "vfpv3 tls vfpv4 idiva idivt vfpd32 lpae evtstrm "
			   "\nCPU implementer\t: 0x41\n"
			   "CPU architecture: 7\n"));
	CHECK(strstr(text, "CPU part\t: 0xc0f\n"));
	CHECK(strstr(text, "\n\nHardware\t: "));
	CHECK_EQ(getauxval(AT_HWCAP), 0x3fb0d6);
	CHECK_EQ(getauxval(AT_HWCAP2), 0);
	CHECK(!strcmp((const char *)getauxval(AT_PLATFORM), "v7l"));
}

/* A file that is being executed is not written to. */
static void executable_busy(void)
{
	static const int flags[] = {O_RDWR, O_WRONLY, O_RDONLY | O_TRUNC};
	int want = access("/proc/self/exe", W_OK) ? errno : ETXTBSY;

	for (int k = 0; k < 3; k++) {
		CHECK_EQ(open("/proc/self/exe", flags[k]), -1);
		CHECK_EQ(errno, want);
	}
	CHECK(open("/proc/self/exe", O_RDONLY) >= 0);
}

static unsigned long flags_told(int fd, const char *form)
{
	char name[64], *text, *at;
	unsigned long flags;
	size_t len;

	snprintf(name, sizeof(name), form, fd);
	text = slurp(name, &len);
	at = strstr(text, "flags:\t0");
	CHECK(at && strstr(text, "pos:\t"));
	flags = strtoul(at + 6, NULL, 8);
	free(text);
	return flags;
}

/* open()'s flags are numbered otherwise on the host. */
static void descriptor_info(void)
{
	const int want = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int dir = open("/", O_RDONLY | want), in, fds[2];

	CHECK(dir >= 0);
	CHECK_EQ(flags_told(dir, "/proc/self/fdinfo/%d"), want | 0400000);
	CHECK_EQ(flags_told(dir, "/proc/thread-self/fdinfo/%d"),
		 want | 0400000);
	CHECK_EQ(pipe2(fds, O_DIRECT), 0);
	CHECK_EQ(flags_told(fds[1], "/proc/self/fdinfo/%d"),
		 O_WRONLY | O_DIRECT);
	in = open("/proc/self/fdinfo", O_RDONLY | O_DIRECTORY);
	CHECK(in >= 0);
	CHECK(openat(in, "0", O_RDONLY) >= 0);
	CHECK_EQ(openat(in, "9999", O_RDONLY), -1);
	CHECK_EQ(errno, ENOENT);
}

static void below(void)
{
	int dir = open("/proc/self", O_RDONLY | O_DIRECTORY), fd;
	char buf[4096];
	ssize_t n;

	CHECK(dir >= 0);
	fd = openat(dir, "cmdline", O_RDONLY);
	CHECK(fd >= 0);
	n = read(fd, buf, sizeof(buf) - 1);
	CHECK(n > 0);
	buf[n] = 0;
	CHECK(strstr(buf, "cases.arm") && !strstr(buf, "fauxkvm"));
	CHECK(open("/proc/self/maps", O_RDONLY | O_DIRECTORY) == -1);
	CHECK_EQ(errno, ENOTDIR);
	CHECK(open("/proc/self/auxv", O_WRONLY) == -1);
	CHECK_EQ(errno, EACCES);
}

/* As ps and pgrep find it. */
static void by_others(void)
{
	char name[32], *text;
	size_t len;
	int status;
	pid_t child;

	snprintf(name, sizeof(name), "/proc/%d/cmdline", (int)getpid());
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		text = slurp(name, &len);
		CHECK(strstr(text, "cases.arm"));
		CHECK(!strstr(text, "fauxkvm-user"));
		_exit(0);
	}
	CHECK_EQ(waitpid(child, &status, 0), child);
	CHECK_EQ(status, 0);
}

int wait_to_be_killed(void)
{
	CHECK_EQ(write(1, "w", 1), 1);
	for (;;)
		pause();
}

/* Of a process that has executed this program again. */
static void program_of_others(void)
{
	char name[40], exe[PATH_MAX], want[PATH_MAX];
	int out[2];
	struct stat st, other;
	ssize_t n = readlink("/proc/self/exe", want, sizeof(want) - 1);
	char byte;
	pid_t child;

	CHECK(n > 0);
	want[n] = 0;
	CHECK_EQ(pipe(out), 0);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		dup2(out[1], 1);
		execl(want, want, "--waits", NULL);
		_exit(1);
	}
	CHECK_EQ(read(out[0], &byte, 1), 1);
	snprintf(name, sizeof(name), "/proc/%d/exe", (int)child);
	n = readlink(name, exe, sizeof(exe) - 1);
	CHECK(n > 0);
	exe[n] = 0;
	CHECK(!strcmp(exe, want));
	CHECK_EQ(stat(want, &st), 0);
	CHECK_EQ(stat(name, &other), 0);
	CHECK_EQ(st.st_ino, other.st_ino);
	CHECK_EQ(kill(child, SIGKILL), 0);
	CHECK_EQ(waitpid(child, NULL, 0), child);
}

const struct user_case proc_cases[] = {
	{"proc/maps", maps, "shows a guard page as unreadable"},
	{"proc/smaps", sizes, NULL},
	{"proc/arguments", arguments, NULL},
	{"proc/by-others", by_others, "shows its own"},
	{"proc/exe-of-another", program_of_others,
	 "an arm64 program is not executed"},
	{"proc/exe", executable, "another name, and stat() finds QEMU"},
	{"proc/auxv", vector, NULL},
	{"proc/auxv-by-prctl", vector_by_prctl, "gives QEMU's"},
	{"proc/cpuinfo", processor, "shows the host's"},
	{"proc/cpuinfo-linux32", processor_32, "shows the host's"},
	{"proc/cpuinfo-armv7", processor_armv7, NULL},
	{"proc/exe-busy", executable_busy, "opens QEMU"},
	{"proc/fdinfo", descriptor_info, "shows the host's"},
	{"proc/below", below, "looks at absolute paths only"},
	{NULL, NULL, NULL},
};
