/* SPDX-License-Identifier: MIT */
/*
 * Feature ID registers: values of the VM, changeable within limits until a
 * vCPU has run. A field may go to a value that is safe where the host's is
 * expected; what is safe depends on the field (lower, exact, higher). A vCPU
 * takes the values over when it first runs.
 */
#include "kernel/arm64/arm64.h"

#include <errno.h>

#include "base/log.h"
#include "base/refuse.h"
#include "kernel/arm64/linux-6-1.h"

#define ENC_ID_PFR1      SYSREG_ID_ENC(1, 1)
#define ENC_ID_DFR0      SYSREG_ID_ENC(1, 2)
#define ENC_ID_MMFR0     SYSREG_ID_ENC(1, 4)
#define ENC_ID_MMFR4     SYSREG_ID_ENC(2, 6)
#define ENC_ID_AA64FPFR0 SYSREG_ID_ENC(4, 7)

#define DFR0_PMUVER  GENMASK(11, 8)
#define DFR0_PERFMON GENMASK(27, 24)
#define PFR0_GIC     GENMASK(27, 24)
#define PFR1_GIC     GENMASK(31, 28) /* AArch32's */
#define PFR1_MTE     GENMASK(11, 8)  /* AArch64's */
#define PFR0_GIC_V3  BIT(24)
#define PFR0_SVE     GENMASK(35, 32)

enum ftr_rule { FTR_LOWER, FTR_LOWER_SIGNED, FTR_EXACT, FTR_HIGHER };

/* Fields that are not "4 bits, unsigned, lower is safe". */
static const struct ftr {
	uint32_t enc;
	uint8_t shift, width;
	enum ftr_rule rule;
} ftr_rows[] = {
	{ENC_ID_MMFR0, 8, 4, FTR_LOWER_SIGNED},      /* OuterShr */
	{ENC_ID_MMFR0, 28, 4, FTR_LOWER_SIGNED},     /* InnerShr */
	{ENC_ID_MMFR4, 0, 4, FTR_HIGHER},            /* SpecSEI */
	{ENC_ID_AA64PFR0, 16, 4, FTR_LOWER_SIGNED},  /* FP */
	{ENC_ID_AA64PFR0, 20, 4, FTR_LOWER_SIGNED},  /* AdvSIMD */
	{ENC_ID_AA64FPFR0, 0, 1, FTR_EXACT},         /* F8E5M2 */
	{ENC_ID_AA64FPFR0, 1, 1, FTR_EXACT},         /* F8E4M3 */
	{ENC_ID_AA64FPFR0, 28, 1, FTR_EXACT},        /* F8DP2 */
	{ENC_ID_AA64FPFR0, 29, 1, FTR_EXACT},        /* F8DP4 */
	{ENC_ID_AA64FPFR0, 30, 1, FTR_EXACT},        /* F8FMA */
	{ENC_ID_AA64FPFR0, 31, 1, FTR_EXACT},        /* F8CVT */
	{ENC_ID_AA64DFR0, 36, 4, FTR_LOWER_SIGNED},  /* DoubleLock */
	{ENC_ID_AA64MMFR0, 24, 4, FTR_LOWER_SIGNED}, /* TGran64 */
	{ENC_ID_AA64MMFR0, 28, 4, FTR_LOWER_SIGNED}, /* TGran4 */
	{ENC_ID_AA64MMFR0, 32, 4, FTR_EXACT},        /* TGran16_2 */
	{ENC_ID_AA64MMFR0, 36, 4, FTR_EXACT},        /* TGran64_2 */
	{ENC_ID_AA64MMFR0, 40, 4, FTR_EXACT},        /* TGran4_2 */
	{ENC_ID_AA64MMFR1, 24, 4, FTR_HIGHER},       /* SpecSEI */
	{ENC_CTR, 0, 4, FTR_LOWER},                  /* IminLine */
	{ENC_CTR, 16, 4, FTR_LOWER},                 /* DminLine */
	{ENC_CTR, 28, 1, FTR_LOWER},                 /* IDC */
	{ENC_CTR, 29, 1, FTR_LOWER},                 /* DIC */
};

static const struct ftr *ftr_find(uint32_t enc, unsigned int shift)
{
	for (size_t i = 0; i < ARRAY_SIZE(ftr_rows); i++)
		if (ftr_rows[i].enc == enc && ftr_rows[i].shift == shift)
			return &ftr_rows[i];
	return NULL;
}

static bool ftr_is_safe(enum ftr_rule rule, uint64_t val, uint64_t limit,
			unsigned int width)
{
	if (val == limit)
		return true;
	switch (rule) {
	case FTR_LOWER: return val < limit;
	case FTR_LOWER_SIGNED: return sext64(val, width) < sext64(limit, width);
	case FTR_EXACT: return false;
	case FTR_HIGHER: return val > limit;
	}
	return false;
}

/* ---- the VM's values ----------------------------------------------------- */

/* The rows with SYSREG_ID, in ascending order of enc. */
static const struct cpu_sysreg_info *id_rows[NR_ID_REGS];
static unsigned int nr_id_rows;

static void id_rows_make(void)
{
	const struct cpu_sysreg_info *row;

	for (unsigned int n = 0; (row = cpu_sysreg_info(n)); n++) {
		if (!(row->flags & SYSREG_ID))
			continue;
		bug_on(nr_id_rows == NR_ID_REGS, "more than %d ID registers",
		       NR_ID_REGS);
		id_rows[nr_id_rows++] = row;
	}
}

/* Index among them. */
static unsigned int idreg_index(const struct cpu_sysreg_info *row)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	unsigned int low = 0, high;

	pthread_once(&once, id_rows_make);
	high = nr_id_rows;
	while (high - low > 1) {
		unsigned int middle = (low + high) / 2;

		if (id_rows[middle]->enc <= row->enc)
			low = middle;
		else
			high = middle;
	}
	bug_on(id_rows[low] != row, "%s is no ID register row", row->name);
	return low;
}

static bool is_aarch32_id(uint32_t enc)
{
	return enc >= SYSREG_ID_ENC(1, 0) && enc <= SYSREG_ID_ENC(3, 7);
}

/* There, but reads as zero, and no other value is taken. */
static bool idreg_is_raz(const struct vm_arm64 *vm,
			 const struct cpu_sysreg_info *row)
{
	return row->flags & SYSREG_RAZ ||
	       (row->enc == ENC_ID_AA64ZFR0 &&
		!(vm->features & BIT(KVM_ARM_VCPU_SVE))) ||
	       (is_aarch32_id(row->enc) && !host_has_aarch32(0));
}

/* ID_DFR0_EL1.PerfMon of a PMU whose version ID_AA64DFR0_EL1.PMUVer has. */
static uint64_t perfmon_of(uint64_t version)
{
	return version == 1 ? 3 : version;
}

static uint64_t idreg_limit_now(const struct vm_arm64 *vm,
				const struct cpu_sysreg_info *row)
{
	uint64_t version = vm->features & BIT(KVM_ARM_VCPU_PMU_V3)
				   ? pmu_host_version()
				   : 0;

	/* Linux computes it for a core without AArch32, too. */
	if (row->enc == ENC_ID_DFR0 && !host_has_aarch32(0))
		return perfmon_of(version) << 24;
	if (idreg_is_raz(vm, row))
		return 0;
	/* There guests read the host's own. */
	if (host_is_32bit())
		return host_id(row);
	if (row->enc == ENC_ID_DFR0)
		return (host_id(row) & ~DFR0_PERFMON) | perfmon_of(version)
								<< 24;
	if (row->enc == ENC_ID_AA64ISAR1 &&
	    vm->features & BIT(KVM_ARM_VCPU_PTRAUTH_ADDRESS))
		return host_id(row) | host_profile->pauth_isar1;
	if (row->enc == ENC_ID_AA64DFR0)
		return (host_id(row) & ~DFR0_PMUVER) | version << 8;
	if (row->enc == ENC_ID_PFR1)
		return host_id(row) & ~(host_profile->gicv3 ? 0 : PFR1_GIC);
	if (row->enc == ENC_ID_AA64PFR1 && !vm->tags)
		return host_id(row) & ~PFR1_MTE;
	if (row->enc == ENC_ID_AA64PFR0)
		return (host_id(row) & ~(PFR0_GIC | PFR0_SVE)) |
		       (host_profile->gicv3 ? PFR0_GIC_V3 : 0) |
		       (vm->features & BIT(KVM_ARM_VCPU_SVE)
				? host_id(row) & PFR0_SVE
				: 0);
	return host_id(row);
}

/* Most that a guest may see; what the VM starts with. config held. */
static uint64_t idreg_limit(const struct vm_arm64 *vm,
			    const struct cpu_sysreg_info *row)
{
	uint64_t limit = idreg_limit_now(vm, row);

	return linux_fixes_ids() ? linux_6_1_id(row, limit) : limit;
}

/* config held. */
static uint64_t *idreg_of(struct vm_arm64 *vm, uint32_t enc)
{
	return &vm->id_regs[idreg_index(cpu_sysreg_find(enc))];
}

/* What depends on their values. config held. */
static void idregs_changed(struct vm_arm64 *vm)
{
	pmu_vm_ids(vm, *idreg_of(vm, ENC_ID_AA64DFR0),
		   *idreg_of(vm, ENC_ID_AA64PFR0));
}

void idreg_init(struct vm_arm64 *vm)
{
	const struct cpu_sysreg_info *row;
	unsigned int index = 0;

	if (vm->id_init)
		return;
	for (unsigned int n = 0; (row = cpu_sysreg_info(n)); n++) {
		if (!(row->flags & SYSREG_ID))
			continue;
		bug_on(index >= NR_ID_REGS, "more than %d ID registers",
		       NR_ID_REGS);
		vm->id_regs[index++] = idreg_limit(vm, row);
	}
	vm->id_init = true;
	idregs_changed(vm);
}

uint64_t idreg_get(struct vcpu *vcpu, const struct cpu_sysreg_info *row)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	uint64_t val;

	pthread_mutex_lock(&vm->config);
	idreg_init(vm);
	val = vm->id_regs[idreg_index(row)];
	pthread_mutex_unlock(&vm->config);
	return val;
}

uint64_t idreg_writable(const struct cpu_sysreg_info *row)
{
	if (is_aarch32_id(row->enc) && !host_has_aarch32(0))
		return 0;
	return row->user_wmask;
}

/* ---- writing ------------------------------------------------------------- */

/*
 * Values that old VMMs write although no host has them, made harmless, and
 * versions that no KVM takes.
 */
static long dfr0_special(uint64_t *val)
{
	if (FIELD(*val, 11, 8) == 0xf)
		*val &= ~GENMASK(11, 8);
	if (FIELD(*val, 3, 0) >= 6)
		return 0;
	return refuse(EINVAL, FKVM_IDREG_LOW,
		      "DebugVer %lu is below Armv8's, 6", FIELD(*val, 3, 0));
}

static long aarch32_dfr0_special(uint64_t *val)
{
	if (FIELD(*val, 27, 24) == 0xf)
		*val &= ~GENMASK(27, 24);
	if (FIELD(*val, 27, 24) == 1 || FIELD(*val, 27, 24) == 2)
		return refuse(EINVAL, FKVM_IDREG_LOW,
			      "PerfMon %lu is below PMUv3",
			      FIELD(*val, 27, 24));
	if (FIELD(*val, 3, 0) < 6)
		return refuse(EINVAL, FKVM_IDREG_LOW,
			      "CopDbg %lu is below Armv8's, 6",
			      FIELD(*val, 3, 0));
	return 0;
}

static const struct {
	uint32_t enc;
	long (*look)(uint64_t *val);
} special_rows[] = {
	{ENC_ID_AA64DFR0, dfr0_special},
	{ENC_ID_DFR0, aarch32_dfr0_special},
};

static long idreg_special(const struct cpu_sysreg_info *row, uint64_t *val)
{
	for (size_t i = 0; i < ARRAY_SIZE(special_rows); i++)
		if (special_rows[i].enc == row->enc)
			return special_rows[i].look(val);
	return 0;
}

/* config held. */
static long idreg_check(const struct vm_arm64 *vm,
			const struct cpu_sysreg_info *row, uint64_t val)
{
	uint64_t limit = idreg_limit(vm, row), mask = 0;

	if (idreg_is_raz(vm, row))
		return val ? refuse(EINVAL, FKVM_IDREG_HIDDEN,
				    "%#lx, it is 0 and stays so", val)
			   : 0;
	for (unsigned int shift = 0; shift < 64;) {
		const struct ftr *f = ftr_find(row->enc, shift);
		unsigned int width =
			f ? f->width
			: row->enc == ENC_CTR || row->enc == ENC_ID_AA64FPFR0 ||
					(shift & 3)
				? 1
				: 4;
		uint64_t field = GENMASK(shift + width - 1, shift);

		if ((row->user_wmask & field) == field && (f || width == 4)) {
			mask |= field;
			if (!ftr_is_safe(f ? f->rule : FTR_LOWER,
					 (val & field) >> shift,
					 (limit & field) >> shift, width))
				return refuse(EINVAL, FKVM_IDREG_HIGH,
					      "the field at bit %u of %#lx is "
					      "more than the host has, %#lx",
					      shift, val, limit);
		}
		shift += width;
	}
	if ((val ^ limit) & ~mask)
		return refuse(EINVAL, FKVM_IDREG_FIXED,
			      "bits %#lx of %#lx can't be written",
			      (val ^ limit) & ~mask, val);
	return 0;
}

long idreg_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
	       uint64_t val)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	uint64_t *stored;
	long ret = 0;

	/* AArch32's registers on a host without AArch32 ignore writes. */
	if (is_aarch32_id(row->enc) && row->user_wmask && !host_has_aarch32(0))
		return 0;
	if (!linux_fixes_ids())
		ret = idreg_special(row, &val);
	if (ret)
		return ret;
	pthread_mutex_lock(&vm->config);
	idreg_init(vm);
	stored = &vm->id_regs[idreg_index(row)];
	if (linux_fixes_ids()) {
		ret = linux_6_1_id_check(row, *stored, val);
		if (!ret)
			*stored = val;
	} else if (atomic_load(&vm->vm.has_run)) {
		if (val != *stored)
			ret = refuse(EBUSY, FKVM_IDREG_FINAL,
				     "a vCPU has run, %#lx is final", *stored);
	} else {
		ret = idreg_check(vm, row, val);
		if (!ret)
			*stored = val;
		idregs_changed(vm);
	}
	pthread_mutex_unlock(&vm->config);
	return ret;
}

void idreg_finalize(struct vcpu *vcpu)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	const struct cpu_sysreg_info *row;
	unsigned int index = 0;

	pthread_mutex_lock(&vm->config);
	idreg_init(vm);
	for (unsigned int n = 0; (row = cpu_sysreg_info(n)); n++) {
		if (!(row->flags & SYSREG_ID))
			continue;
		/* The guest must not look for a CPU interface it lacks. */
		if (row->enc == ENC_ID_AA64PFR0 && gic_model(vm->gic) != 3)
			vm->id_regs[index] &= ~PFR0_GIC;
		if (row->enc == ENC_ID_PFR1 && gic_model(vm->gic) != 3)
			vm->id_regs[index] &= ~PFR1_GIC;
		cpu_sysreg_set(cpu_of(vcpu), row->enc, vm->id_regs[index++]);
	}
	pthread_mutex_unlock(&vm->config);
}
