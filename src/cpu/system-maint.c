/* SPDX-License-Identifier: MIT */
/*
 * TLB, cache and address translation instructions (SYS, Arm ARM C5.3..C5.5).
 *
 * Host caches are coherent, so data cache maintenance is its address check
 * alone. Operations on other PEs are broadcast here and waited for by DSB.
 */
#include "cpu/block.h"
#include "cpu/exec.h"
#include "isa/a64/formats.h"
#include "cpu/mmu.h"
#include "cpu/system.h"

#define SCTLR_DZE BIT(14)
#define SCTLR_UCI BIT(26)

/* rn: the operand; imm: the instruction, for a trap. */
bool fmt_sys_op(uint32_t word, struct insn *out)
{
	out->rn = reg_src(FLD(word, 4, 0));
	out->imm = word;
	return true;
}

/* True: EL0 may not, exception taken. */
static bool el0_trapped(struct cpu *cpu, const struct insn *i, uint64_t enable)
{
	if (likely(cpu->el) || (cpu->sys.sctlr_el1 & enable))
		return false;
	system_trap(cpu, i, i->imm);
	return true;
}

/* ---- TLBI ----------------------------------------------------------------- */

#define TLBI_BODY(name, op, arg)                               \
	static void exec_sys_tlbi_##name(struct cpu *cpu,      \
					 const struct insn *i) \
	{                                                      \
		uint64_t next = insn_pc(cpu, i) + 4;           \
		uint64_t x = cpu->x[i->rn];                    \
		if (unlikely(cpu->el == 0)) {                  \
			cpu_raise_undef(cpu, i);               \
			return;                                \
		}                                              \
		(void)x;                                       \
		op(arg);                                       \
		JUMP(next);                                    \
	}

/* Operand of the VA forms: VA[55:12] in bits 43:0, ASID in 63:48. The ASID is
 * not looked at: any entry of the address goes. */
#define ARG_VA   sext64(x << 12, 56)
#define ARG_ASID ((uint16_t)(x >> 48))

#define LOCAL_VA(arg)   tlb_flush_va(cpu, arg)
#define LOCAL_ASID(arg) tlb_flush_asid(cpu, arg)
#define ALL_VA(arg)     domain_broadcast(cpu, INVAL_TLB_VA, arg)
#define ALL_ASID(arg)   domain_broadcast(cpu, INVAL_TLB_ASID, arg)
#define ALL_ALL(arg)    domain_broadcast(cpu, INVAL_TLB_ALL, arg)

TLBI_BODY(local_va, LOCAL_VA, ARG_VA)
TLBI_BODY(local_asid, LOCAL_ASID, ARG_ASID)
TLBI_BODY(va, ALL_VA, ARG_VA)
TLBI_BODY(asid, ALL_ASID, ARG_ASID)
TLBI_BODY(is_all, ALL_ALL, 0)

void exec_sys_tlbi_all(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	tlb_flush_all(cpu);
	JUMP(next);
}

/* op2: 0 VMALLE1, 1 VAE1, 2 ASIDE1, 3 VAAE1, 5 VALE1, 7 VAALE1. */
bool fmt_sys_tlbi(uint32_t word, struct insn *out)
{
	bool shared;

	switch (FLD(word, 11, 8)) {
	case 3: shared = true; break;
	case 7: shared = false; break;
	default: return false;
	}
	fmt_sys_op(word, out);
	switch (FLD(word, 7, 5)) {
	case 0:
		out->fn = shared ? exec_sys_tlbi_is_all : exec_sys_tlbi_all;
		break;
	case 2:
		out->fn =
			shared ? exec_sys_tlbi_asid : exec_sys_tlbi_local_asid;
		break;
	case 1:
	case 3:
	case 5:
	case 7:
		out->fn = shared ? exec_sys_tlbi_va : exec_sys_tlbi_local_va;
		break;
	default: return false;
	}
	return true;
}

/* ---- AT ------------------------------------------------------------------- */

bool fmt_sys_at(uint32_t word, struct insn *out)
{
	return fmt_sys_op(word, out);
}

/* op2: 0 S1E1R, 1 S1E1W, 2 S1E0R, 3 S1E0W. */
void exec_sys_at(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	if (!mmu_address_translate(cpu, i, cpu->x[i->rn], !(i->imm & BIT(6)),
				   i->imm & BIT(5)))
		return;
	NEXT;
}

/* ---- IC ------------------------------------------------------------------- */

void exec_sys_ic_local(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	block_invalidate_all(cpu);
	JUMP(next);
}

void exec_sys_ic_all(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	domain_broadcast(cpu, INVAL_CODE_ALL, 0);
	JUMP(next);
}

/* False: an exception was taken. Not inlined: see mrs() in system.c. */
static __attribute__((noinline)) bool ic_ivau(struct cpu *cpu,
					      const struct insn *i)
{
	gpa_t pa;

	if (!mmu_va_op(cpu, i, cpu->x[i->rn], VA_OP_ICACHE, &pa))
		return false;
	if (block_page_has_code(cpu, pa))
		domain_broadcast(cpu, INVAL_CODE_PAGE, pa);
	return true;
}

void exec_sys_ic_ivau(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_trapped(cpu, i, SCTLR_UCI) || !ic_ivau(cpu, i))
		return;
	JUMP(next);
}

/* ---- DC ------------------------------------------------------------------- */

void exec_sys_dc_ivac(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	if (!mmu_va_op(cpu, i, cpu->x[i->rn], VA_OP_INVALIDATE, NULL))
		return;
	NEXT;
}

void exec_sys_dc_sw(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	NEXT;
}

void exec_sys_dc_clean(struct cpu *cpu, const struct insn *i)
{
	if (el0_trapped(cpu, i, SCTLR_UCI))
		return;
	if (!mmu_va_op(cpu, i, cpu->x[i->rn], VA_OP_CLEAN, NULL))
		return;
	NEXT;
}

void exec_sys_dc_zva(struct cpu *cpu, const struct insn *i)
{
	if (el0_trapped(cpu, i, SCTLR_DZE))
		return;
	if (!mmu_zero_block(cpu, i, cpu->x[i->rn]))
		return;
	NEXT;
}
