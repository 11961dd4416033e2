/* SPDX-License-Identifier: MIT */
/*
 * A PE that waits for another is seen, one that gets on is not, and what a DSB
 * needs not wait for. All on one thread: a DSB that waited for another PE would
 * wait for ever.
 */
#include "cpu-env.h"
#include "cpu/exec.h"
#include "tests/check-main.h"

#define YIELD ASM_HINT(1)

static struct cpu_domain *dom;
static struct env *e, *other;
static struct cpu_env ops;
static unsigned int spins;
#define AFTER 3 /* times it is kicked */

static void spin_kick(struct cpu *cpu)
{
	if (++spins >= AFTER)
		cpu_request(cpu, CPU_REQ_KICK);
}

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	other = env_new(dom);
	ops = env_ops;
	ops.spin = spin_kick;
	e->cpu.env = &ops;
	spins = 0;
}

static void teardown(void)
{
	env_free(e);
	env_free(other);
	cpu_domain_free(dom);
}

/* ---- seen ---------------------------------------------------------------- */

/* The program at @pa is seen three times within @most instructions. */
static void spins_at(gpa_t pa, uint64_t most)
{
	uint64_t before = cpu_now(&e->cpu);

	spins = 0;
	atomic_store(&e->cpu.req, 0);
	ck_assert_int_eq(run_at(e, pa), CPU_EXIT_REQUEST);
	ck_assert_uint_eq(spins, AFTER);
	ck_assert_uint_lt(cpu_now(&e->cpu) - before, most);
}

START_TEST(yield_loop)
{
	uint64_t x1;

	CODE(e, CODE_PA, ASM_ADD_IMM(1, 1, 1), YIELD, ASM_B(-2));
	spins_at(CODE_PA, 3 * 3000);
	/* Not the first YIELD, and PC is behind it. */
	x1 = e->cpu.x[1];
	ck_assert_uint_gt(x1, 3 * 500);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 8);
}
END_TEST

START_TEST(wfe_loop)
{
	unsigned int n = 0;

	CODE(e, CODE_PA, ASM_WFE, ASM_B(-1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_WFE);
	while (!cpu_spins(&e->cpu)) {
		ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_WFE);
		n++;
	}
	ck_assert_uint_gt(n, 100);
	ck_assert_uint_lt(n, 10000);
	ck_assert_uint_eq(spins, 0);
}
END_TEST

/* Of one block, of two, and of one instruction. */
START_TEST(silent_loops)
{
	e->cpu.x[0] = DATA_PA;
	CODE(e, CODE_PA, ASM_LDR(1, 0), ASM_NOP, ASM_CBZ(1, -2), ASM_HVC(0));
	spins_at(CODE_PA, 100 * 10000);
	CODE(e, CODE_PA + 0x1000, ASM_LDR(1, 0), ASM_CBNZ(1, 3), ASM_NOP,
	     ASM_B(-3), ASM_HVC(0));
	spins_at(CODE_PA + 0x1000, 100 * 10000);
	CODE(e, CODE_PA + 0x2000, ASM_B_SELF);
	spins_at(CODE_PA + 0x2000, 100 * 10000);
}
END_TEST

/* ---- not seen ------------------------------------------------------------ */

/* A general register, and a vector one, say that it gets on. */
START_TEST(progress)
{
	e->cpu.sys.cpacr_el1 = 3 << 20;
	e->cpu.x[1] = 1000000;
	CODE(e, CODE_PA, ASM_SUB_IMM(1, 1, 1), ASM_CBNZ(1, -1), ASM_HVC(0));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_uint_eq(spins, 0);
	/* v0 += v1 until a look, far on, finds the PE kicked */
	e->cpu.vreg[0].d[0] = 0;
	e->cpu.vreg[1].d[0] = 1;
	cpu_stop_at(&e->cpu, cpu_now(&e->cpu) + 1000000);
	CODE(e, CODE_PA + 0x1000, 0x5ee18400 /* add d0, d0, d1 */, ASM_B(-1));
	ck_assert_int_eq(run_at(e, CODE_PA + 0x1000), CPU_EXIT_TIME);
	ck_assert_uint_gt(e->cpu.vreg[0].d[0], 400000);
	ck_assert_uint_eq(spins, 0);
}
END_TEST

/* A YIELD now and then; one that does not come in a loop. */
START_TEST(rare_yield)
{
	unsigned int n = 0;

	CODE(e, CODE_PA + 4 * n++, ASM_MOVZ(1, 500, 0));
	for (; n < 300; n++)
		CODE(e, CODE_PA + 4 * n, ASM_NOP);
	CODE(e, CODE_PA + 4 * n, YIELD, ASM_SUB_IMM(1, 1, 1),
	     ASM_CBNZ(1, -(int)n - 1), ASM_HVC(0));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_uint_eq(spins, 0);
}
END_TEST

/* Where instructions have costs nothing depends on it. */
START_TEST(costs)
{
	static struct cpu_costs one;

	for (unsigned int k = 0; k < NR_CPU_COSTS; k++)
		one.cycles[k] = 1;
	cpu_set_costs(&e->cpu, &one);
	cpu_stop_at(&e->cpu, cpu_now(&e->cpu) + 1000000);
	CODE(e, CODE_PA, YIELD, ASM_B(-1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_TIME);
	ck_assert_uint_eq(spins, 0);
}
END_TEST

/* ---- a DSB of another ---------------------------------------------------- */

static void other_invalidates(void)
{
	CODE(other, CODE_PA + 0x4000, ASM_TLBI_VMALLE1IS, ASM_DSB, ASM_HVC(7));
	ck_assert_int_eq(run_at(other, CODE_PA + 0x4000), CPU_EXIT_HVC);
	ck_assert_uint_eq(other->cpu.exit.imm16, 7);
}

static void spin_invalidate(struct cpu *cpu)
{
	other_invalidates();
	/* and so must this PE, outside or not */
	ck_assert_uint_ne(atomic_load(&cpu->req) & CPU_REQ_INVAL, 0);
	spin_kick(cpu);
}

/* It need not wait for one that rests, which knows of it before it goes on. */
START_TEST(dsb_past_spin)
{
	ops.spin = spin_invalidate;
	CODE(e, CODE_PA, YIELD, ASM_B(-1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_REQUEST);
	ck_assert_uint_eq(spins, AFTER);
	ck_assert_uint_eq(atomic_load(&e->cpu.req) & CPU_REQ_INVAL, 0);
}
END_TEST

/* Nor for one that has left by itself. */
START_TEST(dsb_past_exits)
{
	static const uint32_t leave[] = {ASM_WFI, ASM_WFE, ASM_HVC(0),
					 ASM_SMC(0), ASM_LDR(1, 0)};

	for (unsigned int k = 0; k < ARRAY_SIZE(leave); k++) {
		e->cpu.x[0] = 0x1000; /* no RAM */
		CODE(e, CODE_PA + 0x100 * k, leave[k]);
		ck_assert_int_ne(run_at(e, CODE_PA + 0x100 * k),
				 CPU_EXIT_REQUEST);
		other_invalidates();
		e->cpu.mmio_pending = false;
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-spin");
	TCase *t = tcase_create("spin");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, yield_loop);
	tcase_add_test(t, wfe_loop);
	tcase_add_test(t, silent_loops);
	tcase_add_test(t, progress);
	tcase_add_test(t, rare_yield);
	tcase_add_test(t, costs);
	tcase_add_test(t, dsb_past_spin);
	tcase_add_test(t, dsb_past_exits);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_run(srunner_create(suite()));
}
