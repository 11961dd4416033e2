/* SPDX-License-Identifier: MIT */
/*
 * The translator in lock-step with the interpreter where an address is the
 * host's (struct cpu_flat): random programs (mixed.h), with pages that are
 * read-only or not there, and tags in addresses. Both PEs have the same
 * memory, so its content is exchanged for each step.
 *
 * FAUXKVM_LOCKSTEP is the number of instructions of each group,
 * FAUXKVM_LOCKSTEP_SEED names the series.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/fault.h"
#include "cpu/bodies.h"
#include "cpu/engine.h"
#include "jit/engine-state.h"
#include "jit/jit.h"
#include "mixed.h"
#include "tests/check-main.h"
#include "tests/cpu/programs.h"

#define DATA_SIZE (MIXED_DATA_PAGES * 4096)
#define CODE_SIZE (MIXED_CODE_PAGES * 4096)
#define MAX_STEPS 200000
#define SVC_EC    0x15

static struct cpu *cpu[2];
static struct cpu_domain *domain[2];
static uint8_t *view; /* of the memory, to write whatever it allows */
static uint8_t *content[2];
static unsigned int protected; /* a page of data, now; 0: none */
static uint64_t faults_in_code, steps, instructions;
static uint64_t wanted = 30000;

/* ---- the two ------------------------------------------------------------- */

static bool executable(struct cpu *c, gva_t va)
{
	(void)c;
	return va - MIXED_CODE < CODE_SIZE;
}

static const struct cpu_flat flat = {
	.bodies = &mem_flat_bodies,
	.executable = executable,
};
static const struct cpu_env flat_env = {.flat = &flat};

static struct code_engine translator;

static bool count_fault(struct cpu *c, const void *ucontext)
{
	bool in_code = jit_engine.fault(c, ucontext);

	faults_in_code += in_code;
	return in_code;
}

static void memory_map(void)
{
	int fd = memfd_create("flat", 0);
	void *p;

	ck_assert_int_eq(ftruncate(fd, DATA_SIZE), 0);
	p = mmap((void *)MIXED_DATA, DATA_SIZE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	ck_assert_ptr_eq(p, (void *)MIXED_DATA);
	view = mmap(NULL, DATA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(view, MAP_FAILED);
	close(fd);
	p = mmap((void *)MIXED_CODE, CODE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	ck_assert_ptr_eq(p, (void *)MIXED_CODE);
	for (unsigned int k = 0; k < 2; k++)
		content[k] = malloc(DATA_SIZE);
}

/* Page 2 is read-only, page 14 is not there. */
static int page_prot(unsigned int page)
{
	return page == 2    ? PROT_READ
	       : page == 14 ? PROT_NONE
			    : PROT_READ | PROT_WRITE;
}

static void page_protect(unsigned int page, int prot)
{
	ck_assert_int_eq(
		mprotect((void *)(MIXED_DATA + 4096 * page), 4096, prot), 0);
}

static struct cpu *cpu_make(struct cpu_domain *dom,
			    const struct code_engine *engine)
{
	struct cpu *c = aligned_alloc(64, ALIGN_UP(sizeof(*c), 64));

	ck_assert_int_eq(cpu_init(c, dom, &flat_env, NULL), 0);
	ck_assert_int_eq(cpu_set_engine(c, engine), 0);
	cpu_sysreg_set(c, ENC_SCTLR, BIT(4) | BIT(14) | BIT(15) | BIT(26));
	cpu_sysreg_set(c, SYSREG_ENC(3, 0, 1, 0, 2), 3 << 20);
	cpu_set_pstate(c, 0);
	/* Without costs what a fault takes back is not counted. */
	cpu_set_costs(c, cpu_costs_find("cortex-a72"));
	return c;
}

static void setup(void)
{
	const char *seed = getenv("FAUXKVM_LOCKSTEP_SEED");
	const char *count = getenv("FAUXKVM_LOCKSTEP");

	gen_seed(seed ? strtoull(seed, NULL, 0) : 1);
	if (count)
		wanted = strtoull(count, NULL, 0);
	ck_assert_int_eq(fault_init(), 0);
	translator = jit_engine;
	translator.fault = count_fault;
	jit_set_threshold(1);
	memory_map();
	for (unsigned int page = 0; page < MIXED_DATA_PAGES; page++)
		page_protect(page, page_prot(page));
	for (unsigned int k = 0; k < 2; k++) {
		domain[k] = cpu_domain_new();
		cpu[k] = cpu_make(domain[k], k ? &translator : &interp_engine);
	}
}

static void teardown(void)
{
	for (unsigned int k = 0; k < 2; k++) {
		cpu_destroy(cpu[k]);
		free(cpu[k]);
		cpu_domain_free(domain[k]);
		free(content[k]);
	}
	munmap(view, DATA_SIZE);
	munmap((void *)MIXED_DATA, DATA_SIZE);
	munmap((void *)MIXED_CODE, CODE_SIZE);
}

/* ---- a program ----------------------------------------------------------- */

/* Half of the addresses get a tag, which EL0 need not care for. */
static void put_tags(struct mixed *m)
{
	for (unsigned int k = 0; k < 31; k++)
		if (m->in.x[k] - MIXED_DATA < DATA_SIZE && gen_below(2))
			m->in.x[k] |= gen_random() << 56;
}

/* Programs only read it. */
static void code_write(const struct mixed *m)
{
	void *code = (void *)MIXED_CODE;

	ck_assert_int_eq(mprotect(code, CODE_SIZE, PROT_READ | PROT_WRITE), 0);
	memcpy(code, m->words, sizeof(m->words));
	ck_assert_int_eq(mprotect(code, CODE_SIZE, PROT_READ), 0);
}

static void load(const struct mixed *m)
{
	code_write(m);
	for (unsigned int k = 0; k < 2; k++) {
		struct cpu *c = cpu[k];

		memcpy(content[k], m->data, sizeof(m->data));
		for (unsigned int n = 0; n < MIXED_CODE_PAGES; n++)
			block_invalidate_page(c, MIXED_CODE + 4096 * n);
		cpu_set_pstate(c, m->in.nzcv);
		memcpy(c->x, m->in.x, sizeof(m->in.x));
		c->x[REG_SP] = m->in.sp;
		memcpy(c->vreg, m->in.v, sizeof(m->in.v));
		fp_write_fpcr(c, m->in.fpcr);
		fp_write_fpsr(c, m->in.fpsr);
		c->excl_valid = false;
		c->pc = MIXED_CODE + 4 * m->start;
	}
}

/* Elements of structures are stored in no particular order, so it may be any of
 * them in the page. */
static bool same_address(gva_t pc, const void *a, const void *b)
{
	const struct insn_row *row;
	struct insn i;

	row = insn_decode(*(const uint32_t *)pc, &i);
	if (row && row->class == INSN_VLDST)
		return (uintptr_t)a / 4096 == (uintptr_t)b / 4096;
	return a == b;
}

/* A store that faults may have stored a part of what it would have, as one across
 * pages does: no more than a structure's bytes away from where it faulted. */
static bool memory_differs(void)
{
	const uint64_t at = (uint64_t)cpu[0]->exit.host_addr - MIXED_DATA;

	if (!memcmp(content[0], content[1], DATA_SIZE))
		return false;
	if (cpu[0]->exit.reason != CPU_EXIT_HOST_FAULT)
		return true;
	for (uint64_t k = 0; k < DATA_SIZE; k++)
		if (content[0][k] != content[1][k] && k + 64 - at > 128)
			return true;
	memcpy(content[1], content[0], DATA_SIZE);
	return false;
}

static const char *difference(void)
{
	const struct cpu *a = cpu[0], *b = cpu[1];
	const char *what = cpu_difference(a, b);

	if (what)
		return what;
	if (a->cycles != b->cycles)
		return "time";
	if (a->exit.reason == CPU_EXIT_SYNC &&
	    a->exit.sync.esr != b->exit.sync.esr)
		return "an exception";
	if (a->exit.reason == CPU_EXIT_HOST_FAULT &&
	    (!same_address(a->pc, a->exit.host_addr, b->exit.host_addr) ||
	     a->exit.host_sig != b->exit.host_sig ||
	     a->exit.host_code != b->exit.host_code))
		return "a host fault";
	if (memory_differs())
		return "memory";
	return NULL;
}

static void show(const struct mixed *m, uint64_t from)
{
	const struct cpu *a = cpu[0], *b = cpu[1];
	char text[96];

	for (unsigned int k = 0; k <= REG_SP; k++)
		if (a->x[k] != b->x[k])
			fprintf(stderr, "  x%u %016llx, translated %016llx\n",
				k, (unsigned long long)a->x[k],
				(unsigned long long)b->x[k]);
	fprintf(stderr, "  nzcv %x %x, pc %llx %llx, exit %d %d\n",
		get_nzcv(a) >> 28, get_nzcv(b) >> 28, (unsigned long long)a->pc,
		(unsigned long long)b->pc, a->exit.reason, b->exit.reason);
	fprintf(stderr, "  fpcr %x %x, fpsr %x %x\n", a->fpcr, b->fpcr,
		cpu_fpsr(a), cpu_fpsr(b));
	fprintf(stderr, "  cycles %llu %llu, esr %llx %llx, far %llx %llx\n",
		(unsigned long long)a->cycles, (unsigned long long)b->cycles,
		(unsigned long long)a->exit.sync.esr,
		(unsigned long long)b->exit.sync.esr,
		(unsigned long long)a->exit.sync.far,
		(unsigned long long)b->exit.sync.far);
	for (uint64_t pc = from; pc < from + 128; pc += 4) {
		unsigned int k = (pc - MIXED_CODE) / 4;

		if (k >= MIXED_WORDS || !m->words[k])
			break;
		insn_disassemble(m->words[k], pc, text, sizeof(text));
		fprintf(stderr, "  %llx %08x %s\n", (unsigned long long)pc,
			m->words[k], text);
	}
}

static void stop_behind_block(struct cpu *c)
{
	const struct block *b;

	c->leave = false;
	b = block_lookup(c);
	cpu_stop_at(c, b ? c->cycles + b->cost : UINT64_MAX);
}

/* @mode 0: by the block; 1: some instructions; 2: until something happens. */
static void step(unsigned int mode)
{
	unsigned int cycles = 1 + gen_below(97);

	for (unsigned int k = 0; k < 2; k++) {
		cpu_stop_at(cpu[k],
			    mode == 1 ? cpu[k]->cycles + cycles : UINT64_MAX);
		cpu[k]->look = 0;
		if (!mode)
			stop_behind_block(cpu[k]);
		memcpy(view, content[k], DATA_SIZE);
		cpu_run(cpu[k]);
		memcpy(content[k], view, DATA_SIZE);
		if (cpu[k]->exit.reason == CPU_EXIT_HOST_FAULT)
			cpu[k]->excl_valid = false;
	}
	steps++;
}

/* False: the program is over. */
static bool answer(const struct mixed *m)
{
	uint64_t skip = gen_below(2) ? 4 : 0;

	switch (cpu[0]->exit.reason) {
	case CPU_EXIT_TIME:
	case CPU_EXIT_WFE: return true;
	case CPU_EXIT_HOST_FAULT:
		/* Again, or on without it. */
		if (!protected)
			skip = 4;
		else
			page_protect(protected, page_prot(protected));
		protected = 0;
		break;
	default:
		ck_assert_int_eq(cpu[0]->exit.reason, CPU_EXIT_SYNC);
		if (cpu[0]->exit.sync.esr >> 26 == SVC_EC ||
		    m->words[(cpu[0]->pc - MIXED_CODE) / 4] == ASM_HVC(1))
			return false;
		skip = 4;
	}
	for (unsigned int k = 0; k < 2; k++)
		cpu[k]->pc += skip;
	return true;
}

static void protect_some(void)
{
	static const int prots[] = {PROT_NONE, PROT_READ};

	protected = gen_below(4) ? 7 + gen_below(2)
				 : 1 + gen_below(MIXED_DATA_PAGES - 1);
	page_protect(protected, prots[gen_below(2)] & page_prot(protected));
}

static void forget_page(gva_t page)
{
	for (unsigned int k = 0; k < 2; k++)
		block_invalidate_page(cpu[k], page);
}

static void run(const struct mixed *m, unsigned int mode)
{
	uint64_t began = cpu[0]->cycles;
	unsigned int n = 0;
	const char *what;

	load(m);
	do {
		uint64_t from = cpu[0]->pc;

		ck_assert_uint_lt(n++, MAX_STEPS);
		if (!protected && !gen_below(4))
			protect_some();
		/* Other pages lead to what is forgotten. */
		if (!gen_below(8))
			forget_page(MIXED_CODE +
				    4096 * gen_below(MIXED_CODE_PAGES));
		step(mode);
		what = difference();
		if (what) {
			show(m, from);
			ck_abort_msg("%s differs after %llu steps, from %llx "
				     "on, mode %u",
				     what, (unsigned long long)steps,
				     (unsigned long long)from, mode);
		}
	} while (answer(m));
	instructions += cpu[0]->cycles - began;
}

/* Each mode in turn, until there have been enough instructions. */
START_TEST(groups)
{
	static struct mixed m;

	instructions = 0;
	for (unsigned int k = 0; instructions < wanted; k++) {
		mixed_make(&m, _i);
		put_tags(&m);
		run(&m, k % 3);
	}
	if (_i == GEN_LDST)
		ck_assert_uint_gt(faults_in_code, 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jit-flat");
	TCase *tc = tcase_create("flat");
	const char *missing = jit_missing();

	if (missing) {
		printf("skipped: %s\n", missing);
		return 77;
	}
	tcase_set_timeout(tc, 3000);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, groups, 0, GEN_A64_ANY + 1);
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
