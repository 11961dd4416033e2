/* SPDX-License-Identifier: MIT */
/*
 * Random programs for the translator's tests, see mixed.h. Some registers are
 * set aside in each: bases of accesses, an index, loop counters, addresses of
 * functions; which, is different each time, since some are pinned.
 */
#include "mixed.h"

#include <string.h>

#include "isa/a64/operands.h"
#include "tests/a64.h"
#include "tests/check-often.h"

enum { BASE_0, BASE_1, BASE_2, INDEX, COUNTER, ADDRESS, NR_ROLES };
#define FUNCTIONS 3

static uint8_t role[NR_ROLES];
static uint32_t reserved; /* a bit for each register */
static unsigned int at;   /* where the next word goes */
static unsigned int functions[FUNCTIONS];
static enum gen_group most;

static void put(struct mixed *m, uint32_t word)
{
	CHECK_OFTEN(at < MIXED_WORDS);
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

/* Contiguous, of one register, by the base set aside. */
static uint32_t sve_access_word(void)
{
	uint32_t word;
	struct insn i;

	do {
		if (!gen_row_valid(gen_random_row(GEN_SVE_LDST), &word))
			continue;
		word = (word & ~(31u << 5)) | role[BASE_2] << 5;
		insn_decode(word, &i);
		if (i.op == A64_SVE_LD1_zr || i.op == A64_SVE_ST1_zr)
			word = (word & ~(31u << 16)) | role[INDEX] << 16;
	} while (i.op != A64_SVE_LD1_zr && i.op != A64_SVE_LD1_zi &&
		 i.op != A64_SVE_ST1_zr && i.op != A64_SVE_ST1_zi);
	return word;
}

static uint32_t any_word(void)
{
	static const uint8_t others[] = {GEN_INT,  GEN_INT,    GEN_INT,
					 GEN_LDST, GEN_LDST,   GEN_FP,
					 GEN_SIMD, GEN_ATOMIC, GEN_CRYPTO};
	unsigned int k = gen_below(100);

	if (k < 50 && most != GEN_BRANCH && most != GEN_A64_ANY)
		return random_word(most);
	if (gen_group_is_sve(most) && k < 65)
		return sve_access_word();
	/* Translated blocks should mostly be translated. */
	if (most != GEN_A64_ANY)
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

/* MOVZ, MOVN, ADR or ADRP, and what makes more of it: MOVK, ADD of an immediate,
 * most of them of the same register. */
static void put_constant(struct mixed *m)
{
	static const uint32_t first[] = {0x52800000, 0xd2800000, 0x12800000,
					 0x92800000, 0x10000000, 0x90000000};
	uint32_t bits = (uint32_t)gen_random(), wide = bits & BIT(31);
	unsigned int rd, n = 1 + gen_below(3);

	do
		rd = gen_below(31);
	while (is_reserved(rd));
	put(m, first[gen_below(ARRAY_SIZE(first))] | (bits & 0x1fffe0) | rd);
	while (n--) {
		bits = (uint32_t)gen_random();
		if (!gen_below(8))
			wide ^= BIT(31);
		if (gen_below(2))
			put(m, 0x72800000 | wide | (bits & 0x1fffe0) |
				       (wide ? bits & 0x400000 : 0) | rd);
		else
			put(m, 0x11000000 | wide | (bits & 0x7ffc00) |
				       (gen_below(8) ? rd : bits & 31) << 5 |
				       rd);
	}
}

/* Some words, ways around some of them. */
static void put_words(struct mixed *m, unsigned int n)
{
	for (unsigned int k = 0; k < n; k++) {
		if (most == GEN_BRANCH ? !gen_below(2) : !gen_below(8))
			put(m, skip_word(gen_below(4)));
		if (!gen_below(8))
			put_constant(m);
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

/* ---- loops of one block -------------------------------------------------- */

/* Among few registers, so that what is selected goes into the next round. */
static uint32_t select_word(unsigned int size_bit)
{
	uint32_t d = gen_below(4), n = gen_below(4), m = gen_below(4);
	uint32_t regs = m << 16 | n << 5 | d, cond = gen_below(16) << 12;

	switch (gen_below(6)) {
	case 0: return 0x1e202800 | size_bit | regs;             /* FADD */
	case 1: return 0x1e200800 | size_bit | regs;             /* FMUL */
	case 2: return 0x1e20c000 | size_bit | n << 5 | d;       /* FABS */
	case 3: return 0x1e202000 | size_bit | m << 16 | n << 5; /* FCMP */
	default: return 0x1e200c00 | size_bit | regs | cond;     /* FCSEL */
	}
}

/* LDR or STR at BASE_0, which is then 16 further. */
static uint32_t walk_word(unsigned int rt, bool store)
{
	return (store ? 0xf8010400 : 0xf8410400) | (uint32_t)role[BASE_0] << 5 |
	       rt;
}

static void put_block(struct mixed *m)
{
	bool selects = (most == GEN_FP || most == GEN_A64_ANY) && gen_below(2);
	uint32_t size_bit = gen_below(2) << 22;
	unsigned int r = gen_below(8);

	/* To the next page. */
	if (gen_below(2) && !is_reserved(r))
		put(m, walk_word(r, gen_below(2)));
	for (unsigned int k = 1 + gen_below(8); k-- > 0;) {
		/* MRS NZCV: what the flags are at a way out. */
		if (!gen_below(8) && !is_reserved(k))
			put(m, ASM_MRS(k, ENC_NZCV));
		else
			put(m, selects ? select_word(size_bit) : any_word());
	}
}

/* Between who sets the flags and the branch that reads them. @alters: what they
 * were set by may change. */
static void put_gap(struct mixed *m, bool alters)
{
	unsigned int r = gen_below(8);

	if (alters && gen_below(2))
		put(m, ASM_ADD_IMM(role[ADDRESS], role[ADDRESS], 1));
	if (is_reserved(r))
		return;
	switch (gen_below(6)) {
	case 0: put(m, ASM_ADD_IMM(r, r, 1)); break;
	case 1: put(m, ASM_MOV(r, role[COUNTER])); break;
	case 2: put(m, 0xca000000 | r << 16 | r << 5 | r); break; /* EOR */
	case 3: put(m, ASM_LDR(r, role[BASE_1])); break;
	default: break;
	}
}

enum count_kind {
	DOWN,
	UP,     /* to 0 */
	TWICE,  /* from 5 */
	ALTERS, /* down, and o may become more */
	WALKS,  /* c is BASE_0, o where that comes to an end */
};

/*
 * Ways to count, of which the last word sets the flags: register 1 is c, the counter,
 * register 2 is o, which is 1.
 */
#define COUNT_RRR(op, m, n, d) ((op) | (m) << 16 | (n) << 5 | (d))
static const struct {
	uint32_t words[2];
	int8_t conds[3]; /* of the way back; -1: CBNZ */
	uint8_t kind;
} counts[] = {
	{{0, 0xd1000421}, {-1, -1, -1}, DOWN}, /* sub c, c, #1 */
	{{0, 0xf1000421}, {1, 12, 8}, DOWN},   /* subs c, c, #1 */
	{{0, 0x71000421}, {1, 12, 8}, DOWN},   /* of 32 bits */
	{{0, 0xb1000421}, {1, 4, 1}, UP},      /* adds c, c, #1 */
	{{0, 0x31000421}, {1, 4, 1}, UP},      /* of 32 bits */
	{{0, COUNT_RRR(0xeb000000, 2, 1, 1)},
	 {1, 12, 8},
	 DOWN}, /* subs c, c, o */
	{{0, COUNT_RRR(0x6b000000, 2, 1, 1)}, {1, 12, 8}, DOWN},
	{{0, COUNT_RRR(0xab000000, 2, 1, 1)}, {1, 4, 1}, UP}, /* adds c, c, o */
	{{0, COUNT_RRR(0xab000000, 1, 2, 1)}, {1, 4, 1}, UP}, /* adds c, o, c */
	/* sub c, c, #1; cmp c, #0 */
	{{0xd1000421, 0xf100003f}, {1, 12, 8}, DOWN},
	/* cmp c, o */
	{{0xd1000421, COUNT_RRR(0xeb000000, 2, 1, 31)}, {12, 10, 8}, ALTERS},
	{{0xd1000421, COUNT_RRR(0x6b000000, 2, 1, 31)}, {12, 10, 8}, ALTERS},
	/* tst c, #0xff; ands c, c, #0xff; tst c, c */
	{{0xd1000421, 0xf2401c3f}, {1, 12, 1}, DOWN},
	{{0xd1000421, 0xf2401c21}, {1, 12, 1}, DOWN},
	{{0xd1000421, COUNT_RRR(0xea000000, 1, 1, 31)}, {1, 12, 1}, DOWN},
	/* cmn c, #1 */
	{{0xd1000421, 0xb100043f}, {1, 1, 1}, DOWN},
	/* subs c, o, c: -4, then 5 */
	{{0, COUNT_RRR(0xeb000000, 1, 2, 1)}, {4, 11, 4}, TWICE},
	/* cmp c, o; cmp o, c */
	{{0, COUNT_RRR(0xeb000000, 2, 1, 31)}, {1, 3, 11}, WALKS},
	{{0, COUNT_RRR(0xeb000000, 1, 2, 31)}, {1, 12, 8}, WALKS},
};

/* Register 1 of @word becomes @c, register 2 the other. */
static uint32_t count_word(uint32_t word, unsigned int c)
{
	static const uint8_t fields[] = {0, 5, 16};
	const bool immediate = (word & 0x1f000000) != 0x0b000000 &&
			       (word & 0x1f000000) != 0x0a000000;

	for (unsigned int k = 0; k < ARRAY_SIZE(fields) - immediate; k++) {
		unsigned int r = word >> fields[k] & 31;

		if (r == 31)
			continue;
		word &= ~(31u << fields[k]);
		word |= (uint32_t)(r == 1 ? c : role[ADDRESS]) << fields[k];
	}
	return word;
}

/* MOVN: -times */
static void put_times(struct mixed *m, unsigned int k, unsigned int times)
{
	unsigned int c = role[COUNTER];

	if (counts[k].kind == TWICE)
		times = 5;
	put(m, counts[k].kind == UP ? 0x92800000 | (times - 1) << 5 | c
				    : ASM_MOVZ(c, times, 0));
	if (counts[k].kind == WALKS)
		put(m, ASM_ADD_IMM(role[ADDRESS], role[BASE_0], 16 * times));
	else
		put(m, ASM_MOVZ(role[ADDRESS], 1, 0));
}

/* In way @k, around @block. */
static void put_count(struct mixed *m, unsigned int k, unsigned int times,
		      void (*block)(struct mixed *m))
{
	unsigned int c = role[counts[k].kind == WALKS ? BASE_0 : COUNTER], top;
	int cond = counts[k].conds[gen_below(3)];

	put_times(m, k, times);
	/* Other flags than the loop's, and a way in that leads to the block. */
	put(m, 0xf13ffc1f | c << 5); /* CMP, #4095 */
	put(m, ASM_B(1));
	top = at;
	if (counts[k].kind == WALKS) {
		put(m, ASM_LDR(role[BASE_2], c));
		put(m, ASM_ADD_IMM(c, c, 16));
	}
	block(m);
	for (unsigned int n = 0; n < 2; n++)
		if (counts[k].words[n])
			put(m, count_word(counts[k].words[n], c));
	put_gap(m, counts[k].kind == ALTERS);
	if (cond < 0)
		put(m, ASM_CBNZ(c, (int)top - (int)at));
	else
		put(m, 0x54000000 |
			       ((uint32_t)((int)top - (int)at) & 0x7ffff) << 5 |
			       (uint32_t)cond);
}

static void put_block_loop(struct mixed *m)
{
	unsigned int k;

	/* Not if the base moves by what comes between, too. */
	do
		k = gen_below(ARRAY_SIZE(counts));
	while (counts[k].kind == WALKS);
	put_count(m, k, 2 + gen_below(12), put_block);
}

static void random_registers(struct mixed *m)
{
	const struct insn_row *rows[DIFF_MAX_INSNS];
	struct diff_case c;
	uint64_t middle = MIXED_DATA + MIXED_DATA_PAGES / 2 * 4096;

	c.vl = 0;
	ck_assert(gen_case(&c, most == GEN_A64_ANY ? GEN_SIMD : most, 0, NULL,
			   1, rows));
	m->in = c.in;
	for (unsigned int k = 0; k < 31; k++)
		if (gen_below(2))
			m->in.x[k] = gen_random();
	/* Aligned, anywhere, and where two pages meet. */
	m->in.x[role[BASE_0]] = middle - 4096 + 16 * gen_below(512);
	if (gen_below(2))
		m->in.x[role[BASE_0]] =
			middle - 16 * (1 + gen_below(8)) +
			(gen_below(2) ? 4096 * ((int)gen_below(15) - 7) : 0);
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
	for (unsigned int k = 1 + gen_below(3); k > 0; k--) {
		if (gen_below(2))
			put_loop(m);
		else
			put_block_loop(m);
	}
	put(m, m->el0 ? ASM_SVC(1) : ASM_HVC(1));
	random_registers(m);
	for (unsigned int k = 0; k < MIXED_DATA_PAGES * 4096 / 8; k++) {
		uint64_t v = gen_random();

		memcpy(&m->data[8 * k / 4096][8 * k % 4096], &v, 8);
	}
}

static void put_walk_load(struct mixed *m)
{
	put(m, walk_word(role[BASE_2], false));
}

static void put_walk_store(struct mixed *m)
{
	put(m, walk_word(role[BASE_2], true));
}

/* By a base that the loop's end does not count on. */
static void put_load(struct mixed *m)
{
	put(m, ASM_LDR(role[BASE_2], role[BASE_1]));
	put(m, ASM_ADD_IMM(role[BASE_1], role[BASE_1], 16));
}

static void put_store(struct mixed *m)
{
	put(m, ASM_STR(role[BASE_2], role[BASE_1]));
	put(m, ASM_ADD_IMM(role[BASE_1], role[BASE_1], 16));
}

bool mixed_make_walk(struct mixed *m, unsigned int k, unsigned int page,
		     unsigned int nth, bool store)
{
	uint64_t *base;
	unsigned int top;

	if (k >= ARRAY_SIZE(counts))
		return false;
	most = GEN_LDST;
	memset(m, 0, sizeof(*m));
	choose_roles();
	at = m->start = 16;
	put(m, ASM_MOVZ(role[INDEX], 2, 0));
	top = at;
	if (counts[k].kind == WALKS || gen_below(2))
		put_count(m, k, 4, store ? put_store : put_load);
	else
		put_count(m, k, 4, store ? put_walk_store : put_walk_load);
	put(m, ASM_SUB_IMM(role[INDEX], role[INDEX], 1));
	put(m, ASM_CBNZ(role[INDEX], (int)top - (int)at));
	put(m, ASM_HVC(1));
	random_registers(m);
	for (base = m->in.x; base < m->in.x + 31; base++)
		*base = MIXED_DATA + 4096 * page - 16 * nth;
	if (counts[k].kind == WALKS)
		m->in.x[role[BASE_0]] = MIXED_DATA + 4096 * 8;
	return true;
}
