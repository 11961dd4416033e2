/* SPDX-License-Identifier: MIT */
/*
 * SVE: which vCPU may have it, KVM_ARM_VCPU_FINALIZE and what waits for it,
 * vector lengths, Z, P and FFR by ONE_REG, ID registers, and what a guest finds
 * with it and without.
 */
#include "abi.h"

#define SVE       (1u << KVM_ARM_VCPU_SVE)
#define ENC_ZCR   SYSREG_ENC(3, 0, 1, 2, 0)
#define REG_ZCR   REG_SYS(3, 0, 1, 2, 0)
#define REG_CPACR REG_SYS(3, 0, 1, 0, 2)
#define REG_PFR0  REG_SYS(3, 0, 0, 4, 0)
#define REG_ZFR0  REG_SYS(3, 0, 0, 4, 4)
#define REG_V(n)  (0x6040000000100054ull + 4 * (n))
#define REG_FPSR  0x60200000001000d4ull

#define Z_BYTES   256
#define P_BYTES   32
#define NR_SVE    (1 + 32 + 16 + 1) /* lengths, Z, P, FFR */
#define PFR0_SVE  0xf00000000ull
#define ZFR0_RES0 0xf00f00f0f000ff00ull
#define FPEN_ALL  0x300000ull
#define ZEN_ALL   0x30000ull

#define RDVL_X0_1  0x04bf5020u
#define PTRUE_P0_B 0x2518e3e0u
#define SETFFR     0x252c9000u
#define DUP_Z5_B_3 0x2538c065u /* every byte of Z5 is 3 */
#define FMOV_D5_X1 0x9e670025u /* writes V5 */
#define FMOV_X0_D5 0x9e6600a0u

struct lengths {
	uint64_t word[KVM_ARM64_SVE_VLS_WORDS];
};

static long get(int vcpu, uint64_t id, void *to)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)to};

	return ioctl(vcpu, KVM_GET_ONE_REG, &reg);
}

static long set(int vcpu, uint64_t id, const void *from)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)from};

	return ioctl(vcpu, KVM_SET_ONE_REG, &reg);
}

static long finalize(int vcpu)
{
	int what = KVM_ARM_VCPU_SVE;

	return ioctl(vcpu, KVM_ARM_VCPU_FINALIZE, &what);
}

/* The bits of the vCPU's lengths; the longest in bytes. */
static uint64_t lengths_of(int vcpu)
{
	struct lengths l;

	OK(get(vcpu, KVM_REG_ARM64_SVE_VLS, &l));
	for (unsigned int n = 1; n < KVM_ARM64_SVE_VLS_WORDS; n++)
		EQUAL(l.word[n], 0);
	return l.word[0];
}

static unsigned int longest(uint64_t lengths)
{
	return 16 * (64 - __builtin_clzll(lengths));
}

static void sve_open(struct abi_vm *v)
{
	abi_vm_open_features(v, ABI_NO_GIC, SVE);
}

static void sve_open_final(struct abi_vm *v)
{
	sve_open(v);
	OK(finalize(v->vcpu));
}

/* ---- setting it up ------------------------------------------------------- */

static int init_with(const struct abi_vm *v, int vcpu, uint32_t features)
{
	struct kvm_vcpu_init init;

	NEED(ioctl(v->vm, KVM_ARM_PREFERRED_TARGET, &init) == 0);
	EQUAL(init.features[0], 0);
	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2 | features;
	return ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
}

static void init(void)
{
	struct abi_vm v;
	int has, other, none = -1;

	abi_vm_bare(&v);
	has = ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_SVE);
	EQUAL(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_SVE), has);
	v.vcpu = OK(ioctl(v.vm, KVM_CREATE_VCPU, 0));
	other = OK(ioctl(v.vm, KVM_CREATE_VCPU, 1));
	REFUSED(finalize(v.vcpu), ENOEXEC);
	if (!has) {
		REFUSED(init_with(&v, v.vcpu, SVE), EINVAL);
		return;
	}
	OK(init_with(&v, v.vcpu, SVE));
	REFUSED(init_with(&v, other, 0), EINVAL);
	REFUSED(init_with(&v, v.vcpu, 0), EINVAL);
	OK(init_with(&v, v.vcpu, SVE));
	OK(init_with(&v, other, SVE));
	REFUSED(ioctl(v.vcpu, KVM_ARM_VCPU_FINALIZE, &none), EINVAL);
	OK(finalize(v.vcpu));
	REFUSED(finalize(v.vcpu), EPERM);
	REFUSED(ioctl(v.vcpu, KVM_ARM_VCPU_FINALIZE, &none), EINVAL);
	OK(init_with(&v, v.vcpu, SVE));
	REFUSED(finalize(v.vcpu), EPERM);
	OK(finalize(other));
}

static void not_final(void)
{
	struct {
		struct kvm_reg_list list;
		uint64_t ids[600];
	} l = {.list.n = 600};
	uint8_t buf[Z_BYTES] = {0};
	struct abi_vm v;

	sve_open(&v);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EPERM);
	v.run->immediate_exit = 1;
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EPERM);
	REFUSED(ioctl(v.vcpu, KVM_GET_REG_LIST, &l), EPERM);
	REFUSED(ioctl(v.vcpu, KVM_GET_REG_LIST, NULL), EPERM);
	for (unsigned int n = 0; n < 32; n += 31) {
		uint64_t z = KVM_REG_ARM64_SVE_ZREG(n, 0);

		REFUSED(get(v.vcpu, z, buf), EPERM);
		REFUSED(set(v.vcpu, z, buf), EPERM);
		REFUSED(get(v.vcpu, z + 1, buf), ENOENT);
		REFUSED(get(v.vcpu, REG_V(n), buf), EINVAL);
		REFUSED(set(v.vcpu, REG_V(n), buf), EINVAL);
	}
	REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_PREG(15, 0), buf), EPERM);
	REFUSED(set(v.vcpu, KVM_REG_ARM64_SVE_FFR(0), buf), EPERM);
	CHECK(lengths_of(v.vcpu) & 1);
	/* The others are there. */
	EQUAL(reg_get(v.vcpu, REG_ZCR), 0);
	reg_set(v.vcpu, REG_ZCR, 1);
	EQUAL(reg_get(v.vcpu, REG_ZCR), 1);
	EQUAL(reg_get(v.vcpu, REG_X(3)), 0);
	OK(get(v.vcpu, REG_FPSR, buf));
	OK(finalize(v.vcpu));
	EQUAL(reg_get(v.vcpu, REG_ZCR), 1);
	OK(ioctl(v.vcpu, KVM_GET_REG_LIST, &l));
}

/* ---- lengths ------------------------------------------------------------- */

static long lengths_set(int vcpu, uint64_t lengths, unsigned int word,
			uint64_t val)
{
	struct lengths l = {{lengths}};

	if (word)
		l.word[word] = val;
	return set(vcpu, KVM_REG_ARM64_SVE_VLS, &l);
}

static void lengths(void)
{
	struct abi_vm v;
	uint64_t all, only;

	sve_open(&v);
	all = lengths_of(v.vcpu);
	CHECK((all & 1) && all <= 0xffff);
	REFUSED(lengths_set(v.vcpu, 0, 0, 0), EINVAL);
	REFUSED(lengths_set(v.vcpu, 2, 0, 0), EINVAL);
	REFUSED(lengths_set(v.vcpu, all << 1, 0, 0), EINVAL);
	REFUSED(lengths_set(v.vcpu, ~0ull, 0, 0), EINVAL);
	REFUSED(lengths_set(v.vcpu, 0, 1, 1), EINVAL);
	REFUSED(lengths_set(v.vcpu, all, 7, 1ull << 63), EINVAL);
	/* Up to each: all of the host's. */
	for (unsigned int n = 0; n < 16; n++) {
		uint64_t up_to = all & ((2ull << n) - 1);
		bool there = all >> n & 1;

		only = 1ull << n;
		ROW(lengths_set(v.vcpu, up_to | only, 0, 0), there ? 0 : EINVAL,
		    "up to one");
		if (there)
			EQUAL(lengths_of(v.vcpu), up_to);
		if (n)
			REFUSED(lengths_set(v.vcpu, only, 0, 0), EINVAL);
	}
	for (unsigned int n = 0; n < NR_BAD_POINTERS; n++) {
		void *bad = abi_bad_pointer(n, sizeof(struct lengths));

		REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_VLS, bad), EFAULT);
		REFUSED(set(v.vcpu, KVM_REG_ARM64_SVE_VLS, bad), EFAULT);
	}
	OK(lengths_set(v.vcpu, 1, 0, 0));
	/* As long as it is not final a reset gives them back. */
	OK(abi_init(&v));
	EQUAL(lengths_of(v.vcpu), all);
	OK(lengths_set(v.vcpu, 1, 0, 0));
	OK(finalize(v.vcpu));
	REFUSED(lengths_set(v.vcpu, 1, 0, 0), EPERM);
	REFUSED(set(v.vcpu, KVM_REG_ARM64_SVE_VLS, (void *)-8l), EPERM);
	EQUAL(lengths_of(v.vcpu), 1);
	OK(abi_init(&v));
	EQUAL(lengths_of(v.vcpu), 1);
}

/* ---- registers ----------------------------------------------------------- */

static void list(void)
{
	struct {
		struct kvm_reg_list list;
		uint64_t ids[1024];
	} l = {.list.n = 1024};
	unsigned int first = 0, zcr = 0;
	struct abi_vm v;

	sve_open_final(&v);
	OK(ioctl(v.vcpu, KVM_GET_REG_LIST, &l));
	for (unsigned int i = 0; i < l.list.n; i++) {
		uint64_t id = l.list.reg[i];

		if (id == KVM_REG_ARM64_SVE_VLS)
			first = i;
		zcr += id == REG_ZCR;
		CHECK(id < REG_V(0) || id > REG_V(31));
	}
	EQUAL(zcr, 1);
	CHECK(first > 0 && first + NR_SVE < l.list.n);
	/* Behind the core registers, before the firmware's. */
	EQUAL(l.list.reg[first - 1], REG_FPSR + 1);
	for (unsigned int n = 0; n < 32; n++)
		EQUAL(l.list.reg[first + 1 + n], KVM_REG_ARM64_SVE_ZREG(n, 0));
	for (unsigned int n = 0; n < 16; n++)
		EQUAL(l.list.reg[first + 33 + n], KVM_REG_ARM64_SVE_PREG(n, 0));
	EQUAL(l.list.reg[first + 49], KVM_REG_ARM64_SVE_FFR(0));
	EQUAL(l.list.reg[first + 50], 0x6030000000140000);
}

/* Written with @from it reads as that up to @len, then zeroes. */
static void keeps(int vcpu, uint64_t id, unsigned int bytes, unsigned int len,
		  uint8_t from)
{
	uint8_t in[Z_BYTES] = {0}, out[Z_BYTES];

	for (unsigned int k = 0; k < bytes; k++)
		in[k] = from + k;
	OK(set(vcpu, id, in));
	memset(out, 0xee, sizeof(out));
	OK(get(vcpu, id, out));
	for (unsigned int k = 0; k < bytes; k++)
		if (out[k] != (k < len ? in[k] : 0)) {
			EQUAL(out[k], k < len ? in[k] : 0);
			break;
		}
}

static void zeroes(int vcpu, uint64_t id, unsigned int bytes)
{
	uint8_t out[Z_BYTES];

	memset(out, 0xee, sizeof(out));
	OK(get(vcpu, id, out));
	for (unsigned int k = 0; k < bytes; k++)
		if (out[k]) {
			EQUAL(out[k], 0);
			break;
		}
}

static void registers_of(struct abi_vm *v)
{
	unsigned int vl = longest(lengths_of(v->vcpu));

	for (unsigned int n = 0; n < 32; n++)
		zeroes(v->vcpu, KVM_REG_ARM64_SVE_ZREG(n, 0), Z_BYTES);
	for (unsigned int n = 0; n < 32; n++)
		keeps(v->vcpu, KVM_REG_ARM64_SVE_ZREG(n, 0), Z_BYTES, vl,
		      n + 3);
	for (unsigned int n = 0; n < 16; n++)
		keeps(v->vcpu, KVM_REG_ARM64_SVE_PREG(n, 0), P_BYTES, vl / 8,
		      0xf1 - n);
	keeps(v->vcpu, KVM_REG_ARM64_SVE_FFR(0), P_BYTES, vl / 8, 0x55);
	/* No register is another's. */
	for (unsigned int n = 0; n < 32; n++) {
		uint8_t z[Z_BYTES];

		OK(get(v->vcpu, KVM_REG_ARM64_SVE_ZREG(n, 0), z));
		EQUAL(z[0], n + 3);
		EQUAL(z[vl - 1], (uint8_t)(n + 3 + vl - 1));
	}
	OK(abi_init(v));
	for (unsigned int n = 0; n < 32; n++)
		zeroes(v->vcpu, KVM_REG_ARM64_SVE_ZREG(n, 0), Z_BYTES);
	for (unsigned int n = 0; n < 16; n++)
		zeroes(v->vcpu, KVM_REG_ARM64_SVE_PREG(n, 0), P_BYTES);
	zeroes(v->vcpu, KVM_REG_ARM64_SVE_FFR(0), P_BYTES);
}

static void registers(void)
{
	struct abi_vm v;

	sve_open_final(&v);
	registers_of(&v);
}

static void registers_short(void)
{
	struct abi_vm v;

	sve_open(&v);
	OK(lengths_set(v.vcpu, 1, 0, 0));
	OK(finalize(v.vcpu));
	registers_of(&v);
}

static void ids(void)
{
	uint8_t buf[Z_BYTES] = {0};
	unsigned int vl;
	struct abi_vm v;

	sve_open_final(&v);
	vl = longest(lengths_of(v.vcpu));
	for (unsigned int i = 1; i < 32; i += 15) {
		REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(2, i), buf), ENOENT);
		REFUSED(set(v.vcpu, KVM_REG_ARM64_SVE_PREG(2, i), buf), ENOENT);
		REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_FFR(i), buf), ENOENT);
	}
	/* Another size, behind the last, the lengths of another size. */
	REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(0, 0) ^ (3ull << 52), buf),
		EINVAL);
	REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(31, 31) + 1, buf), EINVAL);
	REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_FFR(31) + 1, buf), EINVAL);
	REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_PREG(0, 0) - 1, buf), EINVAL);
	REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_VLS - 1, buf), EINVAL);
	REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_VLS - (3ull << 52), buf), EINVAL);
	for (unsigned int n = 0; n < NR_BAD_POINTERS; n++) {
		uint64_t z = KVM_REG_ARM64_SVE_ZREG(1, 0);
		uint64_t p = KVM_REG_ARM64_SVE_PREG(1, 0);

		REFUSED(get(v.vcpu, z, abi_bad_pointer(n, Z_BYTES)), EFAULT);
		REFUSED(get(v.vcpu, p, abi_bad_pointer(n, P_BYTES)), EFAULT);
		REFUSED(set(v.vcpu, z, abi_bad_pointer(n, vl)), EFAULT);
		REFUSED(set(v.vcpu, p, abi_bad_pointer(n, vl / 8)), EFAULT);
	}
	/* What is beyond the vector is not read. */
	OK(set(v.vcpu, KVM_REG_ARM64_SVE_ZREG(1, 0),
	       (char *)abi_bad_pointer(4, vl + 1)));
}

static void without_registers(void)
{
	static const uint64_t refused[] = {
		KVM_REG_ARM64_SVE_VLS,          KVM_REG_ARM64_SVE_ZREG(0, 0),
		KVM_REG_ARM64_SVE_ZREG(31, 31), KVM_REG_ARM64_SVE_PREG(15, 0),
		KVM_REG_ARM64_SVE_FFR(0),       REG_ZCR,
	};
	uint8_t buf[Z_BYTES] = {0};
	uint64_t val = 0;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	REFUSED(finalize(v.vcpu), EINVAL);
	for (unsigned int i = 0; i < ROWS(refused); i++) {
		REFUSED(get(v.vcpu, refused[i], buf), ENOENT);
		REFUSED(set(v.vcpu, refused[i], buf), ENOENT);
	}
	REFUSED(get(v.vcpu, KVM_REG_ARM64_SVE_FFR(31) + 1, buf), EINVAL);
	OK(get(v.vcpu, REG_V(3), buf));
	EQUAL(reg_get(v.vcpu, REG_PFR0) & PFR0_SVE, 0);
	EQUAL(reg_get(v.vcpu, REG_ZFR0), 0);
	OK(set(v.vcpu, REG_ZFR0, &val));
	val = 1;
	REFUSED(set(v.vcpu, REG_ZFR0, &val), EINVAL);
	val = reg_get(v.vcpu, REG_PFR0) | 1ull << 32;
	REFUSED(set(v.vcpu, REG_PFR0, &val), EINVAL);
}

static void id_registers(void)
{
	uint64_t pfr0, zfr0, val;
	struct abi_vm v;

	sve_open(&v);
	pfr0 = reg_get(v.vcpu, REG_PFR0);
	zfr0 = reg_get(v.vcpu, REG_ZFR0);
	EQUAL(pfr0 & PFR0_SVE, 1ull << 32);
	EQUAL(zfr0 & ZFR0_RES0, 0);
	val = pfr0 & ~PFR0_SVE;
	REFUSED(set(v.vcpu, REG_PFR0, &val), EINVAL);
	val = pfr0 + (1ull << 32);
	REFUSED(set(v.vcpu, REG_PFR0, &val), EINVAL);
	OK(set(v.vcpu, REG_PFR0, &pfr0));
	val = zfr0 | 15;
	REFUSED(set(v.vcpu, REG_ZFR0, &val), EINVAL);
	val = zfr0 | 1ull << 8;
	REFUSED(set(v.vcpu, REG_ZFR0, &val), EINVAL);
	val = 0;
	OK(set(v.vcpu, REG_ZFR0, &val));
	EQUAL(reg_get(v.vcpu, REG_ZFR0), 0);
	OK(set(v.vcpu, REG_ZFR0, &zfr0));
	EQUAL(reg_get(v.vcpu, REG_ZFR0), zfr0);
}

/* ---- guests -------------------------------------------------------------- */

#define VBAR (GUEST_BASE + 0x1000)

/* Run @word and store X0: false if it took an exception, of @*esr. */
static bool run_word(struct abi_vm *v, uint32_t word, uint64_t *x0,
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

static uint64_t result(struct abi_vm *v, uint32_t word, uint64_t x0)
{
	uint64_t esr;

	CHECK(run_word(v, word, &x0, &esr));
	return x0;
}

static void takes(struct abi_vm *v, uint32_t word, uint64_t want)
{
	uint64_t x0 = 0x4321, esr = ~0ull;

	CHECK(!run_word(v, word, &x0, &esr));
	EQUAL(esr, want);
	EQUAL(x0, 0x4321);
}

#define ESR_UNDEF (1ull << 25)
#define ESR_SVE   (0x19ull << 26 | 1ull << 25)

static void guest_without(void)
{
	static const uint32_t words[] = {
		RDVL_X0_1,  PTRUE_P0_B,          SETFFR,
		DUP_Z5_B_3, ASM_MRS(0, ENC_ZCR), ASM_MSR(ENC_ZCR, 0),
	};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	reg_set(v.vcpu, REG_CPACR, FPEN_ALL | ZEN_ALL);
	for (unsigned int i = 0; i < ROWS(words); i++)
		takes(&v, words[i], ESR_UNDEF);
	EQUAL(result(&v, ASM_MRS(0, SYSREG_ENC(3, 0, 0, 4, 0)), 0) & PFR0_SVE,
	      0);
	EQUAL(result(&v, ASM_MRS(0, SYSREG_ENC(3, 0, 0, 4, 4)), 1), 0);
}

static void guest_traps(void)
{
	struct abi_vm v;

	sve_open_final(&v);
	for (unsigned int zen = 0; zen < 4; zen += 2) {
		reg_set(v.vcpu, REG_CPACR, FPEN_ALL | (uint64_t)zen << 16);
		takes(&v, RDVL_X0_1, ESR_SVE);
		takes(&v, PTRUE_P0_B, ESR_SVE);
		takes(&v, SETFFR, ESR_SVE);
		takes(&v, ASM_MRS(0, ENC_ZCR), ESR_SVE);
		takes(&v, ASM_MSR(ENC_ZCR, 0), ESR_SVE);
		/* Not of SVE. */
		result(&v, FMOV_D5_X1, 0);
	}
	/* Both: the trap is SVE's; FPEN alone is that of floating point. */
	reg_set(v.vcpu, REG_CPACR, 0);
	takes(&v, PTRUE_P0_B, ESR_SVE);
	reg_set(v.vcpu, REG_CPACR, ZEN_ALL);
	takes(&v, PTRUE_P0_B, 0x1fe00000);
	for (unsigned int zen = 1; zen < 4; zen += 2) {
		reg_set(v.vcpu, REG_CPACR, FPEN_ALL | (uint64_t)zen << 16);
		CHECK(result(&v, RDVL_X0_1, 0) >= 16);
		result(&v, PTRUE_P0_B, 0);
		result(&v, SETFFR, 0);
	}
}

/* The longest that the guest may have and ZCR_EL1.LEN allows. */
static void guest_lengths_of(struct abi_vm *v)
{
	uint64_t all = lengths_of(v->vcpu);

	reg_set(v->vcpu, REG_CPACR, FPEN_ALL | ZEN_ALL);
	for (unsigned int len = 0; len < 16; len++) {
		EQUAL(result(v, ASM_MSR(ENC_ZCR, 0), len), len);
		EQUAL(result(v, ASM_MRS(0, ENC_ZCR), 99), len);
		EQUAL(reg_get(v->vcpu, REG_ZCR), len);
		EQUAL(result(v, RDVL_X0_1, 0),
		      longest(all & ((2ull << len) - 1)));
		reg_set(v->vcpu, REG_ZCR, 15 - len);
		EQUAL(result(v, RDVL_X0_1, 0),
		      longest(all & ((2ull << (15 - len)) - 1)));
	}
	EQUAL(result(v, ASM_MSR(ENC_ZCR, 0), ~0ull), ~0ull);
	EQUAL(result(v, ASM_MRS(0, ENC_ZCR), 99), 15);
}

static void guest_lengths(void)
{
	struct abi_vm v;

	sve_open_final(&v);
	guest_lengths_of(&v);
}

static void guest_lengths_short(void)
{
	struct abi_vm v;

	sve_open(&v);
	OK(lengths_set(v.vcpu, 1, 0, 0));
	OK(finalize(v.vcpu));
	guest_lengths_of(&v);
}

/* What the guest writes is what the VMM reads, and the other way round. */
static void guest_registers(void)
{
	uint8_t z[Z_BYTES], p[P_BYTES];
	unsigned int vl;
	struct abi_vm v;

	sve_open_final(&v);
	vl = longest(lengths_of(v.vcpu));
	reg_set(v.vcpu, REG_CPACR, FPEN_ALL | ZEN_ALL);
	reg_set(v.vcpu, REG_ZCR, 15);
	result(&v, DUP_Z5_B_3, 0);
	result(&v, PTRUE_P0_B, 0);
	result(&v, SETFFR, 0);
	OK(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), z));
	for (unsigned int k = 0; k < Z_BYTES; k++)
		CHECK(z[k] == (k < vl ? 3 : 0));
	for (unsigned int n = 0; n < 2; n++) {
		OK(get(v.vcpu,
		       n ? KVM_REG_ARM64_SVE_FFR(0)
			 : KVM_REG_ARM64_SVE_PREG(0, 0),
		       p));
		for (unsigned int k = 0; k < P_BYTES; k++)
			CHECK(p[k] == (k < vl / 8 ? 0xff : 0));
	}
	/* V5 is its low part; a write to that zeroes the rest. */
	EQUAL(result(&v, FMOV_X0_D5, 0), 0x0303030303030303);
	reg_set(v.vcpu, REG_X(1), 0x1122334455667788);
	result(&v, FMOV_D5_X1, 0);
	OK(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), z));
	EQUAL(*(uint64_t *)z, 0x1122334455667788);
	for (unsigned int k = 8; k < Z_BYTES; k++)
		CHECK(z[k] == 0);
	memset(z, 0x5a, sizeof(z));
	OK(set(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), z));
	EQUAL(result(&v, FMOV_X0_D5, 0), 0x5a5a5a5a5a5a5a5a);
	OK(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), z));
	for (unsigned int k = 0; k < Z_BYTES; k++)
		CHECK(z[k] == (k < vl ? 0x5a : 0));
}

/* With EL1 in AArch32 state a vCPU has SVE's registers all the same, though none of its
 * instructions reaches them. QEMU asks for no length then, which is refused. */
static void with_aarch32(void)
{
	uint64_t z[32], all;
	struct abi_vm v;

	abi_vm_open_features(&v, ABI_NO_GIC,
			     1u << KVM_ARM_VCPU_SVE |
				     1u << KVM_ARM_VCPU_EL1_32BIT);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EPERM);
	all = lengths_of(v.vcpu);
	REFUSED(lengths_set(v.vcpu, 0, 0, 0), EINVAL);
	OK(lengths_set(v.vcpu, all, 0, 0));
	OK(finalize(v.vcpu));
	EQUAL(lengths_of(v.vcpu), all);
	OK(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), z));
	memset(z, 0x33, sizeof(z));
	OK(set(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), z));
	GUEST(&v, 0, 0xe5810000u /* str r0, [r1] */);
	reg_set(v.vcpu, REG_X(1), GUEST_MMIO);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.len, 4);
	memset(z, 0, sizeof(z));
	OK(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), z));
	EQUAL(z[0], 0x3333333333333333);
	EQUAL(z[longest(all) / 8 - 1], 0x3333333333333333);
}

/* A VM without on a host that has it: EL1's own traps come before KVM's. */
static void host_alone_has_it(void)
{
	static const uint32_t words[] = {RDVL_X0_1, PTRUE_P0_B,
					 ASM_MRS(0, ENC_ZCR),
					 ASM_MSR(ENC_ZCR, 0)};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	if (ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_SVE) != 1)
		abi_skip("no SVE");
	for (size_t i = 0; i < ROWS(words); i++) {
		reg_set(v.vcpu, REG_CPACR, FPEN_ALL);
		takes(&v, words[i], ESR_SVE);
		reg_set(v.vcpu, REG_CPACR, 0);
		takes(&v, words[i], ESR_SVE);
		reg_set(v.vcpu, REG_CPACR, FPEN_ALL | ZEN_ALL);
		takes(&v, words[i], ESR_UNDEF);
	}
	reg_set(v.vcpu, REG_CPACR, ZEN_ALL);
	takes(&v, PTRUE_P0_B, 0x07ull << 26 | 1ull << 25 | 0x1e << 20);
	result(&v, ASM_MSR(SYSREG_ENC(3, 0, 1, 0, 2), 0), FPEN_ALL | ZEN_ALL);
	EQUAL(result(&v, ASM_MRS(0, SYSREG_ENC(3, 0, 1, 0, 2)), 0),
	      FPEN_ALL | ZEN_ALL);
}

/* Registers beyond what ZCR_EL1 allows go, if they do, when the guest uses one. */
static void kept_until_used(void)
{
	uint8_t z[Z_BYTES], p[P_BYTES];
	unsigned int vl;
	struct abi_vm v;

	sve_open_final(&v);
	vl = longest(lengths_of(v.vcpu));
	keeps(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), Z_BYTES, vl, 7);
	keeps(v.vcpu, KVM_REG_ARM64_SVE_PREG(0, 0), P_BYTES, vl / 8, 7);
	reg_set(v.vcpu, REG_CPACR, 0);
	reg_set(v.vcpu, REG_ZCR, 0);
	result(&v, ASM_ADD_IMM(0, 0, 1), 0);
	OK(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), z));
	OK(get(v.vcpu, KVM_REG_ARM64_SVE_PREG(0, 0), p));
	EQUAL(z[vl - 1], (uint8_t)(7 + vl - 1));
	EQUAL(p[vl / 8 - 1], (uint8_t)(7 + vl / 8 - 1));
	reg_set(v.vcpu, REG_CPACR, FPEN_ALL | ZEN_ALL);
	EQUAL(result(&v, RDVL_X0_1, 0), 16);
	OK(get(v.vcpu, KVM_REG_ARM64_SVE_ZREG(5, 0), z));
	OK(get(v.vcpu, KVM_REG_ARM64_SVE_PREG(0, 0), p));
	for (unsigned int k = 0; k < 16; k++)
		CHECK(z[k] == 7 + k);
	CHECK(p[0] == 7 && p[1] == 8);
}

const struct abi_case cases_sve[] = {
	{"sve/init", init},
	{"sve/not-final", not_final},
	{"sve/lengths", lengths},
	{"sve/list", list},
	{"sve/registers", registers},
	{"sve/registers-short", registers_short},
	{"sve/ids", ids},
	{"sve/without-registers", without_registers},
	{"sve/id-registers", id_registers},
	{"sve/guest-without", guest_without},
	{"sve/guest-traps", guest_traps},
	{"sve/host-alone-has-it", host_alone_has_it},
	{"sve/guest-lengths", guest_lengths},
	{"sve/guest-lengths-short", guest_lengths_short},
	{"sve/guest-registers", guest_registers},
	{"sve/kept-until-used", kept_until_used},
	{"sve/with-aarch32", with_aarch32},
	{NULL},
};
