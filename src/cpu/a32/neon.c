/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD in AArch32 state: bodies of A64 on D registers and by the standard
 * FPSCR, and what A64 has not (Arm ARM F6.1, D1.20.2, A2.6 "FPSCR").
 *
 * A D register may be the upper half of a vector register, and a body of A64 would
 * clear the other half of its result. So D registers are copied to vector registers that
 * no program has; the body's next instruction, also one of no program, brings the
 * result back.
 */
#include "cpu/a32/vfp.h"

#include "cpu/bodies.h"
#include "cpu/fp/fp.h"

/* Of the PE: the registers that stand for rd, rn, rm. */
enum { SCRATCH_D = 32, SCRATCH_N, SCRATCH_M };

/* ---- around bodies of A64 ------------------------------------------------ */

/* Denormals are zeros, of half precision if FPSCR says so, NaNs are the default one, to nearest. */
static void standard_begin(struct cpu *cpu)
{
	if (!cpu->fp_active)
		fp_enter(cpu);
	cpu->neon_fpcr = cpu->fpcr;
	cpu->neon_fp_host = cpu->fp_host;
	cpu->fpcr = (cpu->fpcr & (FPCR_AHP | FPCR_FZ16)) | FPCR_DN | FPCR_FZ;
	cpu->fp_host = false;
}

static void standard_end(struct cpu *cpu)
{
	cpu->fpcr = cpu->neon_fpcr;
	cpu->fp_host = cpu->neon_fp_host;
}

static void neon_done(struct cpu *cpu, const struct insn *i)
{
	const struct insn *own = cpu->neon_insn;

	if (own->ra & NEON_D)
		*vfp_d(cpu, own->rd) = cpu->vreg[SCRATCH_D].d[0];
	if (own->ra & NEON_STANDARD)
		standard_end(cpu);
	GOTO_INSN(cpu, own + 1);
}

static void exec_neon(struct cpu *cpu, const struct insn *i)
{
	struct insn *c = cpu->neon;

	FP_CHECK;
	c[0] = *i;
	c[0].ra = 0;
	if (i->ra & NEON_D) {
		c[0].rd = SCRATCH_D;
		cpu->vreg[SCRATCH_D].d[0] = *vfp_d(cpu, i->rd);
	}
	if (i->ra & NEON_N) {
		c[0].rn = SCRATCH_N;
		cpu->vreg[SCRATCH_N].d[0] = *vfp_d(cpu, i->rn);
	}
	if (i->ra & NEON_M) {
		c[0].rm = SCRATCH_M;
		cpu->vreg[SCRATCH_M].d[0] = *vfp_d(cpu, i->rm);
	}
	if (i->ra & NEON_STANDARD)
		standard_begin(cpu);
	c[0].fn = insn_body(c, cpu_mem_bodies(cpu));
	c[1] = (struct insn){.fn = neon_done, .pgoff = i->pgoff};
	cpu->neon_insn = i;
	GOTO_INSN(cpu, c);
}

bool a32_neon_copies(const struct insn *i)
{
	switch (insn_row(i->op)->class) {
	case INSN_FP: /* VFP's own have another ra */
		return i->op < NR_A64_OPS && i->ra;
	case INSN_SIMD:
	case INSN_CRYPTO: return i->ra && !(i->ra & NEON_OWN);
	default: return false;
	}
}

insn_fn *a32_neon_copying_body(void)
{
	return exec_neon;
}

/* ---- products of half precision ------------------------------------------ */

/* Half @k of those from S(@r) on. */
static uint16_t half_of(struct cpu *cpu, unsigned int r, unsigned int k)
{
	return *vfp_s(cpu, r + k / 2) >> 16 * (k % 2);
}

static __attribute__((noinline)) void vfmal(struct cpu *cpu,
					    const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], r = {0};

	for (unsigned int e = 0; e < i->aux; e++) {
		unsigned int k = i->imm < 0 ? e : (unsigned int)i->imm;
		uint16_t n = half_of(cpu, i->rn, e) ^ (i->form ? 0x8000 : 0);

		r.s[e] = fp_slow_muladd_half(cpu, d->s[e], n,
					     half_of(cpu, i->rm, k));
	}
	*d = r;
}

static void exec_vfmal(struct cpu *cpu, const struct insn *i)
{
	vfmal(cpu, i);
	NEXT;
}

/* ---- permutations -------------------------------------------------------- */

/* Of D or Q registers, of so many bytes. */
static uint8_t *bytes_of(struct cpu *cpu, const struct insn *i, unsigned int r)
{
	return i->ra & NEON_D ? (uint8_t *)vfp_d(cpu, r) : cpu->vreg[r].b;
}

static unsigned int length(const struct insn *i)
{
	return i->ra & NEON_D ? 8 : 16;
}

static __attribute__((noinline)) void permute(
	struct cpu *cpu, const struct insn *i,
	uint8_t (*from)(unsigned int at, unsigned int lane, unsigned int n))
{
	unsigned int n = length(i), lane = 1u << i->size;
	uint8_t *d = bytes_of(cpu, i, i->rd), *m = bytes_of(cpu, i, i->rn);
	uint8_t both[32], out[32];

	memcpy(both, d, n);
	memcpy(both + n, m, n);
	for (unsigned int k = 0; k < 2 * n; k++)
		out[k] = both[from(k / lane, lane, n) + k % lane];
	memcpy(d, out, n);
	memcpy(m, out + n, n);
}

/* Where lane @at of both registers comes from, in bytes. */
static uint8_t from_swp(unsigned int at, unsigned int lane, unsigned int n)
{
	return (at * lane + n) % (2 * n);
}

static uint8_t from_trn(unsigned int at, unsigned int lane, unsigned int n)
{
	unsigned int lanes = n / lane;
	bool upper = at >= lanes;

	at -= upper ? lanes : 0;
	/* d: d0 m0 d2 m2; m: d1 m1 d3 m3 */
	return ((at & ~1u) + upper + (at & 1) * lanes) * lane;
}

static uint8_t from_uzp(unsigned int at, unsigned int lane, unsigned int n)
{
	unsigned int lanes = n / lane;

	return at < lanes ? 2 * at * lane : (2 * (at - lanes) + 1) * lane;
}

static uint8_t from_zip(unsigned int at, unsigned int lane, unsigned int n)
{
	return (at / 2 + (at & 1) * (n / lane)) * lane;
}

static void exec_vswp(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	permute(cpu, i, from_swp);
	NEXT;
}

static void exec_vtrn(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	permute(cpu, i, from_trn);
	NEXT;
}

static void exec_vuzp(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	permute(cpu, i, from_uzp);
	NEXT;
}

static void exec_vzip(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	permute(cpu, i, from_zip);
	NEXT;
}

static void exec_vtbl(struct cpu *cpu, const struct insn *i)
{
	uint64_t r = 0, m = *vfp_d(cpu, i->rm), old = *vfp_d(cpu, i->rd);

	FP_CHECK;
	for (unsigned int k = 0; k < 64; k += 8) {
		unsigned int at = m >> k & 0xff;
		uint64_t b = i->form ? old >> k & 0xff : 0;

		if (at < 8u * i->aux)
			b = *vfp_d(cpu, i->rn + at / 8) >> at % 8 * 8 & 0xff;
		r |= b << k;
	}
	*vfp_d(cpu, i->rd) = r;
	NEXT;
}

insn_fn *a32_neon_body(const struct insn *i)
{
	switch (i->op) {
	case A32_VMLA_neon:
	case A32_VMLA_neon_elem:
	case A32_VRECPS:
	case A32_VRSQRTS:
		return i->size == FP_HALF ? a32_neon_half_body(i)
					  : a32_neon_single_body(i);
	case A32_VFMAL: return exec_vfmal;
	case A32_VSWP: return exec_vswp;
	case A32_VTRN: return exec_vtrn;
	case A32_VUZP: return exec_vuzp;
	case A32_VZIP: return exec_vzip;
	case A32_VTBL: return exec_vtbl;
	default: return NULL;
	}
}
