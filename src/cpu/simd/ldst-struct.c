/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD structure loads and stores: LD1-LD4, ST1-ST4 multiple and
 * single, LD1R-LD4R (Arm ARM C4.1.94 "Advanced SIMD load/store multiple
 * structures", "single structure", post-indexed).
 *
 * The slow halves of all, which work on a buffer that is read, or will be
 * written, element by element, and the fast halves for whole registers; those
 * for lanes are in simd/ldst-struct-body.h.
 */
#include "cpu/bodies.h"
#include "cpu/simd/mem.h"

/* ---- registers from bytes in memory order, and back ---------------------- */

/* Lane @l of @v and element @e of @p. */
static void lane_load(union vreg *v, unsigned int l, const uint8_t *p,
		      unsigned int e, enum a64_size size)
{
	memcpy(&v->b[l << size], p + (e << size), 1u << size);
}

static void lane_store(const union vreg *v, unsigned int l, uint8_t *p,
		       unsigned int e, enum a64_size size)
{
	memcpy(p + (e << size), &v->b[l << size], 1u << size);
}

static void deinterleave(struct cpu *cpu, const struct insn *i,
			 const uint8_t *p)
{
	for (unsigned int k = 0; k < i->aux; k++) {
		union vreg r = {0};

		for (unsigned int l = 0; l < i->ra >> i->size; l++)
			lane_load(&r, l, p, l * i->aux + k, i->size);
		*vreg_after(cpu, i, k) = r;
	}
}

static void interleave(struct cpu *cpu, const struct insn *i, uint8_t *p)
{
	for (unsigned int k = 0; k < i->aux; k++)
		for (unsigned int l = 0; l < i->ra >> i->size; l++)
			lane_store(vreg_after(cpu, i, k), l, p, l * i->aux + k,
				   i->size);
}

static ALWAYS_INLINE void load_whole(struct cpu *cpu, const struct insn *i,
				     const uint8_t *p, unsigned int regs,
				     unsigned int bytes)
{
	union vreg r[4] = {0};

	/* A fault of the host's leaves all as they were. */
	for (unsigned int k = 0; k < regs; k++)
		memcpy(&r[k], p + k * bytes, bytes);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	for (unsigned int k = 0; k < regs; k++)
		*vreg_after(cpu, i, k) = r[k];
}

static ALWAYS_INLINE void store_whole(struct cpu *cpu, const struct insn *i,
				      uint8_t *p, unsigned int regs,
				      unsigned int bytes)
{
	for (unsigned int k = 0; k < regs; k++)
		memcpy(p + k * bytes, vreg_after(cpu, i, k), bytes);
}

/* ---- any structure ------------------------------------------------------- */

/* Bytes in memory. */
static unsigned int struct_len(const struct insn *i)
{
	switch (i->form & ~VLDST_LOAD) {
	case VLDST_LANE:
	case VLDST_REPLICATE: return i->aux << i->size;
	default: return i->aux * i->ra;
	}
}

static void regs_from(struct cpu *cpu, const struct insn *i, const uint8_t *p)
{
	switch (i->form & ~VLDST_LOAD) {
	case VLDST_WHOLE: load_whole(cpu, i, p, i->aux, i->ra); break;
	case VLDST_INTERLEAVED: deinterleave(cpu, i, p); break;
	case VLDST_LANE:
		for (unsigned int k = 0; k < i->aux; k++)
			lane_load(vreg_after(cpu, i, k), i->ra, p, k, i->size);
		break;
	case VLDST_REPLICATE:
		for (unsigned int k = 0; k < i->aux; k++) {
			union vreg r = {0};

			for (unsigned int l = 0; l < i->ra >> i->size; l++)
				lane_load(&r, l, p, k, i->size);
			*vreg_after(cpu, i, k) = r;
		}
		break;
	}
}

static void regs_to(struct cpu *cpu, const struct insn *i, uint8_t *p)
{
	switch (i->form) {
	case VLDST_WHOLE: store_whole(cpu, i, p, i->aux, i->ra); break;
	case VLDST_INTERLEAVED: interleave(cpu, i, p); break;
	case VLDST_LANE:
		for (unsigned int k = 0; k < i->aux; k++)
			lane_store(vreg_after(cpu, i, k), i->ra, p, k, i->size);
		break;
	}
}

static __attribute__((noinline)) bool load(struct cpu *cpu,
					   const struct insn *i)
{
	uint8_t buf[64];

	if (!simd_read_elements(cpu, i, cpu->x[i->rn], i->size, struct_len(i),
				buf))
		return false;
	regs_from(cpu, i, buf);
	vstruct_write_back(cpu, i);
	return true;
}

static __attribute__((noinline)) bool store(struct cpu *cpu,
					    const struct insn *i)
{
	uint8_t buf[64];

	regs_to(cpu, i, buf);
	if (!simd_write_elements(cpu, i, cpu->x[i->rn], i->size, struct_len(i),
				 buf))
		return false;
	vstruct_write_back(cpu, i);
	return true;
}

void exec_vld_struct_slow(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	SP_CHECK;
	if (unlikely(!load(cpu, i)))
		return;
	NEXT;
}

void exec_vst_struct_slow(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	SP_CHECK;
	if (unlikely(!store(cpu, i)))
		return;
	NEXT;
}

/* ---- LD1, ST1 of whole registers   --------------------------------------- */

static ALWAYS_INLINE void order_lanes(union vreg *v, enum a64_size size)
{
	v->d[0] = mem_order_each(v->d[0], size);
	v->d[1] = mem_order_each(v->d[1], size);
}

static ALWAYS_INLINE bool load_fast(struct cpu *cpu, const struct insn *i,
				    unsigned int regs, unsigned int bytes)
{
	const uint8_t *p;

	if (unlikely(!simd_mem_ready(cpu, i)))
		return false;
	p = mem_try_read(cpu, i, cpu->x[i->rn], regs * bytes);
	if (unlikely(!p))
		return false;
	load_whole(cpu, i, p, regs, bytes);
	for (unsigned int k = 0; MEM_BIG && k < regs; k++)
		order_lanes(vreg_after(cpu, i, k), i->size);
	vstruct_write_back(cpu, i);
	return true;
}

static ALWAYS_INLINE bool store_fast(struct cpu *cpu, const struct insn *i,
				     unsigned int regs, unsigned int bytes)
{
	uint8_t *p;

	if (unlikely(!simd_mem_ready(cpu, i)))
		return false;
	p = mem_try_write(cpu, i, cpu->x[i->rn], regs * bytes);
	if (unlikely(!p))
		return false;
	for (unsigned int k = 0; k < regs; k++) {
		union vreg r = *vreg_after(cpu, i, k);

		order_lanes(&r, i->size);
		memcpy(p + k * bytes, &r, bytes);
	}
	vstruct_write_back(cpu, i);
	return true;
}

static void exec_ld1_1q(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_fast(cpu, i, 1, 16)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

static void exec_ld1_2q(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_fast(cpu, i, 2, 16)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

static void exec_ld1_3q(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_fast(cpu, i, 3, 16)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

static void exec_ld1_4q(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_fast(cpu, i, 4, 16)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

static void exec_st1_1q(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_fast(cpu, i, 1, 16)))
		return exec_vst_struct_slow(cpu, i);
	NEXT;
}

static void exec_st1_2q(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_fast(cpu, i, 2, 16)))
		return exec_vst_struct_slow(cpu, i);
	NEXT;
}

static void exec_st1_3q(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_fast(cpu, i, 3, 16)))
		return exec_vst_struct_slow(cpu, i);
	NEXT;
}

static void exec_st1_4q(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_fast(cpu, i, 4, 16)))
		return exec_vst_struct_slow(cpu, i);
	NEXT;
}

/* Any number of 8-byte registers. */
static void exec_ld1_d(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!load_fast(cpu, i, i->aux, 8)))
		return exec_vld_struct_slow(cpu, i);
	NEXT;
}

static void exec_st1_d(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!store_fast(cpu, i, i->aux, 8)))
		return exec_vst_struct_slow(cpu, i);
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

static insn_fn *whole_body(const struct insn *i)
{
	static insn_fn *const ld1[] = {NULL, exec_ld1_1q, exec_ld1_2q,
				       exec_ld1_3q, exec_ld1_4q};
	static insn_fn *const st1[] = {NULL, exec_st1_1q, exec_st1_2q,
				       exec_st1_3q, exec_st1_4q};

	if (i->form & VLDST_LOAD)
		return i->ra == 16 ? ld1[i->aux] : exec_ld1_d;
	return i->ra == 16 ? st1[i->aux] : exec_st1_d;
}

insn_fn *vldst_struct_body(const struct insn *i)
{
	if ((i->form & ~VLDST_LOAD) == VLDST_WHOLE)
		return whole_body(i);
	switch (i->size) {
	case SIZE_B: return vldst_struct_b(i);
	case SIZE_H: return vldst_struct_h(i);
	case SIZE_W: return vldst_struct_s(i);
	default: return vldst_struct_d(i);
	}
}
