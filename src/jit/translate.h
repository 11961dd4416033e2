/* SPDX-License-Identifier: MIT */
/*
 * How the emit function of an instruction is written, and what they share.
 *
 *   static bool emit_mov_wide(struct translation *t, const struct insn *i)
 *   {
 *           int d = greg_dst_host(i->rd, RAX);
 *
 *           emit_constant(t, d, i->imm);
 *           greg_done(t, i->rd, d);
 *           return true;
 *   }
 *
 * It appends code to t->c that does what the interpreter's body does, or returns
 * false before it has emitted anything: then the body itself will run. So
 * does the body if the code meets something special: a side exit, exit_here(),
 * leaves at the instruction, before any of its effects. What runs there decides
 * all, and comes back behind the instruction if it can.
 *
 * Host registers, which emit functions may use:
 *   RAX, RDX, RDI         free. emit_flags() and what reads the flags use RAX
 *   XMM0 to XMM3          free
 *   XMM4 to XMM15         copies of guest vector registers, vregs.c
 *   R15                   the PE, in the middle of cpu->x (cpu_mem())
 *   R13                   cpu->fast, the TLB of the mode
 *   R12                   cycles left until the time to look
 *   all others but RSP    guest registers that are pinned, regs.c
 *
 * Flags. A definition leaves them in the host's flags, where the next reader
 * finds them if all between keep them (flags.c says which); they are also in
 * cpu->code_flags, unless a later definition comes before whatever may leave
 * the block or has lost them. See flags.c.
 */
#ifndef FAUXKVM_JIT_TRANSLATE_H
#define FAUXKVM_JIT_TRANSLATE_H

#include "cpu/block.h"
#include "cpu/cpu.h"
#include "isa/a64/operands.h"
#include "jit/engine-state.h"
#include "jit/x86.h"

/* How the host's flags stand for the guest's N, Z, C, V: SF, ZF, CF and OF, with
 * CF the inverse of C (SUB), C itself (ADD), or C and V zero (LOGIC). COMPARE: as
 * SUB but SF, for N is CF: after UCOMISD without a NaN. */
enum flags_kind {
	FLAGS_LOST,
	FLAGS_SUB,
	FLAGS_ADD,
	FLAGS_LOGIC,
	FLAGS_COMPARE
};

struct exit_site {
	struct x86_site site;
	enum exit_kind kind;
	uint8_t k, len;       /* len: of the access */
	int8_t address;       /* host register that holds its address */
	bool vectors;         /* there are copies of vector registers */
	bool makes_flags;     /* of an EXIT_DUE: t->lazy.make */
	bool edge;            /* another block's code may come to be there */
	const uint8_t *again; /* where the miss is tried again */
	uint64_t *taken;      /* for tests, jit_set_exits(); else NULL */
};
#define MAX_EXITS (8 * BLOCK_MAX_INSNS)

/* Of a guest vector register in an XMM register; bytes 0: none. */
struct vreg_copy {
	uint8_t g;
	uint8_t bytes; /* 4, 8, 16: so many are right */
	uint8_t zeros; /* those from here on are zero */
	uint16_t used;
	uint16_t value; /* another number for each that it gets */
};
struct vregs {
	struct vreg_copy copy[16];
	uint16_t busy; /* bit: an operand of the instruction at hand */
	uint16_t clock;
	/* Of the block so far: bytes that were read before anything was
	 * written, and what was. */
	uint8_t needed[32];
	uint32_t written;
};
/* What is taken for granted where the interpreter comes in. */
struct vregs_entry {
	struct vregs vregs;
	bool fp_checked, fp_plain;
};

/* Accesses that share a look into the TLB, ldst-group.c: those by @base before
 * instruction @end; 0: none. */
struct access_group {
	uint8_t base, end;
	bool indexed; /* by @index, too, as @mode and @shift say */
	uint8_t index, mode, shift;
};

struct translation {
	struct x86_code c;
	struct cpu *cpu;
	struct jit *jit;
	struct block *b;
	unsigned int k; /* of the instruction that is translated */
	bool a32;       /* A32 or T32 */

	enum flags_kind flags;
	bool flags_stored; /* they are in cpu->code_flags, too */
	struct access_group groups[CPU_CODE_ADDENDS];
	bool sp_aligned; /* SP has been tested since it changed */
	bool fp_checked; /* FP and SIMD are known to be enabled */
	bool fp_plain;   /* the host is known to compute, cpu->fp_host */
	bool sve_checked; /* it is known to be enabled, and how long vectors are */
	uint32_t sve_live; /* bit: all of Z is known to count */
	bool flushes;      /* results that are denormal leave (a32-neon-fp.c) */
	struct vregs vregs;
	bool resumable; /* the interpreter may come back behind this one */

	/* Of a block that leads back to itself: what is in place at the head;
	 * NULL: nothing is. carried: a bit for each vector register that
	 * brings something from round to round. */
	struct {
		const uint8_t *head;
		struct vregs vregs;
		uint32_t carried;
	} loop;
	/* Of one that does so by B.cond: flags that it does not store on its
	 * way back (flags-loop.c). */
	struct {
		bool on;
		uint8_t def, until;  /* set by def, wanted before until */
		const uint8_t *make; /* out of line: flags as stored */
	} lazy;
	const uint8_t *again; /* where the way back leads */
	bool dry;             /* thrown away */
	bool at_head;         /* what leaves now is EXIT_HEAD */
	unsigned int bodies;  /* instructions without code */

	/* What the guest's flags come from, as long as both operands' copies
	 * last; bytes 0: something else. XMM0: zero. fp-scalar.c */
	struct {
		uint8_t bytes;
		int8_t n, m;
		uint16_t n_value, m_value;
	} compared;

	/* Of A32: N and Z are those of what is in host register @part.r, when
	 * instruction @part.next begins. */
	struct {
		int8_t r;
		uint8_t next; /* 0: none */
	} part;

	/* What instruction @known.next, and nobody else, finds in the register
	 * that it changes, which has not been given it yet (int-constant.c). */
	struct {
		uint64_t value;
		uint8_t next; /* 0: none */
	} known;

	const uint8_t *entry; /* accounts for the block first */
	const uint8_t *gone; /* in flat memory: to the run loop, at the block */
	unsigned int nr_exits;
	/* What is behind is not put back by emit_code(). */
	struct exit_site exits[MAX_EXITS];
};

/* Returns false, and has emitted nothing, if it has no code for @i. */
typedef bool emit_fn(struct translation *t, const struct insn *i);

/* By class, as bodies are chosen (cpu/bodies.h); NULL: none. */
emit_fn *int_emitter(const struct insn *i);    /* int.c */
emit_fn *ldst_emitter(const struct insn *i);   /* ldst.c */
emit_fn *atomic_emitter(const struct insn *i); /* atomic.c */
emit_fn *vldst_emitter(const struct insn *i);  /* simd-ldst.c */
emit_fn *fp_emitter(const struct insn *i);     /* fp.c */
emit_fn *simd_emitter(const struct insn *i);   /* simd.c */
emit_fn *crypto_emitter(const struct insn *i); /* crypto.c */
emit_fn *sve_emitter(const struct insn *i);    /* sve.c */
emit_fn *branch_emitter(const struct insn *i); /* branch.c */
emit_fn *system_emitter(const struct insn *i); /* system.c */

static inline unsigned int bytes_of(const struct insn *i)
{
	return i->size == SIZE_X ? 8 : 4;
}

/* A field of struct cpu. */
#define CPU_BIAS 128
static inline struct x86_mem cpu_mem(size_t offset)
{
	return x86_at(R15, (int32_t)offset - CPU_BIAS);
}
#define CPU_FIELD(field) cpu_mem(offsetof(struct cpu, field))

/* ---- guest registers (regs.c) -------------------------------------------- */

/* The host register of guest register @g (0 to REG_SINK), or X86_NO_REG. */
extern const int8_t greg_pinned[NR_REGS];

static inline bool greg_is_pinned(unsigned int g)
{
	return greg_pinned[g] != X86_NO_REG;
}

/* And a C function may change that one. */
static inline bool greg_is_scratch(unsigned int g)
{
	int r = greg_pinned[g];

	return r != RBX && r != RBP && r < R12;
}

static inline struct x86_mem greg_mem(unsigned int g)
{
	return cpu_mem(offsetof(struct cpu, x) + 8 * g);
}

/* A host register with the value of @g, which is not to be written: where it is
 * pinned, or @tmp. 64 bits. No flags. */
int greg_src(struct translation *t, unsigned int g, int tmp);
/* The value in @r, of which @size bytes matter. No flags. */
void greg_load(struct translation *t, unsigned int size, int r, unsigned int g);
/* Where a result for @g is made: its own register, or @tmp. */
static inline int greg_dst_host(unsigned int g, int tmp)
{
	return greg_is_pinned(g) ? greg_pinned[g] : tmp;
}
/* The result for @g is in @r, all 64 bits. No flags. */
void greg_done(struct translation *t, unsigned int g, int r);
/* @op @d, @g: by register, memory or a constant. */
void greg_alu(struct translation *t, enum x86_alu op, unsigned int size, int d,
	      unsigned int g);
/* CMOVcc @d, @g. */
void greg_cmov(struct translation *t, enum x86_cc cc, unsigned int size, int d,
	       unsigned int g);

/*
 * @d = @v, which the guest has chosen: of its bytes no more than four stand in
 * a row, so that it can't write host code. No flags; clobbers nothing.
 */
void emit_constant(struct translation *t, int d, uint64_t v);
/* @d = the virtual address of page offset @off (may lie outside the page). No
 * flags; may use RDI, or RAX if @d is that. */
void emit_page_address(struct translation *t, int d, int64_t off);

/* ---- guest vector registers (vregs.c) ------------------------------------ */

/* Beside V0 to V31: D0 and S0 of AArch32, parts of them (Arm ARM E1.3.1). Who is
 * given such a number reads and writes no more than that part. */
#define VREG_D 32
#define VREG_S 64

/* FP and SIMD must be enabled: of each instruction with vector registers, first
 * of all. Uses RAX and RDX; flags are lost. */
void emit_fp_check(struct translation *t);
/* The same, and FPCR asks for nothing that the host does in another way: for
 * whatever computes by the host's floating point. */
void emit_fp_mode_check(struct translation *t);

/* An XMM register whose lower @bytes (4, 8, 16) are those of @g; not to be
 * written. It stays until the instruction is done. No flags. */
int vreg_src(struct translation *t, unsigned int g, unsigned int bytes);
/* From which byte on such a register is known to be zero, up to 16. */
unsigned int vreg_zeros(const struct translation *t, int x);
/* The number of what such a register holds: the same as long as it does. */
uint16_t vreg_value(const struct translation *t, int x);
/* Where a result is made, for vreg_done(). */
int vreg_dst(struct translation *t);
/* All 16 bytes of @x, of vreg_dst() or free, are the result for @g, those
 * from @zeros on are zero. All exits of the instruction come before. */
void vreg_done(struct translation *t, unsigned int g, int x,
	       unsigned int zeros);
/* The same of a result of @bytes (4, 8), what is above is cleared; @zeros: from
 * where on it is zero already. */
void vreg_done_scalar(struct translation *t, unsigned int g, int x,
		      unsigned int bytes, unsigned int zeros);
/* In struct cpu, where it is right at any time. */
struct x86_mem vreg_mem(unsigned int g);
/* @g, or a part of it, is written there. */
void vreg_in_memory(struct translation *t, unsigned int g);
/* Is there any copy, or operand at hand? */
bool vregs_any(const struct translation *t);
/* Somebody else writes vector registers. */
void vregs_forget(struct translation *t);
/* The interpreter comes in: all as in @e, or to @body if the mode isn't. RDI is
 * the PE, RSI stays. */
void vregs_come_back(struct x86_code *c, const struct vregs_entry *e,
		     insn_fn *body);
/* @x = the copy @v; @base + @disp is the PE. */
void vreg_load(struct x86_code *c, int x, const struct vreg_copy *v, int base,
	       int32_t disp);

/* General register @g may be written by @i (ldst-group.c). */
bool insn_may_write(const struct insn *i, unsigned int g);

/* Does the block lead back to itself (loop.c)? */
bool loop_leads_back(const struct block *b);
/* And has vector registers? */
bool loop_is_one(const struct block *b);
/* Behind its price; @dry has been translated for nothing. */
void emit_loop_head(struct translation *t, const struct translation *dry);
/* Back to there. */
void emit_loop_back(struct translation *t);

/* ---- flags (flags.c) ----------------------------------------------------- */

/* The host's flags are the guest's from here on. Uses RAX if they have to be
 * stored. */
void emit_flags(struct translation *t, enum flags_kind kind);
/* The same of FLAGS_COMPARE; true: they had to be stored, and are in the host's
 * flags only if the caller compares again. Uses RAX. */
bool emit_flags_compared(struct translation *t);
/* Stored, if they have not been: they are still in the host's. Uses RAX. */
void emit_flags_stored(struct translation *t);
/* The host's flags, which are the guest's, become those of SUB. */
void flags_normalize(struct translation *t);
/* The code that comes next destroys the host's flags. */
void flags_lose(struct translation *t);
/*
 * The condition of the host that says @cond (not AL); code may be emitted for
 * it, which uses RAX. The flags stay what they are.
 */
enum x86_cc emit_condition(struct translation *t, enum a64_cond cond);
/* CF = C (@inverse: its inverse), for ADC and SBB. Uses RAX. */
void emit_carry(struct translation *t, bool inverse);
/* The host's flags become those of SUB: from COMPARE; from a constant NZCV. Uses
 * RAX. */
void emit_flags_of_compare(struct translation *t);
void emit_flags_constant(struct translation *t, uint32_t nzcv);
/* The interpreter's form of what cpu->code_flags has. */
void flags_unpack(struct cpu *cpu, uint16_t packed);

/* ---- flags of a loop (flags-loop.c) -------------------------------------- */

/* Choose t->lazy of a block that leads straight back to itself. */
void flags_loop_choose(struct translation *t);
/* Does a way out at instruction @k have to make them? */
static inline bool flags_loop_wanted(const struct translation *t,
				     unsigned int k)
{
	return t->lazy.on && k < t->lazy.until;
}
/* The loop is entered; t->b has been paid. */
void emit_flags_loop_enter(struct translation *t);
/* t->lazy.make; behind the block. It needs pinned registers, and keeps them. */
void emit_flags_loop_make(struct translation *t);
/* Call it; @missed: what a C function may change is in struct cpu only. */
void emit_flags_loop_call(struct translation *t, bool missed);
/* In C, after a host fault at @i: the PE's registers are up to date, and flags
 * are those that instruction @i + @by left in the round before. */
void flags_loop_make(struct cpu *cpu, const struct insn *i, unsigned int by);

/* ---- ways out (exits.c) -------------------------------------------------- */

/* Leave to this instruction's body, whenever @site is taken. */
void exit_here(struct translation *t, struct x86_site site);
/* The same of a jump that leads on as soon as there is code. */
void exit_edge(struct translation *t, struct x86_site site);
void exit_miss(struct translation *t, struct x86_site site, int address,
	       unsigned int len, enum exit_kind kind, const uint8_t *again);
/* To the run loop before the block, which has been paid; @again: on the way back
 * to its beginning. */
void exit_due(struct translation *t, struct x86_site site, bool again);
/* The code of them all, behind the block's. */
void exits_emit(struct translation *t);

/* ---- guest memory (mem-mmu.c, mem-flat.c) -------------------------------- */

/*
 * Without a guest around it (struct cpu_flat) an address is the host's, and no
 * code is needed to get there, see mem-flat.c; nor is there another exception
 * level, and a virtual address is that of the block.
 */
static inline bool is_flat(const struct translation *t)
{
	return t->cpu->env->flat;
}

/* Of A32 all addresses are of 32 bits, zero-extended. */
static inline unsigned int address_bytes(const struct translation *t)
{
	return t->a32 ? 4 : 8;
}

static inline gpa_t page_of(const struct block *b)
{
	return b->pa & ~UINT64_C(0xfff);
}

/*
 * The address of an access of @len bytes is in @address; leaves by a side exit
 * if it is not plain memory in one page. Afterwards the host's is *@m, valid
 * until RAX or @address change. Uses RAX and RDX; flags are lost, but not if it
 * is flat.
 */
struct x86_mem emit_access(struct translation *t, int address, unsigned int len,
			   bool write);
/* The same with the rights of EL0. */
struct x86_mem emit_access_unpriv(struct translation *t, int address,
				  unsigned int len, bool write);
/* Behind the host instruction that does the access: should it fault, it was
 * guest instruction t->k. @at: where it began, x86_here(). */
void access_done(struct translation *t, const uint8_t *at);

/* How class LDST calls the addressing mode of @i, of class VLDST and no
 * structure. */
enum a64_ldst_mode vldst_mode(const struct insn *i);
/*
 * The host register with the address of @i, of its base alone if it is
 * post-indexed; @shift: of a register offset (ldst-address.c). And what @mode
 * writes back: PRE the address of the access, POST one behind.
 */
int emit_address(struct translation *t, const struct insn *i,
		 enum a64_ldst_mode mode, unsigned int shift);
#define ADDRESS_IS_BASE (-2) /* for emit_write_back(): the base says it all */
void emit_write_back(struct translation *t, const struct insn *i,
		     enum a64_ldst_mode mode, int address);

/*
 * emit_address() and emit_access(), of @len bytes, by one look for several where
 * they have a base in common (ldst-group.c). *@address is for
 * emit_write_back(). Uses RAX and RDX, and RDI until the access is over.
 */
struct x86_mem emit_access_by(struct translation *t, const struct insn *i,
			      enum a64_ldst_mode mode, unsigned int shift,
			      unsigned int len, bool write, int *address);
/* The same where it is flat; keeps flags. */
struct x86_mem flat_access_by(struct translation *t, const struct insn *i,
			      enum a64_ldst_mode mode, unsigned int shift,
			      int *address);
/* Does a group go on behind instruction t->k? */
bool groups_go_on(const struct translation *t);

/* SP as a base: a side exit if it is not aligned. Flags are lost. */
void emit_sp_check(struct translation *t);

/* ---- the choice (translate.c) -------------------------------------------- */

/* Of any instruction of A64, and of @t's block. */
emit_fn *emitter_of(const struct insn *i);
emit_fn *emitter_in(const struct translation *t, const struct insn *i);
/* It emits; false, and all is as before: there is none, it has no code, or none
 * that this host can run. Emit functions needn't ask for what the host has. */
bool emit_code(struct translation *t, const struct insn *i);

/* ---- control (translate.c) ----------------------------------------------- */

/* Go on at page offset @off of the page, or behind a side exit if there is no
 * code yet or it is outside. Back in the page requests are looked at. */
void emit_edge(struct translation *t, int64_t off);
/* The same if the host's @cc says so, where that is one instruction; else false
 * and there is no code. */
bool emit_edge_if(struct translation *t, enum x86_cc cc, int64_t off);
/* The two ways of a conditional branch, if the host's @cc says taken
 * (branch.c). */
void emit_ways(struct translation *t, const struct insn *i, enum x86_cc cc);
/* Go to the address in RDI by the jump cache; @link: x30 gets the address
 * behind the instruction. */
void emit_jump(struct translation *t, bool link);

#endif
