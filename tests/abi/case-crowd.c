/* SPDX-License-Identifier: MIT */
/*
 * Many of everything: VMs at once and one after the other, vCPUs that all run,
 * routes with an irqfd each; what is left of them in the process. And a VM whose
 * descriptors go, in each order, while its vCPU runs.
 */
#include "abi.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#define COUNTER 0x10000 /* in the guest's memory */

/* ---- what the process has ------------------------------------------------- */

struct holds {
	unsigned int fds, threads, maps;
	long kib; /* resident */
};

static unsigned int entries(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned int n = 0;

	NEED(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static struct holds holds(void)
{
	struct holds h = {.fds = entries("/proc/self/fd"),
			  .threads = entries("/proc/self/task")};
	FILE *f = fopen("/proc/self/maps", "r");
	char line[128];

	NEED(f);
	for (int c; (c = getc(f)) != EOF;)
		h.maps += c == '\n';
	fclose(f);
	/* What statm has is behind by some pages of each CPU's. */
	f = fopen("/proc/self/smaps_rollup", "r");
	while (f && !h.kib && fgets(line, sizeof(line), f))
		sscanf(line, "Rss: %ld", &h.kib);
	NEED(f && h.kib);
	fclose(f);
	return h;
}

/* With as many threads as there were at first: one that was joined may be there
 * for a moment yet. */
static struct holds holds_at_rest(unsigned int threads)
{
	struct holds is = holds();

	for (int wait = 0; wait < 5000 && is.threads != threads; wait++) {
		usleep(1000);
		is = holds();
	}
	EQUAL(is.threads, threads);
	return is;
}

/* An allocator may keep something, but not of each of thousands. */
static void holds_no_more(const struct holds *was)
{
	struct holds is = holds_at_rest(was->threads);

	EQUAL(is.fds, was->fds);
	CHECK(is.maps <= was->maps + 16);
	CHECK(is.kib <= was->kib + 4096);
}

/* ---- VMs ------------------------------------------------------------------ */

static void vm_make(struct abi_vm *v)
{
	abi_vm_open(v, ABI_GICV3);
	GUEST(v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
}

static void one_vm(unsigned int n)
{
	struct kvm_irqfd irqfd = {.fd = eventfd(0, EFD_CLOEXEC), .gsi = 1};
	const uint64_t one = 1;
	struct abi_vm v;
	int stats;

	vm_make(&v);
	OK(ioctl(v.vm, KVM_IRQFD, &irqfd));
	stats = (int)OK(ioctl(v.vcpu, KVM_GET_STATS_FD, 0));
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(write((int)irqfd.fd, &one, sizeof(one)), sizeof(one));
	if (n & 1)
		close((int)irqfd.fd);
	if (n & 2)
		close(stats);
	abi_vm_close(&v);
	if (!(n & 1))
		close((int)irqfd.fd);
	if (!(n & 2))
		close(stats);
}

static void vms_in_turn(void)
{
	unsigned int nr = abi_times(120, 10000);
	unsigned int threads = holds().threads;
	struct holds was;

	for (unsigned int n = 0; n < nr; n++) {
		if (n == 40)
			was = holds_at_rest(threads);
		one_vm(n);
	}
	holds_no_more(&was);
}

#define MANY_VMS 100

static void vms_at_once(void)
{
	static struct abi_vm v[MANY_VMS];
	unsigned int threads = holds().threads;
	struct holds was;

	one_vm(0);
	was = holds_at_rest(threads);
	for (unsigned int i = 0; i < MANY_VMS; i++)
		vm_make(&v[i]);
	for (unsigned int turn = 0; turn < 2; turn++)
		for (unsigned int i = 0; i < MANY_VMS; i++) {
			reg_set(v[i].vcpu, REG_X(0), i);
			EQUAL(abi_run(&v[i]), KVM_EXIT_MMIO);
			EQUAL(v[i].run->mmio.data[0], i);
			abi_run_nothing(&v[i]);
			reg_set(v[i].vcpu, REG_PC, GUEST_BASE);
		}
	for (unsigned int i = 0; i < MANY_VMS; i++)
		abi_vm_close(&v[i * 7 % MANY_VMS]);
	EQUAL(holds_at_rest(threads).fds, was.fds);
}

/* ---- vCPUs ---------------------------------------------------------------- */

#define MANY_VCPUS 512

static int many[MANY_VCPUS];
static struct kvm_run *many_run[MANY_VCPUS];

static void *run_one(void *arg)
{
	size_t i = (size_t)arg;

	OK(ioctl(many[i], KVM_RUN, 0));
	EQUAL(many_run[i]->exit_reason, KVM_EXIT_MMIO);
	EQUAL(many_run[i]->mmio.data[0], i & 0xff);
	return NULL;
}

static void vcpus_at_once(void)
{
	static pthread_t thread[MANY_VCPUS];
	/* Where time is counted each thread that begins is waited for. */
	unsigned int nr = abi_counted() ? 16 : MANY_VCPUS, most;
	pthread_attr_t small;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	most = (unsigned int)ioctl(v.vm, KVM_CHECK_EXTENSION,
				   KVM_CAP_MAX_VCPUS);
	NEED(most >= 8); /* as many as a GICv2 has */
	nr = nr < most ? nr : most;
	NEED(!pthread_attr_init(&small));
	NEED(!pthread_attr_setstacksize(&small, 256 << 10));
	many[0] = v.vcpu;
	many_run[0] = v.run;
	for (unsigned int i = 1; i < nr; i++)
		many[i] = abi_vcpu(&v, i, &many_run[i]);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	for (size_t i = 0; i < nr; i++) {
		reg_set(many[i], REG_X(0), i);
		reg_set(many[i], REG_PC, GUEST_BASE);
	}
	for (size_t i = 0; i < nr; i++)
		NEED(!pthread_create(&thread[i], &small, run_one, (void *)i));
	for (size_t i = 0; i < nr; i++)
		pthread_join(thread[i], NULL);
}

/* ---- routes ---------------------------------------------------------------- */

#define MANY_ROUTES 4096
#define NR_SPIS     32 /* of those that abi_vm_open() makes */

static void irqfds_at_once(void)
{
	static struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry[MANY_ROUTES];
	} t;
	const struct rlimit limit = {3 * MANY_ROUTES, 3 * MANY_ROUTES};
	static int fd[MANY_ROUTES];
	const uint64_t one = 1;
	struct abi_vm v;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		abi_skip("not so many descriptors");
	vm_make(&v);
	t.head.nr = MANY_ROUTES;
	for (uint32_t i = 0; i < MANY_ROUTES; i++)
		t.entry[i] = (struct kvm_irq_routing_entry){
			.gsi = i,
			.type = KVM_IRQ_ROUTING_IRQCHIP,
			.u.irqchip.pin = i % NR_SPIS,
		};
	OK(ioctl(v.vm, KVM_SET_GSI_ROUTING, &t));
	for (uint32_t i = 0; i < MANY_ROUTES; i++) {
		struct kvm_irqfd irqfd = {.gsi = i};

		fd[i] = eventfd(0, EFD_CLOEXEC);
		irqfd.fd = (uint32_t)fd[i];
		OK(ioctl(v.vm, KVM_IRQFD, &irqfd));
	}
	EQUAL(write(fd[MANY_ROUTES - 1], &one, sizeof(one)), sizeof(one));
	EQUAL(write(fd[32], &one, sizeof(one)), sizeof(one));
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	for (int wait = 0; wait < 1000 && abi_dist_get(&v, 0x204) != 0x80000001;
	     wait++)
		usleep(1000);
	EQUAL(abi_dist_get(&v, 0x204), 0x80000001); /* GICD_ISPENDR1 */
	abi_vm_close(&v);
}

/* ---- descriptors that go ---------------------------------------------------- */

static struct abi_vm running;
static int run_errno;

static void on_signal(int sig)
{
}

static void *run_until_signal(void *arg)
{
	run_errno = ioctl(running.vcpu, KVM_RUN, 0) ? errno : 0;
	return NULL;
}

static bool goes_on(void)
{
	volatile uint64_t *count = (void *)(running.ram + COUNTER);
	uint64_t was = *count;

	for (int wait = 0; wait < 5000 && *count == was; wait++)
		usleep(1000);
	return *count != was;
}

/* What is closed keeps its number's new owner apart, too. */
static void close_while_it_runs(const unsigned int order[3], bool unmap)
{
	pthread_t thread;
	int fds[3], new[3];

	abi_vm_open(&running, ABI_NO_GIC);
	GUEST(&running, 0, ASM_MOVZ(3, 0x4001, 1), ASM_LDR(2, 3),
	      ASM_ADD_IMM(2, 2, 1), ASM_STR(2, 3), ASM_B(-3));
	fds[0] = running.kvm;
	fds[1] = running.vm;
	fds[2] = running.vcpu;
	NEED(!pthread_create(&thread, NULL, run_until_signal, NULL));
	CHECK(goes_on());
	if (unmap)
		OK(munmap(running.run, running.run_size));
	for (unsigned int i = 0; i < 3; i++) {
		OK(close(fds[order[i]]));
		CHECK(goes_on());
	}
	for (unsigned int i = 0; i < 3; i++)
		new[i] = (int)OK(open("/dev/kvm", O_RDWR | O_CLOEXEC));
	CHECK(goes_on());
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	EQUAL(run_errno, EINTR);
	for (unsigned int i = 0; i < 3; i++)
		OK(close(new[i]));
	REFUSED(ioctl(running.vcpu, KVM_RUN, 0), EBADF);
	if (!unmap)
		OK(munmap(running.run, running.run_size));
	OK(munmap(running.ram, GUEST_SIZE));
}

static void closed_while_it_runs(void)
{
	static const unsigned int orders[][3] = {{0, 1, 2}, {0, 2, 1},
						 {1, 0, 2}, {1, 2, 0},
						 {2, 0, 1}, {2, 1, 0}};
	struct sigaction act = {.sa_handler = on_signal};
	unsigned int threads = holds().threads;
	struct holds was;

	sigaction(SIGUSR1, &act, NULL);
	for (size_t i = 0; i < ROWS(orders); i++) {
		close_while_it_runs(orders[i], false);
		if (!i)
			was = holds_at_rest(threads);
		close_while_it_runs(orders[i], true);
	}
	EQUAL(holds_at_rest(threads).fds, was.fds);
}

const struct abi_case cases_crowd[] = {
	{"crowd/vms-in-turn", vms_in_turn, 400},
	{"crowd/vms-at-once", vms_at_once, 60},
	{"crowd/vcpus-at-once", vcpus_at_once, 60},
	{"crowd/irqfds-at-once", irqfds_at_once, 60},
	{"crowd/closed-while-it-runs", closed_while_it_runs, 60},
	{NULL},
};
