/* SPDX-License-Identifier: MIT */
/*
 * The hosts that KVM can be pretended to run on, see host.h. All but the
 * default are what tests/real-kvm can be: the values are what Linux 6.12 says
 * there.
 *
 * The counter is the host's own clock, in ticks as fast as it has in QEMU too:
 * the same everywhere.
 */
#include "kernel/arm64/host.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <fauxkvm/kvm.h>

#define COUNTER_HZ 62500000

#define ENC_MIDR  SYSREG_ENC(3, 0, 0, 0, 0)
#define ENC_CLIDR SYSREG_ENC(3, 1, 0, 0, 1)

/*
 * HiSilicon's TSV110 (libvirt: Kunpeng-920), an Armv8.2 core without AArch32
 * that Linux works around nothing of. It has more than is announced here (FP16,
 * DC CVAP, big-endian data); beyond it go CSV2 = 3, since no branch
 * predictor here learns anything, and perhaps 16 KiB granules.
 */
static const struct cpu_id ids_default[] = {
	{ENC_MIDR, 0x481fd010},
	{ENC_ID_AA64PFR0, 0x1300000011000011},
	{ENC_ID_AA64PFR1, 0},
	{ENC_ID_AA64DFR0, 0x10305406},
	{ENC_ID_AA64ISAR0, 0x100010211120},
	{ENC_ID_AA64ISAR1, 0},
	{ENC_ID_AA64MMFR0, 0x100025},
	{ENC_ID_AA64MMFR1, 0x100000},
	{ENC_ID_AA64MMFR2, 0x10},
	{ENC_CLIDR, 0x09200003},
	{ENC_CTR, 0x8444c004},
};

static const struct cpu_id ids_neoverse_n1[] = {
	{ENC_MIDR, 0x414fd0c1},
	{ENC_ID_AA64PFR0, 0x1100000011110112},
	{ENC_ID_AA64PFR1, 0x20},
	{ENC_ID_AA64DFR0, 0x10305408},
	{ENC_ID_AA64ISAR0, 0x100010211120},
	{ENC_ID_AA64ISAR1, 0x100001},
	{ENC_ID_AA64MMFR0, 0x101125},
	{ENC_ID_AA64MMFR1, 0x10212122},
	{ENC_ID_AA64MMFR2, 0x1011},
	{ENC_CLIDR, 0x02000021},
	{ENC_CTR, 0x9444c004},
};

static const struct cpu_id ids_cortex_a57[] = {
	{ENC_MIDR, 0x411fd070},      {ENC_ID_AA64PFR0, 0x1000000001000222},
	{ENC_ID_AA64PFR1, 0},        {ENC_ID_AA64DFR0, 0x10305106},
	{ENC_ID_AA64ISAR0, 0x11120}, {ENC_ID_AA64ISAR1, 0},
	{ENC_ID_AA64MMFR0, 0x1124},  {ENC_ID_AA64MMFR1, 0},
	{ENC_ID_AA64MMFR2, 0},       {ENC_CLIDR, 0x09200003},
	{ENC_CTR, 0x8444c004},
};

/* QEMU's own, with all that QEMU 7.2 executes. */
static const struct cpu_id ids_max[] = {
	{ENC_MIDR, 0x000f0510},
	{ENC_ID_AA64PFR0, 0x1101001021110222},
	{ENC_ID_AA64PFR1, 0x21},
	{ENC_ID_AA64DFR0, 0x10305609},
	{ENC_ID_AA64ISAR0, 0x1221111110212120},
	{ENC_ID_AA64ISAR1, 0x11111100211002},
	{ENC_ID_AA64MMFR0, 0x32310201126},
	{ENC_ID_AA64MMFR1, 0x11010211122},
	{ENC_ID_AA64MMFR2, 0x1021011010011011},
	{ENC_CLIDR, 0x02000021},
	{ENC_CTR, 0x9444c004},
};

/* As QEMU's cores have it; perf's number of it is that of the real host. */
#define PMU        .pmu_counters = 6, .pmu_type = 10
#define IDS(table) .ids = (table), .nr_ids = ARRAY_SIZE(table)

static const struct host_profile hosts[] = {
	{
		.name = "default",
		PMU,
		.about = "TSV110 with GICv3 and GICv2 compatibility",
		.ipa_bits = 48,
		.gicv3 = true,
		.gicv2 = true,
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.counter_hz = COUNTER_HZ,
		/* Nothing speculates here: no workaround is required. */
		.workaround =
			{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED,
			 KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED,
			 KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_REQUIRED},
		IDS(ids_default),
	},
	{
		.name = "neoverse-n1",
		PMU,
		.about = "Neoverse N1 with GICv3",
		.ipa_bits = 48,
		.gicv3 = true,
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.counter_hz = COUNTER_HZ,
		.workaround = {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED,
			       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_AVAIL,
			       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_AVAIL},
		IDS(ids_neoverse_n1),
	},
	{
		.name = "cortex-a57-gicv2",
		PMU,
		.about = "Cortex-A57 with GICv2",
		.ipa_bits = 44,
		.gicv2 = true,
		.target = KVM_ARM_TARGET_CORTEX_A57,
		.counter_hz = COUNTER_HZ,
		IDS(ids_cortex_a57),
	},
	{
		.name = "cortex-a57",
		PMU,
		.about = "Cortex-A57 with GICv3",
		.ipa_bits = 44,
		.gicv3 = true,
		.target = KVM_ARM_TARGET_CORTEX_A57,
		.counter_hz = COUNTER_HZ,
		IDS(ids_cortex_a57),
	},
	{
		.name = "max",
		PMU,
		.about = "QEMU's max,pauth-impdef=on with GICv3",
		.ipa_bits = 52,
		.gicv3 = true,
		.pauth_isar1 = BIT(28) | BIT(8), /* GPI, API */
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.counter_hz = COUNTER_HZ,
		.workaround = {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED,
			       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_AVAIL,
			       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_AVAIL},
		IDS(ids_max),
	},
};

const struct host_profile *host_profile = &hosts[0];

static struct cpu_model model;
static pthread_once_t model_once = PTHREAD_ONCE_INIT;

static void model_make(void)
{
	cpu_model_set(&model, host_profile->ids, host_profile->nr_ids);
}

int host_choose(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		if (!strcmp(hosts[i].name, name)) {
			host_profile = &hosts[i];
			model_make();
			return 0;
		}
	}
	return -ENOENT;
}

const struct host_profile *host_row(unsigned int n)
{
	return n < ARRAY_SIZE(hosts) ? &hosts[n] : NULL;
}

const struct cpu_model *host_model(void)
{
	pthread_once(&model_once, model_make);
	return &model;
}

uint64_t host_id(const struct cpu_sysreg_info *row)
{
	return cpu_model_id(host_model(), row);
}

/* ---- what it has --------------------------------------------------------- */

static unsigned int id_field(uint32_t enc, unsigned int shift)
{
	return host_id(cpu_sysreg_find(enc)) >> shift & 15;
}

bool host_has_pmu(void)
{
	return id_field(ENC_ID_AA64DFR0, 8) != 0;
}

bool host_has_ras(void)
{
	return id_field(ENC_ID_AA64PFR0, 28) != 0;
}

bool host_has_sve(void)
{
	return id_field(ENC_ID_AA64PFR0, 32) != 0;
}

/* One without memory for tags is none. */
bool host_has_mte(void)
{
	return id_field(ENC_ID_AA64PFR1, 8) > 1;
}

bool host_has_aarch32(unsigned int el)
{
	return id_field(ENC_ID_AA64PFR0, 4 * el) > 1;
}

bool host_has_pauth(void)
{
	return host_profile->pauth_isar1 != 0;
}

/* ---- what it cannot be --------------------------------------------------- */

static const struct cpu_id *id_by_name(const struct host_profile *host,
				       const char *name)
{
	for (unsigned int n = 0; n < host->nr_ids; n++)
		if (!strcmp(cpu_sysreg_find(host->ids[n].enc)->name, name))
			return &host->ids[n];
	return NULL;
}

bool host_limit(unsigned int n, unsigned int k,
		struct kernel_profile_limit *out)
{
	const struct host_profile *host = host_row(n);
	struct cpu_id_field f;

	for (unsigned int i = 0; host && cpu_id_field(i, &f); i++) {
		const struct cpu_id *id = id_by_name(host, f.reg);
		uint64_t here;

		if (!id)
			continue;
		here = cpu_id_limit(cpu_sysreg_find(id->enc), id->val);
		if (!((here ^ id->val) >> f.shift & 15) || k--)
			continue;
		*out = (struct kernel_profile_limit){f.reg, f.name,
						     id->val >> f.shift & 15,
						     here >> f.shift & 15};
		return true;
	}
	return false;
}
