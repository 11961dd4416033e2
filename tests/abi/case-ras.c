/* SPDX-License-Identifier: MIT */
/*
 * RAS: an SError with a syndrome, the guest's record of a deferred one (ESB and
 * DISR_EL1), and error records, of which KVM shows none. On a host without RAS
 * all of it is not there.
 */
#include "abi.h"

#define ENC_ERRIDR SYSREG_ENC(3, 0, 5, 3, 0)
#define ENC_ERXFR  SYSREG_ENC(3, 0, 5, 4, 0)
#define ENC_DISR   SYSREG_ENC(3, 0, 12, 1, 1)
#define REG_DISR   REG_SYS(3, 0, 12, 1, 1)
#define ESB        ASM_HINT(16)

#define VBAR       (GUEST_BASE + 0x1000)
#define EL1H       0x3c5ull
#define PSTATE_A   0x100ull
#define ESR_UNDEF  (1ull << 25)
#define ESR_SERROR (0x2full << 26 | 1ull << 25)
#define ISS_IDS    (1ull << 24) /* what KVM says if the VMM says nothing */
#define ISS_MASK   0x1ffffffull
#define DISR_A     (1ull << 31)

static bool open_vm(struct abi_vm *v)
{
	abi_vm_open(v, ABI_NO_GIC);
	reg_set(v->vcpu, REG_VBAR, VBAR);
	return ioctl(v->kvm, KVM_CHECK_EXTENSION,
		     KVM_CAP_ARM_INJECT_SERROR_ESR) == 1;
}

static int events_set(struct abi_vm *v, int pending, int has_esr, uint64_t esr)
{
	struct kvm_vcpu_events ev = {
		.exception = {.serror_pending = pending,
			      .serror_has_esr = has_esr,
			      .serror_esr = esr},
	};

	return ioctl(v->vcpu, KVM_SET_VCPU_EVENTS, &ev);
}

static void events_are(struct abi_vm *v, int pending, int has_esr, uint64_t esr)
{
	struct kvm_vcpu_events ev;

	memset(&ev, 0x55, sizeof(ev));
	OK(ioctl(v->vcpu, KVM_GET_VCPU_EVENTS, &ev));
	EQUAL(ev.exception.serror_pending, pending);
	EQUAL(ev.exception.serror_has_esr, has_esr);
	EQUAL(ev.exception.serror_esr, esr);
}

static void events(void)
{
	struct abi_vm v;

	if (!open_vm(&v)) {
		events_are(&v, 0, 0, 0);
		REFUSED(events_set(&v, 1, 1, 0), EINVAL);
		events_are(&v, 0, 0, 0);
		/* Nobody looks at it unless an SError is pending. */
		OK(events_set(&v, 0, 1, ~0ull));
		OK(events_set(&v, 1, 0, ~0ull));
		events_are(&v, 1, 0, 0);
		return;
	}
	events_are(&v, 0, 1, 0);
	OK(events_set(&v, 0, 1, 0x123));
	OK(events_set(&v, 0, 1, ~0ull));
	events_are(&v, 0, 1, 0);
	REFUSED(events_set(&v, 1, 1, ISS_MASK + 1), EINVAL);
	REFUSED(events_set(&v, 1, 1, 1ull << 63), EINVAL);
	events_are(&v, 0, 1, 0);
	OK(events_set(&v, 1, 0, 0x123));
	events_are(&v, 1, 1, ISS_IDS);
	OK(events_set(&v, 1, 1, ISS_MASK));
	events_are(&v, 1, 1, ISS_MASK);
	REFUSED(events_set(&v, 1, 1, ISS_MASK + 1), EINVAL);
	OK(events_set(&v, 0, 1, 0x123));
	events_are(&v, 1, 1, ISS_MASK);
	/* Any value but 0 is a yes. */
	OK(events_set(&v, 2, 3, 0));
	events_are(&v, 1, 1, 0);
}

/* ---- guests -------------------------------------------------------------- */

/* Vectors at EL1h: synchronous stores 4 bytes, SError 2. */
static void put_vectors(struct abi_vm *v)
{
	GUEST(v, 0x1200, ASM_MOVZ(9, 0x0900, 1), ASM_STR_W(31, 9), ASM_B_SELF);
	GUEST(v, 0x1400, ASM_MOVZ(9, 0x0900, 1), ASM_STR_W(31, 9), ASM_B_SELF);
	GUEST(v, 0x1380, ASM_MOVZ(9, 0x0900, 1), ASM_STRH(31, 9), ASM_B_SELF);
	GUEST(v, 0x1580, ASM_MOVZ(9, 0x0900, 1), ASM_STRH(31, 9), ASM_B_SELF);
}

/* Run @word: 8 if the next one was reached, 4 after a synchronous exception, 2
 * after an SError. */
static unsigned int run_one(struct abi_vm *v, uint64_t pstate, uint32_t word)
{
	const uint32_t code[] = {word, ASM_MOVZ(9, 0x0900, 1), ASM_STR(0, 9),
				 ASM_B_SELF};
	unsigned int len;

	put_vectors(v);
	reg_set(v->vcpu, REG_PSTATE, pstate);
	abi_guest_load(v, 0, code, 4);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	len = v->run->mmio.len;
	abi_run_nothing(v);
	return len;
}

static void undefined(struct abi_vm *v, uint64_t pstate, uint32_t word)
{
	EQUAL(run_one(v, pstate, word), 4);
	EQUAL(reg_get(v->vcpu, REG_ESR), ESR_UNDEF);
	EQUAL(reg_get(v->vcpu, REG_ELR), GUEST_BASE);
}

/* No records: each register reads as zero and takes no value; ERXFR_EL1 can only be
 * read. */
static void records(void)
{
	static const uint32_t there[] = {
		ENC_ERRIDR + 1, /* ERRSELR_EL1 */
		ENC_ERXFR,
		SYSREG_ENC(3, 0, 5, 4, 1),  /* ERXCTLR_EL1 */
		SYSREG_ENC(3, 0, 5, 4, 2),  /* ERXSTATUS_EL1 */
		SYSREG_ENC(3, 0, 5, 4, 3),  /* ERXADDR_EL1 */
		SYSREG_ENC(3, 0, 5, 5, 0),  /* ERXMISC0_EL1 */
		SYSREG_ENC(3, 0, 5, 5, 1)}; /* ERXMISC1_EL1 */
	static const uint32_t hidden[] = {
		SYSREG_ENC(3, 0, 5, 4, 4),  /* ERXPFGF_EL1 */
		SYSREG_ENC(3, 0, 5, 4, 5),  /* ERXPFGCTL_EL1 */
		SYSREG_ENC(3, 0, 5, 4, 6),  /* ERXPFGCDN_EL1 */
		SYSREG_ENC(3, 0, 5, 5, 2),  /* ERXMISC2_EL1 */
		SYSREG_ENC(3, 0, 5, 5, 3)}; /* ERXMISC3_EL1 */
	struct abi_vm v;
	bool ras = open_vm(&v);
	uint64_t val;

	for (size_t i = 0; i < sizeof(there) / 4; i++) {
		CHECK(!abi_reg_get(v.vcpu, 0x6030000000130000ull | there[i],
				   &val));
		undefined(&v, 0, ASM_MRS(0, there[i]));
		if (!ras) {
			undefined(&v, EL1H, ASM_MRS(0, there[i]));
			undefined(&v, EL1H, ASM_MSR(there[i], 0));
			continue;
		}
		/* With no record a core may have none of these, and QEMU's has
		 * none. */
		if (getenv("ABI_TCG"))
			continue;
		reg_set(v.vcpu, REG_X(0), ~0ull);
		EQUAL(run_one(&v, EL1H, ASM_MSR(there[i], 0)),
		      there[i] == ENC_ERXFR ? 4 : 8);
		EQUAL(run_one(&v, EL1H, ASM_MRS(0, there[i])), 8);
		EQUAL(reg_get(v.vcpu, REG_X(0)), 0);
	}
	for (size_t i = 0; i < sizeof(hidden) / 4; i++) {
		undefined(&v, EL1H, ASM_MRS(0, hidden[i]));
		undefined(&v, EL1H, ASM_MSR(hidden[i], 0));
	}
	undefined(&v, EL1H, ASM_MSR(ENC_ERRIDR, 0));
	undefined(&v, 0, ASM_MRS(0, ENC_ERRIDR));
	if (!ras) {
		undefined(&v, EL1H, ASM_MRS(0, ENC_ERRIDR));
		return;
	}
	reg_set(v.vcpu, REG_X(0), ~0ull);
	EQUAL(run_one(&v, EL1H, ASM_MRS(0, ENC_ERRIDR)), 8);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0);
}

static void disr(void)
{
	struct abi_vm v;
	bool ras = open_vm(&v);

	EQUAL(reg_get(v.vcpu, REG_DISR), 0);
	undefined(&v, 0, ASM_MRS(0, ENC_DISR));
	undefined(&v, 0, ASM_MSR(ENC_DISR, 0));
	reg_set(v.vcpu, REG_DISR, DISR_A | 0x5);
	EQUAL(reg_get(v.vcpu, REG_DISR), DISR_A | 0x5);
	if (!ras) {
		undefined(&v, EL1H, ASM_MRS(0, ENC_DISR));
		undefined(&v, EL1H, ASM_MSR(ENC_DISR, 0));
		EQUAL(reg_get(v.vcpu, REG_DISR), DISR_A | 0x5);
		return;
	}
	EQUAL(run_one(&v, EL1H, ASM_MRS(0, ENC_DISR)), 8);
	EQUAL(reg_get(v.vcpu, REG_X(0)), DISR_A | 0x5);
	reg_set(v.vcpu, REG_X(0), DISR_A | ISS_MASK);
	EQUAL(run_one(&v, EL1H, ASM_MSR(ENC_DISR, 0)), 8);
	EQUAL(reg_get(v.vcpu, REG_DISR), DISR_A | ISS_MASK);
	EQUAL(run_one(&v, EL1H, ASM_MSR(ENC_DISR, 31)), 8);
	EQUAL(reg_get(v.vcpu, REG_DISR), 0);
	OK(abi_init(&v));
	EQUAL(reg_get(v.vcpu, REG_DISR), 0);
}

/* A masked SError is deferred by ESB: it is in DISR_EL1, and not pending. */
static void esb(void)
{
	static const uint64_t modes[] = {EL1H, 0x3c0};
	struct abi_vm v;
	bool ras = open_vm(&v);

	for (unsigned int m = 0; m < 2; m++) {
		reg_set(v.vcpu, REG_DISR, 0);
		OK(events_set(&v, 1, ras, ras ? 0x1234567 : 0));
		EQUAL(run_one(&v, modes[m], ASM_NOP), 8);
		events_are(&v, 1, ras, ras ? 0x1234567 : 0);
		EQUAL(run_one(&v, modes[m], ESB), 8);
		EQUAL(reg_get(v.vcpu, REG_DISR), ras ? DISR_A | 0x1234567 : 0);
		events_are(&v, !ras, ras, 0);
		if (!ras)
			continue;
		/* Nothing pending: it stays what it was. */
		EQUAL(run_one(&v, modes[m], ESB), 8);
		EQUAL(reg_get(v.vcpu, REG_DISR), DISR_A | 0x1234567);
		/* Not masked: taken, before the instruction. */
		reg_set(v.vcpu, REG_DISR, 0);
		OK(events_set(&v, 1, 1, 0x42));
		EQUAL(run_one(&v, modes[m] & ~PSTATE_A, ESB), 2);
		EQUAL(reg_get(v.vcpu, REG_ESR), ESR_SERROR | 0x42);
		EQUAL(reg_get(v.vcpu, REG_ELR), GUEST_BASE);
		EQUAL(reg_get(v.vcpu, REG_DISR), 0);
		events_are(&v, 0, 1, 0);
	}
}

static void syndrome(void)
{
	struct abi_vm v;

	if (!open_vm(&v))
		abi_skip("no RAS");
	OK(events_set(&v, 1, 1, ISS_MASK));
	EQUAL(run_one(&v, EL1H & ~PSTATE_A, ASM_NOP), 2);
	EQUAL(reg_get(v.vcpu, REG_ESR), ESR_SERROR | ISS_MASK);
	OK(events_set(&v, 1, 0, 0));
	EQUAL(run_one(&v, EL1H & ~PSTATE_A, ASM_NOP), 2);
	EQUAL(reg_get(v.vcpu, REG_ESR), ESR_SERROR | ISS_IDS);
}

const struct abi_case cases_ras[] = {
	{"ras/events", events}, {"ras/records", records},   {"ras/disr", disr},
	{"ras/esb", esb},       {"ras/syndrome", syndrome}, {NULL},
};
