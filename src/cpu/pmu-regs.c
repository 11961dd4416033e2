/* SPDX-License-Identifier: MIT */
/*
 * The registers of the performance counters (Arm ARM D19.5), as KVM gives them:
 * what EL0 may not do is UNDEFINED, not trapped to EL1, since KVM sees every
 * access first; a counter that PMCR_EL0.N does not count is UNDEFINED, too.
 *
 * A guest's write acts when its instruction is done, which counts as it would
 * have before; a read says what there was before its instruction.
 */
#include "cpu/pmu.h"
#include "cpu/sysreg.h"

#define USERENR_EN BIT(0)
#define USERENR_SW BIT(1)
#define USERENR_CR BIT(2)
#define USERENR_ER BIT(3)

#define SELR_SEL GENMASK(4, 0)

/* ID_AA64DFR0_EL1.PMUVer */
#define PMU_V3P4  5
#define PMU_OTHER 15 /* not PMUv3 */

/* No PMU, or at EL0 and PMUSERENR_EL0 has none of @bits. */
static bool denied(const struct cpu *cpu, uint64_t bits)
{
	return !cpu->pmu.model ||
	       (cpu->el == 0 && !(cpu->sys.pmuserenr_el0 & bits));
}

/* Up to the MRS that runs. */
static void sync_before(struct cpu *cpu)
{
	struct cpu_pmu *p = &cpu->pmu;
	struct counted behind;

	if (!p->active)
		return;
	behind = counted_behind(cpu, cpu->cur);
	cpu->cycles -= behind.cycles;
	p->insns -= behind.insns;
	p->branches -= behind.branches;
	p->accesses -= behind.accesses;
	pmu_sync(cpu);
	cpu->cycles += behind.cycles;
	p->insns = behind.insns;
	p->branches = behind.branches;
	p->accesses = behind.accesses;
}

/* The guest wrote: what hangs on the registers follows. */
static bool written(struct cpu *cpu)
{
	cpu_pmu_update(cpu);
	return true;
}

/* ---- PMCR_EL0 ------------------------------------------------------------ */

static uint64_t pmcr_value(const struct cpu *cpu)
{
	return cpu->sys.pmcr_el0 | (uint64_t)pmu_nr_events(cpu) << 11;
}

static uint64_t pmcr_stored(const struct cpu *cpu, uint64_t val)
{
	return (val & 0xff) | (cpu->pmu.model->no_aarch32 ? PMCR_LC : 0);
}

static bool pmcr_read(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t *val)
{
	if (denied(cpu, USERENR_EN))
		return false;
	*val = pmcr_value(cpu) & ~(PMCR_P | PMCR_C);
	return true;
}

static bool pmcr_write(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t val)
{
	if (denied(cpu, USERENR_EN))
		return false;
	pmu_sync(cpu);
	pmu_control(cpu, pmcr_stored(cpu, val));
	return written(cpu);
}

static uint64_t pmcr_get(const struct cpu *cpu, const struct sysreg_row *row)
{
	return cpu->pmu.model ? pmcr_value(cpu) : 0;
}

/* N is the VM's: the environment has looked at it. */
static void pmcr_set(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t val)
{
	if (cpu->pmu.model)
		cpu->sys.pmcr_el0 = pmcr_stored(cpu, val);
}

const struct sysreg_hooks hooks_pmcr = {.read = pmcr_read,
					.write = pmcr_write,
					.get = pmcr_get,
					.set = pmcr_set,
					.trapped = true};

/* ---- one bit for each counter: a register that sets and one that clears -- */

/* PMOVSSET_EL0 has CRm 14, PMOVSCLR_EL0 12; the others' op2 is odd or not. */
static bool row_sets(const struct cpu *cpu, const struct sysreg_row *row)
{
	return row->offset == offsetof(struct cpu_sysregs, pmovs)
		       ? SYSREG_CRM(row->info.enc) & 2
		       : SYSREG_OP2(row->info.enc) & 1;
}

static void bits_change(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t val)
{
	if (row_sets(cpu, row))
		*sysreg_storage(cpu, row) |= val;
	else
		*sysreg_storage(cpu, row) &= ~val;
}

static uint64_t bits_get(const struct cpu *cpu, const struct sysreg_row *row)
{
	return cpu->pmu.model ? *sysreg_storage((struct cpu *)cpu, row) &
					pmu_valid(cpu)
			      : 0;
}

static void bits_set(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t val)
{
	if (cpu->pmu.model)
		bits_change(cpu, row, val & pmu_valid(cpu));
}

static bool bits_read(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t *val)
{
	if (denied(cpu, USERENR_EN))
		return false;
	sync_before(cpu);
	*val = *sysreg_storage(cpu, row);
	return true;
}

static bool bits_write(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t val)
{
	if (denied(cpu, USERENR_EN))
		return false;
	pmu_sync(cpu);
	bits_change(cpu, row, val & pmu_valid(cpu));
	return written(cpu);
}

static bool pmcnten_write(struct cpu *cpu, const struct sysreg_row *row,
			  uint64_t val)
{
	if (!bits_write(cpu, row, val))
		return false;
	val &= pmu_valid(cpu);
	if (row_sets(cpu, row))
		pmu_start(cpu, val);
	else
		pmu_stop(cpu, val);
	return true;
}

const struct sysreg_hooks hooks_pmcnten = {.read = bits_read,
					   .write = pmcnten_write,
					   .get = bits_get,
					   .set = bits_set,
					   .trapped = true};
const struct sysreg_hooks hooks_pminten = {.read = bits_read,
					   .write = bits_write,
					   .get = bits_get,
					   .set = bits_set,
					   .trapped = true};
const struct sysreg_hooks hooks_pmovs = {.read = bits_read,
					 .write = bits_write,
					 .get = bits_get,
					 .set = bits_set,
					 .trapped = true};

/* ---- counters and their types -------------------------------------------- */

/* PMEVCNTR<n>_EL0 and PMEVTYPER<n>_EL0 have n in CRm and op2, the others are
 * the cycle counter's or the selected one's. */
static unsigned int row_counter(const struct cpu *cpu,
				const struct sysreg_row *row)
{
	uint32_t enc = row->info.enc;

	if (SYSREG_CRN(enc) == 14)
		return (SYSREG_CRM(enc) & 3) << 3 | SYSREG_OP2(enc);
	return SYSREG_OP2(enc) ? cpu->sys.pmselr_el0 & SELR_SEL : PMU_CYCLE;
}

static bool counter_exists(const struct cpu *cpu, unsigned int n)
{
	return n == PMU_CYCLE || n < pmu_nr_events(cpu);
}

/* What EL0 needs to read it, beside EN. */
static uint64_t counter_right(const struct sysreg_row *row)
{
	return row->info.enc == SYSREG_ENC(3, 3, 9, 13, 0) ? USERENR_CR
							   : USERENR_ER;
}

static bool pmcntr_read(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t *val)
{
	unsigned int n = row_counter(cpu, row);

	if (denied(cpu, USERENR_EN | counter_right(row)) ||
	    !counter_exists(cpu, n))
		return false;
	sync_before(cpu);
	*val = pmu_value(cpu, n);
	return true;
}

static bool pmcntr_write(struct cpu *cpu, const struct sysreg_row *row,
			 uint64_t val)
{
	unsigned int n = row_counter(cpu, row);

	if (denied(cpu, USERENR_EN) || !counter_exists(cpu, n))
		return false;
	pmu_sync(cpu);
	pmu_set_value(cpu, n, val);
	return written(cpu);
}

static uint64_t pmcntr_get(const struct cpu *cpu, const struct sysreg_row *row)
{
	return cpu->pmu.model ? pmu_value(cpu, row_counter(cpu, row)) : 0;
}

static bool pmtype_read(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t *val)
{
	unsigned int n = row_counter(cpu, row);

	if (denied(cpu, USERENR_EN) || !counter_exists(cpu, n))
		return false;
	*val = cpu->sys.pmevtyper[n];
	return true;
}

static bool pmtype_write(struct cpu *cpu, const struct sysreg_row *row,
			 uint64_t val)
{
	unsigned int n = row_counter(cpu, row);

	if (denied(cpu, USERENR_EN) || !counter_exists(cpu, n))
		return false;
	pmu_sync(cpu);
	pmu_set_type(cpu, n, val);
	return written(cpu);
}

const struct sysreg_hooks hooks_pmcntr = {.read = pmcntr_read,
					  .write = pmcntr_write,
					  .get = pmcntr_get,
					  .trapped = true};
const struct sysreg_hooks hooks_pmtype = {
	.read = pmtype_read, .write = pmtype_write, .trapped = true};

/* ---- the others ---------------------------------------------------------- */

static bool pmswinc_write(struct cpu *cpu, const struct sysreg_row *row,
			  uint64_t val)
{
	if (denied(cpu, USERENR_EN | USERENR_SW))
		return false;
	pmu_sync(cpu);
	pmu_increment(cpu, val & pmu_valid(cpu));
	return written(cpu);
}

static void pmswinc_set(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t val)
{
}

static bool pmselr_read(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t *val)
{
	*val = cpu->sys.pmselr_el0 & SELR_SEL;
	return !denied(cpu, USERENR_EN | USERENR_ER);
}

static bool pmselr_write(struct cpu *cpu, const struct sysreg_row *row,
			 uint64_t val)
{
	if (denied(cpu, USERENR_EN | USERENR_ER))
		return false;
	cpu->sys.pmselr_el0 = val;
	return true;
}

static bool pmceid_read(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t *val)
{
	if (denied(cpu, USERENR_EN))
		return false;
	*val = pmu_events(cpu, SYSREG_OP2(row->info.enc) & 1);
	return true;
}

static bool pmuserenr_read(struct cpu *cpu, const struct sysreg_row *row,
			   uint64_t *val)
{
	*val = cpu->sys.pmuserenr_el0 & GENMASK(3, 0);
	return cpu->pmu.model;
}

static bool pmuserenr_write(struct cpu *cpu, const struct sysreg_row *row,
			    uint64_t val)
{
	cpu->sys.pmuserenr_el0 = val & GENMASK(3, 0);
	return cpu->pmu.model;
}

/*
 * KVM traps it and has nothing in it, with or without the feature; a core
 * before PMUv3.4 has no such register, and so nothing to trap.
 */
static bool pmmir_read(struct cpu *cpu, const struct sysreg_row *row,
		       uint64_t *val)
{
	const struct sysreg_row *id = sysreg_row_find(ENC_ID_AA64DFR0, NULL);
	uint64_t version =
		FIELD(cpu_model_id(cpu->env->model, &id->info), 11, 8);

	*val = 0;
	return version >= PMU_V3P4 && version != PMU_OTHER;
}

const struct sysreg_hooks hooks_pmmir = {.read = pmmir_read};
const struct sysreg_hooks hooks_pmswinc = {
	.write = pmswinc_write, .set = pmswinc_set, .trapped = true};
const struct sysreg_hooks hooks_pmselr = {
	.read = pmselr_read, .write = pmselr_write, .trapped = true};
const struct sysreg_hooks hooks_pmceid = {.read = pmceid_read, .trapped = true};
const struct sysreg_hooks hooks_pmuserenr = {
	.read = pmuserenr_read, .write = pmuserenr_write, .trapped = true};
