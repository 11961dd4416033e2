/* SPDX-License-Identifier: MIT */
/*
 * Formats of AES, SHA, SM3, SM4, the 64-bit PMULL, and CRC32. Arm ARM C4.1.96
 * "Cryptographic AES", "three-register SHA", "two-register SHA", "Cryptographic
 * three-register, imm2" and what follows it; C4.1.95 "data-processing (2
 * source)".
 */
#include "isa/a64/formats.h"

/* size: of what Rm adds, B to X; sf is 1 for X and only for it. */
bool fmt_crc32(uint32_t w, struct insn *out)
{
	out->rd = reg_dst(FLD(w, 4, 0));
	out->rn = reg_src(FLD(w, 9, 5));
	out->rm = reg_src(FLD(w, 20, 16));
	out->size = FLD(w, 11, 10);
	return FLD(w, 31, 31) == (out->size == SIZE_X);
}

/* Vd and Vn; Vd, Vn and Vm. */
bool fmt_crypto_2(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	return true;
}

bool fmt_crypto_3(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return fmt_crypto_2(w, out);
}

bool fmt_crypto_4(uint32_t w, struct insn *out)
{
	out->ra = FLD(w, 14, 10);
	return fmt_crypto_3(w, out);
}

/* aux: by how much is rotated. */
bool fmt_crypto_xar(uint32_t w, struct insn *out)
{
	out->aux = FLD(w, 15, 10);
	return fmt_crypto_3(w, out);
}

/* aux: the word of Vm. */
bool fmt_crypto_sm3tt(uint32_t w, struct insn *out)
{
	out->aux = FLD(w, 13, 12);
	return fmt_crypto_3(w, out);
}

/* aux: the doubleword of Vn and Vm. */
bool fmt_crypto_pmull(uint32_t w, struct insn *out)
{
	out->aux = FLD(w, 30, 30);
	return fmt_crypto_3(w, out);
}
