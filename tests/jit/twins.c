/* SPDX-License-Identifier: MIT */
/*
 * Two PEs that run the same program, see twins.h.
 *
 * The translator's has its pages forgotten one by one between programs, so that
 * its memory for code fills and is emptied in the middle of one.
 */
#include "twins.h"

#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/fault.h"
#include "cpu/engine.h"
#include "cpu/fp/fp.h"
#include "cpu/sve/sve.h"
#include "jit/engine-state.h"
#include "jit/jit.h"
#include "tests/check-often.h"
#include "tests/cpu/programs.h"

#define CODE_AT   (RAM_BASE + 0x400000)
#define DATA_AT   (RAM_BASE + 0x500000)
#define MAX_STEPS 200000

/* ---- the two ------------------------------------------------------------- */

/* A PE's memory twice, as it and as the test sees it: the host takes pages from
 * the first. */
static uint8_t *memory_new(uint8_t **view)
{
	int fd = memfd_create("twins", 0);
	uint8_t *ram;

	ck_assert_int_eq(ftruncate(fd, RAM_SIZE), 0);
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	*view = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert(ram != MAP_FAILED && *view != MAP_FAILED);
	close(fd);
	return ram;
}

/* Of data page @k: pages that meet are not neighbours in memory. */
static gpa_t page_at(unsigned int k)
{
	return DATA_AT + 4096 * (k * 5 % MIXED_DATA_PAGES);
}

/* What is said of data pages that are not simply memory. */
static uint64_t page_attrs(unsigned int k, gpa_t *pa)
{
	switch (k) {
	case 2: return PTE_DEFAULT | PTE_AP(3);          /* read-only */
	case 4: *pa = IPA_LIMIT / 2; return PTE_DEFAULT; /* no RAM: MMIO */
	case 6: return PTE_AF | PTE_ATTR(ATTR_DEVICE) | PTE_AP(1);
	case 11: *pa = ROM_BASE; return PTE_DEFAULT | PTE_AP(1);
	case 14: return 0; /* not mapped */
	default: return PTE_DEFAULT | PTE_AP(1);
	}
}

static void map_pages(struct env *e, struct space *lo)
{
	for (unsigned int k = 0; k < MIXED_CODE_PAGES; k++)
		space_map(e, lo, MIXED_CODE + 4096 * k, CODE_AT + 4096 * k, 3,
			  PTE_DEFAULT | PTE_AP(3));
	for (unsigned int k = 0; k < MIXED_DATA_PAGES; k++) {
		gpa_t pa = page_at(k);
		uint64_t attrs = page_attrs(k, &pa);

		if (attrs)
			space_map(e, lo, MIXED_DATA + 4096 * k, pa, 3, attrs);
	}
}

/* SVC ends the program; what else comes skips the instruction. */
static void put_vectors(struct env *e)
{
	static const uint32_t handler[] = {
		ASM_MSR(SYSREG_ENC(3, 0, 13, 0, 4), 16), /* TPIDR_EL1 */
		ASM_MRS(16, SYSREG_ENC(3, 0, 5, 2, 0)),  /* ESR_EL1 */
		0xd35afe10,                              /* LSR #26 */
		0xb27e0210, /* ORR #4: of AArch32's SVC, too */
		ASM_SUB_IMM(16, 16, 0x15),
		ASM_CBZ(16, 6),
		ASM_MRS(16, SYSREG_ENC(3, 0, 4, 0, 1)), /* ELR_EL1 */
		ASM_ADD_IMM(16, 16, 4),
		ASM_MSR(SYSREG_ENC(3, 0, 4, 0, 1), 16),
		ASM_MRS(16, SYSREG_ENC(3, 0, 13, 0, 4)),
		ASM_ERET,
		ASM_HVC(1),
	};

	for (unsigned int v = 0; v < 16; v++)
		memcpy(ram_at(e, VECTORS + v * 0x80), handler, sizeof(handler));
}

/* The translator, but one that says how often its own code faulted. */
static struct code_engine translator;
static struct cpu_env with_aarch32;
static uint64_t faults_in_code;

static bool count_fault(struct cpu *cpu, const void *ucontext)
{
	const struct jit *jit = cpu->engine_data;
	const ucontext_t *c = ucontext;

	faults_in_code +=
		c->uc_mcontext.gregs[REG_RIP] - (uintptr_t)jit->memory.run <
		jit->memory.size;
	return jit_engine.fault(cpu, ucontext);
}

void twins_new(struct twins *t)
{
	translator = jit_engine;
	translator.fault = count_fault;
	faults_in_code = 0;
	memset(t, 0, sizeof(*t));
	ck_assert_int_eq(fault_init(), 0);
	for (unsigned int k = 0; k < 2; k++) {
		struct env *e = env_new(cpu_domain_new());
		struct space lo, hi;

		/* Until now nothing was read of what all have in common. */
		e->ram = memory_new(&t->view[k]);
		with_aarch32 = *e->cpu.env;
		with_aarch32.aarch32 = true;
		e->cpu.env = &with_aarch32;
		cpu_reset(&e->cpu);
		mmu_on(e, &lo, &hi);
		map_pages(e, &lo);
		put_vectors(e);
		/* SA, SA0: alignment of SP is checked. */
		set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | BIT(3) | BIT(4));
		e->cpu.sys.cpacr_el1 = 3 << 20;
		t->e[k] = e;
		t->cpu[k] = &e->cpu;
	}
	ck_assert_int_eq(cpu_set_engine(t->cpu[0], &interp_engine), 0);
	ck_assert_int_eq(cpu_set_engine(t->cpu[1], &translator), 0);
	t->sys = t->cpu[0]->sys;
}

void twins_use_sve(struct twins *t, uint16_t lengths, uint64_t zcr)
{
	for (unsigned int k = 0; k < 2; k++)
		ck_assert_int_eq(cpu_set_sve(t->cpu[k], lengths), 0);
	t->sys.cpacr_el1 |= 3 << 16;
	t->sys.zcr_el1 = zcr;
	t->sve = true;
}

void twins_free(struct twins *t)
{
	for (unsigned int k = 0; k < 2; k++) {
		struct cpu_domain *dom = t->e[k]->dom;

		munmap(t->e[k]->ram, RAM_SIZE);
		munmap(t->view[k], RAM_SIZE);
		env_free(t->e[k]);
		cpu_domain_free(dom);
	}
}

/* ---- what is counted ----------------------------------------------------- */

#define NR_COUNTERS 3
/* INST_RETIRED, BR_RETIRED, MEM_ACCESS: all but the first by the block. */
static const uint8_t count_events[NR_COUNTERS] = {0x08, 0x21, 0x13};

void twins_count_time(struct twins *t, const char *core)
{
	for (unsigned int k = 0; k < 2; k++)
		cpu_set_costs(t->cpu[k], cpu_costs_find(core));
}

void twins_count_classes(struct twins *t)
{
	for (unsigned int k = 0; k < 2; k++)
		cpu_set_class_cycles(t->cpu[k], t->classes[k]);
}

void twins_count_events(struct twins *t, bool per_block)
{
	static struct cpu_pmu_model model = {.counters = NR_COUNTERS,
					     .type_bits = 0xffff};

	for (unsigned int k = 0; k < 2; k++)
		cpu_set_pmu(t->cpu[k], &model);
	t->counters = per_block ? BIT(NR_COUNTERS) - 1 : 1;
}

static void counters_start(struct env *e, uint32_t counters)
{
	set_sys(e, SYSREG_ENC(3, 3, 9, 12, 2), ~UINT64_C(0)); /* PMCNTENCLR */
	set_sys(e, SYSREG_ENC(3, 3, 9, 12, 1), counters);
	for (unsigned int n = 0; n < NR_COUNTERS; n++) /* PMEVTYPER<n> */
		set_sys(e, SYSREG_ENC(3, 3, 14, 12, n), count_events[n]);
	/* PMCR: on, and from zero */
	set_sys(e, SYSREG_ENC(3, 3, 9, 12, 0), 3);
	cpu_pmu_reload(&e->cpu);
}

static uint64_t counter_get(const struct cpu *cpu, unsigned int n)
{
	return cpu_sysreg_get(cpu, SYSREG_ENC(3, 3, 14, 8, n));
}

/* ---- what the host takes ------------------------------------------------- */

static uint8_t *data_view(const struct twins *t, unsigned int k)
{
	return t->view[k] + (DATA_AT - RAM_BASE);
}

/* What is in the TLBs stays there. */
static void protect(struct twins *t, unsigned int page, int prot)
{
	for (unsigned int k = 0; k < 2; k++)
		CHECK_OFTEN(
			!mprotect(ram_at(t->e[k], page_at(page)), 4096, prot));
}

static void protect_some(struct twins *t)
{
	static const int prots[] = {PROT_NONE, PROT_READ};

	/* Mostly where accesses go. */
	t->protected = gen_below(4) ? 7 + gen_below(2)
				    : 1 + gen_below(MIXED_DATA_PAGES - 1);
	protect(t, t->protected, prots[gen_below(2)]);
}

void twins_take_page(struct twins *t, unsigned int page)
{
	t->protected = page;
	protect(t, page, PROT_NONE);
}

static void unprotect(struct twins *t)
{
	if (t->protected)
		protect(t, t->protected, PROT_READ | PROT_WRITE);
	t->protected = 0;
}

/* ---- a program ----------------------------------------------------------- */

static void load_sve(struct twins *t, const struct mixed *m)
{
	static struct diff_sve sve;
	struct diff_state in = m->in;

	for (unsigned int k = 0; k < 2; k++)
		sve_zcr_changed(t->cpu[k]);
	gen_state_sve(&sve, &in, GEN_SVE_FP, sve_vl(t->cpu[0]));
	for (unsigned int k = 0; k < 2; k++) {
		for (unsigned int n = 0; n < 32; n++)
			sve_z_set(t->cpu[k], n, sve.z[n]);
		for (unsigned int n = 0; n < 17; n++)
			sve_p_set(t->cpu[k], n, sve.p[n]);
	}
}

static void load(struct twins *t, const struct mixed *m)
{
	for (unsigned int k = 0; k < 2; k++) {
		struct env *e = t->e[k];
		struct cpu *cpu = t->cpu[k];

		memcpy(ram_at(e, CODE_AT), m->words, sizeof(m->words));
		memcpy(data_view(t, k), m->data, sizeof(m->data));
		for (unsigned int n = 0; n < MIXED_CODE_PAGES; n++)
			block_invalidate_page(cpu, CODE_AT + 4096 * n);
		cpu->sys = t->sys;
		cpu_set_pstate(cpu,
			       m->in.nzcv | m->pstate | (m->el0 ? 0 : 0x3c5));
		memcpy(cpu->x, m->in.x, sizeof(m->in.x));
		cpu_set_sp(cpu, 0, m->in.sp);
		cpu_set_sp(cpu, 1, m->in.sp);
		memcpy(cpu->vreg, m->in.v, sizeof(m->in.v));
		fp_write_fpcr(cpu, m->in.fpcr);
		fp_write_fpsr(cpu, m->in.fpsr);
		cpu->excl_valid = false;
		cpu->pc = MIXED_CODE + 4 * m->start;
		tlb_flush_all(cpu);
		if (t->counters)
			counters_start(e, t->counters);
	}
	if (t->sve)
		load_sve(t, m);
}

/* ---- comparison ---------------------------------------------------------- */

static const char *sve_difference(const struct cpu *a, const struct cpu *b)
{
	uint8_t z[2][SVE_MAX_VL];

	for (unsigned int n = 0; n < 32; n++) {
		cpu_sve_get_z(a, n, z[0]);
		cpu_sve_get_z(b, n, z[1]);
		if (memcmp(z[0], z[1], sizeof(z[0])) != 0)
			return "a register of SVE";
	}
	if (memcmp(a->sve->p, b->sve->p, sizeof(a->sve->p)) != 0)
		return "a predicate";
	return NULL;
}

static const char *difference(const struct twins *t)
{
	const struct cpu *a = t->cpu[0], *b = t->cpu[1];
	const char *what = cpu_difference(a, b);

	if (!what && t->sve)
		what = sve_difference(a, b);

	if (what)
		return what;
	if (a->cycles != b->cycles || a->charged != b->charged)
		return "time";
	if (memcmp(t->classes[0], t->classes[1], sizeof(t->classes[0])))
		return "time by class";
	for (unsigned int n = 0; t->counters && n < NR_COUNTERS; n++)
		if (counter_get(a, n) != counter_get(b, n))
			return "a counter";
	if (a->exit.reason == CPU_EXIT_MMIO &&
	    (a->exit.mmio.gpa != b->exit.mmio.gpa ||
	     a->exit.mmio.data != b->exit.mmio.data ||
	     a->exit.mmio.len != b->exit.mmio.len ||
	     a->exit.mmio.write != b->exit.mmio.write ||
	     a->exit.mmio.rt != b->exit.mmio.rt))
		return "an MMIO access";
	if (a->exit.reason == CPU_EXIT_NISV &&
	    (a->exit.nisv.gpa != b->exit.nisv.gpa ||
	     a->exit.nisv.iss != b->exit.nisv.iss))
		return "an access without syndrome";
	/* Which byte of an access it was is the host's business. */
	if (a->exit.reason == CPU_EXIT_HOST_FAULT &&
	    ((uint8_t *)a->exit.host_addr - t->e[0]->ram) / 4096 !=
		    ((uint8_t *)b->exit.host_addr - t->e[1]->ram) / 4096)
		return "the page of a host fault";
	if (memcmp(data_view(t, 0), data_view(t, 1), MIXED_DATA_PAGES * 4096))
		return "memory";
	return NULL;
}

static void show_registers(const struct cpu *a, const struct cpu *b)
{
	for (unsigned int k = 0; k <= REG_SP; k++)
		if (a->x[k] != b->x[k])
			fprintf(stderr, "  x%u %016llx, translated %016llx\n",
				k, (unsigned long long)a->x[k],
				(unsigned long long)b->x[k]);
	for (unsigned int k = 0; k < 32; k++)
		if (memcmp(&a->vreg[k], &b->vreg[k], 16))
			fprintf(stderr,
				"  v%u %016llx_%016llx, translated "
				"%016llx_%016llx\n",
				k, (unsigned long long)a->vreg[k].d[1],
				(unsigned long long)a->vreg[k].d[0],
				(unsigned long long)b->vreg[k].d[1],
				(unsigned long long)b->vreg[k].d[0]);
	fprintf(stderr,
		"  nzcv %x %x, pc %llx %llx, fpsr %x %x, cycles %llu %llu, "
		"exit %d %d\n",
		get_nzcv(a) >> 28, get_nzcv(b) >> 28, (unsigned long long)a->pc,
		(unsigned long long)b->pc, cpu_fpsr(a), cpu_fpsr(b),
		(unsigned long long)a->cycles, (unsigned long long)b->cycles,
		a->exit.reason, b->exit.reason);
}

/* What ran since @from, as far as one can tell. */
static void show_code(const struct twins *t, const struct mixed *m,
		      uint64_t from)
{
	unsigned int k = (from - MIXED_CODE) / 4;

	for (unsigned int n = 0; n < 64 && k + n < MIXED_WORDS - 1; n++) {
		uint64_t pc = MIXED_CODE + 4 * (k + n);
		char text[96];

		insn_disassemble(m->words[k + n], pc, text, sizeof(text));
		fprintf(stderr, "  %llx %08x %s\n", (unsigned long long)pc,
			m->words[k + n], text);
		if (pc == t->cpu[0]->pc || !m->words[k + n + 1])
			break;
	}
}

static void check_same(const struct twins *t, const struct mixed *m,
		       uint64_t from)
{
	const char *what = difference(t);

	if (!what)
		return;
	show_registers(t->cpu[0], t->cpu[1]);
	if (from >= MIXED_CODE && from < MIXED_CODE + 4 * MIXED_WORDS)
		show_code(t, m, from);
	ck_abort_msg("%s differs after %llu steps, from %llx on, mode %d", what,
		     (unsigned long long)t->steps, (unsigned long long)from,
		     t->mode);
}

/* ---- steps --------------------------------------------------------------- */

/* Where to stop: behind the block that comes next. False: there is none, but
 * an exception was taken. */
static bool stop_behind_block(struct cpu *cpu)
{
	const struct block *b;

	cpu->leave = false;
	b = block_lookup(cpu);
	if (!b)
		return false;
	cpu_stop_at(cpu, cpu->cycles + b->cost);
	return true;
}

static void step(struct twins *t, enum twins_mode mode)
{
	unsigned int cycles = 1 + gen_below(97);
	/* Else softfloat does the first operation of each step. */
	bool enter = gen_below(8);

	for (unsigned int k = 0; k < 2; k++) {
		struct cpu *cpu = t->cpu[k];

		cpu_stop_at(cpu, mode == TWINS_STOPS ? cpu->cycles + cycles
						     : UINT64_MAX);
		/* Nothing is left of the stop before, which may be further on
		 * for one than for the other. */
		cpu->look = 0;
		if (mode == TWINS_BLOCKS && !stop_behind_block(cpu)) {
			cpu_leave(cpu, CPU_EXIT_TIME);
		} else {
			if (enter)
				fp_enter(cpu);
			cpu_run(cpu);
		}
		/* Of hardware's it is the hypervisor's ERET that clears it; when
		 * a store does that whose access faults, is open. */
		if (cpu->exit.reason == CPU_EXIT_HOST_FAULT)
			cpu->excl_valid = false;
	}
}

/* Do what a VMM would. False: the program is over. */
static bool answer(struct twins *t)
{
	uint64_t data = gen_random();

	if (t->cpu[0]->exit.reason == CPU_EXIT_HOST_FAULT) {
		t->host_faults = faults_in_code;
		unprotect(t);
	}
	for (unsigned int k = 0; k < 2; k++) {
		struct cpu *cpu = t->cpu[k];

		switch (cpu->exit.reason) {
		case CPU_EXIT_TIME: break;
		case CPU_EXIT_MMIO: cpu_mmio_complete(cpu, data); break;
		case CPU_EXIT_NISV: cpu->pc += 4; break;
		/* Again, or on without it. */
		case CPU_EXIT_HOST_FAULT: cpu->pc += data & 4; break;
		default:
			ck_assert_int_eq(cpu->exit.reason, CPU_EXIT_HVC);
			return false;
		}
	}
	return true;
}

void twins_run(struct twins *t, const struct mixed *m, enum twins_mode mode)
{
	uint64_t from, began;
	unsigned int n = 0;

	t->mode = mode;
	load(t, m);
	began = t->cpu[0]->cycles;
	do {
		CHECK_OFTEN(n++ < MAX_STEPS);
		from = t->cpu[0]->pc;
		if (!t->protected && !gen_below(4))
			protect_some(t);
		step(t, mode);
		t->steps++;
		check_same(t, m, from);
	} while (answer(t));
	unprotect(t);
	t->instructions += t->cpu[0]->cycles - began;
}
