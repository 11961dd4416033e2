/* SPDX-License-Identifier: MIT */
/*
 * KVM_GET_ONE_REG, KVM_SET_ONE_REG and KVM_GET_REG_LIST: registers by 64-bit
 * id. A family (bits 27-16) is one pair of functions; system registers are the
 * rows of src/cpu's table. vcpu->mutex held.
 */
#include "kernel/arm64/arm64.h"

#include <errno.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"

#define ID_BASE       (KVM_REG_ARM64 | KVM_REG_SIZE_U64)
#define ID_RESERVED   GENMASK(51, 32)
#define ID_FAMILY(id) ((uint32_t)FIELD(id, 27, 16))

#define ENC_MPIDR SYSREG_ENC(3, 0, 0, 0, 5)
#define ENC_CLIDR SYSREG_ENC(3, 1, 0, 0, 1)
#define ENC_CTR   SYSREG_ENC(3, 3, 0, 0, 1)
#define ENC_OSLSR SYSREG_ENC(2, 0, 1, 1, 4)

static unsigned int reg_size(uint64_t id)
{
	return 1u << FIELD(id, 55, 52);
}

/* ---- core registers ------------------------------------------------------ */

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
} core_rows[] = {
	{CORE_X, WORD(regs.regs), 31, 8},
	{CORE_SP0, WORD(regs.sp), 1, 8},
	{CORE_PC, WORD(regs.pc), 1, 8},
	{CORE_PSTATE, WORD(regs.pstate), 1, 8},
	{CORE_SP1, WORD(sp_el1), 1, 8},
	{CORE_ELR, WORD(elr_el1), 1, 8},
	{CORE_SPSR, WORD(spsr), KVM_NR_SPSR, 8},
	{CORE_V, WORD(fp_regs.vregs), 32, 16},
	{CORE_FPSR, WORD(fp_regs.fpsr), 1, 4},
	{CORE_FPCR, WORD(fp_regs.fpcr), 1, 4},
};

static long core_find(uint64_t id, const struct core_row **row, unsigned int *n)
{
	uint64_t word = id & ~(KVM_REG_ARCH_MASK | KVM_REG_SIZE_MASK |
			       KVM_REG_ARM_CORE);
	unsigned int size = reg_size(id);

	/* Linux refuses the last word too (its test includes equality). */
	if (word >= NR_WORDS || word + size / 4 >= NR_WORDS)
		return -ENOENT;
	for (size_t i = 0; i < ARRAY_SIZE(core_rows); i++) {
		const struct core_row *r = &core_rows[i];
		unsigned int words = r->size / 4;

		if (word < r->first || word >= r->first + r->count * words)
			continue;
		if (size != r->size || (word - r->first) % words)
			break;
		*row = r;
		*n = (word - r->first) / words;
		return 0;
	}
	explain("core register 0x%llx: no register starts there with %u bytes",
		(unsigned long long)id, size);
	return -EINVAL;
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

static long core_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	struct cpu *cpu = cpu_of(vcpu);
	const struct core_row *row;
	unsigned int n;
	uint64_t val[2] = {0};
	long ret = core_find(id, &row, &n);

	if (ret)
		return ret;
	switch (row->kind) {
	case CORE_X: val[0] = cpu->x[n]; break;
	case CORE_SP0: val[0] = cpu_sp(cpu, 0); break;
	case CORE_PC: val[0] = cpu->pc; break;
	case CORE_PSTATE: val[0] = cpu_pstate(cpu); break;
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

static long pstate_check(uint64_t val)
{
	switch (val & PSTATE_MODE) {
	case 0: /* EL0t */
	case 4: /* EL1t */
	case 5: /* EL1h */ return 0;
	}
	explain("PSTATE 0x%llx: a mode this vCPU can't have",
		(unsigned long long)val);
	return -EINVAL;
}

static long core_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	struct cpu *cpu = cpu_of(vcpu);
	const struct core_row *row;
	unsigned int n;
	uint64_t val[2] = {0};
	long ret = core_find(id, &row, &n);

	if (ret)
		return ret;
	if (copy_from_user(val, user, row->size))
		return -EFAULT;
	switch (row->kind) {
	case CORE_X: cpu->x[n] = val[0]; break;
	case CORE_SP0: cpu_set_sp(cpu, 0, val[0]); break;
	case CORE_PC: cpu->pc = val[0]; break;
	case CORE_PSTATE:
		ret = pstate_check(val[0]);
		if (!ret)
			cpu_set_pstate(cpu, val[0]);
		break;
	case CORE_SP1: cpu_set_sp(cpu, 1, val[0]); break;
	case CORE_ELR: cpu->sys.elr_el1 = val[0]; break;
	case CORE_SPSR: *core_spsr(cpu, n) = val[0]; break;
	case CORE_V: memcpy(&cpu->vreg[n], val, 16); break;
	case CORE_FPSR: cpu->fpsr = val[0]; break;
	case CORE_FPCR: cpu->fpcr = val[0]; break;
	}
	return ret;
}

/* ---- CCSIDR, by CSSELR ----------------------------------------------------*/

#define NR_CCSIDR   14
#define CCSIDR_LINE GENMASK(2, 0)

static long demux_find(uint64_t id, unsigned int *n)
{
	if (FIELD(id, 15, 8) || reg_size(id) != 4)
		return -ENOENT;
	*n = FIELD(id, 7, 0);
	return *n < NR_CCSIDR ? 0 : -ENOENT;
}

static long demux_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	unsigned int n;
	long ret = demux_find(id, &n);

	return ret ? ret : copy_to_user(user, &cpu_of(vcpu)->sys.ccsidr[n], 4);
}

/* Log2 of the line in words, less 2, as CCSIDR holds it. */
static unsigned int min_line_size(const struct vcpu *vcpu, unsigned int csselr)
{
	uint64_t ctr = cpu_sysreg_get(cpu_of(vcpu), ENC_CTR);
	unsigned int field = csselr & 1 ? FIELD(ctr, 3, 0) : FIELD(ctr, 19, 16);

	return field >= 2 ? field - 2 : 0;
}

static long demux_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	unsigned int n;
	uint32_t val;
	long ret = demux_find(id, &n);

	if (ret)
		return ret;
	if (copy_from_user(&val, user, sizeof(val)))
		return -EFAULT;
	if (val >> 28 || (val & CCSIDR_LINE) < min_line_size(vcpu, n)) {
		explain("CCSIDR %u: 0x%x has reserved bits or a line too short",
			n, val);
		return -EINVAL;
	}
	cpu_of(vcpu)->sys.ccsidr[n] = val;
	return 0;
}

/* ---- firmware pseudo-registers ------------------------------------------- */

static const uint64_t fw_ids[] = {
	KVM_REG_ARM_PSCI_VERSION,
	KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1,
	KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2,
	KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3,
	KVM_REG_ARM_STD_BMAP,
	KVM_REG_ARM_STD_HYP_BMAP,
	KVM_REG_ARM_VENDOR_HYP_BMAP,
};

static const uint64_t fw_bmap_known[3] = {1, 1, 3};

static bool has_psci_0_2(const struct vcpu *vcpu)
{
	return vm_arm64(vcpu->vm)->features & BIT(KVM_ARM_VCPU_PSCI_0_2);
}

static long fw_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	uint64_t val;

	switch (id) {
	case KVM_REG_ARM_PSCI_VERSION:
		val = has_psci_0_2(vcpu)
			      ? atomic_load(&vm_arm64(vcpu->vm)->psci_version)
			      : 1;
		break;
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1:
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2:
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3:
		val = host_profile.workaround[(id & 0xffff) - 1];
		break;
	case KVM_REG_ARM_STD_BMAP:
	case KVM_REG_ARM_STD_HYP_BMAP:
	case KVM_REG_ARM_VENDOR_HYP_BMAP:
		val = atomic_load(&vm_arm64(vcpu->vm)->fw_bmap[id & 0xffff]);
		break;
	default: return -ENOENT;
	}
	return copy_to_user(user, &val, sizeof(val));
}

static long psci_version_set(struct vcpu *vcpu, uint64_t val)
{
	bool known = has_psci_0_2(vcpu)
			     ? val == 2 || val == 0x10000 || val == 0x10001
			     : val == 1;

	if (!known) {
		explain("PSCI version 0x%llx %s PSCI_0_2",
			(unsigned long long)val,
			has_psci_0_2(vcpu) ? "with" : "without");
		return -EINVAL;
	}
	if (has_psci_0_2(vcpu))
		atomic_store(&vm_arm64(vcpu->vm)->psci_version, val);
	return 0;
}

/* Levels are checked and not stored. */
static long workaround_set(unsigned int n, uint64_t val)
{
	uint64_t enabled =
		n == 2 ? KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_ENABLED : 0;
	uint64_t level = val & 0xf;

	if (val & ~(0xf | enabled))
		return -EINVAL;
	if ((val & enabled) &&
	    level != KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_AVAIL)
		return -EINVAL;
	return level > host_profile.workaround[n - 1] ? -EINVAL : 0;
}

static long fw_bmap_set(struct vm *vm, unsigned int n, uint64_t val)
{
	long ret = 0;

	if (val & ~fw_bmap_known[n]) {
		explain("firmware bitmap %u: unknown bits in 0x%llx", n,
			(unsigned long long)val);
		return -EINVAL;
	}
	pthread_mutex_lock(&vm_arm64(vm)->config);
	if (atomic_load(&vm->has_run) &&
	    val != atomic_load(&vm_arm64(vm)->fw_bmap[n]))
		ret = -EBUSY;
	else
		atomic_store(&vm_arm64(vm)->fw_bmap[n], val);
	pthread_mutex_unlock(&vm_arm64(vm)->config);
	return ret;
}

static long fw_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	uint64_t val;

	if (reg_size(id) != sizeof(val))
		return -ENOENT;
	if (copy_from_user(&val, user, sizeof(val)))
		return -EFAULT;
	switch (id) {
	case KVM_REG_ARM_PSCI_VERSION: return psci_version_set(vcpu, val);
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1:
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2:
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3:
		return workaround_set(id & 0xffff, val);
	case KVM_REG_ARM_STD_BMAP:
	case KVM_REG_ARM_STD_HYP_BMAP:
	case KVM_REG_ARM_VENDOR_HYP_BMAP:
		return fw_bmap_set(vcpu->vm, id & 0xffff, val);
	}
	return -ENOENT;
}

/* ---- system registers ---------------------------------------------------- */

static const uint64_t timer_ids[] = {
	KVM_REG_ARM_TIMER_CTL,  KVM_REG_ARM_TIMER_CNT,  KVM_REG_ARM_TIMER_CVAL,
	KVM_REG_ARM_PTIMER_CTL, KVM_REG_ARM_PTIMER_CNT, KVM_REG_ARM_PTIMER_CVAL,
};

static const struct cpu_sysreg_info *sysreg_row(uint64_t id)
{
	const struct cpu_sysreg_info *row;

	if ((id & ~GENMASK(15, 0)) != (ID_BASE | KVM_REG_ARM64_SYSREG))
		return NULL;
	row = cpu_sysreg_find(id & 0xffff);
	return row && (row->flags & SYSREG_USER) ? row : NULL;
}

static long sysreg_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	const struct cpu_sysreg_info *row;
	uint64_t val;

	if (!timer_reg_get(vcpu, id, &val)) {
		row = sysreg_row(id);
		if (!row) {
			explain("register 0x%llx is unknown",
				(unsigned long long)id);
			return -ENOENT;
		}
		val = row->flags & SYSREG_ID
			      ? idreg_get(vcpu->vm, row)
			      : cpu_sysreg_get(cpu_of(vcpu), row->enc);
	}
	return copy_to_user(user, &val, sizeof(val));
}

/* Ctype, LoUIS, LoC, LoUU, ICB and, for MTE, Ttype (46-33). */
#define CLIDR_RES0 GENMASK(63, 47)

static long clidr_set(struct vcpu *vcpu, uint64_t val)
{
	uint64_t idc = cpu_sysreg_get(cpu_of(vcpu), ENC_CTR) & BIT(28);
	uint64_t loc = FIELD(val, 26, 24);
	uint64_t lou = FIELD(val, 23, 21) | FIELD(val, 29, 27);

	if ((val & CLIDR_RES0) || (!idc && (!loc || !lou))) {
		explain("CLIDR_EL1 0x%llx: reserved bits, or no cache level "
			"that needs cleaning",
			(unsigned long long)val);
		return -EINVAL;
	}
	cpu_sysreg_set(cpu_of(vcpu), ENC_CLIDR, val);
	return 0;
}

static long sysreg_row_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
			   uint64_t val)
{
	uint64_t old = cpu_sysreg_get(cpu_of(vcpu), row->enc);

	if (row->flags & SYSREG_ID)
		return idreg_set(vcpu, row, val);
	if ((row->flags & SYSREG_INVARIANT) && val != old) {
		explain("%s is 0x%llx and can't change", row->name,
			(unsigned long long)old);
		return -EINVAL;
	}
	switch (row->enc) {
	case ENC_CLIDR: return clidr_set(vcpu, val);
	case ENC_OSLSR:
		if ((val ^ old) & ~BIT(1))
			return -EINVAL;
		break;
	case ENC_MPIDR: atomic_store(&vcpu_arm64(vcpu)->mpidr, val); break;
	}
	cpu_sysreg_set(cpu_of(vcpu), row->enc, val);
	return 0;
}

static long sysreg_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	const struct cpu_sysreg_info *row;
	uint64_t val;

	if (copy_from_user(&val, user, sizeof(val)))
		return -EFAULT;
	if (timer_reg_set(vcpu, id, val))
		return 0;
	row = sysreg_row(id);
	if (!row) {
		explain("register 0x%llx is unknown", (unsigned long long)id);
		return -ENOENT;
	}
	return sysreg_row_set(vcpu, row, val);
}

/* ---- SVE ----------------------------------------------------------------- */

/* Ids are judged before the vCPU, which never has SVE here. */
static long sve_check(uint64_t id)
{
	uint64_t n = FIELD(id, 15, 0);
	unsigned int size = reg_size(id);

	if ((size == 256 && n < 0x400) ||              /* Z */
	    (size == 32 && n >= 0x400 && n < 0x620) || /* P, FFR */
	    (size == 64 && n == 0xffff)) {             /* VLS */
		explain("register 0x%llx: the vCPU has no SVE",
			(unsigned long long)id);
		return -ENOENT;
	}
	explain("register 0x%llx is no SVE register", (unsigned long long)id);
	return -EINVAL;
}

static long sve_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	return sve_check(id);
}

static long sve_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	return sve_check(id);
}

/* ---- dispatch ------------------------------------------------------------ */

static const struct family {
	uint32_t id;
	long (*get)(struct vcpu *vcpu, uint64_t id, void *user);
	long (*set)(struct vcpu *vcpu, uint64_t id, const void *user);
} families[] = {
	{0x10, core_get, core_set}, {0x11, demux_get, demux_set},
	{0x14, fw_get, fw_set},     {0x15, sve_get, sve_set},
	{0x16, fw_get, fw_set},     {0x13, sysreg_get, sysreg_set},
};

static long id_check(uint64_t id)
{
	if ((id & KVM_REG_ARCH_MASK) == KVM_REG_ARM64 && !(id & ID_RESERVED))
		return 0;
	explain("register 0x%llx is not an arm64 id", (unsigned long long)id);
	return -EINVAL;
}

/* An unknown family is looked up as a system register, and not found. */
static const struct family *family_find(uint64_t id)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(families) - 1 && families[i].id != ID_FAMILY(id))
		i++;
	return &families[i];
}

long onereg_get(struct vcpu *vcpu, const struct kvm_one_reg *reg)
{
	long ret = id_check(reg->id);

	return ret ? ret
		   : family_find(reg->id)->get(vcpu, reg->id,
					       (void *)reg->addr);
}

long onereg_set(struct vcpu *vcpu, const struct kvm_one_reg *reg)
{
	long ret = id_check(reg->id);

	return ret ? ret
		   : family_find(reg->id)->set(vcpu, reg->id,
					       (const void *)reg->addr);
}

/* ---- KVM_GET_REG_LIST ---------------------------------------------------- */

/* Calls @put for each id in Linux's order. */
static int list_walk(int (*put)(uint64_t id, void *ctx), void *ctx)
{
	const struct cpu_sysreg_info *row;
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(core_rows) && !ret; i++) {
		const struct core_row *r = &core_rows[i];
		uint64_t size = (uint64_t)__builtin_ctz(r->size)
				<< KVM_REG_SIZE_SHIFT;

		for (unsigned int n = 0; n < r->count && !ret; n++)
			ret = put(KVM_REG_ARM64 | size | KVM_REG_ARM_CORE |
					  (r->first + n * (r->size / 4)),
				  ctx);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fw_ids) && !ret; i++)
		ret = put(fw_ids[i], ctx);
	for (size_t i = 0; i < ARRAY_SIZE(timer_ids) && !ret; i++)
		ret = put(timer_ids[i], ctx);
	for (int invariant = 1; invariant >= 0; invariant--)
		for (unsigned int n = 0; (row = cpu_sysreg_info(n)) && !ret;
		     n++)
			if ((row->flags & SYSREG_USER) &&
			    !!(row->flags & SYSREG_INVARIANT) == invariant)
				ret = put(ID_BASE | KVM_REG_ARM64_SYSREG |
						  row->enc,
					  ctx);
	for (unsigned int n = 0; n < NR_CCSIDR && !ret; n++)
		ret = put(KVM_REG_ARM64 | KVM_REG_SIZE_U32 | KVM_REG_ARM_DEMUX |
				  n,
			  ctx);
	return ret;
}

static int put_count(uint64_t id, void *ctx)
{
	++*(unsigned int *)ctx;
	return 0;
}

static int put_user(uint64_t id, void *ctx)
{
	uint64_t **user = ctx;

	return copy_to_user((*user)++, &id, sizeof(id));
}

unsigned int onereg_count(void)
{
	unsigned int n = 0;

	list_walk(put_count, &n);
	return n;
}

int onereg_list(struct vcpu *vcpu, uint64_t *user)
{
	return list_walk(put_user, &user);
}
