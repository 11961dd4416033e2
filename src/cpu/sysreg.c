/* SPDX-License-Identifier: MIT */
/*
 * System registers: the table's lookup and dispatch, and what the registers
 * do beyond storing a value (Arm ARM D19; what KVM emulates as in sysreg.h).
 */
#include "cpu/sysreg.h"

#include "cpu/a32/mode.h"
#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/fp/fp.h"
#include "cpu/host-atomic.h"
#include "cpu/mmu.h"
#include "cpu/model.h"
#include "cpu/kvm-traps.h"
#include "cpu/mte.h"
#include "cpu/pauth.h"
#include "cpu/pmu.h"
#include "cpu/sve/sve.h"

#define DCZID_DZP BIT(4)

#define CNTKCTL_EL0PCTEN BIT(0)
#define CNTKCTL_EL0VCTEN BIT(1)
#define CNTKCTL_EL0VTEN  BIT(8)
#define CNTKCTL_EL0PTEN  BIT(9)

#define CSSELR_MAX 14

/* ---- registers that control translation ---------------------------------- */

static void store(struct cpu *cpu, const struct sysreg_row *row, uint64_t mask,
		  uint64_t val)
{
	uint64_t *p = sysreg_storage(cpu, row), old = *p;

	*p = (old & ~mask) | (val & mask);
	if (row->hooks->changed)
		row->hooks->changed(cpu, row, old);
}

/* Changes that what is cached in the TLB depends on. TTBRs are not among
 * them: there the architecture wants TLBI or another ASID. */
static void sctlr_changed(struct cpu *cpu, const struct sysreg_row *row,
			  uint64_t old)
{
	uint64_t kept = cpu_is_aarch32_el1(cpu) ? SCTLR_A32_WALK : SCTLR_WXN;
	uint64_t changed = old ^ cpu->sys.sctlr_el1;

	if (changed & (kept | SCTLR_A | SCTLR_MTE))
		tlb_forget(cpu);
	/* Blocks have bodies for one order of bytes. */
	if (changed & (SCTLR_EE | SCTLR_E0E))
		block_forget_va(cpu);
	mte_changed(cpu);
	mmu_regime_changed(cpu);
	pauth_keys_changed(cpu);
}

/* Bits that the core does not have keep their value. */
static bool sctlr_write(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t val)
{
	uint64_t mask = row->gmask | (cpu->pauth.alg ? SCTLR_PAUTH : 0) |
			(cpu_has(cpu, FEAT_LSE2) ? SCTLR_NAA : 0);

	store(cpu, row, mask & ~cpu->sctlr_absent, val);
	cpu->caches_seen |= kvm_traps_caches_on(cpu);
	return true;
}

static void tcr_changed(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t old)
{
	if (old != cpu->sys.tcr_el1)
		tlb_forget(cpu);
	mmu_regime_changed(cpu);
}

static bool tcr_write(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t val)
{
	uint64_t mask =
		row->gmask | (cpu->pauth.alg ? TCR_TBID0 | TCR_TBID1 : 0);

	store(cpu, row, mask & ~cpu->tcr_absent, val);
	return true;
}

static void mair_changed(struct cpu *cpu, const struct sysreg_row *row,
			 uint64_t old)
{
	if (old != cpu->sys.mair_el1)
		tlb_forget(cpu);
}

static void ttbr_changed(struct cpu *cpu, const struct sysreg_row *row,
			 uint64_t old)
{
	mmu_ttbr_changed(cpu);
}

/* What contexts stand for in AArch32. */
static void context_changed(struct cpu *cpu, const struct sysreg_row *row,
			    uint64_t old)
{
	if (cpu_is_aarch32_el1(cpu))
		mmu_regime_changed(cpu);
}

static const struct sysreg_hooks hooks_sctlr = {.write = sctlr_write,
						.changed = sctlr_changed};
static const struct sysreg_hooks hooks_tcr = {.write = tcr_write,
					      .changed = tcr_changed};
static const struct sysreg_hooks hooks_mair = {.changed = mair_changed};
static const struct sysreg_hooks hooks_ttbr = {.changed = ttbr_changed};
static const struct sysreg_hooks hooks_context = {.changed = context_changed};

/* ---- PSTATE as registers ------------------------------------------------- */

/* SP_EL0 has no name of its own while it is the current stack pointer. */
static bool sp_el0_read(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t *val)
{
	*val = cpu->sp_bank[0];
	return cpu->spsel;
}

static bool sp_el0_write(struct cpu *cpu, const struct sysreg_row *row,
			 uint64_t val)
{
	if (!cpu->spsel)
		return false;
	cpu->sp_bank[0] = val;
	return true;
}

static bool spsel_read(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t *val)
{
	*val = cpu->spsel;
	return true;
}

static bool spsel_write(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t val)
{
	exception_set_el(cpu, 1, val & 1);
	return true;
}

/* Pending, whatever PSTATE.DAIF masks: A is bit 8, I 7, F 6. */
static bool isr_read(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val)
{
	uint32_t pins = atomic_load_explicit(&cpu->pins, memory_order_acquire);

	*val = (uint64_t)cpu->serror_pending << 8 |
	       (uint64_t) !!(pins & CPU_PIN_IRQ) << 7 |
	       (uint64_t) !!(pins & CPU_PIN_FIQ) << 6;
	return true;
}

static bool currentel_read(struct cpu *cpu, const struct sysreg_row *row,
			   uint64_t *val)
{
	*val = cpu->el << 2;
	return true;
}

static bool pan_read(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val)
{
	*val = (uint64_t)cpu->pan << 22;
	return true;
}

static bool pan_write(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t val)
{
	cpu->pan = FIELD(val, 22, 22);
	mmu_mode_changed(cpu);
	return true;
}

static bool uao_read(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val)
{
	*val = (uint64_t)cpu->uao << 23;
	return true;
}

static bool uao_write(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t val)
{
	cpu->uao = FIELD(val, 23, 23);
	return true;
}

static bool ssbs_read(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t *val)
{
	*val = cpu->inert & PSR_SSBS;
	return true;
}

static bool ssbs_write(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t val)
{
	cpu->inert = (cpu->inert & ~PSR_SSBS) | (val & PSR_SSBS);
	return true;
}

static bool dit_read(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val)
{
	*val = cpu->inert & PSR_DIT;
	return true;
}

static bool dit_write(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t val)
{
	cpu->inert = (cpu->inert & ~PSR_DIT) | (val & PSR_DIT);
	return true;
}

static bool tco_read(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val)
{
	*val = cpu->inert & PSR_TCO;
	return true;
}

static bool tco_write(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t val)
{
	cpu->inert = (cpu->inert & ~PSR_TCO) | (val & PSR_TCO);
	return true;
}

static bool nzcv_read(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t *val)
{
	*val = get_nzcv(cpu);
	return true;
}

static bool nzcv_write(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t val)
{
	set_nzcv(cpu, val & 0xf0000000u);
	return true;
}

static bool daif_read(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t *val)
{
	*val = (uint64_t)cpu->daif << 6;
	return true;
}

static bool daif_write(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t val)
{
	cpu->daif = FIELD(val, 9, 6);
	return true;
}

static bool daif_trap(struct cpu *cpu, const struct sysreg_row *row, bool write)
{
	return !(cpu->sys.sctlr_el1 & SCTLR_UMA);
}

static const struct sysreg_hooks hooks_sp_el0 = {.read = sp_el0_read,
						 .write = sp_el0_write};
static const struct sysreg_hooks hooks_spsel = {.read = spsel_read,
						.write = spsel_write};
static const struct sysreg_hooks hooks_isr = {.read = isr_read};
static const struct sysreg_hooks hooks_currentel = {.read = currentel_read};
static const struct sysreg_hooks hooks_pan = {.read = pan_read,
					      .write = pan_write};
static const struct sysreg_hooks hooks_uao = {.read = uao_read,
					      .write = uao_write};
static const struct sysreg_hooks hooks_ssbs = {.read = ssbs_read,
					       .write = ssbs_write};
static const struct sysreg_hooks hooks_dit = {.read = dit_read,
					      .write = dit_write};
static const struct sysreg_hooks hooks_tco = {.read = tco_read,
					      .write = tco_write};
static const struct sysreg_hooks hooks_nzcv = {.read = nzcv_read,
					       .write = nzcv_write};
static const struct sysreg_hooks hooks_daif = {
	.read = daif_read, .write = daif_write, .trap_el0 = daif_trap};

/* ---- AArch32 --------------------------------------------------------------- */

static void a32_changed(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t old)
{
	a32_fp_changed(cpu);
}

static const struct sysreg_hooks hooks_a32 = {.changed = a32_changed};

/* ---- floating point ------------------------------------------------------ */

static bool fpcr_read(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t *val)
{
	*val = fp_read_fpcr(cpu);
	return true;
}

static bool fpcr_write(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t val)
{
	fp_write_fpcr(cpu, val);
	return true;
}

static bool fpsr_read(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t *val)
{
	*val = fp_read_fpsr(cpu);
	return true;
}

static bool fpsr_write(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t val)
{
	fp_write_fpsr(cpu, val);
	return true;
}

static const struct sysreg_hooks hooks_fpcr = {
	.read = fpcr_read, .write = fpcr_write, .fp = true};
static const struct sysreg_hooks hooks_fpsr = {
	.read = fpsr_read, .write = fpsr_write, .fp = true};

bool sysreg_core_has_sve(const struct cpu *cpu)
{
	const struct sysreg_row *id;

	if (cpu->sve)
		return true;
	if (!cpu->env->model)
		return false;
	id = sysreg_row_find(ENC_ID_AA64PFR0, NULL);
	return FIELD(cpu_model_id(cpu->env->model, &id->info), 35, 32);
}

static bool cpacr_write(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t val)
{
	store(cpu, row, row->gmask | (sysreg_core_has_sve(cpu) ? CPACR_ZEN : 0),
	      val);
	sve_settle(cpu);
	return true;
}

/* CPACR_EL1.ZEN alone has a say. */
static bool zcr_read(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val)
{
	*val = cpu->sys.zcr_el1;
	return cpu->sve;
}

static bool zcr_write(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t val)
{
	if (!cpu->sve)
		return false;
	store(cpu, row, row->gmask, val);
	return true;
}

static void zcr_changed(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t old)
{
	sve_zcr_changed(cpu);
}

static const struct sysreg_hooks hooks_cpacr = {.write = cpacr_write,
						.changed = a32_changed};
static const struct sysreg_hooks hooks_zcr = {.read = zcr_read,
					      .write = zcr_write,
					      .trapped = true,
					      .changed = zcr_changed,
					      .sve = true};

/* ---- identification and caches ------------------------------------------- */

/* Of a cache that there can't be KVM leaves the register as it was. */
static bool ccsidr_read(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t *val)
{
	unsigned int sel = cpu->sys.csselr_el1 & 0xf;

	if (sel < CSSELR_MAX)
		*val = cpu->sys.ccsidr[sel];
	return true;
}

unsigned int ctr_ccsidr_line(uint64_t ctr, unsigned int csselr)
{
	const unsigned int words =
		csselr & 1 ? FIELD(ctr, 3, 0) : FIELD(ctr, 19, 16);

	return words >= 2 ? words - 2 : 0;
}

static bool ctr_trap(struct cpu *cpu, const struct sysreg_row *row, bool write)
{
	return !(cpu->sys.sctlr_el1 & SCTLR_UCT);
}

static bool dczid_read(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t *val)
{
	*val = cpu->sys.dczid_el0;
	if (cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_DZE))
		*val |= DCZID_DZP;
	return true;
}

static const struct sysreg_hooks hooks_ccsidr = {.read = ccsidr_read};
static const struct sysreg_hooks hooks_ctr = {.trap_el0 = ctr_trap};
static const struct sysreg_hooks hooks_dczid = {.read = dczid_read};

/* ---- debug --------------------------------------------------------------- */

static bool raz_read(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val)
{
	*val = 0;
	return true;
}

static bool wi_write(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t val)
{
	return true;
}

static bool dcc_trap(struct cpu *cpu, const struct sysreg_row *row, bool write)
{
	return cpu->sys.mdscr_el1 & MDSCR_TDCC;
}

static void debug_changed(struct cpu *cpu, const struct sysreg_row *row,
			  uint64_t old)
{
	debug_update(cpu);
}

/* A guest's write is of the core's register, whose bits 1 and 0 are RES0; user space's
 * is of KVM's copy (Arm ARM D19.3, DBGWVR<n>_EL1). */
static bool debug_wvr_write(struct cpu *cpu, const struct sysreg_row *row,
			    uint64_t val)
{
	store(cpu, row, row->gmask, val & ~UINT64_C(3));
	return true;
}

static bool oslar_write(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t val)
{
	cpu->sys.oslsr_el1 &= ~OSLSR_OSLK;
	if (val & 1)
		cpu->sys.oslsr_el1 |= OSLSR_OSLK;
	debug_update(cpu);
	return true;
}

static const struct sysreg_hooks hooks_razwi = {.read = raz_read,
						.write = wi_write};
static const struct sysreg_hooks hooks_dcc = {
	.read = raz_read, .write = wi_write, .trap_el0 = dcc_trap};
static const struct sysreg_hooks hooks_debug = {.changed = debug_changed};
static const struct sysreg_hooks hooks_debug_wvr = {.changed = debug_changed,
						    .write = debug_wvr_write};
static const struct sysreg_hooks hooks_oslar = {.write = oslar_write};

/* ---- pointer authentication ---------------------------------------------- */

static bool pac_key_read(struct cpu *cpu, const struct sysreg_row *row,
			 uint64_t *val)
{
	*val = *sysreg_storage(cpu, row);
	return pauth_has_keys(cpu);
}

static bool pac_key_write(struct cpu *cpu, const struct sysreg_row *row,
			  uint64_t val)
{
	if (!pauth_has_keys(cpu))
		return false;
	store(cpu, row, row->gmask, val);
	return true;
}

static const struct sysreg_hooks hooks_pac_key = {
	.read = pac_key_read, .write = pac_key_write, .trapped = true};

/* ---- memory tagging ------------------------------------------------------ */

/* KVM lets no VM without MTE at them. */
static bool mte_read(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val)
{
	*val = *sysreg_storage(cpu, row) & row->gmask;
	return cpu->mte.on;
}

static bool mte_write(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t val)
{
	if (!cpu->mte.on)
		return false;
	store(cpu, row, row->gmask, val);
	return true;
}

static bool gmid_read(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t *val)
{
	*val = MTE_GMID_BS;
	return true;
}

static const struct sysreg_hooks hooks_mte = {
	.read = mte_read, .write = mte_write, .trapped = true};
static const struct sysreg_hooks hooks_gmid = {.read = gmid_read};

/* ---- the environment's --------------------------------------------------- */

static bool env_read(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val)
{
	return cpu->env->sysreg_read(cpu, row->info.enc, val) == CPU_SYSREG_OK;
}

static bool env_write(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t val)
{
	return cpu->env->sysreg_write(cpu, row->info.enc, val) == CPU_SYSREG_OK;
}

/* NZCV says whether it is a number. */
static bool rndr_read(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t *val)
{
	switch (cpu->env->sysreg_read(cpu, row->info.enc, val)) {
	case CPU_SYSREG_OK: set_nzcv(cpu, 0); return true;
	case CPU_SYSREG_EMPTY:
		*val = 0;
		set_nzcv(cpu, BIT(30));
		return true;
	default: return false;
	}
}

static const struct sysreg_hooks hooks_rndr = {.read = rndr_read};

/* None of the bits of CNTKCTL_EL1 that let EL0 at it is set. */
static bool cnt_traps(const struct cpu *cpu, uint64_t bits)
{
	return !(cpu->sys.cntkctl_el1 & bits);
}

static bool cntfrq_trap(struct cpu *cpu, const struct sysreg_row *row,
			bool write)
{
	return cnt_traps(cpu, CNTKCTL_EL0PCTEN | CNTKCTL_EL0VCTEN);
}

static bool cntpct_trap(struct cpu *cpu, const struct sysreg_row *row,
			bool write)
{
	return cnt_traps(cpu, CNTKCTL_EL0PCTEN);
}

static bool cntvct_trap(struct cpu *cpu, const struct sysreg_row *row,
			bool write)
{
	return cnt_traps(cpu, CNTKCTL_EL0VCTEN);
}

static bool cntp_trap(struct cpu *cpu, const struct sysreg_row *row, bool write)
{
	return cnt_traps(cpu, CNTKCTL_EL0PTEN);
}

static bool cntv_trap(struct cpu *cpu, const struct sysreg_row *row, bool write)
{
	return cnt_traps(cpu, CNTKCTL_EL0VTEN);
}

static const struct sysreg_hooks hooks_cntfrq = {
	.read = env_read, .write = env_write, .trap_el0 = cntfrq_trap};
static const struct sysreg_hooks hooks_cntpct = {
	.read = env_read, .write = env_write, .trap_el0 = cntpct_trap};
static const struct sysreg_hooks hooks_cntvct = {
	.read = env_read, .write = env_write, .trap_el0 = cntvct_trap};
static const struct sysreg_hooks hooks_cntp = {
	.read = env_read, .write = env_write, .trap_el0 = cntp_trap};
static const struct sysreg_hooks hooks_cntv = {
	.read = env_read, .write = env_write, .trap_el0 = cntv_trap};
/* By the column bits of base/icc-regs.def: a register that is always there is
 * refused by KVM, one that needs more bits of priority by the core, which lacks it. */
static const struct sysreg_hooks hooks_icc_0 = {
	.read = env_read, .write = env_write, .trapped = true};
static const struct sysreg_hooks hooks_icc_6 = {.read = env_read,
						.write = env_write};
static const struct sysreg_hooks hooks_icc_7 = {.read = env_read,
						.write = env_write};

/* ---- the table ----------------------------------------------------------- */

static const struct sysreg_hooks hooks_plain;

#define USER      SYSREG_USER
#define ID        SYSREG_ID
#define RAZ       SYSREG_RAZ
#define INVARIANT SYSREG_INVARIANT
#define LASTING   SYSREG_LASTING
#define PTRAUTH   SYSREG_PTRAUTH
#define SVE       SYSREG_SVE
#define MTE       SYSREG_MTE
#define SET_CLIDR SYSREG_SET_CLIDR
#define SET_MPIDR SYSREG_SET_MPIDR
#define SET_OSLSR SYSREG_SET_OSLSR
#define PMU       SYSREG_PMU
#define SET_PMCR  SYSREG_SET_PMCR

#define REG(name, op0, op1, crn, crm, op2, field, reset, access, mask, hook,  \
	    flags, wmask)                                                     \
	{{#name, SYSREG_ENC(op0, op1, crn, crm, op2), flags, UINT64_C(reset), \
	  UINT64_C(wmask)},                                                   \
	 mask,                                                                \
	 &hooks_##hook,                                                       \
	 offsetof(struct cpu_sysregs, field),                                 \
	 ACC_##access},
#define REGX(name, op0, op1, crn, crm, op2, access, hook)       \
	{{#name, SYSREG_ENC(op0, op1, crn, crm, op2), 0, 0, 0}, \
	 0,                                                     \
	 &hooks_##hook,                                         \
	 SYSREG_NO_FIELD,                                       \
	 ACC_##access},

static const struct sysreg_row rows[] = {
#include "cpu/sysregs.def"
};

const struct sysreg_row *sysreg_row(unsigned int n)
{
	return n < ARRAY_SIZE(rows) ? &rows[n] : NULL;
}

const struct sysreg_row *sysreg_row_find(uint32_t enc, unsigned int *n)
{
	unsigned int lo = 0, hi = ARRAY_SIZE(rows);

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;

		if (rows[mid].info.enc < enc)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == ARRAY_SIZE(rows) || rows[lo].info.enc != enc)
		return NULL;
	if (n)
		*n = lo;
	return &rows[lo];
}

const struct cpu_sysreg_info *cpu_sysreg_info(unsigned int n)
{
	return n < ARRAY_SIZE(rows) ? &rows[n].info : NULL;
}

const struct cpu_sysreg_info *cpu_sysreg_find(uint32_t enc)
{
	const struct sysreg_row *row = sysreg_row_find(enc, NULL);

	return row ? &row->info : NULL;
}

uint64_t cpu_sysreg_get(const struct cpu *cpu, uint32_t enc)
{
	const struct sysreg_row *row = sysreg_row_find(enc, NULL);

	if (!row || row->offset == SYSREG_NO_FIELD)
		return 0;
	if (row->hooks->get)
		return row->hooks->get(cpu, row);
	return *sysreg_storage((struct cpu *)cpu, row);
}

void cpu_sysreg_set(struct cpu *cpu, uint32_t enc, uint64_t val)
{
	const struct sysreg_row *row = sysreg_row_find(enc, NULL);
	uint64_t old;

	if (!row || row->offset == SYSREG_NO_FIELD)
		return;
	if (row->hooks->set) {
		row->hooks->set(cpu, row, val);
		return;
	}
	old = *sysreg_storage(cpu, row);
	*sysreg_storage(cpu, row) = val;
	if (row->hooks->changed)
		row->hooks->changed(cpu, row, old);
}

/* ---- reset --------------------------------------------------------------- */

/* Per VM, or not reset by a second KVM_ARM_VCPU_INIT. */
static bool row_is_lasting(const struct sysreg_row *row)
{
	return row->info.flags &
	       (SYSREG_ID | SYSREG_INVARIANT | SYSREG_LASTING);
}

static void rows_reset(struct cpu *cpu, bool lasting)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(rows); n++)
		if (rows[n].offset != SYSREG_NO_FIELD &&
		    row_is_lasting(&rows[n]) == lasting)
			*sysreg_storage(cpu, &rows[n]) =
				lasting ? model_reset(cpu, &rows[n].info)
					: rows[n].info.reset;
}

void sysregs_init(struct cpu *cpu)
{
	rows_reset(cpu, true);
	/* One set, one way, lines of CTR_EL0: what KVM makes up of each level. */
	for (unsigned int k = 0; k < ARRAY_SIZE(cpu->sys.ccsidr); k++)
		cpu->sys.ccsidr[k] = ctr_ccsidr_line(cpu->sys.ctr_el0, k);
}

void sysregs_reset(struct cpu *cpu)
{
	rows_reset(cpu, false);
	cpu->sys.spsr_abt = cpu->sys.spsr_und = 0;
	cpu->sys.spsr_irq = cpu->sys.spsr_fiq = 0;
	pmu_reset(cpu);
}

/* ---- MRS, MSR ------------------------------------------------------------ */

static bool access_exists(const struct cpu *cpu, const struct sysreg_row *row,
			  bool write)
{
	switch (row->access) {
	case ACC_RO: return cpu->el && !write;
	case ACC_RW: return cpu->el;
	case ACC_WO: return cpu->el && write;
	case ACC_RO0: return !write;
	case ACC_WO0: return write;
	case ACC_RW0: return true;
	case ACC_RW_RO0: return cpu->el || !write;
	default: return false;
	}
}

static __attribute__((noinline)) enum sysreg_answer access_trapped(
	struct cpu *cpu, const struct sysreg_row *row, bool write)
{
	const struct sysreg_hooks *h = row->hooks;

	if (h->fp && !cpu_fp_enabled(cpu))
		return SYSREG_TRAP_FP;
	if (h->sve && !(cpu->sys.cpacr_el1 & BIT(16)) &&
	    sysreg_core_has_sve(cpu))
		return SYSREG_TRAP_SVE;
	if (cpu->el == 0 && h->trap_el0 && h->trap_el0(cpu, row, write))
		return SYSREG_TRAP;
	return SYSREG_DONE;
}

static ALWAYS_INLINE enum sysreg_answer access_check(
	struct cpu *cpu, const struct sysreg_row *row, bool write)
{
	if (!access_exists(cpu, row, write))
		return SYSREG_UNDEF;
	/* Of EL1's accesses, which come with every interrupt, nothing else asks. */
	if (unlikely(cpu->el == 0 || row->hooks->fp || row->hooks->sve))
		return access_trapped(cpu, row, write);
	return SYSREG_DONE;
}

static enum sysreg_answer hook_refused(const struct cpu *cpu,
				       const struct sysreg_row *row)
{
	const struct sysreg_hooks *h = row->hooks;

	/* What the core has not there is nothing to trap of. */
	if (h->trapped && (!h->sve || sysreg_core_has_sve(cpu)))
		return SYSREG_HIDDEN;
	return SYSREG_UNDEF;
}

enum sysreg_answer sysreg_mrs(struct cpu *cpu, const struct sysreg_row *row,
			      uint64_t *val)
{
	enum sysreg_answer a = access_check(cpu, row, false);

	if (a != SYSREG_DONE)
		return a;
	if (!row->hooks->read)
		*val = *sysreg_storage(cpu, row);
	else if (!row->hooks->read(cpu, row, val))
		return hook_refused(cpu, row);
	return SYSREG_DONE;
}

enum sysreg_answer sysreg_msr(struct cpu *cpu, const struct sysreg_row *row,
			      uint64_t val)
{
	enum sysreg_answer a = access_check(cpu, row, true);

	if (a != SYSREG_DONE)
		return a;
	if (row->hooks->write)
		return row->hooks->write(cpu, row, val)
			       ? SYSREG_DONE
			       : hook_refused(cpu, row);
	store(cpu, row, row->gmask, val);
	return SYSREG_DONE;
}
