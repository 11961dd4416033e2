/* SPDX-License-Identifier: MIT */
/*
 * Broadcast maintenance between PEs that run: after a sender's DSB (or after
 * cpu_domain_flush()) nobody uses the old translation or the old code. Built
 * with --enable-tsan, the first test also proves that the protocol orders
 * plain accesses (there no fence is light).
 */
#include "cpu-env.h"
#include "engines.h"

#include <pthread.h>
#include <sched.h>

#include "base/fence.h"
#include "cpu/domain-internal.h"

#define MAX_CPUS 4

static struct cpu_domain *dom;
static struct env *e[MAX_CPUS];
static unsigned int nr_cpus;
static struct space lo, hi;

static void setup(unsigned int number)
{
	nr_cpus = number;
	dom = cpu_domain_new();
	for (unsigned int k = 0; k < nr_cpus; k++)
		e[k] = env_new(dom);
	mmu_on(e[0], &lo, &hi);
	for (unsigned int k = 1; k < nr_cpus; k++) {
		set_sys(e[k], ENC_MAIR, TEST_MAIR);
		set_sys(e[k], ENC_TCR, TCR_4K);
		set_sys(e[k], ENC_TTBR0, lo.root);
		set_sys(e[k], ENC_TTBR1, hi.root);
		set_sys(e[k], ENC_SCTLR, e[k]->cpu.sys.sctlr_el1 | 1);
		vectors_put(e[k]);
	}
}

static void setup_two(void)
{
	setup(2);
}

static void setup_four(void)
{
	setup(4);
}

static void teardown(void)
{
	for (unsigned int k = 0; k < nr_cpus; k++)
		env_free(e[k]);
	cpu_domain_free(dom);
}

/* ---- the protocol -------------------------------------------------------- */

/*
 * "Pages" are plain integers. A PE translates by reading the page number that
 * is current and remembers it in a TLB entry of its own; only maintenance
 * makes it forget. The sender retires a page after its DSB by writing to it:
 * a PE that still used it would be a data race, and would see a value that
 * only retired pages have.
 */
#define PAGES 64

static unsigned int pages[PAGES];
static _Atomic unsigned int current_page;
static _Atomic unsigned int started;
static _Atomic bool stop;
static _Atomic bool went_wrong;

static struct cpu_tlb_entry *use_entry(struct cpu *cpu)
{
	return &cpu->tlbs[TLB_EL1][1];
}

static void use_page(struct cpu *cpu)
{
	struct cpu_tlb_entry *t = use_entry(cpu);

	if (t->rtag == CPU_TLB_INVALID) {
		t->addend = atomic_load(&current_page);
		t->rtag = 0x1000 | cpu->tlb_ctx[0];
		t->attr = 12;
	}
	if (pages[t->addend % PAGES] != 1)
		atomic_store(&went_wrong, true);
}

static bool lightly; /* enter, mostly, and use many pages before a look */

static void *user_thread(void *arg)
{
	struct env *me = arg;

	atomic_fetch_add(&started, 1);
	while (!atomic_load(&stop)) {
		domain_enter(&me->cpu);
		for (unsigned int n = 0; n < (lightly ? 64 : 200); n++) {
			if (!lightly &&
			    atomic_load(&me->cpu.req) & CPU_REQ_INVAL)
				domain_serve(&me->cpu);
			use_page(&me->cpu);
		}
		domain_leave(&me->cpu);
	}
	return NULL;
}

static void next_page(unsigned int n)
{
	pages[(n + 1) % PAGES] = 1;
	atomic_store(&current_page, (n + 1) % PAGES);
}

static void retire_page(unsigned int n)
{
	pages[n % PAGES] = 0;
}

/* Users enter by a plain store. Not where no fence can be light. */
static void await_light(void)
{
	for (unsigned int k = 1; k < nr_cpus && fence_is_light; k++)
		while (!atomic_load(&e[k]->cpu.inbox->light))
			sched_yield();
}

static void protocol(bool outside, bool light)
{
	pthread_t t[MAX_CPUS - 1];

	lightly = light;
	pages[0] = 1;
	for (unsigned int k = 1; k < nr_cpus; k++)
		pthread_create(&t[k - 1], NULL, user_thread, e[k]);
	while (atomic_load(&started) < nr_cpus - 1)
		sched_yield();
	/* Each waits for hundreds of entries of the others. */
	for (unsigned int n = 0; n < (light ? 50 : 500); n++) {
		next_page(n);
		if (light)
			await_light();
		if (outside) {
			cpu_domain_flush(dom, CPU_FLUSH_TLB);
		} else {
			domain_enter(&e[0]->cpu);
			domain_broadcast(&e[0]->cpu, INVAL_TLB_VA, 0x1000);
			domain_wait(&e[0]->cpu);
			domain_leave(&e[0]->cpu);
		}
		retire_page(n);
	}
	atomic_store(&stop, true);
	for (unsigned int k = 1; k < nr_cpus; k++)
		pthread_join(t[k - 1], NULL);
	ck_assert(!atomic_load(&went_wrong));
}

START_TEST(protocol_dsb)
{
	protocol(false, _i);
}
END_TEST

START_TEST(protocol_flush)
{
	protocol(true, _i);
}
END_TEST

/* Everybody sends and waits at once, in cpu_run(): no deadlock, and a PE that
 * is never in cpu_run() is not waited for. */
static void *sender_thread(void *arg)
{
	struct env *me = arg;

	domain_enter(&me->cpu);
	for (unsigned int n = 0; n < 5000; n++) {
		if (atomic_load(&me->cpu.req) & CPU_REQ_INVAL)
			domain_serve(&me->cpu);
		domain_broadcast(&me->cpu, n & 1 ? INVAL_TLB_VA : INVAL_TLB_ALL,
				 n << 12);
		domain_wait(&me->cpu);
	}
	domain_leave(&me->cpu);
	return NULL;
}

START_TEST(all_send)
{
	pthread_t t[MAX_CPUS - 1];

	for (unsigned int k = 1; k < nr_cpus; k++)
		pthread_create(&t[k - 1], NULL, sender_thread, e[k]);
	for (unsigned int n = 0; n < 200; n++)
		cpu_domain_flush(dom, CPU_FLUSH_TLB | CPU_FLUSH_WRITE |
					      CPU_FLUSH_CODE);
	for (unsigned int k = 1; k < nr_cpus; k++)
		pthread_join(t[k - 1], NULL);
}
END_TEST

/* What was sent to a PE outside is there when it comes in; more than an inbox
 * holds too. */
START_TEST(outside)
{
	gva_t va = 0x10000;
	uint64_t val;

	for (unsigned int k = 0; k < 200; k++)
		space_map(e[0], &lo, va + k * 0x1000, DATA_PA, 3, PTE_DEFAULT);
	for (unsigned int count = 1; count <= 200; count += 199) {
		ram_put(e[0], DATA_PA, 1);
		for (unsigned int k = 0; k < count; k++)
			ck_assert(access_at(e[1], va + k * 0x1000, MA_8, &val));
		for (unsigned int k = 0; k < count; k++) {
			space_map(e[0], &lo, va + k * 0x1000, DATA_PA + 0x1000,
				  3, PTE_DEFAULT);
			domain_broadcast(&e[0]->cpu, INVAL_TLB_VA,
					 va + k * 0x1000);
		}
		domain_wait(&e[0]->cpu);
		ram_put(e[0], DATA_PA + 0x1000, 2);
		domain_enter(&e[1]->cpu);
		domain_leave(&e[1]->cpu);
		for (unsigned int k = 0; k < count; k++) {
			ck_assert(access_at(e[1], va + k * 0x1000, MA_8, &val));
			ck_assert_uint_eq(val, 2);
			space_map(e[0], &lo, va + k * 0x1000, DATA_PA, 3,
				  PTE_DEFAULT);
		}
		cpu_domain_flush(dom, CPU_FLUSH_TLB);
		domain_enter(&e[1]->cpu);
		domain_leave(&e[1]->cpu);
	}
}
END_TEST

/* ---- guest code ---------------------------------------------------------- */

/*
 * All CPUs but the first load from a page for ever and leave by HVC when they
 * see a non-zero value. The first swaps the page for another that holds zero,
 * TLBI, DSB, and only then writes non-zero to the old one; 500 times (each may
 * wait for a host time slice).
 */
#define ALIAS UINT64_C(0x8000000000) /* of all RAM */

static _Atomic bool left[MAX_CPUS];

/* Where CPU @k counts its loads. */
static uint64_t *loads_of(unsigned int k)
{
	return ram_at(e[0], DATA_PA + 0x8000 + 64 * k);
}

/* Each loader has gone round twice, or has left. */
static void await_loads(void)
{
	for (unsigned int k = 1; k < nr_cpus; k++) {
		uint64_t *p = loads_of(k);
		uint64_t n = __atomic_load_n(p, __ATOMIC_RELAXED);

		while (__atomic_load_n(p, __ATOMIC_RELAXED) < n + 2 &&
		       !atomic_load(&left[k]))
			sched_yield();
	}
}

static void *loader_thread(void *arg)
{
	struct env *me = arg;
	uintptr_t reason;
	unsigned int k;

	for (k = 1; e[k] != me; k++)
		;
	me->cpu.x[0] = 0x10000;
	me->cpu.x[8] = ALIAS + ((uint8_t *)loads_of(k) - me->ram);
	reason = run_at(me, CODE_PA + 0x1000);
	atomic_store(&left[k], true);
	return (void *)reason;
}

static void run_guests(const uint32_t *sender, size_t size)
{
	pthread_t t[MAX_CPUS - 1];
	void *reason;

	for (unsigned int k = 1; k < nr_cpus; k++)
		pthread_create(&t[k - 1], NULL, loader_thread, e[k]);
	memcpy(ram_at(e[0], CODE_PA + 0x2000), sender, size);
	await_loads();
	ck_assert_int_eq(run_at(e[0], CODE_PA + 0x2000), CPU_EXIT_HVC);
	ck_assert_uint_eq(e[0]->cpu.exit.imm16, 3);
	/* What a stale loader would see is still there. */
	await_loads();
	for (unsigned int k = 1; k < nr_cpus; k++)
		cpu_request(&e[k]->cpu, CPU_REQ_KICK);
	for (unsigned int k = 1; k < nr_cpus; k++) {
		pthread_join(t[k - 1], &reason);
		ck_assert_uint_eq((uintptr_t)reason, CPU_EXIT_REQUEST);
	}
}

START_TEST(guest_tlbi)
{
	static const uint32_t loader[] = {ASM_LDR(1, 0), ASM_ADD_IMM(11, 11, 1),
					  ASM_STR(11, 8), ASM_CBZ(1, -3),
					  ASM_HVC(2)};
	/* x0 address of the PTE, x1 difference of its values, x2 operand of
	 * TLBI, x3 old page by another mapping, x4 difference of the pages,
	 * x5 count, x6 PTE, x7 one */
	static const uint32_t body[] = {
		0xca04006a,      /* eor x10, x3, x4 */
		ASM_STR(31, 10), /* the new page */
		0xca0100c6,      /* eor x6, x6, x1 */
		ASM_STR(6, 0),   /* is mapped */
		ASM_DSB,          ASM_TLBI_VAAE1IS(2), ASM_DSB,
		ASM_STR(7, 3), /* the old page is somebody else's now */
		ASM_MOV(3, 10),   0xd10004a5, /* sub x5, x5, #1 */
		ASM_CBNZ(5, -10), ASM_HVC(3),
	};
	struct cpu *c = &e[0]->cpu;

	memcpy(ram_at(e[0], CODE_PA + 0x1000), loader, sizeof(loader));
	space_map(e[0], &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT);
	/* All of RAM, for the sender's own accesses. */
	space_map(e[0], &lo, ALIAS, RAM_BASE, 1, PTE_DEFAULT);
	c->x[0] = ALIAS + (space_entry(e[0], &lo, 0x10000, 3) - RAM_BASE);
	c->x[6] = DATA_PA | PTE_DEFAULT | 3;
	c->x[1] = DATA_PA ^ (DATA_PA + 0x1000);
	c->x[2] = 0x10000 >> 12;
	c->x[3] = ALIAS + (DATA_PA - RAM_BASE);
	c->x[4] = 0x1000;
	c->x[5] = 501;
	c->x[7] = 1;
	run_guests(body, sizeof(body));
}
END_TEST

/*
 * The same with code: a load is replaced while others run it; what it used to
 * load becomes non-zero only after the DSB.
 */
START_TEST(guest_ic)
{
	/* call the function; it returns x1 = 0, or the loop ends */
	static const uint32_t loader[] = {ASM_BLR(9), ASM_ADD_IMM(11, 11, 1),
					  ASM_STR(11, 8), ASM_CBZ(1, -3),
					  ASM_HVC(2)};
	static const uint32_t function[] = {ASM_LDR(1, 0), ASM_RET};
	/* Flip the load between two addresses, [x0] and [x0, #8]. */
	static const uint32_t body[] = {
		0xca04006a,                                /* eor x10, x3, x4 */
		ASM_STR(31, 10),  0x4a0100c6,              /* eor w6, w6, w1 */
		ASM_STR_W(6, 0),  ASM_SYS(3, 7, 11, 1, 0), /* dc cvau, x0 */
		ASM_DSB,          ASM_SYS(3, 7, 5, 1, 0),  /* ic ivau, x0 */
		ASM_DSB,          ASM_STR(7, 3),
		ASM_MOV(3, 10),   0xd10004a5, /* sub x5, x5, #1 */
		ASM_CBNZ(5, -11), ASM_HVC(3),
	};
	struct cpu *c = &e[0]->cpu;

	memcpy(ram_at(e[0], CODE_PA + 0x1000), loader, sizeof(loader));
	memcpy(ram_at(e[0], CODE_PA + 0x3000), function, sizeof(function));
	for (unsigned int k = 1; k < nr_cpus; k++)
		e[k]->cpu.x[9] = CODE_PA + 0x3000;
	space_map(e[0], &lo, 0x10000, DATA_PA, 3, PTE_DEFAULT);
	space_map(e[0], &lo, ALIAS, RAM_BASE, 1, PTE_DEFAULT);
	c->x[0] = ALIAS + 0x3000;
	c->x[6] = function[0];
	c->x[1] = 0xf9400401 ^ 0xf9400001; /* ldr x1, [x0, #8] */
	c->x[3] = ALIAS + (DATA_PA - RAM_BASE);
	c->x[4] = 8;
	c->x[5] = 501;
	c->x[7] = 1;
	run_guests(body, sizeof(body));
}
END_TEST

/*
 * Two PEs want a page's code forgotten, and the second comes when the first has
 * broadcast it but is not at its DSB yet. The second's DSB is as good as any:
 * neither it nor a third PE runs the old code.
 */
START_TEST(ic_on_its_way)
{
	static const uint32_t old[] = {ASM_MOVZ(0, 1, 0), ASM_HVC(0)};
	static const uint32_t new[] = {ASM_MOVZ(0, 2, 0), ASM_HVC(0)};

	memcpy(ram_at(e[0], CODE_PA + 0x1000), old, sizeof(old));
	for (unsigned int k = 1; k < nr_cpus; k++) {
		ck_assert_int_eq(run_at(e[k], CODE_PA + 0x1000), CPU_EXIT_HVC);
		ck_assert_uint_eq(e[k]->cpu.x[0], 1);
	}
	memcpy(ram_at(e[0], CODE_PA + 0x1000), new, sizeof(new));
	domain_enter(&e[0]->cpu);
	block_forget_code(&e[0]->cpu, CODE_PA + 0x1000);
	domain_enter(&e[1]->cpu);
	block_forget_code(&e[1]->cpu, CODE_PA + 0x1000);
	domain_wait(&e[1]->cpu);
	domain_leave(&e[1]->cpu);
	for (unsigned int k = 1; k < nr_cpus; k++) {
		ck_assert_int_eq(run_at(e[k], CODE_PA + 0x1000), CPU_EXIT_HVC);
		ck_assert_uint_eq(e[k]->cpu.x[0], 2);
	}
	domain_wait(&e[0]->cpu);
	domain_leave(&e[0]->cpu);
}
END_TEST

/*
 * A wait that is given up leaves the PE's own inbox, and so the block of its DSB,
 * to whoever looks next.
 */
START_TEST(wait_is_owed)
{
	struct cpu *cpu = &e[0]->cpu;

	run_at(e[0], CODE_PA);
	domain_enter(&e[1]->cpu);
	domain_enter(cpu);
	domain_broadcast(&e[1]->cpu, INVAL_CODE_ALL, 0);
	domain_broadcast(cpu, INVAL_TLB_ALL, 0);
	cpu_request(cpu, CPU_REQ_KICK);
	ck_assert(!domain_wait(cpu));
	ck_assert(atomic_load(&cpu->req) & CPU_REQ_INVAL);
	ck_assert_ptr_nonnull(block_find(cpu, CODE_PA));
	domain_leave(&e[1]->cpu);
	ck_assert(domain_wait(cpu));
	ck_assert(!(atomic_load(&cpu->req) & CPU_REQ_INVAL));
	ck_assert_ptr_null(block_find(cpu, CODE_PA));
	domain_leave(cpu);
}
END_TEST

static TCase *case_of(Suite *s, const char *name, void (*setup_it)(void))
{
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, setup_it, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, protocol_dsb, 0, 2);
	tcase_add_loop_test(t, protocol_flush, 0, 2);
	tcase_add_test(t, all_send);
	tcase_add_test(t, outside);
	tcase_add_test(t, guest_tlbi);
	tcase_add_test(t, guest_ic);
	tcase_add_test(t, wait_is_owed);
	suite_add_tcase(s, t);
	return t;
}

int main(void)
{
	Suite *s = suite_create("cpu-domain");

	fence_init();
	case_of(s, "two PEs", setup_two);
	tcase_add_test(case_of(s, "four PEs", setup_four), ic_on_its_way);
	return check_run_engines(srunner_create(s));
}
