/* SPDX-License-Identifier: MIT */
/*
 * ONE_REG of CP15: the identification registers, which are the host's and stay
 * so, and those that a guest changes, with what a reset makes of them. Each is a
 * system register of AArch64 or a half of one (Arm ARM G8), but for L2CTLR.
 */
#include <errno.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/arm/arm.h"

#define ACTLR_SMP  BIT(6)
#define L2CTLR_GIC BIT(23)
#define MPIDR_MP   BIT(31)
/* What has no value after a reset. */
#define UNKNOWN      0xdecafbad
#define UNKNOWN_HIGH UINT64_C(0xd0c0ffee00000000)

#define NO_ENC 0 /* zero, or not AArch64's */

enum half { WHOLE, LOW, HIGH };

/* ---- what identifies ----------------------------------------------------- */

#define ID(name, opc1, crm, opc2, op1)                   \
	{                                                \
		name, ARM_CP15(opc1, 0, crm, opc2),      \
			SYSREG_ENC(3, op1, 0, crm, opc2) \
	}

/* As they are listed. */
static const struct id_row {
	const char *name;
	uint64_t id;
	uint32_t enc;
} id_rows[] = {
	ID("MIDR", 0, 0, 0, 0),
	{"CTR", ARM_CP15(0, 0, 0, 1), ENC_CTR},
	{"TCMTR", ARM_CP15(0, 0, 0, 2), NO_ENC},
	{"TLBTR", ARM_CP15(0, 0, 0, 3), NO_ENC},
	ID("REVIDR", 0, 0, 6, 0),
	ID("CLIDR", 1, 0, 1, 1),
	ID("AIDR", 1, 0, 7, 1),
	ID("ID_PFR0", 0, 1, 0, 0),
	ID("ID_PFR1", 0, 1, 1, 0),
	ID("ID_DFR0", 0, 1, 2, 0),
	ID("ID_AFR0", 0, 1, 3, 0),
	ID("ID_MMFR0", 0, 1, 4, 0),
	ID("ID_MMFR1", 0, 1, 5, 0),
	ID("ID_MMFR2", 0, 1, 6, 0),
	ID("ID_MMFR3", 0, 1, 7, 0),
	ID("ID_ISAR0", 0, 2, 0, 0),
	ID("ID_ISAR1", 0, 2, 1, 0),
	ID("ID_ISAR2", 0, 2, 2, 0),
	ID("ID_ISAR3", 0, 2, 3, 0),
	ID("ID_ISAR4", 0, 2, 4, 0),
	ID("ID_ISAR5", 0, 2, 5, 0),
};

/* Under whatever coprocessor's number the id has. */
static const struct id_row *id_find(uint64_t id)
{
	uint64_t family = (uint64_t)ARM_REG_CP15 << 16;

	for (size_t i = 0; i < ARRAY_SIZE(id_rows); i++)
		if (id_rows[i].id == ((id & ~GENMASK(27, 16)) | family))
			return &id_rows[i];
	return NULL;
}

static uint32_t id_value(const struct id_row *row)
{
	return row->enc ? host_id(cpu_sysreg_find(row->enc)) : 0;
}

/* ---- what a guest changes ------------------------------------------------ */

static uint64_t reset_unknown(const struct vcpu *vcpu)
{
	return UNKNOWN;
}

static uint64_t reset_unknown_64(const struct vcpu *vcpu)
{
	return UNKNOWN | UNKNOWN_HIGH;
}

static uint64_t reset_zero(const struct vcpu *vcpu)
{
	return 0;
}

/* Four cores make a cluster. */
static uint64_t reset_mpidr(const struct vcpu *vcpu)
{
	return MPIDR_MP | vcpu->id >> 2 << 8 | (vcpu->id & 3);
}

static bool is_a15(void)
{
	return host_profile->target == HOST_TARGET_CORTEX_A15;
}

/* Cortex-A15 TRM 4.3.27, Cortex-A7 TRM 4.3.27. */
static uint64_t reset_sctlr(const struct vcpu *vcpu)
{
	return is_a15() ? 0x00c50078 : 0x00c50878;
}

/* The host's, where it has another core to be coherent with. Cortex-A7 TRM
 * 4.3.31: L1PCTL is 3. */
static uint64_t reset_actlr(const struct vcpu *vcpu)
{
	return (is_a15() ? 0 : 0x6000) |
	       (vm_vcpu_count(vcpu->vm) > 1 ? ACTLR_SMP : 0);
}

/* How many more there are in its cluster: when the vCPU is initialised. */
static uint64_t reset_l2ctlr(const struct vcpu *vcpu)
{
	uint32_t more = vm_vcpu_count(vcpu->vm) - 1 - (vcpu->id & ~3u);

	return L2CTLR_GIC | (uint64_t)min_u64(more, 3) << 24;
}

#define REG(name, opc1, crn, crm, opc2, op1, n, m, op2, half, reset) \
	{                                                            \
		name, ARM_CP15(opc1, crn, crm, opc2),                \
			SYSREG_ENC(3, op1, n, m, op2), half, reset   \
	}
#define REG64(name, opc1, crm, n, m, op2)                                  \
	{                                                                  \
		name, ARM_CP15_64(opc1, crm), SYSREG_ENC(3, 0, n, m, op2), \
			WHOLE, reset_unknown_64                            \
	}

/* As they are listed: a register of 64 bits before those of 32 there. */
static const struct cp15_row {
	const char *name;
	uint64_t id;
	uint32_t enc;
	uint8_t half; /* enum half */
	uint64_t (*reset)(const struct vcpu *vcpu);
} cp15_rows[] = {
	REG("MPIDR", 0, 0, 0, 5, 0, 0, 0, 5, WHOLE, reset_mpidr),
	REG("CSSELR", 2, 0, 0, 0, 2, 0, 0, 0, WHOLE, reset_unknown),
	REG("SCTLR", 0, 1, 0, 0, 0, 1, 0, 0, WHOLE, reset_sctlr),
	REG("ACTLR", 0, 1, 0, 1, 0, 1, 0, 1, LOW, reset_actlr),
	REG("CPACR", 0, 1, 0, 2, 0, 1, 0, 2, WHOLE, reset_zero),
	REG64("TTBR0_64", 0, 2, 2, 0, 0),
	REG("TTBR0", 0, 2, 0, 0, 0, 2, 0, 0, LOW, reset_unknown),
	REG("TTBR1", 0, 2, 0, 1, 0, 2, 0, 1, LOW, reset_unknown),
	REG("TTBCR", 0, 2, 0, 2, 0, 2, 0, 2, LOW, reset_zero),
	REG64("TTBR1_64", 1, 2, 2, 0, 1),
	REG("DACR", 0, 3, 0, 0, 4, 3, 0, 0, WHOLE, reset_unknown),
	REG("DFSR", 0, 5, 0, 0, 0, 5, 2, 0, LOW, reset_unknown),
	REG("IFSR", 0, 5, 0, 1, 4, 5, 0, 1, WHOLE, reset_unknown),
	REG("ADFSR", 0, 5, 1, 0, 0, 5, 1, 0, WHOLE, reset_unknown),
	REG("AIFSR", 0, 5, 1, 1, 0, 5, 1, 1, WHOLE, reset_unknown),
	REG("DFAR", 0, 6, 0, 0, 0, 6, 0, 0, LOW, reset_unknown),
	REG("IFAR", 0, 6, 0, 2, 0, 6, 0, 0, HIGH, reset_unknown),
	REG64("PAR_64", 0, 7, 7, 4, 0),
	{"L2CTLR", ARM_CP15(1, 9, 0, 2), NO_ENC, WHOLE, reset_l2ctlr},
	REG("PRRR", 0, 10, 2, 0, 0, 10, 2, 0, LOW, reset_unknown),
	REG("NMRR", 0, 10, 2, 1, 0, 10, 2, 0, HIGH, reset_unknown),
	REG("AMAIR0", 0, 10, 3, 0, 0, 10, 3, 0, LOW, reset_unknown),
	REG("AMAIR1", 0, 10, 3, 1, 0, 10, 3, 0, HIGH, reset_unknown),
	REG("VBAR", 0, 12, 0, 0, 0, 12, 0, 0, WHOLE, reset_zero),
	REG("CONTEXTIDR", 0, 13, 0, 1, 0, 13, 0, 1, WHOLE, reset_zero),
	REG("TPIDRURW", 0, 13, 0, 2, 3, 13, 0, 2, LOW, reset_unknown),
	REG("TPIDRURO", 0, 13, 0, 3, 3, 13, 0, 3, LOW, reset_unknown),
	REG("TPIDRPRW", 0, 13, 0, 4, 0, 13, 0, 4, LOW, reset_unknown),
	REG("CNTKCTL", 0, 14, 1, 0, 0, 14, 1, 0, WHOLE, reset_zero),
};

static const struct cp15_row *cp15_find(uint64_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(cp15_rows); i++)
		if (cp15_rows[i].id == id)
			return &cp15_rows[i];
	return NULL;
}

static uint64_t cp15_read(const struct vcpu *vcpu, const struct cp15_row *row)
{
	const struct cpu *cpu = cpu_of(vcpu);
	uint64_t val;

	if (!row->enc)
		return cpu->sys.l2ctlr;
	val = cpu_sysreg_get(cpu, row->enc);
	return row->half == HIGH ? val >> 32 : val;
}

static void cp15_write(struct vcpu *vcpu, const struct cp15_row *row,
		       uint64_t val)
{
	struct cpu *cpu = cpu_of(vcpu);
	unsigned int shift = row->half == HIGH ? 32 : 0;
	uint64_t mask = GENMASK(31, 0) << shift;

	if (!row->enc) {
		cpu->sys.l2ctlr = val;
		return;
	}
	if (row->id == ARM_CP15(0, 0, 0, 5)) {
		vcpu_set_mpidr(vcpu, val);
		return;
	}
	if (row->half != WHOLE)
		val = (cpu_sysreg_get(cpu, row->enc) & ~mask) |
		      (val << shift & mask);
	cpu_sysreg_set(cpu, row->enc, val);
}

void arm_cp15_reset(struct vcpu *vcpu)
{
	for (size_t i = 0; i < ARRAY_SIZE(cp15_rows); i++)
		cp15_write(vcpu, &cp15_rows[i], cp15_rows[i].reset(vcpu));
}

/* ---- requests ------------------------------------------------------------ */

static long refuse_unknown(uint64_t id)
{
	return refuse(ENOENT, FKVM_SYSREG,
		      "no register of CP15 has opc1 %lu CRn %lu CRm %lu opc2 "
		      "%lu and %u bytes, or the VMM does not see it",
		      FIELD(id, 6, 3), FIELD(id, 14, 11), FIELD(id, 10, 7),
		      FIELD(id, 2, 0), onereg_size(id));
}

static long cp15_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	const struct cp15_row *row = cp15_find(id);
	const struct id_row *fixed = id_find(id);
	uint64_t val;

	if (row)
		val = cp15_read(vcpu, row);
	else if (fixed)
		val = id_value(fixed);
	else
		return refuse_unknown(id);
	return copy_to_user(user, &val, onereg_size(id));
}

static long cp15_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	const struct cp15_row *row = cp15_find(id);
	const struct id_row *fixed = id_find(id);
	uint64_t val = 0;

	if (!row && !fixed)
		return refuse_unknown(id);
	if (copy_from_user(&val, user, onereg_size(id)))
		return -EFAULT;
	if (row) {
		cp15_write(vcpu, row, val);
		vcpu_unload(vcpu);
		return 0;
	}
	if (val == id_value(fixed))
		return 0;
	return refuse(EINVAL, FKVM_SYSREG_FIXED,
		      "it is %#x and can't change to %#lx", id_value(fixed),
		      val);
}

static int cp15_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(id_rows) && !ret; i++)
		ret = put(id_rows[i].id, ctx);
	for (size_t i = 0; i < ARRAY_SIZE(cp15_rows) && !ret; i++)
		ret = put(cp15_rows[i].id, ctx);
	return ret;
}

static void cp15_name(uint64_t id, char *name, size_t size)
{
	const struct cp15_row *row = cp15_find(id);
	const struct id_row *fixed = id_find(id);

	if (row || fixed)
		snprintf(name, size, "%s", row ? row->name : fixed->name);
}

const struct onereg_family arm_onereg_cp15 = {
	.id = ARM_REG_CP15,
	.title = "CP15",
	.get = cp15_get,
	.set = cp15_set,
	.list = cp15_list,
	.name = cp15_name,
};
