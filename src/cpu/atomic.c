/* SPDX-License-Identifier: MIT */
/*
 * FEAT_LSE: compare-and-swap, swap and read-modify-write (Arm ARM C4.1.94) as
 * atomics of the host on guest memory. All of them are full barriers there,
 * whatever ordering the instruction asks for.
 */
#include "isa/a64/formats.h"
#include "cpu/host-x86-64-atomic.h"
#include "cpu/atomic-old.h"

#define RMW_MA (MA_WRITE | MA_ATOMIC)

#define FOR_SIZES(M, ...)  \
	M(8, __VA_ARGS__)  \
	M(16, __VA_ARGS__) \
	M(32, __VA_ARGS__) \
	M(64, __VA_ARGS__)

/* ---- compare and swap --------------------------------------------------------------- */

/* rm, ra: Rs as source, destination; rd: Rt. */
#define CAS(bits, unused)                                                   \
	HOST_ACCESS(cas##bits)                                              \
	{                                                                   \
		u##bits##_alias old = cpu->x[i->rm];                        \
                                                                            \
		__atomic_compare_exchange_n((u##bits##_alias *)host, &old,  \
					    (u##bits##_alias)cpu->x[i->rd], \
					    false, __ATOMIC_SEQ_CST,        \
					    __ATOMIC_SEQ_CST);              \
		cpu->x[i->ra] = old;                                        \
	}                                                                   \
	ATOMIC_BODY(cas##bits, bits / 8, RMW_MA)

FOR_SIZES(CAS, )
BODY_FOR_ROW(exec_atomic_cas, cas64);

bool fmt_atomic_cas(uint32_t word, struct insn *out)
{
	static insn_fn *const fns[4] = {cas8, cas16, cas32, cas64};
	unsigned int s = FLD(word, 20, 16);

	out->rm = reg_src(s);
	out->ra = reg_dst(s);
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = reg_src(FLD(word, 4, 0));
	out->fn = fns[FLD(word, 31, 30)];
	return true;
}

/*
 * Pairs. rm: Rs; rd: Rt, both even. Their odd partners, of which the last is
 * XZR: aux (source Rs+1 in the low byte, source Rt+1 in the high) and ra
 * (destination Rs+1).
 */
#define CASP_S2 cpu->x[i->aux & 0xff]
#define CASP_T2 cpu->x[i->aux >> 8]

HOST_ACCESS(casp32)
{
	uint64_t old = (uint32_t)cpu->x[i->rm] | CASP_S2 << 32;
	uint64_t new = (uint32_t)cpu->x[i->rd] | CASP_T2 << 32;

	__atomic_compare_exchange_n((u64_alias *)host, &old, new, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	cpu->x[i->rm] = (uint32_t)old;
	cpu->x[i->ra] = old >> 32;
}
ATOMIC_BODY(casp32, 8, RMW_MA)

HOST_ACCESS(casp64)
{
	uint64_t old[2] = {cpu->x[i->rm], CASP_S2};
	uint64_t new[2] = {cpu->x[i->rd], CASP_T2};

	host_cas128(host, old, new);
	cpu->x[i->rm] = old[0];
	cpu->x[i->ra] = old[1];
}
ATOMIC_BODY(casp64, 16, RMW_MA)

BODY_FOR_ROW(exec_atomic_casp, casp64);

bool fmt_atomic_casp(uint32_t word, struct insn *out)
{
	unsigned int s = FLD(word, 20, 16), t = FLD(word, 4, 0);

	if ((s | t) & 1)
		return false;
	out->rm = s;
	out->ra = reg_dst(s + 1);
	out->rd = t;
	out->aux = reg_src(t + 1) << 8 | reg_src(s + 1);
	out->rn = reg_sp(FLD(word, 9, 5));
	out->fn = FLD(word, 30, 30) ? casp64 : casp32;
	return true;
}

/* ---- read-modify-write ---------------------------------------------------------------- */

/* The host has no atomic minimum and maximum. */
#define FETCH_CHOOSE(bits, type, op)                                        \
	static inline uint##bits##_t fetch_##type##_##op##bits(             \
		u##bits##_alias *p, uint##bits##_t operand)                 \
	{                                                                   \
		u##bits##_alias old = __atomic_load_n(p, __ATOMIC_RELAXED); \
		u##bits##_alias new;                                        \
                                                                            \
		do                                                          \
			new = choose_##op((type##bits##_t)old,              \
					  (type##bits##_t)operand);         \
		while (!__atomic_compare_exchange_n(p, &old, new, true,     \
						    __ATOMIC_SEQ_CST,       \
						    __ATOMIC_SEQ_CST));     \
		return old;                                                 \
	}
#define choose_max(a, b) ((a) > (b) ? (a) : (b))
#define choose_min(a, b) ((a) < (b) ? (a) : (b))
FOR_SIZES(FETCH_CHOOSE, int, max)
FOR_SIZES(FETCH_CHOOSE, int, min)
FOR_SIZES(FETCH_CHOOSE, uint, max)
FOR_SIZES(FETCH_CHOOSE, uint, min)

#define FETCH_add(bits, p, v)  __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST)
#define FETCH_clr(bits, p, v)  __atomic_fetch_and(p, ~(v), __ATOMIC_SEQ_CST)
#define FETCH_eor(bits, p, v)  __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST)
#define FETCH_set(bits, p, v)  __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST)
#define FETCH_smax(bits, p, v) fetch_int_max##bits(p, v)
#define FETCH_smin(bits, p, v) fetch_int_min##bits(p, v)
#define FETCH_umax(bits, p, v) fetch_uint_max##bits(p, v)
#define FETCH_umin(bits, p, v) fetch_uint_min##bits(p, v)
#define FETCH_swp(bits, p, v)  __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)

#define RMW(bits, op)                                                       \
	HOST_ACCESS(ld##op##bits)                                           \
	{                                                                   \
		cpu->x[i->rd] = FETCH_##op(bits, (u##bits##_alias *)host,   \
					   (u##bits##_alias)cpu->x[i->rm]); \
	}                                                                   \
	ATOMIC_BODY(ld##op##bits, bits / 8, RMW_MA)
/* STADD etc.: nobody wants the old value, and the host need not fetch it. */
#define RMW_NO_RESULT(bits, op)                             \
	HOST_ACCESS(st##op##bits)                           \
	{                                                   \
		FETCH_##op(bits, (u##bits##_alias *)host,   \
			   (u##bits##_alias)cpu->x[i->rm]); \
	}                                                   \
	ATOMIC_BODY(st##op##bits, bits / 8, RMW_MA)

FOR_SIZES(RMW, add)
FOR_SIZES(RMW, clr)
FOR_SIZES(RMW, eor)
FOR_SIZES(RMW, set)
FOR_SIZES(RMW, smax)
FOR_SIZES(RMW, smin)
FOR_SIZES(RMW, umax)
FOR_SIZES(RMW, umin)
FOR_SIZES(RMW, swp)
FOR_SIZES(RMW_NO_RESULT, add)
FOR_SIZES(RMW_NO_RESULT, clr)
FOR_SIZES(RMW_NO_RESULT, eor)
FOR_SIZES(RMW_NO_RESULT, set)

BODY_FOR_ROW(exec_atomic_ldadd, ldadd64);
BODY_FOR_ROW(exec_atomic_ldclr, ldclr64);
BODY_FOR_ROW(exec_atomic_ldeor, ldeor64);
BODY_FOR_ROW(exec_atomic_ldset, ldset64);
BODY_FOR_ROW(exec_atomic_ldsmax, ldsmax64);
BODY_FOR_ROW(exec_atomic_ldsmin, ldsmin64);
BODY_FOR_ROW(exec_atomic_ldumax, ldumax64);
BODY_FOR_ROW(exec_atomic_ldumin, ldumin64);
BODY_FOR_ROW(exec_atomic_swp, ldswp64);

#define RMW_FNS(op)                           \
	{                                     \
		op##8, op##16, op##32, op##64 \
	}

bool fmt_atomic_rmw(uint32_t word, struct insn *out)
{
	/* [o3, opc][size] */
	static insn_fn *const fns[9][4] = {
		RMW_FNS(ldadd),  RMW_FNS(ldclr),  RMW_FNS(ldeor),
		RMW_FNS(ldset),  RMW_FNS(ldsmax), RMW_FNS(ldsmin),
		RMW_FNS(ldumax), RMW_FNS(ldumin), RMW_FNS(ldswp),
	};
	static insn_fn *const no_result[4][4] = {
		RMW_FNS(stadd),
		RMW_FNS(stclr),
		RMW_FNS(steor),
		RMW_FNS(stset),
	};
	unsigned int op = FLD(word, 15, 12), size = FLD(word, 31, 30);

	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->fn = op < 4 && out->rd == REG_SINK ? no_result[op][size]
						: fns[op][size];
	return true;
}
