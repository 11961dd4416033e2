/* SPDX-License-Identifier: MIT */
/*
 * Conditional select and conditional compare (Arm ARM C4.1.95). One body for
 * each condition: the tests are a compare or two on the flags as cpu.h keeps
 * them.
 */
#include "isa/a64/formats.h"
#include "cpu/int-body.h"

#define NR_CONDS 15

/* ---- select ------------------------------------------------------------------ */

#define CSEL(num, cond, name, bits, T, other)                          \
	BODY(name##bits##_##cond)                                      \
	{                                                              \
		T n = (T)cpu->x[i->rn], m = (T)cpu->x[i->rm];          \
                                                                       \
		cpu->x[i->rd] = cond_holds(cpu, num) ? n : (T)(other); \
		NEXT;                                                  \
	}

COND_LIST(CSEL, csel, 32, uint32_t, m)
COND_LIST(CSEL, csel, 64, uint64_t, m)
COND_LIST(CSEL, csinc, 32, uint32_t, m + 1)
COND_LIST(CSEL, csinc, 64, uint64_t, m + 1)
COND_LIST(CSEL, csinv, 32, uint32_t, ~m)
COND_LIST(CSEL, csinv, 64, uint64_t, ~m)
COND_LIST(CSEL, csneg, 32, uint32_t, -m)
COND_LIST(CSEL, csneg, 64, uint64_t, -m)

#define CSEL_FN(num, cond, name) [num] = name##_##cond,
#define CSEL_FNS(name)                   \
	{                                \
		COND_LIST(CSEL_FN, name) \
	}

BODY_FOR_ROW(exec_int_csel, csel64_al);
BODY_FOR_ROW(exec_int_csinc, csinc64_al);
BODY_FOR_ROW(exec_int_csinv, csinv64_al);
BODY_FOR_ROW(exec_int_csneg, csneg64_al);

bool fmt_int_csel(uint32_t word, struct insn *out)
{
	/* [sf][op, op2<0>][condition] */
	static insn_fn *const fns[2][4][NR_CONDS] = {
		{CSEL_FNS(csel32), CSEL_FNS(csinc32), CSEL_FNS(csinv32),
		 CSEL_FNS(csneg32)},
		{CSEL_FNS(csel64), CSEL_FNS(csinc64), CSEL_FNS(csinv64),
		 CSEL_FNS(csneg64)},
	};
	unsigned int op = FLD(word, 30, 30) << 1 | FLD(word, 10, 10);

	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->fn = fns[word >> 31][op][cond_index(FLD(word, 15, 12))];
	return true;
}

/* ---- compare ------------------------------------------------------------------ */

/* Second operand: a register, or the immediate with rm = XZR. */
#define CCMP(num, cond, name, bits, T, op)                     \
	BODY(name##bits##_##cond)                              \
	{                                                      \
		if (cond_holds(cpu, num))                      \
			op##bits(cpu, (T)cpu->x[i->rn],        \
				 (T)(cpu->x[i->rm] + i->imm)); \
		else                                           \
			set_nzcv(cpu, (uint32_t)i->aux << 28); \
		NEXT;                                          \
	}

COND_LIST(CCMP, ccmn, 32, uint32_t, adds)
COND_LIST(CCMP, ccmn, 64, uint64_t, adds)
COND_LIST(CCMP, ccmp, 32, uint32_t, subs)
COND_LIST(CCMP, ccmp, 64, uint64_t, subs)

BODY_FOR_ROW(exec_int_ccmn, ccmn64_al);
BODY_FOR_ROW(exec_int_ccmp, ccmp64_al);

bool fmt_int_ccmp(uint32_t word, struct insn *out)
{
	/* [sf][op][condition] */
	static insn_fn *const fns[2][2][NR_CONDS] = {
		{CSEL_FNS(ccmn32), CSEL_FNS(ccmp32)},
		{CSEL_FNS(ccmn64), CSEL_FNS(ccmp64)},
	};
	unsigned int m = FLD(word, 20, 16);
	bool immediate = FLD(word, 11, 11);

	out->rm = immediate ? REG_ZR : reg_src(m);
	out->imm = immediate ? m : 0;
	out->rn = reg_src(FLD(word, 9, 5));
	out->aux = FLD(word, 3, 0);
	out->fn = fns[word >> 31][FLD(word, 30, 30)]
		     [cond_index(FLD(word, 15, 12))];
	return true;
}
