/* SPDX-License-Identifier: MIT */
/*
 * SVE: what traps it, the vector length, and that V registers are the low part of Z,
 * whose rest a SIMD&FP instruction zeroes unless it faults. Random loops that mix
 * both, by the engine and an instruction at a time.
 */
#include "cpu-env.h"
#include "engines.h"

#include "cpu/engine.h"
#include "cpu/fp/fp.h"
#include "cpu/sve/sve.h"
#include "tests/isa/insn-gen.h"

#define ENC_CPACR SYSREG_ENC(3, 0, 1, 0, 2)
#define ENC_ZCR   SYSREG_ENC(3, 0, 1, 2, 0)

#define ASM_PTRUE_B(pd)  (0x2518e3e0u | (pd)) /* of all */
#define ASM_RDVL(rd)     (0x04bf5020u | (rd)) /* #1 */
#define ASM_DUP_B(zd, n) (0x2538c000u | (n) << 5 | (zd))
#define ASM_ADD_Z(zd, zn, zm) \
	(0x04200000u | (zm) << 16 | (zn) << 5 | (zd)) /* .B */
#define ASM_MOV_V(vd, vn) \
	(0x4ea01c00u | (vn) << 16 | (vn) << 5 | (vd)) /* ORR .16B */
#define ASM_FMOV_D(vd, vn)  (0x1e604000u | (vn) << 5 | (vd))
#define ASM_FMOV_X(rd, vn)  (0x9e660000u | (vn) << 5 | (rd))
#define ASM_LDR_Q(vt, rn)   (0x3dc00000u | (rn) << 5 | (vt))
#define ASM_STR_Q(vt, rn)   (0x3d800000u | (rn) << 5 | (vt))
#define ASM_LDP_D(a, b, rn) (0x6d400000u | (b) << 10 | (rn) << 5 | (a))
#define ASM_LD4(vt, rn)     (0x4c400000u | (rn) << 5 | (vt)) /* .16B */
#define ASM_FCMP_D(vn, vm)  (0x1e602000u | (vm) << 16 | (vn) << 5)

static struct env *e;
static struct cpu_domain *dom;

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	vectors_put(e);
	ck_assert_int_eq(cpu_set_sve(&e->cpu, 0xffff), 0);
	set_sys(e, ENC_CPACR, 3 << 20 | 3 << 16);
	set_sys(e, ENC_ZCR, 15);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

/* At EL1, to an HVC or a vector. */
#define RUN(...)                               \
	do {                                   \
		CODE(e, CODE_PA, __VA_ARGS__); \
		go_el1(e);                     \
		run_at(e, CODE_PA);            \
	} while (0)

/* ---- traps --------------------------------------------------------------- */

START_TEST(absent)
{
	static const uint32_t words[] = {
		ASM_PTRUE_B(0), ASM_RDVL(0), ASM_ADD_Z(0, 1, 2),
		ASM_MRS(0, ENC_ZCR), ASM_MSR(ENC_ZCR, 0)};

	ck_assert_int_eq(cpu_set_sve(&e->cpu, 0), 0);
	for (unsigned int k = 0; k < ARRAY_SIZE(words); k++) {
		RUN(words[k], ASM_HVC(1));
		ck_assert_int_eq(exit_vector(e), 4);
		ck_assert_uint_eq(esr_ec(e), EC_UNKNOWN);
		ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
	}
	/* ZEN is not there, either. */
	set_sys(e, ENC_CPACR, 0);
	e->cpu.x[0] = UINT64_MAX;
	RUN(ASM_MSR(ENC_CPACR, 0), ASM_HVC(1));
	ck_assert_uint_eq(e->cpu.sys.cpacr_el1, 3 << 20);
}
END_TEST

static const struct {
	unsigned int zen, fpen;
	int el1, el0; /* EC, -1: none */
	int zcr;      /* of ZCR_EL1 at EL1 */
} traps[] = {
	{0, 3, EC_SVE, EC_SVE, EC_SVE}, {2, 3, EC_SVE, EC_SVE, EC_SVE},
	{1, 3, -1, EC_SVE, -1},         {3, 3, -1, -1, -1},
	{3, 0, EC_FP, EC_FP, -1},       {3, 2, EC_FP, EC_FP, -1},
	{3, 1, -1, EC_FP, -1},          {1, 1, -1, EC_SVE, -1},
	{0, 0, EC_SVE, EC_SVE, EC_SVE}, {1, 0, EC_FP, EC_SVE, -1},
};

static void expect(int ec, unsigned int iss)
{
	if (ec < 0) {
		ck_assert_int_eq(exit_vector(e), -1);
		return;
	}
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_int_eq((int)esr_ec(e), ec);
	ck_assert_uint_eq(esr_iss(e), iss);
}

START_TEST(trapped)
{
	static const uint32_t words[] = {
		ASM_PTRUE_B(0), ASM_RDVL(0), ASM_ADD_Z(0, 1, 2),
		0x85804020 /* ldr z0, [x1] */, 0xe5800020 /* str p0, [x1] */};

	e->cpu.x[1] = DATA_PA;
	set_sys(e, ENC_CPACR, traps[_i].zen << 16 | traps[_i].fpen << 20);
	for (unsigned int k = 0; k < ARRAY_SIZE(words); k++) {
		RUN(words[k], ASM_HVC(1));
		expect(traps[_i].el1,
		       traps[_i].el1 == EC_FP ? BIT(24) | 0xe << 20 : 0);
		CODE(e, CODE_PA, words[k], ASM_SVC(1));
		go_el0(e);
		run_at(e, CODE_PA);
		ck_assert_int_eq(exit_vector(e), 8);
		ck_assert_int_eq((int)esr_ec(e),
				 traps[_i].el0 < 0 ? EC_SVC : traps[_i].el0);
	}
	RUN(ASM_MRS(0, ENC_ZCR), ASM_MSR(ENC_ZCR, 0), ASM_HVC(1));
	expect(traps[_i].zcr, 0);
}
END_TEST

/* ---- the length ---------------------------------------------------------- */

static uint64_t rdvl(void)
{
	RUN(ASM_RDVL(0), ASM_HVC(1));
	ck_assert_int_eq(exit_vector(e), -1);
	return e->cpu.x[0];
}

START_TEST(length)
{
	for (unsigned int len = 0; len < 16; len++) {
		e->cpu.x[1] = ~UINT64_C(15) | len;
		RUN(ASM_MSR(ENC_ZCR, 1), ASM_MRS(2, ENC_ZCR), ASM_RDVL(3),
		    ASM_HVC(1));
		ck_assert_uint_eq(e->cpu.x[2], len);
		ck_assert_uint_eq(e->cpu.x[3], 16 * (len + 1));
	}
	/* 128, 256 and 512 bits. */
	ck_assert_int_eq(cpu_set_sve(&e->cpu, 1 << 0 | 1 << 1 | 1 << 3), 0);
	for (unsigned int len = 0; len < 16; len++) {
		set_sys(e, ENC_ZCR, len);
		ck_assert_uint_eq(rdvl(), len >= 3 ? 64 : len >= 1 ? 32 : 16);
	}
	cpu_reset(&e->cpu);
	ck_assert_uint_eq(sve_vl(&e->cpu), 16);
}
END_TEST

static void fill(unsigned int n, uint8_t byte)
{
	uint8_t z[SVE_MAX_VL];

	memset(z, byte, sizeof(z));
	cpu_sve_set_z(&e->cpu, n, z);
}

/* From byte @from up to @to all are @byte. */
static bool holds(unsigned int n, unsigned int from, unsigned int to,
		  uint8_t byte)
{
	uint8_t z[SVE_MAX_VL];

	cpu_sve_get_z(&e->cpu, n, z);
	for (unsigned int k = from; k < to; k++)
		if (z[k] != byte)
			return false;
	return true;
}

/* ---- what insn-diff can't ask QEMU 7.2 ----------------------------------- */

/* C8.2, FMMLA, ZIP1 (vectors) and their like. */
START_TEST(needs_256_bits)
{
	static const uint32_t words[] = {
		0x05a20020 /* zip1 z0.q, z1.q, z2.q */,
		0x64e2e420 /* fmmla z0.d, z1.d, z2.d */,
		0xa4202000 /* ld1rob {z0.b}, p0/z, [x0] */};

	for (unsigned int k = 0; k < ARRAY_SIZE(words); k++) {
		e->cpu.x[0] = DATA_PA;
		set_sys(e, ENC_ZCR, 1);
		RUN(words[k], ASM_HVC(1));
		ck_assert_int_eq(exit_vector(e), -1);
		set_sys(e, ENC_ZCR, 0);
		RUN(words[k], ASM_HVC(1));
		ck_assert_int_eq(exit_vector(e), 4);
		ck_assert_uint_eq(esr_ec(e), EC_UNKNOWN);
		ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
	}
}
END_TEST

/* UZP2 of 384 bits has one pair; the rest is zero. */
START_TEST(quads_left_over)
{
	set_sys(e, ENC_ZCR, 2);
	fill(0, 9);
	fill(1, 1);
	fill(2, 2);
	RUN(0x05a20c20 /* uzp2 z0.q, z1.q, z2.q */, ASM_HVC(1));
	ck_assert(holds(0, 0, 16, 1));
	ck_assert(holds(0, 16, 32, 2));
	ck_assert(holds(0, 32, 48, 0));
}
END_TEST

/* UQXTN: the source is unsigned, of 64 bits, too. */
START_TEST(unsigned_source)
{
	uint8_t z[SVE_MAX_VL];

	fill(1, 0x80);
	RUN(0x45604820 /* uqxtnb z0.s, z1.d */, ASM_HVC(1));
	cpu_sve_get_z(&e->cpu, 0, z);
	for (unsigned int k = 0; k < SVE_MAX_VL; k++)
		ck_assert_uint_eq(z[k], k & 4 ? 0 : 0xff);
}
END_TEST

/* WHILERW and WHILEWR: addresses that are less than an element apart don't conflict. */
static const struct {
	int64_t apart;
	uint32_t word; /* p0.d, x0, x1 */
	unsigned int active;
} pointers[] = {
	{0, 0x25e13010, 32},   {3, 0x25e13010, 32},  {-3, 0x25e13010, 32},
	{8, 0x25e13010, 1},    {-20, 0x25e13010, 2}, {0, 0x25e13000, 32},
	{7, 0x25e13000, 32},   {31, 0x25e13000, 3},  {-16, 0x25e13000, 32},
	{255, 0x25e13000, 31},
};

START_TEST(near_pointers)
{
	uint64_t p[SVE_P_WORDS];
	unsigned int active = 0;

	e->cpu.x[0] = 0x12345;
	e->cpu.x[1] = 0x12345 + (uint64_t)pointers[_i].apart;
	RUN(pointers[_i].word, ASM_HVC(1));
	sve_p_get(&e->cpu, 0, p);
	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		active += (unsigned int)__builtin_popcountll(p[k]);
	ck_assert_uint_eq(active, pointers[_i].active);
}
END_TEST

/* What was above a shorter length is zero afterwards. */
START_TEST(shorter_for_a_time)
{
	static const uint64_t all[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX,
					UINT64_MAX};
	uint64_t p[4];

	for (unsigned int n = 0; n < 3; n++)
		fill(n, 0x11);
	cpu_sve_set_p(&e->cpu, 1, all);
	cpu_sve_set_p(&e->cpu, SVE_FFR, all);
	e->cpu.x[1] = 2;
	e->cpu.x[2] = 15;
	/* Z1 is written while it is shorter, V2 as well. */
	RUN(ASM_MSR(ENC_ZCR, 1), ASM_DUP_B(1, 0x22), ASM_MOV_V(2, 0),
	    ASM_MSR(ENC_ZCR, 2), ASM_HVC(1));
	ck_assert(holds(0, 0, 48, 0x11) && holds(0, 48, 256, 0));
	ck_assert(holds(1, 0, 48, 0x22) && holds(1, 48, 256, 0));
	ck_assert(holds(2, 0, 16, 0x11) && holds(2, 16, 256, 0));
	cpu_sve_get_p(&e->cpu, 1, p);
	ck_assert_uint_eq(p[0], BIT(48) - 1);
	ck_assert(!p[1] && !p[2] && !p[3]);
	cpu_sve_get_p(&e->cpu, SVE_FFR, p);
	ck_assert_uint_eq(p[0], BIT(48) - 1);
}
END_TEST

/* Of what was set from outside nothing above the length remains once it runs. */
START_TEST(settled)
{
	set_sys(e, ENC_ZCR, 0);
	fill(3, 0x33);
	cpu_settle(&e->cpu);
	set_sys(e, ENC_ZCR, 15);
	ck_assert(holds(3, 0, 16, 0x33) && holds(3, 16, 256, 0));
}
END_TEST

/* ---- V registers --------------------------------------------------------- */

START_TEST(v_is_low_part)
{
	fill(1, 0x11);
	e->cpu.x[1] = DATA_PA;
	memset(ram_at(e, DATA_PA), 0x44, 64);
	/* Data processing, scalar and vector; what writes no V; loads before
	 * anything, SVE too. */
	for (unsigned int n = 2; n < 16; n++)
		fill(n, 0x55);
	RUN(ASM_MOV_V(2, 1), ASM_FMOV_D(3, 1), ASM_FMOV_X(4, 1),
	    ASM_FCMP_D(5, 1), ASM_LDR_Q(6, 1), ASM_ADD_Z(7, 6, 6),
	    ASM_STR_Q(8, 1), ASM_LDP_D(9, 10, 1), ASM_LD4(11, 1),
	    ASM_MOV_V(15, 1), ASM_LDR_Q(1, 1), ASM_HVC(1));
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert(holds(1, 0, 16, 0x55) && holds(1, 16, 256, 0));
	ck_assert(holds(2, 0, 16, 0x11) && holds(2, 16, 256, 0));
	ck_assert(holds(3, 0, 8, 0x11) && holds(3, 8, 256, 0));
	ck_assert(holds(4, 0, 256, 0x55) && holds(5, 0, 256, 0x55));
	ck_assert(holds(6, 0, 16, 0x44) && holds(6, 16, 256, 0));
	ck_assert(holds(7, 0, 16, 0x88) && holds(7, 16, 256, 0));
	ck_assert(holds(8, 0, 256, 0x55));
	for (unsigned int n = 9; n <= 15; n++)
		ck_assert(holds(n, 16, 256, 0));
	ck_assert(holds(10, 8, 16, 0));
}
END_TEST

/* A load is the last one before a branch, and of a block. */
START_TEST(load_ends_block)
{
	e->cpu.x[1] = DATA_PA;
	fill(2, 0x55);
	fill(3, 0x55);
	RUN(ASM_LDR_Q(2, 1), ASM_B(2), ASM_UDF, ASM_LDR_Q(3, 1), ASM_HVC(1));
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert(holds(2, 0, 256, 0) && holds(3, 0, 256, 0));
	/* The page's last instruction. */
	fill(2, 0x55);
	CODE(e, CODE_PA + 0x1000, ASM_HVC(1));
	CODE(e, CODE_PA + 0xffc, ASM_LDR_Q(2, 1));
	run_at(e, CODE_PA + 0xffc);
	ck_assert(holds(2, 0, 256, 0));
}
END_TEST

/* What does not happen does not clear anything. */
START_TEST(faults_clear_nothing)
{
	static const uint32_t loads[] = {ASM_LDR_Q(2, 1), ASM_LDP_D(2, 3, 1),
					 ASM_LD4(2, 1)};

	for (unsigned int k = 0; k < ARRAY_SIZE(loads); k++) {
		for (unsigned int n = 2; n < 6; n++)
			fill(n, 0x55);
		/* No memory there: it leaves without a syndrome. */
		e->cpu.x[1] = RAM_BASE + RAM_SIZE;
		RUN(loads[k], ASM_MOV_V(7, 7), ASM_HVC(1));
		ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_NISV);
		for (unsigned int n = 2; n < 6; n++)
			ck_assert(holds(n, 0, 256, 0x55));
	}
	fill(2, 0x55);
	set_sys(e, ENC_CPACR, 3 << 16);
	RUN(ASM_MOV_V(2, 1), ASM_HVC(1));
	ck_assert_uint_eq(esr_ec(e), EC_FP);
	ck_assert(holds(2, 0, 256, 0x55));
}
END_TEST

/* Of a loop that has been translated, in the middle of which bodies come in. */
START_TEST(loop)
{
	e->cpu.x[1] = DATA_PA;
	e->cpu.x[2] = 100;
	memset(ram_at(e, DATA_PA), 0, 64);
	fill(3, 1);
	RUN(ASM_LDR_Q(4, 1), ASM_ADD_Z(5, 3, 4), ASM_ADD_Z(4, 5, 3),
	    ASM_STR_Q(4, 1), ASM_SUB_IMM(2, 2, 1), ASM_CBNZ(2, -5), ASM_HVC(1));
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert(holds(4, 0, 16, 200) && holds(4, 16, 256, 2));
	ck_assert(holds(5, 0, 16, 199) && holds(5, 16, 256, 1));
}
END_TEST

/* ---- in lock-step -------------------------------------------------------- */

#define PROGRAMS  300
#define BODY      14 /* instructions of a loop */
#define COUNT_REG 28
#define BASE_REG  27
#define WINDOW    UINT64_C(0x20000)
#define WINDOW_PA (RAM_BASE + 0x200000)

static struct env *steps; /* an instruction at a time */
static uint8_t window[WINDOW];

static bool touches(const struct insn *i, unsigned int reg)
{
	return i->rd == reg || i->ra == reg;
}

/* A load or store of V registers at x[BASE_REG] plus a constant. */
static bool make_vldst(uint32_t *w, struct insn *i)
{
	unsigned int mode;

	*w = (*w & ~(31u << 5)) | BASE_REG << 5;
	if (!insn_decode(*w, i))
		return false;
	mode = i->form & ~VLDST_LOAD;
	if (mode >= NR_VLDST_MODES)
		return i->rm == REG_ZR && !i->imm;
	/* Without an MMU memory is Device: it wants alignment. */
	return mode == VLDST_OFFSET && i->imm % 16 == 0;
}

static uint32_t random_word(void)
{
	static const enum gen_group groups[] = {GEN_SVE_INT, GEN_SVE_PRED,
						GEN_SIMD, GEN_FP, GEN_CRYPTO};
	const struct insn_row *row;
	struct insn i;
	uint32_t w;

	for (;;) {
		bool vldst = gen_chance(35);

		row = gen_random_row(
			vldst ? GEN_LDST
			      : groups[gen_below(ARRAY_SIZE(groups))]);
		if (!gen_row_valid(row, &w) || !insn_decode(w, &i))
			continue;
		if (vldst ? row->class != INSN_VLDST || !make_vldst(&w, &i)
			  : touches(&i, COUNT_REG) || touches(&i, BASE_REG))
			continue;
		return w;
	}
}

static void load_state(struct env *to, const struct diff_state *s,
		       const struct diff_sve *sve, const uint32_t *words,
		       unsigned int n)
{
	struct cpu *cpu = &to->cpu;

	memcpy(ram_at(to, CODE_PA), words, n * 4);
	memcpy(ram_at(to, WINDOW_PA), window, WINDOW);
	block_invalidate_all(cpu);
	go_el1(to);
	memcpy(cpu->x, s->x, sizeof(s->x));
	cpu->x[COUNT_REG] = 5;
	cpu->x[BASE_REG] = WINDOW_PA + 0x4000;
	set_nzcv(cpu, s->nzcv);
	fp_write_fpcr(cpu, s->fpcr);
	fp_write_fpsr(cpu, s->fpsr);
	for (unsigned int k = 0; k < 32; k++)
		sve_z_set(cpu, k, sve->z[k]);
	for (unsigned int k = 0; k < 17; k++)
		sve_p_set(cpu, k, sve->p[k]);
	cpu->pc = CODE_PA;
}

static void run_stepped(struct cpu *cpu)
{
	cpu->leave = false;
	fp_enter(cpu);
	while (!cpu->leave) {
		const struct insn_single *s = block_single(cpu);

		ck_assert_ptr_nonnull(s);
		cpu->page_va = cpu->pc & ~UINT64_C(0xfff);
		insn_execute(cpu, s);
	}
	fp_leave(cpu);
}

static const char *difference(const struct cpu *a, const struct cpu *b)
{
	static char what[16];
	uint8_t za[SVE_MAX_VL], zb[SVE_MAX_VL];

	for (unsigned int k = 0; k < 31; k++) {
		snprintf(what, sizeof(what), "x%u", k);
		if (a->x[k] != b->x[k])
			return what;
	}
	for (unsigned int k = 0; k < 32; k++) {
		snprintf(what, sizeof(what), "z%u", k);
		cpu_sve_get_z(a, k, za);
		cpu_sve_get_z(b, k, zb);
		if (memcmp(za, zb, sizeof(za)))
			return what;
	}
	for (unsigned int k = 0; k < 17; k++) {
		snprintf(what, sizeof(what), "p%u", k);
		if (memcmp(sve_p(a, k), sve_p(b, k), sizeof(struct sve_p)))
			return what;
	}
	if (get_nzcv(a) != get_nzcv(b))
		return "NZCV";
	return cpu_fpsr(a) == cpu_fpsr(b) ? NULL : "FPSR";
}

/* The same from the same state by both. */
static void check_loop(const uint32_t *words, unsigned int n)
{
	static struct diff_state s;
	static struct diff_sve sve;
	static uint8_t after[WINDOW];
	unsigned int vl = 16 * (1 + gen_below(16));
	const char *what;

	gen_state(&s, GEN_SIMD);
	gen_state_sve(&sve, &s, GEN_SVE_INT, vl);
	for (unsigned int k = 0; k < WINDOW; k += 8) {
		uint64_t v = gen_random();

		memcpy(window + k, &v, 8);
	}
	set_sys(e, ENC_ZCR, vl / 16 - 1);
	set_sys(steps, ENC_ZCR, vl / 16 - 1);
	load_state(e, &s, &sve, words, n);
	cpu_run(&e->cpu);
	memcpy(after, ram_at(e, WINDOW_PA), WINDOW);
	load_state(steps, &s, &sve, words, n);
	run_stepped(&steps->cpu);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_int_eq(exit_vector(steps), -1);
	what = difference(&e->cpu, &steps->cpu);
	if (!what && memcmp(after, ram_at(e, WINDOW_PA), WINDOW))
		what = "memory";
	for (unsigned int k = 0; what && k < n; k++) {
		char text[96];

		insn_disassemble(words[k], CODE_PA + 4 * k, text, sizeof(text));
		fprintf(stderr, "  %08x %s\n", words[k], text);
	}
	ck_assert_msg(!what, "length %u: %s differs", vl, what);
}

START_TEST(lockstep)
{
	uint32_t words[BODY + 3];

	gen_seed(1);
	steps = env_new(dom);
	ck_assert_int_eq(cpu_set_engine(&steps->cpu, &interp_engine), 0);
	ck_assert_int_eq(cpu_set_sve(&steps->cpu, 0xffff), 0);
	vectors_put(e);
	vectors_put(steps);
	set_sys(steps, ENC_CPACR, 3 << 20 | 3 << 16);
	for (unsigned int p = 0; p < PROGRAMS; p++) {
		for (unsigned int k = 0; k < BODY; k++)
			words[k] = random_word();
		words[BODY] = ASM_SUB_IMM(COUNT_REG, COUNT_REG, 1);
		words[BODY + 1] = ASM_CBNZ(COUNT_REG, -(BODY + 1));
		words[BODY + 2] = ASM_HVC(1);
		check_loop(words, BODY + 3);
	}
	env_free(steps);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-sve");
	TCase *tc = tcase_create("sve");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, absent);
	tcase_add_loop_test(tc, trapped, 0, ARRAY_SIZE(traps));
	tcase_add_test(tc, length);
	tcase_add_test(tc, needs_256_bits);
	tcase_add_test(tc, quads_left_over);
	tcase_add_test(tc, unsigned_source);
	tcase_add_loop_test(tc, near_pointers, 0, ARRAY_SIZE(pointers));
	tcase_add_test(tc, shorter_for_a_time);
	tcase_add_test(tc, settled);
	tcase_add_test(tc, v_is_low_part);
	tcase_add_test(tc, load_ends_block);
	tcase_add_test(tc, faults_clear_nothing);
	tcase_add_test(tc, loop);
	tcase_add_test(tc, lockstep);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
