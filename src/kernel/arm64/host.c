/* SPDX-License-Identifier: MIT */
/*
 * The hosts that KVM can be pretended to run on, see host.h. All rows but the
 * default and those of 32-bit Linux are what tests/real-kvm can be: the values
 * are what Linux 6.12 says there. Behind the rows come the files of data/hosts (host-shipped.c).
 *
 * The counter is the host's own clock, in ticks as fast as it has in QEMU too:
 * the same everywhere.
 */
#include "kernel/arm64/host.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fauxkvm/kvm.h>

#include "base/refuse.h"
#include "base/since.h"
#include "kernel/arm64/host-file.h"
#include "kernel/arm64/host-shipped.h"

#define COUNTER_HZ 62500000
#define CTR_IDC    BIT(28)

/* AArch32's, by CRm and op2. */
#define ENC_ID_PFR0  SYSREG_ID_ENC(1, 0)
#define ENC_ID_PFR1  SYSREG_ID_ENC(1, 1)
#define ENC_ID_DFR0  SYSREG_ID_ENC(1, 2)
#define ENC_ID_MMFR0 SYSREG_ID_ENC(1, 4)
#define ENC_ID_MMFR1 SYSREG_ID_ENC(1, 5)
#define ENC_ID_MMFR2 SYSREG_ID_ENC(1, 6)
#define ENC_ID_MMFR3 SYSREG_ID_ENC(1, 7)
#define ENC_ID_ISAR0 SYSREG_ID_ENC(2, 0)
#define ENC_ID_ISAR1 SYSREG_ID_ENC(2, 1)
#define ENC_ID_ISAR2 SYSREG_ID_ENC(2, 2)
#define ENC_ID_ISAR3 SYSREG_ID_ENC(2, 3)
#define ENC_ID_ISAR4 SYSREG_ID_ENC(2, 4)
#define ENC_ID_ISAR5 SYSREG_ID_ENC(2, 5)
#define ENC_ID_MMFR4 SYSREG_ID_ENC(2, 6)
#define ENC_ID_ISAR6 SYSREG_ID_ENC(2, 7)
#define ENC_MVFR0    SYSREG_ID_ENC(3, 0)
#define ENC_MVFR1    SYSREG_ID_ENC(3, 1)
#define ENC_MVFR2    SYSREG_ID_ENC(3, 2)
#define ENC_ID_PFR2  SYSREG_ID_ENC(3, 4)
#define ENC_ID_MMFR5 SYSREG_ID_ENC(3, 6)

/* The same in all cores that have AArch32 here. */
#define IDS_AARCH32                                                    \
	{ENC_ID_MMFR1, 0x40000000}, {ENC_ID_MMFR2, 0x1260000},         \
		{ENC_ID_ISAR0, 0x2101110}, {ENC_ID_ISAR1, 0x13112111}, \
		{ENC_ID_ISAR2, 0x21232042}, {ENC_ID_ISAR3, 0x1112131}, \
		{ENC_MVFR0, 0x10110222},                               \
	{                                                              \
		ENC_MVFR2, 0x43                                        \
	}

/*
 * HiSilicon's TSV110 (libvirt: Kunpeng-920), an Armv8.2 core without AArch32
 * that Linux works around nothing of. It has more than is announced here (FP16,
 * DC CVAP, big-endian data); beyond it go CSV2 = 3, since no branch
 * predictor here learns anything, and perhaps 16 KiB granules.
 */
static const struct cpu_id ids_default[] = {
	{ENC_MIDR, 0x481fd010},        {ENC_ID_AA64PFR0, 0x1300000011000011},
	{ENC_ID_AA64PFR1, 0},          {ENC_ID_AA64ZFR0, 0},
	{ENC_ID_AA64DFR0, 0x10305406}, {ENC_ID_AA64ISAR0, 0x100010211120},
	{ENC_ID_AA64ISAR1, 0},         {ENC_ID_AA64MMFR0, 0x100025},
	{ENC_ID_AA64MMFR1, 0x100000},  {ENC_ID_AA64MMFR2, 0x10},
	{ENC_CLIDR, 0x0a200023},       {ENC_CTR, 0x8444c004},
};

static const struct cpu_id ids_neoverse_n1[] = {
	{ENC_MIDR, 0x414fd0c1},
	{ENC_ID_AA64PFR0, 0x1100000011110112},
	{ENC_ID_AA64PFR1, 0x20},
	{ENC_ID_AA64ZFR0, 0},
	{ENC_ID_AA64DFR0, 0x10305408},
	{ENC_ID_AA64ISAR0, 0x100010211120},
	{ENC_ID_AA64ISAR1, 0x100001},
	{ENC_ID_AA64MMFR0, 0x101125},
	{ENC_ID_AA64MMFR1, 0x10212122},
	{ENC_ID_AA64MMFR2, 0x1011},
	{ENC_CLIDR, 0x82000023},
	{ENC_CTR, 0x9444c004},
	{ENC_ID_PFR0, 0x10131},
	{ENC_ID_PFR1, 0x10010000},
	{ENC_ID_DFR0, 0x10008},
	{ENC_ID_MMFR0, 0x10201105},
	{ENC_ID_MMFR3, 0x2122211},
	{ENC_ID_ISAR4, 0x10142},
	{ENC_ID_ISAR5, 0x1011121},
	{ENC_ID_MMFR4, 0x21110},
	{ENC_ID_ISAR6, 0x10},
	{ENC_MVFR1, 0x13211111},
	{ENC_ID_PFR2, 0x11},
	{ENC_ID_MMFR5, 0x0},
	IDS_AARCH32,
};

static const struct cpu_id ids_cortex_a57[] = {
	{ENC_MIDR, 0x411fd070},
	{ENC_ID_AA64PFR0, 0x1000000001000222},
	{ENC_ID_AA64PFR1, 0},
	{ENC_ID_AA64ZFR0, 0},
	{ENC_ID_AA64DFR0, 0x10305106},
	{ENC_ID_AA64ISAR0, 0x11120},
	{ENC_ID_AA64ISAR1, 0},
	{ENC_ID_AA64MMFR0, 0x1124},
	{ENC_ID_AA64MMFR1, 0},
	{ENC_ID_AA64MMFR2, 0},
	{ENC_CLIDR, 0x0a200023},
	{ENC_CTR, 0x8444c004},
	{ENC_ID_PFR0, 0x131},
	{ENC_ID_PFR1, 0x10011001},
	{ENC_ID_DFR0, 0x10006},
	{ENC_ID_MMFR0, 0x10101105},
	{ENC_ID_MMFR3, 0x2102211},
	{ENC_ID_ISAR4, 0x11142},
	{ENC_ID_ISAR5, 0x11121},
	{ENC_ID_MMFR4, 0x0},
	{ENC_ID_ISAR6, 0x0},
	{ENC_MVFR1, 0x12111111},
	{ENC_ID_PFR2, 0x0},
	{ENC_ID_MMFR5, 0x0},
	IDS_AARCH32,
};

/* QEMU's own, with all that QEMU 7.2 executes. */
static const struct cpu_id ids_max[] = {
	{ENC_MIDR, 0x000f0510},
	{ENC_ID_AA64PFR0, 0x1101001121110222},
	{ENC_ID_AA64PFR1, 0x321},
	{ENC_ID_AA64ZFR0, 0x0110110100110021},
	{ENC_ID_AA64DFR0, 0x10305609},
	{ENC_ID_AA64ISAR0, 0x1221111110212120},
	{ENC_ID_AA64ISAR1, 0x11111100211002},
	{ENC_ID_AA64MMFR0, 0x32310201126},
	{ENC_ID_AA64MMFR1, 0x11010211122},
	{ENC_ID_AA64MMFR2, 0x1021011010011011},
	{ENC_CLIDR, 0x02000023},
	{ENC_CTR, 0x9444c004},
	{ENC_ID_PFR0, 0x1020131},
	{ENC_ID_PFR1, 0x10011001},
	{ENC_ID_DFR0, 0x10009},
	{ENC_ID_MMFR0, 0x10101105},
	{ENC_ID_MMFR3, 0x2122211},
	{ENC_ID_ISAR4, 0x11142},
	{ENC_ID_ISAR5, 0x1011121},
	{ENC_ID_MMFR4, 0x11110},
	{ENC_ID_ISAR6, 0x1111111},
	{ENC_MVFR1, 0x13211111},
	{ENC_ID_PFR2, 0x11},
	{ENC_ID_MMFR5, 0x1},
	IDS_AARCH32,
};

static const struct cpu_id ids_a64fx[] = {
	{ENC_MIDR, 0x461f0010},         {ENC_ID_AA64PFR0, 0x101110111},
	{ENC_ID_AA64PFR1, 0},           {ENC_ID_AA64ZFR0, 0},
	{ENC_ID_AA64DFR0, 0x10305408},  {ENC_ID_AA64ISAR0, 0x10211120},
	{ENC_ID_AA64ISAR1, 0x10001},    {ENC_ID_AA64MMFR0, 0x1122},
	{ENC_ID_AA64MMFR1, 0x11212100}, {ENC_ID_AA64MMFR2, 0x1011},
	{ENC_CLIDR, 0x80000023},        {ENC_CTR, 0x96668006},
};

/*
 * Armv7's cores, as their Technical Reference Manuals have them. They have no
 * register of AArch64: fields that are not 0 there say what the core here needs
 * to know, 40 bits of physical address and data in both orders.
 */
#define IDS_ARMV7(midr, ctr)                                                   \
	{ENC_MIDR, midr}, {ENC_ID_AA64PFR0, 0}, {ENC_ID_AA64PFR1, 0},          \
		{ENC_ID_AA64ZFR0, 0}, {ENC_ID_AA64DFR0, 0},                    \
		{ENC_ID_AA64ISAR0, 0}, {ENC_ID_AA64ISAR1, 0},                  \
		{ENC_ID_AA64MMFR0, 0x122}, {ENC_ID_AA64MMFR1, 0},              \
		{ENC_ID_AA64MMFR2, 0}, {ENC_CLIDR, 0x0a200023},                \
		{ENC_CTR, ctr}, {ENC_ID_PFR0, 0x1131}, {ENC_ID_PFR1, 0x11011}, \
		{ENC_ID_DFR0, 0x2010555}, {ENC_ID_MMFR2, 0x1240000},           \
		{ENC_ID_MMFR3, 0x2102211}, {ENC_ID_ISAR0, 0x2101110},          \
		{ENC_ID_ISAR1, 0x13112111}, {ENC_ID_ISAR2, 0x21232041},        \
		{ENC_ID_ISAR3, 0x11112131}, {ENC_ID_ISAR4, 0x10011142},        \
		{ENC_ID_ISAR5, 0}, {ENC_ID_MMFR4, 0}, {ENC_ID_ISAR6, 0},       \
		{ENC_ID_PFR2, 0}, {ENC_MVFR0, 0x10110222},                     \
		{ENC_MVFR1, 0x11111111},                                       \
	{                                                                      \
		ENC_MVFR2, 0                                                   \
	}

static const struct cpu_id ids_cortex_a15[] = {
	IDS_ARMV7(0x414fc0f0, 0x8444c004),
	{ENC_ID_MMFR0, 0x10201105},
	{ENC_ID_MMFR1, 0x20000000},
};

static const struct cpu_id ids_cortex_a7[] = {
	IDS_ARMV7(0x410fc075, 0x84448003),
	{ENC_ID_MMFR0, 0x10101105},
	{ENC_ID_MMFR1, 0x40000000},
};

/* As QEMU's cores have it; perf's number of it is that of the real host. */
#define PMU         .pmu_counters = 6, .pmu_type = 10
#define CACHES(...) .ccsidr = {__VA_ARGS__}
#define CACHES_A57  CACHES(0x701fe00a, 0x201fe012, 0x70ffe07a)
#define IDS(table)  .ids = (table), .nr_ids = ARRAY_SIZE(table)
/* What the real kernel was asked for. */
#define REAL(cpu, gic)                                                         \
	.kernel = LINUX(6, 12),                                                \
	.source = "Linux 6.12 under qemu-system-aarch64 -cpu " cpu " -M virt," \
		  "gic-version=" gic ": tests/real-kvm"

static const struct host_profile hosts[] = {
	{
		.name = "default",
		PMU,
		CACHES(0x701fe01a, 0x201fe01a, 0x703fe03a),
		.about = "TSV110 with GICv3 and GICv2 compatibility",
		.kernel = LINUX(6, 12),
		.source = "the core's registers: libvirt's Kunpeng-920; the "
			  "rest is assumed",
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
		CACHES(0x701fe01a, 0x201fe01a, 0x70ffe03a),
		.about = "Neoverse N1 with GICv3",
		REAL("neoverse-n1", "3"),
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
		CACHES_A57,
		.about = "Cortex-A57 with GICv2",
		REAL("cortex-a57", "2"),
		.ipa_bits = 44,
		.gicv2 = true,
		.target = KVM_ARM_TARGET_CORTEX_A57,
		.counter_hz = COUNTER_HZ,
		IDS(ids_cortex_a57),
	},
	{
		.name = "cortex-a57",
		PMU,
		CACHES_A57,
		.about = "Cortex-A57 with GICv3",
		REAL("cortex-a57", "3"),
		.ipa_bits = 44,
		.gicv3 = true,
		.target = KVM_ARM_TARGET_CORTEX_A57,
		.counter_hz = COUNTER_HZ,
		IDS(ids_cortex_a57),
	},
	{
		.name = "max",
		PMU,
		CACHES_A57,
		.about = "QEMU's max,pauth-impdef=on with GICv3 and MTE",
		REAL("max,pauth-impdef=on", "3,mte=on"),
		.ipa_bits = 52,
		.gicv3 = true,
		.pauth_isar1 = BIT(28) | BIT(8), /* GPI, API */
		.sve_lengths = 0xffff,
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.counter_hz = COUNTER_HZ,
		.workaround = {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED,
			       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_AVAIL,
			       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_AVAIL},
		IDS(ids_max),
	},
	{
		.name = "a64fx",
		.pmu_counters = 8,
		.pmu_type = 10,
		CACHES(0x7007e01c, 0x2007e01c, 0x70ffe07c),
		.about = "Fujitsu's A64FX with GICv3",
		REAL("a64fx", "3"),
		.ipa_bits = 40,
		.gicv3 = true,
		.sve_lengths = BIT(0) | BIT(1) | BIT(3), /* 128, 256, 512 */
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.counter_hz = COUNTER_HZ,
		IDS(ids_a64fx),
	},
	{
		.name = "cortex-a15",
		CACHES(0x701fe00a, 0x201fe00a, 0x70ffe07a),
		.about = "Cortex-A15 with GICv2 and 32-bit Linux",
		.kernel = HOST_LINUX_32BIT,
		.source = "the core's registers: Cortex-A15 TRM r4p0 (DDI "
			  "0438I), 4.3; counter-hz: Versatile Express TC2; "
			  "workarounds: Linux 5.6; L2's size is assumed",
		.ipa_bits = 40,
		.gicv2 = true,
		.target = HOST_TARGET_CORTEX_A15,
		.counter_hz = 24000000,
		.workaround = {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_AVAIL,
			       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN},
		IDS(ids_cortex_a15),
	},
	{
		.name = "cortex-a7",
		CACHES(0x700fe01a, 0x203fe009, 0x703fe03a),
		.about = "Cortex-A7 with GICv2 and 32-bit Linux",
		.kernel = HOST_LINUX_32BIT,
		.source = "the core's registers: Cortex-A7 TRM r0p5 (DDI "
			  "0464F), 4.3; counter-hz: Versatile Express TC2; "
			  "workarounds: Linux 5.6; L2's size is assumed",
		.ipa_bits = 40,
		.gicv2 = true,
		.target = HOST_TARGET_CORTEX_A7,
		.counter_hz = 24000000,
		.workaround = {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED,
			       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN},
		IDS(ids_cortex_a7),
	},
};

const struct host_profile *host_profile = &hosts[0];

static struct host_file chosen; /* what a file says */
static struct cpu_model model;
static pthread_once_t model_once = PTHREAD_ONCE_INIT;

/*
 * What Linux makes up instead of the host's caches from 6.3 on: what CTR_EL0
 * says has to be cleaned, on as few levels as can be.
 */
static uint64_t clidr_made_up(uint64_t ctr)
{
	return ctr & CTR_IDC ? 0x02000021 : 0x09200003;
}

static void model_make(void)
{
	cpu_model_set(&model, host_profile->ids, host_profile->nr_ids);
	for (unsigned int n = 0; linux_is_since(6, 3) && n < model.nr_ids; n++)
		if (model.ids[n].enc == ENC_CLIDR)
			model.ids[n].val = clidr_made_up(
				cpu_model_id(&model, cpu_sysreg_find(ENC_CTR)));
}

/* Two files of one name are two hosts. */
const char *host_id_name(void)
{
	static char id[32];
	uint64_t hash = 0xcbf29ce484222325;
	char *text;

	if (host_profile != &chosen.profile)
		return host_profile->name;
	text = host_file_text(host_profile);
	for (const char *c = text; c && *c; c++)
		hash = (hash ^ (uint8_t)*c) * 0x100000001b3;
	free(text);
	snprintf(id, sizeof(id), "%.12s-%016llx", host_profile->name,
		 (unsigned long long)hash);
	for (char *c = id; *c; c++)
		if (isspace((unsigned char)*c))
			*c = '_';
	return id;
}

const struct host_profile *host_row(unsigned int n)
{
	return n < ARRAY_SIZE(hosts) ? &hosts[n]
				     : host_shipped(n - ARRAY_SIZE(hosts));
}

const struct host_profile *host_find(const char *name)
{
	const struct host_profile *host;

	for (unsigned int n = 0; (host = host_row(n)); n++)
		if (!strcmp(host->name, name))
			break;
	return host;
}

/* A file's is @file, until then empty. */
static int profile_find(const char *name, struct host_file *file,
			const struct host_profile **host)
{
	int err;

	if (strchr(name, '/')) {
		err = host_file_read(name, file);
		*host = &file->profile;
		return err;
	}
	*host = host_find(name);
	return *host ? 0
		     : refuse(ENOENT, FKVM_HOST_NAME,
			      "no host is called '%s'; see fauxkvm list hosts",
			      name);
}

int host_choose(const char *name)
{
	const struct host_profile *host;
	struct host_file file;
	int err = profile_find(name, &file, &host);

	if (err)
		return err;
	if (host == &file.profile) {
		host_file_copy(&chosen, &file);
		host = &chosen.profile;
	}
	host_profile = host;
	linux_version = host->kernel;
	model_make();
	return 0;
}

int host_text(const char *name, char **text)
{
	const struct host_profile *host;
	struct host_file file;
	int err = profile_find(name, &file, &host);

	if (err)
		return err;
	*text = host_shipped_text(host);
	if (!*text)
		*text = host_file_text(host);
	return *text ? 0 : refuse(ENOMEM, FKVM_NO_MEMORY, "no memory");
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

/* KVM hides ID_AA64MMFR1.VH from guests, and a profile may be what one saw: an
 * Armv8.1 core has FEAT_VHE as it has FEAT_LSE (Arm ARM A2.4). */
bool host_has_vhe(void)
{
	return id_field(ENC_ID_AA64ISAR0, 20) != 0;
}

bool host_has_sve(void)
{
	return id_field(ENC_ID_AA64PFR0, 32) != 0;
}

/* All have the shortest. */
uint64_t host_sve_lengths(void)
{
	return host_has_sve() ? host_profile->sve_lengths | 1 : 0;
}

/* One without memory for tags is none. */
bool host_has_mte(void)
{
	return id_field(ENC_ID_AA64PFR1, 8) > 1;
}

bool host_is_32bit(void)
{
	return host_profile->kernel == HOST_LINUX_32BIT;
}

bool host_has_aarch32(unsigned int el)
{
	return host_is_32bit() || id_field(ENC_ID_AA64PFR0, 4 * el) > 1;
}

bool host_has_pauth(void)
{
	uint64_t isar1 = host_profile->pauth_isar1;

	/* Linux wants both: addresses, and what PACGA makes. */
	return isar1 & GENMASK(11, 4) && isar1 & GENMASK(31, 24);
}

/* With pages of 4 KiB more than 48 came with 6.8. */
unsigned int host_ipa_bits(void)
{
	return linux_is_since(6, 8) ? host_profile->ipa_bits
				    : min_u64(host_profile->ipa_bits, 48);
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

/*
 * What KVM of @host shows in a guest if the machine has it: AArch32's not without
 * AArch32, and no FEAT_CCIDX from 6.3 on, which makes the caches up.
 */
static bool field_is_shown(const struct host_profile *host,
			   const struct cpu_id_field *f)
{
	const struct cpu_id *pfr0 = id_by_name(host, "ID_AA64PFR0_EL1");
	bool aarch32 = host->kernel == HOST_LINUX_32BIT ||
		       (pfr0 && (pfr0->val & 15) > 1);

	if (!strcmp(f->name, "CCIDX"))
		return host->kernel < LINUX(6, 3);
	return aarch32 || !strncmp(f->reg, "ID_AA64", strlen("ID_AA64"));
}

bool host_limit(unsigned int n, unsigned int k,
		struct kernel_profile_limit *out)
{
	const struct host_profile *host = host_row(n);
	struct cpu_id_field f;

	for (unsigned int i = 0; host && cpu_id_field(i, &f); i++) {
		const struct cpu_id *id = id_by_name(host, f.reg);
		uint64_t here;

		if (!id || !field_is_shown(host, &f))
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
