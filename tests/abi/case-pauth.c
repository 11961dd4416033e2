/* SPDX-License-Identifier: MIT */
/*
 * Pointer authentication: which vCPU may have it, its registers, and what a
 * guest finds with it, without it on a host that has it, and on one that has
 * not.
 */
#include "abi.h"

#define PAUTH                                 \
	(1u << KVM_ARM_VCPU_PTRAUTH_ADDRESS | \
	 1u << KVM_ARM_VCPU_PTRAUTH_GENERIC)

#define ENC_KEY(n) SYSREG_ENC(3, 0, 2, 1 + (n) / 4, (n) % 4)
#define REG_KEY(n) (0x6030000000130000ull | ENC_KEY(n))
#define NR_KEYS    10 /* low and high halves: IA, IB, DA, DB, GA */
#define REG_ISAR1  REG_SYS(3, 0, 0, 6, 1)
#define REG_ISAR2  REG_SYS(3, 0, 0, 6, 2)
#define REG_SCTLR  REG_SYS(3, 0, 1, 0, 0)
#define REG_TCR    REG_SYS(3, 0, 2, 0, 2)
#define UNKNOWN    0x1de7ec7edbadc0deull /* as KVM resets */

#define ISAR1_QARMA5 0x0f0000f0ull /* GPA, APA */
#define ISAR1_IMPDEF 0xf0000f00ull /* GPI, API */
#define ISAR2_QARMA3 0x0000ff00ull /* APA3, GPA3 */
#define SCTLR_ALL    0xc8002000ull /* EnIA, EnIB, EnDA, EnDB */
#define SCTLR_ENIA   0x80000000ull

#define PACIA_X0_X1 0xdac10020u
#define AUTIA_X0_X1 0xdac11020u
#define XPACI_X0    0xdac143e0u
#define PACGA_X0_X1 0x9ac13000u
#define PACIA1716   ASM_HINT(8)
#define AUTIA1716   ASM_HINT(12)
#define PACIAZ      ASM_HINT(24)
#define XPACLRI     ASM_HINT(7)
#define BRAAZ_X0    0xd61f081fu
#define LDRAA_X0_X1 0xf8200420u

#define VBAR (GUEST_BASE + 0x1000)

static bool host_has_it(const struct abi_vm *v)
{
	int has =
		ioctl(v->kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PTRAUTH_ADDRESS);

	EQUAL(ioctl(v->kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PTRAUTH_GENERIC),
	      has);
	EQUAL(ioctl(v->vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PTRAUTH_ADDRESS),
	      has);
	return has;
}

static int init_with(const struct abi_vm *v, int vcpu, uint32_t features)
{
	struct kvm_vcpu_init init;

	NEED(ioctl(v->vm, KVM_ARM_PREFERRED_TARGET, &init) == 0);
	EQUAL(init.features[0], 0);
	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2 | features;
	return ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
}

/* Both halves or none, and all vCPUs of a VM alike. */
static void init(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	struct abi_vm v = {.kvm = kvm};
	int other;
	bool has;

	NEED(kvm >= 0);
	v.vm = OK(abi_create_vm(kvm));
	v.vcpu = OK(ioctl(v.vm, KVM_CREATE_VCPU, 0));
	other = OK(ioctl(v.vm, KVM_CREATE_VCPU, 1));
	has = host_has_it(&v);
	REFUSED(init_with(&v, v.vcpu, 1u << KVM_ARM_VCPU_PTRAUTH_ADDRESS),
		EINVAL);
	REFUSED(init_with(&v, v.vcpu, 1u << KVM_ARM_VCPU_PTRAUTH_GENERIC),
		EINVAL);
	if (!has) {
		REFUSED(init_with(&v, v.vcpu, PAUTH), EINVAL);
		return;
	}
	OK(init_with(&v, v.vcpu, PAUTH));
	REFUSED(init_with(&v, other, 0), EINVAL);
	REFUSED(init_with(&v, v.vcpu, 0), EINVAL);
	OK(init_with(&v, other, PAUTH));
	EQUAL(reg_get(other, REG_KEY(0)), UNKNOWN);
}

/* How many of @id's are in KVM_GET_REG_LIST. */
static unsigned int listed(const struct abi_vm *v, uint64_t id)
{
	static struct {
		struct kvm_reg_list list;
		uint64_t ids[1024];
	} l;
	unsigned int n = 0;

	l.list.n = 1024;
	OK(ioctl(v->vcpu, KVM_GET_REG_LIST, &l.list));
	for (unsigned int i = 0; i < l.list.n; i++)
		n += l.list.reg[i] == id;
	return n;
}

static void no_registers(void)
{
	struct abi_vm v;
	uint64_t val;

	abi_vm_open(&v, ABI_NO_GIC);
	for (unsigned int n = 0; n < NR_KEYS; n++) {
		EQUAL(listed(&v, REG_KEY(n)), 0);
		REFUSED(abi_reg_get(v.vcpu, REG_KEY(n), &val) ? 0 : -1, ENOENT);
		REFUSED(abi_reg_set(v.vcpu, REG_KEY(n), 0) ? 0 : -1, ENOENT);
	}
}

static void registers(void)
{
	struct abi_vm v;

	abi_vm_open_features(&v, ABI_NO_GIC, PAUTH);
	for (unsigned int n = 0; n < NR_KEYS; n++) {
		EQUAL(listed(&v, REG_KEY(n)), 1);
		EQUAL(reg_get(v.vcpu, REG_KEY(n)), UNKNOWN);
		reg_set(v.vcpu, REG_KEY(n), ~0ull - n);
	}
	for (unsigned int n = 0; n < NR_KEYS; n++)
		EQUAL(reg_get(v.vcpu, REG_KEY(n)), ~0ull - n);
	OK(abi_init(&v));
	for (unsigned int n = 0; n < NR_KEYS; n++)
		EQUAL(reg_get(v.vcpu, REG_KEY(n)), UNKNOWN);
	/* There is no APGBKEY. */
	CHECK(!abi_reg_set(v.vcpu, REG_KEY(10), 0));
	CHECK(!abi_reg_set(v.vcpu, REG_KEY(11), 0));
}

/* What says so is not for the VMM to change. */
static void id_registers(void)
{
	uint64_t fields = ISAR1_QARMA5 | ISAR1_IMPDEF, isar1, isar2;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	isar1 = reg_get(v.vcpu, REG_ISAR1);
	isar2 = reg_get(v.vcpu, REG_ISAR2);
	EQUAL(isar1 & fields, 0);
	EQUAL(isar2 & ISAR2_QARMA3, 0);
	REFUSED(abi_reg_set(v.vcpu, REG_ISAR1, isar1 | 0x01000010) ? 0 : -1,
		EINVAL);
	REFUSED(abi_reg_set(v.vcpu, REG_ISAR1, isar1 | 0x10000100) ? 0 : -1,
		EINVAL);
	CHECK(abi_reg_set(v.vcpu, REG_ISAR1, isar1));

	abi_vm_open_features(&v, ABI_NO_GIC, PAUTH);
	isar1 = reg_get(v.vcpu, REG_ISAR1);
	isar2 = reg_get(v.vcpu, REG_ISAR2);
	/* One algorithm, of addresses and of anything else. */
	CHECK(!!(isar1 & ISAR1_QARMA5) + !!(isar1 & ISAR1_IMPDEF) +
		      !!(isar2 & ISAR2_QARMA3) ==
	      1);
	CHECK(isar1 & 0xf0 ? isar1 & 0x0f000000 : !(isar1 & 0x0f000000));
	CHECK(isar1 & 0xf00 ? isar1 & 0xf0000000 : !(isar1 & 0xf0000000));
	CHECK(abi_reg_set(v.vcpu, REG_ISAR1, isar1));
	REFUSED(abi_reg_set(v.vcpu, REG_ISAR1, isar1 & ~fields) ? 0 : -1,
		EINVAL);
	REFUSED(abi_reg_set(v.vcpu, REG_ISAR1, isar1 ^ 0x30) ? 0 : -1, EINVAL);
	REFUSED(abi_reg_set(v.vcpu, REG_ISAR2, isar2 ^ 0x1000) ? 0 : -1,
		EINVAL);
	EQUAL(reg_get(v.vcpu, REG_ISAR1), isar1);
}

/* ---- guests -------------------------------------------------------------- */

/* Run @word and store X0: false if it took an exception, of @*esr. */
static bool run_one(struct abi_vm *v, uint32_t word, uint64_t *x0,
		    uint64_t *esr)
{
	const uint32_t code[] = {word, ASM_MOVZ(9, 0x0900, 1), ASM_STR(0, 9),
				 ASM_B_SELF};
	bool done;

	GUEST(v, 0x1200, ASM_MOVZ(9, 0x0900, 1), ASM_STR_W(31, 9), ASM_B_SELF);
	reg_set(v->vcpu, REG_VBAR, VBAR);
	reg_set(v->vcpu, REG_PSTATE, 0x3c5);
	reg_set(v->vcpu, REG_X(0), *x0);
	abi_guest_load(v, 0, code, 4);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	done = v->run->mmio.len == 8;
	*x0 = reg_get(v->vcpu, REG_X(0));
	*esr = reg_get(v->vcpu, REG_ESR);
	if (!done)
		EQUAL(reg_get(v->vcpu, REG_ELR), GUEST_BASE);
	abi_run_nothing(v);
	return done;
}

static void does(struct abi_vm *v, uint32_t word, uint64_t x0, uint64_t want)
{
	uint64_t esr;

	CHECK(run_one(v, word, &x0, &esr));
	EQUAL(x0, want);
}

static void undefined(struct abi_vm *v, uint32_t word)
{
	uint64_t x0 = 0x4321, esr = ~0ull;

	CHECK(!run_one(v, word, &x0, &esr));
	EQUAL(esr, 1ull << 25);
	EQUAL(x0, 0x4321);
}

static void guest_without(void)
{
	struct abi_vm v;
	uint64_t sctlr;
	bool has;

	abi_vm_open(&v, ABI_NO_GIC);
	has = host_has_it(&v);
	sctlr = reg_get(v.vcpu, REG_SCTLR);
	does(&v, PACIAZ, 5, 5);
	does(&v, PACIA1716, 5, 5);
	does(&v, XPACLRI, 5, 5);
	undefined(&v, PACGA_X0_X1);
	undefined(&v, ASM_MRS(0, ENC_KEY(0)));
	undefined(&v, ASM_MSR(ENC_KEY(9), 0));
	/* Nothing uses a key, so nothing is trapped. */
	if (has) {
		does(&v, PACIA_X0_X1, 5, 5);
		does(&v, AUTIA_X0_X1, 5, 5);
		/* QEMU strips only while some key is enabled. */
		if (!getenv("ABI_TCG"))
			does(&v, XPACI_X0, 0xff12345678ull << 24,
			     0x345678ull << 24);
		does(&v, BRAAZ_X0, GUEST_BASE + 4, GUEST_BASE + 4);
	} else {
		undefined(&v, PACIA_X0_X1);
		undefined(&v, AUTIA_X0_X1);
		undefined(&v, XPACI_X0);
		undefined(&v, BRAAZ_X0);
		undefined(&v, LDRAA_X0_X1);
	}
	/* The guest enables them. */
	does(&v, ASM_MSR(SYSREG_ENC(3, 0, 1, 0, 0), 0), sctlr | SCTLR_ALL,
	     sctlr | SCTLR_ALL);
	/* RES0 on a host without, but QEMU keeps them. */
	if (has || !getenv("ABI_TCG")) {
		does(&v, ASM_MRS(0, SYSREG_ENC(3, 0, 1, 0, 0)), 0,
		     has ? sctlr | SCTLR_ALL : sctlr);
		EQUAL(reg_get(v.vcpu, REG_SCTLR),
		      has ? sctlr | SCTLR_ALL : sctlr);
	}
	if (has) {
		undefined(&v, PACIAZ);
		undefined(&v, PACIA1716);
		undefined(&v, AUTIA1716);
		undefined(&v, PACIA_X0_X1);
		undefined(&v, BRAAZ_X0);
		undefined(&v, LDRAA_X0_X1);
		does(&v, XPACI_X0, 0xff12345678ull << 24, 0x345678ull << 24);
	} else {
		does(&v, PACIAZ, 5, 5);
		undefined(&v, PACIA_X0_X1);
	}
	does(&v, XPACLRI, 5, 5);
	undefined(&v, ASM_MRS(0, ENC_KEY(0)));
}

/*
 * A code that is known of the two algorithms that QEMU has: QARMA5, and its
 * hash, which is no manual's.
 */
static void guest_ga(struct abi_vm *v)
{
	uint64_t qarma5 = reg_get(v->vcpu, REG_ISAR1) & ISAR1_QARMA5;

	reg_set(v->vcpu, REG_KEY(8), 0xec2802d4e0a488e9);
	reg_set(v->vcpu, REG_KEY(9), 0x84be85ce9804e94b);
	reg_set(v->vcpu, REG_X(1), 0x477d469dec0b8762);
	does(v, PACGA_X0_X1, 0xfb623599da6e8127,
	     qarma5 ? 0xc003b93900000000 : 0x3f52a54200000000);
}

static void guest_with(void)
{
	uint64_t sctlr, with, esr, x0, api;
	struct abi_vm v;

	abi_vm_open_features(&v, ABI_NO_GIC, PAUTH);
	sctlr = reg_get(v.vcpu, REG_SCTLR);
	guest_ga(&v);
	/* Keys are the guest's and the VMM's. */
	for (unsigned int n = 0; n < NR_KEYS; n++) {
		reg_set(v.vcpu, REG_KEY(n), 0x1111 * (n + 1));
		does(&v, ASM_MRS(0, ENC_KEY(n)), 0, 0x1111 * (n + 1));
		does(&v, ASM_MSR(ENC_KEY(n), 0), 0x2222 + n, 0x2222 + n);
		EQUAL(reg_get(v.vcpu, REG_KEY(n)), 0x2222 + n);
	}
	/* Not enabled: as they are. */
	does(&v, PACIA_X0_X1, 5, 5);
	does(&v, AUTIA_X0_X1, 5, 5);
	reg_set(v.vcpu, REG_SCTLR, sctlr | SCTLR_ALL);
	/* TCR_EL1 is 0: an address has 48 bits, T0SZ is taken as 16. */
	reg_set(v.vcpu, REG_TCR, 16 | 16 << 16);
	with = 0x123456789abc;
	CHECK(run_one(&v, PACIA_X0_X1, &with, &esr));
	EQUAL(with << 16, 0x123456789abcull << 16);
	CHECK(with != 0x123456789abc);
	EQUAL(with & 1ull << 55, 0);
	does(&v, XPACI_X0, with, 0x123456789abc);
	does(&v, AUTIA_X0_X1, with, 0x123456789abc);
	/* Key A: bit 61. With FEAT_PAuth2 what differs stays. */
	api = reg_get(v.vcpu, REG_ISAR1);
	api = (api | api >> 4) >> 4 & 15; /* one of APA and API is 0 */
	if (api == 1 || api == 3)
		does(&v, AUTIA_X0_X1, with ^ 1ull << 50,
		     0x123456789abc | 1ull << (api == 1 ? 61 : 50));
	/* Through memory, and as a branch. */
	x0 = GUEST_BASE + 4;
	reg_set(v.vcpu, REG_X(1), 0);
	CHECK(run_one(&v, PACIA_X0_X1, &x0, &esr));
	does(&v, BRAAZ_X0, x0, x0);
	x0 = GUEST_BASE + 4;
	reg_set(v.vcpu, REG_X(17), x0);
	reg_set(v.vcpu, REG_X(16), 0);
	does(&v, PACIA1716, 5, 5);
	CHECK(reg_get(v.vcpu, REG_X(17)) != x0);
	does(&v, AUTIA1716, 5, 5);
	EQUAL(reg_get(v.vcpu, REG_X(17)), x0);
}

const struct abi_case cases_pauth[] = {
	{"pauth/init", init},
	{"pauth/no-registers", no_registers},
	{"pauth/registers", registers},
	{"pauth/id-registers", id_registers},
	{"pauth/guest-without", guest_without},
	{"pauth/guest-with", guest_with},
	{NULL},
};
