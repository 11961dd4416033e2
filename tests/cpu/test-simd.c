/* SPDX-License-Identifier: MIT */
/*
 * What the comparison with qemu-aarch64 (insn-diff) can't see of Advanced
 * SIMD: the access trap in front of every body, faults in the middle of a
 * structure or pair, and that host and portable crypto agree.
 */
#include "cpu-env.h"
#include "engines.h"

#include "cpu/crypto.h"
#include "cpu/bodies.h"

#define EC_FP_TRAP         0x07
#define EC_DATA_ABORT_SAME 0x25
#define VECTOR_EL1H_SYNC   4

static uint64_t random64(void)
{
	static uint64_t state = 1;
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void random_vregs(struct cpu *cpu)
{
	for (unsigned int r = 0; r < 32; r++)
		for (unsigned int h = 0; h < 2; h++)
			cpu->vreg[r].d[h] = random64();
}

static bool uses_vregs(const struct insn_row *row)
{
	return row->class == INSN_FP || row->class == INSN_SIMD ||
	       row->class == INSN_CRYPTO || !strncmp(row->name, "V_LD", 4);
}

START_TEST(every_body_traps)
{
	struct cpu_domain *dom = cpu_domain_new();
	struct env *e = env_new(dom);
	const struct insn_row *rows;
	unsigned int n, checked = 0;
	static union vreg before[32];

	cpu_reset(&e->cpu);
	vectors_put(e);
	rows = insn_rows(&n);
	for (unsigned int k = 0; k < 16 * n; k++) {
		const struct insn_row *row = &rows[k / 16];
		uint32_t word = (random64() & ~row->mask) | row->value;
		struct insn insn;

		if (!uses_vregs(row) || insn_decode(word, &insn) != row)
			continue;
		random_vregs(&e->cpu);
		memcpy(before, e->cpu.vreg, sizeof(before));
		go_el1(e);
		e->cpu.sys.cpacr_el1 = (k & 1) << 21; /* FPEN 0 or 2 */
		CODE(e, CODE_PA, word, ASM_HVC(1));
		run_at(e, CODE_PA);
		ck_assert_msg(exit_vector(e) == VECTOR_EL1H_SYNC &&
				      esr_ec(e) == EC_FP_TRAP,
			      "%s %08x: not trapped", row->name, word);
		ck_assert_msg(e->cpu.sys.elr_el1 == CODE_PA, "%s: ELR",
			      row->name);
		ck_assert_msg(!memcmp(before, e->cpu.vreg, sizeof(before)),
			      "%s %08x: changed a register", row->name, word);
		checked++;
	}
	ck_assert_int_gt(checked, 2000);
	env_free(e);
	cpu_domain_free(dom);
}
END_TEST

/* Base X1, post- or pre-indexed where the form has it; from the end of a
 * mapped page into one that isn't. */
static const struct {
	const char *what;
	uint32_t word;
	unsigned int mapped; /* bytes before the hole */
} crossing[] = {
	{"ldr q0, [x1], #16", 0x3cc10420, 8},
	{"ldr d0, [x1, #8]!", 0xfc408c20, 6},
	{"ldp q0, q1, [x1], #32", 0xacc10420, 16},
	{"ldp d0, d1, [x1], #16", 0x6cc10420, 8},
	{"ldp s0, s1, [x1], #8", 0x2cc10420, 4},
	{"ld1 {v0.16b-v3.16b}, [x1], #64", 0x4cdf2020, 33},
	{"ld1 {v0.8b}, [x1], #8", 0x0cdf7020, 3},
	{"ld2 {v0.4s, v1.4s}, [x1], #32", 0x4cdf8820, 20},
	{"ld3 {v0.8h-v2.8h}, [x1], #48", 0x4cdf4420, 46},
	{"ld4 {v0.2d-v3.2d}, [x1], #64", 0x4cdf0c20, 56},
	{"ld4 {v0.b-v3.b}[3], [x1], #4", 0x0dff2c20, 1},
	{"ld2r {v0.2d, v1.2d}, [x1], #16", 0x4dffcc20, 8},
};

#define MAPPED_VA UINT64_C(0x10000000)

static void check_crossing(struct env *e, unsigned int k, uint32_t word)
{
	static union vreg before[32];
	/* pre-index adds its offset first */
	uint64_t offset = crossing[k].word == 0xfc408c20 ? 8 : 0;
	uint64_t base = MAPPED_VA + 0x1000 - crossing[k].mapped - offset;

	random_vregs(&e->cpu);
	memcpy(before, e->cpu.vreg, sizeof(before));
	go_el1(e);
	e->cpu.x[1] = base;
	CODE(e, CODE_PA, word, ASM_HVC(1));
	run_at(e, CODE_PA);
	ck_assert_msg(exit_vector(e) == VECTOR_EL1H_SYNC, "%s: no fault",
		      crossing[k].what);
	ck_assert_uint_eq(esr_ec(e), EC_DATA_ABORT_SAME);
	/* translation fault, level 3; no instruction syndrome */
	ck_assert_uint_eq(esr_iss(e) & (BIT(24) | 0x3f), 7);
	ck_assert_uint_eq(e->cpu.sys.far_el1, MAPPED_VA + 0x1000);
	ck_assert_msg(e->cpu.x[1] == base, "%s: base written",
		      crossing[k].what);
	ck_assert_msg(!memcmp(before, e->cpu.vreg, sizeof(before)),
		      "%s: changed a register", crossing[k].what);
}

START_TEST(faults_change_nothing)
{
	struct cpu_domain *dom = cpu_domain_new();
	struct env *e = env_new(dom);
	struct space lo, hi;

	cpu_reset(&e->cpu);
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, MAPPED_VA, DATA_PA, 3, PTE_DEFAULT);
	e->cpu.sys.cpacr_el1 = 3 << 20;
	for (unsigned int k = 0; k < ARRAY_SIZE(crossing); k++) {
		check_crossing(e, k, crossing[k].word);
		/* The same once the mapped page is in the TLB, and as stores
		 * (bit 22; there is no STnR). */
		check_crossing(e, k, crossing[k].word);
		if (crossing[k].word != 0x4dffcc20)
			check_crossing(e, k, crossing[k].word & ~(1u << 22));
	}
	env_free(e);
	cpu_domain_free(dom);
}
END_TEST

START_TEST(host_and_portable_crypto_agree)
{
	static const struct cpu_env env;
	static struct cpu cpu, other;
	static const struct {
		enum a64_op op;
		uint32_t word;
	} insns[] = {
		{A64_AESE, 0x4e284820},      {A64_AESD, 0x4e285820},
		{A64_AESMC, 0x4e286820},     {A64_AESIMC, 0x4e287820},
		{A64_SHA1C, 0x5e020020},     {A64_SHA1P, 0x5e021020},
		{A64_SHA1M, 0x5e022020},     {A64_SHA1H, 0x5e280820},
		{A64_SHA1SU0, 0x5e023020},   {A64_SHA1SU1, 0x5e281820},
		{A64_SHA256H, 0x5e024020},   {A64_SHA256H2, 0x5e025020},
		{A64_SHA256SU0, 0x5e282820}, {A64_SHA256SU1, 0x5e026020},
		{A64_PMULL_1q, 0x4ee2e020},
	};

	cpu.env = &env;
	cpu.sys.cpacr_el1 = 3 << 20;
	for (unsigned int k = 0; k < 1000 * ARRAY_SIZE(insns); k++) {
		enum a64_op op = insns[k / 1000].op;
		uint32_t word = insns[k / 1000].word;
		struct insn_single s = {.insn.pgoff = 0};

		ck_assert_ptr_nonnull(insn_prepare(word, &s.insn));
		ck_assert_int_eq(s.insn.op, op);
		insn_single_bind(&cpu, &s);
		random_vregs(&cpu);
		memcpy(&other, &cpu, sizeof(cpu));
		insn_execute(&cpu, &s);
		s.insn.fn = crypto_portable_body(op);
		insn_execute(&other, &s);
		ck_assert_msg(!memcmp(cpu.vreg, other.vreg, sizeof(cpu.vreg)),
			      "%08x: host and portable differ", word);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("simd");
	TCase *tc = tcase_create("simd");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_body_traps);
	tcase_add_test(tc, faults_change_nothing);
	tcase_add_test(tc, host_and_portable_crypto_agree);
	suite_add_tcase(suite, tc);
	return check_run_engines(srunner_create(suite));
}
