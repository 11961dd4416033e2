/* SPDX-License-Identifier: MIT */
/*
 * What random calls are made on: memory at fixed addresses, slots of
 * descriptors, and a KVM_RUN that ends. See random.h.
 */
#include "random.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct world world;
bool args_good;

/* ---- memory -------------------------------------------------------------- */

/* Arguments end where nothing is mapped; two pages of each kind. */
#define ARG_HVA  0x2002000000ull
#define ARG2_HVA 0x2002010000ull
#define ARG_SIZE 0x8000ull

static void map_at(void *at, size_t size)
{
	if (mmap(at, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		 0) != at)
		_exit(4);
	/* Which pages a guest's write makes dirty is the kernel's choice. */
	madvise(at, size, MADV_NOHUGEPAGE);
}

static void *arg_at(uint64_t area, const char *name, const void *what,
		    size_t size)
{
	uint8_t *end = (uint8_t *)(area + ARG_SIZE);
	uint8_t *at = end - 4096 - (size + 7) / 8 * 8;

	memcpy(at, what, size);
	if (!odd(12))
		return at;
	args_good = false;
	switch (below(5)) {
	case 0: say(" %s:NULL", name); return NULL;
	case 1: say(" %s:1", name); return (void *)1;
	case 2: say(" %s:unmapped", name); return end;
	case 3: say(" %s:kernel's", name); return (void *)0xffff000012345678ull;
	default:
		/* The last four bytes are not there. */
		if (size <= 4)
			return at;
		at = end - size + 4;
		memcpy(at, what, size - 4);
		say(" %s:cut", name);
		return at;
	}
}

void *in_arg(const void *what, size_t size)
{
	return arg_at(ARG_HVA, "arg", what, size);
}

void *in_arg2(const void *what, size_t size)
{
	return arg_at(ARG2_HVA, "ptr", what, size);
}

/* ---- objects ------------------------------------------------------------- */

void slot_put(int *slot, int fd)
{
	if (fd < 0)
		return;
	if (*slot >= 0)
		close(*slot);
	*slot = fd;
}

int slot_close(int *slot)
{
	int fd = *slot;

	*slot = -1;
	return close(fd);
}

/* Some descriptor, said. */
static int any_fd(void)
{
	unsigned int vm = below(NR_VMS), n;

	switch (below(7)) {
	case 0: say("kvm"); return world.kvm;
	case 1: say("vm%u", vm); return world.vm[vm];
	case 2:
		n = below(NR_VCPUS);
		say("vcpu%u.%u", vm, n);
		return world.vcpu[vm][n];
	case 3:
		n = below(NR_DEVS);
		say("dev%u.%u", vm, n);
		return world.dev[vm][n];
	case 4: say("file"); return world.file;
	case 5: say("stats"); return world.stats;
	default:
		n = below(NR_EVENTS);
		say("event%u", n);
		return world.event[n];
	}
}

static unsigned int some_vm(void)
{
	return odd(150) ? below(NR_VMS) : 0;
}

int pick_kvm(void)
{
	if (odd(20))
		return any_fd();
	say("kvm");
	return world.kvm;
}

int pick_vm(unsigned int *vm)
{
	*vm = some_vm();
	if (odd(10))
		return any_fd();
	say("vm%u", *vm);
	return world.vm[*vm];
}

int pick_vcpu(unsigned int *vm, unsigned int *vcpu)
{
	*vm = some_vm();
	*vcpu = odd(100) ? below(NR_VCPUS) : below(2);
	if (odd(10))
		return any_fd();
	say("vcpu%u.%u", *vm, *vcpu);
	return world.vcpu[*vm][*vcpu];
}

int pick_dev(unsigned int dev, unsigned int *vm)
{
	static const char *const names[] = {"gic", "its", "its2.", "vfio"};

	*vm = some_vm();
	if (odd(10))
		return any_fd();
	say("%s%u", names[dev], *vm);
	return world.dev[*vm][dev];
}

int pick_event(void)
{
	unsigned int n = below(NR_EVENTS);

	if (odd(30)) {
		say("fd=");
		return any_fd();
	}
	if (odd(10)) {
		say("fd=-1");
		return -1;
	}
	say("fd=event%u", n);
	return world.event[n];
}

void settle(void)
{
	if (options.settle)
		usleep(options.settle);
}

/* ---- KVM_RUN that ends --------------------------------------------------- */

#define POLL_US    2000
#define SLEEPY     5  /* polls at which it slept all the time */
#define SPIN_TICKS 40 /* of the thread's time, 10 ms each */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	bool running;
	unsigned int nr; /* of runs */
	pid_t tid;
} watch = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0, 0};

struct thread_state {
	char state;
	unsigned long ticks, switches;
};

static size_t slurp(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (fd >= 0)
		close(fd);
	buf[n < 0 ? 0 : n] = 0;
	return n < 0 ? 0 : n;
}

static void thread_state(pid_t tid, struct thread_state *s)
{
	char path[64], buf[4096];
	unsigned long user = 0, sys = 0;
	const char *p;

	*s = (struct thread_state){0};
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	slurp(path, buf, sizeof(buf));
	p = strrchr(buf, ')');
	if (p && sscanf(p + 1,
			" %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
			"%lu %lu",
			&s->state, &user, &sys) == 3)
		s->ticks = user + sys;
	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	slurp(path, buf, sizeof(buf));
	p = strstr(buf, "\nvoluntary_ctxt_switches:");
	if (p)
		s->switches = strtoul(p + 25, NULL, 10);
}

/* Is there a thread that the one in KVM_RUN may wait for? On a busy machine that can
 * have to wait for a processor itself. */
static bool others_work(void)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *e;
	bool work = false;

	while (dir && !work && (e = readdir(dir))) {
		pid_t tid = atoi(e->d_name);
		struct thread_state s;

		if (tid <= 0 || tid == watch.tid || tid == gettid())
			continue;
		thread_state(tid, &s);
		work = s.state == 'R' || s.state == 'D';
	}
	if (dir)
		closedir(dir);
	return work;
}

/* With the lock, which it gives up while it waits. */
static void watch_one_run(void)
{
	struct thread_state first, last, now;
	unsigned int slept = 0, nr = watch.nr;

	thread_state(watch.tid, &first);
	last = first;
	while (watch.running && watch.nr == nr) {
		pthread_mutex_unlock(&watch.lock);
		usleep(POLL_US);
		pthread_mutex_lock(&watch.lock);
		if (!watch.running || watch.nr != nr)
			break;
		thread_state(watch.tid, &now);
		if (now.state == 'S' && now.switches == last.switches &&
		    !others_work())
			slept++;
		else
			slept = 0;
		last = now;
		if (slept >= SLEEPY || now.ticks > first.ticks + SPIN_TICKS) {
			syscall(SYS_tgkill, getpid(), watch.tid, SIGUSR1);
			slept = 0;
		}
	}
}

static void *watcher(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&watch.lock);
	for (;;) {
		while (!watch.running)
			pthread_cond_wait(&watch.wanted, &watch.lock);
		watch_one_run();
	}
	return NULL;
}

long run_limited(int vcpu)
{
	long ret;
	int err;

	pthread_mutex_lock(&watch.lock);
	watch.running = true;
	watch.nr++;
	pthread_cond_signal(&watch.wanted);
	pthread_mutex_unlock(&watch.lock);
	ret = ioctl(vcpu, KVM_RUN, 0);
	err = errno;
	pthread_mutex_lock(&watch.lock);
	watch.running = false;
	pthread_mutex_unlock(&watch.lock);
	errno = err;
	return ret;
}

static void on_kick(int sig)
{
	(void)sig;
}

static void watch_start(void)
{
	struct sigaction sa = {.sa_handler = on_kick};
	pthread_t thread;
	sigset_t usr1;

	sigaction(SIGUSR1, &sa, NULL);
	watch.tid = gettid();
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &usr1, NULL);
	if (pthread_create(&thread, NULL, watcher, NULL))
		_exit(4);
	pthread_sigmask(SIG_UNBLOCK, &usr1, NULL);
}

/* ---- the start of an episode --------------------------------------------- */

/* Each vector says which it is and the syndrome, and stays there. */
static void vectors_put(uint8_t *ram)
{
	for (unsigned int e = 0; e < 16; e++) {
		uint32_t *p = (uint32_t *)(ram + OFF_VECTORS + e * 0x80);
		bool irq = e % 4 == 1;

		*p++ = ASM_MOVZ(20, GPA_MMIO >> 16, 1);
		*p++ = ASM_ADD_IMM(20, 20, 8 * (e + 1));
		*p++ = ASM_MRS(21, SYSREG_ENC(3, 0, 5, 2, 0)); /* ESR_EL1 */
		if (irq && options.gicv2) {
			*p++ = ASM_MOVZ(22, GPA_GICC >> 16, 1);
			*p++ = ASM_ADD_IMM(22, 22, 0xc); /* GICC_IAR */
			*p++ = ASM_LDR_W(21, 22);
			*p++ = ASM_ADD_IMM(22, 22, 4); /* GICC_EOIR */
			*p++ = ASM_STR_W(21, 22);
		} else if (irq) {
			*p++ = ASM_MRS(21, SYSREG_ENC(3, 0, 12, 12, 0));
			*p++ = ASM_MSR(SYSREG_ENC(3, 0, 12, 12, 1), 21);
		}
		*p++ = ASM_STR(21, 20);
		*p++ = ASM_B(-1);
	}
}

void world_open(void)
{
	memset(&world, 0xff, sizeof(world));
	map_at((void *)ARG_HVA, ARG_SIZE);
	map_at((void *)ARG2_HVA, ARG_SIZE);
	munmap((void *)(ARG_HVA + ARG_SIZE), 4096);
	for (unsigned int vm = 0; vm < NR_VMS; vm++) {
		map_at(RAM_HVA(vm), RAM_SIZE);
		vectors_put(RAM_HVA(vm));
		for (unsigned int n = 0; n < NR_VCPUS; n++)
			world.run[vm][n] = NULL;
	}
	map_at(MORE_HVA, MORE_SIZE);
	map_at((void *)FRESH_HVA, FRESH_SIZE);
	world.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	world.file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	for (unsigned int n = 0; n < NR_EVENTS; n++)
		world.event[n] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (world.kvm < 0 || world.event[NR_EVENTS - 1] < 0)
		_exit(5);
	watch_start();
}
