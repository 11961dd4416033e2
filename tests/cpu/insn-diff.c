/* SPDX-License-Identifier: MIT */
/*
 * Differential instruction test: random A64 streams on src/cpu (at EL0, MMU
 * on) and under qemu-aarch64, every general, vector, flag, FPCR and FPSR bit
 * and the touched memory compared. See usage() and tests/cpu/insn-README.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cpu/cpu.h"
#include "cpu/engine.h"
#include "cpu/exception.h"
#include "cpu/fp/fp.h"
#include "cpu/mte.h"
#include "cpu/sve/sve.h"
#include "jit/jit.h"
#include "tests/a64.h"
#include "tests/isa/insn-gen-a32.h"

#define FPSR_BITS     0x0800009fu /* what AArch64 defines */
#define FPSR_BITS_A32 0xf800009fu /* NZCV as well */

static struct diff_batch *batches;
static struct diff_batch *native; /* this core's copy of a batch's results */
static const struct insn_row
	*case_rows[DIFF_BATCHES][DIFF_CASES][DIFF_MAX_INSNS];
static int to_runner, from_runner;

/* ---- this core ----------------------------------------------------------- */

static struct cpu *cpu;
static bool translate;
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

/* All Normal memory is Tagged if @tagged; accesses are checked, synchronously. */
static void native_regime(bool tagged)
{
	uint64_t checks = SCTLR_ATA0 | (uint64_t)MTE_TCF_SYNC << 38;

	cpu_set_mte(cpu, tagged);
	set_reg(3, 0, 10, 2, 0, tagged ? MTE_ATTR_TAGGED : 0xff); /* MAIR_EL1 */
	set_reg(3, 0, 2, 0, 2, tagged ? TCR | TCR_TBI : TCR);     /* TCR_EL1 */
	set_reg(3, 0, 1, 0, 0, tagged ? SCTLR | checks : SCTLR); /* SCTLR_EL1 */
	cpu_domain_flush(domain, CPU_FLUSH_TLB);
}

static void use_translator(void)
{
	if (!jit_missing() && !cpu_set_engine(cpu, &jit_engine))
		return;
	fprintf(stderr, "insn-diff: cannot translate: %s\n",
		jit_missing() ?: "no memory");
	exit(1);
}

static void native_setup(void)
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
		use_translator();
	cpu_reset(cpu);
	native_tables();
	set_reg(3, 0, 2, 0, 0, DIFF_TABLES); /* TTBR0_EL1 */
	set_reg(3, 0, 12, 0, 0, DIFF_VECTORS + (UINT64_C(8) << 30));
	set_reg(3, 0, 1, 0, 2, 3 << 20 | 3 << 16); /* CPACR_EL1 */
	native_regime(false);
}

#define PSTATE_USER 0x10
#define PSTATE_T    0x20

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

static void native_batch(const struct diff_batch *b)
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
		native_case(&b->cases[i], &native->cases[i]);
}

/* ---- qemu-aarch64 -------------------------------------------------------- */

static void runner_start(const char *qemu, const char *model,
			 const char *runner)
{
	int in[2], out[2], shm = memfd_create("insn-diff", MFD_CLOEXEC);
	size_t size = DIFF_BATCHES * sizeof(*batches);

	if (shm < 0 || ftruncate(shm, size) || pipe2(in, O_CLOEXEC) ||
	    pipe2(out, O_CLOEXEC)) {
		perror("insn-diff");
		exit(1);
	}
	batches = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, shm, 0);
	native = calloc(1, sizeof(*native));
	if (batches == MAP_FAILED || !native) {
		perror("insn-diff");
		exit(1);
	}
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* dup2() to the same number would keep close-on-exec */
		shm = fcntl(shm, F_DUPFD, 10);
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 ||
		    dup2(shm, DIFF_SHM_FD) < 0)
			_exit(126);
		close(shm);
		execlp(qemu, qemu, "-cpu", model, runner, (char *)NULL);
		perror(qemu);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	to_runner = in[1];
	from_runner = out[0];
}

/* The runner ends when nobody can ask any more. */
static void runner_stop(void)
{
	close(to_runner);
	close(from_runner);
	munmap(batches, DIFF_BATCHES * sizeof(*batches));
	free(native);
	wait(NULL);
}

/* DC ZVA writes as much as our core says on one of the two only. */
static const char *model_of(int group)
{
	return group == GEN_LDST ? "cortex-a76" : "max";
}

static void runner_submit(unsigned char i)
{
	if (write(to_runner, &i, 1) != 1) {
		fprintf(stderr, "insn-diff: the runner is gone\n");
		exit(1);
	}
}

static void runner_wait(unsigned char i)
{
	unsigned char got;

	if (read(from_runner, &got, 1) != 1 || got != i) {
		fprintf(stderr, "insn-diff: the runner died in a batch\n");
		exit(1);
	}
}

/* ---- comparison ---------------------------------------------------------- */

static uint32_t fpsr_bits(const struct diff_case *c)
{
	return c->isa == DIFF_A64 ? FPSR_BITS : FPSR_BITS_A32;
}

static bool states_equal(const struct diff_state *a, const struct diff_state *b,
			 uint32_t fpsr)
{
	return !memcmp(a->x, b->x, sizeof(a->x)) && a->sp == b->sp &&
	       !memcmp(a->v, b->v, sizeof(a->v)) && a->nzcv == b->nzcv &&
	       a->fpcr == b->fpcr && !((a->fpsr ^ b->fpsr) & fpsr) &&
	       a->fault == b->fault && a->fault_pc == b->fault_pc &&
	       a->fault_addr == b->fault_addr && a->fault_code == b->fault_code;
}

/* A store of several elements may have stored those before the one that failed; we do,
 * QEMU does not. */
static bool may_have_stored(const struct diff_case *c)
{
	uint64_t start = DIFF_CODE + c->slot * DIFF_SLOT;
	uint64_t k = (c->out.fault_pc - start) / 4;
	const struct insn_row *row;
	struct insn i;

	if (!c->out.fault || k >= DIFF_SLOT_WORDS)
		return false;
	row = insn_decode(c->words[k], &i);
	return row &&
	       (row->class == INSN_VLDST || row->class == INSN_SVE_LDST ||
		(c->words[k] & 0x3a000000) == 0x28000000); /* a pair */
}

static bool cases_equal(const struct diff_case *q, const struct diff_case *n)
{
	bool fault = q->out.fault || n->out.fault;

	/* Only those with tags may fault: another that does wasn't compared. */
	if (fault && !q->tagged)
		return false;
	return states_equal(&q->out, &n->out, fpsr_bits(q)) &&
	       (!q->vl || fault ||
		!memcmp(&q->sve_out, &n->sve_out, sizeof(q->sve_out))) &&
	       (!q->uses_mem || may_have_stored(q) ||
		!memcmp(q->mem_out, n->mem_out, DIFF_WINDOW_SIZE)) &&
	       (!q->tagged || !memcmp(q->tags_out, n->tags_out, DIFF_TAGS));
}

static void print_v(const char *what, const uint64_t v[2])
{
	printf("  %s %016llx_%016llx", what, (unsigned long long)v[1],
	       (unsigned long long)v[0]);
}

static void print_bytes(const char *what, const void *from, unsigned int n)
{
	printf("  %s ", what);
	for (unsigned int k = n; k--;)
		printf("%02x%s", ((const uint8_t *)from)[k],
		       k && !(k % 8) ? "_" : "");
	printf("\n");
}

/* Vectors and predicates that its fields may name. */
static void print_inputs_sve(const struct diff_case *c, uint32_t w)
{
	unsigned int fields[] = {FLD(w, 4, 0), FLD(w, 9, 5), FLD(w, 20, 16)};
	unsigned int preds[] = {FLD(w, 3, 0),   FLD(w, 8, 5),   FLD(w, 13, 10),
				FLD(w, 12, 10), FLD(w, 19, 16), 16};
	char name[16];

	printf("  vl %u\n", c->vl);
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++) {
		snprintf(name, sizeof(name), "  z%-2u", fields[i]);
		print_bytes(name, c->sve_in.z[fields[i]], c->vl);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(preds); i++) {
		snprintf(name, sizeof(name), "  p%-2u", preds[i]);
		print_bytes(name, c->sve_in.p[preds[i]], c->vl / 8);
	}
}

static void print_differences_sve(const struct diff_case *q,
				  const struct diff_case *n)
{
	char name[32];

	for (unsigned int i = 0; i < 32; i++) {
		if (!memcmp(q->sve_out.z[i], n->sve_out.z[i], q->vl))
			continue;
		snprintf(name, sizeof(name), "out z%-2u qemu   ", i);
		print_bytes(name, q->sve_out.z[i], q->vl);
		snprintf(name, sizeof(name), "out z%-2u fauxkvm", i);
		print_bytes(name, n->sve_out.z[i], q->vl);
	}
	for (unsigned int i = 0; i < 17; i++) {
		if (!memcmp(q->sve_out.p[i], n->sve_out.p[i], q->vl / 8))
			continue;
		snprintf(name, sizeof(name), "out p%-2u qemu   ", i);
		print_bytes(name, q->sve_out.p[i], q->vl / 8);
		snprintf(name, sizeof(name), "out p%-2u fauxkvm", i);
		print_bytes(name, n->sve_out.p[i], q->vl / 8);
	}
}

static void print_inputs_tags(const struct diff_case *c)
{
	printf("  exclude %04x rgsr %06llx tags", c->exclude,
	       (unsigned long long)c->rgsr);
	for (unsigned int i = 0; i < DIFF_TAGS; i++)
		printf("%s%x", i % 16 ? "" : " ", c->tags_in[i]);
	printf("\n");
}

/* Inputs an instruction may have used: registers its fields may name. */
static void print_inputs_a32(const struct diff_case *c)
{
	printf("  in: apsr %08x fpcr %08x fpsr %08x\n   ", c->in.nzcv,
	       c->in.fpcr, c->in.fpsr);
	for (unsigned int i = 0; i < 15; i++)
		printf(" r%u %08x%s", i, (uint32_t)c->in.x[i],
		       i % 5 == 4 ? "\n   " : "");
	printf("\n");
	for (unsigned int i = 0; i < 16; i++) {
		printf("    q%-2u", i);
		print_v("", c->in.v[i]);
		printf(i & 1 ? "\n" : "");
	}
}

static void print_inputs(const struct diff_case *c, uint32_t w)
{
	unsigned int fields[4] = {FLD(w, 4, 0), FLD(w, 9, 5), FLD(w, 20, 16),
				  FLD(w, 14, 10)};
	const struct diff_state *s = &c->in;

	printf("  in: nzcv %x fpcr %08x fpsr %08x sp %llx\n", s->nzcv >> 28,
	       s->fpcr, s->fpsr, (unsigned long long)s->sp);
	for (unsigned int i = 0; i < 4; i++) {
		unsigned int r = fields[i];

		printf("    x%-2u %016llx", r,
		       r == 31 ? 0ull : (unsigned long long)s->x[r]);
		printf("    v%-2u", r);
		print_v("", s->v[r]);
		printf("\n");
	}
}

static void print_differences(const struct diff_case *q,
			      const struct diff_case *n)
{
	const struct diff_state *a = &q->out, *b = &n->out;

	if (a->fault || b->fault) {
		printf("  qemu fault %u at %llx, fauxkvm fault %u at %llx "
		       "(1000+: cpu_run reason, 2000+: ESR.EC)\n",
		       a->fault, (unsigned long long)a->fault_pc, b->fault,
		       (unsigned long long)b->fault_pc);
		if (!q->tagged)
			return;
		printf("  of address %llx code %d, %llx code %d\n",
		       (unsigned long long)a->fault_addr, a->fault_code,
		       (unsigned long long)b->fault_addr, b->fault_code);
	}
	for (unsigned int i = 0; i < 31; i++)
		if (a->x[i] != b->x[i])
			printf("  out x%-2u  qemu %016llx  fauxkvm %016llx\n",
			       i, (unsigned long long)a->x[i],
			       (unsigned long long)b->x[i]);
	if (a->sp != b->sp)
		printf("  out sp   qemu %016llx  fauxkvm %016llx\n",
		       (unsigned long long)a->sp, (unsigned long long)b->sp);
	for (unsigned int i = 0; i < 32; i++)
		if (memcmp(a->v[i], b->v[i], 16)) {
			printf("  out v%-2u ", i);
			print_v("qemu", a->v[i]);
			print_v("fauxkvm", b->v[i]);
			printf("\n");
		}
	if (a->nzcv != b->nzcv)
		printf("  out nzcv qemu %05x  fauxkvm %05x\n", a->nzcv >> 12,
		       b->nzcv >> 12);
	if (a->fpcr != b->fpcr)
		printf("  out fpcr qemu %08x  fauxkvm %08x\n", a->fpcr,
		       b->fpcr);
	if ((a->fpsr ^ b->fpsr) & fpsr_bits(q))
		printf("  out fpsr qemu %08x  fauxkvm %08x\n", a->fpsr,
		       b->fpsr);
	if (q->vl && !a->fault)
		print_differences_sve(q, n);
	for (unsigned int i = 0; q->uses_mem && i < DIFF_WINDOW_SIZE; i++)
		if (q->mem_out[i] != n->mem_out[i])
			printf("  out mem %llx: in %02x qemu %02x fauxkvm "
			       "%02x\n",
			       (unsigned long long)(DIFF_WINDOW + i),
			       q->mem_in[i], q->mem_out[i], n->mem_out[i]);
	for (unsigned int i = 0; q->tagged && i < DIFF_TAGS; i++)
		if (q->tags_out[i] != n->tags_out[i])
			printf("  out tag of %llx: in %x qemu %x fauxkvm %x\n",
			       (unsigned long long)(DIFF_WINDOW +
						    i * DIFF_GRANULE),
			       q->tags_in[i], q->tags_out[i], n->tags_out[i]);
}

/* ---- running ------------------------------------------------------------- */

/* Run the one case in batch @b on both sides again. */
static bool rerun(unsigned int b)
{
	batches[b].n = 1;
	runner_submit(b);
	runner_wait(b);
	native_batch(&batches[b]);
	return cases_equal(&batches[b].cases[0], &native->cases[0]);
}

static void disassemble(const struct diff_case *c, unsigned int k, char *buf,
			size_t len)
{
	uint64_t pc = DIFF_CODE + c->slot * DIFF_SLOT + c->shift + 4 * k;
	uint32_t w = c->words[k];

	if (c->isa == DIFF_A64)
		insn_disassemble(w, pc, buf, len);
	else if (c->isa == DIFF_A32)
		insn_disassemble_a32(w, false, pc, buf, len);
	else
		insn_disassemble_a32(t32_is_wide(w) ? w << 16 | w >> 16
						    : w & 0xffff,
				     true, pc, buf, len);
}

/*
 * A stream differs: find the shortest prefix that does, then its last
 * instruction alone from the state before it. @rows: of its instructions.
 * Returns the guilty row.
 */
static const struct insn_row *minimise(unsigned int b,
				       const struct diff_case *bad,
				       const struct diff_case *bad_native,
				       const struct insn_row *const *rows,
				       bool show)
{
	struct diff_case *c = &batches[b].cases[0];
	struct diff_case before = *bad;
	const struct diff_case *n = &native->cases[0];
	unsigned int k, k0 = 1;
	char text[128];

	if (bad->n > 1) {
		for (k = 1; k < bad->n; k++) {
			*c = *bad;
			c->n = c->n_words = k;
			gen_finish(c);
			if (!rerun(b))
				break;
			before = *c; /* equal on both sides */
		}
		if (k > 1) { /* instruction k alone, from that state */
			*c = *bad;
			c->in = before.out;
			c->sve_in = before.sve_out;
			memcpy(c->mem_in, before.mem_out, sizeof(c->mem_in));
			memcpy(c->tags_in, before.tags_out, sizeof(c->tags_in));
			c->words[1] = bad->words[k];
			c->n = c->n_words = 1;
			gen_finish(c);
			k0 = k;
			if (rerun(b)) { /* it needs what came before */
				*c = *bad;
				c->n = c->n_words = k;
				gen_finish(c);
				k0 = 1;
				if (rerun(b)) { /* or on other cases */
					*c = *bad;
					n = bad_native;
				}
			}
		}
	} else {
		k = 1;
		*c = *bad;
		if (rerun(b)) {
			*c = *bad;
			n = bad_native;
		}
	}
	if (!show)
		return rows[k - 1];
	printf("MISMATCH %s", rows[k - 1]->name);
	if (k0 != k)
		printf(" (only after the instructions before it)");
	if (n == bad_native)
		printf(" (not repeatable)");
	printf("\n");
	for (unsigned int i = 1; i <= c->n; i++) {
		disassemble(c, i, text, sizeof(text));
		printf("  %08x  %-40s %s\n", c->words[i], text,
		       rows[k0 + i - 2]->name);
	}
	if (c->isa == DIFF_A64)
		print_inputs(c, c->words[c->n]);
	else
		print_inputs_a32(c);
	if (c->vl)
		print_inputs_sve(c, c->words[c->n]);
	if (c->tagged)
		print_inputs_tags(c);
	print_differences(c, n);
	return rows[k - 1];
}

struct tally {
	uint64_t runs, bad;
};

struct options {
	uint64_t seed, count;
	const char *row;
	int group;
	unsigned int max_stream, shown;
	bool sve;    /* for groups that aren't, too */
	bool interp; /* not by the translator as well */
};

static struct tally *tallies; /* by row */

/* The tables, one after the other. */
#define NR_TABLES (1 + NR_SPACES)
static const struct insn_row *table_rows(unsigned int table, unsigned int *n)
{
	return table ? a32_space_rows(table - 1, n) : insn_rows(n);
}

/* The row of index @at among all; NULL behind the last. */
static const struct insn_row *row_at(unsigned int at, enum gen_group *group)
{
	unsigned int n;

	for (unsigned int t = 0; t < NR_TABLES; t++, at -= n) {
		const struct insn_row *rows = table_rows(t, &n);

		if (at >= n)
			continue;
		*group = t ? a32_row_group(t - 1, &rows[at])
			   : gen_row_group(&rows[at]);
		return &rows[at];
	}
	return NULL;
}

static unsigned int count_rows(void)
{
	enum gen_group g;
	unsigned int n = 0;

	while (row_at(n, &g))
		n++;
	return n;
}

static unsigned int row_index(const struct insn_row *row)
{
	unsigned int n, before = 0;

	for (unsigned int t = 0; t < NR_TABLES; t++, before += n) {
		const struct insn_row *rows = table_rows(t, &n);

		if (row >= rows && row < rows + n)
			return before + (row - rows);
	}
	abort();
}

static uint64_t make_batch(unsigned int b, enum gen_group g,
			   const struct insn_row *only, const struct options *o)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < DIFF_CASES; i++) {
		static const uint32_t lengths[] = {16, 32, 48, 256};
		struct diff_case *c = &batches[b].cases[i];

		/* As few changes as will do: each is a system call. */
		c->vl = cpu->sve ? lengths[i * ARRAY_SIZE(lengths) / DIFF_CASES]
				 : 0;
		if (!gen_case(c, g, i, only, o->max_stream, case_rows[b][i])) {
			printf("insn-diff: group %s: no encoding of %s is "
			       "accepted\n",
			       gen_group_names[g],
			       only ? only->name : "some row");
			exit(1);
		}
		n += c->n;
	}
	batches[b].n = DIFF_CASES;
	return n;
}

/* Returns the number of cases that differ. */
static unsigned int check_batch(unsigned int b, const struct options *o)
{
	static struct diff_case bad[DIFF_CASES], bad_native[DIFF_CASES];
	static unsigned int which[DIFF_CASES];
	unsigned int n = 0;

	for (unsigned int i = 0; i < batches[b].n; i++) {
		struct diff_case *q = &batches[b].cases[i];

		for (unsigned int k = 0; k < q->n; k++)
			tallies[row_index(case_rows[b][i][k])].runs++;
		if (!cases_equal(q, &native->cases[i])) {
			bad[n] = *q;
			bad_native[n] = native->cases[i];
			which[n++] = i;
		}
	}
	for (unsigned int i = 0; i < n; i++) {
		const struct insn_row *const *rows = case_rows[b][which[i]];
		const struct insn_row *row =
			minimise(b, &bad[i], &bad_native[i], rows, false);

		if (tallies[row_index(row)].bad++ < o->shown)
			minimise(b, &bad[i], &bad_native[i], rows, true);
	}
	return n;
}

/* make check has no time for all of all. */
static uint64_t default_count(enum gen_group g)
{
	bool briefly = gen_group_is_a32(g) || g == GEN_MTE;

	return briefly && !getenv("FAUXKVM_LONG") ? 20000 : 200000;
}

static bool run_group(enum gen_group g, const struct insn_row *only,
		      const struct options *o)
{
	uint64_t done = 0, bad = 0, count = o->count ?: default_count(g);
	struct timespec t0, t1;
	unsigned int b = 0;

	if (cpu_set_sve(cpu, o->sve || gen_group_is_sve(g) || g == GEN_MTE
				     ? 0xffff
				     : 0)) {
		fprintf(stderr, "insn-diff: no memory\n");
		exit(1);
	}
	native_regime(g == GEN_MTE);
	clock_gettime(CLOCK_MONOTONIC, &t0);
	while (done < count && bad < 3000) {
		done += make_batch(b, g, only, o);
		runner_submit(b);
		/* What IRG goes on from only the runner knows. */
		if (g == GEN_MTE)
			runner_wait(b);
		native_batch(&batches[b]);
		if (g != GEN_MTE)
			runner_wait(b);
		bad += check_batch(b, o);
	}
	clock_gettime(CLOCK_MONOTONIC, &t1);
	printf("%-10s %8llu instructions, %llu streams differ, %.1f s\n",
	       gen_group_names[g], (unsigned long long)done,
	       (unsigned long long)bad,
	       t1.tv_sec - t0.tv_sec + (t1.tv_nsec - t0.tv_nsec) * 1e-9);
	fflush(stdout);
	return !bad;
}

static void report_rows(void)
{
	const struct insn_row *row;
	enum gen_group g;

	for (unsigned int i = 0; (row = row_at(i, &g)); i++)
		if (tallies[i].bad)
			printf("  %-24s %llu of %llu differ\n", row->name,
			       (unsigned long long)tallies[i].bad,
			       (unsigned long long)tallies[i].runs);
}

static void usage(void)
{
	printf("usage: insn-diff [--seed N] [--count N] [--group NAME] "
	       "[--row NAME] [--single] [--shown N]\n"
	       "                 [--qemu PATH] [--cpu MODEL] "
	       "[--runner FILE] [--interp] [--jit] [--jit-isa NAME] "
	       "[--list]\n"
	       "Runs random instruction streams on src/cpu and under "
	       "qemu-aarch64 and compares.\n"
	       "  --seed N    repeat a run (default: the time)\n"
	       "  --count N   instructions per group (default 200000, of A32, "
	       "T32 and mte 20000 without FAUXKVM_LONG)\n"
	       "  --group G   only this group (int branch ldst atomic fp simd "
	       "crypto, a32-int a32-branch\n"
	       "              a32-ldst t32-int t32-branch t32-ldst\n"
	       "              sve-pred sve-int sve-fp sve-ldst sve-mm\n"
	       "              sve2-int sve2-fp mte)\n"
	       "  --row NAME  only this row of the decode table\n"
	       "  --single    streams of one instruction\n"
	       "  --shown N   mismatches shown per row (default 1)\n"
	       "  --interp    by the interpreter alone\n"
	       "  --jit       by the translator, each block at once\n"
	       "  --jit-isa I the same with no more of the host than all, avx, "
	       "v2, sse2\n"
	       "  --sve       compare Z, P and FFR in groups of A64, too\n"
	       "  --list      print the rows of each group\n");
}

static const struct insn_row *find_row(const char *name, enum gen_group *g)
{
	const struct insn_row *row;

	for (unsigned int i = 0; (row = row_at(i, g)); i++)
		if (!strcmp(row->name, name))
			return row;
	fprintf(stderr, "insn-diff: no row %s\n", name);
	exit(2);
}

/* Of AArch32 no other test has as many: both engines, unless one is asked for. */
static bool is_translated_too(enum gen_group g, const struct options *o)
{
	switch (g) {
	case GEN_A32_INT:
	case GEN_A32_BRANCH:
	case GEN_A32_LDST:
	case GEN_T32_INT:
	case GEN_T32_BRANCH:
	case GEN_T32_LDST: break;
	default: return false;
	}
	return o->group < 0 && !translate && !o->interp && !jit_missing();
}

static void set_isa(const char *name)
{
	unsigned int isa = 0;

	while (jit_isa_names[isa] && strcmp(jit_isa_names[isa], name))
		isa++;
	if (!jit_isa_names[isa]) {
		fprintf(stderr, "insn-diff: no instruction set %s\n", name);
		exit(2);
	}
	jit_set_isa(isa);
}

static int find_group(const char *name)
{
	for (int g = 0; g < NR_GEN_GROUPS; g++)
		if (!strcmp(gen_group_names[g], name))
			return g;
	fprintf(stderr, "insn-diff: no group %s\n", name);
	exit(2);
}

static void list_rows(void)
{
	const struct insn_row *row;
	enum gen_group g;

	for (unsigned int i = 0; (row = row_at(i, &g)); i++)
		printf("%-10s %s\n",
		       g < NR_GEN_GROUPS ? gen_group_names[g] : "-", row->name);
}

static bool group_has_rows(int group)
{
	enum gen_group g;

	for (unsigned int i = 0; row_at(i, &g); i++)
		if ((int)g == group)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"seed", 1, NULL, 's'},    {"count", 1, NULL, 'c'},
		{"group", 1, NULL, 'g'},   {"row", 1, NULL, 'r'},
		{"single", 0, NULL, '1'},  {"shown", 1, NULL, 'n'},
		{"qemu", 1, NULL, 'q'},    {"cpu", 1, NULL, 'm'},
		{"runner", 1, NULL, 'R'},  {"list", 0, NULL, 'l'},
		{"interp", 0, NULL, 'I'},  {"jit", 0, NULL, 'j'},
		{"jit-isa", 1, NULL, 'i'}, {"sve", 0, NULL, 'v'},
		{"help", 0, NULL, 'h'},    {0},
	};
	struct options o = {.seed = time(NULL),
			    .group = -1,
			    .max_stream = DIFF_MAX_INSNS,
			    .shown = 1};
	const char *qemu = "qemu-aarch64", *model = NULL;
	const char *runner = getenv("INSN_RUNNER");
	const char *runner_a32 = getenv("INSN_RUNNER_A32");
	const struct insn_row *only = NULL;
	bool ok = true;
	int opt;

	if (!runner)
		runner = "tests/cpu/insn-runner";
	if (!runner_a32)
		runner_a32 = "tests/cpu/insn-runner-a32";
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (opt) {
		case 's': o.seed = strtoull(optarg, NULL, 0); break;
		case 'c': o.count = strtoull(optarg, NULL, 0); break;
		case 'g': o.group = find_group(optarg); break;
		case 'r': o.row = optarg; break;
		case '1': o.max_stream = 1; break;
		case 'n': o.shown = strtoul(optarg, NULL, 0); break;
		case 'q': qemu = optarg; break;
		case 'm': model = optarg; break;
		case 'R': runner = optarg; break;
		case 'I': o.interp = true; break;
		case 'i': set_isa(optarg); /* fall through */
		case 'j': translate = true; break;
		case 'v': o.sve = true; break;
		case 'l': list_rows(); return 0;
		default: usage(); return opt == 'h' ? 0 : 2;
		}
	if (o.row) {
		enum gen_group g;

		only = find_row(o.row, &g);
		o.group = g;
		if (o.group == NR_GEN_GROUPS) {
			fprintf(stderr, "insn-diff: %s is not compared\n",
				o.row);
			return 2;
		}
	}
	printf("seed %llu\n", (unsigned long long)o.seed);
	gen_seed(o.seed);
	tallies = calloc(count_rows(), sizeof(*tallies));
	native_setup();
	for (int g = 0; g < NR_GEN_GROUPS; g++) {
		if (o.group >= 0 && g != o.group)
			continue;
		if (!group_has_rows(g)) {
			printf("%-10s has no rows\n", gen_group_names[g]);
			ok = false;
			continue;
		}
		if (gen_group_is_a32(g))
			runner_start("qemu-arm", "max", runner_a32);
		else
			runner_start(qemu, model ?: model_of(g), runner);
		ok = run_group(g, only, &o) && ok;
		if (is_translated_too(g, &o)) {
			printf("translated:\n");
			use_translator();
			ok = run_group(g, only, &o) && ok;
			cpu_set_engine(cpu, &interp_engine);
		}
		runner_stop();
	}
	report_rows();
	return !ok;
}
