/* SPDX-License-Identifier: MIT */
/*
 * The encoder of x86-64 instructions, see x86.h.
 */
#include "jit/x86.h"

#include <string.h>

/* ---- bytes --------------------------------------------------------------- */

void x86_byte(struct x86_code *c, uint8_t v)
{
	*c->p++ = v;
}

void x86_word32(struct x86_code *c, uint32_t v)
{
	memcpy(c->p, &v, sizeof(v));
	c->p += sizeof(v);
}

static void word64(struct x86_code *c, uint64_t v)
{
	memcpy(c->p, &v, sizeof(v));
	c->p += sizeof(v);
}

static bool is_imm8(int64_t v)
{
	return v == (int8_t)v;
}

static uint32_t w_of(unsigned int size)
{
	return size == 8 ? X86_W : 0;
}

/* ---- prefixes, opcode, operands ------------------------------------------ */

static void mandatory_prefix(struct x86_code *c, uint32_t op)
{
	static const uint8_t prefixes[4] = {0, 0x66, 0xf3, 0xf2};
	unsigned int k = op >> 12 & 3;

	if (k)
		x86_byte(c, prefixes[k]);
}

static void opcode(struct x86_code *c, uint32_t op)
{
	unsigned int map = op >> 8 & 3;

	if (map)
		x86_byte(c, 0x0f);
	if (map == 2)
		x86_byte(c, 0x38);
	if (map == 3)
		x86_byte(c, 0x3a);
	x86_byte(c, op);
}

/* SPL, BPL, SIL and DIL are AH to BH without a REX. */
static bool is_new_byte(uint32_t op, int r)
{
	return op & X86_BYTE && r >= RSP && r <= RDI;
}

static void rex(struct x86_code *c, uint32_t op, int reg, int index, int base,
		bool forced)
{
	uint8_t v = 0x40 | !!(op & X86_W) << 3 | (reg & 8) >> 1;

	if (index > 0)
		v |= (index & 8) >> 2;
	if (base > 0)
		v |= (base & 8) >> 3;
	if (v != 0x40 || forced)
		x86_byte(c, v);
}

static void modrm_r(struct x86_code *c, int reg, int rm)
{
	x86_byte(c, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

/*
 * Base 101 with mod 0 means no base (and, without an index, RIP), so RBP and
 * R13 always have a displacement; 100 as base means that a SIB byte follows.
 * @behind: bytes of the instruction that follow.
 */
static void modrm_m(struct x86_code *c, int reg, struct x86_mem m,
		    unsigned int behind)
{
	unsigned int mod;

	reg &= 7;
	if (m.base == X86_RIP) {
		x86_byte(c, reg << 3 | 5);
		x86_word32(c, m.disp + (c->end - (c->p + 4 + behind)));
		return;
	}
	if (m.base == X86_NO_REG) {
		x86_byte(c, reg << 3 | 4);
		x86_byte(c, m.scale << 6 |
				    (m.index == X86_NO_REG ? 4 : m.index & 7)
					    << 3 |
				    5);
		x86_word32(c, m.disp);
		return;
	}
	mod = !m.disp && (m.base & 7) != 5 ? 0 : is_imm8(m.disp) ? 1 : 2;
	if (m.index != X86_NO_REG || (m.base & 7) == 4) {
		x86_byte(c, mod << 6 | reg << 3 | 4);
		x86_byte(c, m.scale << 6 |
				    (m.index == X86_NO_REG ? 4 : m.index & 7)
					    << 3 |
				    (m.base & 7));
	} else {
		x86_byte(c, mod << 6 | reg << 3 | (m.base & 7));
	}
	if (mod == 1)
		x86_byte(c, m.disp);
	else if (mod == 2)
		x86_word32(c, m.disp);
}

/* Has the host what @op needs? */
static bool usable(struct x86_code *c, uint32_t op)
{
	bool has = x86_has(c, op >> X86_FEATURE_SHIFT);

	c->missing |= !has;
	return has;
}

void x86_op_rr(struct x86_code *c, uint32_t op, int reg, int rm)
{
	if (!usable(c, op))
		return;
	mandatory_prefix(c, op);
	rex(c, op, reg, 0, rm, is_new_byte(op, reg) || is_new_byte(op, rm));
	opcode(c, op);
	modrm_r(c, reg, rm);
}

static void op_rm(struct x86_code *c, uint32_t op, int reg, struct x86_mem m,
		  unsigned int behind)
{
	if (!usable(c, op))
		return;
	mandatory_prefix(c, op);
	rex(c, op, reg, m.index, m.base, is_new_byte(op, reg));
	opcode(c, op);
	modrm_m(c, reg, m, behind);
}

void x86_op_rm(struct x86_code *c, uint32_t op, int reg, struct x86_mem m)
{
	op_rm(c, op, reg, m, 0);
}

/* The last byte of an instruction that needs what @op needs. */
static void last_byte(struct x86_code *c, uint32_t op, uint8_t i)
{
	if (usable(c, op))
		x86_byte(c, i);
}

void x86_op_rr_i8(struct x86_code *c, uint32_t op, int reg, int rm, uint8_t i)
{
	x86_op_rr(c, op, reg, rm);
	last_byte(c, op, i);
}

void x86_op_rm_i8(struct x86_code *c, uint32_t op, int reg, struct x86_mem m,
		  uint8_t i)
{
	op_rm(c, op, reg, m, 1);
	last_byte(c, op, i);
}

/* The short form where it can say it all. */
static void vex(struct x86_code *c, uint32_t op, int reg, int v, int index,
		int base)
{
	unsigned int map = op >> 8 & 3, pp = op >> 12 & 3;
	uint8_t low = (~v & 15) << 3 | !!(op & X86_256) << 2 | pp;
	bool x = index > 0 && index & 8, b = base > 0 && base & 8;

	if (map == 1 && !x && !b && !(op & X86_W)) {
		x86_byte(c, 0xc5);
		x86_byte(c, !(reg & 8) << 7 | low);
	} else {
		x86_byte(c, 0xc4);
		x86_byte(c, !(reg & 8) << 7 | !x << 6 | !b << 5 | map);
		x86_byte(c, !!(op & X86_W) << 7 | low);
	}
	x86_byte(c, op);
}

static void vex_rr(struct x86_code *c, uint32_t op, int reg, int v, int rm)
{
	if (!usable(c, op))
		return;
	vex(c, op, reg, v, 0, rm);
	modrm_r(c, reg, rm);
}

/* ---- the same without VEX ------------------------------------------------ */

/* Of the encoder, if the host has no AVX. */
#define SCRATCH XMM15

static void move(struct x86_code *c, int d, int s)
{
	if (d != s)
		x86_op_rr(c, X86_MOVAPS, d, s);
}

static bool is_packed(uint32_t op)
{
	return (op >> 12 & 3) < 2;
}

/* @reg = @v, from where the operation goes on. Returns where @rm is then. */
static int plain_first(struct x86_code *c, uint32_t op, int reg, int v, int rm)
{
	if (op & X86_TWO || (op & X86_TWO_PACKED && is_packed(op)) || reg == v)
		return rm;
	if (reg == rm && !(op & X86_GENERAL)) {
		move(c, SCRATCH, rm);
		rm = SCRATCH;
	}
	move(c, reg, v);
	return rm;
}

/* A shift by a constant: "reg" says which. */
static bool is_shift(uint32_t op)
{
	return op == X86_PSHIFTW || op == X86_PSHIFTD || op == X86_PSHIFTQ;
}

/* The selector is XMM0. */
static bool is_select(uint32_t op, uint32_t *plain)
{
	switch (op) {
	case X86_BLENDVPS: *plain = X86_SSE4_38 | 0x14; return true;
	case X86_BLENDVPD: *plain = X86_SSE4_38 | 0x15; return true;
	case X86_PBLENDVB: *plain = X86_SSE4_38 | 0x10; return true;
	default: return false;
	}
}

static void plain_rr_i8(struct x86_code *c, uint32_t op, int reg, int v, int rm,
			uint8_t i)
{
	uint32_t select;

	if (is_shift(op)) {
		move(c, v, rm);
		x86_op_rr_i8(c, op, reg, v, i);
		return;
	}
	rm = plain_first(c, op, reg, v, rm);
	if (is_select(op, &select))
		x86_op_rr(c, select, reg, rm);
	else
		x86_op_rr_i8(c, op, reg, rm, i);
}

/* ---- either way ---------------------------------------------------------- */

void x86_vex_rr(struct x86_code *c, uint32_t op, int reg, int v, int rm)
{
	if (x86_has(c, X86_AVX)) {
		vex_rr(c, op, reg, v, rm);
		return;
	}
	rm = plain_first(c, op, reg, v, rm);
	x86_op_rr(c, op, reg, rm);
}

static void vex_rm(struct x86_code *c, uint32_t op, int reg, int v,
		   struct x86_mem m, unsigned int behind)
{
	if (!usable(c, op))
		return;
	if (x86_has(c, X86_AVX)) {
		vex(c, op, reg, v, m.index, m.base);
		modrm_m(c, reg, m, behind);
		return;
	}
	plain_first(c, op, reg, v, X86_NO_REG);
	op_rm(c, op, reg, m, behind);
}

void x86_vex_rm(struct x86_code *c, uint32_t op, int reg, int v,
		struct x86_mem m)
{
	vex_rm(c, op, reg, v, m, 0);
}

void x86_vex_rr_i8(struct x86_code *c, uint32_t op, int reg, int v, int rm,
		   uint8_t i)
{
	if (!x86_has(c, X86_AVX)) {
		plain_rr_i8(c, op, reg, v, rm, i);
		return;
	}
	vex_rr(c, op, reg, v, rm);
	last_byte(c, op, i);
}

void x86_vex_rm_i8(struct x86_code *c, uint32_t op, int reg, int v,
		   struct x86_mem m, uint8_t i)
{
	vex_rm(c, op, reg, v, m, 1);
	last_byte(c, op, i);
}

/* ---- moves --------------------------------------------------------------- */

void x86_mov_rr(struct x86_code *c, unsigned int size, int d, int s)
{
	x86_op_rr(c, 0x8b | w_of(size), d, s);
}

void x86_mov_ri(struct x86_code *c, int d, uint64_t v)
{
	if (v <= UINT32_MAX) {
		rex(c, 0, 0, 0, d, false);
		x86_byte(c, 0xb8 | (d & 7));
		x86_word32(c, v);
	} else if ((int64_t)v == (int32_t)v) {
		x86_op_rr(c, 0xc7 | X86_W, 0, d);
		x86_word32(c, v);
	} else {
		rex(c, X86_W, 0, 0, d, false);
		x86_byte(c, 0xb8 | (d & 7));
		word64(c, v);
	}
}

void x86_load(struct x86_code *c, unsigned int size, int d, struct x86_mem m)
{
	switch (size) {
	case 1: x86_op_rm(c, X86_0F | 0xb6, d, m); break;
	case 2: x86_op_rm(c, X86_0F | 0xb7, d, m); break;
	default: x86_op_rm(c, 0x8b | w_of(size), d, m);
	}
}

void x86_load_sx(struct x86_code *c, unsigned int size, unsigned int to, int d,
		 struct x86_mem m)
{
	switch (size) {
	case 1: x86_op_rm(c, X86_0F | 0xbe | w_of(to), d, m); break;
	case 2: x86_op_rm(c, X86_0F | 0xbf | w_of(to), d, m); break;
	default: x86_op_rm(c, 0x63 | w_of(to), d, m);
	}
}

void x86_store(struct x86_code *c, unsigned int size, struct x86_mem m, int s)
{
	switch (size) {
	case 1: x86_op_rm(c, 0x88 | X86_BYTE, s, m); break;
	case 2: x86_op_rm(c, 0x89 | X86_66, s, m); break;
	default: x86_op_rm(c, 0x89 | w_of(size), s, m);
	}
}

void x86_store_i(struct x86_code *c, unsigned int size, struct x86_mem m,
		 int32_t v)
{
	x86_op_rm(c, 0xc7 | w_of(size) | (size == 2 ? X86_66 : 0), 0, m);
	if (size == 2) {
		x86_byte(c, v);
		x86_byte(c, v >> 8);
	} else {
		x86_word32(c, v);
	}
}

void x86_movzx_rr(struct x86_code *c, unsigned int size, int d, int s)
{
	switch (size) {
	case 1: x86_op_rr(c, X86_0F | 0xb6 | X86_BYTE, d, s); break;
	case 2: x86_op_rr(c, X86_0F | 0xb7, d, s); break;
	default: x86_mov_rr(c, 4, d, s);
	}
}

void x86_movsx_rr(struct x86_code *c, unsigned int size, unsigned int to, int d,
		  int s)
{
	switch (size) {
	case 1: x86_op_rr(c, X86_0F | 0xbe | X86_BYTE | w_of(to), d, s); break;
	case 2: x86_op_rr(c, X86_0F | 0xbf | w_of(to), d, s); break;
	default: x86_op_rr(c, 0x63 | w_of(to), d, s);
	}
}

void x86_lea(struct x86_code *c, unsigned int size, int d, struct x86_mem m)
{
	x86_op_rm(c, 0x8d | w_of(size), d, m);
}

void x86_lea_code(struct x86_code *c, int d, const uint8_t *to)
{
	rex(c, X86_W, d, 0, 0, false);
	x86_byte(c, 0x8d);
	x86_byte(c, (d & 7) << 3 | 5);
	x86_word32(c, to - (x86_here(c) + 4));
}

void x86_push(struct x86_code *c, int r)
{
	rex(c, 0, 0, 0, r, false);
	x86_byte(c, 0x50 | (r & 7));
}

void x86_pop(struct x86_code *c, int r)
{
	rex(c, 0, 0, 0, r, false);
	x86_byte(c, 0x58 | (r & 7));
}

/* ---- arithmetic ---------------------------------------------------------- */

void x86_alu_rr(struct x86_code *c, enum x86_alu op, unsigned int size, int d,
		int s)
{
	x86_op_rr(c, op << 3 | 3 | w_of(size), d, s);
}

void x86_alu_rm(struct x86_code *c, enum x86_alu op, unsigned int size, int d,
		struct x86_mem m)
{
	x86_op_rm(c, op << 3 | 3 | w_of(size), d, m);
}

static void imm_8_or_32(struct x86_code *c, int32_t i)
{
	if (is_imm8(i))
		x86_byte(c, i);
	else
		x86_word32(c, i);
}

void x86_alu_ri(struct x86_code *c, enum x86_alu op, unsigned int size, int d,
		int32_t i)
{
	x86_op_rr(c, (is_imm8(i) ? 0x83 : 0x81) | w_of(size), op, d);
	imm_8_or_32(c, i);
}

void x86_alu_mi(struct x86_code *c, enum x86_alu op, unsigned int size,
		struct x86_mem m, int32_t i)
{
	x86_op_rm(c, (is_imm8(i) ? 0x83 : 0x81) | w_of(size), op, m);
	imm_8_or_32(c, i);
}

void x86_test_rr(struct x86_code *c, unsigned int size, int a, int b)
{
	x86_op_rr(c, 0x85 | w_of(size), b, a);
}

void x86_test_ri(struct x86_code *c, unsigned int size, int a, int32_t i)
{
	if (i >= 0 && i < 0x80) {
		x86_op_rr(c, 0xf6 | X86_BYTE, 0, a);
		x86_byte(c, i);
	} else {
		x86_op_rr(c, 0xf7 | w_of(size), 0, a);
		x86_word32(c, i);
	}
}

void x86_test_m8i(struct x86_code *c, struct x86_mem m, uint8_t i)
{
	x86_op_rm(c, 0xf6, 0, m);
	x86_byte(c, i);
}

void x86_bt_ri(struct x86_code *c, unsigned int size, int r, unsigned int bit)
{
	x86_op_rr_i8(c, X86_0F | 0xba | w_of(size), 4, r, bit);
}

void x86_bt_mi(struct x86_code *c, struct x86_mem m, unsigned int bit)
{
	x86_op_rm_i8(c, X86_0F | 0xba, 4, m, bit);
}

void x86_unary(struct x86_code *c, enum x86_unary op, unsigned int size, int r)
{
	x86_op_rr(c, 0xf7 | w_of(size), op, r);
}

void x86_imul_rr(struct x86_code *c, unsigned int size, int d, int s)
{
	x86_op_rr(c, X86_0F | 0xaf | w_of(size), d, s);
}

void x86_imul_rm(struct x86_code *c, unsigned int size, int d, struct x86_mem m)
{
	x86_op_rm(c, X86_0F | 0xaf | w_of(size), d, m);
}

void x86_imul_ri(struct x86_code *c, unsigned int size, int d, int s, int32_t i)
{
	x86_op_rr(c, 0x69 | w_of(size), d, s);
	x86_word32(c, i);
}

void x86_sign_rax(struct x86_code *c, unsigned int size)
{
	rex(c, w_of(size), 0, 0, 0, false);
	x86_byte(c, 0x99);
}

void x86_shift_ri(struct x86_code *c, enum x86_shift op, unsigned int size,
		  int r, unsigned int n)
{
	x86_op_rr_i8(c, 0xc1 | w_of(size), op, r, n);
}

void x86_shift_rcl(struct x86_code *c, enum x86_shift op, unsigned int size,
		   int r)
{
	x86_op_rr(c, 0xd3 | w_of(size), op, r);
}

void x86_shrd(struct x86_code *c, unsigned int size, int d, int s,
	      unsigned int n)
{
	x86_op_rr_i8(c, X86_0F | 0xac | w_of(size), s, d, n);
}

void x86_bswap(struct x86_code *c, unsigned int size, int r)
{
	rex(c, w_of(size), 0, 0, r, false);
	x86_byte(c, 0x0f);
	x86_byte(c, 0xc8 | (r & 7));
}

void x86_bsr(struct x86_code *c, unsigned int size, int d, int s)
{
	x86_op_rr(c, X86_0F | 0xbd | w_of(size), d, s);
}

void x86_lzcnt(struct x86_code *c, unsigned int size, int d, int s)
{
	x86_op_rr(c, X86_NEEDS(X86_LZCNT) | X86_F3 | X86_0F | 0xbd | w_of(size),
		  d, s);
}

void x86_shx(struct x86_code *c, enum x86_shx op, unsigned int size, int d,
	     int s, int count)
{
	vex_rr(c, X86_NEEDS(X86_BMI2) | X86_0F38 | 0xf7 | op | w_of(size), d,
	       count, s);
}

void x86_rorx(struct x86_code *c, unsigned int size, int d, int s,
	      unsigned int n)
{
	if (!x86_has(c, X86_BMI2)) {
		if (d != s)
			x86_mov_rr(c, size, d, s);
		x86_shift_ri(c, X86_ROR, size, d, n);
		return;
	}
	vex_rr(c, X86_F2 | X86_0F3A | 0xf0 | w_of(size), d, 0, s);
	x86_byte(c, n);
}

void x86_andn(struct x86_code *c, unsigned int size, int d, int n, int s)
{
	vex_rr(c, X86_NEEDS(X86_BMI1) | X86_0F38 | 0xf2 | w_of(size), d, n, s);
}

void x86_mulx(struct x86_code *c, unsigned int size, int hi, int lo, int s)
{
	vex_rr(c, X86_NEEDS(X86_BMI2) | X86_F2 | X86_0F38 | 0xf6 | w_of(size),
	       hi, lo, s);
}

/* ---- flags --------------------------------------------------------------- */

void x86_lahf(struct x86_code *c)
{
	x86_byte(c, 0x9f);
}

void x86_sahf(struct x86_code *c)
{
	x86_byte(c, 0x9e);
}

void x86_cmc(struct x86_code *c)
{
	x86_byte(c, 0xf5);
}

void x86_stc(struct x86_code *c)
{
	x86_byte(c, 0xf9);
}

void x86_setcc_r(struct x86_code *c, enum x86_cc cc, int r)
{
	x86_op_rr(c, X86_0F | 0x90 | X86_BYTE | cc, 0, r);
}

void x86_cmov_rr(struct x86_code *c, enum x86_cc cc, unsigned int size, int d,
		 int s)
{
	x86_op_rr(c, X86_0F | 0x40 | cc | w_of(size), d, s);
}

void x86_cmov_rm(struct x86_code *c, enum x86_cc cc, unsigned int size, int d,
		 struct x86_mem m)
{
	x86_op_rm(c, X86_0F | 0x40 | cc | w_of(size), d, m);
}

/* ---- jumps --------------------------------------------------------------- */

static struct x86_site site(struct x86_code *c)
{
	x86_word32(c, 0);
	return (struct x86_site){c->p - 4};
}

struct x86_site x86_jcc(struct x86_code *c, enum x86_cc cc)
{
	x86_byte(c, 0x0f);
	x86_byte(c, 0x80 | cc);
	return site(c);
}

struct x86_site x86_jmp(struct x86_code *c)
{
	x86_byte(c, 0xe9);
	return site(c);
}

struct x86_site x86_call(struct x86_code *c)
{
	x86_byte(c, 0xe8);
	return site(c);
}

void x86_land(const struct x86_code *c, struct x86_site s, const uint8_t *to)
{
	int32_t d = to - (s.at + 4 + c->run);

	memcpy(s.at, &d, sizeof(d));
}

void x86_land_here(const struct x86_code *c, struct x86_site s)
{
	x86_land(c, s, x86_here(c));
}

void x86_jmp_to(struct x86_code *c, const uint8_t *to)
{
	x86_land(c, x86_jmp(c), to);
}

void x86_jcc_to(struct x86_code *c, enum x86_cc cc, const uint8_t *to)
{
	x86_land(c, x86_jcc(c, cc), to);
}

void x86_call_to(struct x86_code *c, const uint8_t *to)
{
	x86_land(c, x86_call(c), to);
}

void x86_jmp_r(struct x86_code *c, int r)
{
	x86_op_rr(c, 0xff, 4, r);
}

void x86_call_r(struct x86_code *c, int r)
{
	x86_op_rr(c, 0xff, 2, r);
}

void x86_ret(struct x86_code *c)
{
	x86_byte(c, 0xc3);
}

void x86_align(struct x86_code *c, unsigned int bytes)
{
	while ((uintptr_t)c->p % bytes)
		x86_byte(c, 0xcc);
}
