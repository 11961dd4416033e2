/* SPDX-License-Identifier: MIT */
/*
 * Classic BPF as seccomp(2) knows it, see bpf.h.
 */
#include "user/bpf.h"

#include <string.h>

#include "base/types.h"

#define DATA_SIZE sizeof(struct seccomp_data)

/* ---- what is valid ------------------------------------------------------- */

static bool is_alu(uint16_t code)
{
	switch (BPF_OP(code)) {
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_DIV:
	case BPF_OR:
	case BPF_AND:
	case BPF_XOR:
	case BPF_LSH:
	case BPF_RSH: return !(code & 0xff00);
	case BPF_NEG: return code == (BPF_ALU | BPF_NEG);
	default: return false;
	}
}

static bool alu_valid(const struct sock_filter *f)
{
	const bool constant = BPF_SRC(f->code) == BPF_K;

	if (!is_alu(f->code))
		return false;
	switch (BPF_OP(f->code)) {
	case BPF_DIV: return !constant || f->k;
	case BPF_LSH:
	case BPF_RSH: return !constant || f->k < 32;
	default: return true;
	}
}

/* Both ways lead to an instruction. @left: how many come behind it. */
static bool jump_valid(const struct sock_filter *f, unsigned int left)
{
	switch (f->code) {
	case BPF_JMP | BPF_JA: return f->k < left;
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JEQ | BPF_X:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_X:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_X:
	case BPF_JMP | BPF_JSET | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_X: return f->jt < left && f->jf < left;
	default: return false;
	}
}

static bool insn_valid(const struct sock_filter *f, unsigned int left)
{
	switch (BPF_CLASS(f->code)) {
	case BPF_ALU: return alu_valid(f);
	case BPF_JMP: return jump_valid(f, left);
	}
	switch (f->code) {
	case BPF_LD | BPF_W | BPF_ABS: return f->k < DATA_SIZE && !(f->k & 3);
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX: return f->k < BPF_MEMWORDS;
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A: return true;
	default: return false;
	}
}

/* No word of the scratch memory is read on a way on which it was not written.
 * Jumps go forward only, so one pass sees all ways to an instruction. */
static bool memory_valid(const struct sock_filter *code, unsigned int len)
{
	uint16_t masks[BPF_MAXINSNS], written = 0;

	memset(masks, 0xff, sizeof(masks));
	for (unsigned int pc = 0; pc < len; pc++) {
		const struct sock_filter *f = &code[pc];

		written &= masks[pc];
		switch (f->code) {
		case BPF_ST:
		case BPF_STX: written |= (uint16_t)BIT(f->k); break;
		case BPF_LD | BPF_MEM:
		case BPF_LDX | BPF_MEM:
			if (!(written & BIT(f->k)))
				return false;
			break;
		case BPF_JMP | BPF_JA:
			masks[pc + 1 + f->k] &= written;
			written = 0xffff;
			break;
		default:
			if (BPF_CLASS(f->code) != BPF_JMP)
				break;
			masks[pc + 1 + f->jt] &= written;
			masks[pc + 1 + f->jf] &= written;
			written = 0xffff;
		}
	}
	return true;
}

bool bpf_valid(const struct sock_filter *code, unsigned int len)
{
	if (!len || len > BPF_MAXINSNS ||
	    BPF_CLASS(code[len - 1].code) != BPF_RET)
		return false;
	for (unsigned int pc = 0; pc < len; pc++)
		if (!insn_valid(&code[pc], len - pc - 1))
			return false;
	return memory_valid(code, len);
}

/* ---- running ------------------------------------------------------------- */

struct machine {
	uint32_t a, x, mem[BPF_MEMWORDS];
};

/* False: a division by zero, of which a filter is ended with 0. */
static bool alu(struct machine *m, const struct sock_filter *f)
{
	const uint32_t b = BPF_SRC(f->code) == BPF_X ? m->x : f->k;

	switch (BPF_OP(f->code)) {
	case BPF_ADD: m->a += b; break;
	case BPF_SUB: m->a -= b; break;
	case BPF_MUL: m->a *= b; break;
	case BPF_DIV:
		if (!b)
			return false;
		m->a /= b;
		break;
	case BPF_OR: m->a |= b; break;
	case BPF_AND: m->a &= b; break;
	case BPF_XOR: m->a ^= b; break;
	case BPF_LSH: m->a <<= b & 31; break;
	case BPF_RSH: m->a >>= b & 31; break;
	case BPF_NEG: m->a = -m->a; break;
	}
	return true;
}

static unsigned int jump(uint32_t a, uint32_t x, const struct sock_filter *f)
{
	const uint32_t b = BPF_SRC(f->code) == BPF_X ? x : f->k;
	bool yes = false;

	switch (BPF_OP(f->code)) {
	case BPF_JA: return f->k;
	case BPF_JEQ: yes = a == b; break;
	case BPF_JGE: yes = a >= b; break;
	case BPF_JGT: yes = a > b; break;
	case BPF_JSET: yes = a & b; break;
	}
	return yes ? f->jt : f->jf;
}

static void move(struct machine *m, const struct sock_filter *f,
		 const struct seccomp_data *d)
{
	switch (f->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		memcpy(&m->a, (const char *)d + f->k, sizeof(m->a));
		break;
	case BPF_LD | BPF_MEM: m->a = m->mem[f->k]; break;
	case BPF_LDX | BPF_MEM: m->x = m->mem[f->k]; break;
	case BPF_ST: m->mem[f->k] = m->a; break;
	case BPF_STX: m->mem[f->k] = m->x; break;
	case BPF_LD | BPF_W | BPF_LEN: m->a = DATA_SIZE; break;
	case BPF_LDX | BPF_W | BPF_LEN: m->x = DATA_SIZE; break;
	case BPF_LD | BPF_IMM: m->a = f->k; break;
	case BPF_LDX | BPF_IMM: m->x = f->k; break;
	case BPF_MISC | BPF_TAX: m->x = m->a; break;
	case BPF_MISC | BPF_TXA: m->a = m->x; break;
	}
}

uint32_t bpf_run(const struct sock_filter *code, const struct seccomp_data *d)
{
	struct machine m = {0};

	for (const struct sock_filter *f = code;; f++) {
		switch (BPF_CLASS(f->code)) {
		case BPF_RET: return BPF_RVAL(f->code) == BPF_A ? m.a : f->k;
		case BPF_JMP: f += jump(m.a, m.x, f); break;
		case BPF_ALU:
			if (!alu(&m, f))
				return 0;
			break;
		default: move(&m, f, d);
		}
	}
}

bool bpf_always_allows(const struct sock_filter *code, int nr, uint32_t arch)
{
	uint32_t a = 0;

	for (const struct sock_filter *f = code;; f++) {
		switch (f->code) {
		case BPF_RET | BPF_K: return f->k == SECCOMP_RET_ALLOW;
		case BPF_LD | BPF_W | BPF_ABS:
			if (f->k == offsetof(struct seccomp_data, nr))
				a = (uint32_t)nr;
			else if (f->k == offsetof(struct seccomp_data, arch))
				a = arch;
			else
				return false;
			break;
		case BPF_JMP | BPF_JA:
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K: f += jump(a, 0, f); break;
		case BPF_ALU | BPF_AND | BPF_K: a &= f->k; break;
		default: return false;
		}
	}
}
