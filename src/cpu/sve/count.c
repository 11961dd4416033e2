/* SPDX-License-Identifier: MIT */
/*
 * Counts of elements in SVE and what registers make of them, the length, and
 * comparisons of general registers (Arm ARM C8.2).
 */
#include "cpu/sve/pred.h"

/* ---- patterns ------------------------------------------------------------ */

/* DecodePredCount: how many of @elements the @pattern names. */
static unsigned int pattern_count(unsigned int pattern, unsigned int elements)
{
	static const uint16_t fixed[] = {0, 1, 2,  3,  4,  5,   6,
					 7, 8, 16, 32, 64, 128, 256};

	switch (pattern) {
	case 0: return 1u << (31 - __builtin_clz(elements)); /* POW2 */
	case 29: return elements - elements % 4;             /* MUL4 */
	case 30: return elements - elements % 3;
	case 31: return elements;
	}
	if (pattern >= ARRAY_SIZE(fixed) || fixed[pattern] > elements)
		return 0;
	return fixed[pattern];
}

unsigned int sve_insn_count(const struct cpu *cpu, const struct insn *i)
{
	return pattern_count((unsigned int)i->imm, sve_vl(cpu) >> i->size);
}

/* CNTB and all that add so much. */
static int64_t multiple(const struct cpu *cpu, const struct insn *i)
{
	return (int64_t)sve_insn_count(cpu, i) * i->ra;
}

/* Active elements of @p. */
static int64_t active_count(const struct sve_p *p, unsigned int size)
{
	int64_t n = 0;

	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		n += __builtin_popcountll(p->w[k] & sve_element_bits(size));
	return n;
}

/* INCP and all that add so much. */
static int64_t active_of(const struct cpu *cpu, const struct insn *i)
{
	return active_count(sve_p(cpu, i->rm), i->size);
}

/* ---- the length ---------------------------------------------------------- */

static void sve_addvl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn] + i->imm * sve_vl(cpu);
}

static void sve_addpl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn] + i->imm * (sve_vl(cpu) / 8);
}

static void sve_rdvl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = i->imm * sve_vl(cpu);
}

static void sve_cnt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = multiple(cpu, i);
}

static void sve_cntp(struct cpu *cpu, const struct insn *i)
{
	const struct sve_p *g = sve_p(cpu, i->aux), *n = sve_p(cpu, i->rn);
	struct sve_p both;

	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		both.w[k] = g->w[k] & n->w[k];
	cpu->x[i->rd] = active_count(&both, i->size);
}

/* ---- general registers --------------------------------------------------- */

static void sve_inc_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn] + multiple(cpu, i);
}

static void sve_dec_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn] - multiple(cpu, i);
}

static void sve_incp_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn] + active_of(cpu, i);
}

static void sve_decp_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn] - active_of(cpu, i);
}

static uint64_t add_signed(uint64_t x, int64_t by, bool word)
{
	__int128 r = (word ? (int32_t)x : (int64_t)x) + (__int128)by;
	int64_t least = word ? INT32_MIN : INT64_MIN;
	int64_t most = word ? INT32_MAX : INT64_MAX;

	return r < least ? least : r > most ? most : (int64_t)r;
}

static uint64_t add_unsigned(uint64_t x, int64_t by, bool word)
{
	__int128 r = (__int128)(word ? (uint32_t)x : x) + by;
	uint64_t most = word ? UINT32_MAX : UINT64_MAX;

	return r < 0 ? 0 : r > most ? most : (uint64_t)r;
}

static void sve_sqinc_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] =
		add_signed(cpu->x[i->rn], multiple(cpu, i), i->form & SVE_WORD);
}

static void sve_uqinc_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = add_unsigned(cpu->x[i->rn], multiple(cpu, i),
				     i->form & SVE_WORD);
}

static void sve_sqdec_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = add_signed(cpu->x[i->rn], -multiple(cpu, i),
				   i->form & SVE_WORD);
}

static void sve_uqdec_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = add_unsigned(cpu->x[i->rn], -multiple(cpu, i),
				     i->form & SVE_WORD);
}

static void sve_sqincp_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = add_signed(cpu->x[i->rn], active_of(cpu, i),
				   i->form & SVE_WORD);
}

static void sve_uqincp_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = add_unsigned(cpu->x[i->rn], active_of(cpu, i),
				     i->form & SVE_WORD);
}

static void sve_sqdecp_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = add_signed(cpu->x[i->rn], -active_of(cpu, i),
				   i->form & SVE_WORD);
}

static void sve_uqdecp_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = add_unsigned(cpu->x[i->rn], -active_of(cpu, i),
				     i->form & SVE_WORD);
}

/* ---- vectors ------------------------------------------------------------- */

/* Each element of Zdn changes by @by, which may leave its range at one end. */
enum change { CHANGE_WRAPS, CHANGE_SIGNED, CHANGE_UNSIGNED };

static uint64_t changed(uint64_t x, int64_t by, unsigned int size,
			enum change how)
{
	unsigned int bits = 8u << size;
	__int128 r, least = 0, most;

	if (how == CHANGE_WRAPS)
		return x + by;
	if (how == CHANGE_SIGNED) {
		r = sext64(x, bits) + (__int128)by;
		most = (int64_t)(UINT64_MAX >> (65 - bits));
		least = -most - 1;
	} else {
		r = (__int128)x + by;
		most = UINT64_MAX >> (64 - bits);
	}
	return (uint64_t)(r < least ? least : r > most ? most : r);
}

static void change_z(struct cpu *cpu, const struct insn *i, int64_t by,
		     enum change how)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < sve_vl(cpu) >> i->size; e++)
		switch (i->size) {
		case SIZE_H: d->h[e] = changed(n->h[e], by, SIZE_H, how); break;
		case SIZE_W: d->s[e] = changed(n->s[e], by, SIZE_W, how); break;
		default: d->d[e] = changed(n->d[e], by, SIZE_X, how);
		}
	sve_done(cpu, i->rd);
}

static void sve_inc(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, multiple(cpu, i), CHANGE_WRAPS);
}

static void sve_dec(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, -multiple(cpu, i), CHANGE_WRAPS);
}

static void sve_sqinc(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, multiple(cpu, i), CHANGE_SIGNED);
}

static void sve_uqinc(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, multiple(cpu, i), CHANGE_UNSIGNED);
}

static void sve_sqdec(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, -multiple(cpu, i), CHANGE_SIGNED);
}

static void sve_uqdec(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, -multiple(cpu, i), CHANGE_UNSIGNED);
}

static void sve_incp(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, active_of(cpu, i), CHANGE_WRAPS);
}

static void sve_decp(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, -active_of(cpu, i), CHANGE_WRAPS);
}

static void sve_sqincp(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, active_of(cpu, i), CHANGE_SIGNED);
}

static void sve_uqincp(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, active_of(cpu, i), CHANGE_UNSIGNED);
}

static void sve_sqdecp(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, -active_of(cpu, i), CHANGE_SIGNED);
}

static void sve_uqdecp(struct cpu *cpu, const struct insn *i)
{
	change_z(cpu, i, -active_of(cpu, i), CHANGE_UNSIGNED);
}

/* ---- comparisons --------------------------------------------------------- */

typedef bool compare_fn(uint64_t n, uint64_t m);

/* Elements are active until @holds does not, with n one more for each. */
static ALWAYS_INLINE void while_holds(struct cpu *cpu, const struct insn *i,
				      bool is_signed, compare_fn *holds)
{
	unsigned int elements = sve_vl(cpu) >> i->size, e;
	uint64_t n = cpu->x[i->rn], m = cpu->x[i->rm];
	bool word = i->form & SVE_WORD;
	struct sve_p *d = &cpu->sve->p[i->rd], all;

	for (e = 0; e < elements; e++, n++) {
		uint64_t a = !word       ? n
			     : is_signed ? sext64(n, 32)
					 : (uint32_t)n;
		uint64_t b = !word       ? m
			     : is_signed ? sext64(m, 32)
					 : (uint32_t)m;

		if (!holds(a, b))
			break;
	}
	sve_p_first_bytes(d, e << i->size, i->size);
	sve_p_first_bytes(&all, sve_vl(cpu), SIZE_B);
	sve_pred_test(cpu, &all, d, i->size);
}

/* From the last one down, with n one less for each. */
static ALWAYS_INLINE void while_down(struct cpu *cpu, const struct insn *i,
				     bool is_signed, bool or_equal)
{
	unsigned int elements = sve_vl(cpu) >> i->size, e;
	uint64_t n = cpu->x[i->rn], m = cpu->x[i->rm];
	struct sve_p *d = &cpu->sve->p[i->rd], all;
	/* As if unsigned, from the least on. */
	uint64_t least = is_signed ? (uint64_t)INT64_MIN : 0, most;

	if (i->form & SVE_WORD) {
		n = is_signed ? (uint64_t)sext64(n, 32) : (uint32_t)n;
		m = is_signed ? (uint64_t)sext64(m, 32) : (uint32_t)m;
		least = is_signed ? (uint64_t)(int64_t)INT32_MIN : 0;
	}
	/* How many elements it holds for: all, if it always does. */
	n -= least;
	m -= least;
	most = n < m ? 0 : n - m + or_equal;
	if (or_equal && !m)
		most = elements;
	e = most < elements ? elements - (unsigned int)most : 0;
	sve_p_first_bytes(&all, sve_vl(cpu), i->size);
	sve_p_first_bytes(d, e << i->size, i->size);
	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		d->w[k] ^= all.w[k];
	sve_p_first_bytes(&all, sve_vl(cpu), SIZE_B);
	sve_pred_test(cpu, &all, d, i->size);
}

static void sve_whilege(struct cpu *cpu, const struct insn *i)
{
	while_down(cpu, i, true, true);
}

static void sve_whilegt(struct cpu *cpu, const struct insn *i)
{
	while_down(cpu, i, true, false);
}

static void sve_whilehs(struct cpu *cpu, const struct insn *i)
{
	while_down(cpu, i, false, true);
}

static void sve_whilehi(struct cpu *cpu, const struct insn *i)
{
	while_down(cpu, i, false, false);
}

/* The first @bytes of a vector may be accessed before what conflicts; 0: all. */
static void while_apart(struct cpu *cpu, const struct insn *i, uint64_t bytes)
{
	uint64_t vl = sve_vl(cpu), elements = bytes >> i->size;
	struct sve_p *d = &cpu->sve->p[i->rd], all;

	if (!elements || elements > vl >> i->size)
		elements = vl >> i->size;
	sve_p_first_bytes(d, (unsigned int)elements << i->size, i->size);
	sve_p_first_bytes(&all, (unsigned int)vl, SIZE_B);
	sve_pred_test(cpu, &all, d, i->size);
}

/* A write by Xn and then a read by Xm. */
static void sve_whilewr(struct cpu *cpu, const struct insn *i)
{
	uint64_t n = cpu->x[i->rn], m = cpu->x[i->rm];

	while_apart(cpu, i, m > n ? m - n : 0);
}

static void sve_whilerw(struct cpu *cpu, const struct insn *i)
{
	uint64_t n = cpu->x[i->rn], m = cpu->x[i->rm];

	while_apart(cpu, i, m > n ? m - n : n - m);
}

static bool is_lt(uint64_t n, uint64_t m)
{
	return (int64_t)n < (int64_t)m;
}

static bool is_le(uint64_t n, uint64_t m)
{
	return (int64_t)n <= (int64_t)m;
}

static bool is_lo(uint64_t n, uint64_t m)
{
	return n < m;
}

static bool is_ls(uint64_t n, uint64_t m)
{
	return n <= m;
}

static void sve_whilelt(struct cpu *cpu, const struct insn *i)
{
	while_holds(cpu, i, true, is_lt);
}

static void sve_whilele(struct cpu *cpu, const struct insn *i)
{
	while_holds(cpu, i, true, is_le);
}

static void sve_whilelo(struct cpu *cpu, const struct insn *i)
{
	while_holds(cpu, i, false, is_lo);
}

static void sve_whilels(struct cpu *cpu, const struct insn *i)
{
	while_holds(cpu, i, false, is_ls);
}

/* Z and C stay. */
static void cterm(struct cpu *cpu, bool end)
{
	cpu->n = (uint64_t)end << 63;
	cpu->v = end ? 0 : !cpu->c;
}

static bool equal(const struct cpu *cpu, const struct insn *i)
{
	uint64_t differ = cpu->x[i->rn] ^ cpu->x[i->rm];

	return i->form & SVE_WORD ? !(uint32_t)differ : !differ;
}

static void sve_ctermeq(struct cpu *cpu, const struct insn *i)
{
	cterm(cpu, equal(cpu, i));
}

static void sve_ctermne(struct cpu *cpu, const struct insn *i)
{
	cterm(cpu, !equal(cpu, i));
}

/* ---- choice -------------------------------------------------------------- */

static insn_fn *vector_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_INC: return sve_inc;
	case A64_SVE_DEC: return sve_dec;
	case A64_SVE_SQINC: return sve_sqinc;
	case A64_SVE_UQINC: return sve_uqinc;
	case A64_SVE_SQDEC: return sve_sqdec;
	case A64_SVE_UQDEC: return sve_uqdec;
	case A64_SVE_INCP: return sve_incp;
	case A64_SVE_DECP: return sve_decp;
	case A64_SVE_SQINCP: return sve_sqincp;
	case A64_SVE_UQINCP: return sve_uqincp;
	case A64_SVE_SQDECP: return sve_sqdecp;
	case A64_SVE_UQDECP: return sve_uqdecp;
	default: return NULL;
	}
}

insn_fn *sve_count_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ADDVL: return sve_addvl;
	case A64_SVE_ADDPL: return sve_addpl;
	case A64_SVE_RDVL: return sve_rdvl;
	case A64_SVE_CNT: return sve_cnt;
	case A64_SVE_CNTP: return sve_cntp;
	case A64_SVE_INC_reg: return sve_inc_reg;
	case A64_SVE_DEC_reg: return sve_dec_reg;
	case A64_SVE_INCP_reg: return sve_incp_reg;
	case A64_SVE_DECP_reg: return sve_decp_reg;
	case A64_SVE_SQINC_reg: return sve_sqinc_reg;
	case A64_SVE_UQINC_reg: return sve_uqinc_reg;
	case A64_SVE_SQDEC_reg: return sve_sqdec_reg;
	case A64_SVE_UQDEC_reg: return sve_uqdec_reg;
	case A64_SVE_SQINCP_reg: return sve_sqincp_reg;
	case A64_SVE_UQINCP_reg: return sve_uqincp_reg;
	case A64_SVE_SQDECP_reg: return sve_sqdecp_reg;
	case A64_SVE_UQDECP_reg: return sve_uqdecp_reg;
	case A64_SVE_WHILELT: return sve_whilelt;
	case A64_SVE_WHILELE: return sve_whilele;
	case A64_SVE_WHILELO: return sve_whilelo;
	case A64_SVE_WHILELS: return sve_whilels;
	case A64_SVE_WHILEGE: return sve_whilege;
	case A64_SVE_WHILEGT: return sve_whilegt;
	case A64_SVE_WHILEHS: return sve_whilehs;
	case A64_SVE_WHILEHI: return sve_whilehi;
	case A64_SVE_WHILEWR: return sve_whilewr;
	case A64_SVE_WHILERW: return sve_whilerw;
	case A64_SVE_CTERMEQ: return sve_ctermeq;
	case A64_SVE_CTERMNE: return sve_ctermne;
	default: return vector_work(i);
	}
}
