/* SPDX-License-Identifier: MIT */
/*
 * SVE: what the files of its floating point offer each other. The work on one element
 * type is in fp-body.h; conversions between types are in fp-convert.c.
 */
#ifndef FAUXKVM_CPU_SVE_FP_H
#define FAUXKVM_CPU_SVE_FP_H

#include "cpu/fp/slow.h"
#include "cpu/sve/sve.h"

/* As sve_fp_work(), by the size of elements. */
insn_fn *sve_fp_half_work(const struct insn *i);   /* fp-half.c */
insn_fn *sve_fp_single_work(const struct insn *i); /* fp-single.c */
insn_fn *sve_fp_double_work(const struct insn *i); /* fp-double.c */
insn_fn *sve_fp_convert_work(const struct insn *i);

/* FMMLA of doubles (fp-double.c), with vectors of 256 bits or more. */
void sve_fmmla_double(struct cpu *cpu, const struct insn *i);

/* fp-tables.c: FEXPA of @a, and the @n-th coefficient of FTMAD, of the sine or
 * the cosine. */
uint64_t sve_fexpa_element(enum sf_fmt f, uint64_t a);
uint64_t sve_ftmad_coefficient(enum sf_fmt f, unsigned int n, bool cosine);

#endif
