/* SPDX-License-Identifier: MIT */
/*
 * Translated code has no instruction that the host lacks: with less and less of
 * it, what is emitted for each instruction in many forms, and what all blocks
 * share, is read by Capstone, which knows what each needs. It has no word for
 * LZCNT, and none for VEX: those are looked for by their name and first byte.
 */
#include <capstone/capstone.h>
#include <stdio.h>

#include "emitted.h"
#include "jit/jit.h"
#include "tests/a64.h"
#include "tests/check-main.h"
#include "tests/isa/insn-gen.h"

#define TRIES 30

static csh cs;

/* What Capstone calls it. Of SSE2 all have; SSE3 has nothing that is used. */
static const struct {
	x86_insn_group group;
	enum x86_feature needs;
} groups[] = {
	{X86_GRP_SSSE3, X86_SSSE3},  {X86_GRP_SSE41, X86_SSE4_1},
	{X86_GRP_SSE42, X86_SSE4_2}, {X86_GRP_AVX, X86_AVX},
	{X86_GRP_AVX2, X86_AVX2},    {X86_GRP_FMA, X86_FMA},
	{X86_GRP_AES, X86_AES},      {X86_GRP_PCLMUL, X86_CLMUL},
	{X86_GRP_SHA, X86_SHA},      {X86_GRP_BMI, X86_BMI1},
	{X86_GRP_BMI2, X86_BMI2},
};
static const x86_insn_group never[] = {
	X86_GRP_3DNOW, X86_GRP_ADX, X86_GRP_AVX512, X86_GRP_F16C,
	X86_GRP_FMA4,  X86_GRP_MMX, X86_GRP_SSE3,   X86_GRP_SSE4A,
	X86_GRP_TBM,   X86_GRP_XOP, X86_GRP_RTM,    X86_GRP_HLE,
};

/* Seen at all, by any. */
static uint16_t seen;

static void check_insn(const cs_insn *i, uint16_t lacks, const char *of)
{
	uint16_t needs = 0;

	for (unsigned int k = 0; k < ARRAY_SIZE(groups); k++)
		if (cs_insn_group(cs, i, groups[k].group))
			needs |= BIT(groups[k].needs);
	for (unsigned int k = 0; k < ARRAY_SIZE(never); k++)
		ck_assert_msg(!cs_insn_group(cs, i, never[k]), "%s: %s %s", of,
			      i->mnemonic, i->op_str);
	if (i->id == X86_INS_LZCNT)
		needs |= BIT(X86_LZCNT);
	/* VEX.128.66.0F and all others; BMI has it, too. */
	if ((i->bytes[0] == 0xc4 || i->bytes[0] == 0xc5) &&
	    !(needs & (BIT(X86_BMI1) | BIT(X86_BMI2))))
		needs |= BIT(X86_AVX);
	seen |= needs;
	ck_assert_msg(!(needs & lacks), "%s: %s %s needs %#x", of, i->mnemonic,
		      i->op_str, needs & lacks);
}

static void check_code(const uint8_t *p, const uint8_t *end, uint16_t lacks,
		       const char *of)
{
	cs_insn *i = cs_malloc(cs);
	size_t left = end - p;
	uint64_t address = 0;

	while (left) {
		ck_assert_msg(cs_disasm_iter(cs, &p, &left, &address, i),
			      "%s: not an instruction: %02x %02x %02x", of,
			      p[0], p[1], p[2]);
		check_insn(i, lacks, of);
	}
	cs_free(i, 1);
}

static void check_row(const struct insn_row *row, uint16_t lacks)
{
	struct emitted o;
	struct insn i;

	for (unsigned int k = 0; k < TRIES; k++) {
		uint32_t word = gen_row_word(row);

		if (insn_decode(word, &i) != row)
			continue;
		emitted_make(&o, &word, 1);
		/* Behind a branch there is its own way out. */
		if (o.n)
			check_code(o.at[0], o.end, lacks, row->name);
	}
}

START_TEST(nothing_it_lacks)
{
	enum jit_isa isa = _i;
	uint16_t lacks = jit_isa_lacks(isa);
	const struct insn_row *rows;
	const uint32_t nop = ASM_NOP;
	struct emitted o;
	unsigned int n;

	gen_seed(1);
	jit_set_isa(isa);
	emitted_setup();
	emitted_isa(isa);
	rows = insn_rows(&n);
	for (unsigned int k = 0; k < n; k++)
		check_row(&rows[k], lacks);
	/* All that may be used is; with AVX in its forms. */
	if (!(lacks & BIT(X86_AVX)))
		lacks |= BIT(X86_SSSE3) | BIT(X86_SSE4_1) | BIT(X86_SSE4_2);
	ck_assert_uint_eq(seen, ~lacks & (BIT(NR_X86_FEATURES) - 2));
	emitted_make(&o, &nop, 1);
	check_code(o.jit->enter - o.run, o.jit->first, lacks, "what all share");
	emitted_teardown();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jit-features");
	TCase *tc = tcase_create("features");

	if (jit_missing()) {
		printf("skipped: %s\n", jit_missing());
		return 77;
	}
	if (cs_open(CS_ARCH_X86, CS_MODE_64, &cs) ||
	    cs_option(cs, CS_OPT_DETAIL, CS_OPT_ON))
		return 99;
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, nothing_it_lacks, 0, NR_JIT_ISAS);
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
