/* SPDX-License-Identifier: MIT */
/*
 * softfloat called for a guest: FPCR goes in, flags come out into FPSR. What
 * the host can't do, and everything where it has no fast path, comes here.
 */
#ifndef FAUXKVM_CPU_FP_SLOW_H
#define FAUXKVM_CPU_FP_SLOW_H

#include "cpu/cpu.h"
#include "cpu/fp/softfloat.h"

typedef uint64_t sf_op1(struct sf_env *e, enum sf_fmt f, uint64_t a);
typedef uint64_t sf_op2(struct sf_env *e, enum sf_fmt f, uint64_t a,
			uint64_t b);

uint64_t fp_slow1(struct cpu *cpu, sf_op1 *op, enum sf_fmt f, uint64_t a);
uint64_t fp_slow2(struct cpu *cpu, sf_op2 *op, enum sf_fmt f, uint64_t a,
		  uint64_t b);
uint64_t fp_slow_muladd(struct cpu *cpu, enum sf_fmt f, uint64_t c, uint64_t a,
			uint64_t b);
uint64_t fp_slow_scale(struct cpu *cpu, enum sf_fmt f, uint64_t a,
		       int64_t scale);
enum sf_order fp_slow_compare(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			      uint64_t b, bool signal);
/* Compares: NZCV in the low four bits. */
uint32_t fp_slow_cmp_flags(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			   uint64_t b, bool signal);
/* Compares and sets NZCV. */
void fp_slow_cmp(struct cpu *cpu, enum sf_fmt f, uint64_t a, uint64_t b,
		 bool signal);
uint64_t fp_slow_convert(struct cpu *cpu, enum sf_fmt from, enum sf_fmt to,
			 uint64_t a);
/* The same without the alternative half precision (FPConvertSVE). */
uint64_t fp_slow_convert_ieee(struct cpu *cpu, enum sf_fmt from, enum sf_fmt to,
			      uint64_t a);
/* FCVTXN: double to single, to odd. */
uint32_t fp_slow_convert_odd(struct cpu *cpu, uint64_t a);
uint64_t fp_slow_round_int(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			   enum sf_rounding r, bool exact);
uint64_t fp_slow_round_int_n(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			     enum sf_rounding r, unsigned int width);
uint32_t fp_slow_to_int_js(struct cpu *cpu, uint64_t a, bool *exact);
uint32_t fp_slow_muladd_half(struct cpu *cpu, uint32_t c, uint16_t a,
			     uint16_t b);
uint16_t fp_slow_to_bfloat(struct cpu *cpu, uint32_t a);
uint64_t fp_slow_to_int(struct cpu *cpu, enum sf_fmt f, uint64_t a,
			unsigned int fbits, bool uns, unsigned int width,
			enum sf_rounding r);
uint64_t fp_slow_from_int(struct cpu *cpu, enum sf_fmt f, uint64_t v,
			  unsigned int fbits, bool uns);

#endif
