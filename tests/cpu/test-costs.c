/* SPDX-License-Identifier: MIT */
/*
 * The cost tables of cores (cpu/costs.h): complete, alike in their names, changed
 * by a profile; and that an instruction has the row that one would look for it
 * in.
 */
#include "cpu/costs.h"

#include <string.h>

#include "isa/insn.h"
#include "tests/a64.h"
#include "tests/check-main.h"

START_TEST(tables)
{
	unsigned int n;
	const struct cost_model *const *models = cpu_cost_models(&n);

	ck_assert_uint_eq(n, 3);
	for (unsigned int k = 0; k < n; k++) {
		const struct cost_model *m = models[k];
		const struct cpu_costs *c = cpu_costs_find(m->name);

		ck_assert_ptr_nonnull(c);
		ck_assert_uint_eq(m->nr, NR_CPU_COSTS);
		for (unsigned int r = 0; r < m->nr; r++) {
			const struct cost_row *row = &m->rows[r];

			ck_assert_ptr_nonnull(row->name);
			ck_assert_str_eq(row->name, models[0]->rows[r].name);
			ck_assert_int_eq(cost_row_find(m, row->name), (int)r);
			ck_assert_ptr_nonnull(row->source);
			ck_assert_uint_gt(strlen(row->source), 5);
			ck_assert_uint_ge(row->cycles, 1);
			ck_assert_uint_eq(row->cycles, c->cycles[r]);
		}
	}
	ck_assert_ptr_null(cpu_costs_find("cortex-a8"));
}
END_TEST

START_TEST(profile)
{
	unsigned int n;
	const struct cost_model *const *models = cpu_cost_models(&n);
	const struct cost_model *m = cost_model_find(models, n, "cortex-a53");
	struct cost_profile p = {0};
	struct cpu_costs costs;

	ck_assert_int_eq(cost_profile_set(&p, models, n, "cortex-a53",
					  "tlb-walk", "123"),
			 COST_OK);
	ck_assert_int_eq(
		cost_profile_set(&p, models, n, "cortex-a72", "int", "55"),
		COST_OK);
	cpu_costs_fill(&costs, m, &p);
	for (unsigned int r = 0; r < NR_CPU_COSTS; r++)
		ck_assert_uint_eq(costs.cycles[r],
				  r == COST_TLB_WALK ? 123 : m->rows[r].cycles);
	cost_profile_free(&p);
}
END_TEST

static const struct {
	uint32_t word;
	enum cpu_cost row;
} rows[] = {
	{0x8b020020, COST_INT},           /* add x0, x1, x2 */
	{0x9b027c20, COST_MULTIPLY},      /* mul x0, x1, x2 */
	{0x1ac20820, COST_DIVIDE_32},     /* udiv w0, w1, w2 */
	{0x9ac20c20, COST_DIVIDE_64},     /* sdiv x0, x1, x2 */
	{0xf9400020, COST_LOAD},          /* ldr x0, [x1] */
	{0x38a16820, COST_LOAD},          /* ldrsb x0, [x1, x1] */
	{0xf9800020, COST_LOAD},          /* prfm pldl1keep, [x1] */
	{0xf9000020, COST_STORE},         /* str x0, [x1] */
	{0x38000820, COST_STORE},         /* sttrb w0, [x1] */
	{0xa9400820, COST_LOAD_PAIR},     /* ldp x0, x2, [x1] */
	{0xa8400820, COST_LOAD_PAIR},     /* ldnp x0, x2, [x1] */
	{0x69400820, COST_LOAD_PAIR},     /* ldpsw x0, x2, [x1] */
	{0xa9000820, COST_STORE_PAIR},    /* stp x0, x2, [x1] */
	{0xa8000820, COST_STORE_PAIR},    /* stnp x0, x2, [x1] */
	{0x3dc00020, COST_VECTOR_LOAD},   /* ldr q0, [x1] */
	{0x3d800020, COST_VECTOR_STORE},  /* str q0, [x1] */
	{0xad400820, COST_VECTOR_LOAD},   /* ldp q0, q2, [x1] */
	{0x4c408020, COST_VECTOR_STRUCT}, /* ld2 {v0.16b, v1.16b}, [x1] */
	{0xc8dffc20, COST_LOAD_ACQUIRE},  /* ldar x0, [x1] */
	{0xf8bfc020, COST_LOAD_ACQUIRE},  /* ldapr x0, [x1] */
	{0xc89ffc20, COST_STORE_RELEASE}, /* stlr x0, [x1] */
	{0xc85f7c20, COST_EXCLUSIVE},     /* ldxr x0, [x1] */
	{0xc802fc20, COST_EXCLUSIVE},     /* stlxr w2, x0, [x1] */
	{0xc87f8820, COST_EXCLUSIVE},     /* ldaxp x0, x2, [x1] */
	{0xf8220020, COST_ATOMIC},        /* ldadd x2, x0, [x1] */
	{0xf8224020, COST_ATOMIC},        /* ldsmax x2, x0, [x1] */
	{0xf8226020, COST_ATOMIC},        /* ldumax x2, x0, [x1] */
	{0xf8228020, COST_ATOMIC},        /* swp x2, x0, [x1] */
	{0xc8a27c20, COST_ATOMIC},        /* cas x2, x0, [x1] */
	{0x1e622820, COST_FP},            /* fadd d0, d1, d2 */
	{0x1e621820, COST_FP_DIVIDE},     /* fdiv d0, d1, d2 */
	{0x6e22fc20, COST_FP_DIVIDE},     /* fdiv v0.4s, v1.4s, v2.4s */
	{0x1e61c020, COST_FP_SQRT},       /* fsqrt d0, d1 */
	{0x4ea28420, COST_SIMD},          /* add v0.4s, v1.4s, v2.4s */
	{0x4e284820, COST_CRYPTO},        /* aese v0.16b, v1.16b */
	{0xdac10020, COST_PAUTH},         /* pacia x0, x1 */
	{0xd503233f, COST_PAUTH},         /* paciasp */
	{0xd65f0bff, COST_BRANCH},        /* retaa */
	{ASM_B_SELF, COST_BRANCH},
	{ASM_CBZ(0, 1), COST_BRANCH},
	{ASM_RET, COST_BRANCH},
	{ASM_NOP, COST_HINT},
	{ASM_SEV, COST_HINT},
	{ASM_DAIFSET(2), COST_HINT},
	{ASM_WFI, COST_WAIT},
	{ASM_WFE, COST_WAIT},
	{ASM_SVC(0), COST_CALL},
	{ASM_HVC(0), COST_CALL},
	{ASM_BRK(0), COST_CALL},
	{ASM_UDF, COST_CALL},
	{ASM_ERET, COST_EXCEPTION_RETURN},
	{0xd53be040, COST_SYSREG_READ},  /* mrs x0, cntvct_el0 */
	{0xd5184600, COST_SYSREG_WRITE}, /* msr ICC_PMR_EL1, x0 */
	{0xd51bd040, COST_SYSREG_WRITE}, /* msr tpidr_el0, x0 */
	{0xd5033bbf, COST_DMB},          /* dmb ish */
	{ASM_DSB, COST_DSB},
	{ASM_ISB, COST_ISB},
	{ASM_TLBI_VMALLE1IS, COST_TLBI},
	{ASM_IC_IALLU, COST_CACHE_OP},
	{0xd50b7a20, COST_CACHE_OP},  /* dc cvac, x0 */
	{0xd50b7420, COST_ZERO},      /* dc zva, x0 */
	{0xd5087800, COST_TRANSLATE}, /* at s1e1r, x0 */
};

START_TEST(instructions)
{
	for (size_t k = 0; k < ARRAY_SIZE(rows); k++) {
		struct insn i;

		insn_decode(rows[k].word, &i);
		ck_assert_msg(insn_cost_row(&i) == rows[k].row,
			      "%08x: row %u, not %u", rows[k].word,
			      insn_cost_row(&i), rows[k].row);
	}
}
END_TEST

/* Each has a row of the first group. */
START_TEST(every_instruction)
{
	unsigned int n;
	const struct insn_row *all = insn_rows(&n);

	for (unsigned int k = 0; k < n; k++) {
		struct insn i = {.op = all[k].op};

		ck_assert_uint_lt(insn_cost_row(&i), NR_INSN_COSTS);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-costs");
	TCase *t = tcase_create("costs");

	tcase_add_test(t, tables);
	tcase_add_test(t, profile);
	tcase_add_test(t, instructions);
	tcase_add_test(t, every_instruction);
	suite_add_tcase(s, t);
	return check_run(srunner_create(s));
}
