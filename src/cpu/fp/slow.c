/* SPDX-License-Identifier: MIT */
/*
 * softfloat called for a guest: FPCR in, flags into FPSR. Out of line, so that
 * the bodies that rarely come here stay small and keep no locals on the stack.
 */
#include "cpu/fp/slow.h"

#include "cpu/exec.h"
#include "cpu/fp/fp.h"

/* Perhaps only since the host does not compute so far: next time it will. */
static struct sf_env env_begin(struct cpu *cpu)
{
	if (unlikely(!cpu->fp_active))
		fp_enter(cpu);
	return (struct sf_env){.fpcr = cpu->fpcr};
}

uint64_t fp_slow1(struct cpu *cpu, sf_op1 *op, enum sf_fmt f, uint64_t a)
{
	struct sf_env e = env_begin(cpu);
	uint64_t r = op(&e, f, a);

	cpu->fpsr |= e.flags;
	return r;
}

uint64_t fp_slow2(struct cpu *cpu, sf_op2 *op, enum sf_fmt f, uint64_t a,
		  uint64_t b)
{
	struct sf_env e = env_begin(cpu);
	uint64_t r = op(&e, f, a, b);

	cpu->fpsr |= e.flags;
	return r;
}

uint64_t fp_slow_muladd(struct cpu *cpu, enum sf_fmt f, uint64_t c, uint64_t a,
			uint64_t b)
{
	struct sf_env e = env_begin(cpu);
	uint64_t r = sf_muladd(&e, f, c, a, b);

	cpu->fpsr |= e.flags;
	return r;
}

uint64_t fp_slow_scale(struct cpu *cpu, enum sf_fmt f, uint64_t a,
		       int64_t scale)
{
	struct sf_env e = env_begin(cpu);
	uint64_t r = sf_scale(&e, f, a, scale);

	cpu->fpsr |= e.flags;
	return r;
}

enum sf_order fp_slow_compare(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			      uint64_t b, bool signal)
{
	struct sf_env e = env_begin(cpu);
	enum sf_order r = sf_compare(&e, f, a, b, signal);

	cpu->fpsr |= e.flags;
	return r;
}

uint32_t fp_slow_cmp_flags(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			   uint64_t b, bool signal)
{
	static const uint8_t nzcv[] = {
		[SF_LESS] = 8,
		[SF_EQUAL] = 6,
		[SF_GREATER] = 2,
		[SF_UNORDERED] = 3,
	};

	return nzcv[fp_slow_compare(cpu, f, a, b, signal)];
}

void fp_slow_cmp(struct cpu *cpu, enum sf_fmt f, uint64_t a, uint64_t b,
		 bool signal)
{
	set_nzcv(cpu, fp_slow_cmp_flags(cpu, f, a, b, signal) << 28);
}

uint64_t fp_slow_convert(struct cpu *cpu, enum sf_fmt from, enum sf_fmt to,
			 uint64_t a)
{
	struct sf_env e = env_begin(cpu);
	uint64_t r = sf_convert(&e, from, to, a, sf_rmode(&e));

	cpu->fpsr |= e.flags;
	return r;
}

uint64_t fp_slow_convert_ieee(struct cpu *cpu, enum sf_fmt from, enum sf_fmt to,
			      uint64_t a)
{
	struct sf_env e = env_begin(cpu);
	uint64_t r;

	e.fpcr &= ~FPCR_AHP;
	r = sf_convert(&e, from, to, a, sf_rmode(&e));
	cpu->fpsr |= e.flags;
	return r;
}

uint32_t fp_slow_convert_odd(struct cpu *cpu, uint64_t a)
{
	struct sf_env e = env_begin(cpu);
	uint32_t r = (uint32_t)sf_convert(&e, SF_DOUBLE, SF_SINGLE, a, SF_ODD);

	cpu->fpsr |= e.flags;
	return r;
}

uint64_t fp_slow_round_int(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			   enum sf_rounding r, bool exact)
{
	struct sf_env e = env_begin(cpu);
	uint64_t res = sf_round_int(&e, f, a, r, exact);

	cpu->fpsr |= e.flags;
	return res;
}

uint64_t fp_slow_round_int_n(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			     enum sf_rounding r, unsigned int width)
{
	struct sf_env e = env_begin(cpu);
	uint64_t res = sf_round_int_n(&e, f, a, r, width);

	cpu->fpsr |= e.flags;
	return res;
}

uint32_t fp_slow_to_int_js(struct cpu *cpu, uint64_t a, bool *exact)
{
	struct sf_env e = env_begin(cpu);
	uint32_t res = sf_to_int_js(&e, a, exact);

	cpu->fpsr |= e.flags;
	return res;
}

uint32_t fp_slow_muladd_half(struct cpu *cpu, uint32_t c, uint16_t a,
			     uint16_t b)
{
	struct sf_env e = env_begin(cpu);
	uint32_t res = (uint32_t)sf_muladd_half(&e, c, a, b);

	cpu->fpsr |= e.flags;
	return res;
}

uint16_t fp_slow_to_bfloat(struct cpu *cpu, uint32_t a)
{
	struct sf_env e = env_begin(cpu);
	uint16_t res = sf_to_bfloat(&e, a);

	cpu->fpsr |= e.flags;
	return res;
}

uint64_t fp_slow_to_int(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			unsigned int fbits, bool uns, unsigned int width,
			enum sf_rounding r)
{
	struct sf_env e = env_begin(cpu);
	uint64_t res = sf_to_int(&e, f, a, fbits, uns, width, r);

	cpu->fpsr |= e.flags;
	return res;
}

uint64_t fp_slow_from_int(struct cpu *cpu, enum sf_fmt f, uint64_t v,
			  unsigned int fbits, bool uns)
{
	struct sf_env e = env_begin(cpu);
	uint64_t res = sf_from_int(&e, f, v, fbits, uns);

	cpu->fpsr |= e.flags;
	return res;
}
