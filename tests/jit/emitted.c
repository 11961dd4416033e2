/* SPDX-License-Identifier: MIT */
/*
 * What the translator emits for a few instructions, see emitted.h.
 */
#include "emitted.h"

#include <sys/mman.h>

#include "cpu/bodies.h"
#include "cpu/engine.h"
#include "cpu/sve/sve.h"
#include "jit/jit.h"
#include "tests/check-often.h"
#include "tests/cpu/cpu-env.h"

static struct env *e;
static struct cpu_domain *dom;

void emitted_setup(void)
{
	jit_set_memory(JIT_MEMORY_MIN);
	dom = cpu_domain_new();
	e = env_new(dom);
	cpu_reset(&e->cpu);
	e->cpu.sys.cpacr_el1 = 3 << 20;
	/* Of a core with FEAT_BTI branches to registers have no code. */
	e->cpu.bti = false;
	ck_assert_int_eq(cpu_set_engine(&e->cpu, &jit_engine), 0);
}

/* ---- flat ---------------------------------------------------------------- */

#define FLAT_CODE 0x20000000

static bool executable(struct cpu *cpu, gva_t va)
{
	(void)cpu;
	return va >> 12 == FLAT_CODE >> 12;
}

/* Nothing of it runs, so any bodies will do. */
static const struct cpu_flat flat = {
	.bodies = &mem_mmu_bodies,
	.executable = executable,
};
static const struct cpu_env flat_env = {.flat = &flat};
static uint8_t *flat_code;

void emitted_flat(void)
{
	flat_code =
		mmap((void *)FLAT_CODE, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	ck_assert_ptr_eq(flat_code, (void *)FLAT_CODE);
	e->cpu.env = &flat_env;
	e->cpu.absent |= BIT(FEAT_LSE2); /* as model.c has it of such */
	cpu_set_pstate(&e->cpu, 0);
}

void emitted_sve(void)
{
	ck_assert_int_eq(cpu_set_sve(&e->cpu, 3), 0);
	e->cpu.sys.cpacr_el1 |= 3 << 16;
	e->cpu.sys.zcr_el1 = 1;
	sve_zcr_changed(&e->cpu);
}

void emitted_teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
	if (flat_code)
		munmap(flat_code, 4096);
	flat_code = NULL;
}

void emitted_isa(enum jit_isa most)
{
	struct jit *jit = e->cpu.engine_data;

	jit->c.lacks = jit_isa_lacks(most);
}

/* A block of it, in the place of the one before. */
static struct block *decode(const uint32_t *words, unsigned int n)
{
	static const uint32_t hvc = ASM_HVC(0);
	uint8_t *page = flat_code ?: ram_at(e, CODE_PA);
	const struct block *b;

	CHECK_OFTEN(n <= EMITTED_MAX);
	memcpy(page + EMITTED_PGOFF, words, 4 * n);
	memcpy(page + EMITTED_PGOFF + 4 * n, &hvc, 4);
	block_invalidate_all(&e->cpu);
	e->cpu.pc = (flat_code ? FLAT_CODE : CODE_PA) + EMITTED_PGOFF;
	b = block_lookup(&e->cpu);
	CHECK_OFTEN(b);
	return (struct block *)b;
}

void emitted_make(struct emitted *o, const uint32_t *words, unsigned int n)
{
	struct block *b = decode(words, n);
	struct jit *jit = e->cpu.engine_data;
	/* Of struct jit's own, since it is large; most of it is room for exits. */
	static struct translation t;

	memset(&t, 0, offsetof(struct translation, exits));
	t.c = jit->c;
	t.cpu = &e->cpu;
	t.jit = jit;
	t.b = b;
	t.entry = t.gone = jit->memory.run;
	t.flags_stored = true;
	*o = (struct emitted){.b = b, .jit = jit, .run = jit->c.run};
	for (t.k = 0; t.k < n && t.k < b->n; t.k++) {
		const struct insn *i = &b->insns[t.k];

		o->at[t.k] = t.c.p;
		if (!emit_code(&t, i))
			break;
		o->n++;
	}
	o->at[o->n] = t.c.p;
	CHECK_OFTEN(t.nr_exits <= ARRAY_SIZE(o->exits));
	memcpy(o->exits, t.exits, t.nr_exits * sizeof(t.exits[0]));
	o->nr_exits = t.nr_exits;
	exits_emit(&t);
	o->end = t.c.p;
	jit_records_forget(jit);
}
