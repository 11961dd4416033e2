/* SPDX-License-Identifier: MIT */
/*
 * AArch32 at EL0 under an EL1 in AArch64 state: ways in and out, PSTATE.IT at
 * exceptions and steps, code of both instruction sets at an address, T32 across
 * pages and changed. What instructions do is insn-diff's.
 */
#include "cpu-env.h"

#define SPSR_USER 0x10
#define SPSR_T    0x20
/* PSTATE.IT as SPSR_EL1 has it. */
#define SPSR_IT(it) ((uint64_t)((it) >> 2) << 10 | (uint64_t)((it)&3) << 25)
#define SPSR_Z      BIT(30)
#define SPSR_DIT    BIT(24)
#define SPSR_SSBS   BIT(23)
#define SPSR_PAN    BIT(22)

static struct cpu_domain *domain;
static struct cpu_env ops;
static struct env *e;

static void setup(void)
{
	domain = cpu_domain_new();
	ck_assert_ptr_nonnull(domain);
	e = env_new(domain);
	ops = env_ops;
	ops.aarch32 = true;
	e->cpu.env = &ops;
	vectors_put(e);
	CODE(e, CODE_PA, ASM_ERET);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(domain);
}

#define A32(pa, ...) CODE(e, pa, __VA_ARGS__)
#define T32(pa, ...)                                             \
	do {                                                     \
		const uint16_t halves_[] = {__VA_ARGS__};        \
		memcpy(ram_at(e, pa), halves_, sizeof(halves_)); \
		block_invalidate_all(&e->cpu);                   \
	} while (0)

/* Return from EL1 to @pc with @spsr, up to the next exception. */
static void enter(uint64_t pc, uint64_t spsr)
{
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | PSTATE_DAIF);
	e->cpu.sys.spsr_el1 = spsr;
	e->cpu.sys.elr_el1 = pc;
	run_at(e, CODE_PA);
}

/* On from the exception that was taken. */
static void resume(void)
{
	enter(e->cpu.sys.elr_el1, e->cpu.sys.spsr_el1);
}

#define VECTOR_A32_SYNC 12

static void expect(unsigned int ec, uint64_t elr)
{
	ck_assert_int_eq(exit_vector(e), VECTOR_A32_SYNC);
	ck_assert_uint_eq(esr_ec(e), ec);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, elr);
}

START_TEST(supervisor_call)
{
	A32(DATA_PA, 0xe2800001 /* add r0, r0, #1 */, 0xef123456 /* svc */);
	e->cpu.x[3] = UINT64_MAX;
	enter(DATA_PA, SPSR_USER | SPSR_Z);
	expect(EC_SVC32, DATA_PA + 8);
	ck_assert_uint_eq(e->cpu.sys.esr_el1 & ESR_IL, ESR_IL);
	ck_assert_uint_eq(esr_iss(e), 0x3456);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, SPSR_USER | SPSR_Z);
	ck_assert_uint_eq(e->cpu.x[0], 1);
	ck_assert_uint_eq(e->cpu.x[3], UINT32_MAX);
	T32(DATA_PA, 0x3001 /* adds r0, #1 */, 0xdf05 /* svc #5 */);
	enter(DATA_PA, SPSR_USER | SPSR_T);
	expect(EC_SVC32, DATA_PA + 4);
	ck_assert(!(e->cpu.sys.esr_el1 & ESR_IL));
	ck_assert_uint_eq(esr_iss(e), 5);
	ck_assert_uint_eq(e->cpu.x[0], 2);
}
END_TEST

/* A core that has no AArch32: an illegal return. */
START_TEST(is_not_there)
{
	ops.aarch32 = false;
	enter(DATA_PA, SPSR_USER);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_ILLEGAL_STATE);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1 & 0x1f, PSTATE_EL1h);
}
END_TEST

/* Exceptions between the two instructions of an IT block, and on. */
START_TEST(call_in_it_block)
{
	T32(DATA_PA, 0x2000 /* movs r0, #0 */, 0xbf0c /* ite eq */,
	    0xdf05 /* svceq */, 0x2107 /* movne r1, #7 */, 0x2208 /* movs r2 */,
	    0xdf06 /* svc */);
	for (unsigned int k = 0; k < 2; k++) {
		e->cpu.x[1] = 1;
		e->cpu.x[2] = 2;
		enter(DATA_PA, SPSR_USER | SPSR_T);
		expect(EC_SVC32, DATA_PA + 6);
		ck_assert_uint_eq(e->cpu.sys.spsr_el1,
				  SPSR_USER | SPSR_T | SPSR_Z | SPSR_IT(0x18));
		/* The second time with the other condition. */
		if (k)
			e->cpu.sys.spsr_el1 &= ~SPSR_Z;
		resume();
		expect(EC_SVC32, DATA_PA + 12);
		ck_assert_uint_eq(esr_iss(e), 6);
		ck_assert_uint_eq(e->cpu.x[1], k ? 7 : 1);
		ck_assert_uint_eq(e->cpu.x[2], 8);
		ck_assert_uint_eq(e->cpu.sys.spsr_el1, SPSR_USER | SPSR_T);
	}
}
END_TEST

START_TEST(undefined_in_it_block)
{
	T32(DATA_PA, 0x2000 /* movs r0, #0 */, 0xbf08 /* it eq */,
	    0xde00 /* udf */);
	enter(DATA_PA, SPSR_USER | SPSR_T);
	expect(EC_UNKNOWN, DATA_PA + 4);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1,
			  SPSR_USER | SPSR_T | SPSR_Z | SPSR_IT(0x08));
	/* Where the condition fails it is passed over. */
	T32(DATA_PA, 0x2000 /* movs r0, #0 */, 0xbf18 /* it ne */,
	    0xde00 /* udf */, 0xdf00);
	enter(DATA_PA, SPSR_USER | SPSR_T);
	expect(EC_SVC32, DATA_PA + 8);
}
END_TEST

/* Each instruction, an IT block among them, by software step. */
START_TEST(stepped)
{
	static const uint16_t its[] = {0, 0x0c, 0x18, 0, 0};

	T32(DATA_PA, 0x2000 /* movs r0, #0 */, 0xbf0c /* ite eq */,
	    0x2105 /* moveq r1 */, 0x2107 /* movne r1 */, 0xf240, 0x1200,
	    /* movw r2, #0x100 */ 0xbf00);
	set_sys(e, ENC_MDSCR, 1);
	enter(DATA_PA, SPSR_USER | SPSR_T | BIT(21));
	for (unsigned int k = 0; k < ARRAY_SIZE(its); k++) {
		expect(EC_STEP_LOW, DATA_PA + 2 * k + (k == 4 ? 4 : 2));
		ck_assert_uint_eq(e->cpu.sys.spsr_el1 & SPSR_IT(0xff),
				  SPSR_IT(its[k]));
		e->cpu.sys.spsr_el1 |= BIT(21);
		resume();
	}
	ck_assert_uint_eq(e->cpu.x[1], 5);
	ck_assert_uint_eq(e->cpu.x[2], 0x100);
}
END_TEST

/* A32, T32 and A32 again by BX, BLX, a popped and a loaded PC, time and again. */
START_TEST(interworking)
{
	gpa_t t32 = DATA_PA + 0x100, stack = DATA_PA + 0x800;

	A32(DATA_PA, 0xfa00003e /* blx t32 */, 0xe2511001 /* subs r1, #1 */,
	    0x1afffffc /* bne .-8 */, 0xe51ff004 /* ldr pc, .+4 */,
	    (uint32_t)t32 + 0x21);
	T32(t32, 0xb500 /* push {lr} */, 0x3001 /* adds r0, #1 */,
	    0xbd00 /* pop {pc} */);
	T32(t32 + 0x20, 0x4778 /* bx pc */, 0xbf00, 0x0000, 0xef00 /* svc */);
	e->cpu.x[0] = 0;
	e->cpu.x[1] = 100;
	e->cpu.x[13] = stack;
	enter(DATA_PA, SPSR_USER);
	expect(EC_SVC32, t32 + 0x28);
	ck_assert_uint_eq(e->cpu.x[0], 100);
	ck_assert_uint_eq(e->cpu.x[13], stack);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1 & (SPSR_T | 0x1f), SPSR_USER);
}
END_TEST

/* The same bytes as A32, as T32, and as A64, to which they are UNDEFINED. */
START_TEST(one_address)
{
	A32(DATA_PA, 0xdf07df07 /* svcle; svc #7 */, 0xef000008 /* svc #8 */);
	for (unsigned int k = 0; k < 3; k++) {
		enter(DATA_PA, SPSR_USER);
		expect(EC_SVC32, DATA_PA + 8);
		enter(DATA_PA, SPSR_USER | SPSR_Z);
		expect(EC_SVC32, DATA_PA + 4);
		enter(DATA_PA, SPSR_USER | SPSR_T);
		expect(EC_SVC32, DATA_PA + 2);
		enter(DATA_PA, PSTATE_EL0t);
		ck_assert_int_eq(exit_vector(e), 8);
		ck_assert_uint_eq(esr_ec(e), EC_UNKNOWN);
	}
}
END_TEST

/* An instruction whose halves are in two pages, of which the second changes; also
 * where addresses have tags, as Linux lets EL0 have. */
START_TEST(across_pages)
{
	gpa_t at = DATA_PA + 0xffe;

	set_sys(e, ENC_TCR, _i ? TCR_TBI0 : 0);
	T32(at - 2, 0x3001 /* adds r0, #1 */, 0xf240, 0x1105 /* movw r1 */,
	    0xdf00);
	enter(at - 2, SPSR_USER | SPSR_T);
	expect(EC_SVC32, at + 6);
	ck_assert_uint_eq(e->cpu.x[1], 0x105);
	*(uint16_t *)ram_at(e, at + 2) = 0x1106;
	enter(at, SPSR_USER | SPSR_T);
	expect(EC_SVC32, at + 6);
	ck_assert_uint_eq(e->cpu.x[1], 0x106);
	/* Of two bytes it is as any other. */
	T32(at - 2, 0x3001, 0x3101 /* adds r1, #1 */, 0xdf00);
	enter(at - 2, SPSR_USER | SPSR_T);
	expect(EC_SVC32, at + 4);
	ck_assert_uint_eq(e->cpu.x[1], 0x107);
}
END_TEST

/* A halfword that is not at a word's beginning is written by the VMM. */
START_TEST(changed_code)
{
	T32(DATA_PA, 0xbf00, 0x2105 /* movs r1, #5 */, 0xdf00);
	enter(DATA_PA + 2, SPSR_USER | SPSR_T);
	ck_assert_uint_eq(e->cpu.x[1], 5);
	*(uint16_t *)ram_at(e, DATA_PA + 2) = 0x2106;
	cpu_doubt_code(&e->cpu);
	enter(DATA_PA + 2, SPSR_USER | SPSR_T);
	ck_assert_uint_eq(e->cpu.x[1], 6);
	expect(EC_SVC32, DATA_PA + 6);
}
END_TEST

/* An address is one of 32 bits, whatever is added to it. */
START_TEST(addresses_wrap)
{
	A32(DATA_PA, 0xe7910002 /* ldr r0, [r1, r2] */,
	    0xe5b13ffc /* ldr r3, [r1, #0xffc]! */, 0xef000000);
	ram_put(e, DATA_PA + 0x100, 0x1234);
	e->cpu.x[1] = 0xfffffffc;
	e->cpu.x[2] = DATA_PA + 0x104;
	enter(DATA_PA, SPSR_USER);
	/* 0xff8 is no memory: an access to it leaves. */
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_NISV);
	ck_assert_uint_eq(e->cpu.exit.nisv.gpa, 0xff8);
	ck_assert_uint_eq(e->cpu.x[0], 0x1234);
	ck_assert_uint_eq(e->cpu.pc, DATA_PA + 4);
}
END_TEST

/* A load from a device leaves, and goes on in its IT block. */
START_TEST(device)
{
	T32(DATA_PA, 0xbf0c /* ite eq */, 0x6808 /* ldreq r0, [r1] */,
	    0x2207 /* movne r2, #7 */, 0xdf00);
	e->cpu.x[1] = 0x1000;
	e->cpu.x[2] = 1;
	enter(DATA_PA, SPSR_USER | SPSR_T | SPSR_Z);
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_MMIO);
	ck_assert_uint_eq(e->cpu.exit.mmio.gpa, 0x1000);
	ck_assert_uint_eq(e->cpu.exit.mmio.len, 4);
	ck_assert_uint_eq(e->cpu.pc, DATA_PA + 2);
	cpu_mmio_complete(&e->cpu, 0xffffffff87654321);
	ck_assert_uint_eq(e->cpu.pc, DATA_PA + 4);
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_HVC);
	expect(EC_SVC32, DATA_PA + 8);
	ck_assert_uint_eq(e->cpu.x[0], 0x87654321);
	ck_assert_uint_eq(e->cpu.x[2], 1);
}
END_TEST

/* ---- features ------------------------------------------------------------ */

#define ENC_ISAR5 SYSREG_ENC(3, 0, 0, 2, 5)
#define ENC_ISAR6 SYSREG_ENC(3, 0, 0, 2, 7)
#define ENC_MMFR3 SYSREG_ENC(3, 0, 0, 1, 7)
#define ENC_MVFR1 SYSREG_ENC(3, 0, 0, 3, 1)

/* A32 and the field of AArch32's ID registers that says it is there: by that, and
 * not by AArch64's; and a core without it. */
static const struct newer {
	uint32_t word, enc;
	uint8_t shift, without;
} newer[] = {
	{0xf3110b12, ENC_ISAR5, 24, 0}, /* vqrdmlah.s16 d0, d1, d2 */
	{0xf2910e42, ENC_ISAR5, 24, 0}, /* vqrdmlah.s16 d0, d1, d2[0] */
	{0xfc210d02, ENC_ISAR6, 4, 0},  /* vsdot.s8 d0, d1, d2 */
	{0xfe210d12, ENC_ISAR6, 4, 0},  /* vudot.u8 d0, d1, d2[0] */
	{0xfca10d02, ENC_ISAR6, 24, 0}, /* vusdot.s8 d0, d1, d2 */
	{0xfc220c44, ENC_ISAR6, 24, 0}, /* vsmmla.s8 q0, q1, q2 */
	{0xeeb90bc0, ENC_ISAR6, 0, 0},  /* vjcvt.s32.f64 s0, d0 */
	{0xeeb30960, ENC_ISAR6, 20, 0}, /* vcvtb.bf16.f32 s0, s1 */
	{0xf3b60640, ENC_ISAR6, 20, 0}, /* vcvt.bf16.f32 d0, q0 */
	{0xfc000d02, ENC_ISAR6, 20, 0}, /* vdot.bf16 d0, d1, d2 */
	{0xfc320854, ENC_ISAR6, 20, 0}, /* vfmat.bf16 q0, q1, q2 */
	{0xfc200830, ENC_ISAR6, 8, 0},  /* vfmal.f16 d0, s0, s1 */
	{0xf57ff070, ENC_ISAR6, 12, 0}, /* sb */
	{0xf1100200, ENC_MMFR3, 16, 0}, /* setpan #1 */
	{0xee300981, ENC_MVFR1, 24, 2}, /* vadd.f16 s0, s1, s2 */
	{0xfeb00a60, ENC_MVFR1, 24, 2}, /* vmovx.f16 s0, s1 */
	{0xee000910, ENC_MVFR1, 24, 2}, /* vmov.f16 s0, r0 */
	{0xed900900, ENC_MVFR1, 24, 2}, /* vldr.16 s0, [r0] */
	{0xf2110d02, ENC_MVFR1, 24, 2}, /* vadd.f16 d0, d1, d2 */
	{0xf2110d12, ENC_MVFR1, 24, 2}, /* vmla.f16 d0, d1, d2 */
	{0xf2110f12, ENC_MVFR1, 24, 2}, /* vrecps.f16 d0, d1, d2 */
};

static void be(const struct cpu_id *ids, unsigned int nr)
{
	static struct cpu_model model;

	cpu_model_set(&model, ids, nr);
	ops.model = &model;
	cpu_destroy(&e->cpu);
	ck_assert_int_eq(cpu_init(&e->cpu, domain, &ops, e), 0);
	vectors_put(e);
	CODE(e, CODE_PA, ASM_ERET);
}

static void be_without(const struct newer *n)
{
	struct cpu_id id = {n->enc, cpu_sysreg_find(n->enc)->reset};

	id.val &= ~(UINT64_C(15) << n->shift);
	id.val |= (uint64_t)n->without << n->shift;
	be(&id, 1);
}

static bool defined(uint32_t word)
{
	A32(DATA_PA, word, 0xef000000 /* svc */);
	set_sys(e, SYSREG_ENC(3, 0, 1, 0, 2), 3 << 20); /* CPACR_EL1.FPEN */
	e->cpu.x[0] = DATA_PA;
	enter(DATA_PA, SPSR_USER);
	if (esr_ec(e) != EC_SVC32)
		expect(EC_UNKNOWN, DATA_PA);
	return esr_ec(e) == EC_SVC32;
}

START_TEST(newer_than_armv8_0)
{
	for (size_t k = 0; k < ARRAY_SIZE(newer); k++) {
		ck_assert_msg(defined(newer[k].word), "%08x", newer[k].word);
		be_without(&newer[k]);
		ck_assert_msg(!defined(newer[k].word), "%08x", newer[k].word);
		/* Moves of 16 bits are no half precision: vmov.16 d0[0], r0;
		 * vmov.u16 r0, d0[0]; vdup.16 d0, r0. */
		ck_assert(defined(0xee000b30) && defined(0xee900b30) &&
			  defined(0xee800b30));
		/* Others are still there. */
		ck_assert(defined(newer[(k + 8) % ARRAY_SIZE(newer)].word));
		teardown();
		setup();
	}
}
END_TEST

/* DIT, which CPSR has at bit 21 and SPSR_EL1 at 24, and SSBS: a program's own. PAN is kept
 * for EL1. */
START_TEST(status_of_newer_cores)
{
	const uint32_t cpsr_dit = BIT(21), cpsr_ssbs = BIT(23);

	A32(DATA_PA, 0xe10f0000 /* mrs r0, cpsr */, 0xef000000 /* svc */,
	    0xe124f001 /* msr CPSR_s, r1 */, 0xe10f0000, 0xef000000);
	enter(DATA_PA, SPSR_USER | SPSR_DIT | SPSR_PAN | SPSR_Z);
	ck_assert_uint_eq(e->cpu.x[0], SPSR_USER | cpsr_dit | SPSR_Z);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1,
			  SPSR_USER | SPSR_DIT | SPSR_PAN | SPSR_Z);
	enter(DATA_PA, SPSR_USER | SPSR_SSBS);
	ck_assert_uint_eq(e->cpu.x[0], SPSR_USER | cpsr_ssbs);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, SPSR_USER | SPSR_SSBS);
	/* All bits of what EL0 may write there: SSBS, DIT, GE. */
	e->cpu.x[1] = UINT32_MAX;
	resume();
	ck_assert_uint_eq(e->cpu.x[0],
			  SPSR_USER | cpsr_ssbs | cpsr_dit | 0xf0000);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1,
			  SPSR_USER | SPSR_SSBS | SPSR_DIT | 0xf0000);
	/* In the place of the other state it is none: SPSR_EL1.SS, CPSR.J. */
	enter(DATA_PA, SPSR_USER | BIT(21));
	ck_assert_uint_eq(e->cpu.x[0], SPSR_USER);
	e->cpu.x[1] = SPSR_DIT;
	resume();
	ck_assert_uint_eq(e->cpu.x[0], SPSR_USER);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, SPSR_USER);
}
END_TEST

/* The three are as AArch64 has them, whatever AArch32 says. */
START_TEST(status_of_older_cores)
{
	const struct cpu_id ids[] = {{ENC_ID_AA64PFR0, 0x22},
				     {ENC_ID_AA64PFR1, 0},
				     {ENC_ID_AA64MMFR1, 0}};

	be(ids, ARRAY_SIZE(ids));
	A32(DATA_PA, 0xe124f001 /* msr CPSR_s, r1 */,
	    0xe10f0000 /* mrs r0, cpsr */, 0xef000000 /* svc */);
	e->cpu.x[1] = UINT32_MAX;
	enter(DATA_PA, SPSR_USER | SPSR_DIT | SPSR_SSBS | SPSR_PAN);
	ck_assert_uint_eq(e->cpu.x[0], SPSR_USER | 0xf0000);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, SPSR_USER | 0xf0000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("a32");
	TCase *tc = tcase_create("EL0");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, supervisor_call);
	tcase_add_test(tc, is_not_there);
	tcase_add_test(tc, call_in_it_block);
	tcase_add_test(tc, undefined_in_it_block);
	tcase_add_test(tc, stepped);
	tcase_add_test(tc, interworking);
	tcase_add_test(tc, one_address);
	tcase_add_loop_test(tc, across_pages, 0, 2);
	tcase_add_test(tc, changed_code);
	tcase_add_test(tc, addresses_wrap);
	tcase_add_test(tc, device);
	tcase_add_test(tc, newer_than_armv8_0);
	tcase_add_test(tc, status_of_newer_cores);
	tcase_add_test(tc, status_of_older_cores);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
