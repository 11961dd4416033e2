/* SPDX-License-Identifier: MIT */
/*
 * The encoder of x86-64 (src/jit/x86.c) as Capstone reads it: every function
 * with every register, each kind of base and index (those that need a SIB byte,
 * a displacement, a REX), displacements and immediates of either width; and
 * jumps, where they land.
 */
#include <capstone/capstone.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/types.h"
#include "jit/x86.h"
#include "tests/check-main.h"

static csh cs;
static uint8_t buf[64];
static struct x86_code code;

/* What runs is elsewhere than what is written. */
#define RUN UINT64_C(0x10000)

static void setup(void)
{
	ck_assert_int_eq(cs_open(CS_ARCH_X86, CS_MODE_64, &cs), CS_ERR_OK);
	code = (struct x86_code){
		.p = buf,
		.end = buf + sizeof(buf),
		.run = (ptrdiff_t)(RUN - (uintptr_t)buf),
	};
}

static void teardown(void)
{
	cs_close(&cs);
}

/* What was emitted since the last time is one instruction: its text. */
static void text(char got[256], const char *want)
{
	size_t len = code.p - buf;
	cs_insn *i;

	ck_assert_msg(cs_disasm(cs, buf, len, RUN, 1, &i) == 1,
		      "no instruction for: %s", want);
	sprintf(got, "%s%s%s", i->mnemonic, *i->op_str ? " " : "", i->op_str);
	ck_assert_msg(i->size == len, "%s: %u of %zu bytes", want, i->size,
		      len);
	cs_free(i, 1);
	memset(buf, 0xcc, sizeof(buf));
	code.p = buf;
}

static void __attribute__((format(printf, 1, 2))) expect(const char *fmt, ...)
{
	char want[128], got[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(want, sizeof(want), fmt, ap);
	va_end(ap);
	text(got, want);
	ck_assert_str_eq(got, want);
}

/* The last operand is @v, of which @size bytes count: Capstone prints some
 * signed and others not. */
static void __attribute__((format(printf, 3, 4)))
expect_imm(unsigned int size, int64_t v, const char *fmt, ...)
{
	unsigned int unused = 64 - 8 * size;
	char want[128], got[256], *end, *comma;
	uint64_t value;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(want, sizeof(want), fmt, ap);
	va_end(ap);
	text(got, want);
	comma = strrchr(got, ',');
	ck_assert_msg(comma, "%s: %s", want, got);
	*comma = 0;
	ck_assert_str_eq(got, want);
	value = strtoull(comma + 1, &end, 0);
	ck_assert_msg(!*end && (int64_t)(value << unused) ==
				       (int64_t)((uint64_t)v << unused),
		      "%s: %s instead of %" PRIx64, want, comma + 1, v);
}

/* ---- names --------------------------------------------------------------- */

static const char *reg(unsigned int size, int r)
{
	static const char *const legacy[] = {"ax", "cx", "dx", "bx",
					     "sp", "bp", "si", "di"};
	static char names[4][8];
	static unsigned int turn;
	char *s = names[turn++ % ARRAY_SIZE(names)];

	if (size >= 16)
		sprintf(s, "%cmm%d", size == 32 ? 'y' : 'x', r);
	else if (r >= 8)
		sprintf(s, "r%d%s", r,
			size == 1   ? "b"
			: size == 2 ? "w"
			: size == 4 ? "d"
				    : "");
	else if (size == 1 && r < 4)
		sprintf(s, "%cl", legacy[r][0]);
	else if (size == 1)
		sprintf(s, "%sl", legacy[r]);
	else
		sprintf(s, "%s%s",
			size == 8   ? "r"
			: size == 4 ? "e"
				    : "",
			legacy[r]);
	return s;
}

/* As Capstone has it: decimal up to 9. */
static const char *number(uint64_t v)
{
	static char names[4][24];
	static unsigned int turn;
	char *s = names[turn++ % ARRAY_SIZE(names)];

	sprintf(s, v > 9 ? "0x%" PRIx64 : "%" PRIu64, v);
	return s;
}

static const char *mem(unsigned int size, struct x86_mem m)
{
	static const char *const ptr[] = {
		[1] = "byte",  [2] = "word",     [4] = "dword",
		[8] = "qword", [16] = "xmmword", [32] = "ymmword"};
	static char names[2][64];
	static unsigned int turn;
	char *s = names[turn++ % ARRAY_SIZE(names)], *p = s;

	if (size)
		p += sprintf(p, "%s ptr ", ptr[size]);
	p += sprintf(p, "[");
	if (m.base != X86_NO_REG)
		p += sprintf(p, "%s", reg(8, m.base));
	if (m.index != X86_NO_REG)
		p += sprintf(p, "%s%s", m.base != X86_NO_REG ? " + " : "",
			     reg(8, m.index));
	if (m.index != X86_NO_REG && m.scale)
		p += sprintf(p, "*%u", 1u << m.scale);
	if (m.base == X86_NO_REG && m.index == X86_NO_REG)
		p += sprintf(p, "%s", number((uint32_t)m.disp));
	else if (m.disp)
		p += sprintf(p, " %c %s", m.disp < 0 ? '-' : '+',
			     number(m.disp < 0 ? -(int64_t)m.disp : m.disp));
	sprintf(p, "]");
	return s;
}

/* ---- what is tried ------------------------------------------------------- */

#define FOR_REG(r)  for (int r = RAX; r <= R15; r++)
#define FOR_SIZE(s) for (unsigned int s = 4; s <= 8; s += 4)

static const int32_t disps[] = {0,    1,    -1,    127,       128,
				-128, -129, 0x7ff, INT32_MAX, INT32_MIN};

typedef void mem_fn(struct x86_mem m);

/* Every base, with and without an index; every index, of each scale. */
static void for_mem(mem_fn *fn)
{
	for (unsigned int k = 0; k < ARRAY_SIZE(disps); k++) {
		int32_t d = disps[k];

		FOR_REG(base)
		{
			fn(x86_at(base, d));
			FOR_REG(index)
			{
				if (index == RSP)
					continue;
				for (int scale = 0; scale < 4; scale++)
					fn(x86_at_index(base, index, scale, d));
			}
		}
		FOR_REG(index)
		if (index != RSP)
			fn(x86_at_index(X86_NO_REG, index, 3, d));
		/* Of a negative one Capstone has no clear idea. */
		if (d >= 0)
			fn(x86_at(X86_NO_REG, d));
	}
}

/* A few of them: where the encoding is special, or is not. */
static void for_some_mem(mem_fn *fn)
{
	static const int8_t bases[] = {RAX, RSP, RBP, RDI, R12, R13, R15};

	for (unsigned int k = 0; k < ARRAY_SIZE(bases); k++) {
		fn(x86_at(bases[k], 0));
		fn(x86_at(bases[k], -128));
		fn(x86_at(bases[k], 0x1234));
		fn(x86_at_index(bases[k], R9, 3, 0));
		fn(x86_at_index(bases[k], RBP, 0, 8));
	}
}

static const int32_t imms[] = {0,    1,    -1,      0x7f,      0x80,
			       -128, -129, -0x1000, INT32_MAX, INT32_MIN};
#define FOR_IMM(v)                                                      \
	for (unsigned int v##_k = 0; v##_k < ARRAY_SIZE(imms); v##_k++) \
		for (int32_t v = imms[v##_k], v##_once = 1; v##_once;   \
		     v##_once = 0)

static const char *const cc_names[16] = {
	"o", "no", "b", "ae", "e", "ne", "be", "a",
	"s", "ns", "p", "np", "l", "ge", "le", "g",
};

/* ---- moves --------------------------------------------------------------- */

static void try_load(struct x86_mem m)
{
	static int r;

	r = (r + 5) % 16;
	x86_load(&code, 1, r, m);
	expect("movzx %s, %s", reg(4, r), mem(1, m));
	x86_load(&code, 2, r, m);
	expect("movzx %s, %s", reg(4, r), mem(2, m));
	x86_load(&code, 4, r, m);
	expect("mov %s, %s", reg(4, r), mem(4, m));
	x86_load(&code, 8, r, m);
	expect("mov %s, %s", reg(8, r), mem(8, m));
	FOR_SIZE(to)
	{
		x86_load_sx(&code, 1, to, r, m);
		expect("movsx %s, %s", reg(to, r), mem(1, m));
		x86_load_sx(&code, 2, to, r, m);
		expect("movsx %s, %s", reg(to, r), mem(2, m));
		x86_lea(&code, to, r, m);
		expect("lea %s, %s", reg(to, r), mem(0, m));
	}
	x86_load_sx(&code, 4, 8, r, m);
	expect("movsxd %s, %s", reg(8, r), mem(4, m));
	for (unsigned int size = 1; size <= 8; size *= 2) {
		x86_store(&code, size, m, r);
		expect("mov %s, %s", mem(size, m), reg(size, r));
	}
}

START_TEST(loads_and_stores)
{
	for_mem(try_load);
	/* Each register as one byte: SPL to DIL need a REX. */
	FOR_REG(r)
	{
		x86_store(&code, 1, x86_at(RDX, 0), r);
		expect("mov byte ptr [rdx], %s", reg(1, r));
	}
}
END_TEST

static void try_store_i(struct x86_mem m)
{
	FOR_IMM(v)
	{
		for (unsigned int size = 2; size <= 8; size *= 2) {
			x86_store_i(&code, size, m, v);
			expect_imm(size, v, "mov %s", mem(size, m));
		}
	}
}

START_TEST(moves)
{
	for_some_mem(try_store_i);
	FOR_REG(d)
	{
		FOR_REG(s)
		{
			FOR_SIZE(size)
			{
				x86_mov_rr(&code, size, d, s);
				expect("mov %s, %s", reg(size, d),
				       reg(size, s));
				x86_movsx_rr(&code, 1, size, d, s);
				expect("movsx %s, %s", reg(size, d), reg(1, s));
				x86_movsx_rr(&code, 2, size, d, s);
				expect("movsx %s, %s", reg(size, d), reg(2, s));
			}
			x86_movsx_rr(&code, 4, 8, d, s);
			expect("movsxd %s, %s", reg(8, d), reg(4, s));
			x86_movzx_rr(&code, 1, d, s);
			expect("movzx %s, %s", reg(4, d), reg(1, s));
			x86_movzx_rr(&code, 2, d, s);
			expect("movzx %s, %s", reg(4, d), reg(2, s));
			x86_movzx_rr(&code, 4, d, s);
			expect("mov %s, %s", reg(4, d), reg(4, s));
		}
		x86_push(&code, d);
		expect("push %s", reg(8, d));
		x86_pop(&code, d);
		expect("pop %s", reg(8, d));
	}
}
END_TEST

START_TEST(constants)
{
	FOR_REG(d)
	{
		x86_mov_ri(&code, d, 0);
		expect("mov %s, 0", reg(4, d));
		x86_mov_ri(&code, d, UINT32_MAX);
		expect("mov %s, 0xffffffff", reg(4, d));
		x86_mov_ri(&code, d, -1);
		expect("mov %s, -1", reg(8, d));
		x86_mov_ri(&code, d, (int64_t)INT32_MIN);
		expect("mov %s, -0x80000000", reg(8, d));
		x86_mov_ri(&code, d, UINT64_C(1) << 32);
		expect("movabs %s, 0x100000000", reg(8, d));
		x86_mov_ri(&code, d, (int64_t)INT32_MIN - 1);
		expect("movabs %s, 0xffffffff7fffffff", reg(8, d));
		x86_lea_code(&code, d, (const uint8_t *)RUN + 0x107);
		expect("lea %s, [rip + 0x100]", reg(8, d));
		x86_lea_code(&code, d, (const uint8_t *)RUN - 9);
		expect("lea %s, [rip - 0x10]", reg(8, d));
	}
}
END_TEST

/* ---- arithmetic ---------------------------------------------------------- */

static const char *const alu_names[] = {"add", "or",  "adc", "sbb",
					"and", "sub", "xor", "cmp"};
#define FOR_ALU(op) for (enum x86_alu op = X86_ADD; op <= X86_CMP; op++)

static void try_alu(struct x86_mem m)
{
	FOR_ALU(op)
	{
		FOR_SIZE(size)
		{
			x86_alu_rm(&code, op, size, R10, m);
			expect("%s %s, %s", alu_names[op], reg(size, R10),
			       mem(size, m));
			FOR_IMM(v)
			{
				x86_alu_mi(&code, op, size, m, v);
				expect_imm(size, v, "%s %s", alu_names[op],
					   mem(size, m));
			}
		}
	}
	FOR_SIZE(size)
	{
		x86_imul_rm(&code, size, R10, m);
		expect("imul %s, %s", reg(size, R10), mem(size, m));
	}
	x86_test_m8i(&code, m, 0x80);
	expect("test %s, 0x80", mem(1, m));
	x86_bt_mi(&code, m, 31);
	expect("bt %s, 0x1f", mem(4, m));
}

static void try_test_ri(unsigned int size, int r)
{
	FOR_IMM(v)
	{
		x86_test_ri(&code, size, r, v);
		if (v >= 0 && v < 0x80)
			expect_imm(1, v, "test %s", reg(1, r));
		else
			expect_imm(size, v, "test %s", reg(size, r));
	}
}

START_TEST(arithmetic)
{
	for_some_mem(try_alu);
	FOR_REG(d)
	{
		FOR_SIZE(size)
		{
			FOR_ALU(op)
			{
				FOR_REG(s)
				{
					x86_alu_rr(&code, op, size, d, s);
					expect("%s %s, %s", alu_names[op],
					       reg(size, d), reg(size, s));
				}
				FOR_IMM(v)
				{
					x86_alu_ri(&code, op, size, d, v);
					expect_imm(size, v, "%s %s",
						   alu_names[op], reg(size, d));
				}
			}
			try_test_ri(size, d);
			FOR_REG(s)
			{
				x86_test_rr(&code, size, d, s);
				expect("test %s, %s", reg(size, d),
				       reg(size, s));
				x86_imul_rr(&code, size, d, s);
				expect("imul %s, %s", reg(size, d),
				       reg(size, s));
				x86_lzcnt(&code, size, d, s);
				expect("lzcnt %s, %s", reg(size, d),
				       reg(size, s));
			}
		}
	}
}
END_TEST

START_TEST(one_operand)
{
	static const char *const unary[] = {
		[X86_NOT] = "not",   [X86_NEG] = "neg", [X86_MUL] = "mul",
		[X86_IMUL] = "imul", [X86_DIV] = "div", [X86_IDIV] = "idiv",
	};

	FOR_REG(r)
	{
		FOR_SIZE(size)
		{
			for (int op = X86_NOT; op <= X86_IDIV; op++) {
				x86_unary(&code, op, size, r);
				expect("%s %s", unary[op], reg(size, r));
			}
			x86_bswap(&code, size, r);
			expect("bswap %s", reg(size, r));
			for (unsigned int bit = 0; bit < 8 * size; bit++) {
				x86_bt_ri(&code, size, r, bit);
				expect("bt %s, %s", reg(size, r), number(bit));
			}
		}
	}
	x86_sign_rax(&code, 4);
	expect("cdq");
	x86_sign_rax(&code, 8);
	expect("cqo");
}
END_TEST

START_TEST(shifts)
{
	static const struct {
		enum x86_shift op;
		const char *name;
	} ops[] = {{X86_ROL, "rol"},
		   {X86_ROR, "ror"},
		   {X86_SHL, "shl"},
		   {X86_SHR, "shr"},
		   {X86_SAR, "sar"}};

	FOR_REG(r)
	{
		FOR_SIZE(size)
		{
			for (unsigned int k = 0; k < ARRAY_SIZE(ops); k++) {
				for (unsigned int n = 1; n < 8 * size; n++) {
					x86_shift_ri(&code, ops[k].op, size, r,
						     n);
					expect("%s %s, %s", ops[k].name,
					       reg(size, r), number(n));
				}
				x86_shift_rcl(&code, ops[k].op, size, r);
				expect("%s %s, cl", ops[k].name, reg(size, r));
			}
			FOR_REG(s)
			{
				x86_shrd(&code, size, r, s, 5);
				expect("shrd %s, %s, 5", reg(size, r),
				       reg(size, s));
				x86_rorx(&code, size, r, s, 12);
				expect("rorx %s, %s, 0xc", reg(size, r),
				       reg(size, s));
			}
		}
	}
}
END_TEST

/* Three registers: all of each with a pair of the others. */
START_TEST(bmi)
{
	FOR_SIZE(size)
	{
		for (int k = 0; k < 16 * 16; k++) {
			int a = k % 16, b = k / 16, c = (a + 3 * b) % 16;
			const char *ra = reg(size, a), *rb = reg(size, b);
			const char *rc = reg(size, c);

			x86_shx(&code, X86_SHLX, size, a, b, c);
			expect("shlx %s, %s, %s", ra, rb, rc);
			x86_shx(&code, X86_SHRX, size, a, b, c);
			expect("shrx %s, %s, %s", ra, rb, rc);
			x86_shx(&code, X86_SARX, size, a, b, c);
			expect("sarx %s, %s, %s", ra, rb, rc);
			x86_andn(&code, size, a, b, c);
			expect("andn %s, %s, %s", ra, rb, rc);
			x86_mulx(&code, size, a, b, c);
			expect("mulx %s, %s, %s", ra, rb, rc);
		}
	}
}
END_TEST

/* ---- flags --------------------------------------------------------------- */

static void try_cmov(struct x86_mem m)
{
	for (int cc = 0; cc < 16; cc++) {
		FOR_SIZE(size)
		{
			x86_cmov_rm(&code, cc, size, R11, m);
			expect("cmov%s %s, %s", cc_names[cc], reg(size, R11),
			       mem(size, m));
		}
	}
}

START_TEST(flags)
{
	x86_lahf(&code);
	expect("lahf");
	x86_sahf(&code);
	expect("sahf");
	x86_cmc(&code);
	expect("cmc");
	x86_stc(&code);
	expect("stc");
	for_some_mem(try_cmov);
	for (int cc = 0; cc < 16; cc++) {
		FOR_REG(d)
		{
			x86_setcc_r(&code, cc, d);
			expect("set%s %s", cc_names[cc], reg(1, d));
			FOR_REG(s)
			{
				FOR_SIZE(size)
				{
					x86_cmov_rr(&code, cc, size, d, s);
					expect("cmov%s %s, %s", cc_names[cc],
					       reg(size, d), reg(size, s));
				}
			}
		}
	}
}
END_TEST

/* ---- any instruction ----------------------------------------------------- */

static void try_any(struct x86_mem m)
{
	x86_op_rm(&code, 0x08 | X86_BYTE, RSI, m); /* OR */
	expect("or %s, sil", mem(1, m));
	x86_op_rm(&code, X86_F2 | X86_0F | 0x58, 9, m);
	expect("addsd xmm9, %s", mem(8, m));
	x86_op_rm(&code, X86_66 | X86_0F38 | 0x00, 9, m);
	expect("pshufb xmm9, %s", mem(16, m));
	x86_op_rm_i8(&code, X86_66 | X86_0F | 0x70, 9, m, 0x4e);
	expect("pshufd xmm9, %s, 0x4e", mem(16, m));
	x86_vex_rm(&code, X86_F2 | X86_0F | 0x58, 1, 10, m);
	expect("vaddsd xmm1, xmm10, %s", mem(8, m));
	x86_vex_rm(&code, X86_66 | X86_0F | X86_256 | 0xfe, 10, 1, m);
	expect("vpaddd ymm10, ymm1, %s", mem(32, m));
	x86_vex_rm_i8(&code, X86_66 | X86_0F | 0xc4, 10, 1, m, 3);
	expect("vpinsrw xmm10, xmm1, %s, 3", mem(2, m));
	x86_vex_rm_i8(&code, X86_66 | X86_0F3A | 0x0f, 10, 1, m, 3);
	expect("vpalignr xmm10, xmm1, %s, 3", mem(16, m));
}

/* One-byte and VEX maps, prefixes, W and L, with all registers. */
START_TEST(any)
{
	for_some_mem(try_any);
	for (int k = 0; k < 16 * 16; k++) {
		int a = k % 16, b = k / 16, c = (a + 3 * b) % 16;

		x86_op_rr(&code, 0x88 | X86_BYTE, b, a);
		expect("mov %s, %s", reg(1, a), reg(1, b));
		x86_op_rr(&code, X86_66 | X86_0F | X86_W | 0x6e, a, b);
		expect("movq %s, %s", reg(16, a), reg(8, b));
		x86_op_rr_i8(&code, X86_66 | X86_0F3A | 0x0b, a, b, 4);
		expect("roundsd %s, %s, 4", reg(16, a), reg(16, b));
		x86_vex_rr(&code, X86_F3 | X86_0F | 0x5e, a, b, c);
		expect("vdivss %s, %s, %s", reg(16, a), reg(16, b), reg(16, c));
		x86_vex_rr(&code, X86_66 | X86_0F38 | X86_W | 0xb8, a, b, c);
		expect("vfmadd231pd %s, %s, %s", reg(16, a), reg(16, b),
		       reg(16, c));
		x86_vex_rr(&code, X86_66 | X86_0F | X86_256 | 0x58, a, b, c);
		expect("vaddpd %s, %s, %s", reg(32, a), reg(32, b), reg(32, c));
		x86_vex_rr_i8(&code, X86_66 | X86_0F | 0xc6, a, b, c, 1);
		expect("vshufpd %s, %s, %s, 1", reg(16, a), reg(16, b),
		       reg(16, c));
	}
}
END_TEST

/* Of what is in the code: the distance is from the instruction's end, behind an
 * immediate too. */
START_TEST(relative)
{
	const uint8_t *to = (const uint8_t *)RUN + 0x1000;

	FOR_REG(r)
	{
		struct x86_mem m = x86_at_code(&code, to);
		unsigned int len;

		x86_load(&code, 8, r, m);
		len = code.p - buf;
		expect("mov %s, qword ptr [rip + %s]", reg(8, r),
		       number(0x1000 - len));
		x86_vex_rm(&code, X86_66 | X86_0F | 0xef, r, 3, m);
		len = code.p - buf;
		expect("vpxor %s, xmm3, xmmword ptr [rip + %s]", reg(16, r),
		       number(0x1000 - len));
		x86_vex_rm_i8(&code, X86_66 | X86_0F3A | 0x0f, r, 3, m, 9);
		len = code.p - buf;
		expect("vpalignr %s, xmm3, xmmword ptr [rip + %s], 9",
		       reg(16, r), number(0x1000 - len));
	}
}
END_TEST

/* ---- jumps --------------------------------------------------------------- */

START_TEST(jumps)
{
	static const int distances[] = {0, 0x12, -0x1000, 0x7fe00000};

	for (unsigned int k = 0; k < ARRAY_SIZE(distances); k++) {
		uint64_t to = RUN + 0x100000 + distances[k];
		const uint8_t *p = (const uint8_t *)to;

		x86_land(&code, x86_jmp(&code), p);
		expect("jmp 0x%" PRIx64, to);
		x86_land(&code, x86_call(&code), p);
		expect("call 0x%" PRIx64, to);
		x86_jmp_to(&code, p);
		expect("jmp 0x%" PRIx64, to);
		x86_call_to(&code, p);
		expect("call 0x%" PRIx64, to);
		for (int cc = 0; cc < 16; cc++) {
			x86_land(&code, x86_jcc(&code, cc), p);
			expect("j%s 0x%" PRIx64, cc_names[cc], to);
			x86_jcc_to(&code, cc, p);
			expect("j%s 0x%" PRIx64, cc_names[cc], to);
		}
	}
	FOR_REG(r)
	{
		x86_jmp_r(&code, r);
		expect("jmp %s", reg(8, r));
		x86_call_r(&code, r);
		expect("call %s", reg(8, r));
	}
	x86_ret(&code);
	expect("ret");
}
END_TEST

/* A jump forward lands where code goes on, wherever that is written. */
START_TEST(forward)
{
	struct x86_site site = x86_jcc(&code, CC_LE);

	x86_byte(&code, 0x90);
	x86_word32(&code, 0x90909090);
	x86_land_here(&code, site);
	ck_assert_ptr_eq(x86_here(&code), (const uint8_t *)RUN + 11);
	code.p = buf + 6;
	expect("jle 0x%" PRIx64, RUN + 11);
}
END_TEST

START_TEST(alignment)
{
	static _Alignas(64) uint8_t room[128];
	struct x86_code c = {.p = room + 1, .end = room + sizeof(room)};

	x86_align(&c, 16);
	ck_assert_ptr_eq(c.p, room + 16);
	for (unsigned int k = 1; k < 16; k++)
		ck_assert_uint_eq(room[k], 0xcc);
	x86_align(&c, 64);
	ck_assert_ptr_eq(c.p, room + 64);
	x86_align(&c, 64);
	ck_assert_ptr_eq(c.p, room + 64);
	ck_assert_uint_eq(room[0] | room[64], 0);
}
END_TEST

/* ---- with less of a host ------------------------------------------------- */

/* All that was emitted since the last time, "; " between instructions. */
static void expect_all(const char *want)
{
	char got[512] = "", *p = got;
	size_t n, len = code.p - buf;
	cs_insn *i = NULL;

	n = len ? cs_disasm(cs, buf, len, RUN, 0, &i) : 0;
	for (size_t k = 0; k < n; k++) {
		p += sprintf(p, "%s%s %s", k ? "; " : "", i[k].mnemonic,
			     i[k].op_str);
		len -= i[k].size;
	}
	ck_assert_str_eq(got, want);
	ck_assert_uint_eq(len, 0);
	cs_free(i, n);
	memset(buf, 0xcc, sizeof(buf));
	code.p = buf;
}

static void without(uint16_t lacks)
{
	code.lacks = lacks;
	code.missing = false;
}

START_TEST(plain_forms)
{
	struct x86_code *c = &code;
	struct x86_mem m = x86_at(RDI, 16);

	without(BIT(X86_AVX) | BIT(X86_AVX2) | BIT(X86_FMA) | BIT(X86_BMI2));
	/* The result apart, as the first and as the second operand. */
	x86_vex_rr(c, X86_PSUBD, 9, 4, 6);
	expect_all("movaps xmm9, xmm4; psubd xmm9, xmm6");
	x86_vex_rr(c, X86_PSUBD, 4, 4, 6);
	expect_all("psubd xmm4, xmm6");
	x86_vex_rr(c, X86_PSUBD, 6, 4, 6);
	expect_all("movaps xmm15, xmm6; movaps xmm6, xmm4; psubd xmm6, xmm15");
	x86_vex_rr(c, X86_PSUBD, 4, 6, 6);
	expect_all("movaps xmm4, xmm6; psubd xmm4, xmm6");
	x86_vex_rm(c, X86_PSHUFB, 5, 4, m);
	expect_all("movaps xmm5, xmm4; "
		   "pshufb xmm5, xmmword ptr [rdi + 0x10]");
	/* With a byte behind; shifts, whose result is elsewhere. */
	x86_vex_rr_i8(c, X86_PALIGNR, 5, 4, 6, 3);
	expect_all("movaps xmm5, xmm4; palignr xmm5, xmm6, 3");
	x86_vex_rr_i8(c, X86_PSHIFTD, X86_PSLL, 5, 4, 3);
	expect_all("movaps xmm5, xmm4; pslld xmm5, 3");
	x86_vex_rr_i8(c, X86_PSHIFTQ, X86_PSRLDQ, 4, 4, 8);
	expect_all("psrldq xmm4, 8");
	/* No second operand; of packed ones alone. */
	x86_vex_rr(c, X86_PABSW, 5, 0, 6);
	expect_all("pabsw xmm5, xmm6");
	x86_vex_rr_i8(c, X86_PSHUFD, 5, 0, 6, 0x4e);
	expect_all("pshufd xmm5, xmm6, 0x4e");
	x86_vex_rr(c, X86_FSQRT | X86_PD, 5, 0, 6);
	expect_all("sqrtpd xmm5, xmm6");
	x86_vex_rr(c, X86_FSQRT | X86_SD, 5, 4, 6);
	expect_all("movaps xmm5, xmm4; sqrtsd xmm5, xmm6");
	x86_vex_rr(c, X86_CVT | X86_SS, 5, 4, 6);
	expect_all("movaps xmm5, xmm4; cvtss2sd xmm5, xmm6");
	/* A general register is no vector register of the same number. */
	x86_vex_rr_i8(c, X86_PINSRD, RSI, 4, RSI, 1);
	expect_all("movaps xmm6, xmm4; pinsrd xmm6, esi, 1");
	x86_vex_rr(c, X86_CVT_FROM_INT | X86_SD, RSI, RSI, RSI);
	expect_all("cvtsi2sd xmm6, esi");
	x86_vex_rr(c, X86_MOVD_X | X86_W, 9, 0, RAX);
	expect_all("movq xmm9, rax");
	/* The selector is XMM0, which goes without saying. */
	x86_vex_rr_i8(c, X86_PBLENDVB, 5, 4, 6, XMM0 << 4);
	expect_all("movaps xmm5, xmm4; pblendvb xmm5, xmm6");
	x86_vex_rr_i8(c, X86_BLENDVPD, 6, 4, 6, XMM0 << 4);
	expect_all("movaps xmm15, xmm6; movaps xmm6, xmm4; "
		   "blendvpd xmm6, xmm15");
	x86_rorx(c, 8, RAX, RSI, 12);
	expect_all("mov rax, rsi; ror rax, 0xc");
	x86_rorx(c, 4, RAX, RAX, 12);
	expect_all("ror eax, 0xc");
	ck_assert(!code.missing);
}
END_TEST

/* What needs a feature is not emitted without it, and that is noted. */
START_TEST(missing)
{
	static const struct {
		uint32_t op;
		enum x86_feature needs;
	} ops[] = {
		{X86_PSHUFB, X86_SSSE3},    {X86_PMULLD, X86_SSE4_1},
		{X86_PCMPGTQ, X86_SSE4_2},  {X86_PBROADCASTB, X86_AVX2},
		{X86_FMADD, X86_FMA},       {X86_AESENC, X86_AES},
		{X86_PCLMULQDQ, X86_CLMUL},
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(ops); k++) {
		without(BIT(ops[k].needs));
		x86_vex_rr(&code, ops[k].op, 5, 4, 6);
		expect_all("");
		ck_assert(code.missing);
	}
	/* Nor the byte behind. */
	without(BIT(X86_SSSE3));
	x86_vex_rr_i8(&code, X86_PALIGNR, 5, 4, 6, 1);
	x86_vex_rm_i8(&code, X86_PALIGNR, 5, 4, x86_at(RDI, 0), 1);
	x86_op_rr_i8(&code, X86_PALIGNR, 5, 6, 1);
	x86_op_rm_i8(&code, X86_PALIGNR, 5, x86_at(RDI, 0), 1);
	expect_all("");
	without(BIT(X86_SHA));
	x86_op_rr(&code, X86_SHA256MSG1, 5, 4);
	ck_assert(code.missing);
	without(BIT(X86_BMI1) | BIT(X86_BMI2) | BIT(X86_LZCNT));
	x86_andn(&code, 8, RAX, RDX, RSI);
	ck_assert(code.missing);
	code.missing = false;
	x86_shx(&code, X86_SHLX, 8, RAX, RDX, RSI);
	ck_assert(code.missing);
	code.missing = false;
	x86_mulx(&code, 8, RAX, RDX, RSI);
	ck_assert(code.missing);
	code.missing = false;
	x86_lzcnt(&code, 8, RAX, RDX);
	ck_assert(code.missing);
	expect_all("");
	/* LZCNT without its prefix: what has always been there. */
	without(BIT(X86_LZCNT));
	x86_bsr(&code, 8, RAX, R9);
	expect_all("bsr rax, r9");
	ck_assert(!code.missing);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jit-x86");
	TCase *tc = tcase_create("x86");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, loads_and_stores);
	tcase_add_test(tc, moves);
	tcase_add_test(tc, constants);
	tcase_add_test(tc, arithmetic);
	tcase_add_test(tc, one_operand);
	tcase_add_test(tc, shifts);
	tcase_add_test(tc, bmi);
	tcase_add_test(tc, flags);
	tcase_add_test(tc, any);
	tcase_add_test(tc, relative);
	tcase_add_test(tc, jumps);
	tcase_add_test(tc, forward);
	tcase_add_test(tc, alignment);
	tcase_add_test(tc, plain_forms);
	tcase_add_test(tc, missing);
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
