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
#include "cpu/mem-device.h"

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

/* With a syndrome. */
static ALWAYS_INLINE uint32_t plain_flags(enum a64_ldst_kind kind,
					  unsigned int size)
{
	uint32_t ma = MA_BYTES(size) | MA_ISV;

	switch (kind) {
	case LDST_LOAD_SX: return ma | MA_SIGN | MA_SF;
	case LDST_LOAD_SW: return ma | MA_SIGN;
	default: return size == SIZE_X ? ma | MA_SF : ma;
	}
}

static uint32_t access_flags(const struct insn *i)
{
	uint32_t ma = plain_flags(ldst_form_kind(i->form), i->size);

	if (ldst_form_pair(i->form) ||
	    ldst_writes_back(ldst_form_mode(i->form)))
		return ma & ~(uint32_t)MA_ISV;
	return ldst_form_mode(i->form) == LDST_UNPRIV ? ma | MA_UNPRIV : ma;
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

static __attribute__((noinline)) void load_slow(struct cpu *cpu,
						const struct insn *i)
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

static __attribute__((noinline)) void store_slow(struct cpu *cpu,
						 const struct insn *i)
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

/* How drivers access a device: without an offset in a register, without
 * writeback, not by SP. */
static ALWAYS_INLINE bool is_plain(const struct insn *i)
{
	return i->form ==
		       ldst_form(false, ldst_form_kind(i->form), LDST_OFFSET) &&
	       i->rn != REG_SP;
}

static ALWAYS_INLINE bool plain_load(struct cpu *cpu, const struct insn *i,
				     enum a64_ldst_kind kind, unsigned int size)
{
	return mem_device(cpu, i, cpu->x[i->rn] + i->imm,
			  plain_flags(kind, size), 0);
}

static ALWAYS_INLINE bool plain_store(struct cpu *cpu, const struct insn *i,
				      unsigned int size)
{
	uint64_t val = cpu->x[i->rd] & (UINT64_MAX >> (64 - (8u << size)));

	return mem_device(cpu, i, cpu->x[i->rn] + i->imm,
			  plain_flags(LDST_STORE, size) | MA_WRITE, val);
}

void exec_ldst_load_slow(struct cpu *cpu, const struct insn *i)
{
	if (!is_plain(i) ||
	    !plain_load(cpu, i, ldst_form_kind(i->form), i->size))
		load_slow(cpu, i);
}

void exec_ldst_store_slow(struct cpu *cpu, const struct insn *i)
{
	if (!is_plain(i) || !plain_store(cpu, i, i->size))
		store_slow(cpu, i);
}

/* ---- the same where translated code has missed the TLBs ------------------- */

static void missed_ldrb(struct cpu *cpu, const struct insn *i)
{
	if (!plain_load(cpu, i, LDST_LOAD, SIZE_B))
		load_slow(cpu, i);
}

static void missed_ldrh(struct cpu *cpu, const struct insn *i)
{
	if (!plain_load(cpu, i, LDST_LOAD, SIZE_H))
		load_slow(cpu, i);
}

static void missed_ldr_w(struct cpu *cpu, const struct insn *i)
{
	if (!plain_load(cpu, i, LDST_LOAD, SIZE_W))
		load_slow(cpu, i);
}

static void missed_ldr_x(struct cpu *cpu, const struct insn *i)
{
	if (!plain_load(cpu, i, LDST_LOAD, SIZE_X))
		load_slow(cpu, i);
}

static void missed_strb(struct cpu *cpu, const struct insn *i)
{
	if (!plain_store(cpu, i, SIZE_B))
		store_slow(cpu, i);
}

static void missed_strh(struct cpu *cpu, const struct insn *i)
{
	if (!plain_store(cpu, i, SIZE_H))
		store_slow(cpu, i);
}

static void missed_str_w(struct cpu *cpu, const struct insn *i)
{
	if (!plain_store(cpu, i, SIZE_W))
		store_slow(cpu, i);
}

static void missed_str_x(struct cpu *cpu, const struct insn *i)
{
	if (!plain_store(cpu, i, SIZE_X))
		store_slow(cpu, i);
}

insn_fn *ldst_missed_body(const struct insn *i)
{
	static insn_fn *const plain[2][4] = {
		{
			[SIZE_B] = missed_strb,
			[SIZE_H] = missed_strh,
			[SIZE_W] = missed_str_w,
			[SIZE_X] = missed_str_x,
		},
		{
			[SIZE_B] = missed_ldrb,
			[SIZE_H] = missed_ldrh,
			[SIZE_W] = missed_ldr_w,
			[SIZE_X] = missed_ldr_x,
		},
	};
	enum a64_ldst_kind kind = ldst_form_kind(i->form);

	if (ldst_form_pair(i->form))
		return kind == LDST_STORE ? exec_ldst_store_pair_slow
					  : exec_ldst_load_pair_slow;
	if (is_plain(i) && (kind == LDST_STORE || kind == LDST_LOAD))
		return plain[kind == LDST_LOAD][i->size];
	return kind == LDST_STORE ? store_slow : load_slow;
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
