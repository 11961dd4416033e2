/* SPDX-License-Identifier: MIT */
/*
 * Floating point on an arm64 host, one element: the operations on encodings
 * for the type of the including unit. Instructions by name: the compiler would
 * fuse a multiplication and an addition. What a caller must check before it
 * trusts a result: cpu/fp/element.h, which includes this.
 */
#ifndef FAUXKVM_CPU_HOST_ARM64_FP_ELEMENT_H
#define FAUXKVM_CPU_HOST_ARM64_FP_ELEMENT_H

/* HOST_F: before an operand's number, makes it a register of the type's size. */
#if FP_BITS == 32
typedef float host_fp;
#define HOST_F "%s"
#else
typedef double host_fp;
#define HOST_F "%d"
#endif

static inline host_fp host_float(fp_t u)
{
	union {
		fp_t u;
		host_fp f;
	} c = {.u = u};

	return c.f;
}

static inline fp_t host_bits(host_fp f)
{
	union {
		fp_t u;
		host_fp f;
	} c = {.f = f};

	return c.u;
}

/* ---- arithmetic ---------------------------------------------------------- */

#define HOST_OP1(name, insn)                                      \
	static inline fp_t name(fp_t a)                           \
	{                                                         \
		host_fp r;                                        \
                                                                  \
		__asm__ volatile(insn " " HOST_F "0, " HOST_F "1" \
				 : "=w"(r)                        \
				 : "w"(host_float(a)));           \
		return host_bits(r);                              \
	}

#define HOST_OP2(name, insn)                                                   \
	static inline fp_t name(fp_t a, fp_t b)                                \
	{                                                                      \
		host_fp r;                                                     \
                                                                               \
		__asm__ volatile(insn " " HOST_F "0, " HOST_F "1, " HOST_F "2" \
				 : "=w"(r)                                     \
				 : "w"(host_float(a)), "w"(host_float(b)));    \
		return host_bits(r);                                           \
	}

HOST_OP2(host_add, "fadd")
HOST_OP2(host_sub, "fsub")
HOST_OP2(host_mul, "fmul")
HOST_OP2(host_div, "fdiv")
HOST_OP1(host_sqrt, "fsqrt")

static inline fp_t host_muladd(fp_t c, fp_t a, fp_t b)
{
	host_fp r;

	__asm__ volatile(
		"fmadd " HOST_F "0, " HOST_F "1, " HOST_F "2, " HOST_F "3"
		: "=w"(r)
		: "w"(host_float(a)), "w"(host_float(b)), "w"(host_float(c)));
	return host_bits(r);
}

/* ---- comparison ---------------------------------------------------------- */

/* EQ quiet, the others signalling. */
static inline bool host_gt(fp_t a, fp_t b)
{
	return host_float(a) > host_float(b);
}

static inline bool host_ge(fp_t a, fp_t b)
{
	return host_float(a) >= host_float(b);
}

static inline bool host_eq(fp_t a, fp_t b)
{
	return host_float(a) == host_float(b);
}

static inline void host_cmp(fp_t a, fp_t b, bool signal, bool *below,
			    bool *equal, bool *unordered)
{
	if (signal)
		__asm__ volatile("fcmpe " HOST_F "3, " HOST_F "4"
				 : "=@ccmi"(*below), "=@cceq"(*equal),
				   "=@ccvs"(*unordered)
				 : "w"(host_float(a)), "w"(host_float(b)));
	else
		__asm__ volatile("fcmp " HOST_F "3, " HOST_F "4"
				 : "=@ccmi"(*below), "=@cceq"(*equal),
				   "=@ccvs"(*unordered)
				 : "w"(host_float(a)), "w"(host_float(b)));
}

/* ---- integers ------------------------------------------------------------ */

/* Truncation, saturated as the guest's own. */
static inline int32_t host_to_i32(fp_t a)
{
	int32_t r;

	__asm__ volatile("fcvtzs %w0, " HOST_F "1"
			 : "=r"(r)
			 : "w"(host_float(a)));
	return r;
}

static inline int64_t host_to_i64(fp_t a)
{
	int64_t r;

	__asm__ volatile("fcvtzs %0, " HOST_F "1"
			 : "=r"(r)
			 : "w"(host_float(a)));
	return r;
}

static inline fp_t host_from_i64(int64_t v)
{
	host_fp r;

	__asm__ volatile("scvtf " HOST_F "0, %1" : "=w"(r) : "r"(v));
	return host_bits(r);
}

/* ---- round to integral --------------------------------------------------- */

HOST_OP1(host_round_n, "frintn")
HOST_OP1(host_round_p, "frintp")
HOST_OP1(host_round_m, "frintm")
HOST_OP1(host_round_z, "frintz")
HOST_OP1(host_round_x, "frintx")
HOST_OP1(host_round_i, "frinti")

/* FRINT of direction @r; not FP_ROUND_A. */
static inline fp_t host_round(fp_t a, enum a64_fp_round r)
{
	switch (r) {
	case FP_ROUND_N: return host_round_n(a);
	case FP_ROUND_P: return host_round_p(a);
	case FP_ROUND_M: return host_round_m(a);
	case FP_ROUND_Z: return host_round_z(a);
	case FP_ROUND_X: return host_round_x(a);
	default: return host_round_i(a);
	}
}

#endif
