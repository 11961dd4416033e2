/* SPDX-License-Identifier: MIT */
/*
 * Guest memory in translated code by the MMU: a look into cpu->fast. The address
 * XOR the tag is the offset in the page if they agree, and else more than any:
 * so one comparison sees a miss and an access that crosses the page.
 */
#include "jit/translate.h"

#define TAGS(array) ((int32_t)offsetof(struct cpu_fast_tlb, array))

/* R13 is the TLB to look into. */
static struct x86_mem look(struct translation *t, int address, unsigned int len,
			   enum exit_kind miss)
{
	bool write = miss == EXIT_MISS_WRITE || miss == EXIT_MISS_WRITE_UNPRIV;
	struct x86_code *c = &t->c;
	const uint8_t *again = x86_here(c);

	x86_rorx(c, 4, RAX, address, 12);
	x86_alu_ri(c, X86_AND, 4, RAX, CPU_FAST_TLB_SIZE - 1);
	x86_mov_rr(c, 8, RDX, address);
	x86_alu_rm(c, X86_XOR, 8, RDX,
		   x86_at_index(R13, RAX, 3, write ? TAGS(wtag) : TAGS(rtag)));
	x86_alu_ri(c, X86_CMP, 8, RDX, 0x1000 - len);
	exit_miss(t, x86_jcc(c, CC_A), address, len, miss, again);
	x86_load(c, 8, RAX, x86_at_index(R13, RAX, 3, TAGS(addend)));
	flags_lose(t);
	t->resumable = true;
	return x86_at_index(address, RAX, 0, 0);
}

struct x86_mem emit_access(struct translation *t, int address, unsigned int len,
			   bool write)
{
	if (is_flat(t))
		return x86_at(address, 0);
	return look(t, address, len, write ? EXIT_MISS_WRITE : EXIT_MISS_READ);
}

/*
 * As from EL0, unless PSTATE.UAO: then the body does it. Whoever leaves the
 * code with R13 as it is here does not come back without loading it.
 */
struct x86_mem emit_access_unpriv(struct translation *t, int address,
				  unsigned int len, bool write)
{
	struct x86_code *c = &t->c;
	struct x86_mem m;

	if (is_flat(t))
		return emit_access(t, address, len, write);
	x86_op_rm_i8(c, 0x80, X86_CMP, CPU_FIELD(uao), 0);
	exit_here(t, x86_jcc(c, CC_NE));
	x86_load(c, 8, R13, CPU_FIELD(fasts));
	m = look(t, address, len,
		 write ? EXIT_MISS_WRITE_UNPRIV : EXIT_MISS_READ_UNPRIV);
	x86_load(c, 8, R13, CPU_FIELD(fast));
	return m;
}

_Static_assert(TLB_EL0 == 0, "fasts points to that of EL0");

void access_done(struct translation *t, const uint8_t *at)
{
	struct jit *jit = t->jit;

	jit->records.accesses[jit->records.nr_accesses++] = (struct jit_access){
		.at = at - jit->memory.run,
		.k = t->k,
		.insn = &t->b->insns[t->k],
		.flags_by = flags_loop_wanted(t, t->k) ? t->lazy.def - t->k : 0,
	};
}

void emit_sp_check(struct translation *t)
{
	if (t->sp_aligned)
		return;
	x86_test_ri(&t->c, 4, greg_pinned[REG_SP], 15);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	flags_lose(t);
	t->sp_aligned = true;
}
