/* SPDX-License-Identifier: MIT */
/*
 * The choice of a body for class INT, integer data processing, and the bodies
 * that are the same for W and X registers (Arm ARM C4.1.92, C4.1.95).
 */
#include "cpu/int.h"

#include "cpu/bodies.h"

/* ---- addresses and constants --------------------------------------------- */

static void exec_adr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = insn_pc(cpu, i) + i->imm;
	NEXT;
}

/* page_va is the 4 KiB page of the instruction: what ADRP adds to. */
static void exec_adrp(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->page_va + i->imm;
	NEXT;
}

/* MOVZ, MOVN and ORR (immediate) to XZR */
static void exec_mov_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = i->imm;
	NEXT;
}

/* ---- bit fields ---------------------------------------------------------- */

/* Of 32 bits too: the shifts leave nothing above. */
static void exec_ubfm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = shift_field_u(cpu->x[i->rn], i->aux);
	NEXT;
}

static void exec_ubfx(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn] >> i->aux & i->imm;
	NEXT;
}

static void exec_uxtb(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uint8_t)cpu->x[i->rn];
	NEXT;
}

static void exec_uxth(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uint16_t)cpu->x[i->rn];
	NEXT;
}

static void exec_sxtw(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (int64_t)(int32_t)cpu->x[i->rn];
	NEXT;
}

/* imm has the bits of the destination that stay. */
static void exec_bfm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] =
		(cpu->x[i->rd] & i->imm) | shift_field_u(cpu->x[i->rn], i->aux);
	NEXT;
}

/* ---- long products ------------------------------------------------------- */

static void exec_smaddl(struct cpu *cpu, const struct insn *i)
{
	int64_t n = (int32_t)cpu->x[i->rn];

	cpu->x[i->rd] = cpu->x[i->ra] + n * (int32_t)cpu->x[i->rm];
	NEXT;
}

static void exec_smsubl(struct cpu *cpu, const struct insn *i)
{
	int64_t n = (int32_t)cpu->x[i->rn];

	cpu->x[i->rd] = cpu->x[i->ra] - n * (int32_t)cpu->x[i->rm];
	NEXT;
}

static void exec_umaddl(struct cpu *cpu, const struct insn *i)
{
	uint64_t n = (uint32_t)cpu->x[i->rn];

	cpu->x[i->rd] = cpu->x[i->ra] + n * (uint32_t)cpu->x[i->rm];
	NEXT;
}

static void exec_umsubl(struct cpu *cpu, const struct insn *i)
{
	uint64_t n = (uint32_t)cpu->x[i->rn];

	cpu->x[i->rd] = cpu->x[i->ra] - n * (uint32_t)cpu->x[i->rm];
	NEXT;
}

static void exec_smulh(struct cpu *cpu, const struct insn *i)
{
	__int128 n = (int64_t)cpu->x[i->rn];

	cpu->x[i->rd] = (uint64_t)(n * (int64_t)cpu->x[i->rm] >> 64);
	NEXT;
}

static void exec_umulh(struct cpu *cpu, const struct insn *i)
{
	unsigned __int128 n = cpu->x[i->rn];

	cpu->x[i->rd] = (uint64_t)(n * cpu->x[i->rm] >> 64);
	NEXT;
}

/* ---- flags --------------------------------------------------------------- */

/* aux has the flags that are taken from Xn, rotated. */
static void exec_rmif(struct cpu *cpu, const struct insn *i)
{
	uint64_t n = cpu->x[i->rn], rotated = n >> i->imm | n << (-i->imm & 63);
	uint32_t nzcv = get_nzcv(cpu) >> 28;

	nzcv = (nzcv & ~i->aux) | (rotated & i->aux);
	set_nzcv(cpu, nzcv << 28);
	NEXT;
}

/* C stays. V: the value does not fit. */
static void exec_setf(struct cpu *cpu, const struct insn *i)
{
	unsigned int bits = 8 << i->size;
	uint64_t val = cpu->x[i->rn] & GENMASK(bits - 1, 0);

	cpu->v = (cpu->x[i->rn] >> bits ^ cpu->x[i->rn] >> (bits - 1)) & 1;
	cpu->n = val << (64 - bits);
	cpu->z = val;
	NEXT;
}

static void exec_cfinv(struct cpu *cpu, const struct insn *i)
{
	cpu->c ^= 1;
	NEXT;
}

/* Of a comparison of floating-point numbers, between Arm's form and another
 * one, in which Z stands for unordered too. */
static void exec_xaflag(struct cpu *cpu, const struct insn *i)
{
	bool c = cpu->c, z = cpu->z == 0;

	set_nzcv(cpu, (uint32_t)(!c && !z) << 31 | (uint32_t)(z && c) << 30 |
			      (uint32_t)(c || z) << 29 |
			      (uint32_t)(!c && z) << 28);
	NEXT;
}

static void exec_axflag(struct cpu *cpu, const struct insn *i)
{
	bool c = cpu->c, z = cpu->z == 0, v = cpu->v;

	set_nzcv(cpu, (uint32_t)(z || v) << 30 | (uint32_t)(c && !v) << 29);
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

/* NULL: the size decides. */
static insn_fn *bitfield_body(const struct insn *i)
{
	switch (i->form) {
	case BITFIELD_ANY: return i->op == A64_UBFM ? exec_ubfm : NULL;
	case BITFIELD_MASK: return exec_ubfx;
	case BITFIELD_BYTE: return exec_uxtb;
	case BITFIELD_HALF: return exec_uxth;
	case BITFIELD_WORD: return exec_sxtw;
	default: return NULL;
	}
}

static insn_fn *any_size_body(const struct insn *i)
{
	switch (i->op) {
	case A64_ADR: return exec_adr;
	case A64_ADRP: return exec_adrp;
	case A64_MOVN:
	case A64_MOVZ: return exec_mov_imm;
	case A64_ORR_imm: return i->rn == REG_ZR ? exec_mov_imm : NULL;
	case A64_UBFM:
	case A64_SBFM: return bitfield_body(i);
	case A64_BFM: return exec_bfm;
	case A64_SMADDL: return exec_smaddl;
	case A64_SMSUBL: return exec_smsubl;
	case A64_UMADDL: return exec_umaddl;
	case A64_UMSUBL: return exec_umsubl;
	case A64_SMULH: return exec_smulh;
	case A64_UMULH: return exec_umulh;
	case A64_CRC32:
	case A64_CRC32C: return crc32_body(i);
	case A64_RMIF: return exec_rmif;
	case A64_SETF: return exec_setf;
	case A64_CFINV: return exec_cfinv;
	case A64_XAFLAG: return exec_xaflag;
	case A64_AXFLAG: return exec_axflag;
	default: return NULL;
	}
}

insn_fn *int_body(const struct insn *i)
{
	insn_fn *fn = any_size_body(i);

	if (fn)
		return fn;
	return i->size == SIZE_X ? int_64_body(i) : int_32_body(i);
}
