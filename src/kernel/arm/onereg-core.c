/* SPDX-License-Identifier: MIT */
/*
 * ONE_REG of the words of 32-bit Arm's struct kvm_regs: the registers of all
 * modes by their own names.
 */
#include <errno.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/arm/arm.h"

/* What a word is; of a register the X that has it, cpu_a32_regs_to_x(). */
enum core_kind { CORE_R, CORE_PC, CORE_CPSR, CORE_ORIG_R0, CORE_SPSR };

enum core_spsr { SPSR_SVC, SPSR_ABT, SPSR_UND, SPSR_IRQ, SPSR_FIQ };

static const struct core_row {
	const char *name;
	uint8_t kind, n;
} core_rows[ARM_CORE_WORDS] = {
	{"R0", CORE_R, 0},
	{"R1", CORE_R, 1},
	{"R2", CORE_R, 2},
	{"R3", CORE_R, 3},
	{"R4", CORE_R, 4},
	{"R5", CORE_R, 5},
	{"R6", CORE_R, 6},
	{"R7", CORE_R, 7},
	{"R8_usr", CORE_R, 8},
	{"R9_usr", CORE_R, 9},
	{"R10_usr", CORE_R, 10},
	{"R11_usr", CORE_R, 11},
	{"R12_usr", CORE_R, 12},
	{"SP_usr", CORE_R, 13},
	{"LR_usr", CORE_R, 14},
	{"PC", CORE_PC, 0},
	{"CPSR", CORE_CPSR, 0},
	{"ORIG_r0", CORE_ORIG_R0, 0},
	{"SP_svc", CORE_R, 19},
	{"LR_svc", CORE_R, 18},
	{"SPSR_svc", CORE_SPSR, SPSR_SVC},
	{"SP_abt", CORE_R, 21},
	{"LR_abt", CORE_R, 20},
	{"SPSR_abt", CORE_SPSR, SPSR_ABT},
	{"SP_und", CORE_R, 23},
	{"LR_und", CORE_R, 22},
	{"SPSR_und", CORE_SPSR, SPSR_UND},
	{"SP_irq", CORE_R, 17},
	{"LR_irq", CORE_R, 16},
	{"SPSR_irq", CORE_SPSR, SPSR_IRQ},
	{"R8_fiq", CORE_R, 24},
	{"R9_fiq", CORE_R, 25},
	{"R10_fiq", CORE_R, 26},
	{"R11_fiq", CORE_R, 27},
	{"R12_fiq", CORE_R, 28},
	{"SP_fiq", CORE_R, 29},
	{"LR_fiq", CORE_R, 30},
	{"SPSR_fiq", CORE_SPSR, SPSR_FIQ},
};

static long core_find(uint64_t id, const struct core_row **row)
{
	uint64_t word = id & ~(KVM_REG_ARCH_MASK | KVM_REG_SIZE_MASK |
			       (uint64_t)ARM_REG_CORE << 16);

	if (onereg_size(id) != 4 || word >= ARM_CORE_WORDS)
		return refuse(ENOENT, FKVM_CORE_REG,
			      "no core register of %u bytes is word %#lx",
			      onereg_size(id), word);
	*row = &core_rows[word];
	return 0;
}

static uint64_t *core_spsr(struct cpu *cpu, unsigned int n)
{
	switch ((enum core_spsr)n) {
	case SPSR_ABT: return &cpu->sys.spsr_abt;
	case SPSR_UND: return &cpu->sys.spsr_und;
	case SPSR_IRQ: return &cpu->sys.spsr_irq;
	case SPSR_FIQ: return &cpu->sys.spsr_fiq;
	case SPSR_SVC: break;
	}
	return &cpu->sys.spsr_el1;
}

static uint32_t core_read(struct vcpu *vcpu, const struct core_row *row)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);
	uint64_t x[31];

	switch ((enum core_kind)row->kind) {
	case CORE_PC: return a->cpu.pc;
	case CORE_CPSR: return cpu_pstate(&a->cpu) | a->pstate_rest;
	case CORE_ORIG_R0: return a->orig_r0;
	case CORE_SPSR: return *core_spsr(&a->cpu, row->n);
	case CORE_R: break;
	}
	cpu_a32_regs_to_x(&a->cpu, x);
	return x[row->n];
}

static long core_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	const struct core_row *row;
	uint32_t val;
	long ret = core_find(id, &row);

	if (ret)
		return ret;
	val = core_read(vcpu, row);
	return copy_to_user(user, &val, sizeof(val));
}

/* System mode, 0x1f, is refused like what is no mode. */
static long cpsr_set(struct vcpu *vcpu, uint32_t val)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	switch (val & 0x1f) {
	case 0x10: /* User */
	case 0x11: /* FIQ */
	case 0x12: /* IRQ */
	case 0x13: /* Supervisor */
	case 0x17: /* Abort */
	case 0x1b: /* Undefined */ break;
	default:
		return refuse(EINVAL, FKVM_PSTATE_MODE,
			      "CPSR %#x: mode %#x is none that may be set", val,
			      val & 0x1f);
	}
	cpu_set_pstate(&a->cpu, val);
	a->pstate_rest = val & ~cpu_pstate(&a->cpu);
	return 0;
}

static long core_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	struct cpu *cpu = cpu_of(vcpu);
	const struct core_row *row;
	uint64_t x[31];
	uint32_t val;
	long ret = core_find(id, &row);

	if (ret)
		return ret;
	if (copy_from_user(&val, user, sizeof(val)))
		return -EFAULT;
	switch ((enum core_kind)row->kind) {
	case CORE_R:
		cpu_a32_regs_to_x(cpu, x);
		x[row->n] = val;
		cpu_a32_regs_from_x(cpu, x);
		break;
	case CORE_PC: cpu->pc = val; break;
	case CORE_CPSR: return cpsr_set(vcpu, val);
	case CORE_ORIG_R0: vcpu_arm64(vcpu)->orig_r0 = val; break;
	case CORE_SPSR: *core_spsr(cpu, row->n) = val; break;
	}
	return 0;
}

static int core_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	int ret = 0;

	for (unsigned int n = 0; n < ARM_CORE_WORDS && !ret; n++)
		ret = put(ARM_ID(KVM_REG_SIZE_U32, ARM_REG_CORE, n), ctx);
	return ret;
}

static void core_name(uint64_t id, char *name, size_t size)
{
	const struct core_row *row;

	if (!core_find(id, &row))
		snprintf(name, size, "%s", row->name);
}

const struct onereg_family arm_onereg_core = {
	.id = ARM_REG_CORE,
	.title = "core",
	.get = core_get,
	.set = core_set,
	.list = core_list,
	.name = core_name,
};
