/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of general registers. An access that is not plain memory
 * leaves by a side exit before anything has changed.
 */
#include "cpu/model.h"
#include "jit/a32.h"
#include "jit/translate.h"

static void emit_load(struct translation *t, enum a64_ldst_kind kind,
		      unsigned int size, int d, struct x86_mem m)
{
	const uint8_t *at = x86_here(&t->c);

	switch (kind) {
	case LDST_LOAD_SX: x86_load_sx(&t->c, size, 8, d, m); break;
	case LDST_LOAD_SW: x86_load_sx(&t->c, size, 4, d, m); break;
	default: x86_load(&t->c, size, d, m);
	}
	access_done(t, at);
}

/* Of one register. What is loaded goes to its place when the base has been read
 * for the last time. */
static bool emit_one(struct translation *t, const struct insn *i)
{
	enum a64_ldst_kind kind = ldst_form_kind(i->form);
	enum a64_ldst_mode mode = ldst_form_mode(i->form);
	unsigned int size = 1u << i->size;
	const uint8_t *at;
	struct x86_mem m;
	int address, d, s;

	if (mode == LDST_UNPRIV) {
		address = emit_address(t, i, mode, 0);
		m = emit_access_unpriv(t, address, size, kind == LDST_STORE);
	} else {
		m = emit_access_by(t, i, mode, i->aux, size, kind == LDST_STORE,
				   &address);
	}
	if (kind == LDST_STORE) {
		s = greg_src(t, i->rd, RDX);
		at = x86_here(&t->c);
		x86_store(&t->c, size, m, s);
		access_done(t, at);
		emit_write_back(t, i, mode, address);
		return true;
	}
	d = ldst_writes_back(mode) ? RDX : greg_dst_host(i->rd, RDX);
	emit_load(t, kind, size, d, m);
	/* Should both be one register, the base is what is left. */
	if (!ldst_writes_back(mode) || i->rd != i->rn)
		greg_done(t, i->rd, d);
	emit_write_back(t, i, mode, address);
	if (i->writes_pc)
		a32_emit_interwork(t, d);
	return true;
}

/* With FEAT_LSE2 two X are one access if they are aligned together, which a vector
 * is where there is AVX. By XMM1, to RDX and RAX. */
static bool is_one_access(const struct translation *t, unsigned int size)
{
	return size == 8 && x86_has(&t->c, X86_AVX) &&
	       cpu_has(t->cpu, FEAT_LSE2);
}

static void emit_load_both(struct translation *t, struct x86_mem m)
{
	const uint8_t *at = x86_here(&t->c);

	x86_vex_rm(&t->c, X86_MOVUPS, XMM1, 0, m);
	access_done(t, at);
	x86_vex_rr(&t->c, X86_MOVD_R | X86_W, XMM1, 0, RDX);
	x86_vex_rr_i8(&t->c, X86_PEXTRD | X86_W, XMM1, 0, RAX, 1);
}

static void emit_store_both(struct translation *t, const struct insn *i,
			    struct x86_mem m)
{
	const uint8_t *at;

	x86_vex_rr(&t->c, X86_MOVD_X | X86_W, XMM1, 0, greg_src(t, i->rd, RDX));
	x86_vex_rr_i8(&t->c, X86_PINSRD | X86_W, XMM1, XMM1,
		      greg_src(t, i->ra, RDX), 1);
	at = x86_here(&t->c);
	x86_vex_rm(&t->c, X86_MOVUPS_TO, XMM1, 0, m);
	access_done(t, at);
}

/* Both are loaded before the first is written, so that a fault of the second
 * finds all as it was. */
static bool emit_pair(struct translation *t, const struct insn *i)
{
	enum a64_ldst_kind kind = ldst_form_kind(i->form);
	enum a64_ldst_mode mode = ldst_form_mode(i->form);
	unsigned int size = 1u << i->size;
	const uint8_t *at;
	int address, s;
	struct x86_mem m = emit_access_by(t, i, mode, 0, 2 * size,
					  kind == LDST_STORE, &address);

	if (kind == LDST_STORE && is_one_access(t, size)) {
		emit_store_both(t, i, m);
		emit_write_back(t, i, mode, address);
		return true;
	}
	if (kind == LDST_STORE) {
		for (unsigned int k = 0; k < 2; k++) {
			s = greg_src(t, k ? i->ra : i->rd, RDX);
			at = x86_here(&t->c);
			x86_store(&t->c, size, m, s);
			access_done(t, at);
			m.disp += size;
		}
		emit_write_back(t, i, mode, address);
		return true;
	}
	if (is_one_access(t, size)) {
		emit_load_both(t, m);
	} else {
		emit_load(t, kind, size, RDX, m);
		m.disp += size;
		emit_load(t, kind, size, RAX, m);
	}
	emit_write_back(t, i, mode, address);
	if (!ldst_writes_back(mode) || i->rd != i->rn)
		greg_done(t, i->rd, RDX);
	if (!ldst_writes_back(mode) || i->ra != i->rn)
		greg_done(t, i->ra, RAX);
	return true;
}

/* PRFM: nothing to see. */
static bool emit_prefetch(struct translation *t, const struct insn *i)
{
	(void)t;
	(void)i;
	return true;
}

emit_fn *ldst_emitter(const struct insn *i)
{
	if (i->op == A32_LDR || i->op == A32_STR)
		return emit_one;
	if (i->form == LDST_FORM_PREFETCH)
		return emit_prefetch;
	return ldst_form_pair(i->form) ? emit_pair : emit_one;
}
