/* SPDX-License-Identifier: MIT */
/*
 * Scalar conversions between floating point and integers or fixed point in
 * general registers.
 */
#include "cpu/fp-ops.h"
#include "isa/a64/formats.h"

/* ---- to integer --------------------------------------------------------- */

/* aux of the general body; imm: fraction bits. */
enum {
	TO_INT_ROUNDING = 7, /* enum sf_rounding */
	TO_INT_UNSIGNED = 1 << 3,
	TO_INT_64 = 1 << 4,
	TO_INT_DOUBLE = 1 << 5,
};

void exec_fp_to_int(struct cpu *cpu, const struct insn *i)
{
	bool dbl;

	FP_CHECK;
	dbl = i->aux & TO_INT_DOUBLE;
	cpu->x[i->rd] = fp_slow_to_int(
		cpu, dbl ? SF_DOUBLE : SF_SINGLE,
		dbl ? cpu->vreg[i->rn].d[0] : cpu->vreg[i->rn].s[0],
		(unsigned int)i->imm, i->aux & TO_INT_UNSIGNED,
		i->aux & TO_INT_64 ? 64 : 32,
		(enum sf_rounding)(i->aux & TO_INT_ROUNDING));
	NEXT;
}

/* The general body is the slow case: aux and imm say the same. */
#define BODY_TRUNC(type, S, U)                                    \
	static void exec_fp_to_##type##_##S(struct cpu *cpu,      \
					    const struct insn *i) \
	{                                                         \
		U r;                                              \
		FP_CHECK;                                         \
		if (unlikely(!fp_try_to_##type##_##S(             \
			    cpu, cpu->vreg[i->rn].S[0], &r))) {   \
			exec_fp_to_int(cpu, i);                   \
			return;                                   \
		}                                                 \
		cpu->x[i->rd] = r;                                \
		NEXT;                                             \
	}

BODY_TRUNC(i32, s, uint32_t)
BODY_TRUNC(u32, s, uint32_t)
BODY_TRUNC(i64, s, uint64_t)
BODY_TRUNC(u64, s, uint64_t)
BODY_TRUNC(i32, d, uint32_t)
BODY_TRUNC(u32, d, uint32_t)
BODY_TRUNC(i64, d, uint64_t)
BODY_TRUNC(u64, d, uint64_t)

/* sf, ftype and bit 16 (U); what else the encoding means is the caller's. */
static bool format_to_int(uint32_t word, struct insn *out,
			  enum sf_rounding rounding)
{
	unsigned int type = FLD(word, 23, 22);

	if (type > 1)
		return false;
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = FLD(word, 9, 5);
	out->aux = rounding;
	if (FLD(word, 16, 16))
		out->aux |= TO_INT_UNSIGNED;
	if (FLD(word, 31, 31))
		out->aux |= TO_INT_64;
	if (type == 1)
		out->aux |= TO_INT_DOUBLE;
	return true;
}

/* FCVTNS, FCVTPS, FCVTMS, FCVTZS and unsigned: rmode as FPCR's. */
bool fmt_fp_to_int(uint32_t word, struct insn *out)
{
	static insn_fn *const trunc[8] = {
		exec_fp_to_i32_s, exec_fp_to_u32_s, exec_fp_to_i64_s,
		exec_fp_to_u64_s, exec_fp_to_i32_d, exec_fp_to_u32_d,
		exec_fp_to_i64_d, exec_fp_to_u64_d,
	};
	enum sf_rounding r = (enum sf_rounding)FLD(word, 20, 19);

	if (!format_to_int(word, out, r))
		return false;
	if (r == SF_TOZERO)
		out->fn = trunc[out->aux >> 3];
	return true;
}

bool fmt_fp_to_int_away(uint32_t word, struct insn *out)
{
	return format_to_int(word, out, SF_TIEAWAY);
}

/* With @word's scale as fraction bits; a 32-bit integer has at most 32. */
static bool format_fbits(uint32_t word, struct insn *out)
{
	out->imm = 64 - (int)FLD(word, 15, 10);
	return FLD(word, 31, 31) || out->imm <= 32;
}

bool fmt_fp_to_fixed(uint32_t word, struct insn *out)
{
	return format_to_int(word, out, SF_TOZERO) && format_fbits(word, out);
}

/* ---- from integer ------------------------------------------------------- */

/* aux as above, imm: fraction bits. */
void exec_fp_from_fixed(struct cpu *cpu, const struct insn *i)
{
	bool uns;
	uint64_t v;

	FP_CHECK;
	v = cpu->x[i->rn];
	uns = i->aux & TO_INT_UNSIGNED;
	if (!(i->aux & TO_INT_64))
		v = uns ? (uint32_t)v : (uint64_t)(int32_t)v;
	fp_put_d(cpu, i->rd,
		 fp_slow_from_int(
			 cpu, i->aux & TO_INT_DOUBLE ? SF_DOUBLE : SF_SINGLE, v,
			 (unsigned int)i->imm, uns));
	NEXT;
}

#define BODY_FROM(type, S, U, via, cast)                                      \
	void exec_fp_from_##type##_##S(struct cpu *cpu, const struct insn *i) \
	{                                                                     \
		U r;                                                          \
		FP_CHECK;                                                     \
		if (unlikely(!fp_try_from_##via##_##S(                        \
			    cpu, (cast)cpu->x[i->rn], &r))) {                 \
			exec_fp_from_fixed(cpu, i); /* with 0 bits */         \
			return;                                               \
		}                                                             \
		fp_put_##S(cpu, i->rd, r);                                    \
		NEXT;                                                         \
	}

BODY_FROM(i32, s, uint32_t, i64, int32_t)
static BODY_FROM(u32, s, uint32_t, i64, uint32_t)
static BODY_FROM(i64, s, uint32_t, i64, int64_t)
static BODY_FROM(u64, s, uint32_t, u64, uint64_t)
static BODY_FROM(i32, d, uint64_t, i64, int32_t)
static BODY_FROM(u32, d, uint64_t, i64, uint32_t)
static BODY_FROM(i64, d, uint64_t, i64, int64_t)
static BODY_FROM(u64, d, uint64_t, u64, uint64_t)

static bool format_from_int(uint32_t word, struct insn *out)
{
	if (!format_to_int(word, out, SF_TIEEVEN))
		return false;
	out->rd = FLD(word, 4, 0);
	out->rn = reg_src(FLD(word, 9, 5));
	return true;
}

bool fmt_fp_from_int(uint32_t word, struct insn *out)
{
	static insn_fn *const body[8] = {
		exec_fp_from_i32_s, exec_fp_from_u32_s, exec_fp_from_i64_s,
		exec_fp_from_u64_s, exec_fp_from_i32_d, exec_fp_from_u32_d,
		exec_fp_from_i64_d, exec_fp_from_u64_d,
	};

	if (!format_from_int(word, out))
		return false;
	out->fn = body[out->aux >> 3];
	return true;
}

bool fmt_fp_from_fixed(uint32_t word, struct insn *out)
{
	return format_from_int(word, out) && format_fbits(word, out);
}
