/* SPDX-License-Identifier: MIT */
/*
 * Power State Coordination Interface as KVM 6.12 offers it to guests
 * (DEN 0022): versions 0.1, 0.2, 1.0 and 1.1, chosen by the firmware register
 * PSCI_VERSION. The table below is the list of what exists.
 *
 * Called on the vCPU's thread from KVM_RUN; takes power_lock of other vCPUs,
 * one at a time.
 */
#include "kernel/arm64/smccc.h"

#include <string.h>

#include "base/since.h"
#include "kernel/arm64/arm64.h"

#define PSCI_64BIT         UINT32_C(0x40000000)
#define PSCI_FN(n)         (UINT32_C(0x84000000) + (n))
#define SMCCC_VERSION_FUNC UINT32_C(0x80000000)

enum {
	FN_VERSION = 0x00,
	FN_CPU_SUSPEND = 0x01,
	FN_CPU_OFF = 0x02,
	FN_CPU_ON = 0x03,
	FN_AFFINITY_INFO = 0x04,
	FN_MIGRATE_INFO_TYPE = 0x06,
	FN_SYSTEM_OFF = 0x08,
	FN_SYSTEM_RESET = 0x09,
	FN_FEATURES = 0x0a,
	FN_SYSTEM_SUSPEND = 0x0e,
	FN_SYSTEM_RESET2 = 0x12,
};

enum {
	PSCI_SUCCESS = 0,
	PSCI_NOT_SUPPORTED = -1,
	PSCI_INVALID_PARAMS = -2,
	PSCI_ALREADY_ON = -4,
	PSCI_INTERNAL_FAILURE = -6,
};

enum { AFFINITY_ON = 0, AFFINITY_OFF = 1 };
#define MIGRATE_NOT_NEEDED 2

/* SYSTEM_RESET2: architectural warm reset, and the vendors' own types. */
#define RESET2_WARM   0
#define RESET2_VENDOR UINT32_C(0x80000000)

/* Aff3 39-32, Aff2..Aff0 23-0. */
#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)

static uint64_t arg(const struct vcpu *vcpu, unsigned int n)
{
	return cpu_of(vcpu)->x[n];
}

/* ---- exits --------------------------------------------------------------- */

static void system_event(struct vcpu *vcpu, uint32_t type, uint32_t ndata,
			 uint64_t data)
{
	struct kvm_run *run = vcpu->run;

	memset(&run->system_event, 0, sizeof(run->system_event));
	run->system_event.type = type;
	run->system_event.ndata = ndata;
	run->system_event.data[0] = data;
	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
}

/* No vCPU runs again before the VMM has reset it. */
static void system_stop(struct vcpu *vcpu, uint32_t type, uint64_t flags)
{
	struct vm *vm = vcpu->vm;

	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		vcpu_power_set(vm->vcpus[i], POWER_STOPPED);
	/* There were flags alone, of which 0 is none, before 5.19. */
	system_event(vcpu, type, linux_is_since(5, 19), flags);
}

/* ---- functions ----------------------------------------------------------- */

/* A function sets *ret (X0) and returns 1 to go on with the guest, 0 to leave
 * KVM_RUN; -1: leave without touching the guest's registers. */
typedef int psci_fn(struct vcpu *vcpu, int64_t *ret);

static int psci_version(struct vcpu *vcpu, int64_t *ret)
{
	*ret = atomic_load(&vm_arm64(vcpu->vm)->psci_version);
	return 1;
}

/* All suspend states keep the registers: like WFI. */
static int psci_cpu_suspend(struct vcpu *vcpu, int64_t *ret)
{
	vcpu_halt(vcpu);
	*ret = PSCI_SUCCESS;
	return 1;
}

static int psci_cpu_off(struct vcpu *vcpu, int64_t *ret)
{
	vcpu_power_set(vcpu, POWER_STOPPED);
	*ret = PSCI_SUCCESS;
	return 1;
}

static int psci_cpu_on(struct vcpu *vcpu, int64_t *ret)
{
	uint64_t target = arg(vcpu, 1);
	struct vcpu *found;
	struct vcpu_arm64 *t;

	*ret = PSCI_INVALID_PARAMS;
	if (target & ~MPIDR_AFFINITY)
		return 1;
	found = vcpu_by_mpidr(vcpu->vm, target);
	if (!found)
		return 1;
	t = vcpu_arm64(found);
	pthread_mutex_lock(&t->power_lock);
	if (atomic_load(&t->power) == POWER_STOPPED) {
		t->reset_pc = arg(vcpu, 2);
		t->reset_x0 = arg(vcpu, 3);
		t->reset_big = cpu_of(vcpu)->big;
		t->reset_pending = true;
		/* Seen by the target after it has seen RUNNABLE. */
		atomic_store(&t->power, POWER_RUNNABLE);
		*ret = PSCI_SUCCESS;
	} else if (atomic_load(&vm_arm64(vcpu->vm)->psci_version) !=
		   PSCI_V0_1) {
		*ret = PSCI_ALREADY_ON;
	}
	pthread_mutex_unlock(&t->power_lock);
	if (*ret == PSCI_SUCCESS && found->vm->turns)
		turn_start(found);
	else if (*ret == PSCI_SUCCESS)
		vcpu_wake(found);
	return 1;
}

static int psci_affinity_info(struct vcpu *vcpu, int64_t *ret)
{
	uint64_t target = arg(vcpu, 1), level = arg(vcpu, 2), mask;
	struct vm *vm = vcpu->vm;
	bool found = false;

	*ret = PSCI_INVALID_PARAMS;
	if ((target & ~MPIDR_AFFINITY) || level > 3)
		return 1;
	/* Affinity fields below @level don't count; Aff3 sits at bit 32, and
	 * shifting by whole fields leaves it alone for every level. */
	mask = MPIDR_AFFINITY & ~UINT64_C(0) << (level * 8);
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++) {
		struct vcpu *t = vm->vcpus[i];

		if ((atomic_load(&vcpu_arm64(t)->mpidr) & mask) !=
		    (target & mask))
			continue;
		found = true;
		if (atomic_load(&vcpu_arm64(t)->power) != POWER_STOPPED) {
			*ret = AFFINITY_ON;
			return 1;
		}
	}
	if (found)
		*ret = AFFINITY_OFF;
	return 1;
}

static int psci_migrate_info_type(struct vcpu *vcpu, int64_t *ret)
{
	*ret = MIGRATE_NOT_NEEDED;
	return 1;
}

/* X0 is what a guest sees if the VMM runs it again all the same. */
static int psci_system_off(struct vcpu *vcpu, int64_t *ret)
{
	system_stop(vcpu, KVM_SYSTEM_EVENT_SHUTDOWN, 0);
	*ret = PSCI_INTERNAL_FAILURE;
	return 0;
}

static int psci_system_reset(struct vcpu *vcpu, int64_t *ret)
{
	system_stop(vcpu, KVM_SYSTEM_EVENT_RESET, 0);
	*ret = PSCI_INTERNAL_FAILURE;
	return 0;
}

/* The VMM reads type and cookie from X1 and X2: only X0 changes. */
static int psci_system_reset2(struct vcpu *vcpu, int64_t *ret)
{
	uint32_t type = arg(vcpu, 1);

	if (type != RESET2_WARM && type < RESET2_VENDOR) {
		*ret = PSCI_INVALID_PARAMS;
		return 1;
	}
	system_stop(vcpu, KVM_SYSTEM_EVENT_RESET,
		    KVM_SYSTEM_EVENT_RESET_FLAG_PSCI_RESET2);
	smccc_return_x0(vcpu, PSCI_INTERNAL_FAILURE);
	return -1;
}

static int psci_system_suspend(struct vcpu *vcpu, int64_t *ret)
{
	if (!atomic_load(&vm_arm64(vcpu->vm)->system_suspend)) {
		*ret = PSCI_NOT_SUPPORTED;
		return 1;
	}
	system_event(vcpu, KVM_SYSTEM_EVENT_SUSPEND, 0, 0);
	return -1;
}

static int psci_features(struct vcpu *vcpu, int64_t *ret);

/* One row per function: since which version, and whether a 64-bit form (bit
 * 30) exists beside the 32-bit one. */
struct psci_row {
	uint32_t nr;
	uint32_t since;
	bool has_64bit;
	/* X1..X3 of the 32-bit form are cut to 32 bits. */
	bool narrow;
	psci_fn *fn;
};

static const struct psci_row psci_rows[] = {
	{FN_VERSION, PSCI_V0_2, false, false, psci_version},
	{FN_CPU_SUSPEND, PSCI_V0_2, true, false, psci_cpu_suspend},
	{FN_CPU_OFF, PSCI_V0_2, false, false, psci_cpu_off},
	{FN_CPU_ON, PSCI_V0_2, true, true, psci_cpu_on},
	{FN_AFFINITY_INFO, PSCI_V0_2, true, true, psci_affinity_info},
	{FN_MIGRATE_INFO_TYPE, PSCI_V0_2, false, false, psci_migrate_info_type},
	{FN_SYSTEM_OFF, PSCI_V0_2, false, false, psci_system_off},
	{FN_SYSTEM_RESET, PSCI_V0_2, false, false, psci_system_reset},
	{FN_FEATURES, PSCI_V1_0, false, false, psci_features},
	{FN_SYSTEM_SUSPEND, PSCI_V1_0, true, true, psci_system_suspend},
	{FN_SYSTEM_RESET2, PSCI_V1_1, true, true, psci_system_reset2},
};

static const struct psci_row *psci_find(uint32_t fn, uint32_t version)
{
	for (unsigned int k = 0; k < ARRAY_SIZE(psci_rows); k++) {
		const struct psci_row *row = &psci_rows[k];

		if (version < row->since)
			continue;
		if (fn == PSCI_FN(row->nr) ||
		    (row->has_64bit && fn == (PSCI_FN(row->nr) | PSCI_64BIT)))
			return row;
	}
	return NULL;
}

/* What has the 64-bit form is not for AArch32. */
static bool is_too_wide(const struct vcpu *vcpu, uint32_t fn)
{
	return (fn & PSCI_64BIT) && cpu_is_aarch32_el1(cpu_of(vcpu));
}

static int psci_features(struct vcpu *vcpu, int64_t *ret)
{
	uint32_t fn = arg(vcpu, 1);
	const struct psci_row *row =
		psci_find(fn, atomic_load(&vm_arm64(vcpu->vm)->psci_version));

	*ret = PSCI_NOT_SUPPORTED;
	if (is_too_wide(vcpu, fn))
		return 1;
	if (fn == SMCCC_VERSION_FUNC ||
	    (row && (row->nr != FN_SYSTEM_SUSPEND ||
		     atomic_load(&vm_arm64(vcpu->vm)->system_suspend))))
		*ret = PSCI_SUCCESS;
	return 1;
}

/* ---- version 0.1 --------------------------------------------------------- */

static int psci_0_1_call(struct vcpu *vcpu, uint32_t fn, int64_t *ret)
{
	switch (fn) {
	case KVM_PSCI_FN_CPU_OFF: return psci_cpu_off(vcpu, ret);
	case KVM_PSCI_FN_CPU_ON: return psci_cpu_on(vcpu, ret);
	default: *ret = PSCI_NOT_SUPPORTED; return 1;
	}
}

/* Of 0.2 and later. */
static int psci_row_call(struct vcpu *vcpu, uint32_t fn, uint32_t version,
			 int64_t *ret)
{
	const struct psci_row *row = psci_find(fn, version);

	if (!row)
		return 1;
	if (row->narrow && !(fn & PSCI_64BIT))
		for (unsigned int n = 1; n < 4; n++)
			cpu_of(vcpu)->x[n] = (uint32_t)cpu_of(vcpu)->x[n];
	return row->fn(vcpu, ret);
}

int psci_call(struct vcpu *vcpu, uint32_t fn)
{
	uint32_t version = atomic_load(&vm_arm64(vcpu->vm)->psci_version);
	int64_t ret = PSCI_NOT_SUPPORTED;
	int next = 1;

	if (!is_too_wide(vcpu, fn))
		next = version == PSCI_V0_1
			       ? psci_0_1_call(vcpu, fn, &ret)
			       : psci_row_call(vcpu, fn, version, &ret);
	if (next < 0)
		return 0;
	smccc_return(vcpu, ret, 0, 0, 0);
	return next;
}
