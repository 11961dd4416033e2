/* SPDX-License-Identifier: MIT */
/*
 * The program's memory: what maps, unmaps, protects, moves and advises.
 */
#include "tests/user/user.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096ul

static uint8_t *anonymous(size_t pages)
{
	void *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static void *map_at(void *at, size_t pages, int flags)
{
	return mmap(at, pages * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

#define FAILS(call, err)                   \
	do {                               \
		errno = 0;                 \
		CHECK((long)(call) == -1); \
		CHECK_EQ(errno, err);      \
	} while (0)

/* Can @p be read? By the kernel, which says so. */
static bool readable(const void *p)
{
	int fd[2];
	bool yes;

	CHECK_EQ(pipe(fd), 0);
	yes = write(fd[1], p, 1) == 1;
	CHECK(yes || errno == EFAULT);
	close(fd[0]);
	close(fd[1]);
	return yes;
}

/* ---- mmap, munmap -------------------------------------------------------- */

static void map_errors(void)
{
	uint8_t *p = anonymous(1);

	FAILS(map_at(NULL, 0, 0), EINVAL);
	FAILS(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
	FAILS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
	FAILS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 0, 1), EINVAL);
	/* That there is no file is said before what else is wrong, but for the offset. */
	FAILS(mmap(NULL, 0, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
	FAILS(mmap(NULL, -PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
	FAILS(mmap(p + 1, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, -1, 0),
	      EBADF);
	FAILS(map_at(p + 1, 1, MAP_FIXED), EINVAL);
#ifdef __aarch64__
	FAILS(map_at((void *)(-2 * PAGE), 1, MAP_FIXED), ENOMEM);
#endif
	FAILS(mmap(NULL, -PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	      ENOMEM);
	FAILS(map_at(p, 1, MAP_FIXED_NOREPLACE), EEXIST);
	FAILS(munmap(p + 1, PAGE), EINVAL);
	FAILS(munmap(p, 0), EINVAL);
	FAILS(munmap(p, -PAGE), EINVAL);
	CHECK_EQ(munmap(p, 1), 0);
	CHECK_EQ(munmap(p, PAGE), 0);
}

static void map_fixed(void)
{
	uint8_t *p = anonymous(4);

	memset(p, 1, 4 * PAGE);
	CHECK(map_at(p + PAGE, 2, MAP_FIXED) == p + PAGE);
	CHECK_EQ(p[0], 1);
	CHECK_EQ(p[PAGE], 0);
	CHECK_EQ(p[3 * PAGE - 1], 0);
	CHECK_EQ(p[3 * PAGE], 1);
	/* Holes are filled. */
	CHECK_EQ(munmap(p + PAGE, PAGE), 0);
	CHECK(!readable(p + PAGE));
	CHECK(map_at(p, 4, MAP_FIXED) == p);
	CHECK_EQ(p[0], 0);
	CHECK_EQ(p[3 * PAGE], 0);
	/* One that fails leaves a hole a hole. */
	CHECK_EQ(munmap(p + PAGE, PAGE), 0);
	p[0] = 5;
	FAILS(mmap(p, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, -1, 0),
	      EBADF);
	CHECK_EQ(p[0], 5);
	CHECK(!readable(p + PAGE));
	CHECK(map_at(p + PAGE, 1, MAP_FIXED_NOREPLACE) == p + PAGE);
}

static void map_hint(void)
{
	uint8_t *p = anonymous(2);

	CHECK_EQ(munmap(p, 2 * PAGE), 0);
	CHECK(map_at(p, 1, 0) == p);
	CHECK(map_at(p, 1, 0) != p);
#ifdef __aarch64__
	/* Not where no program has anything. */
	CHECK((uintptr_t)map_at((void *)0x7ffffffff0000000, 1, 0) >> 48 == 0);
#endif
}

static void map_file(void)
{
	int fd = memfd_create("case", 0);
	uint8_t *p, *q;

	CHECK_EQ(ftruncate(fd, 2 * PAGE), 0);
	p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE);
	CHECK(p != MAP_FAILED && q != MAP_FAILED);
	p[PAGE] = 7;
	CHECK_EQ(q[0], 7);
	FAILS(mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		   MAP_SHARED_VALIDATE | 1 << 21, fd, 0),
	      EOPNOTSUPP);
}

#ifdef __aarch64__
/* Where a program has nothing, there is nothing to unmap; whoever runs it stays
 * alive. */
static void unmap_others(void)
{
	CHECK_EQ(munmap((void *)0x500000000000, 0x100000000000), 0);
	CHECK_EQ(munmap((void *)0x100000000000, 0x100000000000), 0);
	CHECK_EQ(getppid() > 0, true);
	free(malloc(1 << 20));
}
#endif

/* ---- mprotect ------------------------------------------------------------ */

static void protect(void)
{
	uint8_t *p = anonymous(4);

	CHECK_EQ(mprotect(p + PAGE, PAGE, PROT_NONE), 0);
	CHECK(!readable(p + PAGE));
	CHECK(readable(p) && readable(p + 2 * PAGE));
	CHECK_EQ(mprotect(p, 4 * PAGE, PROT_READ), 0);
	CHECK(readable(p + PAGE));
	CHECK_EQ(munmap(p + 2 * PAGE, PAGE), 0);
	/* What comes before a hole has changed. */
	FAILS(mprotect(p, 4 * PAGE, PROT_NONE), ENOMEM);
	CHECK(!readable(p) && !readable(p + PAGE));
	CHECK(readable(p + 3 * PAGE));
	FAILS(mprotect(p + 1, PAGE, PROT_READ), EINVAL);
	FAILS(mprotect(p, PAGE, 0x100), EINVAL);
	CHECK_EQ(mprotect(p, 0, PROT_READ), 0);
	FAILS(mprotect(p, -PAGE, PROT_READ), ENOMEM);
	FAILS(mprotect(p, -1ul, PROT_READ), ENOMEM);
}

/* ---- mremap -------------------------------------------------------------- */

static void remap(void)
{
	uint8_t *p = anonymous(4), *q, *to;

	p[0] = 1;
	p[PAGE] = 2;
	CHECK(mremap(p, 4 * PAGE, 2 * PAGE, 0) == p);
	CHECK(!readable(p + 2 * PAGE));
	CHECK(map_at(p + 2 * PAGE, 1, MAP_FIXED_NOREPLACE) == p + 2 * PAGE);
	CHECK_EQ(mprotect(p + 2 * PAGE, PAGE, PROT_READ), 0);
	FAILS(mremap(p, 2 * PAGE, 3 * PAGE, 0), ENOMEM);
	q = mremap(p, 2 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && q != p);
	CHECK(q[0] == 1 && q[PAGE] == 2 && q[7 * PAGE] == 0);
	CHECK(!readable(p));
	to = anonymous(4);
	to[3 * PAGE] = 9;
	CHECK_EQ(munmap(to + PAGE, PAGE), 0);
	CHECK(mremap(q, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
	      to);
	CHECK(to[0] == 1 && to[PAGE] == 0 && to[3 * PAGE] == 9);
	CHECK(!readable(q) && readable(q + PAGE));
	CHECK(mremap(q + PAGE, PAGE, PAGE, MREMAP_MAYMOVE | 4 /* DONTUNMAP */,
		     NULL) != MAP_FAILED);
	CHECK_EQ(q[PAGE], 0);
}

/* What becomes smaller may be several mappings, with holes; what stays as large is not looked at
 * but for its beginning. */
static void remap_several(void)
{
	uint8_t *p = anonymous(8), *to = anonymous(2);

	p[0] = 1;
	p[PAGE] = 2;
	CHECK_EQ(mprotect(p + 2 * PAGE, PAGE, PROT_READ), 0);
	CHECK_EQ(munmap(p + 4 * PAGE, PAGE), 0);
	CHECK(mremap(p, 4 * PAGE, 4 * PAGE, 0) == p);
	CHECK(mremap(p, 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE) == p);
	FAILS(mprotect(p + 4 * PAGE, PAGE, PROT_READ), ENOMEM);
	p[PAGE] = 3;
	CHECK(mremap(p, 7 * PAGE, 2 * PAGE, 0) == p);
	CHECK(p[0] == 1 && p[PAGE] == 3);
	CHECK(!readable(p + 2 * PAGE) && !readable(p + 6 * PAGE));
	CHECK(readable(p + 7 * PAGE));
	CHECK_EQ(mprotect(p + PAGE, PAGE, PROT_READ), 0);
	CHECK(mremap(p, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
	      to);
	CHECK_EQ(to[0], 1);
	CHECK(!readable(p) && !readable(p + PAGE));
	FAILS(mremap(p, 2 * PAGE, PAGE, 0), EFAULT);
	FAILS(mremap(p, PAGE, PAGE, 0), EFAULT);
}

#ifdef __aarch64__
/* The calls about mappings take no notice of a tag, but for where something is to be. */
static void tags(void)
{
	uint8_t *p = anonymous(4), vec[1];
	uint8_t *tagged = (uint8_t *)((uintptr_t)p | 0x5aul << 56);

	CHECK_EQ(mprotect(tagged, PAGE, PROT_READ), 0);
	CHECK_EQ(madvise(tagged + PAGE, PAGE, MADV_DONTNEED), 0);
	CHECK_EQ(msync(tagged, PAGE, MS_ASYNC), 0);
	CHECK_EQ(mincore(tagged, PAGE, vec), 0);
	CHECK_EQ(mlock(tagged, PAGE), 0);
	CHECK_EQ(munlock(tagged, PAGE), 0);
	CHECK(mremap(tagged + PAGE, 2 * PAGE, PAGE, 0) == p + PAGE);
	FAILS(map_at(tagged, 1, MAP_FIXED), ENOMEM);
	FAILS(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		     tagged + 2 * PAGE),
	      EINVAL);
	CHECK_EQ(munmap(tagged, PAGE), 0);
	CHECK(!readable(p));
}
#endif

static void remap_errors(void)
{
	uint8_t *p = anonymous(4);

	FAILS(mremap(p, PAGE, 0, 0), EINVAL);
	FAILS(mremap(p + 1, PAGE, PAGE, 0), EINVAL);
	FAILS(mremap(p, PAGE, PAGE, 16), EINVAL);
	FAILS(mremap(p, PAGE, PAGE, MREMAP_FIXED, p + 2 * PAGE), EINVAL);
	FAILS(mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		     p + PAGE),
	      EINVAL);
	FAILS(mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE | 4, NULL), EINVAL);
	CHECK_EQ(munmap(p + 2 * PAGE, PAGE), 0);
	FAILS(mremap(p + 2 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	FAILS(mremap(p, 3 * PAGE, 5 * PAGE, MREMAP_MAYMOVE), EFAULT);
	CHECK_EQ(mprotect(p, PAGE, PROT_READ), 0);
	CHECK_EQ(mprotect(p + PAGE, PAGE, PROT_READ | PROT_EXEC), 0);
	FAILS(mremap(p, 2 * PAGE, 5 * PAGE, MREMAP_MAYMOVE), EFAULT);
}

/* ---- faults -------------------------------------------------------------- */

static sigjmp_buf fault_env;
static siginfo_t fault_info;

static void note_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	fault_info = *info;
	siglongjmp(fault_env, 1);
}

static bool faults_at(uint64_t addr, int sig, int code)
{
	volatile const uint8_t *p = (const uint8_t *)addr;
	uint8_t val = 0;

	if (!sigsetjmp(fault_env, 1)) {
		val = *p;
		return val & 0;
	}
	return fault_info.si_signo == sig && fault_info.si_code == code &&
	       (uintptr_t)fault_info.si_addr == addr;
}

#ifdef __aarch64__
static void exclusive(void)
{
	uint64_t val;

	__asm__ volatile("ldxr %0, [%1]" : "=r"(val) : "r"(0) : "memory");
}

static void pair(void)
{
	uint64_t a, b;

	__asm__ volatile("ldxp %0, %1, [%2]"
			 : "=&r"(a), "=&r"(b)
			 : "r"(0)
			 : "memory");
}

static void add(void)
{
	uint64_t val;

	__asm__ volatile(".arch_extension lse; ldadd %1, %0, [%2]"
			 : "=r"(val)
			 : "r"(1l), "r"(0l)
			 : "memory");
}

static void swap(void)
{
	uint64_t val = 1;

	__asm__ volatile(".arch_extension lse; cas %0, %1, [%2]"
			 : "+r"(val)
			 : "r"(2l), "r"(0l)
			 : "memory");
}

/* Of address zero, in each way that is not like a load. */
static void null_atomics(void)
{
	static void (*const ops[])(void) = {exclusive, pair, add, swap};
	const struct sigaction act = {.sa_sigaction = note_fault,
				      .sa_flags = SA_SIGINFO};

	CHECK_EQ(sigaction(SIGSEGV, &act, NULL), 0);
	for (int k = 0; k < 200; k++) {
		if (!sigsetjmp(fault_env, 1)) {
			ops[k % 4]();
			CHECK(false);
		}
		CHECK(!fault_info.si_addr);
		CHECK_EQ(fault_info.si_code, SEGV_MAPERR);
	}
}
#endif

/* Often enough to be translated. */
static void faults(void)
{
	const struct sigaction act = {.sa_sigaction = note_fault,
				      .sa_flags = SA_SIGINFO};
	int fd = memfd_create("case", 0);
	uint8_t *p = anonymous(2), *q;

	CHECK_EQ(sigaction(SIGSEGV, &act, NULL), 0);
	CHECK_EQ(sigaction(SIGBUS, &act, NULL), 0);
	q = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(q != MAP_FAILED);
	CHECK_EQ(mprotect(p, PAGE, PROT_NONE), 0);
	CHECK_EQ(munmap(p + PAGE, PAGE), 0);
	for (int k = 0; k < 50; k++) {
		CHECK(faults_at((uintptr_t)p + 5, SIGSEGV, SEGV_ACCERR));
		CHECK(faults_at((uintptr_t)p + PAGE, SIGSEGV, SEGV_MAPERR));
		CHECK(faults_at(16, SIGSEGV, SEGV_MAPERR));
		CHECK(faults_at((uintptr_t)q + 8, SIGBUS, BUS_ADRERR));
#ifdef __aarch64__
		CHECK(faults_at(0xffff800000000010, SIGSEGV, SEGV_MAPERR));
#endif
	}
}

/* ---- several threads ----------------------------------------------------- */

#define RACERS 4
#define ROUNDS 400

static void *race(void *arg)
{
	uint64_t mark = (uint64_t)arg;

	for (uint64_t k = 0; k < ROUNDS; k++) {
		uint64_t *p = (uint64_t *)anonymous(8), *q;

		p[0] = p[3 * 512] = mark + k;
		CHECK_EQ(mprotect(p + 512, 2 * PAGE, PROT_READ | PROT_EXEC), 0);
		/* What is unmapped is another's at once. */
		CHECK_EQ(munmap(p + 4 * 512, 4 * PAGE), 0);
		q = mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
		CHECK(q != MAP_FAILED);
		CHECK_EQ(q[0], mark + k);
		CHECK_EQ(p[3 * 512], mark + k);
		free(malloc(1 << 18));
		CHECK_EQ(munmap(q, 2 * PAGE), 0);
		CHECK_EQ(munmap(p + 512, 3 * PAGE), 0);
	}
	return NULL;
}

static void races(void)
{
	pthread_t thread[RACERS];

	for (uint64_t k = 0; k < RACERS; k++)
		CHECK_EQ(pthread_create(&thread[k], NULL, race,
					(void *)(k << 32)),
			 0);
	for (int k = 0; k < RACERS; k++)
		CHECK_EQ(pthread_join(thread[k], NULL), 0);
}

/* ---- ranges -------------------------------------------------------------- */

static void advise(void)
{
	uint8_t *p = anonymous(4);

	memset(p, 1, 4 * PAGE);
#ifdef __aarch64__ /* to a kernel of 64 bits the other's is no wrap */
	FAILS(madvise(p, -1ul, MADV_DONTNEED), EINVAL);
#endif
	CHECK_EQ(madvise(p + PAGE, PAGE, MADV_DONTNEED), 0);
	CHECK(p[0] == 1 && p[PAGE] == 0);
	CHECK_EQ(munmap(p + PAGE, PAGE), 0);
	/* It goes on behind the hole. */
	FAILS(madvise(p, 3 * PAGE, MADV_DONTNEED), ENOMEM);
	CHECK(p[0] == 0 && p[2 * PAGE] == 0 && p[3 * PAGE] == 1);
	FAILS(madvise(p + 1, PAGE, MADV_DONTNEED), EINVAL);
	FAILS(madvise(p, PAGE, 12345), EINVAL);
#ifdef __aarch64__
	FAILS(madvise(p, -PAGE, MADV_DONTNEED), EINVAL);
#endif
	CHECK_EQ(madvise(p, 0, MADV_DONTNEED), 0);
	CHECK_EQ(madvise(p + PAGE, 0, MADV_DONTNEED), 0);
}

static void sync_range(void)
{
	uint8_t *p = anonymous(3);

	CHECK_EQ(msync(p, 3 * PAGE, MS_SYNC), 0);
	FAILS(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
	FAILS(msync(p + 1, PAGE, MS_SYNC), EINVAL);
	CHECK_EQ(munmap(p + PAGE, PAGE), 0);
	FAILS(msync(p, 3 * PAGE, MS_SYNC), ENOMEM);
}

static void lock(void)
{
	uint8_t *p = anonymous(3);

	CHECK_EQ(mlock(p + 5, PAGE), 0);
	CHECK_EQ(munlock(p, PAGE), 0);
	FAILS(syscall(SYS_mlock2, p, PAGE, 2), EINVAL);
	CHECK_EQ(munmap(p + PAGE, PAGE), 0);
	FAILS(mlock(p, 3 * PAGE), ENOMEM);
	FAILS(munlock(p, 3 * PAGE), ENOMEM);
	FAILS(mlockall(0), EINVAL);
	FAILS(mlockall(8), EINVAL);
	CHECK_EQ(mlockall(MCL_CURRENT | MCL_ONFAULT), 0);
	CHECK_EQ(munlockall(), 0);
}

static void in_core(void)
{
	uint8_t *p = anonymous(3), vec[3];

	p[PAGE] = 1;
	CHECK_EQ(mincore(p, 3 * PAGE, vec), 0);
	CHECK(vec[1] & 1);
	CHECK_EQ(munmap(p + PAGE, PAGE), 0);
	FAILS(mincore(p, 3 * PAGE, vec), ENOMEM);
	FAILS(mincore(p + 1, PAGE, vec), EINVAL);
	FAILS(mincore(p, PAGE, (uint8_t *)8), EFAULT);
	FAILS(mincore(p, -1ul, vec), ENOMEM);
}

/* By a page that is touched below it, and whatever is asked of it afterwards. */
static void grows_down(void)
{
	uint8_t *p = anonymous(1024), *q = p + 1023 * PAGE, vec[8];
	char line[64];
	bool found = false;
	FILE *f;

	CHECK_EQ(munmap(p, 1024 * PAGE), 0);
	CHECK(mmap(q, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1,
		   0) == q);
	FAILS(mincore(q - 5 * PAGE, 6 * PAGE, vec), ENOMEM);
	q[-5 * PAGE] = 7;
	CHECK_EQ(mincore(q - 5 * PAGE, 6 * PAGE, vec), 0);
	CHECK_EQ(mprotect(q - PAGE, PAGE, PROT_READ | PROT_GROWSDOWN), 0);
	CHECK_EQ(((volatile uint8_t *)q)[-6 * PAGE], 0);
	snprintf(line, sizeof(line), "%lx-%lx r--p 00000000 00:00 0",
		 (unsigned long)(q - 6 * PAGE), (unsigned long)q);
	f = fopen("/proc/self/maps", "r");
	for (char text[400]; f && fgets(text, sizeof(text), f);)
		found |= !strncmp(text, line, strlen(line));
	CHECK(found);
	CHECK_EQ(fclose(f), 0);
	CHECK(map_at(q - 7 * PAGE, 2, MAP_FIXED) == q - 7 * PAGE);
	CHECK_EQ(q[-5 * PAGE], 7);
	CHECK_EQ(munmap(q - 5 * PAGE, 6 * PAGE), 0);
	CHECK(!readable(q - 5 * PAGE) && readable(q - 6 * PAGE));
}

/* ---- data ---------------------------------------------------------------- */

static uint8_t *break_at(void *end)
{
	return (uint8_t *)syscall(SYS_brk, end);
}

static void data_segment(void)
{
	uint8_t *now = break_at(NULL);

	CHECK(now && break_at((void *)1) == now);
	CHECK(break_at(now + 64 * 1048576) == now + 64 * 1048576);
	CHECK(now[64 * 1048576 - 1] == 0);
	now[10 * PAGE] = 1;
	CHECK(break_at(now + PAGE) == now + PAGE);
	CHECK(!readable(now + 10 * PAGE));
	CHECK(break_at(now + 20 * PAGE) == now + 20 * PAGE);
	CHECK_EQ(now[10 * PAGE], 0);
	CHECK(break_at((void *)-PAGE) == now + 20 * PAGE);
	CHECK(break_at(now) == now);
}

static void shared_memory(void)
{
	int id = shmget(IPC_PRIVATE, 3 * PAGE - 5, 0600);
	uint8_t *p, *q, *r;

	CHECK(id >= 0);
	p = shmat(id, NULL, 0);
	q = shmat(id, NULL, SHM_RDONLY);
	CHECK(p != (void *)-1 && q != (void *)-1);
	p[2 * PAGE] = 3;
	CHECK_EQ(q[2 * PAGE], 3);
	FAILS(shmat(id, p, 0), EINVAL);
	FAILS(shmat(id, p + 1, 0), EINVAL);
	FAILS(shmat(-1, NULL, 0), EINVAL);
	r = anonymous(4);
	CHECK_EQ(munmap(r + PAGE, PAGE), 0);
	CHECK(shmat(id, r, SHM_REMAP) == r);
	CHECK_EQ(r[2 * PAGE], 3);
	/* What another mapping has replaced stays. */
	CHECK(map_at(r + PAGE, 1, MAP_FIXED) == r + PAGE);
	CHECK_EQ(shmdt(r), 0);
	CHECK(!readable(r) && readable(r + PAGE) && !readable(r + 2 * PAGE) &&
	      readable(r + 3 * PAGE));
	FAILS(shmdt(r), EINVAL);
	FAILS(shmdt(p + PAGE), EINVAL);
	CHECK_EQ(shmdt(p), 0);
	CHECK_EQ(shmdt(q), 0);
	CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
}

/* Of a file system mounted noexec, which /proc is in most places */
static void no_execution(void)
{
	int fd = open("/proc/version", O_RDONLY);
	struct statvfs st;

	CHECK(fd >= 0);
	CHECK_EQ(fstatvfs(fd, &st), 0);
	if (!(st.f_flag & ST_NOEXEC))
		return;
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) ==
	      MAP_FAILED);
	CHECK_EQ(errno, EPERM);
	CHECK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	CHECK_EQ(errno, ENODEV);
}

const struct user_case memory_cases[] = {
	{"memory/grows_down", grows_down, "does not follow it"},
	{"memory/map_errors", map_errors, "MAP_FIXED_NOREPLACE replaces"},
	{"memory/map_fixed", map_fixed, NULL},
	{"memory/map_hint", map_hint, NULL},
	{"memory/map_file", map_file, "MAP_SHARED_VALIDATE is EINVAL"},
#ifdef __aarch64__
	{"memory/unmap_others", unmap_others, "it unmaps itself"},
#endif
	{"memory/protect", protect, "a length of 0 is ENOMEM"},
	{"memory/remap", remap, NULL},
	{"memory/remap-several", remap_several,
	 "the rest has to be one mapping"},
#ifdef __aarch64__
	{"memory/tags", tags, "takes tags off for some calls only"},
#endif
	{"memory/remap_errors", remap_errors, "flags are not checked first"},
	{"memory/faults", faults, NULL},
#ifdef __aarch64__
	{"memory/null_atomics", null_atomics, NULL},
#endif
	{"memory/races", races, NULL},
	{"memory/advise", advise, "a hole is passed over"},
	{"memory/sync", sync_range, NULL},
	{"memory/lock", lock, "no mlock2"},
	{"memory/in_core", in_core, "alignment is not checked"},
	{"memory/brk", data_segment, "what brk frees stays"},
	{"memory/shm", shared_memory, "shmdt unmaps what has replaced it"},
	{"memory/no-execution", no_execution, NULL},
	{NULL, NULL, NULL},
};
