/* SPDX-License-Identifier: MIT */
/*
 * Guest vector registers in translated code: in memory always, and within a
 * block a copy in XMM4 to XMM15 of those that were used last.
 *
 * Results are stored at once, so whatever leaves the block has nothing to do, and
 * a copy is forgotten for free. What it saves is the way through memory
 * from a result to its next use. Who comes back into the middle of a block brings the
 * copies with him (vregs_come_back()).
 */
#include "jit/translate.h"

#include "base/log.h"
#include "cpu/fp/fp.h"

#define FIRST XMM4
#define LAST  XMM15

/* Without AVX the last one is the encoder's. */
static int last(const struct translation *t)
{
	return x86_has(&t->c, X86_AVX) ? LAST : LAST - 1;
}

/* Where @g is in struct cpu, and how many bytes of it there are. */
static size_t vreg_offset(unsigned int g)
{
	size_t at = offsetof(struct cpu, vreg);

	return g < VREG_D   ? at + 16 * g
	       : g < VREG_S ? at + 8 * (g - VREG_D)
			    : at + 4 * (g - VREG_S);
}

static unsigned int vreg_bytes(unsigned int g)
{
	return g < VREG_D ? 16 : g < VREG_S ? 8 : 4;
}

struct x86_mem vreg_mem(unsigned int g)
{
	return cpu_mem(vreg_offset(g));
}

static bool overlap(unsigned int a, unsigned int b)
{
	return vreg_offset(a) < vreg_offset(b) + vreg_bytes(b) &&
	       vreg_offset(b) < vreg_offset(a) + vreg_bytes(a);
}

static int find(const struct translation *t, unsigned int g)
{
	for (int x = FIRST; x <= LAST; x++)
		if (t->vregs.copy[x].bytes && t->vregs.copy[x].g == g)
			return x;
	return X86_NO_REG;
}

static void mark_used(struct translation *t, int x)
{
	t->vregs.busy |= 1u << x;
	t->vregs.copy[x].used = ++t->vregs.clock;
}

int vreg_dst(struct translation *t)
{
	int best = X86_NO_REG;

	for (int x = FIRST; x <= last(t); x++) {
		const struct vreg_copy *v = &t->vregs.copy[x];

		if (t->vregs.busy >> x & 1)
			continue;
		if (!v->bytes) {
			best = x;
			break;
		}
		if (best < 0 || v->used < t->vregs.copy[best].used)
			best = x;
	}
	bug_on(best < 0, "an instruction with so many vector registers");
	t->vregs.copy[best].bytes = 0;
	mark_used(t, best);
	return best;
}

void vreg_load(struct x86_code *c, int x, const struct vreg_copy *v, int base,
	       int32_t disp)
{
	uint32_t op = v->bytes == 4   ? X86_MOVSS
		      : v->bytes == 8 ? X86_MOVSD
				      : X86_MOVAPS;

	x86_vex_rm(c, op, x, 0,
		   x86_at(base, (int32_t)vreg_offset(v->g) + disp));
}

int vreg_src(struct translation *t, unsigned int g, unsigned int bytes)
{
	int x = find(t, g);
	struct vreg_copy *v;

	if (bytes > vreg_bytes(g))
		bytes = vreg_bytes(g);
	if (x < 0)
		x = vreg_dst(t);
	mark_used(t, x);
	v = &t->vregs.copy[x];
	if (v->bytes < bytes) {
		*v = (struct vreg_copy){.g = g,
					.bytes = bytes,
					.zeros = bytes,
					.used = v->used,
					.value = ++t->vregs.clock};
		vreg_load(&t->c, x, v, R15, -CPU_BIAS);
	}
	if (g < VREG_D && !(t->vregs.written >> g & 1) &&
	    t->vregs.needed[g] < bytes)
		t->vregs.needed[g] = bytes;
	return x;
}

unsigned int vreg_zeros(const struct translation *t, int x)
{
	return t->vregs.copy[x].zeros;
}

uint16_t vreg_value(const struct translation *t, int x)
{
	const struct vreg_copy *v = &t->vregs.copy[x];

	return v->bytes ? v->value : 0;
}

void vreg_in_memory(struct translation *t, unsigned int g)
{
	for (int x = FIRST; x <= LAST; x++)
		if (overlap(t->vregs.copy[x].g, g))
			t->vregs.copy[x].bytes = 0;
	if (g < VREG_D)
		t->vregs.written |= 1u << g;
}

void vreg_done(struct translation *t, unsigned int g, int x, unsigned int zeros)
{
	uint32_t op = g < VREG_D   ? X86_MOVAPS_TO
		      : g < VREG_S ? X86_MOVSD_TO
				   : X86_MOVSS_TO;

	vreg_in_memory(t, g);
	x86_vex_rm(&t->c, op, x, 0, vreg_mem(g));
	if (x < FIRST)
		return;
	t->vregs.clock++;
	t->vregs.copy[x] = (struct vreg_copy){.g = g,
					      .bytes = vreg_bytes(g),
					      .zeros = zeros,
					      .used = t->vregs.clock,
					      .value = t->vregs.clock};
}

void vreg_done_scalar(struct translation *t, unsigned int g, int x,
		      unsigned int bytes, unsigned int zeros)
{
	if (g >= VREG_D) {
		vreg_done(t, g, x, zeros);
		return;
	}
	if (zeros > bytes && bytes == 4 && !x86_has(&t->c, X86_SSE4_1)) {
		x86_vex_rr_i8(&t->c, X86_PSHIFTQ, X86_PSLLDQ, x, x, 12);
		x86_vex_rr_i8(&t->c, X86_PSHIFTQ, X86_PSRLDQ, x, x, 12);
	} else if (zeros > bytes && bytes == 4)
		x86_vex_rr_i8(&t->c, X86_INSERTPS, x, x, x, 0xe);
	else if (zeros > bytes)
		x86_vex_rr(&t->c, X86_MOVQ, x, 0, x);
	vreg_done(t, g, x, bytes);
}

bool vregs_any(const struct translation *t)
{
	for (int x = FIRST; x <= LAST; x++)
		if (t->vregs.copy[x].bytes)
			return true;
	return t->vregs.busy;
}

void vregs_forget(struct translation *t)
{
	for (int x = FIRST; x <= LAST; x++)
		t->vregs.copy[x].bytes = 0;
}

/* ---- access and mode ----------------------------------------------------- */

#define FPEN (3u << 20) /* of CPACR_EL1: no traps */

/* ZF: FP and SIMD are enabled, and if @plain, the host computes (cpu->fp_host).
 * @base + @disp is the PE. RAX, RDX. */
static void test_mode(struct x86_code *c, int base, int32_t disp, bool plain)
{
	const int32_t cpacr = offsetof(struct cpu, sys.cpacr_el1);
	const int32_t host = offsetof(struct cpu, fp_host);

	x86_load(c, 4, RAX, x86_at(base, cpacr + disp));
	x86_unary(c, X86_NOT, 4, RAX);
	x86_alu_ri(c, X86_AND, 4, RAX, FPEN);
	if (!plain)
		return;
	x86_load(c, 1, RDX, x86_at(base, host + disp));
	x86_alu_ri(c, X86_XOR, 4, RDX, 1);
	x86_alu_rr(c, X86_OR, 4, RAX, RDX);
}

/* Where they are always enabled. */
static void emit_flat_check(struct translation *t)
{
	x86_op_rm_i8(&t->c, 0x80, X86_CMP, CPU_FIELD(fp_host), 1);
}

static void emit_check(struct translation *t, bool plain)
{
	if (is_flat(t))
		emit_flat_check(t);
	else
		test_mode(&t->c, R15, -CPU_BIAS, plain);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	flags_lose(t);
	t->fp_checked = true;
	t->fp_plain = plain;
}

void emit_fp_check(struct translation *t)
{
	if (!t->fp_checked && !is_flat(t))
		emit_check(t, false);
}

void emit_fp_mode_check(struct translation *t)
{
	if (!t->fp_plain)
		emit_check(t, true);
}

void vregs_come_back(struct x86_code *c, const struct vregs_entry *e,
		     insn_fn *body)
{
	struct x86_site as_it_was;

	if (e->fp_checked) {
		test_mode(c, RDI, 0, e->fp_plain);
		as_it_was = x86_jcc(c, CC_E);
		x86_mov_ri(c, RAX, (uintptr_t)body);
		x86_jmp_r(c, RAX);
		x86_land_here(c, as_it_was);
	}
	for (int x = FIRST; x <= LAST; x++)
		if (e->vregs.copy[x].bytes)
			vreg_load(c, x, &e->vregs.copy[x], RDI, 0);
}
