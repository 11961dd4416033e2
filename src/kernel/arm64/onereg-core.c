/* SPDX-License-Identifier: MIT */
/*
 * ONE_REG of the registers in struct kvm_regs: X, SP, PC, PSTATE, V and those
 * that came from AArch32. An id is the word offset there.
 */
#include "kernel/arm64/onereg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/refuse.h"

/* Word offsets in struct kvm_regs. */
#define WORD(member) (offsetof(struct kvm_regs, member) / 4)
#define NR_WORDS     (sizeof(struct kvm_regs) / 4)

enum core_kind {
	CORE_X,
	CORE_SP0,
	CORE_PC,
	CORE_PSTATE,
	CORE_SP1,
	CORE_ELR,
	CORE_SPSR,
	CORE_V,
	CORE_FPSR,
	CORE_FPCR
};

static const struct core_row {
	enum core_kind kind;
	uint16_t first; /* word */
	uint8_t count;
	uint8_t size; /* bytes of each */
	const char *name;
} core_rows[] = {
	{CORE_X, WORD(regs.regs), 31, 8, "X"},
	{CORE_SP0, WORD(regs.sp), 1, 8, "SP_EL0"},
	{CORE_PC, WORD(regs.pc), 1, 8, "PC"},
	{CORE_PSTATE, WORD(regs.pstate), 1, 8, "PSTATE"},
	{CORE_SP1, WORD(sp_el1), 1, 8, "SP_EL1"},
	{CORE_ELR, WORD(elr_el1), 1, 8, "ELR_EL1"},
	{CORE_SPSR, WORD(spsr), KVM_NR_SPSR, 8, "SPSR"},
	{CORE_V, WORD(fp_regs.vregs), 32, 16, "V"},
	{CORE_FPSR, WORD(fp_regs.fpsr), 1, 4, "FPSR"},
	{CORE_FPCR, WORD(fp_regs.fpcr), 1, 4, "FPCR"},
};

/* A vCPU with SVE has Z instead. */
static bool row_hidden(const struct vcpu *vcpu, const struct core_row *row)
{
	return row->kind == CORE_V && vcpu &&
	       vcpu_has_feature(vcpu, KVM_ARM_VCPU_SVE);
}

/* @vcpu NULL: any. */
static long core_find(const struct vcpu *vcpu, uint64_t id,
		      const struct core_row **row, unsigned int *n)
{
	uint64_t word = id & ~(KVM_REG_ARCH_MASK | KVM_REG_SIZE_MASK |
			       KVM_REG_ARM_CORE);
	unsigned int size = onereg_size(id);

	/* Linux refuses the last word too (its test includes equality). */
	if (word >= NR_WORDS || word + size / 4 >= NR_WORDS)
		return refuse(ENOENT, FKVM_CORE_REG,
			      "word %#lx is beyond the last core "
			      "register",
			      word);
	for (size_t i = 0; i < ARRAY_SIZE(core_rows); i++) {
		const struct core_row *r = &core_rows[i];
		unsigned int words = r->size / 4;  /* a power of two */
		unsigned int at = word - r->first; /* if before: beyond */

		if (at >= r->count * words)
			continue;
		if (size != r->size || (at & (words - 1)))
			break;
		if (row_hidden(vcpu, r))
			return refuse(EINVAL, FKVM_CORE_SVE,
				      "V is the low part of Z, by SVE's ids");
		*row = r;
		*n = at >> __builtin_ctz(words);
		return 0;
	}
	return refuse(EINVAL, FKVM_CORE_REG,
		      "no core register of %u bytes starts at word %#lx", size,
		      word);
}

static uint64_t *core_spsr(struct cpu *cpu, unsigned int n)
{
	switch (n) {
	case KVM_SPSR_ABT: return &cpu->sys.spsr_abt;
	case KVM_SPSR_UND: return &cpu->sys.spsr_und;
	case KVM_SPSR_IRQ: return &cpu->sys.spsr_irq;
	case KVM_SPSR_FIQ: return &cpu->sys.spsr_fiq;
	default: return &cpu->sys.spsr_el1;
	}
}

static COLD uint64_t core_a32_x_get(const struct cpu *cpu, unsigned int n)
{
	uint64_t x[31];

	cpu_a32_regs_to_x(cpu, x);
	return x[n];
}

static uint64_t core_x_get(const struct cpu *cpu, unsigned int n)
{
	return unlikely(cpu_is_aarch32_el1(cpu)) ? core_a32_x_get(cpu, n)
						 : cpu->x[n];
}

static void core_x_set(struct cpu *cpu, unsigned int n, uint64_t val)
{
	uint64_t x[31];

	if (!cpu_is_aarch32_el1(cpu)) {
		cpu->x[n] = val;
		return;
	}
	cpu_a32_regs_to_x(cpu, x);
	x[n] = val;
	cpu_a32_regs_from_x(cpu, x);
}

static long core_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	struct cpu *cpu = cpu_of(vcpu);
	const struct core_row *row;
	unsigned int n;
	uint64_t val[2] = {0};
	long ret = core_find(vcpu, id, &row, &n);

	if (ret)
		return ret;
	switch (row->kind) {
	case CORE_X: val[0] = core_x_get(cpu, n); break;
	case CORE_SP0: val[0] = cpu_sp(cpu, 0); break;
	case CORE_PC: val[0] = cpu->pc; break;
	case CORE_PSTATE:
		val[0] = cpu_pstate(cpu) | vcpu_arm64(vcpu)->pstate_rest;
		break;
	case CORE_SP1: val[0] = cpu_sp(cpu, 1); break;
	case CORE_ELR: val[0] = cpu->sys.elr_el1; break;
	case CORE_SPSR: val[0] = *core_spsr(cpu, n); break;
	case CORE_V: memcpy(val, &cpu->vreg[n], 16); break;
	case CORE_FPSR: val[0] = cpu_fpsr(cpu); break;
	case CORE_FPCR: val[0] = cpu->fpcr; break;
	}
	return copy_to_user(user, val, row->size);
}

#define PSTATE_MODE GENMASK(4, 0)

/* Of a vCPU whose EL1 is in AArch32 state, and of one whose EL0 may be. */
static long pstate_check(const struct vcpu *vcpu, uint64_t val)
{
	bool el1 = vcpu_has_feature(vcpu, KVM_ARM_VCPU_EL1_32BIT);

	switch (val & PSTATE_MODE) {
	case 0x00: /* EL0t */
	case 0x04: /* EL1t */
	case 0x05: /* EL1h */
		if (!el1)
			return 0;
		break;
	case 0x10: /* User */
		if (host_has_aarch32(0))
			return 0;
		break;
	case 0x11: /* FIQ */
	case 0x12: /* IRQ */
	case 0x13: /* Supervisor */
	case 0x17: /* Abort */
	case 0x1b: /* Undefined */
	case 0x1f: /* System */
		if (el1)
			return 0;
		break;
	}
	return refuse(EINVAL, FKVM_PSTATE_MODE,
		      "PSTATE %#lx: mode %#lx is none of a vCPU with %s-bit "
		      "EL1%s",
		      val, val & PSTATE_MODE, el1 ? "32" : "64",
		      el1 || host_has_aarch32(0) ? "" : " and no AArch32");
}

/* After each write of one: the registers of AArch32 state have 32 bits. With EL1
 * in it core_x_set() has seen to that. */
static void core_narrow(struct cpu *cpu)
{
	if (likely(!cpu->isa))
		return;
	cpu->pc = (uint32_t)cpu->pc;
	for (unsigned int n = 0; n < 15 && !cpu_is_aarch32_el1(cpu); n++)
		cpu->x[n] = (uint32_t)cpu->x[n];
}

static long core_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	struct cpu *cpu = cpu_of(vcpu);
	const struct core_row *row;
	unsigned int n;
	uint64_t val[2] = {0};
	long ret = core_find(vcpu, id, &row, &n);

	if (ret)
		return ret;
	if (copy_from_user(val, user, row->size))
		return -EFAULT;
	switch (row->kind) {
	case CORE_X: core_x_set(cpu, n, val[0]); break;
	case CORE_SP0: cpu_set_sp(cpu, 0, val[0]); break;
	case CORE_PC: cpu->pc = val[0]; break;
	case CORE_PSTATE:
		ret = pstate_check(vcpu, val[0]);
		if (ret)
			return ret;
		cpu_set_pstate(cpu, val[0]);
		vcpu_arm64(vcpu)->pstate_rest = val[0] & ~cpu_pstate(cpu);
		break;
	case CORE_SP1: cpu_set_sp(cpu, 1, val[0]); break;
	case CORE_ELR: cpu->sys.elr_el1 = val[0]; break;
	case CORE_SPSR: *core_spsr(cpu, n) = val[0]; break;
	case CORE_V: memcpy(&cpu->vreg[n], val, 16); break;
	case CORE_FPSR: cpu->fpsr = val[0]; break;
	case CORE_FPCR: cpu->fpcr = val[0]; break;
	}
	core_narrow(cpu);
	return 0;
}

static int core_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(core_rows) && !ret; i++) {
		const struct core_row *r = &core_rows[i];
		uint64_t size = (uint64_t)__builtin_ctz(r->size)
				<< KVM_REG_SIZE_SHIFT;

		if (row_hidden(vcpu, r))
			continue;
		for (unsigned int n = 0; n < r->count && !ret; n++)
			ret = put(KVM_REG_ARM64 | size | KVM_REG_ARM_CORE |
					  (r->first + n * (r->size / 4)),
				  ctx);
	}
	return ret;
}

static void core_name(uint64_t id, char *name, size_t size)
{
	const struct core_row *row;
	unsigned int n;

	if (core_find(NULL, id, &row, &n))
		return;
	if (row->count > 1)
		snprintf(name, size, "%s%u", row->name, n);
	else
		snprintf(name, size, "%s", row->name);
}

const struct onereg_family onereg_core = {
	.id = 0x10,
	.title = "core",
	.get = core_get,
	.set = core_set,
	.list = core_list,
	.name = core_name,
};
