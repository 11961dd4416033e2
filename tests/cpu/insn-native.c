/* SPDX-License-Identifier: MIT */
/* The differential instruction test's cases on src/cpu. */
#include "tests/cpu/insn-native.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cpu/cpu.h"
#include "cpu/engine.h"
#include "cpu/exception.h"
#include "cpu/fp/fp.h"
#include "cpu/mte.h"
#include "cpu/sve/sve.h"
#include "jit/jit.h"
#include "tests/a64.h"

static struct cpu *cpu;
static struct cpu_domain *domain;
static uint8_t tags[DIFF_TAGGED_SIZE / MTE_GRANULE];
static uint8_t *const window_tags =
	tags + (DIFF_WINDOW - DIFF_TAGGED) / MTE_GRANULE;

static int page_of(struct cpu *c, gpa_t gpa, bool write, struct cpu_page *page)
{
	if (gpa < DIFF_BASE || gpa >= DIFF_BASE + DIFF_SIZE)
		return -ENOENT;
	if (gpa >= DIFF_TAGGED && gpa < DIFF_TAGGED + DIFF_TAGGED_SIZE)
		page->tags = tags +
			     ALIGN_DOWN(gpa - DIFF_TAGGED, 4096) / MTE_GRANULE;
	page->host = (uint8_t *)ALIGN_DOWN(gpa, 4096);
	page->writable = true;
	return 0;
}

static enum cpu_sysreg_result no_sysreg_read(struct cpu *c, uint32_t enc,
					     uint64_t *val)
{
	return CPU_SYSREG_UNDEF;
}

static enum cpu_sysreg_result no_sysreg_write(struct cpu *c, uint32_t enc,
					      uint64_t val)
{
	return CPU_SYSREG_UNDEF;
}

static const struct cpu_env env = {
	.page = page_of,
	.sysreg_read = no_sysreg_read,
	.sysreg_write = no_sysreg_write,
	.ipa_limit = UINT64_C(1) << 40,
	.aarch32 = true,
};

static void native_tables(void)
{
	uint64_t *l1 = (uint64_t *)DIFF_TABLES;
	uint32_t *vectors = (uint32_t *)DIFF_VECTORS;

	/* 39-bit input: a level 1 table of 1 GiB blocks. Block 0: Normal
	 * memory, EL0 may read, write and execute. */
	l1[0] = 1 | 0 << 2 | 1 << 6 | 3 << 8 | 1 << 10;
	/* Block 8: the same memory for EL1 only, to execute the vectors. */
	l1[8] = 1 | 0 << 2 | 0 << 6 | 3 << 8 | 1 << 10;
	for (unsigned int i = 0; i < 2048 / 4; i++)
		vectors[i] = ASM_HVC(0);
}

static void set_reg(unsigned int op0, unsigned int op1, unsigned int crn,
		    unsigned int crm, unsigned int op2, uint64_t val)
{
	cpu_sysreg_set(cpu, SYSREG_ENC(op0, op1, crn, crm, op2), val);
}

#define TCR     (25 | 1 << 8 | 1 << 10 | 3 << 12 | BIT(23) | UINT64_C(2) << 32)
#define TCR_TBI BIT(37)
/* RES1 bits, M, C, I; UCI, UCT, DZE as under Linux */
#define SCTLR (0x30d00800 | 1 | BIT(2) | BIT(12) | BIT(26) | BIT(15) | BIT(14))

void native_regime(bool tagged)
{
	uint64_t checks = SCTLR_ATA0 | (uint64_t)MTE_TCF_SYNC << 38;

	cpu_set_mte(cpu, tagged);
	set_reg(3, 0, 10, 2, 0, tagged ? MTE_ATTR_TAGGED : 0xff); /* MAIR_EL1 */
	set_reg(3, 0, 2, 0, 2, tagged ? TCR | TCR_TBI : TCR);     /* TCR_EL1 */
	set_reg(3, 0, 1, 0, 0, tagged ? SCTLR | checks : SCTLR); /* SCTLR_EL1 */
	cpu_domain_flush(domain, CPU_FLUSH_TLB);
}

void native_translate(void)
{
	if (!jit_missing() && !cpu_set_engine(cpu, &jit_engine))
		return;
	fprintf(stderr, "insn-diff: cannot translate: %s\n",
		jit_missing() ?: "no memory");
	exit(1);
}

void native_setup(bool translate)
{
	void *p =
		mmap((void *)DIFF_BASE, DIFF_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	cpu = aligned_alloc(64, ALIGN_UP(sizeof(*cpu), 64));
	domain = cpu_domain_new();
	if (p != (void *)DIFF_BASE || !cpu || !domain ||
	    cpu_init(cpu, domain, &env, NULL)) {
		fprintf(stderr, "insn-diff: cannot set up the core\n");
		exit(1);
	}
	jit_set_threshold(1);
	if (translate)
		native_translate();
	cpu_reset(cpu);
	native_tables();
	set_reg(3, 0, 2, 0, 0, DIFF_TABLES); /* TTBR0_EL1 */
	set_reg(3, 0, 12, 0, 0, DIFF_VECTORS + (UINT64_C(8) << 30));
	set_reg(3, 0, 1, 0, 2, 3 << 20 | 3 << 16); /* CPACR_EL1 */
	native_regime(false);
}

#define PSTATE_USER 0x10
#define PSTATE_T    0x20

void native_interpret(void)
{
	cpu_set_engine(cpu, &interp_engine);
}

void native_set_sve(bool on)
{
	if (!cpu_set_sve(cpu, on ? 0xffff : 0))
		return;
	fprintf(stderr, "insn-diff: no memory\n");
	exit(1);
}

static void native_load(const struct diff_case *c, uint64_t pc)
{
	const struct diff_state *s = &c->in;
	uint64_t mode = c->isa == DIFF_A64 ? 0 : PSTATE_USER; /* EL0t */

	cpu_set_pstate(cpu,
		       s->nzcv | mode | (c->isa == DIFF_T32 ? PSTATE_T : 0));
	memcpy(cpu->x, s->x, sizeof(s->x));
	cpu_set_sp(cpu, 0, s->sp);
	for (unsigned int i = 0; i < 32; i++)
		memcpy(&cpu->vreg[i], s->v[i], 16);
	if (c->vl) {
		set_reg(3, 0, 1, 2, 0, c->vl / 16 - 1); /* ZCR_EL1 */
		for (unsigned int i = 0; i < 32; i++)
			sve_z_set(cpu, i, c->sve_in.z[i]);
		for (unsigned int i = 0; i < 17; i++)
			sve_p_set(cpu, i, c->sve_in.p[i]);
	}
	if (c->tagged) {
		set_reg(3, 0, 1, 0, 6, c->exclude); /* GCR_EL1 */
		set_reg(3, 0, 1, 0, 5, c->rgsr);    /* RGSR_EL1 */
		memcpy(window_tags, c->tags_in, DIFF_TAGS);
	}
	cpu->fpcr = s->fpcr;
	cpu->fpsr = s->fpsr;
	cpu->pc = pc;
	cpu->excl_valid = false;
}

static void native_store_sve(struct diff_sve *s)
{
	memset(s, 0, sizeof(*s));
	for (unsigned int i = 0; i < 32; i++)
		sve_z_get(cpu, i, s->z[i]);
	for (unsigned int i = 0; i < 17; i++)
		sve_p_get(cpu, i, s->p[i]);
}

static void native_store(struct diff_state *s, bool a32)
{
	memcpy(s->x, cpu->x, sizeof(s->x));
	s->sp = cpu_sp(cpu, 0);
	for (unsigned int i = 0; i < 32; i++)
		memcpy(s->v[i], &cpu->vreg[i], 16);
	s->nzcv = cpu->sys.spsr_el1 & (a32 ? 0xf80f0000 : 0xf0000000);
	s->fpcr = cpu->fpcr;
	s->fpsr = cpu_fpsr(cpu);
}

/* The signal that Linux makes of an exception, if there is one. */
static bool native_signal(struct diff_state *s)
{
	uint64_t esr = cpu->sys.esr_el1;

	s->fault_pc = cpu->sys.elr_el1;
	s->fault_addr = cpu->sys.far_el1;
	switch (esr >> 26) {
	case EC_UNKNOWN:
		s->fault = SIGILL;
		s->fault_addr = s->fault_pc;
		return true;
	case EC_DABT_LOW:
		s->fault = SIGSEGV;
		s->fault_code = SEGV_MAPERR;
		if ((esr & 0x3f) == FSC_TAG_CHECK)
			s->fault_code = SEGV_MTESERR;
		else if ((esr & 0x3f) == FSC_ALIGNMENT) {
			s->fault = SIGBUS;
			s->fault_code = BUS_ADRALN;
		}
		return true;
	default: return false;
	}
}

static void native_case(const struct diff_case *in, struct diff_case *c)
{
	uint64_t start = DIFF_CODE + in->slot * DIFF_SLOT + in->shift;
	uint64_t end = start + 4 * diff_end_word(in);
	unsigned int svc = in->isa == DIFF_A64 ? 0x15 : 0x11;
	enum cpu_exit_reason why;

	if (in->uses_mem)
		memcpy((void *)DIFF_WINDOW, in->mem_in, DIFF_WINDOW_SIZE);
	native_load(in, start + 4);
	/* Else softfloat does the first operation, and once it should. */
	if (in->slot & 7)
		fp_enter(cpu);
	why = cpu_run(cpu);
	c->out.fault = 0;
	c->out.fault_pc = c->out.fault_addr = 0;
	c->out.fault_code = 0;
	if (why != CPU_EXIT_HVC) {
		c->out.fault = 1000 + why;
		c->out.fault_pc = cpu->pc;
		cpu->mmio_pending = false;
	} else if (cpu->sys.esr_el1 >> 26 != svc ||
		   cpu->sys.elr_el1 !=
			   end + (in->end_isa == DIFF_T32 ? 2 : 4)) {
		if (!in->tagged || !native_signal(&c->out)) {
			c->out.fault = 2000 + (cpu->sys.esr_el1 >> 26);
			c->out.fault_pc = cpu->sys.elr_el1;
		}
	}
	native_store(&c->out, in->isa != DIFF_A64);
	if (in->vl)
		native_store_sve(&c->sve_out);
	if (in->uses_mem)
		memcpy(c->mem_out, (void *)DIFF_WINDOW, DIFF_WINDOW_SIZE);
	if (in->tagged)
		memcpy(c->tags_out, window_tags, DIFF_TAGS);
}

void native_batch(const struct diff_batch *b, struct diff_batch *out)
{
	static const uint32_t svc[] = {
		[DIFF_A64] = ASM_SVC(0),
		[DIFF_A32] = 0xef000000,
		[DIFF_T32] = 0xdf00,
	};

	for (uint32_t i = 0; i < b->n; i++) {
		const struct diff_case *c = &b->cases[i];
		uint8_t *code = (uint8_t *)DIFF_CODE + c->slot * DIFF_SLOT;

		code += c->shift;
		memcpy(code, c->words, sizeof(c->words) - c->shift);
		memcpy(code + 4 * diff_end_word(c), &svc[c->end_isa], 4);
	}
	cpu_domain_flush(domain, CPU_FLUSH_CODE);
	for (uint32_t i = 0; i < b->n; i++)
		native_case(&b->cases[i], &out->cases[i]);
}
