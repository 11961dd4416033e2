/* SPDX-License-Identifier: MIT */
/*
 * The dirty log of a guest that runs, on one or several vCPUs: its writes are in
 * there whatever it writes with, and however the VMM asks for them.
 */
#include "test-kvm.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/types.h"
#include "kernel/vcpu.h"

#define COUNTER_AT 0x2000
#define REGIONS    7
#define PER_REGION 32
#define FIRST_PAGE 16
#define LOG_PAGES  (GUEST_SIZE / 4096)
#define LOG_WORDS  (LOG_PAGES / 64)
#define RING_BYTES 65536

/* The ways to ask. */
enum way {
	WAY_LOG,   /* KVM_GET_DIRTY_LOG, which clears */
	WAY_CLEAR, /* KVM_CLEAR_DIRTY_LOG does */
	WAY_RING,
	NR_WAYS
};

static const unsigned int numbers[] = {1, 2, 4};

/* Of each vCPU: how far it was after the harvest before. */
static struct writer {
	pthread_t thread;
	uint64_t after, before;
	struct kobj *obj; /* while there are rings */
	uint32_t taken;   /* of its ring */
} writers[TEST_VCPUS];
static unsigned int number, share;
static enum way way;

/* ---- the guest ----------------------------------------------------------- */

/* ADD x3, @region, x2, LSL #12 */
#define PAGE_OF(region) (0x8b023003u | (region) << 5)

/*
 * x0 counts. Its low bits choose a page of each region, of the vCPU's share in
 * it; one is written by each kind of store. x10 to x16 are the regions, x9 is
 * where the count is published when all have been written.
 */
static void load_writers(void)
{
	/* AND x2, x0, #(share - 1) */
	const uint32_t low_bits =
		0x92400002u | (uint32_t)(__builtin_ctz(share) - 1) << 10;

	GUEST(0, 0, PAGE_OF(10), ASM_STR(0, 3), PAGE_OF(11), ASM_STP(0, 0, 3),
	      PAGE_OF(12), ASM_LDADD(0, 4, 3), PAGE_OF(13),
	      0xc85f7c64u,              /* ldxr x4, [x3] */
	      0xc8057c60u,              /* stxr w5, x0, [x3] */
	      0x35ffffc5u,              /* cbnz w5, -2 */
	      PAGE_OF(14), 0x39001c60u, /* strb w0, [x3, #7] */
	      PAGE_OF(15), 0x3d800060u, /* str q0, [x3] */
	      PAGE_OF(16), 0xd50b7423u, /* dc zva, x3 */
	      ASM_STR(0, 9), ASM_ADD_IMM(0, 0, 1), ASM_B(-19));
	memcpy(t.ram, &low_bits, sizeof(low_bits));
}

static unsigned int page_of(unsigned int vcpu, unsigned int region, uint64_t n)
{
	return FIRST_PAGE + region * PER_REGION + vcpu * share + n % share;
}

static uint64_t counter_at(unsigned int vcpu)
{
	return COUNTER_AT + 64 * vcpu;
}

static uint64_t counter(unsigned int vcpu)
{
	return __atomic_load_n((uint64_t *)(t.ram + counter_at(vcpu)),
			       __ATOMIC_ACQUIRE);
}

static void *write_on(void *arg)
{
	const struct writer *w = arg;
	int vcpu = test_vcpus[w - writers];
	struct kvm_run *run = kvm_host_pages(vcpu);
	long ret;

	do
		ret = KVM(vcpu, KVM_RUN, 0);
	while (!ret && run->exit_reason == KVM_EXIT_DIRTY_RING_FULL);
	return (void *)ret;
}

static void on_signal(int sig)
{
	kernel_signal_arrived();
}

static void writers_start(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &sa, NULL);
	load_writers();
	for (unsigned int v = 0; v < number; v++) {
		int vcpu = test_vcpus[v];

		guest_mmu_on(vcpu);
		reg_set_of(vcpu, REG_PC, GUEST_BASE);
		for (unsigned int r = 0; r < REGIONS; r++)
			reg_set_of(vcpu, REG_X(10 + r),
				   GUEST_BASE + 4096 * page_of(v, r, 0));
		reg_set_of(vcpu, REG_X(9), GUEST_BASE + counter_at(v));
		ck_assert_int_eq(pthread_create(&writers[v].thread, NULL,
						write_on, &writers[v]),
				 0);
	}
}

static void writers_stop(void)
{
	for (unsigned int v = 0; v < number; v++) {
		void *ret;

		/* A signal before KVM_RUN has begun has no effect. */
		do {
			pthread_kill(writers[v].thread, SIGUSR1);
			usleep(1000);
		} while (pthread_tryjoin_np(writers[v].thread, &ret));
		ck_assert_int_eq((long)ret, -EINTR);
	}
}

/* The guest gets on by @n on that vCPU. */
static void wait_for(unsigned int vcpu, uint64_t n)
{
	while (counter(vcpu) < n)
		sched_yield();
}

/* ---- the VMM ------------------------------------------------------------- */

static void ring_take(struct writer *w, uint64_t bits[LOG_WORDS])
{
	const struct dirty_ring *ring = &vcpu_of(w->obj)->dirty_ring;

	for (;; w->taken++) {
		struct kvm_dirty_gfn *e =
			&ring->gfns[w->taken & (ring->size - 1)];

		if (__atomic_load_n(&e->flags, __ATOMIC_ACQUIRE) !=
		    KVM_DIRTY_GFN_F_DIRTY)
			return;
		ck_assert_uint_eq(e->slot, 0);
		ck_assert_uint_lt(e->offset, LOG_PAGES);
		bits[e->offset / 64] |= BIT(e->offset % 64);
		__atomic_store_n(&e->flags, KVM_DIRTY_GFN_F_RESET,
				 __ATOMIC_RELEASE);
	}
}

static void log_take(uint64_t bits[LOG_WORDS])
{
	struct kvm_dirty_log log = {.slot = 0, .dirty_bitmap = bits};
	struct kvm_clear_dirty_log clear = {.num_pages = LOG_PAGES,
					    .dirty_bitmap = bits};

	if (way == WAY_RING) {
		for (unsigned int v = 0; v < number; v++)
			ring_take(&writers[v], bits);
		ck_assert_int_ge(KVM(t.vm, KVM_RESET_DIRTY_RINGS, 0), 0);
		return;
	}
	ASK(0, t.vm, KVM_GET_DIRTY_LOG, &log);
	if (way == WAY_CLEAR)
		ASK(0, t.vm, KVM_CLEAR_DIRTY_LOG, &clear);
}

/* What @vcpu counted from @from to @to is in @bits. */
static void check_log(const uint64_t bits[LOG_WORDS], unsigned int vcpu,
		      uint64_t from, uint64_t to)
{
	if (to - from >= share)
		from = to - share + 1;
	for (uint64_t n = from; n <= to; n++)
		for (unsigned int r = 0; r < REGIONS; r++) {
			unsigned int page = page_of(vcpu, r, n);

			ck_assert_msg(bits[page / 64] >> page % 64 & 1,
				      "page %u, by store %u of %llu of vCPU "
				      "%u: lost",
				      page, r, (unsigned long long)n, vcpu);
		}
}

/* How many vCPUs had done something by which a loss would have been seen. */
static unsigned int harvest(void)
{
	uint64_t bits[LOG_WORDS] = {0};
	unsigned int checked = 0;

	for (unsigned int v = 0; v < number; v++)
		writers[v].before = counter(v);
	log_take(bits);
	for (unsigned int v = 0; v < number; v++) {
		struct writer *w = &writers[v];

		if (w->before >= w->after + 2) {
			check_log(bits, v, w->after + 2, w->before);
			checked++;
		}
		w->after = counter(v);
	}
	return checked;
}

/* ---- the test ------------------------------------------------------------ */

static void open_for(enum way w, unsigned int n)
{
	struct kernel_clock_options o = test_options();
	struct kvm_enable_cap cap = {.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
				     .args = {1}};
	struct kvm_userspace_memory_region r = {
		.flags = KVM_MEM_LOG_DIRTY_PAGES,
		.guest_phys_addr = GUEST_BASE,
		.memory_size = GUEST_SIZE,
	};

	way = w;
	number = n;
	share = PER_REGION / n;
	memset(writers, 0, sizeof(writers));
	ck_assert_int_eq(kernel_set_clock(&o), 0);
	test_vm_open_rings(way == WAY_RING ? RING_BYTES : 0);
	test_vcpus_open(number);
	if (way == WAY_CLEAR)
		ASK(0, t.vm, KVM_ENABLE_CAP, &cap);
	for (unsigned int v = 0; way == WAY_RING && v < number; v++)
		writers[v].obj = kvm_host_get(test_vcpus[v]);
	r.userspace_addr = (uintptr_t)t.ram;
	ASK(0, t.vm, KVM_SET_USER_MEMORY_REGION, &r);
}

static void close_all(void)
{
	for (unsigned int v = 0; way == WAY_RING && v < number; v++)
		kobj_put(writers[v].obj);
	test_vcpus_close();
	test_vm_close();
}

/*
 * What the guest has begun after one harvest and ended before the next is in
 * the next. It publishes a count when its writes are done, so the one after
 * what was seen published may have begun before.
 */
START_TEST(no_page_is_lost)
{
	const char *often = getenv("FAUXKVM_HARVESTS");
	unsigned int harvests = often                    ? atoi(often)
				: getenv("FAUXKVM_LONG") ? 300
							 : 100;
	unsigned int checked = 0;

	open_for(_i % NR_WAYS, numbers[_i / NR_WAYS]);
	writers_start();
	for (unsigned int v = 0; v < number; v++)
		wait_for(v, 100);
	harvest();
	for (unsigned int k = 0; k < harvests; k++) {
		wait_for(k % number, writers[k % number].after + k % 5);
		checked += harvest();
	}
	writers_stop();
	ck_assert_uint_gt(checked, harvests / 4);
	if (often)
		printf("%u vCPUs, way %u: %u harvests, %u looks at a vCPU's\n",
		       number, way, harvests, checked);
	close_all();
}
END_TEST

void add_tests_harvest(Suite *s)
{
	TCase *c = tcase_create("harvest");

	tcase_set_timeout(c, 3000);
	tcase_add_loop_test(c, no_page_is_lost, 0,
			    NR_WAYS * ARRAY_SIZE(numbers));
	suite_add_tcase(s, c);
}
