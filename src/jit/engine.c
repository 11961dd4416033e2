/* SPDX-License-Identifier: MIT */
/*
 * The translator as an engine: when a block is translated, and what is
 * forgotten. A block begins as the interpreter's, with a first instruction that
 * counts; see jit.h.
 */
#include "jit/jit.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "cpu/bodies.h"
#include "cpu/counted.h"
#include "cpu/engine.h"
#include "cpu/exec.h"
#include "cpu/fast-tlb.h"
#include "jit/engine-state.h"

static size_t memory_size = JIT_MEMORY_DEFAULT;
static unsigned int threshold = 16;

void jit_set_memory(size_t bytes)
{
	memory_size = ALIGN_UP(bytes, 4096);
}

void jit_set_threshold(unsigned int runs)
{
	threshold = runs;
}

/* ---- life ---------------------------------------------------------------- */

static bool jit_is_empty(const struct jit *jit)
{
	return jit->c.p == jit->first;
}

static void jit_empty(struct jit *jit)
{
	jit_records_forget(jit);
	jit->c.p = jit->first;
	jit->cold = jit->memory.write + jit->memory.second;
}

/* Where ways out begin: of python's code they are 52 percent, of a booting guest's
 * 40. Both areas fill as fast, and hosts' branch predictors take addresses for
 * the same that agree in 24 bits, so that is not how far apart they are. */
static size_t cold_at(size_t code)
{
	const size_t period = (size_t)16 << 20, shift = (size_t)2 << 20;
	size_t at = ALIGN_DOWN(code / 2, 4096);

	return at % period ? at : at - shift;
}

/* What is kept beside so much code: that of python is a quarter of its code. */
#define RECORDS_SIZE(code) ALIGN_UP((code) / 2, 4096)

static void memory_free(struct jit *jit)
{
	code_memory_free(&jit->memory);
	records_free(&jit->records);
}

static int memory_new(struct jit *jit, size_t size)
{
	int ret = code_memory_new(&jit->memory, size, cold_at(size));

	if (ret)
		return ret;
	ret = records_new(&jit->records, RECORDS_SIZE(size));
	if (ret)
		memory_free(jit);
	return ret;
}

/* Less will do as well, where all of it is memory at once or address space is
 * limited (as block.c has it). */
static int memory_reserve(struct jit *jit)
{
	int ret = -ENOMEM;

	for (size_t size = memory_size; ret && size >= JIT_MEMORY_MIN;
	     size = ALIGN_DOWN(size / 2, 4096))
		ret = memory_new(jit, size);
	return ret;
}

static int jit_init(struct cpu *cpu)
{
	struct jit *jit = calloc(1, sizeof(*jit));
	int ret = jit ? memory_reserve(jit) : -ENOMEM;

	if (!ret && !cpu->env->flat)
		ret = fast_tlb_init(cpu);
	if (ret) {
		if (jit)
			memory_free(jit);
		free(jit);
		return ret;
	}
	jit->c = (struct x86_code){
		.p = jit->memory.write,
		.end = jit->memory.write + jit->memory.second,
		.run = jit->memory.run - jit->memory.write,
		.lacks = jit_lacks(),
	};
	jit->cold = jit->c.end;
	jit_log_lacks(jit->c.lacks);
	glue_emit(jit);
	cpu->engine_data = jit;
	block_nowhere_code(cpu, jit->exit_va);
	return 0;
}

static void jit_destroy(struct cpu *cpu)
{
	struct jit *jit = jit_of(cpu);

	memory_free(jit);
	free(jit);
	cpu->engine_data = NULL;
	fast_tlb_destroy(cpu);
}

/* ---- blocks -------------------------------------------------------------- */

/* There is no room: everything begins anew, from the run loop. */
static COLD void start_anew(struct cpu *cpu, const struct insn *i)
{
	uint64_t pc = insn_pc(cpu, i);

	/* It has been accounted for and will be again. */
	if (cpu_counts(cpu))
		counted_take_back(cpu, i);
	else
		cpu->cycles -= block_of(i)->cost;
	block_invalidate_all(cpu);
	RESUME(pc);
}

/* In place of the body of a block's first instruction. */
static void jit_count(struct cpu *cpu, const struct insn *i)
{
	struct block *b = (struct block *)block_of(i);

	if (unlikely(++b->runs >= threshold)) {
		if (jit_translate(cpu, b))
			GOTO_INSN(cpu, i);
		if (!jit_is_empty(jit_of(cpu))) {
			start_anew(cpu, i);
			return;
		}
		/* The host has no memory, and there is none to give back. */
		b->runs = 0;
	}
	b->first(cpu, i);
}

static void jit_compile(struct cpu *cpu, struct block *b)
{
	interp_engine.compile(cpu, b);
	b->code = jit_of(cpu)->exit_va;
	/* Accesses of translated code are little-endian. */
	if (unlikely(cpu->big))
		return;
	b->first = b->insns[0].fn;
	b->insns[0].fn = jit_count;
}

static void jit_drop(struct cpu *cpu, struct block *b)
{
	struct jit *jit = jit_of(cpu);

	/* A block's code stays until all of it goes. Other pages lead there
	 * only in flat memory. */
	if (b && cpu->env->flat)
		jit_edges_cut(jit, b);
	if (b || jit_is_empty(jit))
		return;
	jit_empty(jit);
	code_memory_empty(&jit->memory, JIT_MEMORY_MIN / 2);
}

const struct code_engine jit_engine = {
	.name = "translator",
	.look_insns = 50000,
	.init = jit_init,
	.destroy = jit_destroy,
	.compile = jit_compile,
	.drop = jit_drop,
	.fault = jit_fault,
};
