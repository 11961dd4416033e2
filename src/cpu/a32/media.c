/* SPDX-License-Identifier: MIT */
/*
 * Multiplication, saturation and parallel arithmetic of AArch32 (Arm ARM F5.1).
 * By their operands: none is hot enough for a body of each form.
 */
#include "cpu/bodies.h"
#include "cpu/exec.h"
#include "isa/a32/operands.h"

/* ---- products ------------------------------------------------------------ */

/* N and Z alone. */
static void exec_muls(struct cpu *cpu, const struct insn *i)
{
	uint32_t r = cpu->x[i->ra] + cpu->x[i->rn] * cpu->x[i->rm];

	cpu->x[i->rd] = r;
	set_nz32(cpu, r);
	NEXT;
}

static ALWAYS_INLINE void set_long(struct cpu *cpu, const struct insn *i,
				   uint64_t r)
{
	cpu->x[i->ra] = r >> 32;
	cpu->x[i->rd] = (uint32_t)r;
}

static ALWAYS_INLINE uint64_t get_long(const struct cpu *cpu,
				       const struct insn *i)
{
	return cpu->x[i->ra] << 32 | cpu->x[i->rd];
}

static void exec_mull(struct cpu *cpu, const struct insn *i)
{
	uint64_t n = cpu->x[i->rn], m = cpu->x[i->rm], r;

	if (i->op == A32_SMULL || i->op == A32_SMLAL)
		r = (int64_t)(int32_t)n * (int32_t)m;
	else
		r = n * m;
	if (i->op == A32_UMLAL || i->op == A32_SMLAL)
		r += get_long(cpu, i);
	else if (i->op == A32_UMAAL)
		r += cpu->x[i->ra] + cpu->x[i->rd];
	set_long(cpu, i, r);
	if (i->aux)
		set_nz64(cpu, r);
	NEXT;
}

static int32_t half(uint32_t x, bool top)
{
	return (int16_t)(top ? x >> 16 : x);
}

/* An addition that sets Q where it overflows. */
static uint32_t add_q(struct cpu *cpu, int64_t a, int64_t b)
{
	int64_t r = a + b;

	if (r != (int32_t)r)
		cpu->a32_q = true;
	return (uint32_t)r;
}

static void exec_smla_half(struct cpu *cpu, const struct insn *i)
{
	int32_t r = half(cpu->x[i->rn], i->aux & HALF_N_TOP) *
		    half(cpu->x[i->rm], i->aux & HALF_M_TOP);

	cpu->x[i->rd] = add_q(cpu, r, (int32_t)cpu->x[i->ra]);
	NEXT;
}

static void exec_smlaw(struct cpu *cpu, const struct insn *i)
{
	int64_t r = (int64_t)(int32_t)cpu->x[i->rn] *
		    half(cpu->x[i->rm], i->aux & HALF_M_TOP);

	cpu->x[i->rd] = add_q(cpu, r >> 16, (int32_t)cpu->x[i->ra]);
	NEXT;
}

static void exec_smlal_half(struct cpu *cpu, const struct insn *i)
{
	int64_t r = half(cpu->x[i->rn], i->aux & HALF_N_TOP) *
		    half(cpu->x[i->rm], i->aux & HALF_M_TOP);

	set_long(cpu, i, get_long(cpu, i) + r);
	NEXT;
}

/* The sum or difference of the products of halves. */
static int64_t dual_product(const struct cpu *cpu, const struct insn *i)
{
	bool swap = i->aux & 1;
	int64_t low =
		(int64_t)half(cpu->x[i->rn], false) * half(cpu->x[i->rm], swap);
	int64_t high =
		(int64_t)half(cpu->x[i->rn], true) * half(cpu->x[i->rm], !swap);

	return i->aux & 2 ? low - high : low + high;
}

static void exec_smlad(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] =
		add_q(cpu, dual_product(cpu, i), (int32_t)cpu->x[i->ra]);
	NEXT;
}

static void exec_smlald(struct cpu *cpu, const struct insn *i)
{
	set_long(cpu, i, get_long(cpu, i) + dual_product(cpu, i));
	NEXT;
}

static void exec_smmla(struct cpu *cpu, const struct insn *i)
{
	int64_t product =
		(int64_t)(int32_t)cpu->x[i->rn] * (int32_t)cpu->x[i->rm];
	uint64_t r = cpu->x[i->ra] << 32;

	r = i->aux & 2 ? r - product : r + product;
	if (i->aux & 1)
		r += 0x80000000;
	cpu->x[i->rd] = r >> 32;
	NEXT;
}

/* ---- saturation ---------------------------------------------------------- */

static uint32_t sat_signed(struct cpu *cpu, int64_t x, unsigned int bits)
{
	int64_t max = (INT64_C(1) << (bits - 1)) - 1;

	if (x > max || x < ~max) {
		cpu->a32_q = true;
		return (uint32_t)(x > max ? max : ~max);
	}
	return (uint32_t)x;
}

static uint32_t sat_unsigned(struct cpu *cpu, int64_t x, unsigned int bits)
{
	int64_t max = (INT64_C(1) << bits) - 1;

	if (x > max || x < 0) {
		cpu->a32_q = true;
		return x < 0 ? 0 : (uint32_t)max;
	}
	return (uint32_t)x;
}

static void exec_qadd(struct cpu *cpu, const struct insn *i)
{
	int64_t m = (int32_t)cpu->x[i->rm];

	if (i->aux & QADD_DOUBLE)
		m = (int32_t)sat_signed(cpu, 2 * m, 32);
	if (i->aux & QADD_SUBTRACT)
		m = -m;
	cpu->x[i->rd] = sat_signed(cpu, (int32_t)cpu->x[i->rn] + m, 32);
	NEXT;
}

/* The operand of SSAT, USAT and PKH: LSL, or ASR by up to 32. */
static int32_t shifted(uint32_t x, const struct insn *i)
{
	switch (i->form) {
	case OPERAND_LSL: return x << i->aux;
	case OPERAND_ASR: return (int32_t)x >> (i->aux < 32 ? i->aux : 31);
	default: return x;
	}
}

static void exec_sat(struct cpu *cpu, const struct insn *i)
{
	int32_t x = shifted(cpu->x[i->rn], i);

	cpu->x[i->rd] = i->op == A32_SSAT ? sat_signed(cpu, x, i->imm)
					  : sat_unsigned(cpu, x, i->imm);
	NEXT;
}

static void exec_sat16(struct cpu *cpu, const struct insn *i)
{
	int32_t low = half(cpu->x[i->rn], false);
	int32_t high = half(cpu->x[i->rn], true);
	uint32_t l, h;

	if (i->op == A32_SSAT16) {
		l = sat_signed(cpu, low, i->imm);
		h = sat_signed(cpu, high, i->imm);
	} else {
		l = sat_unsigned(cpu, low, i->imm);
		h = sat_unsigned(cpu, high, i->imm);
	}
	cpu->x[i->rd] = h << 16 | (l & 0xffff);
	NEXT;
}

/* ---- parallel addition and subtraction ----------------------------------- */

struct lane {
	uint32_t val;
	bool ge;
};

/* @a + @b or @a - @b in a lane of @bits, which are extended as form says. */
static struct lane lane_op(enum a32_parallel how, int32_t a, int32_t b,
			   bool sub, unsigned int bits)
{
	int32_t r = sub ? a - b : a + b, max = (1 << bits) - 1;
	struct lane l = {.val = r};

	switch (how) {
	case PARALLEL_S: l.ge = r >= 0; break;
	case PARALLEL_U: l.ge = sub ? r >= 0 : r > max; break;
	case PARALLEL_SH:
	case PARALLEL_UH: l.val = r >> 1; break;
	case PARALLEL_Q:
		l.val = r > max >> 1      ? max >> 1
			: r < ~(max >> 1) ? ~(max >> 1)
					  : r;
		break;
	case PARALLEL_UQ: l.val = r > max ? max : r < 0 ? 0 : r; break;
	}
	l.val &= max;
	return l;
}

static int32_t lane_get(enum a32_parallel how, uint32_t x, unsigned int at,
			unsigned int bits)
{
	x = x >> at << (32 - bits);
	return how < PARALLEL_U ? (int32_t)x >> (32 - bits)
				: (int32_t)(x >> (32 - bits));
}

static void exec_parallel(struct cpu *cpu, const struct insn *i)
{
	unsigned int bits = i->aux & 4 ? 8 : 16, ge = 0;
	bool swap = i->aux == PARALLEL_ASX || i->aux == PARALLEL_SAX;
	uint32_t n = cpu->x[i->rn], m = cpu->x[i->rm], r = 0;

	for (unsigned int at = 0; at < 32; at += bits) {
		bool sub = i->aux == PARALLEL_SUB16 ||
			   i->aux == PARALLEL_SUB8 ||
			   i->aux == (at ? PARALLEL_SAX : PARALLEL_ASX);
		struct lane l =
			lane_op(i->form, lane_get(i->form, n, at, bits),
				lane_get(i->form, m, swap ? 16 - at : at, bits),
				sub, bits);

		r |= l.val << at;
		ge |= (l.ge ? (1u << bits / 8) - 1 : 0) << at / 8;
	}
	cpu->x[i->rd] = r;
	if (i->form == PARALLEL_S || i->form == PARALLEL_U)
		cpu->a32_ge = ge;
	NEXT;
}

static void exec_sel(struct cpu *cpu, const struct insn *i)
{
	uint32_t mask = 0;

	for (unsigned int k = 0; k < 4; k++)
		if (cpu->a32_ge >> k & 1)
			mask |= 0xffu << 8 * k;
	cpu->x[i->rd] = (cpu->x[i->rn] & mask) | (cpu->x[i->rm] & ~mask);
	NEXT;
}

/* ---- packing, extension, reversal, differences --------------------------- */

static void exec_pkh(struct cpu *cpu, const struct insn *i)
{
	uint32_t n = cpu->x[i->rn], m = shifted(cpu->x[i->rm], i);

	cpu->x[i->rd] = i->imm ? (n & 0xffff0000) | (m & 0xffff)
			       : (m & 0xffff0000) | (n & 0xffff);
	NEXT;
}

/* Two bytes to halfwords, or a halfword that the rotation has split. */
static void exec_extend(struct cpu *cpu, const struct insn *i)
{
	uint32_t m = cpu->x[i->rm], n = cpu->x[i->rn], low, high;
	bool sign = i->form < EXTEND_UXTB16;

	m = m >> i->aux | m << (-i->aux & 31);
	if ((i->form & 3) != EXTEND_SXTB16) {
		m = sign ? (uint32_t)(int16_t)m : (uint16_t)m;
		cpu->x[i->rd] = (uint32_t)(n + m);
		NEXT;
	}
	low = sign ? (uint32_t)(int8_t)m : (uint8_t)m;
	high = sign ? (uint32_t)(int8_t)(m >> 16) : (uint8_t)(m >> 16);
	cpu->x[i->rd] = (uint32_t)((n & 0xffff0000) + (high << 16)) |
			((n + low) & 0xffff);
	NEXT;
}

static void exec_revsh(struct cpu *cpu, const struct insn *i)
{
	int16_t x = __builtin_bswap16(cpu->x[i->rn]);

	cpu->x[i->rd] = (uint32_t)x;
	NEXT;
}

static void exec_usada8(struct cpu *cpu, const struct insn *i)
{
	uint32_t n = cpu->x[i->rn], m = cpu->x[i->rm], r = cpu->x[i->ra];

	for (unsigned int k = 0; k < 32; k += 8) {
		int d = (int)(n >> k & 0xff) - (int)(m >> k & 0xff);

		r += d < 0 ? -d : d;
	}
	cpu->x[i->rd] = r;
	NEXT;
}

insn_fn *a32_media_body(const struct insn *i)
{
	switch (i->op) {
	case A32_MULS: return exec_muls;
	case A32_UMULL:
	case A32_SMULL:
	case A32_UMLAL:
	case A32_SMLAL:
	case A32_UMAAL: return exec_mull;
	case A32_SMLA_half: return exec_smla_half;
	case A32_SMLAW: return exec_smlaw;
	case A32_SMLAL_half: return exec_smlal_half;
	case A32_SMLAD: return exec_smlad;
	case A32_SMLALD: return exec_smlald;
	case A32_SMMLA: return exec_smmla;
	case A32_QADD: return exec_qadd;
	case A32_SSAT:
	case A32_USAT: return exec_sat;
	case A32_SSAT16:
	case A32_USAT16: return exec_sat16;
	case A32_PARALLEL: return exec_parallel;
	case A32_SEL: return exec_sel;
	case A32_PKH: return exec_pkh;
	case A32_EXTEND: return exec_extend;
	case A32_REVSH: return exec_revsh;
	case A32_USADA8: return exec_usada8;
	default: return NULL;
	}
}
