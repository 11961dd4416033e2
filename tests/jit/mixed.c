/* SPDX-License-Identifier: MIT */
/*
 * Random programs for the translator's tests, see mixed.h. Some registers are
 * set aside in each: bases of accesses, an index, loop counters, addresses of
 * functions; which, is different each time, since some are pinned.
 */
#include "mixed.h"

#include <check.h>
#include <string.h>

#include "isa/a64/operands.h"
#include "tests/a64.h"

enum { BASE_0, BASE_1, BASE_2, INDEX, COUNTER, ADDRESS, NR_ROLES };
#define FUNCTIONS 3

static uint8_t role[NR_ROLES];
static uint32_t reserved; /* a bit for each register */
static unsigned int at;   /* where the next word goes */
static unsigned int functions[FUNCTIONS];
static enum gen_group most;

static void put(struct mixed *m, uint32_t word)
{
	ck_assert_uint_lt(at, MIXED_WORDS);
	m->words[at++] = word;
}

static void choose_roles(void)
{
	reserved = BIT(30) | BIT(31);
	for (unsigned int k = 0; k < NR_ROLES; k++) {
		do
			role[k] = gen_below(31);
		while (reserved & BIT(role[k]));
		reserved |= BIT(role[k]);
	}
}

/* ---- one instruction ----------------------------------------------------- */

static bool is_reserved(unsigned int r)
{
	return r < 31 ? reserved & BIT(r) : r == REG_SP;
}

static bool is_access(const struct insn_row *row)
{
	return row->class == INSN_LDST || row->class == INSN_VLDST ||
	       row->class == INSN_ATOMIC;
}

/* Literals stay as they are: they read what is near, or fault. */
static uint32_t with_base(uint32_t word)
{
	unsigned int k = gen_below(8);
	unsigned int rn = k == 7 ? 31 : role[BASE_0 + k % 3];

	word = (word & ~(31u << 5)) | rn << 5;
	/* Near the base: unsigned offset. */
	if ((word & 0x3b000000) == 0x39000000 && k % 3 == 2)
		word &= ~(0x3f8u << 10);
	/* Register offset, in both register files. */
	if ((word & 0x3b200c00) == 0x38200800)
		word = (word & ~(31u << 16)) | role[INDEX] << 16;
	return word;
}

/* It must not write a register that is set aside; as a store it may read one. */
static bool acceptable(uint32_t word)
{
	const struct insn_row *row;
	struct insn i;

	row = insn_decode(word, &i);
	if (!row || !gen_predictable(word))
		return false;
	if (row->class == INSN_LDST && i.form != LDST_FORM_PREFETCH &&
	    ldst_form_kind(i.form) == LDST_STORE)
		return true;
	if (is_reserved(i.rd))
		return false;
	/* Rt2, Rs: of other rows this refuses a little too much. */
	return !is_access(row) ||
	       (!is_reserved(FLD(word, 14, 10)) &&
		!(row->class == INSN_ATOMIC && is_reserved(FLD(word, 20, 16))));
}

static uint32_t random_word(enum gen_group group)
{
	uint32_t word;

	for (;;) {
		const struct insn_row *row = gen_random_row(group);

		if (!gen_row_valid(row, &word))
			continue;
		if (is_access(row))
			word = with_base(word);
		if (acceptable(word))
			return word;
	}
}

static uint32_t any_word(void)
{
	static const uint8_t others[] = {GEN_INT,  GEN_INT,    GEN_INT,
					 GEN_LDST, GEN_LDST,   GEN_FP,
					 GEN_SIMD, GEN_ATOMIC, GEN_CRYPTO};
	unsigned int k = gen_below(100);

	if (k < 50 && most != GEN_BRANCH && most != NR_GEN_GROUPS)
		return random_word(most);
	/* Translated blocks should mostly be translated. */
	if (most != NR_GEN_GROUPS)
		return random_word(k & 1 ? GEN_INT : GEN_LDST);
	return random_word(others[gen_below(ARRAY_SIZE(others))]);
}

/* ---- control ------------------------------------------------------------- */

/* B.cond, CBZ, CBNZ, TBZ, TBNZ or B over @n words. */
static uint32_t skip_word(unsigned int n)
{
	uint32_t bits = (uint32_t)gen_random();

	n++;
	switch (gen_below(7)) {
	case 0:
	case 1: return 0x34000000 | (bits & 0x8100001f) | n << 5;
	case 2:
	case 3: return 0x36000000 | (bits & 0x81f8001f) | n << 5;
	case 4: return ASM_B(n);
	default: return 0x54000000 | n << 5 | (bits & 15);
	}
}

/* Some words, ways around some of them. */
static void put_words(struct mixed *m, unsigned int n)
{
	for (unsigned int k = 0; k < n; k++) {
		if (most == GEN_BRANCH ? !gen_below(2) : !gen_below(8))
			put(m, skip_word(gen_below(4)));
		put(m, any_word());
	}
	/* Where the last way around may lead. */
	for (unsigned int k = 0; k < 4; k++)
		put(m, random_word(GEN_INT));
}

static void put_call(struct mixed *m)
{
	int to = functions[gen_below(FUNCTIONS)];
	int32_t bytes;

	if (gen_below(2)) {
		put(m, 0x94000000 | ((to - (int)at) & 0x3ffffff)); /* BL */
		return;
	}
	bytes = 4 * (to - (int)at);
	put(m, 0x10000000 | (bytes & 3) << 29 | (bytes >> 2 & 0x7ffff) << 5 |
		       role[ADDRESS]); /* ADR */
	put(m, ASM_BLR(role[ADDRESS]));
}

static void put_function(struct mixed *m, unsigned int k, unsigned int where)
{
	at = functions[k] = where;
	put_words(m, 1 + gen_below(8));
	put(m, ASM_RET);
}

static void put_loop(struct mixed *m)
{
	unsigned int top, times = 2 + gen_below(12);

	put(m, ASM_MOVZ(role[COUNTER], times, 0));
	top = at;
	for (unsigned int k = gen_below(4); k-- > 0;) {
		put_words(m, 1 + gen_below(12));
		put_call(m);
	}
	put_words(m, 1 + gen_below(6));
	put(m, ASM_SUB_IMM(role[COUNTER], role[COUNTER], 1));
	put(m, ASM_CBNZ(role[COUNTER], (int)top - (int)at));
}

static void random_registers(struct mixed *m)
{
	const struct insn_row *rows[DIFF_MAX_INSNS];
	struct diff_case c;
	uint64_t middle = MIXED_DATA + MIXED_DATA_PAGES / 2 * 4096;

	ck_assert(gen_case(&c, most == NR_GEN_GROUPS ? GEN_SIMD : most, 0, NULL,
			   1, rows));
	m->in = c.in;
	for (unsigned int k = 0; k < 31; k++)
		if (gen_below(2))
			m->in.x[k] = gen_random();
	/* Aligned, anywhere, and where two pages meet. */
	m->in.x[role[BASE_0]] = middle - 4096 + 16 * gen_below(512);
	m->in.x[role[BASE_1]] = middle - 4096 + gen_below(8192);
	m->in.x[role[BASE_2]] =
		middle + 4096 * ((int)gen_below(11) - 5) - gen_below(20) + 2;
	m->in.x[role[INDEX]] = gen_below(512);
	/* SCTLR_EL1.SA: an SP that is not aligned faults. */
	m->in.sp = middle + (gen_below(8) ? 0 : 8);
}

void mixed_make(struct mixed *m, enum gen_group group)
{
	most = group;
	memset(m, 0, sizeof(*m));
	m->el0 = gen_below(2);
	choose_roles();
	put_function(m, 0, 1024 - 400); /* page 0 */
	put_function(m, 1, 1024 + 600);
	put_function(m, 2, 2048 + gen_below(900));
	at = m->start = 1024 - 1 - gen_below(200);
	put_words(m, gen_below(20));
	for (unsigned int k = 1 + gen_below(2); k > 0; k--)
		put_loop(m);
	put(m, m->el0 ? ASM_SVC(1) : ASM_HVC(1));
	random_registers(m);
	for (unsigned int k = 0; k < MIXED_DATA_PAGES * 4096 / 8; k++) {
		uint64_t v = gen_random();

		memcpy(&m->data[0][8 * k], &v, 8);
	}
}
