/* SPDX-License-Identifier: MIT */
/*
 * SVE (Arm ARM B1.2, D1.3.4): the state, the vector length, the check before each
 * instruction, and how its bodies are written.
 *
 * V<n> is the low part of Z<n> and belongs to cpu->vreg; what is above, and
 * room for the low part so that a register is one run of bytes, is in cpu->sve. A
 * SIMD&FP instruction that writes V<n> zeroes the rest: it does no more than clear
 * cpu->z_live[n], without which what is above counts as zero. Bytes above the vector
 * length are zero as long as z_live[n].
 *
 * A body is a function that returns and can't fail:
 *
 *   static void exec_add(struct cpu *cpu, const struct insn *i)
 *   {
 *           const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
 *           union sve_z *d = sve_dst(cpu, i->rd);
 *
 *           for (unsigned int e = 0; e < sve_vl(cpu); e++)
 *                   d->b[e] = n->b[e] + m->b[e];
 *           sve_done(cpu, i->rd);
 *   }
 *
 * exec_sve() calls it (insn->body) after the check and goes on. What accesses
 * memory, class SVE_LDST, is a body as in exec.h, begun with SVE_CHECK.
 */
#ifndef FAUXKVM_CPU_SVE_SVE_H
#define FAUXKVM_CPU_SVE_SVE_H

#include "cpu/exec.h"
#include "isa/a64/operands.h"

#define SVE_MAX_VL 256 /* bytes */
#define SVE_FFR    16  /* among the predicates */

union sve_z {
	uint8_t b[SVE_MAX_VL];
	uint16_t h[SVE_MAX_VL / 2];
	uint32_t s[SVE_MAX_VL / 4];
	uint64_t d[SVE_MAX_VL / 8];
	unsigned __int128 q[SVE_MAX_VL / 16];
} __attribute__((aligned(16)));

/* A predicate: a bit for each byte of a vector. Above the length all are 0. */
#define SVE_P_WORDS (SVE_MAX_VL / 64)
struct sve_p {
	uint64_t w[SVE_P_WORDS];
};

struct cpu_sve {
	unsigned int vl, max_vl; /* bytes */
	uint16_t lengths;        /* cpu_set_sve() */
	struct sve_p p[17];
	union sve_z z[32];
	union sve_z tmp[4]; /* a body's */
};

/* The vector length in bytes, 16 to 256. */
static inline unsigned int sve_vl(const struct cpu *cpu)
{
	return cpu->sve->vl;
}

/* ZCR_EL1 is new. */
void sve_zcr_changed(struct cpu *cpu);
/* cpu_reset(), cpu_settle() */
void sve_reset(struct cpu *cpu);
void sve_settle(struct cpu *cpu);

/* ---- registers ----------------------------------------------------------- */

/* What is above the low 128 bits is zero: says so in the bytes. */
void sve_z_expand(struct cpu *cpu, unsigned int n);
/* It has been written while z_live[n] was 0: what is above the length is zero. */
void sve_z_revive(struct cpu *cpu, unsigned int n);

/* Z<@n> to be read, all bytes of the vector length; until its next write. */
static inline const union sve_z *sve_src(struct cpu *cpu, unsigned int n)
{
	memcpy(&cpu->sve->z[n], &cpu->vreg[n], 16);
	if (unlikely(!cpu->z_live[n]))
		sve_z_expand(cpu, n);
	return &cpu->sve->z[n];
}

/*
 * Where Z<@n> is written, all bytes of the vector length, and then sve_done(). It is
 * the same as sve_src() gives for @n: what reads elements of other numbers than it
 * writes does so from a copy (cpu->sve->tmp).
 */
static inline union sve_z *sve_dst(struct cpu *cpu, unsigned int n)
{
	return &cpu->sve->z[n];
}

static inline void sve_done(struct cpu *cpu, unsigned int n)
{
	memcpy(&cpu->vreg[n], &cpu->sve->z[n], 16);
	if (unlikely(!cpu->z_live[n]))
		sve_z_revive(cpu, n);
}

/* V<@n> was written as by a SIMD&FP instruction. */
static inline void sve_v_written(struct cpu *cpu, unsigned int n)
{
	cpu->z_live[n] = 0;
}

/* The same by copies, of VL bytes. */
void sve_z_get(const struct cpu *cpu, unsigned int n, void *buf);
void sve_z_set(struct cpu *cpu, unsigned int n, const void *buf);
/* Predicates, SVE_FFR among them. set: what is above the length goes. */
static inline const struct sve_p *sve_p(const struct cpu *cpu, unsigned int n)
{
	return &cpu->sve->p[n];
}
void sve_p_get(const struct cpu *cpu, unsigned int n,
	       uint64_t out[SVE_P_WORDS]);
void sve_p_set(struct cpu *cpu, unsigned int n, const uint64_t in[SVE_P_WORDS]);

/* Element @e of 1 << @size bytes is active. */
static inline bool sve_active(const struct sve_p *p, unsigned int e,
			      unsigned int size)
{
	unsigned int bit = e << size;

	return p->w[bit / 64] >> (bit % 64) & 1;
}

/* ---- the check ----------------------------------------------------------- */

/* CheckSVEEnabled: CPACR_EL1.ZEN and then FPEN. */
static inline bool cpu_sve_enabled(const struct cpu *cpu)
{
	unsigned int zen = cpu->sys.cpacr_el1 >> 16 & 3;

	return cpu->sve && (zen == 3 || (zen == 1 && cpu->el == 1)) &&
	       cpu_fp_enabled(cpu);
}
/* It isn't; UNDEFINED without SVE. */
void cpu_raise_sve_trap(struct cpu *cpu, const struct insn *i);
#define SVE_CHECK                                      \
	do {                                           \
		if (unlikely(!cpu_sve_enabled(cpu))) { \
			cpu_raise_sve_trap(cpu, i);    \
			return;                        \
		}                                      \
	} while (0)

/* ---- the choice of a body ------------------------------------------------ */

/* Of classes SVE and SVE_FP: the check, then i->body. sve/bodies.c */
insn_fn exec_sve;
/* What exec_sve() is to call for @i, of class SVE or SVE_FP; NULL: not of that file. */
insn_fn *sve_work(const struct insn *i);        /* sve/bodies.c */
insn_fn *sve_pred_work(const struct insn *i);   /* sve/pred.c */
insn_fn *sve_count_work(const struct insn *i);  /* sve/count.c */
insn_fn *sve_int_work(const struct insn *i);    /* sve/int.c */
insn_fn *sve_fp_work(const struct insn *i);     /* sve/fp.c */
insn_fn *sve2_work(const struct insn *i);       /* sve/sve2.c */
insn_fn *sve_matrix_work(const struct insn *i); /* sve/matrix.c */
/* The body of what is UNDEFINED with vectors of less than 256 bits; NULL: none of
 * it. Of class SVE and SVE_FP. */
insn_fn *sve_256_body(const struct insn *i); /* sve/matrix.c */
#define SVE_256_CHECK                             \
	do {                                      \
		if (unlikely(sve_vl(cpu) < 32)) { \
			cpu_raise_undef(cpu, i);  \
			return;                   \
		}                                 \
	} while (0)

/* ---- V registers --------------------------------------------------------- */

/* The V registers that @i writes, a bit for each. Of SVE's own none. */
uint32_t insn_writes_v(const struct insn *i);
/* It may fault before it does. */
bool insn_loads_v(const struct insn *i);

/*
 * @insns of a PE with SVE have their bodies, and so has the marker behind the @n:
 * those that write V registers come to zero the rest of Z. No branch comes behind one
 * that loads (block.c).
 */
void sve_wrap(struct insn *insns, unsigned int n);

#endif
