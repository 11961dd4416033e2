/* SPDX-License-Identifier: MIT */
/*
 * TLB, cache and address translation instructions (SYS, Arm ARM C5.3..C5.5).
 *
 * Host caches are coherent, so data cache maintenance is its address check
 * alone. Operations on other PEs are broadcast here and waited for by DSB.
 */
#include "cpu/mte.h"
#include "cpu/system.h"
#include "cpu/tlb-check.h"

/* True: EL0 may not, exception taken. */
static bool el0_trapped(struct cpu *cpu, const struct insn *i, uint64_t enable)
{
	if (likely(cpu->el) || (cpu->sys.sctlr_el1 & enable))
		return false;
	system_trap(cpu, i);
	return true;
}

/* ---- TLBI ---------------------------------------------------------------- */

/* Operand of the VA forms: VA[55:12] in bits 43:0, ASID in 63:48. The ASID is
 * not looked at: any entry of the address goes. */
static uint64_t tlbi_va(const struct cpu *cpu, const struct insn *i)
{
	return sext64(cpu->x[i->rn] << 12, 56);
}

static uint16_t tlbi_asid(const struct cpu *cpu, const struct insn *i)
{
	return cpu->x[i->rn] >> 48;
}

static void local_va(struct cpu *cpu, gva_t va)
{
	tlb_flush_va(cpu, va);
	tlb_check_local(cpu, INVAL_TLB_VA, va);
}

static void local_all(struct cpu *cpu)
{
	tlb_flush_all(cpu);
	tlb_check_local(cpu, INVAL_TLB_ALL, 0);
}

static void broadcast_va(struct cpu *cpu, gva_t va)
{
	domain_broadcast(cpu, INVAL_TLB_VA, va);
}

static void broadcast_all(struct cpu *cpu)
{
	domain_broadcast(cpu, INVAL_TLB_ALL, 0);
}

static void exec_tlbi_all(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	local_all(cpu);
	JUMP(next);
}

static void exec_tlbi_va(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	local_va(cpu, tlbi_va(cpu, i));
	JUMP(next);
}

static void exec_tlbi_asid(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	tlb_flush_asid(cpu, tlbi_asid(cpu, i));
	tlb_check_local(cpu, INVAL_TLB_ASID, tlbi_asid(cpu, i));
	JUMP(next);
}

static void exec_tlbi_all_is(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	broadcast_all(cpu);
	JUMP(next);
}

static void exec_tlbi_va_is(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	broadcast_va(cpu, tlbi_va(cpu, i));
	JUMP(next);
}

static void exec_tlbi_asid_is(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	domain_broadcast(cpu, INVAL_TLB_ASID, tlbi_asid(cpu, i));
	JUMP(next);
}

/*
 * Operand of the range forms: BaseADDR in bits 36:0 in units of the granule, NUM in
 * 43:39, SCALE in 45:44, TG in 47:46 (Arm ARM D8.14.3, "TLB range maintenance").
 * Page by page if they are few, else all that there is, which no guest can tell.
 */
#define RANGE_PAGES 8

static void tlbi_range(struct cpu *cpu, const struct insn *i,
		       void (*one)(struct cpu *, gva_t),
		       void (*all)(struct cpu *))
{
	static const uint8_t granules[4] = {0, 12, 14, 16};
	uint64_t arg = cpu->x[i->rn];
	unsigned int lg = granules[FIELD(arg, 47, 46)];
	uint64_t pages = (FIELD(arg, 43, 39) + 1)
			 << (5 * FIELD(arg, 45, 44) + 1);
	gva_t va = sext64(arg, 37) << lg;

	if (!lg || pages > RANGE_PAGES) {
		all(cpu);
		return;
	}
	for (uint64_t k = 0; k < pages; k++)
		one(cpu, va + (k << lg));
}

static void exec_tlbi_range(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	tlbi_range(cpu, i, local_va, local_all);
	JUMP(next);
}

static void exec_tlbi_range_is(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	tlbi_range(cpu, i, broadcast_va, broadcast_all);
	JUMP(next);
}

static insn_fn *tlbi_body(const struct insn *i)
{
	bool is = i->aux;

	switch (i->form) {
	case TLBI_VA: return is ? exec_tlbi_va_is : exec_tlbi_va;
	case TLBI_RANGE: return is ? exec_tlbi_range_is : exec_tlbi_range;
	case TLBI_ASID: return is ? exec_tlbi_asid_is : exec_tlbi_asid;
	default: return is ? exec_tlbi_all_is : exec_tlbi_all;
	}
}

/* ---- AT ------------------------------------------------------------------ */

static void exec_at(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	if (!mmu_address_translate(cpu, i, cpu->x[i->rn], i->form))
		return;
	NEXT;
}

/* ---- IC ------------------------------------------------------------------ */

static void exec_ic_local(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	block_invalidate_all(cpu);
	JUMP(next);
}

static void exec_ic_all(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_undefined(cpu, i))
		return;
	domain_broadcast(cpu, INVAL_CODE_ALL, 0);
	JUMP(next);
}

/* False: an exception was taken. Not inlined: see mrs() in system-msr.c. */
static __attribute__((noinline)) bool ic_ivau(struct cpu *cpu,
					      const struct insn *i)
{
	gpa_t pa;

	if (!mmu_va_op(cpu, i, cpu->x[i->rn], VA_OP_ICACHE, &pa))
		return false;
	block_forget_code(cpu, pa);
	return true;
}

static void exec_ic_ivau(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (el0_trapped(cpu, i, SCTLR_UCI) || !ic_ivau(cpu, i))
		return;
	JUMP(next);
}

/* ---- DC ------------------------------------------------------------------ */

static void exec_dc_ivac(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	if (!mmu_va_op(cpu, i, cpu->x[i->rn], VA_OP_INVALIDATE, NULL))
		return;
	NEXT;
}

/* Nothing is predicted here. */
static void exec_rctx(struct cpu *cpu, const struct insn *i)
{
	if (el0_trapped(cpu, i, SCTLR_ENRCTX))
		return;
	NEXT;
}

static void exec_dc_sw(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	cpu->caches_seen = false;
	NEXT;
}

/* KVM traps them, and has them only for a VM with MTE. */
static void exec_dc_gsw(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	if (unlikely(!cpu->mte.on)) {
		cpu_raise_undef_trapped(cpu, i);
		return;
	}
	NEXT;
}

static void exec_dc_clean(struct cpu *cpu, const struct insn *i)
{
	if (el0_trapped(cpu, i, SCTLR_UCI))
		return;
	if (!mmu_va_op(cpu, i, cpu->x[i->rn], VA_OP_CLEAN, NULL))
		return;
	NEXT;
}

static void exec_dc_zva(struct cpu *cpu, const struct insn *i)
{
	if (el0_trapped(cpu, i, SCTLR_DZE))
		return;
	if (!mmu_zero_block(cpu, i, cpu->x[i->rn]))
		return;
	NEXT;
}

/* DC GVA, DC GZVA */
static void exec_dc_gva(struct cpu *cpu, const struct insn *i)
{
	uint64_t va = cpu->x[i->rn];

	if (el0_trapped(cpu, i, SCTLR_DZE))
		return;
	if (!mte_fill_block(cpu, i, va, mte_tag(va), i->op == A64_DC_GZVA))
		return;
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

insn_fn *maintenance_body(const struct insn *i)
{
	switch (i->op) {
	case A64_TLBI:
	case A64_TLBI_OS:
	case A64_TLBI_range:
	case A64_TLBI_range_IS:
	case A64_TLBI_range_OS: return tlbi_body(i);
	case A64_AT_S1:
	case A64_AT_S1_PAN: return exec_at;
	case A64_IC_IALLUIS: return exec_ic_all;
	case A64_IC_IALLU: return exec_ic_local;
	case A64_IC_IVAU: return exec_ic_ivau;
	case A64_RCTX: return exec_rctx;
	case A64_DC_IGVAC:
	case A64_DC_IGDVAC:
	case A64_DC_IVAC: return exec_dc_ivac;
	case A64_DC_ISW:
	case A64_DC_CSW:
	case A64_DC_CISW: return exec_dc_sw;
	case A64_DC_IGSW ... A64_DC_CIGDSW: return exec_dc_gsw;
	case A64_DC_CVAC:
	case A64_DC_CVAU:
	case A64_DC_CVAP:
	case A64_DC_CVADP:
	case A64_DC_CIVAC:
	case A64_DC_CGVAC ... A64_DC_CIGDVAC: return exec_dc_clean;
	case A64_DC_ZVA: return exec_dc_zva;
	case A64_DC_GVA:
	case A64_DC_GZVA: return exec_dc_gva;
	default: return NULL;
	}
}
