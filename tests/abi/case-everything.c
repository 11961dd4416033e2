/* SPDX-License-Identifier: MIT */
/*
 * Everything at once: two vCPUs that write logged memory, count and leave,
 * while other threads take that memory away and give it back, move its slot,
 * empty the rings, trigger irqfds, change their routes, fork, read statistics,
 * and make VMs that do not live long. Mostly for a sanitizer of threads: what
 * an answer may be is wide; that the VM is whole at the end is asked.
 *
 * ABI_SECONDS=N: instead of 1, in the long form 10.
 */
#include "pmu.h"
#include "ring.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <time.h>

#define SECONDS_MAX 120
#define HERE        200u /* pages that a guest writes in a round */
#define THERE       (LOG_BASE + 0x10000000)
#define SPI         40
#define GSI         8

struct runner {
	int vcpu;
	struct kvm_run *run;
	struct kvm_dirty_gfn *ring;
	unsigned int at; /* the next entry to come */
	atomic_uint exits, fulls;
};

static struct abi_vm vm;
static struct runner runners[2];
static bool has_pmu;
static int spare; /* a vCPU that never runs */
static int event;
static atomic_bool ends;

/* The answer is a success or one of these. */
static bool is_one_of(long ret, int a, int b)
{
	return ret >= 0 || errno == a || errno == b;
}

/* ---- the VM -------------------------------------------------------------- */

static void first(struct abi_vm *v)
{
	/* Linux 6.12.117 dies of it now and then: of a NULL in perf's switch to a thread
	 * with counters. */
	has_pmu = !getenv("ABI_TCG") &&
		  ioctl(v->kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PMU_V3) == 1;
	if (has_pmu)
		v->features = PMU;
	NEED(ring_enable(v->vm, RING_BYTES) == 0);
	NEED(bitmap_enable(v->vm) == 0);
	runners[1].vcpu = abi_vcpu(v, 1, &runners[1].run);
	spare = abi_vcpu(v, 2, NULL);
}

static void vm_make(void)
{
	struct abi_vm probe;
	int32_t irq = 23;
	bool v3;

	abi_vm_bare(&probe);
	v3 = abi_device_there(&probe, KVM_DEV_TYPE_ARM_VGIC_V3);
	close(probe.vm);
	close(probe.kvm);
	abi_vm_open_with(&vm, v3 ? ABI_GICV3 : ABI_GICV2, first);
	runners[0].vcpu = vm.vcpu;
	runners[0].run = vm.run;
	for (int i = 0; i < 2; i++) {
		runners[i].ring = ring_map(runners[i].vcpu, RING_BYTES);
		if (!has_pmu)
			continue;
		OK(set_attr(runners[i].vcpu, IRQ, &irq));
		OK(set_attr(runners[i].vcpu, INIT, NULL));
	}
	logged = small_pages(LOG_PAGES * PAGE);
	OK(log_set(vm.vm, KVM_MEM_LOG_DIRTY_PAGES));
	event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	NEED(event >= 0);
}

/* ---- guests -------------------------------------------------------------- */

/* Both in the same code; x6: where to write, x7: how many pages. */
static void guest_make(void)
{
	static const uint32_t counted[] = {
		ASM_MSR(PMCNTENSET, 9), ASM_MSR(PMINTENSET, 9),
		ASM_MSR(PMEVTYPER(0), 8), ASM_MSR(PMCR, 10)};
	uint32_t code[32];
	unsigned int n = 0;

	for (unsigned int i = 0; has_pmu && i < 4; i++)
		code[n++] = counted[i];
	code[n++] = ASM_ADD_IMM(0, 6, 0);
	code[n++] = ASM_ADD_IMM(1, 7, 0);
	code[n++] = ASM_STR(4, 0);
	code[n++] = ASM_ADD_PAGE(0, 0);
	code[n++] = ASM_SUB_IMM(1, 1, 1);
	code[n++] = ASM_CBNZ(1, -3);
	if (has_pmu)
		code[n++] = ASM_MRS(5, PMCCNTR);
	code[n++] = ASM_MOVZ(0, 0x8400, 1); /* PSCI_VERSION */
	code[n++] = ASM_HVC(0);
	code[n++] = ASM_STR(4, 2);
	code[n] = ASM_B(-(int)n);
	abi_guest_load(&vm, 0, code, n + 1);
	for (int i = 0; i < 2; i++) {
		int fd = runners[i].vcpu;

		reg_set(fd, REG_PC, GUEST_BASE);
		reg_set(fd, REG_X(2), GUEST_MMIO);
		reg_set(fd, REG_X(6), LOG_BASE + i * 100 * PAGE);
		reg_set(fd, REG_X(7), HERE);
		reg_set(fd, REG_X(8), 8); /* INST_RETIRED */
		reg_set(fd, REG_X(9), CYCLE | 1);
		reg_set(fd, REG_X(10), PMCR_E);
	}
}

/* Memory that is not there is EFAULT, a slot that is not there an access. */
static void *run_guest(void *arg)
{
	struct runner *r = arg;

	while (!atomic_load(&ends)) {
		long ret = ioctl(r->vcpu, KVM_RUN, 0);

		CHECK(is_one_of(ret, EFAULT, EINTR));
		if (ret)
			continue;
		if (r->run->exit_reason == KVM_EXIT_DIRTY_RING_FULL) {
			atomic_fetch_add(&r->fulls, 1);
			sched_yield();
		} else {
			EQUAL(r->run->exit_reason, KVM_EXIT_MMIO);
			atomic_fetch_add(&r->exits, 1);
		}
	}
	return NULL;
}

/* ---- what happens to them ------------------------------------------------ */

static void *trigger(void *arg)
{
	struct kvm_irqfd irqfd = {.fd = event, .gsi = GSI};
	const uint64_t one = 1;

	while (!atomic_load(&ends)) {
		irqfd.flags = 0;
		OK(ioctl(vm.vm, KVM_IRQFD, &irqfd));
		for (int i = 0; i < 50; i++)
			CHECK(write(event, &one, 8) == 8 || errno == EAGAIN);
		irqfd.flags = KVM_IRQFD_FLAG_DEASSIGN;
		OK(ioctl(vm.vm, KVM_IRQFD, &irqfd));
	}
	return NULL;
}

/* Entries that are there go back to where they came from. */
static void harvest(struct runner *r)
{
	for (unsigned int n = 0; n < RING_ENTRIES; n++) {
		struct kvm_dirty_gfn *e = &r->ring[r->at % RING_ENTRIES];

		if (__atomic_load_n(&e->flags, __ATOMIC_ACQUIRE) !=
		    KVM_DIRTY_GFN_F_DIRTY)
			break;
		EQUAL(e->slot, LOG_SLOT);
		CHECK(e->offset < LOG_PAGES);
		__atomic_store_n(&e->flags, KVM_DIRTY_GFN_F_RESET,
				 __ATOMIC_RELEASE);
		r->at++;
	}
}

static void *route_and_reset(void *arg)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry;
	} t = {.entry = {.gsi = GSI, .type = KVM_IRQ_ROUTING_IRQCHIP}};

	for (unsigned int n = 0; !atomic_load(&ends); n++) {
		t.head.nr = n % 3 != 0;
		t.entry.u.irqchip.pin = SPI - 32 + n % 2;
		OK(ioctl(vm.vm, KVM_SET_GSI_ROUTING, &t));
		harvest(&runners[0]);
		harvest(&runners[1]);
		OK(ring_reset(&vm));
	}
	return NULL;
}

static void log_at(uint64_t gpa, uint32_t flags, uint64_t size)
{
	OK(slot_set(vm.vm, LOG_SLOT, flags, gpa, size, logged));
}

static void *change_slots(void *arg)
{
	static uint64_t bits[LOG_PAGES / 64];
	struct kvm_dirty_log get = {.slot = LOG_SLOT, .dirty_bitmap = bits};
	struct kvm_clear_dirty_log clear = {
		.slot = LOG_SLOT, .num_pages = LOG_PAGES, .dirty_bitmap = bits};
	const uint64_t size = LOG_PAGES * PAGE;

	while (!atomic_load(&ends)) {
		for (int i = 0; i < 20; i++) {
			OK(ioctl(vm.vm, KVM_GET_DIRTY_LOG, &get));
			OK(ioctl(vm.vm, KVM_CLEAR_DIRTY_LOG, &clear));
			sched_yield();
		}
		log_at(LOG_BASE, 0, size);
		log_at(LOG_BASE, KVM_MEM_LOG_DIRTY_PAGES, size);
		log_at(THERE, KVM_MEM_LOG_DIRTY_PAGES, size);
		log_at(LOG_BASE, KVM_MEM_LOG_DIRTY_PAGES, size);
		log_at(LOG_BASE, 0, 0);
		log_at(LOG_BASE, KVM_MEM_LOG_DIRTY_PAGES, size);
	}
	return NULL;
}

static void *protect(void *arg)
{
	for (unsigned int n = 0; !atomic_load(&ends); n++) {
		uint8_t *page = logged + n * 7 % HERE * PAGE;

		OK(mprotect(page, PAGE, n % 2 ? PROT_NONE : PROT_READ));
		OK(mprotect(page, PAGE, PROT_READ | PROT_WRITE));
		OK(madvise(page, PAGE, MADV_DONTNEED));
		sched_yield();
	}
	return NULL;
}

/* A descriptor of statistics that ends before the next, or does not. */
static void read_stats(int owner)
{
	struct kvm_stats_header h;
	uint64_t val;
	int fd = OK(ioctl(owner, KVM_GET_STATS_FD, 0));
	int again = OK(ioctl(owner, KVM_GET_STATS_FD, 0));

	EQUAL(pread(fd, &h, sizeof(h), 0), sizeof(h));
	close(fd);
	for (unsigned int i = 0; i < h.num_desc; i++)
		EQUAL(pread(again, &val, 8, h.data_offset + i * 8), 8);
	close(again);
}

static void *fork_and_read(void *arg)
{
	for (unsigned int n = 0; !atomic_load(&ends); n++) {
		int status = -1;
		pid_t pid;

		for (int i = 0; i < 10; i++)
			read_stats(i % 2 ? vm.vm : runners[n & 1].vcpu);
		pid = fork();
		if (!pid)
			_exit(ioctl(vm.vm, KVM_CHECK_EXTENSION, 3) == -1 &&
					      errno == EIO
				      ? 7
				      : 1);
		NEED(pid > 0);
		EQUAL(waitpid(pid, &status, 0), pid);
		EQUAL(status, 7 << 8);
	}
	return NULL;
}

/* ---- VMs that do not live long ------------------------------------------- */

static struct short_life {
	struct abi_vm v;
	int other;
	pthread_barrier_t begun;
} life;

/* Beside short_lives(): on one VM, and with its second vCPU. */
static void *beside(void *arg)
{
	struct short_life *l = arg;
	uint64_t val;

	pthread_barrier_wait(&l->begun);
	ring_enable(l->v.vm, RING_BYTES);
	pthread_barrier_wait(&l->begun);
	ioctl(l->v.vm, KVM_RESET_DIRTY_RINGS, 0);
	for (int i = 0; i < 3; i++)
		abi_attr(l->v.vcpu, KVM_HAS_DEVICE_ATTR, GROUP, INIT, NULL);
	pthread_barrier_wait(&l->begun);
	for (int i = 0; i < 8; i++)
		abi_reg_get(l->other, 0x6030000000130000ull | PMCNTENSET, &val);
	return NULL;
}

/* Enabling rings and beginning to log; the features, the number of counters. */
static void short_life(void)
{
	struct kvm_vcpu_init init;
	struct short_life *l = &life;
	pthread_t thread;

	abi_vm_bare(&l->v);
	pthread_barrier_init(&l->begun, NULL, 2);
	NEED(!pthread_create(&thread, NULL, beside, l));
	pthread_barrier_wait(&l->begun);
	slot_set(l->v.vm, LOG_SLOT, KVM_MEM_LOG_DIRTY_PAGES, LOG_BASE,
		 64 * PAGE, logged);
	slot_set(l->v.vm, LOG_SLOT, KVM_MEM_LOG_DIRTY_PAGES, THERE, 64 * PAGE,
		 logged);
	l->v.vcpu = OK(ioctl(l->v.vm, KVM_CREATE_VCPU, 0));
	l->other = OK(ioctl(l->v.vm, KVM_CREATE_VCPU, 1));
	pthread_barrier_wait(&l->begun);
	OK(ioctl(l->v.vm, KVM_ARM_PREFERRED_TARGET, &init));
	init.features[0] |= vm.features;
	OK(ioctl(l->other, KVM_ARM_VCPU_INIT, &init));
	OK(ioctl(l->v.vcpu, KVM_ARM_VCPU_INIT, &init));
	pthread_barrier_wait(&l->begun);
	for (int i = 0; has_pmu && i < 8; i++) {
		OK(set_filter(l->v.vcpu, 0x8, 0x20, i & 1));
		reg_set(l->v.vcpu, 0x6030000000130000ull | PMCR, PMCR_N(i & 3));
	}
	NEED(!pthread_join(thread, NULL));
	pthread_barrier_destroy(&l->begun);
	close(l->other);
	close(l->v.vcpu);
	close(l->v.vm);
	close(l->v.kvm);
}

/* And what a vCPU that never runs says of its PMU. */
static void *short_lives(void *arg)
{
	while (!atomic_load(&ends)) {
		uint64_t val;

		short_life();
		if (!has_pmu)
			continue;
		for (int i = 0; i < 6; i++)
			reg_get(spare, 0x6030000000130000ull | PMEVCNTR(i));
		abi_reg_get(spare, 0x6030000000130000ull | PMCR, &val);
		abi_reg_set(spare, 0x6030000000130000ull | PMCR, val);
		CHECK(is_one_of(set_filter(spare, 0, 1, KVM_PMU_EVENT_ALLOW),
				EBUSY, EBUSY));
	}
	return NULL;
}

/* ---- all of it ----------------------------------------------------------- */

static void on_kick(int sig)
{
}

/* Still whole: both write on. */
static void vm_is_whole(void)
{
	for (int i = 0; i < 2; i++) {
		struct runner *r = &runners[i];

		CHECK(atomic_load(&r->exits) > 0);
		r->run->immediate_exit = 1;
		REFUSED(ioctl(r->vcpu, KVM_RUN, 0), EINTR);
		r->run->immediate_exit = 0;
		/* The ring may end the first of them. */
		for (int n = 0; n < 2; n++) {
			harvest(r);
			OK(ring_reset(&vm));
			OK(ioctl(r->vcpu, KVM_RUN, 0));
		}
	}
}

static void everything(void)
{
	void *(*const others[])(void *) = {trigger,       route_and_reset,
					   change_slots,  protect,
					   fork_and_read, short_lives};
	const char *env = getenv("ABI_SECONDS");
	unsigned int seconds = env ? (unsigned int)atoi(env) : abi_times(1, 10);
	struct sigaction sa = {.sa_handler = on_kick};
	pthread_t thread[2 + ROWS(others)];

	NEED(seconds && seconds <= SECONDS_MAX);
	vm_make();
	guest_make();
	OK(sigaction(SIGUSR1, &sa, NULL));
	for (unsigned int i = 0; i < ROWS(thread); i++)
		NEED(!pthread_create(&thread[i], NULL,
				     i < 2 ? run_guest : others[i - 2],
				     i < 2 ? &runners[i] : NULL));
	sleep(seconds);
	/* A busy machine may need longer for one exit. */
	while (!atomic_load(&runners[0].exits) ||
	       !atomic_load(&runners[1].exits))
		usleep(1000);
	atomic_store(&ends, true);
	for (int i = 0; i < 2; i++)
		pthread_kill(thread[i], SIGUSR1);
	for (unsigned int i = 0; i < ROWS(thread); i++)
		NEED(!pthread_join(thread[i], NULL));
	vm_is_whole();
}

const struct abi_case cases_everything[] = {
	{"thread/everything", everything, SECONDS_MAX + 60},
	{NULL},
};
