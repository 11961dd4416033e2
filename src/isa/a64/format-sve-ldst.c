/* SPDX-License-Identifier: MIT */
/* Formats of SVE's loads and stores (Arm ARM C4.1.60 ff.); operands-sve.h. */
#include "isa/a64/formats.h"

/* imm: how many times the length of the register. */
static void fill(uint32_t w, struct insn *out)
{
	out->rn = reg_sp(FLD(w, 9, 5));
	out->imm = sext64(FLD(w, 21, 16) << 3 | FLD(w, 12, 10), 9);
}

bool fmt_sve_fill_z(uint32_t w, struct insn *out)
{
	fill(w, out);
	out->rd = FLD(w, 4, 0);
	return true;
}

bool fmt_sve_fill_p(uint32_t w, struct insn *out)
{
	fill(w, out);
	out->rd = FLD(w, 3, 0);
	return true;
}

/* ---- what all others have ------------------------------------------------ */

static void memory(uint32_t w, struct insn *out, unsigned int size,
		   unsigned int memory_size, bool is_signed)
{
	out->rd = FLD(w, 4, 0);
	out->rn = reg_sp(FLD(w, 9, 5));
	out->rm = REG_ZR;
	out->ra = 1;
	out->aux = FLD(w, 12, 10);
	out->size = size;
	out->form = memory_size | (is_signed ? SVE_MEM_SIGNED : 0);
}

static void offset_imm(uint32_t w, struct insn *out)
{
	out->imm = sext64(FLD(w, 19, 16), 4);
}

static bool offset_reg(uint32_t w, struct insn *out)
{
	out->rm = reg_src(FLD(w, 20, 16));
	return out->rm != REG_ZR;
}

/* ---- contiguous ---------------------------------------------------------- */

/* Sizes of memory and of elements go up from left and right of the diagonal; what
 * would be a load of more than an element is one of less, signed. */
static void dtype(uint32_t w, struct insn *out, unsigned int msz,
		  unsigned int esz)
{
	bool is_signed = msz > esz;

	if (is_signed)
		memory(w, out, 3 - esz, 3 - msz, true);
	else
		memory(w, out, esz, msz, false);
}

bool fmt_sve_ld1_zr(uint32_t w, struct insn *out)
{
	dtype(w, out, FLD(w, 24, 23), FLD(w, 22, 21));
	return offset_reg(w, out);
}

/* XZR is an offset here. */
bool fmt_sve_ldff1_zr(uint32_t w, struct insn *out)
{
	fmt_sve_ld1_zr(w, out);
	return true;
}

bool fmt_sve_ld1_zi(uint32_t w, struct insn *out)
{
	dtype(w, out, FLD(w, 24, 23), FLD(w, 22, 21));
	offset_imm(w, out);
	return true;
}

bool fmt_sve_ld1r(uint32_t w, struct insn *out)
{
	dtype(w, out, FLD(w, 24, 23), FLD(w, 14, 13));
	out->imm = (int64_t)FLD(w, 21, 16) << (out->form & SVE_MEM_SIZE);
	return true;
}

/* Of one size, one to four registers. */
static void registers(uint32_t w, struct insn *out)
{
	memory(w, out, FLD(w, 24, 23), FLD(w, 24, 23), false);
	out->ra = FLD(w, 22, 21) + 1;
}

bool fmt_sve_ldn_zr(uint32_t w, struct insn *out)
{
	registers(w, out);
	return offset_reg(w, out);
}

bool fmt_sve_ldn_zi(uint32_t w, struct insn *out)
{
	registers(w, out);
	offset_imm(w, out);
	return true;
}

/* LD1RO */
bool fmt_sve_ld1ro_zr(uint32_t w, struct insn *out)
{
	bool ok = fmt_sve_ldn_zr(w, out);

	out->ra = 1;
	return ok;
}

bool fmt_sve_ld1ro_zi(uint32_t w, struct insn *out)
{
	fmt_sve_ldn_zi(w, out);
	out->ra = 1;
	return true;
}

static bool store_one(uint32_t w, struct insn *out)
{
	memory(w, out, FLD(w, 22, 21), FLD(w, 24, 23), false);
	return FLD(w, 22, 21) >= FLD(w, 24, 23);
}

bool fmt_sve_st1_zr(uint32_t w, struct insn *out)
{
	bool ok = store_one(w, out);

	return offset_reg(w, out) && ok;
}

bool fmt_sve_st1_zi(uint32_t w, struct insn *out)
{
	offset_imm(w, out);
	return store_one(w, out);
}

/* ---- vectors of addresses ------------------------------------------------ */

static bool gather(uint32_t w, struct insn *out, unsigned int size,
		   unsigned int form)
{
	unsigned int msz = FLD(w, 24, 23);
	bool is_signed = !FLD(w, 14, 14);

	memory(w, out, size, msz, is_signed);
	out->rm = FLD(w, 20, 16);
	out->form |= form | (FLD(w, 13, 13) ? SVE_MEM_FIRST_FAULT : 0);
	return msz < size || (msz == size && !is_signed);
}

static unsigned int extension(bool sxtw)
{
	return sxtw ? SVE_MEM_SXTW : SVE_MEM_UXTW;
}

static bool scaled(struct insn *out, bool ok)
{
	out->form |= SVE_MEM_SCALED;
	return ok && (out->form & SVE_MEM_SIZE) != SIZE_B;
}

/* imm: the offset, scaled. */
static bool bases(uint32_t w, struct insn *out, bool ok)
{
	out->rn = FLD(w, 9, 5);
	out->rm = REG_ZR;
	out->imm = (int64_t)FLD(w, 20, 16) << (out->form & SVE_MEM_SIZE);
	out->form |= SVE_MEM_BASES;
	return ok;
}

bool fmt_sve_gather_s(uint32_t w, struct insn *out)
{
	return gather(w, out, SIZE_W, extension(FLD(w, 22, 22)));
}

bool fmt_sve_gather_s_scaled(uint32_t w, struct insn *out)
{
	return scaled(out, fmt_sve_gather_s(w, out));
}

bool fmt_sve_gather_s_imm(uint32_t w, struct insn *out)
{
	return bases(w, out, gather(w, out, SIZE_W, 0));
}

bool fmt_sve_gather_d32(uint32_t w, struct insn *out)
{
	return gather(w, out, SIZE_X, extension(FLD(w, 22, 22)));
}

bool fmt_sve_gather_d32_scaled(uint32_t w, struct insn *out)
{
	return scaled(out, fmt_sve_gather_d32(w, out));
}

bool fmt_sve_gather_d64(uint32_t w, struct insn *out)
{
	return gather(w, out, SIZE_X, 0);
}

bool fmt_sve_gather_d64_scaled(uint32_t w, struct insn *out)
{
	return scaled(out, fmt_sve_gather_d64(w, out));
}

bool fmt_sve_gather_d_imm(uint32_t w, struct insn *out)
{
	return bases(w, out, gather(w, out, SIZE_X, 0));
}

static bool scatter(uint32_t w, struct insn *out, unsigned int size,
		    unsigned int form)
{
	memory(w, out, size, FLD(w, 24, 23), false);
	out->rm = FLD(w, 20, 16);
	out->form |= form;
	return FLD(w, 24, 23) <= size;
}

bool fmt_sve_scatter_32(uint32_t w, struct insn *out)
{
	bool ok = scatter(w, out, FLD(w, 22, 22) ? SIZE_W : SIZE_X,
			  extension(FLD(w, 14, 14)));

	return FLD(w, 21, 21) ? scaled(out, ok) : ok;
}

bool fmt_sve_scatter_64(uint32_t w, struct insn *out)
{
	bool ok = scatter(w, out, SIZE_X, 0);

	return FLD(w, 21, 21) ? scaled(out, ok) : ok;
}

bool fmt_sve_scatter_imm(uint32_t w, struct insn *out)
{
	return bases(w, out,
		     scatter(w, out, FLD(w, 21, 21) ? SIZE_W : SIZE_X, 0));
}

/* Bases and Xm. */
static bool bases_and_register(uint32_t w, struct insn *out, unsigned int size,
			       bool is_signed)
{
	unsigned int msz = FLD(w, 24, 23);

	memory(w, out, size, msz, is_signed);
	out->rn = FLD(w, 9, 5);
	out->rm = reg_src(FLD(w, 20, 16));
	out->form |= SVE_MEM_BASES;
	return msz < size || (msz == size && !is_signed);
}

bool fmt_sve_ldnt1_s(uint32_t w, struct insn *out)
{
	return bases_and_register(w, out, SIZE_W, !FLD(w, 13, 13));
}

bool fmt_sve_ldnt1_d(uint32_t w, struct insn *out)
{
	return bases_and_register(w, out, SIZE_X, !FLD(w, 14, 14));
}

bool fmt_sve_stnt1_s(uint32_t w, struct insn *out)
{
	return bases_and_register(w, out, SIZE_W, false);
}

bool fmt_sve_stnt1_d(uint32_t w, struct insn *out)
{
	return bases_and_register(w, out, SIZE_X, false);
}

/* ---- prefetches ---------------------------------------------------------- */

bool fmt_sve_prf(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	return true;
}

bool fmt_sve_prf_zr(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	return FLD(w, 20, 16) != 31;
}
