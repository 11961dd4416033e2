/* SPDX-License-Identifier: MIT */
/*
 * SIMD&FP loads and stores of one register or a pair: LDR, STR, LDUR, STUR,
 * LDP, STP, LDNP, STNP of B, H, S, D and Q (Arm ARM C4.1.94): the slow path
 * and the choice of the body. Never with a syndrome (no MA_ISV).
 */
#include "cpu/bodies.h"
#include "cpu/simd/mem.h"

bool simd_read_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			unsigned int log2, unsigned int len, void *buf)
{
	for (unsigned int k = 0; k < len; k += 1u << log2)
		if (!mem_read_slow(cpu, i, va + k, MA_BYTES(log2),
				   (uint8_t *)buf + k))
			return false;
	return true;
}

bool simd_write_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			 unsigned int log2, unsigned int len, const void *buf)
{
	for (unsigned int k = 0; k < len; k += 1u << log2)
		if (!mem_write_slow(cpu, i, va + k, MA_WRITE | MA_BYTES(log2),
				    (const uint8_t *)buf + k))
			return false;
	return true;
}

/* Nothing is written before both registers of a pair have been read. */
static bool load(struct cpu *cpu, const struct insn *i, gva_t va)
{
	unsigned int bytes = 1u << i->size;
	uint8_t buf[32];

	if (!simd_read_elements(cpu, i, va, i->size, i->aux * bytes, buf))
		return false;
	for (unsigned int k = 0; k < i->aux; k++) {
		union vreg r = {0};

		memcpy(&r, buf + k * bytes, bytes);
		cpu->vreg[k ? i->ra : i->rd] = r;
	}
	return true;
}

static bool store(struct cpu *cpu, const struct insn *i, gva_t va)
{
	unsigned int bytes = 1u << i->size;
	uint8_t buf[32];

	for (unsigned int k = 0; k < i->aux; k++)
		memcpy(buf + k * bytes, &cpu->vreg[k ? i->ra : i->rd], bytes);
	return simd_write_elements(cpu, i, va, i->size, i->aux * bytes, buf);
}

static __attribute__((noinline)) bool load_or_store(struct cpu *cpu,
						    const struct insn *i)
{
	enum a64_vldst_form mode = i->form & ~VLDST_LOAD;
	gva_t va = vldst_address(cpu, i, mode);

	if (!(i->form & VLDST_LOAD ? load : store)(cpu, i, va))
		return false;
	vldst_write_back(cpu, i, mode, va);
	return true;
}

void exec_vldst_slow(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	SP_CHECK;
	if (unlikely(!load_or_store(cpu, i)))
		return;
	NEXT;
}

insn_fn *vldst_body(const struct insn *i)
{
	static vldst_bodies *const by_size[] = {
		[SIZE_B] = &vldst_bodies_b, [SIZE_H] = &vldst_bodies_h,
		[SIZE_W] = &vldst_bodies_s, [SIZE_X] = &vldst_bodies_d,
		[SIZE_Q] = &vldst_bodies_q,
	};
	unsigned int mode = i->form & ~VLDST_LOAD;

	if (mode >= NR_VLDST_MODES)
		return vldst_struct_body(i);
	return (*by_size[i->size])[i->aux == 2][!!(i->form & VLDST_LOAD)][mode];
}
