/* SPDX-License-Identifier: MIT */
/*
 * Bodies of shifts, MOVK, division, multiplication and bit counts, of 32 or 64
 * bits: int-32.c and int-64.c include it after uintX, intX and BITS.
 */

/* ---- by an immediate ----------------------------------------------------- */

/* MOVK to XZR reads the sink, and writes it: neither matters. */
static void exec_movk(struct cpu *cpu, const struct insn *i)
{
	uint64_t kept = cpu->x[i->rd] & ~(UINT64_C(0xffff) << i->aux);

	cpu->x[i->rd] = (uintX)(kept | i->imm);
	NEXT;
}

/* UBFM as LSL */
static void exec_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)cpu->x[i->rn] << i->aux;
	NEXT;
}

/* UBFM as LSR */
static void exec_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)cpu->x[i->rn] >> i->aux;
	NEXT;
}

/* SBFM as ASR */
static void exec_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)((intX)cpu->x[i->rn] >> i->aux);
	NEXT;
}

static void exec_sbfm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)shift_field_s(cpu->x[i->rn], i->aux);
	NEXT;
}

/* ---- two sources --------------------------------------------------------- */

static void exec_udiv(struct cpu *cpu, const struct insn *i)
{
	uintX n = cpu->x[i->rn], m = cpu->x[i->rm];

	cpu->x[i->rd] = m ? n / m : 0;
	NEXT;
}

/* The most negative number by -1 overflows to itself. */
static void exec_sdiv(struct cpu *cpu, const struct insn *i)
{
	intX n = cpu->x[i->rn], m = cpu->x[i->rm];

	cpu->x[i->rd] = m == -1 ? -(uintX)n : m ? (uintX)(n / m) : 0;
	NEXT;
}

static void exec_lslv(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)cpu->x[i->rn] << (cpu->x[i->rm] & (BITS - 1));
	NEXT;
}

static void exec_lsrv(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)cpu->x[i->rn] >> (cpu->x[i->rm] & (BITS - 1));
	NEXT;
}

static void exec_asrv(struct cpu *cpu, const struct insn *i)
{
	intX n = cpu->x[i->rn];

	cpu->x[i->rd] = (uintX)(n >> (cpu->x[i->rm] & (BITS - 1)));
	NEXT;
}

static void exec_rorv(struct cpu *cpu, const struct insn *i)
{
	uintX n = cpu->x[i->rn], m = cpu->x[i->rm];

	cpu->x[i->rd] = (uintX)(n >> (m & (BITS - 1)) | n << (-m & (BITS - 1)));
	NEXT;
}

/* ---- three sources ------------------------------------------------------- */

static void exec_madd(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->ra] + cpu->x[i->rn] * cpu->x[i->rm]);
	NEXT;
}

static void exec_msub(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->ra] - cpu->x[i->rn] * cpu->x[i->rm]);
	NEXT;
}

/* ---- one source ---------------------------------------------------------- */

static void exec_rbit(struct cpu *cpu, const struct insn *i)
{
	uint64_t x = (uintX)cpu->x[i->rn];

	x = (x >> 1 & 0x5555555555555555) | (x & 0x5555555555555555) << 1;
	x = (x >> 2 & 0x3333333333333333) | (x & 0x3333333333333333) << 2;
	x = (x >> 4 & 0x0f0f0f0f0f0f0f0f) | (x & 0x0f0f0f0f0f0f0f0f) << 4;
	cpu->x[i->rd] = __builtin_bswap64(x) >> (64 - BITS);
	NEXT;
}

static void exec_rev16(struct cpu *cpu, const struct insn *i)
{
	uint64_t x = (uintX)cpu->x[i->rn];

	cpu->x[i->rd] = (x >> 8 & 0x00ff00ff00ff00ff) | (x & 0x00ff00ff00ff00ff)
								<< 8;
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

static insn_fn *shift_body(const struct insn *i)
{
	switch (i->op) {
	case A64_MOVK: return exec_movk;
	case A64_UBFM: return i->form == BITFIELD_LEFT ? exec_lsl : exec_lsr;
	case A64_SBFM: return i->form == BITFIELD_RIGHT ? exec_asr : exec_sbfm;
	case A64_UDIV: return exec_udiv;
	case A64_SDIV: return exec_sdiv;
	case A64_LSLV: return exec_lslv;
	case A64_LSRV: return exec_lsrv;
	case A64_ASRV: return exec_asrv;
	case A64_RORV: return exec_rorv;
	case A64_MADD: return exec_madd;
	case A64_MSUB: return exec_msub;
	case A64_RBIT_int: return exec_rbit;
	case A64_REV16_int: return exec_rev16;
	case A64_EXTR: return exec_extr;
	case A64_CLZ_int: return exec_clz;
	case A64_CLS_int: return exec_cls;
	default: return NULL;
	}
}
