/* SPDX-License-Identifier: MIT */
/*
 * MRC, MCR, MRRC and MCRR, and VMRS and VMSR of what is not FPSCR (Arm ARM G8, F5.1):
 * rows of cpu/a32/cp15.def. Most registers are those of AArch64, whose table
 * (cpu/sysreg.h) has the rules; maintenance is done as in cpu/system-maint.c.
 *
 * A write may change all that follows it: it ends its block.
 */
#include "base/sysreg-enc.h"
#include "cpu/a32/armv7.h"
#include "cpu/a32/mmu.h"
#include "cpu/a32/mode.h"
#include "cpu/a32/system.h"
#include "cpu/bodies.h"
#include "cpu/counted.h"
#include "cpu/mmu.h"
#include "cpu/sysreg.h"
#include "cpu/tlb-check.h"
#include "isa/a32/operands.h"

enum half { WHOLE, LOW, HIGH };

struct cp15_row {
	uint32_t key; /* A32_SYSREG(), A32_SYSREG_64() */
	uint32_t enc; /* of AArch64; 0: none */
	uint8_t half; /* enum half */
	bool el0;     /* if AArch64's rules say so */
	bool zero;    /* what is written is ignored */
	bool dcc;     /* EL0 reads it unless MDSCR_EL1.TDCC */
	uint32_t
		kept; /* by its value, these bits are written; 0: by the rules */
	uint32_t (*read)(const struct cpu *cpu);
	/* False: an exception was taken. */
	bool (*write)(struct cpu *cpu, const struct insn *i, uint32_t val);
};

/* M, A, C, SED, I, V, nTWI, nTWE, WXN, UWXN, EE, TRE, AFE, TE, and SPAN, EnRCTX and
 * DSSBS if the core has them. CP15BEN and ITD are RAO/WI and RAZ/WI. */
#define SCTLR_A32_WRITABLE \
	(0x721d3107 | SCTLR_SPAN | SCTLR_ENRCTX | SCTLR_A32_DSSBS)
/* Armv7's: M, A, C, Z, I, V, WXN, UWXN, EE, TRE, AFE, TE. SW is RAZ/WI, since there is
 * no SWP. */
#define ARMV7_SCTLR_WRITABLE 0x72183807
/* HPD0, HPD1, and the bits of descriptors that hardware might use. */
#define TTBCR2_WRITABLE GENMASK(18, 9)
/* cp10, cp11, ASEDIS. */
#define CPACR_A32_WRITABLE (CPACR_ASEDIS | 0x00f00000)

/* ---- refusals ------------------------------------------------------------ */

static bool is_wide(const struct insn *i)
{
	return i->op == A32_MRRC || i->op == A32_MCRR;
}

/* EC of a trapped access, to an EL1 in AArch64 state. */
static unsigned int trap_ec(const struct insn *i)
{
	bool cp15 = SYSREG_OP0(i->imm) & 1;

	if (is_wide(i))
		return cp15 ? EC_CP15_64 : EC_CP14_64;
	return cp15 ? EC_CP15 : EC_CP14;
}

static uint32_t trap_iss(const struct insn *i)
{
	bool read = i->op == A32_MRC || i->op == A32_MRRC;
	uint32_t key = i->imm;
	uint32_t iss = a32_iss_cond(i) | (read ? i->rd : i->rn) << 5 |
		       SYSREG_CRM(key) << 1 | read;

	if (is_wide(i))
		return iss | SYSREG_OP1(key) << 16 | (uint32_t)i->ra << 10;
	return iss | SYSREG_OP2(key) << 17 | SYSREG_OP1(key) << 14 |
	       SYSREG_CRN(key) << 10;
}

static void refused_access(struct cpu *cpu, const struct insn *i,
			   enum sysreg_answer a)
{
	if (a == SYSREG_TRAP && !cpu->a32_el1)
		cpu_raise_sync(cpu, i, trap_ec(i), trap_iss(i));
	else
		cpu_raise_undef(cpu, i);
}

/* ---- maintenance --------------------------------------------------------- */

static bool nothing(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	return true;
}

static bool ic_all(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	domain_broadcast(cpu, INVAL_CODE_ALL, 0);
	return true;
}

static bool ic_local(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	block_invalidate_all(cpu);
	return true;
}

static bool ic_va(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	gpa_t pa;

	if (!mmu_va_op(cpu, i, val, VA_OP_ICACHE, &pa))
		return false;
	block_forget_code(cpu, pa);
	return true;
}

static bool dc_clean(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	return mmu_va_op(cpu, i, val, VA_OP_CLEAN, NULL);
}

static bool dc_invalidate(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	return mmu_va_op(cpu, i, val, VA_OP_INVALIDATE, NULL);
}

static bool at_el1_read(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	return mmu_address_translate(cpu, i, val, 0);
}

static bool at_el1_write(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	return mmu_address_translate(cpu, i, val, AT_WRITE);
}

static bool at_el1_read_pan(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	return mmu_address_translate(cpu, i, val, AT_PAN);
}

static bool at_el1_write_pan(struct cpu *cpu, const struct insn *i,
			     uint32_t val)
{
	return mmu_address_translate(cpu, i, val, AT_PAN | AT_WRITE);
}

static bool at_el0_read(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	return mmu_address_translate(cpu, i, val, AT_EL0);
}

static bool at_el0_write(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	return mmu_address_translate(cpu, i, val, AT_EL0 | AT_WRITE);
}

/* Nothing is predicted here: there is only who may ask. */
static bool predictions(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	if (cpu->el || (cpu->sys.sctlr_el1 & SCTLR_ENRCTX))
		return true;
	refused_access(cpu, i, SYSREG_TRAP);
	return false;
}

/* Operand by address: the page, and an ASID that is not looked at. */
static uint32_t tlbi_page(uint32_t val)
{
	return val & ~0xfffu;
}

static uint16_t tlbi_asid(uint32_t val)
{
	return val & 0xff;
}

static bool tlb_all(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	tlb_flush_all(cpu);
	tlb_check_local(cpu, INVAL_TLB_ALL, 0);
	return true;
}

static bool tlb_va(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	tlb_flush_va(cpu, tlbi_page(val));
	tlb_check_local(cpu, INVAL_TLB_VA, tlbi_page(val));
	return true;
}

static bool tlb_asid(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	tlb_flush_asid(cpu, tlbi_asid(val));
	tlb_check_local(cpu, INVAL_TLB_ASID, tlbi_asid(val));
	return true;
}

static bool tlb_all_is(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	domain_broadcast(cpu, INVAL_TLB_ALL, 0);
	return true;
}

static bool tlb_va_is(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	domain_broadcast(cpu, INVAL_TLB_VA, tlbi_page(val));
	return true;
}

static bool tlb_asid_is(struct cpu *cpu, const struct insn *i, uint32_t val)
{
	domain_broadcast(cpu, INVAL_TLB_ASID, tlbi_asid(val));
	return true;
}

/* ---- registers of AArch32's own ------------------------------------------ */

/* As KVM makes it up: WRPs, BRPs, CTX_CMPs, version, no EL3. */
static uint32_t dbgdidr(const struct cpu *cpu)
{
	uint64_t dfr0 = cpu_sysreg_get(cpu, ENC_ID_AA64DFR0);

	return FIELD(dfr0, 23, 20) << 28 | FIELD(dfr0, 15, 12) << 24 |
	       FIELD(dfr0, 31, 28) << 20 | FIELD(dfr0, 3, 0) << 16 | BIT(15);
}

/* Writes are ignored. */
static uint32_t l2ctlr(const struct cpu *cpu)
{
	return cpu->sys.l2ctlr;
}

static uint32_t cbar(const struct cpu *cpu)
{
	return 0;
}

/* ---- the table ----------------------------------------------------------- */

#define SYS(name, cp, opc1, crn, crm, opc2, op0, op1, n, m, op2, half_) \
	{.key = A32_SYSREG(cp, opc1, crn, crm, opc2),                   \
	 .enc = SYSREG_ENC(op0, op1, n, m, op2),                        \
	 .half = half_},
#define SYS0(name, cp, opc1, crn, crm, opc2, op0, op1, n, m, op2, half_) \
	{.key = A32_SYSREG(cp, opc1, crn, crm, opc2),                    \
	 .enc = SYSREG_ENC(op0, op1, n, m, op2),                         \
	 .half = half_,                                                  \
	 .el0 = true},
#define KEPT(name, cp, opc1, crn, crm, opc2, op0, op1, n, m, op2, half_, bits) \
	{.key = A32_SYSREG(cp, opc1, crn, crm, opc2),                          \
	 .enc = SYSREG_ENC(op0, op1, n, m, op2),                               \
	 .half = half_,                                                        \
	 .kept = bits},
#define SYS64(name, cp, opc1, crm, op0, op1, n, m, op2) \
	{.key = A32_SYSREG_64(cp, opc1, crm),           \
	 .enc = SYSREG_ENC(op0, op1, n, m, op2)},
#define SYS64_0(name, cp, opc1, crm, op0, op1, n, m, op2) \
	{.key = A32_SYSREG_64(cp, opc1, crm),             \
	 .enc = SYSREG_ENC(op0, op1, n, m, op2),          \
	 .el0 = true},
#define ZERO(name, cp, opc1, crn, crm, opc2) \
	{.key = A32_SYSREG(cp, opc1, crn, crm, opc2), .zero = true},
#define ZERO_DCC(name, cp, opc1, crn, crm, opc2)      \
	{.key = A32_SYSREG(cp, opc1, crn, crm, opc2), \
	 .zero = true,                                \
	 .dcc = true},
#define ZERO64_DCC(name, cp, opc1, crm) \
	{.key = A32_SYSREG_64(cp, opc1, crm), .zero = true, .dcc = true},
#define WRITE0(name, cp, opc1, crn, crm, opc2, fn) \
	{.key = A32_SYSREG(cp, opc1, crn, crm, opc2), .write = fn, .el0 = true},
#define READ_DCC(name, cp, opc1, crn, crm, opc2, fn) \
	{.key = A32_SYSREG(cp, opc1, crn, crm, opc2), .read = fn, .dcc = true},
#define WRITE(name, cp, opc1, crn, crm, opc2, fn) \
	{.key = A32_SYSREG(cp, opc1, crn, crm, opc2), .write = fn},
/* Where it is a register of 32 bits; else the row is nobody's. */
#define ICC(name, cp, opc1, crn, crm, opc2, op0, op1, n, m, op2, half_) \
	{.key = (crm) == 11 && (opc2) >= 5                              \
			? NO_KEY                                        \
			: A32_SYSREG(cp, opc1, crn, crm, opc2),         \
	 .enc = SYSREG_ENC(op0, op1, n, m, op2),                        \
	 .half = half_},
#define NO_KEY UINT32_MAX

static const struct cp15_row rows[] = {
#include "cpu/a32/cp15.def"
	{.key = ARMV7_SCTLR,
	 .enc = SYSREG_ENC(3, 0, 1, 0, 0),
	 .kept = ARMV7_SCTLR_WRITABLE},
	{.key = ARMV7_L2CTLR, .read = l2ctlr, .zero = true},
	{.key = ARMV7_CBAR, .read = cbar},
};

/* Only where an instruction is decoded. -1: none. */
static int find(uint32_t key)
{
	for (size_t k = 0; k < ARRAY_SIZE(rows); k++)
		if (rows[k].key == key)
			return (int)k;
	return -1;
}

int16_t a32_cp15_priv(const struct insn *i)
{
	int k = find(i->imm);

	return k < 0 ? 0 : (int16_t)k;
}

/* ---- access -------------------------------------------------------------- */

/* Of the whole register; a32 halves are the caller's. */
static enum sysreg_answer read_row(struct cpu *cpu, const struct cp15_row *r,
				   uint64_t *val)
{
	if (!cpu->el && r->dcc && (cpu->sys.mdscr_el1 & MDSCR_TDCC))
		return SYSREG_TRAP;
	if ((!r->el0 && !r->dcc && !cpu->el) || r->write)
		return SYSREG_UNDEF;
	if (r->read) {
		*val = r->read(cpu);
		return SYSREG_DONE;
	}
	if (r->zero) {
		*val = 0;
		return SYSREG_DONE;
	}
	if (r->kept) {
		*val = cpu_sysreg_get(cpu, r->enc);
		return SYSREG_DONE;
	}
	return sysreg_mrs(cpu, sysreg_row_find(r->enc, NULL), val);
}

/* What the core has not of a register of AArch64, as AArch32 has it. */
static uint64_t absent_bits(const struct cpu *cpu, uint32_t enc)
{
	switch (enc) {
	case SYSREG_ENC(3, 0, 1, 0, 0): return cpu->a32_sctlr_absent;
	case SYSREG_ENC(3, 0, 2, 0, 2): return mmu_a32_ttbcr_absent(cpu);
	default: return 0;
	}
}

/* What the whole register becomes. */
static uint64_t merge(const struct cpu *cpu, const struct cp15_row *r,
		      uint64_t val)
{
	unsigned int shift = r->half == HIGH ? 32 : 0;
	uint64_t mask = (uint64_t)(r->kept ? r->kept : UINT32_MAX) << shift;
	uint64_t old;

	if (r->kept)
		mask &= ~absent_bits(cpu, r->enc);

	if (r->half == WHOLE && (!r->kept || r->kept == UINT32_MAX))
		return val;
	old = cpu_sysreg_get(cpu, r->enc);
	return (old & ~mask) | (val << shift & mask);
}

static enum sysreg_answer write_row(struct cpu *cpu, const struct cp15_row *r,
				    uint64_t val)
{
	if (!r->el0 && !cpu->el)
		return SYSREG_UNDEF;
	if (r->zero)
		return SYSREG_DONE;
	if (r->read)
		return SYSREG_UNDEF;
	val = merge(cpu, r, val);
	if (r->kept) {
		cpu_sysreg_set(cpu, r->enc, val);
		return SYSREG_DONE;
	}
	return sysreg_msr(cpu, sysreg_row_find(r->enc, NULL), val);
}

/* ---- bodies -------------------------------------------------------------- */

static __attribute__((noinline)) bool mrc_done(struct cpu *cpu,
					       const struct insn *i)
{
	const struct cp15_row *r = &rows[i->priv];
	uint64_t val = cpu->x[i->rd];
	enum sysreg_answer a;

	cpu->cur = i;
	a = read_row(cpu, r, &val);
	if (unlikely(a != SYSREG_DONE)) {
		refused_access(cpu, i, a);
		return false;
	}
	cpu->x[i->rd] = (uint32_t)(r->half == HIGH ? val >> 32 : val);
	if (i->op == A32_MRRC)
		cpu->x[i->ra] = val >> 32;
	return true;
}

/* As after an MRS. */
static COLD void mrc_stop(struct cpu *cpu, const struct insn *i)
{
	counted_cut(cpu, i + 1);
	cpu->it = it_advance(i->it);
	RESUME(a32_next(cpu, i));
}

static void exec_mrc(struct cpu *cpu, const struct insn *i)
{
	if (!mrc_done(cpu, i))
		return;
	if (unlikely(cpu->cycles > cpu->limit) || exception_pending(cpu)) {
		mrc_stop(cpu, i);
		return;
	}
	NEXT;
}

static bool mcr_done(struct cpu *cpu, const struct insn *i)
{
	const struct cp15_row *r = &rows[i->priv];
	uint64_t val = (uint32_t)cpu->x[i->rn];
	enum sysreg_answer a;

	cpu->cur = i;
	if (r->write && (cpu->el || r->el0))
		return r->write(cpu, i, val);
	if (i->op == A32_MCRR)
		val |= cpu->x[i->ra] << 32;
	a = r->write ? SYSREG_UNDEF : write_row(cpu, r, val);
	if (likely(a == SYSREG_DONE))
		return true;
	refused_access(cpu, i, a);
	return false;
}

/* The instruction itself may be gone. */
static void exec_mcr(struct cpu *cpu, const struct insn *i)
{
	uint32_t next = a32_next(cpu, i);
	uint8_t it = it_advance(i->it);

	if (!mcr_done(cpu, i))
		return;
	cpu->it = it;
	A32_CONTINUE(next);
}

insn_fn *a32_cp15_body(const struct insn *i)
{
	if (find(i->imm) < 0)
		return NULL;
	switch (i->op) {
	case A32_MRC: return i->rd == REG_SINK ? NULL : exec_mrc;
	case A32_MRRC: return exec_mrc;
	case A32_MCR:
	case A32_MCRR: return exec_mcr;
	default: return NULL;
	}
}

/* ---- floating point ------------------------------------------------------ */

void a32_fp_changed(struct cpu *cpu)
{
	if (!cpu->isa)
		return;
	cpu->a32_no_fp = cpu->a32_el1 && !(cpu->sys.fpexc32_el2 & FPEXC_EN);
	cpu->a32_no_simd = cpu->a32_el1 && cpu->sys.cpacr_el1 & CPACR_ASEDIS;
}

/* FPSID of Arm's cores: the variant is the last digit of their part number.
 * Armv7's have more of their own: Cortex-A7 FPU TRM 2.4, Cortex-A15 TRM 10.3. */
uint32_t cpu_a32_fpsid(const struct cpu *cpu)
{
	uint32_t midr = cpu->sys.id[0];

	switch (FIELD(midr, 31, 24) << 12 | FIELD(midr, 15, 4)) {
	case 0x41c07: return 0x41023070 | FIELD(midr, 3, 0);
	case 0x41c0f: return 0x410430f0;
	default: return 0x41034000 | FIELD(midr, 7, 4) << 4;
	}
}

static uint32_t vfp_register(const struct cpu *cpu, unsigned int reg)
{
	switch (reg) {
	case VFP_FPSID: return cpu_a32_fpsid(cpu);
	case VFP_MVFR2: return cpu_sysreg_get(cpu, SYSREG_ID_ENC(3, 2));
	case VFP_MVFR1: return cpu_sysreg_get(cpu, SYSREG_ID_ENC(3, 1));
	case VFP_MVFR0: return cpu_sysreg_get(cpu, SYSREG_ID_ENC(3, 0));
	default: return cpu->sys.fpexc32_el2;
	}
}

/* Whatever FPEXC says. */
static bool vfp_undefined(struct cpu *cpu, const struct insn *i)
{
	if (likely(cpu->el && cpu_fp_enabled(cpu)))
		return false;
	cpu_raise_undef(cpu, i);
	return true;
}

static void exec_vmrs(struct cpu *cpu, const struct insn *i)
{
	if (vfp_undefined(cpu, i))
		return;
	cpu->x[i->rd] = vfp_register(cpu, i->imm);
	NEXT;
}

/* FPSID ignores it. */
static void exec_vmsr(struct cpu *cpu, const struct insn *i)
{
	uint32_t next = a32_next(cpu, i);

	if (vfp_undefined(cpu, i))
		return;
	if (i->imm == VFP_FPEXC) {
		cpu->sys.fpexc32_el2 = (cpu->sys.fpexc32_el2 & ~FPEXC_EN) |
				       (cpu->x[i->rn] & FPEXC_EN);
		a32_fp_changed(cpu);
	}
	cpu->it = it_advance(i->it);
	A32_JUMP(next);
}

insn_fn *a32_vfp_system_body(const struct insn *i)
{
	switch (i->op) {
	case A32_VMRS_system: return exec_vmrs;
	case A32_VMSR_system: return exec_vmsr;
	default: return NULL;
	}
}
