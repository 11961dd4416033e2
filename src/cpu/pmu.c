/* SPDX-License-Identifier: MIT */
/*
 * Performance counters (FEAT_PMUv3, Arm ARM D13): what counts, by how much, and
 * when it overflows. The registers are in pmu-regs.c.
 *
 * CPU_CYCLES are a PE's local time (cpu->cycles), without costs one for each
 * instruction: the same program gives the same number, and time that the host
 * spends elsewhere is none of the guest's. Local time is counted by the block
 * anyway; a counter gets the difference when somebody looks, and before the EL
 * changes, so counting cycles costs nothing, and without costs instructions
 * neither. Where a block is left early what it did not do is taken back.
 * Branches and accesses, with costs instructions as well, are counted from
 * block to block, and then every block is entered by the run loop.
 *
 * As under KVM a counter is set up with a type, a value and whether it counts,
 * when the guest writes one of these; what user space writes lies in the
 * registers until then.
 */
#include "cpu/pmu.h"

#include "cpu/exec.h"

#define EVENT_SW_INCR      0x00
#define EVENT_INST_RETIRED 0x08
#define EVENT_EXC_TAKEN    0x09
#define EVENT_EXC_RETURN   0x0a
#define EVENT_CPU_CYCLES   0x11
#define EVENT_MEM_ACCESS   0x13
#define EVENT_CHAIN        0x1e
#define EVENT_BR_RETIRED   0x21

#define EVENT_BITS GENMASK(15, 0)

/* Of a counter's type. P and NSK, U and NSU: not at EL1, EL0 if they differ. */
#define TYPE_P   BIT(31)
#define TYPE_U   BIT(30)
#define TYPE_NSK BIT(29)
#define TYPE_NSU BIT(28)

static const struct {
	uint8_t event, kind;
} events[] = {
	{EVENT_SW_INCR, PMU_NOTHING},     {EVENT_INST_RETIRED, PMU_INSNS},
	{EVENT_EXC_TAKEN, PMU_EXC_TAKEN}, {EVENT_EXC_RETURN, PMU_EXC_RETURN},
	{EVENT_CPU_CYCLES, PMU_CYCLES},   {EVENT_MEM_ACCESS, PMU_ACCESSES},
	{EVENT_CHAIN, PMU_NOTHING},       {EVENT_BR_RETIRED, PMU_BRANCHES},
};

/* ---- what there is ------------------------------------------------------- */

unsigned int pmu_nr_events(const struct cpu *cpu)
{
	return atomic_load_explicit(&cpu->pmu.model->counters,
				    memory_order_relaxed);
}

uint32_t pmu_valid(const struct cpu *cpu)
{
	return BIT(PMU_CYCLE) | (BIT(pmu_nr_events(cpu)) - 1);
}

static uint32_t event_mask(const struct cpu *cpu)
{
	return atomic_load_explicit(&cpu->pmu.model->type_bits,
				    memory_order_relaxed) &
	       EVENT_BITS;
}

static bool event_allowed(const struct cpu *cpu, uint32_t event)
{
	const uint64_t *filter = atomic_load(&cpu->pmu.model->filter);

	return !filter || (filter[event / 64] >> event % 64 & 1);
}

uint64_t pmu_events(const struct cpu *cpu, unsigned int n)
{
	uint64_t val = 0;

	for (size_t k = 0; k < ARRAY_SIZE(events); k++)
		if (events[k].event / 32 == n &&
		    event_allowed(cpu, events[k].event))
			val |= BIT(events[k].event % 32);
	return val;
}

static bool is_wide(const struct cpu *cpu, unsigned int n)
{
	return n == PMU_CYCLE || atomic_load_explicit(&cpu->pmu.model->wide,
						      memory_order_relaxed);
}

/* Overflows from bit 63, not from bit 31. */
static bool overflows_wide(const struct cpu *cpu, unsigned int n)
{
	return cpu->sys.pmcr_el0 & (n == PMU_CYCLE ? PMCR_LC : PMCR_LP);
}

uint64_t pmu_value(const struct cpu *cpu, unsigned int n)
{
	uint64_t val = cpu->sys.pmevcntr[n] + cpu->pmu.count[n];

	return is_wide(cpu, n) ? val : (uint32_t)val;
}

/* ---- overflow ------------------------------------------------------------ */

static void increment(struct cpu *cpu, uint32_t mask, uint32_t event);

/* The interrupt is the run loop's, at the next block. */
static void overflow(struct cpu *cpu, unsigned int n)
{
	cpu->sys.pmovs |= BIT(n);
	cpu->look = 0;
	if (!(n & 1) && n + 1 < PMU_CYCLE && !overflows_wide(cpu, n))
		increment(cpu, BIT(n + 1), EVENT_CHAIN);
}

/* Counters of @mask that count @event, one that no instruction makes. */
static void increment(struct cpu *cpu, uint32_t mask, uint32_t event)
{
	uint32_t types = event_mask(cpu);

	if (!(cpu->sys.pmcr_el0 & PMCR_E))
		return;
	mask &= cpu->sys.pmcnten;
	for (unsigned int n = 0; n < PMU_CYCLE; n++) {
		uint64_t val;

		if (!(mask & BIT(n)) ||
		    (cpu->sys.pmevtyper[n] & types) != event)
			continue;
		val = cpu->sys.pmevcntr[n] + 1;
		if (!is_wide(cpu, n))
			val = (uint32_t)val;
		cpu->sys.pmevcntr[n] = val;
		if (!(overflows_wide(cpu, n) ? val : (uint32_t)val))
			overflow(cpu, n);
	}
}

void pmu_increment(struct cpu *cpu, uint32_t mask)
{
	increment(cpu, mask, EVENT_SW_INCR);
}

/* How much more until it overflows; 0 stands for 2^64. */
static uint64_t counter_left(const struct cpu *cpu, unsigned int n)
{
	uint64_t left = -pmu_value(cpu, n);

	if (overflows_wide(cpu, n) && is_wide(cpu, n))
		return left;
	return (uint32_t)left ?: BIT(32);
}

static void counter_add(struct cpu *cpu, unsigned int n, uint64_t add)
{
	uint64_t left = counter_left(cpu, n);

	cpu->pmu.count[n] += add;
	if (left && add >= left)
		overflow(cpu, n);
}

/*
 * With costs an instruction takes a cycle or more and is one event of a kind at
 * most, so nothing overflows earlier than so many cycles from now. Without, the
 * other kinds are looked at from block to block.
 */
static bool is_close(const struct cpu *cpu, enum pmu_kind kind)
{
	switch (kind) {
	case PMU_INSNS:
	case PMU_CYCLES: return true;
	case PMU_BRANCHES:
	case PMU_ACCESSES: return cpu->costs;
	default: return false;
	}
}

uint64_t pmu_headroom(const struct cpu *cpu, uint64_t max)
{
	const struct cpu_pmu *p = &cpu->pmu;

	for (uint32_t mask = p->active; mask; mask &= mask - 1) {
		unsigned int n = __builtin_ctz(mask);
		uint64_t left = counter_left(cpu, n);

		if (is_close(cpu, p->kind[n]) && left && left < max)
			max = left;
	}
	return max;
}

static void drive(struct cpu *cpu)
{
	bool level = (cpu->sys.pmcr_el0 & PMCR_E) &&
		     (cpu->sys.pmovs & cpu->sys.pminten);

	if (level == cpu->pmu.level)
		return;
	cpu->pmu.level = level;
	if (cpu->env->pmu_level)
		cpu->env->pmu_level(cpu, level);
}

/* ---- counting ------------------------------------------------------------ */

static void count(struct cpu *cpu, const uint64_t seen[NR_PMU_KINDS])
{
	struct cpu_pmu *p = &cpu->pmu;

	for (uint32_t mask = p->active; mask; mask &= mask - 1) {
		unsigned int n = __builtin_ctz(mask);

		if (p->els[n] >> cpu->el & 1)
			counter_add(cpu, n, seen[p->kind[n]]);
	}
}

static void rebase(struct cpu *cpu)
{
	struct cpu_pmu *p = &cpu->pmu;

	p->cycles_seen = cpu->cycles;
	p->charged_seen = cpu->charged;
	p->insns = p->branches = p->accesses = 0;
}

void pmu_sync(struct cpu *cpu)
{
	const struct cpu_pmu *p = &cpu->pmu;
	uint64_t cycles = cpu->cycles - p->cycles_seen;
	const uint64_t seen[NR_PMU_KINDS] = {
		[PMU_INSNS] =
			cpu->costs ? p->insns
				   : cycles - (cpu->charged - p->charged_seen),
		[PMU_CYCLES] = cycles,
		[PMU_BRANCHES] = p->branches,
		[PMU_ACCESSES] = p->accesses,
	};

	rebase(cpu);
	count(cpu, seen);
}

void pmu_update(struct cpu *cpu)
{
	pmu_sync(cpu);
	drive(cpu);
}

void pmu_exception(struct cpu *cpu, enum pmu_kind kind)
{
	uint64_t seen[NR_PMU_KINDS] = {0};

	pmu_sync(cpu);
	seen[kind] = 1;
	count(cpu, seen);
}

/* ---- setting up ---------------------------------------------------------- */

static bool counter_enabled(const struct cpu *cpu, unsigned int n)
{
	return (cpu->sys.pmcr_el0 & PMCR_E) && (cpu->sys.pmcnten & BIT(n));
}

/* Does anything have to be looked at block by block? */
static void actives_changed(struct cpu *cpu)
{
	struct cpu_pmu *p = &cpu->pmu;

	p->per_block = false;
	for (uint32_t mask = p->active; mask; mask &= mask - 1) {
		unsigned int n = __builtin_ctz(mask);

		if (p->kind[n] == PMU_BRANCHES || p->kind[n] == PMU_ACCESSES ||
		    (p->kind[n] == PMU_INSNS && cpu->costs))
			p->per_block = true;
	}
	counted_update(cpu);
}

void pmu_costs_changed(struct cpu *cpu)
{
	actives_changed(cpu);
	rebase(cpu);
}

/* What was counted is in the register, and nothing is set up any more. */
static void counter_close(struct cpu *cpu, unsigned int n)
{
	cpu->sys.pmevcntr[n] = pmu_value(cpu, n);
	cpu->pmu.count[n] = 0;
	cpu->pmu.open &= ~BIT(n);
	cpu->pmu.active &= ~BIT(n);
}

static uint8_t event_kind(const struct cpu *cpu, uint32_t event)
{
	if (event_allowed(cpu, event))
		for (size_t k = 0; k < ARRAY_SIZE(events); k++)
			if (events[k].event == event)
				return events[k].kind;
	return PMU_NOTHING;
}

static void counter_open(struct cpu *cpu, unsigned int n)
{
	uint64_t type = cpu->sys.pmevtyper[n];
	uint32_t event =
		n == PMU_CYCLE ? EVENT_CPU_CYCLES : type & event_mask(cpu);
	struct cpu_pmu *p = &cpu->pmu;

	if (p->open & BIT(n))
		counter_close(cpu, n);
	p->kind[n] = event_kind(cpu, event);
	if (p->kind[n] != PMU_NOTHING) {
		p->els[n] = (!(type & TYPE_U) == !(type & TYPE_NSU)) << 0 |
			    (!(type & TYPE_P) == !(type & TYPE_NSK)) << 1;
		p->open |= BIT(n);
		if (counter_enabled(cpu, n))
			p->active |= BIT(n);
	}
	actives_changed(cpu);
}

void pmu_set_value(struct cpu *cpu, unsigned int n, uint64_t val)
{
	counter_close(cpu, n);
	cpu->sys.pmevcntr[n] = val;
	counter_open(cpu, n);
}

void pmu_set_type(struct cpu *cpu, unsigned int n, uint64_t val)
{
	cpu->sys.pmevtyper[n] = val & atomic_load(&cpu->pmu.model->type_bits);
	counter_open(cpu, n);
}

void pmu_start(struct cpu *cpu, uint32_t mask)
{
	if (!(cpu->sys.pmcr_el0 & PMCR_E))
		return;
	for (unsigned int n = 0; n < PMU_COUNTERS; n++) {
		if (!(mask & BIT(n)))
			continue;
		if (cpu->pmu.open & BIT(n))
			cpu->pmu.active |= BIT(n);
		else
			counter_open(cpu, n);
	}
	actives_changed(cpu);
}

void pmu_stop(struct cpu *cpu, uint32_t mask)
{
	cpu->pmu.active &= ~mask;
	actives_changed(cpu);
}

void pmu_control(struct cpu *cpu, uint64_t pmcr)
{
	uint32_t valid = pmu_valid(cpu);

	if (!atomic_load(&cpu->pmu.model->wide))
		pmcr &= ~PMCR_LP;
	cpu->sys.pmcr_el0 = pmcr & ~(PMCR_C | PMCR_P);
	if (pmcr & PMCR_E)
		pmu_start(cpu, cpu->sys.pmcnten);
	else
		pmu_stop(cpu, cpu->sys.pmcnten);
	if (pmcr & PMCR_C)
		pmu_set_value(cpu, PMU_CYCLE, 0);
	for (unsigned int n = 0; (pmcr & PMCR_P) && n < PMU_CYCLE; n++)
		if (valid & BIT(n))
			pmu_set_value(cpu, n, 0);
}

/* ---- from outside -------------------------------------------------------- */

void cpu_set_pmu(struct cpu *cpu, const struct cpu_pmu_model *model)
{
	cpu->pmu.model = model;
}

void cpu_pmu_reload(struct cpu *cpu)
{
	uint32_t valid = pmu_valid(cpu);

	pmu_sync(cpu);
	pmu_control(cpu, cpu->sys.pmcr_el0);
	cpu->sys.pmovs &= valid;
	cpu->sys.pminten &= valid;
	cpu->sys.pmcnten &= valid;
}

void cpu_pmu_update(struct cpu *cpu)
{
	drive(cpu);
}

/* The rows have given everything the value that Linux calls unknown. */
void pmu_reset(struct cpu *cpu)
{
	struct cpu_sysregs *s = &cpu->sys;
	struct cpu_pmu *p = &cpu->pmu;
	uint32_t valid, types;

	p->active = p->open = 0;
	p->per_block = false;
	counted_update(cpu);
	for (unsigned int n = 0; n < PMU_COUNTERS; n++)
		p->count[n] = 0;
	if (!p->model)
		return;
	valid = pmu_valid(cpu);
	types = atomic_load(&p->model->type_bits);
	s->pmcr_el0 = p->model->no_aarch32 ? PMCR_LC : 0;
	s->pmcnten &= valid;
	s->pminten &= valid;
	s->pmovs &= valid;
	s->pmselr_el0 &= GENMASK(4, 0);
	for (unsigned int n = 0; n < PMU_CYCLE; n++) {
		s->pmevcntr[n] = (uint32_t)s->pmevcntr[n];
		s->pmevtyper[n] &= types;
	}
}
