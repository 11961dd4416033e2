/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of general registers: choice of the body, slow bodies.
 * The fast ones are in ldst-body.h and ldst-pair-body.h, once for each size
 * (Arm ARM C4.1.94).
 *
 * CONSTRAINED UNPREDICTABLE: with writeback to a base that is also Rt, a load
 * leaves the base written back, a store stores the old value; LDP with Rt ==
 * Rt2 leaves the first value (as QEMU does).
 */
#include "cpu/ldst.h"

#include "cpu/bodies.h"

/* ---- choice -------------------------------------------------------------- */

/* A hint, and we don't take it. */
static void exec_prfm(struct cpu *cpu, const struct insn *i)
{
	NEXT;
}

insn_fn *ldst_body(const struct insn *i)
{
	static const struct ldst_bodies *const by_size[] = {
		[SIZE_B] = &ldst_bodies_8,
		[SIZE_H] = &ldst_bodies_16,
		[SIZE_W] = &ldst_bodies_32,
		[SIZE_X] = &ldst_bodies_64,
	};
	const struct ldst_bodies *bodies = by_size[i->size];
	enum a64_ldst_kind kind = ldst_form_kind(i->form);
	enum a64_ldst_mode mode = ldst_form_mode(i->form);
	bool sp = i->rn == REG_SP;
	insn_fn *fn;

	if (i->form == LDST_FORM_PREFETCH)
		return exec_prfm;
	if (ldst_form_pair(i->form) && i->size == SIZE_X)
		return ldst_pair_bodies_64[sp][kind][mode];
	if (ldst_form_pair(i->form))
		return ldst_pair_bodies_32[sp][kind][mode];
	fn = bodies->one[sp][kind][mode];
	if (fn)
		return fn;
	return kind == LDST_STORE ? bodies->store_sp : bodies->load_sp;
}

/* ---- one register, slow -------------------------------------------------- */

/* Each access to a device comes here, so these are not COLD. */

static uint32_t access_flags(const struct insn *i)
{
	uint32_t ma = MA_BYTES(i->size);

	switch (ldst_form_kind(i->form)) {
	case LDST_LOAD_SX: ma |= MA_SIGN | MA_SF; break;
	case LDST_LOAD_SW: ma |= MA_SIGN; break;
	default: ma |= i->size == SIZE_X ? MA_SF : 0; break;
	}
	/* A pair or writeback: no syndrome. */
	if (ldst_form_pair(i->form))
		return ma;
	switch (ldst_form_mode(i->form)) {
	case LDST_PRE:
	case LDST_POST: return ma;
	case LDST_UNPRIV: return ma | MA_ISV | MA_UNPRIV;
	default: return ma | MA_ISV;
	}
}

/* What a load of the low bytes of @val puts into the register. */
static uint64_t load_extend(uint64_t val, uint32_t ma)
{
	unsigned int bits = 8u << MA_LOG2(ma);

	val &= GENMASK(bits - 1, 0);
	if (ma & MA_SIGN)
		val = sext64(val, bits);
	return ma & MA_SF ? val : (uint32_t)val;
}

void exec_ldst_load_slow(struct cpu *cpu, const struct insn *i)
{
	enum a64_ldst_mode mode = ldst_form_mode(i->form);
	uint32_t ma = access_flags(i);
	gva_t va = ldst_address(cpu, i, mode, cpu->x[i->rn]);

	SP_CHECK;
	if (!mem_read_slow(cpu, i, va, ma, &cpu->mem_buf))
		return;
	cpu->x[i->rd] = load_extend(cpu->mem_buf.d[0], ma);
	ldst_write_back(i, mode, &cpu->x[i->rn], va);
	NEXT;
}

void exec_ldst_store_slow(struct cpu *cpu, const struct insn *i)
{
	enum a64_ldst_mode mode = ldst_form_mode(i->form);
	gva_t va = ldst_address(cpu, i, mode, cpu->x[i->rn]);

	SP_CHECK;
	cpu->mem_buf.d[0] = cpu->x[i->rd];
	if (!mem_write_slow(cpu, i, va, access_flags(i) | MA_WRITE,
			    &cpu->mem_buf))
		return;
	ldst_write_back(i, mode, &cpu->x[i->rn], va);
	NEXT;
}

/* ---- pairs, slow --------------------------------------------------------- */

/* Two accesses; registers change only once both have succeeded. */
COLD void exec_ldst_load_pair_slow(struct cpu *cpu, const struct insn *i)
{
	enum a64_ldst_mode mode = ldst_form_mode(i->form);
	uint32_t ma = access_flags(i);
	gva_t va = ldst_address(cpu, i, mode, cpu->x[i->rn]);
	uint64_t first;

	SP_CHECK;
	if (!mem_read_slow(cpu, i, va, ma, &cpu->mem_buf))
		return;
	first = cpu->mem_buf.d[0];
	if (!mem_read_slow(cpu, i, va + (1 << i->size), ma, &cpu->mem_buf))
		return;
	cpu->x[i->ra] = load_extend(cpu->mem_buf.d[0], ma);
	cpu->x[i->rd] = load_extend(first, ma);
	ldst_write_back(i, mode, &cpu->x[i->rn], va);
	NEXT;
}

COLD void exec_ldst_store_pair_slow(struct cpu *cpu, const struct insn *i)
{
	enum a64_ldst_mode mode = ldst_form_mode(i->form);
	uint32_t ma = access_flags(i) | MA_WRITE;
	gva_t va = ldst_address(cpu, i, mode, cpu->x[i->rn]);

	SP_CHECK;
	cpu->mem_buf.d[0] = cpu->x[i->rd];
	if (!mem_write_slow(cpu, i, va, ma, &cpu->mem_buf))
		return;
	cpu->mem_buf.d[0] = cpu->x[i->ra];
	if (!mem_write_slow(cpu, i, va + (1 << i->size), ma, &cpu->mem_buf))
		return;
	ldst_write_back(i, mode, &cpu->x[i->rn], va);
	NEXT;
}
